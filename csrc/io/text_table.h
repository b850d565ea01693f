/* Light curves in text: tables separated by white space, commas, semicolons or tabs.
 *
 * Lines that begin with # are comments. A header is a first row in which nothing is a number, or
 * else the last comment before the first row if it names a column for each of the row's. What the
 * columns mean: io/table_columns.h; what becomes of the rows: io/table_parser.h. */
#ifndef TOT_IO_TEXT_TABLE_H
#define TOT_IO_TEXT_TABLE_H

#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"
#include "io/table_columns.h"

/* Reads a file's bytes; path is for the messages, which begin with path or path:line. request may
 * be NULL. The caller frees the curve; it is empty on failure. TOT_ERROR_FORMAT: the content. */
tot_status tot_text_table_read(const char *path, const char *bytes, size_t size,
                               const tot_table_request *request, tot_light_curve *curve,
                               tot_error *error);

/* The names of the columns, one a line, to be freed with free(); NULL when there is no header. */
tot_status tot_text_table_names(const char *path, const char *bytes, size_t size, char **names,
                                tot_error *error);

#endif
