#include "binary/system_internal.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "binary/heating.h"
#include "binary/lobe.h"

tot_binary tot_binary_defaults(void) {
    const tot_limb_darkening limb = {TOT_LIMB_LINEAR, 0.6, 0.0};
    return (tot_binary){.configuration = TOT_CONTACT,
                        .mass_ratio = 1.0,
                        .fillout = 0.2,
                        .inclination = 90.0,
                        .temperature = {5800.0, 5800.0},
                        .gravity_darkening = {0.32, 0.32},
                        .albedo = {0.5, 0.5},
                        .limb_darkening = {limb, limb},
                        .wavelength = 550.0,
                        .resolution = TOT_DEFAULT_RESOLUTION};
}

static tot_status check_range(const char *name, double value, double low, double high,
                              tot_error *error) {
    if (value >= low && value <= high)
        return TOT_OK;
    return tot_fail(error, TOT_ERROR_ARGUMENT, "%s must be a number from %g to %g, got %g", name,
                    low, high, value);
}

static tot_status check_limb_darkening(const tot_limb_darkening *limb, tot_error *error) {
    for (int k = 0; k <= 100; k++)
        if (!(tot_limb_darkening_at(limb, k / 100.0) >= -1e-12))
            return tot_fail(error, TOT_ERROR_ARGUMENT,
                            "limb darkening with coefficients %g, %g gives negative light at mu = "
                            "%g",
                            limb->x, limb->y, k / 100.0);
    return TOT_OK;
}

static tot_status check_spot(const tot_spot *spot, size_t index, tot_error *error) {
    tot_error reason;
    tot_status status = TOT_OK;
    if (spot->star != 1 && spot->star != 2)
        status = tot_fail(&reason, TOT_ERROR_ARGUMENT, "star must be 1 or 2, got %d", spot->star);
    if (status == TOT_OK)
        status = check_range("colatitude", spot->colatitude, 0, 180, &reason);
    if (status == TOT_OK)
        status = check_range("longitude", spot->longitude, -360, 360, &reason);
    if (status == TOT_OK)
        status = check_range("radius", spot->radius, 0, 180, &reason);
    if (status == TOT_OK)
        status = check_range("temperature_factor", spot->temperature_factor, 0.1, 10, &reason);
    if (status != TOT_OK)
        return tot_fail(error, status, "spot %zu: %s", index + 1, reason.message);
    return TOT_OK;
}

static tot_status check_band(const tot_binary *p, tot_error *error) {
    double sum = 0;
    if (p->band_count == 0)
        return check_range("wavelength", p->wavelength, 100, 100000, error);
    for (size_t k = 0; k < p->band_count; k++) {
        const tot_band_node *node = &p->band[k];
        tot_error reason;
        tot_status status = check_range("wavelength", node->wavelength, 100, 100000, &reason);
        if (status == TOT_OK)
            status = check_range("weight", node->weight, 0, 1e30, &reason);
        if (status != TOT_OK)
            return tot_fail(error, status, "band, node %zu: %s", k + 1, reason.message);
        sum += node->weight;
    }
    if (!(sum > 1e-30))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the band lets nothing through");
    return TOT_OK;
}

/* Fillout or potentials. */
static tot_status check_shape(const tot_binary *p, tot_error *error) {
    if (p->configuration == TOT_CONTACT)
        return check_range("fillout", p->fillout, 0, 1, error);
    const double lobe = tot_roche_lobe_potential(p->mass_ratio);
    for (size_t k = 0; k < 2; k++)
        /* A radius smaller than a thousandth of the separation is no star of a close binary. */
        if (!(p->potential[k] >= lobe * (1 - 1e-8) && p->potential[k] < 1e6))
            return tot_fail(error, TOT_ERROR_ARGUMENT,
                            "potential_%zu must be at least %.8g, that of the Roche lobe, got %g",
                            k + 1, lobe, p->potential[k]);
    return TOT_OK;
}

tot_status tot_binary_check(const tot_binary *p, tot_error *error) {
    static const char *const temperature_names[] = {"t1", "t2"};
    tot_status status = check_range("mass_ratio", p->mass_ratio, TOT_MASS_RATIO_MINIMUM,
                                    1.0 / TOT_MASS_RATIO_MINIMUM, error);
    if (status == TOT_OK)
        status = check_shape(p, error);
    if (status == TOT_OK)
        status = check_range("inclination", p->inclination, -360, 360, error);
    if (status == TOT_OK)
        status = check_band(p, error);
    if (status == TOT_OK && !(p->third_light >= 0 && p->third_light < 1))
        status = tot_fail(error, TOT_ERROR_ARGUMENT,
                          "third_light must be a number from 0 to below 1, got %g", p->third_light);
    if (status == TOT_OK && (p->resolution < 4 || p->resolution > TOT_MAXIMUM_RESOLUTION))
        status = tot_fail(error, TOT_ERROR_ARGUMENT, "resolution must be from 4 to %d, got %zu",
                          TOT_MAXIMUM_RESOLUTION, p->resolution);
    for (size_t k = 0; k < 2 && status == TOT_OK; k++) {
        status = check_range(temperature_names[k], p->temperature[k], 1000, 100000, error);
        if (status == TOT_OK)
            status = check_range("gravity_darkening", p->gravity_darkening[k], 0, 2, error);
        if (status == TOT_OK)
            status = check_range("albedo", p->albedo[k], 0, 1, error);
        if (status == TOT_OK)
            status = check_limb_darkening(&p->limb_darkening[k], error);
    }
    for (size_t k = 0; k < p->spot_count && status == TOT_OK; k++)
        status = check_spot(&p->spots[k], k, error);
    return status;
}

