/* Muon, see muon.h. Matrices lie in their workspace with the shorter side first. */
#include "nn/muon.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/simd.h"
#include "nn/gemm.h"

/* Rows of a product that one task computes. */
enum { BLOCK = 128 };

static const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}
static size_t larger(size_t a, size_t b) {
    return a < b ? b : a;
}

/* X, the next X, S = X X^T and a + b S + c S^2. */
typedef struct workspace {
    size_t rows, columns, blocks;
    float *x, *next, *square, *polynomial;
} workspace;

/* Rounds trade the places of X and the next X. */
static workspace workspace_of(const tot_optimizer_matrix *matrix, size_t round) {
    const size_t rows = smaller(matrix->rows, matrix->columns);
    const size_t columns = larger(matrix->rows, matrix->columns), size = rows * columns;
    float *work = matrix->work;
    return (workspace){rows,
                       columns,
                       (rows + BLOCK - 1) / BLOCK,
                       work + round % 2 * size,
                       work + (round + 1) % 2 * size,
                       work + 2 * size,
                       work + 2 * size + rows * rows};
}

bool tot_muon_work_size(size_t rows, size_t columns, size_t *size) {
    size_t count;
    if (!tot_multiply_sizes(rows, columns, &count) || count > SIZE_MAX / 4 / sizeof(float))
        return false;
    const size_t least = smaller(rows, columns);
    *size = 2 * count + 2 * least * least;
    return true;
}

