#include "inference/columns.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/vector_math.h"

enum { LANES = TOT_SIMD_LANES };

/* Shares of 0 and 1 have a logarithm, too, that makes them negligible. */
static double log_share(double share) {
    return share > 0.0 ? log(share) : -1e30;
}

void tot_columns_prepare(tot_columns *c) {
    const tot_likelihood *o = c->options;
    const double scale = o->third_light_scale, maximum = o->third_light_maximum;
    const double freedom = c->sums.independent - 1.0;
    /* a perfect fit has no finite likelihood; float32 can't tell it from this */
    const double perfect = 1e-12 * c->sums.w / freedom;
    c->constants = (tot_column_constants){
        .freedom = freedom,
        .least_variance = tot_larger(c->sums.least_variance, perfect),
        .none = log_share(1.0 - o->third_light_share),
        .some = log_share(o->third_light_share),
        .clean = log_share(1.0 - o->spot_share),
        .spotted = log_share(o->spot_share),
        .scale = scale,
        .maximum = maximum,
        .log_norm = o->third_light_share > 0.0
                        ? log(scale * (1.0 - exp(-maximum / scale)) / 2.50662827463100050242)
                        : 0.0,
    };
}

/* log of exp(a) + exp(b) */
TOT_INLINE double add_logs(double a, double b) {
    const double larger = tot_larger(a, b), smaller = tot_smaller(a, b);
    return larger + tot_vector_log(1.0 + tot_vector_exp(smaller - larger));
}

/* log of the integral of a Gaussian likelihood, 1 at its peak, with `mean` and `sigma`, over the
 * prior exp(-l / scale), 0 <= l <= maximum. */
TOT_INLINE double log_third_light(const tot_column_constants *c, double mean, double sigma) {
    const double root_half = 0.70710678118654752440;
    const double centre = mean - sigma * sigma / c->scale; /* of the product of the two */
    /* In units of sigma, 0 and the maximum lie at a and b. The difference of the tails on the side
     * where both are small. */
    const double a = -centre / sigma, b = (c->maximum - centre) / sigma;
    const double side = a > 0.0 ? 1.0 : b < 0.0 ? -1.0 : 0.0, near = side < 0.0 ? -b : a;
    const double far = side < 0.0 ? -a : b;
    const double below = tot_vector_erfc(root_half * tot_larger(near, -near));
    const double above = tot_vector_erfc(root_half * tot_larger(far, -far));
    const double inside = side == 0.0 ? 1.0 - 0.5 * (below + above) : 0.5 * (below - above);
    return tot_vector_log(tot_larger(inside, 1e-300) * sigma) - c->log_norm - mean / c->scale +
           0.5 * sigma * sigma / (c->scale * c->scale);
}

TOT_INLINE double log_of_chi2(const tot_column_constants *c, bool noise_known, double chi2) {
    if (noise_known)
        return -0.5 * chi2;
    const double variance = tot_larger(chi2 / c->freedom, c->least_variance);
    return -0.5 * (chi2 / variance + c->freedom * tot_vector_log(variance));
}

/* Of the sums over the points. */
TOT_INLINE double log_likelihood(const tot_column_constants *c, bool noise_known, bool third_light,
                                 double w, double wz, double wzz, double x, double xz, double xx) {
    /* without third light: z = alpha + (1 + alpha) x, residuals of alpha = 0 projected on 1 + x
     */
    const double unscaled = wzz - 2.0 * xz + xx;
    const double along = wz - x + xz - xx, norm = w + 2.0 * x + xx;
    const double none = log_of_chi2(c, noise_known, unscaled - along * along / norm);
    if (!third_light)
        return none;
    /* with it: regression of z on x; the slope over the level at x = 0 is 1 - l3 */
    const double x_mean = x / w, z_mean = wz / w;
    const double var_x = xx - x * x_mean, cov = xz - x * z_mean, var_z = wzz - wz * z_mean;
    const double slope = cov / var_x, level = 1.0 + z_mean - slope * x_mean, ratio = slope / level;
    const double chi2 = var_z - cov * slope;
    const double noise2 =
        noise_known ? 1.0 : tot_larger(chi2 / (c->freedom - 1.0), c->least_variance);
    const double of_slope = 1.0 / var_x;
    const double of_level = 1.0 / w + x_mean * x_mean / var_x, together = -x_mean / var_x;
    const double variance =
        noise2 * (of_slope + ratio * ratio * of_level - 2.0 * ratio * together) / (level * level);
    const double some = log_of_chi2(c, noise_known, chi2) +
                        log_third_light(c, 1.0 - ratio, sqrt(tot_larger(variance, 1e-12)));
    return add_logs(c->none + none, c->some + some);
}

