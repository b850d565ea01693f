#include "curve/fourier.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "curve/harmonics.h"
#include "curve/robust.h"
#include "curve/symmetric.h"

static const double TAU = 6.28318530717958647693;

enum {
    ENOUGH = 4096, /* more points than these don't make the series better */
    BLOCK = 128    /* points whose residuals are made at a time; a multiple of TOT_SIMD_LANES */
};

/* What is fitted, arrays of `padded` elements (see curve/harmonics.h), of which `count` count. */
typedef struct workspace {
    size_t count, padded;
    double *cosine, *sine, *flux, *weight, *residual, *scratch;
} workspace;

/* The coefficients in the order of curve/harmonics.h. */
static void to_coefficients(const tot_fourier *fit, double *coefficient) {
    coefficient[0] = fit->mean;
    for (size_t k = 0; k < fit->harmonics; k++) {
        coefficient[2 * k + 1] = fit->cosine[k];
        coefficient[2 * k + 2] = fit->sine[k];
    }
}

/* Weighted least squares with the prior; noise is the sigma of one point. */
static bool solve_series(const workspace *w, double noise, tot_fourier *fit) {
    double a[TOT_HARMONIC_TERMS * TOT_HARMONIC_TERMS], b[TOT_HARMONIC_TERMS];
    tot_harmonic_sums sums;
    tot_sum_harmonics(w->cosine, w->sine, w->weight, w->flux, w->padded, fit->harmonics, &sums);
    tot_harmonic_equations(&sums, fit->harmonics, a, b);
    tot_harmonic_prior(fit->harmonics, noise / fit->scale, a);
    if (!tot_solve_symmetric(a, TOT_HARMONIC_TERMS, b, 2 * fit->harmonics + 1))
        return false;
    fit->mean = b[0];
    for (size_t k = 0; k < fit->harmonics; k++) {
        fit->cosine[k] = b[2 * k + 1];
        fit->sine[k] = b[2 * k + 2];
    }
    return true;
}

static size_t choose_harmonics(const tot_point *points, size_t count) {
    /* three points per coefficient, and no harmonic with more than 3/4 of a wave in a gap */
    size_t harmonics = (count / 3 - 1) / 2;
    const double by_gap = 0.75 / tot_widest_gap(points, count);
    if (by_gap < (double)harmonics)
        harmonics = (size_t)by_gap;
    return harmonics < 2 ? 2 : harmonics > TOT_FOURIER_MAX ? TOT_FOURIER_MAX : harmonics;
}

/* The terms of a curve with corners fall as 1/k^2, and the sum of all that follow term K is about
 * K times that term. One of the last three, brought to K by that law, stands for the envelope. */
static double misfit_of(const tot_fourier *fit) {
    const double last = (double)fit->harmonics;
    double misfit = 0.0;
    for (size_t k = fit->harmonics > 3 ? fit->harmonics - 3 : 1; k < fit->harmonics; k++) {
        const double order = (double)(k + 1);
        misfit = fmax(misfit, order * order / last * hypot(fit->cosine[k], fit->sine[k]));
    }
    return misfit;
}

static void judge(const workspace *w, tot_fourier *fit) {
    double coefficient[TOT_HARMONIC_TERMS];
    to_coefficients(fit, coefficient);
    tot_harmonic_residuals(coefficient, fit->harmonics, w->cosine, w->sine, w->flux, w->padded,
                           w->residual, NULL);
    memcpy(w->scratch, w->residual, w->count * sizeof *w->scratch);
    /* The coefficients take their share of the scatter with them. */
    const double freedom = (double)w->count - (2.0 * (double)fit->harmonics + 1.0);
    fit->scatter =
        tot_deviation_about_zero(w->scratch, w->count) * sqrt((double)w->count / freedom);
    fit->misfit = misfit_of(fit);
}

/* Tuning constants: 95 % efficiency for normal errors. */
static double huber(double residual, double scale) {
    const double limit = 1.345 * scale;
    return fabs(residual) <= limit ? 1.0 : limit / fabs(residual);
}

static double biweight(double residual, double scale) {
    const double u = residual / (4.685 * scale);
    return fabs(u) >= 1.0 ? 0.0 : (1.0 - u * u) * (1.0 - u * u);
}

