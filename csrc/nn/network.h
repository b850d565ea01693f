/* A sequential classifier: plan, parameters, forward, backward, training. It has one output, whose
 * sigmoid is the probability of label 1, or K >= 2 outputs, whose softmax are the probabilities of
 * K classes.
 *
 * A batch is cut into chunks of TOT_CHUNK_IMAGES. Each chunk goes forward and backward by itself,
 * on any thread, and leaves its gradients in a place of its own; these are added in the order of
 * the chunks. So the results have the same bits for any number of threads.
 *
 * A network may be used by one caller at a time (it owns its working memory, which grows to the
 * largest batch and number of threads it has seen).
 */
#ifndef TOT_NN_NETWORK_H
#define TOT_NN_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/status.h"
#include "nn/conv_block.h"
#include "nn/layer.h"
#include "nn/optimizer.h"

typedef struct tot_network tot_network;

/* Plans and allocates a network for inputs of the given shape; parameters are zero. The last layer
 * must be dense or an activation, with a sigmoid of one unit or a softmax of several. Errors name
 * the layer. `kernel` is the name of the kernel that computes the convolutions, NULL for this CPU's
 * best, see conv_kernel.h. Sets OpenBLAS to one thread, see tot_gemm_prepare. */
tot_status tot_network_create(tot_shape input, const tot_layer_spec *layers, size_t count,
                              const char *kernel, tot_network **network, tot_error *error);
void tot_network_free(tot_network *network); /* accepts NULL */

size_t tot_network_layer_count(const tot_network *network);
const tot_layer *tot_network_layer(const tot_network *network, size_t index);
size_t tot_network_outputs(const tot_network *network);

/* A frozen layer keeps its parameters while the network is trained. Layers begin trainable. */
void tot_network_set_trainable(tot_network *network, size_t index, bool trainable);

/* How convolutions are computed; networks begin with TOT_FP32. With TOT_BF16 their images and
 * weights are rounded to bfloat16 (see conv_bf16.h), but for those whose activation is neither
 * linear nor ReLU. The parameters stay float32 and are what is trained. `kernel` as in
 * tot_network_create. On failure everything stays as it was. */
tot_status tot_network_set_precision(tot_network *network, tot_precision precision,
                                     const char *kernel, tot_error *error);

/* The kernel that was chosen. */
const char *tot_network_kernel(const tot_network *network);

/* All weights and biases, layer after layer. What tot_network_change_parameters returns may be
 * written until the next call that uses the network: it marks the parameters as changed, and what
 * was made of them is made anew. */
size_t tot_network_parameter_count(const tot_network *network);
const float *tot_network_parameters(const tot_network *network);
float *tot_network_change_parameters(tot_network *network);

/* As Keras: weights uniform in +-sqrt(6/(fan_in + fan_out)) (Glorot & Bengio 2010), biases 0. */
void tot_network_initialize(tot_network *network, tot_rng *rng);

/* One of the parameter arrays, under the name that files give it. */
enum { TOT_NAME_SIZE = 48 };
typedef struct tot_parameter {
    char name[TOT_NAME_SIZE]; /* "conv2d_1.weight", "dense.bias" */
    size_t rank, shape[4], offset, count;
} tot_parameter;

/* `name` becomes Keras' name of the layer: its class, and a number from the second one on. */
void tot_network_layer_name(const tot_network *network, size_t index, char name[TOT_NAME_SIZE]);

size_t tot_network_tensor_count(const tot_network *network);
tot_parameter tot_network_tensor(const tot_network *network, size_t index);

/* What is borrowed for one call. */
typedef struct tot_batch {
    size_t count;
    const float *images;    /* [count][channels][height][width] */
    const float *labels;    /* [count][outputs] in [0, 1]; NULL when only predictions are wanted.
                             * Several outputs: probabilities, whose sum is 1 */
    const float *weights;   /* [count] of the samples' losses, or NULL for 1 */
    double label_smoothing; /* of the loss, in [0, 1); see loss.h */
} tot_batch;

/* How the call is to be made. Sample k draws its dropout from stream (seed, first_sample + k). */
typedef struct tot_run {
    size_t threads; /* 0 counts as 1 */
    uint64_t seed, first_sample;
} tot_run;

/* Logits of the batch without dropout, [count][outputs]; with labels also the mean loss,
 * sum(weight * loss)/count + the layers' L2 penalties; loss may be NULL. count may be 0. */
tot_status tot_network_predict(tot_network *network, const tot_batch *batch, size_t threads,
                               float *logits, double *loss, tot_error *error);

/* Forward with dropout, loss and gradient of the mean loss, which tot_network_gradients then shows
 * (laid out as the parameters; borrowed, until the next call). Parameters stay as they are. */
tot_status tot_network_differentiate(tot_network *network, const tot_batch *batch, tot_run run,
                                     float *logits, double *loss, tot_error *error);
const float *tot_network_gradients(const tot_network *network);

/* tot_network_differentiate and one step of the optimizer, which must have as many parameters. */
tot_status tot_network_train(tot_network *network, tot_optimizer *optimizer, const tot_batch *batch,
                             tot_run run, float *logits, double *loss, tot_error *error);

#endif
