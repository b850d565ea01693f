#include "curve/sample.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/simd.h"
#include "curve/robust.h"
#include "curve/symmetric.h"

static tot_status measure(const double *time, const double *flux, size_t count, tot_sample *sample,
                          tot_error *error) {
    double first = INFINITY, last = -INFINITY;
    if (count == 0)
        return tot_fail(error, TOT_ERROR_FORMAT, "no points");
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(time[k]) || !isfinite(flux[k]))
            return tot_fail(error, TOT_ERROR_FORMAT, "the %s of point %zu is not a finite number",
                            isfinite(time[k]) ? "flux" : "time", k + 1);
        first = fmin(first, time[k]);
        last = fmax(last, time[k]);
    }
    sample->middle = 0.5 * first + 0.5 * last;
    sample->span = last - first;
    return TOT_OK;
}

static void choose(size_t count, tot_sample *sample) {
    tot_rng rng = tot_rng_stream(count, sample->count);
    for (size_t k = 0; k < sample->count; k++) {
        if (sample->count == count) {
            sample->index[k] = k;
            continue;
        }
        const double stretch = (double)count / (double)sample->count;
        const double place = ((double)k + tot_rng_uniform(&rng)) * stretch;
        sample->index[k] = place < (double)count ? (size_t)place : count - 1;
    }
}

tot_status tot_sample_take(const double *time, const double *flux, size_t count, size_t most,
                           tot_sample *sample, tot_error *error) {
    tot_sample taken = {.count = count < most ? count : most};
    const tot_status status = measure(time, flux, count, &taken, error);
    if (status != TOT_OK)
        return status;
    taken.padded = tot_simd_padded(taken.count);
    taken.time = tot_allocate(taken.padded, 3 * sizeof(double));
    taken.index = tot_allocate(taken.count, sizeof *taken.index);
    if (taken.time == NULL || taken.index == NULL) {
        tot_sample_free(&taken);
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", taken.count);
    }
    taken.flux = taken.time + taken.padded;
    taken.weight = taken.flux + taken.padded;
    choose(count, &taken);
    double *scratch = taken.weight;
    for (size_t k = 0; k < taken.count; k++)
        scratch[k] = flux[taken.index[k]];
    const size_t tail = taken.count / 20;
    const double low = tot_select(scratch, taken.count, tail);
    const double high = tot_select(scratch, taken.count, taken.count - 1 - tail);
    taken.median = tot_median(scratch, taken.count);
    taken.scale = high - low;
    for (size_t k = 0; k < taken.count; k++) {
        const double value = flux[taken.index[k]];
        const bool wild = value < low - 2.0 * taken.scale || value > high + 2.0 * taken.scale;
        taken.time[k] = taken.span > 0 ? (time[taken.index[k]] - taken.middle) / taken.span : 0.0;
        taken.flux[k] = value - taken.median;
        taken.weight[k] = wild ? 0.0 : 1.0;
    }
    *sample = taken;
    return TOT_OK;
}

void tot_sample_free(tot_sample *sample) {
    tot_free(sample->time);
    tot_free(sample->index);
    *sample = (tot_sample){0};
}

tot_status tot_series_fit_create(const tot_sample *sample, size_t harmonics, tot_series_fit *fit,
                                 tot_error *error) {
    double *memory = tot_allocate(sample->padded, 5 * sizeof *memory);
    if (memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", sample->count);
    *fit = (tot_series_fit){.harmonics = harmonics,
                            .noise = 0.1 * sample->scale,
                            .cosine = memory,
                            .sine = memory + sample->padded,
                            .residual = memory + 2 * sample->padded,
                            .slope = memory + 3 * sample->padded,
                            .scratch = memory + 4 * sample->padded};
    return TOT_OK;
}

void tot_series_fit_free(tot_series_fit *fit) {
    tot_free(fit->cosine);
    *fit = (tot_series_fit){0};
}

TOT_SIMD void tot_series_fit_fold(const tot_sample *sample, double cycles, tot_series_fit *fit) {
    for (size_t k = 0; k < sample->padded; k++) {
        const double cycle = cycles * sample->time[k];
        fit->scratch[k] = cycle - floor(cycle + 0.5);
    }
    tot_cosines(fit->scratch, sample->padded, fit->cosine, fit->sine);
}

double tot_series_fit_solve(const tot_sample *sample, tot_series_fit *fit) {
    double a[TOT_HARMONIC_TERMS * TOT_HARMONIC_TERMS], b[TOT_HARMONIC_TERMS];
    const size_t terms = 2 * fit->harmonics + 1;
    tot_harmonic_sums sums;
    tot_sum_harmonics(fit->cosine, fit->sine, sample->weight, sample->flux, sample->padded,
                      fit->harmonics, &sums);
    tot_harmonic_equations(&sums, fit->harmonics, a, b);
    tot_harmonic_prior(fit->harmonics, fit->noise / sample->scale, a);
    memcpy(fit->coefficient, b, terms * sizeof *b);
    if (!tot_solve_symmetric(a, TOT_HARMONIC_TERMS, fit->coefficient, terms))
        return INFINITY;
    double sum = sums.flux_squared;
    for (size_t k = 0; k < terms; k++)
        sum -= b[k] * fit->coefficient[k];
    return fmax(sum, 0.0);
}

double tot_series_fit_scatter(const tot_sample *sample, const tot_series_fit *fit) {
    const double freedom = (double)sample->count - (2.0 * (double)fit->harmonics + 1.0);
    memcpy(fit->scratch, fit->residual, sample->count * sizeof *fit->scratch);
    const double scatter = tot_deviation_about_zero(fit->scratch, sample->count) *
                           sqrt((double)sample->count / fmax(freedom, 1.0));
    return fmax(scatter, 1e-4 * sample->scale);
}

TOT_SIMD void tot_series_fit_weigh(const tot_series_fit *fit, tot_sample *sample) {
    const double reach = 4.685 * fit->noise;
    for (size_t k = 0; k < sample->count; k++) {
        const double u = fit->residual[k] / reach, inside = u * u < 1.0 ? 1.0 - u * u : 0.0;
        sample->weight[k] = inside * inside;
    }
}
