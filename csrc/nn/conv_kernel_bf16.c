#define _GNU_SOURCE
#include "nn/conv_kernel_bf16.h"

#include "nn/conv_amx.h"
#include "nn/conv_bf16.h"

static bool always(void) {
    return true;
}

static void backward_portable(const tot_conv_block *block, const void *packed, const void *input,
                              const uint8_t *choice, const float *output_gradient,
                              float *input_gradient, void *sums, void *scratch) {
    tot_bf16_backward(tot_conv_backward_portable, block, packed, input, choice, output_gradient,
                      input_gradient, sums, scratch);
}

const tot_conv_kernel tot_conv_bf16_portable = {
    .name = "portable",
    .precision = TOT_BF16,
    .available = always,
    .forward_packed_bytes = tot_bf16_packed_bytes,
    .forward_scratch_bytes = tot_bf16_scratch_bytes,
    .forward_pack = tot_bf16_pack,
    .forward = tot_bf16_forward_portable,
    .backward_packed_bytes = tot_conv_backward_packed_bytes,
    .backward_scratch_bytes = tot_bf16_backward_scratch_bytes,
    .backward_sums_bytes = tot_conv_backward_sums_bytes,
    .backward_pack = tot_bf16_backward_pack,
    .backward = backward_portable,
    .backward_finish = tot_conv_backward_finish};

/* -------------------------------------------------------------------------------- AMX */

/* The first block, of a plain input, is left to other kernels. */
static size_t amx_forward_packed_bytes(const tot_conv_block *block) {
    return block->plain_input ? tot_bf16_packed_bytes(block) : tot_amx_forward_packed_bytes(block);
}

static size_t amx_forward_scratch_bytes(const tot_conv_block *block) {
    return block->plain_input ? tot_bf16_scratch_bytes(block)
                              : tot_amx_forward_scratch_bytes(block);
}

static void amx_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                             void *packed) {
    if (block->plain_input)
        tot_bf16_pack(block, weights, biases, packed);
    else
        tot_amx_forward_pack(block, weights, biases, packed);
}

static size_t amx_backward_packed_bytes(const tot_conv_block *block) {
    return block->plain_input ? tot_conv_backward_packed_bytes(block)
                              : tot_amx_backward_packed_bytes(block);
}

static size_t amx_backward_scratch_bytes(const tot_conv_block *block) {
    return block->plain_input ? tot_bf16_backward_scratch_bytes(block)
                              : tot_amx_backward_scratch_bytes(block);
}

static void amx_backward_pack(const tot_conv_block *block, const float *weights, void *packed) {
    if (block->plain_input)
        tot_bf16_backward_pack(block, weights, packed);
    else
        tot_amx_backward_pack(block, weights, packed);
}

static const tot_amx_parts EMULATED = {&tot_amx_emulated, &tot_amx_layouts_portable};

static void forward_emulated(const tot_conv_block *block, const void *packed, const void *input,
                             void *output, uint8_t *choice, void *scratch) {
    if (block->plain_input)
        tot_bf16_forward_portable(block, packed, input, output, choice, scratch);
    else
        tot_amx_forward(EMULATED, block, packed, input, output, choice, scratch);
}

static void backward_emulated(const tot_conv_block *block, const void *packed, const void *input,
                              const uint8_t *choice, const float *output_gradient,
                              float *input_gradient, void *sums, void *scratch) {
    if (block->plain_input)
        backward_portable(block, packed, input, choice, output_gradient, input_gradient, sums,
                          scratch);
    else
        tot_amx_backward(EMULATED, block, packed, input, choice, output_gradient, input_gradient,
                         sums, scratch);
}

const tot_conv_kernel tot_conv_bf16_amx_emulated = {
    .name = "amx-emulated",
    .precision = TOT_BF16,
    .available = always,
    .forward_packed_bytes = amx_forward_packed_bytes,
    .forward_scratch_bytes = amx_forward_scratch_bytes,
    .forward_pack = amx_forward_pack,
    .forward = forward_emulated,
    .backward_packed_bytes = amx_backward_packed_bytes,
    .backward_scratch_bytes = amx_backward_scratch_bytes,
    .backward_sums_bytes = tot_conv_backward_sums_bytes,
    .backward_pack = amx_backward_pack,
    .backward = backward_emulated,
    .backward_finish = tot_conv_backward_finish};

/* ----------------------------------------------------------------------------- x86-64 */

#if defined(__x86_64__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512bf16(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512bf16");
}

