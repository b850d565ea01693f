#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "binary/model_curves.h"
#include "suites.h"
#include "surveys.h"
#include "synthesis/synthesis.h"

enum { EXAMPLES = 24, SIZE = 32 };

typedef struct batch {
    tot_binary systems[EXAMPLES];
    const tot_binary *states[EXAMPLES];
    double flux[EXAMPLES][TOT_MODEL_PHASES];
    tot_model models[EXAMPLES];
    tot_example examples[EXAMPLES];
} batch;

static tot_survey make_survey(void) {
    tot_survey survey = plain_survey();
    survey.points = constant(150);
    survey.baseline = constant(800);
    survey.sigma[0] = survey.quoted[0] = 0.01;
    survey.outliers = constant(0.02);
    survey.outlier_size = 0.2;
    survey.period_error = constant(0.1);
    return survey;
}

/* Every third example is a survey's. */
static void fill(batch *b, const tot_survey *survey) {
    for (size_t k = 0; k < EXAMPLES; k++) {
        b->systems[k] = tot_binary_defaults();
        b->systems[k].mass_ratio = 0.1 + 0.03 * (double)k;
        b->systems[k].inclination = 50 + 1.5 * (double)k;
        b->systems[k].resolution = 6;
        b->states[k] = &b->systems[k];
        b->models[k] = (tot_model){.states = &b->states[k], .state_count = 1, .flux = b->flux[k]};
        b->examples[k] =
            (tot_example){.target = {.flux = b->flux[k],
                                     .states = 1,
                                     .count = TOT_MODEL_PHASES,
                                     .first_phase = TOT_MODEL_FIRST_PHASE,
                                     .state_duration = 100,
                                     .period = 0.35,
                                     .outer_period = 1000,
                                     .magnitude = NAN},
                          .survey = k % 3 == 2 ? survey : NULL,
                          .points = 60 + k,
                          .sampling = k % 2 ? TOT_SAMPLING_RANDOM : TOT_SAMPLING_REGULAR,
                          .noise = 0.01,
                          .rng = tot_rng_stream(5, k)};
    }
}

START_TEST(images_do_not_depend_on_the_number_of_threads) {
    static float pixels[2][EXAMPLES * SIZE * SIZE];
    static batch batches[2];
    bool drawn[EXAMPLES];
    tot_image_options options = tot_image_options_default();
    const tot_survey survey = make_survey();
    const size_t threads[] = {1, 2, 3, 8};
    tot_error error;
    options.width = options.height = SIZE;
    for (size_t t = 0; t < 4; t++) {
        batch *b = &batches[t > 0];
        fill(b, &survey);
        ck_assert_int_eq(
            tot_make_models(b->models, EXAMPLES, TOT_MODEL_PHASES, 0.05, threads[t], &error),
            TOT_OK);
        ck_assert_int_eq(tot_draw_examples(b->examples, EXAMPLES, &options, threads[t],
                                           pixels[t > 0], drawn, &error),
                         TOT_OK);
        for (size_t k = 0; k < EXAMPLES; k++) {
            ck_assert(drawn[k]);
            ck_assert_double_eq(b->models[k].light_left, batches[0].models[k].light_left);
        }
        if (t > 0)
            ck_assert_mem_eq(pixels[0], pixels[1], sizeof pixels[0]);
    }
}
END_TEST

/* Mirrored, the same points show the curve backwards: the image of an asymmetric one changes. */
START_TEST(a_mirrored_example_is_another_one) {
    static float pixels[3][SIZE * SIZE];
    static batch b;
    bool drawn[EXAMPLES];
    tot_image_options options = tot_image_options_default();
    const tot_survey survey = make_survey();
    tot_error error;
    options.width = options.height = SIZE;
    fill(&b, &survey);
    const tot_spot spot = {1, 90, 90, 25, 0.8};
    b.systems[20].spots = &spot;
    b.systems[20].spot_count = 1;
    ck_assert_int_eq(tot_make_models(b.models, EXAMPLES, TOT_MODEL_PHASES, 0, 2, &error), TOT_OK);
    for (size_t k = 0; k < 3; k++) {
        b.examples[20].target.mirrored = k == 1;
        ck_assert_int_eq(
            tot_draw_examples(&b.examples[20], 1, &options, 1, pixels[k], drawn, &error), TOT_OK);
    }
    ck_assert_mem_eq(pixels[0], pixels[2], sizeof pixels[0]);
    ck_assert_mem_ne(pixels[0], pixels[1], sizeof pixels[0]);
}
END_TEST

START_TEST(too_few_points_make_no_image_and_no_error) {
    static float pixels[EXAMPLES * SIZE * SIZE];
    static batch b;
    bool drawn[EXAMPLES];
    tot_image_options options = tot_image_options_default();
    tot_survey survey = make_survey();
    tot_error error;
    options.width = options.height = SIZE;
    survey.points = constant(3);
    fill(&b, &survey);
    ck_assert_int_eq(tot_make_models(b.models, EXAMPLES, TOT_MODEL_PHASES, 0, 2, &error), TOT_OK);
    ck_assert_int_eq(tot_draw_examples(b.examples, EXAMPLES, &options, 2, pixels, drawn, &error),
                     TOT_OK);
    for (size_t k = 0; k < EXAMPLES; k++)
        ck_assert(drawn[k] == (k % 3 != 2));
}
END_TEST

START_TEST(what_is_wrong_is_named) {
    static float pixels[EXAMPLES * SIZE * SIZE];
    static batch b;
    bool drawn[EXAMPLES];
    tot_image_options options = tot_image_options_default();
    const tot_survey survey = make_survey();
    tot_error error;
    options.width = options.height = SIZE;
    fill(&b, &survey);
    b.systems[6].fillout = -1;
    ck_assert_int_eq(tot_make_models(b.models, EXAMPLES, TOT_MODEL_PHASES, 0, 2, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "model 7: fillout must be a number from 0 to 1, got -1");
    fill(&b, &survey);
    ck_assert_int_eq(tot_make_models(b.models, EXAMPLES, TOT_MODEL_PHASES, 0, 2, &error), TOT_OK);
    b.examples[5].target.period = 0;
    ck_assert_int_eq(tot_draw_examples(b.examples, EXAMPLES, &options, 2, pixels, drawn, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "example 6: the period must be above 0, got 0");
}
END_TEST

Suite *synthesis_suite(void) {
    Suite *suite = suite_create("synthesis");
    TCase *tests = tcase_create("synthesis");
    tcase_add_test(tests, images_do_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, a_mirrored_example_is_another_one);
    tcase_add_test(tests, too_few_points_make_no_image_and_no_error);
    tcase_add_test(tests, what_is_wrong_is_named);
    suite_add_tcase(suite, tests);
    return suite;
}
