/* Adam (Kingma & Ba 2015, arXiv:1412.6980) in the form of Keras and of the paper's section 2, where
 * epsilon ("epsilon hat") stands beside the uncorrected second moment:
 *
 *   m = b1 m + (1-b1) g,  v = b2 v + (1-b2) g^2,
 *   w = w - rate sqrt(1 - b2^t)/(1 - b1^t) m / (sqrt(v) + epsilon),   t = 1, 2, ...
 *
 * PyTorch's epsilon corresponds to epsilon/sqrt(1 - b2^t) here.
 */
#ifndef TOT_NN_ADAM_H
#define TOT_NN_ADAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct tot_adam {
    double learning_rate, beta_1, beta_2, epsilon; /* may be changed between steps */
    uint64_t step;                                 /* steps made so far */
    size_t count;
    float *first, *second; /* moments */
} tot_adam;

/* Keras' defaults (1e-3, 0.9, 0.999, 1e-7) and moments of zero for `count` parameters. Free with
 * tot_adam_clear, which accepts a zeroed struct and one that is cleared already. */
tot_status tot_adam_init(tot_adam *adam, size_t count, tot_error *error);
void tot_adam_clear(tot_adam *adam);

/* Begins the next step: advances t and returns rate sqrt(1 - b2^t)/(1 - b1^t). */
double tot_adam_begin_step(tot_adam *adam);

/* Applies the step that was begun to parameters [first, first + count); ranges are independent. */
void tot_adam_apply(const tot_adam *adam, double rate, size_t first, size_t count,
                    const float *gradients, float *parameters);

#endif
