/* Phase of a time series.
 *
 * Phases run from -0.5 (included) to 0.5 (excluded), epoch at 0. */
#ifndef TOT_CURVE_FOLD_H
#define TOT_CURVE_FOLD_H

#include <stddef.h>

#include "base/status.h"

/* A phase brought into [-0.5, 0.5); NaN and infinities give NaN. */
double tot_wrap_phase(double phase);

/* phase[k] = (time[k] - epoch) / period, wrapped; phase may be time. Period and epoch in the units
 * of time. TOT_ERROR_ARGUMENT: period not above 0, or a time, the epoch or the period not finite.
 */
tot_status tot_fold(const double *time, size_t count, double period, double epoch, double *phase,
                    tot_error *error);

#endif
