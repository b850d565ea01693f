/* Light curves in VOTables (IVOA Recommendation VOTable 1.4), as VizieR, IRSA, Gaia and the TAP
 * services deliver them: the first TABLE whose data are there, its FIELD names as the header, one
 * row a TR. Data have to be TABLEDATA; BINARY, BINARY2 and FITS are refused with the advice to ask
 * the service for TABLEDATA. NaN and empty cells are no measurement. Names and rows: see
 * io/table_columns.h and io/table_parser.h; line numbers are those of the XML. */
#ifndef TOT_IO_VOTABLE_H
#define TOT_IO_VOTABLE_H

#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"
#include "io/table_columns.h"

/* Of the table's time: what a TIMESYS element says (VOTable 1.4, section 3.6); "" or NaN when it
 * says nothing. */
typedef struct tot_votable_time {
    double origin;                                       /* the Julian date to add */
    char scale[TOT_NAME_SIZE], reference[TOT_NAME_SIZE]; /* as "TCB", "BARYCENTER" */
} tot_votable_time;

/* Reads a file's bytes; path is for the messages, which begin with it. request may be NULL. The
 * caller frees the curve; it is empty on failure. TOT_ERROR_FORMAT: the content. */
tot_status tot_votable_read(const char *path, const char *bytes, size_t size,
                            const tot_table_request *request, tot_light_curve *curve,
                            tot_votable_time *time, tot_error *error);

/* The names of the fields, one a line, to be freed with free(); NULL when there are none. */
tot_status tot_votable_names(const char *path, const char *bytes, size_t size, char **names,
                             tot_error *error);

#endif
