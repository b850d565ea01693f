/* What must hold for any binary, tried on many. */
#include <math.h>
#include <stdint.h>

#include "binary/lobe.h"
#include "binary/system_internal.h"
#include "suites.h"

static const double PI = 3.14159265358979323846;

/* Uniform in [0, 1); the generator is of no matter, only that the sequence is always the same. */
static double next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static double between(uint64_t *state, double low, double high) {
    return low + (high - low) * next_random(state);
}

/* The deepest later maximum along the line of sight, by sampling finely: the definition. */
static double sampled_clearance(const tot_occluder *o, tot_vector n, tot_vector p) {
    enum { SAMPLES = 400 };
    const double closest = (o->centre_x - p.x) * n.x - p.y * n.y - p.z * n.z;
    const double cx = o->centre_x - p.x, own2 = o->own_radius * o->own_radius;
    const double distance2 = cx * cx + p.y * p.y + p.z * p.z - closest * closest;
    const double end = closest + sqrt(fmax(own2 - distance2, 0.1 * own2));
    double best = -INFINITY, lowest = INFINITY;
    for (int k = 0; k <= SAMPLES && end > 0; k++) {
        const double s = end * k / SAMPLES;
        const tot_vector at = {p.x + s * n.x, p.y + s * n.y, p.z + s * n.z};
        const double value = tot_roche_potential(o->mass_ratio, at);
        best = value > lowest && value > best ? value : best;
        lowest = fmin(lowest, value);
    }
    return (best - o->omega) / o->gravity;
}

/* The same sign, but within 1e-4 of the limb, for points of the star behind that face the observer:
 * mass ratios down to 0.05 and fill-outs up to 0.95, some exactly so. */
