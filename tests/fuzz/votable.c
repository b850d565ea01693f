/* The reader of VOTables. */
#include <stdint.h>
#include <stdlib.h>

#include "io/votable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    tot_light_curve curve;
    tot_votable_time time;
    tot_error error;
    char *names;
    if (tot_votable_read("fuzz", (const char *)data, size, NULL, &curve, &time, &error) == TOT_OK)
        tot_light_curve_free(&curve);
    if (tot_votable_names("fuzz", (const char *)data, size, &names, &error) == TOT_OK)
        free(names);
    return 0;
}
