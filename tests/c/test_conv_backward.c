/* The way back through a convolution block, by each kernel that this CPU has, against the
 * definition in double precision. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/conv_kernel.h"
#include "suites.h"

enum { LANES = TOT_BLOCK_CHANNELS };

/* How the choices and gradients of a case are drawn. */
typedef enum drawing { MIXED, NOTHING, SPARSE, ONLY_LAST } drawing;

typedef struct problem {
    tot_conv_block block;
    size_t input_size, weight_count, output_count; /* without borders and filling */
    float *weights, *input, *output_gradient, *input_gradient;
    uint8_t *choice;
    double *want_input, *want_weights, *want_biases;
} problem;

/* Index in an image of the given inner size with its border, or without one. */
static size_t bordered(size_t channel, size_t y, size_t x, size_t height, size_t width) {
    return ((channel / LANES * (height + 2) + y + 1) * (width + 2) + x + 1) * LANES +
           channel % LANES;
}

static void *zeros(size_t count, size_t size) {
    void *memory = tot_allocate(count, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static float draw(tot_rng *rng) {
    return (float)(2.0 * tot_rng_uniform(rng) - 1.0);
}

static problem make_problem(tot_conv_block block, drawing kind, uint64_t seed) {
    tot_rng rng = tot_rng_stream(seed, block.width);
    const size_t height = tot_block_out_height(&block), width = tot_block_out_width(&block);
    const size_t plane = height * width;
    const size_t out = tot_blocked_size(block.filters, height, width);
    problem p = {.block = block, .weight_count = block.filters * block.channels * 9};
    p.input_size = block.plain_input ? block.height * block.width
                                     : tot_blocked_size(block.channels, block.height, block.width);
    p.weights = zeros(p.weight_count, sizeof(float));
    p.input = zeros(p.input_size, sizeof(float));
    p.output_gradient = zeros(out, sizeof(float));
    p.input_gradient = zeros(p.input_size, sizeof(float));
    p.choice = zeros(tot_blocks_of(block.filters) * plane, LANES);
    p.want_input = zeros(p.input_size, sizeof(double));
    p.want_weights = zeros(p.weight_count, sizeof(double));
    p.want_biases = zeros(block.filters, sizeof(double));
    for (size_t k = 0; k < p.weight_count; k++)
        p.weights[k] = draw(&rng);
    for (size_t c = 0; c < block.channels; c++)
        for (size_t y = 0; y < block.height; y++)
            for (size_t x = 0; x < block.width; x++)
                p.input[block.plain_input ? y * block.width + x
                                          : bordered(c, y, x, block.height, block.width)] =
                    draw(&rng);
    /* what must not be read, or is overwritten */
    for (size_t k = 0; k < out; k++)
        p.output_gradient[k] = NAN;
    for (size_t k = 0; k < p.input_size; k++)
        p.input_gradient[k] = NAN;
    for (size_t f = 0; f < tot_blocks_of(block.filters) * LANES; f++)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++) {
                const double u = tot_rng_uniform(&rng);
                uint8_t q = block.pool ? (uint8_t)(4.0 * tot_rng_uniform(&rng)) : 0;
                float g = draw(&rng);
                if (kind == ONLY_LAST && block.pool)
                    q = 3;
                if (block.relu && (kind == NOTHING || u < (kind == SPARSE ? 0.97 : 0.4)))
                    q = TOT_CHOICE_NONE;
                if (f >= block.filters || u > 0.9)
                    g = 0.0f;
                p.output_gradient[bordered(f, y, x, height, width)] = g;
                p.choice[(f / LANES * plane + y * width + x) * LANES + f % LANES] = q;
            }
    return p;
}

static void free_problem(problem *p) {
    tot_free(p->weights);
    tot_free(p->input);
    tot_free(p->output_gradient);
    tot_free(p->input_gradient);
    tot_free(p->choice);
    tot_free(p->want_input);
    tot_free(p->want_weights);
    tot_free(p->want_biases);
}

/* y[f][pixel] = b[f] + sum of w[f][c][tap] x[c][pixel + tap - 1], differentiated at the pixels that
 * were chosen. */
static void solve(problem *p) {
    const tot_conv_block *block = &p->block;
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t stride = block->pool ? 2 : 1;
    for (size_t f = 0; f < block->filters; f++)
        for (size_t n = 0; n < height * width; n++) {
            const size_t q = p->choice[(f / LANES * height * width + n) * LANES + f % LANES];
            const double g =
                (double)p->output_gradient[bordered(f, n / width, n % width, height, width)];
            if (q == TOT_CHOICE_NONE)
                continue;
            p->want_biases[f] += g;
            for (size_t c = 0; c < block->channels; c++)
                for (size_t tap = 0; tap < 9; tap++) {
                    const size_t y = stride * (n / width) + q / 2 + tap / 3; /* one more */
                    const size_t x = stride * (n % width) + q % 2 + tap % 3;
                    if (y < 1 || y > block->height || x < 1 || x > block->width)
                        continue;
                    const size_t w = (f * block->channels + c) * 9 + tap;
                    const size_t at = block->plain_input
                                          ? (y - 1) * block->width + x - 1
                                          : bordered(c, y - 1, x - 1, block->height, block->width);
                    p->want_weights[w] += g * (double)p->input[at];
                    p->want_input[at] += g * (double)p->weights[w];
                }
        }
}

/* |got - want| relative to |want|; where terms of the order of 1 cancel, that is their rounding. */
static void check_close(const float *got, const double *want, size_t count, double repeats) {
    double error = 0.0, norm = 0.0;
    for (size_t k = 0; k < count; k++) {
        error += pow((double)got[k] - repeats * want[k], 2.0);
        norm += pow(repeats * want[k], 2.0);
    }
    ck_assert_double_le(sqrt(error), 3e-6 * sqrt(norm) + 1e-5);
}

/* Two images, the same one twice: what is summed and what is overwritten. */
static void check_problem(const tot_conv_kernel *kernel, tot_conv_block block, drawing kind,
                          uint64_t seed) {
    problem p = make_problem(block, kind, seed);
    const size_t height = block.height, width = block.width;
    float *packed = zeros(1, kernel->backward_packed_bytes(&block));
    float *sums = zeros(1, kernel->backward_sums_bytes(&block));
    void *scratch = zeros(1, kernel->backward_scratch_bytes(&block));
    float *weight_gradients = zeros(p.weight_count, sizeof(float));
    float *bias_gradients = zeros(block.filters, sizeof(float));
    solve(&p);
    kernel->backward_pack(&block, p.weights, packed);
    for (int image = 0; image < 2; image++)
        kernel->backward(&block, packed, p.input, p.choice, p.output_gradient,
                         image == 0 || block.plain_input ? NULL : p.input_gradient, sums, scratch);
    kernel->backward_finish(&block, sums, weight_gradients, bias_gradients);
    check_close(weight_gradients, p.want_weights, p.weight_count, 2.0);
    check_close(bias_gradients, p.want_biases, block.filters, 2.0);
    if (!block.plain_input)
        for (size_t c = 0; c < tot_blocks_of(block.channels) * LANES; c++)
            for (size_t y = 0; y < height; y++) {
                /* a row at a time: one wrong pixel of a large image would not be seen */
                double want[512];
                float got[512];
                for (size_t x = 0; x < width; x++) {
                    got[x] = p.input_gradient[bordered(c, y, x, height, width)];
                    want[x] = p.want_input[bordered(c, y, x, height, width)];
                }
                check_close(got, want, width, 1.0);
            }
    tot_free(bias_gradients);
    tot_free(weight_gradients);
    tot_free(scratch);
    tot_free(sums);
    tot_free(packed);
    free_problem(&p);
}

static void check_sizes(const tot_conv_kernel *kernel) {
    static const size_t sizes[][2] = {{1, 1}, {2, 2}, {7, 5}, {13, 29}, {12, 12}, {3, 130}};
    static const size_t counts[] = {1, 3, 16, 17, 32, 40, 64, 70};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t c = 0; c < 8; c++)
            for (int variant = 0; variant < 4; variant++) {
                const size_t filters = counts[(3 * c + s + (size_t)variant) % 8];
                tot_conv_block block = {.channels = counts[c],
                                        .filters = filters,
                                        .height = sizes[s][0],
                                        .width = sizes[s][1],
                                        .relu = variant % 2 == 0,
                                        .pool = variant / 2 == 0 && s > 0};
                check_problem(kernel, block, MIXED, s * 100 + c);
                block.channels = 1;
                block.plain_input = true;
                check_problem(kernel, block, MIXED, s * 100 + c);
            }
}

