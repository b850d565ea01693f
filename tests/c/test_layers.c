/* Each layer by itself: its gradient against differences, the fast convolution against the naive.
 */
#include <cblas.h>
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/optimizer.h"
#include "nn/conv2d_naive.h"
#include "nn/gemm.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "suites.h"

/* A layer with its parameters, one chunk of random input, and a random direction r: L = sum r y. */
typedef struct bench {
    tot_layer layer;
    tot_pass pass;
    size_t parameter_count, input_count, output_count;
    float *parameters, *input, *output, *direction;
    float *gradients, *input_gradient;
} bench;

static float *random_floats(tot_rng *rng, size_t count, double low, double high) {
    float *x = tot_allocate(count, sizeof(float));
    ck_assert_ptr_nonnull(x);
    for (size_t k = 0; k < count; k++)
        x[k] = (float)(low + (high - low) * tot_rng_uniform(rng));
    return x;
}

static bench make_bench(tot_layer_spec spec, tot_shape input, size_t images) {
    tot_rng rng = tot_rng_stream(11, input.width);
    bench b = {.layer = {.class = tot_layer_class_of(spec.kind),
                         .spec = spec,
                         .activation = spec.activation,
                         .trainable = true,
                         .input = input}};
    tot_error error;
    tot_gemm_prepare();
    ck_assert_int_eq(b.layer.class->plan(&b.layer, &error), TOT_OK);
    b.parameter_count = b.layer.weight_count + b.layer.bias_count;
    b.input_count = tot_shape_size(input) * images;
    b.output_count = tot_shape_size(b.layer.output) * images;
    b.parameters = random_floats(&rng, b.parameter_count, -1, 1);
    b.input = random_floats(&rng, b.input_count, -1, 1);
    b.direction = random_floats(&rng, b.output_count, -1, 1);
    /* garbage where results go: a layer must overwrite all of it */
    b.output = random_floats(&rng, b.output_count, 7, 9);
    b.gradients = random_floats(&rng, b.parameter_count, 7, 9);
    b.input_gradient = random_floats(&rng, b.input_count, 7, 9);
    b.pass = (tot_pass){.images = images, .training = true, .seed = 5, .first_sample = 3};
    b.pass.saved = tot_allocate(images, b.layer.saved_per_image);
    b.pass.scratch = random_floats(&rng, b.layer.scratch_count, 7, 9);
    return b;
}

static void free_bench(bench *b) {
    tot_free(b->parameters);
    tot_free(b->input);
    tot_free(b->output);
    tot_free(b->direction);
    tot_free(b->gradients);
    tot_free(b->input_gradient);
    tot_free(b->pass.saved);
    tot_free(b->pass.scratch);
}

static double value_of(bench *b) {
    double sum = 0.0;
    b->layer.class->forward(&b->layer, b->parameters, b->input, b->output, &b->pass);
    for (size_t k = 0; k < b->output_count; k++)
        sum += (double)b->direction[k] * (double)b->output[k];
    return sum;
}

/* Runs backward on a copy of the direction, which it may destroy. */
static void differentiate(bench *b) {
    float *gradient = tot_allocate(b->output_count, sizeof(float));
    memcpy(gradient, b->direction, b->output_count * sizeof(float));
    value_of(b);
    b->layer.class->backward(&b->layer, b->parameters, b->input, b->output, gradient,
                             b->input_gradient, b->gradients, &b->pass);
    tot_free(gradient);
}

static void check_differences(bench *b, float *variables, size_t count, const float *gradient,
                              double step, double tolerance) {
    const size_t stride = count / 50 + 1;
    for (size_t k = 0; k < count; k += stride) {
        const float before = variables[k];
        variables[k] = (float)((double)before + step);
        const double up = (double)variables[k], above = value_of(b);
        variables[k] = (float)((double)before - step);
        const double down = (double)variables[k], below = value_of(b);
        variables[k] = before;
        ck_assert_double_eq_tol((double)gradient[k], (above - below) / (up - down), tolerance);
    }
}

