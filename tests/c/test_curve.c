#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "curve/bin.h"
#include "curve/flatness.h"
#include "curve/fold.h"
#include "curve/fourier.h"
#include "curve/noise.h"
#include "curve/observe.h"
#include "curve/photometry.h"
#include "curve/robust.h"
#include "curve/shape.h"
#include "curves.h"
#include "suites.h"

enum { MANY = 2000 };

static double uniform_phase(tot_rng *rng) {
    return tot_rng_uniform(rng) - 0.5;
}

/* ---- fold ---- */

START_TEST(fold_gives_phases_in_the_half_open_cycle) {
    const double time[] = {0, 0.25, 0.5, 0.75, 1, -0.25, 2452000.3, -1e-18, 0.5 - 1e-17};
    double phase[9];
    tot_error error;
    ck_assert_int_eq(tot_fold(time, 9, 1.0, 0.0, phase, &error), TOT_OK);
    const double expected[] = {0, 0.25, -0.5, -0.25, 0, -0.25, 0.3, 0, -0.5};
    for (size_t k = 0; k < 9; k++) {
        ck_assert_double_eq_tol(phase[k], expected[k], 1e-9);
        ck_assert(phase[k] >= -0.5 && phase[k] < 0.5);
    }
    ck_assert_int_eq(tot_fold(time, 9, 0.4, 2452000.3, phase, &error), TOT_OK);
    ck_assert_double_eq_tol(phase[6], 0.0, 1e-12);
}
END_TEST

START_TEST(fold_refuses_what_has_no_phase) {
    const double time[] = {1, NAN}, good[] = {1, 2};
    double phase[2];
    tot_error error;
    ck_assert_int_eq(tot_fold(good, 2, 0.0, 0.0, phase, &error), TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_fold(good, 2, -1.0, 0.0, phase, &error), TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_fold(good, 2, NAN, 0.0, phase, &error), TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_fold(good, 2, 1.0, INFINITY, phase, &error), TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_fold(time, 2, 1.0, 0.0, phase, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the time of point 2 is not a number");
}
END_TEST

/* ---- robust ---- */

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(selection_agrees_with_sorting) {
    tot_rng rng = tot_rng_stream(3, 0);
    for (int trial = 0; trial < 200; trial++) {
        double values[300], sorted[300], work[300];
        const size_t count = 1 + (size_t)tot_rng_below(&rng, 300);
        for (size_t k = 0; k < count; k++) /* few different values: many ties */
            values[k] = sorted[k] = (double)tot_rng_below(&rng, 1 + (uint64_t)trial);
        qsort(sorted, count, sizeof *sorted, compare_doubles);
        for (size_t rank = 0; rank < count; rank++) {
            memcpy(work, values, sizeof work);
            ck_assert_double_eq(tot_select(work, count, rank), sorted[rank]);
        }
        memcpy(work, values, sizeof work);
        ck_assert_double_eq(tot_median(work, count),
                            0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]));
    }
}
END_TEST

/* ---- points and fit ---- */

START_TEST(points_are_sorted_by_phase_then_flux) {
    tot_rng rng = tot_rng_stream(4, 0);
    static double phase[MANY], flux[MANY];
    static tot_point points[MANY];
    for (int crowded = 0; crowded < 2; crowded++) {
        for (size_t k = 0; k < MANY; k++) {
            /* crowded: nearly all points in one place */
            phase[k] = crowded ? 1e-6 * (double)tot_rng_below(&rng, 20) : uniform_phase(&rng) + 7;
            flux[k] = tot_rng_uniform(&rng);
        }
        tot_error error;
        ck_assert_int_eq(tot_sort_points(phase, flux, MANY, points, &error), TOT_OK);
        bool seen[MANY] = {false};
        for (size_t k = 0; k < MANY; k++) {
            ck_assert(points[k].phase >= -0.5 && points[k].phase < 0.5);
            ck_assert_double_eq(points[k].flux, flux[points[k].index]);
            ck_assert(!seen[points[k].index]);
            seen[points[k].index] = true;
            if (k > 0)
                ck_assert(points[k - 1].phase < points[k].phase ||
                          (points[k - 1].phase == points[k].phase &&
                           points[k - 1].flux <= points[k].flux));
        }
    }
}
END_TEST

