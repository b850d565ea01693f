/* Convolution 3x3, stride 1, zero padding, as a matrix product (im2col).
 *
 * y[f][p] = b[f] + sum over (c, ky, kx) of w[f][c][ky][kx] x[c][p + (ky-1, kx-1)]
 *
 * The 9C x pixels matrix of shifted planes is made for a tile of image rows at a time, so that it
 * stays in the second-level cache; backward makes it again, which costs less than keeping it. A
 * plane shifted by (dy, dx) is one contiguous copy, offset by dy*width + dx: only the column that
 * wrapped around from the neighbouring row has to be cleared.
 */
#include "nn/layer.h"

#include <string.h>

#include "nn/activation.h"
#include "nn/gemm.h"

enum { TAPS = 9, TILE_FLOATS = 192 * 1024 };

static size_t tile_rows(const tot_layer *layer) {
    const size_t rows = TILE_FLOATS / (TAPS * layer->input.channels * layer->input.width);
    const size_t all = layer->input.height * TOT_CHUNK_IMAGES;
    return rows < 1 ? 1 : rows > all ? all : rows;
}

static tot_status plan(tot_layer *layer, tot_error *error) {
    const tot_shape input = layer->input;
    if (input.flat)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "needs images, it is given a flat vector");
    layer->output = (tot_shape){layer->spec.units, input.height, input.width, false};
    layer->fan_in = input.channels * TAPS;
    layer->fan_out = layer->spec.units * TAPS;
    layer->weight_count = layer->spec.units * layer->fan_in;
    layer->bias_count = layer->spec.units;
    layer->scratch_count = TAPS * input.channels * input.width * tile_rows(layer);
    return TOT_OK;
}

/* The part of one plane that a tap sees while it passes over `length` pixels from an image row
 * on: the pixels [low, high) of the tile lie inside the plane, pixel t at plane[shift + t]. */
typedef struct tap_span {
    ptrdiff_t shift;
    size_t low, high;
} tap_span;

static tap_span span_of_tap(tot_shape shape, size_t row, size_t length, int tap) {
    const ptrdiff_t width = (ptrdiff_t)shape.width, size = (ptrdiff_t)(shape.height * shape.width);
    const ptrdiff_t shift = ((ptrdiff_t)row + tap / 3 - 1) * width + tap % 3 - 1;
    const ptrdiff_t end = size - shift;
    tap_span span = {shift, shift < 0 ? (size_t)-shift : 0, length};
    if (end < (ptrdiff_t)length)
        span.high = end < 0 ? 0 : (size_t)end;
    if (span.low > span.high)
        span.low = span.high;
    return span;
}

/* Clears what wrapped around: the first column for a tap on the left, the last for one on the
 * right. */
static void clear_wrapped(float *pixels, size_t length, size_t width, int tap) {
    if (tap % 3 == 1)
        return;
    for (size_t t = tap % 3 == 0 ? 0 : width - 1; t < length; t += width)
        pixels[t] = 0.0f;
}

/* How many of the tile's next rows lie in one image. */
static size_t rows_in_image(tot_shape shape, size_t row, size_t rows) {
    const size_t left = shape.height - row % shape.height;
    return left < rows ? left : rows;
}

/* One image's part of the tile: `length` pixels from image row `row` on, at columns[tap * stride].
 */
static void gather(tot_shape shape, size_t images, const float *image, size_t row, size_t length,
                   float *columns, size_t stride) {
    const size_t size = shape.height * shape.width;
    for (size_t channel = 0; channel < shape.channels; channel++, image += images * size)
        for (int tap = 0; tap < TAPS; tap++, columns += stride) {
            const tap_span span = span_of_tap(shape, row, length, tap);
            memset(columns, 0, span.low * sizeof(float));
            if (span.high > span.low)
                memcpy(columns + span.low, image + (span.shift + (ptrdiff_t)span.low),
                       (span.high - span.low) * sizeof(float));
            memset(columns + span.high, 0, (length - span.high) * sizeof(float));
            clear_wrapped(columns, length, shape.width, tap);
        }
}

/* The adjoint: adds the columns to the planes they came from. Destroys the wrapped columns. */
static void scatter(tot_shape shape, size_t images, float *image, size_t row, size_t length,
                    float *columns, size_t stride) {
    const size_t size = shape.height * shape.width;
    for (size_t channel = 0; channel < shape.channels; channel++, image += images * size)
        for (int tap = 0; tap < TAPS; tap++, columns += stride) {
            const tap_span span = span_of_tap(shape, row, length, tap);
            if (span.high == span.low)
                continue;
            clear_wrapped(columns, length, shape.width, tap);
            float *restrict to = image + (span.shift + (ptrdiff_t)span.low);
            const float *restrict from = columns + span.low;
            for (size_t t = 0; t < span.high - span.low; t++)
                to[t] += from[t];
        }
}

