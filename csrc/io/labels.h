/* Numbers for the names in a column: pass bands, cameras, data sets. */
#ifndef TOT_IO_LABELS_H
#define TOT_IO_LABELS_H

#include <stdbool.h>
#include <stddef.h>

enum { TOT_LABEL_LIMIT = 4096 }; /* different names; a column with more is no label */

/* Starts as {0}; tot_labels_free frees it. */
typedef struct tot_labels {
    char **names;
    size_t count, capacity;
    size_t last; /* neighbours are often alike */
} tot_labels;

/* The number (from 0, in the order of appearance) of a name; SIZE_MAX when memory is out or the
 * limit is passed. */
size_t tot_labels_number(tot_labels *labels, const char *name);

/* True when all names are whole numbers of at most 15 digits. */
bool tot_labels_are_numbers(const tot_labels *labels);

void tot_labels_free(tot_labels *labels);

#endif
