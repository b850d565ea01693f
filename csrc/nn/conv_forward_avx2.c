#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define LANES 8
#define TILES 6
#define FORWARD tot_conv_forward_avx2

typedef __m256 vector;

#define load(from) _mm256_load_ps(from)
#define store(to, value) _mm256_store_ps(to, value)
#define broadcast(value) _mm256_set1_ps(value)
#define fused(a, b, c) _mm256_fmadd_ps(a, b, c)
#define larger(a, b) _mm256_max_ps(a, b)

/* Which of a, b, c, d is the largest, the first of equals; see tot_conv_block. */
static inline void store_choice(uint8_t *to, vector a, vector b, vector c, vector d, int relu) {
    const vector one = _mm256_castsi256_ps(_mm256_set1_epi32(1));
    const vector two = _mm256_castsi256_ps(_mm256_set1_epi32(2));
    const vector three = _mm256_castsi256_ps(_mm256_set1_epi32(3));
    const vector none = _mm256_castsi256_ps(_mm256_set1_epi32(4));
    const vector ab = larger(b, a), cd = larger(d, c), zero = _mm256_setzero_ps();
    const vector in_ab = _mm256_and_ps(_mm256_cmp_ps(b, a, _CMP_GT_OQ), one);
    const vector in_cd = _mm256_blendv_ps(two, three, _mm256_cmp_ps(d, c, _CMP_GT_OQ));
    vector choice = _mm256_blendv_ps(in_ab, in_cd, _mm256_cmp_ps(cd, ab, _CMP_GT_OQ));
    if (relu) /* CHOICE_NONE is 4 */
        choice = _mm256_blendv_ps(choice, none, _mm256_cmp_ps(larger(cd, ab), zero, _CMP_LE_OQ));
    const __m256i words = _mm256_castps_si256(choice);
    const __m128i halves =
        _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storel_epi64((__m128i *)to, _mm_packus_epi16(halves, halves));
}

#include "nn/conv_forward_kernel.h"
#endif
