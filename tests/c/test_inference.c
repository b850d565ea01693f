#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "binary/exposure.h"
#include "binary/model_curves.h"
#include "curve/observe.h"
#include "failing_allocator.h"
#include "inference/likelihood.h"
#include "inference/summary.h"
#include "suites.h"

enum { PHASES = 64, CURVES = 300, POINTS = 90, OBSERVATIONS = 3 };

static const double TAU = 6.28318530717958647693;

/* Smooth double waves of many amplitudes; every third one has unequal maxima. */
static void fill_bank(float *flux) {
    for (size_t k = 0; k < CURVES; k++) {
        const double depth = 0.1 + 0.5 * (double)k / CURVES, unequal = 0.05 * (double)(k % 7) / 7;
        const double side = k % 3 == 0 ? 0.02 : 0.0;
        for (size_t j = 0; j < PHASES; j++) {
            const double angle = TAU * (TOT_MODEL_FIRST_PHASE + (double)j / PHASES);
            flux[k * PHASES + j] = (float)(1.0 - 0.5 * depth * (1.0 + cos(2.0 * angle)) -
                                           unequal * cos(angle) + side * sin(angle));
        }
    }
}

typedef struct points {
    double phase[POINTS], flux[POINTS], weight[POINTS];
} points;

/* What is seen of curve `k`, scaled, thinned by third light, shifted, with noise. */
static tot_observation observe(const float *bank, size_t k, double scale, double third_light,
                               double shift, double noise, points *p) {
    tot_rng rng = tot_rng_stream(8, k);
    double curve[PHASES];
    tot_error error;
    for (size_t j = 0; j < PHASES; j++)
        curve[j] = (double)bank[k * PHASES + j];
    for (size_t j = 0; j < POINTS; j++)
        p->phase[j] = tot_rng_uniform(&rng) - 0.5;
    ck_assert_int_eq(tot_interpolate_periodic(curve, PHASES, TOT_MODEL_FIRST_PHASE, p->phase,
                                              POINTS, p->flux, &error),
                     TOT_OK);
    for (size_t j = 0; j < POINTS; j++) {
        const double sigma = noise * (j % 2 ? 1.0 : 1.5);
        p->phase[j] += shift;
        p->flux[j] =
            scale * (1.0 + (1.0 - third_light) * (p->flux[j] - 1.0) + sigma * tot_rng_normal(&rng));
        p->weight[j] = 1.0 / (scale * scale * sigma * sigma);
    }
    return (tot_observation){POINTS, p->phase, p->flux, p->weight, POINTS, 0};
}

/* chi^2 at the best scale, straight from the definition. */
static double direct_chi2(const float *flux, const tot_observation *o, double shift,
                          double third_light) {
    double curve[PHASES], phase[POINTS], model[POINTS], my = 0, mm = 0, yy = 0;
    tot_error error;
    for (size_t j = 0; j < PHASES; j++)
        curve[j] = (double)flux[j];
    for (size_t j = 0; j < o->count; j++)
        phase[j] = o->phase[j] - shift;
    ck_assert_int_eq(tot_interpolate_periodic(curve, PHASES, TOT_MODEL_FIRST_PHASE, phase, o->count,
                                              model, &error),
                     TOT_OK);
    for (size_t j = 0; j < o->count; j++) {
        const double m = 1.0 + (1.0 - third_light) * (model[j] - 1.0);
        my += o->weight[j] * m * o->flux[j];
        mm += o->weight[j] * m * m;
        yy += o->weight[j] * o->flux[j] * o->flux[j];
    }
    return yy - my * my / mm;
}

static tot_likelihood plain(void) {
    return (tot_likelihood){.noise_known = true};
}

static void evaluate(const float *bank, const tot_observation *o, size_t count,
                     const tot_likelihood *options, size_t threads, float *result) {
    const tot_bank view = {CURVES, PHASES, bank};
    tot_error error = {{0}};
    ck_assert_msg(tot_log_likelihood(&view, o, count, options, threads, result, &error) == TOT_OK,
                  "%s", error.message);
}

