/* The light curves of many systems, made in parallel: of banks and of training sets. */
#ifndef TOT_BINARY_MODEL_CURVES_H
#define TOT_BINARY_MODEL_CURVES_H

#include <stddef.h>

#include "base/status.h"
#include "binary/system.h"

/* The first of the regular phases: TOT_MODEL_FIRST_PHASE + k / phases. */
#define TOT_MODEL_FIRST_PHASE (-0.5)

/* One star and its model curves. */
typedef struct tot_model {
    const tot_binary *const *states; /* the system, then the same with other spots */
    size_t state_count;              /* 1 or more */
    double *flux; /* of the caller: state_count * phases, in units of that at phase 0.25 */
    double minimum, maximum; /* of the first state ... */
    double light_left; /* ... and of the eclipsed star, at the conjunction where it is less. NAN
                        * when (maximum - minimum)/maximum is below the limit */
} tot_model;

/* Fills the models in, on up to `threads` threads; the result doesn't depend on how many. phases:
 * even and at least 4. The first failure, in the order of the models, decides the status. */
tot_status tot_make_models(tot_model *models, size_t count, size_t phases, double minimum_amplitude,
                           size_t threads, tot_error *error);

#endif
