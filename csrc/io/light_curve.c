#include "io/light_curve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void tot_light_curve_begin(tot_light_curve *curve) {
    *curve = (tot_light_curve){.ra = NAN, .dec = NAN};
}

void tot_light_curve_free(tot_light_curve *curve) {
    free(curve->x);
    free(curve->value);
    free(curve->error);
    free(curve->segment);
    free(curve->band);
    tot_light_curve_begin(curve);
}

bool tot_light_curve_reserve(tot_light_curve *curve, size_t count) {
    double **const columns[] = {&curve->x, &curve->value, &curve->error, &curve->segment,
                                &curve->band};
    if (count <= curve->capacity - curve->count)
        return true;
    if (count > SIZE_MAX / sizeof(double) / 2 - curve->count)
        return false;
    size_t capacity = curve->capacity < 256 ? 512 : 2 * curve->capacity;
    if (capacity < curve->count + count)
        capacity = curve->count + count;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
        double *larger = realloc(*columns[k], capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        *columns[k] = larger;
    }
    curve->capacity = capacity;
    return true;
}

void tot_light_curve_add(tot_light_curve *curve, double x, double value, double error,
                         double segment, double band) {
    const size_t k = curve->count++;
    curve->x[k] = x;
    curve->value[k] = value;
    curve->error[k] = error;
    curve->segment[k] = segment;
    curve->band[k] = band;
}

size_t tot_light_curve_filter(tot_light_curve *curve, const bool *keep) {
    const size_t count = curve->count;
    curve->count = 0;
    for (size_t k = 0; k < count; k++)
        if (keep[k])
            tot_light_curve_add(curve, curve->x[k], curve->value[k], curve->error[k],
                                curve->segment[k], curve->band[k]);
    return count - curve->count;
}

void tot_copy_name(char to[TOT_NAME_SIZE], const char *from) {
    size_t length = strlen(from);
    if (length > TOT_NAME_SIZE - 1)
        length = TOT_NAME_SIZE - 1;
    /* no half characters: UTF-8's later bytes begin with the bits 10 */
    while (length > 0 && from[length] != '\0' && ((unsigned char)from[length] & 0xc0) == 0x80)
        length--;
    memcpy(to, from, length);
    to[length] = '\0';
}
