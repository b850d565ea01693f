#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/number.h"
#include "io/text_table.h"
#include "suites.h"

/* ---- numbers ---- */

START_TEST(numbers_are_read_as_strtod_reads_them) {
    static const char *const texts[] = {"0",
                                        "-0",
                                        "1",
                                        "2451868.54139",
                                        ".5",
                                        "5.",
                                        "+7e-3",
                                        "1e22",
                                        "1e23",
                                        "123456789012345678901234567890",
                                        "0.1",
                                        "4.9e-324",
                                        "1.7976931348623157e308",
                                        "9007199254740993",
                                        "0.000000000000000000000000000001",
                                        "2.2250738585072011e-308",
                                        "00012.50",
                                        "1E5",
                                        "-3.25E+2"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        double value = NAN;
        ck_assert_msg(tot_parse_number(texts[k], &value), "%s", texts[k]);
        ck_assert_double_eq(value, strtod(texts[k], NULL));
    }
}
END_TEST

START_TEST(other_texts_are_no_numbers) {
    static const char *const texts[] = {"",      "-",   ".",   "e5",    "1e", "1e+",
                                        "0x10",  "inf", "nan", "1 ",    " 1", "1,5",
                                        "1.2.3", "--1", "12a", "1e999", "1d5"};
    double value;
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        ck_assert_msg(!tot_parse_number(texts[k], &value), "%s", texts[k]);
}
END_TEST

/* ---- tables ---- */

static const char path[] = "star.dat";

static tot_light_curve read_text(const char *text) {
    tot_light_curve table;
    tot_error error = {""};
    ck_assert_msg(tot_text_table_read(path, text, strlen(text), NULL, &table, &error) == TOT_OK,
                  "%s\n%s", text, error.message);
    return table;
}

/* The message after the file's name. */
static const char *refusal(const char *bytes, size_t count, const tot_table_request *request) {
    static tot_error error;
    tot_light_curve table;
    ck_assert_int_eq(tot_text_table_read(path, bytes, count, request, &table, &error),
                     TOT_ERROR_FORMAT);
    ck_assert_ptr_null(table.x);
    ck_assert_msg(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
    ck_assert_ptr_null(strchr(error.message, '\n'));
    return error.message + strlen(path);
}

static const char *refusal_of(const char *text) {
    return refusal(text, strlen(text), NULL);
}

static void check_two(tot_light_curve table, tot_axis axis, tot_quantity quantity, double x1,
                      double value1, double x2, double value2) {
    ck_assert_uint_eq(table.count, 2);
    ck_assert_int_eq(table.axis, axis);
    ck_assert_int_eq(table.quantity, quantity);
    ck_assert_double_eq(table.x[0], x1);
    ck_assert_double_eq(table.value[0], value1);
    ck_assert_double_eq(table.x[1], x2);
    ck_assert_double_eq(table.value[1], value2);
    tot_light_curve_free(&table);
}

START_TEST(separators_are_detected) {
    static const char *const texts[] = {
        "100.5 12.5 0.1\n101 13 0.2\n",
        "  100.5\t12.5   0.1 \r\n\t101  13 0.2",
        "100.5,12.5,0.1\n101, 13 ,0.2\n",
        "100.5;12.5;0.1\n101;13;0.2\n",
        "100.5\t12.5\t0.1\n101\t13\t0.2\n",
        "\xef\xbb\xbf# a comment\n\n100.5 12.5 0.1\r\r\n101 13 0.2\r",
        "\"100.5\",\"12.5\",\"0.1\"\n101,13,0.2\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        tot_light_curve table = read_text(texts[k]);
        ck_assert_uint_eq(table.count, 2);
        ck_assert(table.has_error);
        ck_assert_double_eq(table.error[1], 0.2);
        check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 100.5, 12.5, 101, 13);
    }
}
END_TEST

