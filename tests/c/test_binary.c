#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "binary/band.h"
#include "binary/coverage.h"
#include "binary/exposure.h"
#include "binary/limb_integral.h"
#include "binary/lobe.h"
#include "binary/radiation.h"
#include "binary/reflection.h"
#include "binary/roche.h"
#include "binary/surface.h"
#include "binary/system.h"
#include "binary/system_internal.h"
#include "failing_allocator.h"
#include "suites.h"

static const double PI = 3.14159265358979323846;

/* Independent values, six decimals: q, x_L1, Omega at L1, Omega at the outer point behind star 2.
 */
static const double critical_values[][4] = {
    {0.05, 0.768745, 1.788854, 1.755824}, {0.08, 0.734870, 1.895352, 1.842865},
    {0.10, 0.717513, 1.959104, 1.893800}, {0.15, 0.683920, 2.103089, 2.006274},
    {0.20, 0.658556, 2.232728, 2.105138}, {0.30, 0.620867, 2.466229, 2.279164},
    {0.40, 0.592948, 2.678096, 2.434111}, {0.50, 0.570752, 2.875845, 2.577260},
    {0.60, 0.552343, 3.063442, 2.712371}, {0.80, 0.522950, 3.416971, 2.966562},
    {1.00, 0.500000, 3.750000, 3.206796}};

START_TEST(critical_points_have_their_known_values) {
    const double *expected = critical_values[_i];
    const tot_critical_points p = tot_roche_critical_points(expected[0]);
    ck_assert_double_eq_tol(p.x_l1, expected[1], 5e-7);
    ck_assert_double_eq_tol(p.omega_l1, expected[2], 5e-7);
    ck_assert_double_eq_tol(p.omega_l2, expected[3], 5e-7);
    ck_assert_double_gt(p.x_l2, 1);
    ck_assert_double_lt(p.x_l3, 0);
}
END_TEST

START_TEST(gradient_is_the_slope_of_the_potential) {
    const double h = 1e-6, q = 0.3;
    const tot_vector at = {0.4, 0.2, -0.3};
    const tot_vector g = tot_roche_gradient(q, at);
    tot_vector a = at, b = at;
    a.x -= h, b.x += h;
    ck_assert_double_eq_tol(g.x, (tot_roche_potential(q, b) - tot_roche_potential(q, a)) / (2 * h),
                            1e-8);
    a = b = at;
    a.y -= h, b.y += h;
    ck_assert_double_eq_tol(g.y, (tot_roche_potential(q, b) - tot_roche_potential(q, a)) / (2 * h),
                            1e-8);
    a = b = at;
    a.z -= h, b.z += h;
    ck_assert_double_eq_tol(g.z, (tot_roche_potential(q, b) - tot_roche_potential(q, a)) / (2 * h),
                            1e-8);
}
END_TEST

START_TEST(axis_distance_lies_on_the_surface_from_any_guess) {
    const double guesses[] = {1e-6, 0.1, 0.5, 3};
    for (size_t k = 0; k < 4; k++) {
        const double rho = tot_roche_axis_distance(0.4, 2.6, 0.2, cos(1.0), guesses[k]);
        const tot_vector at = {0.2, rho * cos(1.0), rho * sin(1.0)};
        ck_assert_double_eq_tol(tot_roche_potential(0.4, at), 2.6, 1e-12);
        ck_assert_double_lt(rho, 0.6);
    }
    ck_assert_double_eq(tot_roche_axis_distance(0.4, 2.6, 1.6, 0.5, 0.1), 0);
}
END_TEST

/* D0 = 2 integral of D mu dmu, by Simpson's rule. */
START_TEST(limb_darkening_integrates_to_its_flux) {
    const tot_limb_darkening limb = {(tot_limb_law)_i, 0.5, 0.2};
    enum { STEPS = 20000 };
    double sum = 0;
    for (int k = 0; k <= STEPS; k++) {
        const double mu = (double)k / STEPS;
        const double weight = k == 0 || k == STEPS ? 1 : k % 2 == 1 ? 4 : 2;
        sum += weight * mu * tot_limb_darkening_at(&limb, mu);
    }
    ck_assert_double_eq_tol(2 * sum / (3.0 * STEPS), tot_limb_darkening_flux(&limb), 1e-9);
    ck_assert_double_eq(tot_limb_darkening_at(&limb, 1), 1);
}
END_TEST