START_TEST(spreading_is_the_transpose_of_interpolating) {
    tot_rng rng = tot_rng_stream(3, 1);
    double curve[PHASES], phase[POINTS], value[POINTS], there[POINTS], grid[PHASES];
    double over_points = 0, over_grid = 0;
    tot_error error;
    for (size_t k = 0; k < PHASES; k++)
        curve[k] = tot_rng_normal(&rng);
    for (size_t k = 0; k < POINTS; k++) {
        phase[k] = 3 * tot_rng_uniform(&rng);
        value[k] = tot_rng_normal(&rng);
    }
    ck_assert_int_eq(tot_interpolate_periodic(curve, PHASES, -0.3, phase, POINTS, there, &error),
                     TOT_OK);
    ck_assert_int_eq(tot_spread_periodic(phase, value, POINTS, -0.3, PHASES, grid, &error), TOT_OK);
    for (size_t k = 0; k < POINTS; k++)
        over_points += value[k] * there[k];
    for (size_t k = 0; k < PHASES; k++)
        over_grid += grid[k] * curve[k];
    ck_assert_double_eq_tol(over_points, over_grid, 1e-11);
}
END_TEST

START_TEST(the_likelihood_is_that_of_its_definition) {
    static float bank[CURVES * PHASES], result[CURVES];
    static points p;
    const tot_likelihood options = plain();
    fill_bank(bank);
    const tot_observation o = observe(bank, 151, 3.7, 0, 0, 0.02, &p);
    evaluate(bank, &o, 1, &options, 2, result);
    for (size_t k = 0; k < CURVES; k++) {
        const float *flux = bank + k * PHASES;
        const double expected = -0.5 * direct_chi2(flux, &o, 0, 0);
        ck_assert_double_eq_tol((double)result[k], expected, 0.05 + 1e-4 * fabs(expected));
    }
}
END_TEST

START_TEST(shifts_and_both_minima_are_summed) {
    static float bank[CURVES * PHASES], result[CURVES];
    static points p;
    tot_likelihood options = plain();
    options.shifts = 3;
    options.shift_step = 0.004;
    options.phase_error = 0.006;
    options.both_minima = true;
    fill_bank(bank);
    const tot_observation o = observe(bank, 151, 0.8, 0, 0.505, 0.02, &p);
    evaluate(bank, &o, 1, &options, 1, result);
    for (size_t k = 0; k < CURVES; k += 7) {
        double sum = 0, norm = 0;
        const double offset = direct_chi2(bank + 151 * PHASES, &o, 0.5, 0);
        for (int column = 0; column < 14; column++) {
            const double shift = 0.004 * (column % 7 - 3),
                         prior = exp(-0.5 * pow(shift / 0.006, 2));
            const double chi2 =
                direct_chi2(bank + k * PHASES, &o, shift + (column >= 7 ? 0.5 : 0), 0);
            sum += prior * exp(-0.5 * (chi2 - offset));
            norm += prior;
        }
        const double expected = log(sum / norm) - 0.5 * offset;
        if (isfinite(expected))
            ck_assert_double_eq_tol((double)result[k], expected, 0.05 + 1e-4 * fabs(expected));
    }
}
END_TEST