/* The tile is rows [row, row + rows) of the chunk's images * height rows. */
static void planes_to_columns(tot_shape shape, size_t images, size_t row, size_t rows,
                              const float *planes, float *columns) {
    const size_t stride = rows * shape.width;
    for (size_t part; rows > 0; row += part, rows -= part) {
        part = rows_in_image(shape, row, rows);
        gather(shape, images, planes + row / shape.height * shape.height * shape.width,
               row % shape.height, part * shape.width, columns, stride);
        columns += part * shape.width;
    }
}

static void columns_to_planes(tot_shape shape, size_t images, size_t row, size_t rows,
                              float *columns, float *planes) {
    const size_t stride = rows * shape.width;
    for (size_t part; rows > 0; row += part, rows -= part) {
        part = rows_in_image(shape, row, rows);
        scatter(shape, images, planes + row / shape.height * shape.height * shape.width,
                row % shape.height, part * shape.width, columns, stride);
        columns += part * shape.width;
    }
}

static void forward(const tot_layer *layer, const float *parameters, const float *input,
                    float *output, tot_pass *pass) {
    const tot_shape shape = layer->input;
    const size_t all_rows = shape.height * pass->images, stride = all_rows * shape.width;
    const size_t filters = layer->spec.units, depth = layer->fan_in, step = tile_rows(layer);
    const int relu = layer->activation == TOT_ACTIVATION_RELU;
    const float *biases = parameters + layer->weight_count;
    for (size_t row = 0; row < all_rows; row += step) {
        const size_t rows = all_rows - row < step ? all_rows - row : step;
        const size_t pixels = rows * shape.width;
        float *tile = output + row * shape.width;
        planes_to_columns(shape, pass->images, row, rows, input, pass->scratch);
        tot_gemm(filters, pixels, depth, (tot_matrix){parameters, depth, TOT_NORMAL},
                 (tot_matrix){pass->scratch, pixels, TOT_NORMAL}, 0.0f, tile, stride);
        for (size_t f = 0; f < filters; f++) {
            tot_add_bias(tile + f * stride, pixels, biases[f], relu);
            if (!relu)
                tot_activate(layer->activation, tile + f * stride, pixels);
        }
    }
}

static float sum(const float *x, size_t count) {
    /* Eight partial sums: the compiler may keep them in a register, and rounding grows less. */
    float partial[8] = {0};
    size_t k = 0;
    for (; k + 8 <= count; k += 8)
        for (size_t j = 0; j < 8; j++)
            partial[j] += x[k + j];
    for (; k < count; k++)
        partial[k % 8] += x[k];
    return ((partial[0] + partial[4]) + (partial[1] + partial[5])) +
           ((partial[2] + partial[6]) + (partial[3] + partial[7]));
}

static void backward(const tot_layer *layer, const float *parameters, const float *input,
                     const float *output, float *output_gradient, float *input_gradient,
                     float *gradients, tot_pass *pass) {
    const tot_shape shape = layer->input;
    const size_t all_rows = shape.height * pass->images, stride = all_rows * shape.width;
    const size_t filters = layer->spec.units, depth = layer->fan_in, step = tile_rows(layer);
    float *bias_gradients = gradients + layer->weight_count;
    memset(bias_gradients, 0, layer->bias_count * sizeof(float));
    if (input_gradient != NULL)
        memset(input_gradient, 0, tot_shape_size(shape) * pass->images * sizeof(float));
    for (size_t row = 0; row < all_rows; row += step) {
        const size_t rows = all_rows - row < step ? all_rows - row : step;
        const size_t pixels = rows * shape.width;
        float *tile = output_gradient + row * shape.width;
        for (size_t f = 0; f < filters; f++) {
            tot_activation_backward(layer->activation, output + f * stride + row * shape.width,
                                    tile + f * stride, pixels);
            bias_gradients[f] += sum(tile + f * stride, pixels);
        }
        /* dw = dy columns^T */
        planes_to_columns(shape, pass->images, row, rows, input, pass->scratch);
        tot_gemm(filters, depth, pixels, (tot_matrix){tile, stride, TOT_NORMAL},
                 (tot_matrix){pass->scratch, pixels, TOT_TRANSPOSED}, row == 0 ? 0.0f : 1.0f,
                 gradients, depth);
        /* dcolumns = w^T dy */
        if (input_gradient != NULL) {
            tot_gemm(depth, pixels, filters, (tot_matrix){parameters, depth, TOT_TRANSPOSED},
                     (tot_matrix){tile, stride, TOT_NORMAL}, 0.0f, pass->scratch, pixels);
            columns_to_planes(shape, pass->images, row, rows, pass->scratch, input_gradient);
        }
    }
}

const tot_layer_class tot_conv2d_class = {
    .name = "conv2d", .plan = plan, .forward = forward, .backward = backward};
