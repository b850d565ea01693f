/* The sums and the values of Fourier series over many points: what every fit of a curve is made of.
 *
 *     f(theta) = a[0] + sum over k = 1 ... harmonics of a[2k-1] cos(k theta) + a[2k] sin(k theta)
 *
 * Points are given by the cosine and sine of theta. Arrays are padded: `count` is a multiple of
 * TOT_SIMD_LANES, the points beyond the last one have weight 0. */
#ifndef TOT_CURVE_HARMONICS_H
#define TOT_CURVE_HARMONICS_H

#include <stddef.h>

enum { TOT_HARMONICS_MAX = 12, TOT_HARMONIC_TERMS = 2 * TOT_HARMONICS_MAX + 1 };

/* Sums over the points of weight cos(m theta), weight sin(m theta), m = 0 ... 2 harmonics, of
 * weight flux cos(k theta), weight flux sin(k theta), k = 0 ... harmonics, and weight flux^2. */
typedef struct tot_harmonic_sums {
    double cosine[TOT_HARMONIC_TERMS], sine[TOT_HARMONIC_TERMS];
    double flux_cosine[TOT_HARMONICS_MAX + 1], flux_sine[TOT_HARMONICS_MAX + 1];
    double flux_squared;
} tot_harmonic_sums;

void tot_sum_harmonics(const double *cosine, const double *sine, const double *weight,
                       const double *flux, size_t count, size_t harmonics, tot_harmonic_sums *sums);

/* The normal equations a x = b of the weighted least squares: the lower triangle of a (element (i,
 * j) at a[i * TOT_HARMONIC_TERMS + j]) and b, 2 harmonics + 1 rows. a may be NULL. */
void tot_harmonic_equations(const tot_harmonic_sums *sums, size_t harmonics, double *a, double *b);

/* Adds the prior that a continuous curve's series has, harmonic k of width 2 scale / k^2;
 * relative_noise: sigma of a point of weight 1 over the scale. */
void tot_harmonic_prior(size_t harmonics, double relative_noise, double *a);

/* residual = flux - f; slope = df/dtheta, may be NULL. */
void tot_harmonic_residuals(const double *series, size_t harmonics, const double *cosine,
                            const double *sine, const double *flux, size_t count, double *residual,
                            double *slope);

/* The cosine and sine of 2 pi cycle[k], where |cycle[k]| <= 2; accurate to 1e-15. */
void tot_cosines(const double *cycle, size_t count, double *cosine, double *sine);

#endif
