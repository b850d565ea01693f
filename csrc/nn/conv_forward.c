/* What the forward kernels of all instruction sets share: how weights are packed. */
#include "nn/conv_forward.h"

#include <math.h>
#include <string.h>

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

/* u = G g G^T; row i of G is (1, p, p^2) over the product of p's distances to the other points. */
static void transform_weights(const float g[9], float u[TOT_TILE_PRODUCTS]) {
    const double root = sqrt(2.0), points[5] = {0.0, 0.5 * root, -0.5 * root, root, -root};
    double transform[TOT_TILE_IN][3] = {{0}}, half[TOT_TILE_IN][3];
    for (int i = 0; i < 5; i++) {
        double distances = 1.0;
        for (int j = 0; j < 5; j++)
            distances *= i == j ? 1.0 : points[i] - points[j];
        for (int k = 0; k < 3; k++)
            transform[i][k] = pow(points[i], k) / distances;
    }
    transform[5][2] = 1.0;
    for (int i = 0; i < TOT_TILE_IN; i++)
        for (int x = 0; x < 3; x++) {
            half[i][x] = 0.0;
            for (int y = 0; y < 3; y++)
                half[i][x] += transform[i][y] * (double)g[3 * y + x];
        }
    for (int i = 0; i < TOT_TILE_IN; i++)
        for (int j = 0; j < TOT_TILE_IN; j++) {
            double sum = 0.0;
            for (int x = 0; x < 3; x++)
                sum += half[i][x] * transform[j][x];
            u[TOT_TILE_IN * i + j] = (float)sum;
        }
}

void tot_conv_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                           void *packed) {
    const size_t filters = filled_up(block->filters), channels = filled_up(block->channels);
    float *to = (float *)packed + filters, u[TOT_TILE_PRODUCTS];
    memset(packed, 0, tot_conv_forward_packed_bytes(block));
    memcpy(packed, biases, block->filters * sizeof(float));
    for (size_t f = 0; f < block->filters; f++) {
        const size_t lane = f % LANES, filter_block = f / LANES;
        for (size_t c = 0; c < block->channels; c++, weights += 9) {
            if (block->plain_input) {
                for (size_t tap = 0; tap < 9; tap++)
                    to[(filter_block * 9 + tap) * LANES + lane] = weights[tap];
                continue;
            }
            transform_weights(weights, u);
            for (size_t k = 0; k < TOT_TILE_PRODUCTS; k++)
                to[k * filters * channels + (filter_block * channels + c) * LANES + lane] = u[k];
        }
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
