/* A tile is a few pixels of the convolution (with pooling 2 rows by 2, 4 or 6 columns: 1, 2 or 3
 * windows) for one or two blocks of 16 filters: up to 24 accumulators, which stay in registers from
 * the bias to the rounded output. A step multiplies two channels of a pixel, broadcast as 32 bits,
 * with the weights of 16 filters.
 */
#include "nn/conv_bf16.h"

#ifdef __x86_64__

#include "nn/conv_bf16_window.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")

enum { LANES = TOT_BLOCK_CHANNELS, PAIRS = 2 * LANES, WIDEST = 12 };

/* Numbers of filter blocks are counted from the first of the tile. */
typedef struct tile_job {
    const tot_conv_block *block;
    const float *biases[2];
    const tot_bf16 *weights[2];
    const tot_bf16 *input; /* blocked, or the pairs of tot_bf16_read_plain */
    tot_bf16 *output[2];
    uint8_t *choice[2]; /* NULL: not wanted */
} tile_job;

typedef __m512 tile_sums[2][2][WIDEST]; /* [filter block][row][column] */

INLINE void multiply(tile_sums sums, const tot_bf16 *pixels, size_t row_stride,
                     size_t column_stride, const tot_bf16 *weights_0, const tot_bf16 *weights_1,
                     int rows, int columns, int blocks) {
    const __m512bh w0 = (__m512bh)_mm512_load_si512(weights_0);
    const __m512bh w1 = (__m512bh)_mm512_load_si512(weights_1);
    UNROLL for (int c = 0; c < columns; c++) UNROLL for (int r = 0; r < rows; r++) {
        const void *pixel = pixels + (size_t)r * row_stride + (size_t)c * column_stride;
        const __m512bh x = (__m512bh)_mm512_set1_epi32(*(const int *)pixel);
        sums[0][r][c] = _mm512_dpbf16_ps(sums[0][r][c], w0, x);
        if (blocks == 2)
            sums[1][r][c] = _mm512_dpbf16_ps(sums[1][r][c], w1, x);
    }
}

INLINE void convolve_blocked(const tile_job *job, size_t y, size_t x, tile_sums sums, int rows,
                             int columns, int blocks) {
    const size_t row = (job->block->width + 2) * LANES, plane = (job->block->height + 2) * row;
    const tot_bf16 *w0 = job->weights[0], *w1 = job->weights[blocks - 1];
    for (size_t b = 0; b < tot_blocks_of(job->block->channels); b++) {
        const tot_bf16 *corner = job->input + b * plane + y * row + x * LANES;
        const size_t pairs = tot_bf16_pairs(job->block, b);
        for (size_t tap = 0; tap < 9; tap++) {
            const tot_bf16 *pixels = corner + tap / 3 * row + tap % 3 * LANES;
            for (size_t p = 0; p < pairs; p++, w0 += PAIRS, w1 += PAIRS)
                multiply(sums, pixels + 2 * p, row, LANES, w0, w1, rows, columns, blocks);
        }
    }
}

INLINE void convolve_plain(const tile_job *job, size_t x, tile_sums sums, int rows, int columns,
                           int blocks) {
    UNROLL for (size_t s = 0; s < TOT_BF16_PLAIN_STEPS; s++) multiply(
        sums, tot_bf16_plain_pairs(job->block, job->input, s, x), tot_bf16_plain_row(job->block), 2,
        job->weights[0] + s * PAIRS, job->weights[blocks - 1] + s * PAIRS, rows, columns, blocks);
}

INLINE void store(const tile_job *job, int b, size_t y, size_t x, tot_largest largest) {
    const size_t width = tot_block_out_width(job->block);
    tot_window_store(largest, job->block->relu,
                     job->output[b] + ((y + 1) * (width + 2) + x + 1) * LANES,
                     job->choice[b] == NULL ? NULL : job->choice[b] + (y * width + x) * LANES);
}

