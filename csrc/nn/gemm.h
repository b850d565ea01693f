/* C = op(A) op(B) + beta C for row-major float32 matrices; op(A) is m x k, op(B) is k x n. */
#ifndef TOT_NN_GEMM_H
#define TOT_NN_GEMM_H

#include <stddef.h>

typedef enum tot_transpose { TOT_NORMAL, TOT_TRANSPOSED } tot_transpose;

/* A matrix as it lies in memory: `stride` is the distance of two rows. */
typedef struct tot_matrix {
    const float *data;
    size_t stride;
    tot_transpose transpose;
} tot_matrix;

/* Every size and stride must fit in an int, which tot_network_create makes sure of. */
void tot_gemm(size_t m, size_t n, size_t k, tot_matrix a, tot_matrix b, float beta, float *c,
              size_t c_stride);

/* Keeps OpenBLAS on the calling thread, and gives it kernels for this processor where it has chosen
 * those of 2004 for one that it doesn't know. Our own threads each work on a part: BLAS threads
 * beneath them would only compete, and OpenBLAS's results depend on how many it uses. The settings
 * are the process's; whoever is about to use tot_gemm calls this, the first time while no other
 * thread multiplies. */
void tot_gemm_prepare(void);

#endif
