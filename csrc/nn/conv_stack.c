#include "nn/conv_stack.h"

#include <string.h>

#include "base/memory.h"
#include "nn/bf16.h"

/* The blocked sizes are at most 9 x 16 times those of the layers, which the network bounds. */

/* ------------------------------------------------------------------------------- plan */

static bool can_be_fused(const tot_layer *layer) {
    return layer->spec.kind == TOT_LAYER_CONV2D &&
           (layer->activation == TOT_ACTIVATION_RELU || layer->activation == TOT_ACTIVATION_LINEAR);
}

/* A convolution and its pooling: layers of one stage, 0 when there is no convolution. */
static size_t stage_extent(const tot_layer *layers, size_t count) {
    if (count == 0 || !can_be_fused(layers))
        return 0;
    return count > 1 && layers[1].spec.kind == TOT_LAYER_MAX_POOL2D ? 2 : 1;
}

size_t tot_conv_stack_extent(const tot_conv_kernel *kernel, const tot_layer *layers, size_t count) {
    size_t extent = 0, next;
    if (kernel == NULL)
        return 0;
    while ((next = stage_extent(layers + extent, count - extent)) > 0)
        extent += next;
    return extent;
}

static bool plan_stage(const tot_conv_kernel *kernel, const tot_layer *layers, size_t count,
                       tot_conv_stage *stage) {
    const tot_shape input = layers->input;
    const tot_conv_block block = {.channels = input.channels,
                                  .filters = layers->spec.units,
                                  .height = input.height,
                                  .width = input.width,
                                  .relu = layers->activation == TOT_ACTIVATION_RELU,
                                  .pool = count == 2,
                                  .plain_input = layers->index == 0 && input.channels == 1};
    *stage = (tot_conv_stage){.layer = layers, .block = block};
    stage->forward_packed = tot_allocate(1, kernel->forward_packed_bytes(&block));
    stage->backward_packed = tot_allocate(1, kernel->backward_packed_bytes(&block));
    return stage->forward_packed != NULL && stage->backward_packed != NULL;
}

tot_status tot_conv_stack_create(const tot_conv_kernel *kernel, const tot_layer *layers,
                                 size_t layer_count, tot_conv_stack **result, tot_error *error) {
    tot_conv_stack *stack = tot_allocate(1, sizeof *stack);
    size_t extent;
    *result = NULL;
    if (stack == NULL)
        goto no_memory;
    stack->kernel = kernel;
    stack->layer_count = layer_count;
    stack->stages = tot_allocate(layer_count, sizeof *stack->stages);
    if (stack->stages == NULL)
        goto no_memory;
    for (size_t k = 0; k < layer_count; k += extent) {
        extent = stage_extent(layers + k, layer_count - k);
        if (!plan_stage(kernel, layers + k, extent, &stack->stages[stack->stage_count++]))
            goto no_memory;
    }
    *result = stack;
    return TOT_OK;
no_memory:
    tot_conv_stack_free(stack);
    return tot_fail(error, TOT_ERROR_MEMORY, "no memory for the network");
}

void tot_conv_stack_free(tot_conv_stack *stack) {
    if (stack == NULL)
        return;
    for (size_t k = 0; k < stack->stage_count; k++) {
        tot_free(stack->stages[k].forward_packed);
        tot_free(stack->stages[k].backward_packed);
    }
    tot_free(stack->stages);
    tot_free(stack);
}

void tot_conv_stack_pack(tot_conv_stack *stack, const float *parameters) {
    for (size_t k = 0; k < stack->stage_count; k++) {
        const tot_conv_stage *stage = &stack->stages[k];
        const float *weights = parameters + stage->layer->parameter_offset;
        stack->kernel->forward_pack(&stage->block, weights, weights + stage->layer->weight_count,
                                    stage->forward_packed);
        stack->kernel->backward_pack(&stage->block, weights, stage->backward_packed);
    }
}

/* ----------------------------------------------------------------------------- memory */

static size_t input_size(const tot_conv_block *block) {
    return block->plain_input ? block->height * block->width
                              : tot_blocked_size(block->channels, block->height, block->width);
}

static size_t output_size(const tot_conv_block *block) {
    return tot_blocked_size(block->filters, tot_block_out_height(block),
                            tot_block_out_width(block));
}

/* Of an image between blocks, a multiple of 64. */
static size_t blocked_bytes(const tot_conv_stack *stack, size_t size) {
    const size_t number = stack->kernel->precision == TOT_BF16 ? sizeof(tot_bf16) : sizeof(float);
    return (size * number + 63) / 64 * 64;
}

