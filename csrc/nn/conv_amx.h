/* Convolution blocks in bfloat16 by AMX, whose tiles multiply 16 x 32 by 32 x 16 numbers at once.
 *
 * Rows of a bordered image [height + 2][width + 2][16] follow each other in memory, so that a
 * "position", the number of a pixel in the bordered image, is all that an address needs: the tap
 * (row, column) of the convolution at position p is position p + row (width + 2) + column. The
 * two last positions of each row belong to no pixel of the convolution; they are computed, which
 * costs less than tiles that end with the rows, and not used.
 *
 *   forward: 16 positions x (2 taps beside each other, 16 channels) x 16 filters. Two neighbouring
 *      pixels lie as the 32 numbers of a tile's row. The third tap of a row goes with the second
 * one at zero weight: a tap row takes two steps. input gradient: the same, of the dense gradient,
 * with the weights turned round. weight gradient: 16 filters x 32 positions x 16 channels, for each
 * tap. The gradient lies as [filter][position], the input as [pair of positions][channel][2].
 *
 * What uses tiles is compiled twice: for the instructions and for an emulation with the same bits,
 * which tests use where no CPU has them. The instructions have not been run on a CPU so far.
 *
 * A first block of a plain input has too few channels for tiles and is left to other kernels.
 */
#ifndef TOT_NN_CONV_AMX_H
#define TOT_NN_CONV_AMX_H

#include "nn/conv_bf16.h"

enum { TOT_AMX_ROWS = 16, TOT_AMX_PAIRS = 16, TOT_AMX_TILE = TOT_AMX_ROWS * TOT_AMX_PAIRS * 2 };

/* A convolution of positions, "channels" being those that are summed over. */
typedef struct tot_amx_convolution {
    size_t channel_blocks, row, plane; /* row and plane of the image in positions */
    const tot_bf16 *weights[2];        /* of up to two blocks of filters: [channel block][row of the
                                          taps][step][16 pairs][16 filters][2] */
    size_t filter_blocks;
} tot_amx_convolution;

/* The weight gradient of up to two blocks of filters and one of channels. */
typedef struct tot_amx_products {
    const tot_bf16 *gradient; /* of position 0 of the first filter; zeros lie around it */
    size_t gradient_stride;   /* from filter to filter */
    size_t filter_blocks;
    const tot_bf16 *input; /* [positions / 2][16 channels][2] */
    size_t positions, row; /* a multiple of 32; positions in a row */
} tot_amx_products;

typedef struct tot_amx_kernels {
    /* sums[count][16] of `count` positions from that of `image` on; those of the second block of
     * filters are `stride` floats further. */
    void (*convolve)(const tot_amx_convolution *convolution, const tot_bf16 *image, size_t count,
                     float *sums, size_t stride);
    /* sums[tap][filter block][16 filters][16 channels] */
    void (*multiply)(const tot_amx_products *products, float *sums);
} tot_amx_kernels;

extern const tot_amx_kernels tot_amx_instructions, tot_amx_emulated;

/* What has to be done around the tiles, in plain C and for AVX-512, with the same bits. */
typedef struct tot_amx_layouts {
    /* Bias, window, ReLU and rounding of some rows of outputs of 16 filters. */
    void (*finish)(const tot_conv_block *block, const float *biases, const float *sums, size_t rows,
                   tot_bf16 *output, uint8_t *choice);
    /* Puts the gradients of 16 filters' outputs where their choices point, into all pixels of their
     * windows in a bordered image, and adds them to the sums of the biases. */
    void (*spread)(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                   tot_bf16 *image, float *bias_sums);
    /* From [positions][16] to [positions / 2][16][2]; an odd last one goes with zeros. */
    void (*pair)(const tot_bf16 *image, size_t positions, tot_bf16 *pairs);
    /* 16 pairs of positions, [16][16][2], to [16][2 x 16], rows `stride` apart. */
    void (*transpose)(const tot_bf16 *pairs, tot_bf16 *rows, size_t stride);
} tot_amx_layouts;

extern const tot_amx_layouts tot_amx_layouts_portable, tot_amx_layouts_avx512;

/* What a kernel is made of. */
typedef struct tot_amx_parts {
    const tot_amx_kernels *tiles;
    const tot_amx_layouts *layouts;
} tot_amx_parts;

/* Filter block by filter block: the biases, float32 [16], and the weights of tot_amx_convolution.
 */
size_t tot_amx_forward_stride(const tot_conv_block *block); /* bytes */
size_t tot_amx_forward_packed_bytes(const tot_conv_block *block);
size_t tot_amx_forward_scratch_bytes(const tot_conv_block *block);
void tot_amx_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                          void *packed);
void tot_amx_forward(tot_amx_parts parts, const tot_conv_block *block, const void *packed,
                     const void *input, void *output, uint8_t *choice, void *scratch);

/* Those of the way back, channel block by channel block. */
size_t tot_amx_backward_stride(const tot_conv_block *block); /* numbers */
size_t tot_amx_backward_packed_bytes(const tot_conv_block *block);
size_t tot_amx_backward_scratch_bytes(const tot_conv_block *block);
void tot_amx_backward_pack(const tot_conv_block *block, const float *weights, void *packed);

/* The sums are those of conv_backward.h. */
void tot_amx_backward(tot_amx_parts parts, const tot_conv_block *block, const void *packed,
                      const void *input, const uint8_t *choice, const float *output_gradient,
                      float *input_gradient, void *sums, void *scratch);

#endif
