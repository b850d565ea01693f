/* 16 numbers, of which the compiler makes as many vectors as the CPU needs: the pieces of the
 * kernels in plain C. */
#ifndef TOT_NN_CONV_BF16_LANES_H
#define TOT_NN_CONV_BF16_LANES_H

#include "base/simd.h"
#include "nn/conv_bf16.h"

typedef float tot_floats __attribute__((vector_size(64)));
typedef uint32_t tot_words __attribute__((vector_size(64)));

/* The sums of 16 filters in a window of 2 x 2 pixels, or in one pixel. */
enum { TOT_WINDOW = 4 };
typedef tot_floats tot_bf16_window[TOT_WINDOW];

/* The largest of each filter's window, ReLU, rounding. */
TOT_INLINE void tot_bf16_finish(const tot_conv_block *block, const tot_bf16_window sums,
                                size_t pixels, tot_bf16 *restrict output,
                                uint8_t *restrict choice) {
    tot_words largest = (tot_words)sums[0], chosen = {0};
    for (size_t n = 1; n < pixels; n++) {
        const tot_words larger = (tot_words)(sums[n] > (tot_floats)largest);
        largest = (largest & ~larger) | ((tot_words)sums[n] & larger);
        chosen = (chosen & ~larger) | ((uint32_t)n & larger);
    }
    if (block->relu) {
        const tot_words cut = (tot_words)((tot_floats)largest <= 0.0f);
        largest &= ~cut;
        chosen = (chosen & ~cut) | (TOT_CHOICE_NONE & cut);
    }
    float values[TOT_BLOCK_CHANNELS];
    memcpy(values, &largest, sizeof values);
    for (size_t k = 0; k < TOT_BLOCK_CHANNELS; k++)
        output[k] = tot_bf16_of(values[k]);
    if (choice != NULL)
        for (size_t k = 0; k < TOT_BLOCK_CHANNELS; k++)
            choice[k] = (uint8_t)chosen[k];
}

#endif
