#include "curve/observe.h"

#include <math.h>

#include "base/memory.h"
#include "curve/fold.h"
#include "curve/spline.h"

tot_status tot_interpolate_periodic(const double *curve, size_t count, double first_phase,
                                    const double *phase, size_t points, double *value,
                                    tot_error *error) {
    if (count < TOT_SPLINE_MIN_POINTS)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a curve of %zu points, at least %d are needed to interpolate", count,
                        TOT_SPLINE_MIN_POINTS);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(curve[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "the flux of point %zu is not a number",
                            k + 1);
    double *c = tot_allocate(count, sizeof *c);
    if (c == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    tot_spline_coefficients(curve, count, c);
    for (size_t j = 0; j < points; j++)
        value[j] = tot_spline_value(c, count, phase[j] - first_phase);
    tot_free(c);
    return TOT_OK;
}

tot_status tot_spread_periodic(const double *phase, const double *value, size_t points,
                               double first_phase, size_t count, double *grid, tot_error *error) {
    if (count < TOT_SPLINE_MIN_POINTS)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a curve of %zu points, at least %d are needed to interpolate", count,
                        TOT_SPLINE_MIN_POINTS);
    double *c = tot_allocate(count, sizeof *c);
    if (c == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    for (size_t j = 0; j < points; j++) {
        const tot_spline_place place = tot_spline_find(phase[j] - first_phase, count);
        for (size_t k = 0; k < TOT_SPLINE_SUPPORT; k++)
            c[place.index[k]] += place.weight[k] * value[j];
    }
    /* from values to coefficients is a symmetric matrix, hence its own transpose */
    tot_spline_coefficients(c, count, grid);
    tot_free(c);
    return TOT_OK;
}

tot_status tot_observe(const double *curve, size_t count, double first_phase, size_t points,
                       tot_sampling sampling, double offset, double noise, tot_rng *rng,
                       double *phase, double *flux, tot_error *error) {
    if (!(noise >= 0.0) || !isfinite(noise))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the noise must be at least 0, got %g", noise);
    if (!(offset >= 0.0 && offset < 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the offset must be in [0, 1), got %g", offset);
    if (rng == NULL && (noise > 0.0 || sampling == TOT_SAMPLING_RANDOM))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "noise and random phases need a random generator");
    for (size_t k = 0; k < points; k++)
        phase[k] = sampling == TOT_SAMPLING_RANDOM
                       ? tot_rng_uniform(rng) - 0.5
                       : tot_wrap_phase(((double)k + offset) / (double)points - 0.5);
    const tot_status status =
        tot_interpolate_periodic(curve, count, first_phase, phase, points, flux, error);
    if (status != TOT_OK || noise == 0.0)
        return status;
    double maximum = curve[0];
    for (size_t k = 1; k < count; k++)
        maximum = fmax(maximum, curve[k]);
    for (size_t k = 0; k < points; k++)
        flux[k] += noise * maximum * tot_rng_normal(rng);
    return TOT_OK;
}
