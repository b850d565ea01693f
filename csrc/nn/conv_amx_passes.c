#include "nn/conv_amx.h"

#include <string.h>

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

void tot_amx_forward(tot_amx_parts parts, const tot_conv_block *block, const void *packed,
                     const void *input, void *output, uint8_t *choice, void *scratch) {
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
            parts.tiles->convolve(
                &job, (const tot_bf16 *)input + (block->pool ? 2 : 1) * y * row_of(block) * LANES,
                positions_of(block, rows), sums, stride);
            for (size_t b = 0; b < job.filter_blocks; b++) {
                const size_t at = ((f + b) * (height + 2) + y + 1) * (width + 2) + 1;
                parts.layouts->finish(
                    block, biases[b], sums + b * stride, rows, (tot_bf16 *)output + at * LANES,
                    choice == NULL ? NULL : choice + ((f + b) * height + y) * width * LANES);
            }
        }
    }
}

/* --------------------------------------------------------------------------- backward */

/* The scratch memory of the way back. */
typedef struct gradient_images {
    tot_bf16 *dense;          /* of the convolution, [filter block][bordered position][16] */
    tot_bf16 *transposed;     /* the same, [filter][zeros, positions, zeros] */
    tot_bf16 *pairs;          /* of the input, [channel block][pair of positions][16][2] */
    tot_bf16 *gradient_pairs; /* of one filter block */
    float *sums;
    size_t positions, zeros,
        stride; /* of `pairs`; of `transposed`, whose rows are `stride` apart */
} gradient_images;

static size_t up_to_32(size_t count) {
    return (count + 31) / 32 * 32;
}

/* Returns the bytes that they need. */
static size_t place_images(const tot_conv_block *block, void *scratch, gradient_images *images) {
    const size_t filters = tot_blocks_of(block->filters), plane = plane_of(block);
    images->positions = up_to_32(plane);
    images->zeros = up_to_32(row_of(block) + 1);
    images->stride = images->positions + 2 * images->zeros;
    const size_t dense = up_to_32(filters * plane * LANES);
    const size_t transposed = filters * LANES * images->stride;
    const size_t pairs = tot_blocks_of(block->channels) * images->positions * LANES;
    images->dense = scratch;
    images->transposed = images->dense + dense;
    images->pairs = images->transposed + transposed;
    images->gradient_pairs = images->pairs + pairs;
    images->sums = (void *)(images->gradient_pairs + images->positions * LANES);
    return (dense + transposed + pairs + images->positions * LANES) * sizeof(tot_bf16) +
           9 * 2 * LANES * LANES * sizeof(float);
}

size_t tot_amx_backward_scratch_bytes(const tot_conv_block *block) {
    gradient_images images;
    return place_images(block, NULL, &images);
}

/* Zeros wherever `spread` writes nothing: the border, and what belongs to no window. */
static void clear_edges(const tot_conv_block *block, tot_bf16 *image) {
    const size_t stride = block->pool ? 2 : 1, row = row_of(block);
    const size_t bottom = stride * tot_block_out_height(block) + 1;
    const size_t right = stride * tot_block_out_width(block) + 1;
    const size_t pixel = LANES * sizeof *image;
    memset(image, 0, row * pixel);
    for (size_t y = 1; y < bottom; y++) {
        memset(image + y * row * LANES, 0, pixel);
        memset(image + (y * row + right) * LANES, 0, (row - right) * pixel);
    }
    memset(image + bottom * row * LANES, 0, (block->height + 2 - bottom) * row * pixel);
}

/* [positions][16] to [positions / 2][16][2], up to a multiple of 32 with zeros. */
static void pair_positions(const tot_amx_layouts *layouts, const tot_bf16 *image, size_t plane,
                           size_t positions, tot_bf16 *pairs) {
    layouts->pair(image, plane, pairs);
    memset(pairs + (plane + 1) / 2 * 2 * LANES, 0,
           (positions - (plane + 1) / 2 * 2) * LANES * sizeof *pairs);
}

static void transpose_gradient(const tot_amx_layouts *layouts, const gradient_images *images,
                               tot_bf16 *rows) {
    for (size_t f = 0; f < LANES; f++) {
        memset(rows + f * images->stride, 0, images->zeros * sizeof *rows);
        memset(rows + (f + 1) * images->stride - images->zeros, 0, images->zeros * sizeof *rows);
    }
    for (size_t p = 0; p < images->positions; p += 2 * TOT_AMX_PAIRS)
        layouts->transpose(images->gradient_pairs + p * LANES, rows + images->zeros + p,
                           images->stride);
}

static void lay_out(const tot_amx_layouts *layouts, const tot_conv_block *block,
                    const tot_bf16 *input, const uint8_t *choice, const float *output_gradient,
                    gradient_images *images, float *bias_sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t plane = plane_of(block);
    for (size_t b = 0; b < tot_blocks_of(block->filters); b++) {
        tot_bf16 *dense = images->dense + b * plane * LANES;
        clear_edges(block, dense);
        layouts->spread(block, choice + b * height * width * LANES,
                        output_gradient + b * (height + 2) * (width + 2) * LANES, dense,
                        bias_sums + b * LANES);
        pair_positions(layouts, dense, plane, images->positions, images->gradient_pairs);
        transpose_gradient(layouts, images, images->transposed + b * LANES * images->stride);
    }
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++)
        pair_positions(layouts, input + b * plane * LANES, plane, images->positions,
                       images->pairs + b * images->positions * LANES);
}

/* From [tap][filter][16 channels], padded filters, to [filter][tap][16 channels]. */
static void add_products(const float *products, size_t padded, size_t filters, float *sums) {
    for (size_t f = 0; f < filters; f++)
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t c = 0; c < LANES; c++)
                sums[(f * 9 + tap) * LANES + c] += products[(tap * padded + f) * LANES + c];
}

static void add_weights(const tot_amx_kernels *tiles, const tot_conv_block *block,
                        const gradient_images *images, float *sums) {
    const size_t step = 2 * LANES;
    tot_amx_products job = {
        .gradient_stride = images->stride, .positions = images->positions, .row = row_of(block)};
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++)
        for (size_t f = 0; f < block->filters; f += step) {
            const size_t left = block->filters - f, filters = left < step ? left : step;
            job.filter_blocks = tot_blocks_of(filters);
            /* pixel (0, 0) lies at position row + 1 */
            job.gradient =
                images->transposed + f * images->stride + images->zeros + row_of(block) + 1;
            job.input = images->pairs + b * images->positions * LANES;
            tiles->multiply(&job, images->sums);
            add_products(images->sums, job.filter_blocks * LANES, filters,
                         sums + (b * block->filters + f) * 9 * LANES);
        }
}

static void make_input_gradient(const tot_amx_kernels *tiles, const tot_conv_block *block,
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
        tiles->convolve(&job, images->dense, block->height * row - 2,
                        input_gradient + (b * plane + row + 1) * LANES, plane * LANES);
    }
}

void tot_amx_backward(tot_amx_parts parts, const tot_conv_block *block, const void *packed,
                      const void *input, const uint8_t *choice, const float *output_gradient,
                      float *input_gradient, void *sums, void *scratch) {
    const size_t weight_sums = tot_blocks_of(block->channels) * block->filters * 9 * LANES;
    gradient_images images;
    place_images(block, scratch, &images);
    lay_out(parts.layouts, block, input, choice, output_gradient, &images,
            (float *)sums + weight_sums);
    add_weights(parts.tiles, block, &images, sums);
    if (input_gradient != NULL)
        make_input_gradient(parts.tiles, block, packed, &images, input_gradient);
}
