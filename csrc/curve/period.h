/* A better period from the data themselves. */
#ifndef TOT_CURVE_PERIOD_H
#define TOT_CURVE_PERIOD_H

#include <stddef.h>

#include "base/status.h"
#include "curve/sample.h"

/* Catalogue periods are good to about 1e-5, which over the ten thousand cycles of a survey shifts
 * the phase by a tenth: more than a total eclipse lasts. */
typedef struct tot_period_search {
    double period; /* to begin with, above 0 */
    double drift;  /* how far, in cycles from first to last point, the phase may be off; 0 to 1 */
    size_t harmonics; /* of the model curve, 1 to TOT_HARMONICS_MAX */
} tot_period_search;

typedef struct tot_refined_period {
    double period;
    double period_err;  /* standard error, from the curvature of chi^2 and the residuals' scatter */
    double drift;       /* what the change does to the phase from first to last point, cycles */
    double improvement; /* fall of chi^2 with the noise as it is about the better fit */
    double scatter;     /* robust sigma of the residuals about that fit */
} tot_refined_period;

/* Multi-harmonic least squares on a coarse grid of periods, from its best place on by Gauss-Newton
 * steps with Tukey's weights. The period stays as it is unless chi^2 (residuals beyond 4 sigma
 * count as 4 sigma) falls by more than 2. Of more than TOT_PERIOD_POINTS points, that many are
 * used. TOT_ERROR_FORMAT: fewer than 4 points to a coefficient, a number that is not finite, or
 * data shorter than the period. */
tot_status tot_refine_period(const double *time, const double *flux, size_t count,
                             const tot_period_search *search, tot_refined_period *refined,
                             tot_error *error);

/* More points than these don't make the period better than the smear of a thousandth of a cycle. */
enum { TOT_PERIOD_POINTS = 2000, TOT_POINTS_PER_TERM = 4 };

/* The same for a sample, whose weights it changes; search is in range and span >= period. */
tot_status tot_refine_sample_period(tot_sample *sample, const tot_period_search *search,
                                    tot_refined_period *refined, tot_error *error);

#endif