START_TEST(planck_ratio_has_its_known_constant) {
    /* hc/(lambda k) = 26159.6 K at 550 nm */
    ck_assert_double_eq_tol(log(1 / tot_planck(5000, 550) + 1) * 5000, 26159.6, 0.1);
}
END_TEST

/* Against the sum itself, for an ultraviolet to infrared band, within, at the ends of and outside
 * the tabulated range. */
START_TEST(band_table_is_the_sum_over_the_band) {
    tot_band_node band[20];
    tot_band_table table;
    for (int k = 0; k < 20; k++)
        band[k] = (tot_band_node){300 + 40.0 * k, 1 + 0.3 * sin(k)};
    const double ranges[][2] = {{4000, 7000}, {5000, 5000}, {100, 30000}, {30000, 1e6}};
    const double range_low = ranges[_i][0], range_high = ranges[_i][1];
    tot_band_table_create(band, 20, range_low, range_high, &table);
    for (int step = -5; step <= 105; step++) {
        const double t = range_low * pow(range_high / range_low, step / 100.0) + 0.01 * step;
        double sum = 0, norm = 0;
        for (int k = 0; k < 20; k++) {
            const double weight = band[k].weight * pow(band[k].wavelength, -5);
            sum += weight * tot_planck(t, band[k].wavelength);
            norm += weight;
        }
        ck_assert_double_eq_tol(tot_band_table_at(&table, t), sum / norm, 1e-6 * sum / norm);
    }
}
END_TEST

START_TEST(one_wavelength_is_planck_itself) {
    const tot_band_node single = {550, 0.3};
    tot_band_table table;
    tot_band_table_create(&single, 1, 5000, 6000, &table);
    ck_assert_double_eq(tot_band_table_at(&table, 5500), tot_planck(5500, 550));
    /* A band of a nanometre is as good as one wavelength. */
    const tot_band_node narrow[] = {{549.5, 1}, {550, 1}, {550.5, 1}};
    tot_band_table_create(narrow, 3, 5000, 6000, &table);
    ck_assert_double_eq_tol(tot_band_table_at(&table, 5500) / tot_planck(5500, 550), 1, 1e-5);
}
END_TEST

/* Exact for polynomials of degree 2n - 1: integral of x^k from -1 to 1. */
START_TEST(gauss_legendre_integrates_polynomials) {
    double x[200], w[200];
    const size_t counts[] = {1, 2, 5, 6, 33, 200};
    const size_t count = counts[_i];
    tot_gauss_legendre(count, x, w);
    for (size_t power = 0; power < 2 * count && power < 60; power++) {
        double sum = 0;
        for (size_t k = 0; k < count; k++)
            sum += w[k] * pow(x[k], (double)power);
        ck_assert_double_eq_tol(sum, power % 2 == 0 ? 2.0 / ((double)power + 1) : 0, 1e-13);
    }
    for (size_t k = 0; k < count; k++)
        ck_assert_double_eq(x[k], -x[count - 1 - k]);
}
END_TEST
static double share(double a, double b, double c, double d, double middle) {
    return tot_positive_share((double[]){a, b, c, d}, middle, 0, 0);
}

