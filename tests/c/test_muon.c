/* Muon against the same steps in double precision with plain sums. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "failing_allocator.h"
#include "nn/gemm.h"
#include "nn/muon.h"
#include "suites.h"

/* Small, wide and high ones, and such that have several blocks, the last one not full. */
static const size_t sizes[][2] = {{1, 6}, {5, 7}, {9, 4}, {131, 150}, {300, 140}};
enum { BEFORE = 3, AFTER = 2 }; /* parameters around the matrix */

static double *doubles(size_t count) {
    double *x = tot_allocate(count, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

/* c = a b, m x k and k x n */
static void multiply(size_t m, size_t n, size_t k, const double *a, const double *b, double *c) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            c[i * n + j] = 0.0;
            for (size_t l = 0; l < k; l++)
                c[i * n + j] += a[i * k + l] * b[l * n + j];
        }
}

/* X becomes O(X), with S = X X^T whichever side is the shorter. */
static void orthogonalize(size_t rows, size_t columns, size_t rounds, double *x) {
    double *turned = doubles(rows * columns), *s = doubles(rows * rows);
    double *sx = doubles(rows * columns), *ssx = doubles(rows * columns), squares = 0.0;
    for (size_t k = 0; k < rows * columns; k++)
        squares += x[k] * x[k];
    for (size_t k = 0; k < rows * columns; k++)
        x[k] /= sqrt(squares);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                turned[j * rows + i] = x[i * columns + j];
        multiply(rows, rows, columns, x, turned, s);
        multiply(rows, columns, rows, s, x, sx);
        multiply(rows, columns, rows, s, sx, ssx);
        for (size_t k = 0; k < rows * columns; k++)
            x[k] = 3.4445 * x[k] - 4.7750 * sx[k] + 2.0315 * ssx[k];
    }
    tot_free(turned);
    tot_free(s);
    tot_free(sx);
    tot_free(ssx);
}

static void step(tot_optimizer *muon, const float *gradients, float *parameters) {
    tot_optimizer_begin_step(muon);
    for (size_t phase = 0; phase < tot_muon_phases(muon); phase++)
        for (size_t task = tot_muon_tasks(muon, phase); task-- > 0;)
            tot_muon_task(muon, phase, task, gradients, parameters);
}

static tot_optimizer make_muon(size_t rows, size_t columns) {
    tot_optimizer muon;
    tot_gemm_prepare();
    ck_assert_int_eq(
        tot_optimizer_init(&muon, TOT_OPTIMIZER_MUON, BEFORE + rows * columns + AFTER, NULL),
        TOT_OK);
    ck_assert_int_eq(tot_optimizer_add_matrix(&muon, BEFORE, rows, columns, NULL), TOT_OK);
    return muon;
}

START_TEST(steps_agree_with_plain_sums) {
    const size_t rows = sizes[_i][0], columns = sizes[_i][1], count = rows * columns;
    const size_t all = BEFORE + count + AFTER;
    const double side = (double)(rows > columns ? rows : columns);
    tot_rng rng = tot_rng_stream(17, (uint64_t)_i);
    for (int nesterov = 0; nesterov < 2; nesterov++) {
        tot_optimizer muon = make_muon(rows, columns);
        float *w = tot_allocate(all, sizeof *w), *g = tot_allocate(all, sizeof *g);
        double *expected = doubles(count), *v = doubles(count), *u = doubles(count);
        muon.learning_rate = 0.1;
        muon.weight_decay = 0.5;
        muon.nesterov = nesterov == 1;
        muon.ns_steps = 5 - (size_t)nesterov; /* an odd and an even number */
        for (size_t k = 0; k < all; k++)
            w[k] = (float)tot_rng_uniform(&rng);
        for (size_t k = 0; k < count; k++)
            expected[k] = (double)w[BEFORE + k];
        const float before = w[BEFORE - 1], after = w[BEFORE + count];
        for (int n = 0; n < 2; n++) {
            for (size_t k = 0; k < all; k++)
                g[k] = (float)(tot_rng_uniform(&rng) - 0.5);
            step(&muon, g, w);
            for (size_t k = 0; k < count; k++) {
                v[k] = 0.95 * v[k] + (double)g[BEFORE + k];
                u[k] = nesterov == 1 ? (double)g[BEFORE + k] + 0.95 * v[k] : v[k];
            }
            orthogonalize(rows, columns, muon.ns_steps, u);
            for (size_t k = 0; k < count; k++)
                expected[k] -= 0.1 * (0.5 * expected[k] + 0.2 * sqrt(side) * u[k]);
        }
        for (size_t k = 0; k < count; k++)
            ck_assert_double_eq_tol((double)w[BEFORE + k], expected[k], 2e-5);
        ck_assert_float_eq(w[BEFORE - 1], before);
        ck_assert_float_eq(w[BEFORE + count], after);
        tot_free(w);
        tot_free(g);
        tot_free(expected);
        tot_free(v);
        tot_free(u);
        tot_optimizer_clear(&muon);
    }
}
END_TEST

