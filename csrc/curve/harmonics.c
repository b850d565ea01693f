#include "curve/harmonics.h"

#include <math.h>

#include "base/simd.h"

enum { LANES = TOT_SIMD_LANES };

/* One partial sum a lane. */
typedef struct lane_sums {
    double cosine[TOT_HARMONIC_TERMS][LANES], sine[TOT_HARMONIC_TERMS][LANES];
    double flux_cosine[TOT_HARMONICS_MAX + 1][LANES], flux_sine[TOT_HARMONICS_MAX + 1][LANES];
    double flux_squared[LANES];
} lane_sums;

TOT_INLINE double total(const double *lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

TOT_SIMD void tot_sum_harmonics(const double *cosine, const double *sine, const double *weight,
                                const double *flux, size_t count, size_t harmonics,
                                tot_harmonic_sums *sums) {
    lane_sums t = {{{0}}, {{0}}, {{0}}, {{0}}, {0}};
    for (size_t k = 0; k < count; k += LANES) {
        double c[LANES], s[LANES], f[LANES];
        const double *c1 = cosine + k, *s1 = sine + k, *w = weight + k;
        TOT_EACH_LANE (j) {
            c[j] = 1.0;
            s[j] = 0.0;
            f[j] = w[j] * flux[k + j];
            t.flux_squared[j] += f[j] * flux[k + j];
        }
        for (size_t m = 0; m <= harmonics; m++)
            TOT_EACH_LANE (j) {
                t.cosine[m][j] += w[j] * c[j];
                t.sine[m][j] += w[j] * s[j];
                t.flux_cosine[m][j] += f[j] * c[j];
                t.flux_sine[m][j] += f[j] * s[j];
                const double next = c[j] * c1[j] - s[j] * s1[j];
                s[j] = s[j] * c1[j] + c[j] * s1[j];
                c[j] = next;
            }
        for (size_t m = harmonics + 1; m <= 2 * harmonics; m++)
            TOT_EACH_LANE (j) {
                t.cosine[m][j] += w[j] * c[j];
                t.sine[m][j] += w[j] * s[j];
                const double next = c[j] * c1[j] - s[j] * s1[j];
                s[j] = s[j] * c1[j] + c[j] * s1[j];
                c[j] = next;
            }
    }
    sums->flux_squared = total(t.flux_squared);
    for (size_t m = 0; m <= 2 * harmonics; m++) {
        sums->cosine[m] = total(t.cosine[m]);
        sums->sine[m] = total(t.sine[m]);
    }
    for (size_t m = 0; m <= harmonics; m++) {
        sums->flux_cosine[m] = total(t.flux_cosine[m]);
        sums->flux_sine[m] = total(t.flux_sine[m]);
    }
}

void tot_harmonic_equations(const tot_harmonic_sums *sums, size_t harmonics, double *a, double *b) {
    const double *c = sums->cosine, *s = sums->sine;
    b[0] = sums->flux_cosine[0];
    for (size_t k = 1; k <= harmonics; k++) {
        b[2 * k - 1] = sums->flux_cosine[k];
        b[2 * k] = sums->flux_sine[k];
    }
    if (a == NULL)
        return;
    /* Products of harmonics are sums of harmonics: 2 cos a cos b = cos(a - b) + cos(a + b), etc. */
    a[0] = c[0];
    for (size_t j = 1; j <= harmonics; j++) {
        double *cosine_row = a + (2 * j - 1) * TOT_HARMONIC_TERMS;
        double *sine_row = cosine_row + TOT_HARMONIC_TERMS;
        cosine_row[0] = c[j];
        sine_row[0] = s[j];
        for (size_t k = 1; k <= j; k++) {
            cosine_row[2 * k - 1] = 0.5 * (c[j - k] + c[j + k]);
            sine_row[2 * k] = 0.5 * (c[j - k] - c[j + k]);
            sine_row[2 * k - 1] = 0.5 * (s[j - k] + s[j + k]);
            if (k < j)
                cosine_row[2 * k] = 0.5 * (s[j + k] - s[j - k]);
        }
    }
}

void tot_harmonic_prior(size_t harmonics, double relative_noise, double *a) {
    for (size_t k = 1; k <= harmonics; k++) {
        const double precision = 0.5 * relative_noise * (double)(k * k);
        a[(2 * k - 1) * (TOT_HARMONIC_TERMS + 1)] += precision * precision;
        a[2 * k * (TOT_HARMONIC_TERMS + 1)] += precision * precision;
    }
}

/* Clenshaw's recurrence, for the series and, term by term, for its derivative. */
TOT_SIMD void tot_harmonic_residuals(const double *series, size_t harmonics, const double *cosine,
                                     const double *sine, const double *flux, size_t count,
                                     double *residual, double *slope) {
    for (size_t k = 0; k < count; k += LANES) {
        const double *c1 = cosine + k, *s1 = sine + k;
        double a1[LANES] = {0}, a2[LANES] = {0}, b1[LANES] = {0}, b2[LANES] = {0};
        for (size_t m = harmonics; m > 0; m--)
            TOT_EACH_LANE (j) {
                const double a = series[2 * m - 1] + 2.0 * c1[j] * a1[j] - a2[j];
                const double b = series[2 * m] + 2.0 * c1[j] * b1[j] - b2[j];
                a2[j] = a1[j];
                a1[j] = a;
                b2[j] = b1[j];
                b1[j] = b;
            }
        TOT_EACH_LANE (j) {
            residual[k + j] = flux[k + j] - (series[0] + (c1[j] * a1[j] - a2[j]) + s1[j] * b1[j]);
        }
        if (slope == NULL)
            continue;
        TOT_EACH_LANE (j) {
            a1[j] = a2[j] = b1[j] = b2[j] = 0.0;
        }
        for (size_t m = harmonics; m > 0; m--)
            TOT_EACH_LANE (j) {
                const double a = (double)m * series[2 * m] + 2.0 * c1[j] * a1[j] - a2[j];
                const double b = -(double)m * series[2 * m - 1] + 2.0 * c1[j] * b1[j] - b2[j];
                a2[j] = a1[j];
                a1[j] = a;
                b2[j] = b1[j];
                b1[j] = b;
            }
        TOT_EACH_LANE (j) {
            slope[k + j] = (c1[j] * a1[j] - a2[j]) + s1[j] * b1[j];
        }
    }
}

/* Taylor series of sin x and cos x for |x| <= pi/4; quarter turns put the rest there. */
TOT_SIMD void tot_cosines(const double *cycle, size_t count, double *cosine, double *sine) {
    static const double half_pi = 1.57079632679489661923;
    for (size_t k = 0; k < count; k++) {
        const double quarters = 4.0 * cycle[k];
        /* rounded by cutting after the shift to positive numbers */
        const int turn = (int)(quarters + 8.5) - 8;
        const double x = half_pi * (quarters - (double)turn), y = x * x;
        double s = -1.0 / 1307674368000.0, c = 1.0 / 20922789888000.0;
        s = s * y + 1.0 / 6227020800.0;
        c = c * y - 1.0 / 87178291200.0;
        s = s * y - 1.0 / 39916800.0;
        c = c * y + 1.0 / 479001600.0;
        s = s * y + 1.0 / 362880.0;
        c = c * y - 1.0 / 3628800.0;
        s = s * y - 1.0 / 5040.0;
        c = c * y + 1.0 / 40320.0;
        s = s * y + 1.0 / 120.0;
        c = c * y - 1.0 / 720.0;
        s = s * y - 1.0 / 6.0;
        c = c * y + 1.0 / 24.0;
        s = x + x * y * s;
        c = c * y - 0.5;
        c = 1.0 + y * c;
        const double s_turned = turn & 1 ? c : s, c_turned = turn & 1 ? s : c;
        sine[k] = turn & 2 ? -s_turned : s_turned;
        cosine[k] = (turn + 1) & 2 ? -c_turned : c_turned;
    }
}
