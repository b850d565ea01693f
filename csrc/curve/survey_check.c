/* Whether the numbers of a survey make sense. */
#include "curve/survey.h"

#include <math.h>

/* A distribution and what its values must lie in. */
typedef struct range_check {
    const char *name;
    const tot_quantiles *quantiles;
    double low, high;
} range_check;

static tot_status check_quantiles(const range_check *r, tot_error *error) {
    if (r->quantiles->count < 1 || r->quantiles->count > TOT_QUANTILES_MAX)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "%s: 1 to %d quantiles expected", r->name,
                        TOT_QUANTILES_MAX);
    for (size_t k = 0; k < r->quantiles->count; k++) {
        const double value = r->quantiles->value[k];
        if (!(value >= r->low && value <= r->high))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "%s must be from %g to %g, got %g", r->name,
                            r->low, r->high, value);
        if (k > 0 && value < r->quantiles->value[k - 1])
            return tot_fail(error, TOT_ERROR_ARGUMENT, "%s: quantiles must not descend", r->name);
    }
    return TOT_OK;
}

static tot_status check_numbers(const tot_survey *s, tot_error *error) {
    const struct {
        const char *name;
        double value, low, high;
    } numbers[] = {
        {"start", s->start, -1e7, 1e7},
        {"exposure", s->exposure, 0, 1},
        {"night", s->night, 0, 1},
        {"hour_angle", s->hour_angle, 0, 0.5},
        {"yearly_scatter", s->yearly_scatter, 0, 3},
        {"moon", s->moon, 0, 29},
        {"exposures", (double)s->exposures, 1, 1000},
        {"exposure_spacing", s->exposure_spacing, 0, 1},
        {"cadence", s->cadence, 1e-5, 10},
        {"segment_length", s->segment_length, 0.1, 1e4},
        {"pause", s->pause, 0, 1e4},
        {"lost_segments", s->lost_segments, 0, 1},
        {"lost", s->lost, 0, 0.99},
        {"quoted_scatter", s->quoted_scatter, 0, 3},
        {"outlier_size", s->outlier_size, 0, 10},
        {"outlier_faint", s->outlier_faint, 0, 1},
        {"epoch_swapped", s->epoch_swapped, 0, 1},
    };
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (!(numbers[k].value >= numbers[k].low && numbers[k].value <= numbers[k].high))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "%s must be from %g to %g, got %g",
                            numbers[k].name, numbers[k].low, numbers[k].high, numbers[k].value);
    if (s->tail != 0 && !(s->tail > 2 && s->tail <= 1e6))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "tail must be 0 or above 2, got %g", s->tail);
    return TOT_OK;
}

static tot_status check_noise(const tot_survey *s, tot_error *error) {
    if (s->magnitudes < 1 || s->magnitudes > TOT_SURVEY_MAGNITUDES)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "noise: 1 to %d rows expected, got %zu",
                        TOT_SURVEY_MAGNITUDES, s->magnitudes);
    for (size_t k = 0; k < s->magnitudes; k++) {
        const double values[] = {s->sigma[k], s->quoted[k]};
        for (size_t j = 0; j < 2; j++)
            if (!(values[j] >= 1e-9 && values[j] <= 10))
                return tot_fail(error, TOT_ERROR_ARGUMENT,
                                "noise: an error must be from 1e-9 to 10 mag, got %g", values[j]);
        if (!isfinite(s->row_magnitude[k]) ||
            (k > 0 && !(s->row_magnitude[k] > s->row_magnitude[k - 1])))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "noise: magnitudes must ascend");
    }
    return TOT_OK;
}

tot_status tot_survey_check(const tot_survey *s, tot_error *error) {
    const range_check ranges[] = {
        {"points", &s->points, 1, 1e7},
        {"baseline", &s->baseline, 0.1, 1e5},
        {"season", &s->season, 0.01, 1},
        {"revisit", &s->revisit, 0, 1e4},
        {"repeat", &s->repeat, 0, 1},
        {"datasets", &s->datasets, 1, 1e3},
        {"segments", &s->segments, 1, 1e4},
        {"segment_gap", &s->segment_gap, 0, 1e4},
        {"magnitude", &s->magnitude, -30, 40},
        {"third_light", &s->third_light, 0, 0.99},
        {"noise_factor", &s->noise_factor, 0, 100},
        {"outliers", &s->outliers, 0, 0.9},
        {"visit_offset", &s->visit_offset, 0, 10},
        {"season_offset", &s->season_offset, 0, 10},
        {"segment_offset", &s->segment_offset, 0, 10},
        {"segment_trend", &s->segment_trend, 0, 10},
        {"segment_scale", &s->segment_scale, 0, 0.5},
        {"period_error", &s->period_error, 0, 10},
        {"epoch_error", &s->epoch_error, 0, 1},
    };
    tot_status status = TOT_OK;
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges && status == TOT_OK; k++)
        status = check_quantiles(&ranges[k], error);
    if (status == TOT_OK)
        status = check_numbers(s, error);
    return status == TOT_OK ? check_noise(s, error) : status;
}
