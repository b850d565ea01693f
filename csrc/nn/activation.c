/* An activation as a layer of its own, for what stands between a convolution and its activation. */
#include "nn/activation.h"

#include <string.h>

static tot_status plan(tot_layer *layer, tot_error *error) {
    (void)error;
    layer->output = layer->input;
    return TOT_OK;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t count = tot_shape_size(layer->input) * pass->images;
    (void)parameters;
    memcpy(output, input, count * sizeof(float));
    tot_activate(layer->activation, output, count);
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t count = tot_shape_size(layer->input) * pass->images;
    (void)parameters, (void)input, (void)gradients;
    if (input_gradient == NULL)
        return;
    memcpy(input_gradient, output_gradient, count * sizeof(float));
    tot_activation_backward(layer->activation, output, input_gradient, count);
}

const tot_layer_class tot_activation_class = {
    .name = "activation", .plan = plan, .forward = forward, .backward = backward};
