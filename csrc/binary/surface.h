/* The surface of one star as a mesh of cells with area and normal.
 *
 * The surface is swept along the x axis: abscissa x times azimuth psi about the axis. Unlike angles
 * seen from the star's centre this stays single-valued at the neck of a contact system, for any
 * mass ratio. Only the quarter y >= 0, z >= 0 is kept; the rest is its mirror image. Rows (in x)
 * are equally spaced in arc length from pole to neck, columns in psi. */
#ifndef TOT_BINARY_SURFACE_H
#define TOT_BINARY_SURFACE_H

#include <stddef.h>

#include "base/status.h"

typedef struct tot_surface {
    size_t rows, columns;
    size_t cells;    /* rows*columns; cell (i, j) has index i*columns + j */
    size_t vertices; /* (rows+1)*(columns+1); vertex (i, j) has index i*(columns+1) + j */
    double x_begin, x_end;
    /* Arrays by cell are padded with zeros to a multiple of TOT_SIMD_LANES. */
    /* per cell: middle, area, local gravity |grad Omega| in the middle */
    double *x, *y, *z;
    double *area, *gravity;
    /* per cell: mean of the outward normal by area, not quite of length 1, and half of the normal's
     * change across the cell, from row to row and from column to column */
    double *normal_x, *normal_y, *normal_z;
    double *bend_x, *bend_y, *bend_z;
    double *turn_x, *turn_y, *turn_z;
    double *reach; /* per cell: from its middle to the farthest corner */
    /* per vertex */
    double *vertex_x, *vertex_y, *vertex_z;
    double *memory; /* owns all arrays */
} tot_surface;

/* Meshes the part of Omega = omega between the abscissae x_begin < x_end. The surface must close on
 * the axis at an end, or be cut there by a plane (the neck). `columns` >= 2 cells cover the
 * quarter of the circumference; the number of rows follows so that cells are about square. Free
 * with tot_surface_free. */
tot_status tot_surface_create(double mass_ratio, double omega, double x_begin, double x_end,
                              size_t columns, tot_surface *surface, tot_error *error);

/* Accepts a zeroed surface. */
void tot_surface_free(tot_surface *surface);

/* Average of values[k] over the star's whole surface, weighted by area. */
double tot_surface_average(const tot_surface *surface, const double *values);

#endif
