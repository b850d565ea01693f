#include "inference/summary.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/vector_math.h"

enum { LANES = TOT_SIMD_LANES, BINS = 4096, LEAST_LOG2_POWER = -30, BISECTIONS = 16 };

/* Sums are those of LANES interleaved parts. */
typedef struct sums {
    double weight, square;
} sums;

TOT_SIMD static sums sum_weights(const double *weight, size_t count) {
    double sum[LANES] = {0}, squares[LANES] = {0};
    size_t k = 0;
    for (; k + LANES <= count; k += LANES)
        TOT_EACH_LANE (j) {
            sum[j] += weight[k + j];
            squares[j] += weight[k + j] * weight[k + j];
        }
    for (size_t j = 0; k < count; k++, j++) {
        sum[j] += weight[k];
        squares[j] += weight[k] * weight[k];
    }
    sums all = {0.0, 0.0};
    for (size_t j = 0; j < LANES; j++) {
        all.weight += sum[j];
        all.square += squares[j];
    }
    return all;
}

double tot_effective_size(const double *weight, size_t count) {
    const sums all = sum_weights(weight, count);
    return all.weight * all.weight / all.square;
}

/* A NaN counts as no likelihood. */
TOT_SIMD static void fill_powers(const float *log_likelihood, size_t count, double largest,
                                 double power, double *restrict weight) {
    for (size_t k = 0; k < count; k++) {
        const double below = power * ((double)log_likelihood[k] - largest);
        weight[k] = below > -50.0 ? tot_vector_exp(below) : 0.0;
    }
}

/* Weights of any sum. Returns the effective size. */
static double fill_weights(const float *log_likelihood, size_t count, double largest, double power,
                           double *weight) {
    fill_powers(log_likelihood, count, largest, power, weight);
    return tot_effective_size(weight, count);
}

static void normalise(double *weight, size_t count) {
    const double factor = 1.0 / sum_weights(weight, count).weight;
    for (size_t k = 0; k < count; k++)
        weight[k] *= factor;
}

tot_status tot_weights(const float *log_likelihood, size_t count, double least_size, double *weight,
                       tot_weighting *weighting, tot_error *error) {
    float largest = -INFINITY;
    for (size_t k = 0; k < count; k++)
        largest = log_likelihood[k] > largest ? log_likelihood[k] : largest;
    if (!isfinite(largest))
        return tot_fail(error, TOT_ERROR_NUMERIC, "no curve has a finite likelihood");
    *weighting = (tot_weighting){
        fill_weights(log_likelihood, count, (double)largest, 1.0, weight),
        1.0,
        (double)largest,
    };
    if (weighting->effective_size >= least_size) {
        normalise(weight, count);
        return TOT_OK;
    }
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
    normalise(weight, count);
    return TOT_OK;
}

size_t tot_heavy_rows(const double *weight, const float *values, size_t columns, size_t count,
                      double *heavy_weight, float *heavy_values) {
    const double least = 1e-9 / (double)(count > 0 ? count : 1);
    size_t heavy = 0;
    for (size_t k = 0; k < count; k++)
        if (weight[k] > least) {
            if (heavy_weight != NULL) {
                heavy_weight[heavy] = weight[k];
                memcpy(heavy_values + heavy * columns, values + k * columns,
                       columns * sizeof *values);
            }
            heavy++;
        }
    return heavy;
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
