/* A model curve as a telescope would deliver it: points at chosen phases, with noise. */
#ifndef TOT_CURVE_OBSERVE_H
#define TOT_CURVE_OBSERVE_H

#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"

typedef enum tot_sampling {
    TOT_SAMPLING_REGULAR, /* phases (k + offset) / points - 0.5 */
    TOT_SAMPLING_RANDOM   /* uniform in the cycle */
} tot_sampling;

/* Interpolates a periodic curve given at the phases first_phase + k / count, k = 0 ... count-1
 * (count >= 4; the end of the cycle is not repeated), with the periodic cubic spline through the
 * values. value may not overlap. TOT_ERROR_ARGUMENT: too few points, or a number not finite. */
tot_status tot_interpolate_periodic(const double *curve, size_t count, double first_phase,
                                    const double *phase, size_t points, double *value,
                                    tot_error *error);

/* The transpose of that interpolation: grid[count] with
 *     sum over k of grid[k] curve[k] = sum over j of value[j] interpolated(phase[j])
 * for any curve, so that sums over points become sums over the grid. Phases are finite. */
tot_status tot_spread_periodic(const double *phase, const double *value, size_t points,
                               double first_phase, size_t count, double *grid, tot_error *error);

/* `points` observations of such a curve, in the order of the cycle for regular sampling and of the
 * draws for random. noise: sigma of the Gaussian noise in units of the curve's maximum flux.
 * offset (regular sampling only): where between two points of a grid the first one lies, in [0, 1).
 * phase[points] and flux[points] are filled. rng may be NULL for regular sampling without noise. */
tot_status tot_observe(const double *curve, size_t count, double first_phase, size_t points,
                       tot_sampling sampling, double offset, double noise, tot_rng *rng,
                       double *phase, double *flux, tot_error *error);

#endif
