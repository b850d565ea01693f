#define _POSIX_C_SOURCE 200809L /* mkstemp */

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parallel.h"
#include "base/rng.h"
#include "curve/observe.h"
#include "curves.h"
#include "image/grey.h"
#include "image/png_io.h"
#include "image/prepare.h"
#include "image/raster.h"
#include "suites.h"

enum { WIDTH = 100, HEIGHT = 100, SIZE = WIDTH * HEIGHT };

/* The flux that a column shows: the mean row, weighted by the ink; NaN without ink. */
static double flux_of_column(const float *pixels, size_t width, size_t height, size_t column) {
    double ink = 0.0, row = 0.0;
    for (size_t k = 0; k < height; k++) {
        ink += (double)pixels[k * width + column];
        row += (double)pixels[k * width + column] * ((double)k + 0.5);
    }
    if (ink == 0.0)
        return NAN;
    ck_assert_double_eq_tol(ink, 1.0, 1e-6);
    return TOT_RASTER_TOP - row / ink / (double)height * (TOT_RASTER_TOP - TOT_RASTER_BOTTOM);
}

/* A column's ink is its height above the lower edge, in pixels. */
START_TEST(an_area_keeps_the_height_and_marks_guesses) {
    const double value[8] = {1, 0.5, NAN, NAN, 0.8, 0, 9, NAN};
    const double expected[6] = {1, 0.5, 0.6, 0.7, 0.8, 0};
    const tot_columns columns = {value, NULL, NAN};
    float pixels[8 * 26];
    tot_error error;
    ck_assert_int_eq(tot_raster(&columns, 8, 26, TOT_RASTER_AREA, pixels, &error), TOT_OK);
    for (int column = 0; column < 8; column++) {
        double ink = 0;
        for (int row = 0; row < 26; row++)
            ink += pixels[row * 8 + column];
        const double full = isnan(value[column]) ? 0.5 : 1.0;
        if (column < 6) {
            /* the mark's centre is half a pixel below its upper edge */
            const double height =
                (expected[column] - TOT_RASTER_BOTTOM) / (TOT_RASTER_TOP - TOT_RASTER_BOTTOM) * 26 +
                0.5;
            ck_assert_double_eq_tol(ink, full * height, 1e-4);
        }
        ck_assert_float_eq(pixels[25 * 8 + column], (float)full);
    }
    for (int column = 0; column < 8; column++)
        pixels[column] = 7;
    const double nothing[8] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    ck_assert_int_eq(
        tot_raster(&(tot_columns){nothing, NULL, NAN}, 8, 26, TOT_RASTER_AREA, pixels, &error),
        TOT_OK);
    for (int k = 0; k < 8 * 26; k++)
        ck_assert_float_eq(pixels[k], 0);
}
END_TEST

START_TEST(raster_keeps_the_flux) {
    double value[40];
    const tot_columns columns = {value, NULL, NAN};
    float pixels[40 * 30];
    tot_error error;
    for (size_t k = 0; k < 40; k++)
        value[k] = -0.1 + 1.2 * (double)k / 39;
    value[7] = NAN;
    ck_assert_int_eq(tot_raster(&columns, 40, 30, TOT_RASTER_MARKS, pixels, &error), TOT_OK);
    for (size_t k = 0; k < 40; k++) {
        const double shown = flux_of_column(pixels, 40, 30, k);
        if (k == 7)
            ck_assert(isnan(shown));
        else
            ck_assert_double_eq_tol(shown, value[k], 1e-6);
    }
}
END_TEST

