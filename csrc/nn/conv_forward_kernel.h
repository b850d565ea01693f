/* The forward kernel, written once for all instruction sets: a file that includes this one defines
 *
 *   vector, LANES           a vector of floats, and how many it holds: 8 or 16
 *   TILES                   tiles whose products are summed in registers at a time, times two
 *                           vectors of filters
 *   load, store, broadcast, fused(a, b, c) = ab + c, larger(a, b) = a > b ? a : b
 *   store_choice            of four vectors, see below
 *   FORWARD                 the name of the function
 */
#include "nn/conv_forward.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum {
    BLOCK = TOT_BLOCK_CHANNELS,
    PARTS = BLOCK / LANES, /* vectors of a block */
    PRODUCTS = TOT_TILE_PRODUCTS,
    PATCH = TOT_TILE_IN, /* pixels of a tile's side on the input */
};

/* Where a block's outputs go: the inside of an image with a border. */
typedef struct target {
    size_t height, width; /* of the output */
    bool relu, pool;
    float *output;
    uint8_t *choice;
} target;

/* Four outputs of the convolution: row by row, a window of pooling. */
INLINE void finish_window(const target *to, size_t filter_block, size_t part, size_t y, size_t x,
                          vector a, vector b, vector c, vector d) {
    const vector zero = broadcast(0.0f);
    vector largest = larger(larger(d, c), larger(b, a));
    if (y >= to->height || x >= to->width)
        return;
    if (to->choice != NULL)
        store_choice(to->choice + ((filter_block * to->height + y) * to->width + x) * BLOCK +
                         part * LANES,
                     a, b, c, d, to->relu);
    if (to->relu)
        largest = larger(zero, largest); /* a NaN stays one */
    store(to->output +
              ((filter_block * (to->height + 2) + y + 1) * (to->width + 2) + x + 1) * BLOCK +
              part * LANES,
          largest);
}

/* A window of 2 x 2 outputs at window (y, x); without pooling, each goes to its place. */
INLINE void finish(const target *to, size_t filter_block, size_t part, size_t y, size_t x, vector a,
                   vector b, vector c, vector d) {
    if (to->pool) {
        finish_window(to, filter_block, part, y, x, a, b, c, d);
    } else {
        finish_window(to, filter_block, part, 2 * y, 2 * x, a, a, a, a);
        finish_window(to, filter_block, part, 2 * y, 2 * x + 1, b, b, b, b);
        finish_window(to, filter_block, part, 2 * y + 1, 2 * x, c, c, c, c);
        finish_window(to, filter_block, part, 2 * y + 1, 2 * x + 1, d, d, d, d);
    }
}

/* -------------------------------------------------------------- one channel, no border */

enum { WINDOWS = 2 }; /* that are computed at a time, side by side */

/* Windows [x, x + count) of a row of windows. `rows` are the four rows of the image that they see,
 * with a border. */
INLINE void slide(const target *to, size_t filter_block, size_t part, size_t y, size_t x, int count,
                  const float *rows, size_t stride, const vector taps[9], vector bias) {
    vector sums[WINDOWS * 4];
    for (int k = 0; k < count * 4; k++)
        sums[k] = bias;
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++)
#pragma GCC unroll 8
        for (int u = 0; u < 2 * count + 2; u++) {
            const vector pixel = broadcast(rows[(size_t)v * stride + 2 * x + (size_t)u]);
#pragma GCC unroll 2
            for (int row = 0; row < 2; row++)
#pragma GCC unroll 8
                for (int column = 0; column < 2 * count; column++) {
                    const int dy = v - row, dx = u - column;
                    if (dy >= 0 && dy < 3 && dx >= 0 && dx < 3) {
                        vector *sum = &sums[column / 2 * 4 + row * 2 + column % 2];
                        *sum = fused(pixel, taps[dy * 3 + dx], *sum);
                    }
                }
        }
#pragma GCC unroll 2
    for (int k = 0; k < count; k++)
        finish(to, filter_block, part, y, x + (size_t)k, sums[4 * k], sums[4 * k + 1],
               sums[4 * k + 2], sums[4 * k + 3]);
}

