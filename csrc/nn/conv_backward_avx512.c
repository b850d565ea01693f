/* The kernels of nn/conv_backward.h for AVX-512: a vector is the 16 channels (or filters) of a
 * block. */
#include "nn/conv_backward.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "base/simd.h"

enum { LANES = 16 };

/* ------------------------------------------------------------------------------ sorting */

/* Floats from the beginning of a window to the neighbourhood of its pixel 0 ... 3. */
TOT_INLINE __m512i places_of_choices(size_t row) {
    const int down = (int)row;
    return _mm512_castsi128_si512(_mm_setr_epi32(0, LANES, down, down + LANES));
}

TOT_INLINE void transpose(__m512i r[LANES]) {
    __m512i t[LANES];
#pragma GCC unroll 16
    for (int k = 0; k < LANES; k += 4) {
        const __m512i a = _mm512_unpacklo_epi32(r[k], r[k + 1]);
        const __m512i b = _mm512_unpackhi_epi32(r[k], r[k + 1]);
        const __m512i c = _mm512_unpacklo_epi32(r[k + 2], r[k + 3]);
        const __m512i d = _mm512_unpackhi_epi32(r[k + 2], r[k + 3]);
        t[k] = _mm512_unpacklo_epi64(a, c);
        t[k + 1] = _mm512_unpackhi_epi64(a, c);
        t[k + 2] = _mm512_unpacklo_epi64(b, d);
        t[k + 3] = _mm512_unpackhi_epi64(b, d);
    }
    /* t[4i + j] has columns j, 4 + j, 8 + j, 12 + j of rows 4i ... 4i + 3 */
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        const __m512i a = _mm512_shuffle_i32x4(t[j], t[4 + j], 0x88);
        const __m512i b = _mm512_shuffle_i32x4(t[j], t[4 + j], 0xdd);
        const __m512i c = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], 0x88);
        const __m512i d = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], 0xdd);
        r[j] = _mm512_shuffle_i32x4(a, c, 0x88);
        r[4 + j] = _mm512_shuffle_i32x4(b, d, 0x88);
        r[8 + j] = _mm512_shuffle_i32x4(a, c, 0xdd);
        r[12 + j] = _mm512_shuffle_i32x4(b, d, 0xdd);
    }
}

/* The gradients that count, which filters they belong to, and their sums. */
static void sort_by_output(size_t plane, size_t gradient_plane, const uint8_t *choice,
                           const float *output_gradient, float *bias_sums, tot_conv_tile *tile) {
    const size_t blocks = tile->filter_blocks;
    for (size_t n = 0; n < tile->count; n++) {
        const uint8_t *from = choice + tile->output[n] * LANES;
        const float *g = output_gradient + tile->place[n] * LANES;
        uint64_t filters[4] = {0};
        for (size_t b = 0; b < blocks; b++) {
            float *sum = bias_sums + b * LANES;
            const __m128i choices = _mm_loadu_si128((const void *)(from + b * plane));
            const __mmask16 passed = _mm_cmplt_epu8_mask(choices, _mm_set1_epi8(TOT_CHOICE_NONE));
            const __m512 gradient = _mm512_maskz_loadu_ps(passed, g + b * gradient_plane);
            const __mmask16 counts = _mm512_cmp_ps_mask(gradient, _mm512_setzero_ps(), _CMP_NEQ_UQ);
            _mm512_storeu_ps(tile->gradients + (n * blocks + b) * LANES, gradient);
            _mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum), gradient));
#pragma GCC unroll 4
            for (int q = 0; q < 4; q++) {
                const uint64_t mask =
                    _mm_mask_cmpeq_epi8_mask(counts, choices, _mm_set1_epi8((char)q));
                filters[q] |= mask << b % 4 * LANES;
            }
            if (b % 4 == 3 || b + 1 == blocks) {
                memcpy(tile->filters + (n * tile->words + b / 4) * 4, filters, sizeof filters);
                memset(filters, 0, sizeof filters);
            }
        }
    }
}

