/* The way back through a convolution block in plain C, output by output. */
#include "nn/conv_backward.h"

#include <string.h>

#include "base/simd.h"

enum { LANES = TOT_BLOCK_CHANNELS };

/* One gradient's part of the sums and of the input gradient (or NULL); rows of the bordered images
 * are `row` floats long. */
TOT_INLINE void add_gradient(float gradient, const float *restrict weights,
                             const float *restrict input, float *restrict input_gradient,
                             float *restrict sums, size_t row) {
    for (size_t tap = 0; tap < TOT_TAPS; tap++) {
        const size_t at = tap / 3 * row + tap % 3 * LANES;
        for (size_t c = 0; c < LANES; c++)
            sums[tap * LANES + c] += gradient * input[at + c];
        if (input_gradient != NULL)
            for (size_t c = 0; c < LANES; c++)
                input_gradient[at + c] += gradient * weights[tap * LANES + c];
    }
}

/* The same for a plain input, whose sums lie 16 filters side by side. */
static void add_plain_gradient(const tot_conv_block *block, float gradient, const float *input,
                               size_t y, size_t x, float *sums) {
    for (size_t tap = 0; tap < TOT_TAPS; tap++) {
        const size_t row = y + tap / 3, column = x + tap % 3; /* from 1 on */
        if (row >= 1 && row <= block->height && column >= 1 && column <= block->width)
            sums[tap * LANES] += gradient * input[(row - 1) * block->width + column - 1];
    }
}

TOT_SIMD static void add_image(const tot_conv_block *block, const float *packed, const float *input,
                               const uint8_t *choice, const float *output_gradient,
                               float *input_gradient, float *sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t row = (block->width + 2) * LANES, plane = (block->height + 2) * row;
    const size_t blocks = tot_blocks_of(block->channels), filters = block->filters;
    const size_t stride = block->pool ? 2 : 1;
    float *bias_sums =
        sums + (block->plain_input ? tot_blocks_of(filters) : blocks * filters) * TOT_BLOCK_SUMS;
    if (input_gradient != NULL)
        memset(input_gradient, 0, blocks * plane * sizeof(float));
    for (size_t f = 0; f < filters; f++)
        for (size_t n = 0; n < height * width; n++) {
            const size_t fb = f / LANES, y = n / width, x = n % width;
            const size_t chosen = choice[(fb * height * width + n) * LANES + f % LANES];
            const float gradient =
                output_gradient[((fb * (height + 2) + y + 1) * (width + 2) + x + 1) * LANES +
                                f % LANES];
            if (chosen == TOT_CHOICE_NONE || gradient == 0.0f)
                continue;
            const size_t top = stride * y + chosen / 2, left = stride * x + chosen % 2;
            bias_sums[f] += gradient;
            if (block->plain_input) {
                add_plain_gradient(block, gradient, input, top, left,
                                   sums + fb * TOT_BLOCK_SUMS + f % LANES);
                continue;
            }
            for (size_t b = 0; b < blocks; b++) {
                const size_t at = b * plane + top * row + left * LANES;
                const size_t from = (b * filters + f) * TOT_BLOCK_SUMS;
                add_gradient(gradient, packed + from, input + at,
                             input_gradient == NULL ? NULL : input_gradient + at, sums + from, row);
            }
        }
}

void tot_conv_backward_portable(const tot_conv_block *block, const void *packed, const void *input,
                                const uint8_t *choice, const float *output_gradient,
                                float *input_gradient, void *sums, void *scratch) {
    (void)scratch;
    add_image(block, packed, input, choice, output_gradient, input_gradient, sums);
}
