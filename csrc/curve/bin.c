#include "curve/bin.h"

#include <math.h>

#include "base/memory.h"
#include "curve/fold.h"
#include "curve/robust.h"

size_t tot_bin_of(double phase, size_t bins) {
    double cycle = phase - TOT_BIN_START;
    cycle -= floor(cycle);
    /* Regular phases often lie on the edges of bins. The addend keeps those that rounding has put
     * just below an edge together with those just above. */
    const size_t bin = (size_t)(cycle * (double)bins + 1e-7);
    return bin < bins ? bin : 0;
}

static tot_status medians(const double *phase, const double *flux, size_t count,
                          const tot_bins *bins, tot_error *error) {
    double *grouped = tot_allocate(count, sizeof *grouped);
    size_t *end = tot_allocate(bins->bins, sizeof *end);
    tot_status status = TOT_OK;
    if (grouped == NULL || end == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
        goto done;
    }
    for (size_t k = 1; k < bins->bins; k++)
        end[k] = end[k - 1] + bins->count[k - 1];
    for (size_t k = 0; k < count; k++)
        grouped[end[tot_bin_of(phase[k], bins->bins)]++] = flux[k];
    for (size_t k = 0; k < bins->bins; k++)
        bins->value[k] = tot_median(grouped + end[k] - bins->count[k], bins->count[k]);
done:
    tot_free(grouped);
    tot_free(end);
    return status;
}

static tot_status check(const double *phase, size_t count, size_t bins, tot_error *error) {
    if (bins == 0)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "at least one bin is needed");
    for (size_t k = 0; k < count; k++)
        if (!isfinite(phase[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "the phase of point %zu is not a number",
                            k + 1);
    return TOT_OK;
}

tot_status tot_bin(const double *phase, const double *flux, size_t count, tot_statistic statistic,
                   const tot_bins *bins, tot_error *error) {
    const tot_status status = check(phase, count, bins->bins, error);
    if (status != TOT_OK)
        return status;
    for (size_t k = 0; k < bins->bins; k++) {
        bins->value[k] = bins->scatter[k] = 0.0;
        bins->count[k] = 0;
    }
    for (size_t k = 0; k < count; k++) {
        const size_t bin = tot_bin_of(phase[k], bins->bins);
        bins->count[bin]++;
        bins->value[bin] += flux[k];
    }
    for (size_t k = 0; k < bins->bins; k++)
        bins->value[k] /= (double)bins->count[k]; /* NaN for an empty one */
    for (size_t k = 0; k < count; k++) {
        const size_t bin = tot_bin_of(phase[k], bins->bins);
        const double off = flux[k] - bins->value[bin];
        bins->scatter[bin] += off * off;
    }
    for (size_t k = 0; k < bins->bins; k++)
        bins->scatter[k] =
            bins->count[k] < 2 ? NAN : sqrt(bins->scatter[k] / ((double)bins->count[k] - 1.0));
    return statistic == TOT_STATISTIC_MEDIAN ? medians(phase, flux, count, bins, error) : TOT_OK;
}

tot_status tot_bin_weighted(const double *phase, const double *flux, const double *weight,
                            size_t count, size_t bins, double *value, size_t *counts,
                            tot_error *error) {
    const tot_status status = check(phase, count, bins, error);
    if (status != TOT_OK)
        return status;
    double *total = tot_allocate(bins, sizeof *total);
    if (total == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu bins", bins);
    for (size_t k = 0; k < bins; k++) {
        value[k] = total[k] = 0.0;
        counts[k] = 0;
    }
    for (size_t k = 0; k < count; k++) {
        const size_t bin = tot_bin_of(phase[k], bins);
        counts[bin]++;
        total[bin] += weight[k];
        value[bin] += weight[k] * flux[k];
    }
    for (size_t k = 0; k < bins; k++)
        value[k] /= total[k]; /* NaN for an empty one */
    tot_free(total);
    return TOT_OK;
}
