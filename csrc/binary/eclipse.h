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

/* Points with ((x - centre_x) scale_x)^2 + (y scale_y)^2 + (z scale_z)^2 <= 1. */
typedef struct tot_ellipsoid {
    double centre_x, scale_x, scale_y, scale_z;
    double largest_scale;
} tot_ellipsoid;

/* The body that can hide something: the star in front, with the neck if there is one. */
typedef struct tot_occluder {
    double mass_ratio;
    double omega;               /* its surface */
    double centre_x;            /* 0 for star 1, 1 for star 2 */
    double own_radius;          /* of a sphere about the centre that holds the star in front */
    double outer_radius;        /* one that also holds the neck's part that is the other star's */
    tot_ellipsoid inside;       /* lies within the star in front */
    tot_ellipsoid outside;      /* holds it */
    double neck_x, neck_radius; /* sphere that holds the other star's part of the neck; radius 0
                                 * when there's none */
    double gravity;             /* a typical |grad Omega|, turns potential into length */
    double softness;            /* a typical 2 |Omega'|/Omega'' across the surface */
} tot_occluder;

/* Rows begin ... end-1 of a mesh. */
typedef struct tot_row_range {
    size_t begin, end;
} tot_row_range;

/* `front` is the star's own mesh; the rows `neck` of the other star's mesh are the concave part of
 * the neck, which hides, too (none for separate stars). */
tot_occluder tot_occluder_create(double mass_ratio, double omega, double centre_x,
                                 const tot_surface *front, const tot_surface *rear,
                                 tot_row_range neck);

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

/* seen[k] is what is not hidden of light[k], the light of each cell of `surface` (cell_light.h)
 * towards the observer in `direction` (unit vector). Only the rows `examined` can be hidden, and
 * only the rows `dent` by the other star's part of the neck. */
void tot_eclipse_hide(const tot_occluder *occluder, const tot_surface *surface,
                      tot_row_range examined, tot_row_range dent, tot_vector direction,
                      const double *light, double *seen, tot_eclipse_scratch *scratch);

/* By how much (in units of the separation, positive = hidden) the line of sight from each of
 * `count` points towards the observer passes inside the body. A point that no part of the body is
 * near gets -1. */
void tot_eclipse_clearance(const tot_occluder *occluder, tot_vector direction, size_t count,
                           const double *x, const double *y, const double *z, double *clearance);

#endif
