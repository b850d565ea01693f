#include "curve/observed.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "curves.h"
#include "suites.h"

enum { POINTS = 400 };

static const double PERIOD = 0.36, SPAN = 3285, FIRST = 2452000;

typedef struct star {
    double time[POINTS], flux[POINTS], segment[POINTS], phase[POINTS], folded[POINTS];
    tot_observed observed;
} star;

/* A contact binary at random times of nine years. */
static void make(star *s, double noise, uint64_t seed) {
    tot_rng rng = tot_rng_stream(seed, 0);
    for (int k = 0; k < POINTS; k++) {
        s->time[k] = FIRST + SPAN * tot_rng_uniform(&rng);
        s->segment[k] = floor((s->time[k] - FIRST) / 365);
        s->flux[k] = contact_curve((s->time[k] - FIRST) / PERIOD, 0.4, 0.05, 0.04) +
                     noise * tot_rng_normal(&rng);
    }
    s->observed = (tot_observed){s->time, s->flux, s->segment, POINTS};
}

START_TEST(a_catalogue_period_is_mended) {
    star s;
    make(&s, 0.03, 1);
    const double wrong = PERIOD / (1 + 0.15 * PERIOD / SPAN);
    tot_folding_options options = {.period = wrong, .epoch = FIRST, .drift = 0.3};
    tot_folding folding;
    tot_error error;
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, &folding, &error),
                     TOT_OK);
    ck_assert_double_eq_tol(SPAN / folding.period - SPAN / PERIOD, 0, 0.01);
    for (int k = 0; k < POINTS; k++) {
        const double cycle = (s.time[k] - folding.epoch) / folding.period;
        ck_assert_double_eq_tol(s.phase[k], cycle - floor(cycle + 0.5), 1e-9);
    }
    options.drift = 0;
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, &folding, &error),
                     TOT_OK);
    ck_assert_double_eq(folding.period, wrong);
}
END_TEST

START_TEST(what_is_no_curve_is_refused) {
    star s;
    make(&s, 0.03, 1);
    tot_folding_options options = {.period = 4000, .epoch = FIRST, .drift = 0.3};
    tot_error error;
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, NULL, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "a period of 4000 is longer than the data"));
    options.period = PERIOD;
    options.drift = 2;
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, NULL, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "drift must be from 0 to 1, got 2");
    options.drift = 0.3;
    s.flux[4] = NAN;
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, NULL, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the flux of point 5 is not a finite number");
    s.flux[4] = 1;
    s.observed.count = 12; /* too few to refine the period, enough to fold */
    ck_assert_int_eq(tot_fold_observed(&s.observed, &options, s.phase, s.folded, NULL, &error),
                     TOT_OK);
}
END_TEST

Suite *observed_suite(void) {
    Suite *suite = suite_create("observed");
    TCase *tests = tcase_create("observed");
    tcase_add_test(tests, a_catalogue_period_is_mended);
    tcase_add_test(tests, what_is_no_curve_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
