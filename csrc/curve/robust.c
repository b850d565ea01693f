#include "curve/robust.h"

#include <math.h>

static void swap(double *a, double *b) {
    const double t = *a;
    *a = *b;
    *b = t;
}

/* Hoare's selection; equal values stop both scans, so constant data cost no more than others. */
double tot_select(double *values, size_t count, size_t rank) {
    size_t low = 0, high = count - 1;
    while (low < high) {
        const double a = values[low], b = values[low + (high - low) / 2], c = values[high];
        const double pivot = fmax(fmin(a, b), fmin(fmax(a, b), c));
        size_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            swap(&values[i++], &values[j--]);
        }
        /* left of i: <= pivot; right of j: >= pivot; i == j: the pivot itself, i > j: split */
        if (i == j) {
            if (rank == i)
                return values[i];
            i++, j -= j > 0;
        }
        if (rank <= j)
            high = j;
        else
            low = i;
    }
    return values[rank];
}

double tot_median(double *values, size_t count) {
    if (count == 0)
        return NAN;
    const double upper = tot_select(values, count, count / 2);
    if (count % 2 == 1)
        return upper;
    double lower = values[0]; /* selection has put the smaller half in front */
    for (size_t k = 1; k < count / 2; k++)
        lower = values[k] > lower ? values[k] : lower;
    return 0.5 * (lower + upper);
}

double tot_deviation_about_zero(double *values, size_t count) {
    for (size_t k = 0; k < count; k++)
        values[k] = fabs(values[k]);
    return 1.4826 * tot_median(values, count);
}
