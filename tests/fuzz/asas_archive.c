/* The reader of ASAS-3 archive files. */
#include <stdint.h>

#include "io/asas_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    tot_light_curve curve;
    tot_error error;
    if (tot_asas_archive_read("fuzz", (const char *)data, size, &curve, &error) == TOT_OK)
        tot_light_curve_free(&curve);
    return 0;
}
