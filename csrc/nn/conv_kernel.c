#include "nn/conv_kernel.h"

#include <stdio.h>
#include <string.h>

#include "nn/conv_backward.h"
#include "nn/conv_forward.h"

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

/* Best first; a new kernel gets a line here. */
static const tot_conv_kernel kernels[] = {
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

const tot_conv_kernel *tot_conv_kernel_at(size_t index) {
    for (const tot_conv_kernel *kernel = kernels; kernel->name != NULL; kernel++)
        if (kernel->available() && index-- == 0)
            return kernel;
    return NULL;
}

static tot_status fail_with_list(const char *name, tot_error *error) {
    char list[256] = "";
    size_t length = 0;
    const tot_conv_kernel *kernel;
    for (size_t k = 0; (kernel = tot_conv_kernel_at(k)) != NULL && length < sizeof list; k++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s, ", kernel->name);
    return tot_fail(error, TOT_ERROR_ARGUMENT, "no kernel '%s' on this computer, which has %s%s",
                    name, list, TOT_PORTABLE_KERNEL);
}

tot_status tot_conv_kernel_find(const char *name, const tot_conv_kernel **result,
                                tot_error *error) {
    const tot_conv_kernel *kernel;
    *result = NULL;
    if (name != NULL && strcmp(name, TOT_PORTABLE_KERNEL) == 0)
        return TOT_OK;
    for (size_t k = 0; (kernel = tot_conv_kernel_at(k)) != NULL; k++)
        if (name == NULL || strcmp(name, kernel->name) == 0) {
            *result = kernel;
            return TOT_OK;
        }
    return name == NULL ? TOT_OK : fail_with_list(name, error);
}
