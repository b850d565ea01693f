#include "io/text_table.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "curve/robust.h"
#include "io/column_names.h"
#include "io/fields.h"
#include "io/line_reader.h"
#include "io/number.h"

typedef struct parser {
    const char *path;
    const tot_table_request *request;
    tot_text_table *table;
    size_t capacity;        /* of the table's arrays */
    char separator;         /* 0: not known yet */
    tot_fields row, header; /* header points into header_line */
    char *header_line;
    bool ready;             /* columns known */
    bool names;             /* the header is a row of the table, not a comment */
    size_t x, value, error; /* columns from 0; error: SIZE_MAX when there is none */
    tot_error *message;
} parser;

/* ---- names ---- */

static bool is_header(const tot_fields *f) {
    double value;
    bool letters = false;
    for (size_t k = 0; k < f->count; k++) {
        if (tot_parse_number(f->text[k], &value))
            return false;
        letters |= !tot_is_missing(f->text[k]);
    }
    return letters;
}

static size_t find_kind(const tot_fields *header, tot_column_kind wanted, size_t first) {
    for (size_t k = first; k < header->count; k++)
        if (tot_column_kind_of(header->text[k]) == wanted)
            return k;
    return SIZE_MAX;
}

/* The first column of magnitudes or of any flux, as far as the request allows it. */
static size_t find_value(const tot_fields *header, tot_quantity wanted) {
    for (size_t k = 0; k < header->count; k++) {
        const tot_column_kind this = tot_column_kind_of(header->text[k]);
        if ((this == TOT_COLUMN_MAGNITUDE && wanted != TOT_QUANTITY_FLUX) ||
            ((this == TOT_COLUMN_FLUX || this == TOT_COLUMN_RELATIVE_FLUX) &&
             wanted != TOT_QUANTITY_MAGNITUDE))
            return k;
    }
    return SIZE_MAX;
}

/* ---- choosing the columns ---- */

static tot_status choose(parser *p, const tot_column *column, size_t number, size_t *chosen) {
    if (column->number > 0) {
        *chosen = column->number - 1;
        return TOT_OK;
    }
    for (size_t k = 0; k < p->header.count; k++)
        if (tot_names_equal(p->header.text[k], column->name)) {
            *chosen = k;
            return TOT_OK;
        }
    if (p->header.count == 0)
        return tot_fail(p->message, TOT_ERROR_FORMAT,
                        "%s:%zu: no header, so there is no column '%s'; give its number", p->path,
                        number, column->name);
    return tot_fail(p->message, TOT_ERROR_FORMAT, "%s:%zu: there is no column '%s'", p->path,
                    number, column->name);
}

static void take_axis(parser *p) {
    if (p->table->axis != TOT_AXIS_GUESS || p->x >= p->header.count)
        return;
    const tot_column_kind found = tot_column_kind_of(p->header.text[p->x]);
    p->table->axis = found == TOT_COLUMN_TIME    ? TOT_AXIS_TIME
                     : found == TOT_COLUMN_PHASE ? TOT_AXIS_PHASE
                                                 : TOT_AXIS_GUESS;
}

static void take_quantity(parser *p) {
    if (p->table->quantity != TOT_QUANTITY_GUESS || p->value >= p->header.count)
        return;
    const tot_column_kind found = tot_column_kind_of(p->header.text[p->value]);
    p->table->quantity = found == TOT_COLUMN_MAGNITUDE       ? TOT_QUANTITY_MAGNITUDE
                         : found == TOT_COLUMN_FLUX          ? TOT_QUANTITY_FLUX
                         : found == TOT_COLUMN_RELATIVE_FLUX ? TOT_QUANTITY_RELATIVE_FLUX
                                                             : TOT_QUANTITY_GUESS;
}

static bool is_chosen(const tot_column *column) {
    return column->name != NULL || column->number > 0;
}

/* Called with the header, if there is one, known; `columns` is the width of the first row. */
static tot_status choose_columns(parser *p, size_t columns, size_t number) {
    const tot_table_request *request = p->request;
    tot_status status;
    size_t x = SIZE_MAX, value = SIZE_MAX;
    p->error = SIZE_MAX;
    p->ready = true;
    p->table->axis = request->axis;
    p->table->quantity = request->quantity;

    if (p->header.count > 0) {
        if (request->axis != TOT_AXIS_PHASE)
            x = find_kind(&p->header, TOT_COLUMN_TIME, 0);
        if (x == SIZE_MAX && request->axis != TOT_AXIS_TIME)
            x = find_kind(&p->header, TOT_COLUMN_PHASE, 0);
        value = find_value(&p->header, request->quantity);
        /* A comment that names no time and no value was just a comment, unless the caller has a
         * name from it. */
        if (!p->names && request->x.name == NULL && request->value.name == NULL &&
            (x == SIZE_MAX || value == SIZE_MAX))
            p->header.count = 0;
    }
    if (p->header.count == 0) {
        x = 0;
        value = 1;
    }
    if (is_chosen(&request->x) && (status = choose(p, &request->x, number, &x)) != TOT_OK)
        return status;
    if (is_chosen(&request->value) &&
        (status = choose(p, &request->value, number, &value)) != TOT_OK)
        return status;
    if (x == SIZE_MAX || value == SIZE_MAX)
        return tot_fail(p->message, TOT_ERROR_FORMAT,
                        "%s:%zu: no column of the header is recognised as %s; name it with the "
                        "option 'columns'",
                        p->path, number, x == SIZE_MAX ? "time or phase" : "magnitude or flux");
    p->x = x;
    p->value = value;
    if (is_chosen(&request->error)) {
        if ((status = choose(p, &request->error, number, &p->error)) != TOT_OK)
            return status;
    } else if (p->header.count > 0)
        p->error = find_kind(&p->header, TOT_COLUMN_ERROR, value + 1);
    else if (columns >= 3 && x == 0 && value == 1)
        p->error = 2;
    take_axis(p);
    take_quantity(p);
    return TOT_OK;
}

