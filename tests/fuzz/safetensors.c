/* The reader of weights. It reads by name: the bytes go to a file in memory. */
#define _GNU_SOURCE /* memfd_create */

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    tot_safetensors *file = NULL;
    tot_error error;
    const int descriptor = memfd_create("fuzz", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (write(descriptor, data, size) == (ssize_t)size &&
        tot_safetensors_read(path, &file, &error) == TOT_OK)
        tot_safetensors_free(file);
    close(descriptor);
    return 0;
}
