#include "inference/summary.h"

#include <math.h>

enum { BINS = 4096, LEAST_LOG2_POWER = -30, BISECTIONS = 16 };

double tot_effective_size(const double *weight, size_t count) {
    double sum = 0.0, squares = 0.0;
    for (size_t k = 0; k < count; k++) {
        sum += weight[k];
        squares += weight[k] * weight[k];
    }
    return sum * sum / squares;
}

/* A NaN counts as no likelihood. Returns the effective size. */
static double fill_weights(const float *log_likelihood, size_t count, double largest, double power,
                           double *weight) {
    double sum = 0.0;
    for (size_t k = 0; k < count; k++) {
        const double below = power * ((double)log_likelihood[k] - largest);
        weight[k] = below > -50.0 ? exp(below) : 0.0;
        sum += weight[k];
    }
    for (size_t k = 0; k < count; k++)
        weight[k] /= sum;
    return tot_effective_size(weight, count);
}

tot_status tot_weights(const float *log_likelihood, size_t count, double least_size, double *weight,
                       tot_weighting *weighting, tot_error *error) {
    float largest = -INFINITY;
    for (size_t k = 0; k < count; k++)
        largest = fmaxf(largest, log_likelihood[k]);
    if (!isfinite(largest))
        return tot_fail(error, TOT_ERROR_NUMERIC, "no curve has a finite likelihood");
    *weighting = (tot_weighting){
        fill_weights(log_likelihood, count, (double)largest, 1.0, weight),
        1.0,
    };
    if (weighting->effective_size >= least_size)
        return TOT_OK;
    double low = LEAST_LOG2_POWER, high = 0.0;
    for (size_t step = 0; step < BISECTIONS; step++) {
        const double middle = 0.5 * (low + high);
        if (fill_weights(log_likelihood, count, (double)largest, exp2(middle), weight) < least_size)
            high = middle;
        else
            low = middle;
    }
    weighting->power = exp2(low);
    fill_weights(log_likelihood, count, (double)largest, weighting->power, weight);
    return TOT_OK;
}

void tot_weighted_quantiles(const double *weight, const float *values, size_t stride, size_t count,
                            const double *level, size_t levels, double *quantile) {
    /* Values whose weight can't move a quantile must not widen the bins. */
    const double least = 1e-9 / (double)(count > 0 ? count : 1);
    double low = INFINITY, high = -INFINITY, bin[BINS] = {0}, sum = 0.0;
    for (size_t k = 0; k < count; k++)
        if (weight[k] > least) {
            low = fmin(low, (double)values[k * stride]);
            high = fmax(high, (double)values[k * stride]);
        }
    const double width = (high - low) / BINS;
    for (size_t k = 0; k < count; k++)
        if (weight[k] > least) {
            const double place = width > 0.0 ? ((double)values[k * stride] - low) / width : 0.0;
            bin[place < BINS ? (size_t)place : BINS - 1] += weight[k];
            sum += weight[k];
        }
    size_t at = 0;
    double before = 0.0;
    for (size_t j = 0; j < levels; j++) {
        const double wanted = level[j] * sum;
        while (at < BINS - 1 && before + bin[at] < wanted)
            before += bin[at++];
        const double part = bin[at] > 0.0 ? fmin((wanted - before) / bin[at], 1.0) : 0.0;
        quantile[j] = low + width * ((double)at + part);
    }
}

double tot_weight_below(const double *weight, const float *values, size_t stride, size_t count,
                        double limit) {
    double sum = 0.0;
    for (size_t k = 0; k < count; k++)
        if ((double)values[k * stride] < limit)
            sum += weight[k];
    return fmin(sum, 1.0); /* the weights add up to 1 within rounding */
}
