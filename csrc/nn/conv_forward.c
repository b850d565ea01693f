/* What the forward kernels of all instruction sets share: how weights are packed. */
#include "nn/conv_forward.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"

enum { LANES = TOT_BLOCK_CHANNELS };

static size_t filled_up(size_t channels) {
    return tot_blocks_of(channels) * LANES;
}

size_t tot_conv_forward_packed_bytes(const tot_conv_block *block) {
    const size_t filters = filled_up(block->filters);
    const size_t weights =
        block->plain_input ? 9 * filters : TOT_TILE_PRODUCTS * filters * filled_up(block->channels);
    return (filters + weights) * sizeof(float);
}

/* Row i of G is (1, p, p^2) over the product of p's distances to the other points; the last one
 * belongs to the point at infinity. */
static void make_transform(double transform[TOT_TILE_IN][3]) {
    const double root = sqrt(2.0), points[5] = {0.0, 0.5 * root, -0.5 * root, root, -root};
    for (int i = 0; i < 5; i++) {
        double distances = 1.0;
        for (int j = 0; j < 5; j++)
            distances *= i == j ? 1.0 : points[i] - points[j];
        for (int k = 0; k < 3; k++)
            transform[i][k] = pow(points[i], k) / distances;
    }
    transform[5][0] = transform[5][1] = 0.0;
    transform[5][2] = 1.0;
}

/* u = G g G^T for the filters of a block and one channel; product k goes to u[k * stride]. */
TOT_SIMD static void transform_weights(const double transform[TOT_TILE_IN][3],
                                       const double g[9][LANES], float *u, size_t stride) {
    double half[TOT_TILE_IN][3][LANES];
    for (int i = 0; i < TOT_TILE_IN; i++) {
        const double *t = transform[i];
        for (int x = 0; x < 3; x++)
            for (int f = 0; f < LANES; f++)
                half[i][x][f] = t[0] * g[x][f] + t[1] * g[3 + x][f] + t[2] * g[6 + x][f];
    }
    for (int i = 0; i < TOT_TILE_IN; i++)
        for (int j = 0; j < TOT_TILE_IN; j++, u += stride) {
            const double *t = transform[j];
            for (int f = 0; f < LANES; f++)
                u[f] = (float)(half[i][0][f] * t[0] + half[i][1][f] * t[1] + half[i][2][f] * t[2]);
        }
}

static void pack_plain(const tot_conv_block *block, const float *weights, float *to) {
    for (size_t f = 0; f < block->filters; f++)
        for (size_t tap = 0; tap < 9; tap++)
            to[(f / LANES * 9 + tap) * LANES + f % LANES] = *weights++;
}

void tot_conv_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                           void *packed) {
    const size_t filters = filled_up(block->filters), channels = filled_up(block->channels);
    float *to = (float *)packed + filters;
    double transform[TOT_TILE_IN][3], g[9][LANES];
    memset(packed, 0, tot_conv_forward_packed_bytes(block));
    memcpy(packed, biases, block->filters * sizeof(float));
    if (block->plain_input) {
        pack_plain(block, weights, to);
        return;
    }
    make_transform(transform);
    for (size_t first = 0; first < filters; first += LANES)
        for (size_t c = 0; c < block->channels; c++) {
            for (size_t f = 0; f < LANES; f++)
                for (size_t tap = 0; tap < 9; tap++)
                    g[tap][f] = first + f < block->filters
                                    ? weights[((first + f) * block->channels + c) * 9 + tap]
                                    : 0.0;
            transform_weights(transform, g, to + first * channels + c * LANES, filters * channels);
        }
}

/* Of a plain block, four rows of the image; of others, what conv_forward_kernel.h calls v and m for
 * at most MAX_TILES tiles. */
size_t tot_conv_forward_scratch_bytes(const tot_conv_block *block) {
    enum { MAX_TILES = 12 };
    const size_t plain = 4 * (block->width + 4);
    const size_t tiles =
        MAX_TILES * TOT_TILE_PRODUCTS * LANES * (tot_blocks_of(block->channels) + 2);
    return (block->plain_input ? plain : tiles) * sizeof(float);
}
