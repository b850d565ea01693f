/* The mean of each channel: [channel][image][pixel] to [image][channel]. */
#include "nn/layer.h"

static tot_status plan(tot_layer *layer, tot_error *error) {
    if (layer->input.flat)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "needs images, it is given a flat vector");
    layer->output = (tot_shape){layer->input.channels, 1, 1, true};
    return TOT_OK;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t channels = layer->input.channels;
    const size_t pixels = layer->input.height * layer->input.width;
    (void)parameters;
    for (size_t c = 0; c < channels; c++)
        for (size_t n = 0; n < pass->images; n++, input += pixels) {
            double sum = 0.0;
            for (size_t k = 0; k < pixels; k++)
                sum += (double)input[k];
            output[n * channels + c] = (float)(sum / (double)pixels);
        }
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t channels = layer->input.channels;
    const size_t pixels = layer->input.height * layer->input.width;
    (void)parameters, (void)input, (void)output, (void)gradients;
    if (input_gradient == NULL)
        return;
    for (size_t c = 0; c < channels; c++)
        for (size_t n = 0; n < pass->images; n++, input_gradient += pixels) {
            const float share = output_gradient[n * channels + c] / (float)pixels;
            for (size_t k = 0; k < pixels; k++)
                input_gradient[k] = share;
        }
}

const tot_layer_class tot_global_average_pooling2d_class = {
    .name = "global_average_pooling2d", .plan = plan, .forward = forward, .backward = backward};
