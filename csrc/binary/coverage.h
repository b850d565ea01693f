/* The part of a cell on one side of an edge that crosses it (a spot's edge, a limb). */
#ifndef TOT_BINARY_COVERAGE_H
#define TOT_BINARY_COVERAGE_H

#include <stdbool.h>

/* Whether the quantity has both signs among the corners of a cell. */
bool tot_changes_sign(double a, double b, double c, double d);

/* Share of a quadrilateral where a quantity is positive, given its values at the corners in the
 * order (0,0), (0,1), (1,0), (1,1) and in the middle; linear within each of the four triangles that
 * meet there. Second order in the size of the cell. The share is one of a density that changes
 * linearly, from 1 - slope/2 to 1 + slope/2 of the mean: slope_1 in the direction of the first
 * index, slope_2 of the second. */
double tot_positive_share(const double corner[4], double middle, double slope_1, double slope_2);

#endif
