#include "curve/clean.h"

#include <math.h>

#include "base/memory.h"
#include "curve/noise.h"
#include "curve/robust.h"

/* Of the noise, as Student's distribution. Real curves of ASAS-3 and CRTS have a kurtosis of 3.7
 * and 3.8 within 4 sigma, which are those of 8 degrees of freedom, and outliers besides. */
static const double DEGREES_OF_FREEDOM = 4.0;

/* Weights count half where the mean of a hundredth of the points has this standard error, as a part
 * of the range of flux. */
static const double SURE = 0.01;

/* Nearer to the series than this, in sigma, a point is not compared with its neighbours, which
 * takes time; what the neighbours excuse counts as this far off, so that weights have no jump. */
static const double NEAR = 1.0;

/* Median residual of the nearest points in phase, without the point itself. */
static double neighbours(const double *residual, size_t count, size_t k) {
    enum { SIDE = 3 };
    double near[2 * SIDE];
    for (size_t j = 0; j < SIDE; j++) {
        near[2 * j] = residual[(k + j + 1) % count];
        near[2 * j + 1] = residual[(k + count - j - 1) % count];
    }
    return tot_median(near, 2 * SIDE);
}

tot_status tot_find_outliers(const tot_fourier *fit, const tot_point *points, size_t count,
                             double sigma_lower, double sigma_upper, bool *keep, size_t *outliers,
                             tot_error *error) {
    if (!(sigma_lower > 0.0) || !(sigma_upper > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the limits of outliers must be above 0");
    double *residual = tot_allocate(count, sizeof *residual);
    if (residual == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    tot_fourier_residuals(fit, points, count, residual);
    const double floor = fmax(1.2 * fit->misfit, 1e-3 * fit->scale);
    const double lower = fmax(sigma_lower * fit->scatter, floor);
    const double upper = fmax(sigma_upper * fit->scatter, floor);
    size_t removed = 0;
    for (size_t k = 0; k < count; k++) {
        keep[k] = residual[k] <= upper && residual[k] >= -lower;
        if (keep[k])
            continue;
        const double apart = residual[k] - neighbours(residual, count, k);
        keep[k] = apart <= upper && apart >= -lower;
        removed += !keep[k];
    }
    *outliers = removed;
    tot_free(residual);
    return TOT_OK;
}

/* The points in order, which the caller frees, and the series through them. */
static tot_status sort_and_fit(const double *phase, const double *flux, size_t count,
                               tot_point **points, tot_fourier *fit, tot_error *error) {
    *points = tot_allocate(count, sizeof **points);
    if (*points == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    const tot_status status = tot_sort_points(phase, flux, count, *points, error);
    return status == TOT_OK ? tot_fourier_fit(*points, count, fit, error) : status;
}

tot_status tot_remove_outliers(const double *phase, const double *flux, size_t count,
                               double sigma_lower, double sigma_upper, bool *keep, size_t *outliers,
                               tot_error *error) {
    tot_point *points;
    tot_fourier fit;
    bool *sorted_keep = NULL;
    tot_status status = sort_and_fit(phase, flux, count, &points, &fit, error);
    if (status != TOT_OK)
        goto done;
    sorted_keep = tot_allocate(count, sizeof *sorted_keep);
    status = sorted_keep == NULL
                 ? tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count)
                 : tot_find_outliers(&fit, points, count, sigma_lower, sigma_upper, sorted_keep,
                                     outliers, error);
    for (size_t k = 0; status == TOT_OK && k < count; k++)
        keep[points[k].index] = sorted_keep[k];
done:
    tot_free(points);
    tot_free(sorted_keep);
    return status;
}

tot_status tot_point_weights(const tot_fourier *fit, const tot_point *points, size_t count,
                             double noise, double *weight, tot_error *error) {
    double *residual = tot_allocate(count, sizeof *residual);
    if (residual == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    tot_fourier_residuals(fit, points, count, residual);
    const double variance = noise * noise * 100.0 / (double)count; /* of such a mean */
    const double part = variance / (variance + pow(SURE * fit->scale, 2.0));
    for (size_t k = 0; k < count; k++) {
        double off = noise > 0.0 ? fabs(residual[k]) / noise : 0.0;
        if (off > NEAR) {
            const double apart = fabs(residual[k] - neighbours(residual, count, k)) / noise;
            off = fmin(off, fmax(apart, NEAR));
        }
        const double full = (DEGREES_OF_FREEDOM + 1.0) / (DEGREES_OF_FREEDOM + off * off);
        weight[k] = 1.0 + part * (full - 1.0);
    }
    tot_free(residual);
    return TOT_OK;
}

tot_status tot_weigh_points(const double *phase, const double *flux, size_t count, double *weight,
                            tot_error *error) {
    tot_point *points;
    tot_fourier fit;
    double noise, *sorted_weight = NULL;
    tot_status status = sort_and_fit(phase, flux, count, &points, &fit, error);
    if (status == TOT_OK)
        status = tot_noise(&fit, points, count, &noise, error);
    if (status != TOT_OK)
        goto done;
    sorted_weight = tot_allocate(count, sizeof *sorted_weight);
    status = sorted_weight == NULL
                 ? tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count)
                 : tot_point_weights(&fit, points, count, noise, sorted_weight, error);
    for (size_t k = 0; status == TOT_OK && k < count; k++)
        weight[points[k].index] = sorted_weight[k];
done:
    tot_free(points);
    tot_free(sorted_weight);
    return status;
}
