#include "binary/surface.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
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
    double x[PROFILE + 1], distance[PROFILE + 1];
    size_t widest = 0;
    p->x_begin = x_begin;
    p->x_end = x_end;
    for (size_t k = 0; k <= PROFILE; k++) {
        x[k] = abscissa(p, (double)k / PROFILE);
        distance[k] = tot_roche_axis_distance(mass_ratio, omega, x[k], sqrt(0.5),
                                              k > 0 && distance[k - 1] > 0 ? distance[k - 1] : 0.1);
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
    s->memory = tot_allocate(10 * s->cells + 3 * s->vertices, sizeof(double));
    if (s->memory == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a surface of %zu cells",
                        s->cells);
    double **arrays[] = {&s->x,        &s->y,    &s->z,       &s->normal_x, &s->normal_y,
                         &s->normal_z, &s->area, &s->gravity, &s->facing,   &s->bend};
    double *next = s->memory;
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++, next += s->cells)
        *arrays[k] = next;
    s->vertex_x = next;
    s->vertex_y = next + s->vertices;
    s->vertex_z = next + 2 * s->vertices;
    return TOT_OK;
}

static void place_vertices(double mass_ratio, double omega, const profile *p, tot_surface *s) {
    const double length = p->arc[PROFILE];
    const size_t stride = s->columns + 1;
    size_t hint = 0;
    for (size_t i = 0; i <= s->rows; i++) {
        const double x = abscissa_at(p, length * (double)i / (double)s->rows, &hint);
        double distance = 0.1;
        for (size_t j = 0; j <= s->columns; j++) {
            const double psi = 0.5 * PI * (double)j / (double)s->columns;
            const size_t k = i * stride + j;
            distance = tot_roche_axis_distance(mass_ratio, omega, x, cos(psi),
                                               distance > 0 ? distance : 0.1);
            s->vertex_x[k] = x;
            s->vertex_y[k] = distance * cos(psi);
            s->vertex_z[k] = distance * sin(psi);
        }
    }
}

/* Squared distance of a vertex from the axis. */
static double distance2(const tot_surface *s, size_t vertex) {
    return s->vertex_y[vertex] * s->vertex_y[vertex] + s->vertex_z[vertex] * s->vertex_z[vertex];
}

/* Area element of Omega = const over dx dpsi, with rho the distance from the axis and g = grad
 * Omega: dA = rho |g| / |g_rho| dx dpsi (projecting the cell on the cylinder of radius rho). The
 * factor is smooth in x even at a pole, where it tends to the radius of curvature.
 *
 * The light of a cell goes with the integral of its normal, and the normal in its middle is longer
 * than the mean; the difference would cost as much as all other errors together. The component
 * along x is exact, -1/2 dpsi (rho^2 at the end - at the beginning); the one along rho is dpsi
 * times the integral of rho dx (Simpson), shortened by the turn of e_rho over dpsi. */
static void place_cell(double mass_ratio, size_t i, size_t j, const tot_vector *at,
                       tot_surface *s) {
    const size_t k = i * s->columns + j, v = i * (s->columns + 1) + j, w = v + s->columns + 1;
    const double dpsi = 0.5 * PI / (double)s->columns, psi = dpsi * ((double)j + 0.5);
    const double c = cos(psi), d = sin(psi), dx = s->vertex_x[w] - s->vertex_x[v];
    const tot_vector g = tot_roche_gradient(mass_ratio, *at);
    const double rho = at->y * c + at->z * d, g_rho = g.y * c + g.z * d, g_psi = g.z * c - g.y * d;
    const double begin2 = 0.5 * (distance2(s, v) + distance2(s, v + 1));
    const double end2 = 0.5 * (distance2(s, w) + distance2(s, w + 1));

    s->x[k] = at->x;
    s->y[k] = at->y;
    s->z[k] = at->z;
    s->gravity[k] = sqrt(g.x * g.x + g.y * g.y + g.z * g.z);
    s->area[k] = dx * dpsi * rho * s->gravity[k] / fabs(g_rho);

    const double along_x = 0.5 * dpsi * (begin2 - end2);
    const double along_rho =
        2.0 * sin(0.5 * dpsi) * dx * (sqrt(begin2) + 4.0 * rho + sqrt(end2)) / 6.0;
    const double along_psi = along_rho * g_psi / g_rho;
    s->facing[k] = sqrt(along_x * along_x + along_rho * along_rho + along_psi * along_psi);
    s->normal_x[k] = along_x / s->facing[k];
    s->normal_y[k] = (along_rho * c - along_psi * d) / s->facing[k];
    s->normal_z[k] = (along_rho * d + along_psi * c) / s->facing[k];
}

static void place_cells(double mass_ratio, double omega, tot_surface *s) {
    for (size_t i = 0; i < s->rows; i++) {
        const size_t v = i * (s->columns + 1);
        const double x = 0.5 * (s->vertex_x[v] + s->vertex_x[v + s->columns + 1]);
        double distance = 0.1;
        for (size_t j = 0; j < s->columns; j++) {
            const double psi = 0.5 * PI * ((double)j + 0.5) / (double)s->columns;
            distance = tot_roche_axis_distance(mass_ratio, omega, x, cos(psi), distance);
            const tot_vector at = {x, distance * cos(psi), distance * sin(psi)};
            place_cell(mass_ratio, i, j, &at, s);
        }
    }
}

static double normal_change2(const tot_surface *s, size_t a, size_t b) {
    const double dx = s->normal_x[a] - s->normal_x[b], dy = s->normal_y[a] - s->normal_y[b];
    const double dz = s->normal_z[a] - s->normal_z[b];
    return dx * dx + dy * dy + dz * dz;
}

/* A linear function has the variance (gradient x side)^2/12 over a square, whatever the direction
 * of its gradient, as a uniform distribution of half-width gradient x side / 2 has. */
static void measure_bend(tot_surface *s) {
    for (size_t i = 0; i < s->rows; i++)
        for (size_t j = 0; j < s->columns; j++) {
            const size_t k = i * s->columns + j;
            const size_t row_step = i + 1 < s->rows ? k + s->columns : k - s->columns;
            const size_t column_step = j + 1 < s->columns ? k + 1 : k - 1;
            s->bend[k] =
                0.5 *
                sqrt(0.5 * (normal_change2(s, k, row_step) + normal_change2(s, k, column_step)));
        }
}

tot_status tot_surface_create(double mass_ratio, double omega, double x_begin, double x_end,
                              size_t columns, tot_surface *surface, tot_error *error) {
    profile p;
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
    const tot_status status = allocate(surface, error);
    if (status != TOT_OK)
        return status;
    place_vertices(mass_ratio, omega, &p, surface);
    place_cells(mass_ratio, omega, surface);
    measure_bend(surface);
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
