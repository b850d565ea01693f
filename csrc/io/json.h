/* A strict reader of JSON text: objects, arrays, strings and numbers, taken from a cursor one token
 * at a time by whoever knows what has to come next. */
#ifndef TOT_IO_JSON_H
#define TOT_IO_JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tot_json {
    const char *start, *at, *end; /* the text needs no terminating zero */
} tot_json;

/* Skips white space and takes `expected` if it comes next; otherwise stays and returns false. */
bool tot_json_take(tot_json *json, char expected);

/* Takes a whole number that fits in size_t: no sign, fraction, exponent or leading zero. */
bool tot_json_size(tot_json *json, size_t *value);

/* Takes a number or one of the words true, false and null, and tells where it stands. */
bool tot_json_scalar(tot_json *json, const char **start, size_t *length);

/* Takes a string; *text is allocated, UTF-8 and zero-terminated, to be freed with tot_free. False,
 * with *text NULL, for what is no JSON string, is not UTF-8, contains U+0000 or finds no memory. */
bool tot_json_string(tot_json *json, char **text);

/* True when only white space is left. */
bool tot_json_at_end(tot_json *json);

/* True for UTF-8 without surrogates, overlong forms and zeros. */
bool tot_json_is_utf8(const char *text, size_t length);

/* Writes `text` as a JSON string with its quotes, as snprintf does: at most `size` bytes with a
 * zero at the end, and returns the length of the whole. */
size_t tot_json_quote(char *buffer, size_t size, const char *text);

#endif
