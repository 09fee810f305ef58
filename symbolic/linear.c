/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors and matrices with entries written out: dot, norm, transpose, trace, det, inverse, identity, length.
 * Determinants go by fraction-free elimination (Bareiss 1968) over the rational functions of the entries, so that symbolic
 * entries stay polynomials; a pivot must be proved nonzero. */
#include "symbolic/linear.h"

#include "symbolic/expr_int.h"
#include "symbolic/poly.h"
#include "symbolic/zero.h"

enum { MOST_ROWS = 60 };

static const Expr *tensor_argument(Call *c, int i, bool square)
{
    const Expr *e = c->arg[i].expr;
    if (e->kind != EXPR_TENSOR)
        return call_fail(c, i, "%.*s needs a vector or matrix", STR_ARGS(c->name)), NULL;
    if (square && (expr_rows(e) != expr_cols(e) || expr_rows(e) > MOST_ROWS))
        return call_fail(c, i, "%.*s needs a square matrix, found %zu x %zu", STR_ARGS(c->name), expr_rows(e), expr_cols(e)), NULL;
    return e;
}

static Value dot_call(Call *c)
{
    const Expr *u = tensor_argument(c, 0, false), *v = u ? tensor_argument(c, 1, false) : NULL;
    if (!v)
        return value_failed();
    if (u->arity != v->arity)
        return call_fail(c, 1, "dot: the lengths %u and %u do not fit", u->arity, v->arity);
    const Expr **term = arena_array(c->arena, const Expr *, u->arity);
    for (uint32_t i = 0; i < u->arity; i++)
        term[i] = expr_mul(c->pool, u->arg[i], v->arg[i]);
    return value_expr(expr_sum(c->pool, term, u->arity));
}

static Value norm_call(Call *c)
{
    const Expr *u = c->arg[0].expr;
    if (u->kind != EXPR_TENSOR)
        return value_expr(expr_call1(c->pool, FN_abs, u));
    const Expr **term = arena_array(c->arena, const Expr *, u->arity);
    for (uint32_t i = 0; i < u->arity; i++)
        term[i] = expr_powi(c->pool, u->arg[i], 2);
    return value_expr(expr_call1(c->pool, FN_sqrt, expr_sum(c->pool, term, u->arity)));
}

static Value cross_call(Call *c)
{
    const Expr *u = tensor_argument(c, 0, false), *v = u ? tensor_argument(c, 1, false) : NULL;
    if (!v)
        return value_failed();
    if (u->arity != 3 || v->arity != 3)
        return call_fail(c, -1, "cross needs two vectors of length 3");
    const Expr *entry[3];
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        entry[i] = expr_sub(c->pool, expr_mul(c->pool, u->arg[j], v->arg[k]), expr_mul(c->pool, u->arg[k], v->arg[j]));
    }
    return value_expr(expr_tensor(c->pool, 3, 1, entry));
}

static Value transpose_call(Call *c)
{
    const Expr *a = tensor_argument(c, 0, false);
    return a ? value_expr(expr_transpose(c->pool, a)) : value_failed();
}

static Value trace_call(Call *c)
{
    const Expr *a = tensor_argument(c, 0, true);
    if (!a)
        return value_failed();
    size_t       n = expr_rows(a);
    const Expr **term = arena_array(c->arena, const Expr *, n);
    for (size_t i = 0; i < n; i++)
        term[i] = a->arg[i * n + i];
    return value_expr(expr_sum(c->pool, term, n));
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

static Value det_call(Call *c)
{
    const Expr *a = tensor_argument(c, 0, true);
    if (!a)
        return value_failed();
    int          sign;
    size_t       n = expr_rows(a);
    const Expr **m = arena_copy(c->arena, a->arg, n * n * sizeof *m);
    switch (eliminate(c->pool, m, n, n, &sign)) {
    case 0:  return value_expr(expr_int(c->pool, 0));
    case -1: return call_fail(c, 0, "det: could not decide whether a pivot is zero");
    default: return value_expr(expr_expand(c->pool, expr_mul(c->pool, expr_int(c->pool, sign), m[n * n - 1])));
    }
}

static Value inverse_call(Call *c)
{
    const Expr *a = tensor_argument(c, 0, true);
    if (!a)
        return value_failed();
    Pool        *p = c->pool;
    size_t       n = expr_rows(a), width = 2 * n;
    const Expr **m = arena_array(c->arena, const Expr *, n * width), **x = arena_array(c->arena, const Expr *, n * n);
    int          sign;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            m[i * width + j] = a->arg[i * n + j];
            m[i * width + n + j] = expr_int(p, i == j);
        }
    int done = eliminate(p, m, n, width, &sign);
    if (done <= 0)
        return call_fail(c, 0, done == 0 ? "the matrix is singular" : "inverse: could not decide whether a pivot is zero");
    for (size_t col = 0; col < n; col++)
        for (size_t i = n; i-- > 0;) {
            const Expr *rest = m[i * width + n + col];
            for (size_t j = i + 1; j < n; j++)
                rest = expr_sub(p, rest, expr_mul(p, m[i * width + j], x[j * n + col]));
            const Expr *q = expr_div(p, rest, m[i * width + i]);
            x[i * n + col] = q && !expr_is_numeric(q) ? expr_together(p, q) : q;
        }
    return value_expr(expr_tensor(p, n, n, x));
}