START_TEST(third_light_is_integrated_over) {
    static float bank[CURVES * PHASES], result[CURVES];
    static points p;
    tot_likelihood options = plain();
    options.third_light_share = 0.4;
    options.third_light_scale = 0.1;
    options.third_light_maximum = 0.5;
    fill_bank(bank);
    const tot_observation o = observe(bank, 220, 1.2, 0.2, 0, 0.02, &p);
    evaluate(bank, &o, 1, &options, 1, result);
    size_t compared = 0;
    for (size_t k = 0; k < CURVES; k++) {
        const float *flux = bank + k * PHASES;
        double sum = 0, norm = 0, best = INFINITY;
        enum { STEPS = 400 };
        double chi2[STEPS];
        for (int j = 0; j < STEPS; j++) {
            chi2[j] = direct_chi2(flux, &o, 0, 0.5 * (j + 0.5) / STEPS);
            best = fmin(best, chi2[j]);
        }
        for (int j = 0; j < STEPS; j++) {
            const double prior = exp(-0.5 * (j + 0.5) / STEPS / 0.1);
            sum += prior * exp(-0.5 * (chi2[j] - best));
            norm += prior;
        }
        const double none = direct_chi2(flux, &o, 0, 0);
        const double expected =
            log(0.6 * exp(-0.5 * (none - best)) + 0.4 * sum / norm) - 0.5 * best;
        if (best > 200) /* far off, where the regression's Gaussian is not the likelihood's shape */
            continue;
        compared++;
        ck_assert_double_eq_tol((double)result[k], expected, 0.15);
    }
    ck_assert_uint_ge(compared, 30);
}
END_TEST

/* log of the mean of exp(-chi^2/2) over normal deviates c_1 and c_2, by a sum over a grid, for
 * residuals r - c_1 d_1 - c_2 d_2. */
static double log_mean_over_spots(const double *r, double d[2][POINTS], const double *weight) {
    double rr = 0, rd[2] = {0, 0}, dd[2][2] = {{0}}, sum = 0, norm = 0;
    for (size_t j = 0; j < POINTS; j++) {
        rr += weight[j] * r[j] * r[j];
        for (size_t a = 0; a < 2; a++) {
            rd[a] += weight[j] * r[j] * d[a][j];
            for (size_t b = 0; b < 2; b++)
                dd[a][b] += weight[j] * d[a][j] * d[b][j];
        }
    }
    for (double c = -5; c < 5; c += 0.2)
        for (double e = -5; e < 5; e += 0.2) {
            const double prior = exp(-0.5 * (c * c + e * e));
            const double change = -2 * (c * rd[0] + e * rd[1]) + c * c * dd[0][0] +
                                  2 * c * e * dd[0][1] + e * e * dd[1][1];
            sum += prior * exp(-0.5 * change);
            norm += prior;
        }
    return log(sum / norm) - 0.5 * rr;
}

static void at_points(const float *row, const double *phase, double *value) {
    double curve[PHASES];
    tot_error error;
    for (size_t j = 0; j < PHASES; j++)
        curve[j] = (double)row[j];
    ck_assert_int_eq(tot_interpolate_periodic(curve, PHASES, TOT_MODEL_FIRST_PHASE, phase, POINTS,
                                              value, &error),
                     TOT_OK);
}

/* log likelihood of a curve in one column, half of the systems having spots. unit: of the spots'
 * effects. */
static double direct_with_spots(const float *flux, const float *spots, const tot_observation *o,
                                double shift, double unit) {
    double phase[POINTS], d[2][POINTS], model[POINTS], r[POINTS], weight[POINTS], best = -INFINITY;
    for (size_t j = 0; j < POINTS; j++) {
        phase[j] = o->phase[j] - shift;
        weight[j] = o->weight[j] * unit * unit;
    }
    at_points(flux, phase, model);
    for (size_t a = 0; a < 2; a++)
        at_points(spots + a * PHASES, phase, d[a]);
    for (double scale = 0.9; scale < 1.1; scale += 0.001) {
        for (size_t j = 0; j < POINTS; j++)
            r[j] = o->flux[j] / unit - scale * model[j];
        best = fmax(best, log_mean_over_spots(r, d, weight));
    }
    const double none = -0.5 * direct_chi2(flux, o, shift, 0), larger = fmax(best, none);
    return larger + log(0.5 * exp(best - larger) + 0.5 * exp(none - larger));
}

static void fill_spots(float *spots) {
    for (size_t j = 0; j < PHASES; j++) {
        const double angle = TAU * (TOT_MODEL_FIRST_PHASE + (double)j / PHASES);
        spots[j] = (float)(0.02 * sin(angle));
        spots[PHASES + j] = (float)(0.01 * cos(angle) + 0.005 * sin(3 * angle + 0.5));
    }
}

