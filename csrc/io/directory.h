/* Directories for what is written. */
#ifndef TOT_IO_DIRECTORY_H
#define TOT_IO_DIRECTORY_H

#include "base/status.h"

/* Makes the directory, unless it is there; its parent must be. TOT_ERROR_IO, with a message that
 * begins with the path, when it can't be made or is something else. */
tot_status tot_directory_make(const char *path, tot_error *error);

#endif
