#include "curve/robust.h"

#include <math.h>
#include <stdbool.h>

static void insertion_sort(double *values, size_t count) {
    for (size_t k = 1; k < count; k++) {
        const double value = values[k];
        size_t j = k;
        for (; j > 0 && value < values[j - 1]; j--)
            values[j] = values[j - 1];
        values[j] = value;
    }
}

/* Of a sample, the value that stands where `rank` does among all. */
static double choose_pivot(const double *values, size_t count, size_t rank) {
    enum { SAMPLE = 9 };
    double sample[SAMPLE];
    for (size_t k = 0; k < SAMPLE; k++)
        sample[k] = values[(2 * k + 1) * count / (2 * SAMPLE)];
    insertion_sort(sample, SAMPLE);
    return sample[rank * SAMPLE / count];
}

/* Brings the values below the pivot to the front, or with `equal` all but those above it; their
 * number. Without a branch that depends on a value: it would be guessed wrong every other time. */
static size_t partition(double *values, size_t count, double pivot, bool equal) {
    size_t front = 0;
    for (size_t k = 0; k < count; k++) {
        const double value = values[k];
        values[k] = values[front];
        values[front] = value;
        front += equal ? !(value > pivot) : value < pivot;
    }
    return front;
}

double tot_select(double *values, size_t count, size_t rank) {
    enum { SMALL = 16 };
    while (count > SMALL) {
        const double pivot = choose_pivot(values, count, rank);
        size_t front = partition(values, count, pivot, false);
        if (rank < front) {
            count = front;
            continue;
        }
        if (front == 0) {
            /* no value is below the pivot; the equal ones go, which may be all */
            front = partition(values, count, pivot, true);
            if (rank < front)
                return pivot;
        }
        values += front;
        count -= front;
        rank -= front;
    }
    insertion_sort(values, count);
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
