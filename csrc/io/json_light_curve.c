#include "io/json_light_curve.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/column_names.h"
#include "io/json.h"
#include "io/table_parser.h"

enum { DEPTH_LIMIT = 64, LIST_LIMIT = 256 };

/* A list of numbers: where each stands in the text. Cut off, they are what a table's fields are. */
typedef struct list {
    char *name;
    tot_fields items;
} list;

typedef struct finder {
    tot_json json;
    char *text; /* the file's, ours to cut */
    list lists[LIST_LIMIT];
    size_t count;
    bool found, no_memory;
} finder;

static bool take_value(finder *f, int depth);

static void forget_lists(finder *f, size_t from) {
    while (f->count > from) {
        f->count--;
        tot_free(f->lists[f->count].name);
        free(f->lists[f->count].items.text);
    }
}

/* An array of scalars goes to `items`; of anything else, it is passed over and *scalars is false.
 */
static bool take_array(finder *f, int depth, tot_fields *items, bool *scalars) {
    const char *start;
    size_t length;
    *scalars = true;
    if (tot_json_take(&f->json, ']'))
        return true;
    do {
        if (*scalars && tot_json_scalar(&f->json, &start, &length)) {
            if (!tot_add_field(items, f->text + (start - f->json.start))) {
                f->no_memory = true;
                return false;
            }
        } else {
            *scalars = false;
            if (!take_value(f, depth + 1))
                return false;
        }
        if (f->found)
            return true;
    } while (tot_json_take(&f->json, ','));
    return tot_json_take(&f->json, ']');
}

/* The lists of one object, from `first`: is one of them an axis, and is another as long? */
static bool is_light_curve(const finder *f, size_t first) {
    size_t axis = first;
    while (axis < f->count) {
        const tot_column_kind kind = tot_column_kind_of(f->lists[axis].name);
        if (kind == TOT_COLUMN_TIME || kind == TOT_COLUMN_PHASE)
            break;
        axis++;
    }
    for (size_t k = first; axis < f->count && k < f->count; k++)
        if (k != axis && f->lists[k].items.count == f->lists[axis].items.count)
            return f->lists[axis].items.count > 0;
    return false;
}

static bool take_member(finder *f, int depth) {
    char *name;
    tot_fields items = {0};
    bool scalars = false, good;
    if (!tot_json_string(&f->json, &name))
        return false;
    good = tot_json_take(&f->json, ':');
    if (good && tot_json_take(&f->json, '['))
        good = take_array(f, depth, &items, &scalars);
    else if (good)
        good = take_value(f, depth + 1);
    if (good && !f->found && scalars && items.count > 0 && f->count < LIST_LIMIT) {
        f->lists[f->count++] = (list){name, items};
        return true;
    }
    tot_free(name);
    free(items.text);
    return good;
}

/* Frees the lists of the objects around the light curve: they are no part of it. */
static void forget_outer_lists(finder *f, size_t count) {
    for (size_t k = 0; k < count; k++) {
        tot_free(f->lists[k].name);
        free(f->lists[k].items.text);
    }
    memmove(f->lists, f->lists + count, (f->count - count) * sizeof *f->lists);
    f->count -= count;
}

static bool take_object(finder *f, int depth) {
    const size_t first = f->count;
    if (tot_json_take(&f->json, '}'))
        return true;
    do {
        if (!take_member(f, depth))
            return false;
        if (f->found)
            return true;
    } while (tot_json_take(&f->json, ','));
    if (!tot_json_take(&f->json, '}'))
        return false;
    if (is_light_curve(f, first)) {
        f->found = true;
        forget_outer_lists(f, first);
    } else
        forget_lists(f, first);
    return true;
}

/* Any value; what is no object leads nowhere. */
static bool take_value(finder *f, int depth) {
    const char *start;
    size_t length;
    char *string;
    tot_fields items = {0};
    bool scalars;
    if (depth > DEPTH_LIMIT)
        return false;
    if (tot_json_take(&f->json, '{'))
        return take_object(f, depth);
    if (tot_json_take(&f->json, '[')) {
        const bool good = take_array(f, depth, &items, &scalars);
        free(items.text);
        return good;
    }
    if (tot_json_string(&f->json, &string)) {
        tot_free(string);
        return true;
    }
    return tot_json_scalar(&f->json, &start, &length);
}

/* Ends each item where it ends: what follows a number is no part of one. */
static void cut_items(const finder *f) {
    for (size_t j = 0; j < f->count; j++)
        for (size_t k = 0; k < f->lists[j].items.count; k++) {
            char *item = f->lists[j].items.text[k];
            item[strspn(item, "+-.0123456789eEnultrfas")] = '\0';
        }
}

