/* What a survey delivers: times, noise and defects have the statistics that the record asks for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curve/spline.h"
#include "curve/survey.h"
#include "failing_allocator.h"
#include "suites.h"
#include "surveys.h"

enum { PHASES = 100, ROOM = 200000 };

static const double PI = 3.14159265358979323846;

static double model[2 * PHASES];
static double columns[4][ROOM];

static tot_target plain_target(void) {
    for (size_t k = 0; k < PHASES; k++) {
        const double phase = -0.5 + (double)k / PHASES;
        model[k] = 1.0 - 0.2 * cos(4 * PI * phase) - 0.05 * cos(2 * PI * phase);
        model[PHASES + k] = model[k] + 0.1 * sin(2 * PI * phase);
    }
    return (tot_target){.flux = model,
                        .states = 1,
                        .count = PHASES,
                        .first_phase = -0.5,
                        .state_duration = 100,
                        .period = 0.35,
                        .outer_period = 1000,
                        .magnitude = NAN};
}

static tot_observation observe(const tot_survey *survey, const tot_target *target, size_t limit,
                               uint64_t seed) {
    tot_rng rng = tot_rng_stream(seed, 0);
    tot_error error = {{0}};
    tot_observation seen = {
        .time = columns[0], .flux = columns[1], .error = columns[2], .segment = columns[3]};
    ck_assert_uint_le(tot_survey_capacity(survey, limit), ROOM);
    ck_assert_msg(tot_survey_check(survey, &error) == TOT_OK, "%s", error.message);
    ck_assert_msg(tot_survey_observe(survey, target, limit, &rng, &seen, &error) == TOT_OK, "%s",
                  error.message);
    return seen;
}

/* The flux that the first state has at a time, in units of its maximum. */
static double expected(const tot_observation *seen, double period, double time) {
    const double phase = (time - seen->epoch) / period;
    return (1.0 - 0.2 * cos(4 * PI * phase) - 0.05 * cos(2 * PI * phase)) / 1.2015625;
}

START_TEST(without_errors_the_model_is_seen) {
    const tot_survey survey = plain_survey();
    const tot_target target = plain_target();
    const tot_observation seen = observe(&survey, &target, 0, 1);
    for (size_t k = 0; k < seen.count; k++) {
        const double truth = expected(&seen, target.period, seen.time[k]);
        ck_assert_double_eq_tol(seen.flux[k], truth,
                                1e-4); /* the maximum lies between two phases */
        ck_assert_double_eq_tol(seen.error[k], 1e-6 * 0.921 * truth, 1e-8);
        ck_assert_double_eq(seen.segment[k], 1);
        ck_assert(k == 0 || seen.time[k] > seen.time[k - 1]);
    }
    ck_assert_double_eq(seen.catalogue_period, target.period);
    ck_assert_double_eq(seen.catalogue_epoch, seen.epoch);
    ck_assert_uint_eq(seen.outliers, 0);
}
END_TEST

START_TEST(nights_have_seasons_moon_and_visits) {
    tot_survey survey = plain_survey();
    const tot_target target = plain_target();
    survey.moon = 8;
    survey.exposures = 4;
    survey.exposure_spacing = 0.007;
    survey.points = constant(800);
    survey.baseline = constant(2000);
    survey.revisit = constant(3);
    double total = 0, gap = 0, in_visit = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        const tot_observation seen = observe(&survey, &target, 0, seed);
        double widest = 0;
        total += (double)seen.count;
        for (size_t k = 0; k < seen.count; k++) {
            const double from_midnight = seen.time[k] - floor(seen.time[k] + 0.5);
            ck_assert(from_midnight >= -0.2 && from_midnight <= 0.2 + 3 * 0.007);
            if (k > 0) {
                widest = fmax(widest, seen.time[k] - seen.time[k - 1]);
                in_visit += fabs(seen.time[k] - seen.time[k - 1] - 0.007) < 1e-6;
            }
        }
        gap += widest / 40;
    }
    ck_assert_double_eq_tol(total / 40, 800, 30);
    /* 0.4 of the year is out of season; full moon may lengthen the gap. */
    ck_assert_double_eq_tol(gap, 0.4 * 365.25 + 8, 12);
    ck_assert_double_eq_tol(in_visit / total, 0.75, 0.002);
}
END_TEST

