/* Flux towards the observer at given phases. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "binary/system_internal.h"

enum { LANES = TOT_SIMD_LANES };

static const double PI = 3.14159265358979323846;

/* Adds up light x intensity over the cells, padding included. Eight partial sums, in a fixed order.
 */
TOT_SIMD static double sum_light(size_t cells, const double *light, const double *intensity) {
    double sum[LANES] = {0}, total = 0;
    for (size_t first = 0; first < cells; first += LANES)
        TOT_EACH_LANE (k)
            sum[k] += light[first + k] * intensity[first + k];
    TOT_EACH_LANE (k)
        total += sum[k];
    return total;
}

void tot_system_find_seen(const tot_system *system, size_t k, tot_vector n,
                          tot_light_workspace *workspace) {
    const size_t front = n.x > 0 ? 1 : 0;
    const tot_star *star = &system->stars[k];
    const tot_row_range all = {0, star->surface.rows}, none = {0, 0};
    tot_cell_light(&star->surface, &star->limb, n, workspace->light);
    /* The bulge of the star in front can hide the star's own dent; no other part of it is behind.
     */
    tot_eclipse_hide(&system->stars[front].occluder, &star->surface, k == front ? star->dent : all,
                     k == front ? none : star->dent, n, workspace->light, workspace->seen,
                     &workspace->scratch);
}

tot_vector tot_system_direction(const tot_system *system, double phase) {
    const double i = system->parameters.inclination * PI / 180.0;
    const double angle = 2.0 * PI * phase;
    return (tot_vector){sin(i) * cos(angle), -sin(i) * sin(angle), cos(i)};
}

/* What systems that show the same cells send to the observer. */
static void find_lights(const tot_system *const *states, size_t count, double phase,
                        tot_light_workspace *workspace, tot_light *lights) {
    const tot_vector n = tot_system_direction(states[0], phase);
    memset(lights, 0, count * sizeof *lights);
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        const tot_vector m = {n.x, image & 1 ? -n.y : n.y, image & 2 ? -n.z : n.z};
        for (size_t k = 0; k < 2; k++) {
            const size_t cells = states[0]->stars[k].surface.cells;
            tot_system_find_seen(states[0], k, m, workspace);
            for (size_t s = 0; s < count; s++) {
                const double *intensity = states[s]->stars[k].intensity[image];
                const double *partner = states[s]->stars[k].intensity[image ^ 1];
                const double sum = sum_light(cells, workspace->seen, intensity);
                lights[s].at[k] += sum;
                lights[s].at_mirrored[k] +=
                    intensity == partner ? sum : sum_light(cells, workspace->seen, partner);
            }
        }
    }
}

tot_light tot_system_light(const tot_system *system, double phase, tot_light_workspace *workspace) {
    tot_light light;
    find_lights(&system, 1, phase, workspace, &light);
    return light;
}

double tot_system_inside_phase(const tot_system *system, double phase) {
    phase += system->swapped ? 0.5 : 0.0;
    return phase - floor(phase + 0.5);
}

tot_status tot_light_workspace_create(const tot_system *system, tot_light_workspace *workspace,
                                      tot_error *error) {
    size_t cells = 0, vertices = 0;
    for (size_t k = 0; k < 2; k++) {
        const tot_surface *s = &system->stars[k].surface;
        const size_t padded = tot_simd_padded(s->cells);
        cells = padded > cells ? padded : cells;
        vertices = s->vertices > vertices ? s->vertices : vertices;
    }
    memset(workspace, 0, sizeof *workspace);
    const tot_status status =
        tot_eclipse_scratch_create(cells, vertices, &workspace->scratch, error);
    if (status != TOT_OK)
        return status;
    workspace->light = tot_allocate(2 * cells, sizeof(double));
    if (workspace->light == NULL) {
        tot_light_workspace_free(workspace);
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a light curve");
    }
    workspace->seen = workspace->light + cells;
    return TOT_OK;
}

void tot_light_workspace_free(tot_light_workspace *workspace) {
    tot_eclipse_scratch_free(&workspace->scratch);
    tot_free(workspace->light);
    workspace->light = workspace->seen = NULL;
}

