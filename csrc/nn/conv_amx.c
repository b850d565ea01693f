#include "nn/conv_amx.h"

#include "nn/conv_bf16_lanes.h"

enum { LANES = TOT_BLOCK_CHANNELS, STRIP_POSITIONS = 256 };

static size_t row_of(const tot_conv_block *block) {
    return block->width + 2;
}

static size_t plane_of(const tot_conv_block *block) {
    return (block->height + 2) * row_of(block);
}

/* ---------------------------------------------------------------------------- forward */

/* Rows of outputs that are made at a time. */
static size_t rows_of_strip(const tot_conv_block *block) {
    const size_t positions = (block->pool ? 2 : 1) * row_of(block);
    return positions < STRIP_POSITIONS ? STRIP_POSITIONS / positions : 1;
}

/* The last two positions of the last row would look beyond the image. */
static size_t positions_of(const tot_conv_block *block, size_t rows) {
    return (block->pool ? 2 : 1) * rows * row_of(block) - 2;
}

size_t tot_amx_forward_scratch_bytes(const tot_conv_block *block) {
    return 2 * positions_of(block, rows_of_strip(block)) * LANES * sizeof(float);
}

/* Bias, window, ReLU and rounding of some rows of outputs of 16 filters. */
TOT_SIMD static void finish_strip(const tot_conv_block *block, const float *biases,
                                  const float *sums, size_t rows, tot_bf16 *output,
                                  uint8_t *choice) {
    const size_t width = tot_block_out_width(block), stride = block->pool ? 2 : 1;
    tot_floats bias;
    memcpy(&bias, biases, sizeof bias);
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < width; x++) {
            tot_bf16_window window;
            for (size_t n = 0; n < stride * stride; n++) {
                const size_t at = (stride * y + n / 2) * row_of(block) + stride * x + n % 2;
                memcpy(&window[n], sums + at * LANES, sizeof window[n]);
                window[n] += bias;
            }
            tot_bf16_finish(block, window, stride * stride, output + (y * (width + 2) + x) * LANES,
                            choice == NULL ? NULL : choice + (y * width + x) * LANES);
        }
}

void tot_amx_forward(const tot_amx_kernels *kernels, const tot_conv_block *block,
                     const void *packed, const void *input, void *output, uint8_t *choice,
                     void *scratch) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t filters = tot_blocks_of(block->filters), strip = rows_of_strip(block);
    const size_t stride = positions_of(block, strip) * LANES;
    float *sums = scratch;
    tot_amx_convolution job = {.channel_blocks = tot_blocks_of(block->channels),
                               .row = row_of(block),
                               .plane = plane_of(block)};
    for (size_t f = 0; f < filters; f += 2) {
        const float *biases[2];
        job.filter_blocks = filters - f < 2 ? 1 : 2;
        for (size_t b = 0; b < job.filter_blocks; b++) {
            biases[b] =
                (const void *)((const char *)packed + (f + b) * tot_amx_forward_stride(block));
            job.weights[b] = (const void *)(biases[b] + LANES);
        }
        for (size_t y = 0; y < height; y += strip) {
            const size_t rows = height - y < strip ? height - y : strip;
            kernels->convolve(
                &job, (const tot_bf16 *)input + (block->pool ? 2 : 1) * y * row_of(block) * LANES,
                positions_of(block, rows), sums, stride);
            for (size_t b = 0; b < job.filter_blocks; b++) {
                const size_t at = ((f + b) * (height + 2) + y + 1) * (width + 2) + 1;
                finish_strip(
                    block, biases[b], sums + b * stride, rows, (tot_bf16 *)output + at * LANES,
                    choice == NULL ? NULL : choice + ((f + b) * height + y) * width * LANES);
            }
        }
    }
}

/* --------------------------------------------------------------------------- backward */

/* The scratch memory of the way back. */
typedef struct gradient_images {
    tot_bf16 *dense;      /* of the convolution, [filter block][bordered position][16] */
    tot_bf16 *transposed; /* the same, [filter][positions]; the first of them is -`before` */
    tot_bf16 *pairs;      /* of the input, [channel block][pair of positions][16][2] */
    float *sums;
    size_t positions, before, stride; /* of `pairs`; from filter to filter of `transposed` */
} gradient_images;

static size_t up_to_64_bytes(size_t count) {
    return (count + 31) / 32 * 32;
}

/* Returns the bytes that they need. */
static size_t place_images(const tot_conv_block *block, void *scratch, gradient_images *images) {
    const size_t filters = tot_blocks_of(block->filters), plane = plane_of(block);
    images->positions = up_to_64_bytes(plane);
    images->before = up_to_64_bytes(2 * row_of(block) + 2);
    images->stride = images->before + images->positions;
    const size_t dense = up_to_64_bytes(filters * plane * LANES);
    const size_t transposed = filters * LANES * images->stride;
    const size_t pairs = tot_blocks_of(block->channels) * images->positions * LANES;
    images->dense = scratch;
    images->transposed = images->dense + dense;
    images->pairs = images->transposed + transposed;
    images->sums = (void *)(images->pairs + pairs);
    return (dense + transposed + pairs) * sizeof(tot_bf16) + 9 * 2 * LANES * LANES * sizeof(float);
}

