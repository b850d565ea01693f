/* How well each curve of a bank explains an observed one.
 *
 * A model curve m, in units of its own flux at phase 0.25, is observed as
 *     flux = a [1 + (1 - l3) (m(phase - delta) - 1)] + noise,
 * with the scale a, the share l3 of third light and the shift delta unknown. The likelihood of a
 * curve is integrated over them:
 *   - a: flat in log a, by its best value (a is so well determined that the integral is the same
 *     factor for all models);
 *   - l3: none with probability 1 - third_light_share, else exponential, up to a maximum; exact for
 *     the Gaussian that the linear regression of the fluxes on m - 1 gives to 1 - l3;
 *   - delta: a sum over a grid, with Gaussian weights;
 *   - which minimum is at phase 0, when that is not known: both, half the weight each;
 *   - the noise, when it is unknown: sigma^2 with a prior flat in log sigma, so that chi^2 counts
 * by the power -(n - 1)/2 (the marginal t likelihood), for n independent points. That is, up to a
 * constant, the likelihood at the best sigma^2, which is taken, so that it can have a least value.
 *
 * Part of the systems may have spots that the bank lacks: the curve is m + sum of c_k d_k then,
 * with independent normal deviates c_k and given curves d_k, and the likelihood is integrated over
 * the c_k, exactly, since it is Gaussian in them (the covariance of the points becomes that of
 * their noise plus the sum of d_k d_k').
 *
 * An exposure that is not short beside the period averages the curve: m is first averaged over it,
 * by the factors sin(pi h e)/(pi h e) of its harmonics h, for an exposure of e cycles.
 *
 * Sums over points are turned into sums over the phases of the bank (tot_spread_periodic), which
 * makes them products of matrices; that of m^2 interpolates the squares, an error of second order
 * that vanishes for curves smooth on the grid. float32 throughout: chi^2 is good to about 1e-6 of
 * sum over points of weight (m - 1)^2, which is 0.05 for 400 points at a noise of 0.02. */
#ifndef TOT_INFERENCE_LIKELIHOOD_H
#define TOT_INFERENCE_LIKELIHOOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "inference/spot_marginal.h"

/* Curves at the phases of inference/model_curves.h, flux[count][phases]. */
typedef struct tot_bank {
    size_t count, phases;
    const float *flux;
} tot_bank;

/* A folded curve. weight: 1/sigma^2 of each point (above 0), or proportional to it when the noise
 * is unknown. independent: how many points without a common error tell as much; at most count.
 * least_variance: of a point of weight 1, when the noise is unknown: what isn't noise of it. */
typedef struct tot_observation {
    size_t count;
    const double *phase, *flux, *weight;
    double independent, least_variance;
} tot_observation;

typedef struct tot_likelihood {
    size_t shifts;      /* on either side of 0; the grid has 2 shifts + 1 places */
    double shift_step;  /* in phase; finer than 1.5 times its standard error is enough */
    double phase_error; /* sigma of the prior of the shift, above 0 */
    bool both_minima;   /* whether phase 0 may be either minimum */
    double third_light_share;
    double third_light_scale;   /* mean of the exponential, above 0 */
    double third_light_maximum; /* above 0 */
    bool noise_known;
    double exposure;       /* of a point, in cycles; 0 to 0.5 */
    double spot_share;     /* of the systems that have spots beside the bank's, 0 to 1 */
    tot_spot_curves spots; /* d_k, in the unit of the bank's curves and at their phases; at most
                            * TOT_SPOT_CURVES */
} tot_likelihood;

/* log_likelihood[observations][bank->count], each up to a constant of the observation, on up to
 * `threads` threads; the same bits for any number. TOT_ERROR_ARGUMENT: a value out of range, a flux
 * whose weighted mean is not above 0. */
tot_status tot_log_likelihood(const tot_bank *bank, const tot_observation *observations,
                              size_t observation_count, const tot_likelihood *options,
                              size_t threads, float *log_likelihood, tot_error *error);

#endif
