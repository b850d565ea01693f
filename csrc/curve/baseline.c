#include "curve/baseline.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "curve/baseline_internal.h"
#include "curve/period.h"
#include "curve/segments.h"
#include "curve/symmetric.h"

enum { TERMS = TOT_HARMONIC_TERMS, MAX_KNOTS = 1 << 16 };

/* The amplitude of a segment is judged when it is known to this part. */
static const double AMPLITUDE_ERROR = 0.02;

static void free_model(tot_baseline_model *m) {
    tot_sample_free(&m->sample);
    tot_series_fit_free(&m->fit);
    tot_free(m->segment);
    tot_free(m->pieces);
    tot_free(m->diagonal);
    tot_free(m->begin);
    tot_free(m->part);
}

static tot_status place_knots(const tot_observed *observed, double spacing, tot_baseline_model *m,
                              tot_error *error) {
    m->pieces = tot_allocate(m->segments, sizeof *m->pieces);
    if (m->pieces == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu segments", m->segments);
    for (size_t k = 0; k < m->segments; k++)
        m->pieces[k] = (tot_baseline_piece){.time = INFINITY, .last = -INFINITY, .amplitude = 1.0};
    for (size_t k = 0; k < observed->count; k++) {
        tot_baseline_piece *p = &m->pieces[m->segment[k]];
        p->time = observed->time[k] < p->time ? observed->time[k] : p->time;
        p->last = observed->time[k] > p->last ? observed->time[k] : p->last;
    }
    for (size_t k = 0; k < m->sample.count; k++)
        tot_baseline_piece_of(m, k)->points++;
    for (size_t k = 0; k < m->segments; k++) {
        tot_baseline_piece *p = &m->pieces[k];
        const double length = p->last - p->time;
        const double stretches =
            fmin(floor(length / spacing), (double)(p->points / TOT_BASELINE_POINTS_PER_KNOT));
        p->knots = stretches >= 1.0 ? (size_t)stretches + 1 : 1;
        p->rate = p->knots > 1 ? (double)(p->knots - 1) / length : 0.0;
        p->first = m->knots;
        m->knots += p->knots;
    }
    if (m->knots > MAX_KNOTS)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "%zu knots, at most %d can be fitted", m->knots,
                        MAX_KNOTS);
    m->diagonal = tot_allocate(m->knots, (TERMS + 4) * sizeof(double));
    if (m->diagonal == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu knots", m->knots);
    m->beside = m->diagonal + m->knots;
    m->with_flux = m->beside + m->knots;
    m->value = m->with_flux + m->knots;
    m->with_series = m->value + m->knots;
    return TOT_OK;
}

/* Eliminates the baseline, solves for the series, then for the baseline. False: no solution. */
static bool solve(tot_baseline_model *m) {
    const size_t terms = 2 * m->fit.harmonics + 1, knots = m->knots;
    const double precision = m->fit.noise * m->fit.noise / m->variance;
    double a[TERMS * TERMS], b[TERMS];
    tot_harmonic_sums sums;
    tot_sum_harmonics(m->fit.cosine, m->fit.sine, m->sample.weight, m->sample.flux,
                      m->sample.padded, m->fit.harmonics, &sums);
    tot_harmonic_equations(&sums, m->fit.harmonics, a, b);
    tot_harmonic_prior(m->fit.harmonics, m->fit.noise / m->sample.scale, a);
    tot_baseline_add_points(m);
    /* L D L' of the tridiagonal matrix, one knot after the other; each takes its part from the
     * equations of the series. `with_series` and `with_flux` become L^-1 of themselves. */
    for (size_t k = 0; k < knots; k++) {
        double *row = m->with_series + k * TERMS;
        m->diagonal[k] += precision;
        if (k > 0) {
            const double factor = m->beside[k - 1] / m->diagonal[k - 1];
            m->diagonal[k] -= factor * m->beside[k - 1];
            m->with_flux[k] -= factor * m->with_flux[k - 1];
            for (size_t j = 0; j < terms; j++)
                row[j] -= factor * row[j - TERMS];
        }
        const double inverse = 1.0 / m->diagonal[k];
        for (size_t i = 0; i < terms; i++) {
            b[i] -= row[i] * inverse * m->with_flux[k];
            for (size_t j = 0; j <= i; j++)
                a[i * TERMS + j] -= row[i] * inverse * row[j];
        }
    }
    if (!tot_solve_symmetric(a, TERMS, b, terms))
        return false;
    memcpy(m->fit.coefficient, b, terms * sizeof *b);
    for (size_t k = knots; k-- > 0;) {
        const double *row = m->with_series + k * TERMS;
        double value = m->with_flux[k];
        for (size_t j = 0; j < terms; j++)
            value -= row[j] * b[j];
        if (k + 1 < knots)
            value -= m->beside[k] * m->value[k + 1];
        m->value[k] = value / m->diagonal[k];
    }
    return true;
}

static double baseline_at(const tot_baseline_model *m, const tot_baseline_piece *p, double time) {
    double part;
    const size_t left = tot_baseline_knot_of(p, time, &part);
    return part > 0.0 ? m->value[left] + part * (m->value[left + 1] - m->value[left])
                      : m->value[left];
}

/* Residuals of the whole model, the noise that they show, and new weights. */
static void weigh(tot_baseline_model *m) {
    tot_harmonic_residuals(m->fit.coefficient, m->fit.harmonics, m->fit.cosine, m->fit.sine,
                           m->sample.flux, m->sample.padded, m->fit.residual, NULL);
    for (size_t knot = 0; knot < m->knots; knot++) {
        const double here = m->value[knot], next = m->value[tot_baseline_behind(m, knot)];
        for (size_t k = m->begin[knot]; k < m->begin[knot + 1]; k++)
            m->fit.residual[k] -= here + m->part[k] * (next - here);
    }
    m->fit.noise = tot_series_fit_scatter(&m->sample, &m->fit);
    tot_series_fit_weigh(&m->fit, &m->sample);
}

/* The variance of effects beyond that of their errors: value[k]^2 is on the average variance +
 * error[k]^2, and knots with many points count more. */
static double spread_of_values(const tot_baseline_model *m) {
    const double noise = m->fit.noise * m->fit.noise, precision = noise / m->variance;
    double sum = 0.0, weights = 0.0;
    for (size_t k = 0; k < m->knots; k++) {
        /* The prior has drawn the value to 0; undone, it is the estimate of the data alone. */
        const double information = fmax(m->diagonal[k] - precision, 0.0);
        if (information <= 0.0)
            continue;
        const double value = m->value[k] * m->diagonal[k] / information;
        sum += information * (value * value - noise / information);
        weights += information;
    }
    return weights > 0.0 ? fmax(0.0, sum / weights) : 0.0;
}

/* The amplitude of a segment as the regression of what remains on the series; those that tell it
 * well enough are drawn to their mean by as much as noise makes them differ. */
static double find_amplitudes(tot_baseline_model *m) {
    const double noise = m->fit.noise * m->fit.noise, enough = AMPLITUDE_ERROR * AMPLITUDE_ERROR;
    double mean = 0.0, sum = 0.0, known = 0.0;
    for (size_t k = 0; k < m->sample.count; k++) {
        tot_baseline_piece *p = tot_baseline_piece_of(m, k);
        const double baseline = baseline_at(m, p, tot_baseline_time_of(m, k));
        const double series =
            m->sample.flux[k] - baseline - m->fit.residual[k] - m->fit.coefficient[0];
        p->series_squared += m->sample.weight[k] * series * series;
        p->series_residual += m->sample.weight[k] * series * m->fit.residual[k];
    }
    for (size_t s = 0; s < m->segments; s++) {
        tot_baseline_piece *p = &m->pieces[s];
        p->variance = p->series_squared > 0.0 ? noise / p->series_squared : INFINITY;
        if (p->variance > enough)
            continue;
        p->amplitude = 1.0 + p->series_residual / p->series_squared;
        mean += p->amplitude;
        known += 1.0;
    }
    if (known < 2.0) {
        for (size_t s = 0; s < m->segments; s++)
            m->pieces[s].amplitude = 1.0;
        return 0.0;
    }
    mean /= known;
    for (size_t s = 0; s < m->segments; s++) {
        const tot_baseline_piece *p = &m->pieces[s];
        const double off = p->amplitude - mean;
        sum += p->variance <= enough ? off * off - p->variance : 0.0;
    }
    const double variance = fmax(0.0, sum / (known - 1.0));
    for (size_t s = 0; s < m->segments; s++) {
        tot_baseline_piece *p = &m->pieces[s];
        const double trust = p->variance <= enough ? variance / (variance + p->variance) : 0.0;
        p->amplitude = 1.0 + trust * (p->amplitude - mean);
    }
    return sqrt(variance);
}

static tot_status check(const tot_sample *sample, const tot_baseline_options *options,
                        tot_error *error) {
    const size_t needed = TOT_POINTS_PER_TERM * (2 * options->harmonics + 1);
    if (!(options->period > 0.0) || !isfinite(options->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g",
                        options->period);
    if (!(options->spacing > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the spacing of knots must be above 0, got %g",
                        options->spacing);
    if (options->harmonics < 1 || options->harmonics > TOT_HARMONICS_MAX)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "harmonics must be from 1 to %d, got %zu",
                        TOT_HARMONICS_MAX, options->harmonics);
    if (sample->count < needed)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu points, at least %zu are needed",
                        sample->count, needed);
    if (!(sample->scale > 0.0))
        return tot_fail(error, TOT_ERROR_FORMAT, "the flux doesn't vary");
    return TOT_OK;
}

static tot_status divide(const tot_observed *observed, double period, tot_baseline_model *m,
                         tot_error *error) {
    m->segment = tot_allocate(observed->count, sizeof *m->segment);
    if (m->segment == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points",
                        observed->count);
    if (observed->segment != NULL)
        return tot_number_segments(observed, TOT_BASELINE_MAX_SEGMENTS, m->segment, &m->segments,
                                   error);
    const double spacing = m->sample.span / (double)observed->count,
                 cycles = m->sample.span / period;
    tot_status status =
        tot_split_at_gaps(observed, fmax(8.0 * spacing, 2.0 * period), TOT_BASELINE_MAX_SEGMENTS,
                          m->segment, &m->segments, error);
    if (status == TOT_OK && (double)m->segments > cycles / 20.0)
        status = tot_split_at_gaps(observed, fmax(8.0 * spacing, 5.0 * period),
                                   TOT_BASELINE_MAX_SEGMENTS, m->segment, &m->segments, error);
    return status;
}

/* corrected may be the flux observed. */
static tot_status correct_once(const tot_observed *observed, const tot_baseline_options *options,
                               double *corrected, tot_baseline *baseline, tot_error *error) {
    enum { ROUNDS = 4 };
    tot_baseline_model m = {0};
    tot_baseline result = {0};
    tot_status status = tot_sample_take(observed->time, observed->flux, observed->count,
                                        TOT_BASELINE_POINTS, &m.sample, error);
    if (status == TOT_OK)
        status = check(&m.sample, options, error);
    if (status == TOT_OK)
        status = divide(observed, options->period, &m, error);
    if (status == TOT_OK)
        status = place_knots(observed, options->spacing, &m, error);
    if (status == TOT_OK)
        status = tot_baseline_sort_points(&m, error);
    if (status == TOT_OK)
        status = tot_series_fit_create(&m.sample, options->harmonics, &m.fit, error);
    if (status != TOT_OK)
        goto done;
    tot_series_fit_fold(&m.sample, m.sample.span / options->period, &m.fit);
    m.variance = m.sample.scale * m.sample.scale;
    for (int round = 0; round < ROUNDS && m.variance > 0.0; round++) {
        if (!solve(&m)) {
            status = tot_fail(error, TOT_ERROR_FORMAT, "the points determine no smooth curve");
            goto done;
        }
        weigh(&m);
        /* The values of the last round stand; a variance of 0 removes nothing. */
        const double variance = m.knots > 1 ? spread_of_values(&m) : 0.0;
        if (round + 1 < ROUNDS || variance == 0.0)
            m.variance = variance;
    }
    result = (tot_baseline){.segments = m.segments,
                            .knots = m.knots,
                            .offset_spread = sqrt(m.variance),
                            .scatter = m.fit.noise};
    if (m.variance == 0.0)
        memset(m.value, 0, m.knots * sizeof *m.value);
    result.amplitude_spread = m.segments > 1 ? find_amplitudes(&m) : 0.0;
    const double level = m.sample.median + m.fit.coefficient[0];
    for (size_t k = 0; k < observed->count; k++) {
        const tot_baseline_piece *p = &m.pieces[m.segment[k]];
        const double flux = observed->flux[k] - baseline_at(&m, p, observed->time[k]);
        corrected[k] = p->amplitude == 1.0 ? flux : level + (flux - level) / p->amplitude;
    }
    *baseline = result;
done:
    free_model(&m);
    return status;
}

tot_status tot_remove_baseline(const tot_observed *observed, const tot_baseline_options *options,
                               double *corrected, tot_baseline *baseline, tot_error *error) {
    enum { PASSES = 2 };
    /* From where amplitudes differ by so much the one series for all has been a bad fit: once more.
     */
    const double too_different = 0.02;
    tot_observed flux = *observed;
    tot_baseline once = {.amplitude_spread = INFINITY}, first = {0};
    for (int pass = 0; pass <= PASSES && once.amplitude_spread > too_different; pass++) {
        const tot_status status = correct_once(&flux, options, corrected, &once, error);
        if (status != TOT_OK)
            return status;
        first = pass == 0 ? once : first;
        flux.flux = corrected;
    }
    *baseline = first;
    baseline->scatter = once.scatter;
    return TOT_OK;
}
