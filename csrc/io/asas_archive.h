/* The archive files of ASAS-3 (Pojmanski 2002, Acta Astron. 52, 397; their form is told in the head
 * of the files of http://www.astrouw.edu.pl/asas): blocks, one a field, each with "#key= value"
 * lines and a header of its own,
 *
 *     #     HJD      MAG_1  MAG_0 ...  MER_1 MER_0 ... GRADE FRAME
 *
 * There are five apertures, in an order that changes from block to block; the first named is the
 * one advised for the star's brightness in that field. One aperture is read throughout, the one
 * advised in the blocks with most measurements. Grades A and B count; C, D and 29.999 are no
 * measurement. Times are HJD - 2450000 in the file, HJD in the curve. Each block has a zero point
 * of its own: its number (#dataset=) is the segment of its points. */
#ifndef TOT_IO_ASAS_ARCHIVE_H
#define TOT_IO_ASAS_ARCHIVE_H

#include <stddef.h>

#include "base/status.h"
#include "io/light_curve.h"

/* Reads a file's bytes; path is for the messages, which begin with path or path:line. The caller
 * frees the curve; it is empty on failure. TOT_ERROR_FORMAT: the content. */
tot_status tot_asas_archive_read(const char *path, const char *bytes, size_t size,
                                 tot_light_curve *curve, tot_error *error);

#endif
