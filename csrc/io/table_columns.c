#include "io/table_columns.h"

#include <stdint.h>

#include "io/column_names.h"

typedef struct header {
    char *const *names;
    size_t count;
} header;

static size_t find_kind(const header *h, tot_column_kind wanted, size_t first) {
    for (size_t k = first; k < h->count; k++)
        if (tot_column_kind_of(h->names[k]) == wanted)
            return k;
    return SIZE_MAX;
}

/* The first column of magnitudes or of any flux, as far as the request allows it. */
static size_t find_value(const header *h, tot_quantity wanted) {
    for (size_t k = 0; k < h->count; k++) {
        const tot_column_kind this = tot_column_kind_of(h->names[k]);
        if ((this == TOT_COLUMN_MAGNITUDE && wanted != TOT_QUANTITY_FLUX) ||
            ((this == TOT_COLUMN_FLUX || this == TOT_COLUMN_RELATIVE_FLUX) &&
             wanted != TOT_QUANTITY_MAGNITUDE))
            return k;
    }
    return SIZE_MAX;
}

static bool is_chosen(const tot_column *column) {
    return column->name != NULL || column->number > 0;
}

/* Sets *chosen to the column that was asked for, if one was. */
static tot_status choose(const header *h, const tot_column *column, const char *path, size_t line,
                         size_t *chosen, tot_error *error) {
    if (!is_chosen(column))
        return TOT_OK;
    if (column->number > 0) {
        *chosen = column->number - 1;
        return TOT_OK;
    }
    for (size_t k = 0; k < h->count; k++)
        if (tot_names_equal(h->names[k], column->name)) {
            *chosen = k;
            return TOT_OK;
        }
    if (h->count == 0)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s:%zu: no header, so there is no column '%s'; give its number", path,
                        line, column->name);
    return tot_fail(error, TOT_ERROR_FORMAT, "%s:%zu: there is no column '%s'", path, line,
                    column->name);
}

static tot_axis axis_of(const header *h, size_t column) {
    const tot_column_kind kind =
        column < h->count ? tot_column_kind_of(h->names[column]) : TOT_COLUMN_OTHER;
    return kind == TOT_COLUMN_TIME    ? TOT_AXIS_TIME
           : kind == TOT_COLUMN_PHASE ? TOT_AXIS_PHASE
                                      : TOT_AXIS_GUESS;
}

static tot_quantity quantity_of(const header *h, size_t column) {
    const tot_column_kind kind =
        column < h->count ? tot_column_kind_of(h->names[column]) : TOT_COLUMN_OTHER;
    return kind == TOT_COLUMN_MAGNITUDE       ? TOT_QUANTITY_MAGNITUDE
           : kind == TOT_COLUMN_FLUX          ? TOT_QUANTITY_FLUX
           : kind == TOT_COLUMN_RELATIVE_FLUX ? TOT_QUANTITY_RELATIVE_FLUX
                                              : TOT_QUANTITY_GUESS;
}

tot_status tot_table_columns_choose(const tot_table_request *request, char *const *names,
                                    size_t count, bool uncertain, size_t width, const char *path,
                                    size_t line, tot_table_columns *columns, tot_axis *axis,
                                    tot_quantity *quantity, tot_error *error) {
    header h = {names, count};
    tot_table_columns c = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX,
                           SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    if (h.count > 0) {
        if (request->axis != TOT_AXIS_PHASE)
            c.x = find_kind(&h, TOT_COLUMN_TIME, 0);
        if (c.x == SIZE_MAX && request->axis != TOT_AXIS_TIME)
            c.x = find_kind(&h, TOT_COLUMN_PHASE, 0);
        c.value = find_value(&h, request->quantity);
        if (uncertain && request->x.name == NULL && request->value.name == NULL &&
            (c.x == SIZE_MAX || c.value == SIZE_MAX))
            h.count = 0;
    }
    if (h.count == 0) {
        c.x = 0;
        c.value = 1;
    } else {
        c.segment = find_kind(&h, TOT_COLUMN_SEGMENT, 0);
        c.band = find_kind(&h, TOT_COLUMN_BAND, 0);
    }
    const struct {
        const tot_column *wanted;
        size_t *chosen;
    } choices[] = {
        {&request->x, &c.x},       {&request->value, &c.value}, {&request->segment, &c.segment},
        {&request->band, &c.band}, {&request->flag, &c.flag},   {&request->ra, &c.ra},
        {&request->dec, &c.dec},
    };
    for (size_t k = 0; k < sizeof choices / sizeof *choices; k++) {
        const tot_status status =
            choose(&h, choices[k].wanted, path, line, choices[k].chosen, error);
        if (status != TOT_OK)
            return status;
    }
    if (c.x == SIZE_MAX || c.value == SIZE_MAX)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s:%zu: no column of the header is recognised as %s; name it with the "
                        "option 'columns'",
                        path, line, c.x == SIZE_MAX ? "time or phase" : "magnitude or flux");
    if (h.count > 0)
        c.error = find_kind(&h, TOT_COLUMN_ERROR, c.value + 1);
    else if (width >= 3 && c.x == 0 && c.value == 1)
        c.error = 2;
    const tot_status status = choose(&h, &request->error, path, line, &c.error, error);
    if (status != TOT_OK)
        return status;
    *axis = request->axis != TOT_AXIS_GUESS ? request->axis : axis_of(&h, c.x);
    *quantity = request->quantity != TOT_QUANTITY_GUESS || request->name_is_band
                    ? request->quantity
                    : quantity_of(&h, c.value);
    *columns = c;
    return TOT_OK;
}