static void fit_points(const double *phase, const double *flux, size_t count, tot_point *points,
                       tot_fourier *fit) {
    tot_error error;
    ck_assert_int_eq(tot_sort_points(phase, flux, count, points, &error), TOT_OK);
    ck_assert_int_eq(tot_fourier_fit(points, count, fit, &error), TOT_OK);
}

START_TEST(fit_recovers_a_series_through_outliers) {
    tot_rng rng = tot_rng_stream(5, 0);
    double phase[200], flux[200];
    tot_point points[200];
    tot_fourier fit;
    for (size_t k = 0; k < 200; k++) {
        phase[k] = uniform_phase(&rng);
        flux[k] = 3.0 + 0.2 * cos(2 * TAU * phase[k]) - 0.05 * sin(TAU * phase[k]) +
                  0.03 * cos(4 * TAU * phase[k]);
        if (k % 20 == 7)
            flux[k] += k % 40 == 7 ? 1e6 : -0.5; /* one in twenty, some wild */
    }
    fit_points(phase, flux, 200, points, &fit);
    ck_assert_double_eq_tol(fit.mean, 3.0, 1e-4);
    ck_assert_double_eq_tol(fit.cosine[1], 0.2, 1e-4);
    ck_assert_double_eq_tol(fit.sine[0], -0.05, 1e-4);
    ck_assert_double_eq_tol(fit.cosine[3], 0.03, 2e-3); /* the prior draws it in a little */
    for (double x = -0.5; x < 0.5; x += 0.01)
        ck_assert_double_eq_tol(
            tot_fourier_value(&fit, x),
            3.0 + 0.2 * cos(2 * TAU * x) - 0.05 * sin(TAU * x) + 0.03 * cos(4 * TAU * x), 2e-3);
}
END_TEST

START_TEST(fit_stays_quiet_in_a_gap) {
    tot_rng rng = tot_rng_stream(6, 0);
    double phase[80], flux[80];
    tot_point points[80];
    tot_fourier fit;
    for (size_t k = 0; k < 80; k++) {
        do
            phase[k] = uniform_phase(&rng);
        while (phase[k] > 0.1 && phase[k] < 0.35);
        flux[k] = cosine_curve(phase[k], 0.4) + 0.03 * tot_rng_normal(&rng);
    }
    fit_points(phase, flux, 80, points, &fit);
    for (double x = -0.5; x < 0.5; x += 0.01)
        ck_assert_double_eq_tol(tot_fourier_value(&fit, x), cosine_curve(x, 0.4), 0.12);
}
END_TEST

START_TEST(fit_follows_shift_and_scale) {
    tot_rng rng = tot_rng_stream(7, 0);
    double phase[120], flux[120], shifted[120], scaled[120];
    tot_point points[120];
    tot_fourier a, b;
    for (size_t k = 0; k < 120; k++) {
        phase[k] = uniform_phase(&rng);
        flux[k] = contact_curve(phase[k], 0.4, 0.05, 0.03) + 0.02 * tot_rng_normal(&rng);
        shifted[k] = phase[k] + 0.237;
        scaled[k] = 250.0 * flux[k] - 40.0;
    }
    fit_points(phase, flux, 120, points, &a);
    fit_points(shifted, scaled, 120, points, &b);
    const tot_fourier c = tot_fourier_shifted(&b, 0.237);
    for (double x = -0.5; x < 0.5; x += 0.01) {
        ck_assert_double_eq_tol(tot_fourier_value(&c, x), 250.0 * tot_fourier_value(&a, x) - 40.0,
                                1e-8);
        ck_assert_double_eq_tol(tot_fourier_value(&b, x + 0.237), tot_fourier_value(&c, x), 1e-9);
    }
}
END_TEST