size_t tot_amx_backward_scratch_bytes(const tot_conv_block *block) {
    gradient_images images;
    return place_images(block, NULL, &images);
}

/* Puts each output's gradient where its choice points, and adds up those of the biases. */
static void scatter_gradient(const tot_conv_block *block, const uint8_t *choice,
                             const float *output_gradient, gradient_images *images,
                             float *bias_sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t stride = block->pool ? 2 : 1, row = row_of(block), plane = plane_of(block);
    const size_t filters = tot_blocks_of(block->filters);
    memset(images->dense, 0, filters * plane * LANES * sizeof(tot_bf16));
    memset(images->transposed, 0, filters * LANES * images->stride * sizeof(tot_bf16));
    for (size_t b = 0; b < filters; b++)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++, choice += LANES) {
                const size_t from = (b * (height + 2) + y + 1) * (width + 2) + x + 1;
                for (size_t k = 0; k < LANES; k++) {
                    const float gradient = output_gradient[from * LANES + k];
                    if (choice[k] == TOT_CHOICE_NONE || gradient == 0.0f)
                        continue;
                    const size_t at =
                        (stride * y + choice[k] / 2) * row + stride * x + choice[k] % 2;
                    const tot_bf16 rounded = tot_bf16_of(gradient);
                    images->dense[(b * plane + at + row + 1) * LANES + k] = rounded;
                    images->transposed[(b * LANES + k) * images->stride + images->before + at] =
                        rounded;
                    bias_sums[b * LANES + k] += gradient;
                }
            }
}

static void pair_positions(const tot_conv_block *block, const tot_bf16 *input,
                           gradient_images *images) {
    const size_t plane = plane_of(block);
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++) {
        tot_bf16 *to = images->pairs + b * images->positions * LANES;
        memset(to + plane / 2 * 2 * LANES, 0,
               (images->positions - plane / 2 * 2) * LANES * sizeof *to);
        for (size_t p = 0; p < plane; p++, input += LANES)
            for (size_t k = 0; k < LANES; k++)
                to[(p / 2 * LANES + k) * 2 + p % 2] = input[k];
    }
}

/* From [tap][filter][16 channels], padded filters, to [filter][tap][16 channels]. */
static void add_products(const float *products, size_t padded, size_t filters, float *sums) {
    for (size_t f = 0; f < filters; f++)
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t c = 0; c < LANES; c++)
                sums[(f * 9 + tap) * LANES + c] += products[(tap * padded + f) * LANES + c];
}

static void add_weights(const tot_amx_kernels *kernels, const tot_conv_block *block,
                        const gradient_images *images, float *sums) {
    const size_t step = 2 * LANES;
    tot_amx_products job = {
        .gradient_stride = images->stride, .positions = images->positions, .row = row_of(block)};
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++)
        for (size_t f = 0; f < block->filters; f += step) {
            const size_t left = block->filters - f, filters = left < step ? left : step;
            job.filter_blocks = tot_blocks_of(filters);
            job.gradient = images->transposed + f * images->stride + images->before;
            job.input = images->pairs + b * images->positions * LANES;
            kernels->multiply(&job, images->sums);
            add_products(images->sums, job.filter_blocks * LANES, filters,
                         sums + (b * block->filters + f) * 9 * LANES);
        }
}

static void make_input_gradient(const tot_amx_kernels *kernels, const tot_conv_block *block,
                                const tot_bf16 *packed, const gradient_images *images,
                                float *input_gradient) {
    const size_t row = row_of(block), plane = plane_of(block);
    const size_t channels = tot_blocks_of(block->channels);
    tot_amx_convolution job = {
        .channel_blocks = tot_blocks_of(block->filters), .row = row, .plane = plane};
    for (size_t b = 0; b < channels; b += 2) {
        job.filter_blocks = channels - b < 2 ? 1 : 2;
        for (size_t k = 0; k < job.filter_blocks; k++)
            job.weights[k] = packed + (b + k) * tot_amx_backward_stride(block);
        kernels->convolve(&job, images->dense, block->height * row - 2,
                          input_gradient + (b * plane + row + 1) * LANES, plane * LANES);
    }
}

void tot_amx_backward(const tot_amx_kernels *kernels, const tot_conv_block *block,
                      const void *packed, const void *input, const uint8_t *choice,
                      const float *output_gradient, float *input_gradient, void *sums,
                      void *scratch) {
    const size_t weight_sums = tot_blocks_of(block->channels) * block->filters * 9 * LANES;
    gradient_images images;
    place_images(block, scratch, &images);
    scatter_gradient(block, choice, output_gradient, &images, (float *)sums + weight_sums);
    pair_positions(block, input, &images);
    add_weights(kernels, block, &images, sums);
    if (input_gradient != NULL)
        make_input_gradient(kernels, block, packed, &images, input_gradient);
}
