/* A convolution block: 3x3 convolution ("same"), bias, ReLU and 2x2 max pooling in one pass, for
 * one image at a time, by kernels for particular instruction sets.
 *
 * Images between blocks are channel-blocked with a border: [channel block][height + 2][width + 2]
 * [16]. Channels are filled up with zeros to a multiple of 16, and the border of one pixel is zero,
 * so that kernels need no special case at the edges: whoever writes such an image leaves the border
 * as it is. The first block of a network may read a plain image [height][width] of one channel
 * without a border. Arrays begin at multiples of 64 bytes.
 *
 * A block keeps, for the way back, a choice for each of its outputs, [channel block][out_height]
 * [out_width][16]: which pixel of the 2x2 window was the largest (0 ... 3, row by row, the first of
 * equals; 0 without pooling), or TOT_CHOICE_NONE where ReLU cut it off (the largest is <= 0). The
 * gradient of a block's convolution is zero wherever the choice does not point: that is three
 * quarters of it and more, and the kernels for the way back never touch these.
 */
#ifndef TOT_NN_CONV_BLOCK_H
#define TOT_NN_CONV_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOT_BLOCK_CHANNELS = 16, TOT_CHOICE_NONE = 4 };

typedef struct tot_conv_block {
    size_t channels, filters; /* any number >= 1 */
    size_t height, width;     /* of the input; with pooling, at least 2 */
    bool relu, pool;          /* an odd last row or column belongs to no window */
    bool plain_input;         /* [height][width], one channel; there is no input gradient then */
} tot_conv_block;

static inline size_t tot_blocks_of(size_t channels) {
    return (channels + TOT_BLOCK_CHANNELS - 1) / TOT_BLOCK_CHANNELS;
}

static inline size_t tot_block_out_height(const tot_conv_block *block) {
    return block->pool ? block->height / 2 : block->height;
}

static inline size_t tot_block_out_width(const tot_conv_block *block) {
    return block->pool ? block->width / 2 : block->width;
}

/* Floats of a blocked image with its border. */
static inline size_t tot_blocked_size(size_t channels, size_t height, size_t width) {
    return tot_blocks_of(channels) * (height + 2) * (width + 2) * TOT_BLOCK_CHANNELS;
}

/* Of what images between blocks and weights consist; sums and gradients are float32 always. */
typedef enum tot_precision { TOT_FP32, TOT_BF16 } tot_precision;

/* What one instruction set offers. No function allocates or keeps state; `scratch` may hold
 * anything before and after. Weights are [filter][channel][3][3], as in layer.h. Each direction
 * packs the weights in the order in which it wants them, anew whenever they have changed; inference
 * needs only the forward part. Inputs and outputs are float or, of TOT_BF16, tot_bf16, but for a
 * plain input, which is float. */
typedef struct tot_conv_kernel {
    const char *name; /* "avx512", "avx2", ...: what TOTALITY_KERNEL may ask for */
    tot_precision precision;
    bool (*available)(void); /* on this CPU */

    size_t (*forward_packed_bytes)(const tot_conv_block *block);
    size_t (*forward_scratch_bytes)(const tot_conv_block *block);
    void (*forward_pack)(const tot_conv_block *block, const float *weights, const float *biases,
                         void *packed);

    /* choice may be NULL (inference). Writes the inside of `output`, [filter blocks][out_height +
     * 2] [out_width + 2][16]. */
    void (*forward)(const tot_conv_block *block, const void *packed, const void *input,
                    void *output, uint8_t *choice, void *scratch);

    /* The way back. Gradients of weights and biases are added up over images in whatever order
     * suits the kernel, beginning with zeros ... */
    size_t (*backward_packed_bytes)(const tot_conv_block *block);
    size_t (*backward_scratch_bytes)(const tot_conv_block *block);
    size_t (*backward_sums_bytes)(const tot_conv_block *block);
    void (*backward_pack)(const tot_conv_block *block, const float *weights, void *packed);

    /* Adds the image's part to the sums. Overwrites input_gradient, whose border holds anything
     * afterwards and is to be ignored, as is output_gradient's; it may be NULL. */
    void (*backward)(const tot_conv_block *block, const void *packed, const void *input,
                     const uint8_t *choice, const float *output_gradient, float *input_gradient,
                     void *sums, void *scratch);

    /* ... and put in the order of the weights and biases at the end. */
    void (*backward_finish)(const tot_conv_block *block, const void *sums, float *weight_gradients,
                            float *bias_gradients);
} tot_conv_kernel;

#endif
