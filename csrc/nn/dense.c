/* y = x w^T + b, for x[image][feature] and w[unit][feature]. */
#include "nn/layer.h"

#include <string.h>

#include "nn/activation.h"
#include "nn/gemm.h"

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
    const float *biases = parameters + layer->weight_count;
    for (size_t n = 0; n < pass->images; n++)
        memcpy(output + n * units, biases, units * sizeof(float));
    tot_gemm(pass->images, units, features, (tot_matrix){input, features, TOT_NORMAL},
             (tot_matrix){parameters, features, TOT_TRANSPOSED}, 1.0f, output, units);
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
    tot_gemm(units, features, pass->images, (tot_matrix){output_gradient, units, TOT_TRANSPOSED},
             (tot_matrix){input, features, TOT_NORMAL}, 0.0f, gradients, features);
    if (input_gradient != NULL)
        tot_gemm(pass->images, features, units, (tot_matrix){output_gradient, units, TOT_NORMAL},
                 (tot_matrix){parameters, features, TOT_NORMAL}, 0.0f, input_gradient, features);
}

const tot_layer_class tot_dense_class = {
    .name = "dense", .plan = plan, .forward = forward, .backward = backward};
