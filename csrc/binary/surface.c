#include "binary/surface.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "binary/roche.h"

enum { PROFILE = 128, MAX_ROWS = 4096 };

/* What is left of the width at the end of a star that makes it a neck. */
static const double NECK = 1e-3;

static const double PI = 3.14159265358979323846;

/* The meridian profile at 45 degrees azimuth, finely sampled: where the rows of cells go. */
typedef struct profile {
    double x_begin, x_end;
    double arc[PROFILE + 1]; /* length from x_begin in units that shrink towards a neck */
    double widest;           /* largest distance from the axis */
} profile;

/* Abscissa for t from 0 to 1, denser towards both ends, where the profile may meet the axis at a
 * right angle. */
static double abscissa(const profile *p, double t) {
    return t >= 1 ? p->x_end : p->x_begin + (p->x_end - p->x_begin) * 0.5 * (1.0 - cos(PI * t));
}

/* Towards a neck the rows get closer, as the columns do by themselves: the shadow of a smaller
 * companion falls there. `part` is the distance from the axis over the largest one. */
static double row_spacing(double part, bool towards_neck) {
    const double closest = 0.3;
    return towards_neck ? fmax(part, closest) : 1.0;
}

static void trace_profile(double mass_ratio, double omega, double x_begin, double x_end,
                          profile *p) {
    double x[PROFILE + 1], cos_psi[PROFILE + 1], distance[PROFILE + 1];
    size_t widest = 0;
    p->x_begin = x_begin;
    p->x_end = x_end;
    for (size_t k = 0; k <= PROFILE; k++) {
        x[k] = abscissa(p, (double)k / PROFILE);
        cos_psi[k] = sqrt(0.5);
        distance[k] = 0.25 * (x[k] - x_begin) * (x_end - x[k]) + 1e-4; /* squared: a guess */
    }
    tot_roche_axis_distances(mass_ratio, omega, PROFILE + 1, x, cos_psi, distance);
    for (size_t k = 0; k <= PROFILE; k++) {
        distance[k] = sqrt(distance[k]);
        if (distance[k] > distance[widest])
            widest = k;
    }
    p->widest = distance[widest];
    p->arc[0] = 0;
    for (size_t k = 1; k <= PROFILE; k++) {
        /* A star that ends on the axis has no neck at that end. */
        const bool neck_before = k <= widest && distance[0] > NECK * p->widest;
        const bool neck_behind = k > widest && distance[PROFILE] > NECK * p->widest;
        const double part = 0.5 * (distance[k] + distance[k - 1]) / p->widest;
        p->arc[k] = p->arc[k - 1] + hypot(x[k] - x[k - 1], distance[k] - distance[k - 1]) /
                                        row_spacing(part, neck_before || neck_behind);
    }
}

/* Abscissa at a given arc length. The parameter t of the samples, in which both are smooth even at
 * a pole, is interpolated. */
static double abscissa_at(const profile *p, double arc, size_t *hint) {
    size_t k = *hint;
    while (k + 1 < PROFILE && p->arc[k + 1] < arc)
        k++;
    *hint = k;
    const double width = p->arc[k + 1] - p->arc[k];
    const double part = width > 0 ? fmin((arc - p->arc[k]) / width, 1.0) : 0.0;
    return abscissa(p, ((double)k + part) / PROFILE);
}

static tot_status allocate(tot_surface *s, tot_error *error) {
    s->cells = s->rows * s->columns;
    s->vertices = (s->rows + 1) * (s->columns + 1);
    const size_t padded = tot_simd_padded(s->cells);
    s->memory = tot_allocate(15 * padded + 3 * s->vertices, sizeof(double));
    if (s->memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a surface of %zu cells",
                        s->cells);
    double **arrays[] = {&s->x,      &s->y,      &s->z,      &s->area,     &s->gravity,
                         &s->bend_x, &s->bend_y, &s->bend_z, &s->normal_x, &s->normal_y,
                         &s->turn_x, &s->turn_y, &s->turn_z, &s->normal_z, &s->reach};
    double *next = s->memory;
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++, next += padded)
        *arrays[k] = next;
    s->vertex_x = next;
    s->vertex_y = next + s->vertices;
    s->vertex_z = next + 2 * s->vertices;
    return TOT_OK;
}

/* Sines and cosines of the azimuths, and the two edges of the row at work: squared distances from
 * the axis and normals; all in one block of memory. */