static void check_images(const tot_conv_kernel *kernel) {
    static const size_t sizes[][2] = {{100, 100}, {250, 250}, {175, 350}};
    for (size_t s = 0; s < 3; s++) {
        tot_conv_block block = {1, 16, sizes[s][0], sizes[s][1], true, true, true};
        check_problem(kernel, block, MIXED, 7 + s);
        block = (tot_conv_block){16, 32, sizes[s][0] / 2, sizes[s][1] / 2, true, true, false};
        check_problem(kernel, block, MIXED, 17 + s);
    }
    check_problem(kernel, (tot_conv_block){17, 3, 100, 100, true, false, false}, MIXED, 27);
    check_problem(kernel, (tot_conv_block){16, 16, 250, 250, true, true, false}, SPARSE, 28);
}

static void check_drawings(const tot_conv_kernel *kernel) {
    for (drawing kind = NOTHING; kind <= ONLY_LAST; kind++)
        for (int plain = 0; plain < 2; plain++)
            for (int pool = 0; pool < 2; pool++)
                check_problem(kernel,
                              (tot_conv_block){plain ? 1 : 32, 64, 25, 25, true, pool, plain}, kind,
                              40);
}

static void check_kernels(void (*check)(const tot_conv_kernel *)) {
    const tot_conv_kernel *kernel;
    for (size_t k = 0; (kernel = tot_conv_kernel_at(TOT_FP32, k)) != NULL; k++)
        if (kernel->backward != NULL)
            check(kernel);
}

START_TEST(sizes_agree_with_the_definition) {
    check_kernels(check_sizes);
}
END_TEST

START_TEST(images_agree_with_the_definition) {
    check_kernels(check_images);
}
END_TEST

START_TEST(choices_agree_with_the_definition) {
    check_kernels(check_drawings);
}
END_TEST

Suite *conv_backward_suite(void) {
    Suite *suite = suite_create("conv_backward");
    TCase *core = tcase_create("core");
    tcase_add_test(core, sizes_agree_with_the_definition);
    tcase_add_test(core, images_agree_with_the_definition);
    tcase_add_test(core, choices_agree_with_the_definition);
    suite_add_tcase(suite, core);
    return suite;
}
