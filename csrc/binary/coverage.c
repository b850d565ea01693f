#include "binary/coverage.h"

/* `lone` is the corner whose sign differs from the other two: the share on its side. */
static double corner_share(double lone, double u, double v) {
    return lone * lone / ((lone - u) * (lone - v));
}

static double triangle(double a, double b, double c) {
    const bool pa = a > 0, pb = b > 0, pc = c > 0;
    if (pa == pb && pb == pc)
        return pa ? 1.0 : 0.0;
    const double share = pb == pc   ? corner_share(a, b, c)
                         : pa == pc ? corner_share(b, a, c)
                                    : corner_share(c, a, b);
    const bool lone_positive = pb == pc ? pa : pa == pc ? pb : pc;
    return lone_positive ? share : 1.0 - share;
}

bool tot_changes_sign(double a, double b, double c, double d) {
    const bool sign = a > 0;
    return sign != (b > 0) || sign != (c > 0) || sign != (d > 0);
}

double tot_positive_fraction(double a, double b, double c, double d, double middle) {
    return 0.25 * (triangle(a, b, middle) + triangle(b, d, middle) + triangle(d, c, middle) +
                   triangle(c, a, middle));
}
