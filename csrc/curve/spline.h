/* The periodic cubic spline through a curve given at regular phases. */
#ifndef TOT_CURVE_SPLINE_H
#define TOT_CURVE_SPLINE_H

#include <stddef.h>

enum { TOT_SPLINE_MIN_POINTS = 4 };

/* Coefficients c[count] of the B-splines through value[count], count >= TOT_SPLINE_MIN_POINTS. The
 * values cover one cycle and don't repeat its end. c may not be value. */
void tot_spline_coefficients(const double *value, size_t count, double *c);

/* The coefficients on which the spline's value at a place of the cycle depends, and their weights.
 */
enum { TOT_SPLINE_SUPPORT = 4 };
typedef struct tot_spline_place {
    size_t index[TOT_SPLINE_SUPPORT];
    double weight[TOT_SPLINE_SUPPORT];
} tot_spline_place;

/* cycle: in cycles from the first value; any finite number. */
tot_spline_place tot_spline_find(double cycle, size_t count);

double tot_spline_at(const double *c, const tot_spline_place *place);

/* The spline at `cycle`, in cycles from the first value; any finite number. */
double tot_spline_value(const double *c, size_t count, double cycle);

/* smeared[count]: the means of the spline over `width` cycles (above 0) about each of its points,
 * as an exposure that long sees it, by a midpoint rule with two nodes a step, 8 or more. */
void tot_spline_smear(const double *c, size_t count, double width, double *smeared);

#endif
