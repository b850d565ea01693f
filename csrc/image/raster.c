#include "image/raster.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Part of the ink that says that a column's height is a guess, and the standard error at which the
 * ink is halfway from there to all. */
static const float GUESSED_INK = 0.5f;
static const double DOUBTFUL_ERROR = 0.1;

/* The grey of the paper of a curve whose depth is all its light. */
static const float DEEPEST_PAPER = 0.5f;

/* Row and part of a row below its centre for a value; the centre of row k has the height k. */
static double height_of(double value, size_t height) {
    const double scale = (double)height / (TOT_RASTER_TOP - TOT_RASTER_BOTTOM);
    const double y = (TOT_RASTER_TOP - value) * scale - 0.5;
    return fmax(0.0, fmin((double)(height - 1), y));
}

static void draw_mark(double y, size_t column, size_t width, size_t height, float *pixels) {
    const size_t row = (size_t)y;
    const double below = y - (double)row;
    pixels[row * width + column] = (float)(1.0 - below);
    if (row + 1 < height)
        pixels[(row + 1) * width + column] = (float)below;
}

static void draw_area(double y, float ink, float paper, size_t column, size_t width, size_t height,
                      float *pixels) {
    const size_t row = (size_t)y;
    for (size_t k = 0; k < row; k++)
        pixels[k * width + column] = paper;
    pixels[row * width + column] = paper + (ink - paper) * (float)(1.0 - (y - (double)row));
    for (size_t k = row + 1; k < height; k++)
        pixels[k * width + column] = ink;
}

/* The value on the straight line between the nearest values before and after a column, around the
 * end of the cycle if need be; NaN when there is none at all. */
static double value_between(const double *value, size_t width, size_t column) {
    size_t before = 1, after = 1;
    while (before < width && isnan(value[(column + width - before) % width]))
        before++;
    if (before == width)
        return NAN;
    while (isnan(value[(column + after) % width]))
        after++;
    const double a = value[(column + width - before) % width], b = value[(column + after) % width];
    return a + (b - a) * (double)before / (double)(before + after);
}

static float paper_of(double depth) {
    return isfinite(depth) ? DEEPEST_PAPER * (float)fmax(0.0, fmin(1.0, depth)) : 0.0f;
}

/* Between GUESSED_INK and 1. */
static float ink_of(double standard_error) {
    const double relative = standard_error / DOUBTFUL_ERROR;
    return GUESSED_INK + (1.0f - GUESSED_INK) / (1.0f + (float)(relative * relative));
}

tot_status tot_raster(const tot_columns *columns, size_t width, size_t height,
                      tot_raster_style style, float *pixels, tot_error *error) {
    if (width < TOT_RASTER_MIN_SIZE || height < TOT_RASTER_MIN_SIZE)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "an image of %zu x %zu pixels, at least %d x %d are needed", width, height,
                        TOT_RASTER_MIN_SIZE, TOT_RASTER_MIN_SIZE);
    memset(pixels, 0, width * height * sizeof *pixels);
    const double *value = columns->value, *standard_error = columns->standard_error;
    const float paper = paper_of(columns->depth);
    for (size_t column = 0; column < width; column++) {
        const bool known = !isnan(value[column]);
        if (style == TOT_RASTER_MARKS) {
            if (known)
                draw_mark(height_of(value[column], height), column, width, height, pixels);
            continue;
        }
        const double drawn = known ? value[column] : value_between(value, width, column);
        if (isnan(drawn))
            continue;
        const float ink = !known                   ? GUESSED_INK
                          : standard_error == NULL ? 1.0f
                                                   : ink_of(standard_error[column]);
        draw_area(height_of(drawn, height), paper + (1.0f - paper) * ink, paper, column, width,
                  height, pixels);
    }
    return TOT_OK;
}
