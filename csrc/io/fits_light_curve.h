/* Light curves in FITS binary tables, as Kepler, K2, TESS and the pipelines that work on their
 * images write them (Kepler Archive Manual KDMC-10008; TESS Science Data Products EXP-TESS-ARC-
 * ICD-0014): the first table that has a column of times and one of fluxes under the names asked
 * for. Times are made Julian dates by BJDREFI + BJDREFF, or by the unit of the column ("BJD -
 * 2454833"). Rows without time or flux, or with another quality than 0, are skipped and counted. */
#ifndef TOT_IO_FITS_LIGHT_CURVE_H
#define TOT_IO_FITS_LIGHT_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"

/* Names of columns, in any case; of each list the first that a table has is taken. */
typedef struct tot_fits_request {
    const char *const *time, *const *flux, *const *quality;
    size_t time_count, flux_count, quality_count;
    const char *const *error; /* as many as fluxes: the error of each flux */
} tot_fits_request;

/* What the headers tell besides; "" or NaN when they don't. */
typedef struct tot_fits_about {
    double reference;          /* Julian date that was added to the times */
    double segment;            /* QUARTER, SECTOR or CAMPAIGN */
    char scale[TOT_NAME_SIZE]; /* TIMESYS, as "TDB" */
    char object[TOT_NAME_SIZE], flux_name[TOT_NAME_SIZE];
} tot_fits_about;

/* Reads a file's bytes; path is for the messages, which begin with it. The caller frees the curve;
 * it is empty on failure. TOT_ERROR_FORMAT: the content, a table larger than the file included. */
tot_status tot_fits_light_curve_read(const char *path, const char *bytes, size_t size,
                                     const tot_fits_request *request, tot_light_curve *curve,
                                     tot_fits_about *about, tot_error *error);

#endif
