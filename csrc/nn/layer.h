/* What a layer of the network is: its description, its plan, and the three things it can do.
 *
 * Layouts. A chunk of N images travels through the network channel-major, [channel][image][row]
 * [column], so that one matrix product covers all its images; behind a flatten layer it is
 * [image][feature]. Weights lie as in PyTorch: conv2d [filter][channel][3][3], dense
 * [unit][feature], features in the order channel, row, column; biases follow their weights.
 *
 * A layer keeps no state of its own: `forward` and `backward` may run on several threads at once,
 * each with its own tot_pass.
 */
#ifndef TOT_NN_LAYER_H
#define TOT_NN_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Images that go through the layers together, and at most what forward and backward are given. It
 * is part of the numerical result: gradients are summed inside a chunk first, then chunk after
 * chunk.
 */
enum { TOT_CHUNK_IMAGES = 8 };

typedef struct tot_shape {
    size_t channels, height, width; /* a flat shape has its features as channels, 1 x 1 */
    bool flat;
} tot_shape;

/* Numbers per image. */
static inline size_t tot_shape_size(tot_shape shape) {
    return shape.channels * shape.height * shape.width;
}

typedef enum tot_layer_kind {
    TOT_LAYER_CONV2D,     /* 3x3, stride 1, zero padding ("same") */
    TOT_LAYER_MAX_POOL2D, /* 2x2, stride 2; an odd last row or column is left out ("valid") */
    TOT_LAYER_FLATTEN,
    TOT_LAYER_DENSE,
    TOT_LAYER_DROPOUT, /* inverted: what is kept is divided by 1 - rate while training */
    TOT_LAYER_ACTIVATION,
    TOT_LAYER_GLOBAL_AVERAGE_POOLING2D,
    TOT_LAYER_BATCH_NORMALIZATION,
    TOT_LAYER_KINDS
} tot_layer_kind;

typedef enum tot_activation {
    TOT_ACTIVATION_LINEAR,
    TOT_ACTIVATION_RELU,
    TOT_ACTIVATION_SIGMOID,
    TOT_ACTIVATION_TANH,
    TOT_ACTIVATION_SOFTMAX, /* only in the last layer */
    TOT_ACTIVATIONS
} tot_activation;

typedef struct tot_layer_spec {
    tot_layer_kind kind;
    size_t units; /* conv2d: filters; dense: units; >= 1 */
    tot_activation activation;
    double rate;    /* dropout: share that is dropped, in [0, 1); batch_normalization: momentum */
    double l2;      /* conv2d, dense: the loss grows by l2 * the sum of the squared weights; >= 0 */
    double epsilon; /* batch_normalization: added to the variance, > 0 */
} tot_layer_spec;

typedef struct tot_layer_class tot_layer_class;

/* A layer's plan, made once per network and only read afterwards. */
typedef struct tot_layer {
    const tot_layer_class *class;
    tot_layer_spec spec;
    size_t index;              /* in the network */
    tot_activation activation; /* linear in the last layer, which gives the logits */
    bool trainable;            /* a frozen layer (false) keeps its parameters */
    tot_shape input, output;
    size_t weight_count, bias_count;
    size_t state_count; /* numbers behind the biases that no gradient changes */
    size_t sum_count;   /* sums over the whole batch that forward needs, and backward once more */
    size_t fan_in, fan_out;  /* of Glorot's initialisation */
    size_t parameter_offset; /* of the weights in the network's parameters; set by the network */
    size_t saved_per_image;  /* bytes kept from forward to backward */
    size_t scratch_count;    /* floats of working memory for a full chunk */
} tot_layer;

/* One chunk's way through one layer. */
typedef struct tot_pass {
    size_t images; /* 1 ... TOT_CHUNK_IMAGES */
    bool training;
    uint64_t seed, first_sample; /* image k draws from stream (seed, first_sample + k) */
    void *saved;                 /* saved_per_image * images bytes */
    float *scratch;              /* scratch_count floats, lost after the call */

    /* For a layer with sums over the batch: those of forward, then those of backward, 2 * sum_count
     * in all; NULL outside training and for a frozen layer. */
    const double *batch_sums;
    size_t batch_images;
} tot_pass;

struct tot_layer_class {
    const char *name; /* Keras' name for an instance: conv2d, conv2d_1, ... */

    /* Given class, spec, index and input, fills in the rest; fails when they don't fit together. */
    tot_status (*plan)(tot_layer *layer, tot_error *error);

    void (*forward)(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass);

    /* `input` and `output` are those of forward. Overwrites input_gradient, unless it is NULL (the
     * first layer has no use for it), and gradients (laid out as the parameters); output_gradient
     * may be destroyed. */
    void (*backward)(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass);

    /* NULL for layers whose weights are drawn as in tot_network_initialize. */
    void (*initialize)(const tot_layer *layer, float *parameters);

    /* For layers with sum_count > 0 while they are trained. A chunk's part of the sums that forward
     * needs, and of those that backward needs; what follows from the batch's for the state. */
    void (*sum_forward)(const tot_layer *layer, const float *input, double *sums,
                        const tot_pass *pass);
    void (*sum_backward)(const tot_layer *layer, const float *parameters, const float *input,
                         const float *output_gradient, double *sums, const tot_pass *pass);
    void (*update_state)(const tot_layer *layer, float *parameters, const double *batch_sums,
                         size_t batch_images);
};

extern const tot_layer_class tot_conv2d_class, tot_max_pool2d_class, tot_flatten_class,
    tot_dense_class, tot_dropout_class, tot_activation_class, tot_global_average_pooling2d_class,
    tot_batch_normalization_class;

/* The class of a kind; NULL for a number that is none. */
const tot_layer_class *tot_layer_class_of(tot_layer_kind kind);

#endif
