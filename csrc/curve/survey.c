#include "curve/survey.h"

#include <math.h>

#include "base/memory.h"
#include "curve/spline.h"
#include "curve/survey_times.h"

static const double YEAR = 365.25, TWO_PI = 6.28318530717958647692;
/* ln 10 / 2.5: a small change of magnitude times this is the relative change of flux. */
static const double MAGNITUDE = 0.92103403719761827361;

static tot_status check_target(const tot_target *t, tot_error *error) {
    if (t->states < 1 || t->count < TOT_SPLINE_MIN_POINTS)
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "a curve of %zu points, at least %d are needed to interpolate", t->count,
                        TOT_SPLINE_MIN_POINTS);
    for (size_t k = 0; k < t->states * t->count; k++)
        if (!(t->flux[k] > 0) || !isfinite(t->flux[k]))
            return tot_fail(error, TOT_ERROR_ARGUMENT, "the flux of point %zu is not above 0",
                            k % t->count + 1);
    if (!(t->period > 0) || !isfinite(t->period))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "the period must be above 0, got %g", t->period);
    if (!(t->state_duration > 0) || !(t->outer_period > 0) || !isfinite(t->period_change) ||
        !isfinite(t->light_time))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "a change of the period that is not finite");
    if (!(t->third_light >= 0 && t->third_light < 1))
        return tot_fail(error, TOT_ERROR_ARGUMENT, "third_light must be in [0, 1), got %g",
                        t->third_light);
    return TOT_OK;
}

/* Where a magnitude lies among the rows of the noise. */
typedef struct noise_place {
    size_t row;  /* the one before, or the first */
    double part; /* of the way to the next; brighter stars have the first row's noise, fainter ones
                  * go on as between the last two rows */
} noise_place;

static noise_place place_among_rows(const tot_survey *s, double magnitude) {
    size_t k = 0;
    if (s->magnitudes == 1)
        return (noise_place){0, 0.0};
    while (k + 2 < s->magnitudes && magnitude > s->row_magnitude[k + 1])
        k++;
    const double step = s->row_magnitude[k + 1] - s->row_magnitude[k];
    return (noise_place){k, fmin(3.0, fmax(0.0, (magnitude - s->row_magnitude[k]) / step))};
}

/* log_value: of the rows. */
static double error_at(const double *log_value, noise_place place) {
    if (place.part == 0.0)
        return exp(log_value[place.row]);
    return exp(log_value[place.row] * (1.0 - place.part) + log_value[place.row + 1] * place.part);
}

/* Student's t scaled so that the central 68 % are those of a normal deviate: the quantile at one
 * sigma is 1 + 1/(2 nu) + 1/(4 nu^2) in the expansion of Cornish and Fisher. */
static double draw_deviate(const tot_survey *s, tot_rng *rng) {
    const double normal = tot_rng_normal(rng);
    if (s->tail == 0)
        return normal;
    const double half = 0.5 * s->tail;
    return normal * sqrt(half / tot_rng_gamma(rng, half)) /
           (1.0 + (0.5 + 0.25 / s->tail) / s->tail);
}

/* What stays the same while one star is observed. */
typedef struct session {
    const tot_survey *survey;
    const tot_target *target;
    double *coefficient; /* splines of the states */
    double minimum, middle, light_time_phase;
    double third_light, maximum, magnitude, noise;
    double log_sigma[TOT_SURVEY_MAGNITUDES], log_quoted[TOT_SURVEY_MAGNITUDES];
} session;

static double phase_at(const session *s, double time) {
    const tot_target *t = s->target;
    const double since = time - s->middle;
    /* Delay of the minimum: half of dP/dE per cycle squared, and the light-time effect. */
    double delay = 0.5 * t->period_change * since * since / t->period;
    if (t->light_time != 0.0)
        delay += t->light_time * sin(TWO_PI * since / t->outer_period + s->light_time_phase);
    return (time - s->minimum - delay) / t->period;
}

/* Flux with third light in units of the maximum. */
static double model_at(const session *s, double time, double scale) {
    const tot_target *t = s->target;
    const double phase = phase_at(s, time);
    const double cycle = (t->mirrored ? -phase : phase) - t->first_phase;
    const tot_spline_place place = tot_spline_find(cycle, t->count);
    double flux;
    if (t->states == 1) {
        flux = tot_spline_at(s->coefficient, &place);
    } else {
        const double states = fmax(0.0, time - s->survey->start) / t->state_duration;
        const double part = states - floor(states);
        const size_t now = (size_t)fmod(floor(states), (double)t->states);
        const size_t next = (now + 1) % t->states;
        flux = (1.0 - part) * tot_spline_at(s->coefficient + now * t->count, &place) +
               part * tot_spline_at(s->coefficient + next * t->count, &place);
    }
    flux = (flux / s->maximum - 1.0) * (1.0 - s->third_light) * scale;
    return fmax(1.0 + flux, 1e-3);
}

