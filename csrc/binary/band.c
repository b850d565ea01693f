#include "binary/band.h"

#include <math.h>

static const double HC_OVER_K = 1.438776877e7; /* nm K (CODATA 2018) */

/* Largest step of the table in hc/(lambda k T) at the shortest wavelength, and as a part of the
 * smallest 1/T: cubic interpolation is off by step^4/384 times the fourth derivative, which is B
 * itself for exp(-hc/(lambda k T)) and 24 B (1/T)^-4 for kT lambda/hc. Together 7e-7. */
static const double LARGEST_STEP = 0.1, LARGEST_RELATIVE_STEP = 0.05;

double tot_planck(double temperature, double wavelength) {
    return 1.0 / expm1(HC_OVER_K / (wavelength * temperature));
}

static double node_weight(const tot_band_node *node) {
    const double square = node->wavelength * node->wavelength;
    return node->weight / (square * square * node->wavelength);
}

static double sum_over_band(const tot_band_table *table, double temperature) {
    double sum = 0;
    for (size_t k = 0; k < table->count; k++)
        sum += node_weight(&table->band[k]) * tot_planck(temperature, table->band[k].wavelength);
    return sum * table->scale;
}

/* B and dB/d(1/T), with b = 1/(exp(c/T) - 1): db/d(1/T) = -c b (1 + b). */
static void tabulate(tot_band_table *table) {
    for (size_t i = 0; i <= table->intervals; i++)
        table->value[i] = table->slope[i] = 0;
    for (size_t k = 0; k < table->count; k++) {
        const double c = HC_OVER_K / table->band[k].wavelength;
        const double weight = node_weight(&table->band[k]) * table->scale;
        for (size_t i = 0; i <= table->intervals; i++) {
            const double b = 1.0 / expm1(c * (table->first + (double)i * table->step));
            table->value[i] += weight * b;
            table->slope[i] -= weight * c * b * (1.0 + b) * table->step;
        }
    }
}

void tot_band_table_create(const tot_band_node *band, size_t count, double coldest, double hottest,
                           tot_band_table *table) {
    double sum = 0, shortest = INFINITY;
    for (size_t k = 0; k < count; k++) {
        sum += node_weight(&band[k]);
        shortest = fmin(shortest, band[k].wavelength);
    }
    table->band = band;
    table->count = count;
    table->scale = 1.0 / sum;
    table->first = (1.0 - 1e-9) / hottest; /* a hair more: the hottest is within despite rounding */
    table->step = fmin(LARGEST_STEP * shortest / HC_OVER_K, LARGEST_RELATIVE_STEP * table->first);
    const double intervals = ceil((1.0 / coldest - table->first) / table->step) + 1.0;
    table->intervals = count == 1 ? 0 : (size_t)fmin(intervals, TOT_BAND_INTERVALS);
    if (count > 1)
        tabulate(table);
}

double tot_band_table_at(const tot_band_table *table, double temperature) {
    if (table->count == 1)
        return tot_planck(temperature, table->band->wavelength);
    const double at = (1.0 / temperature - table->first) / table->step;
    if (!(at >= 0.0 && at < (double)table->intervals))
        return sum_over_band(table, temperature);
    const size_t i = (size_t)at;
    const double t = at - (double)i, u = 1.0 - t;
    /* Hermite's cubic. */
    return u * u * ((1.0 + 2.0 * t) * table->value[i] + t * table->slope[i]) +
           t * t * ((1.0 + 2.0 * u) * table->value[i + 1] - u * table->slope[i + 1]);
}
