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

/* The loops over a lane are compiled twice, for numbers side by side and for others. */
static inline void normalise(const float *restrict x, float *restrict y, size_t count,
                             size_t stride, float mean, float scale, float beta) {
    for (size_t k = 0; k < count; k++)
        y[k * stride] = (x[k * stride] - mean) * scale + beta;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++) {
        const normal n = normal_of(layer, parameters, pass, c);
        const lane l = lane_of(layer, c, pass->images);
        const float mean = (float)n.mean, scale = (float)(n.scale * (double)parameters[c]);
        const float beta = parameters[channels + c];
        if (l.stride == 1)
            normalise(input + l.first, output + l.first, l.count, 1, mean, scale, beta);
        else
            normalise(input + l.first, output + l.first, l.count, l.stride, mean, scale, beta);
    }
}

/* Sums over k of a[k] and of a[k] (x[k] - mean). Eight partial sums each: the compiler may keep
 * them in registers. */
static inline void add_products(const float *a, const float *x, size_t count, size_t stride,
                                double mean, double *sum, double *products) {
    double s[8] = {0}, p[8] = {0};
    size_t k = 0;
    for (; k + 8 <= count; k += 8)
        for (size_t j = 0; j < 8; j++) {
            const double value = (double)a[(k + j) * stride];
            s[j] += value;
            p[j] += value * ((double)x[(k + j) * stride] - mean);
        }
    for (; k < count; k++) {
        s[k % 8] += (double)a[k * stride];
        p[k % 8] += (double)a[k * stride] * ((double)x[k * stride] - mean);
    }
    *sum = ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
    *products = ((p[0] + p[4]) + (p[1] + p[5])) + ((p[2] + p[6]) + (p[3] + p[7]));
}

/* Sums over a lane of a and of a xhat, where xhat = (x - mean) scale. */
static void sum_products(const float *a, const float *x, lane l, normal n, double *sum,
                         double *products) {
    if (l.stride == 1)
        add_products(a + l.first, x + l.first, l.count, 1, n.mean, sum, products);
    else
        add_products(a + l.first, x + l.first, l.count, l.stride, n.mean, sum, products);
    *products *= n.scale;
}

static void sum_forward(const tot_layer *layer, const float *input, double *sums,
                        const tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++)
        sum_products(input, input, lane_of(layer, c, pass->images), (normal){0.0, 1.0}, &sums[c],
                     &sums[channels + c]);
}

static void sum_backward(const tot_layer *layer, const float *parameters, const float *input,
                         const float *output_gradient, double *sums, const tot_pass *pass) {
    const size_t channels = channels_of(layer);
    for (size_t c = 0; c < channels; c++) {
        const normal n = normal_of(layer, parameters, pass, c);
        sum_products(output_gradient, input, lane_of(layer, c, pass->images), n, &sums[c],
                     &sums[channels + c]);
    }
}

static inline void spread(const float *restrict x, const float *restrict dy, float *restrict dx,
                          size_t count, size_t stride, float factor, float mean, float a, float b) {
    for (size_t k = 0; k < count; k++)
        dx[k * stride] = factor * (dy[k * stride] - a - b * (x[k * stride] - mean));
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
        sum_products(output_gradient, input, l, n, &sum, &products);
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
        if (l.stride == 1)
            spread(x, dy, dx, l.count, 1, factor, mean, a, b);
        else
            spread(x, dy, dx, l.count, l.stride, factor, mean, a, b);
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