START_TEST(headers_name_the_columns) {
    check_two(read_text("mag,star,HJD\n12.5,\"a, b\",100\n13,c,101\n"), TOT_AXIS_TIME,
              TOT_QUANTITY_MAGNITUDE, 100, 12.5, 101, 13);
    check_two(read_text("# some star\n# Phase  FLUX  flux_err\n0.1 5 1\n0.2 6 1\n"), TOT_AXIS_PHASE,
              TOT_QUANTITY_FLUX, 0.1, 5, 0.2, 6);
    check_two(read_text("#BJD\tFlux\t\n100\t9\t\n101\t10\t\n"), TOT_AXIS_TIME, TOT_QUANTITY_FLUX,
              100, 9, 101, 10);
    check_two(
        read_text("hjd,camera,mag err,mag,flux (mJy),flux err\n1,ba,0.1,0.5,7,1\n2,bb,.1,.6,8,2\n"),
        TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 1, 0.5, 2, 0.6);
    check_two(read_text("time,df/f\n1,0.5\n2,-0.25\n"), TOT_AXIS_TIME, TOT_QUANTITY_FLUX, 1, 1.5, 2,
              0.75);
    /* the error is the one after the value; "V_err" is no magnitude */
    tot_light_curve table = read_text("x_err HJD V V_err\n9 100 12 0.3\n9 101 13 0.4\n");
    ck_assert_double_eq(table.error[1], 0.4);
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 100, 12, 101, 13);
    /* a comment that is no header */
    check_two(read_text("# time flies\n100 12\n101 13\n"), TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE,
              100, 12, 101, 13);
}
END_TEST

START_TEST(numbers_tell_what_no_header_tells) {
    ck_assert_int_eq(TOT_QUANTITY_FLUX, 1); /* the table below counts on the order */
    tot_light_curve table = read_text("100 0.98\n101 1.02\n");
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_FLUX, 100, 0.98, 101, 1.02);
    table = read_text("100 -0.25\n101 0.5\n"); /* relative flux */
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_FLUX, 100, 0.75, 101, 1.5);
    table = read_text("100 5400\n101 6100\n");
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_FLUX, 100, 5400, 101, 6100);
    table = read_text("0.1 12\n0.9 13\n");
    check_two(table, TOT_AXIS_PHASE, TOT_QUANTITY_MAGNITUDE, 0.1, 12, 0.9, 13);
}
END_TEST

START_TEST(the_caller_may_choose) {
    const tot_table_request request = {.axis = TOT_AXIS_TIME,
                                       .quantity = TOT_QUANTITY_FLUX,
                                       .x = {"when", 0},
                                       .value = {NULL, 3},
                                       .error = {"E", 0}};
    tot_light_curve table;
    tot_error error;
    const char *text = "When,x,y,e\n1,a,12,0.1\n2,b,13,0.2\n";
    ck_assert_int_eq(tot_text_table_read(path, text, strlen(text), &request, &table, &error),
                     TOT_OK);
    ck_assert_double_eq(table.error[0], 0.1);
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_FLUX, 1, 12, 2, 13);
    /* a chatty comment is no header, though the caller names only one of the columns */
    const tot_table_request first = {.x = {NULL, 1}};
    ck_assert_int_eq(
        tot_text_table_read(path, "# flux of a star\n1 12\n2 13\n", 27, &first, &table, &error),
        TOT_OK);
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 1, 12, 2, 13);
    const tot_table_request wrong = {.x = {"hjd", 0}};
    ck_assert_str_eq(refusal(text, strlen(text), &wrong), ":2: there is no column 'hjd'");
    const tot_table_request far = {.value = {NULL, 9}, .x = {NULL, 1}};
    ck_assert_str_eq(refusal(text, strlen(text), &far), ":2: 4 columns, at least 9 are needed");
    ck_assert_str_eq(refusal("1 2\n", 4, &wrong),
                     ":1: no header, so there is no column 'hjd'; give its number");
}
END_TEST

START_TEST(rows_without_a_measurement_are_skipped) {
    tot_light_curve table = read_text("time,mag,err\n1,12,NaN\n2,NA,0.1\n3,,0.1\n4,99.999,0.1\n"
                                      "5,29.999,0.1\n6,--,\n7,13\nn/a,12,0.1\n");
    ck_assert_uint_eq(table.skipped, 6);
    ck_assert(isnan(table.error[0]) && isnan(table.error[1]));
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 1, 12, 7, 13);
    ck_assert_str_eq(refusal_of("1 12\n2 NaN\n3 13\n"),
                     ":2: 'NaN' in column 2 (magnitude or flux) is no number");
    table = read_text("1 12 -1\n2 13 0\n"); /* errors that are none */
    ck_assert(isnan(table.error[0]) && isnan(table.error[1]));
    tot_light_curve_free(&table);
}
END_TEST

