#include "nn/adam.h"

#include <math.h>

#include "base/memory.h"

tot_status tot_adam_init(tot_adam *adam, size_t count, tot_error *error) {
    *adam = (tot_adam){1e-3, 0.9, 0.999, 1e-7, 0, count, NULL, NULL};
    adam->first = tot_allocate(count, sizeof(float));
    adam->second = tot_allocate(count, sizeof(float));
    if (adam->first == NULL || adam->second == NULL) {
        tot_adam_clear(adam);
        return tot_fail(error, TOT_ERROR_MEMORY, "adam: no memory for %zu parameters", count);
    }
    return TOT_OK;
}

void tot_adam_clear(tot_adam *adam) {
    tot_free(adam->first);
    tot_free(adam->second);
    adam->first = adam->second = NULL;
    adam->count = 0;
}

double tot_adam_begin_step(tot_adam *adam) {
    adam->step++;
    const double t = (double)adam->step;
    return adam->learning_rate * sqrt(1.0 - pow(adam->beta_2, t)) / (1.0 - pow(adam->beta_1, t));
}

void tot_adam_apply(const tot_adam *adam, double rate, size_t first, size_t count,
                    const float *gradients, float *parameters) {
    const float b1 = (float)adam->beta_1, c1 = (float)(1.0 - adam->beta_1);
    const float b2 = (float)adam->beta_2, c2 = (float)(1.0 - adam->beta_2);
    const float step = (float)rate, epsilon = (float)adam->epsilon;
    const float *restrict g = gradients + first;
    float *restrict w = parameters + first;
    float *restrict m = adam->first + first;
    float *restrict v = adam->second + first;
    for (size_t k = 0; k < count; k++) {
        m[k] = b1 * m[k] + c1 * g[k];
        v[k] = b2 * v[k] + c2 * g[k] * g[k];
        w[k] -= step * m[k] / (sqrtf(v[k]) + epsilon);
    }
}
