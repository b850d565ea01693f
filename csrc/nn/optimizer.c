#include "nn/optimizer.h"

#include <math.h>

#include "base/memory.h"

tot_status tot_optimizer_init(tot_optimizer *optimizer, tot_optimizer_kind kind, size_t count,
                              tot_error *error) {
    *optimizer = (tot_optimizer){.kind = kind,
                                 .learning_rate = kind == TOT_OPTIMIZER_SGD ? 0.01 : 1e-3,
                                 .beta_1 = 0.9,
                                 .beta_2 = 0.999,
                                 .epsilon = 1e-7,
                                 .weight_decay = kind == TOT_OPTIMIZER_ADAMW ? 0.004 : 0.0,
                                 .count = count};
    optimizer->first = tot_allocate(count, sizeof(float));
    if (kind != TOT_OPTIMIZER_SGD)
        optimizer->second = tot_allocate(count, sizeof(float));
    if (optimizer->first == NULL || (kind != TOT_OPTIMIZER_SGD && optimizer->second == NULL)) {
        tot_optimizer_clear(optimizer);
        return tot_fail(error, TOT_ERROR_MEMORY, "optimizer: no memory for %zu parameters", count);
    }
    return TOT_OK;
}

void tot_optimizer_clear(tot_optimizer *optimizer) {
    tot_free(optimizer->first);
    tot_free(optimizer->second);
    optimizer->first = optimizer->second = NULL;
    optimizer->count = 0;
}

double tot_optimizer_begin_step(tot_optimizer *optimizer) {
    optimizer->step++;
    if (optimizer->kind == TOT_OPTIMIZER_SGD)
        return optimizer->learning_rate;
    const double t = (double)optimizer->step;
    return optimizer->learning_rate * sqrt(1.0 - pow(optimizer->beta_2, t)) /
           (1.0 - pow(optimizer->beta_1, t));
}

void tot_optimizer_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                         const float *gradients, float *parameters) {
    if (optimizer->kind == TOT_OPTIMIZER_SGD)
        tot_sgd_apply(optimizer, factor, first, count, gradients, parameters);
    else
        tot_adam_apply(optimizer, factor, first, count, gradients, parameters);
}
