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
    status = tot_network_prepare(network, threads, training, error);
    if (status == TOT_OK && training)
        status = tot_network_prepare_chunks(network, chunks, error);
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
