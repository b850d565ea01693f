/* Light curves in text files: tables separated by white space, commas, semicolons or tabs.
 *
 * Lines that begin with # are comments. The columns are found, in this order of preference, by the
 * caller's choice; by a header (a first row in which nothing is a number, or the last comment
 * before the first row if it names a column for each of the row's); else they are 1 = time, 2 =
 * magnitude or flux, 3 = its error, if there is one. Recognised names, in any case, units in
 * brackets ignored:
 *
 *     time       time..., t, hjd..., bjd..., jd..., mjd..., rjd, btjd, bkjd, date
 *     phase      phase..., ph
 *     magnitude  mag..., ...mag, m, a band: u b v r i g z y rc ic
 *     flux       anything with "flux", intensity, counts, f; df/f, delta flux: flux - 1
 *     error      anything with "err", "sigma" or "uncert", e_..., mer_..., sig, e
 *
 * With several of a kind the first counts, and the first error to the right of the value.
 *
 * A row whose time or value is empty, NA, N/A, null, none or dashes, or a magnitude of 29 or
 * beyond (29.999 and 99.999 stand for "no measurement"), is skipped and counted. An error that is
 * one of these words, NaN, or not above 0 becomes NaN. Anything else that is not a number, a time
 * or value of NaN included, is an error. Numbers are read in the C locale, whatever the program's.
 */
#ifndef TOT_IO_TEXT_TABLE_H
#define TOT_IO_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* GUESS, when no name tells: relative flux when the values lie about 0 (some are negative, and the
 * median's distance from 0 is less than half of their range, 5th to 95th percentile); magnitude
 * when 9 of 10 lie between 3 and 29 and the range is below 5; flux otherwise. (Differential
 * magnitudes lie about 0 as well: they need a name, or the caller's word.) */
typedef enum tot_quantity {
    TOT_QUANTITY_GUESS,
    TOT_QUANTITY_FLUX,
    TOT_QUANTITY_MAGNITUDE,
    TOT_QUANTITY_RELATIVE_FLUX /* (flux - mean) / mean */
} tot_quantity;

/* GUESS, when no name tells: phase when all values lie in [-1, 1] and spread over 0.5 at
 * least. (A Julian date never does.) */
typedef enum tot_axis { TOT_AXIS_GUESS, TOT_AXIS_TIME, TOT_AXIS_PHASE } tot_axis;

/* A column by its header's name (any case), or by number from 1; {NULL, 0}: not chosen. */
typedef struct tot_column {
    const char *name;
    size_t number;
} tot_column;

typedef struct tot_table_request {
    tot_axis axis;
    tot_quantity quantity;
    tot_column x, value, error;
} tot_table_request;

typedef struct tot_text_table {
    size_t count;          /* rows */
    double *x;             /* time or phase */
    double *value;         /* as in the file, but 1 is added to a relative flux */
    double *error;         /* of value; NaN where unknown; NULL without such a column */
    tot_axis axis;         /* never GUESS */
    tot_quantity quantity; /* FLUX or MAGNITUDE */
    size_t skipped;        /* rows without a measurement */
} tot_text_table;

/* Reads the file; the caller frees the table. request may be NULL. TOT_ERROR_IO: can't be read;
 * TOT_ERROR_FORMAT: the content; the message starts with path or path:line. */
tot_status tot_text_table_read(const char *path, const tot_table_request *request,
                               tot_text_table *table, tot_error *error);

/* Frees the arrays and zeroes the table. */
void tot_text_table_free(tot_text_table *table);

#endif
