#include "binary/radiation.h"

#include <math.h>
#include <stdbool.h>

#include "base/memory.h"
#include "binary/coverage.h"

static const double PI = 3.14159265358979323846;
static const double DEGREE = 3.14159265358979323846 / 180.0;

double tot_limb_darkening_at(const tot_limb_darkening *limb, double mu) {
    const double linear = 1.0 - limb->x * (1.0 - mu);
    switch (limb->law) {
    case TOT_LIMB_LOGARITHMIC:
        return mu > 0 ? linear - limb->y * mu * log(mu) : linear;
    case TOT_LIMB_SQUARE_ROOT:
        return linear - limb->y * (1.0 - sqrt(mu));
    case TOT_LIMB_QUADRATIC:
        return linear - limb->y * (1.0 - mu) * (1.0 - mu);
    case TOT_LIMB_LINEAR:
        break;
    }
    return linear;
}

double tot_limb_darkening_flux(const tot_limb_darkening *limb) {
    const double linear = 1.0 - limb->x / 3.0;
    switch (limb->law) {
    case TOT_LIMB_LOGARITHMIC:
        return linear + 2.0 * limb->y / 9.0;
    case TOT_LIMB_SQUARE_ROOT:
        return linear - limb->y / 5.0;
    case TOT_LIMB_QUADRATIC:
        return linear - limb->y / 6.0;
    case TOT_LIMB_LINEAR:
        break;
    }
    return linear;
}

void tot_gravity_darkened(const tot_surface *surface, double t_eff, double beta,
                          double *temperatures) {
    for (size_t k = 0; k < surface->cells; k++)
        temperatures[k] = pow(surface->gravity[k], beta);
    const double mean = tot_surface_average(surface, temperatures);
    for (size_t k = 0; k < surface->cells; k++)
        temperatures[k] = t_eff * sqrt(sqrt(temperatures[k] / mean));
}

/* A spot of one star in the frame of the quarter mesh it is seen from. */
typedef struct placed_spot {
    double x, y, z;  /* direction of its centre from the star's centre */
    double centre_x; /* abscissa of the star's centre */
    double radius, temperature_factor;
    double cos_surely_inside, cos_surely_outside; /* of the angle between a cell and the centre */
} placed_spot;

static placed_spot place_spot(const tot_spot *spot, double sign_y, double sign_z,
                              double cell_angle) {
    /* Star 2's own axes are the frame's, turned by 180 degrees about z. */
    const double turn = spot->star == 1 ? 1.0 : -1.0;
    const double colatitude = spot->colatitude * DEGREE, longitude = spot->longitude * DEGREE;
    placed_spot p;
    p.x = turn * sin(colatitude) * cos(longitude);
    p.y = turn * sin(colatitude) * sin(longitude) * sign_y;
    p.z = cos(colatitude) * sign_z;
    p.centre_x = spot->star == 1 ? 0.0 : 1.0;
    p.radius = spot->radius * DEGREE;
    p.temperature_factor = spot->temperature_factor;
    p.cos_surely_inside = p.radius > cell_angle ? cos(p.radius - cell_angle) : 2.0;
    p.cos_surely_outside = p.radius + cell_angle < PI ? cos(p.radius + cell_angle) : -2.0;
    return p;
}

static double cosine_from_spot(const placed_spot *p, double x, double y, double z) {
    const double dx = x - p->centre_x;
    return (dx * p->x + y * p->y + z * p->z) / sqrt(dx * dx + y * y + z * z);
}

/* Angle inside the spot's edge: positive within. */
static double depth_in_spot(const placed_spot *p, double x, double y, double z) {
    return p->radius - acos(fmax(-1.0, fmin(1.0, cosine_from_spot(p, x, y, z))));
}

/* The part of a cell inside a spot: its share, and its first moments about the cell's middle in
 * the direction of the rows and of the columns, in units of the cell. */
typedef struct covered_part {
    double share, moment_row, moment_column;
} covered_part;

