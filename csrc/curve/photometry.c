#include "curve/photometry.h"

#include <math.h>
#include <string.h>

#include "curve/robust.h"

tot_status tot_magnitude_to_flux(const double *magnitude, const double *magnitude_error,
                                 size_t count, double *flux, double *flux_error, tot_error *error) {
    const double factor = 0.4 * 2.30258509299404568402; /* 0.4 ln 10 */
    for (size_t k = 0; k < count; k++)
        if (!isfinite(magnitude[k]))
            return tot_fail(error, TOT_ERROR_FORMAT, "the magnitude of point %zu is not a number",
                            k + 1);
    memcpy(flux, magnitude, count * sizeof *flux);
    const double median = tot_median(flux, count);
    for (size_t k = 0; k < count; k++) {
        flux[k] = exp(-factor * (magnitude[k] - median));
        if (!isfinite(flux[k]))
            return tot_fail(error, TOT_ERROR_FORMAT,
                            "magnitude %g of point %zu is no magnitude: the median is %g",
                            magnitude[k], k + 1, median);
        if (magnitude_error != NULL)
            flux_error[k] = factor * flux[k] * magnitude_error[k];
    }
    return TOT_OK;
}
