#define _POSIX_C_SOURCE 200809L
#include "io/safetensors.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/json.h"

enum { LENGTH_SIZE = 8 };

static tot_status no_memory(const char *path, tot_error *error) {
    return tot_fail(error, TOT_ERROR_MEMORY, "%s: not enough memory", path);
}

static tot_status system_failure(const char *path, tot_error *error) {
    return tot_fail(error, TOT_ERROR_IO, "%s: %s", path, strerror(errno));
}

/* Text that is first measured (buffer NULL) and then written. */
typedef struct text {
    char *buffer;
    size_t size, length;
} text;

static void put(text *self, const char *string) {
    const size_t length = strlen(string);
    if (self->buffer != NULL && self->length + length < self->size)
        memcpy(self->buffer + self->length, string, length + 1);
    self->length += length;
}

static void put_quoted(text *self, const char *string) {
    if (self->buffer != NULL && self->length < self->size)
        self->length +=
            tot_json_quote(self->buffer + self->length, self->size - self->length, string);
    else
        self->length += tot_json_quote(NULL, 0, string);
}

static void put_size(text *self, size_t number) {
    char digits[32];
    snprintf(digits, sizeof digits, "%zu", number);
    put(self, digits);
}

static size_t count_of(const tot_safetensor *tensor) {
    size_t count = 1;
    for (size_t k = 0; k < tensor->rank; k++)
        count *= tensor->shape[k]; /* the data exist, so the product fits */
    return count;
}

static void put_header(text *self, const tot_safetensor *tensors, size_t tensor_count,
                       const tot_safetensors_entry *entries, size_t entry_count) {
    size_t offset = 0;
    self->length = 0;
    put(self, "{");
    if (entry_count > 0) {
        put(self, "\"__metadata__\":{");
        for (size_t k = 0; k < entry_count; k++) {
            put(self, k == 0 ? "" : ",");
            put_quoted(self, entries[k].key);
            put(self, ":");
            put_quoted(self, entries[k].value);
        }
        put(self, tensor_count > 0 ? "}," : "}");
    }
    for (size_t k = 0; k < tensor_count; k++) {
        put(self, k == 0 ? "" : ",");
        put_quoted(self, tensors[k].name);
        put(self, ":{\"dtype\":\"F32\",\"shape\":[");
        for (size_t j = 0; j < tensors[k].rank; j++) {
            put(self, j == 0 ? "" : ",");
            put_size(self, tensors[k].shape[j]);
        }
        put(self, "],\"data_offsets\":[");
        put_size(self, offset);
        offset += count_of(&tensors[k]) * sizeof(float);
        put(self, ",");
        put_size(self, offset);
        put(self, "]}");
    }
    put(self, "}");
    while (self->length % 8 != 0) /* the numbers begin at a multiple of 8 bytes */
        put(self, " ");
}

static bool write_bytes(int descriptor, const void *data, size_t count) {
    const char *at = data;
    while (count > 0) {
        const size_t part = count < (1 << 30) ? count : (1 << 30);
        const ssize_t written = write(descriptor, at, part);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        count -= (size_t)written;
    }
    return true;
}

static bool write_content(int descriptor, const text *h, const tot_safetensor *tensors,
                          size_t tensor_count) {
    unsigned char length[LENGTH_SIZE];
    for (size_t k = 0; k < LENGTH_SIZE; k++)
        length[k] = (unsigned char)((uint64_t)h->length >> 8 * k);
    if (!write_bytes(descriptor, length, sizeof length) ||
        !write_bytes(descriptor, h->buffer, h->length))
        return false;
    for (size_t k = 0; k < tensor_count; k++)
        if (!write_bytes(descriptor, tensors[k].data, count_of(&tensors[k]) * sizeof(float)))
            return false;
    return fsync(descriptor) == 0;
}

/* mkstemp makes files for their owner alone; the result gets the rights of the file it replaces, or
 * those of any new file. */
static mode_t mode_for(const char *path) {
    struct stat state;
    return stat(path, &state) == 0 ? state.st_mode & 0777 : 0644;
}

static tot_status check_text(const char *path, const char *string, const char *what,
                             tot_error *error) {
    if (tot_json_is_utf8(string, strlen(string)))
        return TOT_OK;
    return tot_fail(error, TOT_ERROR_ARGUMENT, "%s: %s is not UTF-8", path, what);
}

tot_status tot_safetensors_write(const char *path, const tot_safetensor *tensors,
                                 size_t tensor_count, const tot_safetensors_entry *entries,
                                 size_t entry_count, tot_error *error) {
    static const char suffix[] = ".XXXXXX";
    const size_t path_length = strlen(path);
    text h = {0};
    char *temporary = NULL;
    tot_status status = TOT_OK;
    for (size_t k = 0; k < tensor_count && status == TOT_OK; k++)
        status = check_text(path, tensors[k].name, "the name of a tensor", error);
    for (size_t k = 0; k < entry_count && status == TOT_OK; k++) {
        status = check_text(path, entries[k].key, "a key of the metadata", error);
        if (status == TOT_OK)
            status = check_text(path, entries[k].value, "a value of the metadata", error);
    }
    if (status != TOT_OK)
        return status;

    put_header(&h, tensors, tensor_count, entries, entry_count);
    h.size = h.length + 1;
    h.buffer = tot_allocate(h.size, 1);
    temporary = tot_allocate(path_length + sizeof suffix, 1);
    if (h.buffer == NULL || temporary == NULL) {
        status = no_memory(path, error);
        goto done;
    }
    put_header(&h, tensors, tensor_count, entries, entry_count);
    memcpy(temporary, path, path_length);
    memcpy(temporary + path_length, suffix, sizeof suffix);

    const int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        status = system_failure(path, error);
        goto done;
    }
    const bool written = write_content(descriptor, &h, tensors, tensor_count) &&
                         fchmod(descriptor, mode_for(path)) == 0;
    if (!written)
        status = system_failure(path, error);
    if (close(descriptor) != 0 && status == TOT_OK)
        status = system_failure(path, error);
    if (status == TOT_OK && rename(temporary, path) != 0)
        status = system_failure(path, error);
    if (status != TOT_OK)
        unlink(temporary);
done:
    tot_free(h.buffer);
    tot_free(temporary);
    return status;
}
