/* How bright a black body of a given temperature is, at one wavelength or through a pass band. */
#ifndef TOT_BINARY_BAND_H
#define TOT_BINARY_BAND_H

#include <stddef.h>

/* A pass band is a sum over wavelengths, B(T) = sum of weight lambda^-5 / (exp(hc/(lambda k T)) -
 * 1): the weight is the transmission times the step in wavelength, and times the wavelength where a
 * detector counts photons instead of energy. One node is a single wavelength. */
typedef struct tot_band_node {
    double wavelength; /* nm */
    double weight;
} tot_band_node;

/* Planck's 1/(exp(hc/(lambda k T)) - 1); temperature in K, wavelength in nm. */
double tot_planck(double temperature, double wavelength);

enum { TOT_BAND_INTERVALS = 256 };

/* B of a band, divided by sum of weight lambda^-5, so that one node gives tot_planck itself.
 * Between two temperatures the values are tabulated, which is as fast as a single wavelength. */
typedef struct tot_band_table {
    const tot_band_node *band; /* borrowed */
    size_t count;
    double scale;
    /* Values, and slopes times step, at 1/T = first, first + step, ... */
    size_t intervals; /* 0: none */
    double first, step;
    double value[TOT_BAND_INTERVALS + 1], slope[TOT_BAND_INTERVALS + 1];
} tot_band_table;

/* The table from `coldest` to `hottest`, K; what lies outside, or below where the table would grow
 * too long, is summed over the band when it is asked for. At least one node. */
void tot_band_table_create(const tot_band_node *band, size_t count, double coldest, double hottest,
                           tot_band_table *table);

/* Good to 1e-6. */
double tot_band_table_at(const tot_band_table *table, double temperature);

#endif
