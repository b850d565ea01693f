#include "curve/shape.h"

#include <math.h>

#include "base/memory.h"
#include "curve/fold.h"
#include "curve/noise.h"

static const double TAU = 6.28318530717958647693;

/* Symmetry of the even harmonics about `phase`: with f = sum of A_k cos(2 pi k (phase - p_k)), the
 * mean of f(phase + x) f(phase - x) over x is, but for a factor, sum of A_k^2 cos(4 pi k (phase -
 * p_k)). (The slope's symmetry, k^2 A_k^2, would weigh the sharp minima more; in trials it doubled
 * the error of the axis for noisy curves.) Fills the value's first and second derivative. */
static double symmetry(const tot_fourier *fit, double phase, double *first, double *second) {
    double value = 0.0;
    *first = *second = 0.0;
    for (size_t k = 2; k <= fit->harmonics; k += 2) {
        const double a = fit->cosine[k - 1], b = fit->sine[k - 1], rate = 2.0 * TAU * (double)k;
        const double c = cos(rate * phase), s = sin(rate * phase);
        /* (a - ib)^2 = (a^2 - b^2) - 2iab, turned by 2 k theta */
        const double even = (a * a - b * b) * c + 2.0 * a * b * s;
        const double odd = 2.0 * a * b * c - (a * a - b * b) * s;
        value += even;
        *first += rate * odd;
        *second -= rate * rate * even;
    }
    return value;
}

static double find_axis(const tot_fourier *fit) {
    enum { STEPS = 40 };
    const double reach = 0.1;
    /* the second harmonic's minimum: cos(4 pi (phase - p)) = -1 */
    const double start = (atan2(fit->sine[1], fit->cosine[1]) / TAU + 0.5) / 2.0;
    double best = start, best_value = -INFINITY, first, second;
    for (int k = -STEPS; k <= STEPS; k++) {
        const double phase = start + reach * k / STEPS;
        const double value = symmetry(fit, phase, &first, &second);
        if (value > best_value) {
            best_value = value;
            best = phase;
        }
    }
    for (int step = 0; step < 6; step++) {
        symmetry(fit, best, &first, &second);
        if (!(second < 0.0))
            break;
        const double move = -first / second, limit = reach / STEPS;
        best += fmax(-limit, fmin(limit, move));
    }
    return tot_wrap_phase(best);
}

/* Standard error of the axis, where the first derivative of the symmetry is 0: that derivative's
 * error, from coefficients of variance 2 sigma^2 / N each, over the second derivative. */
static double axis_error(const tot_fourier *fit, double axis, size_t count) {
    double first, second, sum = 0.0;
    symmetry(fit, axis, &first, &second);
    for (size_t k = 2; k <= fit->harmonics; k += 2) {
        const double a = fit->cosine[k - 1], b = fit->sine[k - 1], rate = 2.0 * TAU * (double)k;
        sum += 4.0 * rate * rate * (a * a + b * b);
    }
    return second < 0.0 ? fit->scatter * sqrt(2.0 * sum / (double)count) / -second : NAN;
}

/* Lowest (sign 1) or highest (sign -1) flux of the fit within `reach` of phase. */
static double extreme(const tot_fourier *fit, double phase, double reach, double sign) {
    enum { STEPS = 12 };
    double value[2 * STEPS + 1];
    int best = 0;
    for (int k = 0; k <= 2 * STEPS; k++) {
        value[k] = tot_fourier_value(fit, phase + reach * (k - STEPS) / STEPS);
        if (sign * value[k] < sign * value[best])
            best = k;
    }
    if (best == 0 || best == 2 * STEPS)
        return value[best];
    /* the vertex of the parabola through three points */
    const double slope = 0.5 * (value[best + 1] - value[best - 1]);
    const double bend = value[best + 1] - 2.0 * value[best] + value[best - 1];
    return bend == 0.0 ? value[best] : value[best] - 0.5 * slope * slope / bend;
}

/* Mean flux about phase 0 less that about phase 0.5: the odd harmonics, the higher ones damped by
 * the width of the window. A wider one would be less noisy, but take a flat minimum for deeper than
 * a round one. */
static double difference(const tot_fourier *fit, double *response) {
    const double window = 0.025; /* half-width */
    double sum = 0.0;
    *response = 0.0;
    for (size_t k = 1; k <= fit->harmonics; k += 2) {
        const double x = TAU * (double)k * window, damping = sin(x) / x;
        sum += 2.0 * damping * fit->cosine[k - 1];
        *response += 4.0 * damping * damping;
    }
    return sum;
}

void tot_shape_find(const tot_fourier *fit, size_t count, tot_shape *shape) {
    double axis = find_axis(fit), response;
    tot_fourier centred = tot_fourier_shifted(fit, axis);
    double depth = -difference(&centred, &response);
    if (depth < 0.0) {
        axis = tot_wrap_phase(axis + 0.5);
        centred = tot_fourier_shifted(fit, axis);
        depth = -depth;
    }
    double even = 0.0, all = 0.0;
    for (size_t k = 1; k <= fit->harmonics; k++) {
        const double power =
            fit->cosine[k - 1] * fit->cosine[k - 1] + fit->sine[k - 1] * fit->sine[k - 1];
        all += power;
        even += k % 2 == 0 ? power : 0.0;
    }
    *shape = (tot_shape){
        .primary_phase = axis,
        .primary_phase_err = axis_error(fit, axis, count),
        .primary_level = extreme(&centred, 0.0, 0.06, 1.0),
        .secondary_level = extreme(&centred, 0.5, 0.06, 1.0),
        .maximum_after = extreme(&centred, 0.25, 0.12, -1.0),
        .maximum_before = extreme(&centred, -0.25, 0.12, -1.0),
        .depth_difference = depth,
        /* a coefficient has the variance 2 sigma^2 / N */
        .depth_difference_err = fit->scatter * sqrt(2.0 * response / (double)count),
        .double_wave = all > 0.0 ? even / all : 0.0,
    };
}

double tot_shape_top(const tot_shape *shape) {
    return fmax(shape->maximum_after, shape->maximum_before);
}

double tot_shape_bottom(const tot_shape *shape) {
    return fmin(shape->primary_level, shape->secondary_level);
}

tot_status tot_shape_check(const tot_shape *shape, tot_error *error) {
    if (tot_shape_top(shape) > tot_shape_bottom(shape))
        return TOT_OK;
    return tot_fail(error, TOT_ERROR_FORMAT,
                    "no minimum between two maxima in the folded curve; is "
                    "this the period of the orbit?");
}

tot_status tot_shape_measure(const double *phase, const double *flux, size_t count,
                             tot_shape *shape, double *noise, tot_error *error) {
    tot_point *points = tot_allocate(count, sizeof *points);
    if (points == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    tot_fourier fit;
    tot_shape result;
    tot_status status = tot_sort_points(phase, flux, count, points, error);
    if (status == TOT_OK)
        status = tot_fourier_fit(points, count, &fit, error);
    if (status == TOT_OK) {
        tot_shape_find(&fit, count, &result);
        status = tot_shape_check(&result, error);
    }
    if (status == TOT_OK && noise != NULL)
        status = tot_noise(&fit, points, count, noise, error);
    if (status == TOT_OK)
        *shape = result;
    tot_free(points);
    return status;
}
