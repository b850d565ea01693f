#include "curve/survey_times.h"

#include <math.h>
#include <stdlib.h>

static const double YEAR = 365.25, MONTH = 29.530588; /* days; of the moon: synodic */

/* How far x is from the nearest multiple of `cycle`, with its sign. */
static double wrapped(double x, double cycle) {
    return x - cycle * floor(x * (1.0 / cycle) + 0.5); /* a product: 1/cycle is a constant */
}

size_t tot_survey_capacity(const tot_survey *survey, size_t limit) {
    if (survey->window != TOT_WINDOW_CONTINUOUS) /* weather and visits of several exposures */
        return 2 * (size_t)tot_quantiles_maximum(&survey->points) + 8 * survey->exposures;
    const size_t all = (size_t)(ceil(tot_quantiles_maximum(&survey->segments)) *
                                ceil(survey->segment_length / survey->cadence + 1.0));
    const size_t rounded = limit + (size_t)tot_quantiles_maximum(&survey->segments) + 1;
    return limit > 0 && rounded < all ? rounded : all;
}

/* The nights of one star. */
typedef struct calendar {
    double opposition, season; /* day when it is highest at midnight; days that a season lasts */
    double full_moon, moon;    /* a day of full moon; nights lost about it */
} calendar;

static bool observable(const calendar *c, double day) {
    return fabs(wrapped(day - c->opposition, YEAR)) <= 0.5 * c->season &&
           fabs(wrapped(day - c->full_moon, MONTH)) >= 0.5 * c->moon;
}