START_TEST(fit_refuses_what_is_no_curve) {
    double phase[20], flux[20];
    tot_point points[20];
    tot_fourier fit;
    tot_error error;
    for (size_t k = 0; k < 20; k++) {
        phase[k] = (double)k / 20;
        flux[k] = 0.7;
    }
    ck_assert_int_eq(tot_sort_points(phase, flux, 2, points, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "2 points, at least 10 are needed");
    ck_assert_int_eq(tot_sort_points(phase, flux, 0, points, &error), TOT_ERROR_FORMAT);
    ck_assert_int_eq(tot_sort_points(phase, flux, 20, points, &error), TOT_OK);
    ck_assert_int_eq(tot_fourier_fit(points, 20, &fit, &error), TOT_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "the flux doesn't vary"));
    flux[3] = NAN;
    ck_assert_int_eq(tot_sort_points(phase, flux, 20, points, &error), TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "the flux of point 4 is not a finite number");
    phase[0] = INFINITY;
    ck_assert_int_eq(tot_sort_points(phase, flux, 20, points, &error), TOT_ERROR_FORMAT);
}
END_TEST

/* All points at a handful of phases, or at one: no fit is worth anything, but nothing may break. */
START_TEST(fit_survives_degenerate_phases) {
    tot_rng rng = tot_rng_stream(8, 0);
    for (uint64_t places = 1; places < 6; places++) {
        double phase[60], flux[60];
        tot_point points[60];
        tot_fourier fit;
        tot_error error;
        for (size_t k = 0; k < 60; k++) {
            phase[k] = 0.1 * (double)tot_rng_below(&rng, places);
            flux[k] = 1.0 + 0.1 * tot_rng_normal(&rng);
        }
        ck_assert_int_eq(tot_sort_points(phase, flux, 60, points, &error), TOT_OK);
        const tot_status status = tot_fourier_fit(points, 60, &fit, &error);
        if (status == TOT_OK)
            ck_assert(isfinite(tot_fourier_value(&fit, 0.3)));
    }
}
END_TEST

/* ---- noise ---- */

START_TEST(noise_is_recovered) {
    static const size_t counts[] = {100, 300, 1000};
    static const double sigmas[] = {0.005, 0.02, 0.05};
    static double phase[1000], flux[1000];
    for (size_t c = 0; c < 3; c++)
        for (size_t s = 0; s < 3; s++)
            for (int regular = 0; regular < 2; regular++) {
                const size_t count = counts[c];
                const int trials = 60;
                double sum = 0.0, worst = 0.0;
                for (int trial = 0; trial < trials; trial++) {
                    tot_rng rng = tot_rng_stream(10, (uint64_t)trial);
                    for (size_t k = 0; k < count; k++) {
                        phase[k] = regular ? (double)k / (double)count : uniform_phase(&rng);
                        flux[k] = contact_curve(phase[k], 0.4, 0.03, 0.05) +
                                  sigmas[s] * tot_rng_normal(&rng);
                    }
                    tot_shape shape;
                    tot_error error;
                    double noise;
                    ck_assert_int_eq(tot_shape_measure(phase, flux, count, &shape, &noise, &error),
                                     TOT_OK);
                    sum += noise / sigmas[s];
                    worst = fmax(worst, fabs(noise / sigmas[s] - 1.0));
                }
                ck_assert_double_eq_tol(sum / trials, 1.0, 0.05);
                /* four times the standard error of the estimate, 0.87 / sqrt(N), and the bias */
                ck_assert_double_lt(worst, 0.05 + 4.0 * 0.87 / sqrt((double)count));
            }
}
END_TEST

START_TEST(noise_of_a_smooth_curve_is_nil) {
    double phase[500], flux[500], noise;
    tot_shape shape;
    tot_error error;
    for (size_t k = 0; k < 500; k++) {
        phase[k] = (double)k / 500;
        flux[k] = trapezoid_curve(phase[k], 0.5); /* a fit that is wrong by 0.02 */
    }
    ck_assert_int_eq(tot_shape_measure(phase, flux, 500, &shape, &noise, &error), TOT_OK);
    ck_assert_double_lt(noise, 0.003);
}
END_TEST