/* Rows counted from the neck (`neck_last`: the last row, else the first) to where the slope of the
 * surface, or that of the straight line to the neck, is largest; the azimuth with most of them. */
static size_t rows_to_steepest(const tot_surface *s, bool neck_last, bool line) {
    const size_t stride = s->columns + 1;
    size_t most = 0;
    for (size_t j = 0; j <= s->columns; j++) {
        double steepest = 0;
        for (size_t k = 0; k < s->rows; k++) {
            const size_t near = neck_last ? s->rows - k : k, far = neck_last ? near - 1 : near + 1;
            const size_t a = (line ? (neck_last ? s->rows : 0) : near) * stride + j;
            const size_t b = far * stride + j;
            const double rise =
                hypot(s->vertex_y[b], s->vertex_z[b]) - hypot(s->vertex_y[a], s->vertex_z[a]);
            const double slope = rise / fabs(s->vertex_x[b] - s->vertex_x[a]);
            if (slope < steepest)
                break;
            steepest = slope;
            most = k + 1 > most ? k + 1 : most;
        }
    }
    /* Two rows more: the steepest row is known to a row only. */
    return most + 2 < s->rows ? most + 2 : s->rows;
}

static tot_row_range rows_at_neck(const tot_surface *s, bool neck_last, bool line) {
    const size_t rows = rows_to_steepest(s, neck_last, line);
    return neck_last ? (tot_row_range){s->rows - rows, s->rows} : (tot_row_range){0, rows};
}

/* Both ends of a star on the x axis; that towards the companion is the neck in a contact system. */
static void find_ends(const tot_system *system, size_t k, double *begin, double *end) {
    const double q = system->mass_ratio, omega = system->stars[k].omega;
    const bool contact = system->parameters.configuration == TOT_CONTACT;
    const tot_critical_points *c = &system->critical;
    if (k == 0) {
        *begin = tot_roche_axis_crossing(q, omega, -1e-9, c->x_l3);
        *end = contact ? system->x_neck : tot_roche_axis_crossing(q, omega, 1e-9, c->x_l1);
    } else {
        *begin = contact ? system->x_neck : tot_roche_axis_crossing(q, omega, 1 - 1e-9, c->x_l1);
        *end = tot_roche_axis_crossing(q, omega, 1 + 1e-9, c->x_l2);
    }
}

static tot_status build_surfaces(tot_system *system, tot_error *error) {
    const bool contact = system->parameters.configuration == TOT_CONTACT;
    const double q = system->mass_ratio;
    for (size_t k = 0; k < 2; k++) {
        tot_star *star = &system->stars[k];
        double begin, end;
        find_ends(system, k, &begin, &end);
        const tot_status status = tot_surface_create(
            q, star->omega, begin, end, system->parameters.resolution, &star->surface, error);
        if (status != TOT_OK)
            return status;
        if (contact)
            star->dent = rows_at_neck(&star->surface, k == 0, true);
    }
    for (size_t k = 0; k < 2; k++) {
        const tot_star *other = &system->stars[1 - k];
        tot_star *star = &system->stars[k];
        const tot_row_range neck =
            contact ? rows_at_neck(&other->surface, k == 1, false) : (tot_row_range){0, 0};
        star->occluder =
            tot_occluder_create(q, star->omega, (double)k, &star->surface, &other->surface, neck);
    }
    return TOT_OK;
}

size_t tot_system_images(const tot_system *system) {
    return system->parameters.spot_count > 0 ? TOT_MIRRORS : 1;
}

tot_spotted_image tot_system_image(const tot_system *system, size_t k, size_t image) {
    return (tot_spotted_image){.star = (int)k + 1,
                               .sign_y = image & 1 ? -1.0 : 1.0,
                               .sign_z = image & 2 ? -1.0 : 1.0,
                               .spots = system->spots,
                               .spot_count = system->parameters.spot_count};
}

