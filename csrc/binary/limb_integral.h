/* Limb darkening over a range of angles: the mean of mu D(mu) over a cell whose normals differ. */
#ifndef TOT_BINARY_LIMB_INTEGRAL_H
#define TOT_BINARY_LIMB_INTEGRAL_H

#include "base/simd.h"
#include "binary/radiation.h"

enum { TOT_LIMB_TERMS = 8 };

/* Integral of t D(t) from 0 to mu, as mu^2 times a polynomial in mu: exact for the linear and the
 * quadratic law, within 1e-5 for the others. */
typedef struct tot_limb_integral {
    double coefficient[TOT_LIMB_TERMS];
} tot_limb_integral;

tot_limb_integral tot_limb_integral_create(const tot_limb_darkening *limb);

TOT_INLINE double tot_limb_integral_at(const tot_limb_integral *integral, double mu) {
    double sum = integral->coefficient[TOT_LIMB_TERMS - 1];
    for (int k = TOT_LIMB_TERMS - 2; k >= 0; k--)
        sum = sum * mu + integral->coefficient[k];
    return sum * mu * mu;
}

#endif
