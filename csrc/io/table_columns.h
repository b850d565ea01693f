/* Which columns of a table hold a light curve.
 *
 * They are found, in this order of preference, by the caller's choice; by the names in a header;
 * else they are 1 = time, 2 = magnitude or flux, 3 = its error, if there is one. Recognised names,
 * in any case, units in brackets ignored, are
 *
 *     time       time..., t, hjd..., bjd..., jd..., mjd..., rjd, btjd, bkjd, date
 *     phase      phase..., ph
 *     magnitude  mag..., ...mag, m, a band: u b v r i g z y rc ic
 *     flux       anything with "flux", intensity, counts, f; df/f, delta flux: flux - 1
 *     error      anything with "err", "sigma" or "uncert", e_..., mer_..., sig, e
 *     segment    segment, dataset, quarter, sector, campaign, camera
 *     band       band, filter, filtercode, passband, phot_filter
 *
 * With several of a kind the first counts, and the first error to the right of the value. */
#ifndef TOT_IO_TABLE_COLUMNS_H
#define TOT_IO_TABLE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"

/* A column by its header's name (any case), or by number from 1; {NULL, 0}: not chosen. */
typedef struct tot_column {
    const char *name;
    size_t number;
} tot_column;

/* What the caller wants or knows of a table; all zero: nothing. */
typedef struct tot_table_request {
    tot_axis axis;
    tot_quantity quantity;
    bool name_is_band; /* a value's column "V" may hold flux as well: the numbers tell */
    tot_column x, value, error;
    tot_column segment, band, flag;
    tot_column ra, dec;            /* degrees; the first row's count */
    const char *wanted_band;       /* where bands are named; NULL: the one with most points */
    const char *const *good_flags; /* what the flag of a good point says */
    size_t good_flag_count;
} tot_table_request;

/* Numbers of columns from 0; SIZE_MAX: there is none. */
typedef struct tot_table_columns {
    size_t x, value, error, segment, band, flag, ra, dec;
} tot_table_columns;

/* Finds the columns. `count` names (0 without a header); names that are uncertain (a comment above
 * the table) don't count unless they name time and value, or the caller asks for one of them.
 * `width` is the number of columns of the first row, `line` where that is. axis and quantity stay
 * GUESS when nothing tells. TOT_ERROR_FORMAT: no such column. */
tot_status tot_table_columns_choose(const tot_table_request *request, char *const *names,
                                    size_t count, bool uncertain, size_t width, const char *path,
                                    size_t line, tot_table_columns *columns, tot_axis *axis,
                                    tot_quantity *quantity, tot_error *error);

#endif
