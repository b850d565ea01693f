/* What the system looks like: a grey picture as the observer sees it.
 *
 * Each pixel is the mean of 2 x 2 lines of sight, which are followed from the observer to the first
 * crossing of a surface: edges, eclipses and the neck come from the potential itself, not from the
 * mesh. The intensity of the surface is interpolated between the mesh's cells, so that a spot's
 * edge is as sharp as the system's resolution. */
#ifndef TOT_BINARY_PICTURE_H
#define TOT_BINARY_PICTURE_H

#include "binary/system.h"

enum { TOT_PICTURE_MAXIMUM = 8192 };

/* Draws the system at an orbital phase: the axis of rotation points up, the observer is in front,
 * the middle of the system's length is in the middle of the picture, and the scale is such that the
 * system fits at every phase. Row 0 is the top. A pixel is (I/I_max)^(1/gamma), I the mean of the
 * intensity (limb-darkened) and I_max the largest along a normal; gamma 1 makes the sum of
 * all pixels proportional to the flux, 2.2 is what a screen expects. Sides from 1 to
 * TOT_PICTURE_MAXIMUM pixels; gamma from 0.1 to 10. */
tot_status tot_system_picture(const tot_system *system, double phase, size_t width, size_t height,
                              double gamma, float *pixels, tot_error *error);

#endif
