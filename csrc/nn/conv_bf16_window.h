/* The end of a convolution block for 16 filters in AVX-512 registers: window, ReLU, rounding. For
 * files of the instruction set AVX512_BF16. */
#ifndef TOT_NN_CONV_BF16_WINDOW_H
#define TOT_NN_CONV_BF16_WINDOW_H

#include <immintrin.h>

#include "nn/conv_bf16.h"

/* The largest so far of a window and which it is; begins with pixel 0. */
typedef struct tot_largest {
    __m512 sum;
    __m512i choice;
} tot_largest;

static inline __attribute__((always_inline)) tot_largest tot_window_first(__m512 sum) {
    return (tot_largest){sum, _mm512_setzero_si512()};
}

static inline __attribute__((always_inline)) void tot_window_take(tot_largest *largest, __m512 sum,
                                                                  int number) {
    const __mmask16 larger = _mm512_cmp_ps_mask(sum, largest->sum, _CMP_GT_OQ);
    largest->sum = _mm512_mask_mov_ps(largest->sum, larger, sum);
    largest->choice = _mm512_mask_set1_epi32(largest->choice, larger, number);
}

/* choice may be NULL. */
static inline __attribute__((always_inline)) void
tot_window_store(tot_largest largest, bool relu, tot_bf16 *output, uint8_t *choice) {
    if (relu) {
        const __mmask16 cut = _mm512_cmp_ps_mask(largest.sum, _mm512_setzero_ps(), _CMP_LE_OQ);
        largest.choice = _mm512_mask_set1_epi32(largest.choice, cut, TOT_CHOICE_NONE);
        largest.sum = _mm512_mask_mov_ps(largest.sum, cut, _mm512_setzero_ps());
    }
    _mm256_store_si256((void *)output, (__m256i)_mm512_cvtneps_pbh(largest.sum));
    if (choice != NULL)
        _mm_store_si128((void *)choice, _mm512_cvtepi32_epi8(largest.choice));
}

#endif
