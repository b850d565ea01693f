/* What is derived from a binary system beside its light: geometry, velocities, mesh, picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "binary/geometry.h"
#include "binary/lobe.h"
#include "binary/mesh.h"
#include "binary/picture.h"
#include "binary/radial_velocity.h"
#include "failing_allocator.h"
#include "suites.h"

enum { WIDTH = 120, HEIGHT = 90 };

static const double PI = 3.14159265358979323846;

static const tot_spot spot = {1, 70, 80, 30, 0.7};

/* Three kinds of binaries: in contact, with the star given second the heavier one, and separate. */
static tot_binary example(int kind) {
    tot_binary p = tot_binary_defaults();
    p.mass_ratio = kind == 1 ? 2.5 : 0.4;
    p.fillout = 0.3;
    p.inclination = 76;
    p.temperature[1] = 5200;
    p.spots = &spot;
    p.spot_count = 1;
    if (kind == 2) {
        tot_error error;
        p.configuration = TOT_SEPARATE;
        ck_assert_int_eq(tot_roche_potential_of_radius(0.4, 1, 0.3, &p.potential[0], &error),
                         TOT_OK);
        p.potential[1] = tot_roche_lobe_potential(0.4);
    }
    return p;
}

static tot_system *create(int kind, size_t resolution) {
    tot_binary p = example(kind);
    tot_system *system;
    tot_error error;
    p.resolution = resolution;
    ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
    return system;
}

/* An ellipsoid's volume is known; a small star is one to first order in its distortion. */
START_TEST(volume_is_that_of_known_bodies) {
    const double omega = tot_roche_potential(0.5, (tot_vector){0, 0, 0.02});
    const double front = tot_roche_axis_crossing(0.5, omega, 1e-6, 0.2);
    const double back = tot_roche_axis_crossing(0.5, omega, -1e-6, -0.2);
    const double side = tot_roche_axis_distance(0.5, omega, 0, 1, 0.1);
    const double volume = tot_roche_volume(0.5, omega, back, front);
    ck_assert_double_eq_tol(volume / (4.0 / 3.0 * PI * 0.5 * (front - back) * side * 0.02), 1,
                            1e-7);
    ck_assert_double_eq_tol(tot_roche_sphere_radius(4.0 / 3.0 * PI), 1, 1e-15);
}
END_TEST

