#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/vector_math.h"
#include "failing_allocator.h"
#include "suites.h"

START_TEST(fail_writes_the_message_and_returns_the_status) {
    tot_error error;
    ck_assert_int_eq(tot_fail(&error, TOT_ERROR_IO, "%s: %d", "file", 7), TOT_ERROR_IO);
    ck_assert_str_eq(error.message, "file: 7");
    ck_assert_int_eq(tot_fail(NULL, TOT_ERROR_ARGUMENT, "x"), TOT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(allocation_refuses_sizes_that_overflow) {
    ck_assert_ptr_null(tot_allocate(SIZE_MAX / 2, 3));
    ck_assert_ptr_null(tot_allocate(SIZE_MAX, 1));
    unsigned char *memory = tot_allocate(5, 3);
    ck_assert_ptr_nonnull(memory);
    ck_assert_uint_eq((uintptr_t)memory % 64, 0);
    for (int k = 0; k < 15; k++)
        ck_assert_uint_eq(memory[k], 0);
    tot_free(memory);
    tot_free(NULL);
}
END_TEST

/* Needs three allocations and frees what it got when one of them fails. */
static tot_status allocate_three(void *memory[3]) {
    for (size_t k = 0; k < 3; k++)
        memory[k] = NULL;
    for (size_t k = 0; k < 3; k++) {
        memory[k] = tot_allocate(k + 1, 8);
        if (memory[k] == NULL)
            goto fail;
    }
    return TOT_OK;
fail:
    for (size_t k = 0; k < 3; k++)
        tot_free(memory[k]);
    return TOT_ERROR_MEMORY;
}

START_TEST(allocations_can_be_made_to_fail_one_after_the_other) {
    void *memory[3];
    tot_status status;
    size_t failures = 0;
    for (;; failures++) {
        failing_allocator_begin(failures);
        status = allocate_three(memory);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, TOT_OK);
    ck_assert_uint_eq(failures, 3);
    for (size_t k = 0; k < 3; k++)
        tot_free(memory[k]);
}
END_TEST

/* First outputs of xoshiro256** from the state {1, 2, 3, 4}, as the authors' C code gives them. */
START_TEST(rng_follows_xoshiro256starstar) {
    tot_rng rng = {{1, 2, 3, 4}};
    const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240};
    for (size_t k = 0; k < 4; k++)
        ck_assert_uint_eq(tot_rng_next(&rng), expected[k]);
}
END_TEST

START_TEST(rng_streams_differ_and_repeat) {
    tot_rng a = tot_rng_stream(1, 2), b = tot_rng_stream(1, 2), c = tot_rng_stream(2, 1);
    tot_rng d = tot_rng_stream(1, 3), e = tot_rng_split(&a);
    const uint64_t first = tot_rng_next(&b);
    ck_assert_uint_ne(first, tot_rng_next(&c));
    ck_assert_uint_ne(first, tot_rng_next(&d));
    ck_assert_uint_eq(tot_rng_next(&a), tot_rng_next(&b));
    ck_assert_uint_ne(tot_rng_next(&e), tot_rng_next(&a));
}
END_TEST

/* Mean and variance of n draws lie within five standard errors of the distribution's. */
static void check_moments(double mean, double variance, double kurtosis, const double *x, int n) {
    double sum = 0, sum2 = 0;
    for (int k = 0; k < n; k++)
        sum += x[k];
    for (int k = 0; k < n; k++)
        sum2 += (x[k] - sum / n) * (x[k] - sum / n);
    ck_assert_double_eq_tol(sum / n, mean, 5 * sqrt(variance / n));
    ck_assert_double_eq_tol(sum2 / n, variance, 5 * variance * sqrt((kurtosis - 1) / n));
}

START_TEST(rng_distributions_have_their_moments) {
    enum { N = 20000 };
    static double x[N];
    tot_rng rng = tot_rng_stream(7, 0);
    for (int k = 0; k < N; k++)
        x[k] = tot_rng_uniform(&rng);
    check_moments(0.5, 1.0 / 12, 1.8, x, N);
    for (int k = 0; k < N; k++)
        x[k] = tot_rng_normal(&rng);
    check_moments(0, 1, 3, x, N);
    for (int k = 0; k < N; k++)
        x[k] = tot_rng_gamma(&rng, 0.5);
    check_moments(0.5, 0.5, 15, x, N);
    for (int k = 0; k < N; k++)
        x[k] = tot_rng_beta(&rng, 2, 3);
    check_moments(0.4, 0.04, 2.36, x, N);
    for (int k = 0; k < N; k++)
        x[k] = (double)tot_rng_below(&rng, 6);
    check_moments(2.5, 35.0 / 12, 1.73, x, N);
}
END_TEST

typedef struct tally {
    unsigned char runs[1000];
    unsigned char bad_worker[1000];
} tally;

static void count_run(void *context, size_t index, size_t worker) {
    tally *t = context;
    t->runs[index]++;
    t->bad_worker[index] = worker >= 3;
}

START_TEST(parallel_for_runs_each_piece_once) {
    static tally t;
    const size_t threads[] = {0, 1, 3};
    for (size_t k = 0; k < 3; k++) {
        memset(&t, 0, sizeof t);
        tot_parallel_for(threads[k], 1000, count_run, &t);
        for (int i = 0; i < 1000; i++) {
            ck_assert_uint_eq(t.runs[i], 1);
            ck_assert_uint_eq(t.bad_worker[i], 0);
        }
    }
    tot_parallel_for(4, 0, count_run, &t);
    ck_assert_uint_ge(tot_processor_count(), 1);
}
END_TEST

START_TEST(team_serves_one_loop_after_the_other) {
    static tally t;
    const size_t team_sizes[] = {0, 1, 2, 3, 8};
    for (size_t k = 0; k < 5; k++) {
        tot_team *team = tot_team_create(team_sizes[k]);
        for (size_t round = 0; round < 200; round++) {
            const size_t count = round % 7 == 0 ? 1000 : round % 5;
            memset(&t, 0, sizeof t);
            tot_team_for(team, round % 4, count, count_run, &t);
            for (size_t i = 0; i < count; i++) {
                ck_assert_uint_eq(t.runs[i], 1);
                ck_assert_uint_eq(t.bad_worker[i], 0);
            }
            ck_assert_uint_eq(t.runs[count < 1000 ? count : 0], count == 1000);
        }
        tot_team_free(team);
    }
}
END_TEST

static void set_one(void *context) {
    *(int *)context = 1;
}

START_TEST(background_work_is_done_after_the_wait) {
    for (int k = 0; k < 100; k++) {
        int done = 0;
        tot_background *background = tot_background_start(set_one, &done);
        tot_background_wait(background);
        ck_assert_int_eq(done, 1);
    }
    int done = 0;
    failing_allocator_begin(0);
    tot_background *background = tot_background_start(set_one, &done);
    ck_assert(failing_allocator_end());
    ck_assert_ptr_null(background);
    ck_assert_int_eq(done, 1);
}
END_TEST

START_TEST(vector_math_is_that_of_the_library) {
    for (int k = -3000; k <= 3000; k++) {
        const double x = k / 4.33, log_x = log(exp(x)); /* of the rounded exp */
        ck_assert_double_eq_tol(tot_vector_log(exp(x)), log_x, 4e-16 * fmax(1.0, fabs(log_x)));
        ck_assert_double_eq_tol(tot_vector_exp(x) / exp(x), 1.0, 1e-14);
    }
    for (double x = 1e-300; x < 1e300; x *= 3.7)
        ck_assert_double_eq_tol(tot_vector_inverse_root(x) * sqrt(x), 1.0, 1e-15);
    ck_assert_double_eq(tot_vector_log(1.0), 0.0);
    ck_assert_double_eq(tot_vector_exp(0.0), 1.0);
    ck_assert_double_eq(tot_vector_exp(-INFINITY), tot_vector_exp(-700.0));
    ck_assert_double_eq(tot_vector_exp(1e9), tot_vector_exp(700.0));
    for (double x = 0.0; x < 26.0; x += 0.01)
        ck_assert_double_eq_tol(tot_vector_erfc(x) / erfc(x), 1.0, 2e-7);
}
END_TEST

Suite *base_suite(void) {
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");
    tcase_add_test(tests, fail_writes_the_message_and_returns_the_status);
    tcase_add_test(tests, allocation_refuses_sizes_that_overflow);
    tcase_add_test(tests, allocations_can_be_made_to_fail_one_after_the_other);
    tcase_add_test(tests, rng_follows_xoshiro256starstar);
    tcase_add_test(tests, rng_streams_differ_and_repeat);
    tcase_add_test(tests, rng_distributions_have_their_moments);
    tcase_add_test(tests, parallel_for_runs_each_piece_once);
    tcase_add_test(tests, team_serves_one_loop_after_the_other);
    tcase_add_test(tests, background_work_is_done_after_the_wait);
    tcase_add_test(tests, vector_math_is_that_of_the_library);
    suite_add_tcase(suite, tests);
    return suite;
}
