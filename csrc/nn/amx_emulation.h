/* The instructions of AMX that the kernels use, in C, with the same bits: Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2, LDTILECFG, TILELOADD, TILESTORED, TILEZERO
 * and TDPBF16PS. Numbers of tiles are constants, as the instructions want them. */
#ifndef TOT_NN_AMX_EMULATION_H
#define TOT_NN_AMX_EMULATION_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nn/bf16.h"

typedef struct tot_amx_configuration {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16]; /* of a row */
    uint8_t rows[16];
} tot_amx_configuration;

typedef struct tot_amx_tiles {
    tot_amx_configuration configuration;
    uint8_t data[8][16][64];
} tot_amx_tiles;

static inline void tot_amx_configure(tot_amx_tiles *tiles,
                                     const tot_amx_configuration *configuration) {
    memset(tiles, 0, sizeof *tiles);
    tiles->configuration = *configuration;
}

static inline void tot_amx_zero(tot_amx_tiles *tiles, int tile) {
    memset(tiles->data[tile], 0, sizeof tiles->data[tile]);
}

static inline void tot_amx_load(tot_amx_tiles *tiles, int tile, const void *from, size_t stride) {
    const tot_amx_configuration *configuration = &tiles->configuration;
    tot_amx_zero(tiles, tile);
    for (size_t row = 0; row < configuration->rows[tile]; row++)
        memcpy(tiles->data[tile][row], (const char *)from + row * stride,
               configuration->bytes[tile]);
}

static inline void tot_amx_store(const tot_amx_tiles *tiles, int tile, void *to, size_t stride) {
    const tot_amx_configuration *configuration = &tiles->configuration;
    for (size_t row = 0; row < configuration->rows[tile]; row++)
        memcpy((char *)to + row * stride, tiles->data[tile][row], configuration->bytes[tile]);
}

/* Subnormal numbers are zeros, before and after each operation. */
static inline float tot_amx_flush(float x) {
    return x > -0x1p-126f && x < 0x1p-126f ? x * 0.0f : x;
}

static inline float tot_amx_at(const uint8_t row[64], int k) {
    tot_bf16 x;
    memcpy(&x, row + 2 * k, sizeof x);
    return tot_amx_flush(tot_bf16_to_float(x));
}

/* Products of bfloat16 are exact in float32 (or flushed with the sum), so that a sum of them needs
 * no fused operation: even and odd elements apart, then both together, then to what is there. */
static inline void tot_amx_multiply(tot_amx_tiles *tiles, int sums, int left, int right) {
    const tot_amx_configuration *configuration = &tiles->configuration;
    const int pairs = configuration->bytes[left] / 4, columns = configuration->bytes[sums] / 4;
    for (int m = 0; m < configuration->rows[sums]; m++)
        for (int n = 0; n < columns; n++) {
            float even = 0.0f, odd = 0.0f, sum;
            for (int k = 0; k < pairs; k++) {
                const uint8_t *a = tiles->data[left][m], *b = tiles->data[right][k];
                even = tot_amx_flush(even + tot_amx_at(a, 2 * k) * tot_amx_at(b, 2 * n));
                odd = tot_amx_flush(odd + tot_amx_at(a, 2 * k + 1) * tot_amx_at(b, 2 * n + 1));
            }
            memcpy(&sum, tiles->data[sums][m] + 4 * n, sizeof sum);
            sum = tot_amx_flush(tot_amx_flush(sum) + tot_amx_flush(even + odd));
            memcpy(tiles->data[sums][m] + 4 * n, &sum, sizeof sum);
        }
}

static inline void tot_amx_release(tot_amx_tiles *tiles) {
    memset(tiles, 0, sizeof *tiles);
}

#endif
