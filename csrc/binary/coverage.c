#include "binary/coverage.h"

#include <stdbool.h>

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

double tot_positive_fraction(double a, double b, double c, double d) {
    if ((a > 0) == (b > 0) && (b > 0) == (c > 0) && (c > 0) == (d > 0))
        return a > 0 ? 1.0 : 0.0;
    return 0.25 * (triangle(a, b, c) + triangle(b, c, d) + triangle(a, b, d) + triangle(a, c, d));
}
