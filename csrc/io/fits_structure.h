/* The structure of a FITS file (FITS Standard 4.0, sections 3 and 4), checked before CFITSIO reads
 * it: headers that break the rules lead CFITSIO 4.2 beyond its buffers. */
#ifndef TOT_IO_FITS_STRUCTURE_H
#define TOT_IO_FITS_STRUCTURE_H

#include <stddef.h>

#include "base/status.h"

enum { TOT_FITS_BLOCK = 2880, TOT_FITS_CARD = 80 }; /* bytes */

/* Sets *good to the number of bytes up to the first header-data unit that is damaged: all of them
 * when none is. Data may be cut off at the end of the file. What is wrong with the damaged unit is
 * in `error`, behind path; TOT_ERROR_FORMAT when it is the first unit. */
tot_status tot_fits_structure_check(const char *path, const char *bytes, size_t size, size_t *good,
                                    tot_error *error);

#endif
