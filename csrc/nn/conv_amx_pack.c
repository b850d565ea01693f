#include "nn/conv_amx.h"

enum { TILES_PER_BLOCK = 6, WEIGHTS_PER_BLOCK = TILES_PER_BLOCK * TOT_AMX_TILE };

/* Where the weight of (output, input, tap) is: the way back exchanges the two and goes through the
 * taps from the last to the first. */
typedef struct weight_view {
    const float *weights;
    size_t outputs, inputs;
    size_t output_stride, input_stride;
    bool turned;
} weight_view;

static float weight_at(const weight_view *view, size_t output, size_t input, size_t tap) {
    if (output >= view->outputs || input >= view->inputs)
        return 0.0f;
    return view->weights[output * view->output_stride + input * view->input_stride +
                         (view->turned ? 8 - tap : tap)];
}

/* One tile, [16 pairs][16 outputs][2]: 8 pairs of inputs at the tap of that column, then 8 at the
 * one right of it. Step 1 leaves out the middle tap, which step 0 has had. */
static void pack_tile(const weight_view *view, size_t first_output, size_t first_input, size_t row,
                      size_t step, tot_bf16 *tile) {
    for (size_t pair = 0; pair < TOT_AMX_PAIRS; pair++)
        for (size_t n = 0; n < TOT_BLOCK_CHANNELS; n++)
            for (size_t k = 0; k < 2; k++) {
                const size_t column = step + pair / 8, input = first_input + pair % 8 * 2 + k;
                const bool seen = step == 1 && column == 1;
                *tile++ = tot_bf16_of(
                    seen ? 0.0f : weight_at(view, first_output + n, input, 3 * row + column));
            }
}

/* All tiles of a block of outputs. */
static void pack_outputs(const weight_view *view, size_t first_output, tot_bf16 *tiles) {
    for (size_t b = 0; b < tot_blocks_of(view->inputs); b++)
        for (size_t row = 0; row < 3; row++)
            for (size_t step = 0; step < 2; step++, tiles += TOT_AMX_TILE)
                pack_tile(view, first_output, b * TOT_BLOCK_CHANNELS, row, step, tiles);
}

size_t tot_amx_forward_stride(const tot_conv_block *block) {
    return TOT_BLOCK_CHANNELS * sizeof(float) +
           tot_blocks_of(block->channels) * WEIGHTS_PER_BLOCK * sizeof(tot_bf16);
}

size_t tot_amx_forward_packed_bytes(const tot_conv_block *block) {
    return tot_blocks_of(block->filters) * tot_amx_forward_stride(block);
}

void tot_amx_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                          void *packed) {
    const weight_view view = {weights, block->filters, block->channels, block->channels * 9,
                              9,       false};
    char *to = packed;
    for (size_t f = 0; f < block->filters; f += TOT_BLOCK_CHANNELS) {
        float *bias = (void *)to;
        for (size_t k = 0; k < TOT_BLOCK_CHANNELS; k++)
            bias[k] = f + k < block->filters ? biases[f + k] : 0.0f;
        pack_outputs(&view, f, (void *)(bias + TOT_BLOCK_CHANNELS));
        to += tot_amx_forward_stride(block);
    }
}

size_t tot_amx_backward_stride(const tot_conv_block *block) {
    return tot_blocks_of(block->filters) * WEIGHTS_PER_BLOCK;
}

size_t tot_amx_backward_packed_bytes(const tot_conv_block *block) {
    return tot_blocks_of(block->channels) * tot_amx_backward_stride(block) * sizeof(tot_bf16);
}

void tot_amx_backward_pack(const tot_conv_block *block, const float *weights, void *packed) {
    const weight_view view = {weights, block->channels,     block->filters,
                              9,       block->channels * 9, true};
    tot_bf16 *to = packed;
    for (size_t c = 0; c < block->channels; c += TOT_BLOCK_CHANNELS)
        pack_outputs(&view, c, to + c / TOT_BLOCK_CHANNELS * tot_amx_backward_stride(block));
}
