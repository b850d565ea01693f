/* A distribution as data: its quantiles at regular steps of probability. */
#ifndef TOT_CURVE_QUANTILES_H
#define TOT_CURVE_QUANTILES_H

#include <stddef.h>

#include "base/rng.h"

enum { TOT_QUANTILES_MAX = 16 };

/* value[0] is the least, value[count - 1] the greatest, the others lie between in steps of equal
 * probability with straight lines between them: one value is a constant, two are uniform. */
typedef struct tot_quantiles {
    size_t count; /* 1 to TOT_QUANTILES_MAX */
    double value[TOT_QUANTILES_MAX];
} tot_quantiles;

/* The quantile at probability p, 0 to 1. */
double tot_quantile(const tot_quantiles *quantiles, double p);

/* Draws one uniform number, for a constant too. */
double tot_quantiles_draw(const tot_quantiles *quantiles, tot_rng *rng);

double tot_quantiles_maximum(const tot_quantiles *quantiles);

#endif