/* A spot's edge is curved on the scale of a cell: the cell is cut in SPLIT x SPLIT pieces, each
 * with a straight edge. */
static covered_part cut_by_spot(const tot_surface *s, const placed_spot *p, size_t cell) {
    enum { SPLIT = 4 };
    const size_t a = cell / s->columns + cell, b = a + s->columns + 1;
    double depth[2 * SPLIT + 1][2 * SPLIT + 1];
    covered_part part = {0, 0, 0};
    for (int i = 0; i <= 2 * SPLIT; i++)
        for (int j = i % 2; j <= 2 * SPLIT; j += 2) {
            const double u = 0.5 * i / SPLIT, v = 0.5 * j / SPLIT;
            const double aa = (1 - u) * (1 - v), ab = (1 - u) * v, ba = u * (1 - v), bb = u * v;
            depth[i][j] = depth_in_spot(p,
                                        aa * s->vertex_x[a] + ab * s->vertex_x[a + 1] +
                                            ba * s->vertex_x[b] + bb * s->vertex_x[b + 1],
                                        aa * s->vertex_y[a] + ab * s->vertex_y[a + 1] +
                                            ba * s->vertex_y[b] + bb * s->vertex_y[b + 1],
                                        aa * s->vertex_z[a] + ab * s->vertex_z[a + 1] +
                                            ba * s->vertex_z[b] + bb * s->vertex_z[b + 1]);
        }
    for (int i = 0; i < 2 * SPLIT; i += 2)
        for (int j = 0; j < 2 * SPLIT; j += 2) {
            const double corner[4] = {depth[i][j], depth[i][j + 2], depth[i + 2][j],
                                      depth[i + 2][j + 2]};
            const double share = tot_positive_share(corner, depth[i + 1][j + 1], 0, 0);
            part.share += share;
            part.moment_row += share * (0.5 * (i + 1) / SPLIT - 0.5);
            part.moment_column += share * (0.5 * (j + 1) / SPLIT - 0.5);
        }
    part.share /= SPLIT * SPLIT;
    part.moment_row /= SPLIT * SPLIT;
    part.moment_column /= SPLIT * SPLIT;
    return part;
}

static covered_part covered(const tot_surface *s, const placed_spot *p, size_t cell) {
    const double cosine = cosine_from_spot(p, s->x[cell], s->y[cell], s->z[cell]);
    if (cosine <= p->cos_surely_outside)
        return (covered_part){0, 0, 0};
    if (cosine >= p->cos_surely_inside)
        return (covered_part){1, 0, 0};
    return cut_by_spot(s, p, cell);
}

/* What is averaged over a cell: the intensity through a band, or T^4 where that is NULL. */
static double emitted(double temperature, double heating, const tot_band_table *table) {
    double fourth = temperature * temperature * temperature * temperature;
    if (table == NULL)
        return fourth + heating;
    if (heating > 0)
        temperature = sqrt(sqrt(fourth + heating));
    return tot_band_table_at(table, temperature);
}

/* The mean over a cell with spots 0 ... count-1: inside a spot's share of the cell the temperature
 * is multiplied; the shares of several spots are taken as independent. */
static double blend(const tot_surface *s, size_t cell, double temperature, double heating,
                    const tot_band_table *table, const placed_spot *spots, size_t count) {
    if (count == 0)
        return emitted(temperature, heating, table);
    const placed_spot *last = &spots[count - 1];
    const double inside = covered(s, last, cell).share;
    double mean = 0;
    if (inside < 1)
        mean += (1 - inside) * blend(s, cell, temperature, heating, table, spots, count - 1);
    if (inside > 0)
        mean += inside * blend(s, cell, temperature * last->temperature_factor, heating, table,
                               spots, count - 1);
    return mean;
}

/* The light of a cell changes across it, from one neighbour to the other, so that the part inside
 * the spot has more or less than its share: by moment x (light behind - light before)/2. Written
 * with the neighbours' light, that's a change of their intensities. */
