#define _POSIX_C_SOURCE 200809L /* setenv */
#include "nn/gemm.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

static CBLAS_TRANSPOSE cblas_name(tot_transpose transpose) {
    return transpose == TOT_TRANSPOSED ? CblasTrans : CblasNoTrans;
}

void tot_gemm(size_t m, size_t n, size_t k, tot_matrix a, tot_matrix b, float beta, float *c,
              size_t c_stride) {
    cblas_sgemm(CblasRowMajor, cblas_name(a.transpose), cblas_name(b.transpose), (int)m, (int)n,
                (int)k, 1.0f, a.data, (int)a.stride, b.data, (int)b.stride, beta, c, (int)c_stride);
}

#if defined(__x86_64__)

/* Of builds of OpenBLAS with kernels for many processors: they leave the kernels chosen, and choose
 * again. */
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));

static const char CHOICE[] = "OPENBLAS_CORETYPE";

static const char *best_kernels(void) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "Haswell" : NULL;
}

/* Older OpenBLAS (0.3.21 of Debian 12) knows Intel's processors by their model numbers, and may
 * take a newer one for a Prescott of 2004, whose kernels have a fraction of the speed (its issues
 * 4267 and 4476). It can be told by an environment variable only, which it reads when it chooses.
 */
static void choose_kernels(void) {
    const char *best = best_kernels();
    if (best == NULL || strcmp(openblas_get_corename(), "Prescott") != 0 ||
        getenv(CHOICE) != NULL || gotoblas_dynamic_quit == NULL || gotoblas_dynamic_init == NULL)
        return;
    if (setenv(CHOICE, best, 1) != 0)
        return;
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv(CHOICE);
}

#else

static void choose_kernels(void) {
}

#endif

void tot_gemm_prepare(void) {
    choose_kernels();
    openblas_set_num_threads(1);
}
