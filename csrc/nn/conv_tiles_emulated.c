#include "nn/amx_emulation.h"
#include "nn/conv_amx_tiles.h"

const tot_amx_kernels tot_amx_emulated = {convolve, multiply};
