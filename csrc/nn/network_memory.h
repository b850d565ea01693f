/* What a network consists of: shared by the files network*.c, and no part of the interface. */
#ifndef TOT_NN_NETWORK_MEMORY_H
#define TOT_NN_NETWORK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/parallel.h"
#include "base/status.h"
#include "nn/conv_stack.h"
#include "nn/layer.h"
#include "nn/network.h"

/* What is executed as one: a single layer, or layers that a stack of fused convolutions takes. */
typedef struct tot_step {
    size_t first, count;   /* layers */
    tot_conv_stack *stack; /* or NULL */
} tot_step;

/* Working memory of one thread. While training, every layer has an output of its own; otherwise
 * layers write to two buffers in turn. Layers inside a stack have none. */
typedef struct tot_network_worker {
    float *input;              /* a channel-major chunk of images; only for more than one channel */
    float **outputs;           /* [layer] */
    void **saved;              /* [layer] */
    tot_conv_workspace *convs; /* [step] */
    float *gradients[2];
    float *scratch;
    double *sums; /* this chunk's part of a layer's sums over the batch */
} tot_network_worker;

/* A part of one parameter array that one thread adds up and updates. */
typedef struct tot_network_piece {
    size_t layer, first, count; /* parameters [first, first + count) */
    size_t array;               /* numbered through all layers */
    double l2;
    double squares; /* of its gradient, when norms are wanted */
} tot_network_piece;

struct tot_network {
    tot_shape input;
    size_t layer_count;
    tot_layer *layers;
    const tot_conv_kernel *kernel; /* NULL: the portable one */
    size_t step_count;
    tot_step *steps;
    size_t parameter_count;
    float *parameters;
    bool packed; /* the stacks have the parameters as they are now */
    float *gradients;

    double *batch_sums; /* layer after layer, 2 * sum_count each */

    size_t piece_count;
    tot_network_piece *pieces;

    size_t worker_count;
    bool workers_train;
    tot_network_worker *workers;

    tot_team *team;
    size_t team_size;

    size_t chunk_count; /* that chunk_gradients holds */
    float *chunk_gradients;
};

/* As tot_parallel_for, with threads that the network keeps from one call to the next. */
void tot_network_parallel_for(tot_network *network, size_t threads, size_t count, tot_task *task,
                              void *context);

/* Whether the layer waits for sums over the whole batch while the network is trained. */
static inline bool tot_layer_needs_batch(const tot_layer *layer) {
    return layer->sum_count > 0 && layer->trainable;
}

/* The place of a layer's sums over the batch. */
double *tot_network_batch_sums(const tot_network *network, size_t layer);

/* Cuts the parameters in pieces; false when memory is out. */
bool tot_network_cut(tot_network *network);

/* Runs the batch forward and, while training, backward: leaves the chunks' gradients in
 * chunk_gradients, and the sums of layers that need the whole batch in batch_sums. */
tot_status tot_network_run(tot_network *network, const tot_batch *batch, tot_run run, bool training,
                           float *logits, double *loss, tot_error *error);
size_t tot_network_chunks_of(const tot_batch *batch);

/* Makes sure of memory for so many workers, and for training if that is wanted. */
tot_status tot_network_prepare(tot_network *network, size_t workers, bool training,
                               tot_error *error);

/* Makes sure of memory for the gradients of so many chunks. */
tot_status tot_network_prepare_chunks(tot_network *network, size_t chunks, tot_error *error);

/* Frees what the two have allocated. */
void tot_network_free_memory(tot_network *network);

#endif
