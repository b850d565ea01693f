/* What the files that fit a baseline share; see baseline.h for what it is. */
#ifndef TOT_CURVE_BASELINE_INTERNAL_H
#define TOT_CURVE_BASELINE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"
#include "base/status.h"
#include "curve/harmonics.h"
#include "curve/sample.h"

/* A segment with fewer points gets no baseline: it would be made of noise. */
enum { TOT_BASELINE_POINTS_PER_KNOT = 8 };

/* Where a segment's knots are: knots of them, from `first` on in the list of all, `time` the first
 * one's, `rate` knots to the unit of time. */
typedef struct tot_baseline_piece {
    double time, last, rate;
    size_t first, knots, points;
    double amplitude, variance;             /* of the series in the segment, relative */
    double series_squared, series_residual; /* weighted sums */
} tot_baseline_piece;

/* All that the fit needs. Knots: the matrix of the baseline alone is tridiagonal (diagonal,
 * beside), `with_series` couples it to the series (a row of TERMS a knot, `with_flux` is its right
 * side). */
typedef struct tot_baseline_model {
    tot_sample sample;
    tot_series_fit fit;
    uint32_t *segment; /* of each point observed */
    tot_baseline_piece *pieces;
    size_t segments, knots;
    double *diagonal, *beside, *with_series, *with_flux, *value;
    /* The sample is sorted by the knot before each point: those of a knot begin at `begin`; `part`
     * of each point: how far it is to the next knot. */
    size_t *begin;
    double *part;
    double variance; /* of the prior of the values */
} tot_baseline_model;

/* Knot to the left of a time, and how far it is to the next, 0 to 1. */
TOT_INLINE size_t tot_baseline_knot_of(const tot_baseline_piece *p, double time, double *part) {
    const double place = (time - p->time) * p->rate;
    size_t left = place > 0.0 ? (size_t)place : 0;
    if (p->knots == 1 || left > p->knots - 2)
        left = p->knots > 1 ? p->knots - 2 : 0;
    const double beyond = p->knots > 1 ? place - (double)left : 0.0;
    *part = beyond < 0.0 ? 0.0 : beyond > 1.0 ? 1.0 : beyond; /* inline, unlike fmin and fmax */
    return p->first + left;
}

TOT_INLINE double tot_baseline_time_of(const tot_baseline_model *m, size_t k) {
    return m->sample.middle + m->sample.time[k] * m->sample.span;
}

/* The knot after this one; no point lies beyond the last. */
TOT_INLINE size_t tot_baseline_behind(const tot_baseline_model *m, size_t knot) {
    return knot + 1 < m->knots ? knot + 1 : knot;
}

TOT_INLINE tot_baseline_piece *tot_baseline_piece_of(const tot_baseline_model *m, size_t k) {
    return &m->pieces[m->segment[m->sample.index[k]]];
}

/* Sorts the sample by the knots, since points of different segments may alternate; fills `begin`
 * and `part`. */
tot_status tot_baseline_sort_points(tot_baseline_model *m, tot_error *error);

/* Sums over the points of products of the hats about the knots with each other, with the harmonics
 * and with the flux: fills `diagonal`, `beside`, `with_series` and `with_flux`. */
void tot_baseline_add_points(tot_baseline_model *m);

#endif
