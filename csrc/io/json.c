#include "io/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static void skip_space(tot_json *json) {
    while (json->at < json->end &&
           (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
        json->at++;
}

bool tot_json_take(tot_json *json, char expected) {
    skip_space(json);
    if (json->at == json->end || *json->at != expected)
        return false;
    json->at++;
    return true;
}

bool tot_json_at_end(tot_json *json) {
    skip_space(json);
    return json->at == json->end;
}

static bool is_digit(const char *at, const char *end) {
    return at < end && *at >= '0' && *at <= '9';
}

bool tot_json_size(tot_json *json, size_t *value) {
    skip_space(json);
    const char *at = json->at;
    size_t number = 0;
    if (!is_digit(at, json->end))
        return false;
    if (*at == '0' && is_digit(at + 1, json->end))
        return false;
    for (; is_digit(at, json->end); at++) {
        const size_t digit = (size_t)(*at - '0');
        if (number > (SIZE_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (at < json->end && (*at == '.' || *at == 'e' || *at == 'E'))
        return false;
    json->at = at;
    *value = number;
    return true;
}

/* After at least one digit; NULL without one. */
static const char *skip_digits(const char *at, const char *end) {
    if (!is_digit(at, end))
        return NULL;
    while (is_digit(at, end))
        at++;
    return at;
}

/* The end of the number at `at` (RFC 8259, section 6), or NULL. */
static const char *number_end(const char *at, const char *end) {
    at += at < end && *at == '-';
    if (at < end && *at == '0')
        at++;
    else if ((at = skip_digits(at, end)) == NULL)
        return NULL;
    if (at < end && *at == '.' && (at = skip_digits(at + 1, end)) == NULL)
        return NULL;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        at = skip_digits(at, end);
    }
    return at;
}

bool tot_json_scalar(tot_json *json, const char **start, size_t *length) {
    static const char *const words[] = {"null", "true", "false"};
    skip_space(json);
    const size_t left = (size_t)(json->end - json->at);
    *start = json->at;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        *length = strlen(words[k]);
        if (left >= *length && memcmp(json->at, words[k], *length) == 0) {
            json->at += *length;
            return true;
        }
    }
    const char *end = number_end(json->at, json->end);
    if (end == NULL)
        return false;
    *length = (size_t)(end - json->at);
    json->at = end;
    return true;
}

static bool hex4(const char *at, const char *end, unsigned *code) {
    if (end - at < 4)
        return false;
    *code = 0;
    for (int k = 0; k < 4; k++) {
        const char c = at[k];
        const unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                               : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                               : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                      : 16;
        if (digit == 16)
            return false;
        *code = *code * 16 + digit;
    }
    return true;
}

static char *put_utf8(char *to, unsigned code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* The escape behind a backslash at *at; advances both ends. */
static bool unescape(const char **at, const char *end, char **to) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    unsigned code, low;
    if (*at == end)
        return false;
    const char *name = **at == '\0' ? NULL : strchr(names, **at);
    if (name != NULL) {
        (*at)++;
        *(*to)++ = values[name - names];
        return true;
    }
    if (**at != 'u' || !hex4(*at + 1, end, &code) || code == 0)
        return false;
    *at += 5;
    if (code >= 0xdc00 && code < 0xe000)
        return false; /* the second half of a pair without the first */
    if (code >= 0xd800 && code < 0xdc00) {
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' || !hex4(*at + 2, end, &low) ||
            low < 0xdc00 || low >= 0xe000)
            return false;
        *at += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = put_utf8(*to, code);
    return true;
}

bool tot_json_string(tot_json *json, char **text) {
    *text = NULL;
    if (!tot_json_take(json, '"'))
        return false;
    const char *at = json->at, *end = at;
    while (end < json->end && *end != '"')
        end += *end == '\\' && json->end - end > 1 ? 2 : 1;
    if (end >= json->end)
        return false;
    /* no escape is shorter than what it stands for */
    char *buffer = tot_allocate((size_t)(end - at) + 1, 1), *to = buffer;
    bool valid = buffer != NULL;
    while (valid && at < end) {
        const unsigned char c = (unsigned char)*at++;
        if (c == '\\')
            valid = unescape(&at, end, &to);
        else if (c < 0x20)
            valid = false;
        else
            *to++ = (char)c;
    }
    if (!valid || !tot_json_is_utf8(buffer, (size_t)(to - buffer))) {
        tot_free(buffer);
        return false;
    }
    json->at = end + 1;
    *text = buffer;
    return true;
}

bool tot_json_is_utf8(const char *text, size_t length) {
    const unsigned char *at = (const unsigned char *)text, *end = at + length;
    while (at < end) {
        const unsigned char first = *at++;
        const size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (first == 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4 ||
            (size_t)(end - at) < more)
            return false;
        if (more > 0) {
            /* the second byte also excludes overlong forms, surrogates and what is past U+10FFFF */
            const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
            const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
            if (at[0] < low || at[0] > high)
                return false;
        }
        for (size_t k = 1; k < more; k++)
            if (at[k] < 0x80 || at[k] > 0xbf)
                return false;
        at += more;
    }
    return true;
}

/* Adds what fits and counts all. */
static size_t append(char *buffer, size_t size, size_t length, const char *text) {
    for (; *text != '\0'; text++, length++)
        if (length + 1 < size)
            buffer[length] = *text;
    return length;
}

size_t tot_json_quote(char *buffer, size_t size, const char *text) {
    size_t length = append(buffer, size, 0, "\"");
    char piece[8];
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        const char *format = c == '"' || c == '\\' ? "\\%c" : c < 0x20 ? "\\u%04x" : "%c";
        snprintf(piece, sizeof piece, format, c);
        length = append(buffer, size, length, piece);
    }
    length = append(buffer, size, length, "\"");
    if (size > 0)
        buffer[length < size ? length : size - 1] = '\0';
    return length;
}