START_TEST(spots_are_integrated_over) {
    static float bank[CURVES * PHASES], spots[2 * PHASES], result[CURVES];
    static points p;
    const bool both = _i == 1; /* then the second column is that of the truth */
    double phase[POINTS], d[2][POINTS], wy = 0, w = 0;
    tot_likelihood options = plain();
    options.spot_share = 0.5;
    options.spots = (tot_spot_curves){2, PHASES, spots};
    options.both_minima = both;
    fill_spots(spots);
    fill_bank(bank);
    const tot_observation o = observe(bank, 152, 1.5, 0, both ? 0.5 : 0, 0.02, &p);
    for (size_t j = 0; j < POINTS; j++)
        phase[j] = p.phase[j] - (both ? 0.5 : 0);
    for (size_t a = 0; a < 2; a++)
        at_points(spots + a * PHASES, phase, d[a]);
    for (size_t j = 0; j < POINTS; j++) {
        p.flux[j] += 1.5 * (1.5 * d[0][j] - d[1][j]);
        wy += o.weight[j] * o.flux[j];
        w += o.weight[j];
    }
    const double unit = wy / w / 0.85; /* the system's light, about */
    evaluate(bank, &o, 1, &options, 2, result);
    for (size_t k = 100; k < 200; k += 3) {
        const float *flux = bank + k * PHASES;
        double expected = direct_with_spots(flux, spots, &o, 0, unit);
        if (both) {
            const double other = direct_with_spots(flux, spots, &o, 0.5, unit);
            const double larger = fmax(expected, other);
            expected = larger + log(0.5 * (exp(expected - larger) + exp(other - larger)));
        }
        ck_assert_double_eq_tol((double)result[k], expected, 0.05 + 1e-4 * fabs(expected));
    }
}
END_TEST

START_TEST(an_unknown_noise_counts_by_ratios) {
    static float bank[CURVES * PHASES], result[2][CURVES];
    static points p, q;
    tot_likelihood options = plain();
    options.noise_known = false;
    fill_bank(bank);
    const tot_observation o = observe(bank, 151, 1, 0, 0, 0.02, &p);
    q = p;
    for (size_t k = 0; k < POINTS; k++)
        q.weight[k] *= 7.0;
    const tot_observation scaled = {POINTS, q.phase, q.flux, q.weight, POINTS, 0};
    evaluate(bank, &o, 1, &options, 1, result[0]);
    evaluate(bank, &scaled, 1, &options, 1, result[1]);
    const double one = direct_chi2(bank + 151 * PHASES, &o, 0, 0);
    for (size_t k = 0; k < CURVES; k++) {
        const double ratio = direct_chi2(bank + k * PHASES, &o, 0, 0) / one;
        const double expected = -0.5 * (POINTS - 1) * log(ratio);
        ck_assert_double_eq_tol((double)(result[0][k] - result[0][151]), expected, 0.05);
        ck_assert_double_eq_tol((double)(result[1][k] - result[1][151]), expected, 0.05);
    }
}
END_TEST

/* Of a variance that is known in part. Curves that fit within that part are weighed as if it were
 * known, the others as if nothing were. */
START_TEST(a_variance_has_a_least_value) {
    static float bank[CURVES * PHASES], result[3][CURVES];
    static points p;
    tot_likelihood options = plain();
    fill_bank(bank);
    tot_observation o = observe(bank, 151, 1, 0, 0, 0.02, &p);
    for (size_t j = 0; j < POINTS; j++)
        p.weight[j] *= 0.1;
    const double least = 0.5;
    evaluate(bank, &o, 1, &options, 1, result[0]);
    options.noise_known = false;
    evaluate(bank, &o, 1, &options, 1, result[1]);
    o.least_variance = least;
    evaluate(bank, &o, 1, &options, 1, result[2]);
    size_t within = 0;
    for (size_t k = 0; k < CURVES; k++) {
        const double chi2 = -2.0 * (double)result[0][k], freedom = POINTS - 1;
        const bool fits = chi2 < least * freedom;
        const double expected =
            fits ? -0.5 * (chi2 / least + freedom * log(least)) : (double)result[1][k];
        ck_assert_double_eq_tol((double)result[2][k], expected, 0.01);
        within += fits;
    }
    ck_assert(within > 20 && within < CURVES - 20);
}
END_TEST