/* From row y and column x of the convolution on. */
INLINE void make_tile(const tile_job *job, size_t y, size_t x, bool pool, int columns, int blocks) {
    const int rows = pool ? 2 : 1;
    tile_sums sums;
    UNROLL for (int b = 0; b < blocks; b++) {
        const __m512 bias = _mm512_load_ps(job->biases[b]);
        UNROLL for (int r = 0; r < rows; r++) UNROLL for (int c = 0; c < columns; c++)
            sums[b][r][c] = bias;
    }
    if (job->block->plain_input)
        convolve_plain(job, x, sums, rows, columns, blocks);
    else
        convolve_blocked(job, y, x, sums, rows, columns, blocks);
    UNROLL for (int b = 0; b < blocks; b++) {
        if (!pool) {
            UNROLL for (int c = 0; c < columns; c++)
                store(job, b, y, x + (size_t)c, tot_window_first(sums[b][0][c]));
            continue;
        }
        UNROLL for (int c = 0; c + 1 < columns; c += 2) {
            tot_largest largest = tot_window_first(sums[b][0][c]);
            tot_window_take(&largest, sums[b][0][c + 1], 1);
            tot_window_take(&largest, sums[b][1][c], 2);
            tot_window_take(&largest, sums[b][1][c + 1], 3);
            store(job, b, y / 2, x / 2 + (size_t)c / 2, largest);
        }
    }
}

/* Tiles of 3 and 2 windows make up any row but that of a single window. */
INLINE void pooled_row(const tile_job *job, size_t y, int blocks) {
    const size_t windows = job->block->width / 2;
    for (size_t x = 0; x < windows;) {
        const size_t left = windows - x;
        if (left == 1) {
            make_tile(job, y, 2 * x, true, 2, blocks);
            x += 1;
        } else if (left == 2 || left == 4) {
            make_tile(job, y, 2 * x, true, 4, blocks);
            x += 2;
        } else {
            make_tile(job, y, 2 * x, true, 6, blocks);
            x += 3;
        }
    }
}

INLINE void plain_row(const tile_job *job, size_t y, int blocks) {
    const size_t width = job->block->width;
    for (size_t x = 0; x < width;) {
        const size_t left = width - x;
        if (left >= WIDEST) {
            make_tile(job, y, x, false, WIDEST, blocks);
            x += WIDEST;
        } else if (left >= 4) {
            make_tile(job, y, x, false, 4, blocks);
            x += 4;
        } else {
            make_tile(job, y, x, false, 1, blocks);
            x += 1;
        }
    }
}

static void make_row(const tile_job *job, size_t y, size_t blocks) {
    if (job->block->pool) {
        if (blocks == 2)
            pooled_row(job, y, 2);
        else
            pooled_row(job, y, 1);
    } else {
        if (blocks == 2)
            plain_row(job, y, 2);
        else
            plain_row(job, y, 1);
    }
}

void tot_bf16_forward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                             void *output, uint8_t *choice, void *scratch) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t plane = (height + 2) * (width + 2) * LANES,
                 filters = tot_blocks_of(block->filters);
    const size_t rows = block->pool ? 2 : 1;
    tile_job job = {.block = block, .input = block->plain_input ? scratch : input};
    for (size_t first = 0; first < filters; first += 2) {
        const size_t blocks = filters - first < 2 ? 1 : 2;
        for (size_t b = 0; b < blocks; b++) {
            job.biases[b] = tot_bf16_biases(block, packed, first + b);
            job.weights[b] = tot_bf16_weights(block, packed, first + b);
            job.output[b] = (tot_bf16 *)output + (first + b) * plane;
            job.choice[b] = choice == NULL ? NULL : choice + (first + b) * height * width * LANES;
        }
        for (size_t y = 0; y < height; y++) {
            if (block->plain_input)
                tot_bf16_read_plain(block, input, rows * y, scratch);
            make_row(&job, rows * y, blocks);
        }
    }
}

#endif
