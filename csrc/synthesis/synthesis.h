/* From systems to the images that train and test a network, many at once: the model curves of the
 * systems, then observations of each, an image each. A model costs more than an observation
 * does: one system may be observed several times. */
#ifndef TOT_SYNTHESIS_SYNTHESIS_H
#define TOT_SYNTHESIS_SYNTHESIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"
#include "binary/system.h"
#include "curve/observe.h"
#include "curve/survey.h"
#include "image/prepare.h"

/* Model curves have so many regular phases from -0.5. */
enum { TOT_MODEL_PHASES = 100 };

/* One star and its model curves. */
typedef struct tot_model {
    const tot_binary *const *states; /* the system, then the same with other spots */
    size_t state_count;              /* 1 or more */
    double
        *flux; /* of the caller: state_count * TOT_MODEL_PHASES, in units of that at phase 0.25 */
    double minimum, maximum; /* of the first state ... */
    double light_left; /* ... and of the eclipsed star, at the conjunction where it is less. NAN
                        * when (maximum - minimum)/maximum is below the limit */
} tot_model;

/* Fills the models in, in parallel on up to `threads` threads; the result doesn't depend on how
 * many. The first failure, in the order of the models, decides the status. */
tot_status tot_make_models(tot_model *models, size_t count, double minimum_amplitude,
                           size_t threads, tot_error *error);

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

/* Makes the images, in parallel as above: what a survey delivers passes through tot_fold_observed
 * and tot_curve_to_image, as a real curve. pixels: count images of height * width. drawn[k] is
 * false, and no error, where the data make no curve (too few points). */
tot_status tot_draw_examples(const tot_example *examples, size_t count,
                             const tot_image_options *options, size_t threads, float *pixels,
                             bool *drawn, tot_error *error);

#endif