START_TEST(coverage_is_exact_for_straight_edges) {
    ck_assert_double_eq(share(1, 1, 1, 1, 1), 1);
    ck_assert_double_eq(share(-1, -2, -1, 0, -1), 0);
    ck_assert_double_eq_tol(share(-1, 1, -1, 1, 0), 0.5, 1e-15);
    ck_assert_double_eq_tol(share(-1, 3, -1, 3, 1), 0.75, 1e-15);
    /* x + y > 1/2 on the unit square: all but a corner triangle of area 1/8 */
    ck_assert_double_eq_tol(share(-0.5, 0.5, 0.5, 1.5, 0.5), 0.875, 1e-15);
    /* density 1/2 + y, 0 ... 1/4 and all of it; density 2x, x > 1/2 */
    ck_assert_double_eq_tol(tot_positive_share((double[]){1, -3, 1, -3}, -1, 0, 1), 5.0 / 32,
                            1e-15);
    ck_assert_double_eq_tol(tot_positive_share((double[]){1, 1, 1, 1}, 1, 0.5, 1), 1, 1e-15);
    ck_assert_double_eq_tol(tot_positive_share((double[]){-1, -1, 1, 1}, 0, 2, 0), 0.75, 1e-15);
    ck_assert(tot_changes_sign(1, 1, -1, 1) && !tot_changes_sign(-1, -1, -1, -1));
}
END_TEST

/* Circles that cut a cell anywhere, in any direction: the mean error is far below that of the
 * chord. */
START_TEST(coverage_knows_that_edges_are_curved) {
    enum { PLACES = 400, FINE = 100 };
    const double radius = 2.5;
    double error = 0, chord = 0;
    for (int k = 0; k < PLACES; k++) {
        const double angle = 2.399963 * k, distance = radius - 0.5 + (k + 0.5) / PLACES;
        const double x = -distance * cos(angle), y = -distance * sin(angle);
        double inside = 0, corner[4];
        for (int c = 0; c < 4; c++)
            corner[c] = radius - hypot((c / 2 - 0.5) - x, (c % 2 - 0.5) - y);
        for (int i = 0; i < FINE * FINE; i++)
            inside += hypot((i / FINE + 0.5) / FINE - 0.5 - x, (i % FINE + 0.5) / FINE - 0.5 - y) <
                      radius;
        inside /= FINE * FINE;
        error += tot_positive_share(corner, radius - distance, 0, 0) - inside;
        chord += tot_positive_share(corner, 0.25 * (corner[0] + corner[1] + corner[2] + corner[3]),
                                    0, 0) -
                 inside;
    }
    ck_assert_double_lt(fabs(error), 0.1 * fabs(chord));
}
END_TEST

START_TEST(limb_integral_is_that_of_the_law) {
    const tot_limb_darkening limb = {(tot_limb_law)_i, 0.5, 0.3};
    const tot_limb_integral integral = tot_limb_integral_create(&limb);
    const bool exact = limb.law == TOT_LIMB_LINEAR || limb.law == TOT_LIMB_QUADRATIC;
    enum { STEPS = 10000 };
    double sum = 0;
    for (int k = 0; k < STEPS; k++) {
        const double mu = (k + 0.5) / STEPS;
        sum += mu * tot_limb_darkening_at(&limb, mu) / STEPS;
        ck_assert_double_eq_tol(tot_limb_integral_at(&integral, integral.terms, (k + 1.0) / STEPS),
                                sum, exact ? 1e-8 : 1.2e-5);
    }
}
END_TEST

/* A star far from filling its lobe is a sphere: area and mean normal are known. */
START_TEST(a_small_star_is_a_sphere) {
    tot_error error;
    tot_surface s;
    const double radius = 0.01, omega = tot_roche_potential(0.001, (tot_vector){0, 0, radius});
    const double front = tot_roche_axis_crossing(0.001, omega, 1e-6, 0.1);
    const double back = tot_roche_axis_crossing(0.001, omega, -1e-6, -0.1);
    double area = 0, facing_x = 0, facing_y = 0;
    ck_assert_int_eq(tot_surface_create(0.001, omega, back, front, 24, &s, &error), TOT_OK);
    for (size_t k = 0; k < s.cells; k++) {
        area += 4 * s.area[k];
        facing_x += 4 * s.area[k] * fmax(s.normal_x[k], 0);
        facing_y += 2 * s.area[k] * s.normal_y[k];
        ck_assert_double_eq_tol(sqrt(s.x[k] * s.x[k] + s.y[k] * s.y[k] + s.z[k] * s.z[k]) / radius,
                                1, 1e-4);
    }
    ck_assert_double_eq_tol(area / (4 * PI * radius * radius), 1, 1e-3);
    ck_assert_double_eq_tol(facing_x / (PI * radius * radius), 1, 2e-3);
    ck_assert_double_eq_tol(facing_y / (PI * radius * radius), 1, 2e-3);
    tot_surface_free(&s);
}
END_TEST

