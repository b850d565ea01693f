/* A time series as a survey delivers it, and which of its segments each point belongs to. */
#ifndef TOT_CURVE_SEGMENTS_H
#define TOT_CURVE_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* A time series as observed; the arrays are the caller's. */
typedef struct tot_observed {
    const double *time, *flux; /* time in days, any zero, any order; flux in any unit */
    const double *segment;     /* NULL, or a number for each point: points with equal numbers were
                                * observed and reduced alike (a quarter, a field, a season) */
    size_t count;
} tot_observed;

/* By the numbers given, in the order in which they appear. TOT_ERROR_FORMAT: a number that is not
 * finite, or more than `most` segments. */
tot_status tot_number_segments(const tot_observed *observed, size_t most, uint32_t *segment,
                               size_t *segments, tot_error *error);

/* By gaps in time longer than about `gap` (a quarter more or less), in the order of time; times are
 * finite, gap > 0. Gaps that would make more than `most` segments divide nothing. */
tot_status tot_split_at_gaps(const tot_observed *observed, double gap, size_t most,
                             uint32_t *segment, size_t *segments, tot_error *error);

#endif
