#include "curve/harmonics.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { LANES = TOT_SIMD_LANES, GROUP = 4 }; /* GROUP: vectors that are worked on together */

typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef double lanes_in_memory
    __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

#define LOAD(from) (*(const lanes_in_memory *)(from))
#define STORE(to, value) (*(lanes_in_memory *)(to) = (value))

/* One partial sum a lane. */
typedef struct lane_sums {
    lanes cosine[TOT_HARMONIC_TERMS], sine[TOT_HARMONIC_TERMS];
    lanes flux_cosine[TOT_HARMONICS_MAX + 1], flux_sine[TOT_HARMONICS_MAX + 1];
    lanes flux_squared;
} lane_sums;

TOT_INLINE double total(const lanes *sum) {
    const lanes v = *sum;
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* Adds the points of some vectors. Each one's weight goes through the recurrence
 * w cos((m + 1) x) = 2 cos(x) w cos(m x) - w cos((m - 1) x), and the same for the sine. */
TOT_INLINE void add_vectors(int vectors, const double *cosine, const double *sine,
                            const double *weight, const double *flux, size_t harmonics,
                            lane_sums *sums) {
    lanes c[GROUP], s[GROUP], c_before[GROUP], s_before[GROUP], twice[GROUP], f[GROUP];
    for (int v = 0; v < vectors; v++) {
        const lanes c1 = LOAD(cosine + v * LANES), w = LOAD(weight + v * LANES);
        c[v] = w;
        s[v] = w - w;
        c_before[v] = w * c1;
        s_before[v] = -w * LOAD(sine + v * LANES);
        twice[v] = c1 + c1;
        f[v] = LOAD(flux + v * LANES);
        sums->flux_squared += w * f[v] * f[v];
    }
    for (size_t m = 0; m <= 2 * harmonics; m++) {
        if (m <= harmonics)
            for (int v = 0; v < vectors; v++) {
                sums->flux_cosine[m] += f[v] * c[v];
                sums->flux_sine[m] += f[v] * s[v];
            }
        for (int v = 0; v < vectors; v++) {
            const lanes c_next = twice[v] * c[v] - c_before[v];
            const lanes s_next = twice[v] * s[v] - s_before[v];
            sums->cosine[m] += c[v];
            sums->sine[m] += s[v];
            c_before[v] = c[v];
            s_before[v] = s[v];
            c[v] = c_next;
            s[v] = s_next;
        }
    }
}

TOT_SIMD void tot_sum_harmonics(const double *cosine, const double *sine, const double *weight,
                                const double *flux, size_t count, size_t harmonics,
                                tot_harmonic_sums *sums) {
    lane_sums t;
    size_t k = 0;
    memset(&t, 0, sizeof t);
    for (; k + GROUP * LANES <= count; k += GROUP * LANES)
        add_vectors(GROUP, cosine + k, sine + k, weight + k, flux + k, harmonics, &t);
    for (; k < count; k += LANES)
        add_vectors(1, cosine + k, sine + k, weight + k, flux + k, harmonics, &t);
    sums->flux_squared = total(&t.flux_squared);
    for (size_t m = 0; m <= 2 * harmonics; m++) {
        sums->cosine[m] = total(&t.cosine[m]);
        sums->sine[m] = total(&t.sine[m]);
    }
    for (size_t m = 0; m <= harmonics; m++) {
        sums->flux_cosine[m] = total(&t.flux_cosine[m]);
        sums->flux_sine[m] = total(&t.flux_sine[m]);
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

/* The values of a series, by Clenshaw's recurrence. */
TOT_INLINE void evaluate_vectors(int vectors, const double *series, size_t harmonics,
                                 const double *cosine, const double *sine, double *value) {
    lanes twice[GROUP], a1[GROUP], a2[GROUP], b1[GROUP], b2[GROUP];
    for (int v = 0; v < vectors; v++) {
        twice[v] = 2.0 * LOAD(cosine + v * LANES);
        a1[v] = a2[v] = b1[v] = b2[v] = (lanes){0};
    }
    for (size_t m = harmonics; m > 0; m--)
        for (int v = 0; v < vectors; v++) {
            const lanes a = series[2 * m - 1] + twice[v] * a1[v] - a2[v];
            const lanes b = series[2 * m] + twice[v] * b1[v] - b2[v];
            a2[v] = a1[v];
            a1[v] = a;
            b2[v] = b1[v];
            b1[v] = b;
        }
    for (int v = 0; v < vectors; v++) {
        const lanes c1 = LOAD(cosine + v * LANES), s1 = LOAD(sine + v * LANES);
        STORE(value + v * LANES, series[0] + (c1 * a1[v] - a2[v]) + s1 * b1[v]);
    }
}

TOT_INLINE void evaluate(const double *series, size_t harmonics, const double *cosine,
                         const double *sine, size_t count, double *value) {
    size_t k = 0;
    for (; k + GROUP * LANES <= count; k += GROUP * LANES)
        evaluate_vectors(GROUP, series, harmonics, cosine + k, sine + k, value + k);
    for (; k < count; k += LANES)
        evaluate_vectors(1, series, harmonics, cosine + k, sine + k, value + k);
}

TOT_SIMD void tot_harmonic_residuals(const double *series, size_t harmonics, const double *cosine,
                                     const double *sine, const double *flux, size_t count,
                                     double *residual, double *slope) {
    double derivative[TOT_HARMONIC_TERMS] = {0};
    evaluate(series, harmonics, cosine, sine, count, residual);
    for (size_t k = 0; k < count; k++)
        residual[k] = flux[k] - residual[k];
    if (slope == NULL)
        return;
    for (size_t m = 1; m <= harmonics; m++) {
        derivative[2 * m - 1] = (double)m * series[2 * m];
        derivative[2 * m] = -(double)m * series[2 * m - 1];
    }
    evaluate(derivative, harmonics, cosine, sine, count, slope);
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
