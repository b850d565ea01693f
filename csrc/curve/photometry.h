/* Magnitudes to flux. */
#ifndef TOT_CURVE_PHOTOMETRY_H
#define TOT_CURVE_PHOTOMETRY_H

#include <stddef.h>

#include "base/status.h"

/* flux = 10^(-0.4 (magnitude - median)), so that the median magnitude has the flux 1. With
 * magnitude_error (may be NULL, may hold NaN), error = flux 0.4 ln(10) magnitude_error.
 * TOT_ERROR_FORMAT: a magnitude that is not finite, or so far off that the flux overflows. */
tot_status tot_magnitude_to_flux(const double *magnitude, const double *magnitude_error,
                                 size_t count, double *flux, double *flux_error, tot_error *error);

#endif
