#include "io/line_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 1 << 16 };

struct tot_line_reader {
    const char *path;
    FILE *file;
    size_t number;
    size_t next, filled; /* of the buffer */
    bool skip_line_feed; /* the last line ended in CR: an LF at once belongs to it */
    char *line;
    size_t length, capacity;
    char buffer[BUFFER];
};

tot_status tot_line_reader_open(const char *path, tot_line_reader **reader, tot_error *error) {
    tot_line_reader *self = calloc(1, sizeof *self);
    *reader = NULL;
    if (self == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
    self->path = path;
    self->file = fopen(path, "rb");
    if (self->file == NULL) {
        free(self);
        return tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
    }
    *reader = self;
    return TOT_OK;
}

void tot_line_reader_close(tot_line_reader *reader) {
    if (reader == NULL)
        return;
    fclose(reader->file);
    free(reader->line);
    free(reader);
}

static tot_status append(tot_line_reader *self, const char *bytes, size_t count, tot_error *error) {
    if (self->length + count > TOT_LINE_LIMIT)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s:%zu: a line of more than %d bytes: not a table", self->path,
                        self->number, TOT_LINE_LIMIT);
    if (self->length + count + 1 > self->capacity) {
        const size_t capacity = 2 * (self->length + count + 1);
        char *line = realloc(self->line, capacity);
        if (line == NULL)
            return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", self->path);
        self->line = line;
        self->capacity = capacity;
    }
    memcpy(self->line + self->length, bytes, count);
    self->length += count;
    self->line[self->length] = '\0';
    return TOT_OK;
}

static bool is_control(unsigned char byte) {
    return (byte < 0x20 && byte != '\t' && byte != '\f' && byte != '\v') || byte == 0x7f;
}

tot_status tot_line_reader_next(tot_line_reader *self, char **line, size_t *number,
                                tot_error *error) {
    bool begun = false, ended = false;
    self->length = 0;
    *line = NULL;
    self->number++;
    while (!ended) {
        if (self->next == self->filled) {
            self->next = 0;
            self->filled = fread(self->buffer, 1, BUFFER, self->file);
            if (self->filled == 0) {
                if (ferror(self->file))
                    return tot_fail(error, TOT_ERROR_IO, "%s: %s", self->path, strerror(errno));
                if (!begun)
                    return TOT_OK;
                break;
            }
        }
        if (self->skip_line_feed) {
            self->skip_line_feed = false;
            if (self->buffer[self->next] == '\n') {
                self->next++;
                continue;
            }
        }
        size_t end = self->next;
        while (end < self->filled && self->buffer[end] != '\n' && self->buffer[end] != '\r') {
            if (is_control((unsigned char)self->buffer[end]))
                return tot_fail(error, TOT_ERROR_FORMAT, "%s:%zu: binary data, not text",
                                self->path, self->number);
            end++;
        }
        begun = true;
        const tot_status status = append(self, self->buffer + self->next, end - self->next, error);
        if (status != TOT_OK)
            return status;
        ended = end < self->filled;
        if (ended) {
            self->skip_line_feed = self->buffer[end] == '\r';
            end++;
        }
        self->next = end;
    }
    *line = self->line;
    *number = self->number;
    if (self->number == 1 && strncmp(self->line, "\xef\xbb\xbf", 3) == 0)
        *line += 3;
    return TOT_OK;
}
