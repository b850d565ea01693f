/* A line of a table cut into fields. ASCII rules throughout: ctype.h depends on the locale. */
#ifndef TOT_IO_FIELDS_H
#define TOT_IO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* Separator meaning any run of blanks; the others stand for themselves. */
enum { TOT_SEPARATOR_BLANK = ' ' };

/* Pointers into the line that was cut. Starts as {0}; the array is reused from line to line and
 * freed by the owner (free(fields.text)). */
typedef struct tot_fields {
    char **text;
    size_t count, capacity;
} tot_fields;

/* Space, tab, form feed, vertical tab. */
bool tot_is_blank(char c);

/* Adds a field; false when memory is out. */
bool tot_add_field(tot_fields *fields, char *text);

/* Cuts the line in place; false when memory is out. Blanks around a field don't count; a quoted
 * field may hold the separator, and "" in it is a quotation mark. An empty last field after a
 * separator counts. */
bool tot_split_fields(char *line, char separator, tot_fields *fields);

/* Semicolons before commas before blanks; tabs count as such (so that a field may be empty) unless
 * blanks separate numbers too. */
char tot_detect_separator(const char *line);

#endif
