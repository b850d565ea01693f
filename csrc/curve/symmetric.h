/* Normal equations of least squares. */
#ifndef TOT_CURVE_SYMMETRIC_H
#define TOT_CURVE_SYMMETRIC_H

#include <stdbool.h>
#include <stddef.h>

/* Solves the symmetric positive definite n*n system a x = b in place, by Cholesky's method: b
 * becomes x, and a, of which only the lower triangle is read, its factor. Element (i, j) is a[i *
 * stride + j]. False when a is not positive definite. */
bool tot_solve_symmetric(double *a, size_t stride, double *b, size_t n);

#endif
