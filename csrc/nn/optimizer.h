/* How parameters w follow their gradient g. Four rules, with Keras' conventions and names:
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
 *   muon    adamw, but for the arrays that were named as matrices, see muon.h
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
    TOT_OPTIMIZER_ADAMW,
    TOT_OPTIMIZER_MUON
} tot_optimizer_kind;

/* Parameters [first, first + rows * columns), row after row. */
typedef struct tot_optimizer_matrix {
    size_t first, rows, columns;
    bool frozen; /* not to be trained */
    float *work;
} tot_optimizer_matrix;

typedef struct tot_optimizer {
    tot_optimizer_kind kind;
    double learning_rate; /* this and the other settings may be changed between steps */
    double momentum;      /* sgd, muon */
    bool nesterov;
    double beta_1, beta_2, epsilon; /* adam, adamw, muon */
    double weight_decay;            /* adamw, muon */
    double rms_rate;                /* muon, see muon.h */
    size_t ns_steps;                /* muon */
    double clipnorm;                /* largest norm of the gradient of one array; 0: any */
    double global_clipnorm;         /* the same for all arrays together */
    uint64_t step;                  /* steps made so far */
    size_t count;
    float *first;  /* adam: first moments; sgd and matrices of muon: v */
    float *second; /* adam: second moments; NULL for sgd */
    size_t matrix_count;
    tot_optimizer_matrix *matrices; /* muon */
} tot_optimizer;

/* Keras' defaults (rate 1e-3, for sgd 0.01; no momentum, for muon 0.95 and Nesterov's look ahead;
 * betas 0.9 and 0.999, epsilon 1e-7; weight decay 0.004; rms_rate 0.2, ns_steps 5; no clipping) and
 * moments of zero for `count` parameters. Free with tot_optimizer_clear, which accepts a zeroed
 * struct and one that is cleared already. */
tot_status tot_optimizer_init(tot_optimizer *optimizer, tot_optimizer_kind kind, size_t count,
                              tot_error *error);
void tot_optimizer_clear(tot_optimizer *optimizer);

/* Names parameters of muon as a matrix, which must not share any with the others. */
tot_status tot_optimizer_add_matrix(tot_optimizer *optimizer, size_t first, size_t rows,
                                    size_t columns, tot_error *error);

/* Begins the next step: advances t and returns the factor of its change, which is the rate or, for
 * adam and muon, rate sqrt(1 - b2^t)/(1 - b1^t). */
double tot_optimizer_begin_step(tot_optimizer *optimizer);

/* Applies the step that was begun to parameters [first, first + count); ranges are independent.
 * One that lies in a matrix stays as it is, see tot_muon_task. */
void tot_optimizer_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                         const float *gradients, float *parameters);

/* The rules by themselves. */
void tot_sgd_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                   const float *gradients, float *parameters);
void tot_adam_apply(const tot_optimizer *optimizer, double factor, size_t first, size_t count,
                    const float *gradients, float *parameters);

#endif
