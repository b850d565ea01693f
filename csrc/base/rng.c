#include "base/rng.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

static uint64_t splitmix64(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static tot_rng seeded(uint64_t seed) {
    tot_rng rng;
    for (size_t k = 0; k < 4; k++)
        rng.state[k] = splitmix64(&seed);
    return rng;
}

tot_rng tot_rng_stream(uint64_t seed, uint64_t stream) {
    /* Each of the two is scrambled before they meet, or (seed, k+1) and (seed+1, k) would clash. */
    uint64_t mixed = splitmix64(&seed);
    stream ^= mixed;
    mixed = splitmix64(&stream);
    return seeded(mixed);
}

tot_rng tot_rng_split(tot_rng *parent) {
    return seeded(tot_rng_next(parent));
}

static uint64_t rotate_left(uint64_t x, int bits) {
    return (x << bits) | (x >> (64 - bits));
}

uint64_t tot_rng_next(tot_rng *rng) {
    uint64_t *s = rng->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double tot_rng_uniform(tot_rng *rng) {
    return (double)(tot_rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t tot_rng_below(tot_rng *rng, uint64_t count) {
    /* Draws from the incomplete last block are rejected. */
    const uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    uint64_t draw;
    do
        draw = tot_rng_next(rng);
    while (draw >= limit);
    return draw % count;
}

double tot_rng_normal(tot_rng *rng) {
    const double u = 1.0 - tot_rng_uniform(rng); /* in (0, 1]: the logarithm is finite */
    const double v = tot_rng_uniform(rng);
    return sqrt(-2.0 * log(u)) * cos(2.0 * PI * v);
}

void tot_rng_skip_normal(tot_rng *rng) {
    tot_rng_next(rng);
    tot_rng_next(rng);
}

double tot_rng_gamma(tot_rng *rng, double shape) {
    if (shape < 1.0) { /* Gamma(a) = Gamma(a + 1) U^(1/a) */
        const double u = 1.0 - tot_rng_uniform(rng);
        return tot_rng_gamma(rng, shape + 1.0) * pow(u, 1.0 / shape);
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        const double x = tot_rng_normal(rng), root = 1.0 + c * x, v = root * root * root;
        if (v <= 0.0)
            continue;
        const double u = 1.0 - tot_rng_uniform(rng);
        /* their squeeze: below it, the logarithms say yes as well */
        if (u < 1.0 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

double tot_rng_beta(tot_rng *rng, double a, double b) {
    const double x = tot_rng_gamma(rng, a);
    const double y = tot_rng_gamma(rng, b);
    return x / (x + y);
}
