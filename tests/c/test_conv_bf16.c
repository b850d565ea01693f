/* The kernels of convolution blocks in bfloat16, each that this CPU has and the emulated one,
 * against the definition in double precision on rounded images and weights. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/amx_emulation.h"
#include "nn/conv_amx.h"
#include "nn/conv_kernel.h"
#include "suites.h"

enum { LANES = TOT_BLOCK_CHANNELS };

/* Distance of neighbouring bfloat16 at 1. */
static const double EPSILON = 0x1p-7;

/* ------------------------------------------------------------------------------ numbers */

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

START_TEST(rounding_is_to_the_nearest_and_to_even) {
    ck_assert_uint_eq(tot_bf16_of(1.0f), 0x3f80);
    ck_assert_uint_eq(tot_bf16_of(-2.5f), 0xc020);
    ck_assert_uint_eq(tot_bf16_of(float_of(0x3f808000)), 0x3f80); /* half way, down to even */
    ck_assert_uint_eq(tot_bf16_of(float_of(0x3f818000)), 0x3f82); /* half way, up to even */
    ck_assert_uint_eq(tot_bf16_of(float_of(0x3f808001)), 0x3f81);
    ck_assert_uint_eq(tot_bf16_of(float_of(0x3f80ffff)), 0x3f81);
    ck_assert_uint_eq(tot_bf16_of(float_of(0x7f7fffff)), 0x7f80); /* the largest: to infinity */
    ck_assert_uint_eq(tot_bf16_of(-INFINITY), 0xff80);
    ck_assert(isnan(tot_bf16_to_float(tot_bf16_of(NAN))));
    ck_assert(isnan(tot_bf16_to_float(tot_bf16_of(float_of(0x7f800001))))); /* only low bits */
    for (uint32_t k = 0; k < 0x7f80; k++)
        ck_assert_uint_eq(tot_bf16_of(tot_bf16_to_float((tot_bf16)k)), k);
}
END_TEST

/* By hand from the manual's pseudocode: even and odd products are added apart. */
START_TEST(emulated_tiles_add_in_the_order_of_the_manual) {
    tot_amx_configuration configuration = {.palette = 1};
    tot_amx_tiles tiles;
    const tot_bf16 one = 0x3f80, tiny = tot_bf16_of(0x1p-12f), least = 0x0001;
    tot_bf16 a[4] = {tot_bf16_of(0x1p12f), one, one, one}, b[2][2] = {{one, tiny}, {one, tiny}};
    float sum = 0.0f;
    for (int k = 0; k < 3; k++) {
        configuration.rows[k] = k == 2 ? 2 : 1;
        configuration.bytes[k] = k == 1 ? 8 : 4;
    }
    tot_amx_configure(&tiles, &configuration);
    tot_amx_load(&tiles, 0, &sum, 4);
    tot_amx_load(&tiles, 1, a, 8);
    tot_amx_load(&tiles, 2, b, 4);
    tot_amx_multiply(&tiles, 0, 1, 2);
    tot_amx_store(&tiles, 0, &sum, 4);
    /* 4096 + 1, and 2^-12 + 2^-12 = 2^-11 beside it: the sum of both needs 24 bits */
    ck_assert_float_eq(sum, 4097.0f + 0x1p-11f);
    a[0] = least;
    b[0][0] = tot_bf16_of(0x1p100f);
    a[1] = a[2] = a[3] = 0;
    tot_amx_load(&tiles, 1, a, 8);
    tot_amx_load(&tiles, 2, b, 4);
    tot_amx_zero(&tiles, 0);
    tot_amx_multiply(&tiles, 0, 1, 2);
    tot_amx_store(&tiles, 0, &sum, 4);
    ck_assert_float_eq(sum, 0.0f); /* a subnormal number counts as zero */
}
END_TEST

/* ------------------------------------------------------------------------------- blocks */

typedef struct problem {
    tot_conv_block block;
    size_t plane, out_plane, choice_count, input_count, output_count;
    float *weights, *biases; /* not rounded */
    float *values;           /* the rounded input, [channel][row][column] */
    void *input;             /* as kernels read it */
    double *sums;            /* of the convolution, [filter][row][column] */
    tot_bf16 *output;
    uint8_t *choice;
    float *output_gradient;
} problem;

