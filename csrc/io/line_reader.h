/* Lines of a text in memory, one at a time, whatever their ends (LF, CR LF, CR). */
#ifndef TOT_IO_LINE_READER_H
#define TOT_IO_LINE_READER_H

#include <stddef.h>

#include "base/status.h"

enum { TOT_LINE_LIMIT = 1 << 20 }; /* bytes; a longer line is an error */

/* Private but for its size. */
typedef struct tot_line_reader {
    const char *path, *at, *end;
    size_t number;
    char *line;
    size_t capacity;
} tot_line_reader;

/* Begins at the first line, behind a UTF-8 byte order mark. path (for the messages) and bytes are
 * borrowed. */
void tot_line_reader_begin(tot_line_reader *reader, const char *path, const char *bytes,
                           size_t size);

void tot_line_reader_end(tot_line_reader *reader);

/* The next line, without its end; NULL after the last one. The string is the reader's, writable,
 * valid until the next call. TOT_ERROR_FORMAT: a line over the limit, or a byte that no text holds
 * (NUL and other controls). */
tot_status tot_line_reader_next(tot_line_reader *reader, char **line, size_t *number,
                                tot_error *error);

#endif
