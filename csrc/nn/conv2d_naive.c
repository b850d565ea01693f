#include "nn/conv2d_naive.h"

/* x[channel][image][row][column]; false outside the image, where the padding is zero */
static bool locate(tot_shape shape, size_t images, size_t channel, size_t image, size_t row,
                   size_t column, size_t tap, size_t *index) {
    const size_t y = row + tap / 3, x = column + tap % 3; /* one more than the coordinates */
    if (y < 1 || y > shape.height || x < 1 || x > shape.width)
        return false;
    *index = ((channel * images + image) * shape.height + y - 1) * shape.width + x - 1;
    return true;
}

void tot_conv2d_naive_forward(const tot_layer *layer, const float *parameters, const float *input,
                              float *output, size_t images) {
    const tot_shape shape = layer->input;
    const float *biases = parameters + layer->weight_count;
    size_t index, pixel = 0;
    for (size_t f = 0; f < layer->spec.units; f++)
        for (size_t n = 0; n < images; n++)
            for (size_t y = 0; y < shape.height; y++)
                for (size_t x = 0; x < shape.width; x++, pixel++) {
                    double value = (double)biases[f];
                    for (size_t c = 0; c < shape.channels; c++)
                        for (size_t tap = 0; tap < 9; tap++)
                            if (locate(shape, images, c, n, y, x, tap, &index))
                                value += (double)parameters[(f * shape.channels + c) * 9 + tap] *
                                         (double)input[index];
                    if (layer->spec.activation == TOT_ACTIVATION_RELU && value < 0.0)
                        value = 0.0;
                    output[pixel] = (float)value;
                }
}

/* dL/dw for one weight, dL/dx for one pixel: each a sum over the outputs it takes part in. */
void tot_conv2d_naive_backward(const tot_layer *layer, const float *parameters, const float *input,
                               const float *output, const float *output_gradient,
                               float *input_gradient, float *gradients, size_t images) {
    const tot_shape shape = layer->input;
    const bool relu = layer->spec.activation == TOT_ACTIVATION_RELU;
    const size_t filters = layer->spec.units, plane = shape.height * shape.width;
    size_t index;
    for (size_t f = 0; f < filters; f++) {
        double bias = 0.0;
        for (size_t k = f * images * plane; k < (f + 1) * images * plane; k++)
            if (!relu || output[k] > 0.0f)
                bias += (double)output_gradient[k];
        gradients[layer->weight_count + f] = (float)bias;
        for (size_t c = 0; c < shape.channels; c++)
            for (size_t tap = 0; tap < 9; tap++) {
                double weight = 0.0;
                for (size_t k = 0; k < images * plane; k++) {
                    const size_t pixel = f * images * plane + k, y = k % plane / shape.width;
                    if ((!relu || output[pixel] > 0.0f) &&
                        locate(shape, images, c, k / plane, y, k % shape.width, tap, &index))
                        weight += (double)output_gradient[pixel] * (double)input[index];
                }
                gradients[(f * shape.channels + c) * 9 + tap] = (float)weight;
            }
    }
    for (size_t c = 0; c < shape.channels; c++)
        for (size_t k = 0; k < images * plane; k++) {
            const size_t y = k % plane / shape.width, x = k % shape.width;
            double value = 0.0;
            for (size_t f = 0; f < filters; f++)
                for (size_t tap = 0; tap < 9; tap++) {
                    /* the output whose tap falls on this pixel lies on the other side */
                    if (!locate(shape, images, f, k / plane, y, x, 8 - tap, &index))
                        continue;
                    if (!relu || output[index] > 0.0f)
                        value += (double)output_gradient[index] *
                                 (double)parameters[(f * shape.channels + c) * 9 + tap];
                }
            input_gradient[c * images * plane + k] = (float)value;
        }
}
