#include "io/fields.h"

#include <stdlib.h>
#include <string.h>

bool tot_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

bool tot_add_field(tot_fields *f, char *text) {
    if (f->count == f->capacity) {
        const size_t capacity = f->capacity == 0 ? 16 : 2 * f->capacity;
        char **larger = realloc(f->text, capacity * sizeof *larger);
        if (larger == NULL)
            return false;
        f->text = larger;
        f->capacity = capacity;
    }
    f->text[f->count++] = text;
    return true;
}

bool tot_split_fields(char *line, char separator, tot_fields *f) {
    f->count = 0;
    char *c = line;
    for (;;) {
        while (tot_is_blank(*c) && (*c != separator || separator == TOT_SEPARATOR_BLANK))
            c++;
        if (*c == '\0' && (separator == TOT_SEPARATOR_BLANK || f->count == 0))
            return true;
        char *start = c, *end;
        if (*c == '"') {
            end = start;
            for (c++; *c != '\0' && !(c[0] == '"' && c[1] != '"'); c++) {
                if (c[0] == '"')
                    c++;
                *end++ = *c;
            }
            c += *c == '"';
            while (*c != '\0' && *c != separator &&
                   !(separator == TOT_SEPARATOR_BLANK && tot_is_blank(*c)))
                c++;
        } else {
            while (*c != '\0' && *c != separator &&
                   !(separator == TOT_SEPARATOR_BLANK && tot_is_blank(*c)))
                c++;
            for (end = c; end > start && tot_is_blank(end[-1]); end--)
                ;
        }
        const bool last = *c == '\0';
        *end = '\0';
        if (!tot_add_field(f, start))
            return false;
        if (last)
            return true;
        c++;
    }
}

static bool is_number_part(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
}

char tot_detect_separator(const char *line) {
    bool quoted = false, comma = false, tab = false, mixed = false;
    for (const char *c = line; *c != '\0'; c++) {
        quoted ^= *c == '"';
        if (quoted)
            continue;
        if (*c == ';')
            return ';';
        comma |= *c == ',';
        tab |= *c == '\t';
        if (*c == ' ' && c > line && is_number_part(c[-1])) {
            const char *next = c + strspn(c, " ");
            mixed |= is_number_part(*next);
        }
    }
    return comma ? ',' : tab && !mixed ? '\t' : TOT_SEPARATOR_BLANK;
}
