/* The forward kernels of the fused convolution, each that this CPU has, against the convolution in
 * double precision followed by rectifier and pooling. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/conv2d_naive.h"
#include "nn/conv_kernel.h"
#include "suites.h"

static float *random_floats(tot_rng *rng, size_t count) {
    float *x = tot_allocate(count, sizeof(float));
    ck_assert_ptr_nonnull(x);
    for (size_t k = 0; k < count; k++)
        x[k] = (float)(2.0 * tot_rng_uniform(rng) - 1.0);
    return x;
}

typedef struct bench {
    tot_conv_block block;
    float *weights; /* and biases */
    float *planes;  /* the input, [channel][row][column] */
    float *sums;    /* the convolution without the rectifier */
    float *input;   /* as the kernel wants it */
    float *output;
    uint8_t *choice;
    size_t output_count, choice_count;
} bench;

static size_t place(size_t channel, size_t y, size_t x, size_t height, size_t width) {
    return ((channel / 16 * (height + 2) + y + 1) * (width + 2) + x + 1) * 16 + channel % 16;
}

static bench make_bench(tot_conv_block block) {
    bench b = {.block = block};
    const size_t plane = block.height * block.width, out_height = tot_block_out_height(&block);
    tot_rng rng = tot_rng_stream(21, plane + block.channels);
    const tot_layer layer = {.spec = {.units = block.filters, .activation = TOT_ACTIVATION_LINEAR},
                             .input = {block.channels, block.height, block.width, false},
                             .weight_count = block.filters * block.channels * 9};
    b.weights = random_floats(&rng, layer.weight_count + block.filters);
    b.planes = random_floats(&rng, block.channels * plane);
    b.sums = tot_allocate(block.filters * plane, sizeof(float));
    tot_conv2d_naive_forward(&layer, b.weights, b.planes, b.sums, 1);
    if (block.plain_input) {
        b.input = tot_allocate(plane, sizeof(float));
        memcpy(b.input, b.planes, plane * sizeof(float));
    } else {
        b.input = tot_allocate(tot_blocked_size(block.channels, block.height, block.width),
                               sizeof(float));
        for (size_t k = 0; k < block.channels * plane; k++)
            b.input[place(k / plane, k % plane / block.width, k % block.width, block.height,
                          block.width)] = b.planes[k];
    }
    b.output_count = tot_blocked_size(block.filters, out_height, tot_block_out_width(&block));
    b.choice_count = tot_blocks_of(block.filters) * out_height * tot_block_out_width(&block) * 16;
    b.output = tot_allocate(b.output_count, sizeof(float));
    b.choice = tot_allocate(b.choice_count, 1);
    return b;
}

static void free_bench(bench *b) {
    tot_free(b->weights);
    tot_free(b->planes);
    tot_free(b->sums);
    tot_free(b->input);
    tot_free(b->output);
    tot_free(b->choice);
}

/* Garbage where results go and where nothing may be expected, and a border that must stay. */
static void run(bench *b, const tot_conv_kernel *kernel, bool with_choice) {
    const size_t packed_bytes = kernel->forward_packed_bytes(&b->block);
    const size_t scratch_bytes = kernel->forward_scratch_bytes(&b->block);
    float *packed = tot_allocate(1, packed_bytes), *scratch = tot_allocate(1, scratch_bytes);
    memset(packed, 0xff, packed_bytes);
    memset(scratch, 0xff, scratch_bytes);
    memset(b->choice, 77, b->choice_count);
    for (size_t k = 0; k < b->output_count; k++)
        b->output[k] = 77.0f;
    kernel->forward_pack(&b->block, b->weights,
                         b->weights + b->block.filters * b->block.channels * 9, packed);
    kernel->forward(&b->block, packed, b->input, b->output, with_choice ? b->choice : NULL,
                    scratch);
    tot_free(packed);
    tot_free(scratch);
}

/* One output and its choice, against the up to four sums it is made of. The kernels round
 * otherwise than the reference: between almost equal sums they may choose the other. */
static void check_output(const bench *b, size_t f, size_t y, size_t x, double tolerance) {
    const tot_conv_block *block = &b->block;
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t scale = block->pool ? 2 : 1;
    const float *sums = b->sums + (f * block->height + scale * y) * block->width + scale * x;
    const int choice = b->choice[((f / 16 * height + y) * width + x) * 16 + f % 16];
    const double value = (double)b->output[place(f, y, x, height, width)];
    double largest = (double)sums[0];
    for (size_t k = 1; k < scale * scale; k++)
        largest = fmax(largest, (double)sums[k / 2 * block->width + k % 2]);
    ck_assert_double_eq_tol(value, block->relu ? fmax(largest, 0.0) : largest, tolerance);
    if (block->relu && value <= 0.0) {
        ck_assert_int_eq(choice, TOT_CHOICE_NONE);
    } else {
        ck_assert_int_lt(choice, (int)(scale * scale));
        ck_assert_double_eq_tol((double)sums[(size_t)choice / 2 * block->width + choice % 2], value,
                                tolerance);
    }
}

static void check_border(const bench *b) {
    const size_t height = tot_block_out_height(&b->block) + 2;
    const size_t width = tot_block_out_width(&b->block) + 2;
    for (size_t k = 0; k < b->output_count; k++) {
        const size_t y = k / 16 / width % height, x = k / 16 % width;
        if (y == 0 || x == 0 || y == height - 1 || x == width - 1)
            ck_assert_float_eq(b->output[k], 77.0f);
    }
}

