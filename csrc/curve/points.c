#include "curve/points.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "curve/fold.h"

static int compare(const void *left, const void *right) {
    const tot_point *a = left, *b = right;
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->flux != b->flux)
        return a->flux < b->flux ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void insertion_sort(tot_point *points, size_t count) {
    for (size_t k = 1; k < count; k++) {
        const tot_point point = points[k];
        size_t j = k;
        for (; j > 0 && compare(&point, &points[j - 1]) < 0; j--)
            points[j] = points[j - 1];
        points[j] = point;
    }
}

static size_t cell_of(double phase, size_t count) {
    const size_t cell = (size_t)((phase + 0.5) * (double)count);
    return cell < count ? cell : count - 1;
}

tot_status tot_sort_points(const double *phase, const double *flux, size_t count, tot_point *points,
                           tot_error *error) {
    enum { SMALL = 24 };
    if (count < TOT_CURVE_MIN_POINTS)
        return tot_fail(error, TOT_ERROR_FORMAT, "%zu point%s, at least %d are needed", count,
                        count == 1 ? "" : "s", TOT_CURVE_MIN_POINTS);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(phase[k]) || !isfinite(flux[k]))
            return tot_fail(error, TOT_ERROR_FORMAT, "the %s of point %zu is not a finite number",
                            isfinite(phase[k]) ? "flux" : "phase", k + 1);
    /* A cell per point, then each cell by itself: linear in time for any usual curve. */
    size_t *end = tot_allocate(count + 1, sizeof *end);
    if (end == NULL)
        return tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
    for (size_t k = 0; k < count; k++)
        end[cell_of(tot_wrap_phase(phase[k]), count) + 1]++;
    for (size_t cell = 1; cell <= count; cell++)
        end[cell] += end[cell - 1];
    for (size_t k = 0; k < count; k++) {
        const double wrapped = tot_wrap_phase(phase[k]);
        points[end[cell_of(wrapped, count)]++] = (tot_point){wrapped, flux[k], k};
    }
    for (size_t cell = 0, first = 0; cell < count; first = end[cell++]) {
        const size_t size = end[cell] - first;
        if (size > SMALL)
            qsort(points + first, size, sizeof *points, compare);
        else
            insertion_sort(points + first, size);
    }
    tot_free(end);
    return TOT_OK;
}

double tot_widest_gap(const tot_point *points, size_t count) {
    double widest = points[0].phase + 1.0 - points[count - 1].phase;
    for (size_t k = 1; k < count; k++)
        if (points[k].phase - points[k - 1].phase > widest)
            widest = points[k].phase - points[k - 1].phase;
    return widest;
}
