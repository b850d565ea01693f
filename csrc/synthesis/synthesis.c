#include "synthesis/synthesis.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "curve/observed.h"

/* How far a catalogue's period may be off, as for real curves (curve:prepare). */
static const double DRIFT = 0.3;

typedef struct drawing_job {
    const tot_image_options *options;
    const tot_example *examples;
    float *pixels;
    bool *drawn;
} drawing_job;

static tot_status observe_in_phase(const tot_example *example, const tot_image_options *options,
                                   float *pixels, tot_error *error) {
    const tot_target *target = &example->target;
    tot_rng rng = example->rng;
    double *phase = tot_allocate(example->points, sizeof *phase);
    double *flux = tot_allocate(example->points, sizeof *flux);
    double *model = tot_allocate(target->count, sizeof *model);
    tot_status status;
    if (phase == NULL || flux == NULL || model == NULL) {
        status =
            tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", example->points);
        goto done;
    }
    for (size_t k = 0; k < target->count; k++)
        model[k] = target->third_light + (1.0 - target->third_light) * target->flux[k];
    status =
        tot_observe(model, target->count, target->first_phase, example->points, example->sampling,
                    example->sampling == TOT_SAMPLING_REGULAR ? tot_rng_uniform(&rng) : 0.0,
                    example->noise, &rng, phase, flux, error);
    for (size_t k = 0; k < example->points && target->mirrored; k++)
        phase[k] = -phase[k];
    if (status == TOT_OK)
        status = tot_curve_to_image(phase, flux, example->points, options, pixels, NULL, error);
done:
    tot_free(phase);
    tot_free(flux);
    tot_free(model);
    return status;
}

static tot_status observe_with_survey(const tot_example *example, const tot_image_options *options,
                                      float *pixels, tot_error *error) {
    const size_t capacity = tot_survey_capacity(example->survey, example->limit);
    tot_rng rng = example->rng;
    tot_observation seen = {0};
    double *columns = tot_allocate(capacity, 5 * sizeof *columns);
    tot_status status;
    if (columns == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", capacity);
    seen.time = columns;
    seen.flux = columns + capacity;
    seen.segment = columns + 2 * capacity;
    double *phase = columns + 3 * capacity, *flux = columns + 4 * capacity;
    status =
        tot_survey_observe(example->survey, &example->target, example->limit, &rng, &seen, error);
    if (status != TOT_OK)
        goto done;
    const tot_observed observed = {seen.time, seen.flux, seen.segment, seen.count};
    const tot_folding_options folding = {
        .period = seen.catalogue_period, .epoch = seen.catalogue_epoch, .drift = DRIFT};
    status = tot_fold_observed(&observed, &folding, phase, flux, NULL, error);
    if (status == TOT_OK)
        status = tot_curve_to_image(phase, flux, seen.count, options, pixels, NULL, error);
done:
    tot_free(columns);
    return status;
}

static tot_status draw_example(void *context, size_t index, tot_error *error) {
    const drawing_job *job = context;
    const tot_example *example = &job->examples[index];
    tot_image_options options = *job->options;
    float *pixels = job->pixels + index * options.width * options.height;
    options.hide_depth = options.hide_depth || example->hide_depth;
    const tot_status status = example->survey == NULL
                                  ? observe_in_phase(example, &options, pixels, error)
                                  : observe_with_survey(example, &options, pixels, error);
    job->drawn[index] = status == TOT_OK;
    return status == TOT_ERROR_FORMAT ? TOT_OK : status;
}

tot_status tot_draw_examples(const tot_example *examples, size_t count,
                             const tot_image_options *options, size_t threads, float *pixels,
                             bool *drawn, tot_error *error) {
    drawing_job job = {options, examples, pixels, drawn};
    return tot_parallel_try(threads, count, "example", draw_example, &job, error);
}
