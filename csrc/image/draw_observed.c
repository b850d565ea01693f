#include "image/draw_observed.h"

#include "base/memory.h"
#include "base/parallel.h"

typedef struct job {
    tot_image_request *requests;
    const tot_image_set *sets;
    size_t set_count;
} job;

static tot_status draw_folded(const job *self, size_t index, const double *phase,
                              const double *flux) {
    tot_image_request *request = &self->requests[index];
    tot_status status = TOT_OK;
    for (size_t k = 0; k < self->set_count && status == TOT_OK; k++) {
        const tot_image_options *options = &self->sets[k].options;
        status = tot_curve_to_image(phase, flux, request->observed.count, options,
                                    self->sets[k].pixels + index * options->width * options->height,
                                    k == 0 ? &request->summary : NULL, &request->error);
    }
    return status;
}

static tot_status draw(const job *self, size_t index) {
    tot_image_request *request = &self->requests[index];
    const tot_observed *observed = &request->observed;
    if (observed->time == NULL)
        return draw_folded(self, index, request->phase, observed->flux);
    double *phase = tot_allocate(observed->count, sizeof *phase);
    double *flux = tot_allocate(observed->count, sizeof *flux);
    tot_status status;
    if (phase == NULL || flux == NULL) {
        status = tot_fail(&request->error, TOT_ERROR_MEMORY, "not enough memory for %zu points",
                          observed->count);
        goto done;
    }
    status = tot_fold_observed(observed, &request->folding, phase, flux, &request->folded,
                               &request->error);
    if (status == TOT_OK)
        status = draw_folded(self, index, phase, flux);
done:
    tot_free(phase);
    tot_free(flux);
    return status;
}

static void draw_one(void *context, size_t index, size_t worker) {
    const job *self = context;
    (void)worker;
    self->requests[index].status = draw(self, index);
}

void tot_draw_observed(tot_image_request *requests, size_t count, const tot_image_set *sets,
                       size_t set_count, size_t threads) {
    job self = {requests, sets, set_count};
    tot_parallel_for(threads, count, draw_one, &self);
}
