/* Files of named float32 arrays in the safetensors format (github.com/huggingface/safetensors):
 * 8 bytes with the header's length (little endian), the header in JSON, then the numbers.
 *
 *   {"__metadata__": {"key": "value"}, "name": {"dtype": "F32", "shape": [2, 3],
 *    "data_offsets": [0, 24]}, ...}
 *
 * Reading trusts nothing: a file is taken only if every byte of it is accounted for. Messages are
 * one line that begins with the file's name.
 */
#ifndef TOT_IO_SAFETENSORS_H
#define TOT_IO_SAFETENSORS_H

#include <stddef.h>

#include "base/status.h"

enum { TOT_SAFETENSORS_RANK = 8 };

typedef struct tot_safetensor {
    const char *name;
    size_t rank, shape[TOT_SAFETENSORS_RANK]; /* rank 0: a single number */
    size_t count;                             /* the product of shape; not used by write */
    const float *data;
} tot_safetensor;

typedef struct tot_safetensors_entry {
    const char *key, *value;
} tot_safetensors_entry;

typedef struct tot_safetensors {
    size_t tensor_count;
    tot_safetensor *tensors; /* in the order of their data */
    size_t entry_count;
    tot_safetensors_entry *entries; /* the metadata, in the file's order */
    float *data;
} tot_safetensors;

/* Reads a whole file; *file is owned by the caller. TOT_ERROR_IO or TOT_ERROR_FORMAT. */
tot_status tot_safetensors_read(const char *path, tot_safetensors **file, tot_error *error);
void tot_safetensors_free(tot_safetensors *file); /* accepts NULL */

/* The tensor of that name, or NULL. */
const tot_safetensor *tot_safetensors_find(const tot_safetensors *file, const char *name);

/* Writes a file, or leaves what was there: the data go to a temporary file beside it, reach the
 * disk and then take its name. Names and metadata must be UTF-8; names with control characters
 * would be refused by tot_safetensors_read. */
tot_status tot_safetensors_write(const char *path, const tot_safetensor *tensors,
                                 size_t tensor_count, const tot_safetensors_entry *entries,
                                 size_t entry_count, tot_error *error);

#endif
