/* The smooth curve through a folded light curve: a robust Fourier series.
 *
 *     f(phase) = mean + sum over k = 1 ... harmonics of cosine[k-1] cos(2 pi k phase)
 *                                                     +   sine[k-1] sin(2 pi k phase)
 *
 * Outlier rejection, alignment and normalisation all start from it. The number of harmonics
 * (2 to TOT_FOURIER_MAX) follows from the number of points and from the widest gap in phase. Least
 * squares are iterated with weights that fall with the residual (Huber, then Tukey's biweight), and
 * harmonic k carries a prior of width 2 scale / k^2, as the series of a continuous curve has: it
 * smooths noise and keeps the series quiet within gaps. The fit follows a shift of the phases, and
 * a change of the flux's zero or unit. */
#ifndef TOT_CURVE_FOURIER_H
#define TOT_CURVE_FOURIER_H

#include <stddef.h>

#include "base/status.h"
#include "curve/points.h"

enum { TOT_FOURIER_MAX = 8 };

typedef struct tot_fourier {
    size_t harmonics;
    double mean;
    double cosine[TOT_FOURIER_MAX], sine[TOT_FOURIER_MAX];
    double scatter; /* robust sigma of the residuals */
    double misfit;  /* about the largest error of the truncated series itself, from the size of its
                     * last terms: where a noise-free curve may stand off its own fit */
    double scale;   /* the flux's range, 5th to 95th percentile */
} tot_fourier;

/* Fits the points, which are sorted (tot_sort_points); of very many, some thousand evenly chosen
 * ones. TOT_ERROR_FORMAT: fewer than TOT_CURVE_MIN_POINTS, the flux doesn't vary, or the fit has no
 * solution (a flux near the largest double). */
tot_status tot_fourier_fit(const tot_point *points, size_t count, tot_fourier *fit,
                           tot_error *error);

double tot_fourier_value(const tot_fourier *fit, double phase);

/* residual[k] = points[k].flux - f(points[k].phase) */
void tot_fourier_residuals(const tot_fourier *fit, const tot_point *points, size_t count,
                           double *residual);

/* The same curve with `phase` as its new phase 0. */
tot_fourier tot_fourier_shifted(const tot_fourier *fit, double phase);

#endif
