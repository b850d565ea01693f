/* Stochastic gradient descent with momentum, see optimizer.h. */
#include "nn/optimizer.h"

void tot_sgd_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                   const float *gradients, float *parameters) {
    const float rate = (float)factor, momentum = (float)optimizer->momentum;
    const float *restrict g = gradients + first;
    float *restrict w = parameters + first;
    float *restrict v = optimizer->first + first;
    if (optimizer->momentum == 0.0)
        for (size_t k = 0; k < count; k++)
            w[k] -= rate * g[k];
    else if (optimizer->nesterov)
        for (size_t k = 0; k < count; k++) {
            v[k] = momentum * v[k] - rate * g[k];
            w[k] += momentum * v[k] - rate * g[k];
        }
    else
        for (size_t k = 0; k < count; k++) {
            v[k] = momentum * v[k] - rate * g[k];
            w[k] += v[k];
        }
}
