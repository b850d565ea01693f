#include "nn/conv_kernel.h"

#include <stdio.h>
#include <string.h>

#include "nn/conv_backward.h"
#include "nn/conv_forward.h"
#include "nn/conv_kernel_bf16.h"

#if defined(__x86_64__)
static bool has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma");
}

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

/* Best first. */
static const tot_conv_kernel fp32_kernels[] = {
#if defined(__x86_64__)
    {.name = "avx512",
     .available = has_avx512,
     .forward_packed_bytes = tot_conv_forward_packed_bytes,
     .forward_scratch_bytes = tot_conv_forward_scratch_bytes,
     .forward_pack = tot_conv_forward_pack,
     .forward = tot_conv_forward_avx512,
     .backward_packed_bytes = tot_conv_backward_packed_bytes,
     .backward_scratch_bytes = tot_conv_backward_scratch_bytes,
     .backward_sums_bytes = tot_conv_backward_sums_bytes,
     .backward_pack = tot_conv_backward_pack,
     .backward = tot_conv_backward_avx512,
     .backward_finish = tot_conv_backward_finish},
    {.name = "avx2",
     .available = has_avx2,
     .forward_packed_bytes = tot_conv_forward_packed_bytes,
     .forward_scratch_bytes = tot_conv_forward_scratch_bytes,
     .forward_pack = tot_conv_forward_pack,
     .forward = tot_conv_forward_avx2,
     .backward_packed_bytes = tot_conv_backward_packed_bytes,
     .backward_scratch_bytes = tot_conv_backward_scratch_bytes,
     .backward_sums_bytes = tot_conv_backward_sums_bytes,
     .backward_pack = tot_conv_backward_pack,
     .backward = tot_conv_backward_avx2,
     .backward_finish = tot_conv_backward_finish},
#endif
    {.name = NULL}};

static const tot_conv_kernel *const bf16_kernels[] = {
#if defined(__x86_64__)
    &tot_conv_bf16_amx,      &tot_conv_bf16_avx512,       &tot_conv_bf16_avx2,
#endif
    &tot_conv_bf16_portable, &tot_conv_bf16_amx_emulated, NULL};

static const tot_conv_kernel *listed(tot_precision precision, size_t k) {
    if (precision == TOT_BF16)
        return bf16_kernels[k];
    return fp32_kernels[k].name == NULL ? NULL : &fp32_kernels[k];
}

const tot_conv_kernel *tot_conv_kernel_at(tot_precision precision, size_t index) {
    const tot_conv_kernel *kernel;
    for (size_t k = 0; (kernel = listed(precision, k)) != NULL; k++)
        if (kernel->available() && index-- == 0)
            return kernel;
    return NULL;
}

static bool precision_has(tot_precision precision, const char *name) {
    const tot_conv_kernel *kernel;
    for (size_t k = 0; name != NULL && (kernel = tot_conv_kernel_at(precision, k)) != NULL; k++)
        if (strcmp(name, kernel->name) == 0)
            return true;
    return false;
}

static tot_status fail_with_list(const char *name, tot_precision precision, tot_error *error) {
    char list[256] = "";
    size_t length = 0;
    const tot_conv_kernel *kernel;
    for (size_t k = 0; (kernel = tot_conv_kernel_at(precision, k)) != NULL && length < sizeof list;
         k++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", k == 0 ? "" : ", ",
                                   kernel->name);
    return tot_fail(error, TOT_ERROR_ARGUMENT,
                    "no kernel '%s' for %s on this computer, which has "
                    "%s%s",
                    name, precision == TOT_BF16 ? "bf16" : "fp32", list,
                    precision == TOT_BF16 ? ""
                    : length == 0         ? TOT_PORTABLE_KERNEL
                                          : ", " TOT_PORTABLE_KERNEL);
}

tot_status tot_conv_kernel_find(const char *name, tot_precision precision,
                                const tot_conv_kernel **result, tot_error *error) {
    const tot_precision other = precision == TOT_BF16 ? TOT_FP32 : TOT_BF16;
    const tot_conv_kernel *kernel;
    *result = NULL;
    if (precision == TOT_FP32 && name != NULL && strcmp(name, TOT_PORTABLE_KERNEL) == 0)
        return TOT_OK;
    if (precision_has(other, name) && !precision_has(precision, name))
        name = NULL;
    for (size_t k = 0; (kernel = tot_conv_kernel_at(precision, k)) != NULL; k++)
        if (name == NULL || strcmp(name, kernel->name) == 0) {
            *result = kernel;
            return TOT_OK;
        }
    return name == NULL ? TOT_OK : fail_with_list(name, precision, error);
}