/* Leaves only lists as long as the axis. */
static void drop_other_lengths(finder *f) {
    size_t axis = 0, kept = 0;
    while (tot_column_kind_of(f->lists[axis].name) != TOT_COLUMN_TIME &&
           tot_column_kind_of(f->lists[axis].name) != TOT_COLUMN_PHASE)
        axis++;
    const size_t rows = f->lists[axis].items.count;
    for (size_t k = 0; k < f->count; k++) {
        const list this = f->lists[k];
        if (this.items.count == rows)
            f->lists[kept++] = this;
        else {
            tot_free(this.name);
            free(this.items.text);
        }
    }
    f->count = kept;
}

static size_t find_band(const finder *f, const char *wanted) {
    for (size_t k = 0; k < f->count; k++) {
        const bool is_band = strlen(f->lists[k].name) <= 2 &&
                             tot_column_kind_of(f->lists[k].name) == TOT_COLUMN_MAGNITUDE;
        if (wanted == NULL ? is_band : tot_names_equal(f->lists[k].name, wanted))
            return k;
    }
    return SIZE_MAX;
}

/* The request with the column of the band, if values are given by band. */
static tot_status choose_band(const finder *f, const char *path, tot_table_request *request,
                              tot_light_curve *curve, tot_error *error) {
    const char *wanted = request->wanted_band;
    request->wanted_band = NULL;
    if (request->value.name != NULL || request->value.number > 0)
        return TOT_OK;
    const size_t band = find_band(f, wanted);
    if (band == SIZE_MAX && wanted != NULL)
        return tot_fail(error, TOT_ERROR_FORMAT, "%s: there is no band '%.40s'", path, wanted);
    if (band == SIZE_MAX)
        return TOT_OK;
    request->value.number = band + 1;
    request->name_is_band = true;
    tot_copy_name(curve->band_name, f->lists[band].name);
    return TOT_OK;
}

static tot_status read_rows(const finder *f, const char *path, tot_table_request *request,
                            tot_light_curve *curve, tot_error *error) {
    tot_table_parser parser;
    char *fields[LIST_LIMIT];
    const tot_fields row = {fields, f->count, LIST_LIMIT};
    tot_table_parser_begin(&parser, path, request, true, curve, error);
    tot_status status = choose_band(f, path, request, curve, error);
    for (size_t k = 0; k < f->count; k++)
        fields[k] = f->lists[k].name;
    if (status == TOT_OK)
        status = tot_table_parser_names(&parser, &row, false);
    for (size_t j = 0; status == TOT_OK && j < f->lists[0].items.count; j++) {
        for (size_t k = 0; k < f->count; k++)
            fields[k] = f->lists[k].items.text[j];
        status = tot_table_parser_row(&parser, &row, j + 1);
    }
    if (status == TOT_OK)
        status = tot_table_parser_finish(&parser);
    tot_table_parser_end(&parser);
    return status;
}

tot_status tot_json_light_curve_read(const char *path, const char *bytes, size_t size,
                                     const tot_table_request *request, tot_light_curve *curve,
                                     tot_error *error) {
    tot_table_request wanted = request == NULL ? (tot_table_request){0} : *request;
    finder *f = calloc(1, sizeof *f);
    tot_status status = TOT_OK;
    tot_light_curve_begin(curve);
    if (f == NULL || (f->text = malloc(size + 1)) == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
        goto done;
    }
    memcpy(f->text, bytes, size);
    f->text[size] = '\0';
    f->json = (tot_json){f->text, f->text, f->text + size};
    const bool good = take_value(f, 0);
    if (f->no_memory)
        status = tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
    else if (!good)
        status = tot_fail(error, TOT_ERROR_FORMAT, "%s: no valid JSON at byte %zu", path,
                          (size_t)(f->json.at - f->json.start) + 1);
    else if (!f->found)
        status =
            tot_fail(error, TOT_ERROR_FORMAT,
                     "%s: no object with lists of one length, one of them a time or a phase", path);
    if (status != TOT_OK)
        goto done;
    cut_items(f);
    drop_other_lengths(f);
    status = read_rows(f, path, &wanted, curve, error);
done:
    if (f != NULL) {
        forget_lists(f, 0);
        free(f->text);
        free(f);
    }
    if (status != TOT_OK)
        tot_light_curve_free(curve);
    return status;
}
