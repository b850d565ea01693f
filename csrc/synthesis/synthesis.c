#include "synthesis/synthesis.h"

#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"

/* Regular phases from -0.5 to 0.5, both included: symmetric, so that each geometry serves twice. */
enum { MODEL_PHASES = 101 };

typedef struct synthesis_job {
    const tot_example *examples;
    double minimum_amplitude;
    const tot_image_options *options;
    float *pixels;
    tot_example_result *results;
    tot_status *statuses;
    tot_error *errors;
} synthesis_job;

static double amplitude_of(const double *flux) {
    double low = flux[0], high = flux[0];
    for (size_t k = 1; k < MODEL_PHASES; k++) {
        low = fmin(low, flux[k]);
        high = fmax(high, flux[k]);
    }
    return (high - low) / high;
}

static tot_status observe_and_draw(const tot_example *example, const double *model,
                                   const tot_image_options *options, float *pixels,
                                   tot_error *error) {
    tot_rng rng = example->rng;
    double *phase = tot_allocate(example->points, sizeof *phase);
    double *flux = tot_allocate(example->points, sizeof *flux);
    tot_status status;
    if (phase == NULL || flux == NULL) {
        status =
            tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", example->points);
        goto done;
    }
    status = tot_observe(model, MODEL_PHASES - 1, -0.5, example->points, example->sampling,
                         example->sampling == TOT_SAMPLING_REGULAR ? tot_rng_uniform(&rng) : 0.0,
                         example->noise, &rng, phase, flux, error);
    if (status == TOT_OK)
        status = tot_curve_to_image(phase, flux, example->points, options, pixels, NULL, error);
done:
    tot_free(phase);
    tot_free(flux);
    return status;
}

static tot_status synthesize_one(const synthesis_job *job, size_t index, tot_error *error) {
    const tot_example *example = &job->examples[index];
    tot_example_result *result = &job->results[index];
    double phases[MODEL_PHASES], flux[MODEL_PHASES];
    tot_system *system = NULL;
    tot_totality totality;
    tot_status status = tot_system_create(example->system, &system, error);
    *result = (tot_example_result){NAN, NAN, false};
    if (status != TOT_OK)
        return status;
    for (size_t k = 0; k < MODEL_PHASES; k++)
        phases[k] = -0.5 + (double)k / (MODEL_PHASES - 1);
    status = tot_system_light_curve(system, phases, MODEL_PHASES, flux, error);
    if (status != TOT_OK)
        goto done;
    result->amplitude = amplitude_of(flux);
    if (result->amplitude < job->minimum_amplitude)
        goto done;
    status = tot_system_totality(system, false, &totality, error);
    if (status != TOT_OK)
        goto done;
    result->light_left = totality.conjunction[totality.darkest].light_left;
    status =
        observe_and_draw(example, flux, job->options,
                         job->pixels + index * job->options->width * job->options->height, error);
    result->drawn = status == TOT_OK;
done:
    tot_system_free(system);
    return status;
}

static void synthesize_task(void *context, size_t index, size_t worker) {
    const synthesis_job *job = context;
    (void)worker;
    job->statuses[index] = synthesize_one(job, index, &job->errors[index]);
}

tot_status tot_synthesize(const tot_example *examples, size_t count, double minimum_amplitude,
                          const tot_image_options *options, size_t threads, float *pixels,
                          tot_example_result *results, tot_error *error) {
    tot_status *statuses = tot_allocate(count, sizeof *statuses);
    tot_error *errors = tot_allocate(count, sizeof *errors);
    tot_status status = TOT_OK;
    if (statuses == NULL || errors == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu examples", count);
        goto done;
    }
    synthesis_job job = {examples, minimum_amplitude, options, pixels, results, statuses, errors};
    tot_parallel_for(threads, count, synthesize_task, &job);
    for (size_t k = 0; k < count && status == TOT_OK; k++)
        if (statuses[k] != TOT_OK)
            status = tot_fail(error, statuses[k], "example %zu: %s", k + 1, errors[k].message);
done:
    tot_free(statuses);
    tot_free(errors);
    return status;
}
