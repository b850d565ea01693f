#include "nn/conv_backward.h"

#include <string.h>

/* Outputs of a tile at most, and bytes of a channel block of the input that it looks at: with the
 * lists, what the first-level cache holds. The lists have room for a vector more than they need. */
enum { TILE_OUTPUTS = 96, TILE_BYTES = 28 * 1024, LIST_STRIDE = TILE_OUTPUTS + 16 };

static size_t padded_filters(const tot_conv_block *block) {
    return tot_blocks_of(block->filters) * TOT_BLOCK_CHANNELS;
}

size_t tot_conv_backward_packed_bytes(const tot_conv_block *block) {
    if (block->plain_input)
        return 0;
    return tot_blocks_of(block->channels) * block->filters * TOT_BLOCK_SUMS * sizeof(float);
}

void tot_conv_backward_pack(const tot_conv_block *block, const float *weights, void *packed) {
    const size_t channels = block->channels;
    float *to = packed;
    if (block->plain_input)
        return;
    for (size_t first = 0; first < channels; first += TOT_BLOCK_CHANNELS)
        for (size_t f = 0; f < block->filters; f++)
            for (size_t tap = 0; tap < TOT_TAPS; tap++)
                for (size_t c = first; c < first + TOT_BLOCK_CHANNELS; c++)
                    *to++ = c < channels ? weights[(f * channels + c) * TOT_TAPS + tap] : 0.0f;
}

static size_t weight_sums(const tot_conv_block *block) {
    if (block->plain_input)
        return padded_filters(block) * TOT_TAPS;
    return tot_blocks_of(block->channels) * block->filters * TOT_BLOCK_SUMS;
}

size_t tot_conv_backward_sums_bytes(const tot_conv_block *block) {
    return (weight_sums(block) + padded_filters(block)) * sizeof(float);
}

void tot_conv_backward_finish(const tot_conv_block *block, const void *sums,
                              float *weight_gradients, float *bias_gradients) {
    const size_t channels = block->channels;
    const float *all = sums;
    memcpy(bias_gradients, all + weight_sums(block), block->filters * sizeof(float));
    for (size_t f = 0; f < block->filters; f++) {
        if (block->plain_input) {
            const float *from = all + f / TOT_BLOCK_CHANNELS * TOT_BLOCK_SUMS;
            for (size_t tap = 0; tap < TOT_TAPS; tap++)
                *weight_gradients++ = from[tap * TOT_BLOCK_CHANNELS + f % TOT_BLOCK_CHANNELS];
            continue;
        }
        for (size_t c = 0; c < channels; c++) {
            const size_t plane = c / TOT_BLOCK_CHANNELS * block->filters + f;
            const float *from = all + plane * TOT_BLOCK_SUMS + c % TOT_BLOCK_CHANNELS;
            for (size_t tap = 0; tap < TOT_TAPS; tap++)
                *weight_gradients++ = from[tap * TOT_BLOCK_CHANNELS];
        }
    }
}

/* Arrays of the tile, each a multiple of 64 bytes. */
size_t tot_conv_backward_scratch_bytes(const tot_conv_block *block) {
    const size_t filters = padded_filters(block), words = (filters + 63) / 64;
    const size_t output =
        3 * sizeof(uint32_t) + filters * sizeof(float) + 4 * words * sizeof(uint64_t);
    const size_t filter = sizeof(size_t) + LIST_STRIDE * (sizeof(uint32_t) + sizeof(float));
    return block->plain_input ? 0 : TILE_OUTPUTS * output + filters * filter;
}

static void place_tile(const tot_conv_block *block, char *scratch, tot_conv_tile *tile) {
    const size_t filters = padded_filters(block), table = TILE_OUTPUTS * sizeof(uint32_t);
    tile->filter_blocks = tot_blocks_of(block->filters);
    tile->words = (filters + 63) / 64;
    tile->list_stride = LIST_STRIDE;
    tile->output = (void *)scratch;
    tile->place = (void *)(scratch += table);
    tile->window = (void *)(scratch += table);
    tile->gradients = (void *)(scratch += table);
    tile->filters = (void *)(scratch += TILE_OUTPUTS * filters * sizeof(float));
    tile->list_length = (void *)(scratch += TILE_OUTPUTS * tile->words * 4 * sizeof(uint64_t));
    tile->list_place = (void *)(scratch += filters * sizeof(size_t));
    tile->list_gradient = (void *)(scratch + filters * LIST_STRIDE * sizeof(uint32_t));
}