/* Keeps a copy of a line as the header. */
static tot_status keep_header(parser *p, const char *line, char separator) {
    const size_t size = strlen(line) + 1;
    char *copy = realloc(p->header_line, size);
    if (copy != NULL) {
        p->header_line = copy;
        memcpy(copy, line, size);
    }
    if (copy == NULL || !tot_split_fields(copy, separator, &p->header))
        return tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
    return TOT_OK;
}

/* ---- rows ---- */

static tot_status grow(parser *p) {
    tot_text_table *table = p->table;
    const size_t capacity = p->capacity == 0 ? 512 : 2 * p->capacity;
    double **const columns[] = {&table->x, &table->value, &table->error};
    for (size_t k = 0; k < 3; k++) {
        double *larger = realloc(*columns[k], capacity * sizeof *larger);
        if (larger == NULL)
            return tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
        *columns[k] = larger;
    }
    p->capacity = capacity;
    return TOT_OK;
}

static const char *value_name(const parser *p) {
    return p->table->quantity == TOT_QUANTITY_MAGNITUDE ? "magnitude"
           : p->table->quantity == TOT_QUANTITY_GUESS   ? "magnitude or flux"
                                                        : "flux";
}

/* A field as a number; NaN when it is missing. */
static tot_status parse_field(parser *p, size_t column, const char *what, size_t number,
                              double *value) {
    const char *text = p->row.text[column];
    *value = NAN;
    if (tot_parse_number(text, value) || tot_is_missing(text))
        return TOT_OK;
    if (column == p->error && tot_names_equal(text, "nan"))
        return TOT_OK; /* an unknown error does no harm */
    return tot_fail(p->message, TOT_ERROR_FORMAT, "%s:%zu: '%.40s' in column %zu (%s) is no number",
                    p->path, number, text, column + 1, what);
}

static tot_status add_row(parser *p, size_t number) {
    tot_text_table *table = p->table;
    const size_t needed = (p->x > p->value ? p->x : p->value) + 1;
    double x, value, error = NAN;
    tot_status status;
    if (p->row.count < needed)
        return tot_fail(p->message, TOT_ERROR_FORMAT,
                        "%s:%zu: %zu column%s, at least %zu are needed", p->path, number,
                        p->row.count, p->row.count == 1 ? "" : "s", needed);
    status = parse_field(p, p->x, table->axis == TOT_AXIS_PHASE ? "phase" : "time", number, &x);
    if (status == TOT_OK)
        status = parse_field(p, p->value, value_name(p), number, &value);
    if (status == TOT_OK && p->error < p->row.count)
        status = parse_field(p, p->error, "error", number, &error);
    if (status != TOT_OK)
        return status;
    if (isnan(x) || isnan(value)) {
        table->skipped++;
        return TOT_OK;
    }
    if (table->count == p->capacity && (status = grow(p)) != TOT_OK)
        return status;
    table->x[table->count] = x;
    table->value[table->count] = value;
    table->error[table->count] = error > 0.0 ? error : NAN;
    table->count++;
    return TOT_OK;
}

static tot_status take_line(parser *p, char *line, size_t number) {
    tot_status status;
    while (tot_is_blank(*line))
        line++;
    if (*line == '#') {
        for (line++; tot_is_blank(*line) || *line == '#'; line++)
            ;
        /* perhaps the names of the columns; the last comment before the rows wins */
        if (!p->ready && !p->names && *line != '\0')
            return keep_header(p, line, tot_detect_separator(line));
        return TOT_OK;
    }
    if (*line == '\0')
        return TOT_OK;
    if (p->separator == 0)
        p->separator = tot_detect_separator(line);
    if (!p->ready && !p->names) {
        /* split destroys the line, and a header has to be kept */
        tot_fields *h = &p->header;
        const size_t comment_fields = h->count;
        char *copy = malloc(strlen(line) + 1);
        if (copy == NULL)
            return tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
        strcpy(copy, line);
        status = TOT_OK;
        if (!tot_split_fields(copy, p->separator, &p->row))
            status = tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
        else if (is_header(&p->row)) {
            p->names = true;
            status = keep_header(p, line, p->separator);
            /* the rows may be separated otherwise than the names: "time, flux" over "1 2" */
            p->separator = 0;
        } else if (comment_fields != 0 && comment_fields < p->row.count)
            h->count = 0;
        free(copy);
        if (status != TOT_OK || p->names)
            return status;
    }
    if (!tot_split_fields(line, p->separator, &p->row))
        return tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
    if (!p->ready && (status = choose_columns(p, p->row.count, number)) != TOT_OK)
        return status;
    return add_row(p, number);
}

