/* tot_amx_layouts in plain C. */
#include "nn/conv_amx.h"
#include "nn/conv_bf16_lanes.h"

enum { LANES = TOT_BLOCK_CHANNELS };

TOT_SIMD static void finish(const tot_conv_block *block, const float *biases, const float *sums,
                            size_t rows, tot_bf16 *output, uint8_t *choice) {
    const size_t width = tot_block_out_width(block), stride = block->pool ? 2 : 1;
    tot_floats bias;
    memcpy(&bias, biases, sizeof bias);
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < width; x++) {
            tot_bf16_window window;
            for (size_t n = 0; n < stride * stride; n++) {
                const size_t at = (stride * y + n / 2) * (block->width + 2) + stride * x + n % 2;
                memcpy(&window[n], sums + at * LANES, sizeof window[n]);
                window[n] += bias;
            }
            tot_bf16_finish(block, window, stride * stride, output + (y * (width + 2) + x) * LANES,
                            choice == NULL ? NULL : choice + (y * width + x) * LANES);
        }
}

static void spread(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                   tot_bf16 *image, float *bias_sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t stride = block->pool ? 2 : 1, row = block->width + 2;
    for (size_t n = 0; n < height * width; n++) {
        const size_t y = n / width, x = n % width;
        const float *gradients = output_gradient + ((y + 1) * (width + 2) + x + 1) * LANES;
        for (size_t k = 0; k < LANES; k++) {
            const size_t chosen = choice[n * LANES + k];
            if (chosen != TOT_CHOICE_NONE)
                bias_sums[k] += gradients[k];
            for (size_t q = 0; q < stride * stride; q++)
                image[((stride * y + q / 2 + 1) * row + stride * x + q % 2 + 1) * LANES + k] =
                    q == chosen ? tot_bf16_of(gradients[k]) : 0;
        }
    }
}

static void pair(const tot_bf16 *image, size_t positions, tot_bf16 *pairs) {
    for (size_t p = 0; p < positions + positions % 2; p++)
        for (size_t k = 0; k < LANES; k++)
            pairs[(p / 2 * LANES + k) * 2 + p % 2] = p < positions ? image[p * LANES + k] : 0;
}

static void transpose(const tot_bf16 *pairs, tot_bf16 *rows, size_t stride) {
    for (size_t p = 0; p < TOT_AMX_PAIRS; p++)
        for (size_t k = 0; k < LANES; k++)
            memcpy(rows + k * stride + 2 * p, pairs + (p * LANES + k) * 2, 2 * sizeof *rows);
}

const tot_amx_layouts tot_amx_layouts_portable = {finish, spread, pair, transpose};
