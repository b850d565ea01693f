#include "io/line_reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void tot_line_reader_begin(tot_line_reader *self, const char *path, const char *bytes,
                           size_t size) {
    *self = (tot_line_reader){.path = path, .at = bytes, .end = bytes + size};
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        self->at += 3;
}

void tot_line_reader_end(tot_line_reader *self) {
    free(self->line);
    *self = (tot_line_reader){0};
}

static bool is_control(unsigned char byte) {
    return (byte < 0x20 && byte != '\t' && byte != '\f' && byte != '\v') || byte == 0x7f;
}

tot_status tot_line_reader_next(tot_line_reader *self, char **line, size_t *number,
                                tot_error *error) {
    const char *const start = self->at, *end = start;
    *line = NULL;
    if (start == self->end)
        return TOT_OK;
    self->number++;
    while (end < self->end && !is_control((unsigned char)*end))
        end++;
    if (end < self->end && *end != '\n' && *end != '\r')
        return tot_fail(error, TOT_ERROR_FORMAT, "%s:%zu: binary data, not text", self->path,
                        self->number);
    const size_t length = (size_t)(end - start);
    if (length > TOT_LINE_LIMIT)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s:%zu: a line of more than %d bytes: not a table", self->path,
                        self->number, TOT_LINE_LIMIT);
    if (length >= self->capacity) {
        const size_t capacity = 2 * length + 128;
        char *larger = realloc(self->line, capacity);
        if (larger == NULL)
            return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", self->path);
        self->line = larger;
        self->capacity = capacity;
    }
    memcpy(self->line, start, length);
    self->line[length] = '\0';
    if (end < self->end)
        end += end[0] == '\r' && end + 1 < self->end && end[1] == '\n' ? 2 : 1;
    self->at = end;
    *line = self->line;
    *number = self->number;
    return TOT_OK;
}
