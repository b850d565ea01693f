/* Radial velocities of the stars' centres of light.
 *
 * The surfaces turn with the orbit like one solid body. With lengths in units of the separation a,
 * the centre of mass at x = q/(1+q) and the observer in the direction n (system.h), a surface
 * element recedes at
 *
 *     v = (2 pi a/P) sin i (y cos 2 pi phi + (x - q/(1+q)) sin 2 pi phi),
 *
 * and a star's velocity is the mean of v over its visible surface, weighted by the light that
 * reaches the observer: proximity effects, spots and the distortion in eclipses (Rossiter 1924;
 * McLaughlin 1924) are in it. (Wilson & Sofia 1976, ApJ 203, 182, for close binaries.) */
#ifndef TOT_BINARY_RADIAL_VELOCITY_H
#define TOT_BINARY_RADIAL_VELOCITY_H

#include "binary/system.h"

/* Velocities of star 1 and star 2 at `count` phases (any real numbers), positive when receding from
 * the observer, relative to the centre of mass and in the unit of `orbital_speed` = 2 pi a/P, the
 * speed of one star relative to the other. NaN while a star is completely hidden.
 * TOT_ERROR_ARGUMENT: a phase or the speed is not finite. */
tot_status tot_system_radial_velocities(const tot_system *system, const double *phases,
                                        size_t count, double orbital_speed, double *velocity_1,
                                        double *velocity_2, tot_error *error);

#endif
