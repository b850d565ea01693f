#include "binary/model_curves.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

typedef struct models_job {
    tot_model *models;
    size_t phases;
    const double *phase; /* phases + 1 of them, symmetric: each geometry serves twice */
    double minimum_amplitude;
} models_job;

/* The curves of all states. */
static tot_status light_curves(const models_job *job, const tot_system *const *states,
                               tot_model *model, tot_error *error) {
    const size_t phases = job->phases, row = phases + 1;
    double *values = tot_allocate(model->state_count, row * sizeof *values);
    if (values == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu states of %zu phases",
                        model->state_count, phases);
    const tot_status status =
        tot_system_light_curves(states, model->state_count, job->phase, row, values, error);
    for (size_t s = 0; s < model->state_count && status == TOT_OK; s++)
        memcpy(model->flux + s * phases, values + s * row, phases * sizeof *values);
    tot_free(values);
    return status;
}

/* What is said of the first state, once the curves are there. */
static tot_status describe(const models_job *job, const tot_system *system, tot_model *model,
                           tot_error *error) {
    tot_totality totality;
    model->light_left = NAN;
    model->minimum = model->maximum = model->flux[0];
    for (size_t k = 1; k < job->phases; k++) {
        model->minimum = fmin(model->minimum, model->flux[k]);
        model->maximum = fmax(model->maximum, model->flux[k]);
    }
    if (model->maximum - model->minimum < job->minimum_amplitude * model->maximum)
        return TOT_OK;
    const tot_status status = tot_system_totality(system, false, &totality, error);
    if (status == TOT_OK)
        model->light_left = totality.conjunction[totality.darkest].light_left;
    return status;
}

static tot_status make_model(void *context, size_t index, tot_error *error) {
    const models_job *job = context;
    tot_model *model = &job->models[index];
    tot_system **states = tot_allocate(model->state_count, sizeof(tot_system *));
    tot_status status = TOT_OK;
    size_t made = 0;
    if (states == NULL)
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu states",
                          model->state_count);
    while (status == TOT_OK && made < model->state_count) {
        status = tot_system_create(model->states[made], &states[made], error);
        made += status == TOT_OK ? 1 : 0;
    }
    if (status == TOT_OK)
        status = light_curves(job, (const tot_system *const *)states, model, error);
    if (status == TOT_OK)
        status = describe(job, states[0], model, error);
    while (made > 0)
        tot_system_free(states[--made]);
    tot_free(states);
    return status;
}

tot_status tot_make_models(tot_model *models, size_t count, size_t phases, double minimum_amplitude,
                           size_t threads, tot_error *error) {
    if (phases < 4 || phases % 2 != 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the number of phases must be even and at least 4, got %zu", phases);
    double *phase = tot_allocate(phases + 1, sizeof *phase);
    if (phase == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu phases", phases);
    for (size_t k = 0; k <= phases; k++)
        phase[k] = TOT_MODEL_FIRST_PHASE + (double)k / (double)phases;
    models_job job = {models, phases, phase, minimum_amplitude};
    const tot_status status = tot_parallel_try(threads, count, "model", make_model, &job, error);
    tot_free(phase);
    return status;
}
