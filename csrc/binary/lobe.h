/* Volumes and radii of stars, and the potential of a star of a given radius. */
#ifndef TOT_BINARY_LOBE_H
#define TOT_BINARY_LOBE_H

#include "base/status.h"

/* All potentials are values of Omega in the frame of star 1 (see roche.h), for either star and any
 * mass ratio M2/M1 from 0.001 to 1000. */

/* The same surface's potential in the frame of star 2, for the mass ratio 1/q:
 * Omega/q + (q - 1)/(2 q). */
double tot_roche_swap_potential(double mass_ratio, double omega);

/* Potential of the inner critical surface: both lobes. */
double tot_roche_lobe_potential(double mass_ratio);

/* Volume of the part of Omega = omega between two abscissae: where the surface meets the axis, or
 * the neck of a contact system. */
double tot_roche_volume(double mass_ratio, double omega, double x_begin, double x_end);

/* Radius of the sphere of that volume. */
double tot_roche_sphere_radius(double volume);

/* Radius of the sphere of the same volume as star 1 or 2, in units of the separation. omega at
 * least tot_roche_lobe_potential. */
double tot_roche_volume_radius(double mass_ratio, int star, double omega);

/* The potential of a star with that radius. TOT_ERROR_ARGUMENT, with the largest allowed value in
 * the message, when the radius is not positive or exceeds the lobe's. */
tot_status tot_roche_potential_of_radius(double mass_ratio, int star, double radius, double *omega,
                                         tot_error *error);

#endif