static double draw_third_light(const session *s, tot_rng *rng) {
    enum { ATTEMPTS = 16 };
    const tot_target *t = s->target;
    double minimum = INFINITY;
    for (size_t k = 0; k < t->count; k++)
        minimum = fmin(minimum, t->flux[k] / s->maximum);
    for (size_t k = 0; k < ATTEMPTS; k++) {
        const double left =
            (1.0 - t->third_light) * (1.0 - tot_quantiles_draw(&s->survey->third_light, rng));
        if ((1.0 - minimum) * left >= t->minimum_amplitude)
            return 1.0 - left;
    }
    return t->third_light;
}

static void prepare_session(session *s, double *scratch, tot_rng *rng) {
    const tot_target *t = s->target;
    const double exposure = s->survey->exposure / t->period;
    s->maximum = 0;
    for (size_t k = 0; k < t->states; k++) {
        double *c = s->coefficient + k * t->count;
        tot_spline_coefficients(t->flux + k * t->count, t->count, c);
        if (exposure > 0) {
            tot_spline_smear(c, t->count, exposure, scratch);
            tot_spline_coefficients(scratch, t->count, c);
        }
    }
    for (size_t k = 0; k < t->count; k++)
        s->maximum = fmax(s->maximum, t->flux[k]);
    s->magnitude = tot_quantiles_draw(&s->survey->magnitude, rng);
    if (!isnan(t->magnitude))
        s->magnitude = t->magnitude;
    s->noise = tot_quantiles_draw(&s->survey->noise_factor, rng);
    s->third_light = draw_third_light(s, rng);
    s->light_time_phase = TWO_PI * tot_rng_uniform(rng);
    for (size_t k = 0; k < s->survey->magnitudes; k++) {
        s->log_sigma[k] = log(s->survey->sigma[k]);
        s->log_quoted[k] = log(s->survey->quoted[k]);
    }
}

/* Errors that a point shares with others, drawn as the points come. */
typedef struct shared_errors {
    double sigma_visit, sigma_season, sigma_segment, sigma_trend, sigma_scale;
    double visit, season, segment; /* the present ones */
    double visit_error, season_error;
    uint64_t segment_seed;
} shared_errors;

/* What the points of one segment have in common: the same however often the segment is met. */
typedef struct segment_errors {
    double offset, trend, scale;
} segment_errors;

static segment_errors errors_of_segment(const shared_errors *e, double segment) {
    tot_rng rng = tot_rng_stream(e->segment_seed, (uint64_t)segment);
    segment_errors r;
    r.offset = e->sigma_segment * tot_rng_normal(&rng);
    r.trend = e->sigma_trend * tot_rng_normal(&rng);
    r.scale = fmax(0.2, 1.0 + e->sigma_scale * tot_rng_normal(&rng));
    return r;
}

/* The error that the survey states for an exposure. Not wanted: NAN, and the generator is left as
 * if it had been drawn. */
static double draw_quoted(const session *s, noise_place place, bool wanted, tot_rng *rng) {
    const double scatter = s->survey->quoted_scatter;
    if (wanted)
        return error_at(s->log_quoted, place) *
               (scatter > 0 ? exp(scatter * tot_rng_normal(rng)) : 1.0);
    if (scatter > 0)
        tot_rng_skip_normal(rng);
    return NAN;
}

