/* Weights on disk: what comes back, what is refused, what survives a failure. */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "suites.h"

static char directory[64], path[96];

static void setup(void) {
    snprintf(directory, sizeof directory, "/tmp/totality-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/weights.safetensors", directory);
}

static void teardown(void) {
    unlink(path);
    ck_assert_msg(rmdir(directory) == 0, "a file was left behind in %s", directory);
}

static const float NUMBERS[] = {1.0f, -2.5f, 3e-40f, 4.0f, 5.0f, 6.0f, 7.5f};

static tot_status write_sample(tot_error *error) {
    const tot_safetensor tensors[] = {{"a", 2, {2, 3}, 6, NUMBERS},
                                      {"line \"b\"", 0, {0}, 1, NUMBERS + 6},
                                      {"none", 1, {0}, 0, NUMBERS}};
    const tot_safetensors_entry entries[] = {{"key", "a \"quoted\" \\ value\n\t\x01"},
                                             {"na\xc3\xafve", "\xe2\x98\x85 \xf0\x9f\x8c\x9f"}};
    return tot_safetensors_write(path, tensors, 3, entries, 2, error);
}

START_TEST(what_is_written_comes_back) {
    tot_safetensors *file;
    tot_error error = {""};
    ck_assert_int_eq(write_sample(&error), TOT_OK);
    ck_assert_msg(tot_safetensors_read(path, &file, &error) == TOT_OK, "%s", error.message);
    ck_assert_uint_eq(file->tensor_count, 3);
    const tot_safetensor *a = tot_safetensors_find(file, "a");
    const tot_safetensor *b = tot_safetensors_find(file, "line \"b\"");
    ck_assert_uint_eq(a->rank, 2);
    ck_assert_uint_eq(a->shape[1], 3);
    ck_assert_mem_eq(a->data, NUMBERS, 6 * sizeof(float));
    ck_assert_uint_eq((uintptr_t)a->data % 64, 0);
    ck_assert_uint_eq(b->rank, 0);
    ck_assert_float_eq(b->data[0], 7.5f);
    ck_assert_uint_eq(tot_safetensors_find(file, "none")->count, 0);
    ck_assert_ptr_null(tot_safetensors_find(file, "c"));
    ck_assert_uint_eq(file->entry_count, 2);
    ck_assert_str_eq(file->entries[0].value, "a \"quoted\" \\ value\n\t\x01");
    ck_assert_str_eq(file->entries[1].key, "na\xc3\xafve");
    ck_assert_str_eq(file->entries[1].value, "\xe2\x98\x85 \xf0\x9f\x8c\x9f");
    tot_safetensors_free(file);
}
END_TEST

/* A file with this header, and `zeros` bytes behind it. */
static void write_file(const char *header, size_t zeros) {
    const uint64_t length = strlen(header);
    FILE *file = fopen(path, "wb");
    for (int k = 0; k < 8; k++)
        fputc((int)(length >> 8 * k & 0xff), file);
    fputs(header, file);
    for (size_t k = 0; k < zeros; k++)
        fputc(0, file);
    fclose(file);
}

