#include "curve/observed.h"

#include <math.h>
#include <string.h>

#include "curve/fold.h"
#include "curve/period.h"

/* Contact binaries are smooth: more harmonics only fit the noise. */
enum { HARMONICS = 6, FEWEST_HARMONICS = 2 };

static tot_status check(const tot_sample *sample, const tot_folding_options *options,
                        tot_error *error) {
    if (!(options->period > 0) || !isfinite(options->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g",
                        options->period);
    if (!(options->drift >= 0 && options->drift <= 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "drift must be from 0 to 1, got %g",
                        options->drift);
    if (sample->span < options->period)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "a period of %g is longer than the data, which span %g", options->period,
                        sample->span);
    return TOT_OK;
}

static size_t harmonics_for(size_t count) {
    const size_t terms = count / TOT_POINTS_PER_TERM, harmonics = terms > 0 ? (terms - 1) / 2 : 0;
    return harmonics < HARMONICS ? harmonics : HARMONICS;
}

tot_status tot_fold_observed(const tot_observed *observed, const tot_folding_options *options,
                             double *phase, double *flux, tot_folding *folding, tot_error *error) {
    tot_sample sample;
    tot_status status = tot_sample_take(observed->time, observed->flux, observed->count,
                                        TOT_PERIOD_POINTS, &sample, error);
    if (status != TOT_OK)
        return status;
    tot_refined_period refined = {.period = options->period, .period_err = NAN};
    const tot_period_search search = {options->period, options->drift, harmonics_for(sample.count)};
    status = check(&sample, options, error);
    if (status == TOT_OK && options->drift > 0 && search.harmonics >= FEWEST_HARMONICS)
        status = tot_refine_sample_period(&sample, &search, &refined, error);
    if (status == TOT_OK)
        status =
            tot_fold(observed->time, observed->count, refined.period, options->epoch, phase, error);
    if (status != TOT_OK)
        goto done;
    memcpy(flux, observed->flux, observed->count * sizeof *flux);
    if (folding != NULL)
        *folding = (tot_folding){.period = refined.period,
                                 .period_err = refined.period_err,
                                 .epoch = options->epoch,
                                 .drift = refined.drift,
                                 .improvement = refined.improvement};
done:
    tot_sample_free(&sample);
    return status;
}
