#include "binary/reflection.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "binary/mirror.h"
#include "binary/roche.h"

enum { STATIONS = 8, ITERATIONS = 50 };

static const double PI = 3.14159265358979323846;
static const double BOLOMETRIC_LIMB = 0.5;
static const double TOLERANCE = 1e-6;

/* Both stars' cells in one list, star 1 first, repeated for each mirror image; and what cell i of
 * image 0 receives from each of them. The factor between two mirror images a and b is that between
 * 0 and a^b. */
typedef struct exchange {
    size_t cells;                                              /* of both quarters */
    size_t all;                                                /* TOT_MIRRORS * cells */
    double *x, *y, *z, *normal_x, *normal_y, *normal_z, *area; /* all of them */
    double *factor;                                            /* cells * all */
    double *emitted, *next;                                    /* all */
    double *memory;
} exchange;

static tot_status allocate(exchange *e, tot_error *error) {
    e->memory = tot_allocate(e->all, (9 + e->cells) * sizeof(double));
    if (e->memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY,
                        "not enough memory for reflection between %zu cells", e->all);
    double **arrays[] = {&e->x,        &e->y,    &e->z,       &e->normal_x, &e->normal_y,
                         &e->normal_z, &e->area, &e->emitted, &e->next};
    double *next = e->memory;
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++, next += e->all)
        *arrays[k] = next;
    e->factor = next;
    return TOT_OK;
}

static void place(const tot_reflection *r, exchange *e) {
    size_t at = 0;
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        const double sy = image & 1 ? -1.0 : 1.0, sz = image & 2 ? -1.0 : 1.0;
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < r->surface[k]->cells; i++, at++) {
                const tot_surface *s = r->surface[k];
                e->x[at] = s->x[i];
                e->y[at] = sy * s->y[i];
                e->z[at] = sz * s->z[i];
                e->normal_x[at] = s->normal_x[i];
                e->normal_y[at] = sy * s->normal_y[i];
                e->normal_z[at] = sz * s->normal_z[i];
                e->area[at] = s->area[i];
            }
    }
}

/* Factors from the elements begin ... end-1 to element i, as if nothing stood between. */
TOT_SIMD static void find_factors(const exchange *e, size_t i, size_t begin, size_t end,
                                  double *factor) {
    const double scale = 1.0 / (PI * (1.0 - BOLOMETRIC_LIMB / 3.0));
    const double x = e->x[i], y = e->y[i], z = e->z[i];
    const double nx = e->normal_x[i], ny = e->normal_y[i], nz = e->normal_z[i];
    for (size_t j = begin; j < end; j++) {
        const double dx = e->x[j] - x, dy = e->y[j] - y, dz = e->z[j] - z;
        const double distance2 = dx * dx + dy * dy + dz * dz + 1e-30;
        const double inverse = 1.0 / sqrt(distance2);
        const double here = (dx * nx + dy * ny + dz * nz) * inverse;
        const double there =
            -(dx * e->normal_x[j] + dy * e->normal_y[j] + dz * e->normal_z[j]) * inverse;
        const double limb = 1.0 - BOLOMETRIC_LIMB * (1.0 - there);
        const double value = scale * here * there * e->area[j] * limb * inverse * inverse;
        factor[j] = (here > 0) & (there > 0) ? value : 0.0;
    }
}

/* Whether the common body stands between two of its elements: the potential at some station of the
 * way is above the surface's. */
static bool is_blocked(const tot_reflection *r, const exchange *e, size_t i, size_t j) {
    for (int k = 1; k < STATIONS; k++) {
        const double part = (double)k / STATIONS;
        const tot_vector at = {e->x[i] + part * (e->x[j] - e->x[i]),
                               e->y[i] + part * (e->y[j] - e->y[i]),
                               e->z[i] + part * (e->z[j] - e->z[i])};
        if (tot_roche_potential(r->mass_ratio, at) > r->omega)
            return true;
    }
    return false;
}

static void fill_factors(const tot_reflection *r, exchange *e) {
    const size_t first = r->surface[0]->cells;
    for (size_t i = 0; i < e->cells; i++) {
        double *row = e->factor + i * e->all;
        for (size_t image = 0; image < TOT_MIRRORS; image++) {
            /* Separate stars are convex: each sees only the other. */
            const size_t base = image * e->cells;
            const bool from_1 = r->contact || i >= first, from_2 = r->contact || i < first;
            find_factors(e, i, base + (from_1 ? 0 : first), base + (from_2 ? e->cells : first),
                         row);
        }
        for (size_t j = 0; r->contact && j < e->all; j++)
            if (row[j] > 0 && is_blocked(r, e, i, j))
                row[j] = 0;
    }
}

/* Irradiance of element i of an image, from what all elements emit. */
static double received(const exchange *e, size_t image, size_t i) {
    const double *row = e->factor + i * e->all;
    double sum = 0;
    for (size_t other = 0; other < TOT_MIRRORS; other++) {
        const double *factor = row + (image ^ other) * e->cells;
        const double *emitted = e->emitted + other * e->cells;
        for (size_t j = 0; j < e->cells; j++)
            sum += factor[j] * emitted[j];
    }
    return sum;
}

static void iterate(const tot_reflection *r, exchange *e, double *irradiance[2]) {
    for (int k = 0; k < ITERATIONS; k++) {
        double change = 0;
        for (size_t image = 0; image < TOT_MIRRORS; image++) {
            const size_t given = r->images == 1 ? 0 : image;
            size_t at = 0;
            for (size_t star = 0; star < 2; star++)
                for (size_t i = 0; i < r->surface[star]->cells; i++, at++) {
                    const size_t place = given * r->surface[star]->cells + i;
                    double *next = &e->next[image * e->cells + at];
                    if (image >= r->images) {
                        *next = e->next[at];
                        continue;
                    }
                    irradiance[star][place] = received(e, image, at);
                    *next = r->exitance[star][place] + r->albedo[star] * irradiance[star][place];
                    change = fmax(change, fabs(*next / e->emitted[image * e->cells + at] - 1.0));
                }
        }
        memcpy(e->emitted, e->next, e->all * sizeof *e->emitted);
        if (change < TOLERANCE)
            return;
    }
}

tot_status tot_reflection_irradiance(const tot_reflection *reflection, double *irradiance[2],
                                     tot_error *error) {
    exchange e = {.cells = reflection->surface[0]->cells + reflection->surface[1]->cells};
    e.all = TOT_MIRRORS * e.cells;
    const tot_status status = allocate(&e, error);
    if (status != TOT_OK)
        return status;
    place(reflection, &e);
    fill_factors(reflection, &e);
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        const size_t given = reflection->images == 1 ? 0 : image;
        size_t at = image * e.cells;
        for (size_t star = 0; star < 2; star++) {
            const size_t cells = reflection->surface[star]->cells;
            memcpy(e.emitted + at, reflection->exitance[star] + given * cells,
                   cells * sizeof *e.emitted);
            at += cells;
        }
    }
    iterate(reflection, &e, irradiance);
    tot_free(e.memory);
    return TOT_OK;
}
