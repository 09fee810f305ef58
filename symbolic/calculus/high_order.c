/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Derivatives of high order by Taylor arithmetic with expressions as coefficients: f(x + t) = c[0] + c[1] t + ... , and the n-th derivative is
 * n! c[n]. Each operation costs n^2 products at most, where the product rule n times over would cost far more: the 20th derivative of
 * exp(sin(x^2))*x/(1 + x^2) has some hundred nodes. Recurrences as in Knuth, TAOCP 2, 4.7, and Griewank, Walther, ch. 13. */
#include "symbolic/calculus/diff.h"

#include "base/interrupt.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"

#include <string.h>

typedef struct Jets {
    Pool       *p;
    Arena      *a;
    const Expr *x, *zero;
    slong       n;
    Memo        of;                 /* node that depends on x -> its coefficients */
    Memo        wave;               /* u -> coefficients of sin(u), then of cos(u); sinh and cosh go by the call */
} Jets;

typedef const Expr **Jet;

static Jet jet_new(Jets *j)
{
    Jet c = arena_array(j->a, const Expr *, j->n + 1);
    for (slong k = 0; k <= j->n; k++)
        c[k] = j->zero;
    return c;
}

static Jet jet_of(Jets *j, const Expr *e)
{
    Jet c = memo_get(&j->of, e);
    if (!c) {
        c = jet_new(j);
        c[0] = e;
    }
    return c;
}

/* The sum of u[i]*v[k-i]*weight(i) for i = from..k, where weight is 1 or i. */
static const Expr *convolution(Jets *j, Jet u, Jet v, slong k, slong from, slong to, bool weighted)
{
    Sum *s = sum_new(j->p);
    for (slong i = from; i <= to; i++)
        if (!expr_is_zero(u[i]) && !expr_is_zero(v[k - i]))
            sum_add_product(s, ARGS(expr_int(j->p, weighted ? i : 1), u[i], v[k - i]), 3);
    return sum_done(s);
}

