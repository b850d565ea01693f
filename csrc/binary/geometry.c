#include "binary/geometry.h"

#include <math.h>

#include "binary/lobe.h"
#include "binary/system_internal.h"

static const double PI = 3.14159265358979323846;

/* Distances from the centre to the surface of star `inside`, stored for the star `k` as given. */
static void measure_radii(const tot_system *system, size_t inside, size_t k,
                          tot_system_geometry *g) {
    const double q = system->mass_ratio, omega = system->stars[inside].omega;
    const double centre = (double)inside;
    const tot_surface *s = &system->stars[inside].surface;
    const bool contact = system->parameters.configuration == TOT_CONTACT;
    const double back = inside == 0 ? s->x_begin : s->x_end;
    const double front = inside == 0 ? s->x_end : s->x_begin;
    g->polar_radius[k] = tot_roche_axis_distance(q, omega, centre, 0.0, 0.1);
    g->side_radius[k] = tot_roche_axis_distance(q, omega, centre, 1.0, 0.1);
    g->back_radius[k] = fabs(back - centre);
    g->point_radius[k] = contact ? NAN : fabs(front - centre);
}

tot_system_geometry tot_system_get_geometry(const tot_system *system) {
    tot_system_geometry g = {.critical = system->critical, .x_neck = system->x_neck};
    for (size_t k = 0; k < 2; k++) {
        const size_t inside = system->swapped ? 1 - k : k;
        const double omega = system->stars[inside].omega;
        const tot_surface *s = &system->stars[inside].surface;
        for (size_t i = 0; i < s->cells; i++)
            g.area[k] += 4.0 * s->area[i];
        g.mean_radius[k] = sqrt(g.area[k] / (4.0 * PI));
        g.volume[k] = tot_roche_volume(system->mass_ratio, omega, s->x_begin, s->x_end);
        g.volume_radius[k] = tot_roche_sphere_radius(g.volume[k]);
        /* back to the frame of the given star 1 */
        g.omega[k] = system->swapped ? tot_roche_swap_potential(system->mass_ratio, omega) : omega;
        measure_radii(system, inside, k, &g);
    }
    return g;
}

tot_status tot_contact_volume_radii(double mass_ratio, double fillout, double radius[2],
                                    tot_error *error) {
    if (!(mass_ratio >= TOT_MASS_RATIO_MINIMUM && mass_ratio <= 1 / TOT_MASS_RATIO_MINIMUM))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "mass_ratio must be a number from %g to %g, got %g", TOT_MASS_RATIO_MINIMUM,
                        1 / TOT_MASS_RATIO_MINIMUM, mass_ratio);
    if (!(fillout >= 0 && fillout <= 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "fillout must be a number from 0 to 1, got %g",
                        fillout);
    const size_t heavier = mass_ratio > 1 ? 1 : 0;
    const double q = mass_ratio > 1 ? 1 / mass_ratio : mass_ratio;
    const tot_critical_points c = tot_roche_critical_points(q);
    const double omega = tot_roche_fillout_to_omega(&c, fillout);
    const double neck = tot_roche_neck(q, omega, c.x_l1);
    const double begin = tot_roche_axis_crossing(q, omega, -1e-9, c.x_l3);
    const double end = tot_roche_axis_crossing(q, omega, 1 + 1e-9, c.x_l2);
    radius[heavier] = tot_roche_sphere_radius(tot_roche_volume(q, omega, begin, neck));
    radius[1 - heavier] = tot_roche_sphere_radius(tot_roche_volume(q, omega, neck, end));
    return TOT_OK;
}
