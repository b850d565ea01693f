/* The kernels of nn/conv_backward.h for AVX2: two vectors are the 16 channels (or filters) of a
 * block, and as there are only 16 registers, one half comes after the other. */
#include "nn/conv_backward.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "base/simd.h"

enum { BLOCK = TOT_BLOCK_CHANNELS, HALF = 8 };

/* ------------------------------------------------------------------------------ sorting */

/* Where the gradient is to be taken, as lanes of all ones. */
TOT_INLINE __m256 half_mask(__m128i bytes) {
    return _mm256_castsi256_ps(_mm256_cvtepi8_epi32(bytes));
}

/* Stores eight gradients, 0 where they are not to be taken; returns which differ from 0. */
TOT_INLINE uint32_t take_half(const float *from, __m128i passed, float *to, float *bias_sums) {
    const __m256 g = _mm256_and_ps(_mm256_loadu_ps(from), half_mask(passed));
    _mm256_storeu_ps(to, g);
    _mm256_storeu_ps(bias_sums, _mm256_add_ps(_mm256_loadu_ps(bias_sums), g));
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(g, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}

static void sort(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                 float *bias_sums, tot_conv_tile *tile) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t plane = height * width * BLOCK, row = (block->width + 2) * BLOCK;
    const size_t gradient_plane = (height + 2) * (width + 2) * BLOCK, blocks = tile->filter_blocks;
    const size_t places[4] = {0, BLOCK, row, row + BLOCK};
    memset(tile->list_length, 0, blocks * BLOCK * sizeof *tile->list_length);
    memset(tile->filters, 0, tile->count * tile->words * 4 * sizeof *tile->filters);
    for (size_t n = 0; n < tile->count; n++)
        for (size_t b = 0; b < blocks; b++) {
            const uint8_t *q = choice + b * plane + tile->output[n] * BLOCK;
            const float *from = output_gradient + b * gradient_plane + tile->place[n] * BLOCK;
            float *g = tile->gradients + (n * blocks + b) * BLOCK, *bias = bias_sums + b * BLOCK;
            uint64_t *filters = tile->filters + (n * tile->words + b / 4) * 4;
            const __m128i choices = _mm_loadu_si128((const void *)q);
            const __m128i passed = _mm_cmplt_epi8(choices, _mm_set1_epi8(TOT_CHOICE_NONE));
            uint32_t counts = take_half(from, passed, g, bias);
            counts |= take_half(from + HALF, _mm_srli_si128(passed, HALF), g + HALF, bias + HALF)
                      << HALF;
            for (int k = 0; k < 4; k++) {
                const __m128i equal = _mm_cmpeq_epi8(choices, _mm_set1_epi8((char)k));
                filters[k] |= (uint64_t)((uint32_t)_mm_movemask_epi8(equal) & counts)
                              << b % 4 * BLOCK;
            }
            for (; counts != 0; counts &= counts - 1) {
                const uint32_t k = (uint32_t)__builtin_ctz(counts);
                const size_t f = b * BLOCK + k;
                const size_t at = f * tile->list_stride + tile->list_length[f]++;
                tile->list_place[at] = (uint32_t)(tile->window[n] * BLOCK + places[q[k]]);
                tile->list_gradient[at] = g[k];
            }
        }
}

/* ----------------------------------------------------------------------------- products */

/* Nine sums are kept in registers; that they have names makes sure of it. */
#define EACH_TAP(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define TAP_PLACE(k) ((k) / 3 * row + (k) % 3 * BLOCK)

TOT_INLINE void add_half_weights(const uint32_t *place, const float *gradient, size_t count,
                                 const float *input, size_t row, float *sums) {
#define LOAD(k) __m256 s##k = _mm256_loadu_ps(sums + (k)*BLOCK);
#define ADD(k) s##k = _mm256_fmadd_ps(g, _mm256_loadu_ps(x + TAP_PLACE(k)), s##k);
#define STORE(k) _mm256_storeu_ps(sums + (k)*BLOCK, s##k);
    EACH_TAP(LOAD)
    for (size_t k = 0; k < count; k++) {
        const float *x = input + place[k];
        const __m256 g = _mm256_set1_ps(gradient[k]);
        EACH_TAP(ADD)
    }
    EACH_TAP(STORE)
#undef LOAD
#undef ADD
#undef STORE
}

static void add_weights(const tot_conv_tile *tile, size_t filter, const float *input, size_t row,
                        float *sums) {
    const size_t count = tile->list_length[filter];
    const uint32_t *place = tile->list_place + filter * tile->list_stride;
    const float *gradient = tile->list_gradient + filter * tile->list_stride;
    add_half_weights(place, gradient, count, input, row, sums);
    add_half_weights(place, gradient, count, input + HALF, row, sums + HALF);
}

/* Adds, for one output, the filters whose gradient belongs to one pixel of its window. */
TOT_INLINE void add_half_filters(uint64_t filters, const float *gradients, const float *weights,
                                 float *to, size_t row) {
#define LOAD(k) __m256 s##k = _mm256_loadu_ps(to + TAP_PLACE(k));
#define ADD(k) s##k = _mm256_fmadd_ps(g, _mm256_loadu_ps(w + (k)*BLOCK), s##k);
#define STORE(k) _mm256_storeu_ps(to + TAP_PLACE(k), s##k);
    EACH_TAP(LOAD)
    for (; filters != 0; filters &= filters - 1) {
        const size_t f = (size_t)__builtin_ctzll(filters);
        const float *w = weights + f * TOT_BLOCK_SUMS;
        const __m256 g = _mm256_set1_ps(gradients[f]);
        EACH_TAP(ADD)
    }
    EACH_TAP(STORE)
#undef LOAD
#undef ADD
#undef STORE
}