START_TEST(raster_clamps_to_the_border_rows) {
    double value[8] = {5, -5, TOT_RASTER_TOP, TOT_RASTER_BOTTOM, INFINITY, -INFINITY, 0.5, 0.5};
    const tot_columns columns = {value, NULL, NAN};
    float pixels[8 * 10];
    tot_error error;
    ck_assert_int_eq(tot_raster(&columns, 8, 10, TOT_RASTER_MARKS, pixels, &error), TOT_OK);
    for (size_t k = 0; k < 6; k++)
        ck_assert_float_eq(pixels[(k % 2 == 0 ? 0 : 9) * 8 + k], 1.0f);
    /* flux 0.5 is the middle: half the ink in either row */
    ck_assert_float_eq_tol(pixels[4 * 8 + 6], 0.5f, 1e-6f);
    ck_assert_float_eq_tol(pixels[5 * 8 + 6], 0.5f, 1e-6f);
    ck_assert_int_eq(tot_raster(&columns, 7, 10, TOT_RASTER_MARKS, pixels, &error),
                     TOT_ERROR_ARGUMENT);
    ck_assert_int_eq(tot_raster(&columns, 8, 7, TOT_RASTER_MARKS, pixels, &error),
                     TOT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(ink_tells_what_is_sure_and_paper_how_deep_the_curve_is) {
    enum { TALL = 26 };
    const double value[8] = {0.5, 0.5, 0.5, 0.5, NAN, 0.5, 0.5, 0.5};
    const double sigma[8] = {0, 0.1, 0.3, 1e9, NAN, 0, 0, 0};
    const double sure[8] = {1, 0.5, 0.1, 0, 0, 1, 1, 1};
    const double depth[5] = {0, 0.4, 1, 7, NAN}, paper[5] = {0, 0.2, 0.5, 0.5, 0};
    float pixels[8 * TALL];
    tot_error error;
    for (int k = 0; k < 5; k++) {
        const tot_columns columns = {value, sigma, depth[k]};
        ck_assert_int_eq(tot_raster(&columns, 8, TALL, TOT_RASTER_AREA, pixels, &error), TOT_OK);
        for (int column = 0; column < 8; column++) {
            const double ink = paper[k] + (1 - paper[k]) * (0.5 + 0.5 * sure[column]);
            for (int row = 0; row < TALL; row++) {
                const double pixel = pixels[row * 8 + column];
                if (row < TALL / 2 - 1)
                    ck_assert_double_eq_tol(pixel, paper[k], 1e-6);
                else if (row > TALL / 2)
                    ck_assert_double_eq_tol(pixel, ink, 1e-6);
            }
        }
    }
}
END_TEST

/* ---- the whole chain ---- */

static tot_curve_summary chain(const double *phase, const double *flux, size_t count,
                               float *pixels) {
    tot_image_options options = tot_image_options_default();
    tot_curve_summary summary;
    tot_error error;
    options.style = TOT_RASTER_MARKS;
    ck_assert_msg(tot_curve_to_image(phase, flux, count, &options, pixels, &summary, &error) ==
                      TOT_OK,
                  "%s", error.message);
    return summary;
}

START_TEST(chain_draws_the_curve) {
    static const size_t counts[] = {40, 100, 101, 500, 20000};
    static double phase[20000], flux[20000];
    static float pixels[SIZE];
    for (size_t c = 0; c < 5; c++) {
        const size_t count = counts[c];
        for (size_t k = 0; k < count; k++) {
            phase[k] = (double)k / (double)count + 5.0;
            flux[k] = 7.0 * contact_curve(phase[k] + 0.17, 0.5, 0.1, 0.05);
        }
        const tot_curve_summary s = chain(phase, flux, count, pixels);
        ck_assert_uint_eq(s.n_points, count);
        ck_assert_uint_eq(s.n_used, count);
        ck_assert_uint_eq(s.n_outliers, 0);
        ck_assert_double_eq_tol(s.shift, -0.17, 0.002);
        ck_assert_double_eq_tol(s.top, 7.0, 0.1);
        ck_assert_double_eq_tol(s.bottom, 3.5, 0.1);
        ck_assert_double_eq_tol(s.depth, 0.5, 0.015);
        ck_assert_double_eq_tol(s.secondary_depth, 0.4, 0.015);
        ck_assert(s.noise < 0.006);
        if (count >= 100)
            ck_assert_int_eq(s.flatness.flatter, TOT_MINIMUM_SECONDARY);
        ck_assert(s.n_empty_columns <= (count >= 100 ? 1 : 60));
        for (size_t k = 0; k < WIDTH; k++) {
            const double shown = flux_of_column(pixels, WIDTH, HEIGHT, k);
            const double centre = ((double)k + 0.5) / WIDTH - 0.25;
            const double expected = (contact_curve(centre, 0.5, 0.1, 0.05) - 0.5) / 0.5;
            /* half a column on the steepest slope, 2 pi a cycle, and the fit's error in scale */
            if (!isnan(shown))
                ck_assert_double_eq_tol(shown, expected, 0.035 + 0.02);
        }
    }
}
END_TEST

START_TEST(images_do_not_depend_on_order_epoch_or_scale) {
    tot_rng rng = tot_rng_stream(21, 0);
    double phase[250], flux[250], other_phase[250], other_flux[250];
    static float pixels[SIZE], other[SIZE];
    for (size_t k = 0; k < 250; k++) {
        phase[k] = tot_rng_uniform(&rng) - 0.5;
        flux[k] = contact_curve(phase[k], 0.4, 0.06, 0.04) + 0.02 * tot_rng_normal(&rng);
    }
    flux[13] = 2.5;
    const tot_curve_summary a = chain(phase, flux, 250, pixels);
    ck_assert_uint_eq(a.n_outliers, 1);
    /* another order: the same bits */
    for (size_t k = 0; k < 250; k++) {
        other_phase[k] = phase[(k * 101 + 17) % 250];
        other_flux[k] = flux[(k * 101 + 17) % 250];
    }
    tot_curve_summary b = chain(other_phase, other_flux, 250, other);
    ck_assert_mem_eq(pixels, other, sizeof pixels);
    ck_assert_mem_eq(&a.noise, &b.noise, sizeof a.noise);
    /* another epoch, whole cycles, another unit */
    for (size_t k = 0; k < 250; k++) {
        other_phase[k] = phase[k] + 0.5 + 0.0137 + (double)(k % 7);
        other_flux[k] = 3000.0 * flux[k];
    }
    b = chain(other_phase, other_flux, 250, other);
    for (size_t k = 0; k < SIZE; k++)
        ck_assert_float_eq_tol(pixels[k], other[k], 1e-4f);
    ck_assert_double_eq_tol(a.noise, b.noise, 1e-9);
    ck_assert_double_eq_tol(a.depth, b.depth, 1e-9);
}
END_TEST

START_TEST(paper_is_as_grey_as_the_curve_is_deep) {
    double phase[300], flux[300];
    static float pixels[SIZE];
    tot_image_options options = tot_image_options_default();
    tot_error error;
    /* scale and zero point of the flux: without its zero point a depth is not known */
    const double scale[] = {1, 700, 1, 2.5, -1, 1}, zero[] = {0, 0, -2, -1.5, 0, 0};
    for (size_t c = 0; c < 6; c++) {
        const bool known = c < 2;
        tot_curve_summary summary;
        options.hide_depth = c == 5;
        for (size_t k = 0; k < 300; k++) {
            phase[k] = (double)k / 300;
            flux[k] = zero[c] + scale[c] * contact_curve(phase[k] + (scale[c] < 0 ? 0.25 : 0.0),
                                                         0.4, 0.06, 0.04);
        }
        ck_assert_int_eq(tot_curve_to_image(phase, flux, 300, &options, pixels, &summary, &error),
                         TOT_OK);
        if (known)
            ck_assert_double_eq_tol(summary.depth, 0.4, 0.015);
        for (size_t k = 0; k < WIDTH; k++)
            ck_assert_float_eq_tol(pixels[k], known ? (float)(summary.depth / 2) : 0, 1e-6f);
    }
}
END_TEST

/* Four points a column, one of them four sigma too faint: it moves the mean by less than a quarter
 * of that. */
START_TEST(points_in_the_tails_move_a_column_little) {
    enum { COUNT = 4 * WIDTH, POINT = 162 };
    static double phase[COUNT], flux[COUNT];
    static float pixels[2][SIZE];
    const double noise = 0.03;
    double amplitude = 0.0, height[2];
    for (int faint = 0; faint < 2; faint++) {
        tot_rng rng = tot_rng_stream(23, 0);
        for (size_t k = 0; k < COUNT; k++) {
            phase[k] = ((double)k + 0.5) / COUNT - 0.25;
            flux[k] = contact_curve(phase[k], 0.45, 0.05, 0.05) + noise * tot_rng_normal(&rng);
        }
        flux[POINT] = contact_curve(phase[POINT], 0.45, 0.05, 0.05) - faint * 4.0 * noise;
        const tot_curve_summary summary = chain(phase, flux, COUNT, pixels[faint]);
        ck_assert_uint_eq(summary.n_outliers, 0);
        amplitude = summary.top - summary.bottom;
        const double column = (phase[POINT] - summary.shift + 0.25) * WIDTH;
        height[faint] = flux_of_column(pixels[faint], WIDTH, HEIGHT, (size_t)column);
    }
    const double of_plain_mean = 4.0 * noise / 4.0 / amplitude;
    ck_assert(height[0] - height[1] > 0.1 * of_plain_mean);
    ck_assert(height[0] - height[1] < 0.7 * of_plain_mean);
}
END_TEST

START_TEST(chain_refuses_what_is_no_curve) {
    double phase[50], flux[50];
    static float pixels[SIZE];
    tot_image_options options = tot_image_options_default();
    tot_curve_summary summary;
    tot_error error;
    for (size_t k = 0; k < 50; k++) {
        phase[k] = (double)k / 50;
        flux[k] = cosine_curve(phase[k], 0.4);
    }
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 2, &options, pixels, &summary, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "2 points, at least 10 are needed");
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 0, &options, pixels, &summary, &error),
                     TOT_ERROR_FORMAT);
    options.width = 4;
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 50, &options, pixels, &summary, &error),
                     TOT_ERROR_ARGUMENT);
    options = tot_image_options_default();
    options.sigma_upper = NAN;
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 50, &options, pixels, &summary, &error),
                     TOT_ERROR_ARGUMENT);
    options = tot_image_options_default();
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 50, &options, NULL, NULL, &error), TOT_OK);
    flux[20] = INFINITY;
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 50, &options, pixels, &summary, &error),
                     TOT_ERROR_FORMAT);
    for (size_t k = 0; k < 50; k++)
        flux[k] = 12.5;
    ck_assert_int_eq(tot_curve_to_image(phase, flux, 50, &options, pixels, &summary, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.message, "doesn't vary"));
}
END_TEST

