/* The Roche potential of a circular, synchronous binary and its critical points.
 *
 * Co-rotating frame; unit of length = separation of the centres. Star 1 (mass 1) at the origin,
 * star 2 (mass q) at (1, 0, 0), z along the axis of rotation. Kopal's modified potential
 *
 *     Omega(x, y, z) = 1/r1 + q (1/r2 - x) + (1 + q)/2 (x^2 + y^2)
 *
 * (Kopal 1959, Close Binary Systems; Wilson 1979, ApJ 234, 1054) falls outward from each centre;
 * the same function describes both stars. */
#ifndef TOT_BINARY_ROCHE_H
#define TOT_BINARY_ROCHE_H

#include <math.h>
#include <stddef.h>

#include "base/simd.h"
#include "base/status.h"

/* The smallest mass ratio for which the model is meant; the largest is its inverse. */
#define TOT_MASS_RATIO_MINIMUM 0.001

typedef struct tot_vector {
    double x, y, z;
} tot_vector;

TOT_INLINE double tot_roche_potential(double mass_ratio, tot_vector at) {
    const double yz2 = at.y * at.y + at.z * at.z, dx = 1.0 - at.x;
    return 1.0 / sqrt(at.x * at.x + yz2) + mass_ratio * (1.0 / sqrt(dx * dx + yz2) - at.x) +
           0.5 * (1.0 + mass_ratio) * (at.x * at.x + at.y * at.y);
}

TOT_INLINE tot_vector tot_roche_gradient(double mass_ratio, tot_vector at) {
    const double yz2 = at.y * at.y + at.z * at.z, dx = 1.0 - at.x;
    const double r1 = sqrt(at.x * at.x + yz2), r2 = sqrt(dx * dx + yz2);
    const double a = 1.0 / (r1 * r1 * r1), b = mass_ratio / (r2 * r2 * r2);
    return (tot_vector){-a * at.x + b * dx - mass_ratio + (1.0 + mass_ratio) * at.x,
                        (1.0 + mass_ratio - a - b) * at.y, -(a + b) * at.z};
}

typedef struct tot_critical_points {
    double x_l1, x_l2, x_l3;   /* between the stars, behind star 2, behind star 1 */
    double omega_l1, omega_l2; /* potential there: inner and outer critical surface */
} tot_critical_points;

/* mass_ratio in [0.001, 1]: L2 lies behind star 2. For a heavier star 2 swap the stars. */
tot_critical_points tot_roche_critical_points(double mass_ratio);

/* Potential of a contact surface: f = (Omega_L1 - Omega)/(Omega_L1 - Omega_L2), f in [0, 1]. */
double tot_roche_fillout_to_omega(const tot_critical_points *points, double fillout);

/* Distance from the x axis to the surface Omega = omega in the half-plane at azimuth psi about the
 * axis (cos_psi = 1 along y, 0 along z), at abscissa x; guess > 0 starts the iteration. 0 when the
 * surface does not reach beyond the axis there. */
double tot_roche_axis_distance(double mass_ratio, double omega, double x, double cos_psi,
                               double guess);

/* The same for `count` places at once, as squares: squared[k] is the guess's square on entry (0
 * starts from the axis, but not at x = 0 or 1), the squared distance on return. */
void tot_roche_axis_distances(double mass_ratio, double omega, size_t count, const double *x,
                              const double *cos_psi, double *squared);

/* Where the surface Omega = omega crosses the x axis between x_inside (Omega above omega) and
 * x_outside (at or below). */
double tot_roche_axis_crossing(double mass_ratio, double omega, double x_inside, double x_outside);

/* Abscissa of the narrowest section of a contact surface's neck, measured in the x-z plane: the
 * plane that divides the two stars. x_l1 for fillout 0. */
double tot_roche_neck(double mass_ratio, double omega, double x_l1);

#endif
