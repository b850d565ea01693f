/* The reader of text tables, with columns as a survey asks for them when the first byte is odd. */
#include <stdint.h>
#include <stdlib.h>

#include "io/text_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const good[] = {"0", "G"};
    const tot_table_request survey = {.quantity = TOT_QUANTITY_MAGNITUDE,
                                      .x = {NULL, 1},
                                      .value = {NULL, 3},
                                      .error = {NULL, 4},
                                      .segment = {NULL, 2},
                                      .band = {NULL, 5},
                                      .flag = {NULL, 6},
                                      .ra = {NULL, 7},
                                      .dec = {NULL, 8},
                                      .good_flags = good,
                                      .good_flag_count = 2};
    tot_light_curve curve;
    tot_error error;
    char *names;
    const char *bytes = (const char *)data;
    if (tot_text_table_read("fuzz", bytes, size, size > 0 && data[0] % 2 == 1 ? &survey : NULL,
                            &curve, &error) == TOT_OK)
        tot_light_curve_free(&curve);
    if (tot_text_table_names("fuzz", bytes, size, &names, &error) == TOT_OK)
        free(names);
    return 0;
}
