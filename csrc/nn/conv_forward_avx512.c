#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define LANES 16
#define TILES 12
#define FORWARD tot_conv_forward_avx512

typedef __m512 vector;

#define load(from) _mm512_load_ps(from)
#define store(to, value) _mm512_store_ps(to, value)
#define broadcast(value) _mm512_set1_ps(value)
#define fused(a, b, c) _mm512_fmadd_ps(a, b, c)
#define larger(a, b) _mm512_max_ps(a, b)

/* Which of a, b, c, d is the largest, the first of equals; see tot_conv_block. */
static inline void store_choice(uint8_t *to, vector a, vector b, vector c, vector d, int relu) {
    const vector ab = larger(b, a), cd = larger(d, c);
    const __mmask16 second = _mm512_cmp_ps_mask(b, a, _CMP_GT_OQ);
    const __mmask16 fourth = _mm512_cmp_ps_mask(d, c, _CMP_GT_OQ);
    const __mmask16 below = _mm512_cmp_ps_mask(cd, ab, _CMP_GT_OQ);
    const __m512i in_ab = _mm512_maskz_set1_epi32(second, 1);
    const __m512i in_cd = _mm512_mask_set1_epi32(_mm512_set1_epi32(2), fourth, 3);
    __m512i choice = _mm512_mask_mov_epi32(in_ab, below, in_cd);
    if (relu) /* CHOICE_NONE is 4 */
        choice = _mm512_mask_set1_epi32(
            choice, _mm512_cmp_ps_mask(larger(cd, ab), _mm512_setzero_ps(), _CMP_LE_OQ), 4);
    _mm_store_si128((__m128i *)to, _mm512_cvtepi32_epi8(choice));
}

#include "nn/conv_forward_kernel.h"
#endif
