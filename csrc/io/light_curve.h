/* What every reader of light curves gives. */
#ifndef TOT_IO_LIGHT_CURVE_H
#define TOT_IO_LIGHT_CURVE_H

#include <stdbool.h>
#include <stddef.h>

enum { TOT_NAME_SIZE = 64 };

typedef enum tot_quantity {
    TOT_QUANTITY_GUESS, /* only in a request */
    TOT_QUANTITY_FLUX,
    TOT_QUANTITY_MAGNITUDE,
    TOT_QUANTITY_RELATIVE_FLUX /* only in a request: (flux - mean) / mean */
} tot_quantity;

typedef enum tot_axis { TOT_AXIS_GUESS, TOT_AXIS_TIME, TOT_AXIS_PHASE } tot_axis;

typedef struct tot_light_curve {
    size_t count, capacity;
    double *x;       /* time or phase */
    double *value;   /* as in the file, but 1 is added to a relative flux */
    double *error;   /* of value; NaN where unknown */
    double *segment; /* number of the data set, quarter, camera that a point is of */
    double *band;    /* number of its pass band; only while a table is read */
    bool has_error, has_segment;
    tot_axis axis;
    tot_quantity quantity;
    size_t skipped;             /* points without a measurement, or flagged as bad */
    size_t other_bands;         /* points in pass bands that weren't asked for */
    double ra, dec;             /* of the star (degrees, J2000); NaN when the file doesn't tell */
    char x_name[TOT_NAME_SIZE]; /* the header's name of x; "" without one */
    char band_name[TOT_NAME_SIZE]; /* the pass band; "" when the file doesn't tell */
} tot_light_curve;

/* An empty curve, to be freed. */
void tot_light_curve_begin(tot_light_curve *curve);

/* Frees the arrays and makes the curve empty. */
void tot_light_curve_free(tot_light_curve *curve);

/* Room for `count` points more; false when memory is out. */
bool tot_light_curve_reserve(tot_light_curve *curve, size_t count);

/* Adds a point; there has to be room for it. */
void tot_light_curve_add(tot_light_curve *curve, double x, double value, double error,
                         double segment, double band);

/* Keeps the points whose `keep` is true, in their order; returns how many were dropped. */
size_t tot_light_curve_filter(tot_light_curve *curve, const bool *keep);

/* Copies a name, cut to what there is room for. */
void tot_copy_name(char to[TOT_NAME_SIZE], const char *from);

#endif
