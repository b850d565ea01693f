/* The whole chain from what a telescope delivered to images, for many curves at once. */
#ifndef TOT_IMAGE_DRAW_OBSERVED_H
#define TOT_IMAGE_DRAW_OBSERVED_H

#include <stddef.h>

#include "base/status.h"
#include "curve/observed.h"
#include "image/prepare.h"

/* One curve, borrowed, and what became of it. */
typedef struct tot_image_request {
    tot_observed observed;       /* without times: flux and count only */
    const double *phase;         /* then these are its phases */
    tot_folding_options folding; /* of a curve in time */

    tot_status status; /* as tot_fold_observed and tot_curve_to_image; the rest is for TOT_OK */
    tot_error error;
    tot_curve_summary summary;
    tot_folding folded; /* of a curve in time */
} tot_image_request;

/* One image of every curve: pixels[count][height][width]. */
typedef struct tot_image_set {
    tot_image_options options;
    float *pixels;
} tot_image_set;

/* Folds each curve once, and draws it to its place in every set (at least one, which the summary
 * is of), on up to `threads` threads; the result doesn't depend on how many. A curve that makes no
 * image spoils no other. */
void tot_draw_observed(tot_image_request *requests, size_t count, const tot_image_set *sets,
                       size_t set_count, size_t threads);

#endif
