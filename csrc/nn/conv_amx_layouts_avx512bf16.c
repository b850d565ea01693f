/* tot_amx_layouts for AVX-512, which every CPU with AMX has. */
#include "nn/conv_amx.h"

#ifdef __x86_64__

#include "nn/conv_bf16_window.h"

#define UNROLL _Pragma("GCC unroll 16")

enum { LANES = TOT_BLOCK_CHANNELS };

static void finish(const tot_conv_block *block, const float *biases, const float *sums, size_t rows,
                   tot_bf16 *output, uint8_t *choice) {
    const size_t width = tot_block_out_width(block), row = (block->width + 2) * LANES;
    const size_t stride = block->pool ? 2 : 1;
    const __m512 bias = _mm512_loadu_ps(biases);
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < width; x++) {
            const float *from = sums + stride * y * row + stride * x * LANES;
            tot_largest largest = tot_window_first(_mm512_add_ps(_mm512_loadu_ps(from), bias));
            if (block->pool) {
                tot_window_take(&largest, _mm512_add_ps(_mm512_loadu_ps(from + LANES), bias), 1);
                tot_window_take(&largest, _mm512_add_ps(_mm512_loadu_ps(from + row), bias), 2);
                tot_window_take(&largest, _mm512_add_ps(_mm512_loadu_ps(from + row + LANES), bias),
                                3);
            }
            tot_window_store(largest, block->relu, output + (y * (width + 2) + x) * LANES,
                             choice == NULL ? NULL : choice + (y * width + x) * LANES);
        }
}

static void spread(const tot_conv_block *block, const uint8_t *choice, const float *output_gradient,
                   tot_bf16 *image, float *bias_sums) {
    const size_t height = tot_block_out_height(block), width = tot_block_out_width(block);
    const size_t stride = block->pool ? 2 : 1, row = block->width + 2;
    __m512 bias = _mm512_loadu_ps(bias_sums);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            const size_t at = ((y + 1) * (width + 2) + x + 1) * LANES;
            const __m512 gradients = _mm512_loadu_ps(output_gradient + at);
            const __m256i rounded = (__m256i)_mm512_cvtneps_pbh(gradients);
            const __m128i chosen =
                _mm_loadu_si128((const void *)(choice + (y * width + x) * LANES));
            const __mmask16 passed = _mm_cmplt_epu8_mask(chosen, _mm_set1_epi8(TOT_CHOICE_NONE));
            bias = _mm512_mask_add_ps(bias, passed, bias, gradients);
            for (size_t q = 0; q < stride * stride; q++) {
                const __mmask16 here = _mm_cmpeq_epi8_mask(chosen, _mm_set1_epi8((char)q));
                const size_t pixel = (stride * y + q / 2 + 1) * row + stride * x + q % 2 + 1;
                _mm256_storeu_si256((void *)(image + pixel * LANES),
                                    _mm256_maskz_mov_epi16(here, rounded));
            }
        }
    _mm512_storeu_ps(bias_sums, bias);
}

static void pair(const tot_bf16 *image, size_t positions, tot_bf16 *pairs) {
    tot_bf16 order[2 * LANES];
    for (size_t k = 0; k < 2 * LANES; k++)
        order[k] = (tot_bf16)(k / 2 + k % 2 * LANES);
    const __m512i interleave = _mm512_loadu_si512(order);
    for (size_t p = 0; p < positions; p += 2) {
        const __mmask32 inside = p + 1 < positions ? 0xffffffff : 0xffff;
        const __m512i two = _mm512_maskz_loadu_epi16(inside, image + p * LANES);
        _mm512_storeu_si512(pairs + p * LANES, _mm512_permutexvar_epi16(interleave, two));
    }
}

/* Four by four, then the fours. */
static void transpose(const tot_bf16 *pairs, tot_bf16 *rows, size_t stride) {
    __m512i r[LANES], t[LANES];
    UNROLL for (size_t k = 0; k < LANES; k++) r[k] = _mm512_loadu_si512(pairs + 2 * k * LANES);
    UNROLL for (size_t k = 0; k < LANES; k += 4) {
        const __m512i a = _mm512_unpacklo_epi32(r[k], r[k + 1]);
        const __m512i b = _mm512_unpackhi_epi32(r[k], r[k + 1]);
        const __m512i c = _mm512_unpacklo_epi32(r[k + 2], r[k + 3]);
        const __m512i d = _mm512_unpackhi_epi32(r[k + 2], r[k + 3]);
        t[k] = _mm512_unpacklo_epi64(a, c);
        t[k + 1] = _mm512_unpackhi_epi64(a, c);
        t[k + 2] = _mm512_unpacklo_epi64(b, d);
        t[k + 3] = _mm512_unpackhi_epi64(b, d);
    }
    /* t[4 i + j] has columns j, 4 + j, 8 + j, 12 + j of rows 4 i ... 4 i + 3 */
    UNROLL for (size_t j = 0; j < 4; j++) {
        const __m512i a = _mm512_shuffle_i32x4(t[j], t[4 + j], 0x88);
        const __m512i b = _mm512_shuffle_i32x4(t[j], t[4 + j], 0xdd);
        const __m512i c = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], 0x88);
        const __m512i d = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], 0xdd);
        _mm512_storeu_si512(rows + j * stride, _mm512_shuffle_i32x4(a, c, 0x88));
        _mm512_storeu_si512(rows + (4 + j) * stride, _mm512_shuffle_i32x4(b, d, 0x88));
        _mm512_storeu_si512(rows + (8 + j) * stride, _mm512_shuffle_i32x4(a, c, 0xdd));
        _mm512_storeu_si512(rows + (12 + j) * stride, _mm512_shuffle_i32x4(b, d, 0xdd));
    }
}

const tot_amx_layouts tot_amx_layouts_avx512 = {finish, spread, pair, transpose};

#endif
