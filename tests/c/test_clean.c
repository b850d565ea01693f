#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "curve/clean.h"
#include "curves.h"
#include "failing_allocator.h"
#include "suites.h"

enum { MANY = 2000 };

static double uniform_phase(tot_rng *rng) {
    return tot_rng_uniform(rng) - 0.5;
}

/* ---- outliers ---- */

static size_t outliers_of(const double *phase, const double *flux, size_t count, bool *keep) {
    tot_error error;
    size_t outliers = SIZE_MAX;
    ck_assert_int_eq(tot_remove_outliers(phase, flux, count, TOT_SIGMA_LOWER, TOT_SIGMA_UPPER, keep,
                                         &outliers, &error),
                     TOT_OK);
    return outliers;
}

START_TEST(clean_curves_lose_no_point) {
    static const size_t counts[] = {10, 12, 20, 33, 50, 100, 101, 400, MANY};
    static double phase[MANY], flux[MANY];
    static bool keep[MANY];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int kind = 0; kind < 4; kind++)
            for (int depth = 0; depth < 3; depth++) {
                const double amplitude = (const double[]){0.02, 0.3, 1.0}[depth];
                for (size_t k = 0; k < counts[c]; k++) {
                    phase[k] = (double)k / (double)counts[c] - 0.5;
                    flux[k] =
                        kind == 0   ? cosine_curve(phase[k], amplitude)
                        : kind == 1 ? contact_curve(phase[k], amplitude, 0.1 * amplitude, 0.05)
                        : kind == 2 ? trapezoid_curve(phase[k], amplitude)
                                    : contact_curve(phase[k], amplitude, 0.8 * amplitude, 0.0);
                }
                ck_assert_uint_eq(outliers_of(phase, flux, counts[c], keep), 0);
            }
}
END_TEST

START_TEST(outliers_are_found_and_little_else) {
    tot_rng rng = tot_rng_stream(9, 0);
    size_t found = 0, false_alarms = 0, injected = 0, total = 0;
    for (int trial = 0; trial < 200; trial++) {
        double phase[300], flux[300];
        bool keep[300], bad[300];
        for (size_t k = 0; k < 300; k++) {
            phase[k] = uniform_phase(&rng);
            flux[k] = contact_curve(phase[k], 0.45, 0.05, 0.05) + 0.03 * tot_rng_normal(&rng);
            bad[k] = tot_rng_uniform(&rng) < 0.03;
            if (bad[k])
                flux[k] += tot_rng_uniform(&rng) < 0.5 ? 0.3 : -0.35;
            injected += bad[k];
        }
        outliers_of(phase, flux, 300, keep);
        for (size_t k = 0; k < 300; k++) {
            found += bad[k] && !keep[k];
            false_alarms += !bad[k] && !keep[k];
            total += !bad[k];
        }
    }
    ck_assert(found > 0.99 * (double)injected);
    ck_assert((double)false_alarms < 3e-4 * (double)total); /* normal noise alone: 3e-5 */
}
END_TEST

START_TEST(limits_of_outliers_are_obeyed) {
    double phase[100], flux[100];
    bool keep[100];
    size_t outliers;
    tot_error error;
    for (size_t k = 0; k < 100; k++) {
        phase[k] = (double)k / 100;
        flux[k] = cosine_curve(phase[k], 0.4);
    }
    flux[10] = 3.0;
    flux[60] = -2.0;
    ck_assert_uint_eq(outliers_of(phase, flux, 100, keep), 2);
    ck_assert(!keep[10] && !keep[60]);
    ck_assert_int_eq(tot_remove_outliers(phase, flux, 100, INFINITY, 4, keep, &outliers, &error),
                     TOT_OK);
    ck_assert(outliers == 1 && !keep[10]);
    ck_assert_int_eq(tot_remove_outliers(phase, flux, 100, 0, 4, keep, &outliers, &error),
                     TOT_ERROR_ARGUMENT);
}
END_TEST

/* ---- weights ---- */

/* A deviate of Student's distribution with 4 degrees of freedom: chi^2 of 4 is exponential twice.
 */
