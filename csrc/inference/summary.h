/* What a bank's likelihoods say: probabilities, quantiles, and how many curves they rest on. */
#ifndef TOT_INFERENCE_SUMMARY_H
#define TOT_INFERENCE_SUMMARY_H

#include <stddef.h>

#include "base/status.h"

/* Weights of the bank's curves, exp(log_likelihood), times `proposal_weight` (1 where NULL) when
 * the curves were not drawn from the prior; sum 1. */
tot_status tot_weights(const float *log_likelihood, const double *proposal_weight, size_t count,
                       double *weight, tot_error *error);

/* (sum of weights)^2 / sum of their squares: as many curves, weighing the same, would say as much
 * (Kong, Liu & Wong 1994, JASA 89, 278). */
double tot_effective_size(const double *weight, size_t count);

/* The values below which the parts `level` (rising, in (0, 1)) of the weight lie, interpolated
 * within 4096 bins of the range of the values that weigh. Value k is values[k * stride]. */
void tot_weighted_quantiles(const double *weight, const float *values, size_t stride, size_t count,
                            const double *level, size_t levels, double *quantile);

/* The weight of the curves whose value is below `limit`. */
double tot_weight_below(const double *weight, const float *values, size_t stride, size_t count,
                        double limit);

#endif