START_TEST(wrong_arguments_are_named) {
    tot_error error;
    double radius[2];
    float pixel = 0;
    tot_system *system = create(0, 6);
    ck_assert_int_eq(tot_contact_volume_radii(0, 0.5, radius, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "mass_ratio must be a number from 0.001 to 1000, got 0");
    ck_assert_int_eq(tot_contact_volume_radii(0.5, NAN, radius, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "fillout must be a number from 0 to 1, got nan");
    ck_assert_int_eq(
        tot_system_radial_velocities(system, &(double){INFINITY}, 1, 1, radius, radius, &error),
        TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(
        tot_system_radial_velocities(system, &(double){0}, 1, NAN, radius, radius, &error),
        TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_system_picture(system, NAN, 1, 1, 1, &pixel, &error), TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_system_picture(system, 0, 0, 9, 1, &pixel, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "a picture's sides must be from 1 to 8192 pixels, got 0 x 9");
    ck_assert_int_eq(tot_system_picture(system, 0, 1, 1, 0, &pixel, &error), TOT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "gamma must be from 0.1 to 10, got 0");
    tot_system_free(system);
}
END_TEST

START_TEST(velocities_report_failed_allocations) {
    tot_error error;
    tot_system *system = create(0, 6);
    double velocity[2];
    for (size_t n = 0; n < 20; n++) {
        failing_allocator_begin(n);
        const tot_status status = tot_system_radial_velocities(system, &(double){0.2}, 1, 100,
                                                               velocity, velocity + 1, &error);
        const bool failed = failing_allocator_end();
        ck_assert_int_eq(status, failed ? TOT_ERROR_MEMORY : TOT_OK);
        if (!failed) {
            tot_system_free(system);
            return;
        }
    }
    ck_abort_msg("still failing after 20 allocations");
}
END_TEST

static double *allocate_mesh(const tot_system *system, tot_mesh *mesh) {
    tot_system_mesh_size(system, mesh);
    double *memory = tot_allocate(3 * mesh->vertices + 4 * mesh->faces, sizeof *memory);
    mesh->corners = tot_allocate(TOT_FACE_CORNERS * mesh->faces, sizeof *mesh->corners);
    ck_assert_ptr_nonnull(memory);
    ck_assert_ptr_nonnull(mesh->corners);
    mesh->x = memory;
    mesh->y = mesh->x + mesh->vertices;
    mesh->z = mesh->y + mesh->vertices;
    mesh->star = mesh->z + mesh->vertices;
    mesh->temperature = mesh->star + mesh->faces;
    mesh->intensity = mesh->temperature + mesh->faces;
    mesh->area = mesh->intensity + mesh->faces;
    return memory;
}

static tot_vector corner(const tot_mesh *mesh, size_t face, size_t k) {
    const size_t v = mesh->corners[TOT_FACE_CORNERS * face + k];
    ck_assert_uint_lt(v, mesh->vertices);
    return (tot_vector){mesh->x[v], mesh->y[v], mesh->z[v]};
}

/* Six times the volume of the tetrahedron that a triangle makes with the origin: summed over a
 * closed surface whose faces all turn outwards it is six times the volume inside. */
static double determinant(tot_vector a, tot_vector b, tot_vector c) {
    return a.x * (b.y * c.z - b.z * c.y) + a.y * (b.z * c.x - b.x * c.z) +
           a.z * (b.x * c.y - b.y * c.x);
}

START_TEST(mesh_encloses_the_stars) {
    tot_error error;
    tot_mesh mesh;
    tot_system *system = create(_i, 24);
    double *memory = allocate_mesh(system, &mesh);
    const tot_system_geometry g = tot_system_get_geometry(system);
    double volume = 0, area[2] = {0, 0}, hottest = 0, brightest = 0;
    ck_assert_int_eq(tot_system_mesh(system, &mesh, &error), TOT_OK);
    for (size_t f = 0; f < mesh.faces; f++) {
        const tot_vector a = corner(&mesh, f, 0), b = corner(&mesh, f, 1);
        const tot_vector c = corner(&mesh, f, 2), d = corner(&mesh, f, 3);
        volume += (determinant(a, b, c) + determinant(a, c, d)) / 6;
        area[(size_t)mesh.star[f] - 1] += mesh.area[f];
        hottest = fmax(hottest, mesh.temperature[f]);
        brightest = fmax(brightest, mesh.intensity[f]);
        const double x = 0.25 * (a.x + b.x + c.x + d.x);
        ck_assert(mesh.star[f] == 1 ? x < 0.8 : x > 0.2);
    }
    /* The two stars in contact close each other at the neck. Flat faces lie inside the surface. */
    ck_assert_double_eq_tol(volume / (g.volume[0] + g.volume[1]), 1, 4e-3);
    ck_assert_double_lt(volume, g.volume[0] + g.volume[1]);
    for (size_t k = 0; k < 2; k++)
        ck_assert_double_eq_tol(area[k], g.area[k], 1e-12);
    ck_assert_double_gt(hottest, 5800);
    ck_assert_double_eq(brightest, 1);
    for (size_t k = 0; k < TOT_FACE_CORNERS * mesh.faces; k++)
        mesh.x[mesh.corners[k]] = NAN; /* every vertex belongs to a face */
    for (size_t v = 0; v < mesh.vertices; v++)
        ck_assert(isnan(mesh.x[v]));
    tot_free(mesh.corners);
    tot_free(memory);
    tot_system_free(system);
}
END_TEST

/* The spot is where the parameters say, in the frame of the star as it was given. */
START_TEST(mesh_shows_the_spot) {
    tot_error error;
    tot_mesh mesh;
    tot_system *system = create(_i, 24);
    double *memory = allocate_mesh(system, &mesh);
    size_t dark = 0;
    const double colatitude = spot.colatitude * PI / 180, longitude = spot.longitude * PI / 180;
    const tot_vector centre = {sin(colatitude) * cos(longitude), sin(colatitude) * sin(longitude),
                               cos(colatitude)};
    ck_assert_int_eq(tot_system_mesh(system, &mesh, &error), TOT_OK);
    for (size_t f = 0; f < mesh.faces; f++) {
        const tot_vector a = corner(&mesh, f, 0), c = corner(&mesh, f, 2);
        const tot_vector m = {a.x + c.x, a.y + c.y, a.z + c.z};
        const double angle = acos((m.x * centre.x + m.y * centre.y + m.z * centre.z) /
                                  sqrt(m.x * m.x + m.y * m.y + m.z * m.z)) *
                             180 / PI;
        if (mesh.star[f] == 1 && angle < spot.radius - 5) {
            ck_assert_double_lt(mesh.temperature[f], 0.75 * 5800);
            dark++;
        } else if (mesh.star[f] == 1 && angle > spot.radius + 5) {
            ck_assert_double_gt(mesh.temperature[f], 0.8 * 5800);
        }
    }
    ck_assert_uint_gt(dark, 20);
    tot_free(mesh.corners);
    tot_free(memory);
    tot_system_free(system);
}
END_TEST

START_TEST(mesh_reports_failed_allocations) {
    tot_error error;
    tot_mesh mesh;
    tot_binary p = example(0);
    tot_system *system;
    bool failed = true;
    p.resolution = 6;
    p.reflection = true;
    ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
    double *memory = allocate_mesh(system, &mesh);
    for (size_t n = 0; n < 100 && failed; n++) {
        failing_allocator_begin(n);
        const tot_status status = tot_system_mesh(system, &mesh, &error);
        failed = failing_allocator_end();
        ck_assert_int_eq(status, failed ? TOT_ERROR_MEMORY : TOT_OK);
    }
    ck_assert(!failed);
    tot_free(mesh.corners);
    tot_free(memory);
    tot_system_free(system);
}
END_TEST

static double sum_of_picture(const tot_system *system, double phase) {
    static float pixels[WIDTH * HEIGHT];
    tot_error error;
    double sum = 0;
    ck_assert_int_eq(tot_system_picture(system, phase, WIDTH, HEIGHT, 1, pixels, &error), TOT_OK);
    for (size_t k = 0; k < WIDTH * HEIGHT; k++)
        sum += pixels[k];
    /* Room is left at the edges. */
    for (size_t k = 0; k < WIDTH; k++)
        ck_assert(pixels[k] == 0 && pixels[(HEIGHT - 1) * WIDTH + k] == 0);
    for (size_t k = 0; k < HEIGHT; k++)
        ck_assert(pixels[k * WIDTH] == 0 && pixels[k * WIDTH + WIDTH - 1] == 0);
    return sum;
}

/* The two ways to the flux share nothing but the potential and the intensities: one sums cells of a
 * mesh, the other follows lines of sight. */
START_TEST(picture_has_the_flux_of_the_light_curve) {
    tot_error error;
    const double phases[] = {0, 0.04, 0.1, 0.4, 0.47, 0.5, 0.75, 0.93};
    double flux[8];
    tot_system *system = create(_i, 40);
    ck_assert_int_eq(tot_system_light_curve(system, phases, 8, flux, &error), TOT_OK);
    const double at_quadrature = sum_of_picture(system, 0.25);
    for (size_t k = 0; k < 8; k++)
        ck_assert_double_eq_tol(sum_of_picture(system, phases[k]) / at_quadrature, flux[k], 2e-3);
    tot_system_free(system);
}
END_TEST

/* Up is the axis of rotation, and star 2 is on the right at phase 0.25. */
START_TEST(picture_is_the_right_way_round) {
    static float pixels[WIDTH * HEIGHT];
    tot_error error;
    tot_binary p = example(2);
    tot_system *system;
    p.spot_count = 0;
    p.temperature[0] = 20000;
    ck_assert_int_eq(tot_system_create(&p, &system, &error), TOT_OK);
    ck_assert_int_eq(tot_system_picture(system, 0.25, WIDTH, HEIGHT, 1, pixels, &error), TOT_OK);
    double left = 0, right = 0;
    for (size_t k = 0; k < WIDTH * HEIGHT; k++)
        *(k % WIDTH < WIDTH / 2 ? &left : &right) += pixels[k];
    ck_assert_double_gt(left, 3 * right);
    /* Phase 0.5: star 1 in front of star 2; seen from above the orbit, it is the lower one. */
    ck_assert_int_eq(tot_system_picture(system, 0.5, WIDTH, HEIGHT, 1, pixels, &error), TOT_OK);
    double upper = 0, lower = 0;
    for (size_t k = 0; k < WIDTH * HEIGHT; k++)
        *(k < WIDTH * HEIGHT / 2 ? &upper : &lower) += pixels[k];
    ck_assert_double_gt(lower, 1.2 * upper);
    tot_system_free(system);
}
END_TEST

Suite *views_suite(void) {
    Suite *suite = suite_create("views");
    TCase *tests = tcase_create("views");
    tcase_add_test(tests, volume_is_that_of_known_bodies);
    tcase_add_test(tests, wrong_arguments_are_named);
    tcase_add_test(tests, velocities_report_failed_allocations);
    tcase_add_loop_test(tests, mesh_encloses_the_stars, 0, 3);
    tcase_add_loop_test(tests, mesh_shows_the_spot, 0, 3);
    tcase_add_test(tests, mesh_reports_failed_allocations);
    tcase_add_loop_test(tests, picture_has_the_flux_of_the_light_curve, 0, 3);
    tcase_add_test(tests, picture_is_the_right_way_round);
    suite_add_tcase(suite, tests);
    return suite;
}
