#include "nn/network.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "nn/gemm.h"
#include "nn/loss.h"

/* A slice of the parameters that one piece of a parallel sum works on. */
enum { SLICE = 16384 };

/* Of one layer; hundreds of times what our largest has. A file with a made-up architecture must not
 * take all memory. */
enum { MAX_WEIGHTS = 1 << 26 };

/* Working memory of one thread. While training, every layer has an output of its own; otherwise
 * layers write to two buffers in turn. */
typedef struct worker {
    float *input;    /* a channel-major chunk of images; only for more than one channel */
    float **outputs; /* [layer] */
    void **saved;    /* [layer] */
    float *gradients[2];
    float *scratch;
} worker;

struct tot_network {
    tot_shape input;
    size_t layer_count;
    tot_layer *layers;
    size_t parameter_count;
    float *parameters;
    float *gradients;

    size_t worker_count;
    bool workers_train;
    worker *workers;

    size_t chunk_count; /* that chunk_gradients holds */
    float *chunk_gradients;
};

/* -------------------------------------------------------------------------- plan */

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

tot_status tot_network_create(tot_shape input, const tot_layer_spec *layers, size_t count,
                              tot_network **result, tot_error *error) {
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

static void free_workers(tot_network *network) {
    for (size_t w = 0; w < network->worker_count; w++) {
        worker *self = &network->workers[w];
        for (size_t k = 0; k < network->layer_count; k++) {
            /* without training, layers share two buffers */
            if (self->outputs != NULL && (network->workers_train || k < 2))
                tot_free(self->outputs[k]);
            if (self->saved != NULL)
                tot_free(self->saved[k]);
        }
        tot_free(self->outputs);
        tot_free(self->saved);
        tot_free(self->input);
        tot_free(self->gradients[0]);
        tot_free(self->gradients[1]);
        tot_free(self->scratch);
    }
    tot_free(network->workers);
    network->workers = NULL;
    network->worker_count = 0;
}

void tot_network_free(tot_network *network) {
    if (network == NULL)
        return;
    free_workers(network);
    tot_free(network->chunk_gradients);
    tot_free(network->gradients);
    tot_free(network->parameters);
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

float *tot_network_parameters(tot_network *network) {
    return network->parameters;
}

const float *tot_network_gradients(const tot_network *network) {
    return network->gradients;
}

void tot_network_initialize(tot_network *network, tot_rng *rng) {
    for (size_t k = 0; k < network->layer_count; k++) {
        const tot_layer *layer = &network->layers[k];
        float *parameters = network->parameters + layer->parameter_offset;
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

/* ---------------------------------------------------------------- working memory */

static bool floats(float **memory, size_t count) {
    size_t total;
    if (!tot_multiply_sizes(count, TOT_CHUNK_IMAGES, &total))
        return false;
    *memory = tot_allocate(total, sizeof(float));
    return *memory != NULL;
}

static bool allocate_worker(const tot_network *network, worker *self, bool training) {
    const size_t count = network->layer_count;
    size_t largest = 0, scratch = 0;
    for (size_t k = 0; k < count; k++) {
        const tot_layer *layer = &network->layers[k];
        const size_t size = tot_shape_size(layer->output);
        largest = size > largest ? size : largest;
        scratch = layer->scratch_count > scratch ? layer->scratch_count : scratch;
    }
    self->outputs = tot_allocate(count, sizeof *self->outputs);
    self->saved = tot_allocate(count, sizeof *self->saved);
    self->scratch = tot_allocate(scratch, sizeof(float));
    if (self->outputs == NULL || self->saved == NULL || self->scratch == NULL)
        return false;
    if (network->input.channels > 1 && !floats(&self->input, tot_shape_size(network->input)))
        return false;
    if (!training) {
        for (size_t k = 0; k < count && k < 2; k++)
            if (!floats(&self->outputs[k], largest))
                return false;
        for (size_t k = 2; k < count; k++)
            self->outputs[k] = self->outputs[k % 2];
        return true;
    }
    for (size_t k = 0; k < count; k++) {
        const tot_layer *layer = &network->layers[k];
        self->saved[k] = tot_allocate(TOT_CHUNK_IMAGES, layer->saved_per_image);
        if (self->saved[k] == NULL || !floats(&self->outputs[k], tot_shape_size(layer->output)))
            return false;
    }
    return floats(&self->gradients[0], largest) && floats(&self->gradients[1], largest);
}

/* Makes sure of memory for so many workers, and for training if that is wanted. */
static tot_status prepare(tot_network *network, size_t workers, bool training, tot_error *error) {
    if (network->worker_count >= workers && (network->workers_train || !training))
        return TOT_OK;
    workers = workers > network->worker_count ? workers : network->worker_count;
    training = training || network->workers_train;
    free_workers(network);
    network->workers_train = training;
    network->workers = tot_allocate(workers, sizeof *network->workers);
    bool complete = network->workers != NULL;
    if (complete)
        network->worker_count = workers;
    for (size_t w = 0; w < network->worker_count && complete; w++)
        complete = allocate_worker(network, &network->workers[w], training);
    if (complete)
        return TOT_OK;
    free_workers(network);
    return tot_fail(error, TOT_ERROR_MEMORY, "no memory for %zu threads of the network", workers);
}

static tot_status prepare_chunks(tot_network *network, size_t chunks, tot_error *error) {
    size_t total;
    if (network->chunk_count >= chunks)
        return TOT_OK;
    tot_free(network->chunk_gradients);
    network->chunk_count = 0;
    network->chunk_gradients = NULL;
    if (tot_multiply_sizes(network->parameter_count, chunks, &total))
        network->chunk_gradients = tot_allocate(total, sizeof(float));
    if (network->chunk_gradients == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "no memory for the gradients of %zu chunks",
                        chunks);
    network->chunk_count = chunks;
    return TOT_OK;
}

/* ---------------------------------------------------------------------- one chunk */

typedef struct job {
    tot_network *network;
    const tot_batch *batch;
    tot_run run;
    bool training;
    float *logits;
} job;

static const float *channel_major(const tot_network *network, const worker *self,
                                  const float *images, size_t count) {
    const size_t channels = network->input.channels;
    const size_t plane = network->input.height * network->input.width;
    if (channels == 1)
        return images; /* the two layouts are the same */
    for (size_t n = 0; n < count; n++)
        for (size_t c = 0; c < channels; c++)
            memcpy(self->input + (c * count + n) * plane, images + (n * channels + c) * plane,
                   plane * sizeof(float));
    return self->input;
}

static double weight_of(const tot_batch *batch, size_t sample) {
    return batch->weights == NULL ? 1.0 : (double)batch->weights[sample];
}

static void run_chunk(void *context, size_t chunk, size_t worker_index) {
    const job *self = context;
    const tot_network *network = self->network;
    const tot_batch *batch = self->batch;
    const worker *memory = &network->workers[worker_index];
    const size_t first = chunk * TOT_CHUNK_IMAGES, left = batch->count - first;
    const size_t last = network->layer_count - 1;
    tot_pass pass = {.images = left < TOT_CHUNK_IMAGES ? left : TOT_CHUNK_IMAGES,
                     .training = self->training,
                     .seed = self->run.seed,
                     .first_sample = self->run.first_sample + first,
                     .scratch = memory->scratch};

    const float *images = channel_major(
        network, memory, batch->images + first * tot_shape_size(network->input), pass.images);
    for (size_t k = 0; k <= last; k++) {
        const tot_layer *layer = &network->layers[k];
        pass.saved = memory->saved[k];
        layer->class->forward(layer, network->parameters + layer->parameter_offset,
                              k == 0 ? images : memory->outputs[k - 1], memory->outputs[k], &pass);
    }
    memcpy(self->logits + first, memory->outputs[last], pass.images * sizeof(float));
    if (!self->training)
        return;

    float *gradient = memory->gradients[0], *next = memory->gradients[1];
    float *sums = network->chunk_gradients + chunk * network->parameter_count;
    for (size_t n = 0; n < pass.images; n++)
        gradient[n] = (float)(weight_of(batch, first + n) / (double)batch->count *
                              tot_binary_crossentropy_gradient((double)memory->outputs[last][n],
                                                               (double)batch->labels[first + n]));
    for (size_t k = last + 1; k-- > 0;) {
        const tot_layer *layer = &network->layers[k];
        pass.saved = memory->saved[k];
        layer->class->backward(layer, network->parameters + layer->parameter_offset,
                               k == 0 ? images : memory->outputs[k - 1], memory->outputs[k],
                               gradient, k == 0 ? NULL : next, sums + layer->parameter_offset,
                               &pass);
        float *swap = gradient;
        gradient = next;
        next = swap;
    }
}

static size_t chunks_of(const tot_batch *batch) {
    return batch->count / TOT_CHUNK_IMAGES + (batch->count % TOT_CHUNK_IMAGES != 0);
}

static tot_status run_batch(tot_network *network, const tot_batch *batch, tot_run run,
                            bool training, float *logits, double *loss, tot_error *error) {
    const size_t chunks = chunks_of(batch);
    job self = {network, batch, run, training, logits};
    tot_status status;
    size_t threads = run.threads < 1 ? 1 : run.threads;
    if (batch->labels != NULL)
        for (size_t n = 0; n < batch->count; n++)
            if (!(batch->labels[n] >= 0.0f && batch->labels[n] <= 1.0f))
                return tot_fail(error, TOT_ERROR_ARGUMENT,
                                "label %zu is %g, it must lie between 0 and 1", n + 1,
                                (double)batch->labels[n]);
    threads = threads > chunks ? chunks : threads;
    status = prepare(network, threads, training, error);
    if (status == TOT_OK && training)
        status = prepare_chunks(network, chunks, error);
    if (status != TOT_OK)
        return status;
    tot_parallel_for(threads, chunks, run_chunk, &self);
    if (loss != NULL && batch->labels != NULL) {
        double sum = 0.0;
        for (size_t n = 0; n < batch->count; n++)
            sum += weight_of(batch, n) *
                   tot_binary_crossentropy((double)logits[n], (double)batch->labels[n]);
        *loss = batch->count == 0 ? 0.0 : sum / (double)batch->count;
    }
    return TOT_OK;
}

tot_status tot_network_predict(tot_network *network, const tot_batch *batch, size_t threads,
                               float *logits, double *loss, tot_error *error) {
    return run_batch(network, batch, (tot_run){threads, 0, 0}, false, logits, loss, error);
}

/* -------------------------------------------------------------- gradient and step */

typedef struct reduction {
    tot_network *network;
    size_t chunks;
    const tot_adam *optimizer; /* NULL: no step */
    double rate;
} reduction;

static void reduce_slice(void *context, size_t slice, size_t worker_index) {
    const reduction *self = context;
    const size_t total = self->network->parameter_count, first = slice * SLICE;
    const size_t count = total - first < SLICE ? total - first : SLICE;
    float *restrict sum = self->network->gradients + first;
    (void)worker_index;
    memcpy(sum, self->network->chunk_gradients + first, count * sizeof(float));
    for (size_t chunk = 1; chunk < self->chunks; chunk++) {
        const float *restrict part = self->network->chunk_gradients + chunk * total + first;
        for (size_t k = 0; k < count; k++)
            sum[k] += part[k];
    }
    if (self->optimizer != NULL)
        tot_adam_apply(self->optimizer, self->rate, first, count, self->network->gradients,
                       self->network->parameters);
}

static tot_status train(tot_network *network, tot_adam *optimizer, const tot_batch *batch,
                        tot_run run, float *logits, double *loss, tot_error *error) {
    if (batch->count == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a batch for training needs at least one image");
    if (batch->labels == NULL)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a batch for training needs labels");
    if (optimizer != NULL && optimizer->count != network->parameter_count)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the optimizer has %zu parameters, the network %zu", optimizer->count,
                        network->parameter_count);
    const tot_status status = run_batch(network, batch, run, true, logits, loss, error);
    if (status != TOT_OK)
        return status;
    reduction sums = {network, chunks_of(batch), optimizer, 0.0};
    if (optimizer != NULL)
        sums.rate = tot_adam_begin_step(optimizer);
    tot_parallel_for(run.threads, (network->parameter_count + SLICE - 1) / SLICE, reduce_slice,
                     &sums);
    return TOT_OK;
}

tot_status tot_network_differentiate(tot_network *network, const tot_batch *batch, tot_run run,
                                     float *logits, double *loss, tot_error *error) {
    return train(network, NULL, batch, run, logits, loss, error);
}

tot_status tot_network_train(tot_network *network, tot_adam *optimizer, const tot_batch *batch,
                             tot_run run, float *logits, double *loss, tot_error *error) {
    return train(network, optimizer, batch, run, logits, loss, error);
}
