#include "curve/observed.h"

#include <math.h>
#include <string.h>

#include "curve/fold.h"
#include "curve/period.h"

/* Contact binaries are smooth: more harmonics only fit the noise. */
enum { HARMONICS = 6 };

static tot_status check(const tot_observed *observed, const tot_folding_options *options,
                        tot_error *error) {
    double first = INFINITY, last = -INFINITY;
    for (size_t k = 0; k < observed->count; k++) {
        if (!isfinite(observed->time[k]) || !isfinite(observed->flux[k]))
            return tot_fail(error, TOT_ERROR_FORMAT, "the %s of point %zu is not a finite number",
                            isfinite(observed->time[k]) ? "flux" : "time", k + 1);
        first = fmin(first, observed->time[k]);
        last = fmax(last, observed->time[k]);
    }
    if (!(options->period > 0) || !isfinite(options->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g",
                        options->period);
    if (!(options->drift >= 0 && options->drift <= 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "drift must be from 0 to 1, got %g",
                        options->drift);
    const double span = observed->count > 0 ? last - first : 0;
    if (span < options->period)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "a period of %g is longer than the data, which span %g", options->period,
                        span);
    return TOT_OK;
}

tot_status tot_fold_observed(const tot_observed *observed, const tot_folding_options *options,
                             double *phase, double *flux, tot_folding *folding, tot_error *error) {
    tot_status status = check(observed, options, error);
    if (status != TOT_OK)
        return status;
    tot_refined_period refined = {options->period, 0, 0};
    if (options->drift > 0) {
        const tot_period_search search = {options->period, options->drift, HARMONICS};
        status = tot_refine_period(observed->time, observed->flux, observed->count, &search,
                                   &refined, error);
        if (status != TOT_OK && status != TOT_ERROR_FORMAT)
            return status;
    }
    status =
        tot_fold(observed->time, observed->count, refined.period, options->epoch, phase, error);
    if (status != TOT_OK)
        return status;
    memcpy(flux, observed->flux, observed->count * sizeof *flux);
    if (folding != NULL)
        *folding =
            (tot_folding){refined.period, options->epoch, refined.drift, refined.improvement};
    return TOT_OK;
}
