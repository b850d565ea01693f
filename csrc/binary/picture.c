#include "binary/picture.h"

#include <math.h>

#include "binary/mesh.h"
#include "binary/system_internal.h"

/* Samples of a line of sight through a star, lines a pixel's side, halvings of the last interval.
 */
enum { SAMPLES = 32, SUBPIXELS = 2, HALVINGS = 26 };

static const double PI = 3.14159265358979323846;

/* Room beside the stars. */
static const double MARGIN = 1.06;

/* The sphere about a star is larger than its farthest vertex by this. */
static const double SLACK = 1e-4;

/* The picture's plane: `right` and `up` in it, `towards` the observer. */
typedef struct camera {
    const tot_system *system;
    tot_vector right, up, towards;
    double centre_x; /* of the picture, on the x axis */
    double scale;    /* separation a pixel */
} camera;

/* Half of what the system needs in width and in height, over all phases. */
static void measure_extent(const camera *c, double *width, double *height) {
    const double i = c->system->parameters.inclination * PI / 180.0;
    *width = *height = 0;
    for (size_t k = 0; k < 2; k++) {
        const tot_surface *s = &c->system->stars[k].surface;
        for (size_t v = 0; v < s->vertices; v++) {
            const double from_axis = hypot(s->vertex_x[v] - c->centre_x, s->vertex_y[v]);
            *width = fmax(*width, from_axis);
            *height = fmax(*height, fabs(cos(i)) * from_axis + fabs(sin(i)) * s->vertex_z[v]);
        }
    }
}

static camera place_camera(const tot_system *system, double phase, size_t width, size_t height) {
    const double i = system->parameters.inclination * PI / 180.0, angle = 2.0 * PI * phase;
    camera c = {.system = system,
                .right = {sin(angle), cos(angle), 0},
                .up = {-cos(i) * cos(angle), cos(i) * sin(angle), sin(i)},
                .towards = tot_system_direction(system, phase)};
    double half_width, half_height;
    c.centre_x = 0.5 * (system->stars[0].surface.x_begin + system->stars[1].surface.x_end);
    measure_extent(&c, &half_width, &half_height);
    c.scale = 2.0 * MARGIN * fmax(half_width / (double)width, half_height / (double)height);
    return c;
}

static tot_vector point_of(const camera *c, double right, double up, double towards) {
    return (tot_vector){c->centre_x + right * c->right.x + up * c->up.x + towards * c->towards.x,
                        right * c->right.y + up * c->up.y + towards * c->towards.y,
                        right * c->right.z + up * c->up.z + towards * c->towards.z};
}

static double potential(const camera *c, double right, double up, double towards) {
    return tot_roche_potential(c->system->mass_ratio, point_of(c, right, up, towards));
}

/* Where three samples at distance `step` have their largest value, from the middle one. */
static double vertex_of_parabola(double before, double middle, double after, double step) {
    const double curvature = before - 2.0 * middle + after;
    return curvature < 0 ? 0.5 * step * (before - after) / curvature : 0;
}

/* Follows a line of sight from the observer through the sphere about star k to where it first meets
 * the surface; false when it doesn't. A line that meets the sphere inside the body has entered that
 * in the other star's sphere. */
static bool first_crossing(const camera *c, size_t k, double right, double up, double *towards) {
    const tot_star *star = &c->system->stars[k];
    const double omega = star->omega, x = (double)k - c->centre_x;
    const double radius = star->occluder.own_radius * (1.0 + SLACK);
    const double beside = right - x * c->right.x, above = up - x * c->up.x;
    const double chord2 = radius * radius - beside * beside - above * above;
    if (chord2 <= 0)
        return false;
    const double begin = x * c->towards.x + sqrt(chord2), step = 2.0 * sqrt(chord2) / SAMPLES;
    double before = -INFINITY, last = potential(c, right, up, begin), inside = NAN, outside = begin;
    if (last >= omega)
        return false;
    for (size_t n = 1; n <= SAMPLES && isnan(inside); n++) {
        const double at = begin - (double)n * step, value = potential(c, right, up, at);
        outside = at + step;
        if (value >= omega) {
            inside = at;
        } else if (before <= last && last > value) {
            /* The line may dip below the surface between two samples. */
            const double top = at + step - vertex_of_parabola(before, last, value, step);
            if (potential(c, right, up, top) >= omega) {
                inside = top;
                outside = at + 2.0 * step;
            }
        }
        before = last;
        last = value;
    }
    if (isnan(inside))
        return false;
    for (size_t n = 0; n < HALVINGS; n++) {
        const double middle = 0.5 * (inside + outside);
        if (potential(c, right, up, middle) >= omega)
            inside = middle;
        else
            outside = middle;
    }
    *towards = inside;
    return true;
}

