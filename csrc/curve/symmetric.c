#include "curve/symmetric.h"

#include <math.h>

bool tot_solve_symmetric(double *a, size_t stride, double *b, size_t n) {
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            double sum = a[i * stride + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * stride + k] * a[j * stride + k];
            if (i != j) {
                a[i * stride + j] = sum / a[j * stride + j];
                continue;
            }
            if (!(sum > 0.0))
                return false;
            a[j * stride + j] = sqrt(sum);
        }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= a[i * stride + k] * b[k];
        b[i] /= a[i * stride + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= a[k * stride + i] * b[k];
        b[i] /= a[i * stride + i];
    }
    return true;
}