/* to = from, whose rows and columns trade places when `turned`. */
static void copy(const float *from, size_t rows, size_t columns, bool turned, float *to) {
    if (!turned)
        memcpy(to, from, rows * columns * sizeof(float));
    for (size_t i = 0; i < rows && turned; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

static void normalize(float *x, size_t count) {
    double squares = 0.0;
    for (size_t k = 0; k < count; k++)
        squares += (double)x[k] * (double)x[k];
    const float factor = squares > 0.0 ? (float)(1.0 / sqrt(squares)) : 0.0f;
    for (size_t k = 0; k < count; k++)
        x[k] *= factor;
}

/* values = first values + second others */
TOT_SIMD static void mix(float first, float *restrict values, float second,
                         const float *restrict others, size_t count) {
    for (size_t k = 0; k < count; k++)
        values[k] = first * values[k] + second * others[k];
}

/* The momentum and, in the workspace, u/|u|. */
static void begin(const tot_optimizer *optimizer, const tot_optimizer_matrix *matrix,
                  const float *gradients) {
    const workspace work = workspace_of(matrix, 0);
    const size_t count = matrix->rows * matrix->columns;
    const float *restrict g = gradients + matrix->first;
    float *restrict v = optimizer->first + matrix->first;
    float *restrict u = work.next;
    const float momentum = (float)optimizer->momentum;
    for (size_t k = 0; k < count; k++) {
        v[k] = momentum * v[k] + g[k];
        u[k] = optimizer->nesterov ? g[k] + momentum * v[k] : v[k];
    }
    copy(u, matrix->rows, matrix->columns, matrix->rows > matrix->columns, work.x);
    normalize(work.x, count);
}

/* A block of a symmetric matrix and the one that mirrors it. */
typedef struct block {
    size_t row, column, rows, columns;
} block;

/* Number `index` of the blocks on and below the diagonal. */
static block block_of(size_t index, size_t size) {
    size_t row = 0;
    for (; index > row; row++)
        index -= row + 1;
    const size_t first = row * BLOCK, column = index * BLOCK;
    return (block){first, column, smaller(BLOCK, size - first), smaller(BLOCK, size - column)};
}

static void mirror(block part, size_t size, float *matrix) {
    for (size_t i = part.row; i < part.row + part.rows; i++)
        for (size_t j = part.column; j < part.column + part.columns; j++)
            matrix[j * size + i] = matrix[i * size + j];
}

static void find_square(workspace work, size_t index) {
    const block part = block_of(index, work.rows);
    const size_t width = work.columns;
    tot_gemm(part.rows, part.columns, width,
             (tot_matrix){work.x + part.row * width, width, TOT_NORMAL},
             (tot_matrix){work.x + part.column * width, width, TOT_TRANSPOSED}, 0.0f,
             work.square + part.row * work.rows + part.column, work.rows);
    mirror(part, work.rows, work.square);
}

static void find_polynomial(workspace work, size_t index) {
    const block part = block_of(index, work.rows);
    const size_t size = work.rows;
    tot_gemm(part.rows, part.columns, size,
             (tot_matrix){work.square + part.row * size, size, TOT_NORMAL},
             (tot_matrix){work.square + part.column, size, TOT_NORMAL}, 0.0f,
             work.polynomial + part.row * size + part.column, size);
    for (size_t i = part.row; i < part.row + part.rows; i++) {
        const size_t first = i * size + part.column;
        mix(C, work.polynomial + first, B, work.square + first, part.columns);
        if (part.row == part.column)
            work.polynomial[i * size + i] += A;
    }
    mirror(part, size, work.polynomial);
}

static void find_next(workspace work, size_t index) {
    const size_t first = index * BLOCK;
    tot_gemm(smaller(BLOCK, work.rows - first), work.columns, work.rows,
             (tot_matrix){work.polynomial + first * work.rows, work.rows, TOT_NORMAL},
             (tot_matrix){work.x, work.columns, TOT_NORMAL}, 0.0f, work.next + first * work.columns,
             work.columns);
}

static void change(const tot_optimizer *optimizer, const tot_optimizer_matrix *matrix,
                   float *parameters) {
    const workspace work = workspace_of(matrix, optimizer->ns_steps);
    const double rate = optimizer->learning_rate;
    copy(work.x, work.rows, work.columns, matrix->rows > matrix->columns, work.next);
    mix((float)(1.0 - rate * optimizer->weight_decay), parameters + matrix->first,
        (float)(-rate * optimizer->rms_rate * sqrt((double)work.columns)), work.next,
        work.rows * work.columns);
}

/* The phases: begin; in each round square, polynomial, next; change. */
typedef enum phase { BEGIN, SQUARE, POLYNOMIAL, NEXT, CHANGE } phase;

size_t tot_muon_phases(const tot_optimizer *optimizer) {
    return optimizer->matrix_count > 0 ? 2 + 3 * optimizer->ns_steps : 0;
}

static phase phase_of(const tot_optimizer *optimizer, size_t number) {
    if (number == 0)
        return BEGIN;
    return number > 3 * optimizer->ns_steps ? CHANGE : (phase)(SQUARE + (number - 1) % 3);
}

static size_t tasks_of(const tot_optimizer_matrix *matrix, phase now) {
    const size_t blocks = workspace_of(matrix, 0).blocks;
    if (matrix->frozen)
        return 0;
    if (now == SQUARE || now == POLYNOMIAL)
        return blocks * (blocks + 1) / 2;
    return now == NEXT ? blocks : 1;
}

size_t tot_muon_tasks(const tot_optimizer *optimizer, size_t number) {
    size_t sum = 0;
    for (size_t k = 0; k < optimizer->matrix_count; k++)
        sum += tasks_of(&optimizer->matrices[k], phase_of(optimizer, number));
    return sum;
}

void tot_muon_task(const tot_optimizer *optimizer, size_t number, size_t index,
                   const float *gradients, float *parameters) {
    const phase now = phase_of(optimizer, number);
    const tot_optimizer_matrix *matrix = optimizer->matrices;
    for (size_t count; index >= (count = tasks_of(matrix, now)); matrix++)
        index -= count;
    const workspace work = workspace_of(matrix, number == 0 ? 0 : (number - 1) / 3);
    if (now == BEGIN)
        begin(optimizer, matrix, gradients);
    else if (now == SQUARE)
        find_square(work, index);
    else if (now == POLYNOMIAL)
        find_polynomial(work, index);
    else if (now == NEXT)
        find_next(work, index);
    else
        change(optimizer, matrix, parameters);
}
