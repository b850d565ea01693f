/* A curve as a grey image.
 *
 * Pixels are float32, row-major, row 0 on top, background 0, ink 1. The height of a column's value
 * is kept exactly, whatever the size of a pixel: the border pixel has a part of the ink. */
#ifndef TOT_IMAGE_RASTER_H
#define TOT_IMAGE_RASTER_H

#include <stddef.h>

#include "base/status.h"

/* The flux at the lower and at the upper edge of an image. Values outside are drawn in the border
 * row. A normalised curve fills 0 ... 1; the rest is for noise. */
#define TOT_RASTER_BOTTOM (-0.15)
#define TOT_RASTER_TOP 1.15

enum { TOT_RASTER_MIN_SIZE = 8 };

typedef enum tot_raster_style {
    /* All below the curve is ink. A network finds averages over neighbouring columns at once, and
     * needs fewer examples than with marks. A column without a value is drawn between its
     * neighbours' heights (the cycle is closed), with half the ink. */
    TOT_RASTER_AREA,
    /* One mark a column, one pixel high: a plot of points. A column without a value is empty. */
    TOT_RASTER_MARKS,
    /* Where the column's value may be: a normal distribution of the value's standard error, no
     * narrower than half a pixel; each pixel has the probability that falls in it, the border rows
     * also what lies beyond. So the ink of a column is 1 and runs the thinner the fewer and the
     * noisier its points are; a column without a value is empty. */
    TOT_RASTER_DENSITY
} tot_raster_style;

/* Draws value[k] in column k; NaN: no value. standard_error[k], in the unit of the value, is for
 * TOT_RASTER_DENSITY (NULL: none). pixels: height * width, overwritten.
 * TOT_ERROR_ARGUMENT: width or height below TOT_RASTER_MIN_SIZE. */
tot_status tot_raster(const double *value, const double *standard_error, size_t width,
                      size_t height, tot_raster_style style, float *pixels, tot_error *error);

#endif
