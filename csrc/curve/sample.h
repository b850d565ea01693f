/* The points of a time series in the form that fits work on: centred, padded for the loops of
 * curve/harmonics.h, and no more of them than tell anything. */
#ifndef TOT_CURVE_SAMPLE_H
#define TOT_CURVE_SAMPLE_H

#include <stddef.h>

#include "base/status.h"
#include "curve/harmonics.h"

typedef struct tot_sample {
    size_t count, padded; /* padded: a multiple of TOT_SIMD_LANES; weight 0 from count on */
    double *time;         /* from the middle of the data, in units of the span: -0.5 to 0.5 */
    double *flux;         /* less the median */
    double *weight;       /* 1; 0 for flux that no eclipse explains */
    size_t *index;        /* where the caller has the point */
    double middle, span;  /* of all times, the caller's unit */
    double median, scale; /* of the flux; the scale is the 5th to 95th percentile */
} tot_sample;

/* Takes all points, or `most` of them: one from each of as many stretches of the list, at a place
 * that changes from stretch to stretch, so that a regular cadence leaves no phase out. The choice
 * depends on count and most only. Free with tot_sample_free.
 * TOT_ERROR_FORMAT: no points, or a number that is not finite. */
tot_status tot_sample_take(const double *time, const double *flux, size_t count, size_t most,
                           tot_sample *sample, tot_error *error);
void tot_sample_free(tot_sample *sample);

/* One fit of a Fourier series to a sample, and the room it needs: arrays of `padded` elements. */
typedef struct tot_series_fit {
    size_t harmonics;
    double noise; /* sigma of a point; the prior of curve/fourier.h is set with it */
    double *cosine, *sine, *residual, *slope, *scratch;
    double coefficient[TOT_HARMONIC_TERMS];
} tot_series_fit;

tot_status tot_series_fit_create(const tot_sample *sample, size_t harmonics, tot_series_fit *fit,
                                 tot_error *error);
void tot_series_fit_free(tot_series_fit *fit);

/* The phases of the sample: `cycles` from first to last point, so the span over the period. */
void tot_series_fit_fold(const tot_sample *sample, double cycles, tot_series_fit *fit);

/* Weighted least squares with the prior; fills coefficient and returns the sum of squares with the
 * prior's part, INFINITY when there is no solution. */
double tot_series_fit_solve(const tot_sample *sample, tot_series_fit *fit);

/* Robust sigma of fit->residual, corrected for the coefficients; at least 1e-4 of the scale: a
 * curve without noise leaves the corners that the series cuts. */
double tot_series_fit_scatter(const tot_sample *sample, const tot_series_fit *fit);

/* New weights from fit->residual and fit->noise: Tukey's biweight, 95 % efficient for normal
 * errors. */
void tot_series_fit_weigh(const tot_series_fit *fit, tot_sample *sample);

#endif
