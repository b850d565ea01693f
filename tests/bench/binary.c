/* Microseconds for a light curve of 101 phases, geometry included, on one core: minimum and median
 * of many. `make bench` runs it. Other versions of the program can be measured side by side, a few
 * curves each in turn: tell by the first argument how many repetitions, by the second the
 * resolution. */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "binary/lobe.h"
#include "binary/system.h"

enum { PHASES = 101, MAX_REPETITIONS = 100000 };

typedef struct measured {
    double least, median;
} measured;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static measured summarise(double *times, size_t count) {
    qsort(times, count, sizeof *times, ascending);
    return (measured){times[0], times[count / 2]};
}

/* Makes the system, its curve, and tells whether it's total; times[0] for the first two, times[1]
 * for the last. */
static void run_once(const tot_binary *parameters, double times[2]) {
    double phases[PHASES], flux[PHASES];
    tot_error error;
    tot_system *system;
    tot_totality totality;
    for (int k = 0; k < PHASES; k++)
        phases[k] = (k - PHASES / 2) / (double)(PHASES - 1);
    const double begin = now();
    tot_status status = tot_system_create(parameters, &system, &error);
    if (status == TOT_OK)
        status = tot_system_light_curve(system, phases, PHASES, flux, &error);
    const double middle = now();
    if (status == TOT_OK)
        status = tot_system_totality(system, false, &totality, &error);
    const double end = now();
    if (status != TOT_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    tot_system_free(system);
    times[0] = middle - begin;
    times[1] = end - middle;
}

static void measure(const char *name, tot_binary *parameters, size_t repetitions,
                    size_t resolution) {
    static double curve[MAX_REPETITIONS], totality[MAX_REPETITIONS];
    parameters->resolution = resolution;
    for (size_t k = 0; k < repetitions; k++) {
        double times[2];
        run_once(parameters, times);
        curve[k] = times[0];
        totality[k] = times[1];
    }
    const measured c = summarise(curve, repetitions), t = summarise(totality, repetitions);
    printf("%-24s %8.0f %8.0f   %8.0f %8.0f\n", name, c.least, c.median, t.least, t.median);
}

int main(int count, char **arguments) {
    const size_t repetitions = (size_t)fmin(count > 1 ? atof(arguments[1]) : 300, MAX_REPETITIONS);
    const size_t resolution = (size_t)(count > 2 ? atof(arguments[2]) : TOT_DEFAULT_RESOLUTION);
    const tot_spot spot = {1, 70, 80, 20, 0.85};
    tot_error error;

    tot_binary contact = tot_binary_defaults();
    contact.mass_ratio = 0.35;
    contact.fillout = 0.3;
    contact.inclination = 78;
    contact.temperature[0] = 6000;

    tot_binary spotted = contact;
    spotted.spots = &spot;
    spotted.spot_count = 1;

    tot_binary reflecting = contact;
    reflecting.reflection = true;

    tot_binary detached = contact;
    detached.configuration = TOT_SEPARATE;
    detached.inclination = 86;
    if (repetitions == 0 ||
        tot_roche_potential_of_radius(0.35, 1, 0.25, &detached.potential[0], &error) != TOT_OK ||
        tot_roche_potential_of_radius(0.35, 2, 0.2, &detached.potential[1], &error) != TOT_OK)
        return 1;

    printf("resolution %zu             101 phases (us)     totality (us)\n", resolution);
    printf("                          minimum   median    minimum   median\n");
    measure("contact, no spot", &contact, repetitions, resolution);
    measure("contact, one spot", &spotted, repetitions, resolution);
    measure("contact, reflection", &reflecting, repetitions, resolution);
    measure("detached", &detached, repetitions, resolution);
    return 0;
}