static tot_system *create(double q, double fillout, double inclination) {
    tot_binary p = tot_binary_defaults();
    tot_system *system;
    tot_error error;
    p.mass_ratio = q;
    p.fillout = fillout;
    p.inclination = inclination;
    ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
    return system;
}

START_TEST(light_curve_is_the_sum_of_the_stars) {
    tot_error error;
    tot_system *system = create(0.3, 0.4, 77);
    const double phases[] = {0, 0.03, 0.25, 0.4, 0.5, 7.03};
    double flux[6], light[2];
    ck_assert_int_eq(tot_system_light_curve(system, phases, 6, flux, &error), TOT_OK);
    for (size_t k = 0; k < 6; k++) {
        ck_assert_int_eq(tot_system_light_contributions(system, phases[k], light, &error), TOT_OK);
        ck_assert_double_eq_tol(light[0] + light[1], flux[k], 1e-12);
    }
    ck_assert_double_eq_tol(flux[2], 1, 1e-12);
    ck_assert_double_eq_tol(flux[1], flux[5], 1e-9);
    ck_assert_int_eq(tot_system_light_curve(system, &(double){NAN}, 1, flux, &error),
                     TOT_ERROR_ARGUMENT);
    tot_system_free(system);
}
END_TEST

START_TEST(third_light_is_a_share_of_all_at_quadrature) {
    tot_error error;
    tot_binary p = tot_binary_defaults();
    tot_system *with, *without;
    const double phases[] = {0, 0.1, 0.25, 0.5};
    double diluted[4], pure[4], light[2], pure_light[2];
    p.mass_ratio = 0.3;
    ck_assert_int_eq(tot_system_create(&p, &without, &error), TOT_OK);
    p.third_light = 0.3;
    ck_assert_int_eq(tot_system_create(&p, &with, &error), TOT_OK);
    ck_assert_int_eq(tot_system_light_curve(with, phases, 4, diluted, &error), TOT_OK);
    ck_assert_int_eq(tot_system_light_curve(without, phases, 4, pure, &error), TOT_OK);
    for (size_t k = 0; k < 4; k++)
        ck_assert_double_eq_tol(1 - diluted[k], 0.7 * (1 - pure[k]), 1e-12);
    ck_assert_int_eq(tot_system_light_contributions(with, 0.1, light, &error), TOT_OK);
    ck_assert_int_eq(tot_system_light_contributions(without, 0.1, pure_light, &error), TOT_OK);
    ck_assert_double_eq(light[0], pure_light[0]);
    ck_assert_double_eq(light[1], pure_light[1]);
    tot_system_free(with);
    tot_system_free(without);
}
END_TEST