static double student(tot_rng *rng) {
    const double product = (1.0 - tot_rng_uniform(rng)) * (1.0 - tot_rng_uniform(rng));
    return tot_rng_normal(rng) / sqrt(-2.0 * log(product) / 4.0);
}

static void weigh(const double *phase, const double *flux, size_t count, double *weight) {
    tot_error error;
    ck_assert_int_eq(tot_weigh_points(phase, flux, count, weight, &error), TOT_OK);
}

/* Variance of the weighted mean over the flat bottom, relative to that of the mean, over many
 * curves with this noise. */
static double relative_variance(double (*deviate)(tot_rng *)) {
    enum { COUNT = 400, TRIALS = 400 };
    static double phase[COUNT], flux[COUNT], weight[COUNT];
    double of_mean = 0.0, of_weighted = 0.0;
    for (int trial = 0; trial < TRIALS; trial++) {
        tot_rng rng = tot_rng_stream(31, (uint64_t)trial);
        for (size_t k = 0; k < COUNT; k++) {
            phase[k] = uniform_phase(&rng);
            flux[k] = contact_curve(phase[k], 0.45, 0.05, 0.05) + 0.03 * deviate(&rng);
        }
        weigh(phase, flux, COUNT, weight);
        double sum = 0.0, weighted = 0.0, weights = 0.0, bottom = 0.0;
        for (size_t k = 0; k < COUNT; k++)
            if (fabs(phase[k]) > 0.45) {
                sum += flux[k];
                weighted += weight[k] * flux[k];
                weights += weight[k];
                bottom += 1.0;
            }
        const double level = contact_curve(0.5, 0.45, 0.05, 0.05);
        of_mean += pow(sum / bottom - level, 2.0);
        of_weighted += pow(weighted / weights - level, 2.0);
    }
    return of_weighted / of_mean;
}

/* The mean's efficiency for nu degrees of freedom is (nu - 2)(nu + 3) / (nu (nu + 1)), 0.7 here. */
START_TEST(weights_make_the_best_of_long_tails) {
    ck_assert_double_eq_tol(relative_variance(student), 0.7, 0.12);
    ck_assert(relative_variance(tot_rng_normal) < 1.06);
}
END_TEST

/* Points that lie on the curve, or four sigma off, whatever the noise of the others: the mean of
 * their weights over many curves. With 200 points of this noise the mean of a hundredth has an
 * error of 0.014, which leaves 0.93 of the difference to 1. */
START_TEST(weights_fall_with_the_distance) {
    enum { COUNT = 200, TRIALS = 100 };
    double phase[COUNT], flux[COUNT], weight[COUNT], sums[4] = {0};
    for (int trial = 0; trial < TRIALS; trial++) {
        tot_rng rng = tot_rng_stream(32, (uint64_t)trial);
        for (size_t k = 0; k < COUNT; k++) {
            phase[k] = (double)k / COUNT;
            flux[k] = cosine_curve(phase[k], 0.4) + 0.02 * tot_rng_normal(&rng);
        }
        flux[20] = cosine_curve(phase[20], 0.4);
        flux[70] = cosine_curve(phase[70], 0.4) + 0.08;
        flux[130] = cosine_curve(phase[130], 0.4) - 0.08;
        weigh(phase, flux, COUNT, weight);
        sums[0] += weight[20];
        sums[1] += weight[70];
        sums[2] += weight[130];
        for (size_t k = 0; k < COUNT; k++)
            sums[3] += weight[k] / COUNT;
    }
    ck_assert_double_eq_tol(sums[0] / TRIALS, 1.0 + 0.93 * (5.0 / 4.0 - 1.0), 0.03);
    /* the series, and the median of the neighbours, give way to such a point a little */
    ck_assert_double_eq_tol(sums[1] / TRIALS, 1.0 + 0.93 * (5.0 / 20.0 - 1.0), 0.06);
    ck_assert_double_eq_tol(sums[2] / TRIALS, 1.0 + 0.93 * (5.0 / 20.0 - 1.0), 0.06);
    ck_assert_double_eq_tol(sums[3] / TRIALS, 1.05, 0.03); /* of normal deviates 1.053 */
}
END_TEST

