#include "io/table_parser.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "curve/robust.h"
#include "io/column_names.h"
#include "io/number.h"

static const tot_table_request nothing = {0};

static tot_status no_memory(const tot_table_parser *p) {
    return tot_fail(p->error, TOT_ERROR_MEMORY, "%s: not enough memory", p->path);
}

void tot_table_parser_begin(tot_table_parser *p, const char *path, const tot_table_request *request,
                            bool nan_is_missing, tot_light_curve *curve, tot_error *error) {
    *p = (tot_table_parser){.path = path,
                            .request = request == NULL ? &nothing : request,
                            .nan_is_missing = nan_is_missing,
                            .curve = curve,
                            .error = error};
    tot_light_curve_begin(curve);
}

void tot_table_parser_end(tot_table_parser *p) {
    free(p->text);
    free(p->names.text);
    tot_labels_free(&p->segments);
    tot_labels_free(&p->bands);
    *p = (tot_table_parser){0};
}

tot_status tot_table_parser_names(tot_table_parser *p, const tot_fields *names, bool uncertain) {
    size_t size = 1;
    p->names.count = 0;
    p->uncertain = uncertain;
    if (names == NULL)
        return TOT_OK;
    for (size_t k = 0; k < names->count; k++)
        size += strlen(names->text[k]) + 1;
    char *text = realloc(p->text, size);
    if (text == NULL)
        return no_memory(p);
    p->text = text;
    for (size_t k = 0; k < names->count; k++) {
        const size_t length = strlen(names->text[k]) + 1;
        memcpy(text, names->text[k], length);
        if (!tot_add_field(&p->names, text))
            return no_memory(p);
        text += length;
    }
    return TOT_OK;
}

char *tot_table_parser_joined_names(const tot_table_parser *p) {
    size_t size = 1;
    for (size_t k = 0; k < p->names.count; k++)
        size += strlen(p->names.text[k]) + 1;
    char *joined = p->names.count > 0 ? malloc(size) : NULL;
    if (joined == NULL)
        return NULL;
    char *to = joined;
    for (size_t k = 0; k < p->names.count; k++) {
        const size_t length = strlen(p->names.text[k]);
        memcpy(to, p->names.text[k], length);
        to[length] = '\n';
        to += length + 1;
    }
    to[-1] = '\0';
    return joined;
}

static tot_status choose_columns(tot_table_parser *p, size_t width, size_t line) {
    tot_light_curve *curve = p->curve;
    tot_table_columns *c = &p->columns;
    const tot_status status =
        tot_table_columns_choose(p->request, p->names.text, p->names.count, p->uncertain, width,
                                 p->path, line, c, &curve->axis, &curve->quantity, p->error);
    if (status != TOT_OK)
        return status;
    p->ready = true;
    p->needed = (c->x > c->value ? c->x : c->value) + 1;
    curve->has_error = c->error != SIZE_MAX;
    curve->has_segment = c->segment != SIZE_MAX;
    if (c->x < p->names.count)
        tot_copy_name(curve->x_name, p->names.text[c->x]);
    return TOT_OK;
}

/* ---- rows ---- */

static const char *value_name(const tot_table_parser *p) {
    return p->curve->quantity == TOT_QUANTITY_MAGNITUDE ? "magnitude"
           : p->curve->quantity == TOT_QUANTITY_GUESS   ? "magnitude or flux"
                                                        : "flux";
}

static bool is_limit(const char *text) {
    double value;
    return (*text == '>' || *text == '<') && tot_parse_number(text + 1, &value);
}

/* A field as a number; NaN when it is missing. */
static tot_status parse_field(const tot_table_parser *p, const char *text, size_t column,
                              const char *what, size_t line, double *value) {
    *value = NAN;
    if (tot_parse_number(text, value) || tot_is_missing(text))
        return TOT_OK;
    if (column == p->columns.value && is_limit(text))
        return TOT_OK;
    /* an unknown error does no harm */
    if ((p->nan_is_missing || column == p->columns.error) && tot_names_equal(text, "nan"))
        return TOT_OK;
    return tot_fail(p->error, TOT_ERROR_FORMAT, "%s:%zu: '%.40s' in column %zu (%s) is no number",
                    p->path, line, text, column + 1, what);
}

