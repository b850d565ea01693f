#include "io/fits_structure.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { KEYWORD = 8, AXES_LIMIT = 999, FIELDS_LIMIT = 999 };

/* A header: whole cards, the last one END. */
typedef struct header {
    const char *cards;
    size_t count;
} header;

static const char *card(const header *h, size_t k) {
    return h->cards + k * TOT_FITS_CARD;
}

/* ---- cards ---- */

static bool has_keyword(const char *at, const char *name) {
    const size_t length = strlen(name);
    if (memcmp(at, name, length) != 0)
        return false;
    for (size_t k = length; k < KEYWORD; k++)
        if (at[k] != ' ')
            return false;
    return true;
}

static bool has_value(const char *at) {
    return at[KEYWORD] == '=' && at[KEYWORD + 1] == ' ';
}

/* Letters, digits, hyphen and underscore, blanks at the end only. */
static bool is_keyword(const char *at) {
    bool ended = false;
    for (size_t k = 0; k < KEYWORD; k++) {
        const char c = at[k];
        if (c == ' ')
            ended = true;
        else if (ended ||
                 !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

/* A string among the values has to be closed in its card. */
static bool is_card(const char *at) {
    for (size_t k = 0; k < TOT_FITS_CARD; k++)
        if (at[k] < 0x20 || at[k] > 0x7e)
            return false;
    if (!is_keyword(at))
        return false;
    if (!has_value(at))
        return true;
    size_t k = KEYWORD + 2;
    while (k < TOT_FITS_CARD && at[k] == ' ')
        k++;
    if (k == TOT_FITS_CARD || at[k] != '\'')
        return true;
    for (k++; k < TOT_FITS_CARD; k++)
        if (at[k] == '\'') {
            if (k + 1 == TOT_FITS_CARD || at[k + 1] != '\'')
                return true;
            k++;
        }
    return false;
}

/* The whole number, not negative, that is the value of a card. */
static bool whole_number(const char *at, size_t *value) {
    size_t k = KEYWORD + 2, number = 0;
    if (!has_value(at))
        return false;
    while (k < TOT_FITS_CARD && at[k] == ' ')
        k++;
    const size_t first = k;
    for (; k < TOT_FITS_CARD && at[k] >= '0' && at[k] <= '9'; k++) {
        if (number > (SIZE_MAX >> 1) / 10 - 1)
            return false;
        number = 10 * number + (size_t)(at[k] - '0');
    }
    *value = number;
    return k > first && (k == TOT_FITS_CARD || at[k] == ' ' || at[k] == '/');
}

/* The card `k` has to be this one, with a number up to `limit`. */
static bool take_number(const header *h, size_t k, const char *name, size_t limit, size_t *value) {
    return k < h->count && has_keyword(card(h, k), name) && whole_number(card(h, k), value) &&
           *value <= limit;
}

/* ---- units ---- */

/* The cards from `at`; false when one is wrong or the file ends before END. */
static bool read_header(const char *bytes, size_t size, size_t at, header *h) {
    *h = (header){bytes + at, 0};
    while (size - at >= TOT_FITS_CARD) {
        if (!is_card(bytes + at))
            return false;
        h->count++;
        if (has_keyword(bytes + at, "END"))
            return true;
        at += TOT_FITS_CARD;
    }
    return false;
}

/* The form of a column: TFORMn = 'rTa' with r digits (section 7.3.1). */
static bool has_form(const header *h, size_t column) {
    char name[32];
    snprintf(name, sizeof name, "TFORM%zu", column);
    for (size_t k = 0; k < h->count; k++) {
        const char *at = card(h, k);
        if (!has_keyword(at, name))
            continue;
        size_t digits = 0, j = KEYWORD + 2;
        while (j < TOT_FITS_CARD && at[j] == ' ')
            j++;
        if (!has_value(at) || j == TOT_FITS_CARD || at[j++] != '\'')
            return false;
        for (; j < TOT_FITS_CARD && at[j] >= '0' && at[j] <= '9'; j++)
            digits++;
        return digits <= 9 && j < TOT_FITS_CARD && strchr("LXBIJKAEDCMPQ", at[j]) != NULL;
    }
    return false;
}

static bool is_binary_table(const header *h) {
    return has_keyword(card(h, 0), "XTENSION") &&
           memcmp(card(h, 0) + KEYWORD, "= 'BINTABLE'", 12) == 0;
}

/* The cards that come first, in their order; *data becomes the bytes of the data. */
static bool check_mandatory(const header *h, bool primary, size_t *data) {
    const size_t bits[] = {8, 16, 32, 64}; /* of a pixel; negative for floating point */
    const char *bitpix = card(h, 1);
    size_t axes, length = 1, pixel = 0, parameters = 0, groups = 1, fields = 0;
    if (h->count < 4 || !has_keyword(card(h, 0), primary ? "SIMPLE" : "XTENSION") ||
        !has_keyword(bitpix, "BITPIX") || !take_number(h, 2, "NAXIS", AXES_LIMIT, &axes))
        return false;
    for (size_t k = 0; k < 4; k++) {
        char value[8];
        const int digits = snprintf(value, sizeof value, "%zu", bits[k]);
        const char *end = bitpix + KEYWORD + 2 + 20 - digits;
        if (memcmp(end, value, (size_t)digits) == 0 && (end[-1] == ' ' || end[-1] == '-'))
            pixel = bits[k] / 8;
    }
    if (pixel == 0)
        return false;
    for (size_t k = 0; k < axes; k++) {
        char name[32];
        size_t axis;
        snprintf(name, sizeof name, "NAXIS%zu", k + 1);
        if (!take_number(h, 3 + k, name, SIZE_MAX, &axis) ||
            !tot_multiply_sizes(length, axis, &length) || length > SIZE_MAX >> 8)
            return false;
    }
    if (axes == 0)
        length = 0;
    if (!primary && (!take_number(h, 3 + axes, "PCOUNT", SIZE_MAX >> 8, &parameters) ||
                     !take_number(h, 4 + axes, "GCOUNT", 1, &groups)))
        return false;
    if (!primary && is_binary_table(h)) {
        if (axes != 2 || pixel != 1 || !take_number(h, 5 + axes, "TFIELDS", FIELDS_LIMIT, &fields))
            return false;
        for (size_t k = 1; k <= fields; k++)
            if (!has_form(h, k))
                return false;
    }
    *data = pixel * groups * (length + parameters); /* at most SIZE_MAX >> 3 */
    return true;
}

static size_t padded(size_t size) {
    return (size / TOT_FITS_BLOCK + (size % TOT_FITS_BLOCK != 0)) * TOT_FITS_BLOCK;
}

tot_status tot_fits_structure_check(const char *path, const char *bytes, size_t size, size_t *good,
                                    tot_error *error) {
    size_t data;
    header h;
    *good = 0;
    if (size == 0)
        return tot_fail(error, TOT_ERROR_FORMAT, "%s: the file is empty", path);
    while (*good < size) {
        const bool primary = *good == 0;
        if (!read_header(bytes, size, *good, &h) || !check_mandatory(&h, primary, &data)) {
            tot_fail(error, TOT_ERROR_FORMAT, "%s: a damaged FITS file: no header at byte %zu",
                     path, *good);
            return primary ? TOT_ERROR_FORMAT : TOT_OK;
        }
        const size_t begin = *good + padded(h.count * TOT_FITS_CARD);
        *good = begin >= size || padded(data) >= size - begin ? size : begin + padded(data);
    }
    return TOT_OK;
}
