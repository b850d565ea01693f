#include "curve/quantiles.h"

double tot_quantile(const tot_quantiles *quantiles, double p) {
    const size_t steps = quantiles->count - 1;
    const double place = p * (double)steps;
    const size_t below = (size_t)place;
    if (below >= steps)
        return quantiles->value[steps];
    const double part = place - (double)below;
    return quantiles->value[below] * (1.0 - part) + quantiles->value[below + 1] * part;
}

double tot_quantiles_draw(const tot_quantiles *quantiles, tot_rng *rng) {
    return tot_quantile(quantiles, tot_rng_uniform(rng));
}

double tot_quantiles_maximum(const tot_quantiles *quantiles) {
    return quantiles->value[quantiles->count - 1];
}
