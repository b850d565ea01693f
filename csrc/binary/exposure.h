/* What a long exposure makes of a light curve: each flux is the mean over the time it took. */
#ifndef TOT_BINARY_EXPOSURE_H
#define TOT_BINARY_EXPOSURE_H

#include <stddef.h>

#include "base/status.h"
#include "binary/system.h"

/* Abscissas in (-1, 1), in ascending order, and weights, of sum 2, of the rule of Gauss and
 * Legendre with `count` points: exact for polynomials of degree 2 count - 1. */
void tot_gauss_legendre(size_t count, double *abscissas, double *weights);

/* tot_system_light_curve averaged over an exposure of 0 to 0.5 periods, centred on each phase; the
 * unit stays the flux at phase 0.25 without averaging. Takes 5 points an exposure or more: as many
 * as resolve the eclipses of the smaller star, up to 200; that keeps within 1e-4 of the exact mean.
 */
tot_status tot_system_exposed_light_curve(const tot_system *system, const double *phases,
                                          size_t count, double exposure, double *flux,
                                          tot_error *error);

#endif
