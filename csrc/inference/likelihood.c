#include "inference/likelihood.h"

#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "curve/fold.h"
#include "curve/observe.h"
#include "inference/columns.h"
#include "binary/model_curves.h"
#include "nn/gemm.h"

/* Rows of the bank to a task, and columns to a product of matrices: what fits a processor's cache.
 */
enum { BLOCK = 256, COLUMNS = 128 };

static const double TWO_PI = 6.28318530717958647692;

/* The sums over points of w x and w z x, for x = m - 1 of any model, as products with these rows:
 * rows[observation][column][phases]. */
typedef struct likelihood_job {
    const tot_bank *bank;
    const tot_likelihood *options;
    size_t observations, columns;
    tot_point_sums *sums;
    float *w_rows, *wz_rows;
    tot_spot_marginal spots; /* of no curves: none */
    double *log_prior;       /* of each column */
    float *averaging;        /* phases x phases: what an exposure makes of a curve; NULL: nothing */
    float *scratch;          /* `stride` floats for each worker */
    size_t stride;
    double *values; /* [columns][BLOCK] for each worker */
    float *log_likelihood;
} likelihood_job;

/* ------------------------------------------------------------------- from points to rows */

static tot_status check_observation(const tot_observation *o, bool noise_known, tot_error *error) {
    if (!(o->independent > 0.0 && o->independent <= (double)o->count))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "%g independent points among %zu",
                        o->independent, o->count);
    if (!(o->least_variance >= 0.0 && o->least_variance <= 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the least variance must be 0 to 1, got %g",
                        o->least_variance);
    if (!noise_known && !(o->independent > 2.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "%g independent points don't tell the noise, too", o->independent);
    for (size_t k = 0; k < o->count; k++)
        if (!isfinite(o->phase[k]) || !isfinite(o->flux[k]) || !(o->weight[k] > 0.0) ||
            !isfinite(o->weight[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT,
                            "point %zu: a finite phase and flux and a weight above 0 are needed",
                            k + 1);
    return TOT_OK;
}

static tot_status sum_points(const tot_observation *o, double *z, tot_point_sums *sums,
                             tot_error *error) {
    double w = 0.0, wy = 0.0;
    for (size_t k = 0; k < o->count; k++) {
        w += o->weight[k];
        wy += o->weight[k] * o->flux[k];
    }
    if (!(wy > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the mean flux must be above 0");
    /* About the mean of a contact binary's curve: its only purpose is that z is near m - 1. */
    const double scale = wy / w / 0.85;
    *sums = (tot_point_sums){o->independent, o->least_variance, w, 0.0, 0.0};
    for (size_t k = 0; k < o->count; k++) {
        z[k] = o->flux[k] / scale - 1.0;
        sums->wz += o->weight[k] * z[k];
        sums->wzz += o->weight[k] * z[k] * z[k];
    }
    /* chi^2 is that of flux / scale: the weights follow */
    sums->w *= scale * scale;
    sums->wz *= scale * scale;
    sums->wzz *= scale * scale;
    for (size_t k = 0; k < o->count; k++)
        z[k] *= o->weight[k] * scale * scale;
    return TOT_OK;
}

/* Spreads one value a point to the row of the bank's phases. */
static tot_status fill_row(const double *phase, const double *value, size_t count, size_t phases,
                           double *grid, float *row, tot_error *error) {
    const tot_status status =
        tot_spread_periodic(phase, value, count, TOT_MODEL_FIRST_PHASE, phases, grid, error);
    for (size_t k = 0; k < phases && status == TOT_OK; k++)
        row[k] = (float)grid[k];
    return status;
}

/* The shift of a column; the first half of the columns has the given minimum at phase 0. */
static double column_shift(const tot_likelihood *options, size_t column) {
    const size_t places = 2 * options->shifts + 1;
    return ((double)(column % places) - (double)options->shifts) * options->shift_step +
           (column >= places ? 0.5 : 0.0);
}

static tot_status prepare_observation(likelihood_job *job, const tot_observation *o, size_t index,
                                      tot_error *error) {
    const size_t phases = job->bank->phases;
    double *phase = tot_allocate(o->count, 3 * sizeof *phase);
    double *grid = tot_allocate(phases, sizeof *grid);
    tot_status status = TOT_OK;
    if (phase == NULL || grid == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", o->count);
        goto done;
    }
    double *wz = phase + o->count, *w = wz + o->count;
    status = check_observation(o, job->options->noise_known, error);
    if (status == TOT_OK)
        status = sum_points(o, wz, &job->sums[index], error);
    if (status != TOT_OK)
        goto done;
    double weight_sum = 0.0;
    for (size_t k = 0; k < o->count; k++)
        weight_sum += o->weight[k];
    for (size_t k = 0; k < o->count; k++)
        w[k] = o->weight[k] * job->sums[index].w / weight_sum;
    for (size_t column = 0; column < job->columns && status == TOT_OK; column++) {
        const size_t row = (index * job->columns + column) * phases;
        for (size_t k = 0; k < o->count; k++)
            phase[k] = tot_wrap_phase(o->phase[k] - column_shift(job->options, column));
        status = fill_row(phase, w, o->count, phases, grid, job->w_rows + row, error);
        if (status == TOT_OK)
            status = fill_row(phase, wz, o->count, phases, grid, job->wz_rows + row, error);
        if (status == TOT_OK)
            tot_spot_marginal_prepare(&job->spots, index, column, job->w_rows + row,
                                      job->wz_rows + row);
    }
done:
    tot_free(phase);
    tot_free(grid);
    return status;
}

/* ------------------------------------------------------------------------- blocks of the bank */

/* Products of the rows of some observations with the block: results[3][columns][BLOCK], and behind
 * them those of the spots' rows, [observations][curves][columns of one][BLOCK]. */
static void multiply(const likelihood_job *job, const float *x, const float *xx, size_t rows,
                     size_t first_row, size_t columns, float *results) {
    const size_t phases = job->bank->phases;
    const tot_matrix w = {job->w_rows + first_row * phases, phases, TOT_NORMAL};
    const tot_matrix wz = {job->wz_rows + first_row * phases, phases, TOT_NORMAL};
    const tot_matrix models = {x, phases, TOT_TRANSPOSED}, squares = {xx, phases, TOT_TRANSPOSED};
    tot_gemm(columns, rows, phases, w, models, 0.0f, results, BLOCK);
    tot_gemm(columns, rows, phases, wz, models, 0.0f, results + columns * BLOCK, BLOCK);
    tot_gemm(columns, rows, phases, w, squares, 0.0f, results + 2 * columns * BLOCK, BLOCK);
    if (job->spots.count == 0)
        return;
    const tot_matrix spots = {job->spots.rows + first_row * job->spots.count * phases, phases,
                              TOT_NORMAL};
    tot_gemm(columns * job->spots.count, rows, phases, spots, models, 0.0f,
             results + 3 * columns * BLOCK, BLOCK);
}

static tot_columns columns_of(const likelihood_job *job, size_t observation) {
    tot_columns columns = {.count = job->columns,
                           .sums = job->sums[observation],
                           .log_prior = job->log_prior,
                           .spots = tot_spot_marginal_columns(&job->spots, observation),
                           .options = job->options};
    tot_columns_prepare(&columns);
    return columns;
}

static void block_task(void *context, size_t index, size_t worker) {
    const likelihood_job *job = context;
    const size_t phases = job->bank->phases, first = index * BLOCK;
    const size_t rows = job->bank->count - first < BLOCK ? job->bank->count - first : BLOCK;
    const float *flux = job->bank->flux + first * phases;
    float *x = job->scratch + worker * job->stride, *xx = x + BLOCK * phases;
    float *results = xx + BLOCK * phases;
    const size_t together = job->columns < COLUMNS ? COLUMNS / job->columns : 1;
    float *instantaneous = job->averaging == NULL ? x : xx;
    for (size_t k = 0; k < rows * phases; k++)
        instantaneous[k] = flux[k] - 1.0f;
    if (job->averaging != NULL)
        tot_gemm(rows, phases, phases, (tot_matrix){instantaneous, phases, TOT_NORMAL},
                 (tot_matrix){job->averaging, phases, TOT_NORMAL}, 0.0f, x, phases);
    for (size_t k = 0; k < rows * phases; k++)
        xx[k] = x[k] * x[k];
    for (size_t begin = 0; begin < job->observations; begin += together) {
        const size_t left = job->observations - begin, count = left < together ? left : together;
        const size_t columns = count * job->columns;
        multiply(job, x, xx, rows, begin * job->columns, columns, results);
        for (size_t o = 0; o < count; o++) {
            const tot_columns of_one = columns_of(job, begin + o);
            const float *sums = results + o * job->columns * BLOCK;
            const tot_column_sums models = {
                .models = rows,
                .stride = BLOCK,
                .x = sums,
                .xz = sums + columns * BLOCK,
                .xx = sums + 2 * columns * BLOCK,
                .p = results + (3 * columns + o * job->columns * job->spots.count) * BLOCK};
            tot_columns_log_likelihood(
                &of_one, &models, job->values + worker * job->columns * BLOCK,
                job->log_likelihood + (begin + o) * job->bank->count + first);
        }
    }
}

/* ----------------------------------------------------------------------------------------- */

static tot_status check_options(const tot_likelihood *o, tot_error *error) {
    if (o->shifts > 0 && !(o->shift_step > 0.0 && o->phase_error > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the shifts need a step and an error above 0");
    if (!(o->third_light_share >= 0.0 && o->third_light_share < 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the share of systems with third light must be in [0, 1), got %g",
                        o->third_light_share);
    if (!(o->exposure >= 0.0 && o->exposure <= 0.5))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the exposure must be 0 to 0.5 cycles, got %g",
                        o->exposure);
    if (!(o->spot_share >= 0.0 && o->spot_share <= 1.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the share of systems with spots must be in [0, 1], got %g", o->spot_share);
    if (o->spots.count > TOT_SPOT_CURVES)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "%zu curves of spots, at most %d are possible",
                        o->spots.count, TOT_SPOT_CURVES);
    if (o->third_light_share > 0.0 && !(o->third_light_scale > 0.0 && o->third_light_maximum > 0.0))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the scale and the maximum of third light must be above 0");
    return TOT_OK;
}

/* A circulant matrix, which multiplies the harmonics of a curve by those of the exposure's box. */
static tot_status set_averaging(likelihood_job *job, tot_error *error) {
    const size_t phases = job->bank->phases;
    const double step = TWO_PI / (double)phases, exposure = job->options->exposure;
    if (exposure == 0.0)
        return TOT_OK;
    job->averaging = tot_allocate(phases, phases * sizeof *job->averaging);
    if (job->averaging == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu phases", phases);
    for (size_t distance = 0; distance < phases; distance++) {
        double sum = 1.0;
        for (size_t h = 1; 2 * h <= phases; h++) {
            const double x = 0.5 * TWO_PI * (double)h * exposure;
            const double both = 2 * h == phases ? 1.0 : 2.0; /* h and -h */
            sum += both * sin(x) / x * cos(step * (double)(h * distance % phases));
        }
        for (size_t k = 0; k < phases; k++)
            job->averaging[k * phases + (k + distance) % phases] = (float)(sum / (double)phases);
    }
    return TOT_OK;
}

static void set_priors(likelihood_job *job) {
    double sum = 0.0;
    for (size_t c = 0; c < job->columns; c++) {
        const double shift = column_shift(job->options, c % (2 * job->options->shifts + 1));
        const double deviation =
            job->options->shifts == 0 ? 0.0 : shift / job->options->phase_error;
        job->log_prior[c] = -0.5 * deviation * deviation;
        sum += exp(job->log_prior[c]);
    }
    for (size_t c = 0; c < job->columns; c++)
        job->log_prior[c] -= log(sum);
}

tot_status tot_log_likelihood(const tot_bank *bank, const tot_observation *observations,
                              size_t observation_count, const tot_likelihood *options,
                              size_t threads, float *log_likelihood, tot_error *error) {
    likelihood_job job = {.bank = bank,
                          .options = options,
                          .observations = observation_count,
                          .columns = (options->both_minima ? 2 : 1) * (2 * options->shifts + 1),
                          .log_likelihood = log_likelihood};
    const tot_spot_curves spots = options->spot_share > 0.0 ? options->spots : (tot_spot_curves){0};
    const size_t wide = job.columns > COLUMNS ? job.columns : COLUMNS;
    size_t rows, floats;
    tot_status status = check_options(options, error);
    if (status != TOT_OK)
        return status;
    if (!tot_multiply_sizes(observation_count, job.columns, &rows) ||
        !tot_multiply_sizes(rows, bank->phases, &floats) || rows > INT32_MAX)
        return tot_fail(error, TOT_ERROR_MEMORY, "%zu observations don't fit in memory",
                        observation_count);
    job.stride = 2 * BLOCK * bank->phases + (3 + spots.count) * BLOCK * wide;
    job.sums = tot_allocate(observation_count, sizeof *job.sums);
    job.log_prior = tot_allocate(job.columns, sizeof *job.log_prior);
    job.values = tot_allocate(threads, job.columns * BLOCK * sizeof *job.values);
    job.scratch = tot_allocate(threads, job.stride * sizeof *job.scratch);
    job.w_rows = tot_allocate(floats, sizeof *job.w_rows);
    job.wz_rows = tot_allocate(floats, sizeof *job.wz_rows);
    if (job.sums == NULL || job.log_prior == NULL || job.values == NULL || job.scratch == NULL ||
        job.w_rows == NULL || job.wz_rows == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu observations",
                          observation_count);
        goto done;
    }
    tot_gemm_prepare();
    status = set_averaging(&job, error);
    if (status == TOT_OK)
        status = tot_spot_marginal_create(&spots, observation_count, job.columns, job.averaging,
                                          &job.spots, error);
    for (size_t k = 0; k < observation_count && status == TOT_OK; k++) {
        tot_error reason = {{0}};
        status = prepare_observation(&job, &observations[k], k, &reason);
        if (status != TOT_OK)
            tot_fail(error, status, "observation %zu: %s", k + 1, reason.message);
    }
    if (status != TOT_OK)
        goto done;
    set_priors(&job);
    tot_parallel_for(threads, (bank->count + BLOCK - 1) / BLOCK, block_task, &job);
done:
    tot_free(job.sums);
    tot_free(job.log_prior);
    tot_free(job.scratch);
    tot_free(job.values);
    tot_free(job.w_rows);
    tot_free(job.wz_rows);
    tot_free(job.averaging);
    tot_spot_marginal_free(&job.spots);
    return status;
}
