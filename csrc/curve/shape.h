/* What the smooth curve says of its minima and maxima: the basis of alignment and normalisation. */
#ifndef TOT_CURVE_SHAPE_H
#define TOT_CURVE_SHAPE_H

#include <stddef.h>

#include "curve/fourier.h"

typedef struct tot_shape {
    double primary_phase;        /* of the deeper minimum, in the phases of the fit */
    double primary_phase_err;    /* its standard error, from the fit's scatter */
    double primary_level;        /* flux of the smooth curve in the deeper minimum */
    double secondary_level;      /* ... and in the other one, half a cycle later */
    double maximum_after;        /* flux of the maximum that follows the deeper minimum */
    double maximum_before;       /* ... and of the one that precedes it */
    double depth_difference;     /* how much deeper, in flux, means over the minima; >= 0 */
    double depth_difference_err; /* its standard error */
    double double_wave;          /* share of the variance in the even harmonics: near 1 for two like
                                  * minima a cycle, near 0 when the period is not that of a contact
                                  * binary (half of it, say) */
} tot_shape;

/* The axis is the phase about which the even harmonics are most symmetric: neither different
 * depths nor unequal maxima (odd harmonics) move it, and the epoch is not consulted. Of the two
 * minima on the axis the deeper one is the primary. `count` is the number of points fitted. */
void tot_shape_find(const tot_fourier *fit, size_t count, tot_shape *shape);

/* The same for points in any order, together with the noise of a point (curve/noise.h), which may
 * be NULL. Errors as tot_sort_points and tot_fourier_fit; TOT_ERROR_FORMAT also when the curve has
 * no minimum between two maxima. */
tot_status tot_shape_measure(const double *phase, const double *flux, size_t count,
                             tot_shape *shape, double *noise, tot_error *error);

/* TOT_ERROR_FORMAT when the amplitude, top - bottom, is not above 0. */
tot_status tot_shape_check(const tot_shape *shape, tot_error *error);

/* The scale of the normalised curve: its higher maximum becomes 1, its deeper minimum 0. */
double tot_shape_top(const tot_shape *shape);
double tot_shape_bottom(const tot_shape *shape);

#endif