/* Sixteen outputs of sixteen filters, turned over, and without those that don't count. */
static void sort_by_filter(size_t row, const uint8_t *choice, size_t block, size_t first,
                           tot_conv_tile *tile) {
    const size_t left = tile->count - first, filters = tile->filter_blocks * LANES;
    const __m512i places = places_of_choices(row);
    __m512i gradient[LANES], place[LANES];
#pragma GCC unroll 16
    for (size_t k = 0; k < LANES; k++) {
        const size_t n = first + (k < left ? k : 0);
        const __m512i window = _mm512_set1_epi32((int)(tile->window[n] * LANES));
        const __m512i choices =
            _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(choice + tile->output[n] * LANES)));
        gradient[k] = _mm512_maskz_loadu_epi32(k < left ? 0xffff : 0,
                                               tile->gradients + n * filters + block * LANES);
        place[k] = _mm512_add_epi32(window, _mm512_permutexvar_epi32(choices, places));
    }
    transpose(gradient);
    transpose(place);
#pragma GCC unroll 16
    for (size_t k = 0; k < LANES; k++) {
        const size_t f = block * LANES + k, length = tile->list_length[f];
        const size_t at = f * tile->list_stride + length;
        const __mmask16 counts =
            _mm512_cmp_ps_mask(_mm512_castsi512_ps(gradient[k]), _mm512_setzero_ps(), _CMP_NEQ_UQ);
        /* compressed in the register: a compressing store is slow on AMD */
        _mm512_storeu_si512(tile->list_place + at, _mm512_maskz_compress_epi32(counts, place[k]));
        _mm512_storeu_si512(tile->list_gradient + at,
                            _mm512_maskz_compress_epi32(counts, gradient[k]));
        tile->list_length[f] = length + (size_t)__builtin_popcount(counts);
    }
}

static void sort(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                 float *bias_sums, tot_conv_tile *tile) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t plane = height * width * LANES;
    sort_by_output(plane, (height + 2) * (width + 2) * LANES, choice, output_gradient, bias_sums,
                   tile);
    memset(tile->list_length, 0, tile->filter_blocks * LANES * sizeof *tile->list_length);
    for (size_t b = 0; b < tile->filter_blocks; b++)
        for (size_t n = 0; n < tile->count; n += LANES)
            sort_by_filter((block->width + 2) * LANES, choice + b * plane, b, n, tile);
}

/* ----------------------------------------------------------------------------- products */

/* Nine sums are kept in registers; that they have names makes sure of it. */
#define EACH_TAP(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define TAP_PLACE(k) ((k) / 3 * row + (k) % 3 * LANES)

/* Two places are loaded at once: an address that waits for a load of its own slows this down by a
 * fifth (Zen 5). */
static void add_weights(const tot_conv_tile *tile, size_t filter, const float *input, size_t row,
                        float *sums) {
    const size_t count = tile->list_length[filter];
    const uint32_t *place = tile->list_place + filter * tile->list_stride;
    const float *gradient = tile->list_gradient + filter * tile->list_stride;
    size_t k = 0;
#define LOAD(k) __m512 s##k = _mm512_loadu_ps(sums + (k)*LANES);
#define ADD(k) s##k = _mm512_fmadd_ps(g, _mm512_loadu_ps(x + TAP_PLACE(k)), s##k);
#define STORE(k) _mm512_storeu_ps(sums + (k)*LANES, s##k);
    EACH_TAP(LOAD)
    for (; k + 2 <= count; k += 2) {
        uint64_t two;
        memcpy(&two, place + k, sizeof two);
        const float *x = input + (uint32_t)two;
        __m512 g = _mm512_set1_ps(gradient[k]);
        EACH_TAP(ADD)
        x = input + (two >> 32);
        g = _mm512_set1_ps(gradient[k + 1]);
        EACH_TAP(ADD)
    }
    if (k < count) {
        const float *x = input + place[k];
        const __m512 g = _mm512_set1_ps(gradient[k]);
        EACH_TAP(ADD)
    }
    EACH_TAP(STORE)
#undef LOAD
#undef ADD
#undef STORE
}

/* Adds, for one output, the filters whose gradient belongs to one pixel of its window. */
TOT_INLINE void add_filters(uint64_t filters, const float *gradients, const float *weights,
                            float *to, size_t row) {
#define LOAD(k) __m512 s##k = _mm512_loadu_ps(to + TAP_PLACE(k));
#define ADD(k) s##k = _mm512_fmadd_ps(g, _mm512_loadu_ps(w + (k)*LANES), s##k);
#define STORE(k) _mm512_storeu_ps(to + TAP_PLACE(k), s##k);
    if (filters == 0)
        return;
    EACH_TAP(LOAD)
    do {
        const size_t f = (size_t)__builtin_ctzll(filters);
        const float *w = weights + f * TOT_BLOCK_SUMS;
        const __m512 g = _mm512_set1_ps(gradients[f]);
        EACH_TAP(ADD)
        filters &= filters - 1;
    } while (filters != 0);
    EACH_TAP(STORE)
#undef LOAD
#undef ADD
#undef STORE
}

