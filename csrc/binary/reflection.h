/* Reflection: what the stars, and the two sides of a neck, receive from each other.
 *
 * Radiosity (Wilson 1990, ApJ 356, 613): each element emits M = M0 + A E, its own exitance and the
 * share A (the bolometric albedo) of the irradiance E = sum_j F_j M_j, where
 *
 *     F_j = cos_i cos_j dA_j D(cos_j) / (pi (1 - x/3) r^2),   D(mu) = 1 - x (1 - mu),   x = 0.5
 *
 * runs over all elements that see each other. Exitances and irradiances are given as T^4 in K^4. */
#ifndef TOT_BINARY_REFLECTION_H
#define TOT_BINARY_REFLECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "binary/surface.h"

typedef struct tot_reflection {
    double mass_ratio;
    double omega; /* of the common surface; contact systems only */
    bool
        contact; /* then elements of one half see each other, too, and the body may stand between */
    const tot_surface *surface[2];
    double albedo[2];
    size_t images;             /* 1: all mirror images of the quarter are alike; 4: each its own */
    const double *exitance[2]; /* of each star, images * cells: image by image */
} tot_reflection;

/* irradiance[k]: filled, images * cells. Iterates until the exitances settle to 1e-6. The cost goes
 * with the square of the number of cells: meant for coarse surfaces. */
tot_status tot_reflection_irradiance(const tot_reflection *reflection, double *irradiance[2],
                                     tot_error *error);

#endif
