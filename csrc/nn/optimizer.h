/* How parameters w follow their gradient g. Three rules, with Keras' conventions and names:
 *
 *   sgd     v = momentum v - rate g,  w = w + v  or, with Nesterov's look ahead (Sutskever et al.
 *           2013),  w = w + momentum v - rate g
 *   adam    Kingma & Ba 2015 (arXiv:1412.6980) in the form of their section 2, where epsilon
 *           ("epsilon hat") stands beside the uncorrected second moment:
 *             m = b1 m + (1-b1) g,  v = b2 v + (1-b2) g^2,
 *             w = w - rate sqrt(1 - b2^t)/(1 - b1^t) m / (sqrt(v) + epsilon),   t = 1, 2, ...
 *           PyTorch's epsilon corresponds to epsilon/sqrt(1 - b2^t) here.
 *   adamw   w = w - rate weight_decay w before each step of adam (Loshchilov & Hutter 2019,
 *           arXiv:1711.05101)
 */
#ifndef TOT_NN_OPTIMIZER_H
#define TOT_NN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef enum tot_optimizer_kind {
    TOT_OPTIMIZER_SGD,
    TOT_OPTIMIZER_ADAM,
    TOT_OPTIMIZER_ADAMW
} tot_optimizer_kind;

typedef struct tot_optimizer {
    tot_optimizer_kind kind;
    double learning_rate; /* this and the other settings may be changed between steps */
    double momentum;      /* sgd */
    bool nesterov;
    double beta_1, beta_2, epsilon; /* adam, adamw */
    double weight_decay;            /* adamw */
    double clipnorm;                /* largest norm of the gradient of one array; 0: any */
    double global_clipnorm;         /* the same for all arrays together */
    uint64_t step;                  /* steps made so far */
    size_t count;
    float *first;  /* adam: first moments; sgd: v */
    float *second; /* adam: second moments; NULL for sgd */
} tot_optimizer;

/* Keras' defaults (rate 1e-3, for sgd 0.01; no momentum; betas 0.9 and 0.999, epsilon 1e-7; weight
 * decay 0.004; no clipping) and moments of zero for `count` parameters. Free with
 * tot_optimizer_clear, which accepts a zeroed struct and one that is cleared already. */
tot_status tot_optimizer_init(tot_optimizer *optimizer, tot_optimizer_kind kind, size_t count,
                              tot_error *error);
void tot_optimizer_clear(tot_optimizer *optimizer);

/* Begins the next step: advances t and returns the factor of its change, which is the rate or, for
 * adam, rate sqrt(1 - b2^t)/(1 - b1^t). */
double tot_optimizer_begin_step(tot_optimizer *optimizer);

/* Applies the step that was begun to parameters [first, first + count); ranges are independent. */
void tot_optimizer_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                         const float *gradients, float *parameters);

/* The rules by themselves. */
void tot_sgd_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                   const float *gradients, float *parameters);
void tot_adam_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                    const float *gradients, float *parameters);

#endif
