#include "synthesis/synthesis.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "curve/observed.h"

/* How far a catalogue's period may be off, as for real curves (curve:prepare). */
static const double DRIFT = 0.3;

/* Pieces of work that each end with a status. */
typedef struct job {
    const void *options;
    tot_model *models;
    double minimum_amplitude;
    const tot_example *examples;
    float *pixels;
    bool *drawn;
    tot_status *statuses;
    tot_error *errors;
} job;

static tot_status run(job *j, const char *what, size_t count, size_t threads, tot_task *task,
                      tot_error *error) {
    tot_status status = TOT_OK;
    j->statuses = tot_allocate(count, sizeof *j->statuses);
    j->errors = tot_allocate(count, sizeof *j->errors);
    if (j->statuses == NULL || j->errors == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu examples", count);
        goto done;
    }
    tot_parallel_for(threads, count, task, j);
    for (size_t k = 0; k < count && status == TOT_OK; k++)
        if (j->statuses[k] != TOT_OK)
            status =
                tot_fail(error, j->statuses[k], "%s %zu: %s", what, k + 1, j->errors[k].message);
done:
    tot_free(j->statuses);
    tot_free(j->errors);
    return status;
}

/* The curve of one state. */
static tot_status light_curve(const tot_system *system, double *flux, tot_error *error) {
    /* Both ends, so that each geometry serves the two phases it has. */
    double phases[TOT_MODEL_PHASES + 1], values[TOT_MODEL_PHASES + 1];
    for (size_t k = 0; k <= TOT_MODEL_PHASES; k++)
        phases[k] = -0.5 + (double)k / TOT_MODEL_PHASES;
    const tot_status status =
        tot_system_light_curve(system, phases, TOT_MODEL_PHASES + 1, values, error);
    for (size_t k = 0; k < TOT_MODEL_PHASES && status == TOT_OK; k++)
        flux[k] = values[k];
    return status;
}

static tot_status first_state(tot_model *model, double minimum_amplitude, tot_error *error) {
    tot_system *system = NULL;
    tot_totality totality;
    tot_status status = tot_system_create(model->states[0], &system, error);
    model->light_left = model->minimum = model->maximum = NAN;
    if (status != TOT_OK)
        return status;
    status = light_curve(system, model->flux, error);
    if (status != TOT_OK)
        goto done;
    model->minimum = model->maximum = model->flux[0];
    for (size_t k = 1; k < TOT_MODEL_PHASES; k++) {
        model->minimum = fmin(model->minimum, model->flux[k]);
        model->maximum = fmax(model->maximum, model->flux[k]);
    }
    if (model->maximum - model->minimum < minimum_amplitude * model->maximum)
        goto done;
    status = tot_system_totality(system, false, &totality, error);
    if (status == TOT_OK)
        model->light_left = totality.conjunction[totality.darkest].light_left;
done:
    tot_system_free(system);
    return status;
}

static void make_model(void *context, size_t index, size_t worker) {
    const job *j = context;
    tot_model *model = &j->models[index];
    tot_error *error = &j->errors[index];
    tot_status status = first_state(model, j->minimum_amplitude, error);
    (void)worker;
    for (size_t k = 1; k < model->state_count && status == TOT_OK && !isnan(model->light_left);
         k++) {
        tot_system *system = NULL;
        status = tot_system_create(model->states[k], &system, error);
        if (status == TOT_OK)
            status = light_curve(system, model->flux + k * TOT_MODEL_PHASES, error);
        tot_system_free(system);
    }
    j->statuses[index] = status;
}

tot_status tot_make_models(tot_model *models, size_t count, double minimum_amplitude,
                           size_t threads, tot_error *error) {
    job j = {.models = models, .minimum_amplitude = minimum_amplitude};
    return run(&j, "model", count, threads, make_model, error);
}

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

static void draw_example(void *context, size_t index, size_t worker) {
    const job *j = context;
    const tot_example *example = &j->examples[index];
    tot_image_options options = *(const tot_image_options *)j->options;
    float *pixels = j->pixels + index * options.width * options.height;
    (void)worker;
    options.hide_depth = options.hide_depth || example->hide_depth;
    const tot_status status =
        example->survey == NULL ? observe_in_phase(example, &options, pixels, &j->errors[index])
                                : observe_with_survey(example, &options, pixels, &j->errors[index]);
    j->drawn[index] = status == TOT_OK;
    j->statuses[index] = status == TOT_ERROR_FORMAT ? TOT_OK : status;
}

tot_status tot_draw_examples(const tot_example *examples, size_t count,
                             const tot_image_options *options, size_t threads, float *pixels,
                             bool *drawn, tot_error *error) {
    job j = {.options = options, .examples = examples, .pixels = pixels, .drawn = drawn};
    return run(&j, "example", count, threads, draw_example, error);
}
