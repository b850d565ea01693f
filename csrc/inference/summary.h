/* What a bank's likelihoods say: probabilities, quantiles, and how many curves they rest on. */
#ifndef TOT_INFERENCE_SUMMARY_H
#define TOT_INFERENCE_SUMMARY_H

#include <stddef.h>

#include "base/status.h"

/* Weights of the curves, likelihood^power; sum 1. For curves that were not drawn from the prior,
 * log_likelihood is that of likelihood times prior over proposal. The power is 1 unless fewer than
 * `least_size` effective curves would be left: then it's the largest that leaves so many. A
 * likelihood so flattened is that of a larger noise, and the posterior wider than it should be, but
 * not a single curve's. The effective size at power 1, the power and the largest log_likelihood are
 * returned. */
typedef struct tot_weighting {
    double effective_size, power, largest;
} tot_weighting;

tot_status tot_weights(const float *log_likelihood, size_t count, double least_size, double *weight,
                       tot_weighting *weighting, tot_error *error);

/* (sum of weights)^2 / sum of their squares: as many curves, weighing the same, would say as much
 * (Kong, Liu & Wong 1994, JASA 89, 278). */
double tot_effective_size(const double *weight, size_t count);

/* Copies the weights above 1e-9 / count, the others together being nothing, and their rows of
 * values[count][columns], in order. Returns how many there are; with NULL for both, only that. */
size_t tot_heavy_rows(const double *weight, const float *values, size_t columns, size_t count,
                      double *heavy_weight, float *heavy_values);

/* The values below which the parts `level` (rising, in (0, 1)) of the weight lie, interpolated
 * within 4096 bins of the range of the values that weigh. Value k is values[k * stride]. */
void tot_weighted_quantiles(const double *weight, const float *values, size_t stride, size_t count,
                            const double *level, size_t levels, double *quantile);

/* The weight of the curves whose value is below `limit`. */
double tot_weight_below(const double *weight, const float *values, size_t stride, size_t count,
                        double limit);

#endif
