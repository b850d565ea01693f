/* Files as such (gzip, limits) and the readers that are no text table. */
#define _POSIX_C_SOURCE 200809L /* mkstemp */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "curve/heliocentric.h"
#include "failing_allocator.h"
#include "io/asas_archive.h"
#include "io/file_content.h"
#include "io/fits_light_curve.h"
#include "io/json_light_curve.h"
#include "io/text_table.h"
#include "io/votable.h"
#include "suites.h"

static char path[64];

static void write_bytes(const void *bytes, size_t count) {
    strcpy(path, "/tmp/totality_file_XXXXXX");
    const int descriptor = mkstemp(path);
    ck_assert_int_eq(write(descriptor, bytes, count), (ssize_t)count);
    close(descriptor);
}

static void write_gzip(const char *text) {
    strcpy(path, "/tmp/totality_file_XXXXXX");
    gzFile file = gzdopen(mkstemp(path), "wb");
    ck_assert_int_eq(gzwrite(file, text, (unsigned)strlen(text)), (int)strlen(text));
    gzclose(file);
}

/* The message behind the path. */
static const char *loading_refused(tot_status expected) {
    static tot_error error;
    tot_file_content content;
    ck_assert_int_eq(tot_file_load(path, &content, &error), expected);
    ck_assert_ptr_null(content.bytes);
    ck_assert_int_eq(strncmp(error.message, path, strlen(path)), 0);
    remove(path);
    return error.message + strlen(path);
}

START_TEST(files_are_read_compressed_or_not) {
    static const char text[] = "1 12\n2 13\n";
    for (int compressed = 0; compressed < 2; compressed++) {
        tot_file_content content;
        tot_error error = {""};
        if (compressed)
            write_gzip(text);
        else
            write_bytes(text, strlen(text));
        ck_assert_msg(tot_file_load(path, &content, &error) == TOT_OK, "%s", error.message);
        remove(path);
        ck_assert_uint_eq(content.size, strlen(text));
        ck_assert_str_eq(content.bytes, text);
        tot_file_free(&content);
    }
}
END_TEST

START_TEST(what_cannot_be_loaded_is_named) {
    tot_file_content content;
    tot_error error;
    ck_assert_int_eq(tot_file_load("/nowhere/x.dat", &content, &error), TOT_ERROR_IO);
    ck_assert_str_eq(error.message, "/nowhere/x.dat: No such file or directory");
    ck_assert_int_eq(tot_file_load("/tmp", &content, &error), TOT_ERROR_IO);
    ck_assert_str_eq(error.message, "/tmp: Is a directory");
}
END_TEST

START_TEST(damaged_gzip_is_refused) {
    static const char text[] = "1 12.25\n2 13.75\n3 11.5\n";
    unsigned char bytes[256];
    write_gzip(text);
    FILE *file = fopen(path, "rb");
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    remove(path);
    for (size_t length = 10; length < size; length++) {
        write_bytes(bytes, length);
        ck_assert_str_eq(loading_refused(TOT_ERROR_FORMAT), ": the compressed file ends too early");
    }
    bytes[size - 6] ^= 1; /* the checksum */
    write_bytes(bytes, size);
    ck_assert_str_eq(loading_refused(TOT_ERROR_FORMAT), ": the compressed data are damaged");
}
END_TEST

START_TEST(bombs_are_refused) {
    enum { LINE = 1 << 16, LINES = 3000 };
    static char line[LINE];
    memset(line, '1', sizeof line);
    line[LINE - 1] = '\n';
    strcpy(path, "/tmp/totality_file_XXXXXX");
    gzFile file = gzdopen(mkstemp(path), "wb1");
    for (int k = 0; k < LINES; k++)
        gzwrite(file, line, sizeof line);
    gzclose(file);
    ck_assert_str_eq(loading_refused(TOT_ERROR_FORMAT),
                     ": expands more than 200-fold: no light curve");
}
END_TEST

/* ---- ASAS-3 ---- */

