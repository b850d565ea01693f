#define _POSIX_C_SOURCE 200809L /* open, fstat */

#include "io/file_content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* A buffer of zlib's; a piece between two looks at the limits. */
enum { BUFFER = 1 << 15, PIECE = 16 << 20 };

static bool resize(tot_file_content *content, size_t capacity) {
    char *bytes = realloc(content->bytes, capacity + 1);
    if (bytes == NULL)
        return false;
    content->bytes = bytes;
    return true;
}

static tot_status reading_failed(const char *path, gzFile file, tot_error *error) {
    const int reason = errno;
    int code;
    gzerror(file, &code);
    if (code == Z_ERRNO)
        return tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(reason));
    if (code == Z_MEM_ERROR)
        return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
    return tot_fail(error, TOT_ERROR_FORMAT, "%s: %s", path,
                    code == Z_BUF_ERROR ? "the compressed file ends too early"
                                        : "the compressed data are damaged");
}

/* `known`: the bytes that the file system tells, 0 when it can't. */
static tot_status read_all(const char *path, gzFile file, size_t known, tot_file_content *content,
                           tot_error *error) {
    size_t capacity = known > 0 && known < PIECE ? known + 1 : PIECE;
    if (!resize(content, capacity))
        return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
    for (;;) {
        const size_t space = capacity - content->size;
        const int got =
            gzread(file, content->bytes + content->size, (unsigned)(space < PIECE ? space : PIECE));
        int code;
        if (got < 0 || (gzerror(file, &code), code != Z_OK))
            return reading_failed(path, file, error);
        if (got == 0)
            break;
        content->size += (size_t)got;
        if (content->size > TOT_FILE_LIMIT)
            return tot_fail(error, TOT_ERROR_FORMAT, "%s: more than %zu bytes: no light curve",
                            path, TOT_FILE_LIMIT);
        if (known > 0 && content->size > TOT_GZIP_FREE && content->size / TOT_GZIP_RATIO > known)
            return tot_fail(error, TOT_ERROR_FORMAT,
                            "%s: expands more than %d-fold: no light curve", path, TOT_GZIP_RATIO);
        if (content->size == capacity) {
            capacity = capacity < PIECE ? 4 * capacity : 2 * capacity;
            if (!resize(content, capacity))
                return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
        }
    }
    content->bytes[content->size] = '\0';
    return TOT_OK;
}

tot_status tot_file_load(const char *path, tot_file_content *content, tot_error *error) {
    struct stat about;
    gzFile file = NULL;
    tot_status status;
    *content = (tot_file_content){0};
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (S_ISDIR(about.st_mode)) {
        status = tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(EISDIR));
        goto done;
    }
    file = gzdopen(descriptor, "rb");
    if (file == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
        goto done;
    }
    gzbuffer(file, BUFFER);
    status = read_all(path, file, about.st_size > 0 ? (size_t)about.st_size : 0, content, error);
done:
    if (file != NULL)
        gzclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    if (status != TOT_OK)
        tot_file_free(content);
    return status;
}

void tot_file_free(tot_file_content *content) {
    free(content->bytes);
    *content = (tot_file_content){0};
}