tot_status tot_fourier_fit(const tot_point *points, size_t count, tot_fourier *fit,
                           tot_error *error) {
    enum { HUBER_STEPS = 3, STEPS = 9 };
    if (count < TOT_CURVE_MIN_POINTS)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu point%s, at least %d are needed", count,
                        count == 1 ? "" : "s", TOT_CURVE_MIN_POINTS);
    const size_t stride = (count + ENOUGH - 1) / ENOUGH, used = (count + stride - 1) / stride;
    const size_t padded = tot_simd_padded(used);
    double *memory = tot_allocate(padded, 6 * sizeof(double));
    if (memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    const workspace w = {.count = used,
                         .padded = padded,
                         .cosine = memory,
                         .sine = memory + padded,
                         .flux = memory + 2 * padded,
                         .weight = memory + 3 * padded,
                         .residual = memory + 4 * padded,
                         .scratch = memory + 5 * padded};
    tot_status status = TOT_OK;
    tot_fourier result = {.harmonics = choose_harmonics(points, count)};

    for (size_t k = 0; k < used; k++)
        w.scratch[k] = points[k * stride].flux;
    const double low = tot_select(w.scratch, used, used / 20);
    const double high = tot_select(w.scratch, used, used - 1 - used / 20);
    const double middle = tot_median(w.scratch, used);
    result.scale = high - low;
    if (!(result.scale > 1e-12 * fmax(fabs(low), fabs(high)))) {
        status = tot_fail(error, TOT_ERROR_FORMAT,
                          "the flux doesn't vary: nine tenths of the %zu points lie at %g", count,
                          middle);
        goto done;
    }
    for (size_t k = 0; k < used; k++) {
        const double flux = points[k * stride].flux;
        /* Points that no eclipse explains stay out of the start, or one of 1e6 would spoil it. */
        const bool wild = flux < low - 2.0 * result.scale || flux > high + 2.0 * result.scale;
        w.residual[k] = points[k * stride].phase;
        w.flux[k] = flux - middle;
        w.weight[k] = wild ? 0.0 : 1.0;
    }
    tot_cosines(w.residual, padded, w.cosine, w.sine);
    double noise = 0.05 * result.scale;
    for (size_t step = 0; step < STEPS; step++) {
        if (!solve_series(&w, fmax(noise, 1e-3 * result.scale), &result)) {
            status = tot_fail(error, TOT_ERROR_FORMAT, "the points determine no smooth curve");
            goto done;
        }
        judge(&w, &result);
        const double before = noise;
        noise = result.scatter;
        if (step > HUBER_STEPS + 1 && fabs(noise - before) <= 1e-3 * before)
            break;
        /* The corners of a noise-free curve are not to be taken for outliers. */
        const double scale = fmax(noise, fmax(1.5 * result.misfit, 1e-3 * result.scale));
        for (size_t k = 0; k < used; k++)
            w.weight[k] =
                step < HUBER_STEPS ? huber(w.residual[k], scale) : biweight(w.residual[k], scale);
    }
    result.mean += middle;
    *fit = result;
done:
    tot_free(memory);
    return status;
}

double tot_fourier_value(const tot_fourier *fit, double phase) {
    const double c1 = cos(TAU * phase), s1 = sin(TAU * phase);
    double c = c1, s = s1, value = fit->mean;
    for (size_t k = 0; k < fit->harmonics; k++) {
        value += fit->cosine[k] * c + fit->sine[k] * s;
        const double next = c * c1 - s * s1;
        s = s * c1 + c * s1;
        c = next;
    }
    return value;
}

void tot_fourier_residuals(const tot_fourier *fit, const tot_point *points, size_t count,
                           double *residual) {
    double coefficient[TOT_HARMONIC_TERMS];
    to_coefficients(fit, coefficient);
    for (size_t first = 0; first < count; first += BLOCK) {
        const size_t n = count - first < BLOCK ? count - first : BLOCK;
        double phase[BLOCK] = {0}, cosine[BLOCK], sine[BLOCK], flux[BLOCK] = {0}, off[BLOCK];
        for (size_t j = 0; j < n; j++) {
            phase[j] = points[first + j].phase;
            flux[j] = points[first + j].flux;
        }
        tot_cosines(phase, tot_simd_padded(n), cosine, sine);
        tot_harmonic_residuals(coefficient, fit->harmonics, cosine, sine, flux, tot_simd_padded(n),
                               off, NULL);
        memcpy(residual + first, off, n * sizeof *off);
    }
}

tot_fourier tot_fourier_shifted(const tot_fourier *fit, double phase) {
    tot_fourier shifted = *fit;
    for (size_t k = 0; k < fit->harmonics; k++) {
        const double c = cos(TAU * (double)(k + 1) * phase), s = sin(TAU * (double)(k + 1) * phase);
        shifted.cosine[k] = fit->cosine[k] * c + fit->sine[k] * s;
        shifted.sine[k] = fit->sine[k] * c - fit->cosine[k] * s;
    }
    return shifted;
}
