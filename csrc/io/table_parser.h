/* A light curve from the rows of a table, whatever the table was written in: names of the columns
 * (perhaps), then rows of fields. See io/table_columns.h for the choice of the columns.
 *
 * A row is skipped and counted when its time or value is empty, NA, N/A, null, none or dashes,
 * when the value is a limit (>17.1, <17.1), when its flag isn't one of the good ones, or when it is
 * a magnitude of 29 or beyond (29.999 and 99.999 stand for "no measurement") or with an error of 9
 * or beyond (9.999 and 99.99 mean the same). An error that is one of those words, NaN, or not above
 * 0 becomes NaN. Anything else that is not a number, a time or value of NaN included, is an error.
 * Numbers are read in the C locale, whatever the program's.
 *
 * Of several pass bands one is kept. The segment of a point is the number in that column, or, when
 * the column has names (cameras), their number in the order of appearance, from 1.
 *
 * When neither the caller nor a name tells, the numbers do. The quantity is relative flux when the
 * values lie about 0 (some are negative, and the median's distance from 0 is less than half of
 * their range, 5th to 95th percentile); magnitude when 9 of 10 lie between 3 and 29 and the range
 * is below 5; flux otherwise. (Differential magnitudes lie about 0 as well: they need a name, or
 * the caller's word.) The axis is phase when all values lie in [-1, 1] and spread over 0.5 at
 * least; a Julian date never does. */
#ifndef TOT_IO_TABLE_PARSER_H
#define TOT_IO_TABLE_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/fields.h"
#include "io/labels.h"
#include "io/light_curve.h"
#include "io/table_columns.h"

/* Private. */
typedef struct tot_table_parser {
    const char *path;
    const tot_table_request *request;
    tot_light_curve *curve;
    tot_error *error;
    char *text;       /* of the names */
    tot_fields names; /* pointers into text */
    bool uncertain;   /* the names come from a comment */
    bool nan_is_missing;
    bool ready; /* columns known */
    tot_table_columns columns;
    size_t needed, rows;
    tot_labels segments, bands;
} tot_table_parser;

/* Everything is borrowed; request may be NULL. The curve is the caller's to free, also after a
 * failure. nan_is_missing: NaN stands for "no value" in this kind of file. */
void tot_table_parser_begin(tot_table_parser *parser, const char *path,
                            const tot_table_request *request, bool nan_is_missing,
                            tot_light_curve *curve, tot_error *error);

void tot_table_parser_end(tot_table_parser *parser);

/* The names of the columns, before the first row. The last call counts; NULL: there are none. */
tot_status tot_table_parser_names(tot_table_parser *parser, const tot_fields *names,
                                  bool uncertain);

/* The names, one a line, to be freed with free(); NULL when there are none or memory is out. */
char *tot_table_parser_joined_names(const tot_table_parser *parser);

/* One row; `line` is where it is in the file. */
tot_status tot_table_parser_row(tot_table_parser *parser, const tot_fields *row, size_t line);

/* After the last row: quantity, axis, band and segments are settled. */
tot_status tot_table_parser_finish(tot_table_parser *parser);

#endif