/* The four rows of the image seen by row y of windows, with zeros where the image ends. */
static void copy_rows(const tot_conv_block *block, const float *input, size_t y, float *rows,
                      size_t stride) {
    memset(rows, 0, 4 * stride * sizeof(float));
    for (size_t k = 0; k < 4; k++)
        if (2 * y + k >= 1 && 2 * y + k <= block->height)
            memcpy(rows + k * stride + 1, input + (2 * y + k - 1) * block->width,
                   block->width * sizeof(float));
}

static void forward_plain(const tot_conv_block *block, const float *packed, const float *input,
                          const target *to, float *rows) {
    const size_t filter_blocks = tot_blocks_of(block->filters), stride = block->width + 4;
    const size_t windows_down = (to->height + !to->pool) >> !to->pool;
    const size_t windows_across = (to->width + !to->pool) >> !to->pool;
    const float *weights = packed + filter_blocks * BLOCK;
    for (size_t y = 0; y < windows_down; y++) {
        copy_rows(block, input, y, rows, stride);
        for (size_t k = 0; k < filter_blocks * PARTS; k++) {
            const size_t filter_block = k / PARTS, part = k % PARTS;
            const vector bias = load(packed + k * LANES);
            vector taps[9];
            size_t x = 0;
            for (size_t tap = 0; tap < 9; tap++)
                taps[tap] = load(weights + (filter_block * 9 + tap) * BLOCK + part * LANES);
            for (; x + WINDOWS <= windows_across; x += WINDOWS)
                slide(to, filter_block, part, y, x, WINDOWS, rows, stride, taps, bias);
            for (; x < windows_across; x++)
                slide(to, filter_block, part, y, x, 1, rows, stride, taps, bias);
        }
    }
}

/* ---------------------------------------------------------------------------- Winograd */

/* B^T d for six numbers, `step` vectors apart: the coefficients of the products of (x - p) over
 * the other points p, see conv_forward.h. */
INLINE void transform_input(const vector *d, size_t step, vector result[PATCH]) {
    const vector root = broadcast(1.41421356237309505f), inverse = broadcast(0.70710678118654752f);
    const vector two = broadcast(2.0f), half = broadcast(0.5f), sum = broadcast(2.5f);
    const vector even = d[4 * step] - two * d[2 * step], odd = d[3 * step] - two * d[step];
    const vector even_2 = d[4 * step] - half * d[2 * step], odd_2 = d[3 * step] - half * d[step];
    result[0] = d[0] + d[4 * step] - sum * d[2 * step];
    result[1] = fused(inverse, odd, even);
    result[2] = even - inverse * odd;
    result[3] = fused(root, odd_2, even_2);
    result[4] = even_2 - root * odd_2;
    result[5] = d[5 * step] + d[step] - sum * d[3 * step];
}

/* A^T m: the values of the polynomials at the points become four outputs. */
INLINE void transform_output(const vector *m, size_t step, vector result[TOT_TILE]) {
    const vector a = broadcast(0.70710678118654752f), b = broadcast(1.41421356237309505f);
    const vector a3 = broadcast(0.35355339059327376f), b3 = broadcast(2.82842712474619010f);
    const vector a2 = broadcast(0.5f), b2 = broadcast(2.0f);
    const vector sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
    const vector sum_2 = m[3 * step] + m[4 * step], difference_2 = m[3 * step] - m[4 * step];
    result[0] = m[0] + sum + sum_2;
    result[1] = fused(b, difference_2, a * difference);
    result[2] = fused(b2, sum_2, a2 * sum);
    result[3] = fused(b3, difference_2, fused(a3, difference, m[5 * step]));
}

/* 6 x 6 pixels of one channel block, the rows `stride` floats apart, to v[PRODUCTS][BLOCK]. */
INLINE void input_tile(const float *pixels, size_t stride, float *v) {
    for (size_t part = 0; part < PARTS; part++) {
        vector half[PATCH * PATCH], column[PATCH], row[PATCH];
        for (size_t x = 0; x < PATCH; x++) {
            for (size_t y = 0; y < PATCH; y++)
                column[y] = load(pixels + y * stride + x * BLOCK + part * LANES);
            transform_input(column, 1, row);
            for (size_t y = 0; y < PATCH; y++)
                half[y * PATCH + x] = row[y];
        }
        for (size_t y = 0; y < PATCH; y++) {
            transform_input(half + y * PATCH, 1, row);
            for (size_t x = 0; x < PATCH; x++)
                store(v + (y * PATCH + x) * BLOCK + part * LANES, row[x]);
        }
    }
}

