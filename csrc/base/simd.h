/* Marks a function of plain loops: compiled for several instruction sets, the best that the CPU has
 * is chosen when the library is loaded. The loops keep the order of their additions, so the result
 * has the same bits on each. */
#ifndef TOT_BASE_SIMD_H
#define TOT_BASE_SIMD_H

#include <stddef.h>
#include <stdint.h> /* any header of the C library: it tells whether that is glibc */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__)
#define TOT_SIMD __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TOT_SIMD
#endif

/* Doubles in the widest vector. Arrays that such loops run over are made longer, up to a multiple
 * of it, so that they need no special end. */
enum { TOT_SIMD_LANES = 8 };

/* A piece of such a function: inlined, so that it's compiled for the same instruction sets. */
#define TOT_INLINE static inline __attribute__((always_inline))

/* Loop over the lanes of one vector. GCC must not unroll it: of what is left, it would only put
 * some pieces into vectors. */
#if defined(__GNUC__) && !defined(__clang__)
#define TOT_EACH_LANE(k) _Pragma("GCC unroll 1") for (size_t k = 0; k < TOT_SIMD_LANES; k++)
#else
#define TOT_EACH_LANE(k) for (size_t k = 0; k < TOT_SIMD_LANES; k++)
#endif

TOT_INLINE size_t tot_simd_padded(size_t count) {
    return (count + TOT_SIMD_LANES - 1) / TOT_SIMD_LANES * TOT_SIMD_LANES;
}

#endif