static Value identity_call(Call *c)
{
    slong n;
    if (!expr_fits_slong(c->arg[0].expr, &n) || n < 1 || n > 1000)
        return call_fail(c, 0, "identity needs a size from 1 to 1000");
    const Expr **entry = arena_array(c->arena, const Expr *, (size_t)(n * n));
    for (slong i = 0; i < n * n; i++)
        entry[i] = expr_int(c->pool, i % (n + 1) == 0);
    return value_expr(expr_tensor(c->pool, (size_t)n, (size_t)n, entry));
}

static Value length_call(Call *c)
{
    Value v = c->arg[0];
    if (v.kind == VALUE_TEXT)
        return value_expr(expr_int(c->pool, (slong)utf8_columns(v.text)));
    if (v.kind == VALUE_LIST)
        return value_expr(expr_int(c->pool, (slong)v.list->n));
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR)
        return value_expr(expr_int(c->pool, (slong)v.expr->arity));
    return call_fail(c, 0, "length needs a vector, a list or a text");
}

const Builtin linear_builtins[] = {
    { .sig = "dot(u: expr, v: expr) -> expr", .help = "The inner product of two vectors.",
      .example = { { "dot([1, 2, 3], [4, 5, 6])", "32" } }, .lesson = 3, .see = "norm cross", .words = "scalar inner product", .call = dot_call },
    { .sig = "cross(u: expr, v: expr) -> expr", .help = "The vector product in three dimensions.",
      .example = { { "cross([1, 0, 0], [0, 1, 0])", "[0, 0, 1]" } }, .lesson = 3, .see = "dot", .words = "vector product", .call = cross_call },
    { .sig = "norm(u: expr) -> expr", .help = "The Euclidean length of a vector; of a matrix, the Frobenius norm.",
      .example = { { "norm([3, 4])", "5" } }, .lesson = 3, .see = "dot abs", .words = "length magnitude", .call = norm_call },
    { .sig = "transpose(A: expr) -> expr", .help = "Rows and columns exchanged; also A^T.",
      .example = { { "transpose([1, 2; 3, 4])", "[1, 3; 2, 4]" } }, .lesson = 3, .see = "trace det", .words = "T", .call = transpose_call },
    { .sig = "trace(A: expr) -> expr", .help = "The sum of the diagonal of a square matrix.",
      .example = { { "trace([1, 2; 3, 4])", "5" } }, .lesson = 3, .see = "det", .words = "spur diagonal", .call = trace_call },
    { .sig = "det(A: expr) -> expr", .help = "The determinant of a square matrix.",
      .example = { { "det([1, 2; 3, 4])", "-2" }, { "det([a, b; c, d])", "a*d - b*c" } }, .lesson = 3, .see = "inverse trace", .words = "determinant", .call = det_call },
    { .sig = "inverse(A: expr) -> expr", .help = "The inverse of a square matrix.",
      .example = { { "inverse([1, 2; 3, 4])", "[-2, 1; 3/2, -1/2]" } }, .lesson = 3, .see = "det", .words = "inv reciprocal", .call = inverse_call },
    { .sig = "identity(n: int) -> expr", .help = "The n x n identity matrix.",
      .example = { { "identity(2)", "[1, 0; 0, 1]" } }, .lesson = 3, .see = "inverse", .words = "eye unit matrix", .call = identity_call },
    { .sig = "length(v: value) -> expr", .help = "The number of entries of a vector, matrix or list, or of characters of a text.",
      .example = { { "length([1, 2, 3])", "3" } }, .see = "sum", .words = "len size count number of entries", .call = length_call },
    { 0 }
};
