/* From a folded curve to the image that a network is given: outliers, alignment, normalisation,
 * bins and drawing, in this order. Real and synthetic curves pass through here alike. */
#ifndef TOT_IMAGE_PREPARE_H
#define TOT_IMAGE_PREPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "curve/bin.h"
#include "curve/flatness.h"
#include "image/raster.h"

typedef struct tot_image_options {
    size_t width, height;            /* pixels */
    double sigma_lower, sigma_upper; /* see curve/clean.h; INFINITY keeps every point */
    tot_statistic statistic;         /* of the points in a column; the mean is weighted */
    tot_raster_style style;
    bool hide_depth; /* the image doesn't tell it, as if the flux had no known zero point */
} tot_image_options;

/* Flux that varies more, as a part of its maximum, had its zero point shifted: no contact binary
 * loses so much light. Its depth is drawn as not known. */
#define TOT_GREATEST_DEPTH 0.8

tot_image_options tot_image_options_default(void); /* 100 x 100, mean, area, usual limits */

typedef struct tot_curve_summary {
    size_t n_points, n_used, n_outliers;
    size_t n_empty_columns; /* of the image */
    double widest_gap;      /* in phase, between neighbouring points; the scale of a curve with a
                             * gap at an extremum is a guess */
    double shift;           /* the phase, as given, that became 0: the deeper minimum */
    double shift_err;       /* its standard error */
    double top, bottom;     /* flux, as given, that became 1 and 0 */
    double noise;           /* sigma of a point in units of the maximum flux; NaN when that is not
                             * above 0 (a flux that was not reduced to a star's whole light) */
    double noise_amplitude; /* the same in units of the amplitude, top - bottom */
    double depth;           /* amplitude in units of the maximum flux; NaN as above */
    double secondary_depth; /* depth of the shallower minimum, likewise */
    double depth_difference_sigma; /* depth difference of the minima over its standard error; below
                                    * about 3 the side of the deeper one is a toss-up */
    double maxima_difference; /* maximum after less maximum before the deeper minimum, in units of
                               * the maximum flux (O'Connell effect) */
    double double_wave;       /* see curve/shape.h */
    tot_flatness flatness;
} tot_curve_summary;

/* Draws the points of a curve that is aligned and normalised, the last step of the chain. weight:
 * of each point in the mean of its column (curve/clean.h), a median goes without; noise: sigma of a
 * point; depth: as in tot_columns; *empty: the columns without a point. pixels may be NULL. Errors
 * as tot_bin and tot_raster. */
tot_status tot_draw_points(const double *phase, const double *flux, const double *weight,
                           size_t count, double noise, double depth,
                           const tot_image_options *options, float *pixels, size_t *empty,
                           tot_error *error);

/* phase: any finite numbers, whole cycles don't matter; flux: any unit, any zero. Neither order nor
 * epoch matters. pixels: height * width, see image/raster.h; the deeper minimum lies at a quarter
 * of the width. pixels (or summary) may be NULL. Thread-safe.
 *
 * TOT_ERROR_FORMAT: data that make no curve (fewer than TOT_CURVE_MIN_POINTS points, a number that
 * is not finite, a flux that does not vary). TOT_ERROR_ARGUMENT: an option out of range.
 * The message names neither file nor function: the caller knows them. */
tot_status tot_curve_to_image(const double *phase, const double *flux, size_t count,
                              const tot_image_options *options, float *pixels,
                              tot_curve_summary *summary, tot_error *error);

#endif
