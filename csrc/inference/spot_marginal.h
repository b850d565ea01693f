/* Spots that the curves of a bank lack, integrated out of a likelihood; inference/likelihood.h says
 * what is assumed of them. */
#ifndef TOT_INFERENCE_SPOT_MARGINAL_H
#define TOT_INFERENCE_SPOT_MARGINAL_H

#include <stddef.h>

#include "base/status.h"

enum { TOT_SPOT_CURVES = 16 };

/* d_k[count][phases]; see tot_likelihood. */
typedef struct tot_spot_curves {
    size_t count, phases;
    const float *flux;
} tot_spot_curves;

/* For one column (an observation at a shift in phase): with L L' = 1 + D' W D, where D are the spot
 * curves at the points and W the weights, a sum over points of w u v becomes that of w u v less
 * p(u) . p(v), where p(u) = L^-1 D' W u (the matrix inversion lemma).
 *
 * Of one observation, in arrays over its columns, of which TOT_SIMD_LANES more than there are can
 * be read. */
typedef struct tot_spot_columns {
    size_t count;                       /* of curves; 0: no spots */
    const double *one, *z;              /* p of 1 and of z: [curve][column] */
    const double *one_one, *one_z, *zz; /* p(1) . p(1) and so on */
    const double *log_volume;           /* log of L's determinant */
} tot_spot_columns;

typedef struct tot_spot_marginal {
    size_t count, phases, columns; /* count 0: no spots */
    float *curves;                 /* d_k, averaged over the exposure */
    double *numbers;               /* those of tot_spot_columns */
    float *rows; /* p of a bank's curve: its products with rows[observation][curve][column][phases]
                  */
} tot_spot_marginal;

/* averaging: the matrix [phases][phases] that an exposure multiplies curves with, or NULL. Free
 * with tot_spot_marginal_free. */
tot_status tot_spot_marginal_create(const tot_spot_curves *curves, size_t observations,
                                    size_t columns, const float *averaging,
                                    tot_spot_marginal *marginal, tot_error *error);
void tot_spot_marginal_free(tot_spot_marginal *marginal);

/* w, wz: the sums over the points of w and w z at each phase of the bank. */
void tot_spot_marginal_prepare(tot_spot_marginal *marginal, size_t observation, size_t column,
                               const float *w, const float *wz);

tot_spot_columns tot_spot_marginal_columns(const tot_spot_marginal *marginal, size_t observation);

#endif
