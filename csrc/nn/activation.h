/* The rectifier, as the last step of a convolution or a dense layer. */
#ifndef TOT_NN_ACTIVATION_H
#define TOT_NN_ACTIVATION_H

#include <stddef.h>

/* x = x + bias, and max(0, .) of it when `relu`. */
static inline void tot_add_bias(float *restrict x, size_t count, float bias, int relu) {
    if (relu)
        for (size_t k = 0; k < count; k++) {
            const float sum = x[k] + bias;
            x[k] = sum < 0.0f ? 0.0f : sum; /* a NaN stays one */
        }
    else
        for (size_t k = 0; k < count; k++)
            x[k] += bias;
}

/* The gradient passes where the output is positive. */
static inline void tot_relu_backward(const float *restrict output, float *restrict gradient,
                                     size_t count) {
    for (size_t k = 0; k < count; k++)
        gradient[k] = output[k] > 0.0f ? gradient[k] : 0.0f;
}

#endif
