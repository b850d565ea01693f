#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool tot_multiply_sizes(size_t a, size_t b, size_t *product) {
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *product = a * b;
    return true;
}

void *tot_allocate(size_t count, size_t size) {
    const size_t alignment = 64;
    size_t bytes;
    void *memory;
    if (!tot_multiply_sizes(count, size, &bytes) || bytes > SIZE_MAX - alignment)
        return NULL;
    /* aligned_alloc wants a multiple of the alignment */
    bytes = (bytes / alignment + 1) * alignment;
    memory = aligned_alloc(alignment, bytes);
    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

void tot_free(void *memory) {
    free(memory);
}