static const char archive[] =
    "# ASAS\n#ndata= 6\n#dataset= 1 ; 1 F1648-56_081\n#desig= 170001-5640.1\n"
    "#     HJD      MAG_1  MAG_0    MER_1 MER_0 GRADE FRAME\n"
    "   1932.5 12.0 11.0 0.03 0.05 A 7\n   1933.5 12.0 11.0 0.03 0.05 D 7\n"
    "   1934.5 29.999 11.0 0.03 0.05 A 7\n   1935.5 14.5 11.0 0.03 0.05 B 7\n"
    "#dataset= 3 ; 1 F1649\n#     HJD      MAG_0  MAG_1    MER_0 MER_1 GRADE FRAME\n"
    "   1936.5 11.0 12.0 0.05 0.04 A 7\n";

START_TEST(asas_blocks_are_read_in_one_aperture) {
    tot_light_curve curve;
    tot_error error = {""};
    ck_assert_msg(tot_asas_archive_read("a.lc", archive, strlen(archive), &curve, &error) == TOT_OK,
                  "%s", error.message);
    ck_assert_uint_eq(curve.count, 3);
    ck_assert_uint_eq(curve.skipped, 2);
    ck_assert_double_eq(curve.x[2], 2451936.5);
    ck_assert_double_eq(curve.value[2], 12.0);
    ck_assert_double_eq(curve.error[2], 0.04);
    ck_assert_double_eq(curve.segment[0], 1.0);
    ck_assert_double_eq(curve.segment[2], 3.0);
    tot_light_curve_free(&curve);
}
END_TEST

/* ---- JSON ---- */

static const char json[] = "{\"star\": {\"q\": 0.169, \"Ref\": \"x\\u00e9\", \"list\": [1, [2]]},\n"
                           " \"curves\": {\"phase\": [0.0, 0.25, 5e-1, 0.75], \"note\": [1, 2],\n"
                           "   \"V\": [0.5, 1, null, 0.99], \"B\": [0.4, 1, 0.6, 0.97]}}";

