/* From systems to the images that train and test a network: light curve, observation, image, label;
 * many at once, each with a generator of its own. */
#ifndef TOT_SYNTHESIS_SYNTHESIS_H
#define TOT_SYNTHESIS_SYNTHESIS_H

#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"
#include "binary/system.h"
#include "curve/observe.h"
#include "image/prepare.h"

/* One system and how it is observed. */
typedef struct tot_example {
    const tot_binary *system;
    size_t points;
    tot_sampling sampling;
    double noise; /* sigma in units of the maximum flux */
    tot_rng rng;
} tot_example;

/* What became of it. */
typedef struct tot_example_result {
    double amplitude;  /* (maximum - minimum)/maximum of the curve without noise */
    double light_left; /* of the eclipsed star, at the conjunction where it is less */
    bool drawn;        /* false when the amplitude is below the limit: no image, no light_left */
} tot_example_result;

/* Makes the images of `count` examples, in parallel on up to `threads` threads; the result doesn't
 * depend on how many. Curves with an amplitude below `minimum_amplitude` are left out (see
 * tot_example_result). pixels: count images of height * width. The first failure, in the order of
 * the examples, decides the status. */
tot_status tot_synthesize(const tot_example *examples, size_t count, double minimum_amplitude,
                          const tot_image_options *options, size_t threads, float *pixels,
                          tot_example_result *results, tot_error *error);

#endif
