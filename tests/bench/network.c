/* Images a second of the networks CNN10 and CNN15:
 *
 *   bench_network MODEL train|infer BATCH THREADS SECONDS [KERNEL|best [fp32|bf16]]
 *
 * MODEL is cnn10 (100 x 100 pixels), cnn15 (250 x 250) or cnn15w (350 wide, 175 high). The time is
 * cut into windows; printed are the median, the least and the most of them, and the peak of the
 * memory. tests/bench/network.lua makes tables of it. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/memory.h"
#include "nn/network.h"

enum { WINDOWS = 7, MAX_LAYERS = 16 };

typedef struct model {
    const char *name;
    size_t width, height, convolutions;
    bool dropout;
} model;

static const model models[] = {
    {"cnn10", 100, 100, 5, false}, {"cnn15", 250, 250, 6, true}, {"cnn15w", 350, 175, 6, true}};

static void stop(const char *message) {
    fprintf(stderr, "bench_network: %s\n", message);
    exit(1);
}

static tot_network *make_network(const model *which, const char *kernel, tot_precision precision) {
    static const size_t filters[] = {16, 32, 64, 64, 64, 64};
    tot_layer_spec layers[MAX_LAYERS];
    size_t count = 0;
    tot_network *network;
    tot_error error;
    tot_rng rng = tot_rng_stream(1, 0);
    for (size_t k = 0; k < which->convolutions; k++) {
        layers[count++] = (tot_layer_spec){
            .kind = TOT_LAYER_CONV2D, .units = filters[k], .activation = TOT_ACTIVATION_RELU};
        layers[count++] = (tot_layer_spec){.kind = TOT_LAYER_MAX_POOL2D};
    }
    layers[count++] = (tot_layer_spec){.kind = TOT_LAYER_FLATTEN};
    layers[count++] =
        (tot_layer_spec){.kind = TOT_LAYER_DENSE, .units = 512, .activation = TOT_ACTIVATION_RELU};
    if (which->dropout)
        layers[count++] = (tot_layer_spec){.kind = TOT_LAYER_DROPOUT, .rate = 0.5};
    layers[count++] =
        (tot_layer_spec){.kind = TOT_LAYER_DENSE, .units = 1, .activation = TOT_ACTIVATION_SIGMOID};
    if (tot_network_create((tot_shape){1, which->height, which->width, false}, layers, count,
                           kernel, &network, &error) != TOT_OK ||
        tot_network_set_precision(network, precision, kernel, &error) != TOT_OK)
        stop(error.message);
    tot_network_initialize(network, &rng);
    return network;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct work {
    tot_network *network;
    tot_optimizer *optimizer; /* NULL: inference */
    tot_batch batch;
    size_t threads;
    float *logits;
} work;

static void run_batch(const work *self) {
    tot_error error;
    tot_status status;
    double loss;
    if (self->optimizer == NULL)
        status = tot_network_predict(self->network, &self->batch, self->threads, self->logits, NULL,
                                     &error);
    else
        status = tot_network_train(self->network, self->optimizer, &self->batch,
                                   (tot_run){self->threads, 1, 0}, self->logits, &loss, &error);
    if (status != TOT_OK)
        stop(error.message);
}

/* Images a second. */
static double run_for(const work *self, double seconds) {
    const double begin = now();
    double end;
    size_t images = 0;
    do {
        run_batch(self);
        images += self->batch.count;
        end = now();
    } while (end - begin < seconds);
    return (double)images / (end - begin);
}

int main(int count, char **arguments) {
    const model *which = models, *end = models + sizeof models / sizeof *models;
    if (count < 6)
        stop("MODEL train|infer BATCH THREADS SECONDS [KERNEL]");
    while (which < end && strcmp(which->name, arguments[1]) != 0)
        which++;
    if (which == end)
        stop("no such model");
    const bool training = strcmp(arguments[2], "train") == 0;
    const size_t batch = (size_t)atoi(arguments[3]), size = which->width * which->height;
    const double seconds = atof(arguments[5]);
    tot_network *network =
        make_network(which, count > 6 && strcmp(arguments[6], "best") != 0 ? arguments[6] : NULL,
                     count > 7 && strcmp(arguments[7], "bf16") == 0 ? TOT_BF16 : TOT_FP32);
    float *images = tot_allocate(batch * size, sizeof(float));
    float *labels = tot_allocate(batch, sizeof(float));
    float *logits = tot_allocate(batch, sizeof(float));
    tot_rng rng = tot_rng_stream(2, 0);
    tot_optimizer adam;
    double rates[WINDOWS];
    struct rusage usage;
    if (batch == 0 || images == NULL || labels == NULL || logits == NULL ||
        tot_optimizer_init(&adam, TOT_OPTIMIZER_ADAM, tot_network_parameter_count(network), NULL) !=
            TOT_OK)
        stop("no memory, or a batch of nothing");
    for (size_t k = 0; k < batch * size; k++)
        images[k] = (float)tot_rng_uniform(&rng);
    for (size_t k = 0; k < batch; k++)
        labels[k] = (float)(k % 2);
    const work self = {network,
                       training ? &adam : NULL,
                       {batch, images, labels, NULL, 0.0},
                       (size_t)atoi(arguments[4]),
                       logits};
    run_for(&self, seconds / WINDOWS);
    for (size_t k = 0; k < WINDOWS; k++)
        rates[k] = run_for(&self, seconds / WINDOWS);
    qsort(rates, WINDOWS, sizeof *rates, ascending);
    getrusage(RUSAGE_SELF, &usage);
    printf("%s %s %s %s batch=%zu threads=%s %.1f images/s (min %.1f max %.1f) rss=%ldMiB\n",
           which->name, arguments[2], count > 7 ? arguments[7] : "fp32",
           tot_network_kernel(network), batch, arguments[4], rates[WINDOWS / 2], rates[0],
           rates[WINDOWS - 1], usage.ru_maxrss / 1024);
    tot_optimizer_clear(&adam);
    tot_network_free(network);
    tot_free(images);
    tot_free(labels);
    tot_free(logits);
    return 0;
}
