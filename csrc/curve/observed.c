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

/* A trend must have this many cycles from knot to knot, or it takes part in the eclipses, and this
 * many points, or it is made of noise. */
static double knot_spacing(const tot_sample *sample, size_t count, double period) {
    const double cycles = 20.0, points = 64.0;
    const double used = (double)(count < TOT_BASELINE_POINTS ? count : TOT_BASELINE_POINTS);
    return fmax(cycles * period, points * sample->span / used);
}

/* One pass: the period from this flux, then the baseline of the flux observed. */
static tot_status clean(const tot_observed *observed, const tot_folding_options *options,
                        tot_sample *sample, double *flux, tot_refined_period *refined,
                        tot_baseline *baseline, tot_error *error) {
    const size_t harmonics = harmonics_for(sample->count);
    tot_status status = TOT_OK;
    if (harmonics < FEWEST_HARMONICS || !(sample->scale > 0.0))
        return TOT_OK;
    if (options->drift > 0.0) {
        const tot_period_search search = {options->period, options->drift, harmonics};
        status = tot_refine_sample_period(sample, &search, refined, error);
    }
    if (status == TOT_OK && !options->keep_baseline) {
        const double spacing = knot_spacing(sample, observed->count, refined->period);
        const tot_baseline_options slow = {refined->period, spacing, harmonics};
        status = tot_remove_baseline(observed, &slow, flux, baseline, error);
    }
    return status;
}

tot_status tot_fold_observed(const tot_observed *observed, const tot_folding_options *options,
                             double *phase, double *flux, tot_folding *folding, tot_error *error) {
    tot_sample sample;
    tot_status status = tot_sample_take(observed->time, observed->flux, observed->count,
                                        TOT_PERIOD_POINTS, &sample, error);
    if (status != TOT_OK)
        return status;
    tot_refined_period refined = {.period = options->period, .period_err = NAN};
    tot_baseline baseline = {0};
    status = check(&sample, options, error);
    if (status != TOT_OK)
        goto done;
    memcpy(flux, observed->flux, observed->count * sizeof *flux);
    status = clean(observed, options, &sample, flux, &refined, &baseline, error);
    if (status == TOT_OK && baseline.offset_spread > baseline.scatter) {
        /* Zero points that differ by more than the noise have spoilt the period. */
        tot_sample_free(&sample);
        status = tot_sample_take(observed->time, flux, observed->count, TOT_PERIOD_POINTS, &sample,
                                 error);
        if (status == TOT_OK)
            status = clean(observed, options, &sample, flux, &refined, &baseline, error);
    }
    if (status == TOT_OK)
        status =
            tot_fold(observed->time, observed->count, refined.period, options->epoch, phase, error);
    const double cycles = sample.span / refined.period;
    if (status == TOT_OK && folding != NULL)
        *folding = (tot_folding){.period = refined.period,
                                 .period_err = refined.period_err,
                                 .epoch = options->epoch,
                                 .drift = refined.drift,
                                 .smear = refined.period_err / refined.period * cycles / sqrt(12.0),
                                 .improvement = refined.improvement,
                                 .baseline = baseline};
done:
    tot_sample_free(&sample);
    return status;
}
