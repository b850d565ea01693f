/* Makes a chosen allocation fail, so that a test can sweep over all of a function's allocations:
 *
 *     for (size_t k = 0;; k++) {
 *         failing_allocator_begin(k);
 *         status = tot_something(...);
 *         if (!failing_allocator_end())
 *             break;                       (the k-th was never asked for: the sweep is over)
 *         ck_assert_int_eq(status, TOT_ERROR_MEMORY);
 *     }
 *     ck_assert_int_eq(status, TOT_OK);
 *
 * malloc, calloc, realloc and aligned_alloc are wrapped by the linker (--wrap in the Makefile) in
 * the core and in the tests, not inside shared libraries. Between begin and end stands only the
 * call under test: Check's assertions allocate, too. `make asan` sees what leaks on the
 * way. */
#ifndef TOT_TESTS_FAILING_ALLOCATOR_H
#define TOT_TESTS_FAILING_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/* Of the allocations from now on, in any thread, number `index` (from 0) fails and no other. */
void failing_allocator_begin(size_t index);

/* Back to normal; true when that allocation was asked for, and so failed. */
bool failing_allocator_end(void);

#endif
