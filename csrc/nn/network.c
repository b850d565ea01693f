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

static tot_status plan_layer(tot_network *network, size_t index, tot_error *error) {
    tot_layer *layer = &network->layers[index];
    const bool last = index + 1 == network->layer_count;
    tot_error reason = {""};
    const char *name;
    layer->index = index;
    layer->input = index == 0 ? network->input : network->layers[index - 1].output;
    layer->class = tot_layer_class_of(layer->spec.kind);
    if (layer->class == NULL)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "layer %zu: unknown kind", index + 1);
    name = layer->class->name;
    if ((layer->spec.kind == TOT_LAYER_CONV2D || layer->spec.kind == TOT_LAYER_DENSE) &&
        layer->spec.units == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "layer %zu (%s): needs at least one %s",
                        index + 1, name, layer->spec.kind == TOT_LAYER_DENSE ? "unit" : "filter");
    if (layer->spec.activation == TOT_ACTIVATION_SIGMOID && !last)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "layer %zu (%s): a sigmoid is possible in the last layer only", index + 1,
                        name);
    /* The plans multiply sizes freely: bounded here, no product of theirs can overflow. */
    if (layer->spec.units > 1 << 20)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "layer %zu (%s): too many units", index + 1,
                        name);
    const tot_status status = layer->class->plan(layer, &reason);
    if (status != TOT_OK)
        return tot_fail(error, status, "layer %zu (%s): %s", index + 1, name, reason.message);
    /* A chunk's activations and the weights are matrices of BLAS, whose sizes are ints. */
    if (tot_shape_size(layer->output) > INT_MAX / TOT_CHUNK_IMAGES / 9 ||
        layer->weight_count > MAX_WEIGHTS)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "layer %zu (%s): too large", index + 1, name);
    if (last && (layer->spec.kind != TOT_LAYER_DENSE || layer->spec.units != 1 ||
                 layer->spec.activation != TOT_ACTIVATION_SIGMOID))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "layer %zu (%s): the last layer must be dense with 1 unit and a sigmoid",
                        index + 1, name);
    layer->parameter_offset = network->parameter_count;
    network->parameter_count += layer->weight_count + layer->bias_count;
    return TOT_OK;
}

static bool shape_is_sane(tot_shape shape) {
    const size_t limit = INT_MAX / TOT_CHUNK_IMAGES / 9;
    size_t product;
    return shape.channels > 0 && shape.height > 0 && shape.width > 0 && !shape.flat &&
           tot_multiply_sizes(shape.channels, shape.height, &product) &&
           tot_multiply_sizes(product, shape.width, &product) && product <= limit;
}

static tot_status plan_steps(tot_network *network, tot_error *error) {
    network->steps = tot_allocate(network->layer_count, sizeof *network->steps);
    if (network->steps == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    for (size_t k = 0; k < network->layer_count; network->step_count++) {
        tot_step *step = &network->steps[network->step_count];
        const tot_layer *layers = &network->layers[k];
        const size_t fused =
            tot_conv_stack_extent(network->kernel, layers, network->layer_count - k);
        *step = (tot_step){k, fused > 0 ? fused : 1, NULL};
        if (fused > 0) {
            const tot_status status =
                tot_conv_stack_create(network->kernel, layers, fused, &step->stack, error);
            if (status != TOT_OK)
                return status;
        }
        k += step->count;
    }
    return TOT_OK;
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
    tot_gemm_single_thread();
    status = tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    network = tot_allocate(1, sizeof *network);
    if (network == NULL)
        goto done;
    network->input = input;
    status = tot_conv_kernel_find(kernel, &network->kernel, error);
    if (status != TOT_OK)
        goto done;
    status = tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
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
    status = plan_steps(network, error);
    if (status != TOT_OK)
        goto done;
    status = tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
    network->parameters = tot_allocate(network->parameter_count, sizeof(float));
    network->gradients = tot_allocate(network->parameter_count, sizeof(float));
    if (network->parameters == NULL || network->gradients == NULL)
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
    tot_free(network->gradients);
    tot_free(network->parameters);
    for (size_t k = 0; k < network->step_count; k++)
        tot_conv_stack_free(network->steps[k].stack);
    tot_free(network->steps);
    tot_free(network->layers);
    tot_free(network);
}

size_t tot_network_layer_count(const tot_network *network) {
    return network->layer_count;
}

const tot_layer *tot_network_layer(const tot_network *network, size_t index) {
    return &network->layers[index];
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

size_t tot_network_tensor_count(const tot_network *network) {
    size_t count = 0;
    for (size_t k = 0; k < network->layer_count; k++)
        count += network->layers[k].weight_count > 0 ? 2 : 0;
    return count;
}

tot_parameter tot_network_tensor(const tot_network *network, size_t index) {
    tot_parameter tensor = {0};
    const tot_layer *layer = network->layers;
    char name[TOT_NAME_SIZE];
    for (size_t seen = 0;; layer++)
        if (layer->weight_count > 0 && seen++ == index / 2)
            break;
    tot_network_layer_name(network, layer->index, name);
    snprintf(tensor.name, sizeof tensor.name, "%.38s.%s", name, index % 2 == 0 ? "weight" : "bias");
    if (index % 2 == 0) {
        const bool conv = layer->spec.kind == TOT_LAYER_CONV2D;
        const size_t shape[] = {layer->spec.units, layer->input.channels, 3, 3};
        memcpy(tensor.shape, shape, sizeof shape);
        tensor.rank = conv ? 4 : 2;
        tensor.offset = layer->parameter_offset;
        tensor.count = layer->weight_count;
    } else {
        tensor.rank = 1;
        tensor.shape[0] = tensor.count = layer->bias_count;
        tensor.offset = layer->parameter_offset + layer->weight_count;
    }
    return tensor;
}
