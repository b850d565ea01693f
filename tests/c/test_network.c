/* The network as a whole: reproducibility, learning, misuse, and PyTorch's numbers for CNN10. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "failing_allocator.h"
#include "nn/conv_kernel.h"
#include "nn/network.h"
#include "failing_allocator.h"
#include "suites.h"

static tot_layer_spec relu_conv(size_t filters) {
    return (tot_layer_spec){
        .kind = TOT_LAYER_CONV2D, .units = filters, .activation = TOT_ACTIVATION_RELU};
}

static const tot_layer_spec POOL = {.kind = TOT_LAYER_MAX_POOL2D};
static const tot_layer_spec FLATTEN = {.kind = TOT_LAYER_FLATTEN};
static const tot_layer_spec DROPOUT = {.kind = TOT_LAYER_DROPOUT, .rate = 0.5};
static const tot_layer_spec OUTPUT = {
    .kind = TOT_LAYER_DENSE, .units = 1, .activation = TOT_ACTIVATION_SIGMOID};

static const tot_layer_spec SOFTMAX = {
    .kind = TOT_LAYER_DENSE, .units = 3, .activation = TOT_ACTIVATION_SOFTMAX};
static const tot_layer_spec PENALTY = {
    .kind = TOT_LAYER_DENSE, .units = 1, .activation = TOT_ACTIVATION_SIGMOID, .l2 = -1.0};

/* Tests in a loop run once for each kernel that this CPU has, and for the portable one; some of
 * them for those of bfloat16, too. */
typedef struct way {
    tot_precision precision;
    const char *kernel;
} path;

static int kernel_count(tot_precision precision) {
    int count = 0;
    while (tot_conv_kernel_at(precision, (size_t)count) != NULL)
        count++;
    return count + (precision == TOT_FP32);
}

static int path_count(void) {
    return kernel_count(TOT_FP32) + kernel_count(TOT_BF16);
}

static path path_of(int index) {
    const int others = kernel_count(TOT_FP32);
    const tot_precision precision = index < others ? TOT_FP32 : TOT_BF16;
    const tot_conv_kernel *kernel =
        tot_conv_kernel_at(precision, (size_t)(index < others ? index : index - others));
    return (path){precision, kernel == NULL ? TOT_PORTABLE_KERNEL : kernel->name};
}

static tot_network *create(tot_shape input, const tot_layer_spec *layers, size_t count, path how) {
    tot_network *network;
    tot_error error = {""};
    tot_network_create(input, layers, count, how.kernel, &network, &error);
    ck_assert_msg(network != NULL, "%s", error.message);
    ck_assert_int_eq(tot_network_set_precision(network, how.precision, how.kernel, &error), TOT_OK);
    if (how.kernel != NULL)
        ck_assert_str_eq(tot_network_kernel(network), how.kernel);
    return network;
}

/* conv 5, pool, conv 7, pool, flatten, dense 20, [dropout], dense 1 */
static tot_network *small_network(tot_shape input, bool dropout, path how) {
    tot_layer_spec layers[8] = {relu_conv(5), POOL, relu_conv(7), POOL, FLATTEN};
    size_t count = 5;
    layers[count++] =
        (tot_layer_spec){.kind = TOT_LAYER_DENSE, .units = 20, .activation = TOT_ACTIVATION_RELU};
    if (dropout)
        layers[count++] = DROPOUT;
    layers[count++] = OUTPUT;
    tot_network *network = create(input, layers, count, how);
    tot_rng rng = tot_rng_stream(3, 0);
    tot_network_initialize(network, &rng);
    return network;
}

enum { MAX_IMAGES = 40 };

typedef struct data {
    float *images, labels[MAX_IMAGES], weights[MAX_IMAGES];
} data;

static data make_data(tot_shape shape, size_t count) {
    tot_rng rng = tot_rng_stream(4, 0);
    data d;
    d.images = tot_allocate(count * tot_shape_size(shape), sizeof(float));
    for (size_t k = 0; k < count * tot_shape_size(shape); k++)
        d.images[k] = (float)tot_rng_uniform(&rng);
    for (size_t k = 0; k < count; k++) {
        d.labels[k] = (float)(k % 2);
        d.weights[k] = (float)(k % 3) + 0.5f;
    }
    return d;
}

