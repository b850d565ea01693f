/* A whole file in memory. What is compressed with gzip is expanded, whatever the file's name. */
#ifndef TOT_IO_FILE_CONTENT_H
#define TOT_IO_FILE_CONTENT_H

#include <stddef.h>

#include "base/status.h"

/* A light curve is never larger; what is (an endless device, a decompression bomb) is refused. */
#define TOT_FILE_LIMIT ((size_t)2 << 30)

/* Text expands tenfold, perhaps; what exceeds this ratio and TOT_GZIP_FREE bytes is refused. */
enum { TOT_GZIP_RATIO = 200, TOT_GZIP_FREE = 64 << 20 };

typedef struct tot_file_content {
    char *bytes; /* followed by a zero that doesn't count */
    size_t size;
} tot_file_content;

/* Reads the file; free the content with tot_file_free. TOT_ERROR_IO: can't be opened or read;
 * TOT_ERROR_FORMAT: gzip that is damaged or ends too early, or a file beyond the limits. Messages
 * begin with the path. */
tot_status tot_file_load(const char *path, tot_file_content *content, tot_error *error);

/* Frees the bytes and zeroes the content. */
void tot_file_free(tot_file_content *content);

#endif
