#include "io/labels.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t tot_labels_number(tot_labels *labels, const char *name) {
    if (labels->last < labels->count && strcmp(labels->names[labels->last], name) == 0)
        return labels->last;
    for (size_t k = 0; k < labels->count; k++)
        if (strcmp(labels->names[k], name) == 0)
            return labels->last = k;
    if (labels->count == TOT_LABEL_LIMIT)
        return SIZE_MAX;
    if (labels->count == labels->capacity) {
        const size_t capacity = labels->capacity == 0 ? 8 : 2 * labels->capacity;
        char **larger = realloc(labels->names, capacity * sizeof *larger);
        if (larger == NULL)
            return SIZE_MAX;
        labels->names = larger;
        labels->capacity = capacity;
    }
    const size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL)
        return SIZE_MAX;
    memcpy(copy, name, size);
    labels->names[labels->count] = copy;
    return labels->last = labels->count++;
}

bool tot_labels_are_numbers(const tot_labels *labels) {
    for (size_t k = 0; k < labels->count; k++) {
        const size_t digits = strspn(labels->names[k], "0123456789");
        if (digits == 0 || digits > 15 || labels->names[k][digits] != '\0')
            return false;
    }
    return true;
}

void tot_labels_free(tot_labels *labels) {
    for (size_t k = 0; k < labels->count; k++)
        free(labels->names[k]);
    free(labels->names);
    *labels = (tot_labels){0};
}