/* The same text, or the same number. */
static bool flags_equal(const char *a, const char *b) {
    double x, y;
    return tot_names_equal(a, b) || (tot_parse_number(a, &x) && tot_parse_number(b, &y) && x == y);
}

static bool is_good(const tot_table_request *request, const char *flag) {
    for (size_t k = 0; k < request->good_flag_count; k++)
        if (flags_equal(flag, request->good_flags[k]))
            return true;
    return false;
}

static const char *field(const tot_fields *row, size_t column) {
    return column < row->count ? row->text[column] : "";
}

static tot_status take_label(const tot_table_parser *p, tot_labels *labels, const tot_fields *row,
                             size_t column, size_t line, double *number) {
    *number = 0.0;
    if (column == SIZE_MAX)
        return TOT_OK;
    const size_t label = tot_labels_number(labels, field(row, column));
    if (label == SIZE_MAX && labels->count == TOT_LABEL_LIMIT)
        return tot_fail(p->error, TOT_ERROR_FORMAT,
                        "%s:%zu: more than %d different values in column %zu", p->path, line,
                        TOT_LABEL_LIMIT, column + 1);
    if (label == SIZE_MAX)
        return no_memory(p);
    *number = (double)label;
    return TOT_OK;
}

static void take_coordinates(tot_table_parser *p, const tot_fields *row) {
    double ra, dec;
    if (p->columns.ra == SIZE_MAX || p->columns.dec == SIZE_MAX || !isnan(p->curve->ra))
        return;
    if (tot_parse_number(field(row, p->columns.ra), &ra) &&
        tot_parse_number(field(row, p->columns.dec), &dec)) {
        p->curve->ra = ra;
        p->curve->dec = dec;
    }
}

tot_status tot_table_parser_row(tot_table_parser *p, const tot_fields *row, size_t line) {
    const tot_table_columns *c = &p->columns;
    tot_light_curve *curve = p->curve;
    double x, value, error = NAN, segment, band;
    tot_status status = p->ready ? TOT_OK : choose_columns(p, row->count, line);
    if (status != TOT_OK)
        return status;
    p->rows++;
    if (row->count < p->needed)
        return tot_fail(p->error, TOT_ERROR_FORMAT, "%s:%zu: %zu column%s, at least %zu are needed",
                        p->path, line, row->count, row->count == 1 ? "" : "s", p->needed);
    status = parse_field(p, row->text[c->x], c->x, curve->axis == TOT_AXIS_PHASE ? "phase" : "time",
                         line, &x);
    if (status == TOT_OK)
        status = parse_field(p, row->text[c->value], c->value, value_name(p), line, &value);
    if (status == TOT_OK && c->error < row->count)
        status = parse_field(p, row->text[c->error], c->error, "error", line, &error);
    if (status == TOT_OK)
        status = take_label(p, &p->segments, row, c->segment, line, &segment);
    if (status == TOT_OK)
        status = take_label(p, &p->bands, row, c->band, line, &band);
    if (status != TOT_OK)
        return status;
    take_coordinates(p, row);
    if (isnan(x) || isnan(value) ||
        (c->flag != SIZE_MAX && !is_good(p->request, field(row, c->flag)))) {
        curve->skipped++;
        return TOT_OK;
    }
    if (!tot_light_curve_reserve(curve, 1))
        return no_memory(p);
    tot_light_curve_add(curve, x, value, error > 0.0 ? error : NAN, segment, band);
    return TOT_OK;
}

/* ---- what the numbers are ---- */

/* What surveys write for "no measurement". */
static bool is_sentinel(double value) {
    return value == 29.999 || (value >= 99.9 && value < 100.0);
}

