#define _POSIX_C_SOURCE 200809L
#include "io/safetensors.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "io/json.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the format is little-endian: numbers would have to be swapped here"
#endif

/* As in the reference implementation. */
enum { LENGTH_SIZE = 8, MAX_HEADER = 100000000 };

/* Far more than anybody writes; keeps the search for duplicates short. */
enum { MAX_ENTRIES = 10000 };

/* A tensor as the header describes it; offsets count bytes from the end of the header. */
typedef struct description {
    char *name;
    size_t rank, shape[TOT_SAFETENSORS_RANK], count, begin, end;
} description;

typedef struct header {
    description *tensors;
    size_t tensor_count, tensor_capacity;
    tot_safetensors_entry *entries; /* key and value are allocated */
    size_t entry_count, entry_capacity;
    bool has_metadata;
} header;

typedef struct reader {
    const char *path;
    tot_json json;
    header *header;
    tot_error *error;
} reader;

static void free_header(header *self) {
    for (size_t k = 0; k < self->tensor_count; k++)
        tot_free(self->tensors[k].name);
    for (size_t k = 0; k < self->entry_count; k++) {
        tot_free((void *)(uintptr_t)self->entries[k].key);
        tot_free((void *)(uintptr_t)self->entries[k].value);
    }
    tot_free(self->tensors);
    tot_free(self->entries);
}

static tot_status bad_header(const reader *self, const char *what) {
    return tot_fail(self->error, TOT_ERROR_FORMAT,
                    "%s: not a safetensors file: %s (byte %zu of the header)", self->path, what,
                    (size_t)(self->json.at - self->json.start));
}

static tot_status no_memory(const char *path, tot_error *error) {
    return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
}

/* Names end up in messages, which are one line. */
static bool is_printable(const char *string) {
    for (; *string != '\0'; string++)
        if ((unsigned char)*string < 0x20 || *string == 0x7f)
            return false;
    return true;
}

