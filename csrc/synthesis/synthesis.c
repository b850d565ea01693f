#include "synthesis/synthesis.h"

#include <math.h>
#include <string.h>

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

/* The curves of all states. */
static tot_status light_curves(const tot_system *const *states, tot_model *model,
                               tot_error *error) {
    /* Both ends, so that each geometry serves the two phases it has. */
    enum { PHASES = TOT_MODEL_PHASES + 1 };
    double phases[PHASES];
    double *values = tot_allocate(model->state_count, PHASES * sizeof *values);
    if (values == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu states",
                        model->state_count);
    for (size_t k = 0; k < PHASES; k++)
        phases[k] = -0.5 + (double)k / TOT_MODEL_PHASES;
    const tot_status status =
        tot_system_light_curves(states, model->state_count, phases, PHASES, values, error);
    for (size_t s = 0; s < model->state_count && status == TOT_OK; s++)
        memcpy(model->flux + s * TOT_MODEL_PHASES, values + s * PHASES,
               TOT_MODEL_PHASES * sizeof *values);
    tot_free(values);
    return status;
}

/* What is said of the first state, once the curves are there. */
static tot_status describe(const tot_system *system, double minimum_amplitude, tot_model *model,
                           tot_error *error) {
    tot_totality totality;
    model->light_left = NAN;
    model->minimum = model->maximum = model->flux[0];
    for (size_t k = 1; k < TOT_MODEL_PHASES; k++) {
        model->minimum = fmin(model->minimum, model->flux[k]);
        model->maximum = fmax(model->maximum, model->flux[k]);
    }
    if (model->maximum - model->minimum < minimum_amplitude * model->maximum)
        return TOT_OK;
    const tot_status status = tot_system_totality(system, false, &totality, error);
    if (status == TOT_OK)
        model->light_left = totality.conjunction[totality.darkest].light_left;
    return status;
}

static void make_model(void *context, size_t index, size_t worker) {
    const job *j = context;
    tot_model *model = &j->models[index];
    tot_error *error = &j->errors[index];
    tot_system **states = tot_allocate(model->state_count, sizeof(tot_system *));
    tot_status status = TOT_OK;
    size_t made = 0;
    (void)worker;
    if (states == NULL)
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu states",
                          model->state_count);
    while (status == TOT_OK && made < model->state_count) {
        status = tot_system_create(model->states[made], &states[made], error);
        made += status == TOT_OK ? 1 : 0;
    }
    if (status == TOT_OK)
        status = light_curves((const tot_system *const *)states, model, error);
    if (status == TOT_OK)
        status = describe(states[0], j->minimum_amplitude, model, error);
    while (made > 0)
        tot_system_free(states[--made]);
    tot_free(states);
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
