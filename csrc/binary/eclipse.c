#include "binary/eclipse.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "base/vector_math.h"
#include "binary/coverage.h"

enum { LANES = TOT_SIMD_LANES, SAMPLES = 9, POLISH = 2, STEPS = 3 };

/* The last Newton step, in units of the star's radius, of a line that has found its maximum: the
 * error of the height is of the third order in it. */
static const double SETTLED = 0.02;

/* 2 |Omega'|/Omega'' across the surface, at the azimuth psi of the plane through the centre: for a
 * point mass the radius. Centrifugal force weakens the slope and strengthens the curvature. */
static double softness(double mass_ratio, double omega, double centre_x, double cos_psi) {
    const double rho = tot_roche_axis_distance(mass_ratio, omega, centre_x, cos_psi, 0.1);
    const double sin_psi = sqrt(1 - cos_psi * cos_psi), step = 1e-4 * rho;
    double slope[2];
    for (int k = 0; k < 2; k++) {
        const double r = rho + (k == 0 ? -step : step);
        const tot_vector g =
            tot_roche_gradient(mass_ratio, (tot_vector){centre_x, r * cos_psi, r * sin_psi});
        slope[k] = g.y * cos_psi + g.z * sin_psi;
    }
    return -2.0 * (slope[0] + slope[1]) * step / (slope[1] - slope[0]);
}

static tot_ellipsoid ellipsoid(double centre_x, double x, double y, double z) {
    return (tot_ellipsoid){centre_x, 1.0 / x, 1.0 / y, 1.0 / z, 1.0 / fmin(fmin(x, y), z)};
}

/* Both ellipsoids have the star's widest section, a little smaller or larger, about the abscissa
 * where that is; then their length along x follows from the vertices. */
static void fit_ellipsoids(const tot_surface *s, tot_occluder *o) {
    const double slack = 0.04;
    double centre_x = 0, widest_y = 0, widest_z = 0, widest2 = 0;
    for (size_t k = 0; k < s->vertices; k++) {
        if (s->vertex_z[k] > widest_z)
            centre_x = s->vertex_x[k];
        widest_y = fmax(widest_y, s->vertex_y[k]);
        widest_z = fmax(widest_z, s->vertex_z[k]);
    }
    for (size_t k = 0; k < s->vertices; k++)
        widest2 =
            fmax(widest2, pow(s->vertex_y[k] / widest_y, 2) + pow(s->vertex_z[k] / widest_z, 2));
    const double inner2 = (1 - slack) * (1 - slack), outer2 = widest2 * (1 + slack) * (1 + slack);
    double shortest2 = INFINITY, longest2 = 0;
    for (size_t k = 0; k < s->vertices; k++) {
        const double x2 = (s->vertex_x[k] - centre_x) * (s->vertex_x[k] - centre_x);
        const double section2 =
            pow(s->vertex_y[k] / widest_y, 2) + pow(s->vertex_z[k] / widest_z, 2);
        longest2 = fmax(longest2, x2 / (outer2 - section2));
        if (section2 < inner2)
            shortest2 = fmin(shortest2, x2 / (inner2 - section2));
    }
    const double inner = sqrt(inner2), outer = sqrt(outer2);
    o->inside = ellipsoid(centre_x, inner * sqrt(shortest2), inner * widest_y, inner * widest_z);
    o->outside = ellipsoid(centre_x, outer * sqrt(longest2), outer * widest_y, outer * widest_z);
}

static double farthest_vertex(const tot_surface *s, size_t begin, size_t end, double centre_x) {
    double farthest2 = 0;
    for (size_t k = begin; k < end; k++) {
        const double dx = s->vertex_x[k] - centre_x;
        farthest2 = fmax(farthest2, dx * dx + s->vertex_y[k] * s->vertex_y[k] +
                                        s->vertex_z[k] * s->vertex_z[k]);
    }
    return sqrt(farthest2);
}

