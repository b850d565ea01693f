#include "image/draw_observed.h"

#include "base/memory.h"
#include "base/parallel.h"

typedef struct job {
    tot_image_request *requests;
    const tot_image_options *options;
    float *pixels;
} job;

static tot_status draw(tot_image_request *request, const tot_image_options *options,
                       float *pixels) {
    const tot_observed *observed = &request->observed;
    if (observed->time == NULL)
        return tot_curve_to_image(request->phase, observed->flux, observed->count, options, pixels,
                                  &request->summary, &request->error);
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
        status = tot_curve_to_image(phase, flux, observed->count, options, pixels,
                                    &request->summary, &request->error);
done:
    tot_free(phase);
    tot_free(flux);
    return status;
}

static void draw_one(void *context, size_t index, size_t worker) {
    const job *self = context;
    const size_t size = self->options->width * self->options->height;
    (void)worker;
    self->requests[index].status =
        draw(&self->requests[index], self->options, self->pixels + index * size);
}

void tot_draw_observed(tot_image_request *requests, size_t count, const tot_image_options *options,
                       size_t threads, float *pixels) {
    job self = {requests, options, pixels};
    tot_parallel_for(threads, count, draw_one, &self);
}
