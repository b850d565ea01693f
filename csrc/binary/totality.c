/* How much of the eclipsed star is left at each conjunction, and for how long nothing is. */
#include <math.h>
#include <stdbool.h>

#include "binary/system_internal.h"

enum { REFINEMENTS = 8, BISECTIONS = 16, BATCH = 64, MERIDIANS = 8 };

/* No contact binary's totality lasts longer than this on either side of the conjunction. */
static const double LONGEST_HALF_DURATION = 0.2;

static const double PI = 3.14159265358979323846;

/* The star behind, its surface, and who hides it. */
typedef struct eclipse_view {
    const tot_system *system;
    const tot_star *rear;
    const tot_occluder *occluder;
    tot_vector
        n; /* towards the observer, mirrored to see one image of the quarter as the quarter */
    double least; /* smallest clearance so far */
    double guess; /* distance from the axis at the place before */
    /* places of the limb whose clearance is to be found yet */
    size_t waiting;
    double x[BATCH], y[BATCH], z[BATCH];
} eclipse_view;

static tot_vector surface_point(eclipse_view *view, double x, double psi) {
    const double cos_psi = cos(psi), sin_psi = sqrt(fmax(1 - cos_psi * cos_psi, 0));
    const double rho = tot_roche_axis_distance(view->system->mass_ratio, view->rear->omega, x,
                                               cos_psi, view->guess);
    view->guess = rho > 0 ? rho : 0.1;
    return (tot_vector){x, rho * cos_psi, rho * sin_psi};
}

/* -grad Omega . n: its sign is that of mu. */
static double facing_at(eclipse_view *view, double x, double psi) {
    const tot_vector g = tot_roche_gradient(view->system->mass_ratio, surface_point(view, x, psi));
    return -(g.x * view->n.x + g.y * view->n.y + g.z * view->n.z);
}

static void examine_waiting(eclipse_view *view) {
    double clearance[BATCH];
    tot_eclipse_clearance(view->occluder, view->n, view->waiting, view->x, view->y, view->z,
                          clearance);
    for (size_t k = 0; k < view->waiting; k++)
        view->least = fmin(view->least, clearance[k]);
    view->waiting = 0;
}

static void examine(eclipse_view *view, double x, double psi) {
    const tot_vector p = surface_point(view, x, psi);
    view->x[view->waiting] = p.x;
    view->y[view->waiting] = p.y;
    view->z[view->waiting] = p.z;
    if (++view->waiting == BATCH)
        examine_waiting(view);
}

/* A place on the surface: abscissa and azimuth about the x axis. */
typedef struct surface_place {
    double x, psi;
} surface_place;

static surface_place between(surface_place from, surface_place to, double part) {
    return (surface_place){from.x + part * (to.x - from.x), from.psi + part * (to.psi - from.psi)};
}

/* Examines the point of the limb on the straight way (in x and psi) from one place to another, if
 * mu changes sign on it (false position, Illinois variant: Dowell & Jarratt 1971, BIT 11, 168). */
static void examine_limb_between(eclipse_view *view, surface_place from, surface_place to) {
    double low = 0, high = 1, part = 0.5;
    int side = 0; /* which end stayed last time: its value is halved, or the other crawls */
    double at_low = facing_at(view, from.x, from.psi), at_high = facing_at(view, to.x, to.psi);
    if ((at_low > 0) == (at_high > 0))
        return;
    for (int k = 0; k < REFINEMENTS && high - low > 1e-6; k++) {
        part = (low * at_high - high * at_low) / (at_high - at_low);
        const surface_place place = between(from, to, part);
        const double here = facing_at(view, place.x, place.psi);
        if ((here > 0) == (at_low > 0)) {
            low = part;
            at_low = here;
            at_high *= side == 1 ? 0.5 : 1;
            side = 1;
        } else {
            high = part;
            at_high = here;
            at_low *= side == -1 ? 0.5 : 1;
            side = -1;
        }
    }
    const surface_place place = between(from, to, part);
    examine(view, place.x, place.psi);
}

