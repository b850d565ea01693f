#include "io/fits_light_curve.h"

#include <fitsio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/fits_structure.h"
#include "io/number.h"

enum { TABLE_LIMIT = 1000 }; /* header-data units that are looked at */

typedef struct reader {
    const char *path;
    size_t size;  /* of what is sound */
    bool damaged; /* there is more, and `message` says what is wrong with it */
    fitsfile *file;
    const tot_fits_request *request;
    tot_light_curve *curve;
    tot_fits_about *about;
    int time, flux, error, quality; /* numbers of columns; 0: none */
    size_t rows;
    tot_error *message;
} reader;

static tot_status fits_failed(const reader *r, int code) {
    char reason[FLEN_STATUS];
    if (code == MEMORY_ALLOCATION)
        return tot_fail(r->message, TOT_ERROR_MEMORY, "%s: not enough memory", r->path);
    fits_get_errstatus(code, reason);
    return tot_fail(r->message, TOT_ERROR_FORMAT, "%s: a damaged FITS file: %s", r->path, reason);
}

/* ---- headers ---- */

static double number_key(const reader *r, const char *name) {
    double value = NAN;
    int code = 0;
    fits_read_key(r->file, TDOUBLE, name, &value, NULL, &code);
    return code == 0 ? value : NAN;
}

static void string_key(const reader *r, const char *name, char to[TOT_NAME_SIZE]) {
    char value[FLEN_VALUE];
    int code = 0;
    if (fits_read_key(r->file, TSTRING, name, value, NULL, &code) == 0)
        tot_copy_name(to, value);
}

/* What may stand in the primary header or in the table's. */
static void take_keys(reader *r) {
    static const char *const segments[] = {"QUARTER", "SECTOR", "CAMPAIGN"};
    const double ra = number_key(r, "RA_OBJ"), dec = number_key(r, "DEC_OBJ");
    for (size_t k = 0; isnan(r->about->segment) && k < 3; k++)
        r->about->segment = number_key(r, segments[k]);
    if (!isnan(ra) && !isnan(dec)) {
        r->curve->ra = ra;
        r->curve->dec = dec;
    }
    string_key(r, "OBJECT", r->about->object);
    string_key(r, "TIMESYS", r->about->scale);
}

/* The number behind the minus in a unit like "BJD - 2454833"; NaN without one. */
static double reference_of_unit(const char *unit) {
    double value;
    const char *minus = strchr(unit, '-');
    if (minus == NULL)
        return NAN;
    for (minus++; *minus == ' '; minus++)
        ;
    return tot_parse_number(minus, &value) ? value : NAN;
}

static tot_status take_reference(reader *r) {
    char unit[TOT_NAME_SIZE] = "", name[FLEN_KEYWORD], time_unit[TOT_NAME_SIZE] = "d";
    const double whole = number_key(r, "BJDREFI"), fraction = number_key(r, "BJDREFF");
    int code = 0;
    fits_make_keyn("TUNIT", r->time, name, &code);
    string_key(r, name, unit);
    string_key(r, "TIMEUNIT", time_unit);
    if (time_unit[0] != 'd' && time_unit[0] != 'D')
        return tot_fail(r->message, TOT_ERROR_FORMAT,
                        "%s: times in the unit '%.20s', days were expected", r->path, time_unit);
    r->about->reference =
        isnan(whole) ? reference_of_unit(unit) : whole + (isnan(fraction) ? 0.0 : fraction);
    return TOT_OK;
}

/* ---- columns ---- */

static int find_column(const reader *r, const char *const *names, size_t count, size_t *which) {
    for (size_t k = 0; k < count; k++) {
        char name[FLEN_VALUE];
        int column = 0, code = 0;
        strncpy(name, names[k], sizeof name - 1);
        name[sizeof name - 1] = '\0';
        if (fits_get_colnum(r->file, CASEINSEN, name, &column, &code) == 0) {
            if (which != NULL)
                *which = k;
            return column;
        }
    }
    return 0;
}

