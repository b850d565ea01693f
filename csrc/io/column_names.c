#include "io/column_names.h"

#include <stddef.h>
#include <string.h>

#include "io/fields.h"

enum { NAME_SIZE = 64 };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool one_of(const char *name, const char *const *list) {
    for (; *list != NULL; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static bool starts_with(const char *name, const char *const *list) {
    for (; *list != NULL; list++)
        if (strncmp(name, *list, strlen(*list)) == 0)
            return true;
    return false;
}

tot_column_kind tot_column_kind_of(const char *text) {
    static const char *const time[] = {"t", "rjd", "btjd", "bkjd", "date", NULL};
    static const char *const time_start[] = {"time", "hjd", "bjd", "jd", "mjd", "barytime", NULL};
    static const char *const magnitude[] = {"m", "u", "b", "v",  "r",  "i",
                                            "g", "z", "y", "rc", "ic", NULL};
    static const char *const flux[] = {"f", "intensity", "counts", NULL};
    static const char *const relative[] = {"df/f",       "df",         "delta flux",
                                           "delta_flux", "dflux/flux", NULL};
    static const char *const error[] = {"e", "sig", "dmag", "dflux", NULL};
    static const char *const error_start[] = {"e_", "mer_", "unc", NULL};
    static const char *const magnitude_start[] = {"mag", NULL};
    static const char *const phase_start[] = {"phase", NULL};
    static const char *const segment[] = {"segment", "dataset",  "quarter", "sector",
                                          "camera",  "campaign", NULL};
    static const char *const band[] = {"band",     "filter",      "filtercode",
                                       "passband", "phot_filter", NULL};
    char name[NAME_SIZE];
    size_t length = 0;
    for (; *text != '\0' && *text != '(' && *text != '[' && length < NAME_SIZE - 1; text++)
        name[length++] = lower(*text);
    while (length > 0 && tot_is_blank(name[length - 1]))
        length--;
    name[length] = '\0';
    if (one_of(name, relative))
        return TOT_COLUMN_RELATIVE_FLUX;
    if (one_of(name, error) || starts_with(name, error_start) || strstr(name, "err") != NULL ||
        strstr(name, "sigma") != NULL)
        return TOT_COLUMN_ERROR;
    if (one_of(name, time) || starts_with(name, time_start))
        return TOT_COLUMN_TIME;
    if (strcmp(name, "ph") == 0 || starts_with(name, phase_start))
        return TOT_COLUMN_PHASE;
    if (one_of(name, magnitude) || starts_with(name, magnitude_start) ||
        (length > 3 && strcmp(name + length - 3, "mag") == 0))
        return TOT_COLUMN_MAGNITUDE;
    if (one_of(name, flux) || strstr(name, "flux") != NULL)
        return TOT_COLUMN_FLUX;
    if (one_of(name, segment))
        return TOT_COLUMN_SEGMENT;
    if (one_of(name, band))
        return TOT_COLUMN_BAND;
    return TOT_COLUMN_OTHER;
}

bool tot_names_equal(const char *a, const char *b) {
    for (; *a != '\0' && lower(*a) == lower(*b); a++, b++)
        ;
    return lower(*a) == lower(*b);
}

bool tot_is_missing(const char *text) {
    static const char *const words[] = {"na", "n/a", "null", "none", NULL};
    char name[8];
    size_t length = 0;
    if (text[strspn(text, "-")] == '\0')
        return true;
    for (; text[length] != '\0'; length++) {
        if (length == sizeof name - 1)
            return false;
        name[length] = lower(text[length]);
    }
    name[length] = '\0';
    return one_of(name, words);
}
