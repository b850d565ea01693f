#ifdef __x86_64__

#include "nn/amx_instructions.h"
#include "nn/conv_amx_tiles.h"

const tot_amx_kernels tot_amx_instructions = {convolve, multiply};

#endif
