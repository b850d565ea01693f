#include "nn/conv_bf16.h"

#include <string.h>

#include "base/simd.h"

const struct tot_bf16_taps tot_bf16_plain_taps[TOT_BF16_PLAIN_STEPS] = {
    {{0, 0}, {0, 1}}, {{1, 1}, {0, 1}}, {{2, 2}, {0, 1}}, {{0, 1}, {2, 2}}, {{2, 2}, {2, 3}}};

size_t tot_bf16_steps(const tot_conv_block *block) {
    const size_t full = block->channels / TOT_BLOCK_CHANNELS * (TOT_BLOCK_CHANNELS / 2);
    const size_t rest = block->channels % TOT_BLOCK_CHANNELS;
    return block->plain_input ? TOT_BF16_PLAIN_STEPS : 9 * (full + (rest + 1) / 2);
}

size_t tot_bf16_packed_stride(const tot_conv_block *block) {
    return TOT_BLOCK_CHANNELS * (sizeof(float) + tot_bf16_steps(block) * 2 * sizeof(tot_bf16));
}

size_t tot_bf16_packed_bytes(const tot_conv_block *block) {
    return tot_blocks_of(block->filters) * tot_bf16_packed_stride(block);
}

/* One filter's weights, [channel][3][3], to every 16th pair. */
static void pack_plain(const float *weights, tot_bf16 *to) {
    for (size_t s = 0; s < TOT_BF16_PLAIN_STEPS; s++, to += 2 * TOT_BLOCK_CHANNELS)
        for (size_t k = 0; k < 2; k++) {
            const size_t row = tot_bf16_plain_taps[s].row[k];
            const size_t column = tot_bf16_plain_taps[s].column[k];
            to[k] = column < 3 ? tot_bf16_of(weights[row * 3 + column]) : 0;
        }
}

static void pack_blocked(const tot_conv_block *block, const float *weights, tot_bf16 *to) {
    for (size_t b = 0; b < tot_blocks_of(block->channels); b++)
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t p = 0; p < tot_bf16_pairs(block, b); p++, to += 2 * TOT_BLOCK_CHANNELS) {
                const size_t channel = b * TOT_BLOCK_CHANNELS + 2 * p;
                to[0] = tot_bf16_of(weights[channel * 9 + tap]);
                if (channel + 1 < block->channels)
                    to[1] = tot_bf16_of(weights[(channel + 1) * 9 + tap]);
            }
}

void tot_bf16_pack(const tot_conv_block *block, const float *weights, const float *biases,
                   void *packed) {
    const size_t stride = tot_bf16_packed_stride(block);
    memset(packed, 0, tot_bf16_packed_bytes(block));
    for (size_t f = 0; f < block->filters; f++) {
        float *bias = (void *)((char *)packed + f / TOT_BLOCK_CHANNELS * stride);
        tot_bf16 *to = (void *)(bias + TOT_BLOCK_CHANNELS);
        const size_t lane = f % TOT_BLOCK_CHANNELS;
        const float *from = weights + f * block->channels * 9;
        bias[lane] = biases[f];
        if (block->plain_input)
            pack_plain(from, to + 2 * lane);
        else
            pack_blocked(block, from, to + 2 * lane);
    }
}

/* --------------------------------------------------------------------------- backward */

/* In a multiple of 64 bytes, since the scratch memory of the float32 kernel follows. */
static size_t widened_count(const tot_conv_block *block) {
    const size_t count = block->plain_input
                             ? block->height * block->width
                             : tot_blocked_size(block->channels, block->height, block->width);
    return (count + TOT_BLOCK_CHANNELS - 1) / TOT_BLOCK_CHANNELS * TOT_BLOCK_CHANNELS;
}

size_t tot_bf16_backward_scratch_bytes(const tot_conv_block *block) {
    return widened_count(block) * sizeof(float) + tot_conv_backward_scratch_bytes(block);
}

TOT_SIMD static void round_all(const float *from, size_t count, float *to) {
    for (size_t k = 0; k < count; k++)
        to[k] = tot_bf16_to_float(tot_bf16_of(from[k]));
}

TOT_SIMD static void widen_all(const tot_bf16 *from, size_t count, float *to) {
    for (size_t k = 0; k < count; k++)
        to[k] = tot_bf16_to_float(from[k]);
}

void tot_bf16_backward_pack(const tot_conv_block *block, const float *weights, void *packed) {
    tot_conv_backward_pack(block, weights, packed);
    round_all(packed, tot_conv_backward_packed_bytes(block) / sizeof(float), packed);
}

static float *widen_input(const tot_conv_block *block, const void *input, void *scratch) {
    if (block->plain_input)
        round_all(input, block->height * block->width, scratch);
    else
        widen_all(input, tot_blocked_size(block->channels, block->height, block->width), scratch);
    return scratch;
}

void tot_bf16_backward(tot_backward_function *fp32_backward, const tot_conv_block *block,
                       const void *packed, const void *input, const uint8_t *choice,
                       const float *output_gradient, float *input_gradient, void *sums,
                       void *scratch) {
    fp32_backward(block, packed, widen_input(block, input, scratch), choice, output_gradient,
                  input_gradient, sums, (float *)scratch + widened_count(block));
}
