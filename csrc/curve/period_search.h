/* The period of a contact binary when none is known. */
#ifndef TOT_CURVE_PERIOD_SEARCH_H
#define TOT_CURVE_PERIOD_SEARCH_H

#include <stddef.h>

#include "base/status.h"
#include "curve/period.h"

typedef struct tot_period_range {
    double minimum, maximum; /* of the orbital period, 0 < minimum < maximum */
    size_t harmonics; /* of the model curve, 2 to TOT_HARMONICS_MAX; less when points are few */
} tot_period_range;

typedef struct tot_found_period {
    tot_refined_period refined;
    double power;         /* share of the variance that a sine wave of half the period explains */
    double false_alarm;   /* probability that noise alone has such a power somewhere in the range */
    double alternative;   /* the period, elsewhere in the range, that fits second best; NaN: none */
    double margin;        /* by how much its chi^2 is larger, in the noise of the best fit */
    double minima_differ; /* by how much chi^2 is larger when the two halves of the cycle are taken
                           * for alike (half the period), in the same noise; with H odd harmonics
                           * less than about 2 H + 3 sqrt(4 H) says nothing */
} tot_found_period;

/* The light of a contact binary has two like minima in a cycle, so most of it is a sine wave of
 * half the period. The generalised Lomb-Scargle periodogram (Zechmeister & Kuerster 2009, A&A 496,
 * 577) at 5 frequencies to the resolution 1/span finds the candidates, the fit of the whole series
 * at twice their period, in which the second harmonic must be the strongest, decides between them;
 * aliases (of the day, the year) are candidates like others. The best is refined (curve/period.h).
 * false_alarm: (1 - power)^((N-3)/2) at each of span
 * * bandwidth independent frequencies (Cumming 2004, MNRAS 354, 1165).
 *
 * TOT_ERROR_FORMAT: too few points, a number that is not finite, a flux that doesn't vary, data
 * that span less than 2 maximum, or no maximum of the periodogram. TOT_ERROR_ARGUMENT: a range that
 * would need more than 2^26 frequencies, or out of bounds. */
tot_status tot_find_period(const double *time, const double *flux, size_t count,
                           const tot_period_range *range, tot_found_period *found,
                           tot_error *error);

#endif
