/* The working memory of a network, which grows when a batch needs more. */
#include "nn/network_memory.h"

#include "base/memory.h"

static void free_workers(tot_network *network) {
    for (size_t w = 0; w < network->worker_count; w++) {
        tot_network_worker *self = &network->workers[w];
        for (size_t k = 0; k < network->layer_count; k++) {
            /* without training, layers share two buffers */
            if (self->outputs != NULL && (network->workers_train || k < 2))
                tot_free(self->outputs[k]);
            if (self->saved != NULL)
                tot_free(self->saved[k]);
        }
        for (size_t k = 0; self->convs != NULL && k < network->step_count; k++)
            if (network->steps[k].stack != NULL)
                tot_conv_workspace_clear(&self->convs[k], network->steps[k].stack);
        tot_free(self->outputs);
        tot_free(self->saved);
        tot_free(self->convs);
        tot_free(self->input);
        tot_free(self->gradients[0]);
        tot_free(self->gradients[1]);
        tot_free(self->scratch);
        tot_free(self->sums);
    }
    tot_free(network->workers);
    network->workers = NULL;
    network->worker_count = 0;
}

void tot_network_free_memory(tot_network *network) {
    free_workers(network);
    tot_free(network->chunk_gradients);
    network->chunk_gradients = NULL;
    network->chunk_count = 0;
    tot_team_free(network->team);
    network->team = NULL;
    network->team_size = 0;
}

static bool floats(float **memory, size_t count) {
    size_t total;
    if (!tot_multiply_sizes(count, TOT_CHUNK_IMAGES, &total))
        return false;
    *memory = tot_allocate(total, sizeof(float));
    return *memory != NULL;
}

/* The largest output that is seen outside its step and the largest working memory of a layer that
 * does its own work, in floats; the most sums over a batch. */
typedef struct needs {
    size_t largest, scratch, sums;
} needs;

static needs needs_of(const tot_network *network) {
    needs most = {0, 0, 0};
    for (size_t s = 0; s < network->step_count; s++) {
        const tot_step *step = &network->steps[s];
        const tot_layer *last = &network->layers[step->first + step->count - 1];
        const size_t size = tot_shape_size(last->output);
        if (size > most.largest)
            most.largest = size;
        if (step->stack == NULL && last->scratch_count > most.scratch)
            most.scratch = last->scratch_count;
        if (last->sum_count > most.sums)
            most.sums = last->sum_count;
    }
    return most;
}

/* What a step leaves for backward. */
static bool allocate_step(const tot_network *network, const tot_step *step,
                          tot_network_worker *self) {
    const size_t last = step->first + step->count - 1;
    const tot_layer *layer = &network->layers[last];
    if (!floats(&self->outputs[last], tot_shape_size(layer->output)))
        return false;
    if (step->stack != NULL)
        return true;
    self->saved[last] = tot_allocate(TOT_CHUNK_IMAGES, layer->saved_per_image);
    return self->saved[last] != NULL;
}

static bool allocate_worker(const tot_network *network, tot_network_worker *self, bool training) {
    const needs most = needs_of(network);
    const size_t count = network->layer_count;
    self->outputs = tot_allocate(count, sizeof *self->outputs);
    self->saved = tot_allocate(count, sizeof *self->saved);
    self->convs = tot_allocate(network->step_count, sizeof *self->convs);
    self->scratch = tot_allocate(most.scratch, sizeof(float));
    self->sums = tot_allocate(most.sums, sizeof(double));
    if (self->outputs == NULL || self->saved == NULL || self->convs == NULL ||
        self->scratch == NULL || self->sums == NULL)
        return false;
    if (network->input.channels > 1 && !floats(&self->input, tot_shape_size(network->input)))
        return false;
    for (size_t s = 0; s < network->step_count; s++) {
        const tot_step *step = &network->steps[s];
        if (step->stack != NULL && !tot_conv_workspace_init(&self->convs[s], step->stack, training))
            return false;
        if (training && !allocate_step(network, step, self))
            return false;
    }
    if (training)
        return floats(&self->gradients[0], most.largest) &&
               floats(&self->gradients[1], most.largest);
    for (size_t k = 0; k < count && k < 2; k++)
        if (!floats(&self->outputs[k], most.largest))
            return false;
    for (size_t k = 2; k < count; k++)
        self->outputs[k] = self->outputs[k % 2];
    return true;
}

tot_status tot_network_prepare(tot_network *network, size_t workers, bool training,
                               tot_error *error) {
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

void tot_network_parallel_for(tot_network *network, size_t threads, size_t count, tot_task *task,
                              void *context) {
    threads = threads > count ? count : threads;
    if (threads > network->team_size) {
        tot_team_free(network->team);
        network->team = tot_team_create(threads);
        network->team_size = threads;
    }
    tot_team_for(network->team, threads, count, task, context);
}

tot_status tot_network_prepare_chunks(tot_network *network, size_t chunks, tot_error *error) {
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
