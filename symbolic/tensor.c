/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic of vector and matrix literals. A vector is an n x 1 literal; `*` is the matrix product, a number scales.
 * Refused, because they have two readings: vector times vector, a power of a vector, number plus vector. */
#include "symbolic/expr_int.h"

static bool is_vector(const Expr *e)
{
    return e->kind == EXPR_TENSOR && expr_cols(e) == 1;
}

static const Expr *misfit(Pool *p, const char *what, const Expr *a, const Expr *b)
{
    return pool_fail(p, "%s: the shapes %zu x %zu and %zu x %zu do not fit", what, expr_rows(a), expr_cols(a), expr_rows(b),
                     expr_cols(b));
}

const Expr *tensor_sum(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *first = term[0];
    for (size_t i = 0; i < n; i++) {
        if (term[i]->kind != EXPR_TENSOR)
            return pool_fail(p, "a number and a vector do not add: .+ adds to every entry");
        if (term[i]->shape != first->shape)
            return misfit(p, "sum", first, term[i]);
    }
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, first->arity), **part = arena_array(pool_scratch(p), const Expr *, n);
    for (uint32_t k = 0; k < first->arity; k++) {
        for (size_t i = 0; i < n; i++)
            part[i] = term[i]->arg[k];
        entry[k] = expr_sum(p, part, n);
    }
    const Expr *e = expr_tensor(p, expr_rows(first), expr_cols(first), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

static const Expr *scale(Pool *p, const Expr *c, const Expr *t)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, t->arity);
    for (uint32_t k = 0; k < t->arity; k++)
        entry[k] = expr_mul(p, c, t->arg[k]);
    const Expr *e = expr_tensor(p, expr_rows(t), expr_cols(t), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

static const Expr *matmul(Pool *p, const Expr *a, const Expr *b)
{
    size_t m = expr_rows(a), k = expr_cols(a), n = expr_cols(b);
    if (is_vector(a) && is_vector(b) && m > 1)
        return pool_fail(p, "vector times vector has two readings: dot(u, v) or u .* v");
    if (k != expr_rows(b))
        return misfit(p, "matrix product", a, b);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, m * n), **term = arena_array(pool_scratch(p), const Expr *, k);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            for (size_t l = 0; l < k; l++)
                term[l] = expr_mul(p, a->arg[i * k + l], b->arg[l * n + j]);
            entry[i * n + j] = expr_sum(p, term, k);
        }
    const Expr *e = m * n == 1 ? entry[0] : expr_tensor(p, m, n, entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

/* From left to right: u^T*v*w is the number u^T*v times w. */
const Expr *tensor_product(Pool *p, const Expr *const *factor, size_t n)
{
    const Expr *scalar = expr_int(p, 1), *tensor = NULL;
    for (size_t i = 0; i < n && scalar; i++) {
        const Expr *f = factor[i];
        if (f->kind != EXPR_TENSOR && (f->flags & EXPR_HAS_TENSOR))
            return pool_fail(p, "a factor with a vector inside a condition or a function has no product");
        if (f->kind == EXPR_TENSOR && tensor)
            f = matmul(p, tensor, f);
        if (!f)
            return NULL;
        tensor = f->kind == EXPR_TENSOR ? f : factor[i]->kind == EXPR_TENSOR ? NULL : tensor;
        if (f->kind != EXPR_TENSOR)
            scalar = expr_mul(p, scalar, f);
    }
    return !scalar || !tensor ? scalar : expr_is_one(scalar) ? tensor : scale(p, scalar, tensor);
}

const Expr *tensor_power(Pool *p, const Expr *a, const Expr *b)
{
    slong n;
    if (b->kind == EXPR_TENSOR)
        return pool_fail(p, "an exponent must be a number");
    if (expr_rows(a) != expr_cols(a))
        return pool_fail(p, is_vector(a) ? "a power of a vector has two readings: dot(v, v) or v .^ 2"
                                         : "only a square matrix has powers");
    if (!expr_fits_slong(b, &n) || n < 0 || n > 100000)
        return pool_fail(p, "a matrix needs a whole exponent between 0 and 100000");
    if (a->arity == 1)                                        /* a 1 x 1 product is a number */
        return expr_pow(p, a->arg[0], b);
    const Expr *result = NULL;
    for (const Expr *square = a; n; n >>= 1, square = n ? matmul(p, square, square) : square) {
        if (!square)
            return NULL;
        if (n & 1)
            result = result ? matmul(p, result, square) : square;
    }
    if (result)
        return result;
    Mark         mark = arena_mark(pool_scratch(p));
    size_t       m = expr_rows(a);
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, m * m);
    for (size_t i = 0; i < m * m; i++)
        entry[i] = expr_int(p, i % (m + 1) == 0);
    result = expr_tensor(p, m, m, entry);
    arena_release(pool_scratch(p), mark);
    return result;
}

const Expr *expr_entrywise(Pool *p, const Expr *(*op)(Pool *, const Expr *, const Expr *), const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    const Expr *shaped = a->kind == EXPR_TENSOR ? a : b;
    if (shaped->kind != EXPR_TENSOR)
        return op(p, a, b);
    if (a->kind == EXPR_TENSOR && b->kind == EXPR_TENSOR && a->shape != b->shape)
        return misfit(p, "entry by entry", a, b);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, shaped->arity);
    for (uint32_t k = 0; k < shaped->arity; k++)
        entry[k] = op(p, a->kind == EXPR_TENSOR ? a->arg[k] : a, b->kind == EXPR_TENSOR ? b->arg[k] : b);
    const Expr *e = expr_tensor(p, expr_rows(shaped), expr_cols(shaped), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_transpose(Pool *p, const Expr *e)
{
    if (!e || e->kind != EXPR_TENSOR)
        return e;
    size_t       m = expr_rows(e), n = expr_cols(e);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, m * n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            entry[j * m + i] = e->arg[i * n + j];
    const Expr *t = expr_tensor(p, n, m, entry);
    arena_release(pool_scratch(p), mark);
    return t;
}