/* The same where the patch reaches over the image's border of zeros. */
static void input_tile_at_the_edge(const float *pixels, size_t stride, size_t rows, size_t columns,
                                   float *v) {
    _Alignas(64) float patch[PATCH * PATCH * BLOCK] = {0};
    for (size_t y = 0; y < rows; y++)
        memcpy(patch + y * PATCH * BLOCK, pixels + y * stride, columns * BLOCK * sizeof(float));
    input_tile(patch, PATCH * BLOCK, v);
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* One channel block of the tiles [first, first + count), `across` of which stand side by side. */
static void input_tiles(const tot_conv_block *block, const float *image, size_t across,
                        size_t first, size_t count, float *v) {
    const size_t height = block->height + 2, width = block->width + 2, stride = width * BLOCK;
    for (size_t t = first; t < first + count; t++, v += PRODUCTS * BLOCK) {
        const size_t y = t / across * TOT_TILE, x = t % across * TOT_TILE;
        const float *pixels = image + (y * width + x) * BLOCK;
        if (y + PATCH <= height && x + PATCH <= width)
            input_tile(pixels, stride, v);
        else
            input_tile_at_the_edge(pixels, stride, smaller(height - y, PATCH),
                                   smaller(width - x, PATCH), v);
    }
}

/* m[tile][filter] = sum over channels of v[tile][channel] u[channel][filter] for one of the
 * products. `vectors` of filters lie u_step and m_step floats apart; tiles lie tile_step apart. */
INLINE void multiply(int tiles, int vectors, size_t channel_blocks, const float *v,
                     size_t v_block_step, const float *u, size_t u_step, float *m, size_t m_step,
                     size_t m_tile_step) {
    vector sums[TILES][2];
#pragma GCC unroll 16
    for (int t = 0; t < tiles; t++)
#pragma GCC unroll 2
        for (int k = 0; k < vectors; k++)
            sums[t][k] = broadcast(0.0f);
    for (size_t block = 0; block < channel_blocks; block++, v += v_block_step)
        for (size_t c = 0; c < BLOCK; c++, u += BLOCK) {
            vector weights[2];
#pragma GCC unroll 2
            for (int k = 0; k < vectors; k++)
                weights[k] = load(u + (size_t)k * u_step);
#pragma GCC unroll 16
            for (int t = 0; t < tiles; t++) {
                const vector value = broadcast(v[(size_t)t * PRODUCTS * BLOCK + c]);
#pragma GCC unroll 2
                for (int k = 0; k < vectors; k++)
                    sums[t][k] = fused(value, weights[k], sums[t][k]);
            }
        }
#pragma GCC unroll 16
    for (int t = 0; t < tiles; t++)
#pragma GCC unroll 2
        for (int k = 0; k < vectors; k++)
            store(m + (size_t)t * m_tile_step + (size_t)k * m_step, sums[t][k]);
}

typedef struct products {
    size_t channel_blocks, filter_blocks;
    const float *v; /* [channel block][TILES][PRODUCTS][BLOCK] */
    const float *u; /* [PRODUCTS][filter block][channel][BLOCK] */
    float *m;       /* [TILES][2 / PARTS][PRODUCTS][BLOCK] */
} products;

/* All products for `tiles` tiles and the filters of vectors [first, first + vectors). */
INLINE void multiply_all(const products *p, int tiles, int vectors, size_t first) {
    const size_t per_block = p->channel_blocks * BLOCK * BLOCK;
    const size_t offset = first / PARTS * per_block + first % PARTS * LANES;
    const size_t u_step = PARTS == 1 ? per_block : LANES;
    const size_t m_step = PARTS == 1 ? PRODUCTS * BLOCK : LANES;
    for (size_t k = 0; k < PRODUCTS; k++)
        multiply(tiles, vectors, p->channel_blocks, p->v + k * BLOCK, TILES * PRODUCTS * BLOCK,
                 p->u + k * p->filter_blocks * per_block + offset, u_step, p->m + k * BLOCK, m_step,
                 2 / PARTS * PRODUCTS * BLOCK);
}

static void multiply_tiles(const products *p, size_t tiles, size_t vectors, size_t first) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        if (vectors == 2)                                                                          \
            multiply_all(p, n, 2, first);                                                          \
        else                                                                                       \
            multiply_all(p, n, 1, first);                                                          \
        break;
    switch (tiles) {
        CASE(1)
        CASE(2)
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
#if TILES > 6
        CASE(7)
        CASE(8)
        CASE(9)
        CASE(10)
        CASE(11)
        CASE(12)
#endif
    }
#undef CASE
}

