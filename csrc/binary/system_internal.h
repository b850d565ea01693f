/* What the files that evaluate a system share; see system.h for what it is. */
#ifndef TOT_BINARY_SYSTEM_INTERNAL_H
#define TOT_BINARY_SYSTEM_INTERNAL_H

#include "binary/cell_light.h"
#include "binary/eclipse.h"
#include "binary/mirror.h"
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
    /* Per mirror image of the quarter (see mirror.h), normal intensity of each cell; one array for
     * all when there are no spots. */
    double *intensity[4];
    double *intensity_memory;
    tot_limb_integral limb;
} tot_star;

struct tot_system {
    tot_binary
        parameters; /* as given, but for `spots` and `band`, which point to the copies below */
    tot_spot *spots;
    tot_band_node *band;
    bool swapped;      /* star 2 given is the heavier one: inside, it is star 0 */
    double mass_ratio; /* inside: at most 1 */
    double x_neck;     /* NaN for separate stars */
    tot_critical_points critical;
    tot_star stars[2];
    double flux_at_quadrature; /* of both stars at phase 0.25 */
};

/* How many mirror images of the quarter differ: 1 without spots, else TOT_MIRRORS. */
size_t tot_system_images(const tot_system *system);

/* One mirror image of star k (inside numbering) with its spots. */
tot_spotted_image tot_system_image(const tot_system *system, size_t k, size_t image);

/* TOT_ERROR_ARGUMENT, naming the first phase that is not a finite number. */
tot_status tot_check_phases(const double *phases, size_t count, tot_error *error);

/* Phase inside (star 0 the heavier one), in [-0.5, 0.5], and the direction of the observer then. */
double tot_system_inside_phase(const tot_system *system, double phase);
tot_vector tot_system_direction(const tot_system *system, double inside_phase);

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

/* What is seen of each cell of one mirror image of star k's quarter, in workspace->seen: the image
 * seen from n is the quarter itself seen from the mirrored n. workspace->light: the same if nothing
 * hid it. */
void tot_system_find_seen(const tot_system *system, size_t k, tot_vector n,
                          tot_light_workspace *workspace);

tot_light tot_system_light(const tot_system *system, double phase, tot_light_workspace *workspace);

#endif
