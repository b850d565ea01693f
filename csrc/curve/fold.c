#include "curve/fold.h"

#include <math.h>

double tot_wrap_phase(double phase) {
    const double wrapped = phase - floor(phase + 0.5);
    /* just below -0.5, phase + 0.5 may round up to a whole number */
    return wrapped >= 0.5 ? -0.5 : wrapped;
}

tot_status tot_fold(const double *time, size_t count, double period, double epoch, double *phase,
                    tot_error *error) {
    if (!(period > 0.0) || !isfinite(period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g", period);
    if (!isfinite(epoch))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the epoch must be a finite number, got %g",
                        epoch);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(time[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "the time of point %zu is not a number",
                            k + 1);
    for (size_t k = 0; k < count; k++)
        phase[k] = tot_wrap_phase((time[k] - epoch) / period);
    return TOT_OK;
}
