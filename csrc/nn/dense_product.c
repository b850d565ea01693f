#include "nn/dense_product.h"

#include <stdbool.h>
#include <string.h>

#include "base/simd.h"

/* A register of 16 numbers, or as many registers as these take; in memory anywhere. */
enum { LANES = 16, ROWS = 4 };
typedef float lanes __attribute__((vector_size(64)));
typedef float lanes_in_memory __attribute__((vector_size(64), aligned(4), may_alias));

#define LOAD(from) (*(const lanes_in_memory *)(from))
#define STORE(to, value) (*(lanes_in_memory *)(to) = (value))

/* How many of the rows that are left are worked on together. */
TOT_INLINE size_t at_most_rows(size_t left) {
    return left < ROWS ? left : ROWS;
}

/* ------------------------------------------------------------------- products of rows */

/* sums[4 n + u] = x[n] * w[u], lane by lane, for the next `rows` and `units` of them. */
TOT_INLINE void accumulate(int rows, int units, size_t features, const float *x, const float *w,
                           lanes *sums) {
    lanes part[ROWS][ROWS] = {{{0}}};
    for (size_t k = 0; k + LANES <= features; k += LANES)
        for (int u = 0; u < units; u++) {
            const lanes weights = LOAD(w + (size_t)u * features + k);
            for (int n = 0; n < rows; n++)
                part[n][u] += weights * LOAD(x + (size_t)n * features + k);
        }
    for (int n = 0; n < rows; n++)
        for (int u = 0; u < units; u++)
            sums[ROWS * n + u] = part[n][u];
}

/* The numbers of each of 16 vectors added up. Each step adds the halves of two vectors, of two
 * pairs, ..., and puts the sums side by side: number k of v[0] is at last the sum of vector k. */
TOT_INLINE void add_lanes(lanes v[LANES]) {
    for (int k = 0; k < 8; k++)
        v[k] = __builtin_shufflevector(v[k], v[k + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20,
                                       21, 22, 23) +
               __builtin_shufflevector(v[k], v[k + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27,
                                       28, 29, 30, 31);
    for (int k = 0; k < 4; k++)
        v[k] = __builtin_shufflevector(v[k], v[k + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24,
                                       25, 26, 27) +
               __builtin_shufflevector(v[k], v[k + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15,
                                       28, 29, 30, 31);
    for (int k = 0; k < 2; k++)
        v[k] = __builtin_shufflevector(v[k], v[k + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12,
                                       13, 28, 29) +
               __builtin_shufflevector(v[k], v[k + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27,
                                       14, 15, 30, 31);
    v[0] = __builtin_shufflevector(v[0], v[1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28,
                                   14, 30) +
           __builtin_shufflevector(v[0], v[1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29,
                                   15, 31);
}

TOT_SIMD void tot_dense_output(size_t images, size_t units, size_t features, const float *x,
                               const float *w, const float *biases, float *y) {
    const size_t whole = features / LANES * LANES;
    for (size_t u = 0; u < units; u += ROWS)
        for (size_t n = 0; n < images; n += ROWS) {
            const size_t rows = at_most_rows(images - n), columns = at_most_rows(units - u);
            const float *from = x + n * features, *row = w + u * features;
            lanes sums[LANES] = {{0}};
            if (rows == ROWS && columns == ROWS) {
                accumulate(ROWS, 2, features, from, row, sums);
                accumulate(ROWS, 2, features, from, row + 2 * features, sums + 2);
            } else if (columns == ROWS) {
                for (size_t i = 0; i < rows; i++)
                    accumulate(1, ROWS, features, from + i * features, row, sums + ROWS * i);
            } else {
                for (size_t i = 0; i < rows; i++)
                    for (size_t j = 0; j < columns; j++)
                        accumulate(1, 1, features, from + i * features, row + j * features,
                                   sums + ROWS * i + j);
            }
            add_lanes(sums);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++) {
                    float sum = sums[0][ROWS * i + j];
                    for (size_t k = whole; k < features; k++)
                        sum += from[i * features + k] * row[j * features + k];
                    y[(n + i) * units + u + j] = sum + biases[u + j];
                }
        }
}

/* ----------------------------------------------------------------- combinations of rows */

/* c[i] (+)= sum over k of a[i][k] b[k] for `outs` rows i of c and `ins` rows k of b, all rows
 * `length` long; a's strides are given. The first sum begins with 0. */
TOT_INLINE void combine(int outs, int ins, bool first, size_t length, const float *a, size_t i_step,
                        size_t k_step, const float *b, float *c) {
    float factors[ROWS][ROWS];
    size_t j = 0;
    for (int i = 0; i < outs; i++)
        for (int k = 0; k < ins; k++)
            factors[i][k] = a[(size_t)i * i_step + (size_t)k * k_step];
    for (; j + LANES <= length; j += LANES) {
        lanes rows[ROWS];
        for (int k = 0; k < ins; k++)
            rows[k] = LOAD(b + (size_t)k * length + j);
        for (int i = 0; i < outs; i++) {
            lanes sum = {0};
            if (!first)
                sum = LOAD(c + (size_t)i * length + j);
            for (int k = 0; k < ins; k++)
                sum += factors[i][k] * rows[k];
            STORE(c + (size_t)i * length + j, sum);
        }
    }
    for (; j < length; j++)
        for (int i = 0; i < outs; i++) {
            float sum = first ? 0.0f : c[(size_t)i * length + j];
            for (int k = 0; k < ins; k++)
                sum += factors[i][k] * b[(size_t)k * length + j];
            c[(size_t)i * length + j] = sum;
        }
}

/* The same for `outs` and `ins` that need not be ROWS; what is left over goes row by row. */
TOT_INLINE void combine_some(size_t outs, size_t ins, bool first, size_t length, const float *a,
                             size_t i_step, size_t k_step, const float *b, float *c) {
    if (outs == ROWS && ins == ROWS) {
        combine(ROWS, ROWS, first, length, a, i_step, k_step, b, c);
        return;
    }
    for (size_t k = 0; k < ins; k++)
        for (size_t i = 0; i < outs; i++)
            combine(1, 1, first && k == 0, length, a + i * i_step + k * k_step, 0, 0,
                    b + k * length, c + i * length);
}

TOT_SIMD void tot_dense_input_gradient(size_t images, size_t units, size_t features,
                                       const float *dy, const float *w, float *dx) {
    for (size_t u = 0; u < units; u += ROWS)
        for (size_t n = 0; n < images; n += ROWS)
            combine_some(at_most_rows(images - n), at_most_rows(units - u), u == 0, features,
                         dy + n * units + u, units, 1, w + u * features, dx + n * features);
}

TOT_SIMD void tot_dense_weight_gradient(size_t images, size_t units, size_t features,
                                        const float *dy, const float *x, float *dw) {
    for (size_t u = 0; u < units; u += ROWS)
        for (size_t n = 0; n < images; n += ROWS)
            combine_some(at_most_rows(units - u), at_most_rows(images - n), n == 0, features,
                         dy + n * units + u, 1, units, x + n * features, dw + u * features);
}
