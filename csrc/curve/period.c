#include "curve/period.h"

#include <math.h>
#include <string.h>

#include "curve/symmetric.h"

/* COARSE_POINTS: a multiple of TOT_SIMD_LANES. */
enum { TERMS = TOT_HARMONIC_TERMS, COARSE_POINTS = 512 };

/* The sixth harmonic has left the valley of chi^2 after 1/12 of a cycle. */
static const double DRIFT_STEP = 0.04;
static const double CLIP = 4.0;
static const double SETTLED = 0.02;    /* a step, in standard errors, after which none follows */
static const double SIGNIFICANT = 2.0; /* what one more parameter must be worth (Akaike) */
static const double TWO_PI = 6.28318530717958647692;

/* Weighted sum of squares about the best curve whose phase has drifted by so many cycles. */
static double misfit(const tot_sample *sample, double cycles, tot_series_fit *fit) {
    tot_series_fit_fold(sample, cycles, fit);
    return tot_series_fit_solve(sample, fit);
}

static void find_residuals(const tot_sample *sample, tot_series_fit *fit) {
    tot_harmonic_residuals(fit->coefficient, fit->harmonics, fit->cosine, fit->sine, sample->flux,
                           sample->padded, fit->residual, fit->slope);
}

/* The drift enters as one more column of the design, time times slope. The step solves for it
 * together with the series, about which the residuals are already the least; variance: of the
 * drift, for unit noise. NAN when the points don't tell. */
static double newton_step(const tot_sample *sample, tot_series_fit *fit, double *variance) {
    const size_t terms = 2 * fit->harmonics + 1;
    double a[TERMS * TERMS], with_series[TERMS], solved[TERMS], dot = 0.0;
    double *column = fit->scratch;
    for (size_t k = 0; k < sample->padded; k++) {
        column[k] = TWO_PI * sample->time[k] * fit->slope[k];
        dot += sample->weight[k] * column[k] * fit->residual[k];
    }
    tot_harmonic_sums sums;
    tot_sum_harmonics(fit->cosine, fit->sine, sample->weight, column, sample->padded,
                      fit->harmonics, &sums);
    tot_harmonic_equations(&sums, fit->harmonics, a, with_series);
    tot_harmonic_prior(fit->harmonics, fit->noise / sample->scale, a);
    memcpy(solved, with_series, terms * sizeof *solved);
    if (!tot_solve_symmetric(a, TERMS, solved, terms))
        return NAN;
    double left = sums.flux_squared; /* of the column, beyond what the series can take */
    for (size_t k = 0; k < terms; k++)
        left -= with_series[k] * solved[k];
    if (!(left > 1e-12 * sums.flux_squared))
        return NAN;
    *variance = 1.0 / left;
    return dot / left;
}

/* The part of the fitted slope's mean square that noise has put in: a coefficient's variance is 2
 * sigma^2 / N, less what the prior takes. It would make the drift look better known than it is. */
static double noise_in_slope(const tot_sample *sample, const tot_series_fit *fit) {
    const double half = 0.5 * (double)sample->count, relative = fit->noise / sample->scale;
    double all = 0.0, noise = 0.0;
    for (size_t k = 1; k <= fit->harmonics; k++) {
        const double order = (double)(k * k), a = fit->coefficient[2 * k - 1];
        const double b = fit->coefficient[2 * k], prior = 0.5 * relative * order;
        const double kept = half / (half + prior * prior);
        all += 0.5 * order * (a * a + b * b);
        noise += order * kept * kept * fit->noise * fit->noise / half;
    }
    return fmin(0.9, noise / all);
}

/* Where the parabola through three equally spaced values has its minimum, in steps from the middle
 * one. */
static double vertex(double before, double middle, double after) {
    const double curvature = before - 2.0 * middle + after;
    return curvature > 0 && isfinite(curvature) ? 0.5 * (before - after) / curvature : 0.0;
}

/* Which valley of chi^2 is the deepest shows in a part of many points: every `stride`-th of them,
 * in the arrays of COARSE_POINTS each. */
static tot_sample thin(const tot_sample *sample, double *time, double *flux, double *weight) {
    const size_t stride = sample->count / COARSE_POINTS;
    tot_sample part = *sample;
    for (size_t k = 0; k < COARSE_POINTS; k++) {
        time[k] = sample->time[k * stride];
        flux[k] = sample->flux[k * stride];
        weight[k] = sample->weight[k * stride];
    }
    part.count = part.padded = COARSE_POINTS;
    part.time = time;
    part.flux = flux;
    part.weight = weight;
    return part;
}

/* The best place of the grid; NAN when no period fits. */
static double search_grid(const tot_sample *sample, double cycles, double limit,
                          tot_series_fit *fit) {
    const double steps = ceil(limit / DRIFT_STEP), step = limit / steps;
    double best = NAN, least = INFINITY, before = INFINITY, last = INFINITY;
    for (double k = -steps; k <= steps + 1.0; k += 1.0) {
        /* one beyond the end closes the last triple */
        const double sum = k <= steps ? misfit(sample, cycles + k * step, fit) : INFINITY;
        if (last < least) {
            least = last;
            best = (k - 1.0 + vertex(before, last, sum)) * step;
        }
        before = last;
        last = sum;
    }
    return best;
}

