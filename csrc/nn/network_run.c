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
    for (size_t s = 0; s < network->step_count; s++)
        step_forward(network, memory, s, images, &pass);
    memcpy(self->logits + first * outputs, memory->outputs[last],
           pass.images * outputs * sizeof(float));
    if (!self->training)
        return;

    float *gradients[2] = {memory->gradients[0], memory->gradients[1]};
    float *sums = network->chunk_gradients + chunk * network->parameter_count;
    for (size_t n = 0; n < pass.images; n++)
        tot_loss_gradient(
            &loss, memory->outputs[last] + n * outputs, batch->labels + (first + n) * outputs,
            weight_of(batch, first + n) / (double)batch->count, gradients[0] + n * outputs);
    for (size_t s = network->step_count; s-- > 0;)
        step_backward(network, memory, s, images, gradients, sums, &pass);
}

size_t tot_network_chunks_of(const tot_batch *batch) {
    return batch->count / TOT_CHUNK_IMAGES + (batch->count % TOT_CHUNK_IMAGES != 0);
}

static void pack(tot_network *network) {
    for (size_t k = 0; k < network->step_count && !network->packed; k++)
        if (network->steps[k].stack != NULL)
            tot_conv_stack_pack(network->steps[k].stack, network->parameters);
    network->packed = true;
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
    pack(network);
    tot_parallel_for(threads, chunks, run_chunk, &self);
    if (loss != NULL && batch->labels != NULL)
        *loss = mean_loss(network, batch, logits);
    return TOT_OK;
}

tot_status tot_network_predict(tot_network *network, const tot_batch *batch, size_t threads,
                               float *logits, double *loss, tot_error *error) {
    return tot_network_run(network, batch, (tot_run){threads, 0, 0}, false, logits, loss, error);
}
