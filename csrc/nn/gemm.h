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

/* Keeps OpenBLAS on the calling thread. The network's own threads each work on a chunk: BLAS
 * threads beneath them would only compete, and OpenBLAS's results depend on how many it uses. The
 * setting is the process's; whoever creates a network calls this. */
void tot_gemm_single_thread(void);

#endif
