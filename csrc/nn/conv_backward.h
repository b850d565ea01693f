/* The way back through a convolution block (nn/conv_block.h), fp32.
 *
 * For the bordered image X, the gradient g(p, f) of output p in filter f, and n(p, f), where in the
 * bordered image the 3x3 neighbourhood begins of the pixel that was the largest of p's window:
 *
 *   dL/dw[f][c][k] = sum over p of g(p, f) X[c][n(p, f) + k]
 *   dL/dX[c][n(p, f) + k] += g(p, f) w[f][c][k]
 *   dL/db[f] = sum over p of g(p, f)
 *
 * Only outputs with g != 0 that ReLU let pass are visited: with pooling, less than a quarter of the
 * products of a dense convolution. The outputs are cut in tiles whose part of X stays in the
 * first-level cache.
 *
 * The gradients of weights and biases are summed over several images in an order that suits the
 * kernels, "the sums", and put in the order of the weights at the end.
 */
#ifndef TOT_NN_CONV_BACKWARD_H
#define TOT_NN_CONV_BACKWARD_H

#include <stddef.h>
#include <stdint.h>

#include "nn/conv_block.h"

/* TOT_BLOCK_SUMS: floats for one filter and one channel block. */
enum { TOT_TAPS = 9, TOT_BLOCK_SUMS = TOT_TAPS * TOT_BLOCK_CHANNELS };

/* One tile's outputs that count, found by output and by filter. */
typedef struct tot_conv_tile {
    size_t count;     /* outputs */
    uint32_t *output; /* [count]: place in a channel block of the choices, in pixels, */
    uint32_t *place;  /* ... of the output gradient, with its border, */
    uint32_t *window; /* ... and of the input, with its border: where the window begins */

    size_t filter_blocks, words; /* of 16 and of 64 filters */
    float *gradients;            /* [count][16 filter_blocks]: 0 where ReLU cut it off */
    uint64_t *filters;           /* [count][words][choice]: bit f of a word is set where g != 0 */

    size_t list_stride;
    size_t *list_length;  /* [16 filter_blocks] */
    uint32_t *list_place; /* [16 filter_blocks][list_stride]: n(p, f), in floats */
    float *list_gradient; /* [16 filter_blocks][list_stride] */
} tot_conv_tile;

/* What an instruction set offers. `row` is the length of the bordered input's row in floats;
 * weights and sums are [filter][tap][16 channels], or [tap][16 filters] for a plain input. */
typedef struct tot_conv_backward_parts {
    /* Fills in the tile from `gradients` on, and adds it to the sums of the biases. */
    void (*sort)(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                 float *bias_sums, tot_conv_tile *tile);
    /* Adds one filter's list to its sums. */
    void (*add_weights)(const tot_conv_tile *tile, size_t filter, const float *input, size_t row,
                        float *sums);
    /* Adds the tile to one channel block of the input gradient. */
    void (*add_input)(const tot_conv_tile *tile, const float *weights, float *input_gradient,
                      size_t row);
    /* For a plain input: adds the image to the sums of the weights and biases of 16 filters, given
     * these filters' choices and gradients. */
    void (*add_plain)(const tot_conv_block *block, const float *input, const uint8_t *choice,
                      const float *output_gradient, float *sums, float *bias_sums);
} tot_conv_backward_parts;

/* The 4x4 pixels of a plain input from (y, x) on, which cover the neighbourhoods of a window's
 * pixels; 0 outside the image. */
void tot_conv_patch(const tot_conv_block *block, const float *input, ptrdiff_t y, ptrdiff_t x,
                    float patch[16]);

/* The functions of a tot_conv_kernel. Weights are packed as [channel block][filter][tap][16
 * channels], not at all for a plain input. The sums have the same order, or [filter block][tap][16
 * filters] for a plain input, and those of the biases follow. */
size_t tot_conv_backward_packed_bytes(const tot_conv_block *block);
size_t tot_conv_backward_scratch_bytes(const tot_conv_block *block);
size_t tot_conv_backward_sums_bytes(const tot_conv_block *block);
void tot_conv_backward_pack(const tot_conv_block *block, const float *weights, void *packed);
void tot_conv_backward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                              const uint8_t *choice, const float *output_gradient,
                              float *input_gradient, void *sums, void *scratch);
void tot_conv_backward_avx2(const tot_conv_block *block, const void *packed, const void *input,
                            const uint8_t *choice, const float *output_gradient,
                            float *input_gradient, void *sums, void *scratch);
void tot_conv_backward_portable(const tot_conv_block *block, const void *packed, const void *input,
                                const uint8_t *choice, const float *output_gradient,
                                float *input_gradient, void *sums, void *scratch);
void tot_conv_backward_finish(const tot_conv_block *block, const void *sums,
                              float *weight_gradients, float *bias_gradients);

/* `backward`, made of an instruction set's parts. */
void tot_conv_backward(const tot_conv_backward_parts *parts, const tot_conv_block *block,
                       const float *packed, const float *input, const uint8_t *choice,
                       const float *output_gradient, float *input_gradient, float *sums,
                       void *scratch);

#endif
