#include "nn/loss.h"

#include <math.h>

double tot_sigmoid(double logit) {
    const double e = exp(-fabs(logit));
    return logit >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

double tot_binary_crossentropy(double logit, double label) {
    /* not fmax, which would turn a NaN into a number */
    return (logit < 0.0 ? 0.0 : logit) - logit * label + log1p(exp(-fabs(logit)));
}

double tot_binary_crossentropy_gradient(double logit, double label) {
    return tot_sigmoid(logit) - label;
}