static void expect_refusal(const char *reason) {
    tot_safetensors *file = (tot_safetensors *)&path;
    tot_error error = {""};
    const tot_status status = tot_safetensors_read(path, &file, &error);
    ck_assert_msg(status == TOT_ERROR_FORMAT, "not refused: %s", reason);
    ck_assert_ptr_null(file);
    ck_assert_msg(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
    ck_assert_ptr_null(strchr(error.message, '\n'));
    ck_assert_msg(strstr(error.message, reason) != NULL, "'%s' lacks '%s'", error.message, reason);
}

#define TENSOR(shape, offsets)                                                                     \
    "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

START_TEST(hostile_headers_are_refused) {
    static const struct {
        const char *header;
        size_t zeros;
        const char *reason;
    } cases[] = {
        {"[1]", 0, "the header is no JSON object"},
        {"{}x", 0, "text after the object"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") "", 8, "',' or '}' was expected"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") ",}", 8, "a name was expected"},
        {"{\"a\" 1}", 0, "':' was expected"},
        {"{\"a\":1}", 0, "no object"},
        {"{\"a\":{}}", 0, "a field was expected"},
        {"{\"a\":{\"dtype\":\"F32\"}}", 0, "lacks dtype, shape or data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0, "a field comes twice"},
        {"{\"a\":{\"stride\":3}}", 0, "unknown field"},
        {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         "tensor 'a' has dtype F16, only F32 can be read"},
        {"{\"a\":{\"dtype\":7}}", 0, "a dtype is no string"},
        {"{\"a\":" TENSOR("[2,]", "[0,8]") "}", 8, "a dimension is no whole number"},
        {"{\"a\":" TENSOR("[-2]", "[0,8]") "}", 8, "a dimension is no whole number"},
        {"{\"a\":" TENSOR("[2.0]", "[0,8]") "}", 8, "a dimension is no whole number"},
        {"{\"a\":" TENSOR("[02]", "[0,8]") "}", 8, "a dimension is no whole number"},
        {"{\"a\":" TENSOR("[99999999999999999999]", "[0,8]") "}", 8, "no whole number"},
        {"{\"a\":" TENSOR("[4294967296,4294967296]", "[0,0]") "}", 0, "size overflows"},
        {"{\"a\":" TENSOR("[4611686018427387904]", "[0,0]") "}", 0, "don't fit its shape"},
        {"{\"a\":" TENSOR("[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, "more than 8 dimensions"},
        {"{\"a\":" TENSOR("[2]", "[0]") "}", 8, "no two whole numbers"},
        {"{\"a\":" TENSOR("[2]", "[8,0]") "}", 8, "don't fit its shape"},
        {"{\"a\":" TENSOR("[2]", "[0,4]") "}", 4, "don't fit its shape"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") "}", 7, "truncated: tensor 'a' ends at byte 8"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") "}", 9, "1 bytes after the last tensor's data"},
        {"{\"a\":" TENSOR("[2]", "[4,12]") "}", 12, "leaves a gap"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") ",\"b\":" TENSOR("[2]", "[4,12]") "}", 12, "overlaps"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") ",\"b\":" TENSOR("[2]", "[0,8]") "}", 8, "overlaps"},
        {"{\"a\":" TENSOR("[2]", "[0,8]") ",\"a\":" TENSOR("[2]", "[8,16]") "}", 16, "twice"},
        {"{\"__metadata__\":[]}", 0, "__metadata__ is no object"},
        {"{\"__metadata__\":{\"k\":1}}", 0, "a value of __metadata__ is no string"},
        {"{\"__metadata__\":{\"k\":\"v\",\"k\":\"w\"}}", 0, "comes twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "two __metadata__"},
        {"{\"__metadata__\":{\"k\":\"v\"", 0, "doesn't end"},
        {"{\"__metadata__\":{\"k\":\"\\ud800\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"\\u0000\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"\\x41\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"\xff\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"\xed\xa0\x80\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"a\tb\"}}", 0, "no string"},
        {"{\"__metadata__\":{\"k\":\"v\\", 0, "no string"},
        {"{\"a\\nb\":{}}", 0, "control characters in a name"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        write_file(cases[k].header, cases[k].zeros);
        expect_refusal(cases[k].reason);
    }
}
END_TEST

static void write_raw(const void *bytes, size_t count) {
    FILE *file = fopen(path, "wb");
    fwrite(bytes, 1, count, file);
    fclose(file);
}

START_TEST(hostile_lengths_are_refused) {
    write_raw("", 0);
    expect_refusal("the file is empty");
    write_raw("\2\0\0\0", 4);
    expect_refusal("only 4 bytes");
    write_raw("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    expect_refusal("a header of 18446744073709551615 bytes");
    write_raw("\3\0\0\0\0\0\0\0{}", 10);
    expect_refusal("truncated: the header has 3 bytes");
    write_raw("\0\0\0\0\0\0\0\0{}", 10);
    expect_refusal("the header is no JSON object");
}
END_TEST

/* Every shorter version of a good file, and every flip of one of its header's bytes, ends in an
 * answer. */
START_TEST(no_damage_goes_unnoticed_or_crashes) {
    unsigned char bytes[1024];
    tot_safetensors *file;
    tot_error error;
    write_sample(NULL);
    FILE *stream = fopen(path, "rb");
    const size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    for (size_t k = 0; k < size; k++) {
        write_raw(bytes, k);
        ck_assert_int_eq(tot_safetensors_read(path, &file, &error), TOT_ERROR_FORMAT);
    }
    for (size_t k = 0; k + 28 < size; k++) {
        bytes[k] ^= 0x15;
        write_raw(bytes, size);
        if (tot_safetensors_read(path, &file, &error) == TOT_OK)
            tot_safetensors_free(file);
        else
            ck_assert_int_eq(strncmp(error.message, path, strlen(path)), 0);
        bytes[k] ^= 0x15;
    }
}
END_TEST

START_TEST(missing_files_and_places_are_io_errors) {
    tot_safetensors *file;
    tot_error error;
    ck_assert_int_eq(tot_safetensors_read(path, &file, &error), TOT_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.message, "weights.safetensors: No such file"));
    ck_assert_int_eq(tot_safetensors_read(directory, &file, &error), TOT_ERROR_IO);
    ck_assert_int_eq(tot_safetensors_write("/nowhere/x", NULL, 0, NULL, 0, &error), TOT_ERROR_IO);
    ck_assert_str_eq(error.message, "/nowhere/x: No such file or directory");
    const tot_safetensors_entry entry = {"key", "\xff"};
    ck_assert_int_eq(tot_safetensors_write(path, NULL, 0, &entry, 1, &error), TOT_ERROR_ARGUMENT);
}
END_TEST

/* A limit on the size of files stands for a full disk. */
START_TEST(a_full_disk_leaves_the_old_file) {
    static float many[10000];
    const tot_safetensor large = {"large", 1, {10000}, 10000, many};
    struct rlimit limit, before;
    tot_safetensors *file;
    tot_error error;
    write_sample(NULL);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = 4096;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    const tot_status status = tot_safetensors_write(path, &large, 1, NULL, 0, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    ck_assert_int_eq(status, TOT_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.message, "weights.safetensors: File too large"));
    ck_assert_int_eq(tot_safetensors_read(path, &file, &error), TOT_OK);
    ck_assert_ptr_nonnull(tot_safetensors_find(file, "a"));
    tot_safetensors_free(file);
}
END_TEST

START_TEST(replacing_a_file_keeps_its_rights) {
    struct stat state;
    write_sample(NULL);
    stat(path, &state);
    ck_assert_uint_eq(state.st_mode & 0777, 0644);
    chmod(path, 0600);
    write_sample(NULL);
    stat(path, &state);
    ck_assert_uint_eq(state.st_mode & 0777, 0600);
}
END_TEST

START_TEST(json_strings_unescape) {
    const char text[] = " \"a\\u00e9\\ud83c\\udf1f\\/\\b\\f\\n\\r\\t\\\"\\\\\" ";
    tot_json json = {text, text, text + strlen(text)};
    char *string;
    ck_assert(tot_json_string(&json, &string));
    ck_assert_str_eq(string, "a\xc3\xa9\xf0\x9f\x8c\x9f/\b\f\n\r\t\"\\");
    ck_assert(tot_json_at_end(&json));
    tot_free(string);
}
END_TEST

Suite *safetensors_suite(void) {
    Suite *suite = suite_create("safetensors");
    TCase *tests = tcase_create("safetensors");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_written_comes_back);
    tcase_add_test(tests, hostile_headers_are_refused);
    tcase_add_test(tests, hostile_lengths_are_refused);
    tcase_add_test(tests, no_damage_goes_unnoticed_or_crashes);
    tcase_add_test(tests, missing_files_and_places_are_io_errors);
    tcase_add_test(tests, a_full_disk_leaves_the_old_file);
    tcase_add_test(tests, replacing_a_file_keeps_its_rights);
    tcase_add_test(tests, json_strings_unescape);
    suite_add_tcase(suite, tests);
    return suite;
}