tot_occluder tot_occluder_create(double mass_ratio, double omega, double centre_x,
                                 const tot_surface *front, const tot_surface *rear,
                                 tot_row_range neck) {
    const size_t stride = rear->columns + 1;
    tot_occluder o = {.mass_ratio = mass_ratio, .omega = omega, .centre_x = centre_x};
    o.own_radius = o.outer_radius = farthest_vertex(front, 0, front->vertices, centre_x);
    if (neck.begin < neck.end) {
        const size_t begin = neck.begin * stride, end = (neck.end + 1) * stride;
        o.outer_radius = fmax(o.own_radius, farthest_vertex(rear, begin, end, centre_x));
        o.neck_x = 0.5 * (rear->vertex_x[begin] + rear->vertex_x[end - 1]);
        o.neck_radius = farthest_vertex(rear, begin, end, o.neck_x);
    }
    fit_ellipsoids(front, &o);
    o.gravity = tot_surface_average(front, front->gravity);
    o.softness = 0.5 * (softness(mass_ratio, omega, centre_x, 0.0) +
                        softness(mass_ratio, omega, centre_x, 1.0));
    return o;
}

tot_status tot_eclipse_scratch_create(size_t cells, size_t vertices, tot_eclipse_scratch *scratch,
                                      tot_error *error) {
    const size_t padded = vertices + LANES;
    double *doubles = tot_allocate(7 * padded + cells, sizeof(double));
    memset(scratch, 0, sizeof *scratch);
    if (doubles == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for an eclipse");
    scratch->memory = doubles;
    scratch->point_x = doubles;
    scratch->point_y = doubles + padded;
    scratch->point_z = doubles + 2 * padded;
    scratch->result = doubles + 3 * padded;
    scratch->clearance = doubles + 4 * padded;
    scratch->tested = (size_t *)(void *)(doubles + 5 * padded);
    scratch->flagged = (unsigned char *)(doubles + 6 * padded);
    scratch->edge_cells = (size_t *)(void *)(doubles + 7 * padded);
    return TOT_OK;
}

void tot_eclipse_scratch_free(tot_eclipse_scratch *scratch) {
    tot_free(scratch->memory);
    memset(scratch, 0, sizeof *scratch);
}

/* One line of sight per lane: position at s = 0, the interval of s inside the outer sphere, and the
 * best later maximum found so far. */
typedef struct bundle {
    double x[LANES], y[LANES], z[LANES];
    double begin[LANES], step[LANES];
    double lowest[LANES], best[LANES], best_s[LANES];
} bundle;

typedef struct derivatives {
    double value, slope, curvature;
} derivatives;

/* The potential and its derivatives along the line. */
TOT_INLINE derivatives derivatives_at(const tot_occluder *o, tot_vector n, const bundle *b,
                                      size_t k, double s) {
    const double q = o->mass_ratio;
    const double x = b->x[k] + s * n.x, y = b->y[k] + s * n.y, z = b->z[k] + s * n.z;
    const double yz2 = y * y + z * z, dx = x - 1.0;
    const double p1 = x * n.x + y * n.y + z * n.z, p2 = p1 - n.x; /* r . n */
    const double r1 = tot_vector_inverse_root(x * x + yz2),
                 r2 = tot_vector_inverse_root(dx * dx + yz2);
    const double i1 = r1 * r1, i2 = r2 * r2, c1 = i1 * r1, c2 = q * i2 * r2; /* 1/r1^3, q/r2^3 */
    return (derivatives){r1 + q * (r2 - x) + 0.5 * (1.0 + q) * (x * x + y * y),
                         -c1 * p1 - c2 * p2 - q * n.x + (1.0 + q) * (x * n.x + y * n.y),
                         c1 * (3.0 * p1 * p1 * i1 - 1.0) + c2 * (3.0 * p2 * p2 * i2 - 1.0) +
                             (1.0 + q) * (n.x * n.x + n.y * n.y)};
}

TOT_INLINE double potential_at(const tot_occluder *o, tot_vector n, const bundle *b, size_t k,
                               double s) {
    const double x = b->x[k] + s * n.x, y = b->y[k] + s * n.y, z = b->z[k] + s * n.z;
    const double yz2 = y * y + z * z, dx = 1.0 - x;
    return tot_vector_inverse_root(x * x + yz2) +
           o->mass_ratio * (tot_vector_inverse_root(dx * dx + yz2) - x) +
           0.5 * (1.0 + o->mass_ratio) * (x * x + y * y);
}

/* Along a line of sight: where it comes closest to the centre, and how far before and behind that
 * its chords of the outer sphere and of the star's own, smaller sphere reach. Lines that just miss
 * a sphere are followed a little, too: how far they pass it by is needed beside those that hit. */
typedef struct chord {
    double closest, before, behind;
} chord;

TOT_INLINE chord find_chord(const tot_occluder *o, tot_vector n, const bundle *b, size_t k) {
    const double cx = o->centre_x - b->x[k], cy = -b->y[k], cz = -b->z[k];
    const double closest = cx * n.x + cy * n.y + cz * n.z;
    const double distance2 = cx * cx + cy * cy + cz * cz - closest * closest;
    const double shortest2 = 0.1 * o->own_radius * o->own_radius;
    const double outer2 = o->outer_radius * o->outer_radius - distance2;
    const double own2 = o->own_radius * o->own_radius - distance2;
    return (chord){closest, sqrt(outer2 > shortest2 ? outer2 : shortest2),
                   sqrt(own2 > shortest2 ? own2 : shortest2)};
}

/* The chord of the outer sphere, cut at the point itself; behind the star only that of the star's
 * own sphere, for farther out the centrifugal term makes the potential rise again. */
TOT_INLINE void enter_sphere(const tot_occluder *o, tot_vector n, bundle *b) {
    TOT_EACH_LANE (k) {
        const chord c = find_chord(o, n, b, k);
        const double end = c.closest + c.behind;
        const double begin = c.closest > c.before ? c.closest - c.before : 0;
        b->begin[k] = begin;
        b->step[k] = end > begin ? (end - begin) / (SAMPLES - 1) : 0;
        b->lowest[k] = INFINITY;
        b->best[k] = -INFINITY;
        b->best_s[k] = begin;
    }
}

/* A sample counts once the potential has risen again: the point's own surface, where it falls, is
 * no obstacle. */
TOT_INLINE void sample(const tot_occluder *o, tot_vector n, bundle *b) {
    for (size_t i = 0; i < SAMPLES; i++)
        TOT_EACH_LANE (k) {
            const double s = b->begin[k] + (double)i * b->step[k];
            const double value = potential_at(o, n, b, k, s);
            const int better = (value > b->lowest[k]) & (value > b->best[k]);
            b->best[k] = better ? value : b->best[k];
            b->best_s[k] = better ? s : b->best_s[k];
            b->lowest[k] = value < b->lowest[k] ? value : b->lowest[k];
        }
}

/* Newton steps to the maximum along the line, no longer than the spacing of the samples. */
TOT_INLINE void polish(const tot_occluder *o, tot_vector n, bundle *b) {
    for (size_t i = 0; i < POLISH; i++)
        TOT_EACH_LANE (k) {
            const double s = b->best_s[k];
            const derivatives d = derivatives_at(o, n, b, k, s);
            double change = d.curvature < 0 ? -d.slope / d.curvature : 0;
            change = change > b->step[k] ? b->step[k] : change;
            change = change < -b->step[k] ? -b->step[k] : change;
            b->best_s[k] = s + change > b->begin[k] ? s + change : b->begin[k];
        }
    TOT_EACH_LANE (k) {
        const double value = potential_at(o, n, b, k, b->best_s[k]);
        const int better = (b->best[k] > -INFINITY) & (value > b->best[k]);
        b->best[k] = better ? value : b->best[k];
    }
}

/* Potential to depth below the surface. For a point mass m, Omega - Omega_0 = m/r - m/r_0 and g =
 * m/r_0^2 give r_0 - r = u r_0/(r_0 + u) with u = (Omega - Omega_0)/g; here with the r_0 that has
 * the right curvature. That is nearly linear across a limb, where the potential is not, so it can
 * be interpolated between corners. */
TOT_INLINE double depth_from_potential(const tot_occluder *o, double omega) {
    const double u = (omega - o->omega) / o->gravity;
    return u > -0.5 * o->softness ? u * o->softness / (o->softness + u) : -1;
}

TOT_INLINE void load(const double *x, const double *y, const double *z, size_t first, size_t lanes,
                     bundle *b) {
    if (lanes == LANES) {
        TOT_EACH_LANE (k) {
            b->x[k] = x[first + k];
            b->y[k] = y[first + k];
            b->z[k] = z[first + k];
        }
        return;
    }
    TOT_EACH_LANE (k) {
        const size_t i = first + (k < lanes ? k : lanes - 1);
        b->x[k] = x[i];
        b->y[k] = y[i];
        b->z[k] = z[i];
    }
}

/* A line of sight that begins outside the star's own sphere and not at the neck meets one maximum
 * only, not far from where it comes closest to the centre: Newton steps from there. False when some
 * line isn't of that kind, or the steps didn't settle. */
TOT_INLINE int climb(const tot_occluder *o, tot_vector n, bundle *b) {
    const double longest = 0.25 * o->own_radius;
    int64_t other = 0;
    double s[LANES], first[LANES], last[LANES];
    TOT_EACH_LANE (k) {
        const chord c = find_chord(o, n, b, k);
        const double x = o->neck_x - b->x[k];
        const double neck2 = x * x + b->y[k] * b->y[k] + b->z[k] * b->z[k];
        s[k] = c.closest;
        first[k] = c.closest - c.behind;
        last[k] = c.closest + c.behind;
        other |= (first[k] <= 0) | (neck2 < o->neck_radius * o->neck_radius);
    }
    if (other)
        return 0;
    for (size_t i = 1; i < STEPS; i++)
        TOT_EACH_LANE (k) {
            const derivatives d = derivatives_at(o, n, b, k, s[k]);
            const double change = d.curvature < 0 ? -d.slope / d.curvature : 0;
            s[k] += change > longest ? longest : change < -longest ? -longest : change;
        }
    /* The last step is not taken: its parabola tells the height of the maximum. */
    TOT_EACH_LANE (k) {
        const derivatives d = derivatives_at(o, n, b, k, s[k]);
        const double change = -d.slope / d.curvature;
        b->best[k] = d.value + 0.5 * d.slope * change;
        other |= (d.curvature >= 0) | (fabs(change) > SETTLED * o->own_radius) | (s[k] < first[k]) |
                 (s[k] > last[k]);
    }
    return !other;
}

TOT_SIMD void tot_eclipse_clearance(const tot_occluder *occluder, tot_vector direction,
                                    size_t count, const double *x, const double *y, const double *z,
                                    double *clearance) {
    const tot_occluder o = *occluder;
    bundle b;
    for (size_t first = 0; first < count; first += LANES) {
        const size_t lanes = count - first < LANES ? count - first : LANES;
        load(x, y, z, first, lanes, &b);
        double depth[LANES];
        if (!climb(&o, direction, &b)) {
            enter_sphere(&o, direction, &b);
            sample(&o, direction, &b);
            polish(&o, direction, &b);
            TOT_EACH_LANE (k)
                b.best[k] = b.step[k] > 0 ? b.best[k] : -INFINITY;
        }
        TOT_EACH_LANE (k)
            depth[k] = depth_from_potential(&o, b.best[k]);
        for (size_t k = 0; k < lanes; k++)
            clearance[first + k] = depth[k];
    }
}

/* How a line of sight from (x, y, z) passes an ellipsoid, in its own units: where (n scaled has the
 * length 1) and at what squared distance from the centre it comes closest. */
typedef struct passage {
    double where, distance2;
} passage;

TOT_INLINE passage pass(const tot_ellipsoid *e, tot_vector n, double x, double y, double z) {
    const double cx = (e->centre_x - x) * e->scale_x, cy = -y * e->scale_y, cz = -z * e->scale_z;
    const double where = cx * n.x + cy * n.y + cz * n.z;
    return (passage){where, cx * cx + cy * cy + cz * cz - where * where};
}

static tot_vector scaled_direction(const tot_ellipsoid *e, tot_vector n) {
    const tot_vector m = {n.x * e->scale_x, n.y * e->scale_y, n.z * e->scale_z};
    const double length = sqrt(m.x * m.x + m.y * m.y + m.z * m.z);
    return (tot_vector){m.x / length, m.y / length, m.z / length};
}

/* Towards the neck the other star gets thinner: a line of sight that goes that way and away from
 * the axis can't meet it. Sections aren't quite circles, so it must rise by this at least. */
static const double STEEP = 0.15;

/* Sorts the cells that have light: surely hidden (nothing is seen), surely free, or near an edge
 * (listed). Returns how many are listed. */
TOT_SIMD static size_t find_edge_cells(const tot_occluder *occluder, const tot_surface *surface,
                                       tot_row_range examined, tot_row_range dent, tot_vector n,
                                       const double *light, double *seen, size_t *edge_cells) {
    const tot_occluder o = *occluder;
    const tot_surface s = *surface;
    const tot_vector n_in = scaled_direction(&o.inside, n);
    const tot_vector n_out = scaled_direction(&o.outside, n);
    const size_t begin = examined.begin * s.columns, end = examined.end * s.columns;
    const int64_t dent_begin = (int64_t)(dent.begin * s.columns);
    const int64_t dent_end = (int64_t)(dent.end * s.columns);
    size_t edges = 0;
    for (size_t first = begin - begin % LANES; first < end; first += LANES) {
        int64_t edge[LANES], lit = 0, any = 0;
        TOT_EACH_LANE (k) {
            seen[first + k] = light[first + k];
            lit |= light[first + k] > 0;
        }
        if (!lit)
            continue;
        TOT_EACH_LANE (k) {
            const size_t i = first + k;
            const double x = s.x[i], y = s.y[i], z = s.z[i];
            const passage in = pass(&o.inside, n_in, x, y, z);
            const passage out = pass(&o.outside, n_out, x, y, z);
            const double inner = 1.0 - s.reach[i] * o.inside.largest_scale;
            const double outer = 1.0 + s.reach[i] * o.outside.largest_scale;
            const double neck = o.neck_radius + s.reach[i];
            const double cx = o.neck_x - x, along = cx * n.x - y * n.y - z * n.z;
            const double neck2 = cx * cx + y * y + z * z - along * along;
            const int64_t hidden = (in.where > 0) & (inner > 0) & (in.distance2 < inner * inner);
            const int64_t by_star = (out.where > 0) & (out.distance2 < outer * outer);
            const double outward = y * n.y + z * n.z, axis2 = y * y + z * z;
            const int64_t inward = (outward < 0) | (outward * outward < STEEP * STEEP * axis2);
            const int64_t by_neck = (along > -neck) & (neck2 < neck * neck) & inward &
                                    ((int64_t)i >= dent_begin) & ((int64_t)i < dent_end);
            seen[i] = hidden ? 0 : light[i];
            edge[k] = (light[i] > 0) & (by_star | by_neck) & (hidden ^ 1);
            any |= edge[k];
        }
        if (any)
            TOT_EACH_LANE (k) {
                edge_cells[edges] = first + k;
                edges += (size_t)edge[k] & (first + k >= begin) & (first + k < end);
            }
    }
    return edges;
}

/* Clearance of the corners of the listed cells. */
static void test_corners(const tot_occluder *o, const tot_surface *s, size_t first, size_t end,
                         size_t edges, tot_vector n, tot_eclipse_scratch *scratch) {
    const size_t stride = s->columns + 1;
    size_t count = 0;
    memset(scratch->flagged + first, 0, end - first);
    for (size_t k = 0; k < edges; k++) {
        const size_t cell = scratch->edge_cells[k];
        const size_t corner = cell / s->columns + cell;
        scratch->flagged[corner] = scratch->flagged[corner + 1] = 1;
        scratch->flagged[corner + stride] = scratch->flagged[corner + stride + 1] = 1;
    }
    for (size_t k = first; k < end; k++)
        if (scratch->flagged[k]) {
            scratch->tested[count] = k;
            scratch->point_x[count] = s->vertex_x[k];
            scratch->point_y[count] = s->vertex_y[k];
            scratch->point_z[count] = s->vertex_z[k];
            count++;
        }
    tot_eclipse_clearance(o, n, count, scratch->point_x, scratch->point_y, scratch->point_z,
                          scratch->result);
    for (size_t k = 0; k < count; k++)
        scratch->clearance[scratch->tested[k]] = scratch->result[k];
}

/* Half the change of a quantity per cell from one neighbour to the other, in units of its value;
 * an index at the border of the mesh has one neighbour only. */
static double relative_slope(const double *values, size_t cell, size_t step, bool has_before,
                             bool has_behind) {
    const double here = values[cell];
    const double before = has_before ? values[cell - step] : here;
    const double behind = has_behind ? values[cell + step] : here;
    const double slope = (behind - before) / ((has_before && has_behind ? 2.0 : 1.0) * here);
    /* 2 in the triangles around a pole; at the limb the light ends within a cell */
    return fmax(-2.0, fmin(2.0, slope));
}

/* Cells whose corners agree are settled; the others, moved to the front of the list, have their
 * middle gathered. Returns how many they are. */
static size_t find_cut_cells(const tot_surface *s, size_t edges, tot_eclipse_scratch *scratch,
                             double *seen) {
    const size_t stride = s->columns + 1;
    size_t cut = 0;
    for (size_t k = 0; k < edges; k++) {
        const size_t cell = scratch->edge_cells[k];
        const double *c = scratch->clearance + cell / s->columns + cell;
        if (tot_changes_sign(c[0], c[1], c[stride], c[stride + 1])) {
            scratch->point_x[cut] = s->x[cell];
            scratch->point_y[cut] = s->y[cell];
            scratch->point_z[cut] = s->z[cell];
            scratch->edge_cells[cut++] = cell;
        } else if (c[0] > 0) {
            seen[cell] = 0;
        }
    }
    return cut;
}

/* Part of the light of a cut cell that is left. */
static double visible_share(const tot_surface *s, const tot_eclipse_scratch *scratch, size_t cell,
                            double middle, const double *light) {
    const size_t row = cell / s->columns, column = cell % s->columns;
    const double *c = scratch->clearance + row + cell;
    const double corner[4] = {c[0], c[1], c[s->columns + 1], c[s->columns + 2]};
    return 1.0 -
           tot_positive_share(corner, middle,
                              relative_slope(light, cell, s->columns, row > 0, row + 1 < s->rows),
                              relative_slope(light, cell, 1, column > 0, column + 1 < s->columns));
}

void tot_eclipse_hide(const tot_occluder *occluder, const tot_surface *surface,
                      tot_row_range examined, tot_row_range dent, tot_vector direction,
                      const double *light, double *seen, tot_eclipse_scratch *scratch) {
    const size_t stride = surface->columns + 1, padded = tot_simd_padded(surface->cells);
    const size_t begin = examined.begin * surface->columns, end = examined.end * surface->columns;
    const size_t edges = find_edge_cells(occluder, surface, examined, dent, direction, light, seen,
                                         scratch->edge_cells);
    memcpy(seen, light, begin * sizeof *seen);
    memcpy(seen + end, light + end, (padded - end) * sizeof *seen);
    if (edges == 0)
        return;
    test_corners(occluder, surface, examined.begin * stride, (examined.end + 1) * stride, edges,
                 direction, scratch);
    const size_t cut = find_cut_cells(surface, edges, scratch, seen);
    tot_eclipse_clearance(occluder, direction, cut, scratch->point_x, scratch->point_y,
                          scratch->point_z, scratch->result);
    for (size_t k = 0; k < cut; k++) {
        const size_t cell = scratch->edge_cells[k];
        seen[cell] *= visible_share(surface, scratch, cell, scratch->result[k], light);
    }
}
