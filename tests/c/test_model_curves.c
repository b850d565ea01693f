#include <math.h>
#include <string.h>

#include "binary/model_curves.h"
#include "failing_allocator.h"
#include "suites.h"

enum { STARS = 5, STATES = 2, PHASES = 64 };

/* Stars of different mass ratios, each without spots and with one. */
typedef struct stars {
    tot_binary systems[STARS][STATES];
    const tot_binary *states[STARS][STATES];
    double flux[STARS][STATES * PHASES];
    tot_model models[STARS];
} stars;

static const tot_spot spot = {1, 90, 90, 25, 0.8};

static void fill(stars *s) {
    for (size_t k = 0; k < STARS; k++) {
        for (size_t j = 0; j < STATES; j++) {
            tot_binary *system = &s->systems[k][j];
            *system = tot_binary_defaults();
            system->mass_ratio = 0.2 + 0.1 * (double)k;
            system->inclination = 70 + 5 * (double)k;
            system->resolution = 6;
            system->spots = &spot;
            system->spot_count = j;
            s->states[k][j] = system;
        }
        s->models[k] =
            (tot_model){.states = s->states[k], .state_count = STATES, .flux = s->flux[k]};
    }
}

START_TEST(curves_are_the_systems_own) {
    static stars some[2];
    tot_error error;
    for (size_t t = 0; t < 2; t++) {
        fill(&some[t]);
        ck_assert_int_eq(tot_make_models(some[t].models, STARS, PHASES, 0, 1 + 2 * t, &error),
                         TOT_OK);
    }
    ck_assert_mem_eq(some[0].flux, some[1].flux, sizeof some[0].flux);
    for (size_t j = 0; j < STATES; j++) {
        tot_system *system;
        const double phases[] = {-0.5, -0.125, 0.25};
        double expected[3];
        ck_assert_int_eq(tot_system_create(&some[0].systems[4][j], &system, &error), TOT_OK);
        ck_assert_int_eq(tot_system_light_curve(system, phases, 3, expected, &error), TOT_OK);
        tot_system_free(system);
        for (size_t k = 0; k < 3; k++)
            ck_assert_double_eq_tol(some[0].flux[4][j * PHASES + 24 * k], expected[k], 1e-12);
    }
    ck_assert(memcmp(some[0].flux[4], some[0].flux[4] + PHASES, PHASES * sizeof(double)) != 0);
}
END_TEST

START_TEST(the_first_state_is_described) {
    static stars s;
    tot_system *system;
    tot_totality totality;
    tot_error error;
    fill(&s);
    const tot_model *model = &s.models[1];
    ck_assert_int_eq(tot_make_models(s.models, STARS, PHASES, 0, 2, &error), TOT_OK);
    ck_assert_int_eq(tot_system_create(&s.systems[1][0], &system, &error), TOT_OK);
    ck_assert_int_eq(tot_system_totality(system, false, &totality, &error), TOT_OK);
    tot_system_free(system);
    ck_assert(model->light_left > 0.01); /* partial, so that a spot would change it */
    ck_assert_double_eq(model->light_left, totality.conjunction[totality.darkest].light_left);
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < PHASES; k++) {
        low = fmin(low, s.flux[1][k]);
        high = fmax(high, s.flux[1][k]);
    }
    ck_assert_double_eq(model->minimum, low);
    ck_assert_double_eq(model->maximum, high);
}
END_TEST

/* Where they begin to vary enough, in units of the maximum. */
START_TEST(curves_that_hardly_vary_are_left_out) {
    static stars s;
    tot_error error;
    fill(&s);
    tot_model *model = &s.models[0];
    /* it makes the flux at phase 0.25, the unit, smaller than at 0.75 */
    const tot_spot large = {1, 90, 270, 40, 0.7};
    s.systems[0][0].spots = &large;
    s.systems[0][0].spot_count = 1;
    ck_assert_int_eq(tot_make_models(model, 1, PHASES, 0, 1, &error), TOT_OK);
    const double amplitude = (model->maximum - model->minimum) / model->maximum;
    ck_assert(model->light_left > 0 && model->maximum > 1.01);
    ck_assert_int_eq(tot_make_models(model, 1, PHASES, 1.001 * amplitude, 1, &error), TOT_OK);
    ck_assert(isnan(model->light_left));
    ck_assert_int_eq(tot_make_models(model, 1, PHASES, 0.999 * amplitude, 1, &error), TOT_OK);
    ck_assert(model->light_left > 0);
}
END_TEST

START_TEST(what_is_wrong_is_named) {
    static stars s;
    tot_error error;
    fill(&s);
    s.systems[2][1].fillout = s.systems[3][0].fillout = 2;
    ck_assert_int_eq(tot_make_models(s.models, STARS, PHASES, 0, 2, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "model 3: fillout must be a number from 0 to 1, got 2");
    ck_assert_int_eq(tot_make_models(s.models, 2, 63, 0, 2, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the number of phases must be even and at least 4, got 63");
}
END_TEST

START_TEST(every_allocation_may_fail) {
    static stars s;
    tot_error error;
    tot_status status;
    fill(&s);
    s.systems[0][0].resolution = s.systems[0][1].resolution = 4;
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_make_models(s.models, 1, PHASES, 0, 1, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
}
END_TEST

Suite *model_curves_suite(void) {
    Suite *suite = suite_create("model_curves");
    TCase *tests = tcase_create("model_curves");
    tcase_add_test(tests, curves_are_the_systems_own);
    tcase_add_test(tests, the_first_state_is_described);
    tcase_add_test(tests, curves_that_hardly_vary_are_left_out);
    tcase_add_test(tests, what_is_wrong_is_named);
    tcase_add_test(tests, every_allocation_may_fail);
    suite_add_tcase(suite, tests);
    return suite;
}
