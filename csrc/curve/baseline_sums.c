/* The points of a baseline's fit: sorted by knots, and summed up between them. */
#include <string.h>

#include "base/memory.h"
#include "curve/baseline_internal.h"

enum { TERMS = TOT_HARMONIC_TERMS, LANES = TOT_SIMD_LANES };

tot_status tot_baseline_sort_points(tot_baseline_model *m, tot_error *error) {
    const size_t count = m->sample.count;
    size_t *order = tot_allocate(count, 2 * sizeof *order);
    double *sorted = tot_allocate(count, 4 * sizeof *sorted);
    tot_status status = TOT_OK;
    m->begin = tot_allocate(m->knots + 2, sizeof *m->begin);
    m->part = tot_allocate(m->sample.padded, sizeof *m->part);
    if (order == NULL || sorted == NULL || m->begin == NULL || m->part == NULL) {
        status = tot_fail(error, TOT_ERROR_MEMORY, "not enough memory for %zu points", count);
        goto done;
    }
    size_t *knot = order, *index = order + count;
    double *time = sorted, *flux = sorted + count, *weight = sorted + 2 * count;
    double *part = sorted + 3 * count; /* not sorted yet */
    for (size_t k = 0; k < count; k++) {
        knot[k] =
            tot_baseline_knot_of(tot_baseline_piece_of(m, k), tot_baseline_time_of(m, k), &part[k]);
        m->begin[knot[k] + 2]++; /* the counts, two places on; then where the next one goes, one */
    }
    for (size_t k = 2; k < m->knots + 2; k++)
        m->begin[k] += m->begin[k - 1];
    for (size_t k = 0; k < count; k++) {
        const size_t place = m->begin[knot[k] + 1]++;
        m->part[place] = part[k];
        time[place] = m->sample.time[k];
        flux[place] = m->sample.flux[k];
        weight[place] = m->sample.weight[k];
        index[place] = m->sample.index[k];
    }
    memcpy(m->sample.time, time, count * sizeof *time);
    memcpy(m->sample.flux, flux, count * sizeof *flux);
    memcpy(m->sample.weight, weight, count * sizeof *weight);
    memcpy(m->sample.index, index, count * sizeof *index);
done:
    tot_free(order);
    tot_free(sorted);
    return status;
}

/* Sums over points between the same two knots, one partial sum a lane: of the hat of the knot
 * before them and of that behind times each harmonic, and of products of the hats. */
typedef struct stretch_sums {
    double near[TERMS][LANES], far[TERMS][LANES];
    double near_near[LANES], near_far[LANES], far_far[LANES], near_flux[LANES], far_flux[LANES];
} stretch_sums;

TOT_INLINE void add_vector(const tot_baseline_model *m, size_t first, size_t lanes,
                           stretch_sums *sums) {
    const double *c1 = m->fit.cosine + first, *s1 = m->fit.sine + first;
    const double *part = m->part + first, *flux = m->sample.flux + first;
    double near[LANES], far[LANES], cosine[LANES], sine[LANES];
    TOT_EACH_LANE (k) {
        const double w = k < lanes ? m->sample.weight[first + k] : 0.0;
        const double far_hat = k < lanes ? part[k] : 0.0;
        near[k] = w * (1.0 - far_hat);
        far[k] = w * far_hat;
        sums->near_near[k] += near[k] * (1.0 - far_hat);
        sums->near_far[k] += near[k] * far_hat;
        sums->far_far[k] += far[k] * far_hat;
        sums->near_flux[k] += near[k] * flux[k];
        sums->far_flux[k] += far[k] * flux[k];
        sums->near[0][k] += near[k];
        sums->far[0][k] += far[k];
        cosine[k] = c1[k];
        sine[k] = s1[k];
    }
    for (size_t j = 1; j <= 2 * m->fit.harmonics; j += 2)
        TOT_EACH_LANE (k) {
            const double c = cosine[k], s = sine[k];
            sums->near[j][k] += near[k] * c;
            sums->far[j][k] += far[k] * c;
            sums->near[j + 1][k] += near[k] * s;
            sums->far[j + 1][k] += far[k] * s;
            cosine[k] = c * c1[k] - s * s1[k];
            sine[k] = s * c1[k] + c * s1[k];
        }
}

TOT_INLINE double total(const double sum[LANES]) {
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* The points between a knot and the next. */
TOT_INLINE void add_stretch(tot_baseline_model *m, size_t knot) {
    const size_t terms = 2 * m->fit.harmonics + 1, end = m->begin[knot + 1];
    const size_t far = tot_baseline_behind(m, knot);
    double *row = m->with_series + knot * TERMS, *next = m->with_series + far * TERMS;
    stretch_sums sums;
    memset(sums.near, 0, terms * sizeof sums.near[0]);
    memset(sums.far, 0, terms * sizeof sums.far[0]);
    memset(sums.near_near, 0, 5 * sizeof sums.near_near);
    for (size_t first = m->begin[knot]; first < end; first += LANES)
        add_vector(m, first, end - first, &sums);
    m->diagonal[knot] += total(sums.near_near);
    m->diagonal[far] += total(sums.far_far);
    m->beside[knot] += total(sums.near_far);
    m->with_flux[knot] += total(sums.near_flux);
    m->with_flux[far] += total(sums.far_flux);
    for (size_t j = 0; j < terms; j++) {
        row[j] += total(sums.near[j]);
        next[j] += total(sums.far[j]);
    }
}

TOT_SIMD void tot_baseline_add_points(tot_baseline_model *m) {
    memset(m->diagonal, 0, m->knots * (TERMS + 4) * sizeof(double));
    for (size_t knot = 0; knot < m->knots; knot++)
        /* a zero point of few points would be made of noise: it stays 0 */
        if (m->begin[knot] < m->begin[knot + 1] &&
            tot_baseline_piece_of(m, m->begin[knot])->points >= TOT_BASELINE_POINTS_PER_KNOT)
            add_stretch(m, knot);
}
