#include "curve/period_search.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"

enum {
    LANES = TOT_SIMD_LANES,
    OVERSAMPLING = 5, /* frequencies to the resolution */
    CANDIDATES = 64,
    RESEED = 256, /* frequencies after which rounding is cleared from the rotating phases */
    FEWEST_HARMONICS = 2
};

static const double MOST_FREQUENCIES = 67108864.0;

/* Within so many resolutions two frequencies are the same peak. */
static const double SAME_PEAK = 1.5;

typedef struct candidate {
    size_t place; /* in the periodogram */
    float power;
    double cycles, misfit; /* of the orbit over the data; sum of squares */
} candidate;

/* One frequency: the sums of the generalised periodogram, after which all phases turn on. */
TOT_SIMD static void wave_sums(const tot_sample *sample, double *restrict cosine,
                               double *restrict sine, const double *restrict turn_cosine,
                               const double *restrict turn_sine, double *sums) {
    double c[LANES] = {0}, s[LANES] = {0}, cc[LANES] = {0}, cs[LANES] = {0}, yc[LANES] = {0},
           ys[LANES] = {0};
    for (size_t k = 0; k < sample->padded; k += LANES) {
        const double *weight = sample->weight + k, *flux = sample->flux + k;
        const double *tc = turn_cosine + k, *ts = turn_sine + k;
        double *co = cosine + k, *si = sine + k;
        TOT_EACH_LANE (j) {
            const double a = weight[j] * co[j], b = weight[j] * si[j];
            c[j] += a;
            s[j] += b;
            cc[j] += a * co[j];
            cs[j] += a * si[j];
            yc[j] += a * flux[j];
            ys[j] += b * flux[j];
            const double next = co[j] * tc[j] - si[j] * ts[j];
            si[j] = si[j] * tc[j] + co[j] * ts[j];
            co[j] = next;
        }
    }
    const double *lanes[] = {c, s, cc, cs, yc, ys};
    for (size_t i = 0; i < 6; i++) {
        sums[i] = 0.0;
        for (size_t j = 0; j < LANES; j++)
            sums[i] += lanes[i][j];
    }
}

/* Share of the variance that the wave explains; all sums over the sum of weights, flux of mean 0.
 */
static double wave_power(const double *sums, double weights, double variance) {
    const double c = sums[0] / weights, s = sums[1] / weights;
    const double cc = sums[2] / weights - c * c, ss = 1.0 - sums[2] / weights - s * s;
    const double cs = sums[3] / weights - c * s, yc = sums[4] / weights, ys = sums[5] / weights;
    const double determinant = cc * ss - cs * cs;
    if (!(determinant > 1e-9))
        return 0.0;
    return (ss * yc * yc + cc * ys * ys - 2.0 * cs * yc * ys) / (variance * determinant);
}

/* power[j] at `first` + j / OVERSAMPLING cycles over the data. */
static void periodogram(const tot_sample *sample, tot_series_fit *room, double first, size_t count,
                        float *power) {
    double weights = 0.0, variance = 0.0, sums[6];
    for (size_t k = 0; k < sample->count; k++) {
        weights += sample->weight[k];
        variance += sample->weight[k] * sample->flux[k] * sample->flux[k];
    }
    variance /= weights;
    double *cosine = room->residual, *sine = room->slope;
    for (size_t j = 0; j < count; j++) {
        if (j % RESEED == 0) {
            tot_series_fit_fold(sample, first + (double)j / OVERSAMPLING, room);
            memcpy(cosine, room->cosine, sample->padded * sizeof *cosine);
            memcpy(sine, room->sine, sample->padded * sizeof *sine);
            tot_series_fit_fold(sample, 1.0 / OVERSAMPLING, room);
        }
        wave_sums(sample, cosine, sine, room->cosine, room->sine, sums);
        power[j] = (float)wave_power(sums, weights, variance);
    }
}

/* The highest maxima, highest first. */
static size_t highest(const float *power, size_t count, candidate *list) {
    size_t found = 0;
    for (size_t j = 1; j + 1 < count; j++) {
        if (!(power[j] > power[j - 1] && power[j] >= power[j + 1]))
            continue;
        if (found == CANDIDATES && power[j] <= list[found - 1].power)
            continue;
        size_t place = found < CANDIDATES ? found++ : found - 1;
        for (; place > 0 && list[place - 1].power < power[j]; place--)
            list[place] = list[place - 1];
        list[place] = (candidate){.place = j, .power = power[j]};
    }
    return found;
}

static double misfit(const tot_sample *sample, double cycles, tot_series_fit *fit) {
    tot_series_fit_fold(sample, cycles, fit);
    return tot_series_fit_solve(sample, fit);
}

/* Two like minima a cycle: the second harmonic is the strongest. At half the orbit's period the
 * first is, at twice the fourth. */
static bool is_double_wave(const tot_series_fit *fit) {
    const double *a = fit->coefficient + 1;
    const double second = hypot(a[2], a[3]);
    for (size_t k = 0; k < fit->harmonics; k++)
        if (k != 1 && hypot(a[2 * k], a[2 * k + 1]) > second)
            return false;
    return true;
}

/* The best fit of the whole series about a candidate; the orbit has half the cycles of the wave. */
static void judge(const tot_sample *sample, double wave_cycles, tot_series_fit *fit,
                  candidate *wave) {
    enum { SIDE = 3 };
    const double step = 0.5 / OVERSAMPLING / SIDE;
    wave->misfit = INFINITY;
    for (int k = -SIDE; k <= SIDE; k++) {
        const double cycles = 0.5 * wave_cycles + k * step, sum = misfit(sample, cycles, fit);
        if (sum < wave->misfit && is_double_wave(fit)) {
            wave->misfit = sum;
            wave->cycles = cycles;
        }
    }
}

