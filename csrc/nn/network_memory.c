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

void tot_network_free_memory(tot_network *network) {
    free_workers(network);
    tot_free(network->chunk_gradients);
    network->chunk_gradients = NULL;
    network->chunk_count = 0;
}

static bool floats(float **memory, size_t count) {
    size_t total;
    if (!tot_multiply_sizes(count, TOT_CHUNK_IMAGES, &total))
        return false;
    *memory = tot_allocate(total, sizeof(float));
    return *memory != NULL;
}

static bool allocate_worker(const tot_network *network, tot_network_worker *self, bool training) {
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
