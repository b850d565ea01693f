/* Order statistics and scales that a few wild values can't move. */
#ifndef TOT_CURVE_ROBUST_H
#define TOT_CURVE_ROBUST_H

#include <stddef.h>

/* The value of rank `rank` (0 = smallest, rank < count). Reorders `values`. */
double tot_select(double *values, size_t count, size_t rank);

/* The median (mean of the middle two for an even count); NaN for count 0. Reorders `values`. */
double tot_median(double *values, size_t count);

/* 1.4826 times the median of |values[k]|: sigma of normal deviates about 0. Replaces the values by
 * their magnitudes, reordered. */
double tot_deviation_about_zero(double *values, size_t count);

#endif
