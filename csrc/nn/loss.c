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

/* log(sum(exp(z))): the largest logit is taken out, so that nothing overflows. */
static double log_sum_exp(const float *logits, size_t count) {
    double largest = (double)logits[0], sum = 0.0;
    for (size_t k = 1; k < count; k++)
        largest = (double)logits[k] > largest ? (double)logits[k] : largest;
    for (size_t k = 0; k < count; k++)
        sum += exp((double)logits[k] - largest);
    return largest + log(sum);
}

void tot_softmax(const float *logits, size_t count, float *probabilities) {
    const double whole = log_sum_exp(logits, count);
    for (size_t k = 0; k < count; k++)
        probabilities[k] = (float)exp((double)logits[k] - whole);
}

static double smooth(const tot_loss *loss, float label) {
    const double classes = loss->outputs == 1 ? 2.0 : (double)loss->outputs;
    return (1.0 - loss->label_smoothing) * (double)label + loss->label_smoothing / classes;
}

double tot_loss_value(const tot_loss *loss, const float *logits, const float *labels) {
    if (loss->outputs == 1)
        return tot_binary_crossentropy((double)logits[0], smooth(loss, labels[0]));
    const double whole = log_sum_exp(logits, loss->outputs);
    double sum = 0.0;
    for (size_t k = 0; k < loss->outputs; k++)
        sum += smooth(loss, labels[k]) * (whole - (double)logits[k]);
    return sum;
}

void tot_loss_gradient(const tot_loss *loss, const float *logits, const float *labels, double scale,
                       float *gradient) {
    if (loss->outputs == 1) {
        gradient[0] = (float)(scale * tot_binary_crossentropy_gradient((double)logits[0],
                                                                       smooth(loss, labels[0])));
        return;
    }
    const double whole = log_sum_exp(logits, loss->outputs);
    for (size_t k = 0; k < loss->outputs; k++)
        gradient[k] = (float)(scale * (exp((double)logits[k] - whole) - smooth(loss, labels[k])));
}
