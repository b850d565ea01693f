#include "binary/mesh.h"

#include <math.h>

#include "base/memory.h"
#include "binary/heating.h"
#include "binary/system_internal.h"

/* A ring of vertices narrower than this, in units of the separation, is a point on the axis. */
static const double POINT = 1e-6;

double tot_system_brightest(const tot_system *system) {
    double brightest = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t image = 0; image < TOT_MIRRORS; image++)
            for (size_t i = 0; i < system->stars[k].surface.cells; i++)
                brightest = fmax(brightest, system->stars[k].intensity[image][i]);
    return brightest;
}

static bool is_point(const tot_surface *s, size_t ring) {
    const size_t first = ring * (s->columns + 1), last = first + s->columns;
    return hypot(s->vertex_y[first], s->vertex_z[last]) < POINT;
}

void tot_system_mesh_size(const tot_system *system, tot_mesh *mesh) {
    mesh->vertices = mesh->faces = 0;
    for (size_t k = 0; k < 2; k++) {
        const tot_surface *s = &system->stars[k].surface;
        for (size_t ring = 0; ring <= s->rows; ring++)
            mesh->vertices += is_point(s, ring) ? 1 : TOT_MIRRORS * s->columns;
        mesh->faces += TOT_MIRRORS * s->cells;
    }
}

/* The quarters in the order of the azimuth: mirror image, and whether its columns run backwards. */
static const struct {
    size_t image;
    bool backwards;
} quarter[TOT_MIRRORS] = {{0, false}, {1, true}, {3, false}, {2, true}};

/* Vertices of ring `ring` from index `next` on; returns the first index after them. */
static size_t place_ring(const tot_system *system, size_t k, size_t ring, size_t next,
                         tot_mesh *mesh) {
    const tot_surface *s = &system->stars[k].surface;
    const size_t count = is_point(s, ring) ? 1 : TOT_MIRRORS * s->columns;
    for (size_t around = 0; around < count; around++, next++) {
        const size_t q = around / s->columns, j = around % s->columns;
        const size_t v = ring * (s->columns + 1) + (quarter[q].backwards ? s->columns - j : j);
        const double y = quarter[q].image & 1 ? -s->vertex_y[v] : s->vertex_y[v];
        const double z = quarter[q].image & 2 ? -s->vertex_z[v] : s->vertex_z[v];
        mesh->x[next] = system->swapped ? 1.0 - s->vertex_x[v] : s->vertex_x[v];
        mesh->y[next] = count == 1 ? 0 : system->swapped ? -y : y;
        mesh->z[next] = count == 1 ? 0 : z;
    }
    return next;
}

/* Mean of T^4 of each cell of star k, K^4, with spots and reflection: image by image. */
static tot_status measure_exitances(const tot_system *system, size_t k, const double *heating,
                                    double *exitances, tot_error *error) {
    const tot_binary *p = &system->parameters;
    const tot_surface *s = &system->stars[k].surface;
    const size_t given = system->swapped ? 1 - k : k, images = tot_system_images(system);
    double *temperatures = tot_allocate(s->cells, sizeof(double));
    if (temperatures == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a mesh");
    tot_gravity_darkened(s, p->temperature[given], p->gravity_darkening[given], temperatures);
    tot_status status = TOT_OK;
    for (size_t image = 0; image < images && status == TOT_OK; image++) {
        const tot_spotted_image spotted = tot_system_image(system, k, image);
        status =
            tot_spotted_exitances(s, temperatures, &spotted, exitances + image * s->cells, error);
    }
    for (size_t i = 0; i < images * s->cells && heating != NULL; i++)
        exitances[i] += heating[i];
    tot_free(temperatures);
    return status;
}

/* Faces of one row, between the rings that begin at the vertices `low` and `high`. */
static void place_faces(const tot_system *system, size_t k, size_t row, size_t low, size_t high,
                        const double *exitances, size_t first_face, tot_mesh *mesh) {
    const size_t images = tot_system_images(system);
    const tot_star *star = &system->stars[k];
    const tot_surface *s = &star->surface;
    const size_t around = TOT_MIRRORS * s->columns;
    const bool low_point = is_point(s, row), high_point = is_point(s, row + 1);
    for (size_t at = 0; at < around; at++) {
        const size_t face = first_face + at, q = at / s->columns, j = at % s->columns;
        const size_t cell = row * s->columns + (quarter[q].backwards ? s->columns - 1 - j : j);
        const size_t image = quarter[q].image, after = (at + 1) % around;
        size_t *corner = &mesh->corners[TOT_FACE_CORNERS * face];
        corner[0] = low_point ? low : low + at;
        corner[1] = low_point ? low : low + after;
        corner[2] = high_point ? high : high + after;
        corner[3] = high_point ? high : high + at;
        mesh->star[face] = (double)(system->swapped ? 2 - k : k + 1);
        mesh->temperature[face] =
            sqrt(sqrt(exitances[(images == 1 ? 0 : image) * s->cells + cell]));
        mesh->intensity[face] = star->intensity[image][cell];
        mesh->area[face] = s->area[cell];
    }
}

/* Vertices and faces of star k, from `vertex` and `face` on, which are moved behind them. */
static tot_status place_star(const tot_system *system, size_t k, const double *heating,
                             size_t *vertex, size_t *face, tot_mesh *mesh, tot_error *error) {
    const tot_surface *s = &system->stars[k].surface;
    double *exitances = tot_allocate(tot_system_images(system) * s->cells, sizeof(double));
    if (exitances == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a mesh");
    const tot_status status = measure_exitances(system, k, heating, exitances, error);
    size_t low = *vertex;
    *vertex = place_ring(system, k, 0, *vertex, mesh);
    for (size_t row = 0; row < s->rows && status == TOT_OK; row++) {
        const size_t high = *vertex;
        *vertex = place_ring(system, k, row + 1, *vertex, mesh);
        place_faces(system, k, row, low, high, exitances, *face, mesh);
        *face += TOT_MIRRORS * s->columns;
        low = high;
    }
    tot_free(exitances);
    return status;
}

tot_status tot_system_mesh(const tot_system *system, tot_mesh *mesh, tot_error *error) {
    tot_heating heating = {{NULL, NULL}, NULL};
    tot_status status = TOT_OK;
    size_t vertex = 0, face = 0;
    if (system->parameters.reflection)
        status = tot_heating_create(system, &heating, error);
    for (size_t k = 0; k < 2 && status == TOT_OK; k++)
        status = place_star(system, k, heating.of_star[k], &vertex, &face, mesh, error);
    tot_heating_free(&heating);
    if (status != TOT_OK)
        return status;
    const double brightest = tot_system_brightest(system);
    for (size_t k = 0; k < mesh->faces; k++)
        mesh->intensity[k] /= brightest;
    return TOT_OK;
}
