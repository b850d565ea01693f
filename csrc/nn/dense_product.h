/* The three matrix products of a dense layer, for the few rows (images) of a chunk: x[image]
 * [feature], w[unit][feature], y[image][unit].
 *
 * A general product of matrices copies w to another order first, which for eight rows takes longer
 * than the product. Here every row of w is read once, in order. Sums are made in the same order on
 * every CPU. */
#ifndef TOT_NN_DENSE_PRODUCT_H
#define TOT_NN_DENSE_PRODUCT_H

#include <stddef.h>

/* y = x w^T + b */
void tot_dense_output(size_t images, size_t units, size_t features, const float *x, const float *w,
                      const float *biases, float *y);

/* dx = dy w */
void tot_dense_input_gradient(size_t images, size_t units, size_t features, const float *dy,
                              const float *w, float *dx);

/* dw = dy^T x */
void tot_dense_weight_gradient(size_t images, size_t units, size_t features, const float *dy,
                               const float *x, float *dw);

#endif