START_TEST(segments_follow_each_other) {
    tot_survey survey = plain_survey();
    const tot_target target = plain_target();
    survey.window = TOT_WINDOW_CONTINUOUS;
    survey.segments = constant(3);
    survey.pause = 1;
    const tot_observation seen = observe(&survey, &target, 0, 1);
    const double each = 27 / 0.02 - 1 / 0.02;
    ck_assert_double_eq_tol((double)seen.count, 3 * each, 6);
    ck_assert_double_eq(seen.segment[0], 1);
    ck_assert_double_eq(seen.segment[seen.count - 1], 3);
    size_t gaps = 0;
    for (size_t k = 1; k < seen.count; k++) {
        const double gap = seen.time[k] - seen.time[k - 1];
        ck_assert(fabs(gap - 0.02) < 1e-6 || (gap > 0.99 && gap < 1.05));
        gaps += gap > 0.5;
    }
    ck_assert_uint_eq(gaps, 5);
}
END_TEST

/* A thinned curve has the scatter of the means, and its mean where the full one has it. */
START_TEST(a_limit_thins_exposures_and_noise) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    survey.window = TOT_WINDOW_CONTINUOUS;
    survey.segments = constant(4);
    survey.unit = TOT_NOISE_CONSTANT;
    survey.sigma[0] = 0.01;
    for (size_t k = 0; k < PHASES; k++)
        model[k] = 1;
    const size_t limits[] = {0, 700};
    for (size_t j = 0; j < 2; j++) {
        const tot_observation seen = observe(&survey, &target, limits[j], 3);
        const double thinning = j == 0 ? 1 : 8;
        double sum = 0, squares = 0;
        for (size_t k = 0; k < seen.count; k++) {
            sum += seen.flux[k] - 1;
            squares += (seen.flux[k] - 1) * (seen.flux[k] - 1);
        }
        ck_assert_double_eq_tol((double)seen.count, 5400 / thinning, 10);
        ck_assert_double_eq_tol(sqrt(squares / (double)seen.count), 0.01 / sqrt(thinning), 4e-4);
        ck_assert_double_eq_tol(sum / (double)seen.count, 0, 5e-4);
        ck_assert_double_eq_tol(seen.noise, 0.01 / sqrt(thinning), 1e-12);
    }
}
END_TEST

START_TEST(noise_follows_the_magnitude_and_has_tails) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    survey.points = constant(20000);
    survey.magnitudes = 2;
    survey.row_magnitude[0] = 9;
    survey.row_magnitude[1] = 11;
    survey.sigma[0] = 0.01;
    survey.sigma[1] = 0.04;
    survey.quoted[1] = 0.04;
    survey.tail = 3;
    for (size_t k = 0; k < PHASES; k++)
        model[k] = 1;
    const tot_observation seen = observe(&survey, &target, 0, 4);
    size_t within = 0, far = 0;
    for (size_t k = 0; k < seen.count; k++) {
        const double z = log(seen.flux[k]) / (0.921034 * 0.02); /* sigma at 10: 0.02 mag */
        within += fabs(z) < 1;
        far += fabs(z) > 4;
    }
    ck_assert_double_eq_tol((double)within / (double)seen.count, 0.6827, 0.012);
    /* t with 3 degrees of freedom beyond 4 * 1.197: 0.0173; a normal deviate: 0.00006 */
    ck_assert_double_eq_tol((double)far / (double)seen.count, 0.0173, 0.003);
}
END_TEST

