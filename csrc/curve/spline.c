#include "curve/spline.h"

#include <math.h>

/* The two recursions of Unser, Aldroubi & Eden 1993 (IEEE Trans. Signal Processing 41, 821) with
 * the pole sqrt(3) - 2. */
void tot_spline_coefficients(const double *value, size_t count, double *c) {
    const double pole = sqrt(3.0) - 2.0;
    const size_t reach = 40; /* pole^40 < 1e-22 */
    double carry = 0.0, power = 1.0;
    for (size_t k = 0; k < reach; k++, power *= pole)
        carry += power * value[(count - k % count) % count];
    c[0] = carry;
    for (size_t k = 1; k < count; k++)
        c[k] = carry = value[k] + pole * carry;
    carry = 0.0, power = 1.0;
    for (size_t k = 0; k < reach; k++, power *= pole)
        carry += power * c[(count - 1 + k) % count];
    const double gain = -6.0 * pole;
    c[count - 1] = carry *= gain;
    for (size_t k = count - 1; k-- > 0;)
        c[k] = carry = gain * c[k] + pole * carry;
}

tot_spline_place tot_spline_find(double cycle, size_t count) {
    const double x = (cycle - floor(cycle)) * (double)count, sixth = 1.0 / 6.0;
    const size_t left = (size_t)x, whole = left < count ? left : 0; /* x may round up to count */
    const double t = x - (double)left, u = 1.0 - t;
    const size_t before = whole == 0 ? count - 1 : whole - 1;
    const size_t after = whole + 1 == count ? 0 : whole + 1;
    const size_t second = after + 1 == count ? 0 : after + 1;
    return (tot_spline_place){{before, whole, after, second},
                              {sixth * (u * u * u), sixth * (4.0 - 3.0 * t * t * (2.0 - t)),
                               sixth * (4.0 - 3.0 * u * u * (2.0 - u)), sixth * (t * t * t)}};
}

double tot_spline_at(const double *c, const tot_spline_place *place) {
    double sum = 0.0;
    for (size_t k = 0; k < TOT_SPLINE_SUPPORT; k++)
        sum += place->weight[k] * c[place->index[k]];
    return sum;
}

double tot_spline_value(const double *c, size_t count, double cycle) {
    const tot_spline_place place = tot_spline_find(cycle, count);
    return tot_spline_at(c, &place);
}

void tot_spline_smear(const double *c, size_t count, double width, double *smeared) {
    const size_t nodes = (size_t)fmax(8.0, ceil(2.0 * width * (double)count));
    for (size_t k = 0; k < count; k++) {
        double sum = 0.0;
        for (size_t j = 0; j < nodes; j++) {
            const double part = ((double)j + 0.5) / (double)nodes - 0.5;
            sum += tot_spline_value(c, count, (double)k / (double)count + part * width);
        }
        smeared[k] = sum / (double)nodes;
    }
}
