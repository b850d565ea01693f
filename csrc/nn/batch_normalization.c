/* Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) of each channel c of images, or each
 * feature of vectors:
 *
 *   y = gamma (x - m)/sqrt(v + epsilon) + beta
 *
 * While training, m and v are mean and (biased) variance of the whole batch, and the moving mean
 * and variance follow: moving = momentum moving + (1 - momentum) batch's. Otherwise, and in a
 * frozen layer, m and v are the moving ones. As Keras.
 *
 * Weights: gamma; biases: beta; state: moving mean, moving variance. Sums over the batch: of x,
 * x^2, and for the way back of dy, dy xhat.
 */
#include "nn/layer.h"

#include <math.h>

static size_t channels_of(const tot_layer *layer) {
    return layer->input.channels;
}

/* Where the numbers of a channel lie in a chunk: count of them, from `first` on, `stride` apart. */
typedef struct lane {
    size_t first, stride, count;
} lane;

static lane lane_of(const tot_layer *layer, size_t channel, size_t images) {
    const tot_shape shape = layer->input;
    if (shape.flat)
        return (lane){channel, shape.channels, images};
    const size_t count = shape.height * shape.width * images;
    return (lane){channel * count, 1, count};
}

static tot_status plan(tot_layer *layer, tot_error *error) {
    const double momentum = layer->spec.rate, epsilon = layer->spec.epsilon;
    if (!(momentum >= 0.0 && momentum <= 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "momentum must lie between 0 and 1, got %g",
                        momentum);
    if (!(epsilon > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "epsilon must be above 0, got %g", epsilon);
    layer->output = layer->input;
    layer->weight_count = layer->bias_count = channels_of(layer);
    layer->state_count = layer->sum_count = 2 * channels_of(layer);
    return TOT_OK;
}

static void initialize(const tot_layer *layer, float *parameters) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++) {
        parameters[c] = parameters[3 * channels + c] = 1.0f;
        parameters[channels + c] = parameters[2 * channels + c] = 0.0f;
    }
}

/* Mean and variance of channel c over the batch. */
static void moments(const tot_layer *layer, const double *sums, size_t batch_images, size_t c,
                    double *mean, double *variance) {
    const double count = (double)lane_of(layer, c, batch_images).count;
    *mean = sums[c] / count;
    *variance = sums[channels_of(layer) + c] / count - *mean * *mean;
    *variance = *variance < 0.0 ? 0.0 : *variance;
}

/* What channel c is normalised with. */
typedef struct normal {
    double mean, scale; /* 1/sqrt(variance + epsilon) */
} normal;

static normal normal_of(const tot_layer *layer, const float *parameters, const tot_pass *pass,
                        size_t c) {
    const size_t channels = channels_of(layer);
    double mean = (double)parameters[2 * channels + c];
    double variance = (double)parameters[3 * channels + c];
    if (pass->batch_sums != NULL)
        moments(layer, pass->batch_sums, pass->batch_images, c, &mean, &variance);
    return (normal){mean, 1.0 / sqrt(variance + layer->spec.epsilon)};
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++) {
        const normal n = normal_of(layer, parameters, pass, c);
        const lane l = lane_of(layer, c, pass->images);
        const float mean = (float)n.mean, scale = (float)(n.scale * (double)parameters[c]);
        const float beta = parameters[channels + c];
        const float *x = input + l.first;
        float *y = output + l.first;
        for (size_t k = 0; k < l.count; k++)
            y[k * l.stride] = (x[k * l.stride] - mean) * scale + beta;
    }
}

/* Sums over k of a[k] and of a[k] b[k], where b = (x - mean) scale. Eight partial sums each: the
 * compiler may keep them in registers. */
static void sum_products(const float *a, const float *x, lane l, double mean, double scale,
                         double *sum, double *products) {
    double s[8] = {0}, p[8] = {0};
    for (size_t k = 0; k < l.count; k++) {
        const double value = (double)a[l.first + k * l.stride];
        s[k % 8] += value;
        p[k % 8] += value * ((double)x[l.first + k * l.stride] - mean);
    }
    *sum = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
    *products = scale * (((p[0] + p[4]) + (p[1] + p[5])) + ((p[2] + p[6]) + (p[3] + p[7])));
}

static void sum_forward(const tot_layer *layer, const float *input, double *sums,
                        const tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++)
        sum_products(input, input, lane_of(layer, c, pass->images), 0.0, 1.0, &sums[c],
                     &sums[channels + c]);
}

static void sum_backward(const tot_layer *layer, const float *parameters, const float *input,
                         const float *output_gradient, double *sums, const tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++) {
        const normal n = normal_of(layer, parameters, pass, c);
        sum_products(output_gradient, input, lane_of(layer, c, pass->images), n.mean, n.scale,
                     &sums[c], &sums[channels + c]);
    }
}

/* dx = gamma scale (dy - (sum dy + xhat sum(dy xhat))/count) with the batch's sums; gamma scale dy
 * where mean and variance are constants. */
static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t channels = channels_of(layer);
    (void)output;
    for (size_t c = 0; c < channels; c++) {
        const normal n = normal_of(layer, parameters, pass, c);
        const lane l = lane_of(layer, c, pass->images);
        double sum, products, shift = 0.0, slope = 0.0;
        sum_products(output_gradient, input, l, n.mean, n.scale, &sum, &products);
        gradients[c] = (float)products;
        gradients[channels + c] = (float)sum;
        if (input_gradient == NULL)
            continue;
        if (pass->batch_sums != NULL) {
            const double count = (double)lane_of(layer, c, pass->batch_images).count;
            shift = pass->batch_sums[2 * channels + c] / count;
            slope = pass->batch_sums[3 * channels + c] / count;
        }
        const float factor = (float)(n.scale * (double)parameters[c]), mean = (float)n.mean;
        const float a = (float)shift, b = (float)(slope * n.scale);
        const float *x = input + l.first, *dy = output_gradient + l.first;
        float *dx = input_gradient + l.first;
        for (size_t k = 0; k < l.count; k++) {
            const size_t at = k * l.stride;
            dx[at] = factor * (dy[at] - a - b * (x[at] - mean));
        }
    }
}

static void update_state(const tot_layer *layer, float *parameters, const double *batch_sums,
                         size_t batch_images) {
    const size_t channels = channels_of(layer);
    float *moving_mean = parameters + 2 * channels, *moving_variance = parameters + 3 * channels;
    const double momentum = layer->spec.rate;
    for (size_t c = 0; c < channels; c++) {
        double mean, variance;
        moments(layer, batch_sums, batch_images, c, &mean, &variance);
        moving_mean[c] = (float)(momentum * (double)moving_mean[c] + (1.0 - momentum) * mean);
        moving_variance[c] =
            (float)(momentum * (double)moving_variance[c] + (1.0 - momentum) * variance);
    }
}

const tot_layer_class tot_batch_normalization_class = {.name = "batch_normalization",
                                                       .plan = plan,
                                                       .forward = forward,
                                                       .backward = backward,
                                                       .initialize = initialize,
                                                       .sum_forward = sum_forward,
                                                       .sum_backward = sum_backward,
                                                       .update_state = update_state};
