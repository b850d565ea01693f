/* Elementary functions in plain arithmetic, so that loops of them (see simd.h) become vector
 * instructions, with the same bits on every machine. */
#ifndef TOT_BASE_VECTOR_MATH_H
#define TOT_BASE_VECTOR_MATH_H

#include <string.h>

#include "base/simd.h"

TOT_INLINE double tot_larger(double a, double b) {
    return a > b ? a : b;
}

TOT_INLINE double tot_smaller(double a, double b) {
    return a < b ? a : b;
}

/* log x of a normal positive number, to 1e-15 + 1e-15 |log x|: x = m 2^e with m from sqrt(1/2) to
 * sqrt(2), and log m = 2 artanh((m - 1)/(m + 1)). */
TOT_INLINE double tot_vector_log(double x) {
    const double two52 = 4503599627370496.0, ln2 = 0.69314718055994530942;
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd);
    uint64_t bits, exponent;
    double m, e;
    memcpy(&bits, &x, sizeof bits);
    /* biased by 1022, so that it is positive and the bits of an integer below 2^52 */
    exponent = (bits - root_half + (UINT64_C(1022) << 52)) >> 52;
    bits -= (exponent - 1022) << 52;
    memcpy(&m, &bits, sizeof m);
    exponent |= UINT64_C(0x4330000000000000); /* 2^52 + exponent */
    memcpy(&e, &exponent, sizeof e);
    const double t = (m - 1.0) / (m + 1.0), y = t * t;
    double sum = 1.0 / 19.0;
    sum = sum * y + 1.0 / 17.0;
    sum = sum * y + 1.0 / 15.0;
    sum = sum * y + 1.0 / 13.0;
    sum = sum * y + 1.0 / 11.0;
    sum = sum * y + 1.0 / 9.0;
    sum = sum * y + 1.0 / 7.0;
    sum = sum * y + 1.0 / 5.0;
    sum = sum * y + 1.0 / 3.0;
    return (e - two52 - 1022.0) * ln2 + 2.0 * (t + t * y * sum);
}

/* exp x, to 1e-14 of itself; below -700 and above 700 as there. */
TOT_INLINE double tot_vector_exp(double x) {
    const double shift = 6755399441055744.0; /* 1.5 2^52: the sum's last bits are an integer */
    const double ln2_high = 0.693147180369123816490, ln2_low = 1.90821492927058770002e-10;
    const double clamped = tot_smaller(tot_larger(x, -700.0), 700.0);
    const double shifted = clamped * 1.44269504088896340736 + shift, n = shifted - shift;
    const double r = (clamped - n * ln2_high) - n * ln2_low;
    uint64_t bits;
    double power, sum = 1.0 / 479001600.0;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52; /* the rest of the bits is shifted out */
    memcpy(&power, &bits, sizeof power);
    sum = sum * r + 1.0 / 39916800.0;
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    return power * (sum * r + 1.0);
}

/* 1/sqrt(x) of a normal positive number, to a few units of the last place: the exponent is halved
 * as an integer (Lomont 2003, "Fast inverse square root"), and four Newton steps, each of which
 * squares the error of 3 % that this leaves, are cheaper than the processor's root and quotient. */
TOT_INLINE double tot_vector_inverse_root(double x) {
    const double half = 0.5 * x;
    uint64_t bits;
    double y;
    memcpy(&bits, &x, sizeof bits);
    bits = UINT64_C(0x5fe6eb50c7b537a9) - (bits >> 1);
    memcpy(&y, &bits, sizeof y);
    for (int k = 0; k < 4; k++)
        y = y * (1.5 - half * y * y);
    return y;
}

/* erfc x for x >= 0, to 2e-7 of itself (of exp(-700) beyond x = 26): the Chebyshev fit of Press et
 * al. 1992, Numerical Recipes in C, section 6.2. */
TOT_INLINE double tot_vector_erfc(double x) {
    const double t = 1.0 / (1.0 + 0.5 * x);
    double sum = 0.17087277;
    sum = sum * t - 0.82215223;
    sum = sum * t + 1.48851587;
    sum = sum * t - 1.13520398;
    sum = sum * t + 0.27886807;
    sum = sum * t - 0.18628806;
    sum = sum * t + 0.09678418;
    sum = sum * t + 0.37409196;
    sum = sum * t + 1.00002368;
    return t * tot_vector_exp(-x * x - 1.26551223 + t * sum);
}

#endif
