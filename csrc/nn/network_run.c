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

/* What the layer may know of the whole batch. */
static void prepare_pass(const tot_network *network, const tot_network_worker *memory, size_t layer,
                         tot_pass *pass) {
    const bool waits = pass->training && tot_layer_needs_batch(&network->layers[layer]);
    pass->saved = memory->saved[layer];
    pass->batch_sums = waits ? tot_network_batch_sums(network, layer) : NULL;
}

static void step_forward(const tot_network *network, const tot_network_worker *memory, size_t index,
                         const float *images, tot_pass *pass) {
    const tot_step *step = &network->steps[index];
    const tot_layer *layer = &network->layers[step->first];
    const float *input = input_of(memory, images, step->first);
    float *output = memory->outputs[step->first + step->count - 1];
    if (step->stack != NULL) {
        tot_conv_stack_forward(step->stack, &memory->convs[index], input, output, pass);
    } else {
        prepare_pass(network, memory, step->first, pass);
        layer->class->forward(layer, network->parameters + layer->parameter_offset, input, output,
                              pass);
    }
}

/* gradients[0] is that of the step's output; it changes places with gradients[1], which becomes
 * that of the input. */
static void step_backward(const tot_network *network, const tot_network_worker *memory,
                          size_t index, const float *images, float *gradients[2], float *sums,
                          tot_pass *pass) {
    const tot_step *step = &network->steps[index];
    const tot_layer *layer = &network->layers[step->first];
    const float *input = input_of(memory, images, step->first);
    float *gradient = gradients[0], *next = step->first == 0 ? NULL : gradients[1];
    if (step->stack != NULL) {
        tot_conv_stack_backward(step->stack, &memory->convs[index], input, gradient, next, sums,
                                pass);
    } else {
        prepare_pass(network, memory, step->first, pass);
        layer->class->backward(layer, network->parameters + layer->parameter_offset, input,
                               memory->outputs[step->first], gradient, next,
                               sums + layer->parameter_offset, pass);
    }
    gradients[0] = gradients[1];
    gradients[1] = gradient;
}

static tot_loss loss_of(const tot_network *network, const tot_batch *batch) {
    return (tot_loss){tot_network_outputs(network), batch->label_smoothing};
}

/* A chunk on its way through the network. */
typedef struct journey {
    const job *job;
    tot_network_worker *memory;
    size_t chunk, first; /* its number, and that of its first image in the batch */
    const float *images;
    tot_pass pass;
} journey;

static journey begin(const job *self, size_t chunk, size_t worker) {
    const tot_network *network = self->network;
    const size_t first = chunk * TOT_CHUNK_IMAGES, left = self->batch->count - first;
    journey j = {self, &network->workers[worker], chunk, first, NULL, {0}};
    j.pass = (tot_pass){.images = left < TOT_CHUNK_IMAGES ? left : TOT_CHUNK_IMAGES,
                        .training = self->training,
                        .seed = self->run.seed,
                        .first_sample = self->run.first_sample + first,
                        .scratch = j.memory->scratch,
                        .batch_images = self->batch->count};
    j.images =
        channel_major(network, j.memory,
                      self->batch->images + first * tot_shape_size(network->input), j.pass.images);
    return j;
}

/* Steps [from, to). */
static void go_forward(journey *j, size_t from, size_t to) {
    for (size_t s = from; s < to; s++)
        step_forward(j->job->network, j->memory, s, j->images, &j->pass);
}

static void go_backward(journey *j, size_t from, size_t to) {
    const tot_network *network = j->job->network;
    float *sums = network->chunk_gradients + j->chunk * network->parameter_count;
    for (size_t s = to; s-- > from;)
        step_backward(network, j->memory, s, j->images, j->memory->gradients, sums, &j->pass);
}

/* At the end of the way forward: the logits, and while training the loss's gradient. */
static void arrive(journey *j) {
    const job *self = j->job;
    const tot_batch *batch = self->batch;
    const tot_loss loss = loss_of(self->network, batch);
    const size_t outputs = loss.outputs;
    const float *logits = j->memory->outputs[self->network->layer_count - 1];
    memcpy(self->logits + j->first * outputs, logits, j->pass.images * outputs * sizeof(float));
    for (size_t n = 0; n < j->pass.images && self->training; n++)
        tot_loss_gradient(&loss, logits + n * outputs, batch->labels + (j->first + n) * outputs,
                          weight_of(batch, j->first + n) / (double)batch->count,
                          j->memory->gradients[0] + n * outputs);
}

