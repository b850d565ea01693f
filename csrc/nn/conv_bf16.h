/* Convolution blocks in bfloat16: images between blocks and weights are rounded to bfloat16, sums
 * are float32.
 *
 * The arithmetic is that of the instruction VDPBF16PS (Intel 64 and IA-32 Architectures Software
 * Developer's Manual, volume 2): a step adds two products to a float32, that of the odd element
 * first, each sum rounded to nearest even. A product of two bfloat16 is exact in float32, so that
 * plain float32 arithmetic in the same order has the same bits (but for subnormal numbers, which
 * the instruction takes as zeros).
 *
 * Packed, a block is for each 16 filters: their biases, float32 [16], and weights, [step][16
 * filters][2]. A step is two neighbouring channels at one tap, in the order channel block, row and
 * column of the tap, pair of channels. Of a plain input, whose only channel is rounded as it is
 * read, a step is two of the nine taps: those of tot_bf16_plain_taps.
 */
#ifndef TOT_NN_CONV_BF16_H
#define TOT_NN_CONV_BF16_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nn/bf16.h"
#include "nn/conv_backward.h"
#include "nn/conv_block.h"

enum { TOT_BF16_PLAIN_STEPS = 5 };

/* Row and column of the two taps of a step: neighbours in a row, neighbours in the last column, and
 * the last tap, whose second weight is zero. */
extern const struct tot_bf16_taps {
    uint8_t row[2], column[2];
} tot_bf16_plain_taps[TOT_BF16_PLAIN_STEPS];

/* Pairs of channels in a channel block. */
static inline size_t tot_bf16_pairs(const tot_conv_block *block, size_t channel_block) {
    const size_t left = block->channels - channel_block * TOT_BLOCK_CHANNELS;
    return left >= TOT_BLOCK_CHANNELS ? TOT_BLOCK_CHANNELS / 2 : (left + 1) / 2;
}

size_t tot_bf16_steps(const tot_conv_block *block);

/* Of one block of 16 filters, a multiple of 64. */
size_t tot_bf16_packed_stride(const tot_conv_block *block);

size_t tot_bf16_packed_bytes(const tot_conv_block *block);
void tot_bf16_pack(const tot_conv_block *block, const float *weights, const float *biases,
                   void *packed);

/* Biases and weights of a block of filters. */
static inline const float *tot_bf16_biases(const tot_conv_block *block, const void *packed,
                                           size_t filter_block) {
    return (const void *)((const char *)packed + filter_block * tot_bf16_packed_stride(block));
}

static inline const tot_bf16 *tot_bf16_weights(const tot_conv_block *block, const void *packed,
                                               size_t filter_block) {
    return (const void *)(tot_bf16_biases(block, packed, filter_block) + TOT_BLOCK_CHANNELS);
}

/* Of a plain input, what the convolution of its rows y and y + 1 needs, as pairs of pixels from one
 * left of the image on: rows y - 1 ... y + 2 with their right neighbours, then rows y - 1 and y
 * with the rows below them; outside the image there are zeros. A row of pairs is tot_bf16_plain_row
 * long. */
enum { TOT_BF16_PLAIN_ROWS = 6 };

/* With room for the widest tile beyond the right edge. */
static inline size_t tot_bf16_plain_row(const tot_conv_block *block) {
    return 2 * (block->width + 2 + TOT_BLOCK_CHANNELS);
}

static inline size_t tot_bf16_scratch_bytes(const tot_conv_block *block) {
    return block->plain_input
               ? (TOT_BF16_PLAIN_ROWS + 2) * tot_bf16_plain_row(block) * sizeof(tot_bf16)
               : 0;
}

static inline __attribute__((always_inline)) void
tot_bf16_read_plain(const tot_conv_block *block, const float *input, size_t y, tot_bf16 *pairs) {
    const size_t width = block->width, row = tot_bf16_plain_row(block);
    tot_bf16 *singles = pairs + TOT_BF16_PLAIN_ROWS * row; /* 4 rows of half the length */
    for (size_t r = 0; r < 4; r++) {
        tot_bf16 *restrict to = singles + r * (row / 2);
        memset(to, 0, row / 2 * sizeof *to);
        if (y + r < 1 || y + r - 1 >= block->height)
            continue;
        const float *restrict from = input + (y + r - 1) * width;
        for (size_t x = 0; x < width; x++)
            to[x + 1] = tot_bf16_of(from[x]);
    }
    for (size_t r = 0; r < TOT_BF16_PLAIN_ROWS; r++) {
        const tot_bf16 *first = singles + (r < 4 ? r : r - 4) * (row / 2);
        const tot_bf16 *second = r < 4 ? first + 1 : first + row / 2;
        uint32_t *restrict to = (void *)(pairs + r * row);
        for (size_t x = 0; x < row / 2 - 1; x++)
            to[x] = first[x] | (uint32_t)second[x] << 16;
    }
}

/* The pairs of a step for pixel (0, x) of the two rows; those of (1, x) are a row further. */
static inline const tot_bf16 *tot_bf16_plain_pairs(const tot_conv_block *block,
                                                   const tot_bf16 *pairs, size_t step, size_t x) {
    const size_t row = tot_bf16_plain_row(block);
    switch (step) {
    case 3:
        return pairs + 4 * row + 2 * (x + 2);
    case 4:
        return pairs + 2 * row + 2 * (x + 2);
    default:
        return pairs + step * row + 2 * x;
    }
}

/* The forward pass, as tot_conv_kernel says, of images in bfloat16: in plain C, and by VDPBF16PS.
 */
void tot_bf16_forward_portable(const tot_conv_block *block, const void *packed, const void *input,
                               void *output, uint8_t *choice, void *scratch);
void tot_bf16_forward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                             void *output, uint8_t *choice, void *scratch);

/* The way back: that of a float32 kernel, which is given the images and weights made wider. */
typedef void tot_backward_function(const tot_conv_block *block, const void *packed,
                                   const void *input, const uint8_t *choice,
                                   const float *output_gradient, float *input_gradient, void *sums,
                                   void *scratch);
size_t tot_bf16_backward_scratch_bytes(const tot_conv_block *block);
void tot_bf16_backward_pack(const tot_conv_block *block, const float *weights, void *packed);
void tot_bf16_backward(tot_backward_function *fp32_backward, const tot_conv_block *block,
                       const void *packed, const void *input, const uint8_t *choice,
                       const float *output_gradient, float *input_gradient, void *sums,
                       void *scratch);

#endif
