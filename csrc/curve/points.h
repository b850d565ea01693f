/* The points of a folded curve in their canonical order: by phase, then by flux.
 *
 * All sums over points are made in this order, so that the order in which a file lists its points
 * can't change a bit of the result. */
#ifndef TOT_CURVE_POINTS_H
#define TOT_CURVE_POINTS_H

#include <stddef.h>

#include "base/status.h"

/* The least number of points that the fits and the images accept. */
enum { TOT_CURVE_MIN_POINTS = 10 };

typedef struct tot_point {
    double phase, flux;
    size_t index; /* where the caller has it */
} tot_point;

/* Fills points[0 ... count-1], phases wrapped into [-0.5, 0.5). TOT_ERROR_FORMAT: fewer than
 * TOT_CURVE_MIN_POINTS points, a phase or a flux that is not finite. */
tot_status tot_sort_points(const double *phase, const double *flux, size_t count, tot_point *points,
                           tot_error *error);

/* The widest stretch of the cycle without a point; points sorted, count >= 1. */
double tot_widest_gap(const tot_point *points, size_t count);

#endif