static void spread(size_t cell, size_t step, bool has_before, bool has_behind, double change,
                   double *intensities) {
    const double each = has_before && has_behind ? 0.5 * change : change;
    intensities[has_behind ? cell + step : cell] += each;
    intensities[has_before ? cell - step : cell] -= each;
}

static void spread_cut_cells(const tot_surface *s, const placed_spot *p, const double *temperatures,
                             const double *heating, const tot_band_table *table, double scale,
                             double *intensities) {
    for (size_t k = 0; k < s->cells; k++) {
        const covered_part part = covered(s, p, k);
        if (part.share <= 0 || part.share >= 1)
            continue;
        const double heat = heating == NULL ? 0 : heating[k];
        const double contrast =
            scale * (emitted(temperatures[k] * p->temperature_factor, heat, table) -
                     emitted(temperatures[k], heat, table));
        const size_t row = k / s->columns, column = k % s->columns;
        spread(k, s->columns, row > 0, row + 1 < s->rows, contrast * part.moment_row, intensities);
        spread(k, 1, column > 0, column + 1 < s->columns, contrast * part.moment_column,
               intensities);
    }
}

static tot_status spotted_means(const tot_surface *surface, const double *temperatures,
                                const double *heating, const tot_band_table *table, double scale,
                                const tot_spotted_image *image, double *means, tot_error *error) {
    /* Twice a cell's side, seen from the centre of the star. */
    const double cell_angle = PI / (double)surface->columns;
    placed_spot *placed = tot_allocate(image->spot_count, sizeof *placed);
    size_t count = 0;
    if (placed == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu spots",
                        image->spot_count);
    for (size_t k = 0; k < image->spot_count; k++)
        if (image->spots[k].star == image->star)
            placed[count++] =
                place_spot(&image->spots[k], image->sign_y, image->sign_z, cell_angle);
    for (size_t k = 0; k < surface->cells; k++)
        means[k] = scale * blend(surface, k, temperatures[k], heating == NULL ? 0 : heating[k],
                                 table, placed, count);
    for (size_t k = 0; k < count; k++)
        spread_cut_cells(surface, &placed[k], temperatures, heating, table, scale, means);
    tot_free(placed);
    return TOT_OK;
}

void tot_spotted_band_table(const tot_band_node *band, size_t count, const double *temperatures,
                            size_t cells, double most_heating, const tot_spotted_image *image,
                            tot_band_table *table) {
    double coldest = INFINITY, hottest = 0, coldest_factor = 1, hottest_factor = 1;
    for (size_t k = 0; k < cells; k++) {
        coldest = fmin(coldest, temperatures[k]);
        hottest = fmax(hottest, temperatures[k]);
    }
    /* Overlapping spots multiply. */
    for (size_t k = 0; k < image->spot_count; k++)
        if (image->spots[k].star == image->star) {
            coldest_factor *= fmin(1.0, image->spots[k].temperature_factor);
            hottest_factor *= fmax(1.0, image->spots[k].temperature_factor);
        }
    tot_band_table_create(band, count, coldest * coldest_factor,
                          sqrt(sqrt(pow(hottest * hottest_factor, 4) + most_heating)), table);
}

tot_status tot_spotted_intensities(const tot_surface *surface, const double *temperatures,
                                   const double *heating, const tot_band_table *table,
                                   const tot_limb_darkening *limb, const tot_spotted_image *image,
                                   double *intensities, tot_error *error) {
    return spotted_means(surface, temperatures, heating, table, 1.0 / tot_limb_darkening_flux(limb),
                         image, intensities, error);
}

tot_status tot_spotted_exitances(const tot_surface *surface, const double *temperatures,
                                 const tot_spotted_image *image, double *exitances,
                                 tot_error *error) {
    return spotted_means(surface, temperatures, NULL, NULL, 1.0, image, exitances, error);
}