/* Three steps with dropout; two channels, so that the change of layout takes part. */
static void train_three_steps(path how, size_t threads, float **parameters, size_t *count,
                              float *logits) {
    const tot_shape shape = {2, 19, 23, false};
    const size_t images = 37; /* five chunks, the last one not full */
    data d = make_data(shape, images);
    tot_network *network = small_network(shape, true, how);
    const tot_batch batch = {images, d.images, d.labels, d.weights, 0.0};
    tot_optimizer adam;
    double loss;
    *count = tot_network_parameter_count(network);
    tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, *count, NULL);
    for (size_t step = 0; step < 3; step++)
        ck_assert_int_eq(tot_network_train(network, &adam, &batch,
                                           (tot_run){threads, 9, step * images}, logits, &loss,
                                           NULL),
                         TOT_OK);
    *parameters = tot_allocate(*count, sizeof(float));
    memcpy(*parameters, tot_network_parameters(network), *count * sizeof(float));
    tot_optimizer_clear(&adam);
    tot_network_free(network);
    tot_free(d.images);
}

START_TEST(threads_change_no_bit) {
    static const size_t threads[] = {2, 3, 8};
    float *one, *many, logits_of_one[MAX_IMAGES] = {0}, logits[MAX_IMAGES] = {0};
    size_t count;
    train_three_steps(path_of(_i), 1, &one, &count, logits_of_one);
    for (size_t k = 0; k < 3; k++) {
        train_three_steps(path_of(_i), threads[k], &many, &count, logits);
        ck_assert_mem_eq(one, many, count * sizeof(float));
        ck_assert_mem_eq(logits, logits_of_one, sizeof logits);
        tot_free(many);
    }
    tot_free(one);
}
END_TEST

/* The gradient along random directions against differences of the loss, weights of samples
 * included. Without ReLU and pooling, whose kinks would spoil the differences. */
START_TEST(gradient_of_the_loss_agrees_with_differences) {
    const tot_shape shape = {2, 12, 14, false};
    const tot_layer_spec layers[] = {{.kind = TOT_LAYER_CONV2D, .units = 5},
                                     FLATTEN,
                                     {.kind = TOT_LAYER_DENSE, .units = 20},
                                     OUTPUT};
    const size_t images = 11;
    data d = make_data(shape, images);
    tot_network *network = create(shape, layers, 4, path_of(_i));
    const tot_batch batch = {images, d.images, d.labels, d.weights, 0.0};
    const size_t count = tot_network_parameter_count(network);
    float *parameters = tot_network_change_parameters(network), logits[MAX_IMAGES];
    float *start = tot_allocate(count, sizeof(float)), *way = tot_allocate(count, sizeof(float));
    tot_rng rng = tot_rng_stream(6, 0);
    const double step = 1e-3;
    double loss, above, below;
    tot_network_initialize(network, &rng);
    memcpy(start, parameters, count * sizeof(float));
    tot_network_differentiate(network, &batch, (tot_run){1, 0, 0}, logits, &loss, NULL);
    for (int trial = 0; trial < 10; trial++) {
        double slope = 0.0;
        for (size_t k = 0; k < count; k++) {
            way[k] = (float)tot_rng_normal(&rng);
            slope += (double)way[k] * (double)tot_network_gradients(network)[k];
        }
        parameters = tot_network_change_parameters(network);
        for (size_t k = 0; k < count; k++)
            parameters[k] = start[k] + (float)step * way[k];
        tot_network_predict(network, &batch, 1, logits, &above, NULL);
        parameters = tot_network_change_parameters(network);
        for (size_t k = 0; k < count; k++)
            parameters[k] = start[k] - (float)step * way[k];
        tot_network_predict(network, &batch, 1, logits, &below, NULL);
        ck_assert_double_eq_tol((above - below) / (2 * step), slope, 2e-3 * (1 + fabs(slope)));
    }
    tot_free(start);
    tot_free(way);
    tot_network_free(network);
    tot_free(d.images);
}
END_TEST

