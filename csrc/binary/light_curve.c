/* Flux towards the observer at given phases. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "binary/system_internal.h"

enum { LANES = 8 };

static const double PI = 3.14159265358979323846;

/* Adds up, over the cells, visible area x mu x D(mu) x intensity, for two sets of intensities: the
 * mirror image seen at phi and its partner seen at -phi. Eight partial sums, in a fixed order. */
TOT_SIMD static void sum_light(const tot_surface *s, const double *limb_table, tot_vector n,
                               const double *visible, const double *intensity,
                               const double *partner, double *light, double *partner_light) {
    double sum[LANES] = {0}, partner_sum[LANES] = {0};
    const size_t whole = s->cells - s->cells % LANES;
    for (size_t first = 0; first < s->cells; first += LANES) {
        const size_t lanes = first < whole ? LANES : s->cells - whole;
        double weight[LANES];
        for (size_t k = 0; k < lanes; k++) {
            const size_t i = first + k;
            const double mu = s->normal_x[i] * n.x + s->normal_y[i] * n.y + s->normal_z[i] * n.z;
            const double d = s->bend[i];
            const double lit = mu > d ? mu : mu > -d ? (mu + d) * (mu + d) / (4.0 * d) : 0;
            const double at = (mu > 0 ? mu : 0) * TOT_LIMB_STEPS;
            const int step = (int)at;
            const double part = at - step;
            weight[k] = s->facing[i] * visible[i] * lit *
                        (limb_table[step] + part * (limb_table[step + 1] - limb_table[step]));
        }
        for (size_t k = 0; k < lanes; k++) {
            sum[k] += weight[k] * intensity[first + k];
            partner_sum[k] += weight[k] * partner[first + k];
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        *light += sum[k];
        *partner_light += partner_sum[k];
    }
}

static void fill(double *values, size_t begin, size_t end, double value) {
    for (size_t k = begin; k < end; k++)
        values[k] = value;
}

void tot_system_find_visible(const tot_system *system, tot_vector n, double *const visible[2],
                             tot_eclipse_scratch *scratch) {
    const size_t front = n.x > 0 ? 1 : 0, rear = 1 - front;
    const tot_occluder *occluder = &system->stars[front].occluder;
    for (size_t k = 0; k < 2; k++) {
        const tot_star *star = &system->stars[k];
        const size_t columns = star->surface.columns;
        /* The bulge of the star in front can hide all of the other and its own concave part. */
        const size_t first = k == rear ? 0 : star->concave_begin;
        const size_t end = k == rear ? star->surface.rows : star->concave_end;
        fill(visible[k], 0, first * columns, 1.0);
        fill(visible[k], end * columns, star->surface.cells, 1.0);
        tot_eclipse_visible(occluder, &star->surface, first, end, star->cell_size, n, visible[k],
                            scratch);
    }
}

tot_vector tot_system_direction(const tot_system *system, double phase) {
    const double i = system->parameters.inclination * PI / 180.0;
    const double angle = 2.0 * PI * phase;
    return (tot_vector){sin(i) * cos(angle), -sin(i) * sin(angle), cos(i)};
}

tot_light tot_system_light(const tot_system *system, double phase, tot_light_workspace *workspace) {
    const tot_vector n = tot_system_direction(system, phase);
    double *visible[2] = {workspace->visible, workspace->visible + system->stars[0].surface.cells};
    tot_light light = {{0, 0}, {0, 0}};
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        /* The mirror image of the quarter seen from n is the quarter seen from the mirrored n. */
        const tot_vector m = {n.x, image & 1 ? -n.y : n.y, image & 2 ? -n.z : n.z};
        tot_system_find_visible(system, m, visible, &workspace->scratch);
        for (size_t k = 0; k < 2; k++) {
            const tot_star *star = &system->stars[k];
            sum_light(&star->surface, star->limb_table, m, visible[k], star->intensity[image],
                      star->intensity[image ^ 1], &light.at[k], &light.at_mirrored[k]);
        }
    }
    return light;
}

double tot_system_inside_phase(const tot_system *system, double phase) {
    phase += system->swapped ? 0.5 : 0.0;
    return phase - floor(phase + 0.5);
}

tot_status tot_light_workspace_create(const tot_system *system, tot_light_workspace *workspace,
                                      tot_error *error) {
    size_t cells = 0, vertices = 0, all_cells = 0;
    for (size_t k = 0; k < 2; k++) {
        const tot_surface *s = &system->stars[k].surface;
        all_cells += s->cells;
        cells = s->cells > cells ? s->cells : cells;
        vertices = s->vertices > vertices ? s->vertices : vertices;
    }
    memset(workspace, 0, sizeof *workspace);
    const tot_status status =
        tot_eclipse_scratch_create(cells, vertices, &workspace->scratch, error);
    if (status != TOT_OK)
        return status;
    workspace->visible = tot_allocate(all_cells, sizeof(double));
    if (workspace->visible == NULL) {
        tot_light_workspace_free(workspace);
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a light curve");
    }
    return TOT_OK;
}

void tot_light_workspace_free(tot_light_workspace *workspace) {
    tot_eclipse_scratch_free(&workspace->scratch);
    tot_free(workspace->visible);
    workspace->visible = NULL;
}

/* Two phases at which the system shows the same geometry, mirrored. */
static bool mirrored(double a, double b) {
    return fabs(a + b) < 1e-12;
}

tot_status tot_system_light_curve(const tot_system *system, const double *phases, size_t count,
                                  double *flux, tot_error *error) {
    tot_light_workspace workspace;
    for (size_t k = 0; k < count; k++)
        if (!isfinite(phases[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "phase %zu is not a finite number", k + 1);
    const tot_status status = tot_light_workspace_create(system, &workspace, error);
    if (status != TOT_OK)
        return status;
    const double third = system->parameters.third_light;
    const double scale = (1.0 - third) / system->flux_at_quadrature;
    for (size_t k = 0; k < count; k++)
        flux[k] = NAN;
    for (size_t k = 0; k < count; k++) {
        if (!isnan(flux[k]))
            continue;
        const double phase = tot_system_inside_phase(system, phases[k]);
        const tot_light light = tot_system_light(system, phase, &workspace);
        const size_t partner = count - 1 - k; /* of a grid symmetric about phase 0 */
        flux[k] = third + scale * (light.at[0] + light.at[1]);
        if (partner > k && mirrored(phases[k], phases[partner]))
            flux[partner] = third + scale * (light.at_mirrored[0] + light.at_mirrored[1]);
    }
    tot_light_workspace_free(&workspace);
    return TOT_OK;
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
