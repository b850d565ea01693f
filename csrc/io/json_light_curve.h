/* Light curves in JSON: the first object, at any depth, whose members are lists of numbers of one
 * length, one of them named as a time or a phase,
 *
 *     { "phase": [0, 0.01, ...], "V": [0.98, ...], "B": [0.97, ...] }
 *
 * The other lists are its values: magnitude or flux and its error by their names (see
 * io/table_columns.h), or one list a pass band. null in a list is no measurement. */
#ifndef TOT_IO_JSON_LIGHT_CURVE_H
#define TOT_IO_JSON_LIGHT_CURVE_H

#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"
#include "io/table_columns.h"

/* Reads a file's bytes; path is for the messages, which begin with it. request may be NULL; its
 * wanted_band is the name of a list. The caller frees the curve; it is empty on failure.
 * TOT_ERROR_FORMAT: the content. */
tot_status tot_json_light_curve_read(const char *path, const char *bytes, size_t size,
                                     const tot_table_request *request, tot_light_curve *curve,
                                     tot_error *error);

#endif