enum { CURVES = 64 };
static float shelf[2][CURVES][SIZE];

static void make_one(void *context, size_t index, size_t worker) {
    float(*images)[SIZE] = context;
    double model[101], phase[100], flux[100];
    (void)worker;
    tot_rng rng = tot_rng_stream(22, index);
    for (size_t k = 0; k < 101; k++)
        model[k] = contact_curve((double)k / 101, 0.3, 0.02, 0.03);
    tot_error error;
    tot_curve_summary summary;
    const tot_image_options options = tot_image_options_default();
    tot_status status = tot_observe(model, 101, 0.0, 100, TOT_SAMPLING_RANDOM, 0.0, 0.05, &rng,
                                    phase, flux, &error);
    if (status == TOT_OK)
        status = tot_curve_to_image(phase, flux, 100, &options, images[index], &summary, &error);
    if (status != TOT_OK)
        memset(images[index], 0, sizeof images[index]);
}

START_TEST(threads_make_the_same_images) {
    tot_parallel_for(1, CURVES, make_one, shelf[0]);
    tot_parallel_for(3, CURVES, make_one, shelf[1]);
    ck_assert_mem_eq(shelf[0], shelf[1], sizeof shelf[0]);
    float ink = 0;
    for (size_t k = 0; k < SIZE; k++)
        ink += shelf[0][5][k];
    ck_assert(ink > 30);
}
END_TEST

