/* The reader of light curves in JSON. */
#include <stdint.h>

#include "io/json_light_curve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const tot_table_request band = {.wanted_band = "B"};
    tot_light_curve curve;
    tot_error error;
    if (tot_json_light_curve_read("fuzz", (const char *)data, size, size % 2 == 1 ? &band : NULL,
                                  &curve, &error) == TOT_OK)
        tot_light_curve_free(&curve);
    return 0;
}