/* `step` is large where the layer is linear: there is no error but rounding. */
static void check_layer(tot_layer_spec spec, tot_shape input, size_t images, double step,
                        double tolerance) {
    bench b = make_bench(spec, input, images);
    if (spec.kind == TOT_LAYER_MAX_POOL2D) /* no two numbers nearer to each other than the step */
        for (size_t k = 0; k < b.input_count; k++)
            b.input[k] = (float)((k * 7919 + 13) % b.input_count) / (float)b.input_count;
    differentiate(&b);
    check_differences(&b, b.parameters, b.parameter_count, b.gradients, step, tolerance);
    check_differences(&b, b.input, b.input_count, b.input_gradient, step, tolerance);
    free_bench(&b);
}

static tot_layer_spec conv(size_t filters, tot_activation activation) {
    return (tot_layer_spec){.kind = TOT_LAYER_CONV2D, .units = filters, .activation = activation};
}

static tot_layer_spec dense(size_t units, tot_activation activation) {
    return (tot_layer_spec){.kind = TOT_LAYER_DENSE, .units = units, .activation = activation};
}

static tot_layer_spec activation(tot_activation kind) {
    return (tot_layer_spec){.kind = TOT_LAYER_ACTIVATION, .activation = kind};
}

START_TEST(gradients_agree_with_differences) {
    const tot_layer_spec average = {.kind = TOT_LAYER_GLOBAL_AVERAGE_POOLING2D};
    const tot_shape images = {3, 7, 5, false}, flat = {20, 1, 1, true};
    const tot_layer_spec pool = {.kind = TOT_LAYER_MAX_POOL2D};
    const tot_layer_spec flatten = {.kind = TOT_LAYER_FLATTEN};
    const tot_layer_spec dropout = {.kind = TOT_LAYER_DROPOUT, .rate = 0.4};
    check_layer(conv(4, TOT_ACTIVATION_LINEAR), images, 3, 0.5, 1e-4);
    check_layer(conv(4, TOT_ACTIVATION_RELU), images, 3, 1e-3, 3e-2);
    check_layer(dense(6, TOT_ACTIVATION_LINEAR), flat, 5, 0.5, 1e-4);
    check_layer(dense(6, TOT_ACTIVATION_RELU), flat, 5, 1e-3, 1e-2);
    check_layer(conv(4, TOT_ACTIVATION_TANH), images, 3, 1e-2, 3e-3);
    check_layer(dense(6, TOT_ACTIVATION_SIGMOID), flat, 5, 1e-2, 1e-3);
    check_layer(activation(TOT_ACTIVATION_TANH), images, 3, 1e-2, 1e-3);
    check_layer(activation(TOT_ACTIVATION_SIGMOID), flat, 3, 1e-2, 1e-3);
    check_layer(average, images, 3, 0.5, 1e-4);
    check_layer(pool, images, 3, 1e-3, 5e-3);
    check_layer(pool, (tot_shape){2, 2, 2, false}, 1, 1e-3, 5e-3);
    check_layer(flatten, images, 3, 0.5, 1e-4);
    check_layer(flatten, flat, 3, 0.5, 1e-4);
    check_layer(dropout, flat, 3, 0.5, 1e-4);
    check_layer(dropout, images, 3, 0.5, 1e-4);
}
END_TEST

static void check_equal(const float *a, const float *b, size_t count, double tolerance) {
    for (size_t k = 0; k < count; k++)
        ck_assert_double_eq_tol((double)a[k], (double)b[k], tolerance);
}

/* Sums of up to n terms of order 1 in float32: the error grows as sqrt(n) 1e-7, times a margin. */
static double tolerance_of(size_t terms) {
    return 2e-6 * sqrt((double)terms + 1.0);
}