/* Room for one more element in an array that doubles. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return true;
    const size_t wanted = *capacity == 0 ? 16 : 2 * *capacity;
    void *larger = tot_allocate(wanted, size);
    if (larger == NULL)
        return false;
    if (count > 0)
        memcpy(larger, *array, count * size);
    tot_free(*array);
    *array = larger;
    *capacity = wanted;
    return true;
}

static tot_status read_metadata(reader *self) {
    header *h = self->header;
    tot_json *json = &self->json;
    if (h->has_metadata)
        return bad_header(self, "two __metadata__");
    h->has_metadata = true;
    if (!tot_json_take(json, '{'))
        return bad_header(self, "__metadata__ is no object");
    if (tot_json_take(json, '}'))
        return TOT_OK;
    do {
        char *key, *value;
        if (h->entry_count == MAX_ENTRIES)
            return bad_header(self, "too many keys in __metadata__");
        if (!grow((void **)&h->entries, h->entry_count, &h->entry_capacity, sizeof *h->entries))
            return no_memory(self->path, self->error);
        if (!tot_json_string(json, &key))
            return bad_header(self, "a key of __metadata__ is no string");
        if (!tot_json_take(json, ':') || !tot_json_string(json, &value)) {
            tot_free(key);
            return bad_header(self, "a value of __metadata__ is no string");
        }
        for (size_t k = 0; k < h->entry_count; k++)
            if (strcmp(h->entries[k].key, key) == 0) {
                tot_free(key);
                tot_free(value);
                return bad_header(self, "a key of __metadata__ comes twice");
            }
        h->entries[h->entry_count++] = (tot_safetensors_entry){key, value};
    } while (tot_json_take(json, ','));
    return tot_json_take(json, '}') ? TOT_OK : bad_header(self, "__metadata__ doesn't end");
}

static tot_status read_shape(reader *self, description *tensor) {
    tot_json *json = &self->json;
    if (!tot_json_take(json, '['))
        return bad_header(self, "a shape is no list");
    tensor->count = 1;
    if (tot_json_take(json, ']'))
        return TOT_OK;
    do {
        size_t size;
        if (tensor->rank == TOT_SAFETENSORS_RANK)
            return bad_header(self, "a tensor has more than 8 dimensions");
        if (!tot_json_size(json, &size))
            return bad_header(self, "a dimension is no whole number");
        if (!tot_multiply_sizes(tensor->count, size, &tensor->count))
            return bad_header(self, "a tensor's size overflows");
        tensor->shape[tensor->rank++] = size;
    } while (tot_json_take(json, ','));
    return tot_json_take(json, ']') ? TOT_OK : bad_header(self, "a shape doesn't end");
}

static tot_status read_dtype(reader *self, const description *tensor) {
    char *dtype;
    if (!tot_json_string(&self->json, &dtype))
        return bad_header(self, "a dtype is no string");
    if (!is_printable(dtype)) {
        tot_free(dtype);
        return bad_header(self, "control characters in a dtype");
    }
    const tot_status status =
        strcmp(dtype, "F32") == 0
            ? TOT_OK
            : tot_fail(self->error, TOT_ERROR_FORMAT,
                       "%s: tensor '%.64s' has dtype %.16s, only F32 can be read", self->path,
                       tensor->name, dtype);
    tot_free(dtype);
    return status;
}

static tot_status read_offsets(reader *self, description *tensor) {
    tot_json *json = &self->json;
    if (!tot_json_take(json, '[') || !tot_json_size(json, &tensor->begin) ||
        !tot_json_take(json, ',') || !tot_json_size(json, &tensor->end) ||
        !tot_json_take(json, ']'))
        return bad_header(self, "data_offsets are no two whole numbers");
    return TOT_OK;
}

static tot_status read_field(reader *self, description *tensor, unsigned *seen) {
    static const char *const names[] = {"dtype", "shape", "data_offsets"};
    char *field;
    size_t k = 0;
    if (!tot_json_string(&self->json, &field) || !tot_json_take(&self->json, ':')) {
        tot_free(field);
        return bad_header(self, "a field was expected");
    }
    while (k < 3 && strcmp(field, names[k]) != 0)
        k++;
    tot_free(field);
    if (k == 3)
        return bad_header(self, "unknown field of a tensor");
    if (*seen & 1u << k)
        return bad_header(self, "a field comes twice");
    *seen |= 1u << k;
    return k == 0   ? read_dtype(self, tensor)
           : k == 1 ? read_shape(self, tensor)
                    : read_offsets(self, tensor);
}

static tot_status read_tensor(reader *self, description *tensor) {
    size_t bytes;
    unsigned seen = 0;
    if (!tot_json_take(&self->json, '{'))
        return bad_header(self, "a tensor's description is no object");
    do {
        const tot_status status = read_field(self, tensor, &seen);
        if (status != TOT_OK)
            return status;
    } while (tot_json_take(&self->json, ','));
    if (!tot_json_take(&self->json, '}'))
        return bad_header(self, "a tensor's description doesn't end");
    if (seen != 7)
        return bad_header(self, "a tensor lacks dtype, shape or data_offsets");
    if (tensor->begin > tensor->end || !tot_multiply_sizes(tensor->count, sizeof(float), &bytes) ||
        bytes != tensor->end - tensor->begin)
        return tot_fail(self->error, TOT_ERROR_FORMAT,
                        "%s: tensor '%.64s': data_offsets don't fit its shape", self->path,
                        tensor->name);
    return TOT_OK;
}

static tot_status read_header(reader *self) {
    header *h = self->header;
    tot_json *json = &self->json;
    if (!tot_json_take(json, '{'))
        return bad_header(self, "the header is no JSON object");
    if (!tot_json_take(json, '}')) {
        do {
            tot_status status;
            char *name;
            if (!tot_json_string(json, &name))
                return bad_header(self, "a name was expected");
            if (!is_printable(name) || !tot_json_take(json, ':')) {
                const bool printable = is_printable(name);
                tot_free(name);
                return bad_header(self,
                                  printable ? "':' was expected" : "control characters in a name");
            }
            if (strcmp(name, "__metadata__") == 0) {
                tot_free(name);
                status = read_metadata(self);
            } else if (!grow((void **)&h->tensors, h->tensor_count, &h->tensor_capacity,
                             sizeof *h->tensors)) {
                tot_free(name);
                status = no_memory(self->path, self->error);
            } else {
                description *tensor = &h->tensors[h->tensor_count++];
                *tensor = (description){.name = name};
                status = read_tensor(self, tensor);
            }
            if (status != TOT_OK)
                return status;
        } while (tot_json_take(json, ','));
        if (!tot_json_take(json, '}'))
            return bad_header(self, "',' or '}' was expected");
    }
    return tot_json_at_end(json) ? TOT_OK : bad_header(self, "text after the object");
}

static int by_offset(const void *a, const void *b) {
    const description *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const description *)a)->name, ((const description *)b)->name);
}

/* Names differ; the data follow each other without gap or overlap and end with the file. */
static tot_status check_tensors(const reader *self, size_t data_size) {
    const header *h = self->header;
    size_t end = 0;
    if (h->tensor_count > 0)
        qsort(h->tensors, h->tensor_count, sizeof *h->tensors, by_name);
    for (size_t k = 1; k < h->tensor_count; k++)
        if (strcmp(h->tensors[k - 1].name, h->tensors[k].name) == 0)
            return tot_fail(self->error, TOT_ERROR_FORMAT, "%s: tensor '%.64s' comes twice",
                            self->path, h->tensors[k].name);
    if (h->tensor_count > 0)
        qsort(h->tensors, h->tensor_count, sizeof *h->tensors, by_offset);
    for (size_t k = 0; k < h->tensor_count; k++) {
        const description *tensor = &h->tensors[k];
        if (tensor->end > data_size)
            return tot_fail(self->error, TOT_ERROR_FORMAT,
                            "%s: truncated: tensor '%.64s' ends at byte %zu of the data, there are "
                            "%zu",
                            self->path, tensor->name, tensor->end, data_size);
        if (tensor->begin != end)
            return tot_fail(self->error, TOT_ERROR_FORMAT, "%s: tensor '%.64s' %s", self->path,
                            tensor->name,
                            tensor->begin < end ? "overlaps another" : "leaves a gap before it");
        end = tensor->end;
    }
    if (end != data_size)
        return tot_fail(self->error, TOT_ERROR_FORMAT, "%s: %zu bytes after the last tensor's data",
                        self->path, data_size - end);
    return TOT_OK;
}

