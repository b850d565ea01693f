#include "binary/exposure.h"

#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "binary/system_internal.h"

enum { LEAST_POINTS = 5, MOST_POINTS = 200 };

/* Of the smaller star's radius: the way the stars move between two points. An eclipse begins and
 * ends with a kink, which is what limits the rule. */
static const double LARGEST_STEP = 0.2;

static const double PI = 3.14159265358979323846;

/* P_n(x) and its derivative, by the recurrence of Bonnet. */
static double legendre(size_t n, double x, double *derivative) {
    double previous = 1, value = x;
    for (size_t k = 2; k <= n; k++) {
        const double next =
            ((double)(2 * k - 1) * x * value - (double)(k - 1) * previous) / (double)k;
        previous = value;
        value = next;
    }
    *derivative = (double)n * (x * value - previous) / (x * x - 1.0);
    return value;
}

void tot_gauss_legendre(size_t count, double *abscissas, double *weights) {
    for (size_t k = 0; 2 * k < count; k++) {
        const size_t mirror = count - 1 - k;
        /* A first guess (Abramowitz & Stegun 22.16.6), then Newton's method. */
        double x = cos(PI * ((double)k + 0.75) / ((double)count + 0.5)), derivative;
        for (int i = 0; i < 8; i++)
            x -= legendre(count, x, &derivative) / derivative;
        x = mirror == k ? 0.0 : x;
        legendre(count, x, &derivative);
        abscissas[k] = -x;
        abscissas[mirror] = x;
        weights[k] = weights[mirror] = 2.0 / ((1.0 - x * x) * derivative * derivative);
    }
}

static size_t points_of(const tot_system *system, double exposure) {
    double radius = INFINITY;
    for (size_t k = 0; k < 2; k++)
        radius = fmin(radius, tot_roche_axis_distance(system->mass_ratio, system->stars[k].omega,
                                                      (double)k, 0.0, 0.1));
    const double wanted = ceil(2.0 * PI * exposure / (LARGEST_STEP * radius));
    return (size_t)fmax(LEAST_POINTS, fmin(MOST_POINTS, wanted));
}

tot_status tot_system_exposed_light_curve(const tot_system *system, const double *phases,
                                          size_t count, double exposure, double *flux,
                                          tot_error *error) {
    double abscissas[MOST_POINTS], weights[MOST_POINTS];
    if (!(exposure >= 0 && exposure <= 0.5))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "exposure must be a number from 0 to 0.5, got %g", exposure);
    if (exposure == 0)
        return tot_system_light_curve(system, phases, count, flux, error);
    const size_t points = points_of(system, exposure);
    if (count > SIZE_MAX / (2 * points))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "too many phases: %zu", count);
    tot_gauss_legendre(points, abscissas, weights);
    /* All the points as one curve: where the phases are symmetric about 0 these are, too, and each
     * geometry serves twice. */
    double *memory = tot_allocate(2 * points * count, sizeof *memory);
    if (memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu phases", count);
    double *fine = memory, *fine_flux = memory + points * count;
    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < points; j++)
            fine[k * points + j] = phases[k] + 0.5 * exposure * abscissas[j];
    const tot_status status =
        tot_system_light_curve(system, fine, points * count, fine_flux, error);
    for (size_t k = 0; k < count && status == TOT_OK; k++) {
        double sum = 0;
        for (size_t j = 0; j < points; j++)
            sum += 0.5 * weights[j] * fine_flux[k * points + j];
        flux[k] = sum;
    }
    tot_free(memory);
    return status;
}
