/* Which kernels of conv_block.h there are, and which of them this CPU can run. */
#ifndef TOT_NN_CONV_KERNEL_H
#define TOT_NN_CONV_KERNEL_H

#include "base/status.h"
#include "nn/conv_block.h"

/* The name that stands for no kernel: each layer does its own work, on OpenBLAS. */
#define TOT_PORTABLE_KERNEL "portable"

/* The kernels that this CPU can run, best first; NULL behind the last. */
const tot_conv_kernel *tot_conv_kernel_at(tot_precision precision, size_t index);

/* The kernel of that name, the best for a name of NULL or one that only the other precision
 * has. NULL is the portable one of TOT_FP32. Fails for a name that is unknown or not for this CPU.
 */
tot_status tot_conv_kernel_find(const char *name, tot_precision precision,
                                const tot_conv_kernel **kernel, tot_error *error);

#endif