static tot_quantity guess_quantity(const tot_light_curve *curve, double *scratch) {
    size_t used = 0, usual = 0;
    for (size_t k = 0; k < curve->count; k++)
        if (!is_sentinel(curve->value[k])) {
            scratch[used++] = curve->value[k];
            usual += curve->value[k] >= 3.0 && curve->value[k] < 29.0;
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

static tot_axis guess_axis(const tot_light_curve *curve) {
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < curve->count; k++) {
        low = fmin(low, curve->x[k]);
        high = fmax(high, curve->x[k]);
    }
    return low >= -1.0 && high <= 1.0 && high - low >= 0.5 ? TOT_AXIS_PHASE : TOT_AXIS_TIME;
}

/* ---- the end ---- */

static size_t drop_sentinels(tot_light_curve *curve, bool *keep) {
    for (size_t k = 0; k < curve->count; k++)
        keep[k] = fabs(curve->value[k]) < 29.0 && !(curve->error[k] >= 9.0);
    return tot_light_curve_filter(curve, keep);
}

/* The number of the wanted band, or of the one with most points; SIZE_MAX: memory, or there is
 * none. */
static size_t find_band(const tot_table_parser *p) {
    const tot_light_curve *curve = p->curve;
    size_t best = 0;
    if (p->request->wanted_band != NULL) {
        for (size_t k = 0; k < p->bands.count; k++)
            if (tot_names_equal(p->bands.names[k], p->request->wanted_band))
                return k;
        return SIZE_MAX;
    }
    size_t *counts = calloc(p->bands.count, sizeof *counts);
    if (counts == NULL)
        return SIZE_MAX;
    for (size_t k = 0; k < curve->count; k++)
        counts[(size_t)curve->band[k]]++;
    for (size_t k = 1; k < p->bands.count; k++)
        if (counts[k] > counts[best])
            best = k;
    free(counts);
    return best;
}

static tot_status choose_band(tot_table_parser *p, bool *keep) {
    tot_light_curve *curve = p->curve;
    const char *wanted = p->request->wanted_band;
    if (p->bands.count == 0)
        return TOT_OK; /* whatever was wanted: the file has one band and doesn't name it */
    const size_t band = find_band(p);
    if (band == SIZE_MAX && wanted != NULL)
        return tot_fail(p->error, TOT_ERROR_FORMAT,
                        "%s: there is no band '%.40s'; the first is '%.40s'", p->path, wanted,
                        p->bands.names[0]);
    if (band == SIZE_MAX)
        return no_memory(p);
    for (size_t k = 0; k < curve->count; k++)
        keep[k] = curve->band[k] == (double)band;
    curve->other_bands = tot_light_curve_filter(curve, keep);
    tot_copy_name(curve->band_name, p->bands.names[band]);
    return TOT_OK;
}

static void number_segments(tot_table_parser *p) {
    const bool numbers = tot_labels_are_numbers(&p->segments);
    double number;
    for (size_t k = 0; k < p->curve->count; k++) {
        double *segment = &p->curve->segment[k];
        if (numbers && tot_parse_number(p->segments.names[(size_t)*segment], &number))
            *segment = number;
        else
            *segment += 1.0;
    }
}

static tot_status settle(tot_table_parser *p) {
    tot_light_curve *curve = p->curve;
    tot_status status = TOT_OK;
    double *scratch = malloc(curve->count * sizeof *scratch);
    bool *keep = malloc(curve->count * sizeof *keep);
    if (scratch == NULL || keep == NULL) {
        status = no_memory(p);
        goto done;
    }
    if ((status = choose_band(p, keep)) != TOT_OK || curve->count == 0)
        goto done;
    if (curve->axis == TOT_AXIS_GUESS)
        curve->axis = guess_axis(curve);
    if (curve->quantity == TOT_QUANTITY_GUESS)
        curve->quantity = guess_quantity(curve, scratch);
    if (curve->quantity == TOT_QUANTITY_MAGNITUDE)
        curve->skipped += drop_sentinels(curve, keep);
    if (curve->quantity == TOT_QUANTITY_RELATIVE_FLUX) {
        for (size_t k = 0; k < curve->count; k++)
            curve->value[k] += 1.0;
        curve->quantity = TOT_QUANTITY_FLUX;
    }
    if (curve->has_segment)
        number_segments(p);
done:
    free(scratch);
    free(keep);
    return status;
}

tot_status tot_table_parser_finish(tot_table_parser *p) {
    tot_light_curve *curve = p->curve;
    const tot_status status = curve->count > 0 ? settle(p) : TOT_OK;
    if (status != TOT_OK)
        return status;
    if (curve->count == 0 && p->rows > 0)
        return tot_fail(p->error, TOT_ERROR_FORMAT, "%s: none of the %zu rows has a measurement",
                        p->path, p->rows);
    if (curve->count == 0)
        return tot_fail(p->error, TOT_ERROR_FORMAT, "%s: no rows of data", p->path);
    return TOT_OK;
}
