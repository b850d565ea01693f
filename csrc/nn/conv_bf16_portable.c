/* The arithmetic of conv_bf16.h in plain loops, window by window. */
#include "nn/conv_bf16_lanes.h"

enum { LANES = TOT_BLOCK_CHANNELS };

/* Adds a step to a window of 2 x 2 pixels (1 x 1 without pooling). */
TOT_INLINE void add_step(tot_bf16_window sums, size_t pixels, const tot_bf16 *const *pairs,
                         const tot_bf16 *weights) {
    tot_words pair;
    memcpy(&pair, weights, sizeof pair);
    const tot_floats even = (tot_floats)(pair << 16), odd = (tot_floats)(pair & 0xffff0000);
    for (size_t n = 0; n < pixels; n++) {
        sums[n] += odd * tot_bf16_to_float(pairs[n][1]);
        sums[n] += even * tot_bf16_to_float(pairs[n][0]);
    }
}

TOT_INLINE void convolve(const tot_conv_block *block, const tot_bf16 *weights,
                         const tot_bf16 *input, size_t y, size_t x, size_t pixels,
                         tot_bf16_window sums) {
    const size_t row = (block->width + 2) * LANES, plane = (block->height + 2) * row;
    const tot_bf16 *pairs[TOT_WINDOW];
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++)
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t p = 0; p < tot_bf16_pairs(block, b); p++, weights += 2 * LANES) {
                for (size_t n = 0; n < pixels; n++)
                    pairs[n] = input + b * plane + (y + tap / 3 + n / 2) * row +
                               (x + tap % 3 + n % 2) * LANES + 2 * p;
                add_step(sums, pixels, pairs, weights);
            }
}

TOT_INLINE void convolve_plain(const tot_conv_block *block, const tot_bf16 *weights,
                               const tot_bf16 *rows, size_t x, size_t pixels,
                               tot_bf16_window sums) {
    const tot_bf16 *pairs[TOT_WINDOW];
    for (size_t s = 0; s < TOT_BF16_PLAIN_STEPS; s++, weights += 2 * LANES) {
        for (size_t n = 0; n < pixels; n++)
            pairs[n] =
                tot_bf16_plain_pairs(block, rows, s, x + n % 2) + n / 2 * tot_bf16_plain_row(block);
        add_step(sums, pixels, pairs, weights);
    }
}

/* One row of outputs; `pixels` is a constant, so that the sums stay in registers. */
TOT_INLINE void make_row(const tot_conv_block *block, const float *biases, const tot_bf16 *weights,
                         const tot_bf16 *input, size_t y, size_t pixels, tot_bf16 *output,
                         uint8_t *choice) {
    const size_t stride = pixels / 2 + pixels % 2;
    for (size_t x = 0; x < tot_block_out_width(block); x++) {
        tot_bf16_window sums;
        for (size_t n = 0; n < pixels; n++)
            memcpy(&sums[n], biases, sizeof sums[n]);
        if (block->plain_input)
            convolve_plain(block, weights, input, stride * x, pixels, sums);
        else
            convolve(block, weights, input, stride * y, stride * x, pixels, sums);
        tot_bf16_finish(block, sums, pixels, output + x * LANES,
                        choice == NULL ? NULL : choice + x * LANES);
    }
}

TOT_SIMD void tot_bf16_forward_portable(const tot_conv_block *block, const void *packed,
                                        const void *input, void *output, uint8_t *choice,
                                        void *scratch) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const tot_bf16 *from = block->plain_input ? scratch : input;
    for (size_t f = 0; f < tot_blocks_of(block->filters); f++) {
        const float *biases = tot_bf16_biases(block, packed, f);
        const tot_bf16 *weights = tot_bf16_weights(block, packed, f);
        for (size_t y = 0; y < height; y++) {
            tot_bf16 *to =
                (tot_bf16 *)output + ((f * (height + 2) + y + 1) * (width + 2) + 1) * LANES;
            uint8_t *chosen = choice == NULL ? NULL : choice + (f * height + y) * width * LANES;
            if (block->plain_input)
                tot_bf16_read_plain(block, input, block->pool ? 2 * y : y, scratch);
            if (block->pool)
                make_row(block, biases, weights, from, y, TOT_WINDOW, to, chosen);
            else
                make_row(block, biases, weights, from, y, 1, to, chosen);
        }
    }
}
