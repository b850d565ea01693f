/* Lines of a text file, one at a time, whatever their ends (LF, CR LF, CR). */
#ifndef TOT_IO_LINE_READER_H
#define TOT_IO_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum { TOT_LINE_LIMIT = 1 << 20 }; /* bytes; a longer line is an error */

typedef struct tot_line_reader tot_line_reader;

/* TOT_ERROR_IO: the file can't be opened. path is borrowed for the messages. */
tot_status tot_line_reader_open(const char *path, tot_line_reader **reader, tot_error *error);

/* Accepts NULL. */
void tot_line_reader_close(tot_line_reader *reader);

/* The next line, without its end and, on line 1, without a UTF-8 byte order mark; NULL after the
 * last one. The string is the reader's, writable, valid until the next call. TOT_ERROR_FORMAT: a
 * line over the limit, or a byte that no text holds (NUL and other controls). */
tot_status tot_line_reader_next(tot_line_reader *reader, char **line, size_t *number,
                                tot_error *error);

#endif
