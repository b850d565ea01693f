/* A curve as a grey image.
 *
 * Pixels are float32, row-major, row 0 on top, background 0, ink 1. One mark a column, one pixel
 * high, its ink shared by two rows in proportion to the height between them: the sum of the rows,
 * weighted by their index, gives the flux back exactly. */
#ifndef TOT_IMAGE_RASTER_H
#define TOT_IMAGE_RASTER_H

#include <stddef.h>

#include "base/status.h"

/* The flux at the lower and at the upper edge of an image. Values outside are drawn in the border
 * row. A normalised curve fills 0 ... 1; the rest is for noise. */
#define TOT_RASTER_BOTTOM (-0.15)
#define TOT_RASTER_TOP 1.15

enum { TOT_RASTER_MIN_SIZE = 8 };

/* Draws value[k] in column k; NaN leaves the column empty. pixels: height * width, overwritten.
 * TOT_ERROR_ARGUMENT: width or height below TOT_RASTER_MIN_SIZE. */
tot_status tot_raster(const double *value, size_t width, size_t height, float *pixels,
                      tot_error *error);

#endif
