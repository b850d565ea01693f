#include "curve/noise.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "curve/robust.h"

tot_status tot_noise(const tot_fourier *fit, const tot_point *points, size_t count, double *sigma,
                     tot_error *error) {
    enum { ROUNDS = 4 };
    double *difference = tot_allocate(count, 2 * sizeof *difference);
    if (difference == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    tot_fourier_residuals(fit, points, count, difference);
    const double first = difference[0];
    for (size_t k = 0; k < count; k++)
        difference[k] = (k + 1 < count ? difference[k + 1] : first) - difference[k];
    double *scratch = difference + count;
    memcpy(scratch, difference, count * sizeof *scratch);
    double scale = tot_deviation_about_zero(scratch, count);
    for (int round = 0; round < ROUNDS && scale > 0.0; round++) {
        double sum = 0.0;
        size_t used = 0;
        for (size_t k = 0; k < count; k++)
            if (fabs(difference[k]) <= 3.0 * scale) {
                sum += difference[k] * difference[k];
                used++;
            }
        /* variance of a normal deviate cut at three sigma: 1 - 6 phi(3) / erf(3 / sqrt 2) */
        scale = sqrt(sum / (double)used / 0.973337);
    }
    tot_free(difference);
    *sigma = scale / sqrt(2.0);
    return TOT_OK;
}
