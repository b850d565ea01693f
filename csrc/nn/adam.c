/* Adam and AdamW, see optimizer.h. */
#include <math.h>

#include "base/simd.h"
#include "nn/optimizer.h"

TOT_SIMD void tot_adam_apply(const tot_optimizer *optimizer, double factor, size_t first,
                             size_t count, const float *gradients, float *parameters) {
    const float b1 = (float)optimizer->beta_1, c1 = (float)(1.0 - optimizer->beta_1);
    const float b2 = (float)optimizer->beta_2, c2 = (float)(1.0 - optimizer->beta_2);
    const float step = (float)factor, epsilon = (float)optimizer->epsilon;
    const float decay = (float)(optimizer->learning_rate * optimizer->weight_decay);
    const float *restrict g = gradients + first;
    float *restrict w = parameters + first;
    float *restrict m = optimizer->first + first;
    float *restrict v = optimizer->second + first;
    for (size_t k = 0; k < count; k++) {
        m[k] = b1 * m[k] + c1 * g[k];
        v[k] = b2 * v[k] + c2 * g[k] * g[k];
        w[k] -= decay * w[k] + step * m[k] / (sqrtf(v[k]) + epsilon);
    }
}
