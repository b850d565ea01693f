/* Images to vectors: from [channel][image][pixel] to [image][channel, pixel]. */
#include "nn/layer.h"

#include <string.h>

static tot_status plan(tot_layer *layer, tot_error *error) {
    (void)error;
    layer->output = (tot_shape){tot_shape_size(layer->input), 1, 1, true};
    return TOT_OK;
}

/* b[j][i][...] = a[i][j][...] for blocks of `size` floats */
static void swap_axes(const float *a, float *b, size_t rows, size_t columns, size_t size) {
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++, b += size)
            memcpy(b, a + (i * columns + j) * size, size * sizeof(float));
}

/* A flat input stays as it is: one "channel" of all features. */
static size_t planes(tot_shape shape) {
    return shape.flat ? 1 : shape.channels;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t count = planes(layer->input);
    (void)parameters;
    swap_axes(input, output, count, pass->images, tot_shape_size(layer->input) / count);
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t count = planes(layer->input);
    (void)parameters, (void)input, (void)output, (void)gradients;
    if (input_gradient != NULL)
        swap_axes(output_gradient, input_gradient, pass->images, count,
                  tot_shape_size(layer->input) / count);
}

const tot_layer_class tot_flatten_class = {
    .name = "flatten", .plan = plan, .forward = forward, .backward = backward};