typedef struct row_edges {
    double *x, *cos_edge, *sin_edge, *cos_middle, *sin_middle;
    double *w_begin, *w_middle, *w_end;
    double *begin_x, *begin_y, *begin_z, *end_x, *end_y, *end_z;
    double *memory;
} row_edges;

static tot_status allocate_edges(size_t columns, row_edges *e, tot_error *error) {
    double **arrays[] = {&e->x,       &e->cos_edge, &e->sin_edge, &e->cos_middle, &e->sin_middle,
                         &e->w_begin, &e->w_middle, &e->w_end,    &e->begin_x,    &e->begin_y,
                         &e->begin_z, &e->end_x,    &e->end_y,    &e->end_z};
    const size_t count = sizeof arrays / sizeof *arrays;
    const size_t padded = columns + 3; /* one value more on each side */
    e->memory = tot_allocate(count * padded, sizeof(double));
    if (e->memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a surface");
    for (size_t k = 0; k < count; k++)
        *arrays[k] = e->memory + k * padded + 1;
    for (size_t j = 0; j <= columns; j++) {
        const double step = 0.5 * PI / (double)columns;
        e->cos_edge[j] = cos(step * (double)j);
        e->sin_edge[j] = sin(step * (double)j);
        e->cos_middle[j] = cos(step * ((double)j + 0.5));
        e->sin_middle[j] = sin(step * ((double)j + 0.5));
    }
    return TOT_OK;
}

/* Solves for w, given a guess, along the azimuths of the columns' edges at one abscissa. Beyond
 * both ends it is symmetric. */
static void solve_row(double mass_ratio, double omega, double x, size_t count, double *w,
                      row_edges *e) {
    for (size_t j = 0; j < count; j++)
        e->x[j] = x;
    tot_roche_axis_distances(mass_ratio, omega, count, e->x, e->cos_edge, w);
    w[-1] = w[1];
    w[count] = w[count - 2];
}

/* Vertices of a row's end, and the normals there. */
TOT_SIMD static void place_vertices(double mass_ratio, double x, size_t count, const row_edges *e,
                                    double *restrict vertex_x, double *restrict vertex_y,
                                    double *restrict vertex_z) {
    double *restrict normal_x = e->end_x, *restrict normal_y = e->end_y,
                     *restrict normal_z = e->end_z;
    for (size_t j = 0; j < count; j++) {
        const double rho = sqrt(e->w_end[j]), y = rho * e->cos_edge[j], z = rho * e->sin_edge[j];
        const tot_vector g = tot_roche_gradient(mass_ratio, (tot_vector){x, y, z});
        /* Zero at the tip of a star that fills its lobe. */
        const double scale = -1.0 / sqrt(g.x * g.x + g.y * g.y + g.z * g.z + 1e-20);
        vertex_x[j] = x;
        vertex_y[j] = y;
        vertex_z[j] = z;
        normal_x[j] = scale * g.x;
        normal_y[j] = scale * g.y;
        normal_z[j] = scale * g.z;
    }
}

/* Value in the middle between places 1 and 2 of four equidistant ones, and mean between them, by
 * cubic interpolation. */
TOT_INLINE double middle_of_four(double a, double b, double c, double d) {
    return (9.0 * (b + c) - (a + d)) / 16.0;
}

TOT_INLINE double mean_of_four(double a, double b, double c, double d) {
    return (13.0 * (b + c) - (a + d)) / 24.0;
}

/* The light of a cell goes with the integral of its normal, and the normal in its middle is longer
 * than the mean; the difference would cost as much as all other errors together. With rho the
 * distance from the axis, n dA = (-rho rho_x, rho, -rho_psi) dx dpsi along x, e_rho and e_psi. Over
 * psi this integrates exactly: in the directions at the middle of the cell, h = dpsi/2 from its
 * edges, to ([rho^2/2] averaged over psi, sin(h) (rho(+h) + rho(-h)), -cos(h) (rho(+h) - rho(-h))),
 * and over x by Simpson's rule in the arc length t, with the parabola x(t) through both ends and
 * the middle.
 *
 * Mean normal and area: |integral of the normal| = area x |mean normal|, and the mean of unit
 * vectors of variance v has the length sqrt(1 - v); a linear change by 2b across the cell has the
 * variance b^2/3. */
TOT_SIMD static void place_cells(double mass_ratio, size_t row, double x_begin, double x,
                                 double x_end, const row_edges *e, tot_surface *s) {
    const size_t columns = s->columns, first = row * columns;
    const double slope_begin = 4.0 * x - 3.0 * x_begin - x_end, slope_middle = x_end - x_begin;
    const double slope_end = x_begin + 3.0 * x_end - 4.0 * x;
    const double dpsi = 0.5 * PI / (double)columns;
    const double sin_half = sin(0.5 * dpsi) / 6.0, cos_half = cos(0.5 * dpsi) / 6.0;
    double *restrict at_x = s->x + first, *restrict at_y = s->y + first,
                     *restrict at_z = s->z + first;
    double *restrict area = s->area + first, *restrict gravity = s->gravity + first;
    double *restrict normal_x = s->normal_x + first, *restrict normal_y = s->normal_y + first,
                     *restrict normal_z = s->normal_z + first;
    double *restrict bend_x = s->bend_x + first, *restrict bend_y = s->bend_y + first,
                     *restrict bend_z = s->bend_z + first;
    double *restrict turn_x = s->turn_x + first, *restrict turn_y = s->turn_y + first,
                     *restrict turn_z = s->turn_z + first;
    for (size_t j = 0; j < columns; j++) {
        const double c = e->cos_middle[j], d = e->sin_middle[j];
        const double *begin = e->w_begin + j, *middle = e->w_middle + j, *end = e->w_end + j;
        const double rho = sqrt(middle_of_four(middle[-1], middle[0], middle[1], middle[2]));
        const tot_vector g = tot_roche_gradient(mass_ratio, (tot_vector){x, rho * c, rho * d});
        at_x[j] = x;
        at_y[j] = rho * c;
        at_z[j] = rho * d;
        gravity[j] = sqrt(g.x * g.x + g.y * g.y + g.z * g.z);

        bend_x[j] = 0.25 * (e->end_x[j] + e->end_x[j + 1] - e->begin_x[j] - e->begin_x[j + 1]);
        bend_y[j] = 0.25 * (e->end_y[j] + e->end_y[j + 1] - e->begin_y[j] - e->begin_y[j + 1]);
        bend_z[j] = 0.25 * (e->end_z[j] + e->end_z[j + 1] - e->begin_z[j] - e->begin_z[j + 1]);
        turn_x[j] = 0.25 * (e->end_x[j + 1] + e->begin_x[j + 1] - e->end_x[j] - e->begin_x[j]);
        turn_y[j] = 0.25 * (e->end_y[j + 1] + e->begin_y[j + 1] - e->end_y[j] - e->begin_y[j]);
        turn_z[j] = 0.25 * (e->end_z[j + 1] + e->begin_z[j + 1] - e->end_z[j] - e->begin_z[j]);
        const double variance =
            (bend_x[j] * bend_x[j] + bend_y[j] * bend_y[j] + bend_z[j] * bend_z[j] +
             turn_x[j] * turn_x[j] + turn_y[j] * turn_y[j] + turn_z[j] * turn_z[j]) /
            3.0;

        const double rho_here = slope_begin * sqrt(begin[0]) +
                                4.0 * slope_middle * sqrt(middle[0]) + slope_end * sqrt(end[0]);
        const double rho_next = slope_begin * sqrt(begin[1]) +
                                4.0 * slope_middle * sqrt(middle[1]) + slope_end * sqrt(end[1]);
        const double along_x = 0.5 * dpsi *
                               (mean_of_four(begin[-1], begin[0], begin[1], begin[2]) -
                                mean_of_four(end[-1], end[0], end[1], end[2]));
        const double along_rho = sin_half * (rho_next + rho_here);
        const double along_psi = -cos_half * (rho_next - rho_here);
        const double length =
            sqrt(along_x * along_x + along_rho * along_rho + along_psi * along_psi);
        area[j] = length / sqrt(1.0 - variance);
        normal_x[j] = along_x / area[j];
        normal_y[j] = (along_rho * c - along_psi * d) / area[j];
        normal_z[j] = (along_rho * d + along_psi * c) / area[j];
    }
}

/* Squared distance of vertex v from the middle of cell k. */
TOT_INLINE double distance2(const tot_surface *s, size_t k, size_t v) {
    const double dx = s->vertex_x[v] - s->x[k], dy = s->vertex_y[v] - s->y[k],
                 dz = s->vertex_z[v] - s->z[k];
    return dx * dx + dy * dy + dz * dz;
}

TOT_SIMD static void measure_reach(tot_surface *s) {
    const size_t stride = s->columns + 1;
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++) {
            const size_t k = i * s->columns + j, v = i * stride + j;
            s->reach[k] =
                sqrt(fmax(fmax(distance2(s, k, v), distance2(s, k, v + 1)),
                          fmax(distance2(s, k, v + stride), distance2(s, k, v + stride + 1))));
        }
}

