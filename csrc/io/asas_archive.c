#include "io/asas_archive.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/fields.h"
#include "io/line_reader.h"
#include "io/number.h"

enum { APERTURES = 10 };

static const double NO_MEASUREMENT = 29.0; /* magnitudes from here on stand for none */

/* Where things are in the rows of a block; SIZE_MAX: nowhere. */
typedef struct block {
    bool begun;
    size_t time, grade, magnitude[APERTURES], error[APERTURES];
    int advised; /* aperture */
    double number;
} block;

typedef struct archive {
    const char *path;
    tot_light_curve *curve;
    tot_error *message;
    tot_fields row;
    block block;
    size_t blocks;
    int aperture; /* -1 in the first pass, which only counts */
    size_t votes[APERTURES];
} archive;

static tot_status no_memory(const archive *a) {
    return tot_fail(a->message, TOT_ERROR_MEMORY, "%s: not enough memory", a->path);
}

/* The aperture in a name like MAG_2, or -1. */
static int aperture_of(const char *name, const char *start) {
    const size_t length = strlen(start);
    if (strncmp(name, start, length) != 0 || name[length] < '0' || name[length] > '9' ||
        name[length + 1] != '\0')
        return -1;
    return name[length] - '0';
}

static tot_status take_header(archive *a, char *line) {
    block *b = &a->block;
    const double number = b->number;
    if (!tot_split_fields(line, TOT_SEPARATOR_BLANK, &a->row))
        return no_memory(a);
    *b = (block){.begun = true, .time = SIZE_MAX, .grade = SIZE_MAX, .advised = -1};
    b->number = number > 0.0 ? number : (double)++a->blocks;
    for (int k = 0; k < APERTURES; k++)
        b->magnitude[k] = b->error[k] = SIZE_MAX;
    for (size_t k = 0; k < a->row.count; k++) {
        const char *name = a->row.text[k];
        const int magnitude = aperture_of(name, "MAG_"), error = aperture_of(name, "MER_");
        if (strcmp(name, "HJD") == 0)
            b->time = k;
        else if (strcmp(name, "GRADE") == 0)
            b->grade = k;
        else if (error >= 0)
            b->error[error] = k;
        else if (magnitude >= 0) {
            b->magnitude[magnitude] = k;
            if (b->advised < 0)
                b->advised = magnitude;
        }
    }
    return TOT_OK;
}

static tot_status take_number(const archive *a, size_t line, size_t column, const char *name,
                              double *value) {
    const char *text = column < a->row.count ? a->row.text[column] : "";
    if (tot_parse_number(text, value))
        return TOT_OK;
    return tot_fail(a->message, TOT_ERROR_FORMAT, "%s:%zu: %s is no number: '%.40s'", a->path, line,
                    name, text);
}

static tot_status take_row(archive *a, char *text, size_t line) {
    const block *b = &a->block;
    double time, magnitude, error;
    char name[8];
    if (!b->begun || b->advised < 0 || b->time == SIZE_MAX)
        return tot_fail(a->message, TOT_ERROR_FORMAT,
                        "%s:%zu: data before a header with HJD and MAG columns", a->path, line);
    if (a->aperture < 0) {
        a->votes[b->advised]++;
        return TOT_OK;
    }
    if (!tot_split_fields(text, TOT_SEPARATOR_BLANK, &a->row))
        return no_memory(a);
    tot_status status = take_number(a, line, b->time, "HJD", &time);
    if (status != TOT_OK)
        return status;
    snprintf(name, sizeof name, "MAG_%d", a->aperture);
    if ((status = take_number(a, line, b->magnitude[a->aperture], name, &magnitude)) != TOT_OK)
        return status;
    snprintf(name, sizeof name, "MER_%d", a->aperture);
    if ((status = take_number(a, line, b->error[a->aperture], name, &error)) != TOT_OK)
        return status;
    const char *grade = b->grade < a->row.count ? a->row.text[b->grade] : "";
    if (magnitude >= NO_MEASUREMENT || (strcmp(grade, "A") != 0 && strcmp(grade, "B") != 0)) {
        a->curve->skipped++;
        return TOT_OK;
    }
    if (!tot_light_curve_reserve(a->curve, 1))
        return no_memory(a);
    tot_light_curve_add(a->curve, time + (time < 1e6 ? 2450000.0 : 0.0), magnitude, error,
                        b->number, 0.0);
    return TOT_OK;
}

static tot_status take_line(archive *a, char *text, size_t line) {
    static const char data_set[] = "dataset=";
    if (*text != '#') {
        while (tot_is_blank(*text))
            text++;
        return *text == '\0' ? TOT_OK : take_row(a, text, line);
    }
    text++;
    if (strncmp(text, data_set, sizeof data_set - 1) == 0) {
        a->blocks++;
        a->block = (block){.number = (double)strtoul(text + sizeof data_set - 1, NULL, 10)};
        return TOT_OK;
    }
    while (tot_is_blank(*text))
        text++;
    return strncmp(text, "HJD", 3) == 0 && tot_is_blank(text[3]) ? take_header(a, text) : TOT_OK;
}

static tot_status pass(archive *a, const char *bytes, size_t size) {
    tot_line_reader reader;
    char *text;
    size_t line = 0;
    tot_status status;
    a->block = (block){0};
    a->blocks = 0;
    tot_line_reader_begin(&reader, a->path, bytes, size);
    do {
        status = tot_line_reader_next(&reader, &text, &line, a->message);
        if (status == TOT_OK && text != NULL)
            status = take_line(a, text, line);
    } while (status == TOT_OK && text != NULL);
    tot_line_reader_end(&reader);
    return status;
}

tot_status tot_asas_archive_read(const char *path, const char *bytes, size_t size,
                                 tot_light_curve *curve, tot_error *error) {
    archive a = {.path = path, .curve = curve, .message = error, .aperture = -1};
    tot_light_curve_begin(curve);
    tot_status status = pass(&a, bytes, size);
    if (status == TOT_OK) {
        a.aperture = 0;
        for (int k = 1; k < APERTURES; k++)
            if (a.votes[k] > a.votes[a.aperture])
                a.aperture = k;
        status = pass(&a, bytes, size);
    }
    if (status == TOT_OK && curve->count == 0)
        status = tot_fail(error, TOT_ERROR_FORMAT, "%s: no measurements of grade A or B", path);
    curve->axis = TOT_AXIS_TIME;
    curve->quantity = TOT_QUANTITY_MAGNITUDE;
    curve->has_error = curve->has_segment = true;
    free(a.row.text);
    if (status != TOT_OK)
        tot_light_curve_free(curve);
    return status;
}