START_TEST(states_with_other_spots_have_the_curves_of_their_own) {
    tot_error error;
    enum { PHASES = 41 };
    const tot_spot spots[] = {{1, 60, 200, 20, 0.8}, {2, 110, 30, 15, 0.9}};
    double phases[PHASES], together[3 * PHASES], alone[PHASES];
    tot_binary p = tot_binary_defaults();
    tot_system *states[3], *other;
    for (size_t k = 0; k < PHASES; k++)
        phases[k] = ((double)k - PHASES / 2) / (PHASES - 1);
    p.mass_ratio = 3.1; /* stars swapped inside */
    p.inclination = 74;
    for (size_t s = 0; s < 3; s++) {
        p.spots = spots;
        p.spot_count = s;
        ck_assert_int_eq(tot_system_create(&p, &states[s], &error), TOT_OK);
    }
    const tot_system *const list[] = {states[2], states[0], states[1]};
    ck_assert_int_eq(tot_system_light_curves(list, 3, phases, PHASES, together, &error), TOT_OK);
    for (size_t s = 0; s < 3; s++) {
        ck_assert_int_eq(tot_system_light_curve(list[s], phases, PHASES, alone, &error), TOT_OK);
        ck_assert_mem_eq(together + s * PHASES, alone, sizeof alone);
    }
    p.limb_darkening[1].x = 0.5;
    ck_assert_int_eq(tot_system_create(&p, &other, &error), TOT_OK);
    const tot_system *const unlike[] = {states[2], other};
    ck_assert_int_eq(tot_system_light_curves(unlike, 2, phases, PHASES, together, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message,
                     "state 2 must have the geometry, the limb darkening and the third "
                     "light of the first");
    for (size_t s = 0; s < 3; s++)
        tot_system_free(states[s]);
    tot_system_free(other);
}
END_TEST

START_TEST(an_exposure_is_the_mean_of_its_parts) {
    enum { PARTS = 500 };
    tot_error error;
    tot_system *system = create(0.3, 0.4, 85);
    const double phases[] = {-0.4, 0.02, 0.25, 0.47, 0.5}, exposure = 0.07;
    double flux[5], parts[PARTS], part_flux[PARTS];
    ck_assert_int_eq(tot_system_exposed_light_curve(system, phases, 5, exposure, flux, &error),
                     TOT_OK);
    for (size_t k = 0; k < 5; k++) {
        double sum = 0;
        for (int j = 0; j < PARTS; j++)
            parts[j] = phases[k] + exposure * ((j + 0.5) / PARTS - 0.5);
        ck_assert_int_eq(tot_system_light_curve(system, parts, PARTS, part_flux, &error), TOT_OK);
        for (int j = 0; j < PARTS; j++)
            sum += part_flux[j];
        ck_assert_double_eq_tol(flux[k], sum / PARTS, 1e-4);
    }
    ck_assert_int_eq(tot_system_exposed_light_curve(system, phases, 5, 0, flux, &error), TOT_OK);
    ck_assert_double_eq_tol(flux[2], 1, 1e-12);
    ck_assert_int_eq(tot_system_exposed_light_curve(system, phases, 5, 0.6, flux, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "exposure must be a number from 0 to 0.5, got 0.6");
    tot_system_free(system);
}
END_TEST

/* Halving the cells' size must bring the curve four times closer to its limit: second order. */
START_TEST(error_falls_with_the_square_of_the_resolution) {
    tot_error error;
    double phases[51], flux[4][51];
    const size_t resolutions[] = {10, 20, 40, 96};
    for (int k = 0; k < 51; k++)
        phases[k] = k / 100.0;
    for (size_t r = 0; r < 4; r++) {
        tot_binary p = tot_binary_defaults();
        tot_system *system;
        p.mass_ratio = 0.15;
        p.fillout = 0.5;
        p.inclination = 80;
        p.resolution = resolutions[r];
        ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
        ck_assert_int_eq(tot_system_light_curve(system, phases, 51, flux[r], &error), TOT_OK);
        tot_system_free(system);
    }
    double rms[3] = {0};
    for (size_t r = 0; r < 3; r++)
        for (int k = 0; k < 51; k++)
            rms[r] += pow(flux[r][k] - flux[3][k], 2);
    ck_assert_double_gt(sqrt(rms[0] / rms[1]), 3);
    ck_assert_double_gt(sqrt(rms[1] / rms[2]), 3);
}
END_TEST

START_TEST(totality_needs_the_geometry) {
    tot_error error;
    tot_totality t;
    tot_system *system = create(0.3, 0.25, 85);
    ck_assert_int_eq(tot_system_totality(system, true, &t, &error), TOT_OK);
    ck_assert(t.total && !t.grazing && t.darkest == 1);
    ck_assert_double_eq(t.conjunction[1].light_left, 0);
    ck_assert_double_gt(t.conjunction[1].duration, 0);
    ck_assert_double_gt(t.conjunction[0].light_left, 0.1);
    ck_assert_double_eq(t.conjunction[0].duration, 0);
    tot_system_free(system);
    system = create(0.3, 0.25, 60);
    ck_assert_int_eq(tot_system_totality(system, true, &t, &error), TOT_OK);
    ck_assert(!t.total && !t.grazing);
    ck_assert_double_lt(t.conjunction[1].clearance, 0);
    tot_system_free(system);
}
END_TEST

/* Far from a small sphere of exitance M and radius R the irradiance is M (R/d)^2; what comes back
 * in turn adds the share A1 A2 of an even smaller number. */
START_TEST(irradiance_falls_with_the_square_of_the_distance) {
    tot_error error;
    const double q = 1.0;
    double omega[2], *memory[4];
    tot_surface s[2];
    const double radius[2] = {0.1, 0.03};
    const tot_critical_points c = tot_roche_critical_points(q);
    for (int k = 0; k < 2; k++)
        ck_assert_int_eq(tot_roche_potential_of_radius(q, k + 1, radius[k], &omega[k], &error),
                         TOT_OK);
    ck_assert_int_eq(
        tot_surface_create(q, omega[0], tot_roche_axis_crossing(q, omega[0], -1e-9, c.x_l3),
                           tot_roche_axis_crossing(q, omega[0], 1e-9, c.x_l1), 8, &s[0], &error),
        TOT_OK);
    ck_assert_int_eq(tot_surface_create(
                         q, omega[1], tot_roche_axis_crossing(q, omega[1], 1 - 1e-9, c.x_l1),
                         tot_roche_axis_crossing(q, omega[1], 1 + 1e-9, c.x_l2), 8, &s[1], &error),
                     TOT_OK);
    for (int k = 0; k < 4; k++) {
        memory[k] = calloc(s[k % 2].cells, sizeof(double));
        ck_assert_ptr_nonnull(memory[k]);
    }
    for (size_t i = 0; i < s[0].cells; i++)
        memory[0][i] = 1; /* star 1 shines, star 2 is dark and white */
    const tot_reflection r = {.mass_ratio = q,
                              .surface = {&s[0], &s[1]},
                              .albedo = {0.0, 1.0},
                              .images = 1,
                              .exitance = {memory[0], memory[1]}};
    double *irradiance[2] = {memory[2], memory[3]};
    ck_assert_int_eq(tot_reflection_irradiance(&r, irradiance, &error), TOT_OK);
    double most = 0, behind = 0;
    for (size_t i = 0; i < s[1].cells; i++) {
        most = fmax(most, memory[3][i]);
        if (s[1].normal_x[i] > 0.2)
            behind = fmax(behind, memory[3][i]);
    }
    ck_assert_double_eq_tol(most / pow(0.1 / 0.97, 2), 1, 0.03);
    ck_assert_double_eq(behind, 0);
    for (int k = 0; k < 4; k++)
        free(memory[k]);
    tot_surface_free(&s[0]);
    tot_surface_free(&s[1]);
}
END_TEST

START_TEST(reflection_brightens_what_faces_the_companion) {
    tot_error error;
    double flux[2][3];
    const double phases[3] = {0.25, 0.45, 0.5};
    for (int k = 0; k < 2; k++) {
        tot_binary p = tot_binary_defaults();
        tot_system *system;
        p.configuration = TOT_SEPARATE;
        p.mass_ratio = 0.5;
        p.inclination = 40; /* no eclipses */
        p.temperature[0] = 12000;
        p.temperature[1] = 5000;
        p.reflection = k == 1;
        for (int star = 0; star < 2; star++)
            ck_assert_int_eq(
                tot_roche_potential_of_radius(0.5, star + 1, 0.2, &p.potential[star], &error),
                TOT_OK);
        ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
        ck_assert_int_eq(tot_system_light_curve(system, phases, 3, flux[k], &error), TOT_OK);
        tot_system_free(system);
    }
    ck_assert_double_gt(flux[1][1] - flux[1][0], flux[0][1] - flux[0][0] + 0.005);
}
END_TEST

START_TEST(wrong_parameters_are_named) {
    tot_error error;
    tot_system *system = (tot_system *)&error;
    tot_binary p = tot_binary_defaults();
    const tot_spot spot = {3, 90, 0, 20, 0.9};
    p.fillout = 1.5;
    ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_ERROR_ARGUMENT);
    ck_assert_ptr_null(system);
    ck_assert_str_eq(error.message, "fillout must be a number from 0 to 1, got 1.5");
    p = tot_binary_defaults();
    p.temperature[1] = NAN;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "t2 must be a number from 1000 to 100000, got nan");
    p = tot_binary_defaults();
    p.spots = &spot;
    p.spot_count = 1;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "spot 1: star must be 1 or 2, got 3");
    p = tot_binary_defaults();
    p.third_light = 1;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "third_light must be a number from 0 to below 1, got 1");
    p = tot_binary_defaults();
    p.albedo[1] = -0.5;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "albedo must be a number from 0 to 1, got -0.5");
    p = tot_binary_defaults();
    tot_band_node band[] = {{500, 0}, {600, 0}};
    p.band = band;
    p.band_count = 2;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the band lets nothing through");
    band[1].weight = NAN;
    ck_assert_int_eq(tot_binary_check(&p, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message,
                     "band, node 2: weight must be a number from 0 to 1e+30, got nan");
    tot_system_free(NULL);
}
END_TEST

