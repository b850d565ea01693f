#include "io/text_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "io/column_names.h"
#include "io/fields.h"
#include "io/line_reader.h"
#include "io/number.h"
#include "io/table_parser.h"

typedef struct text_table {
    tot_table_parser parser;
    const char *path;
    tot_fields row;
    char separator;   /* 0: not known yet */
    bool has_header;  /* a row of names */
    bool has_comment; /* names from a comment */
    bool has_rows;
    bool names_only; /* stop before the first row */
    tot_error *error;
} text_table;

static tot_status no_memory(const text_table *t) {
    return tot_fail(t->error, TOT_ERROR_MEMORY, "%s: not enough memory", t->path);
}

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

/* A comment: perhaps the names of the columns; the last one before the rows wins. */
static tot_status take_comment(text_table *t, char *line) {
    while (tot_is_blank(*line) || *line == '#')
        line++;
    if (t->has_rows || t->has_header || *line == '\0')
        return TOT_OK;
    if (!tot_split_fields(line, tot_detect_separator(line), &t->row))
        return no_memory(t);
    t->has_comment = true;
    return tot_table_parser_names(&t->parser, &t->row, true);
}

static tot_status take_line(text_table *t, char *line, size_t number) {
    while (tot_is_blank(*line))
        line++;
    if (*line == '#')
        return take_comment(t, line);
    if (*line == '\0')
        return TOT_OK;
    if (t->separator == 0)
        t->separator = tot_detect_separator(line);
    if (!tot_split_fields(line, t->separator, &t->row))
        return no_memory(t);
    if (!t->has_rows && !t->has_header && is_header(&t->row)) {
        t->has_header = true;
        /* the rows may be separated otherwise than the names: "time, flux" over "1 2" */
        t->separator = 0;
        return tot_table_parser_names(&t->parser, &t->row, false);
    }
    if (!t->has_rows && !t->has_header && t->has_comment && t->parser.names.count < t->row.count) {
        const tot_status status = tot_table_parser_names(&t->parser, NULL, false);
        if (status != TOT_OK)
            return status;
    }
    t->has_rows = true;
    return t->names_only ? TOT_OK : tot_table_parser_row(&t->parser, &t->row, number);
}

static tot_status take_lines(text_table *t, const char *bytes, size_t size) {
    tot_line_reader reader;
    char *line;
    size_t number = 0;
    tot_status status;
    tot_line_reader_begin(&reader, t->path, bytes, size);
    do {
        status = tot_line_reader_next(&reader, &line, &number, t->error);
        if (status == TOT_OK && line != NULL)
            status = take_line(t, line, number);
    } while (status == TOT_OK && line != NULL && !(t->names_only && t->has_rows));
    tot_line_reader_end(&reader);
    return status;
}

tot_status tot_text_table_read(const char *path, const char *bytes, size_t size,
                               const tot_table_request *request, tot_light_curve *curve,
                               tot_error *error) {
    text_table t = {.path = path, .error = error};
    tot_table_parser_begin(&t.parser, path, request, false, curve, error);
    tot_status status = size == 0 ? tot_fail(error, TOT_ERROR_FORMAT, "%s: the file is empty", path)
                                  : take_lines(&t, bytes, size);
    if (status == TOT_OK)
        status = tot_table_parser_finish(&t.parser);
    tot_table_parser_end(&t.parser);
    free(t.row.text);
    if (status != TOT_OK)
        tot_light_curve_free(curve);
    return status;
}

tot_status tot_text_table_names(const char *path, const char *bytes, size_t size, char **names,
                                tot_error *error) {
    text_table t = {.path = path, .names_only = true, .error = error};
    tot_light_curve curve;
    *names = NULL;
    tot_table_parser_begin(&t.parser, path, NULL, false, &curve, error);
    tot_status status = take_lines(&t, bytes, size);
    if (status == TOT_OK && t.parser.names.count > 0) {
        *names = tot_table_parser_joined_names(&t.parser);
        if (*names == NULL)
            status = no_memory(&t);
    }
    tot_table_parser_end(&t.parser);
    free(t.row.text);
    tot_light_curve_free(&curve);
    return status;
}
