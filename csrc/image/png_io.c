#include "image/png_io.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "image/grey.h"

typedef struct png_failure {
    char text[160];
} png_failure;

static void on_error(png_structp png, png_const_charp text) {
    png_failure *failure = png_get_error_ptr(png);
    snprintf(failure->text, sizeof failure->text, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png, (void)text; /* the core prints nothing */
}

/* Everything that a longjmp could make indeterminate lives in the caller. */
static int encode(FILE *file, const float *pixels, size_t width, size_t height, png_byte *row,
                  png_failure *failure) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, failure, on_error, on_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        png_destroy_write_struct(&png, NULL);
        snprintf(failure->text, sizeof failure->text, "not enough memory");
        return -1;
    }
    /* png and info don't change after this */
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_write_struct(&png, &info);
        return -1;
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (size_t y = 0; y < height; y++) {
        tot_grey_from_pixels(pixels + y * width, width, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return 0;
}

tot_status tot_png_write(const char *path, const float *pixels, size_t width, size_t height,
                         tot_error *error) {
    static const char SUFFIX[] = ".part";
    if (width == 0 || height == 0 || width > PNG_UINT_31_MAX || height > PNG_UINT_31_MAX)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "an image of %zu x %zu pixels makes no PNG",
                        width, height);
    const size_t length = strlen(path);
    png_byte *row = tot_allocate(width, 1);
    char *partial = tot_allocate(length + sizeof SUFFIX, 1);
    png_failure failure = {""};
    FILE *file = NULL;
    tot_status status;
    if (row == NULL || partial == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory");
        goto done;
    }
    memcpy(partial, path, length);
    memcpy(partial + length, SUFFIX, sizeof SUFFIX);
    file = fopen(partial, "wb");
    if (file == NULL) {
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
        goto done;
    }
    status = TOT_OK;
    errno = 0;
    if (encode(file, pixels, width, height, row, &failure) != 0)
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path,
                          errno != 0 ? strerror(errno) : failure.text);
    if (fclose(file) != 0 && status == TOT_OK)
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
    if (status == TOT_OK && rename(partial, path) != 0)
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
    if (status != TOT_OK)
        remove(partial);
done:
    tot_free(row);
    tot_free(partial);
    return status;
}
