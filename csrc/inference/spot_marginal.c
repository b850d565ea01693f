#include "inference/spot_marginal.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "nn/gemm.h"

tot_status tot_spot_marginal_create(const tot_spot_curves *curves, size_t columns,
                                    const float *averaging, tot_spot_marginal *marginal,
                                    tot_error *error) {
    const size_t count = curves->count, phases = curves->phases;
    tot_spot_marginal m = {.count = count, .phases = phases};
    size_t rows;
    *marginal = m;
    if (count == 0)
        return TOT_OK;
    if (!tot_multiply_sizes(columns, count * phases, &rows))
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu columns", columns);
    m.sums = tot_allocate(columns, sizeof *m.sums);
    m.rows = tot_allocate(rows, sizeof *m.rows);
    m.curves = tot_allocate(count, phases * sizeof *m.curves);
    if (m.sums == NULL || m.rows == NULL || m.curves == NULL) {
        tot_spot_marginal_free(&m);
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu columns", columns);
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
    tot_free(marginal->sums);
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

void tot_spot_marginal_prepare(tot_spot_marginal *marginal, size_t column, const float *w,
                               const float *wz) {
    const size_t count = marginal->count, phases = marginal->phases;
    double l[TOT_SPOT_CURVES][TOT_SPOT_CURVES] = {{0}};
    if (count == 0)
        return;
    float *rows = marginal->rows + column * count * phases;
    tot_spot_sums *sums = &marginal->sums[column];
    for (size_t i = 0; i < count; i++) { /* D' W, of the phases, of 1, z and D */
        const float *d = marginal->curves + i * phases;
        float *row = rows + i * phases;
        for (size_t k = 0; k < phases; k++) {
            row[k] = w[k] * d[k];
            sums->one[i] += (double)row[k];
            sums->z[i] += (double)wz[k] * (double)d[k];
        }
        for (size_t j = 0; j <= i; j++)
            for (size_t k = 0; k < phases; k++)
                l[i][j] += (double)row[k] * (double)marginal->curves[j * phases + k];
        l[i][i] += 1.0;
    }
    factor(count, l);
    for (size_t i = 0; i < count; i++) { /* L^-1 from the left */
        float *row = rows + i * phases;
        for (size_t j = 0; j < i; j++) {
            for (size_t k = 0; k < phases; k++)
                row[k] -= (float)l[i][j] * rows[j * phases + k];
            sums->one[i] -= l[i][j] * sums->one[j];
            sums->z[i] -= l[i][j] * sums->z[j];
        }
        for (size_t k = 0; k < phases; k++)
            row[k] /= (float)l[i][i];
        sums->one[i] /= l[i][i];
        sums->z[i] /= l[i][i];
        sums->log_volume += log(l[i][i]);
    }
}
