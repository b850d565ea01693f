/* The reader of light curves in FITS, and of what CFITSIO makes of the headers. */
#include <stdint.h>

#include "io/fits_light_curve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const time[] = {"TIME", "T"}, *const flux[] = {"PDCSAP_FLUX", "SAP_FLUX"};
    static const char *const error_of[] = {"PDCSAP_FLUX_ERR", "SAP_FLUX_ERR"};
    static const char *const quality[] = {"SAP_QUALITY", "QUALITY"};
    const tot_fits_request request = {time, flux, quality, 2, 2, 2, error_of};
    tot_light_curve curve;
    tot_fits_about about;
    tot_error error;
    if (tot_fits_light_curve_read("fuzz", (const char *)data, size, &request, &curve, &about,
                                  &error) == TOT_OK)
        tot_light_curve_free(&curve);
    return 0;
}
