/* Inverted dropout: while training, each number is kept with probability 1 - rate and divided by
 * it, so that its expectation stays; otherwise nothing happens.
 *
 * Every sample draws from a stream of its own: which numbers are dropped depends neither on the
 * threads nor on how the batch is cut. */
#include "nn/layer.h"

#include <string.h>

#include "base/rng.h"

static tot_status plan(tot_layer *layer, tot_error *error) {
    if (!(layer->spec.rate >= 0.0 && layer->spec.rate < 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "rate must be at least 0 and below 1, got %g",
                        layer->spec.rate);
    layer->output = layer->input;
    layer->saved_per_image = tot_shape_size(layer->input);
    return TOT_OK;
}

static tot_rng stream_of_sample(const tot_layer *layer, const tot_pass *pass, size_t image) {
    tot_rng of_layer = tot_rng_stream(pass->seed, layer->index);
    return tot_rng_stream(tot_rng_next(&of_layer), pass->first_sample + image);
}

static void draw_mask(const tot_layer *layer, const tot_pass *pass, uint8_t *kept) {
    const tot_shape shape = layer->input;
    const size_t planes = shape.flat ? 1 : shape.channels, size = tot_shape_size(shape) / planes;
    for (size_t n = 0; n < pass->images; n++) {
        tot_rng rng = stream_of_sample(layer, pass, n);
        for (size_t plane = 0; plane < planes; plane++) {
            uint8_t *row = kept + (plane * pass->images + n) * size;
            for (size_t k = 0; k < size; k++)
                row[k] = tot_rng_uniform(&rng) >= layer->spec.rate;
        }
    }
}

static void apply(const tot_layer *layer, const tot_pass *pass, const float *from, float *to) {
    const size_t count = tot_shape_size(layer->input) * pass->images;
    const float scale = (float)(1.0 / (1.0 - layer->spec.rate));
    const uint8_t *kept = pass->saved;
    for (size_t k = 0; k < count; k++)
        to[k] = kept[k] ? from[k] * scale : 0.0f;
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    (void)parameters;
    if (pass->training) {
        draw_mask(layer, pass, pass->saved);
        apply(layer, pass, input, output);
    } else {
        memcpy(output, input, tot_shape_size(layer->input) * pass->images * sizeof(float));
    }
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    (void)parameters, (void)input, (void)output, (void)gradients;
    if (input_gradient != NULL)
        apply(layer, pass, output_gradient, input_gradient);
}

const tot_layer_class tot_dropout_class = {
    .name = "dropout", .plan = plan, .forward = forward, .backward = backward};
