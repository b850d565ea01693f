/* Allocation with checked sizes. */
#ifndef TOT_BASE_MEMORY_H
#define TOT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Sets *product to a*b; false, with *product untouched, when that does not fit in size_t. */
bool tot_multiply_sizes(size_t a, size_t b, size_t *product);

/* count*size bytes, zeroed and aligned to 64 bytes (a cache line, an AVX-512 register); NULL when
 * the product overflows or memory is out. A count of 0 gives a valid pointer. Free with tot_free.
 */
void *tot_allocate(size_t count, size_t size);

/* Accepts NULL. */
void tot_free(void *memory);

#endif