static void check_conv(size_t channels, size_t height, size_t width, size_t filters, size_t images,
                       tot_activation activation) {
    const tot_shape shape = {channels, height, width, false};
    bench b = make_bench(conv(filters, activation), shape, images);
    float *output = tot_allocate(b.output_count, sizeof(float));
    float *gradients = tot_allocate(b.parameter_count, sizeof(float));
    float *input_gradient = tot_allocate(b.input_count, sizeof(float));
    differentiate(&b);
    tot_conv2d_naive_forward(&b.layer, b.parameters, b.input, output, images);
    tot_conv2d_naive_backward(&b.layer, b.parameters, b.input, b.output, b.direction,
                              input_gradient, gradients, images);
    check_equal(b.output, output, b.output_count, tolerance_of(9 * channels));
    check_equal(b.gradients, gradients, b.parameter_count, tolerance_of(images * height * width));
    check_equal(b.input_gradient, input_gradient, b.input_count, tolerance_of(9 * filters));
    tot_free(output);
    tot_free(gradients);
    tot_free(input_gradient);
    free_bench(&b);
}

START_TEST(fast_convolution_equals_the_naive_one) {
    check_conv(1, 1, 1, 1, 1, TOT_ACTIVATION_LINEAR);
    check_conv(2, 1, 6, 3, 2, TOT_ACTIVATION_LINEAR);
    check_conv(2, 6, 1, 3, 2, TOT_ACTIVATION_RELU);
    check_conv(3, 7, 5, 2, 8, TOT_ACTIVATION_RELU);
    check_conv(17, 25, 25, 19, 3, TOT_ACTIVATION_RELU);
    check_conv(1, 100, 100, 16, 2, TOT_ACTIVATION_LINEAR);
    /* more than one tile of rows in an image, and tiles that end inside one */
    check_conv(5, 100, 100, 3, 2, TOT_ACTIVATION_RELU);
    check_conv(64, 12, 12, 8, 8, TOT_ACTIVATION_RELU);
    check_conv(70, 31, 33, 2, 3, TOT_ACTIVATION_RELU);
}
END_TEST

START_TEST(convolution_skips_the_gradient_nobody_wants) {
    bench b = make_bench(conv(2, TOT_ACTIVATION_RELU), (tot_shape){1, 6, 6, false}, 2);
    float *with = tot_allocate(b.parameter_count, sizeof(float));
    float *direction = tot_allocate(b.output_count, sizeof(float));
    differentiate(&b);
    memcpy(with, b.gradients, b.parameter_count * sizeof(float));
    memcpy(direction, b.direction, b.output_count * sizeof(float));
    b.layer.class->backward(&b.layer, b.parameters, b.input, b.output, direction, NULL, b.gradients,
                            &b.pass);
    ck_assert_mem_eq(with, b.gradients, b.parameter_count * sizeof(float));
    tot_free(with);
    tot_free(direction);
    free_bench(&b);
}
END_TEST

START_TEST(pooling_leaves_out_the_odd_row_and_column) {
    const tot_layer_spec spec = {.kind = TOT_LAYER_MAX_POOL2D};
    const float input[] = {1, 2, 9, 4, 3, 9, 9, 9, 9}, expected[] = {0, 0, 0, 5, 0, 0, 0, 0, 0};
    bench b = make_bench(spec, (tot_shape){1, 3, 3, false}, 1);
    memcpy(b.input, input, sizeof input);
    b.direction[0] = 5.0f;
    differentiate(&b);
    ck_assert_uint_eq(b.output_count, 1);
    ck_assert_float_eq(b.output[0], 4.0f);
    check_equal(b.input_gradient, expected, 9, 1e-30);
    free_bench(&b);
}
END_TEST

/* The gradient of equal numbers goes to the first, as in Keras and PyTorch. */
START_TEST(pooling_chooses_the_first_of_equals) {
    const tot_layer_spec spec = {.kind = TOT_LAYER_MAX_POOL2D};
    const float input[] = {0, 1, 1, 1}, expected[] = {0, 3, 0, 0};
    bench b = make_bench(spec, (tot_shape){1, 2, 2, false}, 1);
    memcpy(b.input, input, sizeof input);
    b.direction[0] = 3.0f;
    differentiate(&b);
    check_equal(b.input_gradient, expected, 4, 1e-30);
    free_bench(&b);
}
END_TEST

