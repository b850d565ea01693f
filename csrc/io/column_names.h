/* What a column of a table holds, told by its name; the names are listed in io/table_columns.h. */
#ifndef TOT_IO_COLUMN_NAMES_H
#define TOT_IO_COLUMN_NAMES_H

#include <stdbool.h>

typedef enum tot_column_kind {
    TOT_COLUMN_OTHER,
    TOT_COLUMN_TIME,
    TOT_COLUMN_PHASE,
    TOT_COLUMN_MAGNITUDE,
    TOT_COLUMN_FLUX,
    TOT_COLUMN_RELATIVE_FLUX,
    TOT_COLUMN_ERROR,
    TOT_COLUMN_SEGMENT,
    TOT_COLUMN_BAND
} tot_column_kind;

tot_column_kind tot_column_kind_of(const char *name);

/* The same name but for upper and lower case (ASCII). */
bool tot_names_equal(const char *a, const char *b);

/* A field that stands for no value: empty, dashes, NA, N/A, null, none. NaN is
 * none of them: it is what a failed calculation leaves behind. */
bool tot_is_missing(const char *text);

#endif