static tot_status system_failure(const char *path, tot_error *error) {
    return tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
}

static tot_status read_bytes(FILE *stream, const char *path, void *to, size_t count,
                             tot_error *error) {
    errno = 0;
    if (fread(to, 1, count, stream) == count)
        return TOT_OK;
    if (ferror(stream))
        return system_failure(path, error);
    return tot_fail(error, TOT_ERROR_FORMAT, "%s: truncated while it was read", path);
}

/* The length of the header and of the data, checked against the size of the file. */
static tot_status read_lengths(FILE *stream, const char *path, size_t *header_size,
                               size_t *data_size, tot_error *error) {
    struct stat state;
    unsigned char bytes[LENGTH_SIZE];
    uint64_t length = 0;
    if (fstat(fileno(stream), &state) != 0)
        return system_failure(path, error);
    if (!S_ISREG(state.st_mode))
        return tot_fail(error, TOT_ERROR_IO, "%s: not a regular file", path);
    const uint64_t size = (uint64_t)state.st_size;
    if (size == 0)
        return tot_fail(error, TOT_ERROR_FORMAT, "%s: the file is empty", path);
    if (size < LENGTH_SIZE + 2)
        return tot_fail(error, TOT_ERROR_FORMAT, "%s: not a safetensors file: only %zu bytes", path,
                        (size_t)size);
    const tot_status status = read_bytes(stream, path, bytes, LENGTH_SIZE, error);
    if (status != TOT_OK)
        return status;
    for (size_t k = LENGTH_SIZE; k-- > 0;)
        length = length << 8 | bytes[k];
    if (length > MAX_HEADER)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s: not a safetensors file: a header of %llu bytes", path,
                        (unsigned long long)length);
    if (length > size - LENGTH_SIZE)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "%s: truncated: the header has %zu bytes, the file %zu", path,
                        (size_t)length, (size_t)size);
    *header_size = (size_t)length;
    *data_size = (size_t)(size - LENGTH_SIZE - length);
    return TOT_OK;
}

