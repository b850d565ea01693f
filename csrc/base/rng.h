/* Random numbers: xoshiro256** (Blackman & Vigna 2021, ACM TOMS 47, 36), seeded by splitmix64.
 *
 * The state is a plain value that the caller owns and may copy. Streams make results independent
 * of the order and the number of threads: sample k of an experiment uses tot_rng_stream(seed, k).
 */
#ifndef TOT_BASE_RNG_H
#define TOT_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct tot_rng {
    uint64_t state[4];
} tot_rng;

/* Generator number `stream` of the family `seed`; different pairs give unrelated sequences. */
tot_rng tot_rng_stream(uint64_t seed, uint64_t stream);

/* A new generator, unrelated to what the parent draws later. Advances the parent. */
tot_rng tot_rng_split(tot_rng *parent);

uint64_t tot_rng_next(tot_rng *rng);

/* Uniform in [0, 1), 53 bits. */
double tot_rng_uniform(tot_rng *rng);

/* Uniform integer in [0, count), without bias; count >= 1. */
uint64_t tot_rng_below(tot_rng *rng, uint64_t count);

/* Standard normal (Box-Muller, one of the pair: no hidden state). */
double tot_rng_normal(tot_rng *rng);

/* Leaves the generator as tot_rng_normal does. */
void tot_rng_skip_normal(tot_rng *rng);

/* Gamma with the given shape > 0 and scale 1 (Marsaglia & Tsang 2000, ACM TOMS 26, 363). */
double tot_rng_gamma(tot_rng *rng, double shape);

/* Beta(a, b), a, b > 0, as a ratio of gammas. */
double tot_rng_beta(tot_rng *rng, double a, double b);

#endif
