/* The kernels of conv_block.h for bfloat16; conv_kernel.c lists those that a CPU may have. */
#ifndef TOT_NN_CONV_KERNEL_BF16_H
#define TOT_NN_CONV_KERNEL_BF16_H

#include "nn/conv_block.h"

/* By AMX, see conv_amx.h; by VDPBF16PS; in plain C, and back by AVX2 or in plain C, too. The last
 * emulates AMX, slowly, for tests. Those of one instruction set are for x86-64 only. */
extern const tot_conv_kernel tot_conv_bf16_amx, tot_conv_bf16_avx512, tot_conv_bf16_avx2,
    tot_conv_bf16_portable, tot_conv_bf16_amx_emulated;

#endif