START_TEST(weights_of_many_sure_points_are_alike) {
    static double phase[20 * MANY], flux[20 * MANY], weight[20 * MANY];
    tot_rng rng = tot_rng_stream(35, 0);
    for (size_t k = 0; k < 20 * MANY; k++) {
        phase[k] = uniform_phase(&rng);
        flux[k] = cosine_curve(phase[k], 0.4) + 4e-3 * student(&rng);
    }
    weigh(phase, flux, 20 * MANY, weight);
    for (size_t k = 0; k < 20 * MANY; k++)
        ck_assert_double_eq_tol(weight[k], 1.0, 0.01);
}
END_TEST

/* A series of eight harmonics misses corners by many sigma of a good curve. */
START_TEST(weights_spare_what_the_series_misses) {
    static double phase[MANY], flux[MANY], weight[MANY];
    tot_rng rng = tot_rng_stream(33, 0);
    for (size_t k = 0; k < MANY; k++) {
        phase[k] = uniform_phase(&rng);
        flux[k] = trapezoid_curve(phase[k], 0.4) + 1e-3 * tot_rng_normal(&rng);
    }
    weigh(phase, flux, MANY, weight);
    double corners = 0.0, count = 0.0;
    for (size_t k = 0; k < MANY; k++) {
        const double x = fmin(fabs(phase[k]), 0.5 - fabs(phase[k]));
        if (fabs(x - 0.05) < 0.01 || fabs(x - 0.15) < 0.01) {
            corners += weight[k];
            count += 1.0;
        }
    }
    ck_assert(count > 100.0 && corners / count > 0.7);
    for (size_t k = 0; k < MANY; k++)
        flux[k] = trapezoid_curve(phase[k], 0.4);
    weigh(phase, flux, MANY, weight); /* without any noise */
    for (size_t k = 0; k < MANY; k++)
        ck_assert(weight[k] > 0.0 && weight[k] <= 1.25);
}
END_TEST

START_TEST(weights_belong_to_their_points) {
    double phase[50], flux[50], weight[50], turned_phase[50], turned_flux[50], turned[50];
    tot_rng rng = tot_rng_stream(34, 0);
    for (size_t k = 0; k < 50; k++) {
        phase[k] = uniform_phase(&rng);
        flux[k] = cosine_curve(phase[k], 0.4) + 0.03 * tot_rng_normal(&rng);
    }
    for (size_t k = 0; k < 50; k++) {
        turned_phase[k] = phase[49 - k];
        turned_flux[k] = flux[49 - k];
    }
    weigh(phase, flux, 50, weight);
    weigh(turned_phase, turned_flux, 50, turned);
    for (size_t k = 0; k < 50; k++)
        ck_assert_double_eq(weight[k], turned[49 - k]);
    tot_error error;
    ck_assert_int_eq(tot_weigh_points(phase, flux, 9, weight, &error), TOT_ERROR_FORMAT);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        const tot_status status = tot_weigh_points(phase, flux, 50, weight, &error);
        if (!failing_allocator_end()) {
            ck_assert_int_eq(status, TOT_OK);
            break;
        }
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
}
END_TEST

Suite *clean_suite(void) {
    Suite *suite = suite_create("clean");
    TCase *tcase = tcase_create("clean");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, clean_curves_lose_no_point);
    tcase_add_test(tcase, outliers_are_found_and_little_else);
    tcase_add_test(tcase, limits_of_outliers_are_obeyed);
    tcase_add_test(tcase, weights_make_the_best_of_long_tails);
    tcase_add_test(tcase, weights_fall_with_the_distance);
    tcase_add_test(tcase, weights_of_many_sure_points_are_alike);
    tcase_add_test(tcase, weights_spare_what_the_series_misses);
    tcase_add_test(tcase, weights_belong_to_their_points);
    suite_add_tcase(suite, tcase);
    return suite;
}