static void swap(double **a, double **b) {
    double *const kept = *a;
    *a = *b;
    *b = kept;
}

/* Row by row: the guess for its end continues the slope of w (from one pole, the first row starts
 * on the axis), that for its middle lies between. */
static void place_rows(double mass_ratio, double omega, const profile *p, row_edges *e,
                       tot_surface *s) {
    const double length = p->arc[PROFILE];
    const size_t count = s->columns + 1;
    size_t hint = 0;
    double x_before = 0, x_begin = p->x_begin;
    for (size_t j = 0; j < count; j++)
        e->w_end[j] = 0.01;
    for (size_t i = 0; i <= s->rows; i++) {
        const double step = length / (double)s->rows;
        const double x_middle = i > 0 ? abscissa_at(p, step * ((double)i - 0.5), &hint) : 0;
        const double x_end = abscissa_at(p, step * (double)i, &hint);
        const double ratio = i > 1 ? (x_end - x_begin) / (x_begin - x_before) : 0;
        for (size_t j = 0; j < count && i > 0; j++) {
            /* w_end holds the edge before the last here */
            const double guess = e->w_begin[j] + ratio * (e->w_begin[j] - e->w_end[j]);
            e->w_end[j] = guess > 0 ? guess : 0.25 * e->w_begin[j];
        }
        solve_row(mass_ratio, omega, x_end, count, e->w_end, e);
        place_vertices(mass_ratio, x_end, count, e, s->vertex_x + i * count,
                       s->vertex_y + i * count, s->vertex_z + i * count);
        if (i > 0) {
            for (size_t j = 0; j < count; j++)
                e->w_middle[j] = 0.5 * (e->w_begin[j] + e->w_end[j]);
            solve_row(mass_ratio, omega, x_middle, count, e->w_middle, e);
            place_cells(mass_ratio, i - 1, x_begin, x_middle, x_end, e, s);
        }
        swap(&e->w_begin, &e->w_end);
        swap(&e->begin_x, &e->end_x);
        swap(&e->begin_y, &e->end_y);
        swap(&e->begin_z, &e->end_z);
        x_before = x_begin;
        x_begin = x_end;
    }
}

