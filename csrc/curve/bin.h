/* Bins in phase. */
#ifndef TOT_CURVE_BIN_H
#define TOT_CURVE_BIN_H

#include <stddef.h>

#include "base/status.h"

/* In an image, and so in bins, a cycle starts a quarter before the deeper minimum. */
#define TOT_BIN_START (-0.25)

typedef enum tot_statistic { TOT_STATISTIC_MEAN, TOT_STATISTIC_MEDIAN } tot_statistic;

/* One cycle cut in bins; arrays of `bins` elements that the caller owns. Bin k covers the phases
 * from TOT_BIN_START + k/bins to TOT_BIN_START + (k+1)/bins. A bin without a point has count 0 and
 * NaN in value and scatter; scatter (the standard deviation, divisor count - 1) needs two points,
 * with one it is NaN. */
typedef struct tot_bins {
    size_t bins;
    double *value, *scatter;
    size_t *count;
} tot_bins;

/* Which bin a phase falls in. */
size_t tot_bin_of(double phase, size_t bins);

/* Fills the bins; sums are made in the order of the points. TOT_ERROR_ARGUMENT: bins = 0 or a
 * phase that is not finite. */
tot_status tot_bin(const double *phase, const double *flux, size_t count, tot_statistic statistic,
                   const tot_bins *bins, tot_error *error);

/* The means alone, of points that count differently: value = sum of weight * flux / sum of weight,
 * NaN in a bin without a point; counts are those of the points. With equal weights the values are
 * those of tot_bin, up to rounding. Errors as there, and TOT_ERROR_MEMORY. */
tot_status tot_bin_weighted(const double *phase, const double *flux, const double *weight,
                            size_t count, size_t bins, double *value, size_t *counts,
                            tot_error *error);

#endif
