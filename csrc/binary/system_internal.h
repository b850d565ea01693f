/* What the files that evaluate a system share; see system.h for what it is. */
#ifndef TOT_BINARY_SYSTEM_INTERNAL_H
#define TOT_BINARY_SYSTEM_INTERNAL_H

#include "binary/cell_light.h"
#include "binary/eclipse.h"
#include "binary/limb_integral.h"
#include "binary/surface.h"
#include "binary/system.h"

/* Star 0 is the heavier one. */
typedef struct tot_star {
    double omega; /* its surface, with the heavier star at the origin */
    tot_surface surface;
    tot_occluder occluder;
    /* Rows that don't lie on the star's convex hull, from the neck to where a straight line from
     * the neck touches the bulge: the only ones that the star itself can hide. None for separate
     * stars. */
    tot_row_range dent;
    /* Per mirror image of the quarter (mirror_index), normal intensity of each cell; one array for
     * all when there are no spots. */
    double *intensity[4];
    double *intensity_memory;
    tot_limb_integral limb;
} tot_star;

struct tot_system {
    tot_binary parameters; /* as given, but for `spots`, which points to the copy below */
    tot_spot *spots;
    bool swapped;      /* star 2 given is the heavier one: inside, it is star 0 */
    double mass_ratio; /* inside: at most 1 */
    double x_neck;     /* NaN for separate stars */
    tot_critical_points critical;
    tot_star stars[2];
    double flux_at_quadrature; /* phase 0.25 */
};

/* Images of the quarter y, z >= 0: index 0 itself, 1 with y mirrored, 2 with z, 3 with both. */
enum { TOT_MIRRORS = 4 };

/* Light of each star (inside numbering) towards the observer at phase phi (inside phase) for phi
 * and for -phi at once: both see the same geometry, mirrored. */
typedef struct tot_light {
    double at[2], at_mirrored[2];
} tot_light;

/* Scratch memory to evaluate one system; one per thread. */
typedef struct tot_light_workspace {
    tot_eclipse_scratch scratch;
    double *light,
        *seen; /* per cell of one star: its light towards the observer, what's not hidden */
} tot_light_workspace;

tot_status tot_light_workspace_create(const tot_system *system, tot_light_workspace *workspace,
                                      tot_error *error);
void tot_light_workspace_free(tot_light_workspace *workspace);

tot_light tot_system_light(const tot_system *system, double phase, tot_light_workspace *workspace);

#endif
