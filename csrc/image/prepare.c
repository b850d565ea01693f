#include "image/prepare.h"

#include <math.h>
#include <stdbool.h>

#include "base/memory.h"
#include "curve/clean.h"
#include "curve/fold.h"
#include "curve/fourier.h"
#include "curve/noise.h"
#include "curve/points.h"
#include "curve/shape.h"
#include "image/raster.h"

tot_image_options tot_image_options_default(void) {
    return (tot_image_options){
        .width = 100,
        .height = 100,
        .sigma_lower = TOT_SIGMA_LOWER,
        .sigma_upper = TOT_SIGMA_UPPER,
        .statistic = TOT_STATISTIC_MEAN,
        .style = TOT_RASTER_AREA,
    };
}

tot_status tot_draw_points(const double *phase, const double *flux, const double *weight,
                           size_t count, double noise, double depth,
                           const tot_image_options *options, float *pixels, size_t *empty,
                           tot_error *error) {
    /* the median of normal deviates is that much less sure than their mean */
    const bool median = options->statistic == TOT_STATISTIC_MEDIAN;
    const double relative = median ? 1.2533 : 1.0;
    double *value = tot_allocate(options->width, 2 * sizeof *value);
    size_t *counts = tot_allocate(options->width, sizeof *counts);
    tot_status status;
    if (value == NULL || counts == NULL) {
        status =
            tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu columns", options->width);
        goto done;
    }
    double *spread = value + options->width;
    const tot_bins bins = {options->width, value, spread, counts};
    status =
        median ? tot_bin(phase, flux, count, options->statistic, &bins, error)
               : tot_bin_weighted(phase, flux, weight, count, options->width, value, counts, error);
    if (status != TOT_OK)
        goto done;
    *empty = 0;
    for (size_t k = 0; k < options->width; k++) {
        *empty += counts[k] == 0;
        spread[k] = relative * noise / sqrt((double)counts[k]); /* standard error of the value */
    }
    if (pixels != NULL)
        status = tot_raster(&(tot_columns){value, spread, depth}, options->width, options->height,
                            options->style, pixels, error);
done:
    tot_free(value);
    tot_free(counts);
    return status;
}

static double drawn_depth(double depth, const tot_image_options *options) {
    return options->hide_depth || !(depth <= TOT_GREATEST_DEPTH) ? NAN : depth;
}

tot_status tot_curve_to_image(const double *phase, const double *flux, size_t count,
                              const tot_image_options *options, float *pixels,
                              tot_curve_summary *summary, tot_error *error) {
    if (options->width < TOT_RASTER_MIN_SIZE || options->height < TOT_RASTER_MIN_SIZE)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "an image of %zu x %zu pixels, at least %d x %d are needed", options->width,
                        options->height, TOT_RASTER_MIN_SIZE, TOT_RASTER_MIN_SIZE);
    tot_point *points = tot_allocate(count, sizeof *points);
    bool *keep = tot_allocate(count, sizeof *keep);
    double *normal_phase = tot_allocate(count, 3 * sizeof *normal_phase);
    double *normal_flux = normal_phase == NULL ? NULL : normal_phase + count;
    double *weight = normal_phase == NULL ? NULL : normal_phase + 2 * count;
    tot_curve_summary result = {.n_points = count};
    tot_fourier fit;
    tot_shape shape;
    double noise;
    tot_status status;
    if (points == NULL || keep == NULL || normal_phase == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
        goto done;
    }

    status = tot_sort_points(phase, flux, count, points, error);
    if (status == TOT_OK)
        status = tot_fourier_fit(points, count, &fit, error);
    if (status == TOT_OK)
        status = tot_find_outliers(&fit, points, count, options->sigma_lower, options->sigma_upper,
                                   keep, &result.n_outliers, error);
    if (status != TOT_OK)
        goto done;
    size_t used = 0;
    for (size_t k = 0; k < count; k++)
        if (keep[k])
            points[used++] = points[k];
    result.n_used = used;
    result.widest_gap = tot_widest_gap(points, used);

    if (used < count)
        status = tot_fourier_fit(points, used, &fit, error);
    if (status == TOT_OK)
        status = tot_noise(&fit, points, used, &noise, error);
    if (status == TOT_OK)
        status = tot_point_weights(&fit, points, used, noise, weight, error);
    if (status != TOT_OK)
        goto done;
    tot_shape_find(&fit, used, &shape);
    status = tot_shape_check(&shape, error);
    if (status != TOT_OK)
        goto done;
    const double top = tot_shape_top(&shape), bottom = tot_shape_bottom(&shape);
    const double amplitude = top - bottom;
    for (size_t k = 0; k < used; k++) {
        normal_phase[k] = tot_wrap_phase(points[k].phase - shape.primary_phase);
        normal_flux[k] = (points[k].flux - bottom) / amplitude;
    }

    const double light = top > 0.0 ? top : NAN;
    result.shift = shape.primary_phase;
    result.shift_err = shape.primary_phase_err;
    result.top = top;
    result.bottom = bottom;
    result.noise = noise / light;
    result.noise_amplitude = noise / amplitude;
    result.depth = amplitude / light;
    result.secondary_depth = (top - fmax(shape.primary_level, shape.secondary_level)) / light;
    result.depth_difference_sigma =
        shape.depth_difference / fmax(shape.depth_difference_err, 1e-12 * amplitude);
    result.maxima_difference = (shape.maximum_after - shape.maximum_before) / light;
    result.double_wave = shape.double_wave;
    result.flatness = tot_flatter_minimum(normal_phase, normal_flux, used, result.noise_amplitude);
    status = tot_draw_points(normal_phase, normal_flux, weight, used, result.noise_amplitude,
                             drawn_depth(result.depth, options), options, pixels,
                             &result.n_empty_columns, error);
    if (status == TOT_OK && summary != NULL)
        *summary = result;
done:
    tot_free(points);
    tot_free(keep);
    tot_free(normal_phase);
    return status;
}
