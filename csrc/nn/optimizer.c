#include "nn/optimizer.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "nn/muon.h"

tot_status tot_optimizer_init(tot_optimizer *optimizer, tot_optimizer_kind kind, size_t count,
                              tot_error *error) {
    *optimizer = (tot_optimizer){.kind = kind,
                                 .learning_rate = kind == TOT_OPTIMIZER_SGD ? 0.01 : 1e-3,
                                 .beta_1 = 0.9,
                                 .beta_2 = 0.999,
                                 .epsilon = 1e-7,
                                 .count = count};
    if (kind == TOT_OPTIMIZER_ADAMW || kind == TOT_OPTIMIZER_MUON)
        optimizer->weight_decay = 0.004;
    if (kind == TOT_OPTIMIZER_MUON) {
        optimizer->momentum = 0.95;
        optimizer->nesterov = true;
        optimizer->rms_rate = 0.2;
        optimizer->ns_steps = 5;
    }
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
    for (size_t k = 0; k < optimizer->matrix_count; k++)
        tot_free(optimizer->matrices[k].work);
    tot_free(optimizer->matrices);
    optimizer->first = optimizer->second = NULL;
    optimizer->matrices = NULL;
    optimizer->count = optimizer->matrix_count = 0;
}

tot_status tot_optimizer_add_matrix(tot_optimizer *optimizer, size_t first, size_t rows,
                                    size_t columns, tot_error *error) {
    size_t size, work_size;
    if (!tot_muon_work_size(rows, columns, &work_size) ||
        !tot_multiply_sizes(rows, columns, &size) || size == 0 || first > optimizer->count ||
        size > optimizer->count - first)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "optimizer: a matrix of %zu x %zu from parameter %zu on, of %zu", rows,
                        columns, first, optimizer->count);
    const size_t count = optimizer->matrix_count;
    tot_optimizer_matrix *matrices = tot_allocate(count + 1, sizeof *matrices);
    float *work = tot_allocate(work_size, sizeof *work);
    if (matrices == NULL || work == NULL) {
        tot_free(matrices);
        tot_free(work);
        return tot_fail(error, TOT_ERROR_MEMORY, "optimizer: no memory for a matrix of %zu x %zu",
                        rows, columns);
    }
    if (count > 0)
        memcpy(matrices, optimizer->matrices, count * sizeof *matrices);
    matrices[count] = (tot_optimizer_matrix){first, rows, columns, false, work};
    tot_free(optimizer->matrices);
    optimizer->matrices = matrices;
    optimizer->matrix_count++;
    return TOT_OK;
}

double tot_optimizer_begin_step(tot_optimizer *optimizer) {
    optimizer->step++;
    if (optimizer->kind == TOT_OPTIMIZER_SGD)
        return optimizer->learning_rate;
    const double t = (double)optimizer->step;
    return optimizer->learning_rate * sqrt(1.0 - pow(optimizer->beta_2, t)) /
           (1.0 - pow(optimizer->beta_1, t));
}

static bool in_matrix(const tot_optimizer *optimizer, size_t parameter) {
    for (size_t k = 0; k < optimizer->matrix_count; k++) {
        const tot_optimizer_matrix *matrix = &optimizer->matrices[k];
        if (parameter >= matrix->first &&
            parameter - matrix->first < matrix->rows * matrix->columns)
            return true;
    }
    return false;
}

void tot_optimizer_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                         const float *gradients, float *parameters) {
    if (optimizer->kind == TOT_OPTIMIZER_SGD)
        tot_sgd_apply(optimizer, factor, first, count, gradients, parameters);
    else if (!in_matrix(optimizer, first))
        tot_adam_apply(optimizer, factor, first, count, gradients, parameters);
}
