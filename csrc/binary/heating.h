/* What reflection adds to the temperatures of a system's cells. */
#ifndef TOT_BINARY_HEATING_H
#define TOT_BINARY_HEATING_H

#include "base/status.h"
#include "binary/system_internal.h"

/* Per star (inside numbering) albedo times irradiance, K^4: images * cells, image by image, as the
 * intensities are kept. */
typedef struct tot_heating {
    double *of_star[2];
    double *memory;
} tot_heating;

/* The surfaces of the system must exist, its intensities not yet. The exchange is computed on
 * coarse surfaces of its own and interpolated: irradiance is smooth. Free with tot_heating_free. */
tot_status tot_heating_create(const tot_system *system, tot_heating *heating, tot_error *error);

/* Accepts a zeroed heating. */
void tot_heating_free(tot_heating *heating);

#endif
