#include "image/grey.h"

void tot_grey_from_pixels(const float *pixels, size_t count, unsigned char *grey) {
    for (size_t k = 0; k < count; k++) {
        const float value = pixels[k];
        grey[k] = value >= 1.0f ? 255 : value > 0.0f ? (unsigned char)(value * 255.0f + 0.5f) : 0;
    }
}

void tot_grey_to_pixels(const unsigned char *grey, size_t count, float *pixels) {
    for (size_t k = 0; k < count; k++)
        pixels[k] = (float)grey[k] / 255.0f;
}
