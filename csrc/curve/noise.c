#include "curve/noise.h"

#include <math.h>

#include "base/memory.h"
#include "curve/robust.h"

tot_status tot_noise(const tot_fourier *fit, const tot_point *points, size_t count, double *sigma,
                     tot_error *error) {
    enum { ROUNDS = 4, ENOUGH = 8192 };
    double *residual = tot_allocate(count, sizeof *residual);
    const size_t stride = (count + ENOUGH - 1) / ENOUGH, pairs = (count + stride - 1) / stride;
    double *difference = tot_allocate(pairs, 2 * sizeof *difference);
    tot_status status = TOT_OK;
    if (residual == NULL || difference == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
        goto done;
    }
    tot_fourier_residuals(fit, points, count, residual);
    double *scratch = difference + pairs;
    for (size_t k = 0; k < pairs; k++) {
        const size_t point = k * stride, next = point + 1 < count ? point + 1 : 0;
        scratch[k] = difference[k] = residual[next] - residual[point];
    }
    double scale = tot_deviation_about_zero(scratch, pairs);
    for (int round = 0; round < ROUNDS && scale > 0.0; round++) {
        double sum = 0.0;
        size_t used = 0;
        for (size_t k = 0; k < pairs; k++)
            if (fabs(difference[k]) <= 3.0 * scale) {
                sum += difference[k] * difference[k];
                used++;
            }
        /* variance of a normal deviate cut at three sigma: 1 - 6 phi(3) / erf(3 / sqrt 2) */
        scale = sqrt(sum / (double)used / 0.973337);
    }
    *sigma = scale / sqrt(2.0);
done:
    tot_free(residual);
    tot_free(difference);
    return status;
}