tot_status tot_surface_create(double mass_ratio, double omega, double x_begin, double x_end,
                              size_t columns, tot_surface *surface, tot_error *error) {
    profile p;
    row_edges edges;
    memset(surface, 0, sizeof *surface);
    if (!(x_begin < x_end) || columns < 2 || columns > MAX_ROWS)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "surface: an empty range or no columns");
    trace_profile(mass_ratio, omega, x_begin, x_end, &p);
    if (!(p.widest > 0))
        return tot_fail(error, TOT_ERROR_NUMERIC, "surface: the star has no extent");
    const double cell = 0.5 * PI * p.widest / (double)columns;
    surface->columns = columns;
    surface->rows = (size_t)fmax(fmin(ceil(p.arc[PROFILE] / cell), MAX_ROWS), 2);
    surface->x_begin = x_begin;
    surface->x_end = x_end;
    tot_status status = allocate(surface, error);
    if (status != TOT_OK)
        return status;
    status = allocate_edges(columns, &edges, error);
    if (status != TOT_OK) {
        tot_surface_free(surface);
        return status;
    }
    place_rows(mass_ratio, omega, &p, &edges, surface);
    measure_reach(surface);
    tot_free(edges.memory);
    return TOT_OK;
}

void tot_surface_free(tot_surface *surface) {
    tot_free(surface->memory);
    memset(surface, 0, sizeof *surface);
}

double tot_surface_average(const tot_surface *surface, const double *values) {
    double sum = 0, area = 0;
    for (size_t k = 0; k < surface->cells; k++) {
        sum += surface->area[k] * values[k];
        area += surface->area[k];
    }
    return sum / area;
}