static double false_alarm(double power, size_t points, double bandwidth) {
    const double single = log1p(-fmin(power, 1.0 - 1e-15)) * 0.5 * ((double)points - 3.0);
    return fmin(1.0, bandwidth * exp(single));
}

static tot_status check(const tot_sample *sample, const tot_period_range *range, tot_error *error) {
    const size_t needed = TOT_POINTS_PER_TERM * (2 * FEWEST_HARMONICS + 1);
    if (!(range->minimum > 0.0 && range->maximum > range->minimum && isfinite(range->maximum)))
        return tot_fail(error, TOT_ERROR_ARGUMENT,
                        "the range of periods must have 0 < minimum < maximum, got %g and %g",
                        range->minimum, range->maximum);
    if (range->harmonics < FEWEST_HARMONICS || range->harmonics > TOT_HARMONICS_MAX)
        return tot_fail(error, TOT_ERROR_ARGUMENT, "harmonics must be from %d to %d, got %zu",
                        FEWEST_HARMONICS, TOT_HARMONICS_MAX, range->harmonics);
    if (sample->count < needed)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu points, at least %zu are needed",
                        sample->count, needed);
    if (!(sample->scale > 0.0))
        return tot_fail(error, TOT_ERROR_FORMAT, "the flux doesn't vary");
    if (sample->span < 2.0 * range->maximum)
        return tot_fail(error, TOT_ERROR_FORMAT,
                        "periods up to %g can't be found in data that span %g", range->maximum,
                        sample->span);
    return TOT_OK;
}

/* Takes the mean from the flux: the periodogram wants it so. */
static void centre(tot_sample *sample) {
    double sum = 0.0, weights = 0.0;
    for (size_t k = 0; k < sample->count; k++) {
        sum += sample->weight[k] * sample->flux[k];
        weights += sample->weight[k];
    }
    for (size_t k = 0; k < sample->count; k++)
        sample->flux[k] -= sum / weights;
}

tot_status tot_find_period(const double *time, const double *flux, size_t count,
                           const tot_period_range *range, tot_found_period *found,
                           tot_error *error) {
    tot_sample sample = {0};
    tot_series_fit fit = {0};
    float *power = NULL;
    candidate list[CANDIDATES];
    tot_status status = tot_sample_take(time, flux, count, TOT_PERIOD_POINTS, &sample, error);
    if (status == TOT_OK)
        status = check(&sample, range, error);
    if (status != TOT_OK)
        goto done;
    centre(&sample);
    const double first = 2.0 * sample.span / range->maximum;
    const double last = 2.0 * sample.span / range->minimum;
    const double frequencies = ceil((last - first) * OVERSAMPLING) + 1.0;
    if (frequencies > MOST_FREQUENCIES) {
        status = tot_fail(error, TOT_ERROR_ARGUMENT,
                          "%g frequencies, at most %g can be searched: the data span %g",
                          frequencies, MOST_FREQUENCIES, sample.span);
        goto done;
    }
    const size_t places = (size_t)frequencies;
    const size_t by_count = (sample.count / TOT_POINTS_PER_TERM - 1) / 2;
    const size_t harmonics = range->harmonics < by_count ? range->harmonics : by_count;
    status = tot_series_fit_create(&sample, harmonics, &fit, error);
    if (status != TOT_OK)
        goto done;
    power = tot_allocate(places, sizeof *power);
    if (power == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu frequencies", places);
        goto done;
    }
    periodogram(&sample, &fit, first, places, power);
    const size_t candidates = highest(power, places, list);
    size_t best = 0;
    for (size_t k = 0; k < candidates; k++) {
        judge(&sample, first + (double)list[k].place / OVERSAMPLING, &fit, &list[k]);
        if (list[k].misfit < list[best].misfit)
            best = k;
    }
    if (candidates == 0 || !isfinite(list[best].misfit)) {
        status = tot_fail(error, TOT_ERROR_FORMAT,
                          "no period from %g to %g with two like minima stands out", range->minimum,
                          range->maximum);
        goto done;
    }
    const double noise = list[best].misfit / (double)(sample.count - 2 * harmonics - 1);
    tot_found_period result = {.power = list[0].power, .alternative = NAN, .margin = INFINITY};
    result.false_alarm = false_alarm(result.power, sample.count, last - first);
    for (size_t k = 0; k < candidates; k++) {
        const double margin = (list[k].misfit - list[best].misfit) / noise;
        if (fabs(list[k].cycles - list[best].cycles) > SAME_PEAK && margin < result.margin) {
            result.margin = margin;
            result.alternative = sample.span / list[k].cycles;
        }
    }
    /* Half the period with half the harmonics is the same series without the odd ones. */
    fit.harmonics = harmonics / 2;
    const double alike = misfit(&sample, 2.0 * list[best].cycles, &fit);
    fit.harmonics = harmonics;
    result.minima_differ = fmax(0.0, (alike - list[best].misfit) / noise);
    const tot_period_search search = {sample.span / list[best].cycles, 1.0 / OVERSAMPLING,
                                      harmonics};
    status = tot_refine_sample_period(&sample, &search, &result.refined, error);
    if (status == TOT_OK)
        *found = result;
done:
    tot_free(power);
    tot_series_fit_free(&fit);
    tot_sample_free(&sample);
    return status;
}
