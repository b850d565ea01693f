#include "binary/limb_integral.h"

#include <math.h>
#include <stdbool.h>

static const double PI = 3.14159265358979323846;

/* D(mu) is interpolated at the zeros of a Chebyshev polynomial on [0, 1] by Newton's divided
 * differences, expanded in powers of mu. */
tot_limb_integral tot_limb_integral_create(const tot_limb_darkening *limb) {
    double node[TOT_LIMB_TERMS], difference[TOT_LIMB_TERMS];
    const bool polynomial = limb->law == TOT_LIMB_LINEAR || limb->law == TOT_LIMB_QUADRATIC;
    const int terms = polynomial ? TOT_LIMB_FEW_TERMS : TOT_LIMB_TERMS;
    tot_limb_integral integral = {{0}, terms};
    double *power = integral.coefficient;
    for (int k = 0; k < terms; k++) {
        node[k] = 0.5 - 0.5 * cos(PI * (k + 0.5) / terms);
        difference[k] = tot_limb_darkening_at(limb, node[k]);
    }
    for (int order = 1; order < terms; order++)
        for (int k = terms - 1; k >= order; k--)
            difference[k] = (difference[k] - difference[k - 1]) / (node[k] - node[k - order]);
    /* Horner's scheme: polynomial x (mu - node) + difference */
    for (int order = terms - 1; order >= 0; order--) {
        for (int k = terms - 1; k > 0; k--)
            power[k] = power[k - 1] - node[order] * power[k];
        power[0] = difference[order] - node[order] * power[0];
    }
    for (int k = 0; k < terms; k++)
        power[k] /= k + 2;
    return integral;
}
