#include "binary/heating.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "binary/reflection.h"

/* Cells along a quarter of the circumference of the coarse surfaces: curves within 1e-3 of the
 * reference curves with reflection. */
enum { COARSE_COLUMNS = 5 };

/* The coarse surface of one star, its exitances and irradiances, image by image. */
typedef struct coarse_star {
    tot_surface surface;
    double *temperatures, *exitance, *irradiance, *memory;
} coarse_star;

static tot_status prepare(const tot_system *system, size_t k, coarse_star *coarse,
                          tot_error *error) {
    const tot_binary *p = &system->parameters;
    const tot_star *star = &system->stars[k];
    const size_t given = system->swapped ? 1 - k : k, images = tot_system_images(system);
    tot_status status =
        tot_surface_create(system->mass_ratio, star->omega, star->surface.x_begin,
                           star->surface.x_end, COARSE_COLUMNS, &coarse->surface, error);
    if (status != TOT_OK)
        return status;
    const size_t cells = coarse->surface.cells;
    coarse->memory = tot_allocate(cells * (1 + 2 * images), sizeof(double));
    if (coarse->memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for reflection");
    coarse->temperatures = coarse->memory;
    coarse->exitance = coarse->memory + cells;
    coarse->irradiance = coarse->exitance + images * cells;
    tot_gravity_darkened(&coarse->surface, p->temperature[given], p->gravity_darkening[given],
                         coarse->temperatures);
    for (size_t image = 0; image < images && status == TOT_OK; image++) {
        const tot_spotted_image spotted = tot_system_image(system, k, image);
        status = tot_spotted_exitances(&coarse->surface, coarse->temperatures, &spotted,
                                       coarse->exitance + image * cells, error);
    }
    return status;
}

static double at(const double *values, size_t columns, double row_part, size_t i, size_t i1,
                 double column_part, size_t j, size_t j1) {
    const double *a = values + i * columns, *b = values + i1 * columns;
    const double low = a[j] + column_part * (a[j1] - a[j]);
    const double high = b[j] + column_part * (b[j1] - b[j]);
    return low + row_part * (high - low);
}

/* Place k + part of the middle of cell `fine` of `count` among the middles of `coarse` cells. */
static void locate(size_t fine, size_t count, size_t coarse, size_t *k, size_t *next,
                   double *part) {
    const double place = ((double)fine + 0.5) * (double)coarse / (double)count - 0.5;
    const double inside = fmax(0.0, fmin((double)(coarse - 1), place));
    *k = (size_t)inside;
    *next = *k + 1 < coarse ? *k + 1 : *k;
    *part = inside - (double)*k;
}

/* Rows of both surfaces are spaced alike, so the interpolation is between places in rows and
 * columns. */
static void interpolate(const tot_surface *fine, const tot_surface *coarse, const double *values,
                        double factor, double *result) {
    for (size_t i = 0; i < fine->rows; i++) {
        size_t row, next_row, column, next_column;
        double row_part, column_part;
        locate(i, fine->rows, coarse->rows, &row, &next_row, &row_part);
        for (size_t j = 0; j < fine->columns; j++) {
            locate(j, fine->columns, coarse->columns, &column, &next_column, &column_part);
            result[i * fine->columns + j] = factor * at(values, coarse->columns, row_part, row,
                                                        next_row, column_part, column, next_column);
        }
    }
}

tot_status tot_heating_create(const tot_system *system, tot_heating *heating, tot_error *error) {
    const tot_binary *p = &system->parameters;
    const size_t images = tot_system_images(system);
    const size_t cells = system->stars[0].surface.cells + system->stars[1].surface.cells;
    coarse_star coarse[2];
    tot_status status = TOT_OK;
    memset(coarse, 0, sizeof coarse);
    memset(heating, 0, sizeof *heating);
    for (size_t k = 0; k < 2 && status == TOT_OK; k++)
        status = prepare(system, k, &coarse[k], error);
    if (status != TOT_OK)
        goto done;
    heating->memory = tot_allocate(images * cells, sizeof(double));
    if (heating->memory == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for reflection");
        goto done;
    }
    heating->of_star[0] = heating->memory;
    heating->of_star[1] = heating->memory + images * system->stars[0].surface.cells;
    const size_t first = system->swapped ? 1 : 0; /* the given star that is star 0 inside */
    const tot_reflection reflection = {
        .mass_ratio = system->mass_ratio,
        .omega = system->stars[0].omega,
        .contact = p->configuration == TOT_CONTACT,
        .surface = {&coarse[0].surface, &coarse[1].surface},
        .albedo = {p->albedo[first], p->albedo[1 - first]},
        .images = images,
        .exitance = {coarse[0].exitance, coarse[1].exitance},
    };
    double *irradiance[2] = {coarse[0].irradiance, coarse[1].irradiance};
    status = tot_reflection_irradiance(&reflection, irradiance, error);
    for (size_t k = 0; k < 2 && status == TOT_OK; k++)
        for (size_t image = 0; image < images; image++)
            interpolate(&system->stars[k].surface, &coarse[k].surface,
                        irradiance[k] + image * coarse[k].surface.cells, reflection.albedo[k],
                        heating->of_star[k] + image * system->stars[k].surface.cells);
done:
    for (size_t k = 0; k < 2; k++) {
        tot_surface_free(&coarse[k].surface);
        tot_free(coarse[k].memory);
    }
    if (status != TOT_OK)
        tot_heating_free(heating);
    return status;
}

void tot_heating_free(tot_heating *heating) {
    tot_free(heating->memory);
    memset(heating, 0, sizeof *heating);
}