/* m[PRODUCTS][BLOCK] to 4 x 4 outputs, two by two windows. */
INLINE void output_tile(const float *m, const target *to, size_t filter_block, size_t y, size_t x,
                        const float *biases) {
    for (size_t part = 0; part < PARTS; part++) {
        const vector bias = load(biases + filter_block * BLOCK + part * LANES);
        vector half[TOT_TILE * PATCH], column[PATCH], rows[TOT_TILE][TOT_TILE];
        for (size_t k = 0; k < PATCH; k++) {
            vector result[TOT_TILE];
            for (size_t i = 0; i < PATCH; i++)
                column[i] = load(m + (i * PATCH + k) * BLOCK + part * LANES);
            transform_output(column, 1, result);
            for (size_t i = 0; i < TOT_TILE; i++)
                half[i * PATCH + k] = result[i];
        }
        for (size_t i = 0; i < TOT_TILE; i++) {
            transform_output(half + i * PATCH, 1, rows[i]);
            for (size_t k = 0; k < TOT_TILE; k++)
                rows[i][k] += bias;
        }
        for (size_t i = 0; i < 2; i++)
            for (size_t k = 0; k < 2; k++)
                finish(to, filter_block, part, y + i, x + k, rows[2 * i][2 * k],
                       rows[2 * i][2 * k + 1], rows[2 * i + 1][2 * k], rows[2 * i + 1][2 * k + 1]);
    }
}

static size_t tiles_of(size_t pixels) {
    return (pixels + TOT_TILE - 1) / TOT_TILE;
}

static void forward_tiles(const tot_conv_block *block, const float *packed, const float *input,
                          const target *to, float *scratch) {
    const size_t scale = to->pool ? 2 : 1, channel_blocks = tot_blocks_of(block->channels);
    const size_t filter_blocks = tot_blocks_of(block->filters), vectors = filter_blocks * PARTS;
    const size_t across = tiles_of(to->width * scale);
    const size_t tiles = tiles_of(to->height * scale) * across;
    const size_t groups = (tiles + TILES - 1) / TILES;
    const size_t plane = (block->height + 2) * (block->width + 2) * BLOCK;
    float *v = scratch, *m = scratch + channel_blocks * TILES * PRODUCTS * BLOCK;
    const products p = {channel_blocks, filter_blocks, v, packed + filter_blocks * BLOCK, m};
    for (size_t group = 0; group < groups; group++) {
        /* groups of almost equal size: none is left with a tile or two */
        const size_t first = group * tiles / groups, end = (group + 1) * tiles / groups;
        for (size_t k = 0; k < channel_blocks; k++)
            input_tiles(block, input + k * plane, across, first, end - first,
                        v + k * TILES * PRODUCTS * BLOCK);
        for (size_t k = 0; k < vectors; k += 2) {
            const size_t blocks = smaller(2, vectors - k) / PARTS;
            multiply_tiles(&p, end - first, smaller(2, vectors - k), k);
            for (size_t t = first; t < end; t++)
                for (size_t j = 0; j < blocks; j++)
                    output_tile(m + ((t - first) * (2 / PARTS) + j) * PRODUCTS * BLOCK, to,
                                k / PARTS + j, t / across * 2, t % across * 2, packed);
        }
    }
}

void FORWARD(const tot_conv_block *block, const void *packed, const void *input, void *output,
             uint8_t *choice, void *scratch) {
    const target to = {tot_block_out_height(block),
                       tot_block_out_width(block),
                       block->relu,
                       block->pool,
                       output,
                       choice};
    if (block->plain_input)
        forward_plain(block, packed, input, &to, scratch);
    else
        forward_tiles(block, packed, input, &to, scratch);
}