/* Moves to the first table that has times and fluxes. */
static tot_status find_table(reader *r) {
    const tot_fits_request *wanted = r->request;
    bool has_table = false, has_time = false;
    take_keys(r);
    for (int unit = 2; unit <= TABLE_LIMIT; unit++) {
        size_t which = 0;
        int type, code = 0;
        if (fits_movabs_hdu(r->file, unit, &type, &code) != 0) {
            if (code != END_OF_FILE)
                return fits_failed(r, code);
            break;
        }
        if (type != BINARY_TBL)
            continue;
        has_table = true;
        r->time = find_column(r, wanted->time, wanted->time_count, NULL);
        r->flux = find_column(r, wanted->flux, wanted->flux_count, &which);
        has_time |= r->time > 0;
        if (r->time > 0 && r->flux > 0) {
            r->error = find_column(r, &wanted->error[which], 1, NULL);
            r->quality = find_column(r, wanted->quality, wanted->quality_count, NULL);
            tot_copy_name(r->about->flux_name, wanted->flux[which]);
            take_keys(r);
            return take_reference(r);
        }
    }
    if (r->damaged)
        return TOT_ERROR_FORMAT;
    if (!has_table)
        return tot_fail(r->message, TOT_ERROR_FORMAT, "%s: a FITS file without a binary table",
                        r->path);
    return tot_fail(r->message, TOT_ERROR_FORMAT, "%s: no table has a column %s%s", r->path,
                    has_time ? wanted->flux[0] : wanted->time[0],
                    has_time && wanted->flux_count > 1 ? " or another known flux" : "");
}

/* One number a row. */
static tot_status check_column(const reader *r, int column, const char *what) {
    int type, code = 0;
    LONGLONG repeat, width;
    if (column == 0)
        return TOT_OK;
    if (fits_get_coltypell(r->file, column, &type, &repeat, &width, &code) != 0)
        return fits_failed(r, code);
    if (type < TBYTE || type == TLOGICAL || type == TSTRING || type >= TCOMPLEX)
        return tot_fail(r->message, TOT_ERROR_FORMAT,
                        "%s: column %d (%s) of the table holds no numbers", r->path, column, what);
    if (repeat != 1)
        return tot_fail(r->message, TOT_ERROR_FORMAT,
                        "%s: column %d (%s) of the table holds %lld values a row, 1 was expected",
                        r->path, column, what, (long long)repeat);
    return TOT_OK;
}

/* The rows are all there: whatever the header claims, no more is allocated than the file holds. */
static tot_status check_rows(reader *r) {
    LONGLONG rows = 0, width = 0, start = 0;
    int code = 0;
    fits_get_num_rowsll(r->file, &rows, &code);
    fits_read_key(r->file, TLONGLONG, "NAXIS1", &width, NULL, &code);
    fits_get_hduaddrll(r->file, NULL, &start, NULL, &code);
    if (code != 0)
        return fits_failed(r, code);
    const LONGLONG size = (LONGLONG)r->size, room = size > start ? size - start : 0;
    if (rows > 0 && (width <= 0 || room / width < rows))
        return tot_fail(r->message, TOT_ERROR_FORMAT,
                        "%s: the table has %lld rows, but the file ends after %lld", r->path,
                        (long long)rows, (long long)(width > 0 ? room / width : 0));
    if (rows <= 0)
        return tot_fail(r->message, TOT_ERROR_FORMAT, "%s: no rows of data", r->path);
    r->rows = (size_t)rows;
    return TOT_OK;
}

static tot_status read_column(const reader *r, int column, double *to) {
    double null = NAN;
    int any_null, code = 0; /* CFITSIO writes the first, wanted or not */
    if (fits_read_col(r->file, TDOUBLE, column, 1, 1, (LONGLONG)r->rows, &null, to, &any_null,
                      &code) != 0)
        return fits_failed(r, code);
    return TOT_OK;
}