START_TEST(wrong_content_is_named_with_its_line) {
    ck_assert_str_eq(refusal_of(""), ": the file is empty");
    ck_assert_str_eq(refusal_of("# only\n\n# comments\n"), ": no rows of data");
    ck_assert_str_eq(refusal_of("time,mag\n"), ": no rows of data");
    ck_assert_str_eq(refusal_of("1 99.999\n2 99.999\n"), ": none of the 2 rows has a measurement");
    ck_assert_str_eq(refusal_of("1 12\n2 13\n3 1x4\n"),
                     ":3: '1x4' in column 2 (magnitude or flux) is no number");
    ck_assert_str_eq(refusal_of("hjd v\nabc 12\n"), ":2: 'abc' in column 1 (time) is no number");
    ck_assert_str_eq(refusal_of("abc 12\n1 13\n"), ":1: 'abc' in column 1 (time) is no number");
    ck_assert_str_eq(refusal_of("1 12 0.1\n2 13 zz\n"),
                     ":2: 'zz' in column 3 (error) is no number");
    ck_assert_str_eq(refusal_of("1 12\n\n2\n"), ":3: 1 column, at least 2 are needed");
    ck_assert_str_eq(refusal_of("1\n2\n"), ":1: 1 column, at least 2 are needed");
    ck_assert_str_eq(refusal_of("1 12\n2 1e999\n"),
                     ":2: '1e999' in column 2 (magnitude or flux) is no number");
    ck_assert_ptr_nonnull(strstr(refusal_of("alpha,beta\n1,2\n"),
                                 ":2: no column of the header is recognised as time or phase"));
    ck_assert_ptr_nonnull(strstr(refusal_of("time,beta\n1,2\n"), "as magnitude or flux"));
}
END_TEST

START_TEST(binary_data_are_refused) {
    const char nul[] = "1 12\n2 \0 13\n";
    ck_assert_str_eq(refusal(nul, sizeof nul - 1, NULL), ":2: binary data, not text");
    char noise[4096];
    for (size_t k = 0; k < sizeof noise; k++)
        noise[k] = (char)(k * 2654435761u >> 13);
    refusal(noise, sizeof noise, NULL);
}
END_TEST

START_TEST(bands_and_segments_are_told_apart) {
    tot_light_curve table = read_text("HJD,camera,mag,mag_err,Filter\n1,ba,12,.1,V\n2,bb,13,.1,V\n"
                                      "3,ba,14,.1,g\n4,ba,12.5,.1,V\n");
    ck_assert_uint_eq(table.count, 3);
    ck_assert_uint_eq(table.other_bands, 1);
    ck_assert_str_eq(table.band_name, "V");
    ck_assert_str_eq(table.x_name, "HJD");
    ck_assert(table.has_segment);
    ck_assert_double_eq(table.segment[0], 1);
    ck_assert_double_eq(table.segment[1], 2);
    ck_assert_double_eq(table.segment[2], 1);
    tot_light_curve_free(&table);
    /* numbers stay what they are */
    table = read_text("HJD,quarter,mag\n1,16,12\n2,2,13\n");
    ck_assert_double_eq(table.segment[0], 16);
    ck_assert_double_eq(table.segment[1], 2);
    tot_light_curve_free(&table);
    const tot_table_request red = {.wanted_band = "R"};
    const char *text = "HJD mag band\n1 12 V\n";
    ck_assert_str_eq(refusal(text, strlen(text), &red), ": there is no band 'R'; the first is 'V'");
}
END_TEST

