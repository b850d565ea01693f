#include "curve/observe.h"

#include <math.h>

#include "base/memory.h"
#include "curve/fold.h"

/* Coefficients of the periodic cubic B-spline through the values, by the two recursions of Unser,
 * Aldroubi & Eden 1993 (IEEE Trans. Signal Processing 41, 821) with the pole sqrt(3) - 2. */
static void spline_coefficients(const double *value, size_t count, double *c) {
    const double pole = sqrt(3.0) - 2.0;
    const size_t reach = 40; /* pole^40 < 1e-22 */
    double carry = 0.0, power = 1.0;
    for (size_t k = 0; k < reach; k++, power *= pole)
        carry += power * value[(count - k % count) % count];
    c[0] = carry;
    for (size_t k = 1; k < count; k++)
        c[k] = carry = value[k] + pole * carry;
    carry = 0.0, power = 1.0;
    for (size_t k = 0; k < reach; k++, power *= pole)
        carry += power * c[(count - 1 + k) % count];
    const double gain = -6.0 * pole;
    c[count - 1] = carry *= gain;
    for (size_t k = count - 1; k-- > 0;)
        c[k] = carry = gain * c[k] + pole * carry;
}

/* The four coefficients on which the spline's value at a place of the cycle depends, and six times
 * their weights. */
enum { SUPPORT = 4 };
typedef struct spline_place {
    size_t index[SUPPORT];
    double weight[SUPPORT];
} spline_place;

static spline_place find_place(double cycle, size_t count) {
    const double x = (cycle - floor(cycle)) * (double)count;
    const size_t whole = (size_t)x % count;
    const double t = x - floor(x), u = 1.0 - t;
    return (spline_place){
        {(whole + count - 1) % count, whole, (whole + 1) % count, (whole + 2) % count},
        {u * u * u, 4.0 - 3.0 * t * t * (2.0 - t), 4.0 - 3.0 * u * u * (2.0 - u), t * t * t}};
}

tot_status tot_interpolate_periodic(const double *curve, size_t count, double first_phase,
                                    const double *phase, size_t points, double *value,
                                    tot_error *error) {
    if (count < 4)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a curve of %zu points, at least 4 are needed to interpolate", count);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(curve[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "the flux of point %zu is not a number",
                            k + 1);
    double *c = tot_allocate(count, sizeof *c);
    if (c == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    spline_coefficients(curve, count, c);
    for (size_t j = 0; j < points; j++) {
        const spline_place place = find_place(phase[j] - first_phase, count);
        double sum = 0.0;
        for (size_t k = 0; k < SUPPORT; k++)
            sum += place.weight[k] * c[place.index[k]];
        value[j] = sum / 6.0;
    }
    tot_free(c);
    return TOT_OK;
}

tot_status tot_spread_periodic(const double *phase, const double *value, size_t points,
                               double first_phase, size_t count, double *grid, tot_error *error) {
    if (count < 4)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a curve of %zu points, at least 4 are needed to interpolate", count);
    double *c = tot_allocate(count, sizeof *c);
    if (c == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    for (size_t j = 0; j < points; j++) {
        const spline_place place = find_place(phase[j] - first_phase, count);
        for (size_t k = 0; k < SUPPORT; k++)
            c[place.index[k]] += place.weight[k] * value[j] / 6.0;
    }
    /* from values to coefficients is a symmetric matrix, hence its own transpose */
    spline_coefficients(c, count, grid);
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
