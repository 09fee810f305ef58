/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lstsq, pinv. Exactly, A = C*F with the pivot columns C of A and the rows F of its echelon form, and the pseudoinverse is
 * F^T (F F^T)^-1 (C^T C)^-1 C^T [MacDuffee]; so lstsq gives the shortest of all best x, as other programs do. In a format: format_solve.c. */
#include "symbolic/matrix/decompose.h"
#include "symbolic/matrix/format_solve.h"
#include "symbolic/matrix/linear.h"
#include "symbolic/matrix/matrix.h"

enum { EXACT_SOLVE = 60 };

/* As a literal also where it is a single number. */
static const Expr *literal(Pool *p, const Expr *e) { return e && e->kind != EXPR_TENSOR ? expr_tensor(p, 1, 1, &e) : e; }

static const Expr *product(Pool *p, const Expr *a, const Expr *b) { return a && b ? literal(p, expr_matmul(p, a, b)) : NULL; }

static const Expr *transposed(Pool *p, const Expr *a) { return literal(p, expr_transpose(p, a)); }

/* Entries in the form that elimination keeps. */
static const Expr *tidied(Pool *p, Arena *a, const Expr *m)
{
    if (!m)
        return NULL;
    const Expr **at = arena_array(a, const Expr *, m->arity);
    for (uint32_t i = 0; i < m->arity; i++)
        if (!(at[i] = entry_tidy(p, m->arg[i])))
            return NULL;
    return expr_tensor(p, expr_rows(m), expr_cols(m), at);
}

static const Expr *inverted(Pool *p, const Expr *a) { return a ? literal(p, expr_matrix_op(p, MATRIX_INVERSE, a)) : NULL; }

/* The pseudoinverse times b (b NULL: alone). */
static const Expr *exact_pseudoinverse(Call *c, const Expr *m, const Expr *b, Echelon *e)
{
    Pool *p = c->pool;
    if (!matrix_echelon(p, c->arena, m, expr_cols(m), e))
        return NULL;
    size_t rows = e->rows, n = e->cols, r = e->rank;
    if (r == 0) {
        size_t       k = b ? expr_cols(b) : rows;
        const Expr **zero = arena_array(c->arena, const Expr *, n * k);
        for (size_t i = 0; i < n * k; i++)
            zero[i] = expr_int(p, 0);
        return expr_tensor(p, n, k, zero);
    }
    const Expr **col = arena_array(c->arena, const Expr *, rows * r);
    for (size_t i = 0; i < rows * r; i++)
        col[i] = m->arg[i / r * n + e->pivot[i % r]];
    const Expr *C = expr_tensor(p, rows, r, col), *t = C ? transposed(p, C) : NULL, *F = expr_tensor(p, r, n, e->at), *s = F ? transposed(p, F) : NULL;
    const Expr *x = product(p, inverted(p, product(p, t, C)), b ? product(p, t, b) : t);
    if (r < n)
        x = product(p, product(p, s, inverted(p, product(p, F, s))), x);
    return tidied(p, c->arena, x);
}

/* What makes x best: A^T*(b - A*x) = 0. */
static bool is_best(Call *c, const Expr *m, const Expr *b, const Expr *x)
{
    const Expr *t = transposed(c->pool, m), *right = product(c->pool, t, b), *square = product(c->pool, t, m);
    return right && square && matrix_product_is(c->pool, c->arena, square, x, right);
}

static Value exact_lstsq(Call *c, const Expr *m, const Expr *b)
{
    Echelon     e;
    const Expr *x = exact_pseudoinverse(c, m, b, &e);
    if (!x)
        return value_failed();
    if (!is_best(c, m, b, x))
        return call_fail(c, -1, "the solution could not be verified");
    const Expr *d = expr_sub(c->pool, b, product(c->pool, m, x)), *residual = d ? expr_call1(c->pool, FN_sqrt, entry_tidy(c->pool, expr_dot(c->pool, d, d))) : NULL;
    Report     *r = report_new(c->arena, "lstsq");
    Str         note = echelon_note(c, &e);
    r->main = value_expr(x);
    r->main.note = note;
    if (residual) {
        report_value(r, "residual", value_expr(residual));
        report_note(r, "|b - A*x| = %.*s, rank %zu%s", STR_ARGS(expr_shown(c, residual)), e.rank, e.rank < e.cols ? ": the shortest of all best x" : "");
    }
    report_value(r, "rank", value_expr(expr_int(c->pool, (slong)e.rank)));
    return value_report(r);
}

static bool real_argument(Call *c, int i, const Expr *m)
{
    return !(m->flags & EXPR_HAS_I) || (call_fail(c, i, "%.*s needs real entries", STR_ARGS(c->name)), false);
}

static Value lstsq_call(Call *c)
{
    Format      fp64;
    const Expr *m = matrix_argument(c, 0), *b = m ? matrix_argument(c, 1) : NULL;
    if (!b || !real_argument(c, 0, m) || !real_argument(c, 1, b))
        return value_failed();
    if (expr_rows(m) != expr_rows(b))
        return call_fail(c, 1, "the shapes %zu x %zu and %zu x %zu do not fit: A and b need the same number of rows", expr_rows(m), expr_cols(m), expr_rows(b), expr_cols(b));
    bool balls = b->flags & EXPR_HAS_BALL;
    return !balls && wants_exact(c, 2, m, EXACT_SOLVE) ? exact_lstsq(c, m, b) : format_lstsq(c, m, b, format_option(c, 2, &fp64));
}

static Value pinv_call(Call *c)
{
    Format      fp64;
    Echelon     e;
    const Expr *m = matrix_argument(c, 0);
    if (!m || !real_argument(c, 0, m))
        return value_failed();
    if (!wants_exact(c, 1, m, EXACT_SOLVE))
        return format_pinv(c, m, format_option(c, 1, &fp64));
    const Expr *x = exact_pseudoinverse(c, m, NULL, &e);
    if (!x)
        return value_failed();
    if (!matrix_product_is(c->pool, c->arena, product(c->pool, m, x), m, m))
        return call_fail(c, -1, "the pseudoinverse could not be verified");
    Value v = value_expr(x);
    v.note = echelon_note(c, &e);
    return v;
}

extern const Builtin least_squares_builtins[];
const Builtin least_squares_builtins[] = {
    { .sig = "lstsq(A: expr, b: expr; format: format?) -> report", .help = "The x that makes |b - A*x| least; where there are many, the shortest of them.",
      .example = { { "lstsq([1, 1; 1, 2; 1, 3], [1, 2, 4])", "[-2/3, 3/2]" }, { "lstsq([1, 1; 1, 1], [1, 3])", "[1, 1]" },
                   { "lstsq([1, 1; 1, 2; 1, 3], [1, 2, 4]).residual", "sqrt(6)/6" } },
      .lesson = 3, .see = "linear_solve pinv qr", .words = "least squares regression backslash normal equations", .call = lstsq_call },
    { .sig = "pinv(A: expr; format: format?) -> value", .help = "The pseudoinverse of a matrix [Moore, Penrose].",
      .example = { { "pinv([1, 2; 2, 4])", "[1/25, 2/25; 2/25, 4/25]" }, { "pinv([1, 1]^T)", "[1/2, 1/2]" } },
      .lesson = 3, .see = "lstsq inverse svd", .words = "pseudoinverse generalized inverse Moore Penrose", .call = pinv_call },
    { 0 }
};
