#include "binary/cell_light.h"

#include <math.h>

enum { LANES = TOT_SIMD_LANES };

/* mu of a cell that is seen face on hardly varies; a range of no width has no mean. */
static const double NARROWEST = 1e-4;

/* Mean of mu D(mu) over each range, 0 below mu = 0. */
TOT_INLINE void range_means(const tot_limb_integral *integral, int terms, const double *low,
                            const double *high, double *mean) {
    TOT_EACH_LANE (k) {
        const double from = low[k] > 0 ? low[k] : 0, to = high[k] > 0 ? high[k] : 0;
        mean[k] = (tot_limb_integral_at(integral, terms, to) -
                   tot_limb_integral_at(integral, terms, from)) /
                  (high[k] - low[k]);
    }
}

/* Within a cell mu is taken as spread evenly over [m - e, m + e], m its mean, with the right
 * variance: that of a quantity that changes linearly by 2a along one side of the cell and by 2b
 * along the other is (a^2 + b^2)/3, so e^2 = a^2 + b^2. The mean of mu D(mu) is then a difference
 * of its integral, which is 0 below mu = 0: cells on the limb need no treatment of their own. */
TOT_SIMD void tot_cell_light(const tot_surface *surface, const tot_limb_integral *limb,
                             tot_vector direction, double *light) {
    const tot_surface s = *surface;
    const tot_limb_integral integral = *limb;
    const tot_vector n = direction;
    for (size_t first = 0; first < s.cells; first += LANES) {
        double low[LANES], high[LANES], mean[LANES];
        int64_t any = 0;
        TOT_EACH_LANE (k) {
            const size_t i = first + k;
            const double mu = s.normal_x[i] * n.x + s.normal_y[i] * n.y + s.normal_z[i] * n.z;
            const double a = s.bend_x[i] * n.x + s.bend_y[i] * n.y + s.bend_z[i] * n.z;
            const double b = s.turn_x[i] * n.x + s.turn_y[i] * n.y + s.turn_z[i] * n.z;
            const double spread = sqrt(a * a + b * b), e = spread > NARROWEST ? spread : NARROWEST;
            low[k] = mu - e;
            high[k] = mu + e;
            mean[k] = 0;
            any |= high[k] > 0;
        }
        if (any && integral.terms == TOT_LIMB_FEW_TERMS)
            range_means(&integral, TOT_LIMB_FEW_TERMS, low, high, mean);
        else if (any)
            range_means(&integral, TOT_LIMB_TERMS, low, high, mean);
        TOT_EACH_LANE (k)
            light[first + k] = s.area[first + k] * mean[k];
    }
}
