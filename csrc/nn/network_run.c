/* Forward and backward, chunk by chunk. */
#include "nn/network.h"

#include <string.h>

#include "base/parallel.h"
#include "nn/loss.h"
#include "nn/network_memory.h"

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

static tot_loss loss_of(const tot_network *network, const tot_batch *batch) {
    return (tot_loss){tot_network_outputs(network), batch->label_smoothing};
}

static void run_chunk(void *context, size_t chunk, size_t worker_index) {
    const job *self = context;
    const tot_network *network = self->network;
    const tot_batch *batch = self->batch;
    const tot_network_worker *memory = &network->workers[worker_index];
    const size_t first = chunk * TOT_CHUNK_IMAGES, left = batch->count - first;
    const size_t last = network->layer_count - 1, outputs = tot_network_outputs(network);
    const tot_loss loss = loss_of(network, batch);
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
    memcpy(self->logits + first * outputs, memory->outputs[last],
           pass.images * outputs * sizeof(float));
    if (!self->training)
        return;

    float *gradient = memory->gradients[0], *next = memory->gradients[1];
    float *sums = network->chunk_gradients + chunk * network->parameter_count;
    for (size_t n = 0; n < pass.images; n++)
        tot_loss_gradient(
            &loss, memory->outputs[last] + n * outputs, batch->labels + (first + n) * outputs,
            weight_of(batch, first + n) / (double)batch->count, gradient + n * outputs);
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

size_t tot_network_chunks_of(const tot_batch *batch) {
    return batch->count / TOT_CHUNK_IMAGES + (batch->count % TOT_CHUNK_IMAGES != 0);
}

/* Labels lie in [0, 1]; those of several outputs are probabilities. */
static tot_status check_labels(const tot_batch *batch, size_t outputs, tot_error *error) {
    for (size_t n = 0; n < batch->count; n++) {
        double sum = 0.0;
        for (size_t k = 0; k < outputs; k++) {
            const float label = batch->labels[n * outputs + k];
            if (!(label >= 0.0f && label <= 1.0f))
                return tot_fail(error, TOT_ERROR_ARGUMENT,
                                "label %zu is %g, it must lie between 0 and 1", n + 1,
                                (double)label);
            sum += (double)label;
        }
        if (outputs > 1 && !(sum > 0.999 && sum < 1.001))
            return tot_fail(error, TOT_ERROR_ARGUMENT,
                            "the probabilities of label %zu add up to %g, not to 1", n + 1, sum);
    }
    return TOT_OK;
}

static double mean_loss(const tot_network *network, const tot_batch *batch, const float *logits) {
    const tot_loss loss = loss_of(network, batch);
    double sum = 0.0, penalty = 0.0;
    for (size_t n = 0; n < batch->count; n++)
        sum += weight_of(batch, n) *
               tot_loss_value(&loss, logits + n * loss.outputs, batch->labels + n * loss.outputs);
    for (size_t k = 0; k < network->layer_count; k++) {
        const tot_layer *layer = &network->layers[k];
        const float *weights = network->parameters + layer->parameter_offset;
        double squares = 0.0;
        for (size_t j = 0; layer->spec.l2 > 0.0 && j < layer->weight_count; j++)
            squares += (double)weights[j] * (double)weights[j];
        penalty += layer->spec.l2 * squares;
    }
    return (batch->count == 0 ? 0.0 : sum / (double)batch->count) + penalty;
}

tot_status tot_network_run(tot_network *network, const tot_batch *batch, tot_run run, bool training,
                           float *logits, double *loss, tot_error *error) {
    const size_t chunks = tot_network_chunks_of(batch);
    job self = {network, batch, run, training, logits};
    tot_status status = TOT_OK;
    size_t threads = run.threads < 1 ? 1 : run.threads;
    if (batch->labels != NULL)
        status = check_labels(batch, tot_network_outputs(network), error);
    threads = threads > chunks ? chunks : threads;
    if (status == TOT_OK)
        status = tot_network_prepare(network, threads, training, error);
    if (status == TOT_OK && training)
        status = tot_network_prepare_chunks(network, chunks, error);
    if (status != TOT_OK)
        return status;
    tot_parallel_for(threads, chunks, run_chunk, &self);
    if (loss != NULL && batch->labels != NULL)
        *loss = mean_loss(network, batch, logits);
    return TOT_OK;
}

tot_status tot_network_predict(tot_network *network, const tot_batch *batch, size_t threads,
                               float *logits, double *loss, tot_error *error) {
    return tot_network_run(network, batch, (tot_run){threads, 0, 0}, false, logits, loss, error);
}
