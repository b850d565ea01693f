/* The likelihood of model curves in the columns of an observation: one for each place of the grid
 * of shifts, with either minimum at phase 0. inference/likelihood.h says what is assumed. */
#ifndef TOT_INFERENCE_COLUMNS_H
#define TOT_INFERENCE_COLUMNS_H

#include <stddef.h>

#include "inference/likelihood.h"
#include "inference/spot_marginal.h"

/* Sums over the points of one observation, with z = flux / scale - 1 and the weights w. The first
 * two are those of tot_observation. */
typedef struct tot_point_sums {
    double independent, least_variance, w, wz, wzz;
} tot_point_sums;

/* What is the same for all models. */
typedef struct tot_column_constants {
    double freedom, least_variance; /* of an unknown noise */
    double none, some;              /* log of the shares without and with third light */
    double clean, spotted;          /* without and with spots */
    double scale, maximum, log_norm;
} tot_column_constants;

/* One observation's columns: what they have in common, and arrays over them. */
typedef struct tot_columns {
    size_t count;
    tot_point_sums sums;
    const double *log_prior;
    tot_spot_columns spots;
    const tot_likelihood *options;
    tot_column_constants constants; /* by tot_columns_prepare, from the rest */
} tot_columns;

void tot_columns_prepare(tot_columns *columns);

/* What models x = m - 1 have in each column: sums over the points of w x, w z x and w x^2, [column]
 * [stride], and the projections on the spots, p[curve][column][stride]. stride: a multiple of
 * TOT_SIMD_LANES, at least that of the models. */
typedef struct tot_column_sums {
    size_t models, stride;
    const float *x, *xz, *xx, *p;
} tot_column_sums;

/* log_likelihood[models]: log of the sum over the columns of prior times likelihood. scratch:
 * [columns][stride]. */
void tot_columns_log_likelihood(const tot_columns *columns, const tot_column_sums *sums,
                                double *scratch, float *log_likelihood);

#endif