START_TEST(dropout_keeps_the_mean_and_rests_outside_training) {
    enum { FEATURES = 20000 };
    const tot_layer_spec spec = {.kind = TOT_LAYER_DROPOUT, .rate = 0.25};
    bench b = make_bench(spec, (tot_shape){FEATURES, 1, 1, true}, 2);
    double sum = 0.0;
    size_t zeros = 0;
    for (size_t k = 0; k < b.input_count; k++)
        b.input[k] = 1.0f;
    value_of(&b);
    for (size_t k = 0; k < b.output_count; k++) {
        zeros += b.output[k] == 0.0f;
        sum += (double)b.output[k];
    }
    /* five standard deviations of 40000 draws */
    ck_assert_double_eq_tol((double)zeros / (2.0 * FEATURES), 0.25, 0.011);
    ck_assert_double_eq_tol(sum / (2.0 * FEATURES), 1.0, 0.015);
    ck_assert_mem_ne(b.output, b.output + FEATURES, FEATURES * sizeof(float));
    b.pass.training = false;
    value_of(&b);
    ck_assert_mem_eq(b.output, b.input, b.output_count * sizeof(float));
    free_bench(&b);
}
END_TEST

/* A sample's mask follows its number, not its place in a chunk. */
START_TEST(dropout_belongs_to_the_sample) {
    const tot_layer_spec spec = {.kind = TOT_LAYER_DROPOUT, .rate = 0.5};
    bench a = make_bench(spec, (tot_shape){3, 4, 4, false}, 2);
    bench b = make_bench(spec, (tot_shape){3, 4, 4, false}, 1);
    for (size_t k = 0; k < a.input_count; k++)
        a.input[k] = b.input[k % b.input_count] = 1.0f;
    b.pass.first_sample = a.pass.first_sample + 1;
    value_of(&a);
    value_of(&b);
    for (size_t c = 0; c < 3; c++) /* [channel][image][pixel] */
        ck_assert_mem_eq(a.output + (c * 2 + 1) * 16, b.output + c * 16, 16 * sizeof(float));
    free_bench(&a);
    free_bench(&b);
}
END_TEST

START_TEST(cross_entropy_is_stable) {
    ck_assert_double_eq_tol(tot_binary_crossentropy(0.0, 1.0), log(2.0), 1e-15);
    ck_assert_double_eq_tol(tot_binary_crossentropy(2.0, 0.0), 2.1269280110429727, 1e-15);
    ck_assert_double_eq_tol(tot_binary_crossentropy(1000.0, 0.0), 1000.0, 1e-12);
    ck_assert_double_eq_tol(tot_binary_crossentropy(-1000.0, 0.0), 0.0, 1e-300);
    ck_assert_double_eq_tol(tot_binary_crossentropy(-40.0, 0.0), exp(-40.0), 1e-30);
    ck_assert_double_eq_tol(tot_binary_crossentropy_gradient(-800.0, 1.0), -1.0, 1e-15);
    ck_assert_double_eq_tol(tot_binary_crossentropy_gradient(0.5, 0.3),
                            1.0 / (1.0 + exp(-0.5)) - 0.3, 1e-16);
    ck_assert(isnan(tot_binary_crossentropy((double)NAN, 1.0)));
}
END_TEST

/* By hand, from the formula in optimizer.h:
 * step 1, g = 0.5:   m = 0.05, v = 0.00025,    factor 3.162277660e-4, change 9.99993675e-4
 * step 2, g = -0.25: m = 0.02, v = 0.00031225, factor 2.353167253e-4, change 2.66335537e-4 */
