#include "curve/segments.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

tot_status tot_number_segments(const tot_observed *observed, size_t most, uint32_t *segment,
                               size_t *segments, tot_error *error) {
    double *name = tot_allocate(most, sizeof *name);
    tot_status status = TOT_OK;
    size_t known = 0, last = 0;
    if (name == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu segments", most);
    for (size_t k = 0; k < observed->count; k++) {
        const double wanted = observed->segment[k];
        if (!isfinite(wanted)) {
            status = tot_fail(error, TOT_ERROR_FORMAT,
                              "the segment of point %zu is not a finite number", k + 1);
            goto done;
        }
        if (known == 0 || name[last] != wanted)
            for (last = 0; last < known && name[last] != wanted;)
                last++;
        if (last == known) {
            if (known == most) {
                status = tot_fail(error, TOT_ERROR_FORMAT, "more than %zu segments", most);
                goto done;
            }
            name[known++] = wanted;
        }
        segment[k] = (uint32_t)last;
    }
    *segments = known;
done:
    tot_free(name);
    return status;
}

tot_status tot_split_at_gaps(const tot_observed *observed, double gap, size_t most,
                             uint32_t *segment, size_t *segments, tot_error *error) {
    enum { CELLS_PER_GAP = 4, MAX_CELLS = 1 << 20 };
    double first = INFINITY, last = -INFINITY;
    for (size_t k = 0; k < observed->count; k++) {
        first = observed->time[k] < first ? observed->time[k] : first;
        last = observed->time[k] > last ? observed->time[k] : last;
    }
    memset(segment, 0, observed->count * sizeof *segment);
    *segments = 1;
    const double cells = (last - first) / gap * CELLS_PER_GAP;
    if (!(cells >= CELLS_PER_GAP) || cells > MAX_CELLS)
        return TOT_OK;
    const size_t count = (size_t)cells + 1;
    /* 1 where a cell of time holds a point; then the number of its segment */
    uint32_t *cell = tot_allocate(count, sizeof *cell);
    if (cell == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu cells", count);
    const double rate = CELLS_PER_GAP / gap;
    for (size_t k = 0; k < observed->count; k++)
        cell[(size_t)((observed->time[k] - first) * rate)] = 1;
    size_t found = 1, empty = 0;
    for (size_t k = 0; k < count; k++) {
        if (cell[k] == 0) {
            empty++;
            continue;
        }
        found += empty >= CELLS_PER_GAP;
        empty = 0;
        cell[k] = (uint32_t)(found - 1);
    }
    if (found <= most) {
        *segments = found;
        for (size_t k = 0; k < observed->count; k++)
            segment[k] = cell[(size_t)((observed->time[k] - first) * rate)];
    }
    tot_free(cell);
    return TOT_OK;
}
