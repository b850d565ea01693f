#include <math.h>

#include "base/rng.h"
#include "curve/period.h"
#include "suites.h"

/* MANY: so many that the drift is first looked for in a part of them. */
enum { POINTS = 400, MANY = 1500 };

static const double TWO_PI = 6.28318530717958647692;
static const double PERIOD = 0.36;

/* A contact-like curve at random times of nine years, with noise and a few wild points. */
static void make(double *time, double *flux, int count, double noise, tot_rng *rng) {
    for (int k = 0; k < count; k++) {
        time[k] = 2452000 + 3285 * tot_rng_uniform(rng);
        const double angle = TWO_PI * (time[k] - 2452000) / PERIOD;
        flux[k] = 0.8 - 0.15 * cos(2 * angle) - 0.03 * cos(4 * angle) - 0.02 * cos(angle) +
                  noise * tot_rng_normal(rng);
        if (k % 50 == 7)
            flux[k] += 0.5;
    }
}

/* Phase drift over the data between two periods, cycles. */
static double drift_between(double a, double b) {
    return 3285 / a - 3285 / b;
}

START_TEST(a_catalogue_period_is_mended) {
    static double time[MANY], flux[MANY];
    const double drifts[] = {-0.25, -0.11, -0.03, 0.02, 0.07, 0.21};
    const int counts[] = {POINTS, MANY};
    tot_refined_period refined;
    tot_error error;
    const double wrong = PERIOD / (1 + drifts[_i] * PERIOD / 3285);
    const tot_period_search search = {wrong, 0.3, 6};
    for (int j = 0; j < 2; j++) {
        tot_rng rng = tot_rng_stream(3, (uint64_t)_i);
        make(time, flux, counts[j], 0.03, &rng);
        ck_assert_int_eq(
            tot_refine_period(time, flux, (size_t)counts[j], &search, &refined, &error), TOT_OK);
        /* good to a hundredth of a cycle over nine years */
        ck_assert_double_lt(fabs(drift_between(refined.period, PERIOD)), 0.01);
        ck_assert_double_eq_tol(refined.drift, -drifts[_i], 0.01);
        ck_assert_double_gt(refined.improvement, 9);
    }
}
END_TEST

START_TEST(a_good_period_is_kept) {
    double time[POINTS], flux[POINTS];
    tot_rng rng = tot_rng_stream(4, 0);
    tot_refined_period refined;
    tot_error error;
    const tot_period_search search = {PERIOD, 0.3, 6};
    make(time, flux, POINTS, 0.05, &rng);
    ck_assert_int_eq(tot_refine_period(time, flux, POINTS, &search, &refined, &error), TOT_OK);
    ck_assert_double_lt(fabs(drift_between(refined.period, PERIOD)), 0.01);
    for (int k = 0; k < POINTS; k++)
        flux[k] = 1;
    ck_assert_int_eq(tot_refine_period(time, flux, POINTS, &search, &refined, &error), TOT_OK);
    ck_assert_double_eq(refined.period, PERIOD);
    ck_assert_double_eq(refined.improvement, 0);
}
END_TEST

START_TEST(what_tells_nothing_is_refused) {
    double time[POINTS], flux[POINTS];
    tot_rng rng = tot_rng_stream(5, 0);
    tot_refined_period refined;
    tot_error error;
    make(time, flux, POINTS, 0.05, &rng);
    tot_period_search search = {PERIOD, 0.3, 6};
    ck_assert_int_eq(tot_refine_period(time, flux, 51, &search, &refined, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "51 points, at least 52 are needed");
    search.period = 5000;
    ck_assert_int_eq(tot_refine_period(time, flux, POINTS, &search, &refined, &error),
                     TOT_ERROR_FORMAT);
    search.period = -1;
    ck_assert_int_eq(tot_refine_period(time, flux, POINTS, &search, &refined, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the period must be above 0, got -1");
    search.period = PERIOD;
    flux[9] = NAN;
    ck_assert_int_eq(tot_refine_period(time, flux, POINTS, &search, &refined, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the flux of point 10 is not a finite number");
}
END_TEST

Suite *period_suite(void) {
    Suite *suite = suite_create("period");
    TCase *tests = tcase_create("period");
    tcase_add_loop_test(tests, a_catalogue_period_is_mended, 0, 6);
    tcase_add_test(tests, a_good_period_is_kept);
    tcase_add_test(tests, what_tells_nothing_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
