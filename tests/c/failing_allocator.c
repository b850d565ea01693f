#include "failing_allocator.h"

#include <errno.h>
#include <stdatomic.h>

/* What the linker's --wrap=NAME makes of NAME: callers reach __wrap_NAME, the C library's own is
 * __real_NAME. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static atomic_bool active;
static atomic_size_t calls;
static size_t failing_call;

void failing_allocator_begin(size_t index) {
    failing_call = index;
    atomic_store(&calls, 0);
    atomic_store(&active, true);
}

bool failing_allocator_end(void) {
    atomic_store(&active, false);
    return atomic_load(&calls) > failing_call;
}

static bool fails(void) {
    if (!atomic_load(&active) || atomic_fetch_add(&calls, 1) != failing_call)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}
