/* When a survey looks at a star. Used by survey.c alone. */
#ifndef TOT_CURVE_SURVEY_TIMES_H
#define TOT_CURVE_SURVEY_TIMES_H

#include "curve/survey.h"

typedef struct tot_survey_times {
    size_t count;
    double *time;    /* ascending */
    double *visit;   /* number of the night or exposure: equal numbers share an error */
    double *segment; /* number of the segment or data set, from 1 */
    double last;     /* day when the observations end, with or without a point */
    double thinning; /* how many exposures a point stands for */
} tot_survey_times;

/* The arrays hold tot_survey_capacity(survey, limit). */
void tot_survey_times_draw(const tot_survey *survey, double period, size_t limit, tot_rng *rng,
                           tot_survey_times *times);

#endif