/* Moves what was read into the public form; names, keys and values change their owner. */
static tot_safetensors *publish(header *h, float **data) {
    tot_safetensors *file = tot_allocate(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->tensors = tot_allocate(h->tensor_count, sizeof *file->tensors);
    if (file->tensors == NULL) {
        tot_free(file);
        return NULL;
    }
    for (size_t k = 0; k < h->tensor_count; k++) {
        const description *from = &h->tensors[k];
        tot_safetensor *to = &file->tensors[k];
        to->name = from->name;
        to->rank = from->rank;
        memcpy(to->shape, from->shape, sizeof to->shape);
        to->count = from->count;
        to->data = *data + from->begin / sizeof(float);
    }
    file->tensor_count = h->tensor_count;
    file->entries = h->entries;
    file->entry_count = h->entry_count;
    file->data = *data;
    h->tensor_count = h->entry_count = 0;
    h->entries = NULL;
    *data = NULL;
    return file;
}

tot_status tot_safetensors_read(const char *path, tot_safetensors **file, tot_error *error) {
    header h = {0};
    char *text = NULL;
    float *data = NULL;
    size_t header_size = 0, data_size = 0;
    tot_status status;
    *file = NULL;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return system_failure(path, error);
    status = read_lengths(stream, path, &header_size, &data_size, error);
    if (status != TOT_OK)
        goto done;
    text = tot_allocate(header_size, 1);
    data = text == NULL ? NULL : tot_allocate(data_size, 1);
    if (data == NULL) {
        status = no_memory(path, error);
        goto done;
    }
    status = read_bytes(stream, path, text, header_size, error);
    if (status != TOT_OK)
        goto done;
    reader self = {path, {text, text, text + header_size}, &h, error};
    status = read_header(&self);
    if (status == TOT_OK)
        status = check_tensors(&self, data_size);
    if (status == TOT_OK)
        status = read_bytes(stream, path, data, data_size, error);
    if (status != TOT_OK)
        goto done;
    *file = publish(&h, &data);
    if (*file == NULL)
        status = no_memory(path, error);
done:
    fclose(stream);
    free_header(&h);
    tot_free(text);
    tot_free(data);
    return status;
}

void tot_safetensors_free(tot_safetensors *file) {
    if (file == NULL)
        return;
    for (size_t k = 0; k < file->tensor_count; k++)
        tot_free((void *)(uintptr_t)file->tensors[k].name);
    for (size_t k = 0; k < file->entry_count; k++) {
        tot_free((void *)(uintptr_t)file->entries[k].key);
        tot_free((void *)(uintptr_t)file->entries[k].value);
    }
    tot_free(file->tensors);
    tot_free(file->entries);
    tot_free(file->data);
    tot_free(file);
}

const tot_safetensor *tot_safetensors_find(const tot_safetensors *file, const char *name) {
    for (size_t k = 0; k < file->tensor_count; k++)
        if (strcmp(file->tensors[k].name, name) == 0)
            return &file->tensors[k];
    return NULL;
}
