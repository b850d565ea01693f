#include "binary/roche.h"

#include <math.h>

#include "base/simd.h"

/* On the axis the slope of Omega rises through zero once between the centres and once behind each
 * star; each interval has the slope negative at its lower and positive at its upper end. */
static double stationary_point(double mass_ratio, double low, double high) {
    for (int k = 0; k < 200; k++) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            break;
        if (tot_roche_gradient(mass_ratio, (tot_vector){middle, 0, 0}).x < 0)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

tot_critical_points tot_roche_critical_points(double mass_ratio) {
    tot_critical_points points;
    points.x_l1 = stationary_point(mass_ratio, 1e-6, 1.0 - 1e-6);
    points.x_l2 = stationary_point(mass_ratio, 1.0 + 1e-6, 3.0);
    points.x_l3 = stationary_point(mass_ratio, -2.0, -1e-6);
    points.omega_l1 = tot_roche_potential(mass_ratio, (tot_vector){points.x_l1, 0, 0});
    points.omega_l2 = tot_roche_potential(mass_ratio, (tot_vector){points.x_l2, 0, 0});
    return points;
}

double tot_roche_fillout_to_omega(const tot_critical_points *points, double fillout) {
    return points->omega_l1 - fillout * (points->omega_l1 - points->omega_l2);
}

/* In w = distance^2 the potential is convex and falls up to the wanted root: Newton steps from the
 * left rise to it without passing it, and a step from the right lands left of it. */
enum { LANES = TOT_SIMD_LANES, MAX_STEPS = 100 };

/* Convergence is quadratic: a step this small, relative to w, was followed by the last digit. */
static const double LAST_STEP = 1e-9;
/* Rounding errors of w next to a pole. */
static const double NOISE = 1e-15;

TOT_SIMD void tot_roche_axis_distances(double mass_ratio, double omega, size_t count,
                                       const double *x, const double *cos_psi, double *squared) {
    for (size_t first = 0; first < count; first += LANES) {
        const size_t lanes = count - first < LANES ? count - first : LANES;
        double x2[LANES], dx2[LANES], linear[LANES], constant[LANES], w[LANES];
        int reaches[LANES];
        TOT_EACH_LANE (k) {
            const size_t i = first + (k < lanes ? k : lanes - 1);
            x2[k] = x[i] * x[i];
            dx2[k] = (1.0 - x[i]) * (1.0 - x[i]);
            linear[k] = 0.5 * (1.0 + mass_ratio) * cos_psi[i] * cos_psi[i];
            constant[k] = 0.5 * (1.0 + mass_ratio) * x2[k] - mass_ratio * x[i] - omega;
            w[k] = squared[i];
            /* On the axis the potential may be infinite. */
            reaches[k] = 1.0 / sqrt(x2[k]) + mass_ratio / sqrt(dx2[k]) + constant[k] > 0;
        }
        for (int step = 0, moving = 1; step < MAX_STEPS && moving; step++) {
            moving = 0;
            TOT_EACH_LANE (k) {
                const double i1 = 1.0 / sqrt(x2[k] + w[k]), i2 = 1.0 / sqrt(dx2[k] + w[k]);
                const double value = i1 + mass_ratio * i2 + linear[k] * w[k] + constant[k];
                const double slope = linear[k] - 0.5 * (i1 * i1 * i1 + mass_ratio * i2 * i2 * i2);
                /* Right of the potential's minimum in w: go back towards the axis. */
                const double newton = w[k] - value / slope, back = 0.25 * w[k];
                const double next = ((slope < 0) & (newton > 0)) ? newton : back;
                moving |= reaches[k] & (fabs(next - w[k]) > LAST_STEP * next + NOISE);
                w[k] = next;
            }
        }
        for (size_t k = 0; k < lanes; k++)
            squared[first + k] = reaches[k] ? w[k] : 0.0;
    }
}

double tot_roche_axis_distance(double mass_ratio, double omega, double x, double cos_psi,
                               double guess) {
    const double dx2 = (1.0 - x) * (1.0 - x), x2 = x * x;
    const double linear = 0.5 * (1.0 + mass_ratio) * cos_psi * cos_psi;
    const double constant = 0.5 * (1.0 + mass_ratio) * x2 - mass_ratio * x - omega;
    double w = guess * guess;
    if (x2 > 0 && dx2 > 0 && 1.0 / sqrt(x2) + mass_ratio / sqrt(dx2) + constant <= 0)
        return 0.0;
    for (int k = 0; k < MAX_STEPS; k++) {
        const double i1 = 1.0 / sqrt(x2 + w), i2 = 1.0 / sqrt(dx2 + w);
        const double value = i1 + mass_ratio * i2 + linear * w + constant;
        const double slope = linear - 0.5 * (i1 * i1 * i1 + mass_ratio * i2 * i2 * i2);
        double next = slope < 0 ? w - value / slope : 0.25 * w;
        if (next <= 0)
            next = 0.25 * w;
        if (fabs(next - w) <= LAST_STEP * next)
            return sqrt(next);
        w = next;
    }
    return sqrt(w);
}

double tot_roche_axis_crossing(double mass_ratio, double omega, double x_inside, double x_outside) {
    for (int k = 0; k < 100; k++) {
        const double middle = 0.5 * (x_inside + x_outside);
        if (middle == x_inside || middle == x_outside)
            break;
        if (tot_roche_potential(mass_ratio, (tot_vector){middle, 0, 0}) > omega)
            x_inside = middle;
        else
            x_outside = middle;
    }
    return x_inside;
}

/* Slope of Omega along x on the surface, in the x-z plane: negative where the surface closes in
 * towards larger x, zero at the neck. */
static double slope_along_surface(double mass_ratio, double omega, double x) {
    const double z = tot_roche_axis_distance(mass_ratio, omega, x, 0.0, 0.1);
    return tot_roche_gradient(mass_ratio, (tot_vector){x, 0, z}).x;
}

double tot_roche_neck(double mass_ratio, double omega, double x_l1) {
    const double at_l1 = slope_along_surface(mass_ratio, omega, x_l1);
    const double step = at_l1 < 0 ? 0.01 : -0.01;
    double near = x_l1, far = x_l1;
    if (tot_roche_axis_distance(mass_ratio, omega, x_l1, 0.0, 0.1) <= 0 || at_l1 == 0)
        return x_l1;
    do {
        near = far;
        far += step;
    } while (far > 0 && far < 1 &&
             (slope_along_surface(mass_ratio, omega, far) < 0) == (at_l1 < 0));
    for (int k = 0; k < 60; k++) {
        const double middle = 0.5 * (near + far);
        if ((slope_along_surface(mass_ratio, omega, middle) < 0) == (at_l1 < 0))
            near = middle;
        else
            far = middle;
    }
    return 0.5 * (near + far);
}