static bool sum_jets(Jets *j, const Expr *e, Jet c)
{
    Jet *part = arena_array(j->a, Jet, e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        part[i] = jet_of(j, e->arg[i]);
    for (slong k = 0; k <= j->n; k++) {
        Sum *s = sum_new(j->p);
        for (uint32_t i = 0; i < e->arity; i++)
            sum_add(s, part[i][k]);
        if (!(c[k] = sum_done(s)))
            return false;
    }
    return true;
}

static bool multiply(Jets *j, Jet u, Jet v, Jet c)
{
    for (slong k = 0; k <= j->n; k++)
        if (should_stop() || !(c[k] = convolution(j, u, v, k, 0, k, false)))
            return false;
    return true;
}

static bool product_jets(Jets *j, const Expr *e, Jet c)
{
    const Expr **fixed = arena_array(j->a, const Expr *, e->arity);
    size_t       n = 0;
    Jet          all = NULL;
    for (uint32_t i = 0; i < e->arity; i++) {
        if (!memo_get(&j->of, e->arg[i])) {
            fixed[n++] = e->arg[i];
            continue;
        }
        Jet next = jet_of(j, e->arg[i]), both = all ? jet_new(j) : next;
        if (all && !multiply(j, all, next, both))
            return false;
        all = both;
    }
    const Expr *rest = expr_product(j->p, fixed, n);
    for (slong k = 0; k <= j->n; k++)
        if (!(c[k] = expr_mul(j->p, rest, all[k])))
            return false;
    return true;
}

/* binomial(a, k)*x^(a - k) for a power of x itself; else k*u[0]*c[k] = sum of ((a + 1)*i - k)*u[i]*c[k-i]. */
static bool power_jets(Jets *j, const Expr *e, Jet c)
{
    Pool       *p = j->p;
    const Expr *u0 = e->arg[0], *a = e->arg[1], *binomial = expr_int(p, 1);
    Jet         u = jet_of(j, u0);
    c[0] = e;
    for (slong k = 1; k <= j->n && c[k - 1]; k++) {
        if (u0 == j->x) {
            binomial = expr_div(p, expr_mul(p, binomial, expr_sub(p, a, expr_int(p, k - 1))), expr_int(p, k));
            c[k] = binomial && expr_is_zero(binomial) ? j->zero : expr_mul(p, binomial, expr_pow(p, u0, expr_sub(p, a, expr_int(p, k))));
            continue;
        }
        Sum *s = sum_new(p);
        for (slong i = 1; i <= k; i++) {
            const Expr *weight = expr_sub(p, expr_mul(p, expr_add(p, a, expr_int(p, 1)), expr_int(p, i)), expr_int(p, k));
            if (weight && !expr_is_zero(weight) && !expr_is_zero(u[i]) && !expr_is_zero(c[k - i]))
                sum_add_product(s, ARGS(weight, u[i], c[k - i]), 3);
        }
        const Expr *sum = sum_done(s);
        c[k] = sum ? expr_product(p, ARGS(sum, expr_ratio(p, 1, k), expr_powi(p, u0, -1)), 3) : NULL;
    }
    return c[j->n] != NULL;
}

/* k*c[k] = sum of i*u[i]*c[k-i] */
static bool exp_jets(Jets *j, const Expr *e, Jet c)
{
    Jet u = jet_of(j, e->arg[0]);
    c[0] = e;
    for (slong k = 1; k <= j->n; k++)
        if (!(c[k] = expr_mul(j->p, expr_ratio(j->p, 1, k), convolution(j, u, c, k, 1, k, true))))
            return false;
    return true;
}

/* u[0]*k*c[k] = k*u[k] - sum of i*c[i]*u[k-i] for i < k */
static bool log_jets(Jets *j, const Expr *e, Jet c)
{
    Pool       *p = j->p;
    Jet         u = jet_of(j, e->arg[0]);
    const Expr *inverse = expr_powi(p, e->arg[0], -1);
    c[0] = e;
    for (slong k = 1; k <= j->n; k++) {
        const Expr *rest = expr_mul(p, expr_ratio(p, -1, k), convolution(j, c, u, k, 1, k - 1, true));
        if (!(c[k] = expr_mul(p, inverse, expr_add(p, u[k], rest))))
            return false;
    }
    return true;
}

/* sin(u) and cos(u) together: k*s[k] = sum of i*u[i]*c[k-i], k*c[k] = sign*(the same with s); sign 1 for sinh and cosh. */
static bool wave_jets(Jets *j, const Expr *e, FnId sine, FnId cosine, int sign, Jet out)
{
    Pool       *p = j->p;
    const Expr *u0 = e->arg[0], *first = expr_call1(p, sine, u0);
    Jet         u = jet_of(j, u0), s = memo_get(&j->wave, first), c;
    if (!s) {
        s = arena_array(j->a, const Expr *, 2 * (j->n + 1));
        c = s + j->n + 1;
        s[0] = first;
        c[0] = expr_call1(p, cosine, u0);
        for (slong k = 1; k <= j->n; k++) {
            s[k] = expr_mul(p, expr_ratio(p, 1, k), convolution(j, u, c, k, 1, k, true));
            c[k] = expr_mul(p, expr_ratio(p, sign, k), convolution(j, u, s, k, 1, k, true));
            if (!s[k] || !c[k])
                return false;
        }
        memo_put(&j->wave, first, s);
    }
    memcpy(out, e->fn->id == sine ? s : s + j->n + 1, (size_t)(j->n + 1) * sizeof *out);
    return true;
}

static bool call_jets(Jets *j, const Expr *e, Jet c)
{
    switch ((int)e->fn->id) {
    case FN_exp:               return exp_jets(j, e, c);
    case FN_log:               return log_jets(j, e, c);
    case FN_sin: case FN_cos:  return wave_jets(j, e, FN_sin, FN_cos, -1, c);
    case FN_sinh: case FN_cosh: return wave_jets(j, e, FN_sinh, FN_cosh, 1, c);
    default:                   return false;
    }
}

static bool node_jets(Jets *j, const Expr *e, Jet c)
{
    if (e->kind == EXPR_ADD)
        return sum_jets(j, e, c);
    if (e->kind == EXPR_MUL)
        return product_jets(j, e, c);
    if (e->kind == EXPR_POW && !memo_get(&j->of, e->arg[1]))
        return power_jets(j, e, c);
    return e->kind == EXPR_CALL && call_jets(j, e, c);
}

const Expr *expr_diff_high(Pool *p, const Expr *e, const Expr *x, slong n)
{
    if (x->kind != EXPR_SYMBOL || e->flags & (EXPR_HAS_TENSOR | EXPR_HAS_ORDER | EXPR_HAS_INFINITE | EXPR_AS_TYPED) || !expr_depends(p, e, x))
        return NULL;
    Arena *a = arena_new();
    Jets   j = { p, a, x, expr_int(p, 0), n, memo_new(a), memo_new(a) };
    Nodes  nodes = expr_nodes(p, a, &e, 1);
    Jet    c = jet_new(&j);
    bool   fine = true;
    c[0] = x;
    c[1] = expr_int(p, 1);
    memo_put(&j.of, x, c);
    for (size_t k = 0; k < nodes.n && fine; k++) {
        if (nodes.at[k] == x || !expr_depends(p, nodes.at[k], x))
            continue;
        c = jet_new(&j);
        fine = !should_stop() && node_jets(&j, nodes.at[k], c);
        memo_put(&j.of, nodes.at[k], c);
    }
    const Expr *d = fine ? jet_of(&j, e)[n] : NULL;
    arena_delete(a);
    if (!d)
        return NULL;
    fmpz_t factorial;
    fmpz_init(factorial);
    fmpz_fac_ui(factorial, (ulong)n);
    const Expr *times = expr_fmpz(p, factorial);
    fmpz_clear(factorial);
    if (d->kind != EXPR_ADD)
        return expr_mul(p, times, d);
    Sum *s = sum_new(p);                                      /* the coefficients of the terms become whole again */
    for (uint32_t i = 0; i < d->arity; i++)
        sum_add_product(s, ARGS(times, d->arg[i]), 2);
    return sum_done(s);
}
