/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices in update rules: products, transposes, inverse roots of symmetric matrices by their singular values, which are their eigenvalues
 * where none is negative. Each operation is rounded on its own, as on a tape. A root of a matrix that has none is NaN: the run then stops
 * and says so. */
#include "numeric/update.h"

#include "base/arena.h"
#include "numeric/factor.h"
#include "numeric/vector.h"

#include <math.h>


void update_norm(const Format *f, void *d, const void *a, size_t n, void *free)
{
    size_t at = 0;
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        double x = fabs(format_get_double(f, format_at(f, a, i)));
        if (!(x <= largest)) {
            largest = x;
            at = i;
        }
    }
    if (largest == 0 || !isfinite(largest)) {
        format_set_double(f, d, largest, NULL);
        return;
    }
    vector_op(f, TAPE_DIV, free, many(a), one(format_at(f, a, at)), many(a), n);
    vector_dot(f, d, free, free, n);
    vector_op(f, TAPE_SQRT, d, one(d), one(d), one(d), 1);
    vector_op(f, TAPE_MUL, d, one(d), one(format_at(f, a, at)), one(d), 1);
    if (format_get_double(f, d) < 0)
        vector_op(f, TAPE_NEG, d, one(d), one(d), one(d), 1);
}

/* d (m x n) = a (m x k) b (k x n), all by rows. */
static void matmul(const Format *f, void *d, const void *a, const void *b, size_t m, size_t k, size_t n)
{
    void       *bank[] = { d, (void *)a, (void *)b };
    Instruction i = { .op = TAPE_UNIFORM_GEMM, .rows = (uint32_t)m, .k = (uint32_t)k, .lanes = (uint32_t)n, .inner = 1,
                      .d = { 0, (uint32_t)n, 1, 0 }, .a = { 0, (uint32_t)k, 0, 1 }, .b = { 0, (uint32_t)n, 1, 2 }, .c = { 0, 0, 0, 1 } };
    f->kernels->run(f, &i, &(Banks){ bank, NULL, false }, n);
}

static void transpose(const Format *f, void *d, const void *a, size_t rows, size_t cols)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            format_copy(f, format_at(f, d, j * rows + i), format_at(f, a, i * cols + j), 1);
}

/* d = a^(-1/number): V S^(-1/number) V^T of a = U S V^T. */
static void root(const Format *f, void *d, const void *a, size_t n, size_t number)
{
    Arena *scratch = arena_new();
    void  *u = format_lanes(f, scratch, n * n), *v = format_lanes(f, scratch, n * n), *w = format_lanes(f, scratch, n * n), *s = format_lanes(f, scratch, n);
    void  *power = format_lanes(f, scratch, 1), *inner = format_lanes(f, scratch, 1);
    format_copy(f, u, a, n * n);
    if (vector_not_finite(f, a, n * n) < n * n || !factor_svd(f, scratch, u, s, v, n, n)) {
        for (size_t i = 0; i < n * n; i++)
            format_set_double(f, format_at(f, d, i), (double)NAN, NULL);
        arena_delete(scratch);
        return;
    }
    format_set_double(f, power, -1, NULL);
    format_set_double(f, inner, (double)number, NULL);
    vector_op(f, TAPE_DIV, power, one(power), one(inner), one(power), 1);
    for (size_t k = 0; k < n; k++) {                    /* columns of v by s^power, and by their sign against those of u */
        char *uk = format_at(f, u, k * n), *vk = format_at(f, v, k * n), *sk = format_at(f, s, k);
        vector_dot(f, inner, uk, vk, n);
        if (format_get_double(f, inner) < 0)
            format_set_double(f, sk, (double)NAN, NULL);
        vector_op(f, TAPE_POW, sk, one(sk), one(power), one(sk), 1);
        vector_op(f, TAPE_MUL, format_at(f, w, k * n), many(vk), one(sk), many(vk), n);
    }
    transpose(f, u, v, n, n);                           /* V by rows; w by columns is its transpose by rows */
    matmul(f, d, u, w, n, n, n);
    arena_delete(scratch);
}

static void fill(const Format *f, void *d, UpdateSize s, double diagonal, double elsewhere)
{
    for (size_t i = 0; i < s.rows; i++)
        for (size_t j = 0; j < s.cols; j++)
            format_set_double(f, format_at(f, d, i * s.cols + j), i == j ? diagonal : elsewhere, NULL);
}

bool update_matrix_part(const Format *f, const UpdatePart *p, size_t b)
{
    UpdateSize  s = p->size[0][b];
    const void *a = p->arg[0] ? p->arg[0][b] : NULL;
    void       *d = p->result[b];
    switch (p->kind) {
    case UPDATE_DOT:       vector_dot(f, d, a, p->arg[1][b], s.rows * s.cols); break;
    case UPDATE_MATMUL:    matmul(f, d, a, p->arg[1][b], s.rows, s.cols, p->size[1][b].cols); break;
    case UPDATE_TRANSPOSE: transpose(f, d, a, s.rows, s.cols); break;
    case UPDATE_ROOT:      root(f, d, a, s.rows, p->number); break;
    case UPDATE_IDENTITY:  fill(f, d, s, 1, 0); break;
    case UPDATE_ONES:      fill(f, d, s, 1, 1); break;
    case UPDATE_ZEROS:     fill(f, d, s, 0, 0); break;
    case UPDATE_GRADIENT: case UPDATE_VALUE: case UPDATE_PRODUCT: case UPDATE_DIAGONAL: case UPDATE_NORM:
        break;
    }
    return true;
}
