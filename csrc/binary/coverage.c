#include "binary/coverage.h"

#include <math.h>

/* A place in the cell, each coordinate from -1/2 to 1/2, and the quantity's value there. */
typedef struct place {
    double u, v, value;
} place;

typedef struct density {
    double slope_u, slope_v;
} density;

static double density_at(density d, double u, double v) {
    return 1.0 + d.slope_u * u + d.slope_v * v;
}

/* Content of a triangle of area 1/4. */
static double whole(density d, place a, place b, place c) {
    return 0.25 * density_at(d, (a.u + b.u + c.u) / 3.0, (a.v + b.v + c.v) / 3.0);
}

/* Content of the part next to `lone`, whose sign differs from those of the other two corners. */
static double tip(density d, place lone, place b, place c) {
    const double to_b = lone.value / (lone.value - b.value),
                 to_c = lone.value / (lone.value - c.value);
    const double u = lone.u + (to_b * (b.u - lone.u) + to_c * (c.u - lone.u)) / 3.0;
    const double v = lone.v + (to_b * (b.v - lone.v) + to_c * (c.v - lone.v)) / 3.0;
    return 0.25 * to_b * to_c * density_at(d, u, v);
}

static double triangle(density d, place a, place b, place c) {
    const bool pa = a.value > 0, pb = b.value > 0, pc = c.value > 0;
    if (pa == pb && pb == pc)
        return pa ? whole(d, a, b, c) : 0.0;
    const double part = pb == pc ? tip(d, a, b, c) : pa == pc ? tip(d, b, c, a) : tip(d, c, a, b);
    const bool lone_positive = pb == pc ? pa : pa == pc ? pb : pc;
    return lone_positive ? part : whole(d, a, b, c) - part;
}

bool tot_changes_sign(double a, double b, double c, double d) {
    const bool sign = a > 0;
    return sign != (b > 0) || sign != (c > 0) || sign != (d > 0);
}

/* Linear interpolation is too low where the quantity is concave, as depths behind a convex edge
 * are, and its edge too short. Over a triangle of second derivatives K in both directions the mean
 * error is K/24 x the sum of the squares of its sides, here 2, and the middle exceeds the mean of
 * the corners by -K/4: a third of that is added. */
double tot_positive_share(const double corner[4], double middle, double slope_1, double slope_2) {
    const density d = {slope_1, slope_2};
    const double mean = 0.25 * (corner[0] + corner[1] + corner[2] + corner[3]);
    const double low = fmin(fmin(corner[0], corner[1]), fmin(corner[2], corner[3]));
    const double high = fmax(fmax(corner[0], corner[1]), fmax(corner[2], corner[3]));
    const double excess = middle - mean;
    const double lift = fabs(excess) < 0.1 * (high - low) ? excess / 3.0 : 0.0;
    const place p00 = {-0.5, -0.5, corner[0] + lift}, p01 = {-0.5, 0.5, corner[1] + lift};
    const place p10 = {0.5, -0.5, corner[2] + lift}, p11 = {0.5, 0.5, corner[3] + lift};
    const place centre = {0, 0, middle + lift};
    return triangle(d, p00, p01, centre) + triangle(d, p01, p11, centre) +
           triangle(d, p11, p10, centre) + triangle(d, p10, p00, centre);
}