START_TEST(clearance_agrees_with_full_sampling) {
    enum { SYSTEMS = 100, POINTS = 1000 };
    uint64_t random = 1;
    size_t hidden = 0, wrong = 0;
    for (int k = 0; k < SYSTEMS; k++) {
        const double q = k % 4 == 0 ? 0.05 : pow(10, between(&random, -1.3, 0));
        const double fillout = k % 3 == 0 ? 0.95 : next_random(&random);
        tot_binary parameters = tot_binary_defaults();
        tot_system *system;
        tot_error error;
        parameters.mass_ratio = q;
        parameters.fillout = fillout;
        ck_assert_int_eq(tot_system_create(&parameters, &system, &error), TOT_OK);
        for (int i = 0; i < POINTS; i++) {
            const double cos_i = next_random(&random), sin_i = sqrt(1 - cos_i * cos_i);
            const double angle = 2 * PI * next_random(&random);
            const tot_vector n = {sin_i * cos(angle), -sin_i * sin(angle), cos_i};
            const size_t front = n.x > 0 ? 1 : 0;
            const tot_surface *s = &system->stars[1 - front].surface;
            const size_t cell = (size_t)(next_random(&random) * (double)s->cells);
            const tot_vector p = {s->x[cell], s->y[cell], s->z[cell]};
            const tot_vector g = tot_roche_gradient(q, p);
            /* On the limb itself the line of sight touches the star behind. */
            if (g.x * n.x + g.y * n.y + g.z * n.z > -0.02)
                continue;
            const tot_occluder *o = &system->stars[front].occluder;
            const double expected = sampled_clearance(o, n, p);
            double found;
            tot_eclipse_clearance(o, n, 1, &p.x, &p.y, &p.z, &found);
            hidden += expected > 0;
            wrong += (expected > 0) != (found > 0) && fmin(fabs(expected), fabs(found)) > 1e-4;
        }
        tot_system_free(system);
    }
    ck_assert_uint_gt(hidden, 3000);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* A random system, every parameter often at an end of its range. */
static tot_binary random_system(uint64_t *random, tot_spot *spot) {
    static const double inclinations[] = {0, 90, 180, -90, 270};
    tot_binary p = tot_binary_defaults();
    const bool extreme = next_random(random) < 0.3;
    p.resolution = 4 + (size_t)(3 * next_random(random));
    p.mass_ratio = pow(10, between(random, -3, 3));
    p.inclination = between(random, -100, 280);
    p.fillout = next_random(random);
    if (extreme) {
        p.mass_ratio = next_random(random) < 0.5 ? 0.001 : 1000;
        p.fillout = next_random(random) < 0.5 ? 0 : 1;
        p.inclination = inclinations[(size_t)(5 * next_random(random))];
    }
    p.temperature[0] = pow(10, between(random, 3.5, 4.5));
    p.temperature[1] = p.temperature[0] * between(random, 0.7, 1.3);
    p.limb_darkening[0] = p.limb_darkening[1] =
        (tot_limb_darkening){(tot_limb_law)(4 * next_random(random)), 0.5, 0.2};
    if (next_random(random) < 0.3) {
        p.configuration = TOT_SEPARATE;
        for (int k = 0; k < 2; k++)
            p.potential[k] = tot_roche_lobe_potential(p.mass_ratio) *
                             (next_random(random) < 0.3 ? 1 : between(random, 1, 3));
    }
    if (next_random(random) < 0.4) {
        *spot = (tot_spot){1 + (next_random(random) < 0.5), between(random, 0, 180),
                           between(random, -360, 360), between(random, 0, 180),
                           between(random, 0.6, 1.4)};
        p.spots = spot;
        p.spot_count = 1;
    }
    return p;
}

START_TEST(any_system_has_a_sound_curve) {
    enum { SYSTEMS = 10000, PHASES = 9 };
    static const double phases[PHASES] = {-0.47, -0.25, -0.12, -0.02, 0, 0.02, 0.12, 0.25, 0.47};
    uint64_t random = 2024;
    for (int k = 0; k < SYSTEMS; k++) {
        tot_spot spot;
        tot_system *system;
        tot_error error;
        tot_totality t;
        double flux[PHASES], again, light[2];
        const tot_binary p = random_system(&random, &spot);
        ck_assert_msg(tot_system_create(&p, &system, &error) == TOT_OK, "%s", error.message);
        ck_assert_int_eq(tot_system_light_curve(system, phases, PHASES, flux, &error), TOT_OK);
        for (int i = 0; i < PHASES; i++) {
            ck_assert_msg(flux[i] > 0 && flux[i] < 100, "system %d: flux %g", k, flux[i]);
            if (p.spot_count == 0)
                ck_assert_double_eq_tol(flux[i], flux[PHASES - 1 - i], 1e-12);
        }
        const double later = phases[3] + 5;
        ck_assert_int_eq(tot_system_light_curve(system, &later, 1, &again, &error), TOT_OK);
        ck_assert_double_eq_tol(again, flux[3], 1e-6);
        ck_assert_int_eq(tot_system_light_contributions(system, phases[6], light, &error), TOT_OK);
        ck_assert_double_eq_tol(light[0] + light[1], flux[6], 1e-12);
        ck_assert(light[0] >= 0 && light[1] >= 0);

        if (k % 10 == 0) {
            const double radii =
                system->stars[0].occluder.own_radius + system->stars[1].occluder.own_radius;
            const double apart = fabs(cos(p.inclination * PI / 180));
            ck_assert_int_eq(tot_system_totality(system, false, &t, &error), TOT_OK);
            /* Spheres that hold the stars overlap in a total eclipse. */
            if (t.conjunction[0].clearance > 0 || t.conjunction[1].clearance > 0)
                ck_assert_double_lt(apart, radii);
        }
        tot_system_free(system);
    }
}
END_TEST

Suite *random_systems_suite(void) {
    Suite *suite = suite_create("random_systems");
    TCase *tests = tcase_create("random_systems");
    tcase_add_test(tests, clearance_agrees_with_full_sampling);
    tcase_add_test(tests, any_system_has_a_sound_curve);
    suite_add_tcase(suite, tests);
    return suite;
}