START_TEST(prediction_does_not_depend_on_the_memory_used) {
    const tot_shape shape = {1, 19, 23, false};
    data d = make_data(shape, 20);
    tot_network *network = small_network(shape, true, path_of(_i));
    tot_network *trained = small_network(shape, true, path_of(_i));
    tot_batch batch = {20, d.images, d.labels, NULL, 0.0};
    float before[MAX_IMAGES], after[MAX_IMAGES], single[1];
    double loss;
    tot_network_predict(network, &batch, 1, before, NULL, NULL);
    tot_network_differentiate(trained, &batch, (tot_run){2, 0, 0}, after, &loss, NULL);
    tot_network_predict(trained, &batch, 3, after, NULL, NULL);
    ck_assert_mem_eq(before, after, 20 * sizeof(float));
    batch.count = 1;
    tot_network_predict(network, &batch, 4, single, NULL, NULL);
    ck_assert_double_eq_tol((double)single[0], (double)before[0], 1e-6);
    batch.count = 0;
    ck_assert_int_eq(tot_network_predict(network, &batch, 1, single, &loss, NULL), TOT_OK);
    ck_assert_double_eq(loss, 0.0);
    tot_network_free(network);
    tot_network_free(trained);
    tot_free(d.images);
}
END_TEST

START_TEST(eight_random_images_are_learnt_by_heart) {
    const tot_shape shape = {1, 16, 16, false};
    data d = make_data(shape, 8);
    tot_network *network = small_network(shape, false, path_of(_i));
    const tot_batch batch = {8, d.images, d.labels, NULL, 0.0};
    float logits[8];
    tot_optimizer adam;
    double loss = 0.0;
    tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, tot_network_parameter_count(network), NULL);
    adam.learning_rate = 0.01;
    for (size_t step = 0; step < 200; step++)
        tot_network_train(network, &adam, &batch, (tot_run){1, 1, step * 8}, logits, &loss, NULL);
    ck_assert_double_lt(loss, 0.01);
    for (size_t k = 0; k < 8; k++)
        ck_assert((logits[k] > 0.0f) == (d.labels[k] == 1.0f));
    tot_optimizer_clear(&adam);
    tot_network_free(network);
    tot_free(d.images);
}
END_TEST

START_TEST(initialisation_is_keras) {
    tot_network *network =
        small_network((tot_shape){1, 100, 100, false}, false, (path){TOT_FP32, NULL});
    const tot_layer *layer = tot_network_layer(network, 5); /* dense 20 on 7 * 25 * 25 */
    const float *weights = tot_network_parameters(network) + layer->parameter_offset;
    const double limit = sqrt(6.0 / (7 * 25 * 25 + 20));
    double sum2 = 0.0;
    for (size_t k = 0; k < layer->weight_count; k++) {
        ck_assert_double_le(fabs((double)weights[k]), limit);
        sum2 += (double)weights[k] * (double)weights[k];
    }
    /* variance of a uniform; relative error 5 sqrt(4/5/n) */
    ck_assert_double_eq_tol(sum2 / (double)layer->weight_count / (limit * limit / 3), 1.0, 0.016);
    for (size_t k = 0; k < 20; k++)
        ck_assert_float_eq(weights[layer->weight_count + k], 0.0f);
    ck_assert_uint_eq(tot_network_tensor_count(network), 8);
    ck_assert_str_eq(tot_network_tensor(network, 2).name, "conv2d_1.weight");
    ck_assert_uint_eq(tot_network_tensor(network, 2).shape[0], 7);
    ck_assert_uint_eq(tot_network_tensor(network, 2).shape[1], 5);
    ck_assert_str_eq(tot_network_tensor(network, 7).name, "dense_1.bias");
    tot_network_free(network);
}
END_TEST