START_TEST(json_gives_phases_and_a_band) {
    tot_light_curve curve;
    tot_error error = {""};
    const tot_table_request blue = {.wanted_band = "B"}, red = {.wanted_band = "R"};
    ck_assert_msg(tot_json_light_curve_read("a.json", json, strlen(json), NULL, &curve, &error) ==
                      TOT_OK,
                  "%s", error.message);
    ck_assert_uint_eq(curve.count, 3);
    ck_assert_uint_eq(curve.skipped, 1);
    ck_assert_int_eq(curve.axis, TOT_AXIS_PHASE);
    ck_assert_int_eq(curve.quantity, TOT_QUANTITY_FLUX);
    ck_assert_str_eq(curve.band_name, "V");
    ck_assert_double_eq(curve.value[0], 0.5);
    ck_assert_double_eq(curve.x[2], 0.75);
    tot_light_curve_free(&curve);
    ck_assert_int_eq(tot_json_light_curve_read("a.json", json, strlen(json), &blue, &curve, &error),
                     TOT_OK);
    ck_assert_uint_eq(curve.count, 4);
    ck_assert_double_eq(curve.value[2], 0.6);
    tot_light_curve_free(&curve);
    ck_assert_int_eq(tot_json_light_curve_read("a.json", json, strlen(json), &red, &curve, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_str_eq(error.message, "a.json: there is no band 'R'");
}
END_TEST

static const char *json_refusal(const char *text) {
    static tot_error error;
    tot_light_curve curve;
    ck_assert_int_eq(tot_json_light_curve_read("j", text, strlen(text), NULL, &curve, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_ptr_null(curve.x);
    return error.message;
}

START_TEST(json_that_is_none_is_refused) {
    char deep[2000];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    ck_assert_str_eq(json_refusal("{\"time\": [1, 2], \"flux\": [1, x]}"),
                     "j: no valid JSON at byte 30");
    ck_assert_str_eq(json_refusal("{\"time\": [1, 2], \"flux\": [1, 2"),
                     "j: no valid JSON at byte 31");
    ck_assert_str_eq(json_refusal("{\"time\": [1, 2], \"flux\": [1]}"),
                     "j: no object with lists of one length, one of them a time or a phase");
    ck_assert_ptr_nonnull(strstr(json_refusal(deep), "no valid JSON"));
    ck_assert_ptr_nonnull(strstr(json_refusal("{\"time\": [1, 2], \"flux\": [true, 2]}"),
                                 "j:1: 'true' in column 2 (flux) is no number"));
}
END_TEST

/* ---- VOTable ---- */

static const char votable[] =
    "<?xml version=\"1.0\"?>\n<VOTABLE version=\"1.4\" "
    "xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n"
    "<RESOURCE><TIMESYS ID=\"t\" refposition=\"BARYCENTER\" timescale=\"TCB\" "
    "timeorigin=\"2455197.5\"/>\n"
    "<TABLE name=\"x\"><DESCRIPTION>a &lt;b&gt;</DESCRIPTION>\n"
    "<FIELD name=\"time\" datatype=\"double\" ref=\"t\"/><FIELD name=\"mag\" datatype=\"float\"/>\n"
    "<FIELD name=\"e_mag\" datatype=\"float\"/><DATA><TABLEDATA>\n"
    "<TR><TD> 1700.5 </TD><TD>12.5</TD><TD>0.01</TD></TR>\n"
    "<TR><TD>1701.5</TD><TD>NaN</TD><TD/></TR>\n"
    "<TR><TD>1702.5</TD><TD>12<![CDATA[.75]]></TD><TD></TD></TR>\n"
    "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n";

START_TEST(votables_are_read) {
    tot_light_curve curve;
    tot_votable_time time;
    tot_error error = {""};
    char *names;
    ck_assert_msg(
        tot_votable_read("v.xml", votable, strlen(votable), NULL, &curve, &time, &error) == TOT_OK,
        "%s", error.message);
    ck_assert_uint_eq(curve.count, 2);
    ck_assert_uint_eq(curve.skipped, 1);
    ck_assert_double_eq(curve.x[1], 1702.5);
    ck_assert_double_eq(curve.value[1], 12.75);
    ck_assert_double_eq(curve.error[0], 0.01);
    ck_assert(isnan(curve.error[1]));
    ck_assert_double_eq(time.origin, 2455197.5);
    ck_assert_str_eq(time.scale, "TCB");
    ck_assert_str_eq(time.reference, "BARYCENTER");
    tot_light_curve_free(&curve);
    ck_assert_int_eq(tot_votable_names("v.xml", votable, strlen(votable), &names, &error), TOT_OK);
    ck_assert_str_eq(names, "time\nmag\ne_mag");
    free(names);
}
END_TEST

static const char *votable_refusal(const char *text) {
    static tot_error error;
    tot_light_curve curve;
    tot_votable_time time;
    ck_assert_int_eq(tot_votable_read("v", text, strlen(text), NULL, &curve, &time, &error),
                     TOT_ERROR_FORMAT);
    return error.message;
}

START_TEST(other_votables_are_refused) {
    ck_assert_str_eq(votable_refusal("<VOTABLE><RESOURCE/></VOTABLE>"),
                     "v: a VOTable without a table of data");
    ck_assert_str_eq(
        votable_refusal(
            "<VOTABLE><TABLE><FIELD name=\"time\"/><DATA><BINARY2/></DATA></TABLE></VOTABLE>"),
        "v: a VOTable with data as BINARY2; ask the service for TABLEDATA");
    ck_assert_str_eq(votable_refusal("<VOTABLE>\n<TABLE></VOTABLE>"),
                     "v:2: no valid XML: mismatched tag");
    ck_assert_str_eq(votable_refusal("<!DOCTYPE V [<!ENTITY a \"b\">]><VOTABLE>&a;</VOTABLE>"),
                     "v: declares entities of its own");
    ck_assert_str_eq(votable_refusal("<VOTABLE><TABLE><FIELD name=\"time\"/><FIELD name=\"mag\"/>\n"
                                     "<DATA><TABLEDATA><TR><TD>1</TD></TR>"),
                     "v:2: 1 column, at least 2 are needed");
}
END_TEST

START_TEST(truncated_files_do_no_harm) {
    tot_light_curve curve;
    tot_votable_time time;
    tot_error error;
    for (size_t length = 0; length < sizeof votable; length++)
        if (tot_votable_read("v", votable, length, NULL, &curve, &time, &error) == TOT_OK)
            tot_light_curve_free(&curve);
    for (size_t length = 0; length < sizeof json; length++)
        if (tot_json_light_curve_read("j", json, length, NULL, &curve, &error) == TOT_OK)
            tot_light_curve_free(&curve);
    for (size_t length = 0; length < sizeof archive; length++)
        if (tot_asas_archive_read("a", archive, length, &curve, &error) == TOT_OK)
            tot_light_curve_free(&curve);
}
END_TEST

/* Every allocation of ours may fail (those of expat, zlib and CFITSIO are theirs). */
START_TEST(no_memory_is_reported) {
    static const char text[] = "HJD mag err camera band\n1 12 0.1 a V\n2 13 0.1 b V\n";
    for (int reader = 0; reader < 4; reader++)
        for (size_t k = 0;; k++) {
            tot_light_curve curve;
            tot_votable_time time;
            tot_error error = {""};
            tot_status status;
            failing_allocator_begin(k);
            if (reader == 0)
                status = tot_text_table_read("t", text, strlen(text), NULL, &curve, &error);
            else if (reader == 1)
                status = tot_asas_archive_read("a", archive, strlen(archive), &curve, &error);
            else if (reader == 2)
                status = tot_json_light_curve_read("j", json, strlen(json), NULL, &curve, &error);
            else
                status =
                    tot_votable_read("v", votable, strlen(votable), NULL, &curve, &time, &error);
            if (!failing_allocator_end()) {
                ck_assert_int_eq(status, TOT_OK);
                tot_light_curve_free(&curve);
                break;
            }
            ck_assert_msg(status == TOT_ERROR_MEMORY || reader == 2, "%d %zu: %s", reader, k,
                          error.message);
            ck_assert_int_ne(status, TOT_OK);
        }
}
END_TEST

/* ---- FITS ---- */

enum { CARD = 80, BLOCK = 2880 };

/* A FITS file in the making; cards and data are added, units padded. */
typedef struct fits {
    char bytes[16 * BLOCK];
    size_t size;
} fits;

static void card(fits *f, const char *text) {
    memset(f->bytes + f->size, ' ', CARD);
    memcpy(f->bytes + f->size, text, strlen(text));
    f->size += CARD;
}

static void pad(fits *f, char with) {
    while (f->size % BLOCK != 0)
        f->bytes[f->size++] = with;
}

static void put_double(fits *f, double value) {
    unsigned char bytes[8];
    memcpy(bytes, &value, 8);
    for (int k = 7; k >= 0; k--)
        f->bytes[f->size++] = (char)bytes[k];
}

static void put_float(fits *f, float value) {
    unsigned char bytes[4];
    memcpy(bytes, &value, 4);
    for (int k = 3; k >= 0; k--)
        f->bytes[f->size++] = (char)bytes[k];
}

static void put_integer(fits *f, int value) {
    for (int k = 3; k >= 0; k--)
        f->bytes[f->size++] = (char)(value >> 8 * k);
}

/* Four rows as a Kepler light curve has them: one flagged, one without flux. `rows` is what the
 * header claims, `flux_format` the form of the flux. */
static fits *kepler(const char *rows, const char *flux_name, const char *flux_format) {
    fits *f = calloc(1, sizeof *f);
    char text[CARD + 1];
    card(f, "SIMPLE  =                    T");
    card(f, "BITPIX  =                    8");
    card(f, "NAXIS   =                    0");
    card(f, "EXTEND  =                    T");
    card(f, "OBJECT  = 'KIC 3228863'");
    card(f, "RA_OBJ  =           290.123456");
    card(f, "DEC_OBJ =            38.654321");
    card(f, "QUARTER =                    5");
    card(f, "END");
    pad(f, ' ');
    card(f, "XTENSION= 'BINTABLE'");
    card(f, "BITPIX  =                    8");
    card(f, "NAXIS   =                    2");
    card(f, "NAXIS1  =                   20");
    snprintf(text, sizeof text, "NAXIS2  = %20s", rows);
    card(f, text);
    card(f, "PCOUNT  =                    0");
    card(f, "GCOUNT  =                    1");
    card(f, "TFIELDS =                    4");
    card(f, "TTYPE1  = 'TIME    '");
    card(f, "TFORM1  = 'D       '");
    card(f, "TUNIT1  = 'BJD - 2454833'");
    snprintf(text, sizeof text, "TTYPE2  = '%s'", flux_name);
    card(f, text);
    snprintf(text, sizeof text, "TFORM2  = '%s'", flux_format);
    card(f, text);
    card(f, "TTYPE3  = 'PDCSAP_FLUX_ERR'");
    card(f, "TFORM3  = 'E       '");
    card(f, "TTYPE4  = 'SAP_QUALITY'");
    card(f, "TFORM4  = 'J       '");
    card(f, "TIMESYS = 'TDB     '");
    card(f, "BJDREFI =              2454833");
    card(f, "BJDREFF =                 0.25");
    card(f, "END");
    pad(f, ' ');
    for (int k = 0; k < 4; k++) {
        put_double(f, 120.5 + k);
        put_float(f, k == 2 ? NAN : 1000.0f + (float)k);
        put_float(f, 2.5f);
        put_integer(f, k == 1 ? 8192 : 0);
    }
    pad(f, 0);
    return f;
}

static const char *const TIME[] = {"TIME"}, *const FLUX[] = {"PDCSAP_FLUX", "SAP_FLUX"},
                         *const ERROR[] = {"PDCSAP_FLUX_ERR", "SAP_FLUX_ERR"},
                         *const QUALITY[] = {"SAP_QUALITY", "QUALITY"};
static const tot_fits_request WANTED = {TIME, FLUX, QUALITY, 1, 2, 2, ERROR};

START_TEST(fits_tables_are_read) {
    fits *f = kepler("4", "PDCSAP_FLUX", "E");
    tot_light_curve curve;
    tot_fits_about about;
    tot_error error = {""};
    ck_assert_msg(tot_fits_light_curve_read("k.fits", f->bytes, f->size, &WANTED, &curve, &about,
                                            &error) == TOT_OK,
                  "%s", error.message);
    ck_assert_uint_eq(curve.count, 2);
    ck_assert_uint_eq(curve.skipped, 2);
    ck_assert_double_eq(curve.x[0], 2454953.75);
    ck_assert_double_eq(curve.x[1], 2454956.75);
    ck_assert_double_eq(curve.value[1], 1003.0);
    ck_assert_double_eq(curve.error[1], 2.5);
    ck_assert_double_eq(curve.segment[1], 5.0);
    ck_assert_double_eq(curve.ra, 290.123456);
    ck_assert_double_eq(curve.dec, 38.654321);
    ck_assert_str_eq(about.object, "KIC 3228863");
    ck_assert_str_eq(about.scale, "TDB");
    ck_assert_str_eq(about.flux_name, "PDCSAP_FLUX");
    tot_light_curve_free(&curve);
    free(f);
}
END_TEST

/* Reads `size` bytes of the file (0: all), which have to be refused. */
static const char *fits_refusal(fits *f, size_t size) {
    static tot_error error;
    tot_light_curve curve;
    tot_fits_about about;
    ck_assert_int_eq(tot_fits_light_curve_read("k", f->bytes, size == 0 ? f->size : size, &WANTED,
                                               &curve, &about, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_ptr_null(curve.x);
    free(f);
    return error.message;
}

START_TEST(fits_files_that_lie_are_refused) {
    ck_assert_str_eq(fits_refusal(kepler("1000000000", "PDCSAP_FLUX", "E"), 0),
                     "k: the table has 1000000000 rows, but the file ends after 144");
    ck_assert_str_eq(fits_refusal(kepler("4", "PDCSAP_FLUX", "E"), 2 * BLOCK + 50),
                     "k: the table has 4 rows, but the file ends after 2");
    ck_assert_str_eq(fits_refusal(kepler("0", "PDCSAP_FLUX", "E"), 0), "k: no rows of data");
    ck_assert_str_eq(fits_refusal(kepler("4", "FLX", "E"), 0),
                     "k: no table has a column PDCSAP_FLUX or another known flux");
    ck_assert_str_eq(fits_refusal(kepler("4", "SAP_FLUX", "4A"), 0),
                     "k: column 2 (flux) of the table holds no numbers");
    ck_assert_str_eq(fits_refusal(kepler("4", "SAP_FLUX", "2I"), 0),
                     "k: column 2 (flux) of the table holds 2 values a row, 1 was expected");
    ck_assert_str_eq(fits_refusal(kepler("4", "SAP_FLUX", "E"), BLOCK),
                     "k: a FITS file without a binary table");
}
END_TEST

START_TEST(truncated_fits_files_do_no_harm) {
    fits *f = kepler("4", "PDCSAP_FLUX", "E");
    for (size_t length = 0; length < f->size; length += 7) {
        char *bytes = malloc(length + 1); /* exactly as long, for the sanitizers */
        tot_light_curve curve;
        tot_fits_about about;
        tot_error error;
        memcpy(bytes, f->bytes, length);
        if (tot_fits_light_curve_read("k", bytes, length, &WANTED, &curve, &about, &error) ==
            TOT_OK)
            tot_light_curve_free(&curve);
        free(bytes);
    }
    free(f);
}
END_TEST

/* Computed with SLALIB; from the comments of HELIO_JD in the IDL Astronomy User's Library. */
START_TEST(light_travel_time_is_that_of_slalib) {
    static const struct {
        double julian_date, ra, dec, seconds;
    } stars[] = {
        {2451480.5, 15.0 * (21 + 8 / 60.0 + 25 / 3600.0), -67 - 22 / 60.0, -59.0},
        {2451480.5, 15.0 * (2 + 56 / 60.0 + 33.4 / 3600.0), 26 / 60.0 + 55 / 3600.0, 474.1},
        {2448681.6360671, 15.0 * (12 + 56 / 60.0 + 27.4 / 3600.0), 42 + 10 / 60.0 + 17 / 3600.0,
         350.8},
        {2451604.935090, 15.0 * (14 + 28 / 60.0 + 36.7 / 3600.0), -20 - 42 / 60.0 - 11 / 3600.0,
         243.7},
    };
    for (size_t k = 0; k < sizeof stars / sizeof *stars; k++)
        ck_assert_double_eq_tol(
            86400.0 * tot_heliocentric_correction(stars[k].julian_date, stars[k].ra, stars[k].dec),
            stars[k].seconds, 0.15);
}
END_TEST

Suite *files_suite(void) {
    Suite *suite = suite_create("files");
    TCase *tcase = tcase_create("files");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, files_are_read_compressed_or_not);
    tcase_add_test(tcase, what_cannot_be_loaded_is_named);
    tcase_add_test(tcase, damaged_gzip_is_refused);
    tcase_add_test(tcase, bombs_are_refused);
    tcase_add_test(tcase, asas_blocks_are_read_in_one_aperture);
    tcase_add_test(tcase, json_gives_phases_and_a_band);
    tcase_add_test(tcase, json_that_is_none_is_refused);
    tcase_add_test(tcase, votables_are_read);
    tcase_add_test(tcase, other_votables_are_refused);
    tcase_add_test(tcase, truncated_files_do_no_harm);
    tcase_add_test(tcase, no_memory_is_reported);
    tcase_add_test(tcase, fits_tables_are_read);
    tcase_add_test(tcase, fits_files_that_lie_are_refused);
    tcase_add_test(tcase, truncated_fits_files_do_no_harm);
    tcase_add_test(tcase, light_travel_time_is_that_of_slalib);
    suite_add_tcase(suite, tcase);
    return suite;
}
