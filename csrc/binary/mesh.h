/* The whole surface of both stars, for drawing: vertices and four-cornered faces. */
#ifndef TOT_BINARY_MESH_H
#define TOT_BINARY_MESH_H

#include "binary/system.h"

enum { TOT_FACE_CORNERS = 4 };

/* Arrays that the caller provides, of the sizes that tot_system_mesh_size tells. Star 1 at the
 * origin, star 2 at x = 1, z along the axis of rotation (unit: the separation). */
typedef struct tot_mesh {
    size_t vertices, faces;
    double *x, *y, *z; /* of each vertex */
    size_t *corners; /* TOT_FACE_CORNERS vertices of each face (from 0), counter-clockwise seen from
                      * outside. At a star's ends on the x axis two of them are the same. */
    double *star;    /* of each face: 1 or 2 */
    double *temperature; /* effective, K, mean of T^4: gravity darkening, spots, reflection */
    double *intensity;   /* along the normal; 1 for the brightest face of the system */
    double *area;
} tot_mesh;

/* Sets `vertices` and `faces` and nothing else. */
void tot_system_mesh_size(const tot_system *system, tot_mesh *mesh);

/* Fills the arrays. */
tot_status tot_system_mesh(const tot_system *system, tot_mesh *mesh, tot_error *error);

/* The largest specific intensity along the normal of either star, in the model's own unit. */
double tot_system_brightest(const tot_system *system);

#endif
