#include "io/votable.h"

#include <expat.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "io/column_names.h"
#include "io/number.h"
#include "io/table_parser.h"

enum { ROW_LIMIT = 1 << 20, FIELD_LIMIT = 4096 }; /* bytes, columns */

typedef struct votable {
    tot_table_parser parser;
    const char *path;
    XML_Parser xml;
    tot_fields row;
    char *cells; /* of a row, each ended by a zero */
    size_t length, capacity;
    size_t *starts; /* of the cells */
    size_t count, starts_capacity;
    bool in_cell, has_data, names_only, done;
    tot_status status; /* of what is done with the content */
    tot_votable_time *time;
    tot_error *error;
} votable;

static void stop(votable *v, tot_status status) {
    v->status = status;
    v->done = true;
    XML_StopParser(v->xml, XML_FALSE);
}

static void out_of_memory(votable *v) {
    stop(v, tot_fail(v->error, TOT_ERROR_MEMORY, "%s: not enough memory", v->path));
}

/* The name without the prefix of a namespace. */
static const char *local_name(const char *name) {
    const char *colon = strchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static const char *attribute(const char **attributes, const char *name) {
    for (; attributes[0] != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* ---- cells ---- */

static void append(votable *v, const char *text, size_t length) {
    if (length > ROW_LIMIT - v->length) {
        stop(v, tot_fail(v->error, TOT_ERROR_FORMAT, "%s:%lu: a row of more than %d bytes", v->path,
                         (unsigned long)XML_GetCurrentLineNumber(v->xml), ROW_LIMIT));
        return;
    }
    if (v->length + length > v->capacity) {
        const size_t capacity = 2 * (v->length + length) + 256;
        char *larger = realloc(v->cells, capacity);
        if (larger == NULL) {
            out_of_memory(v);
            return;
        }
        v->cells = larger;
        v->capacity = capacity;
    }
    memcpy(v->cells + v->length, text, length);
    v->length += length;
}

static void begin_cell(votable *v) {
    if (v->count == v->starts_capacity) {
        const size_t capacity = v->starts_capacity == 0 ? 32 : 2 * v->starts_capacity;
        size_t *larger = realloc(v->starts, capacity * sizeof *larger);
        if (larger == NULL) {
            out_of_memory(v);
            return;
        }
        v->starts = larger;
        v->starts_capacity = capacity;
    }
    v->starts[v->count++] = v->length;
}

static void end_cell(votable *v) {
    if (v->in_cell)
        append(v, "", 1);
    v->in_cell = false;
}

static void drop_row(votable *v) {
    v->count = v->length = 0;
    v->in_cell = false;
}

/* The cells as fields, without the white space around them. */
static bool make_row(votable *v) {
    v->row.count = 0;
    for (size_t k = 0; k < v->count; k++) {
        char *cell = v->cells + v->starts[k];
        cell += strspn(cell, " \t\r\n");
        size_t length = strlen(cell);
        while (length > 0 && strchr(" \t\r\n", cell[length - 1]) != NULL)
            length--;
        cell[length] = '\0';
        if (!tot_add_field(&v->row, cell))
            return false;
    }
    return true;
}

static void end_row(votable *v, bool names) {
    end_cell(v); /* an element that has no business in a cell may end the row */
    if (v->done)
        return;
    if (!make_row(v)) {
        out_of_memory(v);
        return;
    }
    const tot_status status =
        names ? tot_table_parser_names(&v->parser, &v->row, false)
              : tot_table_parser_row(&v->parser, &v->row, XML_GetCurrentLineNumber(v->xml));
    drop_row(v);
    if (status != TOT_OK)
        stop(v, status);
}

/* ---- elements ---- */

static void take_field(votable *v, const char **attributes) {
    const char *name = attribute(attributes, "name");
    if (v->count == FIELD_LIMIT) {
        stop(v, tot_fail(v->error, TOT_ERROR_FORMAT, "%s: more than %d columns", v->path,
                         FIELD_LIMIT));
        return;
    }
    if (name == NULL)
        name = "";
    begin_cell(v);
    append(v, name, strlen(name) + 1);
}

static void take_time_system(votable *v, const char **attributes) {
    const char *origin = attribute(attributes, "timeorigin");
    const char *scale = attribute(attributes, "timescale");
    const char *reference = attribute(attributes, "refposition");
    if (origin != NULL && strcmp(origin, "MJD-origin") == 0)
        v->time->origin = 2400000.5;
    else if (origin != NULL && strcmp(origin, "JD-origin") == 0)
        v->time->origin = 0.0;
    else if (origin != NULL && !tot_parse_number(origin, &v->time->origin))
        v->time->origin = NAN;
    tot_copy_name(v->time->scale, scale == NULL ? "" : scale);
    tot_copy_name(v->time->reference, reference == NULL ? "" : reference);
}

static void XMLCALL start_element(void *context, const char *qualified, const char **attributes) {
    votable *v = context;
    const char *name = local_name(qualified);
    if (v->done)
        return;
    if (strcmp(name, "TD") == 0 && v->has_data) {
        end_cell(v);
        begin_cell(v);
        v->in_cell = true;
    } else if (strcmp(name, "TR") == 0)
        drop_row(v);
    else if (strcmp(name, "FIELD") == 0)
        take_field(v, attributes);
    else if (strcmp(name, "TIMESYS") == 0)
        take_time_system(v, attributes);
    else if (strcmp(name, "TABLE") == 0)
        drop_row(v);
    else if (strcmp(name, "DATA") == 0) {
        end_row(v, true);
        v->has_data = true;
        if (v->names_only && !v->done)
            stop(v, TOT_OK);
    } else if (strcmp(name, "BINARY") == 0 || strcmp(name, "BINARY2") == 0 ||
               strcmp(name, "FITS") == 0)
        stop(v, tot_fail(v->error, TOT_ERROR_FORMAT,
                         "%s: a VOTable with data as %s; ask the service for TABLEDATA", v->path,
                         name));
}

static void XMLCALL end_element(void *context, const char *qualified) {
    votable *v = context;
    const char *name = local_name(qualified);
    if (v->done)
        return;
    if (strcmp(name, "TD") == 0)
        end_cell(v);
    else if (strcmp(name, "TR") == 0 && v->has_data)
        end_row(v, false);
    else if (strcmp(name, "DATA") == 0)
        stop(v, TOT_OK);
}

static void XMLCALL take_text(void *context, const char *text, int length) {
    votable *v = context;
    if (v->in_cell && !v->done)
        append(v, text, (size_t)length);
}

/* Entities a document declares for itself can be made to explode; a VOTable has no use for them. */
static void XMLCALL refuse_entity(void *context, const XML_Char *name, int is_parameter,
                                  const XML_Char *value, int length, const XML_Char *base,
                                  const XML_Char *system, const XML_Char *public,
                                  const XML_Char *notation) {
    votable *v = context;
    (void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system;
    (void)public, (void)notation;
    if (!v->done)
        stop(v, tot_fail(v->error, TOT_ERROR_FORMAT, "%s: declares entities of its own", v->path));
}

static tot_status parse(votable *v, const char *bytes, size_t size) {
    enum { PIECE = 1 << 20 };
    v->xml = XML_ParserCreate(NULL);
    if (v->xml == NULL)
        return tot_fail(v->error, TOT_ERROR_MEMORY, "%s: not enough memory", v->path);
    XML_SetUserData(v->xml, v);
    XML_SetElementHandler(v->xml, start_element, end_element);
    XML_SetCharacterDataHandler(v->xml, take_text);
    XML_SetEntityDeclHandler(v->xml, refuse_entity);
    for (size_t at = 0; !v->done; at += PIECE) {
        const bool last = size - at <= PIECE;
        if (XML_Parse(v->xml, bytes + at, (int)(last ? size - at : PIECE), last) ==
                XML_STATUS_ERROR &&
            !v->done) {
            const enum XML_Error code = XML_GetErrorCode(v->xml);
            stop(v, tot_fail(
                        v->error, code == XML_ERROR_NO_MEMORY ? TOT_ERROR_MEMORY : TOT_ERROR_FORMAT,
                        "%s:%lu: no valid XML: %s", v->path,
                        (unsigned long)XML_GetCurrentLineNumber(v->xml), XML_ErrorString(code)));
        }
        if (last)
            break;
    }
    if (v->status == TOT_OK && !v->has_data)
        v->status =
            tot_fail(v->error, TOT_ERROR_FORMAT, "%s: a VOTable without a table of data", v->path);
    return v->status;
}

static void end(votable *v) {
    if (v->xml != NULL)
        XML_ParserFree(v->xml);
    tot_table_parser_end(&v->parser);
    free(v->row.text);
    free(v->cells);
    free(v->starts);
}

tot_status tot_votable_read(const char *path, const char *bytes, size_t size,
                            const tot_table_request *request, tot_light_curve *curve,
                            tot_votable_time *time, tot_error *error) {
    votable v = {.path = path, .time = time, .error = error};
    *time = (tot_votable_time){.origin = NAN};
    tot_table_parser_begin(&v.parser, path, request, true, curve, error);
    tot_status status = parse(&v, bytes, size);
    if (status == TOT_OK)
        status = tot_table_parser_finish(&v.parser);
    end(&v);
    if (status != TOT_OK)
        tot_light_curve_free(curve);
    return status;
}

tot_status tot_votable_names(const char *path, const char *bytes, size_t size, char **names,
                             tot_error *error) {
    tot_votable_time time = {.origin = NAN};
    votable v = {.path = path, .time = &time, .names_only = true, .error = error};
    tot_light_curve curve;
    *names = NULL;
    tot_table_parser_begin(&v.parser, path, NULL, true, &curve, error);
    tot_status status = parse(&v, bytes, size);
    if (status == TOT_OK && v.parser.names.count > 0) {
        *names = tot_table_parser_joined_names(&v.parser);
        if (*names == NULL)
            status = tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
    }
    end(&v);
    tot_light_curve_free(&curve);
    return status;
}