/* Straight into the curve's arrays; `segment` holds the quality for a while. */
static tot_status read_rows(reader *r) {
    tot_light_curve *curve = r->curve;
    const double reference = isnan(r->about->reference) ? 0.0 : r->about->reference;
    tot_status status;
    if (!tot_light_curve_reserve(curve, r->rows))
        return tot_fail(r->message, TOT_ERROR_MEMORY, "%s: not enough memory", r->path);
    if ((status = read_column(r, r->time, curve->x)) != TOT_OK ||
        (status = read_column(r, r->flux, curve->value)) != TOT_OK ||
        (r->error > 0 && (status = read_column(r, r->error, curve->error)) != TOT_OK) ||
        (r->quality > 0 && (status = read_column(r, r->quality, curve->segment)) != TOT_OK))
        return status;
    for (size_t k = 0; k < r->rows; k++) {
        const double time = curve->x[k] + reference, flux = curve->value[k];
        const double error = r->error > 0 ? curve->error[k] : NAN;
        if (isfinite(time) && isfinite(flux) && (r->quality == 0 || curve->segment[k] == 0.0))
            tot_light_curve_add(curve, time, flux, error > 0.0 ? error : NAN, r->about->segment,
                                0.0);
    }
    curve->skipped = r->rows - curve->count;
    if (curve->count == 0)
        return tot_fail(r->message, TOT_ERROR_FORMAT,
                        "%s: none of the %zu rows has a measurement of quality 0", r->path,
                        r->rows);
    return TOT_OK;
}

tot_status tot_fits_light_curve_read(const char *path, const char *bytes, size_t size,
                                     const tot_fits_request *request, tot_light_curve *curve,
                                     tot_fits_about *about, tot_error *error) {
    reader r = {.path = path, .request = request, .curve = curve, .about = about, .message = error};
    char *padded = NULL;
    size_t good;
    int code = 0;
    tot_light_curve_begin(curve);
    *about = (tot_fits_about){.reference = NAN, .segment = NAN};
    tot_status status = tot_fits_structure_check(path, bytes, size, &good, error);
    if (status != TOT_OK)
        goto done;
    r.size = good;
    r.damaged = good < size;
    /* Opened for reading, the memory is not written to. From memory and not by name: CFITSIO takes
     * brackets and colons in a name for instructions. It reads whole blocks, past the end of a file
     * that isn't made of such: that gets zeros at its end. */
    union {
        const char *bytes;
        void *memory;
    } content = {bytes};
    const size_t part = good % TOT_FITS_BLOCK;
    size_t length = part == 0 ? good : good - part + TOT_FITS_BLOCK;
    if (length != good) {
        padded = tot_allocate(length, 1);
        if (padded == NULL) {
            status = tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
            goto done;
        }
        memcpy(padded, bytes, good);
        content.memory = padded;
    }
    if (fits_open_memfile(&r.file, "light curve", READONLY, &content.memory, &length, 0, NULL,
                          &code) != 0) {
        status = fits_failed(&r, code);
        goto done;
    }
    if ((status = find_table(&r)) != TOT_OK || (status = check_rows(&r)) != TOT_OK ||
        (status = check_column(&r, r.time, "time")) != TOT_OK ||
        (status = check_column(&r, r.flux, "flux")) != TOT_OK ||
        (status = check_column(&r, r.error, "error")) != TOT_OK ||
        (status = check_column(&r, r.quality, "quality")) != TOT_OK)
        goto done;
    curve->axis = TOT_AXIS_TIME;
    curve->quantity = TOT_QUANTITY_FLUX;
    curve->has_error = r.error > 0;
    curve->has_segment = !isnan(about->segment);
    status = read_rows(&r);
done:
    if (r.file != NULL) {
        code = 0;
        fits_close_file(r.file, &code);
    }
    fits_clear_errmsg();
    tot_free(padded);
    if (status != TOT_OK)
        tot_light_curve_free(curve);
    return status;
}