static void expect_refusal(tot_shape input, const tot_layer_spec *layers, size_t count,
                           const char *message) {
    tot_network *network;
    tot_error error;
    ck_assert_int_eq(tot_network_create(input, layers, count, NULL, &network, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_ptr_null(network);
    ck_assert_str_eq(error.message, message);
}

START_TEST(impossible_networks_are_refused) {
    const tot_shape shape = {1, 8, 8, false}, huge = {1, SIZE_MAX / 2, 8, false};
    const tot_layer_spec no_filter[] = {relu_conv(0)}, no_flatten[] = {relu_conv(2), OUTPUT};
    const tot_layer_spec no_output[] = {FLATTEN}, deep[] = {POOL, POOL, POOL, POOL, FLATTEN};
    const tot_layer_spec late[] = {FLATTEN, relu_conv(2), OUTPUT},
                         twice[] = {FLATTEN, SOFTMAX, OUTPUT}, penalty[] = {FLATTEN, PENALTY};
    tot_layer_spec rate[] = {FLATTEN, DROPOUT, OUTPUT}, wide[] = {FLATTEN, OUTPUT, OUTPUT};
    rate[1].rate = 1.0;
    wide[0] = relu_conv((size_t)1 << 40);
    expect_refusal(shape, NULL, 0, "a network needs at least one layer");
    expect_refusal(huge, no_output, 1, "input: 1 x 9223372036854775807 x 8 is no possible shape");
    expect_refusal(shape, no_filter, 1, "layer 1 (conv2d): needs at least one filter");
    expect_refusal(shape, no_flatten, 2,
                   "layer 2 (dense): needs a flat vector, it is given images; put a flatten layer "
                   "before it");
    expect_refusal(
        shape, no_output, 1,
        "layer 1 (flatten): the last layer must be dense with 1 unit and a sigmoid, or with "
        "several and a softmax");
    expect_refusal(shape, deep, 5,
                   "layer 4 (max_pooling2d): needs at least 2 x 2 pixels, it is given 1 x 1");
    expect_refusal(shape, late, 3, "layer 2 (conv2d): needs images, it is given a flat vector");
    expect_refusal(shape, twice, 3,
                   "layer 2 (dense): a softmax is possible in the last layer only");
    expect_refusal(shape, penalty, 2, "layer 2 (dense): l2 must be at least 0, got -1");
    expect_refusal(shape, rate, 3, "layer 2 (dropout): rate must be at least 0 and below 1, got 1");
    expect_refusal(shape, wide, 3, "layer 1 (conv2d): too many units");
}
END_TEST

START_TEST(impossible_batches_are_refused) {
    const tot_shape shape = {1, 8, 8, false};
    data d = make_data(shape, 4);
    tot_network *network = small_network(shape, false, (path){TOT_FP32, NULL});
    tot_batch batch = {4, d.images, d.labels, NULL, 0.0};
    float logits[4];
    tot_optimizer adam;
    tot_error error;
    tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, 7, NULL);
    ck_assert_int_eq(
        tot_network_train(network, &adam, &batch, (tot_run){1, 0, 0}, logits, NULL, &error),
        TOT_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.message, "the optimizer has 7 parameters"));
    d.labels[2] = 3.0f;
    ck_assert_int_eq(tot_network_predict(network, &batch, 1, logits, NULL, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "label 3 is 3, it must lie between 0 and 1");
    batch.count = 0;
    ck_assert_int_eq(
        tot_network_differentiate(network, &batch, (tot_run){1, 0, 0}, logits, NULL, &error),
        TOT_ERROR_ARGUMENT);
    tot_optimizer_clear(&adam);
    tot_network_free(network);
    tot_free(d.images);
}
END_TEST

/* Every allocation fails once, in create, in a prediction, and in a step of training; after that
 * the network works as if nothing had been. */
START_TEST(failing_allocations_are_survived) {
    const tot_shape shape = {2, 9, 10, false};
    const tot_layer_spec layers[] = {relu_conv(3), POOL, relu_conv(17), FLATTEN, OUTPUT};
    data d = make_data(shape, 12);
    const tot_batch batch = {12, d.images, d.labels, NULL, 0.0};
    tot_network *network = NULL;
    float logits[MAX_IMAGES];
    tot_optimizer adam;
    tot_error error;
    tot_status status = TOT_OK;
    double loss;
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_network_create(shape, layers, 5, path_of(_i).kernel, &network, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
        ck_assert_ptr_null(network);
    }
    ck_assert_int_eq(status, TOT_OK);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_network_predict(network, &batch, 1, logits, NULL, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
    tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, tot_network_parameter_count(network), NULL);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status =
            tot_network_train(network, &adam, &batch, (tot_run){1, 0, 0}, logits, &loss, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
    ck_assert_double_eq_tol(loss, log(2.0), 1e-6); /* all weights are zero */
    tot_optimizer_clear(&adam);
    tot_network_free(network);
    tot_free(d.images);
}
END_TEST

/* ------------------------------------------------- tests/golden/cnn10_torch.txt */

static uint32_t lcg_state;

static double lcg_uniform(void) {
    lcg_state = 1664525u * lcg_state + 1013904223u;
    return (double)(lcg_state >> 8) / 16777216.0;
}

static void lcg_fill(float *to, size_t count, double width, double low) {
    for (size_t k = 0; k < count; k++)
        to[k] = (float)(low + width * lcg_uniform());
}

static tot_network *golden_network(path how, float *images, size_t image_count) {
    static const double widths[] = {2.0, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25};
    static const size_t filters[] = {16, 32, 64, 64, 64};
    tot_layer_spec layers[13];
    size_t count = 0;
    for (size_t k = 0; k < 5; k++) {
        layers[count++] = relu_conv(filters[k]);
        layers[count++] = POOL;
    }
    layers[count++] = FLATTEN;
    layers[count++] =
        (tot_layer_spec){.kind = TOT_LAYER_DENSE, .units = 512, .activation = TOT_ACTIVATION_RELU};
    layers[count++] = OUTPUT;
    tot_network *network = create((tot_shape){1, 100, 100, false}, layers, count, how);
    ck_assert_uint_eq(tot_network_parameter_count(network), 393089);
    lcg_state = 1;
    for (size_t k = 0; k < tot_network_tensor_count(network); k++) {
        const tot_parameter tensor = tot_network_tensor(network, k);
        const double width = k % 2 == 0 ? widths[k / 2] : 0.25;
        lcg_fill(tot_network_change_parameters(network) + tensor.offset, tensor.count, width,
                 -width / 2);
    }
    lcg_fill(images, image_count * 10000, 1.0, 0.0);
    return network;
}

static double next_number(FILE *file) {
    double number;
    ck_assert_int_eq(fscanf(file, "%lf", &number), 1);
    return number;
}

static void expect_words(FILE *file, const char *first, const char *second) {
    char word[64];
    ck_assert_int_eq(fscanf(file, "%63s", word), 1);
    ck_assert_str_eq(word, first);
    if (second != NULL) {
        ck_assert_int_eq(fscanf(file, "%63s", word), 1);
        ck_assert_str_eq(word, second);
    }
}

static void compare_samples(FILE *file, const char *name, const float *values, size_t count,
                            double tolerance) {
    const size_t n = count < 100 ? count : 100;
    for (size_t k = 0; k < n; k++) {
        const double expected = next_number(file), value = (double)values[k * count / n];
        ck_assert_msg(fabs(value - expected) <= tolerance, "%s[%zu] = %.9g, expected %.9g", name,
                      k * count / n, value, expected);
    }
}

START_TEST(cnn10_agrees_with_pytorch) {
    static float images[3 * 10000];
    const float labels[] = {1, 0, 1};
    FILE *file = fopen("tests/golden/cnn10_torch.txt", "r");
    ck_assert_msg(file != NULL, "run from the project's directory");
    tot_network *network = golden_network(path_of(_i), images, 3);
    const tot_batch batch = {3, images, labels, NULL, 0.0};
    const size_t tensors = tot_network_tensor_count(network);
    float logits[3], predicted[3];
    double loss;
    tot_optimizer adam;
    tot_network_differentiate(network, &batch, (tot_run){2, 0, 0}, logits, &loss, NULL);
    tot_network_predict(network, &batch, 1, predicted, NULL, NULL);
    for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol((double)predicted[k], (double)logits[k], 1e-5);
    expect_words(file, "logits", NULL);
    compare_samples(file, "logit", logits, 3, 1e-5);
    expect_words(file, "loss", NULL);
    ck_assert_double_eq_tol(loss, next_number(file), 1e-5);
    for (size_t k = 0; k < tensors; k++) {
        const tot_parameter tensor = tot_network_tensor(network, k);
        const float *gradient = tot_network_gradients(network) + tensor.offset;
        double sum = 0.0, norm = 0.0;
        for (size_t j = 0; j < tensor.count; j++) {
            sum += (double)gradient[j];
            norm += (double)gradient[j] * (double)gradient[j];
        }
        expect_words(file, "gradient", tensor.name);
        const double expected_sum = next_number(file), expected_norm = next_number(file);
        /* a sum of n numbers with errors of 3e-5 of their size */
        ck_assert_double_eq_tol(sum, expected_sum,
                                3e-5 * expected_norm * sqrt((double)tensor.count));
        ck_assert_double_eq_tol(sqrt(norm), expected_norm, 3e-5 * expected_norm);
        compare_samples(file, tensor.name, gradient, tensor.count, 3e-5 * expected_norm);
    }
    tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, tot_network_parameter_count(network), NULL);
    adam.learning_rate = 1e-4;
    for (int step = 0; step < 3; step++)
        tot_network_train(network, &adam, &batch, (tot_run){1, 0, 0}, logits, &loss, NULL);
    for (size_t k = 0; k < tensors; k++) {
        const tot_parameter tensor = tot_network_tensor(network, k);
        expect_words(file, "adam", tensor.name);
        compare_samples(file, tensor.name, tot_network_parameters(network) + tensor.offset,
                        tensor.count, 1e-6); /* a hundredth of a step */
    }
    fclose(file);
    tot_optimizer_clear(&adam);
    tot_network_free(network);
}
END_TEST

/* |a - b| / |b| */
static double relative_difference(const float *a, const float *b, size_t count) {
    double difference = 0.0, norm = 0.0;
    for (size_t k = 0; k < count; k++) {
        difference += ((double)a[k] - (double)b[k]) * ((double)a[k] - (double)b[k]);
        norm += (double)b[k] * (double)b[k];
    }
    return sqrt(difference / norm);
}

/* Numbers of 8 bits, rounded at each of seven layers: differences of some 2^-9 sqrt(7), more in the
 * gradients, of which small changes turn some choices. */
START_TEST(bf16_is_near_fp32) {
    static float images[3 * 10000];
    const float labels[] = {1, 0, 1};
    const tot_batch batch = {3, images, labels, NULL, 0.0};
    tot_network *network = golden_network((path){TOT_FP32, NULL}, images, 3);
    const size_t count = tot_network_parameter_count(network);
    float *gradients = tot_allocate(count, sizeof(float)), logits[3], narrow[3], again[3];
    double loss;
    tot_network_differentiate(network, &batch, (tot_run){1, 0, 0}, logits, &loss, NULL);
    memcpy(gradients, tot_network_gradients(network), count * sizeof(float));
    ck_assert_int_eq(tot_network_set_precision(network, TOT_BF16, path_of(_i).kernel, NULL),
                     TOT_OK);
    tot_network_differentiate(network, &batch, (tot_run){1, 0, 0}, narrow, &loss, NULL);
    ck_assert_double_le(relative_difference(narrow, logits, 3), 0.02);
    ck_assert_double_ge(relative_difference(narrow, logits, 3), 1e-5);
    ck_assert_double_le(relative_difference(tot_network_gradients(network), gradients, count), 0.3);
    tot_network_set_precision(network, TOT_FP32, NULL, NULL);
    tot_network_differentiate(network, &batch, (tot_run){1, 0, 0}, again, &loss, NULL);
    ck_assert_mem_eq(again, logits, sizeof logits);
    ck_assert_mem_eq(tot_network_gradients(network), gradients, count * sizeof(float));
    ck_assert_int_eq(tot_network_set_precision(network, TOT_BF16, "abacus", NULL),
                     TOT_ERROR_ARGUMENT);
    tot_free(gradients);
    tot_network_free(network);
}
END_TEST

START_TEST(a_change_of_precision_needs_memory) {
    const tot_shape shape = {1, 12, 12, false};
    tot_network *network = small_network(shape, false, (path){TOT_FP32, NULL});
    float logits[2], again[2], image[2 * 144] = {0};
    const tot_batch batch = {2, image, NULL, NULL, 0.0};
    tot_status status;
    image[40] = 1.0f;
    tot_network_predict(network, &batch, 1, logits, NULL, NULL);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        status = tot_network_set_precision(network, TOT_BF16, NULL, NULL);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
        tot_network_predict(network, &batch, 1, again, NULL, NULL);
        ck_assert_mem_eq(again, logits, sizeof logits);
    }
    ck_assert_int_eq(status, TOT_OK);
    tot_network_free(network);
}
END_TEST

Suite *network_suite(void) {
    Suite *suite = suite_create("network");
    TCase *tests = tcase_create("network");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, threads_change_no_bit, 0, path_count());
    tcase_add_loop_test(tests, gradient_of_the_loss_agrees_with_differences, 0,
                        kernel_count(TOT_FP32));
    tcase_add_loop_test(tests, prediction_does_not_depend_on_the_memory_used, 0, path_count());
    tcase_add_loop_test(tests, eight_random_images_are_learnt_by_heart, 0, path_count());
    tcase_add_test(tests, initialisation_is_keras);
    tcase_add_test(tests, impossible_networks_are_refused);
    tcase_add_test(tests, impossible_batches_are_refused);
    tcase_add_loop_test(tests, failing_allocations_are_survived, 0, kernel_count(TOT_FP32));
    tcase_add_loop_test(tests, cnn10_agrees_with_pytorch, 0, kernel_count(TOT_FP32));
    tcase_add_loop_test(tests, bf16_is_near_fp32, kernel_count(TOT_FP32), path_count());
    tcase_add_test(tests, a_change_of_precision_needs_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