/* Intensity of a cell of a mirror image; a column beyond the quarter's edge is the first one of the
 * image next to it. */
static double cell_intensity(const tot_star *star, size_t image, size_t row, ptrdiff_t column) {
    const ptrdiff_t columns = (ptrdiff_t)star->surface.columns;
    if (column < 0) {
        image ^= 2;
        column = 0;
    } else if (column >= columns) {
        image ^= 1;
        column = columns - 1;
    }
    return star->intensity[image][row * star->surface.columns + (size_t)column];
}

/* Intensity along the normal at a place of the surface, bilinear between the middles of cells. */
static double intensity_at(const tot_star *star, tot_vector at) {
    const tot_surface *s = &star->surface;
    size_t low = 0, high = s->rows - 1;
    while (low + 1 < high) { /* the last row whose middle is not beyond `at` */
        const size_t middle = (low + high) / 2;
        if (s->x[middle * s->columns] <= at.x)
            low = middle;
        else
            high = middle;
    }
    const double x_low = s->x[low * s->columns], x_high = s->x[high * s->columns];
    const double along = fmin(fmax((at.x - x_low) / (x_high - x_low), 0), 1);
    const double around = atan2(fabs(at.z), fabs(at.y)) / (0.5 * PI) * (double)s->columns - 0.5;
    const ptrdiff_t column = (ptrdiff_t)floor(around);
    const double part = around - (double)column;
    const size_t image = (at.y < 0 ? 1u : 0u) | (at.z < 0 ? 2u : 0u);
    return (1 - along) * ((1 - part) * cell_intensity(star, image, low, column) +
                          part * cell_intensity(star, image, low, column + 1)) +
           along * ((1 - part) * cell_intensity(star, image, high, column) +
                    part * cell_intensity(star, image, high, column + 1));
}

/* What one line of sight brings: 0 from the sky. */
static double look(const camera *c, double right, double up) {
    const tot_system *system = c->system;
    double towards[2];
    const bool hit[2] = {first_crossing(c, 0, right, up, &towards[0]),
                         first_crossing(c, 1, right, up, &towards[1])};
    if (!hit[0] && !hit[1])
        return 0;
    size_t k = hit[0] && (!hit[1] || towards[0] > towards[1]) ? 0 : 1;
    const tot_vector at = point_of(c, right, up, towards[k]);
    if (system->parameters.configuration == TOT_CONTACT)
        k = at.x < system->x_neck ? 0 : 1;
    const tot_vector g = tot_roche_gradient(system->mass_ratio, at);
    const double mu = -(g.x * c->towards.x + g.y * c->towards.y + g.z * c->towards.z) /
                      sqrt(g.x * g.x + g.y * g.y + g.z * g.z);
    const tot_limb_darkening *limb =
        &system->parameters.limb_darkening[system->swapped ? 1 - k : k];
    return intensity_at(&system->stars[k], at) * tot_limb_darkening_at(limb, fmin(fmax(mu, 0), 1));
}

tot_status tot_system_picture(const tot_system *system, double phase, size_t width, size_t height,
                              double gamma, float *pixels, tot_error *error) {
    if (!isfinite(phase))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "phase is not a finite number");
    if (width < 1 || width > TOT_PICTURE_MAXIMUM || height < 1 || height > TOT_PICTURE_MAXIMUM)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a picture's sides must be from 1 to %d pixels, got %zu x %zu",
                        TOT_PICTURE_MAXIMUM, width, height);
    if (!(gamma >= 0.1 && gamma <= 10))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "gamma must be from 0.1 to 10, got %g", gamma);
    const camera c = place_camera(system, tot_system_inside_phase(system, phase), width, height);
    const double scale = 1.0 / (tot_system_brightest(system) * SUBPIXELS * SUBPIXELS);
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            double sum = 0;
            for (size_t n = 0; n < SUBPIXELS * SUBPIXELS; n++) {
                const double across = ((double)(n % SUBPIXELS) + 0.5) / SUBPIXELS;
                const double down = ((double)(n / SUBPIXELS) + 0.5) / SUBPIXELS;
                sum += look(&c, c.scale * ((double)column + across - 0.5 * (double)width),
                            c.scale * (0.5 * (double)height - (double)row - down));
            }
            pixels[row * width + column] = (float)pow(fmax(sum, 0) * scale, 1.0 / gamma);
        }
    return TOT_OK;
}
