/* The light that each cell of a star sends to an observer. */
#ifndef TOT_BINARY_CELL_LIGHT_H
#define TOT_BINARY_CELL_LIGHT_H

#include "binary/limb_integral.h"
#include "binary/roche.h"
#include "binary/surface.h"

/* light[k] = area x mean of mu D(mu) over the part of cell k that faces the observer in `direction`
 * (a unit vector), for all cells: what it sends when nothing hides it, per unit of intensity.
 * light[] has room for tot_simd_padded(cells). */
void tot_cell_light(const tot_surface *surface, const tot_limb_integral *limb, tot_vector direction,
                    double *light);

#endif
