/* The step of training: the chunks' gradients are added up and the parameters follow. */
#include "nn/network.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/simd.h"
#include "nn/muon.h"
#include "nn/network_memory.h"

/* Parameters that one piece of work adds up and updates. */
enum { PIECE = 16384 };

/* Cuts one array; counts only, when the network has no place for the pieces yet. */
static void cut_array(tot_network *network, const tot_layer *layer, size_t array, size_t first,
                      size_t count, double l2) {
    for (size_t part; count > 0; first += part, count -= part) {
        part = count < PIECE ? count : PIECE;
        if (network->pieces != NULL)
            network->pieces[network->piece_count] =
                (tot_network_piece){layer->index, first, part, array, l2, 0.0};
        network->piece_count++;
    }
}

static void cut_layers(tot_network *network) {
    network->piece_count = 0;
    for (size_t k = 0; k < network->layer_count; k++) {
        const tot_layer *layer = &network->layers[k];
        const size_t biases = layer->parameter_offset + layer->weight_count;
        cut_array(network, layer, 2 * k, layer->parameter_offset, layer->weight_count,
                  layer->spec.l2);
        cut_array(network, layer, 2 * k + 1, biases, layer->bias_count, 0.0);
    }
}

bool tot_network_cut(tot_network *network) {
    cut_layers(network);
    network->pieces = tot_allocate(network->piece_count, sizeof *network->pieces);
    if (network->pieces != NULL)
        cut_layers(network);
    return network->pieces != NULL;
}

typedef struct step {
    tot_network *network;
    size_t chunks;
    const tot_optimizer *optimizer; /* NULL: no step */
    bool clip;                      /* the norms are needed before the step */
    double factor;
} step;

static void apply(const step *self, const tot_network_piece *piece) {
    if (self->network->layers[piece->layer].trainable)
        tot_optimizer_apply(self->optimizer, self->factor, piece->first, piece->count,
                            self->network->gradients, self->network->parameters);
}

TOT_SIMD static void add(const float *restrict part, size_t count, float *restrict sum) {
    for (size_t k = 0; k < count; k++)
        sum[k] += part[k];
}

static void add_up(void *context, size_t index, size_t worker) {
    const step *self = context;
    tot_network_piece *piece = &self->network->pieces[index];
    const size_t total = self->network->parameter_count, count = piece->count;
    const float *parts = self->network->chunk_gradients + piece->first;
    float *sum = self->network->gradients + piece->first;
    (void)worker;
    memcpy(sum, parts, count * sizeof(float));
    for (size_t chunk = 1; chunk < self->chunks; chunk++)
        add(parts + chunk * total, count, sum);
    if (piece->l2 > 0.0) { /* d(l2 w^2)/dw */
        const float *restrict weights = self->network->parameters + piece->first;
        const float slope = (float)(2.0 * piece->l2);
        for (size_t k = 0; k < count; k++)
            sum[k] += slope * weights[k];
    }
    if (self->clip) {
        piece->squares = 0.0;
        for (size_t k = 0; k < count; k++)
            piece->squares += (double)sum[k] * (double)sum[k];
    } else if (self->optimizer != NULL) {
        apply(self, piece);
    }
}

static bool same_norm(const tot_network *network, size_t a, size_t b, bool global) {
    return network->layers[network->pieces[b].layer].trainable &&
           (global || network->pieces[a].array == network->pieces[b].array);
}

/* The gradient of a piece times limit/norm where the norm, of its array or of all arrays that are
 * trained, exceeds the limit. */
static void clip(const tot_network *network, size_t index, double limit, bool global) {
    const tot_network_piece *piece = &network->pieces[index];
    double squares = 0.0;
    for (size_t k = 0; k < network->piece_count; k++)
        if (same_norm(network, index, k, global))
            squares += network->pieces[k].squares;
    if (!(sqrt(squares) > limit))
        return;
    const float scale = (float)(limit / sqrt(squares));
    float *gradients = network->gradients + piece->first;
    for (size_t k = 0; k < piece->count; k++)
        gradients[k] *= scale;
}

static void clip_and_apply(void *context, size_t index, size_t worker) {
    const step *self = context;
    (void)worker;
    if (self->optimizer->clipnorm > 0.0)
        clip(self->network, index, self->optimizer->clipnorm, false);
    else
        clip(self->network, index, self->optimizer->global_clipnorm, true);
    apply(self, &self->network->pieces[index]);
}

typedef struct matrix_phase {
    const step *step;
    size_t number;
} matrix_phase;

static void do_task(void *context, size_t index, size_t worker) {
    const matrix_phase *self = context;
    const tot_network *network = self->step->network;
    (void)worker;
    tot_muon_task(self->step->optimizer, self->number, index, network->gradients,
                  network->parameters);
}

/* Matrices are arrays of weights, which lie where their layer begins. */
static void step_of_matrices(const step *self, tot_optimizer *optimizer, size_t threads) {
    tot_network *network = self->network;
    for (size_t m = 0; m < optimizer->matrix_count; m++)
        for (size_t k = 0; k < network->layer_count; k++)
            if (network->layers[k].weight_count > 0 &&
                network->layers[k].parameter_offset == optimizer->matrices[m].first)
                optimizer->matrices[m].frozen = !network->layers[k].trainable;
    for (size_t number = 0; number < tot_muon_phases(optimizer); number++) {
        matrix_phase phase = {self, number};
        tot_network_parallel_for(network, threads, tot_muon_tasks(optimizer, number), do_task,
                                 &phase);
    }
}

static tot_status train(tot_network *network, tot_optimizer *optimizer, const tot_batch *batch,
                        tot_run run, float *logits, double *loss, tot_error *error) {
    if (batch->count == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a batch for training needs at least one image");
    if (batch->labels == NULL)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a batch for training needs labels");
    if (optimizer != NULL && optimizer->count != network->parameter_count)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the optimizer has %zu parameters, the network %zu", optimizer->count,
                        network->parameter_count);
    const tot_status status = tot_network_run(network, batch, run, true, logits, loss, error);
    if (status != TOT_OK)
        return status;
    step self = {network, tot_network_chunks_of(batch), optimizer, false, 0.0};
    if (optimizer != NULL) {
        network->packed = false;
        self.factor = tot_optimizer_begin_step(optimizer);
        self.clip = optimizer->clipnorm > 0.0 || optimizer->global_clipnorm > 0.0;
    }
    tot_network_parallel_for(network, run.threads, network->piece_count, add_up, &self);
    for (size_t k = 0; k < network->layer_count && optimizer != NULL; k++) {
        const tot_layer *layer = &network->layers[k];
        if (tot_layer_needs_batch(layer))
            layer->class->update_state(layer, network->parameters + layer->parameter_offset,
                                       tot_network_batch_sums(network, k), batch->count);
    }
    if (self.clip)
        tot_network_parallel_for(network, run.threads, network->piece_count, clip_and_apply, &self);
    if (optimizer != NULL)
        step_of_matrices(&self, optimizer, run.threads);
    return TOT_OK;
}

tot_status tot_network_differentiate(tot_network *network, const tot_batch *batch, tot_run run,
                                     float *logits, double *loss, tot_error *error) {
    return train(network, NULL, batch, run, logits, loss, error);
}

tot_status tot_network_train(tot_network *network, tot_optimizer *optimizer, const tot_batch *batch,
                             tot_run run, float *logits, double *loss, tot_error *error) {
    return train(network, optimizer, batch, run, logits, loss, error);
}