tot_status tot_check_phases(const double *phases, size_t count, tot_error *error) {
    for (size_t k = 0; k < count; k++)
        if (!isfinite(phases[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "phase %zu is not a finite number", k + 1);
    return TOT_OK;
}

/* Two phases at which the system shows the same geometry, mirrored. */
static bool mirrored(double a, double b) {
    return fabs(a + b) < 1e-12;
}

static bool same_limb_darkening(const tot_limb_darkening *a, const tot_limb_darkening *b) {
    return a->law == b->law && a->x == b->x && a->y == b->y;
}

/* Whether the same is seen of their cells, by what find_lights and find_fluxes take from the first.
 * Temperatures may differ, as with spots: they are in the intensities, which each has its own. */
static bool show_the_same_cells(const tot_system *a, const tot_system *b) {
    const tot_binary *p = &a->parameters, *q = &b->parameters;
    bool same = p->configuration == q->configuration && p->mass_ratio == q->mass_ratio &&
                p->inclination == q->inclination && p->resolution == q->resolution &&
                p->third_light == q->third_light;
    for (size_t k = 0; k < 2; k++)
        same = same && a->stars[k].omega == b->stars[k].omega &&
               same_limb_darkening(&p->limb_darkening[k], &q->limb_darkening[k]);
    return same;
}

static void find_fluxes(const tot_system *const *states, size_t state_count, const double *phases,
                        size_t count, double *flux, tot_light *lights,
                        tot_light_workspace *workspace) {
    const double third = states[0]->parameters.third_light;
    for (size_t k = 0; k < count * state_count; k++)
        flux[k] = NAN;
    for (size_t k = 0; k < count; k++) {
        if (!isnan(flux[k]))
            continue;
        const size_t partner = count - 1 - k; /* of a grid symmetric about phase 0 */
        find_lights(states, state_count, tot_system_inside_phase(states[0], phases[k]), workspace,
                    lights);
        for (size_t s = 0; s < state_count; s++) {
            const double scale = (1.0 - third) / states[s]->flux_at_quadrature;
            const tot_light *light = &lights[s];
            flux[s * count + k] = third + scale * (light->at[0] + light->at[1]);
            if (partner > k && mirrored(phases[k], phases[partner]))
                flux[s * count + partner] =
                    third + scale * (light->at_mirrored[0] + light->at_mirrored[1]);
        }
    }
}

tot_status tot_system_light_curves(const tot_system *const *states, size_t state_count,
                                   const double *phases, size_t count, double *flux,
                                   tot_error *error) {
    tot_light_workspace workspace;
    tot_light *lights;
    tot_status status = tot_check_phases(phases, count, error);
    for (size_t s = 1; s < state_count && status == TOT_OK; s++)
        if (!show_the_same_cells(states[0], states[s]))
            status = tot_fail(
                error, TOT_ERROR_ARGUMENT,
                "state %zu must have the geometry, the limb darkening and the third light of "
                "the first",
                s + 1);
    if (status == TOT_OK)
        status = tot_light_workspace_create(states[0], &workspace, error);
    if (status != TOT_OK)
        return status;
    lights = tot_allocate(state_count, sizeof *lights);
    if (lights == NULL)
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu states", state_count);
    else
        find_fluxes(states, state_count, phases, count, flux, lights, &workspace);
    tot_free(lights);
    tot_light_workspace_free(&workspace);
    return status;
}

tot_status tot_system_light_curve(const tot_system *system, const double *phases, size_t count,
                                  double *flux, tot_error *error) {
    return tot_system_light_curves(&system, 1, phases, count, flux, error);
}

tot_status tot_system_light_contributions(const tot_system *system, double phase,
                                          double contribution[2], tot_error *error) {
    tot_light_workspace workspace;
    if (!isfinite(phase))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "phase is not a finite number");
    const tot_status status = tot_light_workspace_create(system, &workspace, error);
    if (status != TOT_OK)
        return status;
    const tot_light light =
        tot_system_light(system, tot_system_inside_phase(system, phase), &workspace);
    for (size_t k = 0; k < 2; k++)
        contribution[system->swapped ? 1 - k : k] = light.at[k] / system->flux_at_quadrature;
    tot_light_workspace_free(&workspace);
    return TOT_OK;
}
