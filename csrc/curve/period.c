#include "curve/period.h"

#include <math.h>

#include "base/memory.h"
#include "base/simd.h"
#include "curve/robust.h"
#include "curve/symmetric.h"

enum { MAX_HARMONICS = 12, MAX_TERMS = 2 * MAX_HARMONICS + 1, POINTS_PER_TERM = 4, ENOUGH = 5000 };

/* Finer than the width of any feature that matters. */
static const double DRIFT_STEP = 0.005;
static const double CLIP = 4.0;
static const double SIGNIFICANT = 9.0;
static const double TWO_PI = 6.28318530717958647692;

typedef struct fit {
    const double *time, *flux;
    size_t count, stride; /* every stride-th point is used */
    double origin;
    size_t terms;
    double limit; /* residuals beyond it count as it */
    double *residual;
    double coefficient[MAX_TERMS];
} fit;

static void basis(const fit *f, double time, double period, double *values) {
    const double angle = TWO_PI * ((time - f->origin) / period);
    const double c = cos(angle), s = sin(angle);
    double ck = c, sk = s;
    values[0] = 1.0;
    for (size_t k = 1; k + 1 < f->terms; k += 2) {
        values[k] = ck;
        values[k + 1] = sk;
        const double next = ck * c - sk * s;
        sk = sk * c + ck * s;
        ck = next;
    }
}

/* Sum of the limited squares about the best curve of this period; points that the last fit clipped
 * have no say in the next. INFINITY when there is no such curve. */
TOT_SIMD static double misfit(fit *f, double period) {
    double a[MAX_TERMS][MAX_TERMS] = {{0}}, values[MAX_TERMS];
    double *b = f->coefficient;
    for (size_t i = 0; i < f->terms; i++)
        b[i] = 0;
    for (size_t k = 0; k < f->count; k += f->stride) {
        if (fabs(f->residual[k]) > f->limit)
            continue;
        basis(f, f->time[k], period, values);
        for (size_t i = 0; i < f->terms; i++) {
            b[i] += values[i] * f->flux[k];
            for (size_t j = 0; j <= i; j++)
                a[i][j] += values[i] * values[j];
        }
    }
    if (!tot_solve_symmetric(&a[0][0], MAX_TERMS, b, f->terms))
        return INFINITY;
    double sum = 0;
    for (size_t k = 0; k < f->count; k += f->stride) {
        basis(f, f->time[k], period, values);
        double model = 0;
        for (size_t i = 0; i < f->terms; i++)
            model += b[i] * values[i];
        f->residual[k] = f->flux[k] - model;
        const double off = fmin(fabs(f->residual[k]), f->limit);
        sum += off * off;
    }
    return sum;
}

static tot_status check(const double *time, const double *flux, size_t count,
                        const tot_period_search *search, double *first, double *last,
                        tot_error *error) {
    const size_t terms = 2 * search->harmonics + 1;
    if (!(search->period > 0) || !isfinite(search->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g",
                        search->period);
    if (!(search->drift > 0 && search->drift <= 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "drift must be above 0 and at most 1, got %g",
                        search->drift);
    if (search->harmonics < 1 || search->harmonics > MAX_HARMONICS)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "harmonics must be from 1 to %d, got %zu",
                        MAX_HARMONICS, search->harmonics);
    if (count < POINTS_PER_TERM * terms)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu points, at least %zu are needed", count,
                        POINTS_PER_TERM * terms);
    *first = INFINITY;
    *last = -INFINITY;
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(time[k]) || !isfinite(flux[k]))
            return tot_fail(error, TOT_ERROR_FORMAT, "point %zu is not a finite number", k + 1);
        *first = fmin(*first, time[k]);
        *last = fmax(*last, time[k]);
    }
    if (*last - *first < search->period)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "a period of %g is longer than the data, which span %g", search->period,
                        *last - *first);
    return TOT_OK;
}

/* Period whose phase has drifted by so many cycles at the end of the span. */
static double drifted(double period, double span, double drift) {
    return period / (1.0 + drift * period / span);
}

/* Where the parabola through three equally spaced values has its minimum, in steps from the middle
 * one. */
static double vertex(double before, double middle, double after) {
    const double curvature = before - 2.0 * middle + after;
    return curvature > 0 && isfinite(curvature) ? 0.5 * (before - after) / curvature : 0.0;
}

tot_status tot_refine_period(const double *time, const double *flux, size_t count,
                             const tot_period_search *search, tot_refined_period *refined,
                             tot_error *error) {
    double first = 0, last = 0, *values = NULL;
    const tot_status checked = check(time, flux, count, search, &first, &last, error);
    if (checked != TOT_OK)
        return checked;
    const double span = last - first;
    const size_t steps = (size_t)ceil(search->drift / DRIFT_STEP), trials = 2 * steps + 1;
    fit f = {.time = time,
             .flux = flux,
             .count = count,
             .stride = count / ENOUGH + 1,
             .origin = 0.5 * (first + last),
             .terms = 2 * search->harmonics + 1,
             .limit = INFINITY};
    tot_status status = TOT_OK;
    values = tot_allocate(trials + 2 * count, sizeof *values);
    if (values == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    f.residual = values + trials;
    double *scratch = f.residual + count;
    *refined = (tot_refined_period){search->period, 0, 0};

    /* The limit of the residuals comes from the period as given, and is kept: sums can be compared.
     */
    if (!isfinite(misfit(&f, search->period)))
        goto done;
    size_t used = 0;
    for (size_t k = 0; k < count; k += f.stride)
        scratch[used++] = f.residual[k];
    f.limit = CLIP * tot_deviation_about_zero(scratch, used);
    if (!(f.limit > 0))
        goto done;
    const double given = misfit(&f, search->period);
    size_t best = 0;
    for (size_t k = 0; k < trials; k++) {
        const double drift = ((double)k - (double)steps) * DRIFT_STEP;
        values[k] = misfit(&f, drifted(search->period, span, drift));
        if (values[k] < values[best])
            best = k;
    }
    double place = (double)best - (double)steps;
    if (best > 0 && best + 1 < trials)
        place += vertex(values[best - 1], values[best], values[best + 1]);
    const double variance = values[best] / (double)(used > f.terms ? used - f.terms : 1);
    const double improvement = (given - values[best]) / variance;
    if (improvement > SIGNIFICANT) {
        refined->drift = place * DRIFT_STEP;
        refined->period = drifted(search->period, span, refined->drift);
        refined->improvement = improvement;
    }
done:
    tot_free(values);
    return status;
}
