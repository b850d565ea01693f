/* Outliers of a folded curve, and points that are not quite outliers. */
#ifndef TOT_CURVE_CLEAN_H
#define TOT_CURVE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "curve/fourier.h"

/* Faint outliers may be real, bright ones hardly are: hence the two limits. */
#define TOT_SIGMA_LOWER 5.0
#define TOT_SIGMA_UPPER 4.0

/* Marks the points that stand off the smooth curve. A point is an outlier when it lies more than
 * sigma_lower (below the curve) or sigma_upper (above) robust standard deviations off, further than
 * the series itself may be wrong there, and as far off its neighbours in phase: a whole minimum
 * that the series misses is no outlier. The limits must be above 0; INFINITY keeps all.
 *
 * points: sorted; fit: through them; keep[count] is filled. Returns the number of outliers through
 * `outliers`. TOT_ERROR_ARGUMENT: a limit that is not above 0. */
tot_status tot_find_outliers(const tot_fourier *fit, const tot_point *points, size_t count,
                             double sigma_lower, double sigma_upper, bool *keep, size_t *outliers,
                             tot_error *error);

/* The whole of it for points in any order: keep[k] tells of the point phase[k], flux[k]. Errors as
 * tot_sort_points, tot_fourier_fit and the above. */
tot_status tot_remove_outliers(const double *phase, const double *flux, size_t count,
                               double sigma_lower, double sigma_upper, bool *keep, size_t *outliers,
                               tot_error *error);

/* How much each point counts, weight[k] > 0. The noise of real curves has longer tails than a
 * normal distribution. Where it is Student's with nu degrees of freedom, a point x sigma off the
 * curve has the weight (nu + 1) / (nu + x^2) in the estimate of greatest likelihood (Lange, Little
 * & Taylor 1989, J. Am. Stat. Assoc. 84, 881): with nu = 4, 1.25 on the curve and 0.38 at three
 * sigma. What the series misses and the neighbours in phase show as well is no distance, as above.
 * The surer a mean of points is, the nearer to 1 are all weights: spots that come and go scatter
 * the points of a star, too, and then their mean is wanted, not their most frequent value.
 *
 * points: sorted; fit: through them; noise: sigma of a point (curve/noise.h). */
tot_status tot_point_weights(const tot_fourier *fit, const tot_point *points, size_t count,
                             double noise, double *weight, tot_error *error);

/* The same for points in any order: weight[k] is that of the point phase[k], flux[k]. Errors as
 * tot_sort_points and tot_fourier_fit. */
tot_status tot_weigh_points(const double *phase, const double *flux, size_t count, double *weight,
                            tot_error *error);

#endif
