/* From what a survey delivers to a folded curve: the half of the chain that works in time. The half
 * that works in phase is image/prepare.h. Real and simulated observations pass through both. */
#ifndef TOT_CURVE_OBSERVED_H
#define TOT_CURVE_OBSERVED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "curve/baseline.h"
#include "curve/segments.h"

typedef struct tot_folding_options {
    double period; /* to begin with, as a catalogue gives it; above 0 */
    double epoch;  /* phase 0 will lie a whole number of such periods from it */
    double drift;  /* how far the phase may be off over the data, see curve/period.h; 0 keeps the
                    * period */
    bool keep_baseline; /* true: no zero points or trends are removed */
} tot_folding_options;

typedef struct tot_folding {
    double period, epoch;  /* what was folded with: phase = (time - epoch) / period */
    double period_err;     /* standard error; NaN when there are too few points to tell */
    double drift;          /* what the change of the period does to the phase from first to last
                            * point, cycles; 0 when the period was kept */
    double smear;          /* rms over the data of what period_err does to the phase, cycles */
    double improvement;    /* of the fit, see curve/period.h */
    tot_baseline baseline; /* what was removed; zeros when nothing was looked for */
} tot_folding;

/* The period is refined, zero points of segments and, where points are dense enough, trends are
 * removed (curve/baseline.h), and the points are folded. phase[count], wrapped, and flux[count] are
 * filled, in the order of the points; folding may be NULL. Thread-safe.
 *
 * TOT_ERROR_FORMAT: a time or a flux that is not finite, data shorter than the period, or too many
 * segments. TOT_ERROR_ARGUMENT: an option out of range. Too few points to refine a period, or a
 * flux that doesn't vary, are no error. */
tot_status tot_fold_observed(const tot_observed *observed, const tot_folding_options *options,
                             double *phase, double *flux, tot_folding *folding, tot_error *error);

#endif
