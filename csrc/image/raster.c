#include "image/raster.h"

#include <math.h>
#include <string.h>

tot_status tot_raster(const double *value, size_t width, size_t height, float *pixels,
                      tot_error *error) {
    if (width < TOT_RASTER_MIN_SIZE || height < TOT_RASTER_MIN_SIZE)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "an image of %zu x %zu pixels, at least %d x %d are needed", width, height,
                        TOT_RASTER_MIN_SIZE, TOT_RASTER_MIN_SIZE);
    memset(pixels, 0, width * height * sizeof *pixels);
    const double scale = (double)height / (TOT_RASTER_TOP - TOT_RASTER_BOTTOM);
    for (size_t column = 0; column < width; column++) {
        if (isnan(value[column]))
            continue;
        /* the centre of row k has the height k */
        double y = (TOT_RASTER_TOP - value[column]) * scale - 0.5;
        y = fmax(0.0, fmin((double)(height - 1), y));
        const size_t row = (size_t)y;
        const double below = y - (double)row;
        pixels[row * width + column] = (float)(1.0 - below);
        if (row + 1 < height)
            pixels[(row + 1) * width + column] = (float)below;
    }
    return TOT_OK;
}
