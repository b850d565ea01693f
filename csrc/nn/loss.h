/* Losses of the output, from the logits so that they stay exact where a probability rounds to 0 or
 * 1.
 *
 * One output: binary cross-entropy of a logit z and a label y, -y log p - (1-y) log(1-p), with p =
 * 1/(1 + exp(-z)). K outputs: categorical cross-entropy of logits z and the probabilities y that
 * are wanted, -sum y_k log p_k, with p = softmax(z) = exp(z_k)/sum exp(z).
 *
 * Label smoothing s (Szegedy et al. 2016, arXiv:1512.00567) replaces y by (1-s) y + s/K, for one
 * output by (1-s) y + s/2.
 */
#ifndef TOT_NN_LOSS_H
#define TOT_NN_LOSS_H

#include <stddef.h>

/* Without overflow or cancellation for any finite logit. */
double tot_sigmoid(double logit);

/* With |z| = max(z, -z): max(z, 0) - z y + log(1 + exp(-|z|)). */
double tot_binary_crossentropy(double logit, double label);

/* Its derivative by the logit: p - y. */
double tot_binary_crossentropy_gradient(double logit, double label);

/* probabilities may be the logits themselves. */
void tot_softmax(const float *logits, size_t count, float *probabilities);

/* The loss of a network with `outputs` outputs, for one sample: logits[outputs], labels[outputs].
 */
typedef struct tot_loss {
    size_t outputs;
    double label_smoothing; /* in [0, 1) */
} tot_loss;

double tot_loss_value(const tot_loss *loss, const float *logits, const float *labels);

/* gradient[outputs] = scale * the loss's gradient by the logits. */
void tot_loss_gradient(const tot_loss *loss, const float *logits, const float *labels, double scale,
                       float *gradient);

#endif