static void measure(const session *s, tot_survey_times *times, tot_rng *rng,
                    tot_observation *observation) {
    const tot_survey *survey = s->survey;
    shared_errors e = {.sigma_visit = tot_quantiles_draw(&survey->visit_offset, rng),
                       .sigma_season = tot_quantiles_draw(&survey->season_offset, rng),
                       .sigma_segment = tot_quantiles_draw(&survey->segment_offset, rng),
                       .sigma_trend = tot_quantiles_draw(&survey->segment_trend, rng),
                       .sigma_scale = tot_quantiles_draw(&survey->segment_scale, rng),
                       .visit = -1,
                       .season = -1,
                       .segment = -1,
                       .segment_seed = tot_rng_next(rng)};
    const double outliers = tot_quantiles_draw(&survey->outliers, rng);
    const double year_begin = tot_rng_uniform(rng), fewer = 1.0 / sqrt(times->thinning);
    segment_errors segment = {0, 0, 1};
    double segment_begin = 0;
    observation->outliers = 0;
    for (size_t k = 0; k < times->count; k++) {
        const double time = times->time[k];
        const double season = floor((time - survey->start) / YEAR + year_begin);
        if (times->visit[k] != e.visit) {
            e.visit = times->visit[k];
            e.visit_error = e.sigma_visit > 0 ? e.sigma_visit * tot_rng_normal(rng) : 0.0;
        }
        if (season != e.season) {
            e.season = season;
            e.season_error = e.sigma_season * tot_rng_normal(rng);
        }
        if (times->segment[k] != e.segment) {
            e.segment = times->segment[k];
            segment = errors_of_segment(&e, e.segment);
            segment_begin = time;
        }
        const double trend =
            survey->window == TOT_WINDOW_CONTINUOUS
                ? segment.trend * (2.0 * (time - segment_begin) / survey->segment_length - 1.0)
                : 0.0;
        const double model = model_at(s, time, segment.scale);
        const bool constant = survey->unit == TOT_NOISE_CONSTANT;
        const double magnitude = s->magnitude - (constant ? 0.0 : log(model) / MAGNITUDE);
        const noise_place place = place_among_rows(survey, magnitude);
        const double sigma = s->noise * error_at(s->log_sigma, place) * fewer;
        double off = segment.offset + trend + e.season_error + e.visit_error;
        const bool outlier = tot_rng_uniform(rng) < outliers;
        if (outlier) {
            const double size = -survey->outlier_size * log(1.0 - tot_rng_uniform(rng));
            off += tot_rng_uniform(rng) < survey->outlier_faint ? size : -size;
            observation->outliers++;
        }
        const double quoted = fewer * draw_quoted(s, place, observation->error != NULL, rng);
        const double deviate = sigma * draw_deviate(survey, rng);
        if (constant)
            observation->flux[k] = model * exp(-MAGNITUDE * off) + deviate;
        else
            observation->flux[k] = survey->unit == TOT_NOISE_FLUX
                                       ? model * (exp(-MAGNITUDE * off) + MAGNITUDE * deviate)
                                       : model * exp(-MAGNITUDE * (off + deviate));
        if (observation->error != NULL)
            observation->error[k] =
                constant ? quoted : quoted * MAGNITUDE * fabs(observation->flux[k]);
    }
}

static double with_sign(double size, tot_rng *rng) {
    return tot_rng_uniform(rng) < 0.5 ? -size : size;
}

static void draw_catalogue(const session *s, double span, tot_rng *rng,
                           tot_observation *observation) {
    const tot_survey *survey = s->survey;
    const double drift = with_sign(tot_quantiles_draw(&survey->period_error, rng), rng);
    const double shift = with_sign(tot_quantiles_draw(&survey->epoch_error, rng), rng);
    const bool swapped = tot_rng_uniform(rng) < survey->epoch_swapped;
    const double period = s->target->period;
    observation->catalogue_period = period / (1.0 + drift * period / fmax(span, period));
    observation->catalogue_epoch = observation->epoch + period * (shift + (swapped ? 0.5 : 0.0));
}

tot_status tot_survey_observe(const tot_survey *survey, const tot_target *target, size_t limit,
                              tot_rng *rng, tot_observation *observation, tot_error *error) {
    tot_status status = check_target(target, error);
    if (status != TOT_OK)
        return status;
    const size_t capacity = tot_survey_capacity(survey, limit);
    session s = {.survey = survey, .target = target};
    tot_survey_times times = {.time = observation->time, .segment = observation->segment};
    s.coefficient = tot_allocate((target->states + 1) * target->count, sizeof *s.coefficient);
    times.visit = tot_allocate(capacity, sizeof *times.visit);
    if (s.coefficient == NULL || times.visit == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", capacity);
        goto done;
    }
    prepare_session(&s, s.coefficient + target->states * target->count, rng);
    tot_survey_times_draw(survey, target->period, limit, rng, &times);
    s.middle = 0.5 * (survey->start + times.last);
    s.minimum = s.middle + target->period * (tot_rng_uniform(rng) - 0.5);
    observation->count = times.count;
    observation->magnitude = s.magnitude;
    observation->third_light = s.third_light;
    observation->noise = s.noise * error_at(s.log_sigma, place_among_rows(survey, s.magnitude)) *
                         (survey->unit == TOT_NOISE_CONSTANT ? 1.0 : MAGNITUDE) /
                         sqrt(times.thinning);
    observation->epoch = s.minimum;
    measure(&s, &times, rng, observation);
    draw_catalogue(&s, times.last - survey->start, rng, observation);
done:
    tot_free(s.coefficient);
    tot_free(times.visit);
    return status;
}