/* Sums of n products of order 1: Winograd's have errors of at most 1e-6 sqrt(n), measured, and so
 * have the plain ones. */
static void check_block(tot_conv_block block) {
    const double tolerance = 2e-6 * sqrt(9.0 * (double)block.channels + 1.0);
    const tot_conv_kernel *kernel;
    bench b = make_bench(block);
    float *first = tot_allocate(b.output_count, sizeof(float));
    for (size_t k = 0; (kernel = tot_conv_kernel_at(TOT_FP32, k)) != NULL; k++) {
        run(&b, kernel, true);
        check_border(&b);
        for (size_t f = 0; f < block.filters; f++)
            for (size_t y = 0; y < tot_block_out_height(&block); y++)
                for (size_t x = 0; x < tot_block_out_width(&block); x++)
                    check_output(&b, f, y, x, tolerance);
        memcpy(first, b.output, b.output_count * sizeof(float));
        run(&b, kernel, false);
        ck_assert_mem_eq(first, b.output, b.output_count * sizeof(float));
        ck_assert_uint_eq(b.choice[0], 77);
    }
    tot_free(first);
    free_bench(&b);
}

/* All four combinations of rectifier and pooling, and a plain input where that is possible. */
static void check_sizes(size_t channels, size_t filters, size_t height, size_t width) {
    for (int k = 0; k < 8; k++) {
        const tot_conv_block block = {channels,     filters,      height,      width,
                                      (k & 1) != 0, (k & 2) != 0, (k & 4) != 0};
        if (!(block.pool && (height < 2 || width < 2)) && !(block.plain_input && channels > 1))
            check_block(block);
    }
}

START_TEST(kernels_equal_the_naive_convolution) {
    check_sizes(1, 1, 1, 1);
    check_sizes(3, 17, 1, 1);
    check_sizes(1, 16, 2, 2);
    check_sizes(16, 16, 2, 2);
    check_sizes(17, 3, 3, 3);
    check_sizes(1, 40, 7, 5);
    check_sizes(3, 40, 5, 7);
    check_sizes(40, 17, 13, 29);
    check_sizes(32, 32, 6, 6);
    check_sizes(64, 64, 12, 12);
    check_sizes(16, 3, 29, 13);
}
END_TEST

START_TEST(kernels_take_large_images) {
    check_block((tot_conv_block){1, 16, 100, 100, true, true, true});
    check_block((tot_conv_block){1, 1, 250, 250, true, true, true});
    check_block((tot_conv_block){1, 3, 175, 350, true, true, true});
    check_block((tot_conv_block){16, 2, 100, 100, true, true, false});
    check_block((tot_conv_block){3, 1, 175, 350, false, false, false});
}
END_TEST

/* Of equal sums the first is chosen, and none of those that are not positive. */
START_TEST(the_first_of_equals_is_chosen) {
    const tot_conv_kernel *kernel;
    const float values[4][4] = {{1, 1, 1, 1}, {0, 2, 2, 2}, {-1, -3, 5, 5}, {-1, 0, 0, -2}};
    const int expected[4] = {0, 1, 2, TOT_CHOICE_NONE};
    for (int plain = 0; plain < 2; plain++)
        for (int n = 0; n < 4; n++) {
            bench b = make_bench((tot_conv_block){1, 1, 2, 2, true, true, plain == 1});
            memset(b.weights, 0, 10 * sizeof(float));
            b.weights[4] = 1.0f; /* the sum is the pixel */
            for (size_t k = 0; k < 4; k++)
                b.input[plain == 1 ? k : place(0, k / 2, k % 2, 2, 2)] = values[n][k];
            for (size_t k = 0; (kernel = tot_conv_kernel_at(TOT_FP32, k)) != NULL; k++) {
                run(&b, kernel, true);
                if (plain == 1 || n == 3) /* Winograd's sums are equal only up to rounding */
                    ck_assert_int_eq(b.choice[0], expected[n]);
            }
            free_bench(&b);
        }
}
END_TEST

START_TEST(kernels_are_found_by_name) {
    const tot_conv_kernel *kernel, *best = tot_conv_kernel_at(TOT_FP32, 0);
    tot_error error;
    ck_assert_int_eq(tot_conv_kernel_find(NULL, TOT_FP32, &kernel, &error), TOT_OK);
    ck_assert_ptr_eq(kernel, best);
    for (size_t k = 0; (best = tot_conv_kernel_at(TOT_FP32, k)) != NULL; k++) {
        ck_assert_int_eq(tot_conv_kernel_find(best->name, TOT_FP32, &kernel, &error), TOT_OK);
        ck_assert_ptr_eq(kernel, best);
    }
    ck_assert_int_eq(tot_conv_kernel_find("portable", TOT_FP32, &kernel, &error), TOT_OK);
    ck_assert_ptr_null(kernel);
    ck_assert_int_eq(tot_conv_kernel_find("abacus", TOT_FP32, &kernel, &error), TOT_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(
        strstr(error.message, "no kernel 'abacus' for fp32 on this computer, which has "));
    ck_assert_ptr_nonnull(strstr(error.message, "portable"));
}
END_TEST

Suite *conv_forward_suite(void) {
    Suite *suite = suite_create("conv_forward");
    TCase *tests = tcase_create("conv_forward");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, kernels_equal_the_naive_convolution);
    tcase_add_test(tests, kernels_take_large_images);
    tcase_add_test(tests, the_first_of_equals_is_chosen);
    tcase_add_test(tests, kernels_are_found_by_name);
    suite_add_tcase(suite, tests);
    return suite;
}
