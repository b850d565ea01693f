#include "inference/model_curves.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"

typedef struct curves_job {
    const tot_binary *const *systems;
    size_t phases;
    const double *phase; /* phases + 1 of them, symmetric: each geometry serves twice */
    float *flux;
    tot_model_curve *curves;
    tot_status *statuses;
    tot_error *errors;
} curves_job;

static tot_status make_curve(const curves_job *job, size_t index, tot_error *error) {
    tot_model_curve *curve = &job->curves[index];
    float *out = job->flux + index * job->phases;
    tot_system *system = NULL;
    tot_totality totality;
    double *flux = tot_allocate(job->phases + 1, sizeof *flux);
    if (flux == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu phases", job->phases);
    tot_status status = tot_system_create(job->systems[index], &system, error);
    if (status == TOT_OK)
        status = tot_system_light_curve(system, job->phase, job->phases + 1, flux, error);
    if (status == TOT_OK)
        status = tot_system_totality(system, false, &totality, error);
    if (status != TOT_OK)
        goto done;
    double low = flux[0], high = flux[0];
    for (size_t k = 0; k < job->phases; k++) {
        low = fmin(low, flux[k]);
        high = fmax(high, flux[k]);
        out[k] = (float)flux[k];
    }
    *curve = (tot_model_curve){high, (high - low) / high,
                               totality.conjunction[totality.darkest].light_left};
done:
    tot_system_free(system);
    tot_free(flux);
    return status;
}

static void curve_task(void *context, size_t index, size_t worker) {
    const curves_job *job = context;
    (void)worker;
    job->statuses[index] = make_curve(job, index, &job->errors[index]);
}

tot_status tot_model_curves(const tot_binary *const *systems, size_t count, size_t phases,
                            size_t threads, float *flux, tot_model_curve *curves,
                            tot_error *error) {
    if (phases < 4 || phases % 2 != 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the number of phases must be even and at least 4, got %zu", phases);
    double *phase = tot_allocate(phases + 1, sizeof *phase);
    tot_status *statuses = tot_allocate(count, sizeof *statuses);
    tot_error *errors = tot_allocate(count, sizeof *errors);
    tot_status status = TOT_OK;
    if (phase == NULL || statuses == NULL || errors == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu curves", count);
        goto done;
    }
    for (size_t k = 0; k <= phases; k++)
        phase[k] = TOT_MODEL_FIRST_PHASE + (double)k / (double)phases;
    curves_job job = {systems, phases, phase, flux, curves, statuses, errors};
    tot_parallel_for(threads, count, curve_task, &job);
    for (size_t k = 0; k < count && status == TOT_OK; k++)
        if (statuses[k] != TOT_OK)
            status = tot_fail(error, statuses[k], "system %zu: %s", k + 1, errors[k].message);
done:
    tot_free(phase);
    tot_free(statuses);
    tot_free(errors);
    return status;
}