static void *zeros(size_t count, size_t size) {
    void *memory = tot_allocate(count, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static size_t bordered(size_t channel, size_t y, size_t x, size_t height, size_t width) {
    return ((channel / LANES * (height + 2) + y + 1) * (width + 2) + x + 1) * LANES +
           channel % LANES;
}

static float draw(tot_rng *rng) {
    return (float)(2.0 * tot_rng_uniform(rng) - 1.0);
}

static double rounded(float x) {
    return (double)tot_bf16_to_float(tot_bf16_of(x));
}

/* The convolution's input at a tap of pixel (y, x). */
static double input_at(const problem *p, size_t c, size_t y, size_t x, size_t tap) {
    const size_t row = y + tap / 3, column = x + tap % 3; /* one more */
    if (row < 1 || row > p->block.height || column < 1 || column > p->block.width)
        return 0.0;
    return (double)p->values[c * p->plane + (row - 1) * p->block.width + column - 1];
}

static void convolve(problem *p) {
    const tot_conv_block *block = &p->block;
    for (size_t f = 0; f < block->filters; f++)
        for (size_t n = 0; n < p->plane; n++) {
            double sum = (double)p->biases[f];
            for (size_t c = 0; c < block->channels; c++)
                for (size_t tap = 0; tap < 9; tap++)
                    sum += rounded(p->weights[(f * block->channels + c) * 9 + tap]) *
                           input_at(p, c, n / block->width, n % block->width, tap);
            p->sums[f * p->plane + n] = sum;
        }
}

static problem make_problem(tot_conv_block block) {
    problem p = {.block = block, .plane = block.height * block.width};
    const size_t height = tot_block_out_height(&block), width = tot_block_out_width(&block);
    tot_rng rng = tot_rng_stream(5, block.channels * p.plane + block.filters);
    p.out_plane = height * width;
    p.choice_count = tot_blocks_of(block.filters) * p.out_plane * LANES;
    p.input_count =
        block.plain_input ? p.plane : tot_blocked_size(block.channels, block.height, block.width);
    p.output_count = tot_blocked_size(block.filters, height, width);
    p.weights = zeros(block.filters * block.channels * 9, sizeof(float));
    p.biases = zeros(block.filters, sizeof(float));
    p.values = zeros(block.channels * p.plane, sizeof(float));
    p.input = zeros(p.input_count, sizeof(float));
    p.sums = zeros(block.filters * p.plane, sizeof(double));
    p.output = zeros(p.output_count, sizeof(tot_bf16));
    p.choice = zeros(p.choice_count, 1);
    p.output_gradient = zeros(p.output_count, sizeof(float));
    for (size_t k = 0; k < block.filters * block.channels * 9; k++)
        p.weights[k] = draw(&rng);
    for (size_t k = 0; k < block.filters; k++)
        p.biases[k] = draw(&rng);
    for (size_t k = 0; k < block.channels * p.plane; k++) {
        const float x = draw(&rng);
        p.values[k] = (float)rounded(x);
        if (block.plain_input)
            ((float *)p.input)[k] = x;
        else
            ((tot_bf16 *)p.input)[bordered(k / p.plane, k % p.plane / block.width, k % block.width,
                                           block.height, block.width)] = tot_bf16_of(x);
    }
    convolve(&p);
    return p;
}

static void free_problem(problem *p) {
    tot_free(p->weights);
    tot_free(p->biases);
    tot_free(p->values);
    tot_free(p->input);
    tot_free(p->sums);
    tot_free(p->output);
    tot_free(p->choice);
    tot_free(p->output_gradient);
}

/* Garbage where results go and in the working memory. */
static void run_forward(problem *p, const tot_conv_kernel *kernel, bool with_choice) {
    const size_t packed_bytes = kernel->forward_packed_bytes(&p->block);
    const size_t scratch_bytes = kernel->forward_scratch_bytes(&p->block);
    char *packed = zeros(1, packed_bytes), *scratch = zeros(1, scratch_bytes);
    memset(packed, 0xff, packed_bytes);
    memset(scratch, 0xff, scratch_bytes);
    memset(p->choice, 77, p->choice_count);
    memset(p->output, 0x55, p->output_count * sizeof *p->output);
    kernel->forward_pack(&p->block, p->weights, p->biases, packed);
    kernel->forward(&p->block, packed, p->input, p->output, with_choice ? p->choice : NULL,
                    scratch);
    tot_free(packed);
    tot_free(scratch);
}

static void check_output(const problem *p, size_t f, size_t y, size_t x) {
    const tot_conv_block *block = &p->block;
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t scale = block->pool ? 2 : 1;
    const double *sums = p->sums + f * p->plane + scale * y * block->width + scale * x;
    const size_t choice = p->choice[((f / LANES * height + y) * width + x) * LANES + f % LANES];
    const double value = (double)tot_bf16_to_float(p->output[bordered(f, y, x, height, width)]);
    double largest = sums[0];
    for (size_t k = 1; k < scale * scale; k++)
        largest = fmax(largest, sums[k / 2 * block->width + k % 2]);
    /* of float32 sums, and half a step of bfloat16 */
    const double noise = 2e-7 * (double)(9 * block->channels + 1);
    const double expected = block->relu ? fmax(largest, 0.0) : largest;
    ck_assert_double_eq_tol(value, expected, noise + 0.51 * EPSILON * fabs(expected));
    if (block->relu && value <= 0.0) {
        ck_assert_uint_eq(choice, TOT_CHOICE_NONE);
    } else {
        ck_assert_uint_lt(choice, scale * scale);
        ck_assert_double_eq_tol(sums[choice / 2 * block->width + choice % 2], largest, noise);
    }
}

static void check_forward(problem *p, const tot_conv_kernel *kernel) {
    const size_t height = tot_block_out_height(&p->block), width = tot_block_out_width(&p->block);
    tot_bf16 *first = zeros(p->output_count, sizeof *first);
    run_forward(p, kernel, true);
    for (size_t f = 0; f < p->block.filters; f++)
        for (size_t n = 0; n < p->out_plane; n++)
            check_output(p, f, n / width, n % width);
    for (size_t k = 0; k < p->output_count; k++) {
        const size_t y = k / LANES / (width + 2) % (height + 2), x = k / LANES % (width + 2);
        const bool border = y == 0 || x == 0 || y == height + 1 || x == width + 1;
        const size_t filter = k / LANES / (width + 2) / (height + 2) * LANES + k % LANES;
        if (border)
            ck_assert_uint_eq(p->output[k], 0x5555);
        else if (filter >= p->block.filters)
            ck_assert_uint_eq(p->output[k], 0);
    }
    memcpy(first, p->output, p->output_count * sizeof *first);
    run_forward(p, kernel, false);
    ck_assert_mem_eq(first, p->output, p->output_count * sizeof *first);
    ck_assert_uint_eq(p->choice[0], 77);
    tot_free(first);
}

/* Gradients that bfloat16 has, so that no kernel rounds them. */
static void draw_gradients(problem *p) {
    const tot_conv_block *block = &p->block;
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    tot_rng rng = tot_rng_stream(6, p->plane);
    for (size_t k = 0; k < p->output_count; k++)
        p->output_gradient[k] = NAN;
    for (size_t f = 0; f < tot_blocks_of(block->filters) * LANES; f++)
        for (size_t n = 0; n < p->out_plane; n++) {
            const double u = tot_rng_uniform(&rng);
            uint8_t q = block->pool ? (uint8_t)(4.0 * tot_rng_uniform(&rng)) : 0;
            const float g = (float)rounded(draw(&rng));
            if (block->relu && (u < 0.4 || f >= block->filters))
                q = TOT_CHOICE_NONE;
            p->choice[(f / LANES * p->out_plane + n) * LANES + f % LANES] = q;
            p->output_gradient[bordered(f, n / width, n % width, height, width)] =
                f >= block->filters || u > 0.9 ? 0.0f : g;
        }
}

/* |got - want| relative to |want|; where terms of the order of 1 cancel, that is their rounding. */
static void check_close(const float *got, const double *want, size_t count) {
    double error = 0.0, norm = 0.0;
    for (size_t k = 0; k < count; k++) {
        error += pow((double)got[k] - want[k], 2.0);
        norm += pow(want[k], 2.0);
    }
    ck_assert_double_le(sqrt(error), 3e-6 * sqrt(norm) + 1e-5);
}

typedef struct gradients {
    double *input, *weights, *biases;
} gradients;

static gradients differentiate(const problem *p) {
    const tot_conv_block *block = &p->block;
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t scale = block->pool ? 2 : 1;
    gradients g = {zeros(block->channels * p->plane, sizeof(double)),
                   zeros(block->filters * block->channels * 9, sizeof(double)),
                   zeros(block->filters, sizeof(double))};
    for (size_t f = 0; f < block->filters; f++)
        for (size_t n = 0; n < p->out_plane; n++) {
            const size_t q = p->choice[(f / LANES * p->out_plane + n) * LANES + f % LANES];
            const double gradient =
                (double)p->output_gradient[bordered(f, n / width, n % width, height, width)];
            const size_t y = scale * (n / width) + q / 2, x = scale * (n % width) + q % 2;
            if (q == TOT_CHOICE_NONE)
                continue;
            g.biases[f] += gradient;
            for (size_t k = 0; k < 9 * block->channels; k++) {
                const size_t c = k / 9, tap = k % 9, w = (f * block->channels + c) * 9 + tap;
                const size_t row = y + tap / 3, column = x + tap % 3; /* one more */
                g.weights[w] += gradient * input_at(p, c, y, x, tap);
                if (row >= 1 && row <= block->height && column >= 1 && column <= block->width)
                    g.input[c * p->plane + (row - 1) * block->width + column - 1] +=
                        gradient * rounded(p->weights[w]);
            }
        }
    return g;
}

static void check_backward(problem *p, const tot_conv_kernel *kernel) {
    const tot_conv_block *block = &p->block;
    const size_t scratch_bytes = kernel->backward_scratch_bytes(block);
    const size_t weight_count = block->filters * block->channels * 9;
    char *packed = zeros(1, kernel->backward_packed_bytes(block));
    char *scratch = zeros(1, scratch_bytes), *sums = zeros(1, kernel->backward_sums_bytes(block));
    float *input = zeros(p->input_count, sizeof(float));
    float *inside = zeros(block->channels * p->plane, sizeof(float));
    float *found = zeros(weight_count + block->filters, sizeof(float));
    draw_gradients(p);
    gradients want = differentiate(p);
    memset(scratch, 0xff, scratch_bytes);
    memset(input, 0xff, p->input_count * sizeof(float));
    kernel->backward_pack(block, p->weights, packed);
    kernel->backward(block, packed, p->input, p->choice, p->output_gradient,
                     block->plain_input ? NULL : input, sums, scratch);
    kernel->backward_finish(block, sums, found, found + weight_count);
    check_close(found, want.weights, weight_count);
    check_close(found + weight_count, want.biases, block->filters);
    if (!block->plain_input) {
        for (size_t k = 0; k < block->channels * p->plane; k++)
            inside[k] = input[bordered(k / p->plane, k % p->plane / block->width, k % block->width,
                                       block->height, block->width)];
        check_close(inside, want.input, block->channels * p->plane);
        /* without the gradient that nobody wants, a second time */
        kernel->backward(block, packed, p->input, p->choice, p->output_gradient, NULL, sums,
                         scratch);
        kernel->backward_finish(block, sums, found, found + weight_count);
        for (size_t k = 0; k < weight_count; k++)
            want.weights[k] *= 2.0;
        check_close(found, want.weights, weight_count);
    }
    tot_free(packed);
    tot_free(scratch);
    tot_free(sums);
    tot_free(input);
    tot_free(inside);
    tot_free(found);
    tot_free(want.input);
    tot_free(want.weights);
    tot_free(want.biases);
}

static void check_block(tot_conv_block block) {
    const tot_conv_kernel *kernel;
    problem p = make_problem(block);
    for (size_t k = 0; (kernel = tot_conv_kernel_at(TOT_BF16, k)) != NULL; k++) {
        check_forward(&p, kernel);
        check_backward(&p, kernel);
    }
    free_problem(&p);
}

/* All combinations of rectifier and pooling, and a plain input where that is possible. */
static void check_sizes(size_t channels, size_t filters, size_t height, size_t width) {
    for (int k = 0; k < 8; k++) {
        const tot_conv_block block = {.channels = channels,
                                      .filters = filters,
                                      .height = height,
                                      .width = width,
                                      .relu = (k & 1) != 0,
                                      .pool = (k & 2) != 0,
                                      .plain_input = (k & 4) != 0};
        if ((block.pool && (height < 2 || width < 2)) || (block.plain_input && channels != 1))
            continue;
        check_block(block);
    }
}

START_TEST(kernels_agree_with_the_definition) {
    static const size_t cases[][4] = {
        {1, 1, 1, 1},     {3, 17, 1, 1},   {1, 16, 2, 2},    {17, 3, 2, 2},   {16, 16, 3, 3},
        {1, 40, 7, 5},    {3, 16, 7, 5},   {17, 40, 7, 5},   {64, 64, 6, 6},  {32, 64, 5, 9},
        {40, 17, 13, 29}, {1, 17, 13, 29}, {16, 32, 14, 12}, {33, 33, 4, 18}, {2, 48, 3, 40}};
    const size_t *sizes = cases[_i];
    check_sizes(sizes[0], sizes[1], sizes[2], sizes[3]);
}
END_TEST

START_TEST(kernels_agree_with_the_definition_on_large_images) {
    static const size_t cases[][4] = {{1, 16, 100, 100}, {1, 17, 175, 350}, {3, 16, 61, 64}};
    const size_t *sizes = cases[_i];
    check_block(
        (tot_conv_block){sizes[0], sizes[1], sizes[2], sizes[3], true, true, sizes[0] == 1});
}
END_TEST

/* Only AMX adds in another order. */
START_TEST(kernels_have_the_same_bits) {
    const tot_conv_block blocks[] = {{1, 16, 20, 23, true, true, true},
                                     {16, 32, 25, 21, true, true, false},
                                     {35, 20, 9, 14, false, true, false},
                                     {32, 33, 6, 27, true, false, false}};
    const tot_conv_kernel *kernel;
    for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
        problem p = make_problem(blocks[k]);
        tot_bf16 *output = zeros(p.output_count, sizeof *output);
        uint8_t *choice = zeros(p.choice_count, 1);
        ck_assert_int_eq(tot_conv_kernel_find("portable", TOT_BF16, &kernel, NULL), TOT_OK);
        run_forward(&p, kernel, true);
        memcpy(output, p.output, p.output_count * sizeof *output);
        memcpy(choice, p.choice, p.choice_count);
        for (size_t n = 0; (kernel = tot_conv_kernel_at(TOT_BF16, n)) != NULL; n++) {
            if (strncmp(kernel->name, "amx", 3) == 0)
                continue;
            run_forward(&p, kernel, true);
            ck_assert_mem_eq(output, p.output, p.output_count * sizeof *output);
            ck_assert_mem_eq(choice, p.choice, p.choice_count);
        }
        tot_free(output);
        tot_free(choice);
        free_problem(&p);
    }
}
END_TEST

#if defined(__x86_64__)
/* What stands around the tiles, in plain C and for AVX-512. */
START_TEST(layouts_for_tiles_have_the_same_bits) {
    const tot_amx_layouts *const both[] = {&tot_amx_layouts_portable, &tot_amx_layouts_avx512};
    const tot_conv_block blocks[] = {{16, 16, 7, 9, true, true, false},
                                     {16, 16, 6, 5, true, false, false},
                                     {16, 16, 4, 8, false, true, false}};
    enum { SIZE = 9 * 11 * LANES };
    static _Alignas(64) float sums[SIZE], biases[LANES], bias_sums[2][LANES];
    static _Alignas(64) tot_bf16 output[2][SIZE], image[2][SIZE], pairs[2][SIZE + LANES];
    static _Alignas(64) tot_bf16 rows[2][LANES * 64];
    static _Alignas(64) uint8_t choice[2][SIZE];
    const tot_conv_kernel *kernel;
    tot_conv_kernel_find("avx512", TOT_BF16, &kernel, NULL);
    if (kernel == NULL || strcmp(kernel->name, "avx512") != 0)
        return;
    for (size_t n = 0; n < sizeof blocks / sizeof *blocks; n++) {
        tot_rng rng = tot_rng_stream(8, n);
        const tot_conv_block *block = &blocks[n];
        for (size_t k = 0; k < SIZE; k++)
            sums[k] = draw(&rng);
        for (size_t k = 0; k < LANES; k++)
            biases[k] = bias_sums[0][k] = bias_sums[1][k] = draw(&rng);
        memset(output, 0, sizeof output);
        memset(image, 0, sizeof image);
        for (size_t k = 0; k < 2; k++) {
            both[k]->finish(block, biases, sums, tot_block_out_height(block), output[k], choice[k]);
            both[k]->spread(block, choice[k], sums, image[k], bias_sums[k]);
            both[k]->pair(image[k], 63, pairs[k]);
            both[k]->transpose(pairs[k], rows[k], 64);
        }
        ck_assert_mem_eq(output[0], output[1], sizeof output[0]);
        ck_assert_mem_eq(choice[0], choice[1], sizeof choice[0]);
        ck_assert_mem_eq(image[0], image[1], sizeof image[0]);
        ck_assert_mem_eq(bias_sums[0], bias_sums[1], sizeof bias_sums[0]);
        ck_assert_mem_eq(pairs[0], pairs[1], sizeof pairs[0]);
        ck_assert_mem_eq(rows[0], rows[1], sizeof rows[0]);
        ck_assert_uint_eq(pairs[0][63 * LANES], 0);
        ck_assert_uint_eq(rows[0][3 * 64 + 21], image[0][21 * LANES + 3]);
    }
}
END_TEST
#endif

/* The first of equal sums; none where none is positive; a NaN is not hidden. */
START_TEST(ties_zeros_and_nans) {
    const tot_conv_block block = {16, 16, 2, 2, true, true, false};
    const tot_conv_kernel *kernel;
    problem p = make_problem(block);
    memset(p.weights, 0, 16 * 16 * 9 * sizeof(float));
    for (size_t f = 0; f < 16; f++)
        p.biases[f] = f == 0 ? 1.0f : f == 1 ? 0.0f : f == 2 ? NAN : -1.0f;
    for (size_t n = 0; (kernel = tot_conv_kernel_at(TOT_BF16, n)) != NULL; n++) {
        run_forward(&p, kernel, true);
        const tot_bf16 *output = p.output + bordered(0, 0, 0, 1, 1);
        ck_assert_uint_eq(p.choice[0], 0);
        ck_assert_uint_eq(output[0], 0x3f80);
        ck_assert_uint_eq(p.choice[1], TOT_CHOICE_NONE);
        ck_assert(isnan(tot_bf16_to_float(output[2])));
        ck_assert_uint_eq(p.choice[3], TOT_CHOICE_NONE);
        ck_assert_uint_eq(output[3], 0);
    }
    free_problem(&p);
}
END_TEST

START_TEST(kernels_are_found_by_name_and_precision) {
    const tot_conv_kernel *kernel;
    tot_error error;
    ck_assert_int_eq(tot_conv_kernel_find(NULL, TOT_BF16, &kernel, &error), TOT_OK);
    ck_assert_ptr_eq(kernel, tot_conv_kernel_at(TOT_BF16, 0));
    ck_assert_int_eq(kernel->precision, TOT_BF16);
    ck_assert_int_eq(tot_conv_kernel_find("amx-emulated", TOT_BF16, &kernel, &error), TOT_OK);
    ck_assert_str_eq(kernel->name, "amx-emulated");
    /* what only the other precision has leaves the choice */
    ck_assert_int_eq(tot_conv_kernel_find("amx-emulated", TOT_FP32, &kernel, &error), TOT_OK);
    ck_assert_ptr_eq(kernel, tot_conv_kernel_at(TOT_FP32, 0));
    ck_assert_int_eq(tot_conv_kernel_find("abacus", TOT_BF16, &kernel, &error), TOT_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "no kernel 'abacus'"));
    ck_assert_ptr_nonnull(strstr(error.message, "portable"));
}
END_TEST

Suite *conv_bf16_suite(void) {
    Suite *suite = suite_create("conv_bf16");
    TCase *tests = tcase_create("conv_bf16");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, rounding_is_to_the_nearest_and_to_even);
    tcase_add_test(tests, emulated_tiles_add_in_the_order_of_the_manual);
    tcase_add_loop_test(tests, kernels_agree_with_the_definition, 0, 15);
    tcase_add_loop_test(tests, kernels_agree_with_the_definition_on_large_images, 0, 3);
    tcase_add_test(tests, kernels_have_the_same_bits);
#if defined(__x86_64__)
    tcase_add_test(tests, layouts_for_tiles_have_the_same_bits);
#endif
    tcase_add_test(tests, ties_zeros_and_nans);
    tcase_add_test(tests, kernels_are_found_by_name_and_precision);
    suite_add_tcase(suite, tests);
    return suite;
}
