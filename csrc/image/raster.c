#include "image/raster.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Half the ink says that a column's height is a guess. */
static const float GUESSED_INK = 0.5f;

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

static void draw_area(double y, float ink, size_t column, size_t width, size_t height,
                      float *pixels) {
    const size_t row = (size_t)y;
    pixels[row * width + column] = ink * (float)(1.0 - (y - (double)row));
    for (size_t k = row + 1; k < height; k++)
        pixels[k * width + column] = ink;
}

/* The normal distribution about y, cut at four sigma and cut off at the borders. */
static void draw_density(double y, double error, size_t column, size_t width, size_t height,
                         float *pixels) {
    const double narrowest = 0.5;
    const double scale = (double)height / (TOT_RASTER_TOP - TOT_RASTER_BOTTOM);
    const double sigma = hypot(error * scale, narrowest), reach = 4.0 * sigma;
    const size_t first = y > reach ? (size_t)(y - reach) : 0;
    const double end = ceil(y + reach);
    const size_t last = end < (double)(height - 1) ? (size_t)end : height - 1;
    double before = 0.0; /* probability in the rows above */
    for (size_t row = first; row <= last; row++) {
        const double edge = ((double)row + 0.5 - y) / (sigma * sqrt(2.0));
        const double upto = row == last ? 1.0 : 0.5 * (1.0 + erf(edge));
        pixels[row * width + column] = (float)(upto - before);
        before = upto;
    }
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

tot_status tot_raster(const double *value, const double *standard_error, size_t width,
                      size_t height, tot_raster_style style, float *pixels, tot_error *error) {
    if (width < TOT_RASTER_MIN_SIZE || height < TOT_RASTER_MIN_SIZE)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "an image of %zu x %zu pixels, at least %d x %d are needed", width, height,
                        TOT_RASTER_MIN_SIZE, TOT_RASTER_MIN_SIZE);
    memset(pixels, 0, width * height * sizeof *pixels);
    for (size_t column = 0; column < width; column++) {
        const bool known = !isnan(value[column]);
        if (style != TOT_RASTER_AREA) {
            const double y = known ? height_of(value[column], height) : NAN;
            if (known && style == TOT_RASTER_MARKS)
                draw_mark(y, column, width, height, pixels);
            else if (known)
                draw_density(y, standard_error == NULL ? 0.0 : standard_error[column], column,
                             width, height, pixels);
            continue;
        }
        const double drawn = known ? value[column] : value_between(value, width, column);
        if (!isnan(drawn))
            draw_area(height_of(drawn, height), known ? 1.0f : GUESSED_INK, column, width, height,
                      pixels);
    }
    return TOT_OK;
}
