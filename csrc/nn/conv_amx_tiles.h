/* What conv_amx.h does by tiles, in terms of amx_instructions.h or amx_emulation.h: whichever was
 * included before. */
#include "nn/conv_amx.h"

enum { PIXEL_BYTES = TOT_BLOCK_CHANNELS * sizeof(tot_bf16), ROW_BYTES = 64 };
enum { TILES = 8 };

/* Tiles of sums have 64 bytes a row as all others have; those in `short_tiles`, a bit each, have
 * `rows` rows and the others 16. */
static void configure(tot_amx_tiles *tiles, size_t rows, unsigned short_tiles) {
    tot_amx_configuration configuration = {.palette = 1};
    for (unsigned k = 0; k < TILES; k++) {
        configuration.bytes[k] = ROW_BYTES;
        configuration.rows[k] = (uint8_t)(short_tiles >> k & 1 ? rows : TOT_AMX_ROWS);
    }
    tot_amx_configure(tiles, &configuration);
}

/* One or two groups of positions (tiles 4, 5) by one or two blocks of filters (6, 7) to sums 0...3.
 */
static void convolve_groups(tot_amx_tiles *tiles, const tot_amx_convolution *job,
                            const tot_bf16 *first, const tot_bf16 *second) {
    const bool groups = second != NULL, filters = job->filter_blocks == 2;
    size_t tile = 0;
    tot_amx_zero(tiles, 0);
    tot_amx_zero(tiles, 1);
    tot_amx_zero(tiles, 2);
    tot_amx_zero(tiles, 3);
    for (size_t b = 0; b < job->channel_blocks; b++)
        for (size_t row = 0; row < 3; row++)
            for (size_t step = 0; step < 2; step++, tile += TOT_AMX_TILE) {
                const size_t at = (b * job->plane + row * job->row + step) * TOT_BLOCK_CHANNELS;
                tot_amx_load(tiles, 4, first + at, PIXEL_BYTES);
                tot_amx_load(tiles, 6, job->weights[0] + tile, ROW_BYTES);
                tot_amx_multiply(tiles, 0, 4, 6);
                if (filters) {
                    tot_amx_load(tiles, 7, job->weights[1] + tile, ROW_BYTES);
                    tot_amx_multiply(tiles, 1, 4, 7);
                }
                if (groups) {
                    tot_amx_load(tiles, 5, second + at, PIXEL_BYTES);
                    tot_amx_multiply(tiles, 2, 5, 6);
                    if (filters)
                        tot_amx_multiply(tiles, 3, 5, 7);
                }
            }
}

/* The last group begins earlier when it would end too late: some positions are done twice. */
static void convolve(const tot_amx_convolution *job, const tot_bf16 *image, size_t count,
                     float *sums, size_t stride) {
    const size_t rows = count < TOT_AMX_ROWS ? count : TOT_AMX_ROWS;
    float *more_sums = sums + stride;
    tot_amx_tiles tiles;
    configure(&tiles, rows, 0x3f);
    for (size_t p = 0; p < count; p += 2 * rows) {
        const size_t first = (p + rows <= count ? p : count - rows) * TOT_BLOCK_CHANNELS;
        const size_t next = p + 2 * rows <= count ? p + rows : count - rows;
        const size_t second = next * TOT_BLOCK_CHANNELS;
        const bool two = p + rows < count, filters = job->filter_blocks == 2;
        convolve_groups(&tiles, job, image + first, two ? image + second : NULL);
        tot_amx_store(&tiles, 0, sums + first, ROW_BYTES);
        if (filters)
            tot_amx_store(&tiles, 1, more_sums + first, ROW_BYTES);
        if (two)
            tot_amx_store(&tiles, 2, sums + second, ROW_BYTES);
        if (two && filters)
            tot_amx_store(&tiles, 3, more_sums + second, ROW_BYTES);
    }
    tot_amx_release(&tiles);
}

/* Products of a row of three taps: sums 0, 1, 2 of the first block of filters, 3, 4, 5 of the
 * second; the gradient in tile 6, the input in 7. */
static void multiply_taps(tot_amx_tiles *tiles, const tot_amx_products *job,
                          const tot_bf16 *gradient, bool filters) {
    const size_t stride = job->gradient_stride * sizeof(tot_bf16);
    const tot_bf16 *more = gradient + TOT_AMX_ROWS * job->gradient_stride;
    tot_amx_zero(tiles, 0);
    tot_amx_zero(tiles, 1);
    tot_amx_zero(tiles, 2);
    tot_amx_zero(tiles, 3);
    tot_amx_zero(tiles, 4);
    tot_amx_zero(tiles, 5);
    for (size_t p = 0; p < job->positions; p += 2 * TOT_AMX_PAIRS) {
        tot_amx_load(tiles, 7, job->input + p * TOT_BLOCK_CHANNELS, ROW_BYTES);
        tot_amx_load(tiles, 6, gradient + p, stride);
        tot_amx_multiply(tiles, 0, 6, 7);
        tot_amx_load(tiles, 6, gradient + p - 1, stride);
        tot_amx_multiply(tiles, 1, 6, 7);
        tot_amx_load(tiles, 6, gradient + p - 2, stride);
        tot_amx_multiply(tiles, 2, 6, 7);
        if (!filters)
            continue;
        tot_amx_load(tiles, 6, more + p, stride);
        tot_amx_multiply(tiles, 3, 6, 7);
        tot_amx_load(tiles, 6, more + p - 1, stride);
        tot_amx_multiply(tiles, 4, 6, 7);
        tot_amx_load(tiles, 6, more + p - 2, stride);
        tot_amx_multiply(tiles, 5, 6, 7);
    }
}

static void multiply(const tot_amx_products *job, float *sums) {
    enum { SUMS = TOT_AMX_ROWS * TOT_BLOCK_CHANNELS };
    const size_t tap = job->filter_blocks * SUMS;
    tot_amx_tiles tiles;
    configure(&tiles, TOT_AMX_ROWS, 0);
    for (size_t row = 0; row < 3; row++, sums += 3 * tap) {
        multiply_taps(&tiles, job, job->gradient - row * job->row, job->filter_blocks == 2);
        tot_amx_store(&tiles, 0, sums, ROW_BYTES);
        tot_amx_store(&tiles, 1, sums + tap, ROW_BYTES);
        tot_amx_store(&tiles, 2, sums + 2 * tap, ROW_BYTES);
        if (job->filter_blocks < 2)
            continue;
        tot_amx_store(&tiles, 3, sums + SUMS, ROW_BYTES);
        tot_amx_store(&tiles, 4, sums + tap + SUMS, ROW_BYTES);
        tot_amx_store(&tiles, 5, sums + 2 * tap + SUMS, ROW_BYTES);
    }
    tot_amx_release(&tiles);
}
