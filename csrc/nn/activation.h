/* What follows a convolution or a dense layer, number by number. */
#ifndef TOT_NN_ACTIVATION_H
#define TOT_NN_ACTIVATION_H

#include <math.h>
#include <stddef.h>

#include "nn/layer.h"

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

/* x = f(x) */
static inline void tot_activate(tot_activation activation, float *restrict x, size_t count) {
    if (activation == TOT_ACTIVATION_RELU)
        tot_add_bias(x, count, 0.0f, 1);
    else if (activation == TOT_ACTIVATION_SIGMOID)
        for (size_t k = 0; k < count; k++)
            x[k] = 1.0f / (1.0f + expf(-x[k]));
    else if (activation == TOT_ACTIVATION_TANH)
        for (size_t k = 0; k < count; k++)
            x[k] = tanhf(x[k]);
}

/* The gradient passes where the output is positive. */
static inline void tot_relu_backward(const float *restrict output, float *restrict gradient,
                                     size_t count) {
    for (size_t k = 0; k < count; k++)
        gradient[k] = output[k] > 0.0f ? gradient[k] : 0.0f;
}

/* gradient = gradient f', which for each f follows from the output: y (1 - y) for the sigmoid,
 * 1 - y^2 for tanh. */
static inline void tot_activation_backward(tot_activation activation, const float *restrict output,
                                           float *restrict gradient, size_t count) {
    if (activation == TOT_ACTIVATION_RELU)
        tot_relu_backward(output, gradient, count);
    else if (activation == TOT_ACTIVATION_SIGMOID)
        for (size_t k = 0; k < count; k++)
            gradient[k] *= output[k] * (1.0f - output[k]);
    else if (activation == TOT_ACTIVATION_TANH)
        for (size_t k = 0; k < count; k++)
            gradient[k] *= 1.0f - output[k] * output[k];
}

#endif