/* Star k inside; heating: of this star, or NULL. */
static tot_status light_up(tot_system *system, size_t k, const double *heating, tot_error *error) {
    const tot_binary *p = &system->parameters;
    const size_t given = system->swapped ? 1 - k : k, images = tot_system_images(system);
    tot_star *star = &system->stars[k];
    tot_band_table table;
    const size_t cells = star->surface.cells, padded = tot_simd_padded(cells);
    double most_heating = 0;
    double *temperatures = tot_allocate(cells, sizeof(double));
    tot_status status = TOT_OK;

    star->intensity_memory = tot_allocate(padded * images, sizeof(double));
    if (temperatures == NULL || star->intensity_memory == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu cells", cells);
        goto done;
    }
    tot_gravity_darkened(&star->surface, p->temperature[given], p->gravity_darkening[given],
                         temperatures);
    for (size_t i = 0; heating != NULL && i < cells * images; i++)
        most_heating = fmax(most_heating, heating[i]);
    const tot_spotted_image any = tot_system_image(system, k, 0);
    tot_spotted_band_table(system->band, p->band_count, temperatures, cells, most_heating, &any,
                           &table);
    for (size_t image = 0; image < TOT_MIRRORS; image++)
        star->intensity[image] = star->intensity_memory + (images == 1 ? 0 : image * padded);
    for (size_t image = 0; image < images && status == TOT_OK; image++) {
        const tot_spotted_image spotted = tot_system_image(system, k, image);
        status = tot_spotted_intensities(
            &star->surface, temperatures, heating == NULL ? NULL : heating + image * cells, &table,
            &p->limb_darkening[given], &spotted, star->intensity[image], error);
    }
    star->limb = tot_limb_integral_create(&p->limb_darkening[given]);
done:
    tot_free(temperatures);
    return status;
}

static tot_status light_up_both(tot_system *system, tot_error *error) {
    tot_heating heating = {{NULL, NULL}, NULL};
    tot_status status = TOT_OK;
    if (system->parameters.reflection)
        status = tot_heating_create(system, &heating, error);
    for (size_t k = 0; k < 2 && status == TOT_OK; k++)
        status = light_up(system, k, heating.of_star[k], error);
    tot_heating_free(&heating);
    return status;
}

static tot_status copy_spots(tot_system *system, const tot_binary *given, tot_error *error) {
    system->spots = tot_allocate(given->spot_count, sizeof *system->spots);
    if (system->spots == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu spots",
                        given->spot_count);
    for (size_t k = 0; k < given->spot_count; k++) {
        system->spots[k] = given->spots[k];
        if (system->swapped)
            system->spots[k].star = 3 - given->spots[k].star;
    }
    system->parameters.spots = system->spots;
    return TOT_OK;
}

/* A single wavelength is a band of one node. */
static tot_status copy_band(tot_system *system, const tot_binary *given, tot_error *error) {
    const tot_band_node single = {given->wavelength, 1.0};
    const size_t count = given->band_count > 0 ? given->band_count : 1;
    system->band = tot_allocate(count, sizeof *system->band);
    if (system->band == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a band");
    memcpy(system->band, given->band_count > 0 ? given->band : &single, count * sizeof single);
    system->parameters.band = system->band;
    system->parameters.band_count = count;
    return TOT_OK;
}

/* Potentials of the surfaces, with the heavier star at the origin. */
static void set_potentials(tot_system *system) {
    const tot_binary *p = &system->parameters;
    if (p->configuration == TOT_CONTACT) {
        const double omega = tot_roche_fillout_to_omega(&system->critical, p->fillout);
        system->stars[0].omega = system->stars[1].omega = omega;
        system->x_neck = tot_roche_neck(system->mass_ratio, omega, system->critical.x_l1);
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        const double given = p->potential[system->swapped ? 1 - k : k];
        const double omega =
            system->swapped ? tot_roche_swap_potential(p->mass_ratio, given) : given;
        system->stars[k].omega = fmax(omega, system->critical.omega_l1);
    }
    system->x_neck = NAN;
}

tot_status tot_system_create(const tot_binary *parameters, tot_system **result, tot_error *error) {
    tot_system *system = NULL;
    double light[2] = {0, 0};
    tot_status status = tot_binary_check(parameters, error);
    *result = NULL;
    if (status != TOT_OK)
        return status;
    system = tot_allocate(1, sizeof *system);
    if (system == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for a system");
    system->parameters = *parameters;
    system->swapped = parameters->mass_ratio > 1;
    system->mass_ratio = system->swapped ? 1.0 / parameters->mass_ratio : parameters->mass_ratio;
    system->critical = tot_roche_critical_points(system->mass_ratio);
    set_potentials(system);
    status = copy_spots(system, parameters, error);
    if (status == TOT_OK)
        status = copy_band(system, parameters, error);
    if (status == TOT_OK)
        status = build_surfaces(system, error);
    if (status == TOT_OK)
        status = light_up_both(system, error);
    system->flux_at_quadrature = 1.0;
    if (status == TOT_OK)
        status = tot_system_light_contributions(system, 0.25, light, error);
    if (status != TOT_OK) {
        tot_system_free(system);
        return status;
    }
    system->flux_at_quadrature = light[0] + light[1];
    *result = system;
    return TOT_OK;
}

void tot_system_free(tot_system *system) {
    if (system == NULL)
        return;
    for (size_t k = 0; k < 2; k++) {
        tot_surface_free(&system->stars[k].surface);
        tot_free(system->stars[k].intensity_memory);
    }
    tot_free(system->spots);
    tot_free(system->band);
    tot_free(system);
}
