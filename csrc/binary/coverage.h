/* The part of a cell on one side of an edge that crosses it (a spot's edge, a limb). */
#ifndef TOT_BINARY_COVERAGE_H
#define TOT_BINARY_COVERAGE_H

/* Share of a quadrilateral where a quantity is positive, given its values at the corners in the
 * order (0,0), (0,1), (1,0), (1,1); linear within each of the two triangles of either diagonal, the
 * two ways of cutting averaged. Second order in the size of the cell. */
double tot_positive_fraction(double a, double b, double c, double d);

#endif
