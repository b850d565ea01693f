/* A survey as a plain record of numbers, and what it would deliver of a star.
 *
 * What the numbers are for each survey, with their sources, is data of the Lua layer
 * (lua/totality/surveys). Days and magnitudes throughout; a distribution is a list of quantiles. */
#ifndef TOT_CURVE_SURVEY_H
#define TOT_CURVE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rng.h"
#include "base/status.h"
#include "curve/quantiles.h"

typedef enum tot_window {
    TOT_WINDOW_NIGHTS,     /* visits at night, in the months when the star is up */
    TOT_WINDOW_CONTINUOUS, /* one exposure after the other, in segments */
    TOT_WINDOW_CYCLE       /* regular in phase */
} tot_window;

enum { TOT_SURVEY_MAGNITUDES = 16 };

typedef enum tot_noise_unit {
    TOT_NOISE_MAGNITUDE, /* the noise is normal in magnitude */
    TOT_NOISE_FLUX,      /* ... in flux, of a size that follows the magnitude of the moment */
    TOT_NOISE_CONSTANT   /* ... in flux, the same at all phases, in units of the maximum flux */
} tot_noise_unit;

typedef struct tot_survey {
    tot_window window;
    double start;    /* first day */
    double exposure; /* length of one, 0 or more */

    /* Nights and cycle. */
    tot_quantiles points;   /* how many are aimed at; weather makes it fewer or more */
    tot_quantiles baseline; /* first to last day */
    /* Nights. The star passes the meridian at midnight in the middle of its season, four minutes
     * earlier each day; it is observed within hour_angle of that, within night/2 of midnight. */
    tot_quantiles season;  /* share of the year in which the star is observed, 0 to 1 */
    tot_quantiles revisit; /* nights from one visit to the next in clear weather */
    double night, hour_angle;
    double yearly_scatter;   /* of the number of visits in a year, in ln */
    double moon;             /* nights about full moon without observations, 0 to 29 */
    size_t exposures;        /* of a visit, 1 or more ... */
    double exposure_spacing; /* ... and the time from one to the next */
    tot_quantiles repeat;    /* share of visits with another one in the same night (in a field that
                              * overlaps) */
    tot_quantiles datasets;  /* recorded in `segment`; each visit belongs to one of them */
    /* Continuous. A segment is recorded as such. */
    double cadence, segment_length;
    double pause;               /* in the middle of a segment */
    tot_quantiles segments;     /* how many ... */
    tot_quantiles segment_gap;  /* ... and the time between two */
    double lost_segments, lost; /* shares of the segments and of the exposures that are missing */

    /* The star. */
    tot_quantiles magnitude;   /* at maximum */
    tot_quantiles third_light; /* of neighbours in the aperture, share of the light */

    /* Noise. sigma at a magnitude: half the width of the central 68 %, straight lines in ln(sigma);
     * `quoted` likewise is the error that the survey states. */
    tot_noise_unit unit;
    size_t magnitudes; /* rows, 1 to TOT_SURVEY_MAGNITUDES, in ascending order */
    double row_magnitude[TOT_SURVEY_MAGNITUDES], sigma[TOT_SURVEY_MAGNITUDES],
        quoted[TOT_SURVEY_MAGNITUDES];
    tot_quantiles noise_factor; /* from star to star */
    double quoted_scatter;      /* of the quoted errors, in ln, from point to point */
    double tail;                /* degrees of freedom of Student's t, above 2; 0: normal */
    tot_quantiles outliers;     /* their share ... */
    double outlier_size;        /* ... mean size, exponential ... */
    double outlier_faint;       /* ... and share of faint ones */
    /* Errors that points share: standard deviations. */
    tot_quantiles visit_offset;   /* the exposures of one night */
    tot_quantiles season_offset;  /* one year, unrecorded; follows `start` */
    tot_quantiles segment_offset; /* one segment or data set */
    tot_quantiles segment_trend;  /* linear within a segment: at its ends */
    tot_quantiles segment_scale;  /* of the amplitude, relative, from segment to segment */

    /* What a catalogue says. */
    tot_quantiles period_error; /* drift of the phase over the baseline, cycles, either sign */
    tot_quantiles epoch_error;  /* cycles, either sign */
    double epoch_swapped;       /* share of epochs at the shallower minimum */
} tot_survey;

/* TOT_ERROR_ARGUMENT with a message that names the field. */
tot_status tot_survey_check(const tot_survey *survey, tot_error *error);

/* A star to be observed: model curves over one cycle of `count` regular phases from first_phase, in
 * any unit, without third light. Several curves are states of its spots: it goes from one to the
 * next in `state_duration` days, and after the last to the first. */
typedef struct tot_target {
    const double *flux; /* states * count */
    size_t states, count;
    double first_phase;
    double state_duration; /* days, above 0 */
    bool mirrored;         /* the curve runs backwards: spots on the other side */
    double period;
    double period_change; /* days per day */
    double light_time;    /* half amplitude of the delay in a wide orbit, days ... */
    double outer_period;  /* ... and that orbit's period, days; above 0 */
    double third_light;   /* of a companion, to which the survey's own is added; [0, 1) */
    double magnitude;     /* at maximum; NAN: drawn */
    double
        minimum_amplitude; /* (maximum - minimum)/maximum with third light: what varies less isn't
                            * found; the survey's third light is drawn again, in the end left out
                            */
} tot_target;

/* At most so many points will be delivered of a star with this period. */
size_t tot_survey_capacity(const tot_survey *survey, size_t limit);

typedef struct tot_observation {
    size_t count;
    double *time, *flux, *error, *segment; /* of the caller, tot_survey_capacity long. Flux in units
                                            * of the star's maximum, its error as quoted; error
                                            * may be NULL */
    double magnitude, third_light;         /* as drawn */
    double noise;                          /* sigma of a point at maximum, in that flux */
    double epoch;                          /* of minimum at phase 0 near the middle of the data */
    double catalogue_period, catalogue_epoch;
    size_t outliers;
} tot_observation;

/* Observes the target. limit: of a continuous survey with more exposures than that only one in k is
 * made, with the noise of the mean of k: for a training set, where columns of an image are means of
 * hundreds of points. k is chosen so that the phases fill the cycle evenly. 0: all are made. The
 * points are in order of time. Deterministic for a given generator. TOT_ERROR_ARGUMENT: a number of
 * the target out of range. */
tot_status tot_survey_observe(const tot_survey *survey, const tot_target *target, size_t limit,
                              tot_rng *rng, tot_observation *observation, tot_error *error);

#endif
