/* Curves with known properties, for the tests. */
#ifndef TOT_TESTS_CURVES_H
#define TOT_TESTS_CURVES_H

#include <math.h>
#include <stddef.h>

static const double TAU = 6.28318530717958647693;

/* Two like minima at 0 and 0.5, between 1 and 1 - depth. */
static inline double cosine_curve(double phase, double depth) {
    return 1.0 - 0.5 * depth * (1.0 + cos(2.0 * TAU * phase));
}

/* Something like a contact binary: maxima of flux 1 at +-0.25, the deeper minimum at 0 down to
 * 1 - depth and round, the other at 0.5, `shallower` less deep and flat for +-half_width. */
static inline double contact_curve(double phase, double depth, double shallower,
                                   double half_width) {
    phase -= floor(phase + 0.5);
    const double from_primary = fabs(phase), from_secondary = 0.5 - from_primary;
    if (from_primary < 0.25)
        return cosine_curve(phase, depth);
    const double x = fmax(from_secondary, half_width);
    return 1.0 -
           (depth - shallower) * (1.0 + cos(2.0 * TAU * x)) / (1.0 + cos(2.0 * TAU * half_width));
}

/* Straight ingress and egress of width 0.1, flat bottoms of width 0.1: what a series fits worst. */
static inline double trapezoid_curve(double phase, double depth) {
    phase -= floor(phase + 0.5);
    const double x = fmin(fabs(phase), 0.5 - fabs(phase));
    return 1.0 - depth * fmax(0.0, fmin(1.0, (0.15 - x) / 0.1));
}

#endif
