/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sums are sums of squares: terms that are even powers, products of even powers and positive numbers, and sums of such terms over the rows
 * of a table. A constant among them changes no minimum. Only the form counts: x^2 + x*y + y^2 is no sum of squares here, although it could be
 * written as one. */
#include "symbolic/tape/residuals.h"

#include "base/vec.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/data/table.h"

typedef struct Search {
    Pool  *pool;
    Arena *arena;
    VEC(Residual) found;
    bool   rows;
} Search;

/* The square root of an even power. */
static const Expr *root_of_square(Pool *p, const Expr *e)
{
    slong k;
    if (e->kind != EXPR_POW || !expr_fits_slong(e->arg[1], &k) || k < 2 || k % 2)
        return NULL;
    return expr_pow(p, e->arg[0], expr_int(p, k / 2));
}

static bool counts_rows(const Expr *e)
{
    return e->kind == EXPR_COUNT || (e->kind == EXPR_POW && e->arg[0]->kind == EXPR_COUNT);
}

static bool is_positive_number(const Expr *e)
{
    if (e->kind == EXPR_NUMBER)
        return fmpq_sgn(expr_number(e)) > 0;
    return counts_rows(e) || (!(e->flags & (EXPR_HAS_SYMBOL | EXPR_HAS_INFINITE)) && !(e->shape && e->shape->axis) && e->flags & EXPR_NONNEGATIVE);
}

static bool add_term(Search *s, const Expr *weight, const Expr *axis, const Expr *e);

static bool add_square(Search *s, const Expr *weight, const Expr *axis, const Expr *r)
{
    vec_push(s->arena, &s->found, ((Residual){ weight, r, axis }));
    s->rows = s->rows || axis;
    return r != NULL;
}

static bool add_product(Search *s, const Expr *weight, const Expr *axis, const Expr *e)
{
    const Expr *r = expr_int(s->pool, 1), *sum = NULL;
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *factor = e->arg[i], *root = root_of_square(s->pool, factor);
        if (root)
            r = expr_mul(s->pool, r, root);
        else if (is_positive_number(factor))
            weight = expr_mul(s->pool, weight, factor);
        else if (!sum && (factor->kind == EXPR_OVER || factor->kind == EXPR_ADD))
            sum = factor;
        else
            return false;
    }
    if (!sum)
        return add_square(s, weight, axis, r);
    return expr_is_one(r) && add_term(s, weight, axis, sum);
}

static bool add_term(Search *s, const Expr *weight, const Expr *axis, const Expr *e)
{
    const Expr *root = root_of_square(s->pool, e);
    if (!expr_is_scalar(e))
        return false;
    if (root)
        return add_square(s, weight, axis, root);
    if (e->kind == EXPR_MUL)
        return add_product(s, weight, axis, e);
    if (e->kind == EXPR_OVER)
        return !axis && add_term(s, weight, e->arg[0], e->arg[1]);
    if (!(e->flags & EXPR_HAS_SYMBOL))
        return true;
    bool fine = e->kind == EXPR_ADD;
    for (uint32_t i = 0; fine && i < e->arity; i++)
        fine = add_term(s, weight, axis, e->arg[i]);
    return fine;
}

bool residuals_find(Pool *p, Arena *a, const Expr *f, Residuals *out)
{
    Search s = { .pool = p, .arena = a };
    bool   fine = !(f->flags & EXPR_HAS_TENSOR) && add_term(&s, expr_int(p, 1), NULL, f) && s.found.n > 0;
    *out = (Residuals){ s.found.n, s.found.at, s.rows };
    return fine;
}

/* 2 J^T J, entry by entry: of sums over rows nothing else is at hand. */
static const Expr **triangle(Pool *p, Arena *a, const Residuals *r, const Expr *const *slope, size_t n, size_t *outputs)
{
    const Expr **entry = arena_array(a, const Expr *, n * (n + 1) / 2);
    size_t       k = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++, k++) {
            entry[k] = expr_int(p, 0);
            for (size_t l = 0; l < r->n; l++) {
                const Residual *q = &r->at[l];
                const Expr     *e = expr_mul(p, slope[l * n + i], slope[l * n + j]);
                if (e && q->axis)
                    e = expr_over(p, q->axis, e);
                entry[k] = expr_add(p, entry[k], expr_mul(p, expr_mul(p, expr_int(p, 2), q->weight), e));
            }
            if (!entry[k])
                return NULL;
        }
    *outputs = k;
    return entry;
}

const Expr **residuals_outputs(Pool *p, Arena *a, const Residuals *r, const Expr *const *x, size_t n, size_t *outputs)
{
    const Expr **slope = arena_array(a, const Expr *, r->n * n), **out = arena_array(a, const Expr *, r->n * (n + 1));
    for (size_t l = 0; l < r->n; l++) {
        out[l] = r->rows ? r->at[l].r : expr_mul(p, expr_pow(p, r->at[l].weight, expr_ratio(p, 1, 2)), r->at[l].r);
        /* A gradient is summed over rows; here the slope of each row is wanted. */
        bool fine = out[l] && (r->at[l].axis || expr_gradient(p, out[l], x, n, slope + l * n));
        for (size_t i = 0; i < n && fine && r->at[l].axis; i++)
            fine = (slope[l * n + i] = expr_diff(p, out[l], x[i])) != NULL;
        if (!fine)
            return NULL;
    }
    if (r->rows)
        return triangle(p, a, r, slope, n, outputs);
    for (size_t l = 0; l < r->n; l++)
        for (size_t i = 0; i < n; i++)
            out[r->n * (i + 1) + l] = slope[l * n + i];
    *outputs = r->n * (n + 1);
    return out;
}
