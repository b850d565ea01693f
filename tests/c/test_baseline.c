#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "curve/baseline.h"
#include "curves.h"
#include "failing_allocator.h"
#include "suites.h"

enum { POINTS = 600, SEASONS = 9 };

static const double PERIOD = 0.36, FIRST = 2452000;

typedef struct star {
    double time[POINTS], flux[POINTS], segment[POINTS], clean[POINTS], corrected[POINTS];
    tot_observed observed;
} star;

/* Nine seasons of 200 days; `offset`: standard deviation of their zero points. */
static void make(star *s, double noise, double offset, uint64_t seed) {
    tot_rng rng = tot_rng_stream(seed, 0);
    double zero[SEASONS];
    for (int k = 0; k < SEASONS; k++)
        zero[k] = offset * tot_rng_normal(&rng);
    for (int k = 0; k < POINTS; k++) {
        const int season = k % SEASONS;
        s->time[k] = FIRST + 365 * season + 200 * tot_rng_uniform(&rng);
        s->segment[k] = 7 + season;
        s->clean[k] = contact_curve((s->time[k] - FIRST) / PERIOD, 0.4, 0.05, 0.04) +
                      noise * tot_rng_normal(&rng);
        s->flux[k] = s->clean[k] + zero[season];
    }
    s->observed = (tot_observed){s->time, s->flux, s->segment, POINTS};
}

/* Rms of what the correction left of the baseline, without a common constant. */
static double left(const star *s) {
    double mean = 0, sum = 0;
    for (int k = 0; k < POINTS; k++)
        mean += (s->corrected[k] - s->clean[k]) / POINTS;
    for (int k = 0; k < POINTS; k++)
        sum += pow(s->corrected[k] - s->clean[k] - mean, 2) / POINTS;
    return sqrt(sum);
}

static tot_status correct(star *s, double spacing, tot_baseline *baseline, tot_error *error) {
    const tot_baseline_options options = {PERIOD, spacing, 6};
    return tot_remove_baseline(&s->observed, &options, s->corrected, baseline, error);
}

START_TEST(offsets_are_removed) {
    star s;
    tot_baseline baseline;
    tot_error error;
    make(&s, 0.03, 0.05, 1);
    for (int known = 1; known >= 0; known--) { /* with segments, then by the gaps */
        s.observed.segment = known ? s.segment : NULL;
        ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_OK);
        ck_assert_uint_eq(baseline.segments, SEASONS);
        ck_assert_uint_eq(baseline.knots, SEASONS);
        ck_assert_double_eq_tol(baseline.offset_spread, 0.05, 0.025);
        ck_assert_double_eq_tol(baseline.scatter, 0.03, 0.006);
        /* 67 points a season: 0.03 / sqrt(67) = 0.0037 each */
        ck_assert_double_lt(left(&s), 0.006);
    }
}
END_TEST

START_TEST(what_is_not_there_is_not_removed) {
    star s;
    tot_baseline baseline;
    tot_error error;
    make(&s, 0.03, 0, (uint64_t)_i);
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_OK);
    /* fitted freely, nine seasons would put in noise of 0.0037 */
    ck_assert_double_lt(left(&s), 0.0025);
}
END_TEST

START_TEST(a_trend_is_removed_and_no_eclipse) {
    star s;
    tot_baseline baseline;
    tot_error error;
    make(&s, 0.01, 0, 3);
    for (int k = 0; k < POINTS; k++)
        s.flux[k] += 0.1 * sin((s.time[k] - FIRST) / 100);
    ck_assert_int_eq(correct(&s, 50, &baseline, &error), TOT_OK);
    ck_assert_uint_gt(baseline.knots, 3 * SEASONS);
    ck_assert_double_lt(left(&s), 0.01); /* of 0.07 */
    double deepest = 1;
    for (int k = 0; k < POINTS; k++)
        deepest = fmin(deepest, s.corrected[k]);
    ck_assert_double_eq_tol(deepest, 0.6, 0.05);
}
END_TEST

START_TEST(a_neighbours_light_is_evened_out) {
    star s;
    tot_baseline baseline;
    tot_error error;
    make(&s, 0.002, 0, 4);
    for (int k = 0; k < POINTS; k++) /* a fifth of the light comes from elsewhere */
        if ((int)s.segment[k] % 2 == 0)
            s.flux[k] = 0.8 * s.clean[k] + 0.2 * 0.8;
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_OK);
    ck_assert_double_eq_tol(baseline.amplitude_spread, 0.11, 0.03);
    /* all seasons have the same amplitude now */
    double low[2] = {2, 2}, high[2] = {-2, -2};
    for (int k = 0; k < POINTS; k++) {
        const int kind = (int)s.segment[k] % 2;
        low[kind] = fmin(low[kind], s.corrected[k]);
        high[kind] = fmax(high[kind], s.corrected[k]);
    }
    ck_assert_double_eq_tol(high[0] - low[0], high[1] - low[1], 0.02);
}
END_TEST

START_TEST(hostile_data_are_refused) {
    star s;
    tot_baseline baseline;
    tot_error error;
    make(&s, 0.03, 0, 5);
    s.observed.count = 51;
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "51 points, at least 52 are needed");
    s.observed.count = 0;
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_ERROR_FORMAT);
    s.observed.count = POINTS;
    s.segment[3] = NAN;
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the segment of point 4 is not a finite number");
    s.segment[3] = 7;
    ck_assert_int_eq(correct(&s, -1, &baseline, &error), TOT_ERROR_ARGUMENT);
    for (int k = 0; k < POINTS; k++)
        s.segment[k] = k; /* a segment a point: all noise, none of it removed */
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_OK);
    ck_assert_double_lt(left(&s), 0.03);
    for (int k = 0; k < POINTS; k++)
        s.flux[k] = 1;
    ck_assert_int_eq(correct(&s, INFINITY, &baseline, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the flux doesn't vary");
}
END_TEST

START_TEST(memory_may_run_out) {
    star s;
    tot_baseline baseline;
    tot_error error;
    tot_status status;
    make(&s, 0.03, 0.05, 6);
    s.observed.segment = NULL;
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = correct(&s, INFINITY, &baseline, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
}
END_TEST

Suite *baseline_suite(void) {
    Suite *suite = suite_create("baseline");
    TCase *tests = tcase_create("baseline");
    tcase_add_test(tests, offsets_are_removed);
    tcase_add_loop_test(tests, what_is_not_there_is_not_removed, 0, 8);
    tcase_add_test(tests, a_trend_is_removed_and_no_eclipse);
    tcase_add_test(tests, a_neighbours_light_is_evened_out);
    tcase_add_test(tests, hostile_data_are_refused);
    tcase_add_test(tests, memory_may_run_out);
    suite_add_tcase(suite, tests);
    return suite;
}