/* ---- what the numbers are ---- */

/* What surveys write for "no measurement". */
static bool is_sentinel(double value) {
    return value == 29.999 || (value >= 99.9 && value < 100.0);
}

static tot_quantity guess_quantity(const tot_text_table *table, double *scratch) {
    size_t used = 0, usual = 0;
    for (size_t k = 0; k < table->count; k++)
        if (!is_sentinel(table->value[k])) {
            scratch[used++] = table->value[k];
            usual += table->value[k] >= 3.0 && table->value[k] < 29.0;
        }
    if (used == 0)
        return TOT_QUANTITY_MAGNITUDE;
    const double low = tot_select(scratch, used, used / 20);
    const double high = tot_select(scratch, used, used - 1 - used / 20);
    const double median = tot_median(scratch, used);
    if (low < 0.0 && fabs(median) < 0.5 * (high - low))
        return TOT_QUANTITY_RELATIVE_FLUX;
    if (10 * usual >= 9 * used && high - low < 5.0)
        return TOT_QUANTITY_MAGNITUDE;
    return TOT_QUANTITY_FLUX;
}

static tot_axis guess_axis(const tot_text_table *table) {
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < table->count; k++) {
        low = fmin(low, table->x[k]);
        high = fmax(high, table->x[k]);
    }
    return low >= -1.0 && high <= 1.0 && high - low >= 0.5 ? TOT_AXIS_PHASE : TOT_AXIS_TIME;
}

static void drop_sentinels(tot_text_table *table) {
    size_t kept = 0;
    for (size_t k = 0; k < table->count; k++) {
        if (fabs(table->value[k]) >= 29.0) {
            table->skipped++;
            continue;
        }
        table->x[kept] = table->x[k];
        table->value[kept] = table->value[k];
        table->error[kept++] = table->error[k];
    }
    table->count = kept;
}

static tot_status finish(parser *p, size_t lines) {
    tot_text_table *table = p->table;
    if (table->count > 0) {
        if (table->axis == TOT_AXIS_GUESS)
            table->axis = guess_axis(table);
        if (table->quantity == TOT_QUANTITY_GUESS) {
            double *scratch = malloc(table->count * sizeof *scratch);
            if (scratch == NULL)
                return tot_fail(p->message, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
            table->quantity = guess_quantity(table, scratch);
            free(scratch);
        }
        if (table->quantity == TOT_QUANTITY_MAGNITUDE)
            drop_sentinels(table);
        if (table->quantity == TOT_QUANTITY_RELATIVE_FLUX) {
            for (size_t k = 0; k < table->count; k++)
                table->value[k] += 1.0;
            table->quantity = TOT_QUANTITY_FLUX;
        }
    }
    if (lines == 0)
        return tot_fail(p->message, TOT_ERROR_FORMAT, "%s: the file is empty", p->path);
    if (table->count == 0 && table->skipped > 0)
        return tot_fail(p->message, TOT_ERROR_FORMAT, "%s: none of the %zu rows has a measurement",
                        p->path, table->skipped);
    if (table->count == 0)
        return tot_fail(p->message, TOT_ERROR_FORMAT, "%s: no rows of data", p->path);
    if (p->error == SIZE_MAX) {
        free(table->error);
        table->error = NULL;
    }
    return TOT_OK;
}

tot_status tot_text_table_read(const char *path, const tot_table_request *request,
                               tot_text_table *table, tot_error *error) {
    static const tot_table_request nothing = {0};
    parser p = {.path = path,
                .request = request == NULL ? &nothing : request,
                .table = table,
                .message = error};
    tot_line_reader *reader = NULL;
    size_t number = 0;
    char *line;
    *table = (tot_text_table){0};
    tot_status status = tot_line_reader_open(path, &reader, error);
    while (status == TOT_OK) {
        status = tot_line_reader_next(reader, &line, &number, error);
        if (status != TOT_OK || line == NULL)
            break;
        status = take_line(&p, line, number);
    }
    if (status == TOT_OK)
        status = finish(&p, number);
    tot_line_reader_close(reader);
    free(p.row.text);
    free(p.header.text);
    free(p.header_line);
    if (status != TOT_OK)
        tot_text_table_free(table);
    return status;
}

void tot_text_table_free(tot_text_table *table) {
    free(table->x);
    free(table->value);
    free(table->error);
    *table = (tot_text_table){0};
}
