/* The forward kernels of conv_block.h in float32.
 *
 * A first block that reads a plain image keeps the nine taps of 16 filters in registers and slides
 * them over the image. All others use Winograd's minimal filtering F(4x4, 3x3) (Winograd 1980;
 * Lavin & Gray 2016, arXiv:1509.09308), which needs a quarter of the multiplications. For a tile of
 * 4 x 4 outputs, of which pooling makes 2 x 2,
 *
 *   Y = A^T [ sum over channels of (G g G^T) * (B^T d B) ] A,
 *
 * with the 3 x 3 weights g and the 6 x 6 inputs d. Polynomials are interpolated at the points 0,
 * +-1/sqrt 2, +-sqrt 2 and infinity, which keep the rounding errors smaller than the usual 0, +-1,
 * +-2 (Barabasz et al. 2020, ACM TOMS 46, 37, on the choice of points).
 */
#ifndef TOT_NN_CONV_FORWARD_H
#define TOT_NN_CONV_FORWARD_H

#include "nn/conv_block.h"

/* Winograd's tile: of outputs, of inputs, and how many products that are. */
enum { TOT_TILE = 4, TOT_TILE_IN = 6, TOT_TILE_PRODUCTS = 36 };

/* Packed are the biases, filled up with zeros to a multiple of 16, and the weights: of a plain
 * block [filter block][tap][16], of others, transformed, [product][filter block][channels, filled
 * up][16]. */
size_t tot_conv_forward_packed_bytes(const tot_conv_block *block);
void tot_conv_forward_pack(const tot_conv_block *block, const float *weights, const float *biases,
                           void *packed);

size_t tot_conv_forward_scratch_bytes(const tot_conv_block *block);

void tot_conv_forward_avx512(const tot_conv_block *block, const void *packed, const void *input,
                             void *output, uint8_t *choice, void *scratch);
void tot_conv_forward_avx2(const tot_conv_block *block, const void *packed, const void *input,
                           void *output, uint8_t *choice, void *scratch);

#endif
