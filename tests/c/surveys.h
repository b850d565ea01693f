/* Surveys with known properties, for the tests. */
#ifndef TOT_TESTS_SURVEYS_H
#define TOT_TESTS_SURVEYS_H

#include "curve/survey.h"

static inline tot_quantiles constant(double value) {
    return (tot_quantiles){1, {value}};
}

/* Every field at a value that makes no error; 400 points in three years. */
static inline tot_survey plain_survey(void) {
    const tot_quantiles zero = constant(0), one = constant(1);
    return (tot_survey){
        .window = TOT_WINDOW_NIGHTS,
        .points = constant(400),
        .baseline = constant(1100),
        .season = constant(0.6),
        .revisit = one,
        .night = 0.4,
        .hour_angle = 0.1,
        .exposures = 1,
        .repeat = zero,
        .datasets = one,
        .cadence = 0.02,
        .segment_length = 27,
        .segments = one,
        .segment_gap = one,
        .magnitude = constant(10),
        .third_light = zero,
        .magnitudes = 1,
        .row_magnitude = {10},
        .sigma = {1e-6},
        .quoted = {1e-6},
        .noise_factor = one,
        .outliers = zero,
        .visit_offset = zero,
        .season_offset = zero,
        .segment_offset = zero,
        .segment_trend = zero,
        .segment_scale = zero,
        .period_error = zero,
        .epoch_error = zero,
    };
}

#endif
