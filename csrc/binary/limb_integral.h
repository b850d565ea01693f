/* Limb darkening over a range of angles: the mean of mu D(mu) over a cell whose normals differ. */
#ifndef TOT_BINARY_LIMB_INTEGRAL_H
#define TOT_BINARY_LIMB_INTEGRAL_H

#include "base/simd.h"
#include "binary/radiation.h"

enum { TOT_LIMB_TERMS = 8, TOT_LIMB_FEW_TERMS = 3 };

/* Integral of t D(t) from 0 to mu, as mu^2 times a polynomial in mu: exact for the linear and the
 * quadratic law, within 1e-5 for the others. */
typedef struct tot_limb_integral {
    double coefficient[TOT_LIMB_TERMS];
    int terms; /* TOT_LIMB_FEW_TERMS where that many are enough, else all */
} tot_limb_integral;

tot_limb_integral tot_limb_integral_create(const tot_limb_darkening *limb);

/* `terms` is integral->terms, as a constant where speed matters. */
TOT_INLINE double tot_limb_integral_at(const tot_limb_integral *integral, int terms, double mu) {
    double sum = integral->coefficient[terms - 1];
    for (int k = terms - 2; k >= 0; k--)
        sum = sum * mu + integral->coefficient[k];
    return sum * mu * mu;
}

#endif