START_TEST(points_that_share_an_error_count_as_fewer) {
    static float bank[CURVES * PHASES], result[2][CURVES];
    static points p;
    tot_likelihood options = plain();
    options.noise_known = false;
    fill_bank(bank);
    tot_observation o = observe(bank, 151, 1, 0, 0, 0.02, &p);
    evaluate(bank, &o, 1, &options, 1, result[0]);
    o.independent = 0.25 * (POINTS - 1) + 1;
    evaluate(bank, &o, 1, &options, 1, result[1]);
    for (size_t k = 0; k < CURVES; k++)
        ck_assert_double_eq_tol((double)(result[1][k] - result[1][151]),
                                0.25 * (double)(result[0][k] - result[0][151]), 1e-3);
}
END_TEST

START_TEST(threads_and_company_change_no_bit) {
    static float bank[CURVES * PHASES], spots[2 * PHASES], alone[CURVES];
    static float many[2][OBSERVATIONS * CURVES];
    static points p[OBSERVATIONS];
    tot_observation o[OBSERVATIONS];
    tot_likelihood options = plain();
    options.spot_share = _i * 0.5;
    options.spots = (tot_spot_curves){2, PHASES, spots};
    fill_spots(spots);
    options.shifts = 2;
    options.shift_step = options.phase_error = 0.003;
    fill_bank(bank);
    for (size_t k = 0; k < OBSERVATIONS; k++)
        o[k] = observe(bank, 40 + 60 * k, 1, 0, 0, 0.02, &p[k]);
    evaluate(bank, o, OBSERVATIONS, &options, 1, many[0]);
    evaluate(bank, o, OBSERVATIONS, &options, 3, many[1]);
    ck_assert_mem_eq(many[0], many[1], sizeof many[0]);
    evaluate(bank, &o[1], 1, &options, 1, alone);
    for (size_t k = 0; k < CURVES; k++)
        ck_assert_double_eq_tol((double)alone[k], (double)many[0][CURVES + k], 0.01);
}
END_TEST

