#include "curve/fourier.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "curve/robust.h"
#include "curve/symmetric.h"

static const double TAU = 6.28318530717958647693;

enum {
    SIZE = 2 * TOT_FOURIER_MAX + 1, /* coefficients: mean, then cosine, sine of each harmonic */
    BLOCK = 128,                    /* points whose powers exp(i k theta) are held at a time */
    LANES = 4                       /* partial sums, which the compiler can keep in a register */
};

/* Memory of one fit, all of `count` doubles. */
typedef struct workspace {
    double *cosine, *sine, *flux, *weight, *residual, *scratch;
} workspace;

/* Sums over the points, w = weight, theta = 2 pi phase:
 * c[m] = sum w cos(m theta), s[m] = sum w sin(m theta), m = 0 ... 2 harmonics;
 * fc[k] = sum w flux cos(k theta), fs[k] likewise, k = 0 ... harmonics. */
typedef struct sums {
    double c[2 * TOT_FOURIER_MAX + 1], s[2 * TOT_FOURIER_MAX + 1];
    double fc[TOT_FOURIER_MAX + 1], fs[TOT_FOURIER_MAX + 1];
} sums;

static double dot(const double *restrict a, const double *restrict b) {
    double lane[LANES] = {0};
    for (size_t k = 0; k < BLOCK; k += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] += a[k + j] * b[k + j];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static void add_block(const workspace *w, size_t first, size_t count, size_t harmonics,
                      sums *total) {
    double c[BLOCK] = {0}, s[BLOCK] = {0}, c1[BLOCK] = {0}, s1[BLOCK] = {0};
    double weight[BLOCK] = {0}, weighted_flux[BLOCK] = {0};
    for (size_t k = 0; k < count; k++) {
        c[k] = 1.0;
        c1[k] = w->cosine[first + k];
        s1[k] = w->sine[first + k];
        weight[k] = w->weight[first + k];
        weighted_flux[k] = weight[k] * w->flux[first + k];
    }
    for (size_t m = 0; m <= 2 * harmonics; m++) {
        total->c[m] += dot(weight, c);
        total->s[m] += dot(weight, s);
        if (m <= harmonics) {
            total->fc[m] += dot(weighted_flux, c);
            total->fs[m] += dot(weighted_flux, s);
        }
        for (size_t k = 0; k < BLOCK; k++) {
            const double next = c[k] * c1[k] - s[k] * s1[k];
            s[k] = s[k] * c1[k] + c[k] * s1[k];
            c[k] = next;
        }
    }
}

/* Weighted least squares with the prior; noise is the sigma of one point. */
static bool solve_series(const workspace *w, size_t count, double noise, tot_fourier *fit) {
    const size_t harmonics = fit->harmonics, size = 2 * harmonics + 1;
    sums t;
    memset(&t, 0, sizeof t);
    for (size_t first = 0; first < count; first += BLOCK)
        add_block(w, first, count - first < BLOCK ? count - first : BLOCK, harmonics, &t);
    /* Products of harmonics are sums of harmonics: 2 cos a cos b = cos(a - b) + cos(a + b), etc. */
    double a[SIZE][SIZE], b[SIZE];
    a[0][0] = t.c[0];
    b[0] = t.fc[0];
    for (size_t j = 1; j <= harmonics; j++) {
        const size_t cj = 2 * j - 1, sj = 2 * j;
        a[cj][0] = t.c[j];
        a[sj][0] = t.s[j];
        b[cj] = t.fc[j];
        b[sj] = t.fs[j];
        for (size_t k = 1; k <= j; k++) {
            const size_t ck = 2 * k - 1, sk = 2 * k;
            a[cj][ck] = 0.5 * (t.c[j - k] + t.c[j + k]);
            a[sj][sk] = 0.5 * (t.c[j - k] - t.c[j + k]);
            a[sj][ck] = 0.5 * (t.s[j - k] + t.s[j + k]);
            if (k < j)
                a[cj][sk] = 0.5 * (t.s[j + k] - t.s[j - k]);
        }
        const double precision = noise * (double)(j * j) / (2.0 * fit->scale);
        a[cj][cj] += precision * precision;
        a[sj][sj] += precision * precision;
    }
    if (!tot_solve_symmetric(&a[0][0], SIZE, b, size))
        return false;
    fit->mean = b[0];
    for (size_t k = 0; k < harmonics; k++) {
        fit->cosine[k] = b[2 * k + 1];
        fit->sine[k] = b[2 * k + 2];
    }
    return true;
}

/* residual = flux - series, from the cosine and sine of each theta (Clenshaw's recurrence). */
static void residuals(const tot_fourier *fit, const double *restrict cosine,
                      const double *restrict sine, const double *restrict flux, size_t count,
                      double *restrict residual) {
    for (size_t first = 0; first < count; first += BLOCK) {
        const size_t n = count - first < BLOCK ? count - first : BLOCK;
        double a1[BLOCK] = {0}, a2[BLOCK] = {0}, b1[BLOCK] = {0}, b2[BLOCK] = {0};
        for (size_t k = fit->harmonics; k-- > 0;)
            for (size_t j = 0; j < n; j++) {
                const double twice = 2.0 * cosine[first + j];
                const double a = fit->cosine[k] + twice * a1[j] - a2[j];
                const double b = fit->sine[k] + twice * b1[j] - b2[j];
                a2[j] = a1[j], a1[j] = a;
                b2[j] = b1[j], b1[j] = b;
            }
        for (size_t j = 0; j < n; j++)
            residual[first + j] = flux[first + j] - fit->mean -
                                  (cosine[first + j] * a1[j] - a2[j]) - sine[first + j] * b1[j];
    }
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
 * K times that term. One of the last three stands for the envelope of the series. */
static double misfit_of(const tot_fourier *fit) {
    double last = 0.0;
    for (size_t k = fit->harmonics > 3 ? fit->harmonics - 3 : 1; k < fit->harmonics; k++)
        last = fmax(last, hypot(fit->cosine[k], fit->sine[k]));
    return (double)fit->harmonics * last;
}

static void judge(const workspace *w, size_t count, tot_fourier *fit) {
    residuals(fit, w->cosine, w->sine, w->flux, count, w->residual);
    memcpy(w->scratch, w->residual, count * sizeof *w->scratch);
    /* The coefficients take their share of the scatter with them. */
    const double freedom = (double)count - (2.0 * (double)fit->harmonics + 1.0);
    fit->scatter = tot_deviation_about_zero(w->scratch, count) * sqrt((double)count / freedom);
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
    double *memory = tot_allocate(count, 6 * sizeof(double));
    if (memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    const workspace w = {memory,
                         memory + count,
                         memory + 2 * count,
                         memory + 3 * count,
                         memory + 4 * count,
                         memory + 5 * count};
    tot_status status = TOT_OK;
    tot_fourier result = {.harmonics = choose_harmonics(points, count)};

    for (size_t k = 0; k < count; k++)
        w.scratch[k] = points[k].flux;
    const double low = tot_select(w.scratch, count, count / 20);
    const double high = tot_select(w.scratch, count, count - 1 - count / 20);
    const double middle = tot_median(w.scratch, count);
    result.scale = high - low;
    if (!(result.scale > 1e-12 * fmax(fabs(low), fabs(high)))) {
        status = tot_fail(error, TOT_ERROR_FORMAT,
                          "the flux doesn't vary: nine tenths of the %zu points lie at %g", count,
                          middle);
        goto done;
    }
    for (size_t k = 0; k < count; k++) {
        const double theta = TAU * points[k].phase;
        w.cosine[k] = cos(theta);
        w.sine[k] = sin(theta);
        w.flux[k] = points[k].flux - middle;
        /* Points that no eclipse explains stay out of the start, or one of 1e6 would spoil it. */
        w.weight[k] =
            points[k].flux < low - 2.0 * result.scale || points[k].flux > high + 2.0 * result.scale
                ? 0.0
                : 1.0;
    }
    double noise = 0.05 * result.scale;
    for (size_t step = 0; step < STEPS; step++) {
        if (!solve_series(&w, count, fmax(noise, 1e-3 * result.scale), &result)) {
            status = tot_fail(error, TOT_ERROR_FORMAT, "the points determine no smooth curve");
            goto done;
        }
        judge(&w, count, &result);
        const double before = noise;
        noise = result.scatter;
        if (step > HUBER_STEPS + 1 && fabs(noise - before) <= 1e-3 * before)
            break;
        /* The corners of a noise-free curve are not to be taken for outliers. */
        const double scale = fmax(noise, fmax(result.misfit, 1e-3 * result.scale));
        for (size_t k = 0; k < count; k++)
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
    for (size_t first = 0; first < count; first += BLOCK) {
        const size_t n = count - first < BLOCK ? count - first : BLOCK;
        double cosine[BLOCK], sine[BLOCK], flux[BLOCK];
        for (size_t j = 0; j < n; j++) {
            cosine[j] = cos(TAU * points[first + j].phase);
            sine[j] = sin(TAU * points[first + j].phase);
            flux[j] = points[first + j].flux;
        }
        residuals(fit, cosine, sine, flux, n, residual + first);
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
