/* The curves of many systems, made in parallel: what a bank is filled with. */
#ifndef TOT_INFERENCE_MODEL_CURVES_H
#define TOT_INFERENCE_MODEL_CURVES_H

#include <stddef.h>

#include "base/status.h"
#include "binary/system.h"

/* The first of the regular phases: TOT_MODEL_FIRST_PHASE + k / phases. */
#define TOT_MODEL_FIRST_PHASE (-0.5)

typedef struct tot_model_curve {
    double maximum;    /* flux, in units of that at phase 0.25 */
    double amplitude;  /* (maximum - minimum) / maximum */
    double light_left; /* of the eclipsed star, at the conjunction where it is less */
} tot_model_curve;

/* flux[count][phases] in units of the flux at phase 0.25; phases is even and at least 4. Up to
 * `threads` threads; the result doesn't depend on how many. The first failure, in the order of the
 * systems, decides the status. */
tot_status tot_model_curves(const tot_binary *const *systems, size_t count, size_t phases,
                            size_t threads, float *flux, tot_model_curve *curves, tot_error *error);

#endif
