#include "nn/gemm.h"

#include <cblas.h>

static CBLAS_TRANSPOSE cblas_name(tot_transpose transpose) {
    return transpose == TOT_TRANSPOSED ? CblasTrans : CblasNoTrans;
}

void tot_gemm(size_t m, size_t n, size_t k, tot_matrix a, tot_matrix b, float beta, float *c,
              size_t c_stride) {
    cblas_sgemm(CblasRowMajor, cblas_name(a.transpose), cblas_name(b.transpose), (int)m, (int)n,
                (int)k, 1.0f, a.data, (int)a.stride, b.data, (int)b.stride, beta, c, (int)c_stride);
}

void tot_gemm_single_thread(void) {
    openblas_set_num_threads(1);
}
