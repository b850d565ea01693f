#include <math.h>

#include "base/rng.h"
#include "curve/period_search.h"
#include "curves.h"
#include "failing_allocator.h"
#include "suites.h"

enum { POINTS = 300 };

static const double SPAN = 1500;

/* A star seen at night, one point a night at most; `shallower`: difference of the minima. */
static void make(double *time, double *flux, double period, double shallower, double noise,
                 uint64_t seed) {
    tot_rng rng = tot_rng_stream(seed, 1);
    for (int k = 0; k < POINTS; k++) {
        time[k] = 2450000 + floor(SPAN * tot_rng_uniform(&rng)) + 0.3 * tot_rng_uniform(&rng);
        flux[k] = contact_curve((time[k] - 2450000) / period, 0.4, shallower, 0.04) +
                  noise * tot_rng_normal(&rng);
        if (k % 60 == 5)
            flux[k] += 3; /* a passing satellite */
    }
}

START_TEST(the_orbit_is_found) {
    const double periods[] = {0.2213, 0.3301, 0.39985, 0.4999, 0.6677, 0.99};
    double time[POINTS], flux[POINTS];
    const tot_period_range range = {0.2, 1.2, 6};
    tot_found_period found;
    tot_error error;
    for (uint64_t seed = 0; seed < 3; seed++) {
        make(time, flux, periods[_i], 0.1, 0.04, seed);
        ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error), TOT_OK);
        /* good to 0.02 of a cycle over the data */
        ck_assert_double_eq_tol(SPAN / found.refined.period, SPAN / periods[_i], 0.02);
        ck_assert_double_lt(found.false_alarm, 1e-6);
        ck_assert_double_gt(found.margin, 25);
        ck_assert_double_gt(found.minima_differ, 20);
    }
}
END_TEST

START_TEST(like_minima_are_told) {
    double time[POINTS], flux[POINTS];
    const tot_period_range range = {0.2, 1.2, 6};
    tot_found_period found;
    tot_error error;
    make(time, flux, 0.4, 0, 0.04, 1);
    for (int k = 0; k < POINTS; k++)
        flux[k] += cosine_curve((time[k] - 2450000) / 0.4, 0.4) -
                   contact_curve((time[k] - 2450000) / 0.4, 0.4, 0, 0.04);
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error), TOT_OK);
    ck_assert_double_eq_tol(SPAN / found.refined.period, SPAN / 0.4, 0.02);
    ck_assert_double_lt(found.minima_differ, 15);
}
END_TEST

START_TEST(noise_has_no_period) {
    double time[POINTS], flux[POINTS];
    const tot_period_range range = {0.2, 1.2, 6};
    tot_found_period found;
    tot_error error;
    tot_rng rng = tot_rng_stream((uint64_t)_i, 2);
    make(time, flux, 0.4, 0, 0, 1);
    for (int k = 0; k < POINTS; k++)
        flux[k] = 1 + 0.1 * tot_rng_normal(&rng);
    const tot_status status = tot_find_period(time, flux, POINTS, &range, &found, &error);
    ck_assert(status == TOT_ERROR_FORMAT || found.false_alarm > 1e-3);
}
END_TEST

START_TEST(what_tells_nothing_is_refused) {
    double time[POINTS], flux[POINTS];
    tot_period_range range = {0.2, 1.2, 6};
    tot_found_period found;
    tot_error error;
    make(time, flux, 0.4, 0.06, 0.04, 1);
    ck_assert_int_eq(tot_find_period(time, flux, 2, &range, &found, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "2 points, at least 20 are needed");
    ck_assert_int_eq(tot_find_period(time, flux, 0, &range, &found, &error), TOT_ERROR_FORMAT);
    ck_assert_int_eq(tot_find_period(time, flux, 25, &range, &found, &error), TOT_OK);
    range.maximum = 1000;
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error), TOT_ERROR_FORMAT);
    range = (tot_period_range){1e-6, 1, 6};
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error),
                     TOT_ERROR_ARGUMENT);
    range = (tot_period_range){0.5, 0.2, 6};
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error),
                     TOT_ERROR_ARGUMENT);
    range = (tot_period_range){0.2, 1.2, 6};
    time[7] = INFINITY;
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the time of point 8 is not a finite number");
    time[7] = 2450000;
    for (int k = 0; k < POINTS; k++)
        flux[k] = 1;
    ck_assert_int_eq(tot_find_period(time, flux, POINTS, &range, &found, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the flux doesn't vary");
}
END_TEST

START_TEST(memory_may_run_out) {
    double time[POINTS], flux[POINTS];
    const tot_period_range range = {0.3, 0.5, 6};
    tot_found_period found;
    tot_error error;
    tot_status status;
    make(time, flux, 0.4, 0.06, 0.04, 1);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_find_period(time, flux, POINTS, &range, &found, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
}
END_TEST

Suite *period_search_suite(void) {
    Suite *suite = suite_create("period search");
    TCase *tests = tcase_create("period search");
    tcase_add_loop_test(tests, the_orbit_is_found, 0, 6);
    tcase_add_test(tests, like_minima_are_told);
    tcase_add_loop_test(tests, noise_has_no_period, 0, 5);
    tcase_add_test(tests, what_tells_nothing_is_refused);
    tcase_add_test(tests, memory_may_run_out);
    suite_add_tcase(suite, tests);
    return suite;
}