/* The limb, mu = 0, is followed along the parallels at the edges and middles of the mesh's rows,
 * and where these run beside it, near conjunction, along `meridians` from the x-z plane down. Along
 * a parallel mu is largest about where the azimuth points at the observer: it can change sign on
 * either side. */
static void follow_limb(eclipse_view *view, int meridians) {
    const tot_surface *s = &view->rear->surface;
    const double azimuth = atan2(fmax(view->n.z, 0), fmax(view->n.y, 0));
    double previous = 0;
    for (size_t i = 0; i <= 2 * s->rows; i++) {
        const double x =
            i % 2 == 0 ? s->vertex_x[i / 2 * (s->columns + 1)] : s->x[i / 2 * s->columns];
        const surface_place side = {x, 0}, towards = {x, azimuth}, top = {x, 0.5 * PI};
        examine_limb_between(view, side, towards);
        examine_limb_between(view, towards, top);
        for (int k = 0; k < meridians && i > 0; k++) {
            const double psi = 0.5 * PI * (1.0 - (double)k / meridians);
            examine_limb_between(view, (surface_place){previous, psi}, (surface_place){x, psi});
        }
        previous = x;
    }
}

/* Least depth of the rear star's limb behind the front star, at a phase of the inside numbering. */
static double least_clearance(const tot_system *system, double phase) {
    const double i = system->parameters.inclination * PI / 180.0, angle = 2.0 * PI * phase;
    const tot_vector n = {sin(i) * cos(angle), -sin(i) * sin(angle), cos(i)};
    const size_t front = n.x > 0 ? 1 : 0;
    eclipse_view view = {.system = system,
                         .rear = &system->stars[1 - front],
                         .occluder = &system->stars[front].occluder,
                         .least = INFINITY,
                         .guess = 0.1};
    /* At conjunction both sides look the same, and the last sliver is seen in the x-z plane. */
    const bool conjunction = fabs(n.y) < 1e-15;
    for (size_t image = 0; image < TOT_MIRRORS; image++) {
        if ((image & 1) && conjunction)
            continue;
        view.n = (tot_vector){n.x, image & 1 ? -n.y : n.y, image & 2 ? -n.z : n.z};
        follow_limb(&view, conjunction ? 1 : MERIDIANS);
        examine_waiting(&view);
    }
    return view.least;
}

static double duration_of_totality(const tot_system *system, double conjunction) {
    double inside = 0, outside = LONGEST_HALF_DURATION;
    for (int k = 0; k < BISECTIONS; k++) {
        const double middle = 0.5 * (inside + outside);
        if (least_clearance(system, conjunction + middle) > 0)
            inside = middle;
        else
            outside = middle;
    }
    return inside + outside;
}

tot_status tot_system_totality(const tot_system *system, bool with_duration, tot_totality *totality,
                               tot_error *error) {
    for (size_t k = 0; k < 2; k++) {
        tot_conjunction *c = &totality->conjunction[k];
        double light[2];
        c->phase = 0.5 * (double)k;
        c->eclipsed_star = (int)k + 1;
        const tot_status status = tot_system_light_contributions(system, c->phase, light, error);
        if (status != TOT_OK)
            return status;
        /* The inside numbering begins with the heavier star: its conjunctions are half a turn off.
         */
        const double inside_phase = system->swapped ? 0.5 - c->phase : c->phase;
        c->clearance = least_clearance(system, inside_phase);
        c->light_left = c->clearance > 0 ? 0.0 : light[k] / (light[0] + light[1]);
        c->depth = 1.0 - (light[0] + light[1]);
        c->duration =
            with_duration && c->clearance > 0 ? duration_of_totality(system, inside_phase) : 0.0;
    }
    totality->darkest =
        totality->conjunction[1].light_left < totality->conjunction[0].light_left ? 1 : 0;
    const double left = totality->conjunction[totality->darkest].light_left;
    totality->total = left < TOT_TOTAL_LIGHT;
    totality->grazing = !totality->total && left < TOT_GRAZING_LIGHT;
    return TOT_OK;
}
