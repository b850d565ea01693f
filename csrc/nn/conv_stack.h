/* Convolution blocks one after the other, as a network executes them: image by image through all of
 * them, so that what one block writes is still in the cache when the next one reads it.
 *
 * Towards its neighbours a stack is like a layer: chunks of images come and go as layer.h says,
 * [channel][image][row][column].
 */
#ifndef TOT_NN_CONV_STACK_H
#define TOT_NN_CONV_STACK_H

#include "nn/conv_block.h"
#include "nn/layer.h"

/* A conv2d layer, with the max_pooling2d behind it if there is one. */
typedef struct tot_conv_stage {
    const tot_layer *layer;
    tot_conv_block block;
    void *forward_packed, *backward_packed; /* the latter for training only */
} tot_conv_stage;

typedef struct tot_conv_stack {
    const tot_conv_kernel *kernel;
    size_t layer_count, stage_count;
    tot_conv_stage *stages;
} tot_conv_stack;

/* Working memory of one thread. */
typedef struct tot_conv_workspace {
    char *input;    /* blocked images; NULL where the first block reads plain ones */
    char **outputs; /* [stage], blocked images: of a chunk for training, of one image otherwise */
    uint8_t **choices; /* [stage]; training only, as what follows */
    void **sums;       /* [stage], of the gradients of weights and biases */
    float *gradients[2];
    void *scratch;
} tot_conv_workspace;

/* How many layers, from the first of the given ones on, a stack of this kernel takes; 0 without a
 * kernel (NULL). */
size_t tot_conv_stack_extent(const tot_conv_kernel *kernel, const tot_layer *layers, size_t count);

/* A stack of these layers, which are borrowed. */
tot_status tot_conv_stack_create(const tot_conv_kernel *kernel, const tot_layer *layers,
                                 size_t layer_count, tot_conv_stack **stack, tot_error *error);
void tot_conv_stack_free(tot_conv_stack *stack); /* accepts NULL */

bool tot_conv_workspace_init(tot_conv_workspace *workspace, const tot_conv_stack *stack,
                             bool training);
void tot_conv_workspace_clear(tot_conv_workspace *workspace, const tot_conv_stack *stack);

/* Takes over the weights, wherever they lie in the network's parameters; to be called when they
 * have changed. */
void tot_conv_stack_pack(tot_conv_stack *stack, const float *parameters);

/* As those of tot_layer_class; `gradients` are the network's. */
void tot_conv_stack_forward(const tot_conv_stack *stack, tot_conv_workspace *workspace,
                            const float *input, float *output, const tot_pass *pass);
void tot_conv_stack_backward(const tot_conv_stack *stack, tot_conv_workspace *workspace,
                             const float *input, const float *output_gradient,
                             float *input_gradient, float *gradients, const tot_pass *pass);

#endif