/* ---- shape ---- */

START_TEST(shape_of_a_cosine_is_exact) {
    double phase[100], flux[100], noise;
    tot_shape shape;
    tot_error error;
    for (size_t k = 0; k < 100; k++) {
        phase[k] = (double)k / 100 - 0.5;
        flux[k] = cosine_curve(phase[k] - 0.13, 0.4) - 0.01 * cos(TAU * (phase[k] - 0.13));
    }
    ck_assert_int_eq(tot_shape_measure(phase, flux, 100, &shape, &noise, &error), TOT_OK);
    ck_assert_double_eq_tol(shape.primary_phase, 0.13, 1e-6);
    ck_assert_double_eq_tol(shape.primary_level, 0.59, 1e-4);
    ck_assert_double_eq_tol(shape.secondary_level, 0.61, 1e-4);
    /* the maxima lie where the two terms' slopes cancel, a little above 1 */
    ck_assert_double_eq_tol(tot_shape_top(&shape), 1.0, 5e-4);
    ck_assert_double_eq_tol(shape.depth_difference, 0.02, 1e-3);
    ck_assert(shape.double_wave > 0.99);
}
END_TEST

START_TEST(spots_do_not_move_the_axis) {
    double phase[200], flux[200];
    tot_shape shape;
    tot_error error;
    for (size_t k = 0; k < 200; k++) {
        phase[k] = (double)k / 200 - 0.5;
        /* maxima of unequal height: O'Connell's effect */
        flux[k] =
            contact_curve(phase[k] + 0.21, 0.4, 0.05, 0.04) + 0.04 * sin(TAU * (phase[k] + 0.21));
    }
    ck_assert_int_eq(tot_shape_measure(phase, flux, 200, &shape, NULL, &error), TOT_OK);
    ck_assert_double_eq_tol(shape.primary_phase, -0.21, 1e-3);
    ck_assert_double_eq_tol(shape.maximum_after - shape.maximum_before, 0.08, 0.01);
}
END_TEST

START_TEST(deeper_minimum_is_found_in_noise) {
    int wrong = 0, trials = 400;
    double squares = 0.0;
    for (int trial = 0; trial < trials; trial++) {
        tot_rng rng = tot_rng_stream(11, (uint64_t)trial);
        double phase[300], flux[300];
        const double centre = uniform_phase(&rng);
        for (size_t k = 0; k < 300; k++) {
            phase[k] = uniform_phase(&rng);
            flux[k] =
                contact_curve(phase[k] - centre, 0.40, 0.04, 0.04) + 0.03 * tot_rng_normal(&rng);
        }
        tot_shape shape;
        tot_error error;
        ck_assert_int_eq(tot_shape_measure(phase, flux, 300, &shape, NULL, &error), TOT_OK);
        const double off = tot_wrap_phase(shape.primary_phase - centre);
        wrong += fabs(off) > 0.25;
        squares += pow(fabs(off) > 0.25 ? tot_wrap_phase(off + 0.5) : off, 2);
    }
    ck_assert_int_le(wrong, 4); /* 99 % */
    ck_assert_double_lt(sqrt(squares / trials), 0.003);
}
END_TEST

START_TEST(axis_is_found_in_heavy_noise) {
    double squares = 0.0;
    for (int trial = 0; trial < 200; trial++) {
        tot_rng rng = tot_rng_stream(13, (uint64_t)trial);
        double phase[400], flux[400];
        for (size_t k = 0; k < 400; k++) { /* amplitude 0.02, noise 0.3 of it */
            phase[k] = uniform_phase(&rng);
            flux[k] = contact_curve(phase[k], 0.02, 0.001, 0.03) + 0.006 * tot_rng_normal(&rng);
        }
        tot_shape shape;
        tot_error error;
        ck_assert_int_eq(tot_shape_measure(phase, flux, 400, &shape, NULL, &error), TOT_OK);
        const double off = 2.0 * shape.primary_phase; /* either minimum will do */
        squares += pow(tot_wrap_phase(off) / 2.0, 2);
        ck_assert_double_eq_tol(tot_shape_top(&shape) - tot_shape_bottom(&shape), 0.02, 0.006);
    }
    ck_assert_double_lt(sqrt(squares / 200), 0.006);
}
END_TEST

