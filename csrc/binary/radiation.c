#include "binary/radiation.h"

#include <math.h>

#include "base/memory.h"
#include "binary/coverage.h"

static const double PI = 3.14159265358979323846;
static const double DEGREE = 3.14159265358979323846 / 180.0;
static const double HC_OVER_K = 1.438776877e7; /* nm K (CODATA 2018) */

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

double tot_planck(double temperature, double wavelength) {
    return 1.0 / expm1(HC_OVER_K / (wavelength * temperature));
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

static double covered_fraction(const tot_surface *s, const placed_spot *p, size_t cell) {
    const double cosine = cosine_from_spot(p, s->x[cell], s->y[cell], s->z[cell]);
    if (cosine <= p->cos_surely_outside)
        return 0.0;
    if (cosine >= p->cos_surely_inside)
        return 1.0;
    const size_t corner = cell / s->columns * (s->columns + 1) + cell % s->columns;
    const size_t corners[4] = {corner, corner + 1, corner + s->columns + 1,
                               corner + s->columns + 2};
    double depth[4];
    for (size_t k = 0; k < 4; k++)
        depth[k] = depth_in_spot(p, s->vertex_x[corners[k]], s->vertex_y[corners[k]],
                                 s->vertex_z[corners[k]]);
    return tot_positive_fraction(depth[0], depth[1], depth[2], depth[3],
                                 p->radius - acos(fmax(-1.0, fmin(1.0, cosine))));
}

/* What is averaged over a cell: Planck's function at a wavelength, or T^4 where that is 0. */
static double emitted(double temperature, double heating, double wavelength) {
    double fourth = temperature * temperature * temperature * temperature;
    if (wavelength == 0)
        return fourth + heating;
    if (heating > 0)
        temperature = sqrt(sqrt(fourth + heating));
    return tot_planck(temperature, wavelength);
}

/* The mean over a cell with spots 0 ... count-1: inside a spot's share of the cell the temperature
 * is multiplied; the shares of several spots are taken as independent. */
static double blend(const tot_surface *s, size_t cell, double temperature, double heating,
                    double wavelength, const placed_spot *spots, size_t count) {
    if (count == 0)
        return emitted(temperature, heating, wavelength);
    const placed_spot *last = &spots[count - 1];
    const double inside = covered_fraction(s, last, cell);
    double mean = 0;
    if (inside < 1)
        mean += (1 - inside) * blend(s, cell, temperature, heating, wavelength, spots, count - 1);
    if (inside > 0)
        mean += inside * blend(s, cell, temperature * last->temperature_factor, heating, wavelength,
                               spots, count - 1);
    return mean;
}

static tot_status spotted_means(const tot_surface *surface, const double *temperatures,
                                const double *heating, double wavelength, double scale,
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
                                 wavelength, placed, count);
    tot_free(placed);
    return TOT_OK;
}

tot_status tot_spotted_intensities(const tot_surface *surface, const double *temperatures,
                                   const double *heating, double wavelength,
                                   const tot_limb_darkening *limb, const tot_spotted_image *image,
                                   double *intensities, tot_error *error) {
    return spotted_means(surface, temperatures, heating, wavelength,
                         1.0 / tot_limb_darkening_flux(limb), image, intensities, error);
}

tot_status tot_spotted_exitances(const tot_surface *surface, const double *temperatures,
                                 const tot_spotted_image *image, double *exitances,
                                 tot_error *error) {
    return spotted_means(surface, temperatures, NULL, 0.0, 1.0, image, exitances, error);
}
