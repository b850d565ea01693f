#include "binary/lobe.h"

#include <math.h>

#include "binary/roche.h"

enum { AZIMUTHS = 16, NODES = 12, ITERATIONS = 60 };

static const double PI = 3.14159265358979323846;

/* Gauss-Legendre, 24 points on [-1, 1]: the positive half (Abramowitz & Stegun 1964, table 25.4).
 */
static const double node[NODES] = {
    0.064056892862605626, 0.191118867473616309, 0.315042679696163374, 0.433793507626045138,
    0.545421471388839536, 0.648093651936975569, 0.740124191578554364, 0.820001985973902922,
    0.886415527004401034, 0.938274552002732758, 0.974728555971309498, 0.995187219997021360};
static const double weight[NODES] = {
    0.127938195346752157, 0.125837456346828296, 0.121670472927803391, 0.115505668053725601,
    0.107444270115965635, 0.097618652104113888, 0.086190161531953276, 0.073346481411080306,
    0.059298584915436781, 0.044277438817419806, 0.028531388628933663, 0.012341229799987199};

double tot_roche_swap_potential(double mass_ratio, double omega) {
    return omega / mass_ratio + 0.5 * (mass_ratio - 1.0) / mass_ratio;
}

double tot_roche_lobe_potential(double mass_ratio) {
    return tot_roche_critical_points(mass_ratio).omega_l1;
}

/* Area of a section at abscissa x: the mean of rho^2/2 over the azimuth (trapezoidal rule, which is
 * exact to all digits for a smooth periodic function). */
static double section(double mass_ratio, double omega, double x, double *guess) {
    double sum = 0;
    for (int j = 0; j <= AZIMUTHS; j++) {
        const double rho =
            tot_roche_axis_distance(mass_ratio, omega, x, cos(0.5 * PI * j / AZIMUTHS), *guess);
        *guess = rho > 0 ? rho : 0.1;
        sum += (j == 0 || j == AZIMUTHS ? 0.5 : 1.0) * rho * rho;
    }
    return PI * sum / AZIMUTHS;
}

double tot_roche_volume(double mass_ratio, double omega, double x_begin, double x_end) {
    const double middle = 0.5 * (x_end + x_begin), half = 0.5 * (x_end - x_begin);
    double volume = 0, guess = half;
    /* rho^2 is smooth in x up to the ends, where it vanishes (or is cut by a neck). */
    for (int k = 0; k < NODES; k++)
        for (int side = -1; side <= 1; side += 2)
            volume += weight[k] * half *
                      section(mass_ratio, omega, middle + side * half * node[k], &guess);
    return volume;
}

double tot_roche_sphere_radius(double volume) {
    return cbrt(0.75 * volume / PI);
}

static double volume_radius_of_star_1(double mass_ratio, double omega) {
    const tot_critical_points points = tot_roche_critical_points(mass_ratio);
    const double back = tot_roche_axis_crossing(mass_ratio, omega, -1e-9, points.x_l3);
    const double front = tot_roche_axis_crossing(mass_ratio, omega, 1e-9, points.x_l1);
    return tot_roche_sphere_radius(tot_roche_volume(mass_ratio, omega, back, front));
}

double tot_roche_volume_radius(double mass_ratio, int star, double omega) {
    if (star == 1)
        return volume_radius_of_star_1(mass_ratio, omega);
    return volume_radius_of_star_1(1.0 / mass_ratio, tot_roche_swap_potential(mass_ratio, omega));
}

tot_status tot_roche_potential_of_radius(double mass_ratio, int star, double radius, double *omega,
                                         tot_error *error) {
    const double lobe = tot_roche_lobe_potential(mass_ratio);
    const double largest = tot_roche_volume_radius(mass_ratio, star, lobe);
    /* The volume of a lobe is known to about 1e-6 only: its surface has a corner at L1. */
    if (!(radius > 0 && radius <= largest * (1 + 1e-5)))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "radius_%d must be positive and at most %.6f, its Roche lobe, got %g", star,
                        largest, radius);
    if (radius >= largest) {
        *omega = lobe;
        return TOT_OK;
    }
    /* 1/radius is nearly linear in the potential: secant steps, kept above the lobe's. */
    const double mass = star == 1 ? 1.0 : mass_ratio;
    double a = lobe, at_a = 1 / largest, b = lobe + mass * (1 / radius - 1 / largest);
    for (int k = 0; k < ITERATIONS; k++) {
        const double at_b = 1 / tot_roche_volume_radius(mass_ratio, star, b);
        if (fabs(at_b * radius - 1) < 1e-11 || at_b == at_a)
            break;
        const double next = b + (1 / radius - at_b) * (b - a) / (at_b - at_a);
        a = b;
        at_a = at_b;
        b = fmax(next, lobe);
    }
    *omega = b;
    return TOT_OK;
}
