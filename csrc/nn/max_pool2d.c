/* The largest of each 2x2 window; an odd last row or column belongs to no window.
 *
 * Forward keeps which of the four it was (0 ... 3, row by row; the first of equals), so that
 * backward needs neither input nor output. */
#include "nn/layer.h"

#include <string.h>

static tot_status plan(tot_layer *layer, tot_error *error) {
    const tot_shape input = layer->input;
    if (input.flat)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "needs images, it is given a flat vector");
    if (input.height < 2 || input.width < 2)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "needs at least 2 x 2 pixels, it is given %zu x %zu", input.height,
                        input.width);
    layer->output = (tot_shape){input.channels, input.height / 2, input.width / 2, false};
    layer->saved_per_image = tot_shape_size(layer->output);
    return TOT_OK;
}

static void pool_row(const float *restrict top, const float *restrict bottom, size_t width,
                     float *restrict output) {
    for (size_t x = 0; x < width; x++) {
        const float a = top[2 * x], b = top[2 * x + 1], c = bottom[2 * x], d = bottom[2 * x + 1];
        const float ab = b > a ? b : a, cd = d > c ? d : c;
        output[x] = cd > ab ? cd : ab;
    }
}

static void pool_row_and_choice(const float *restrict top, const float *restrict bottom,
                                size_t width, float *restrict output, uint8_t *restrict choice) {
    for (size_t x = 0; x < width; x++) {
        const float a = top[2 * x], b = top[2 * x + 1], c = bottom[2 * x], d = bottom[2 * x + 1];
        const float ab = b > a ? b : a, cd = d > c ? d : c;
        const int in_ab = b > a ? 1 : 0, in_cd = d > c ? 3 : 2;
        output[x] = cd > ab ? cd : ab;
        choice[x] = (uint8_t)(cd > ab ? in_cd : in_ab);
    }
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const size_t in_width = layer->input.width, in_plane = layer->input.height * in_width;
    const size_t width = layer->output.width, height = layer->output.height;
    uint8_t *choice = pass->saved;
    (void)parameters;
    for (size_t plane = 0; plane < layer->input.channels * pass->images; plane++)
        for (size_t y = 0; y < height; y++) {
            const float *top = input + plane * in_plane + 2 * y * in_width;
            if (pass->training) {
                pool_row_and_choice(top, top + in_width, width, output, choice);
                choice += width;
            } else {
                pool_row(top, top + in_width, width, output);
            }
            output += width;
        }
}

static void spread_row(const float *restrict gradient, const uint8_t *restrict choice, size_t width,
                       float *restrict top, float *restrict bottom) {
    for (size_t x = 0; x < width; x++) {
        const float g = gradient[x];
        const int k = choice[x];
        top[2 * x] = k == 0 ? g : 0.0f;
        top[2 * x + 1] = k == 1 ? g : 0.0f;
        bottom[2 * x] = k == 2 ? g : 0.0f;
        bottom[2 * x + 1] = k == 3 ? g : 0.0f;
    }
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const size_t in_width = layer->input.width, in_plane = layer->input.height * in_width;
    const size_t width = layer->output.width, height = layer->output.height;
    const uint8_t *choice = pass->saved;
    const float *gradient = output_gradient;
    (void)parameters, (void)input, (void)output, (void)gradients;
    if (input_gradient == NULL)
        return;
    for (size_t plane = 0; plane < layer->input.channels * pass->images; plane++) {
        float *row = input_gradient + plane * in_plane;
        for (size_t y = 0; y < height; y++, row += 2 * in_width) {
            spread_row(gradient, choice, width, row, row + in_width);
            if (in_width % 2 != 0)
                row[in_width - 1] = row[2 * in_width - 1] = 0.0f;
            gradient += width;
            choice += width;
        }
        if (layer->input.height % 2 != 0)
            memset(row, 0, in_width * sizeof(float));
    }
}

const tot_layer_class tot_max_pool2d_class = {
    .name = "max_pooling2d", .plan = plan, .forward = forward, .backward = backward};