static void add_input(const tot_conv_tile *tile, const float *weights, float *input_gradient,
                      size_t row) {
    const size_t places[4] = {0, BLOCK, row, row + BLOCK};
    for (size_t n = 0; n < tile->count; n++)
        for (size_t word = 0; word < tile->words; word++) {
            const uint64_t *filters = tile->filters + (n * tile->words + word) * 4;
            const float *g = tile->gradients + n * tile->filter_blocks * BLOCK + word * 64;
            const float *w = weights + word * 64 * TOT_BLOCK_SUMS;
            for (size_t q = 0; q < 4; q++) {
                float *to = input_gradient + (size_t)tile->window[n] * BLOCK + places[q];
                if (filters[q] == 0)
                    continue;
                add_half_filters(filters[q], g, w, to, row);
                add_half_filters(filters[q], g, w + HALF, to + HALF, row);
            }
        }
}

/* -------------------------------------------------------------------------- plain input */

/* For each tap, what it sees of the four pixels of a window. */
typedef struct views {
    float tap[TOT_TAPS][4];
} views;

TOT_INLINE views view(const tot_conv_block *block, const float *input, ptrdiff_t y, ptrdiff_t x) {
    const ptrdiff_t height = (ptrdiff_t)block->height, width = (ptrdiff_t)block->width;
    const bool inside = y >= 0 && y + 4 <= height && x >= 0 && x + 4 <= width;
    const float *from = input + y * width + x;
    float patch[16];
    views result;
    if (!inside) {
        tot_conv_patch(block, input, y, x, patch);
        from = patch;
    }
    for (int k = 0; k < 3; k++) {
        const float *row = from + k * (inside ? width : 4);
        const __m128 upper = _mm_loadu_ps(row), lower = _mm_loadu_ps(row + (inside ? width : 4));
        _mm_storeu_ps(result.tap[3 * k], _mm_movelh_ps(upper, lower));
        _mm_storeu_ps(result.tap[3 * k + 1], _mm_shuffle_ps(upper, lower, _MM_SHUFFLE(2, 1, 2, 1)));
        _mm_storeu_ps(result.tap[3 * k + 2], _mm_movehl_ps(lower, upper));
    }
    return result;
}

/* Adds `count` neighbouring outputs to the sums of eight filters. */
TOT_INLINE void add_half_plain(const views *seen, size_t count, const uint8_t *choice,
                               const float *output_gradient, float *sums, float *bias_sums) {
    __m256 bias = _mm256_loadu_ps(bias_sums);
#define LOAD(k) __m256 s##k = _mm256_loadu_ps(sums + (k)*BLOCK);
#define ADD(k)                                                                                     \
    s##k = _mm256_fmadd_ps(                                                                        \
        g, _mm256_permutevar_ps(_mm256_broadcast_ps((const void *)seen[n].tap[k]), choices),       \
        s##k);
#define STORE(k) _mm256_storeu_ps(sums + (k)*BLOCK, s##k);
    EACH_TAP(LOAD)
    for (size_t n = 0; n < count; n++) {
        const __m128i bytes = _mm_loadl_epi64((const void *)(choice + n * BLOCK));
        const __m256 passed = half_mask(_mm_cmplt_epi8(bytes, _mm_set1_epi8(TOT_CHOICE_NONE)));
        const __m256 g = _mm256_and_ps(_mm256_loadu_ps(output_gradient + n * BLOCK), passed);
        const __m256i choices = _mm256_cvtepu8_epi32(bytes);
        bias = _mm256_add_ps(bias, g);
        EACH_TAP(ADD)
    }
    EACH_TAP(STORE)
    _mm256_storeu_ps(bias_sums, bias);
#undef LOAD
#undef ADD
#undef STORE
}

static void add_plain(const tot_conv_block *block, const float *input, const uint8_t *choice,
                      const float *output_gradient, float *sums, float *bias_sums) {
    enum { PART = 32 };
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const ptrdiff_t stride = block->pool ? 2 : 1;
    views seen[PART];
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x += PART) {
            const size_t count = width - x < PART ? width - x : PART;
            const uint8_t *q = choice + (y * width + x) * BLOCK;
            const float *g = output_gradient + ((y + 1) * (width + 2) + x + 1) * BLOCK;
            for (size_t n = 0; n < count; n++)
                seen[n] =
                    view(block, input, stride * (ptrdiff_t)y - 1, stride * (ptrdiff_t)(x + n) - 1);
            add_half_plain(seen, count, q, g, sums, bias_sums);
            add_half_plain(seen, count, q + HALF, g + HALF, sums + HALF, bias_sums + HALF);
        }
}

void tot_conv_backward_avx2(const tot_conv_block *block, const void *packed, const void *input,
                            const uint8_t *choice, const float *output_gradient,
                            float *input_gradient, void *sums, void *scratch) {
    static const tot_conv_backward_parts parts = {sort, add_weights, add_input, add_plain};
    tot_conv_backward(&parts, block, packed, input, choice, output_gradient, input_gradient, sums,
                      scratch);
}
#endif
