/* Binary cross-entropy of a logit z and a label y: -y log p - (1-y) log(1-p), p = 1/(1 + exp(-z)).
 */
#ifndef TOT_NN_LOSS_H
#define TOT_NN_LOSS_H

/* Without overflow or cancellation for any finite logit. */
double tot_sigmoid(double logit);

/* The loss, from the logit so that it stays exact where p rounds to 0 or 1: with |z| = max(z, -z),
 * max(z, 0) - z y + log(1 + exp(-|z|)). */
double tot_binary_crossentropy(double logit, double label);

/* Its derivative by the logit: p - y. */
double tot_binary_crossentropy_gradient(double logit, double label);

#endif
