#define _POSIX_C_SOURCE 200809L /* mkdir */
#include "io/directory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

tot_status tot_directory_make(const char *path, tot_error *error) {
    if (mkdir(path, 0777) == 0)
        return TOT_OK;
    const int reason = errno;
    struct stat found;
    if (reason != EEXIST || stat(path, &found) != 0)
        return tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(reason));
    if (!S_ISDIR(found.st_mode))
        return tot_fail(error, TOT_ERROR_IO, "%s: this is no directory", path);
    return TOT_OK;
}