START_TEST(wrong_observations_are_named) {
    static float bank[CURVES * PHASES], result[2 * CURVES];
    static points p[2];
    const tot_bank view = {CURVES, PHASES, bank};
    tot_likelihood options = plain();
    tot_observation o[2];
    tot_error error;
    fill_bank(bank);
    for (size_t k = 0; k < 2; k++)
        o[k] = observe(bank, 50, 1, 0, 0, 0.02, &p[k]);
    o[0].independent = POINTS + 1;
    ck_assert_int_eq(tot_log_likelihood(&view, o, 1, &options, 1, result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "observation 1: 91 independent points among 90");
    o[0].independent = POINTS;
    o[0].least_variance = 1.5;
    ck_assert_int_eq(tot_log_likelihood(&view, o, 1, &options, 1, result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "observation 1: the least variance must be 0 to 1, got 1.5");
    o[0].least_variance = 0;
    o[0].independent = 2;
    options.noise_known = false;
    ck_assert_int_eq(tot_log_likelihood(&view, o, 1, &options, 1, result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message,
                     "observation 1: 2 independent points don't tell the noise, too");
    options.noise_known = true;
    o[0].independent = POINTS;
    p[1].weight[4] = 0;
    ck_assert_int_eq(tot_log_likelihood(&view, o, 2, &options, 1, result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "observation 2: point 5: a finite phase and flux and a weight "
                                    "above 0 are needed");
    options.third_light_share = 1;
    ck_assert_int_eq(tot_log_likelihood(&view, o, 1, &options, 1, result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message,
                     "the share of systems with third light must be in [0, 1), got 1");
}
END_TEST

/* rms of the residuals, at weights of 1, of the averaged model curve of 80 phases. */
static double misfit(const tot_bank *bank, const tot_observation *o, double exposure) {
    float result;
    tot_error error;
    tot_likelihood options = plain();
    options.exposure = exposure;
    ck_assert_int_eq(tot_log_likelihood(bank, o, 1, &options, 1, &result, &error), TOT_OK);
    return sqrt(-2.0 * (double)result / (double)o->count);
}

START_TEST(exposures_are_averaged_over_like_the_systems) {
    enum { FINE = 80 };
    tot_binary binary = tot_binary_defaults();
    binary.mass_ratio = 0.25;
    binary.inclination = 88; /* total, with a flat bottom */
    const tot_binary *state = &binary;
    double curve[FINE];
    float flux[FINE], result;
    tot_model model = {.states = &state, .state_count = 1, .flux = curve};
    static points p;
    tot_system *system;
    tot_error error;
    ck_assert_int_eq(tot_make_models(&model, 1, FINE, 0, 1, &error), TOT_OK);
    for (size_t k = 0; k < FINE; k++)
        flux[k] = (float)curve[k];
    ck_assert_int_eq(tot_system_create(&binary, &system, &error), TOT_OK);
    for (size_t k = 0; k < POINTS; k++) {
        p.phase[k] = -0.5 + (double)k / POINTS;
        p.weight[k] = 1.0;
    }
    ck_assert_int_eq(tot_system_exposed_light_curve(system, p.phase, POINTS, 0.06, p.flux, &error),
                     TOT_OK);
    tot_system_free(system);
    const tot_bank bank = {1, FINE, flux};
    const tot_observation o = {POINTS, p.phase, p.flux, p.weight, POINTS, 0};
    ck_assert_double_lt(misfit(&bank, &o, 0.06), 4e-4);
    ck_assert_double_gt(misfit(&bank, &o, 0.0), 4e-3);
    ck_assert_double_gt(misfit(&bank, &o, 0.03), 2e-3);
    const tot_likelihood wrong = {.noise_known = true, .exposure = 0.6};
    ck_assert_int_eq(tot_log_likelihood(&bank, &o, 1, &wrong, 1, &result, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "the exposure must be 0 to 0.5 cycles, got 0.6");
}
END_TEST

START_TEST(weights_and_what_follows_from_them) {
    const float log_likelihood[] = {-3.0f, -1.0f, -1.0f, NAN, -500.0f};
    const float values[] = {5, 0, 1, 0, 2, 0, 9, 0, 7, 0}; /* stride 2 */
    const double level[] = {0.25, 0.75};
    double weight[5], quantile[2];
    tot_weighting w;
    tot_error error;
    ck_assert_int_eq(tot_weights(log_likelihood, 5, 0, weight, &w, &error), TOT_OK);
    const double sum = 2 + exp(-2);
    ck_assert_double_eq_tol(weight[0], exp(-2) / sum, 1e-12);
    ck_assert_double_eq_tol(weight[1], 1 / sum, 1e-12);
    ck_assert_double_eq(weight[3], 0);
    ck_assert_double_eq_tol(w.effective_size, sum * sum / (2 + exp(-4)), 1e-12);
    ck_assert_double_eq(w.power, 1);
    ck_assert_double_eq(w.largest, -1);
    ck_assert_double_eq_tol(tot_weight_below(weight, values, 2, 5, 2), 1 / sum, 1e-12);
    tot_weighted_quantiles(weight, values, 2, 5, level, 2, quantile);
    ck_assert_double_eq_tol(quantile[0], 1, 1e-2);
    ck_assert_double_eq_tol(quantile[1], 2, 1e-2);
    /* flattened until so many count */
    ck_assert_int_eq(tot_weights(log_likelihood, 5, 2.8, weight, &w, &error), TOT_OK);
    ck_assert_double_eq_tol(tot_effective_size(weight, 5), 2.8, 0.1);
    ck_assert(w.power < 0.6 && w.power > 0.1);
    /* however far apart the likelihoods are */
    const float apart[] = {-1e7f, 0.0f, -2e7f, -1e7f};
    ck_assert_int_eq(tot_weights(apart, 4, 3, weight, &w, &error), TOT_OK);
    ck_assert_double_eq_tol(tot_effective_size(weight, 4), 3, 0.1);
    const float none[] = {-INFINITY, NAN};
    ck_assert_int_eq(tot_weights(none, 2, 0, weight, &w, &error), TOT_ERROR_NUMERIC);
}
END_TEST

START_TEST(weights_of_any_number_of_curves) {
    enum { MOST = 37 };
    float log_likelihood[MOST];
    double weight[MOST];
    for (size_t k = 0; k < MOST; k++)
        log_likelihood[k] = (float)(k * k % 11) * -0.7f;
    for (size_t count = 1; count <= MOST; count++) {
        double sum = 0.0, squares = 0.0;
        tot_weighting w;
        tot_error error;
        ck_assert_int_eq(tot_weights(log_likelihood, count, 0, weight, &w, &error), TOT_OK);
        for (size_t k = 0; k < count; k++)
            sum += exp((double)log_likelihood[k]);
        for (size_t k = 0; k < count; k++) {
            const double expected = exp((double)log_likelihood[k]) / sum;
            ck_assert_double_eq_tol(weight[k], expected, 1e-13);
            squares += expected * expected;
        }
        ck_assert_double_eq_tol(w.effective_size, 1 / squares, 1e-9);
    }
}
END_TEST

START_TEST(heavy_rows_are_those_that_count) {
    const double weight[] = {0.4, 1e-10, 0.0, 0.6 - 2e-10, 1e-10};
    const float values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double heavy[5];
    float rows[10];
    ck_assert_uint_eq(tot_heavy_rows(weight, values, 2, 5, NULL, NULL), 2);
    ck_assert_uint_eq(tot_heavy_rows(weight, values, 2, 5, heavy, rows), 2);
    ck_assert_double_eq(heavy[0], 0.4);
    ck_assert_double_eq(heavy[1], 0.6 - 2e-10);
    const float expected[] = {1, 2, 7, 8};
    ck_assert_mem_eq(rows, expected, sizeof expected);
}
END_TEST

START_TEST(every_allocation_may_fail) {
    static float bank[CURVES * PHASES], result[CURVES];
    static points p;
    const tot_bank view = {CURVES, PHASES, bank};
    const tot_likelihood options = {
        .noise_known = true, .exposure = 0.05, .spot_share = 0.5, .spots = {1, PHASES, bank}};
    tot_error error;
    tot_status status;
    fill_bank(bank);
    const tot_observation o = observe(bank, 50, 1, 0, 0, 0.02, &p);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_log_likelihood(&view, &o, 1, &options, 1, result, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
}
END_TEST

Suite *inference_suite(void) {
    Suite *suite = suite_create("inference");
    TCase *tests = tcase_create("inference");
    tcase_add_test(tests, spreading_is_the_transpose_of_interpolating);
    tcase_add_test(tests, the_likelihood_is_that_of_its_definition);
    tcase_add_test(tests, shifts_and_both_minima_are_summed);
    tcase_add_test(tests, third_light_is_integrated_over);
    tcase_add_loop_test(tests, spots_are_integrated_over, 0, 2);
    tcase_add_test(tests, an_unknown_noise_counts_by_ratios);
    tcase_add_test(tests, a_variance_has_a_least_value);
    tcase_add_test(tests, points_that_share_an_error_count_as_fewer);
    tcase_add_loop_test(tests, threads_and_company_change_no_bit, 0, 2);
    tcase_add_test(tests, wrong_observations_are_named);
    tcase_add_test(tests, exposures_are_averaged_over_like_the_systems);
    tcase_add_test(tests, weights_and_what_follows_from_them);
    tcase_add_test(tests, weights_of_any_number_of_curves);
    tcase_add_test(tests, heavy_rows_are_those_that_count);
    tcase_add_test(tests, every_allocation_may_fail);
    suite_add_tcase(suite, tests);
    return suite;
}
