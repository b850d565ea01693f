/* The plan of a network and its parameters. */
#include "nn/network.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "nn/conv_kernel.h"
#include "nn/gemm.h"
#include "nn/network_memory.h"

/* Of one layer; hundreds of times what our largest has. A file with a made-up architecture must not
 * take all memory. */
enum { MAX_WEIGHTS = 1 << 26 };

/* What the last layer may be: its sigmoid or softmax is the network's, and itself it gives the
 * logits. */
static tot_status plan_head(tot_layer *layer, tot_error *error) {
    const bool dense = layer->spec.kind == TOT_LAYER_DENSE ||
                       (layer->spec.kind == TOT_LAYER_ACTIVATION && layer->output.flat);
    const size_t units = layer->output.channels;
    if (dense && ((layer->spec.activation == TOT_ACTIVATION_SIGMOID && units == 1) ||
                  (layer->spec.activation == TOT_ACTIVATION_SOFTMAX && units > 1))) {
        layer->activation = TOT_ACTIVATION_LINEAR;
        return TOT_OK;
    }
    return tot_fail(error, TOT_ERROR_ARGUMENT,
                    "the last layer must be dense with 1 unit and a sigmoid, or with several and a "
                    "softmax");
}

static tot_status check_spec(const tot_layer_spec *spec, bool last, tot_error *error) {
    const bool dense = spec->kind == TOT_LAYER_DENSE;
    if ((spec->kind == TOT_LAYER_CONV2D || dense) && spec->units == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "needs at least one %s",
                        dense ? "unit" : "filter");
    /* The plans multiply sizes freely: bounded here, no product of theirs can overflow. */
    if (spec->units > 1 << 20)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "too many units");
    if (spec->activation == TOT_ACTIVATION_SOFTMAX && !last)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a softmax is possible in the last layer only");
    if (!(spec->l2 >= 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "l2 must be at least 0, got %g", spec->l2);
    return TOT_OK;
}

static tot_status plan_layer(tot_network *network, size_t index, tot_error *error) {
    tot_layer *layer = &network->layers[index];
    const bool last = index + 1 == network->layer_count;
    tot_error reason = {""};
    tot_status status;
    layer->index = index;
    layer->trainable = true;
    layer->activation = layer->spec.activation;
    layer->input = index == 0 ? network->input : network->layers[index - 1].output;
    layer->class = tot_layer_class_of(layer->spec.kind);
    if (layer->class == NULL)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "layer %zu: unknown kind", index + 1);
    status = check_spec(&layer->spec, last, &reason);
    if (status == TOT_OK)
        status = layer->class->plan(layer, &reason);
    /* A chunk's activations and the weights are matrices of BLAS, whose sizes are ints. */
    if (status == TOT_OK && (tot_shape_size(layer->output) > INT_MAX / TOT_CHUNK_IMAGES / 9 ||
                             layer->weight_count > MAX_WEIGHTS))
        status = tot_fail(&reason, TOT_ERROR_ARGUMENT, "too large");
    if (status == TOT_OK && last)
        status = plan_head(layer, &reason);
    if (status != TOT_OK)
        return tot_fail(error, status, "layer %zu (%s): %s", index + 1, layer->class->name,
                        reason.message);
    layer->parameter_offset = network->parameter_count;
    network->parameter_count += layer->weight_count + layer->bias_count + layer->state_count;
    return TOT_OK;
}

static bool shape_is_sane(tot_shape shape) {
    const size_t limit = INT_MAX / TOT_CHUNK_IMAGES / 9;
    size_t product;
    return shape.channels > 0 && shape.height > 0 && shape.width > 0 && !shape.flat &&
           tot_multiply_sizes(shape.channels, shape.height, &product) &&
           tot_multiply_sizes(product, shape.width, &product) && product <= limit;
}

