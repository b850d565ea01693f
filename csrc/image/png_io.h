/* Grey images as PNG files. */
#ifndef TOT_IMAGE_PNG_IO_H
#define TOT_IMAGE_PNG_IO_H

#include <stddef.h>

#include "base/status.h"

/* Writes pixels (height * width, row 0 on top, 0 black to 1 white, clamped) as an 8-bit grey PNG.
 * The file appears under its name when it is complete; a failure leaves what was there before.
 * TOT_ERROR_IO with the path in the message; TOT_ERROR_ARGUMENT: an empty image, or one larger than
 * the format holds. */
tot_status tot_png_write(const char *path, const float *pixels, size_t width, size_t height,
                         tot_error *error);

#endif
