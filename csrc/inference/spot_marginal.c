#include "inference/spot_marginal.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "nn/gemm.h"

enum { OTHERS = 4 }; /* arrays of tot_spot_columns beside `one` and `z` */

/* Numbers of one observation. */
static size_t stride_of(const tot_spot_marginal *m) {
    return (2 * m->count + OTHERS) * m->columns;
}

tot_status tot_spot_marginal_create(const tot_spot_curves *curves, size_t observations,
                                    size_t columns, const float *averaging,
                                    tot_spot_marginal *marginal, tot_error *error) {
    const size_t count = curves->count, phases = curves->phases;
    tot_spot_marginal m = {.count = count, .phases = phases, .columns = columns};
    size_t rows, numbers;
    *marginal = m;
    if (count == 0)
        return TOT_OK;
    if (!tot_multiply_sizes(observations, columns * count * phases, &rows) ||
        !tot_multiply_sizes(observations, stride_of(&m), &numbers))
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu observations",
                        observations);
    m.numbers = tot_allocate(numbers, sizeof *m.numbers);
    m.rows = tot_allocate(rows, sizeof *m.rows);
    m.curves = tot_allocate(count, phases * sizeof *m.curves);
    if (m.numbers == NULL || m.rows == NULL || m.curves == NULL) {
        tot_spot_marginal_free(&m);
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu observations",
                        observations);
    }
    if (averaging == NULL)
        memcpy(m.curves, curves->flux, count * phases * sizeof *m.curves);
    else
        tot_gemm(count, phases, phases, (tot_matrix){curves->flux, phases, TOT_NORMAL},
                 (tot_matrix){averaging, phases, TOT_NORMAL}, 0.0f, m.curves, phases);
    *marginal = m;
    return TOT_OK;
}

void tot_spot_marginal_free(tot_spot_marginal *marginal) {
    tot_free(marginal->curves);
    tot_free(marginal->numbers);
    tot_free(marginal->rows);
    *marginal = (tot_spot_marginal){0};
}

/* Lower triangle of Cholesky's factor. */
static void factor(size_t count, double a[TOT_SPOT_CURVES][TOT_SPOT_CURVES]) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i][j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i][k] * a[j][k];
            /* 1 + D' W D has no pivot below 1 */
            a[i][j] = i == j ? sqrt(fmax(sum, 1.0)) : sum / a[j][j];
        }
}

/* Row of a curve in a column. */
static float *row_of(const tot_spot_marginal *m, size_t observation, size_t curve, size_t column) {
    return m->rows + ((observation * m->count + curve) * m->columns + column) * m->phases;
}

/* D' W, of the phases, of 1 and z, and 1 + D' W D. */
static void project(const tot_spot_marginal *m, size_t observation, size_t column, const float *w,
                    const float *wz, double one[], double z[],
                    double matrix[TOT_SPOT_CURVES][TOT_SPOT_CURVES]) {
    const size_t phases = m->phases;
    for (size_t i = 0; i < m->count; i++) {
        const float *d = m->curves + i * phases;
        float *row = row_of(m, observation, i, column);
        for (size_t k = 0; k < phases; k++) {
            row[k] = w[k] * d[k];
            one[i] += (double)row[k];
            z[i] += (double)wz[k] * (double)d[k];
        }
        for (size_t j = 0; j <= i; j++)
            for (size_t k = 0; k < phases; k++)
                matrix[i][j] += (double)row[k] * (double)m->curves[j * phases + k];
        matrix[i][i] += 1.0;
    }
}

void tot_spot_marginal_prepare(tot_spot_marginal *marginal, size_t observation, size_t column,
                               const float *w, const float *wz) {
    const size_t count = marginal->count, phases = marginal->phases, columns = marginal->columns;
    double one[TOT_SPOT_CURVES] = {0}, z[TOT_SPOT_CURVES] = {0};
    double l[TOT_SPOT_CURVES][TOT_SPOT_CURVES] = {{0}};
    if (count == 0)
        return;
    double *numbers = marginal->numbers + observation * stride_of(marginal) + column;
    double *others = numbers + 2 * count * columns;
    project(marginal, observation, column, w, wz, one, z, l);
    factor(count, l);
    for (size_t i = 0; i < count; i++) { /* L^-1 from the left */
        float *row = row_of(marginal, observation, i, column);
        for (size_t j = 0; j < i; j++) {
            const float *before = row_of(marginal, observation, j, column);
            for (size_t k = 0; k < phases; k++)
                row[k] -= (float)l[i][j] * before[k];
            one[i] -= l[i][j] * one[j];
            z[i] -= l[i][j] * z[j];
        }
        for (size_t k = 0; k < phases; k++)
            row[k] /= (float)l[i][i];
        one[i] /= l[i][i];
        z[i] /= l[i][i];
        numbers[i * columns] = one[i];
        numbers[(count + i) * columns] = z[i];
        others[0] += one[i] * one[i];
        others[columns] += one[i] * z[i];
        others[2 * columns] += z[i] * z[i];
        others[3 * columns] += log(l[i][i]);
    }
}

tot_spot_columns tot_spot_marginal_columns(const tot_spot_marginal *m, size_t observation) {
    if (m->count == 0)
        return (tot_spot_columns){0};
    const double *numbers = m->numbers + observation * stride_of(m);
    const double *others = numbers + 2 * m->count * m->columns;
    return (tot_spot_columns){.count = m->count,
                              .one = numbers,
                              .z = numbers + m->count * m->columns,
                              .one_one = others,
                              .one_z = others + m->columns,
                              .zz = others + 2 * m->columns,
                              .log_volume = others + 3 * m->columns};
}