static double coarse_drift(const tot_sample *sample, double cycles, double limit,
                           tot_series_fit *fit) {
    double time[COARSE_POINTS], flux[COARSE_POINTS], weight[COARSE_POINTS];
    if (sample->count < 2 * COARSE_POINTS)
        return search_grid(sample, cycles, limit, fit);
    const tot_sample part = thin(sample, time, flux, weight);
    return search_grid(&part, cycles, limit, fit);
}

static double clipped_sum(const tot_sample *sample, const tot_series_fit *fit) {
    const double limit = CLIP * fit->noise;
    double sum = 0.0;
    for (size_t k = 0; k < sample->count; k++) {
        const double off = fmin(fabs(fit->residual[k]), limit);
        sum += off * off;
    }
    return sum;
}

tot_status tot_refine_sample_period(tot_sample *sample, const tot_period_search *search,
                                    tot_refined_period *refined, tot_error *error) {
    enum { NEWTON_STEPS = 5 };
    const double given_cycles = sample->span / search->period;
    tot_series_fit fit;
    const tot_status status = tot_series_fit_create(sample, search->harmonics, &fit, error);
    if (status != TOT_OK)
        return status;
    *refined = (tot_refined_period){.period = search->period, .period_err = NAN, .scatter = NAN};
    if (!(sample->scale > 0) || !isfinite(misfit(sample, given_cycles, &fit)))
        goto done;
    find_residuals(sample, &fit);
    fit.noise = tot_series_fit_scatter(sample, &fit);
    for (size_t k = 0; k < sample->count; k++)
        sample->weight[k] = fabs(fit.residual[k]) <= CLIP * fit.noise ? 1.0 : 0.0;

    double drift = coarse_drift(sample, given_cycles, search->drift, &fit), variance = NAN;
    for (int k = 0; k < NEWTON_STEPS && isfinite(drift); k++) {
        if (!isfinite(misfit(sample, given_cycles + drift, &fit)))
            goto done;
        find_residuals(sample, &fit);
        fit.noise = tot_series_fit_scatter(sample, &fit);
        const double step = newton_step(sample, &fit, &variance);
        if (!isfinite(step))
            goto done;
        drift += fmax(-DRIFT_STEP, fmin(DRIFT_STEP, step));
        drift = fmax(-search->drift, fmin(search->drift, drift));
        tot_series_fit_weigh(&fit, sample);
        if (fabs(step) < SETTLED * fit.noise * sqrt(variance))
            break;
    }
    if (!isfinite(drift) || !isfinite(misfit(sample, given_cycles + drift, &fit)))
        goto done;
    find_residuals(sample, &fit);
    fit.noise = tot_series_fit_scatter(sample, &fit);
    const double least = clipped_sum(sample, &fit);
    variance /= 1.0 - noise_in_slope(sample, &fit);
    if (!isfinite(misfit(sample, given_cycles, &fit)))
        goto done;
    find_residuals(sample, &fit);
    const double freedom = (double)sample->count - 2.0 * (double)search->harmonics - 2.0;
    const double improvement =
        (clipped_sum(sample, &fit) - least) / fmax(least / freedom, fit.noise * fit.noise);
    refined->scatter = fit.noise;
    if (improvement > SIGNIFICANT) {
        refined->drift = drift;
        refined->period = sample->span / (given_cycles + drift);
        refined->improvement = improvement;
    }
    refined->period_err =
        refined->period * refined->period / sample->span * fit.noise * sqrt(variance);
done:
    tot_series_fit_free(&fit);
    return TOT_OK;
}

static tot_status check(const tot_sample *sample, const tot_period_search *search,
                        tot_error *error) {
    const size_t needed = TOT_POINTS_PER_TERM * (2 * search->harmonics + 1);
    if (!(search->period > 0) || !isfinite(search->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g",
                        search->period);
    if (!(search->drift > 0 && search->drift <= 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "drift must be above 0 and at most 1, got %g",
                        search->drift);
    if (search->harmonics < 1 || search->harmonics > TOT_HARMONICS_MAX)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "harmonics must be from 1 to %d, got %zu",
                        TOT_HARMONICS_MAX, search->harmonics);
    if (sample->count < needed)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu points, at least %zu are needed",
                        sample->count, needed);
    if (sample->span < search->period)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "a period of %g is longer than the data, which span %g", search->period,
                        sample->span);
    return TOT_OK;
}

tot_status tot_refine_period(const double *time, const double *flux, size_t count,
                             const tot_period_search *search, tot_refined_period *refined,
                             tot_error *error) {
    tot_sample sample;
    tot_status status = tot_sample_take(time, flux, count, TOT_PERIOD_POINTS, &sample, error);
    if (status != TOT_OK)
        return status;
    status = check(&sample, search, error);
    if (status == TOT_OK)
        status = tot_refine_sample_period(&sample, search, refined, error);
    tot_sample_free(&sample);
    return status;
}
