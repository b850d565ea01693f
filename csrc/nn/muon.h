/* What Adam does to each number by itself, dividing it by its usual size, Muon does to a matrix:
 * the singular values of its momentum all become about 1, so that no few directions rule the step
 * (Jordan et al. 2024, kellerjordan.github.io/posts/muon):
 *
 *   v = momentum v + g,   u = g + momentum v with Nesterov's look ahead, else v,
 *   w = w - rate (weight_decay w + rms_rate sqrt(max(rows, columns)) O(u)),
 *
 * where sqrt(max(rows, columns)) makes the root mean square of the change rate rms_rate (Liu et al.
 * 2025, arXiv:2502.16982). O(u) is nearly the orthogonal matrix next to u, found by ns_steps rounds
 * of Newton's and Schulz's iteration with Jordan's polynomial,
 *
 *   X = u/|u|,   X = (a + b S + c S^2) X,   S = X X^T,   a, b, c = 3.4445, -4.7750, 2.0315,
 *
 * of which five lift singular values from 0.003 on to between 0.7 and 1.2.
 *
 * The step of all matrices goes in phases; tasks of a phase are independent of each other, and the
 * next phase needs all of them. What a task does is the same for any number of threads.
 */
#ifndef TOT_NN_MUON_H
#define TOT_NN_MUON_H

#include <stdbool.h>
#include <stddef.h>

#include "nn/optimizer.h"

/* Floats that the work on a matrix needs; false when there are too many. */
bool tot_muon_work_size(size_t rows, size_t columns, size_t *size);

/* Phases of a step, 0 without matrices, and tasks of one of them. */
size_t tot_muon_phases(const tot_optimizer *optimizer);
size_t tot_muon_tasks(const tot_optimizer *optimizer, size_t phase);

/* Does a task of the step that was begun, see tot_optimizer_begin_step. Uses tot_gemm. */
void tot_muon_task(const tot_optimizer *optimizer, size_t phase, size_t index,
                   const float *gradients, float *parameters);

#endif