START_TEST(outliers_and_offsets_have_their_sizes) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    survey.points = constant(20000);
    survey.datasets = constant(4);
    survey.outliers = constant(0.05);
    survey.outlier_size = 0.3;
    survey.outlier_faint = 0.8;
    for (size_t k = 0; k < PHASES; k++)
        model[k] = 1;
    tot_observation seen = observe(&survey, &target, 0, 5);
    double faint = 0, bright = 0, size = 0;
    for (size_t k = 0; k < seen.count; k++) {
        const double magnitude = -log(seen.flux[k]) / 0.921034;
        faint += magnitude > 1e-4;
        bright += magnitude < -1e-4;
        size += fabs(magnitude) > 1e-4 ? fabs(magnitude) : 0;
    }
    ck_assert_double_eq_tol((faint + bright) / (double)seen.count, 0.05, 0.005);
    ck_assert_double_eq_tol(faint / (faint + bright), 0.8, 0.04);
    ck_assert_double_eq_tol(size / (faint + bright), 0.3, 0.03);
    ck_assert_double_eq_tol((double)seen.outliers, faint + bright, 3);

    /* Every point of a data set has the same offset. */
    survey.outliers = constant(0);
    survey.segment_offset = constant(0.1);
    seen = observe(&survey, &target, 0, 6);
    double level[5] = {0};
    for (size_t k = 0; k < seen.count; k++) {
        const size_t segment = (size_t)seen.segment[k];
        ck_assert(segment >= 1 && segment <= 4);
        if (level[segment] == 0)
            level[segment] = seen.flux[k];
        ck_assert_double_eq_tol(seen.flux[k], level[segment], 1e-5);
    }
    for (size_t k = 2; k <= 4; k++)
        ck_assert(fabs(level[k] - level[1]) > 1e-3);
}
END_TEST

START_TEST(long_exposures_smear_and_third_light_dilutes) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    double smeared[PHASES], c[PHASES];
    tot_spline_coefficients(model, PHASES, c);
    tot_spline_smear(c, PHASES, 0.2, smeared);
    for (size_t k = 0; k < PHASES; k++) {
        /* The mean of cos(n x) over a width w is sinc(n w / 2) cos(n x). */
        const double phase = -0.5 + (double)k / PHASES, w = 0.2 * PI;
        ck_assert_double_eq_tol(smeared[k],
                                1 - 0.2 * sin(2 * w) / (2 * w) * cos(4 * PI * phase) -
                                    0.05 * sin(w) / w * cos(2 * PI * phase),
                                2e-4);
    }
    survey.third_light = constant(0.3);
    target.third_light = 0.2;
    const tot_observation seen = observe(&survey, &target, 0, 7);
    ck_assert_double_eq_tol(seen.third_light, 1 - 0.7 * 0.8, 1e-12);
    double minimum = 1;
    for (size_t k = 0; k < seen.count; k++)
        minimum = fmin(minimum, seen.flux[k]);
    ck_assert_double_eq_tol(minimum, 1 - 0.56 * (1 - 0.75 / 1.2015625), 0.01);
    /* With so much third light the star would not have been found. */
    target.minimum_amplitude = 0.25;
    ck_assert_double_eq(observe(&survey, &target, 0, 7).third_light, 0.2);
}
END_TEST

START_TEST(spots_drift_periods_change_and_catalogues_err) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    target.states = 2;
    target.state_duration = 550; /* the second state is reached at the middle */
    survey.season = constant(1);
    tot_observation seen = observe(&survey, &target, 0, 8);
    double early = 0, middle = 0;
    for (size_t k = 0; k < seen.count; k++) {
        const double off = fabs(seen.flux[k] - expected(&seen, target.period, seen.time[k]));
        if (seen.time[k] < survey.start + 100)
            early = fmax(early, off);
        else if (fabs(seen.time[k] - survey.start - 550) < 60)
            middle = fmax(middle, off);
    }
    ck_assert_double_lt(early, 0.03);
    ck_assert_double_gt(middle, 0.05);

    /* Half of dP/dt (T/2)^2 / P: 0.1 d at the ends. */
    target.states = 1;
    target.period_change = 0.1 * 2 * 0.35 / (550.0 * 550.0);
    seen = observe(&survey, &target, 0, 9);
    double worst = 0;
    for (size_t k = 0; k < seen.count; k++) {
        const double since = seen.time[k] - survey.start - 550;
        const double delay = 0.5 * target.period_change * since * since / 0.35;
        worst = fmax(worst, fabs(seen.flux[k] - expected(&seen, 0.35, seen.time[k] - delay)));
    }
    ck_assert_double_lt(worst, 2e-3);

    survey.period_error = constant(0.2);
    survey.epoch_error = constant(0.1);
    seen = observe(&survey, &target, 0, 10);
    ck_assert_double_eq_tol(fabs(1 / seen.catalogue_period - 1 / 0.35) * 1100, 0.2, 1e-3);
    ck_assert_double_eq_tol(fabs(seen.catalogue_epoch - seen.epoch), 0.035, 1e-9);
}
END_TEST

