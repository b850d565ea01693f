/* What the files that evaluate a system share; see system.h for what it is. */
#ifndef TOT_BINARY_SYSTEM_INTERNAL_H
#define TOT_BINARY_SYSTEM_INTERNAL_H

#include "binary/eclipse.h"
#include "binary/mirror.h"
#include "binary/surface.h"
#include "binary/system.h"

enum { TOT_LIMB_STEPS = 512 };

/* Star 0 is the heavier one. */
typedef struct tot_star {
    double omega; /* its surface, with the heavier star at the origin */
    tot_surface surface;
    tot_occluder occluder;
    double cell_size;
    /* Rows of the concave part near the neck, which the star's own bulge can hide. */
    size_t concave_begin, concave_end;
    /* Per mirror image of the quarter (mirror_index), normal intensity of each cell; one array for
     * all when there are no spots. */
    double *intensity[4];
    double *intensity_memory;
    /* mu D(mu) at mu = k/TOT_LIMB_STEPS. */
    double limb_table[TOT_LIMB_STEPS + 2];
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

/* Phase inside (star 0 the heavier one), in [-0.5, 0.5], and the direction of the observer then. */
double tot_system_inside_phase(const tot_system *system, double phase);
tot_vector tot_system_direction(const tot_system *system, double inside_phase);

/* The visible share of each cell of both stars, seen from n. */
void tot_system_find_visible(const tot_system *system, tot_vector n, double *const visible[2],
                             tot_eclipse_scratch *scratch);

/* Light of each star (inside numbering) towards the observer at phase phi (inside phase) for phi
 * and for -phi at once: both see the same geometry, mirrored. */
typedef struct tot_light {
    double at[2], at_mirrored[2];
} tot_light;

/* Scratch memory to evaluate one system; one per thread. */
typedef struct tot_light_workspace {
    tot_eclipse_scratch scratch;
    double *visible; /* cells of both stars */
} tot_light_workspace;

tot_status tot_light_workspace_create(const tot_system *system, tot_light_workspace *workspace,
                                      tot_error *error);
void tot_light_workspace_free(tot_light_workspace *workspace);

tot_light tot_system_light(const tot_system *system, double phase, tot_light_workspace *workspace);

#endif