START_TEST(adam_follows_its_formula) {
    tot_optimizer adam;
    float weight = 1.0f, gradient = 0.5f;
    ck_assert_int_eq(tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, 1, NULL), TOT_OK);
    tot_optimizer_apply(&adam, tot_optimizer_begin_step(&adam), 0, 1, &gradient, &weight);
    ck_assert_double_eq_tol((double)weight, 0.999000006325, 1e-7);
    gradient = -0.25f;
    tot_optimizer_apply(&adam, tot_optimizer_begin_step(&adam), 0, 1, &gradient, &weight);
    ck_assert_double_eq_tol((double)weight, 0.998733670788, 1e-7);
    ck_assert_uint_eq(adam.step, 2);
    tot_optimizer_clear(&adam);
    tot_optimizer_clear(&adam);
}
END_TEST

/* By hand: softmax(0, log 3) = (1/4, 3/4); label (1, 0) smoothed by 0.2 is (0.9, 0.1). */
START_TEST(categorical_cross_entropy_is_stable) {
    const tot_loss plain = {2, 0.0}, smooth = {2, 0.2}, binary = {1, 0.2};
    const float logits[] = {0.0f, (float)log(3.0)}, label[] = {1.0f, 0.0f};
    const float huge[] = {1000.0f, -1000.0f, 0.0f}, second[] = {0.0f, 1.0f, 0.0f};
    float gradient[3], probabilities[3];
    ck_assert_double_eq_tol(tot_loss_value(&plain, logits, label), log(4.0), 1e-7);
    ck_assert_double_eq_tol(tot_loss_value(&smooth, logits, label),
                            0.9 * log(4.0) + 0.1 * log(4.0 / 3.0), 1e-7);
    tot_loss_gradient(&smooth, logits, label, 2.0, gradient);
    ck_assert_double_eq_tol((double)gradient[0], 2.0 * (0.25 - 0.9), 1e-6);
    ck_assert_double_eq_tol((double)gradient[1], 2.0 * (0.75 - 0.1), 1e-6);
    ck_assert_double_eq_tol(tot_loss_value(&binary, &logits[1], label),
                            tot_binary_crossentropy(log(3.0), 0.9), 1e-7);
    ck_assert_double_eq_tol(tot_loss_value(&(tot_loss){3, 0.0}, huge, second), 2000.0, 1e-9);
    tot_softmax(huge, 3, probabilities);
    ck_assert_float_eq(probabilities[0], 1.0f);
    ck_assert_float_eq(probabilities[1], 0.0f);
}
END_TEST

#if defined(__x86_64__)
/* Whether or not OpenBLAS knows this processor. */
START_TEST(products_of_matrices_use_what_the_processor_has) {
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    float c[4];
    tot_gemm_prepare();
    tot_gemm(2, 2, 2, (tot_matrix){a, 2, TOT_NORMAL}, (tot_matrix){b, 2, TOT_TRANSPOSED}, 0.0f, c,
             2);
    const float expected[] = {17, 23, 39, 53};
    ck_assert_mem_eq(c, expected, sizeof c);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        getenv("OPENBLAS_CORETYPE") == NULL)
        ck_assert_str_ne(openblas_get_corename(), "Prescott");
}
END_TEST
#endif

Suite *layers_suite(void) {
    Suite *suite = suite_create("layers");
    TCase *tests = tcase_create("layers");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, gradients_agree_with_differences);
    tcase_add_test(tests, fast_convolution_equals_the_naive_one);
    tcase_add_test(tests, convolution_skips_the_gradient_nobody_wants);
    tcase_add_test(tests, pooling_leaves_out_the_odd_row_and_column);
    tcase_add_test(tests, pooling_chooses_the_first_of_equals);
    tcase_add_test(tests, dropout_keeps_the_mean_and_rests_outside_training);
    tcase_add_test(tests, dropout_belongs_to_the_sample);
    tcase_add_test(tests, cross_entropy_is_stable);
    tcase_add_test(tests, categorical_cross_entropy_is_stable);
    tcase_add_test(tests, adam_follows_its_formula);
#if defined(__x86_64__)
    tcase_add_test(tests, products_of_matrices_use_what_the_processor_has);
#endif
    suite_add_tcase(suite, tests);
    return suite;
}