/* CPUID leaf 7: EDX bit 22 AMX-BF16, bit 24 AMX-TILE. Linux gives a process the registers, which
 * are large, when it asks for them (Documentation/arch/x86/xstate.rst). */
static bool has_amx(void) {
    unsigned a, b, c, d;
    if (!has_avx512bf16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return false;
    if ((d >> 22 & 1) == 0 || (d >> 24 & 1) == 0)
        return false;
#if defined(__linux__)
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
#else
    return false;
#endif
}

static void backward_avx2(const tot_conv_block *block, const void *packed, const void *input,
                          const uint8_t *choice, const float *output_gradient,
                          float *input_gradient, void *sums, void *scratch) {
    tot_bf16_backward(tot_conv_backward_avx2, block, packed, input, choice, output_gradient,
                      input_gradient, sums, scratch);
}

static void backward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                            const uint8_t *choice, const float *output_gradient,
                            float *input_gradient, void *sums, void *scratch) {
    tot_bf16_backward(tot_conv_backward_avx512, block, packed, input, choice, output_gradient,
                      input_gradient, sums, scratch);
}

static const tot_amx_parts INSTRUCTIONS = {&tot_amx_instructions, &tot_amx_layouts_avx512};

static void forward_amx(const tot_conv_block *block, const void *packed, const void *input,
                        void *output, uint8_t *choice, void *scratch) {
    if (block->plain_input)
        tot_bf16_forward_avx512(block, packed, input, output, choice, scratch);
    else
        tot_amx_forward(INSTRUCTIONS, block, packed, input, output, choice, scratch);
}

static void backward_amx(const tot_conv_block *block, const void *packed, const void *input,
                         const uint8_t *choice, const float *output_gradient, float *input_gradient,
                         void *sums, void *scratch) {
    if (block->plain_input)
        backward_avx512(block, packed, input, choice, output_gradient, input_gradient, sums,
                        scratch);
    else
        tot_amx_backward(INSTRUCTIONS, block, packed, input, choice, output_gradient,
                         input_gradient, sums, scratch);
}

const tot_conv_kernel tot_conv_bf16_avx2 = {.name = "avx2",
                                            .precision = TOT_BF16,
                                            .available = has_avx2,
                                            .forward_packed_bytes = tot_bf16_packed_bytes,
                                            .forward_scratch_bytes = tot_bf16_scratch_bytes,
                                            .forward_pack = tot_bf16_pack,
                                            .forward = tot_bf16_forward_portable,
                                            .backward_packed_bytes = tot_conv_backward_packed_bytes,
                                            .backward_scratch_bytes =
                                                tot_bf16_backward_scratch_bytes,
                                            .backward_sums_bytes = tot_conv_backward_sums_bytes,
                                            .backward_pack = tot_bf16_backward_pack,
                                            .backward = backward_avx2,
                                            .backward_finish = tot_conv_backward_finish};

const tot_conv_kernel tot_conv_bf16_avx512 = {
    .name = "avx512",
    .precision = TOT_BF16,
    .available = has_avx512bf16,
    .forward_packed_bytes = tot_bf16_packed_bytes,
    .forward_scratch_bytes = tot_bf16_scratch_bytes,
    .forward_pack = tot_bf16_pack,
    .forward = tot_bf16_forward_avx512,
    .backward_packed_bytes = tot_conv_backward_packed_bytes,
    .backward_scratch_bytes = tot_bf16_backward_scratch_bytes,
    .backward_sums_bytes = tot_conv_backward_sums_bytes,
    .backward_pack = tot_bf16_backward_pack,
    .backward = backward_avx512,
    .backward_finish = tot_conv_backward_finish};

const tot_conv_kernel tot_conv_bf16_amx = {.name = "amx",
                                           .precision = TOT_BF16,
                                           .available = has_amx,
                                           .forward_packed_bytes = amx_forward_packed_bytes,
                                           .forward_scratch_bytes = amx_forward_scratch_bytes,
                                           .forward_pack = amx_forward_pack,
                                           .forward = forward_amx,
                                           .backward_packed_bytes = amx_backward_packed_bytes,
                                           .backward_scratch_bytes = amx_backward_scratch_bytes,
                                           .backward_sums_bytes = tot_conv_backward_sums_bytes,
                                           .backward_pack = amx_backward_pack,
                                           .backward = backward_amx,
                                           .backward_finish = tot_conv_backward_finish};

#endif
