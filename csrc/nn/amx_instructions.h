/* What amx_emulation.h has, by the instructions themselves. */
#ifndef TOT_NN_AMX_INSTRUCTIONS_H
#define TOT_NN_AMX_INSTRUCTIONS_H

#include <immintrin.h>
#include <stdint.h>

typedef struct tot_amx_configuration {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16]; /* of a row */
    uint8_t rows[16];
} tot_amx_configuration;

/* The tiles are the CPU's. */
typedef struct tot_amx_tiles {
    char none;
} tot_amx_tiles;

/* GCC's intrinsic mentions the first eight bytes only; the rest must be in memory, too. */
static inline void tot_amx_configure(tot_amx_tiles *tiles,
                                     const tot_amx_configuration *configuration) {
    (void)tiles;
    __asm__ volatile("" ::: "memory");
    _tile_loadconfig(configuration);
}

#define tot_amx_zero(tiles, tile)                                                                  \
    do {                                                                                           \
        (void)(tiles);                                                                             \
        _tile_zero(tile);                                                                          \
    } while (0)
#define tot_amx_load(tiles, tile, from, stride) _tile_loadd(tile, from, stride)
#define tot_amx_store(tiles, tile, to, stride) _tile_stored(tile, to, stride)
#define tot_amx_multiply(tiles, sums, left, right) _tile_dpbf16ps(sums, left, right)
#define tot_amx_release(tiles) _tile_release()

#endif