static size_t input_bytes(const tot_conv_stack *stack) {
    const tot_conv_block *first = &stack->stages[0].block;
    return first->plain_input ? input_size(first) * sizeof(float)
                              : blocked_bytes(stack, input_size(first));
}

static size_t output_bytes(const tot_conv_stack *stack, size_t stage) {
    return blocked_bytes(stack, output_size(&stack->stages[stage].block));
}

static size_t choice_size(const tot_conv_block *block) {
    return tot_blocks_of(block->filters) * tot_block_out_height(block) *
           tot_block_out_width(block) * TOT_BLOCK_CHANNELS;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

bool tot_conv_workspace_init(tot_conv_workspace *workspace, const tot_conv_stack *stack,
                             bool training) {
    const tot_conv_kernel *kernel = stack->kernel;
    const tot_conv_block *first = &stack->stages[0].block;
    const size_t images = training ? TOT_CHUNK_IMAGES : 1;
    size_t largest = input_size(first), scratch = 0;
    bool complete;
    *workspace = (tot_conv_workspace){0};
    workspace->outputs = tot_allocate(stack->stage_count, sizeof *workspace->outputs);
    workspace->choices = tot_allocate(stack->stage_count, sizeof *workspace->choices);
    workspace->sums = tot_allocate(stack->stage_count, sizeof *workspace->sums);
    complete = workspace->outputs != NULL && workspace->choices != NULL && workspace->sums != NULL;
    if (complete && !first->plain_input) {
        workspace->input = tot_allocate(images, input_bytes(stack));
        complete = workspace->input != NULL;
    }
    for (size_t k = 0; complete && k < stack->stage_count; k++) {
        const tot_conv_block *block = &stack->stages[k].block;
        /* zeros, which the borders remain */
        workspace->outputs[k] = tot_allocate(images, output_bytes(stack, k));
        complete = workspace->outputs[k] != NULL;
        largest = larger(largest, output_size(block));
        scratch = larger(scratch, kernel->forward_scratch_bytes(block));
        if (training && complete) {
            workspace->choices[k] = tot_allocate(images, choice_size(block));
            workspace->sums[k] = tot_allocate(1, kernel->backward_sums_bytes(block));
            complete = workspace->choices[k] != NULL && workspace->sums[k] != NULL;
            scratch = larger(scratch, kernel->backward_scratch_bytes(block));
        }
    }
    for (int k = 0; complete && training && k < 2; k++) {
        workspace->gradients[k] = tot_allocate(largest, sizeof(float));
        complete = workspace->gradients[k] != NULL;
    }
    workspace->scratch = complete ? tot_allocate(1, scratch) : NULL;
    return workspace->scratch != NULL;
}

void tot_conv_workspace_clear(tot_conv_workspace *workspace, const tot_conv_stack *stack) {
    for (size_t k = 0; k < stack->stage_count; k++) {
        if (workspace->outputs != NULL)
            tot_free(workspace->outputs[k]);
        if (workspace->choices != NULL)
            tot_free(workspace->choices[k]);
        if (workspace->sums != NULL)
            tot_free(workspace->sums[k]);
    }
    tot_free(workspace->input);
    tot_free(workspace->outputs);
    tot_free(workspace->choices);
    tot_free(workspace->sums);
    tot_free(workspace->gradients[0]);
    tot_free(workspace->gradients[1]);
    tot_free(workspace->scratch);
    *workspace = (tot_conv_workspace){0};
}

/* ---------------------------------------------------------------------------- layouts */

static void put(void *blocked, tot_precision precision, size_t at, float x) {
    if (precision == TOT_BF16)
        ((tot_bf16 *)blocked)[at] = tot_bf16_of(x);
    else
        ((float *)blocked)[at] = x;
}

static float get(const void *blocked, tot_precision precision, size_t at) {
    return precision == TOT_BF16 ? tot_bf16_to_float(((const tot_bf16 *)blocked)[at])
                                 : ((const float *)blocked)[at];
}

/* Where row y of a channel begins in a blocked image. */
static size_t row_place(size_t channel, size_t y, size_t height, size_t width) {
    const size_t row = (channel / TOT_BLOCK_CHANNELS * (height + 2) + y + 1) * (width + 2) + 1;
    return row * TOT_BLOCK_CHANNELS + channel % TOT_BLOCK_CHANNELS;
}

/* Image n of a chunk, [channel][image][row][column], to the inside of a blocked one. Channels that
 * only fill up the last block become 0. */
static void to_blocks(const float *chunk, size_t n, size_t images, size_t channels, size_t height,
                      size_t width, tot_precision precision, void *blocked) {
    for (size_t c = 0; c < tot_blocks_of(channels) * TOT_BLOCK_CHANNELS; c++) {
        const float *from = chunk + (c * images + n) * height * width;
        for (size_t y = 0; y < height; y++) {
            const size_t row = row_place(c, y, height, width);
            for (size_t x = 0; x < width; x++)
                put(blocked, precision, row + x * TOT_BLOCK_CHANNELS,
                    c < channels ? *from++ : 0.0f);
        }
    }
}

static void from_blocks(const void *blocked, tot_precision precision, size_t n, size_t images,
                        size_t channels, size_t height, size_t width, float *chunk) {
    for (size_t c = 0; c < channels; c++) {
        float *to = chunk + (c * images + n) * height * width;
        for (size_t y = 0; y < height; y++) {
            const size_t row = row_place(c, y, height, width);
            for (size_t x = 0; x < width; x++)
                *to++ = get(blocked, precision, row + x * TOT_BLOCK_CHANNELS);
        }
    }
}

/* -------------------------------------------------------------------------------- run */

/* What stage k reads for image n; behind the last stage, what that has written. */
static const void *input_of_stage(const tot_conv_stack *stack, const tot_conv_workspace *workspace,
                                  const float *chunk, size_t k, size_t n) {
    if (k > 0)
        return workspace->outputs[k - 1] + n * output_bytes(stack, k - 1);
    return (workspace->input == NULL ? (const char *)chunk : workspace->input) +
           n * input_bytes(stack);
}

void tot_conv_stack_forward(const tot_conv_stack *stack, tot_conv_workspace *workspace,
                            const float *input, float *output, const tot_pass *pass) {
    const tot_conv_block *first = &stack->stages[0].block;
    const tot_conv_block *last = &stack->stages[stack->stage_count - 1].block;
    const tot_precision precision = stack->kernel->precision;
    for (size_t n = 0; n < pass->images; n++) {
        const size_t place = pass->training ? n : 0;
        const float *images = input;
        if (workspace->input != NULL)
            to_blocks(input, n, pass->images, first->channels, first->height, first->width,
                      precision, workspace->input + place * input_bytes(stack));
        else
            images += (n - place) * input_size(first);
        for (size_t k = 0; k < stack->stage_count; k++) {
            const tot_conv_stage *stage = &stack->stages[k];
            stack->kernel->forward(
                &stage->block, stage->forward_packed,
                input_of_stage(stack, workspace, images, k, place),
                workspace->outputs[k] + place * output_bytes(stack, k),
                pass->training ? workspace->choices[k] + place * choice_size(&stage->block) : NULL,
                workspace->scratch);
        }
        from_blocks(input_of_stage(stack, workspace, images, stack->stage_count, place), precision,
                    n, pass->images, last->filters, tot_block_out_height(last),
                    tot_block_out_width(last), output);
    }
}

void tot_conv_stack_backward(const tot_conv_stack *stack, tot_conv_workspace *workspace,
                             const float *input, const float *output_gradient,
                             float *input_gradient, float *gradients, const tot_pass *pass) {
    const tot_conv_block *first = &stack->stages[0].block;
    const tot_conv_block *last = &stack->stages[stack->stage_count - 1].block;
    for (size_t k = 0; k < stack->stage_count; k++)
        memset(workspace->sums[k], 0, stack->kernel->backward_sums_bytes(&stack->stages[k].block));
    for (size_t n = 0; n < pass->images; n++) {
        float *gradient = workspace->gradients[0], *next = workspace->gradients[1];
        to_blocks(output_gradient, n, pass->images, last->filters, tot_block_out_height(last),
                  tot_block_out_width(last), TOT_FP32, gradient);
        for (size_t k = stack->stage_count; k-- > 0;) {
            const tot_conv_stage *stage = &stack->stages[k];
            stack->kernel->backward(&stage->block, stage->backward_packed,
                                    input_of_stage(stack, workspace, input, k, n),
                                    workspace->choices[k] + n * choice_size(&stage->block),
                                    gradient, k == 0 && input_gradient == NULL ? NULL : next,
                                    workspace->sums[k], workspace->scratch);
            float *swap = gradient;
            gradient = next;
            next = swap;
        }
        if (input_gradient != NULL)
            from_blocks(gradient, TOT_FP32, n, pass->images, first->channels, first->height,
                        first->width, input_gradient);
    }
    for (size_t k = 0; k < stack->stage_count; k++) {
        const tot_conv_stage *stage = &stack->stages[k];
        float *weights = gradients + stage->layer->parameter_offset;
        stack->kernel->backward_finish(&stage->block, workspace->sums[k], weights,
                                       weights + stage->layer->weight_count);
    }
}
