/* A system without spots is its own mirror image in y and in z: meshes keep the quarter y, z >= 0.
 */
#ifndef TOT_BINARY_MIRROR_H
#define TOT_BINARY_MIRROR_H

/* Images of the quarter: index 0 itself, 1 with y mirrored, 2 with z, 3 with both. */
enum { TOT_MIRRORS = 4 };

#endif
