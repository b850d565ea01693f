#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "synthesis/synthesis.h"

enum { EXAMPLES = 24, SIZE = 32 };

static void make_examples(tot_binary *systems, tot_example *examples) {
    for (size_t k = 0; k < EXAMPLES; k++) {
        systems[k] = tot_binary_defaults();
        systems[k].mass_ratio = 0.1 + 0.03 * (double)k;
        systems[k].inclination = 50 + 1.5 * (double)k;
        systems[k].resolution = 6;
        examples[k] = (tot_example){.system = &systems[k],
                                    .points = 60 + k,
                                    .sampling = k % 2 ? TOT_SAMPLING_RANDOM : TOT_SAMPLING_REGULAR,
                                    .noise = 0.01,
                                    .rng = tot_rng_stream(5, k)};
    }
}

START_TEST(images_do_not_depend_on_the_number_of_threads) {
    static float pixels[2][EXAMPLES * SIZE * SIZE];
    tot_binary systems[EXAMPLES];
    tot_example examples[EXAMPLES];
    tot_example_result results[2][EXAMPLES];
    tot_image_options options = tot_image_options_default();
    const size_t threads[] = {2, 3, 8};
    tot_error error;
    make_examples(systems, examples);
    options.width = options.height = SIZE;
    ck_assert_int_eq(
        tot_synthesize(examples, EXAMPLES, 0.05, &options, 1, pixels[0], results[0], &error),
        TOT_OK);
    for (size_t t = 0; t < 3; t++) {
        memset(pixels[1], 0, sizeof pixels[1]);
        ck_assert_int_eq(tot_synthesize(examples, EXAMPLES, 0.05, &options, threads[t], pixels[1],
                                        results[1], &error),
                         TOT_OK);
        ck_assert_mem_eq(pixels[0], pixels[1], sizeof pixels[0]);
        for (size_t k = 0; k < EXAMPLES; k++) {
            ck_assert(results[1][k].drawn);
            ck_assert_double_eq(results[0][k].light_left, results[1][k].light_left);
        }
    }
}
END_TEST

START_TEST(curves_that_hardly_vary_are_left_out) {
    float pixels[SIZE * SIZE];
    tot_binary system = tot_binary_defaults();
    tot_example example = {
        .system = &system, .points = 50, .noise = 0, .rng = tot_rng_stream(1, 1)};
    tot_example_result result;
    tot_image_options options = tot_image_options_default();
    tot_error error;
    options.width = options.height = SIZE;
    system.inclination = 15;
    ck_assert_int_eq(tot_synthesize(&example, 1, 0.1, &options, 1, pixels, &result, &error),
                     TOT_OK);
    ck_assert(!result.drawn && isnan(result.light_left) && result.amplitude < 0.1);
    /* The same share of third light makes a curve flatter by that share. */
    system.inclination = 70;
    ck_assert_int_eq(tot_synthesize(&example, 1, 0, &options, 1, pixels, &result, &error), TOT_OK);
    const double alone = result.amplitude;
    system.third_light = 0.25;
    ck_assert_int_eq(tot_synthesize(&example, 1, 0, &options, 1, pixels, &result, &error), TOT_OK);
    ck_assert_double_eq_tol(result.amplitude, 0.75 * alone, 0.01);
}
END_TEST

START_TEST(a_wrong_example_is_named) {
    static float pixels[EXAMPLES * SIZE * SIZE];
    tot_binary systems[EXAMPLES];
    tot_example examples[EXAMPLES];
    tot_example_result results[EXAMPLES];
    tot_image_options options = tot_image_options_default();
    tot_error error;
    make_examples(systems, examples);
    options.width = options.height = SIZE;
    systems[6].fillout = -1;
    ck_assert_int_eq(tot_synthesize(examples, EXAMPLES, 0, &options, 2, pixels, results, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "example 7: fillout must be a number from 0 to 1, got -1");
}
END_TEST

Suite *synthesis_suite(void) {
    Suite *suite = suite_create("synthesis");
    TCase *tests = tcase_create("synthesis");
    tcase_add_test(tests, images_do_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, curves_that_hardly_vary_are_left_out);
    tcase_add_test(tests, a_wrong_example_is_named);
    suite_add_tcase(suite, tests);
    return suite;
}
