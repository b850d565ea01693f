/* The convolution as its formula says it, slow and obvious: what the fast one is tested against.
 * Arguments as those of tot_conv2d_class; sums in double precision. */
#ifndef TOT_NN_CONV2D_NAIVE_H
#define TOT_NN_CONV2D_NAIVE_H

#include "nn/layer.h"

void tot_conv2d_naive_forward(const tot_layer *layer, const float *parameters, const float *input,
                              float *output, size_t images);

void tot_conv2d_naive_backward(const tot_layer *layer, const float *parameters, const float *input,
                               const float *output, const float *output_gradient,
                               float *input_gradient, float *gradients, size_t images);

#endif