/* Models whose sums over the points, without what spots explain, are kept at once. Loops run over
 * many models, so that the processor has one vector's arithmetic to do while it waits for
 * another's. */
enum { TILE = 64 };

/* Adds, to the values without, the likelihood of the systems with spots beside the bank's. */
TOT_INLINE void add_spots(const tot_columns *columns, const tot_column_sums *m, bool noise_known,
                          bool third_light, size_t column, size_t first, size_t count,
                          double *restrict value) {
    const tot_column_constants c = columns->constants;
    const tot_spot_columns spots = columns->spots;
    const double w = columns->sums.w - spots.one_one[column];
    const double wz = columns->sums.wz - spots.one_z[column];
    const double wzz = columns->sums.wzz - spots.zz[column];
    const double weight = c.spotted - spots.log_volume[column];
    const size_t start = column * m->stride + first;
    double x[TILE], xz[TILE], xx[TILE];
    for (size_t k = 0; k < count; k++) {
        x[k] = (double)m->x[start + k];
        xz[k] = (double)m->xz[start + k];
        xx[k] = (double)m->xx[start + k];
    }
    for (size_t j = 0; j < spots.count; j++) {
        const size_t place = j * columns->count + column;
        const double one = spots.one[place], z = spots.z[place];
        const float *p = m->p + place * m->stride + first;
        for (size_t k = 0; k < count; k++) {
            const double of_x = (double)p[k];
            x[k] -= one * of_x;
            xz[k] -= z * of_x;
            xx[k] -= of_x * of_x;
        }
    }
    for (size_t k = 0; k < count; k++)
        value[k] =
            add_logs(c.clean + value[k], weight + log_likelihood(&c, noise_known, third_light, w,
                                                                 wz, wzz, x[k], xz[k], xx[k]));
}

/* The values of the columns, for one kind of likelihood: the kinds are constants where this is
 * inlined. */
TOT_INLINE void evaluate(const tot_columns *columns, const tot_column_sums *m, bool noise_known,
                         bool third_light, double *value) {
    const tot_column_constants c = columns->constants;
    const double w = columns->sums.w, wz = columns->sums.wz, wzz = columns->sums.wzz;
    const size_t models = tot_simd_padded(m->models);
    for (size_t column = 0; column < columns->count; column++)
        for (size_t first = 0; first < models; first += TILE) {
            const size_t count = models - first < TILE ? models - first : TILE;
            const size_t start = column * m->stride + first;
            const float *x = m->x + start, *xz = m->xz + start, *xx = m->xx + start;
            const double prior = columns->log_prior[column];
            double *restrict into = value + start;
            for (size_t k = 0; k < count; k++)
                into[k] = log_likelihood(&c, noise_known, third_light, w, wz, wzz, (double)x[k],
                                         (double)xz[k], (double)xx[k]);
            if (columns->spots.count > 0)
                add_spots(columns, m, noise_known, third_light, column, first, count, into);
            for (size_t k = 0; k < count; k++)
                into[k] += prior;
        }
}

TOT_SIMD void tot_columns_log_likelihood(const tot_columns *columns, const tot_column_sums *sums,
                                         double *value, float *log_likelihood) {
    const bool known = columns->options->noise_known;
    const bool third_light = columns->options->third_light_share > 0.0;
    if (third_light && known)
        evaluate(columns, sums, true, true, value);
    else if (third_light)
        evaluate(columns, sums, false, true, value);
    else if (known)
        evaluate(columns, sums, true, false, value);
    else
        evaluate(columns, sums, false, false, value);
    for (size_t first = 0; first < sums->models; first += LANES) {
        double largest[LANES], sum[LANES] = {0}, result[LANES];
        memcpy(largest, value + first, sizeof largest);
        for (size_t column = 1; column < columns->count; column++)
            TOT_EACH_LANE (k)
                largest[k] = tot_larger(value[column * sums->stride + first + k], largest[k]);
        for (size_t column = 0; column < columns->count; column++)
            TOT_EACH_LANE (k)
                sum[k] += tot_vector_exp(value[column * sums->stride + first + k] - largest[k]);
        TOT_EACH_LANE (k)
            result[k] = largest[k] + tot_vector_log(sum[k]);
        for (size_t k = 0; k < LANES && first + k < sums->models; k++)
            log_likelihood[first + k] = (float)result[k];
    }
}