/* ---- bins ---- */

START_TEST(bins_hold_mean_median_scatter_and_count) {
    const double phase[] = {-0.25, -0.2, -0.2, -0.2, 0.49, 0.51, -0.2500000000001};
    const double flux[] = {1, 2, 4, 9, 5, 7, 3};
    double value[4], scatter[4];
    size_t count[4];
    tot_error error;
    const tot_bins bins = {4, value, scatter, count};
    /* bins start at -0.25, 0, 0.25, 0.5; the last point is on the edge but for rounding */
    ck_assert_int_eq(tot_bin(phase, flux, 7, TOT_STATISTIC_MEAN, &bins, &error), TOT_OK);
    ck_assert_uint_eq(count[0], 5);
    ck_assert_uint_eq(count[1], 0);
    ck_assert_uint_eq(count[2], 1);
    ck_assert_uint_eq(count[3], 1);
    ck_assert_double_eq_tol(value[0], 3.8, 1e-12);
    ck_assert_double_eq_tol(scatter[0], sqrt(38.8 / 4), 1e-12); /* numpy.std(ddof=1) */
    ck_assert(isnan(value[1]) && isnan(scatter[1]) && isnan(scatter[2]));
    ck_assert_double_eq(value[3], 7);
    ck_assert_int_eq(tot_bin(phase, flux, 7, TOT_STATISTIC_MEDIAN, &bins, &error), TOT_OK);
    ck_assert_double_eq(value[0], 3);
    ck_assert(isnan(value[1]));
    ck_assert_double_eq(value[2], 5);
}
END_TEST

