/* From model curves to the images that train and test a network, many at once. A model costs more
 * than an observation does: one system may be observed several times. */
#ifndef TOT_SYNTHESIS_SYNTHESIS_H
#define TOT_SYNTHESIS_SYNTHESIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"
#include "curve/observe.h"
#include "curve/survey.h"
#include "image/prepare.h"

/* So many regular phases have the model curves of binary/model_curves.h that are observed. */
enum { TOT_MODEL_PHASES = 100 };

/* One observation. */
typedef struct tot_example {
    tot_target target;
    const tot_survey *survey; /* NULL: points in phase, as the next three say */
    size_t points;
    tot_sampling sampling;
    double noise;    /* sigma in units of the maximum flux */
    size_t limit;    /* of the points of a continuous survey, see tot_survey_observe */
    bool hide_depth; /* see tot_image_options */
    tot_rng rng;
} tot_example;

/* Makes the images, on up to `threads` threads; the result doesn't depend on how many. What a
 * survey delivers passes through tot_fold_observed and tot_curve_to_image, as a real curve. pixels:
 * count images of height * width. drawn[k] is false, and no error, where the data make no curve
 * (too few points). */
tot_status tot_draw_examples(const tot_example *examples, size_t count,
                             const tot_image_options *options, size_t threads, float *pixels,
                             bool *drawn, tot_error *error);

#endif
