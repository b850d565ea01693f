/* What varies slowly beside the folded curve: zero points of segments, trends, and, where a segment
 * holds a varying share of a neighbour's light, its amplitude. */
#ifndef TOT_CURVE_BASELINE_H
#define TOT_CURVE_BASELINE_H

#include <stddef.h>

#include "base/status.h"
#include "curve/segments.h"

enum { TOT_BASELINE_MAX_SEGMENTS = 1024, TOT_BASELINE_POINTS = 4096 };

typedef struct tot_baseline_options {
    double period;    /* days, above 0 */
    double spacing;   /* of the trend's knots, days; INFINITY: only a zero point for each segment */
    size_t harmonics; /* of the folded curve, 1 to TOT_HARMONICS_MAX */
} tot_baseline_options;

typedef struct tot_baseline {
    size_t segments, knots;
    double offset_spread;    /* standard deviation of the baseline's values beyond what noise makes,
                              * flux unit; 0 when there is no sign of one */
    double amplitude_spread; /* that of the segments' amplitudes over their mean, of those segments
                              * that tell it to a fiftieth; 0 likewise */
    double scatter;          /* robust sigma of the residuals */
} tot_baseline;

/* Without segments the points are divided at gaps in time longer than 8 mean spacings and 2
 * periods; where that leaves segments less than 20 periods of the span each (the nights of one
 * observing run), longer than 5 periods.
 *
 * Least squares of the Fourier series in phase together with a baseline that within each segment is
 * constant or runs straight from knot to knot, so that no eclipse is taken for a trend. The values
 * at the knots have a normal prior about 0 whose variance is their own, less what the noise makes
 * of it (random effects; DerSimonian & Laird 1986, Control. Clin. Trials 7, 177): a baseline that
 * isn't there isn't removed. Segments of fewer than 8 points have none. Weights are Tukey's.
 * corrected[count]: flux less the baseline, the amplitude of segments that differ brought to the
 * mean one about the mean level.
 *
 * TOT_ERROR_FORMAT: points that are not finite, fewer than 4 to a coefficient of the series, a flux
 * that doesn't vary, or more than TOT_BASELINE_MAX_SEGMENTS segments. TOT_ERROR_ARGUMENT: an option
 * out of range. */
tot_status tot_remove_baseline(const tot_observed *observed, const tot_baseline_options *options,
                               double *corrected, tot_baseline *baseline, tot_error *error);

#endif