START_TEST(flags_limits_and_failed_errors_are_dropped) {
    static const char *const good[] = {"0"};
    const tot_table_request request = {.flag = {"flags", 0},
                                       .ra = {"ra", 0},
                                       .dec = {"dec", 0},
                                       .good_flags = good,
                                       .good_flag_count = 1};
    const char *text = "HJD,mag,magerr,flags,ra,dec\n1,12,0.1,0,10.5,-20.5\n2,>17.1,99.99,0,,\n"
                       "3,12,0.1,32768,,\n4,12,99.99,0,,\n5,13,0.1,0.0,,\n6,13,0.1,,,\n7,13,.1\n";
    tot_light_curve table;
    tot_error error;
    ck_assert_int_eq(tot_text_table_read(path, text, strlen(text), &request, &table, &error),
                     TOT_OK);
    ck_assert_uint_eq(table.skipped, 5);
    ck_assert_double_eq(table.ra, 10.5);
    ck_assert_double_eq(table.dec, -20.5);
    check_two(table, TOT_AXIS_TIME, TOT_QUANTITY_MAGNITUDE, 1, 12, 5, 13);
}
END_TEST

START_TEST(a_column_of_very_many_values_is_no_label) {
    enum { ROWS = 5000 };
    char *text = malloc(ROWS * 32), *end = text;
    end += sprintf(end, "HJD mag band\n");
    for (int k = 0; k < ROWS; k++)
        end += sprintf(end, "%d 12 %d\n", k, k);
    ck_assert_str_eq(refusal_of(text), ":4098: more than 4096 different values in column 3");
    free(text);
}
END_TEST

START_TEST(long_files_and_long_lines) {
    enum { ROWS = 1000000, LONG = (1 << 20) + 10 };
    char *text = malloc((size_t)ROWS * 16), *end = text;
    for (int k = 0; k < ROWS; k++)
        end += sprintf(end, "%d.25 1%d.5\n", k, k % 3);
    tot_light_curve table = read_text(text);
    free(text);
    ck_assert_uint_eq(table.count, ROWS);
    ck_assert_double_eq(table.x[ROWS - 1], ROWS - 0.75);
    ck_assert_double_eq(table.value[ROWS - 1], 10.5);
    tot_light_curve_free(&table);

    char *line = malloc(LONG);
    memset(line, '1', LONG);
    ck_assert_str_eq(refusal(line, LONG, NULL),
                     ":1: a line of more than 1048576 bytes: not a table");
    for (size_t k = 0; k < LONG; k++) /* very many columns */
        line[k] = k % 2 == 0 ? '1' : ' ';
    line[1000000] = '\0';
    table = read_text(line);
    ck_assert_uint_eq(table.count, 1);
    tot_light_curve_free(&table);
    free(line);
}
END_TEST

/* Wherever a file is cut off, it is read or refused, never more. */
START_TEST(truncated_files_do_no_harm) {
    static const char text[] = "\xef\xbb\xbf# c\r\n\"HJD\";\"mag\"\";\";err\r\n1.5;12.25;\r\n"
                               "2;\"13\"; 0.1 \n3;NA;NA\r4;\t12e0;1\n";
    for (size_t length = 0; length < sizeof text; length++) {
        tot_light_curve table;
        tot_error error;
        if (tot_text_table_read(path, text, length, NULL, &table, &error) == TOT_OK)
            tot_light_curve_free(&table);
    }
}
END_TEST

Suite *text_table_suite(void) {
    Suite *suite = suite_create("text_table");
    TCase *tcase = tcase_create("text_table");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, numbers_are_read_as_strtod_reads_them);
    tcase_add_test(tcase, other_texts_are_no_numbers);
    tcase_add_test(tcase, separators_are_detected);
    tcase_add_test(tcase, headers_name_the_columns);
    tcase_add_test(tcase, numbers_tell_what_no_header_tells);
    tcase_add_test(tcase, the_caller_may_choose);
    tcase_add_test(tcase, rows_without_a_measurement_are_skipped);
    tcase_add_test(tcase, wrong_content_is_named_with_its_line);
    tcase_add_test(tcase, binary_data_are_refused);
    tcase_add_test(tcase, bands_and_segments_are_told_apart);
    tcase_add_test(tcase, flags_limits_and_failed_errors_are_dropped);
    tcase_add_test(tcase, a_column_of_very_many_values_is_no_label);
    tcase_add_test(tcase, long_files_and_long_lines);
    tcase_add_test(tcase, truncated_files_do_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
