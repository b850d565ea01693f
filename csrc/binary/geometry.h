/* Sizes and shapes of the stars. */
#ifndef TOT_BINARY_GEOMETRY_H
#define TOT_BINARY_GEOMETRY_H

#include "binary/system.h"

/* Index 0 is star 1; lengths in units of the separation. Two stars in contact divide at the neck.
 */
typedef struct tot_system_geometry {
    tot_critical_points critical; /* of the system with the heavier star as star 1 */
    double omega[2];              /* potential of each star, in the frame of star 1 */
    double x_neck;                /* heavier star at the origin; NaN for separate stars */
    double volume[2];             /* to 1e-6 of it */
    double volume_radius[2];      /* radius of the sphere of that volume */
    double area[2];               /* of the mesh, without the section at the neck */
    double mean_radius[2];        /* radius of the sphere of that area */
    /* From the centre of the star: along the axis of rotation, along the orbit, away from the
     * companion and towards it (NaN in contact: there is no such point). */
    double polar_radius[2], side_radius[2], back_radius[2], point_radius[2];
} tot_system_geometry;

tot_system_geometry tot_system_get_geometry(const tot_system *system);

/* Volume radii of the stars of a contact system, which depend on the mass ratio (0.001 to 1000) and
 * the fillout (0 to 1) alone. */
tot_status tot_contact_volume_radii(double mass_ratio, double fillout, double radius[2],
                                    tot_error *error);

#endif
