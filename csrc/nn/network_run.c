/* Forward, backward and the steps of training, chunk by chunk. */
#include "nn/network.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/loss.h"
#include "nn/network_memory.h"

/* A slice of the parameters that one piece of a parallel sum works on. */
enum { SLICE = 16384 };

typedef struct job {
    tot_network *network;
    const tot_batch *batch;
    tot_run run;
    bool training;
    float *logits;
} job;

static const float *channel_major(const tot_network *network, const tot_network_worker *self,
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

static const float *input_of(const tot_network_worker *memory, const float *images, size_t layer) {
    return layer == 0 ? images : memory->outputs[layer - 1];
}

static void step_forward(const tot_network *network, const tot_network_worker *memory, size_t index,
                         const float *images, tot_pass *pass) {
    const tot_step *step = &network->steps[index];
    const size_t end = step->first + step->count;
    if (tot_step_is_fused(step, pass->training)) {
        tot_conv_stack_forward(step->stack, &memory->convs[index],
                               input_of(memory, images, step->first), memory->outputs[end - 1],
                               pass);
        return;
    }
    for (size_t k = step->first; k < end; k++) {
        const tot_layer *layer = &network->layers[k];
        pass->saved = memory->saved[k];
        layer->class->forward(layer, network->parameters + layer->parameter_offset,
                              input_of(memory, images, k), memory->outputs[k], pass);
    }
}

/* gradients[0] is that of the step's output; it changes places with gradients[1], which becomes
 * that of the input. */
static void step_backward(const tot_network *network, const tot_network_worker *memory,
                          size_t index, const float *images, float *gradients[2], float *sums,
                          tot_pass *pass) {
    const tot_step *step = &network->steps[index];
    const bool fused = tot_step_is_fused(step, true);
    for (size_t k = step->first + (fused ? 1 : step->count); k-- > step->first;) {
        const tot_layer *layer = &network->layers[k];
        const float *input = input_of(memory, images, k);
        float *gradient = gradients[0], *next = k == 0 ? NULL : gradients[1];
        pass->saved = memory->saved[k];
        if (fused)
            tot_conv_stack_backward(step->stack, &memory->convs[index], input, gradient, next, sums,
                                    pass);
        else
            layer->class->backward(layer, network->parameters + layer->parameter_offset, input,
                                   memory->outputs[k], gradient, next,
                                   sums + layer->parameter_offset, pass);
        gradients[0] = gradients[1];
        gradients[1] = gradient;
    }
}

static void run_chunk(void *context, size_t chunk, size_t worker_index) {
    const job *self = context;
    const tot_network *network = self->network;
    const tot_batch *batch = self->batch;
    const tot_network_worker *memory = &network->workers[worker_index];
    const size_t first = chunk * TOT_CHUNK_IMAGES, left = batch->count - first;
    const size_t last = network->layer_count - 1;
    tot_pass pass = {.images = left < TOT_CHUNK_IMAGES ? left : TOT_CHUNK_IMAGES,
                     .training = self->training,
                     .seed = self->run.seed,
                     .first_sample = self->run.first_sample + first,
                     .scratch = memory->scratch};

    const float *images = channel_major(
        network, memory, batch->images + first * tot_shape_size(network->input), pass.images);
    for (size_t s = 0; s < network->step_count; s++)
        step_forward(network, memory, s, images, &pass);
    memcpy(self->logits + first, memory->outputs[last], pass.images * sizeof(float));
    if (!self->training)
        return;

    float *gradients[2] = {memory->gradients[0], memory->gradients[1]};
    float *sums = network->chunk_gradients + chunk * network->parameter_count;
    for (size_t n = 0; n < pass.images; n++)
        gradients[0][n] =
            (float)(weight_of(batch, first + n) / (double)batch->count *
                    tot_binary_crossentropy_gradient((double)memory->outputs[last][n],
                                                     (double)batch->labels[first + n]));
    for (size_t s = network->step_count; s-- > 0;)
        step_backward(network, memory, s, images, gradients, sums, &pass);
}

static size_t chunks_of(const tot_batch *batch) {
    return batch->count / TOT_CHUNK_IMAGES + (batch->count % TOT_CHUNK_IMAGES != 0);
}

static void pack(tot_network *network) {
    for (size_t k = 0; k < network->step_count && !network->packed; k++)
        if (network->steps[k].stack != NULL)
            tot_conv_stack_pack(network->steps[k].stack, network->parameters);
    network->packed = true;
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
    status = tot_network_prepare(network, threads, training, error);
    if (status == TOT_OK && training)
        status = tot_network_prepare_chunks(network, chunks, error);
    if (status != TOT_OK)
        return status;
    pack(network);
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
    if (optimizer != NULL) {
        sums.rate = tot_adam_begin_step(optimizer);
        network->packed = false;
    }
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
