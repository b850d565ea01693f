/* Grey pixels as bytes: as PNG files and the shards of data sets keep them. */
#ifndef TOT_IMAGE_GREY_H
#define TOT_IMAGE_GREY_H

#include <stddef.h>

/* 0 black to 1 white becomes 0 to 255, rounded; what lies beyond is clamped, NaN is black. */
void tot_grey_from_pixels(const float *pixels, size_t count, unsigned char *grey);

/* The other way, 255 exactly to 1. */
void tot_grey_to_pixels(const unsigned char *grey, size_t count, float *pixels);

#endif