/* `all` in equal parts of `most` or less. */
static size_t part_of(size_t all, size_t most) {
    const size_t parts = (all + most - 1) / most;
    return (all + parts - 1) / parts;
}

/* The size of a tile: as much of a row as fits, then as many rows. */
static void size_tile(const tot_conv_block *block, size_t *rows, size_t *columns) {
    const size_t stride = block->pool ? 2 : 1, pixel = TOT_BLOCK_CHANNELS * sizeof(float);
    const size_t widest = (TILE_BYTES / pixel / (stride + 2) - 2) / stride;
    *columns = part_of(tot_block_out_width(block), widest < TILE_OUTPUTS ? widest : TILE_OUTPUTS);
    const size_t by_bytes = (TILE_BYTES / pixel / (stride * *columns + 2) - 2) / stride;
    const size_t by_outputs = TILE_OUTPUTS / *columns;
    *rows = part_of(tot_block_out_height(block), by_bytes < by_outputs ? by_bytes : by_outputs);
}

static void locate_tile(const tot_conv_block *block, size_t top, size_t left, size_t rows,
                        size_t columns, tot_conv_tile *tile) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t bottom = top + rows < height ? top + rows : height;
    const size_t right = left + columns < width ? left + columns : width;
    const size_t stride = block->pool ? 2 : 1;
    size_t n = 0;
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++, n++) {
            tile->output[n] = (uint32_t)(y * width + x);
            tile->place[n] = (uint32_t)((y + 1) * (width + 2) + x + 1);
            tile->window[n] = (uint32_t)(stride * (y * (block->width + 2) + x));
        }
    tile->count = n;
}

void tot_conv_patch(const tot_conv_block *block, const float *input, ptrdiff_t y, ptrdiff_t x,
                    float patch[16]) {
    const ptrdiff_t height = (ptrdiff_t)block->height, width = (ptrdiff_t)block->width;
    for (ptrdiff_t k = 0; k < 16; k++) {
        const ptrdiff_t row = y + k / 4, column = x + k % 4;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        patch[k] = inside ? input[row * width + column] : 0.0f;
    }
}

void tot_conv_backward(const tot_conv_backward_parts *parts, const tot_conv_block *block,
                       const float *packed, const float *input, const uint8_t *choice,
                       const float *output_gradient, float *input_gradient, float *sums,
                       void *scratch) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t blocks = tot_blocks_of(block->channels), filters = block->filters;
    const size_t row = (block->width + 2) * TOT_BLOCK_CHANNELS, plane = row * (block->height + 2);
    float *bias_sums = sums + weight_sums(block);
    if (block->plain_input) {
        for (size_t b = 0; b < tot_blocks_of(filters); b++)
            parts->add_plain(block, input, choice + b * height * width * TOT_BLOCK_CHANNELS,
                             output_gradient + b * (height + 2) * (width + 2) * TOT_BLOCK_CHANNELS,
                             sums + b * TOT_BLOCK_SUMS, bias_sums + b * TOT_BLOCK_CHANNELS);
        return;
    }
    tot_conv_tile tile;
    size_t rows, columns;
    place_tile(block, scratch, &tile);
    size_tile(block, &rows, &columns);
    if (input_gradient != NULL)
        memset(input_gradient, 0, blocks * plane * sizeof(float));
    for (size_t y = 0; y < height; y += rows)
        for (size_t x = 0; x < width; x += columns) {
            locate_tile(block, y, x, rows, columns, &tile);
            parts->sort(block, choice, output_gradient, bias_sums, &tile);
            for (size_t b = 0; b < blocks; b++) {
                const size_t offset = b * filters * TOT_BLOCK_SUMS;
                for (size_t f = 0; f < filters; f++)
                    parts->add_weights(&tile, f, input + b * plane, row,
                                       sums + offset + f * TOT_BLOCK_SUMS);
                if (input_gradient != NULL)
                    parts->add_input(&tile, packed + offset, input_gradient + b * plane, row);
            }
        }
}
