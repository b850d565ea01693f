/* Which of the two minima is the flatter one: where to look for a total eclipse. */
#ifndef TOT_CURVE_FLATNESS_H
#define TOT_CURVE_FLATNESS_H

#include <stddef.h>

typedef enum tot_minimum {
    TOT_MINIMUM_UNCLEAR,
    TOT_MINIMUM_PRIMARY,
    TOT_MINIMUM_SECONDARY
} tot_minimum;

typedef struct tot_flatness {
    double primary_curvature;   /* c of a + b x + c x^2, x = phase from the minimum, |x| < 0.06; */
    double secondary_curvature; /* NaN with fewer than 5 points there */
    double significance; /* (primary - secondary) / its standard error: positive when the secondary
                          * is the flatter one; 0 when it can't be told */
    tot_minimum flatter; /* unclear below a significance of 2 */
} tot_flatness;

/* The curve is aligned (deeper minimum at phase 0) and normalised; noise: sigma of a point in the
 * same unit. Phases wrapped. */
tot_flatness tot_flatter_minimum(const double *phase, const double *flux, size_t count,
                                 double noise);

#endif
