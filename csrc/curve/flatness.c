#include "curve/flatness.h"

#include <math.h>

#include "curve/fold.h"

/* Least squares parabola about `centre`; curvature and its variance for unit noise. */
static double curvature(const double *phase, const double *flux, size_t count, double centre,
                        double *variance) {
    const double reach = 0.06;
    double m[5] = {0}, f[3] = {0}; /* moments of u = x / reach, and with the flux */
    size_t used = 0;
    for (size_t k = 0; k < count; k++) {
        const double u = tot_wrap_phase(phase[k] - centre) / reach;
        if (fabs(u) > 1.0)
            continue;
        double power = 1.0;
        for (size_t j = 0; j < 5; j++, power *= u) {
            m[j] += power;
            if (j < 3)
                f[j] += power * flux[k];
        }
        used++;
    }
    /* Cramer's rule for the last of the three unknowns */
    const double minor = m[0] * m[2] - m[1] * m[1];
    const double determinant =
        m[4] * minor - m[3] * (m[0] * m[3] - m[1] * m[2]) + m[2] * (m[1] * m[3] - m[2] * m[2]);
    if (used < 5 || !(determinant > 1e-9 * m[0] * m[0] * m[0]))
        return NAN;
    const double c =
        f[2] * minor - f[1] * (m[0] * m[3] - m[1] * m[2]) + f[0] * (m[1] * m[3] - m[2] * m[2]);
    const double unit = reach * reach;
    *variance = minor / determinant / (unit * unit);
    return c / determinant / unit;
}

tot_flatness tot_flatter_minimum(const double *phase, const double *flux, size_t count,
                                 double noise) {
    /* No model of a bottom as a parabola is better than this part of the amplitude. */
    const double floor = 2e-3;
    double primary_variance = 0.0, secondary_variance = 0.0;
    tot_flatness result = {.flatter = TOT_MINIMUM_UNCLEAR};
    result.primary_curvature = curvature(phase, flux, count, 0.0, &primary_variance);
    result.secondary_curvature = curvature(phase, flux, count, 0.5, &secondary_variance);
    if (isnan(result.primary_curvature) || isnan(result.secondary_curvature))
        return result;
    result.significance = (result.primary_curvature - result.secondary_curvature) /
                          (hypot(noise, floor) * sqrt(primary_variance + secondary_variance));
    if (result.significance >= 2.0)
        result.flatter = TOT_MINIMUM_SECONDARY;
    else if (result.significance <= -2.0)
        result.flatter = TOT_MINIMUM_PRIMARY;
    return result;
}
