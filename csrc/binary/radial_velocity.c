#include "binary/radial_velocity.h"

#include <math.h>

#include "base/memory.h"
#include "binary/system_internal.h"

static const double PI = 3.14159265358979323846;

/* Less than this part of a star's light is none: what the cells at its limb are uncertain by. */
static const double HIDDEN = 1e-9;

/* Light of one star and its first moments in the orbital plane; `unhidden` is the light that would
 * come if nothing were in the way. */
typedef struct moments {
    double light, x, y, unhidden;
} moments;

/* Moments of both stars (inside numbering) at an inside phase. */
static void measure(const tot_system *system, double phase, tot_light_workspace *workspace,
                    moments sum[2]) {
    const tot_vector n = tot_system_direction(system, phase);
    sum[0] = sum[1] = (moments){0, 0, 0, 0};
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        const double sign_y = image & 1 ? -1.0 : 1.0;
        const tot_vector m = {n.x, sign_y * n.y, image & 2 ? -n.z : n.z};
        for (size_t k = 0; k < 2; k++) {
            const tot_star *star = &system->stars[k];
            const tot_surface *s = &star->surface;
            tot_system_find_seen(system, k, m, workspace);
            for (size_t i = 0; i < s->cells; i++) {
                const double light = workspace->seen[i] * star->intensity[image][i];
                sum[k].light += light;
                sum[k].x += light * s->x[i];
                sum[k].y += light * s->y[i] * sign_y;
                sum[k].unhidden += workspace->light[i] * star->intensity[image][i];
            }
        }
    }
}

tot_status tot_system_radial_velocities(const tot_system *system, const double *phases,
                                        size_t count, double orbital_speed, double *velocity_1,
                                        double *velocity_2, tot_error *error) {
    tot_light_workspace workspace;
    if (!isfinite(orbital_speed))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the orbital speed is not a finite number");
    tot_status status = tot_check_phases(phases, count, error);
    if (status == TOT_OK)
        status = tot_light_workspace_create(system, &workspace, error);
    if (status != TOT_OK)
        return status;
    const double centre_of_mass = system->mass_ratio / (1.0 + system->mass_ratio);
    const double projected = orbital_speed * sin(system->parameters.inclination * PI / 180.0);
    double *const velocity[2] = {velocity_1, velocity_2};
    for (size_t k = 0; k < count; k++) {
        const double phase = tot_system_inside_phase(system, phases[k]), angle = 2.0 * PI * phase;
        moments star[2];
        measure(system, phase, &workspace, star);
        for (size_t inside = 0; inside < 2; inside++) {
            const moments *m = &star[inside];
            velocity[system->swapped ? 1 - inside : inside][k] =
                m->light > HIDDEN * m->unhidden
                    ? projected * (m->y / m->light * cos(angle) +
                                   (m->x / m->light - centre_of_mass) * sin(angle))
                    : NAN;
        }
    }
    tot_light_workspace_free(&workspace);
    return TOT_OK;
}