static void run_chunk(void *context, size_t chunk, size_t worker) {
    const job *self = context;
    const size_t steps = self->network->step_count;
    journey j = begin(self, chunk, worker);
    go_forward(&j, 0, steps);
    arrive(&j);
    if (self->training)
        go_backward(&j, 0, steps);
}

/* ----------------------------------------------- layers that wait for the whole batch */

/* While the network is trained, all chunks go from one such layer to the next, each in memory of
 * its own, and leave there their parts of the sums that it waits for. */
typedef struct stretch {
    job job;
    size_t from, to; /* steps */
} stretch;

static const tot_layer *layer_of(const job *self, size_t step) {
    return &self->network->layers[self->network->steps[step].first];
}

static void forward_stretch(void *context, size_t chunk, size_t worker) {
    const stretch *self = context;
    journey j = begin(&self->job, chunk, chunk);
    (void)worker;
    go_forward(&j, self->from, self->to);
    if (self->to == self->job.network->step_count) {
        arrive(&j);
        return;
    }
    const tot_layer *next = layer_of(&self->job, self->to);
    next->class->sum_forward(next, input_of(j.memory, j.images, next->index), j.memory->sums,
                             &j.pass);
}

static void backward_stretch(void *context, size_t chunk, size_t worker) {
    const stretch *self = context;
    const tot_network *network = self->job.network;
    journey j = begin(&self->job, chunk, chunk);
    (void)worker;
    go_backward(&j, self->from, self->to);
    if (self->from == 0)
        return;
    const tot_layer *next = layer_of(&self->job, self->from - 1);
    prepare_pass(network, j.memory, next->index, &j.pass);
    next->class->sum_backward(next, network->parameters + next->parameter_offset,
                              input_of(j.memory, j.images, next->index), j.memory->gradients[0],
                              j.memory->sums, &j.pass);
}

double *tot_network_batch_sums(const tot_network *network, size_t layer) {
    size_t offset = 0;
    for (size_t k = 0; k < layer; k++)
        offset += 2 * network->layers[k].sum_count;
    return network->batch_sums + offset;
}

/* In the order of the chunks. */
static void add_sums(const job *self, const tot_layer *layer, bool backward) {
    double *sums =
        tot_network_batch_sums(self->network, layer->index) + (backward ? layer->sum_count : 0);
    for (size_t k = 0; k < layer->sum_count; k++) {
        sums[k] = 0.0;
        for (size_t chunk = 0; chunk < tot_network_chunks_of(self->batch); chunk++)
            sums[k] += self->network->workers[chunk].sums[k];
    }
}

/* The first step from the given one on whose layer waits. */
static size_t next_wait(const job *self, size_t step) {
    while (step < self->network->step_count && !tot_layer_needs_batch(layer_of(self, step)))
        step++;
    return step;
}

static void run_stretches(const job *self, size_t threads) {
    const size_t chunks = tot_network_chunks_of(self->batch), steps = self->network->step_count;
    stretch s = {*self, 0, next_wait(self, 0)};
    for (; s.to < steps; s.from = s.to, s.to = next_wait(self, s.to + 1)) {
        tot_network_parallel_for(self->network, threads, chunks, forward_stretch, &s);
        add_sums(self, layer_of(self, s.to), false);
    }
    tot_network_parallel_for(self->network, threads, chunks, forward_stretch, &s);
    for (s.to = steps; s.to > 0; s.to = s.from) {
        s.from = s.to - 1;
        while (s.from > 0 && !tot_layer_needs_batch(layer_of(self, s.from - 1)))
            s.from--;
        tot_network_parallel_for(self->network, threads, chunks, backward_stretch, &s);
        if (s.from > 0)
            add_sums(self, layer_of(self, s.from - 1), true);
    }
}

static bool needs_batch(const tot_network *network) {
    for (size_t k = 0; k < network->layer_count; k++)
        if (tot_layer_needs_batch(&network->layers[k]))
            return true;
    return false;
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
    const bool stretches = training && needs_batch(network);
    if (status == TOT_OK)
        status = tot_network_prepare(network, stretches ? chunks : threads, training, error);
    if (status == TOT_OK && training)
        status = tot_network_prepare_chunks(network, chunks, error);
    if (status != TOT_OK)
        return status;
    pack(network);
    if (stretches)
        run_stretches(&self, threads);
    else
        tot_network_parallel_for(network, threads, chunks, run_chunk, &self);
    if (loss != NULL && batch->labels != NULL)
        *loss = mean_loss(network, batch, logits);
    return TOT_OK;
}

tot_status tot_network_predict(tot_network *network, const tot_batch *batch, size_t threads,
                               float *logits, double *loss, tot_error *error) {
    return tot_network_run(network, batch, (tot_run){threads, 0, 0}, false, logits, loss, error);
}
