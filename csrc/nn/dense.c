/* y = x w^T + b, for x[image][feature] and w[unit][feature]. */
#include "nn/layer.h"

#include <string.h>

#include "nn/activation.h"
#include "nn/dense_product.h"

static tot_status plan(tot_layer *layer, tot_error *error) {
    if (!layer->input.flat)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "needs a flat vector, it is given images; put a flatten layer before it");
    layer->output = (tot_shape){layer->spec.units, 1, 1, true};
    layer->fan_in = layer->input.channels;
    layer->fan_out = layer->spec.units;
    layer->weight_count = layer->fan_in * layer->fan_out;
    layer->bias_count = layer->spec.units;
    return TOT_OK;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t units = layer->fan_out, features = layer->fan_in;
    tot_dense_output(pass->images, units, features, input, parameters,
                     parameters + layer->weight_count, output);
    tot_activate(layer->activation, output, pass->images * units);
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t units = layer->fan_out, features = layer->fan_in;
    float *bias_gradients = gradients + layer->weight_count;
    tot_activation_backward(layer->activation, output, output_gradient, pass->images * units);
    memset(bias_gradients, 0, units * sizeof(float));
    for (size_t n = 0; n < pass->images; n++)
        for (size_t u = 0; u < units; u++)
            bias_gradients[u] += output_gradient[n * units + u];
    tot_dense_weight_gradient(pass->images, units, features, output_gradient, input, gradients);
    if (input_gradient != NULL)
        tot_dense_input_gradient(pass->images, units, features, output_gradient, parameters,
                                 input_gradient);
}

const tot_layer_class tot_dense_class = {
    .name = "dense", .plan = plan, .forward = forward, .backward = backward};