static double time_of_night(const tot_survey *survey, const calendar *c, double day, tot_rng *rng) {
    const double transit = -wrapped(day - c->opposition, YEAR) / YEAR;
    const double from = fmax(transit - survey->hour_angle, -0.5 * survey->night);
    const double to = fmin(transit + survey->hour_angle, 0.5 * survey->night);
    const double u = tot_rng_uniform(rng);
    if (to > from)
        return from + (to - from) * u;
    /* It is up in twilight only. */
    return copysign(0.5 * survey->night - 0.25 * survey->hour_angle * u, transit);
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The visits of one night, each of several exposures. */
static void observe_night(const tot_survey *survey, const calendar *c, double day, size_t visits,
                          double datasets, size_t capacity, tot_rng *rng, tot_survey_times *times) {
    const size_t first = times->count;
    for (size_t v = 0; v < visits; v++) {
        const double begin = survey->start + day + time_of_night(survey, c, day, rng);
        const double dataset = 1.0 + floor(tot_rng_uniform(rng) * datasets);
        for (size_t k = 0; k < survey->exposures && times->count < capacity; k++) {
            times->time[times->count] = begin + (double)k * survey->exposure_spacing;
            times->visit[times->count] = day;
            times->segment[times->count++] = dataset;
        }
    }
    if (visits > 1) /* data sets stay with the order of the draws: they are drawn alike */
        qsort(times->time + first, times->count - first, sizeof *times->time, compare);
}

/* Nights on which the star is up and its turn comes: `revisit` nights after the last such night. */
static double chances(const calendar *c, double baseline, double revisit) {
    double due = 0, count = 0;
    for (double day = 0; day < baseline; day++)
        if (day >= due && observable(c, day)) {
            due = fmax(due, day - 0.5 * revisit) + revisit;
            count++;
        }
    return fmax(count, 1.0);
}

static void draw_nights(const tot_survey *survey, tot_rng *rng, tot_survey_times *times) {
    const size_t capacity = tot_survey_capacity(survey, 0);
    const double points = tot_quantiles_draw(&survey->points, rng);
    const double baseline = tot_quantiles_draw(&survey->baseline, rng);
    const calendar c = {.season = YEAR * tot_quantiles_draw(&survey->season, rng),
                        .opposition = YEAR * tot_rng_uniform(rng),
                        .full_moon = MONTH * tot_rng_uniform(rng),
                        .moon = survey->moon};
    const double repeat = tot_quantiles_draw(&survey->repeat, rng);
    const double datasets = floor(tot_quantiles_draw(&survey->datasets, rng) + 0.5);
    const double usual = fmax(1.0, tot_quantiles_draw(&survey->revisit, rng));
    /* The share of the chances that the weather must leave; above 1 the star is visited more often,
     * in the end several times a night. */
    const double clear =
        points / ((double)survey->exposures * (1.0 + repeat)) / chances(&c, baseline, usual);
    double due = 0, year = -1.0, chance = 0, revisit = usual;
    for (double day = 0; day < baseline && times->count < capacity; day++) {
        const double this_year = floor((day - c.opposition) / YEAR + 1.5);
        if (this_year != year) { /* another season: a factor of mean 1 */
            const double scatter = survey->yearly_scatter;
            year = this_year;
            chance = clear * exp(scatter * (tot_rng_normal(rng) - 0.5 * scatter));
            revisit = fmax(1.0, usual / fmax(1.0, chance));
            chance *= revisit / usual;
        }
        if (day < due || !observable(&c, day))
            continue;
        due = fmax(due, day - 0.5 * revisit) + revisit;
        const double visits = floor(chance) + (tot_rng_uniform(rng) < chance - floor(chance));
        if (visits > 0)
            observe_night(survey, &c, day, (size_t)visits + (size_t)(tot_rng_uniform(rng) < repeat),
                          datasets, capacity, rng, times);
    }
    times->last = survey->start + baseline;
}

/* Every how many exposures one is made, `least` or up to half as many more: the stride whose steps
 * in phase are hardest to approach by fractions, since multiples of such a step fill the cycle most
 * evenly (of all numbers the golden ratio does it best). A stride near a multiple of the period
 * would see the same phases again and again. */
static double even_stride(double cycles_per_exposure, double least) {
    enum { MULTIPLES = 300 }; /* about as many points as a segment has */
    double best = least, best_measure = -1.0;
    for (double stride = least; stride <= 1.5 * least; stride++) {
        double measure = 1.0;
        for (int q = 1; q <= MULTIPLES && measure > best_measure; q++)
            measure = fmin(measure, q * fabs(wrapped(q * stride * cycles_per_exposure, 1.0)));
        if (measure > best_measure) {
            best_measure = measure;
            best = stride;
        }
    }
    return best;
}

static void draw_continuous(const tot_survey *survey, double period, size_t limit, tot_rng *rng,
                            tot_survey_times *times) {
    const size_t segments = (size_t)floor(tot_quantiles_draw(&survey->segments, rng) + 0.5);
    const double each = floor(survey->segment_length / survey->cadence);
    const double all = each * (double)segments;
    double begin = survey->start;
    if (limit > 0 && all > (double)limit)
        times->thinning = even_stride(survey->cadence / period, ceil(all / (double)limit));
    for (size_t s = 0; s < segments; s++) {
        const bool there = tot_rng_uniform(rng) >= survey->lost_segments || s == 0;
        for (double k = floor(times->thinning * tot_rng_uniform(rng)); there && k < each;
             k += times->thinning) {
            const double since = (k + 0.5) * survey->cadence;
            if (fabs(since - 0.5 * survey->segment_length) < 0.5 * survey->pause ||
                tot_rng_uniform(rng) < survey->lost)
                continue;
            times->time[times->count] = begin + since;
            times->visit[times->count] = (double)times->count;
            times->segment[times->count++] = (double)(s + 1);
        }
        begin += survey->segment_length + tot_quantiles_draw(&survey->segment_gap, rng);
    }
    times->last = begin;
}

static void draw_cycle(const tot_survey *survey, double period, tot_rng *rng,
                       tot_survey_times *times) {
    const double count = floor(tot_quantiles_draw(&survey->points, rng) + 0.5);
    const double baseline = tot_quantiles_draw(&survey->baseline, rng);
    const double offset = tot_rng_uniform(rng), cycles = fmax(1.0, floor(baseline / period));
    for (double k = 0; k < count; k++) {
        /* The first point and the last are a baseline apart. */
        const double cycle = k == 0           ? 0
                             : k + 1 == count ? cycles
                                              : floor(cycles * tot_rng_uniform(rng));
        times->time[times->count] = survey->start + period * (cycle + (k + offset) / count);
        times->visit[times->count] = k;
        times->segment[times->count++] = 1.0;
    }
    qsort(times->time, times->count, sizeof *times->time, compare);
    times->last = survey->start + period * (cycles + 1.0);
}

void tot_survey_times_draw(const tot_survey *survey, double period, size_t limit, tot_rng *rng,
                           tot_survey_times *times) {
    times->count = 0;
    times->thinning = 1.0;
    switch (survey->window) {
    case TOT_WINDOW_NIGHTS:
        draw_nights(survey, rng, times);
        break;
    case TOT_WINDOW_CONTINUOUS:
        draw_continuous(survey, period, limit, rng, times);
        break;
    case TOT_WINDOW_CYCLE:
        draw_cycle(survey, period, rng, times);
        break;
    }
}
