/* What hides what: the part of each cell that an observer sees.
 *
 * A point P is hidden when the line of sight from it, P + s n with n towards the observer and s >
 * 0, enters a body again: when the potential along it, which first falls, has a later maximum above
 * the value on the body's surface. */
#ifndef TOT_BINARY_ECLIPSE_H
#define TOT_BINARY_ECLIPSE_H

#include <stddef.h>

#include "base/status.h"
#include "binary/roche.h"
#include "binary/surface.h"

/* The body that can hide something: the star in front, with the neck if there is one. */
typedef struct tot_occluder {
    double mass_ratio;
    double omega;        /* its surface */
    double centre_x;     /* 0 for star 1, 1 for star 2 */
    double inner_radius; /* a sphere about the centre that lies inside the body */
    double own_radius;   /* one that holds the star in front */
    double outer_radius; /* one that also holds the part of the neck that belongs to the other */
    double gravity;      /* a typical |grad Omega|, turns potential into length */
    double softness;     /* a typical 2 |Omega'|/Omega'' across the surface */
} tot_occluder;

/* `front` is the star's own mesh; `rear_reach` is how far from the front star's centre the concave
 * part of the other star reaches (0 for separate stars): parts of the neck beyond the dividing
 * plane hide, too. */
tot_occluder tot_occluder_create(double mass_ratio, double omega, double centre_x,
                                 const tot_surface *front, double rear_reach);

/* Scratch memory for surfaces of up to `cells` cells and `vertices` vertices. */
typedef struct tot_eclipse_scratch {
    size_t *edge_cells, *tested;
    unsigned char *flagged;
    double *point_x, *point_y, *point_z, *result; /* points to test, gathered; their clearance */
    double *clearance;                            /* per vertex */
    void *memory;
} tot_eclipse_scratch;

tot_status tot_eclipse_scratch_create(size_t cells, size_t vertices, tot_eclipse_scratch *scratch,
                                      tot_error *error);
void tot_eclipse_scratch_free(tot_eclipse_scratch *scratch);

/* For rows first_row ... end_row-1 of `surface`, seen from `direction` (unit vector to the
 * observer), writes the visible share of each cell to visible[] (cells turned away are not
 * examined). `cell_size` is the side of the largest cell. */
void tot_eclipse_visible(const tot_occluder *occluder, const tot_surface *surface, size_t first_row,
                         size_t end_row, double cell_size, tot_vector direction, double *visible,
                         tot_eclipse_scratch *scratch);

/* By how much (in units of the separation, positive = hidden) the line of sight from each of
 * `count` points towards the observer passes inside the body. A point that no part of the body is
 * near gets -1. */
void tot_eclipse_clearance(const tot_occluder *occluder, tot_vector direction, size_t count,
                           const double *x, const double *y, const double *z, double *clearance);

#endif