START_TEST(without_a_gradient_only_the_decay_is_left) {
    tot_optimizer muon = make_muon(2, 3);
    float w[BEFORE + 6 + AFTER], g[BEFORE + 6 + AFTER] = {0};
    for (size_t k = 0; k < BEFORE + 6 + AFTER; k++)
        w[k] = 1.0f;
    step(&muon, g, w);
    ck_assert_double_eq_tol((double)w[BEFORE], 1.0 - 1e-3 * 0.004, 1e-7);
    tot_optimizer_clear(&muon);
}
END_TEST

START_TEST(a_range_in_a_matrix_has_no_step_of_adam) {
    tot_optimizer muon = make_muon(2, 3);
    float w[BEFORE + 6 + AFTER] = {0}, g[BEFORE + 6 + AFTER];
    for (size_t k = 0; k < BEFORE + 6 + AFTER; k++)
        g[k] = 1.0f;
    const double factor = tot_optimizer_begin_step(&muon);
    tot_optimizer_apply(&muon, factor, 0, BEFORE, g, w);
    tot_optimizer_apply(&muon, factor, BEFORE, 6, g, w);
    tot_optimizer_apply(&muon, factor, BEFORE + 6, AFTER, g, w);
    for (size_t k = 0; k < BEFORE + 6 + AFTER; k++)
        ck_assert_double_eq_tol((double)w[k], k < BEFORE || k >= BEFORE + 6 ? -1e-3 : 0.0, 1e-8);
    muon.matrices[0].frozen = true;
    step(&muon, g, w);
    ck_assert_float_eq(w[BEFORE], 0.0f);
    tot_optimizer_clear(&muon);
}
END_TEST

START_TEST(matrices_that_do_not_fit_are_refused) {
    static const size_t wrong[][3] = {
        {0, 4, 3}, {8, 2, 2}, {12, 1, 1}, {0, 0, 3}, {0, SIZE_MAX, SIZE_MAX}, {SIZE_MAX, 1, 2}};
    tot_optimizer muon = make_muon(2, 3);
    tot_error error;
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
        ck_assert_int_eq(
            tot_optimizer_add_matrix(&muon, wrong[k][0], wrong[k][1], wrong[k][2], &error),
            TOT_ERROR_ARGUMENT);
    for (size_t k = 0;; k++) {
        failing_allocator_begin(k);
        const tot_status status = tot_optimizer_add_matrix(&muon, 0, 1, 2, &error);
        if (!failing_allocator_end())
            break;
        ck_assert_int_eq(status, TOT_ERROR_MEMORY);
        ck_assert_uint_eq(muon.matrix_count, 1);
    }
    ck_assert_uint_eq(muon.matrix_count, 2);
    tot_optimizer_clear(&muon);
}
END_TEST

Suite *muon_suite(void) {
    Suite *suite = suite_create("muon");
    TCase *tests = tcase_create("muon");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, steps_agree_with_plain_sums, 0,
                        (int)(sizeof sizes / sizeof sizes[0]));
    tcase_add_test(tests, without_a_gradient_only_the_decay_is_left);
    tcase_add_test(tests, a_range_in_a_matrix_has_no_step_of_adam);
    tcase_add_test(tests, matrices_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