static void free_steps(tot_step *steps, size_t count) {
    for (size_t k = 0; k < count; k++)
        tot_conv_stack_free(steps[k].stack);
    tot_free(steps);
}

/* Plans the steps anew, for this kernel; leaves the network as it was when that fails. */
static tot_status plan_steps(tot_network *network, const tot_conv_kernel *kernel,
                             tot_error *error) {
    tot_step *steps = tot_allocate(network->layer_count, sizeof *steps);
    size_t count = 0;
    if (steps == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    for (size_t k = 0; k < network->layer_count; count++) {
        tot_step *step = &steps[count];
        const tot_layer *layers = &network->layers[k];
        const size_t fused = tot_conv_stack_extent(kernel, layers, network->layer_count - k);
        *step = (tot_step){k, fused > 0 ? fused : 1, NULL};
        if (fused > 0) {
            const tot_status status =
                tot_conv_stack_create(kernel, layers, fused, &step->stack, error);
            if (status != TOT_OK) {
                free_steps(steps, count);
                return status;
            }
        }
        k += step->count;
    }
    tot_network_free_memory(network);
    free_steps(network->steps, network->step_count);
    network->kernel = kernel;
    network->steps = steps;
    network->step_count = count;
    network->packed = false;
    return TOT_OK;
}

tot_status tot_network_set_precision(tot_network *network, tot_precision precision,
                                     const char *kernel, tot_error *error) {
    const tot_conv_kernel *found;
    const tot_status status = tot_conv_kernel_find(kernel, precision, &found, error);
    return status != TOT_OK ? status : plan_steps(network, found, error);
}

/* Of all layers. */
static size_t sum_count(const tot_network *network) {
    size_t count = 0;
    for (size_t k = 0; k < network->layer_count; k++)
        count += network->layers[k].sum_count;
    return count;
}

tot_status tot_network_create(tot_shape input, const tot_layer_spec *layers, size_t count,
                              const char *kernel, tot_network **result, tot_error *error) {
    tot_network *network = NULL;
    tot_status status;
    *result = NULL;
    if (!shape_is_sane(input))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "input: %zu x %zu x %zu is no possible shape",
                        input.channels, input.height, input.width);
    if (count == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a network needs at least one layer");
    tot_gemm_prepare();
    status = tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    network = tot_allocate(1, sizeof *network);
    if (network == NULL)
        goto done;
    network->input = input;
    network->layers = tot_allocate(count, sizeof *network->layers);
    if (network->layers == NULL)
        goto done;
    network->layer_count = count;
    for (size_t k = 0; k < count; k++) {
        network->layers[k].spec = layers[k];
        const tot_status planned = plan_layer(network, k, error);
        if (planned != TOT_OK) {
            status = planned;
            goto done;
        }
    }
    status = tot_network_set_precision(network, TOT_FP32, kernel, error);
    if (status != TOT_OK)
        goto done;
    status = tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    network->parameters = tot_allocate(network->parameter_count, sizeof(float));
    network->gradients = tot_allocate(network->parameter_count, sizeof(float));
    network->batch_sums = tot_allocate(2 * sum_count(network), sizeof *network->batch_sums);
    if (network->parameters == NULL || network->gradients == NULL || network->batch_sums == NULL ||
        !tot_network_cut(network))
        goto done;
    *result = network;
    return TOT_OK;
done:
    tot_network_free(network);
    return status;
}

void tot_network_free(tot_network *network) {
    if (network == NULL)
        return;
    tot_network_free_memory(network);
    tot_free(network->pieces);
    tot_free(network->batch_sums);
    tot_free(network->gradients);
    tot_free(network->parameters);
    free_steps(network->steps, network->step_count);
    tot_free(network->layers);
    tot_free(network);
}

size_t tot_network_layer_count(const tot_network *network) {
    return network->layer_count;
}

const tot_layer *tot_network_layer(const tot_network *network, size_t index) {
    return &network->layers[index];
}

size_t tot_network_outputs(const tot_network *network) {
    return network->layers[network->layer_count - 1].output.channels;
}

void tot_network_set_trainable(tot_network *network, size_t index, bool trainable) {
    network->layers[index].trainable = trainable;
}

size_t tot_network_parameter_count(const tot_network *network) {
    return network->parameter_count;
}

const float *tot_network_parameters(const tot_network *network) {
    return network->parameters;
}

float *tot_network_change_parameters(tot_network *network) {
    network->packed = false;
    return network->parameters;
}

const char *tot_network_kernel(const tot_network *network) {
    return network->kernel == NULL ? TOT_PORTABLE_KERNEL : network->kernel->name;
}

const float *tot_network_gradients(const tot_network *network) {
    return network->gradients;
}

void tot_network_initialize(tot_network *network, tot_rng *rng) {
    for (size_t k = 0; k < network->layer_count; k++) {
        const tot_layer *layer = &network->layers[k];
        float *parameters = tot_network_change_parameters(network) + layer->parameter_offset;
        if (layer->class->initialize != NULL) {
            layer->class->initialize(layer, parameters);
            continue;
        }
        const double limit =
            layer->weight_count == 0 ? 0.0 : sqrt(6.0 / (double)(layer->fan_in + layer->fan_out));
        for (size_t j = 0; j < layer->weight_count; j++)
            parameters[j] = (float)(limit * (2.0 * tot_rng_uniform(rng) - 1.0));
        for (size_t j = 0; j < layer->bias_count; j++)
            parameters[layer->weight_count + j] = 0.0f;
    }
}

void tot_network_layer_name(const tot_network *network, size_t index, char name[TOT_NAME_SIZE]) {
    const tot_layer_class *class = network->layers[index].class;
    size_t before = 0;
    for (size_t k = 0; k < index; k++)
        before += network->layers[k].class == class;
    if (before == 0)
        snprintf(name, TOT_NAME_SIZE, "%s", class->name);
    else
        snprintf(name, TOT_NAME_SIZE, "%s_%zu", class->name, before);
}

/* The arrays of a layer: weights and biases, and behind them the state in two equal parts. */
static size_t array_count(const tot_layer *layer) {
    return layer->weight_count == 0 ? 0 : layer->state_count == 0 ? 2 : 4;
}

size_t tot_network_tensor_count(const tot_network *network) {
    size_t count = 0;
    for (size_t k = 0; k < network->layer_count; k++)
        count += array_count(&network->layers[k]);
    return count;
}

static const char *array_name(const tot_layer *layer, size_t array) {
    static const char *const names[] = {"weight", "bias"};
    static const char *const of_normalization[] = {"gamma", "beta", "moving_mean",
                                                   "moving_variance"};
    return layer->state_count == 0 ? names[array] : of_normalization[array];
}

tot_parameter tot_network_tensor(const tot_network *network, size_t index) {
    tot_parameter tensor = {.rank = 1};
    const tot_layer *layer = network->layers;
    char name[TOT_NAME_SIZE];
    for (; index >= array_count(layer); layer++)
        index -= array_count(layer);
    const size_t sizes[] = {layer->weight_count, layer->bias_count, layer->state_count / 2,
                            layer->state_count / 2};
    tot_network_layer_name(network, layer->index, name);
    snprintf(tensor.name, sizeof tensor.name, "%.31s.%s", name, array_name(layer, index));
    tensor.shape[0] = tensor.count = sizes[index];
    tensor.offset = layer->parameter_offset;
    for (size_t k = 0; k < index; k++)
        tensor.offset += sizes[k];
    if (index == 0 && layer->state_count == 0) {
        const size_t shape[] = {layer->spec.units, layer->input.channels, 3, 3};
        memcpy(tensor.shape, shape, sizeof shape);
        tensor.rank = layer->spec.kind == TOT_LAYER_CONV2D ? 4 : 2;
    }
    return tensor;
}