START_TEST(every_failed_allocation_is_reported) {
    const tot_spot spot = {1, 90, 0, 20, 0.9};
    const tot_band_node band[] = {{500, 1}, {600, 2}};
    tot_binary p = tot_binary_defaults();
    tot_error error;
    p.spots = &spot;
    p.spot_count = 1;
    p.band = band;
    p.band_count = 2;
    p.resolution = 6;
    p.reflection = true;
    for (size_t n = 0; n < 100; n++) {
        tot_system *system = NULL;
        tot_totality t;
        double flux;
        failing_allocator_begin(n);
        tot_status status = tot_system_create(&p, &system, &error);
        if (status == TOT_OK)
            status = tot_system_totality(system, false, &t, &error);
        if (status == TOT_OK)
            status = tot_system_exposed_light_curve(system, &(double){0}, 1, 0.1, &flux, &error);
        const bool failed = failing_allocator_end();
        ck_assert_int_eq(status, failed ? TOT_ERROR_MEMORY : TOT_OK);
        tot_system_free(system);
        if (!failed)
            return;
    }
    ck_abort_msg("still failing after 100 allocations");
}
END_TEST

Suite *binary_suite(void) {
    Suite *suite = suite_create("binary");
    TCase *tests = tcase_create("binary");
    tcase_add_loop_test(tests, critical_points_have_their_known_values, 0,
                        sizeof critical_values / sizeof *critical_values);
    tcase_add_test(tests, gradient_is_the_slope_of_the_potential);
    tcase_add_test(tests, axis_distance_lies_on_the_surface_from_any_guess);
    tcase_add_loop_test(tests, limb_darkening_integrates_to_its_flux, 0, 4);
    tcase_add_test(tests, planck_ratio_has_its_known_constant);
    tcase_add_loop_test(tests, band_table_is_the_sum_over_the_band, 0, 4);
    tcase_add_test(tests, one_wavelength_is_planck_itself);
    tcase_add_loop_test(tests, gauss_legendre_integrates_polynomials, 0, 6);
    tcase_add_test(tests, coverage_is_exact_for_straight_edges);
    tcase_add_test(tests, coverage_knows_that_edges_are_curved);
    tcase_add_loop_test(tests, limb_integral_is_that_of_the_law, 0, 4);
    tcase_add_test(tests, a_small_star_is_a_sphere);
    tcase_add_test(tests, light_curve_is_the_sum_of_the_stars);
    tcase_add_test(tests, third_light_is_a_share_of_all_at_quadrature);
    tcase_add_test(tests, states_with_other_spots_have_the_curves_of_their_own);
    tcase_add_test(tests, an_exposure_is_the_mean_of_its_parts);
    tcase_add_test(tests, error_falls_with_the_square_of_the_resolution);
    tcase_add_test(tests, totality_needs_the_geometry);
    tcase_add_test(tests, irradiance_falls_with_the_square_of_the_distance);
    tcase_add_test(tests, reflection_brightens_what_faces_the_companion);
    tcase_add_test(tests, wrong_parameters_are_named);
    tcase_add_test(tests, every_failed_allocation_is_reported);
    suite_add_tcase(suite, tests);
    return suite;
}
