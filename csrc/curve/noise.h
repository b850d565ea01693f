/* The noise of a folded curve. */
#ifndef TOT_CURVE_NOISE_H
#define TOT_CURVE_NOISE_H

#include <stddef.h>

#include "base/status.h"
#include "curve/fourier.h"

/* Sigma of one point, in the flux's unit, from the differences of residuals between neighbours in
 * phase: a smooth curve that misses the fit (a flat bottom, a corner) hardly changes from one point
 * to the next, so that misfit isn't taken for noise, nor does the fit's own freedom count.
 * The sigma is the rms of the differences / sqrt(2) within three sigma, corrected for the cut; its
 * relative standard error for normal noise is about 0.87 / sqrt(count); of very many points, some
 * thousand pairs are used.
 * points: sorted, count >= TOT_CURVE_MIN_POINTS. */
tot_status tot_noise(const tot_fourier *fit, const tot_point *points, size_t count, double *sigma,
                     tot_error *error);

#endif