START_TEST(wrong_numbers_are_named) {
    tot_survey survey = plain_survey();
    tot_target target = plain_target();
    tot_rng rng = tot_rng_stream(1, 1);
    tot_error error;
    tot_observation seen = {
        .time = columns[0], .flux = columns[1], .error = columns[2], .segment = columns[3]};
    survey.season = (tot_quantiles){2, {0.6, 0.3}};
    ck_assert_int_eq(tot_survey_check(&survey, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "season: quantiles must not descend");
    survey = plain_survey();
    survey.outlier_faint = 2;
    ck_assert_int_eq(tot_survey_check(&survey, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "outlier_faint must be from 0 to 1, got 2");
    survey = plain_survey();
    survey.tail = 1;
    ck_assert_int_eq(tot_survey_check(&survey, &error), TOT_ERROR_ARGUMENT);
    survey = plain_survey();
    survey.sigma[0] = 0;
    ck_assert_int_eq(tot_survey_check(&survey, &error), TOT_ERROR_ARGUMENT);
    survey = plain_survey();
    target.period = -1;
    ck_assert_int_eq(tot_survey_observe(&survey, &target, 0, &rng, &seen, &error),
                     TOT_ERROR_ARGUMENT);
    target = plain_target();
    model[7] = NAN;
    ck_assert_int_eq(tot_survey_observe(&survey, &target, 0, &rng, &seen, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the flux of point 8 is not above 0");
}
END_TEST

START_TEST(memory_may_run_out) {
    const tot_survey survey = plain_survey();
    const tot_target target = plain_target();
    tot_status status = TOT_ERROR_MEMORY;
    for (size_t index = 0; status != TOT_OK; index++) {
        tot_rng rng = tot_rng_stream(1, 1);
        tot_error error;
        tot_observation seen = {
            .time = columns[0], .flux = columns[1], .error = columns[2], .segment = columns[3]};
        failing_allocator_begin(index);
        status = tot_survey_observe(&survey, &target, 0, &rng, &seen, &error);
        if (failing_allocator_end())
            ck_assert_int_eq(status, TOT_ERROR_MEMORY);
        ck_assert_uint_lt(index, 10);
    }
}
END_TEST

START_TEST(quantiles_are_joined_by_straight_lines) {
    const tot_quantiles q = {3, {0, 1, 5}};
    ck_assert_double_eq(tot_quantile(&q, 0), 0);
    ck_assert_double_eq(tot_quantile(&q, 0.25), 0.5);
    ck_assert_double_eq(tot_quantile(&q, 0.75), 3);
    ck_assert_double_eq(tot_quantile(&q, 1), 5);
    ck_assert_double_eq(tot_quantiles_maximum(&q), 5);
    const tot_quantiles one = constant(4);
    ck_assert_double_eq(tot_quantile(&one, 0.3), 4);
}
END_TEST

Suite *survey_suite(void) {
    Suite *suite = suite_create("survey");
    TCase *tests = tcase_create("survey");
    tcase_add_test(tests, without_errors_the_model_is_seen);
    tcase_add_test(tests, nights_have_seasons_moon_and_visits);
    tcase_add_test(tests, segments_follow_each_other);
    tcase_add_test(tests, a_limit_thins_exposures_and_noise);
    tcase_add_test(tests, noise_follows_the_magnitude_and_has_tails);
    tcase_add_test(tests, outliers_and_offsets_have_their_sizes);
    tcase_add_test(tests, long_exposures_smear_and_third_light_dilutes);
    tcase_add_test(tests, spots_drift_periods_change_and_catalogues_err);
    tcase_add_test(tests, wrong_numbers_are_named);
    tcase_add_test(tests, memory_may_run_out);
    tcase_add_test(tests, quantiles_are_joined_by_straight_lines);
    suite_add_tcase(suite, tests);
    return suite;
}