START_TEST(weighted_means_are_those_of_their_definition) {
    const double phase[] = {-0.2, 0.1, -0.21, 0.12, 0.6}, flux[] = {1, 4, 3, 8, 2};
    const double weight[] = {1, 0.5, 3, 1.5, 0.25};
    double value[4];
    size_t counts[4];
    tot_error error;
    ck_assert_int_eq(tot_bin_weighted(phase, flux, weight, 5, 4, value, counts, &error), TOT_OK);
    ck_assert_double_eq_tol(value[0], 10.0 / 4.0, 1e-12);
    ck_assert_double_eq_tol(value[1], 14.0 / 2.0, 1e-12);
    ck_assert(isnan(value[2]));
    ck_assert_double_eq_tol(value[3], 2.0, 1e-12);
    ck_assert(counts[0] == 2 && counts[1] == 2 && counts[2] == 0 && counts[3] == 1);
    ck_assert_int_eq(tot_bin_weighted(phase, flux, weight, 5, 0, value, counts, &error),
                     TOT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(regular_phases_fill_regular_bins) {
    /* Every phase lies on an edge of a bin; rounding may not move one into its neighbour. */
    for (size_t count = 8; count <= 400; count++) {
        double phase[400], flux[400] = {0}, value[400], scatter[400];
        size_t filled[400];
        tot_error error;
        for (size_t k = 0; k < count; k++)
            phase[k] = tot_wrap_phase((double)k / (double)count - 0.25 - 0.123 + 0.123);
        const tot_bins bins = {count, value, scatter, filled};
        ck_assert_int_eq(tot_bin(phase, flux, count, TOT_STATISTIC_MEAN, &bins, &error), TOT_OK);
        for (size_t k = 0; k < count; k++)
            ck_assert_uint_eq(filled[k], 1);
    }
}
END_TEST

/* ---- flatness ---- */

START_TEST(the_flat_minimum_is_told) {
    double phase[400], flux[400];
    for (size_t k = 0; k < 400; k++)
        phase[k] = (double)k / 400 - 0.5;
    for (size_t k = 0; k < 400; k++)
        flux[k] = contact_curve(phase[k], 1.0, 0.05, 0.06);
    tot_flatness flat = tot_flatter_minimum(phase, flux, 400, 0.05);
    ck_assert_int_eq(flat.flatter, TOT_MINIMUM_SECONDARY);
    ck_assert(flat.significance > 2 && fabs(flat.secondary_curvature) < 1e-9);
    for (size_t k = 0; k < 400; k++)
        flux[k] = contact_curve(phase[k] - 0.5, 1.0, 0.05, 0.06);
    ck_assert_int_eq(tot_flatter_minimum(phase, flux, 400, 0.05).flatter, TOT_MINIMUM_PRIMARY);
    for (size_t k = 0; k < 400; k++)
        flux[k] = 0.5 - 0.5 * cos(2 * TAU * phase[k]);
    flat = tot_flatter_minimum(phase, flux, 400, 0.0);
    ck_assert_int_eq(flat.flatter, TOT_MINIMUM_UNCLEAR);
    /* near 0, 1/2 - cos(4 pi x)/2 = (4 pi)^2 x^2 / 4 - ...: 39.5, less the fourth-order term */
    ck_assert_double_eq_tol(flat.primary_curvature, 39.5, 2.5);
    ck_assert_int_eq(tot_flatter_minimum(phase, flux, 4, 0.1).flatter, TOT_MINIMUM_UNCLEAR);
}
END_TEST

/* ---- observe ---- */

START_TEST(interpolation_is_accurate) {
    double curve[101], phase[777], value[777];
    tot_error error;
    for (size_t k = 0; k < 101; k++) {
        const double x = (double)k / 101 - 0.5;
        curve[k] = 1 - 0.2 * cos(2 * TAU * x) - 0.05 * cos(4 * TAU * x) + 0.01 * sin(TAU * x);
    }
    for (size_t k = 0; k < 777; k++)
        phase[k] = 3.0 * (double)k / 777 - 1.0;
    ck_assert_int_eq(tot_interpolate_periodic(curve, 101, -0.5, phase, 777, value, &error), TOT_OK);
    for (size_t k = 0; k < 777; k++) {
        const double x = phase[k];
        ck_assert_double_eq_tol(
            value[k], 1 - 0.2 * cos(2 * TAU * x) - 0.05 * cos(4 * TAU * x) + 0.01 * sin(TAU * x),
            1e-5);
    }
    /* at the given phases the given values */
    for (size_t k = 0; k < 101; k++)
        phase[k] = (double)k / 101 - 0.5;
    ck_assert_int_eq(tot_interpolate_periodic(curve, 101, -0.5, phase, 101, value, &error), TOT_OK);
    for (size_t k = 0; k < 101; k++)
        ck_assert_double_eq_tol(value[k], curve[k], 1e-12);
    ck_assert_int_eq(tot_interpolate_periodic(curve, 3, 0, phase, 1, value, &error),
                     TOT_ERROR_ARGUMENT);
    /* the shortest curve allowed */
    ck_assert_int_eq(tot_interpolate_periodic(curve, 4, 0, phase, 101, value, &error), TOT_OK);
}
END_TEST

START_TEST(observations_have_the_noise_asked_for) {
    static double curve[64], phase[20000], flux[20000];
    tot_error error;
    tot_rng rng = tot_rng_stream(12, 0);
    for (size_t k = 0; k < 64; k++)
        curve[k] = 2.0 * cosine_curve((double)k / 64, 0.4); /* maximum 2 */
    ck_assert_int_eq(tot_observe(curve, 64, 0.0, 20000, TOT_SAMPLING_RANDOM, 0.0, 0.05, &rng, phase,
                                 flux, &error),
                     TOT_OK);
    double sum = 0, squares = 0, phases = 0;
    for (size_t k = 0; k < 20000; k++) {
        const double off = flux[k] - 2.0 * cosine_curve(phase[k], 0.4);
        sum += off;
        squares += off * off;
        phases += phase[k];
    }
    ck_assert_double_eq_tol(sum / 20000, 0.0, 5 * 0.1 / sqrt(20000));
    ck_assert_double_eq_tol(sqrt(squares / 20000), 0.1, 5 * 0.1 / sqrt(2 * 20000));
    ck_assert_double_eq_tol(phases / 20000, 0.0, 5 * sqrt(1.0 / 12 / 20000));
    ck_assert_int_eq(
        tot_observe(curve, 64, 0.0, 4, TOT_SAMPLING_REGULAR, 0.5, 0.0, NULL, phase, flux, &error),
        TOT_OK);
    for (size_t k = 0; k < 4; k++)
        ck_assert_double_eq_tol(phase[k], 0.25 * (double)k - 0.375, 1e-15);
    ck_assert_int_eq(
        tot_observe(curve, 64, 0.0, 4, TOT_SAMPLING_REGULAR, 0.0, 0.1, NULL, phase, flux, &error),
        TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(
        tot_observe(curve, 64, 0.0, 4, TOT_SAMPLING_REGULAR, 0.0, -1, &rng, phase, flux, &error),
        TOT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(magnitudes_become_flux) {
    const double magnitude[] = {12.0, 10.0, 12.5, 14.5, 12.0}, errors[] = {0.1, 0.2, NAN, 0.1, 0.1};
    double flux[5], flux_error[5];
    tot_error error;
    ck_assert_int_eq(tot_magnitude_to_flux(magnitude, errors, 5, flux, flux_error, &error), TOT_OK);
    ck_assert_double_eq_tol(flux[0], 1.0, 1e-15);
    ck_assert_double_eq_tol(flux[1], 6.309573444801933, 1e-12); /* 100^(2/5) */
    ck_assert_double_eq_tol(flux[3], 0.1, 1e-15);
    ck_assert_double_eq_tol(flux_error[3], 0.1 * 0.09210340371976183, 1e-15);
    ck_assert(isnan(flux_error[2]));
    const double bad[] = {12, NAN};
    ck_assert_int_eq(tot_magnitude_to_flux(bad, NULL, 2, flux, NULL, &error), TOT_ERROR_FORMAT);
}
END_TEST

Suite *curve_suite(void) {
    Suite *suite = suite_create("curve");
    TCase *tcase = tcase_create("curve");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, fold_gives_phases_in_the_half_open_cycle);
    tcase_add_test(tcase, fold_refuses_what_has_no_phase);
    tcase_add_test(tcase, selection_agrees_with_sorting);
    tcase_add_test(tcase, points_are_sorted_by_phase_then_flux);
    tcase_add_test(tcase, fit_recovers_a_series_through_outliers);
    tcase_add_test(tcase, fit_stays_quiet_in_a_gap);
    tcase_add_test(tcase, fit_follows_shift_and_scale);
    tcase_add_test(tcase, fit_refuses_what_is_no_curve);
    tcase_add_test(tcase, fit_survives_degenerate_phases);
    tcase_add_test(tcase, noise_is_recovered);
    tcase_add_test(tcase, noise_of_a_smooth_curve_is_nil);
    tcase_add_test(tcase, shape_of_a_cosine_is_exact);
    tcase_add_test(tcase, spots_do_not_move_the_axis);
    tcase_add_test(tcase, deeper_minimum_is_found_in_noise);
    tcase_add_test(tcase, axis_is_found_in_heavy_noise);
    tcase_add_test(tcase, bins_hold_mean_median_scatter_and_count);
    tcase_add_test(tcase, weighted_means_are_those_of_their_definition);
    tcase_add_test(tcase, regular_phases_fill_regular_bins);
    tcase_add_test(tcase, the_flat_minimum_is_told);
    tcase_add_test(tcase, interpolation_is_accurate);
    tcase_add_test(tcase, observations_have_the_noise_asked_for);
    tcase_add_test(tcase, magnitudes_become_flux);
    suite_add_tcase(suite, tcase);
    return suite;
}