static void add_input(const tot_conv_tile *tile, const float *weights, float *input_gradient,
                      size_t row) {
    for (size_t n = 0; n < tile->count; n++)
        for (size_t word = 0; word < tile->words; word++) {
            const uint64_t *filters = tile->filters + (n * tile->words + word) * 4;
            const float *g = tile->gradients + n * tile->filter_blocks * LANES + word * 64;
            const float *w = weights + word * 64 * TOT_BLOCK_SUMS;
            float *to = input_gradient + (size_t)tile->window[n] * LANES;
            add_filters(filters[0], g, w, to, row);
            add_filters(filters[1], g, w, to + LANES, row);
            add_filters(filters[2], g, w, to + row, row);
            add_filters(filters[3], g, w, to + row + LANES, row);
        }
}

/* -------------------------------------------------------------------------- plain input */

TOT_INLINE __m512 join(__m128 a, __m128 b, __m128 c, __m128 d) {
    const __m256 upper = _mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1);
    const __m256 lower = _mm256_insertf128_ps(_mm256_castps128_ps256(c), d, 1);
    return _mm512_insertf32x8(_mm512_castps256_ps512(upper), lower, 1);
}

/* The 4x4 pixels that a window's neighbourhoods cover, from (y, x) on; 0 outside the image. */
TOT_INLINE __m512 load_patch(const tot_conv_block *block, const float *input, ptrdiff_t y,
                             ptrdiff_t x) {
    const ptrdiff_t height = (ptrdiff_t)block->height, width = (ptrdiff_t)block->width;
    if (y >= 0 && y + 4 <= height && x >= 0 && x + 4 <= width) {
        const float *from = input + y * width + x;
        return join(_mm_loadu_ps(from), _mm_loadu_ps(from + width), _mm_loadu_ps(from + 2 * width),
                    _mm_loadu_ps(from + 3 * width));
    }
    float patch[LANES];
    tot_conv_patch(block, input, y, x, patch);
    return _mm512_loadu_ps(patch);
}

static void add_plain(const tot_conv_block *block, const float *input, const uint8_t *choice,
                      const float *output_gradient, float *sums, float *bias_sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const ptrdiff_t stride = block->pool ? 2 : 1;
    /* where in the patch the neighbourhoods of a window's four pixels begin */
    const __m512i begin = _mm512_castsi128_si512(_mm_setr_epi32(0, 1, 4, 5));
    __m512 bias = _mm512_loadu_ps(bias_sums);
#define LOAD(k) __m512 s##k = _mm512_loadu_ps(sums + (k)*LANES);
#define ADD(k)                                                                                     \
    s##k = _mm512_fmadd_ps(                                                                        \
        g,                                                                                         \
        _mm512_permutexvar_ps(_mm512_add_epi32(at, _mm512_set1_epi32((k) / 3 * 4 + (k) % 3)),      \
                              patch),                                                              \
        s##k);
#define STORE(k) _mm512_storeu_ps(sums + (k)*LANES, s##k);
    EACH_TAP(LOAD)
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            const size_t n = row * width + column;
            const ptrdiff_t y = stride * (ptrdiff_t)row - 1, x = stride * (ptrdiff_t)column - 1;
            const __m128i choices = _mm_loadu_si128((const void *)(choice + n * LANES));
            const __mmask16 passed = _mm_cmplt_epu8_mask(choices, _mm_set1_epi8(TOT_CHOICE_NONE));
            const __m512 g = _mm512_maskz_loadu_ps(
                passed, output_gradient + ((row + 1) * (width + 2) + column + 1) * LANES);
            const __m512 patch = load_patch(block, input, y, x);
            const __m512i at = _mm512_permutexvar_epi32(_mm512_cvtepu8_epi32(choices), begin);
            EACH_TAP(ADD)
            bias = _mm512_add_ps(bias, g);
        }
    EACH_TAP(STORE)
    _mm512_storeu_ps(bias_sums, bias);
#undef LOAD
#undef ADD
#undef STORE
}

void tot_conv_backward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                              const uint8_t *choice, const float *output_gradient,
                              float *input_gradient, void *sums, void *scratch) {
    static const tot_conv_backward_parts parts = {sort, add_weights, add_input, add_plain};
    tot_conv_backward(&parts, block, packed, input, choice, output_gradient, input_gradient, sums,
                      scratch);
}
#endif
