/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Determinant and inverse of matrices with entries written out. Rational entries go to FLINT; others by fraction-free elimination
 * (Bareiss 1968) over the rational functions of the entries, so that symbolic entries stay polynomials; a pivot must be
 * proved nonzero. */
#include "symbolic/matrix/exact_matrix.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/matrix/matrix_int.h"

enum { MOST_ROWS = 60 };

bool tensor_is_rational(const Expr *a)
{
    bool rational = a->kind == EXPR_TENSOR;
    for (uint32_t i = 0; rational && i < a->arity; i++)
        rational = expr_is_number(a->arg[i]);
    return rational;
}

void tensor_get_fmpq_mat(fmpq_mat_t m, const Expr *a)
{
    size_t cols = expr_cols(a);
    fmpq_mat_init(m, (slong)expr_rows(a), (slong)cols);
    for (uint32_t i = 0; i < a->arity; i++)
        fmpq_set(fmpq_mat_entry(m, (slong)(i / cols), (slong)(i % cols)), expr_number(a->arg[i]));
}

const Expr *tensor_of_fmpq_mat(Pool *p, const fmpq_mat_t m)
{
    size_t       rows = (size_t)fmpq_mat_nrows(m), cols = (size_t)fmpq_mat_ncols(m);
    const Expr **entry = arena_array(pool_arena(p), const Expr *, rows * cols);
    for (size_t i = 0; i < rows * cols; i++)
        entry[i] = expr_fmpq(p, fmpq_mat_entry(m, (slong)(i / cols), (slong)(i % cols)));
    return expr_tensor(p, rows, cols, entry);
}

/* A row at or below k whose entry in column k is proved nonzero; n if all are proved zero, SIZE_MAX if undecided. */
static size_t find_pivot(Pool *p, const Expr *const *m, size_t n, size_t width, size_t k)
{
    bool undecided = false;
    for (size_t i = k; i < n; i++) {
        const Expr *e = m[i * width + k];
        Truth       zero = expr_is_number(e) ? expr_is_zero(e) ? YES : NO : expr_zero_test(p, e).answer;
        if (zero == NO)
            return i;
        undecided = undecided || zero == UNKNOWN;
    }
    return undecided ? SIZE_MAX : n;
}

static void swap_rows(const Expr **m, size_t width, size_t i, size_t k)
{
    for (size_t j = 0; j < width; j++) {
        const Expr *e = m[i * width + j];
        m[i * width + j] = m[k * width + j];
        m[k * width + j] = e;
    }
}

/* Bareiss elimination of an n x width matrix in place. *sign counts row swaps; 1 done, 0 singular, -1 undecided. */
static int eliminate(Pool *p, const Expr **m, size_t n, size_t width, int *sign)
{
    const Expr *previous = expr_int(p, 1);
    *sign = 1;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = find_pivot(p, m, n, width, k);
        if (pivot >= n)
            return pivot == n ? 0 : -1;
        if (pivot != k) {
            swap_rows(m, width, pivot, k);
            *sign = -*sign;
        }
        for (size_t i = k + 1; i < n; i++)
            for (size_t j = k + 1; j < width; j++) {
                const Expr *cross = expr_sub(p, expr_mul(p, m[i * width + j], m[k * width + k]), expr_mul(p, m[i * width + k], m[k * width + j]));
                const Expr *e = expr_div(p, cross, previous);
                if (!e || !(m[i * width + j] = expr_is_numeric(e) ? expr_expand(p, e) : expr_together(p, e)))
                    return -1;
            }
        previous = m[k * width + k];
    }
    return 1;
}

static const Expr *refuse_size(Pool *p, const Expr *a)
{
    if (expr_rows(a) != expr_cols(a))
        return pool_fail(p, "a square matrix is needed, found %zu x %zu", expr_rows(a), expr_cols(a));
    return pool_fail(p, "a matrix with entries in letters may have up to %d rows", (int)MOST_ROWS);
}

const Expr *tensor_literal_det(Pool *p, const Expr *a)
{
    size_t n = expr_rows(a);
    if (n == expr_cols(a) && tensor_is_rational(a)) {
        fmpq_mat_t m;
        fmpq_t     det;
        tensor_get_fmpq_mat(m, a);
        fmpq_init(det);
        fmpq_mat_det(det, m);
        const Expr *e = expr_fmpq(p, det);
        fmpq_clear(det);
        fmpq_mat_clear(m);
        return e;
    }
    if (n != expr_cols(a) || n > MOST_ROWS)
        return refuse_size(p, a);
    int          sign;
    const Expr **m = arena_copy(pool_arena(p), a->arg, n * n * sizeof *m);
    switch (eliminate(p, m, n, n, &sign)) {
    case 0:  return expr_int(p, 0);
    case -1: return pool_fail(p, "det: could not decide whether a pivot is zero");
    default: return expr_expand(p, expr_mul(p, expr_int(p, sign), m[n * n - 1]));
    }
}

static const Expr *rational_inverse(Pool *p, const Expr *a)
{
    fmpq_mat_t m;
    tensor_get_fmpq_mat(m, a);
    const Expr *e = fmpq_mat_inv(m, m) ? tensor_of_fmpq_mat(p, m) : pool_fail(p, "the matrix is singular");
    fmpq_mat_clear(m);
    return e;
}

const Expr *tensor_literal_inverse(Pool *p, const Expr *a)
{
    size_t n = expr_rows(a), width = 2 * n;
    if (n == expr_cols(a) && tensor_is_rational(a))
        return rational_inverse(p, a);
    if (n != expr_cols(a) || n > MOST_ROWS)
        return refuse_size(p, a);
    const Expr **m = arena_array(pool_arena(p), const Expr *, n * width), **x = arena_array(pool_arena(p), const Expr *, n * n);
    int          sign;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            m[i * width + j] = a->arg[i * n + j];
            m[i * width + n + j] = expr_int(p, i == j);
        }
    int done = eliminate(p, m, n, width, &sign);
    if (done <= 0)
        return pool_fail(p, done == 0 ? "the matrix is singular" : "inverse: could not decide whether a pivot is zero");
    for (size_t col = 0; col < n; col++)
        for (size_t i = n; i-- > 0;) {
            const Expr *rest = m[i * width + n + col];
            for (size_t j = i + 1; j < n; j++)
                rest = expr_sub(p, rest, expr_mul(p, m[i * width + j], x[j * n + col]));
            const Expr *q = expr_div(p, rest, m[i * width + i]);
            x[i * n + col] = q && !expr_is_numeric(q) ? expr_together(p, q) : q;
        }
    return expr_tensor(p, n, n, x);
}