/* ---- PNG ---- */

START_TEST(png_reads_back) {
    float pixels[9 * 12];
    char path[] = "/tmp/totality_png_XXXXXX";
    tot_error error;
    close(mkstemp(path));
    for (size_t k = 0; k < 9 * 12; k++)
        pixels[k] = (float)k / 80.0f - 0.1f; /* from below 0 to above 1 */
    ck_assert_int_eq(tot_png_write(path, pixels, 9, 12, &error), TOT_OK);
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert(png_image_begin_read_from_file(&image, path));
    ck_assert_uint_eq(image.width, 9);
    ck_assert_uint_eq(image.height, 12);
    ck_assert_uint_eq(image.format, PNG_FORMAT_GRAY);
    png_byte grey[9 * 12];
    ck_assert(png_image_finish_read(&image, NULL, grey, 0, NULL));
    for (size_t k = 0; k < 9 * 12; k++) {
        const double value = fmin(1.0, fmax(0.0, (double)pixels[k]));
        ck_assert_double_eq_tol((double)grey[k], 255.0 * value, 0.501);
    }
    remove(path);
}
END_TEST

START_TEST(png_names_the_file_it_cannot_write) {
    float pixels[64] = {0};
    tot_error error;
    ck_assert_int_eq(tot_png_write("/nowhere/at/all.png", pixels, 8, 8, &error), TOT_ERROR_IO);
    ck_assert_str_eq(error.message, "/nowhere/at/all.png: No such file or directory");
    ck_assert_int_eq(tot_png_write("x.png", pixels, 0, 8, &error), TOT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(grey_bytes_keep_pixels_to_half_a_step) {
    const float pixels[8] = {0.0f, 1.0f, -3.0f, 7.0f, NAN, 0.5f, 0.0019f, 0.9981f};
    const unsigned char expected[8] = {0, 255, 0, 255, 0, 128, 0, 255};
    unsigned char grey[256];
    float back[256];
    tot_grey_from_pixels(pixels, 8, grey);
    ck_assert_mem_eq(grey, expected, sizeof expected);
    for (int k = 0; k < 256; k++)
        grey[k] = (unsigned char)k;
    tot_grey_to_pixels(grey, 256, back);
    ck_assert_float_eq(back[255], 1.0f);
    ck_assert_float_eq(back[0], 0.0f);
    unsigned char again[256];
    tot_grey_from_pixels(back, 256, again);
    ck_assert_mem_eq(again, grey, sizeof grey);
}
END_TEST

Suite *image_suite(void) {
    Suite *suite = suite_create("image");
    TCase *tcase = tcase_create("image");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, an_area_keeps_the_height_and_marks_guesses);
    tcase_add_test(tcase, raster_keeps_the_flux);
    tcase_add_test(tcase, raster_clamps_to_the_border_rows);
    tcase_add_test(tcase, ink_tells_what_is_sure_and_paper_how_deep_the_curve_is);
    tcase_add_test(tcase, chain_draws_the_curve);
    tcase_add_test(tcase, images_do_not_depend_on_order_epoch_or_scale);
    tcase_add_test(tcase, paper_is_as_grey_as_the_curve_is_deep);
    tcase_add_test(tcase, points_in_the_tails_move_a_column_little);
    tcase_add_test(tcase, chain_refuses_what_is_no_curve);
    tcase_add_test(tcase, threads_make_the_same_images);
    tcase_add_test(tcase, grey_bytes_keep_pixels_to_half_a_step);
    tcase_add_test(tcase, png_reads_back);
    tcase_add_test(tcase, png_names_the_file_it_cannot_write);
    suite_add_tcase(suite, tcase);
    return suite;
}
