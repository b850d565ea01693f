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
     * needs fewer examples than with marks. A picture of shape alone hides how deep the eclipses
     * are, though in a total one the depth is the light of the star behind. So the grey of the
     * paper tells it: white (0) for none or not known, half black for all light. The ink is the
     * fainter the less sure a column's height is. A column without a value is drawn between its
     * neighbours' heights (the cycle is closed), with half the ink. */
    TOT_RASTER_AREA,
    /* One mark a column, one pixel high: a plot of points. A column without a value is empty. */
    TOT_RASTER_MARKS
} tot_raster_style;

/* What is drawn. */
typedef struct tot_columns {
    const double *value;          /* of each column; NaN: none */
    const double *standard_error; /* of the values, in their unit; NULL: they are exact */
    double depth; /* what 1 in values is in units of the maximum flux; NaN: not known */
} tot_columns;

/* pixels: height * width, overwritten. TOT_ERROR_ARGUMENT: width or height below
 * TOT_RASTER_MIN_SIZE. */
tot_status tot_raster(const tot_columns *columns, size_t width, size_t height,
                      tot_raster_style style, float *pixels, tot_error *error);

#endif
