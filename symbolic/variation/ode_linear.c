/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear differential equations  c[m] y^(m) + ... + c[0] y = r  whose coefficients, divided by the highest, are constant or multiples of
 * x^(k-m) (Cauchy, Euler: constant in log x). The roots of the characteristic polynomial give the general solution of r = 0. A
 * particular one is sought among the functions that the terms of r produce by differentiation (by x*d/dx), times x^s (log(x)^s)
 * in the case of resonance: undetermined coefficients. What has no such span is not solved. [Ince 1926, 6] */
#include "symbolic/variation/ode.h"

#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/solve/solve.h"
#include "symbolic/variation/variation_int.h"

enum { MOST_DEGREE = 12, MOST_SPAN = 16 };

typedef struct Linear {
    Pool        *pool;
    Arena       *arena;
    const Expr  *x, *t;             /* t: x or log(x), in which the coefficients are constant */
    bool         euler;
    uint32_t     m;
    const Expr **q;                 /* q[m] = 1; of y^(k), or of x^k y^(k) */
    const Expr  *right;
    const Expr  *positive;
} Linear;

const Expr *ode_constant(Pool *p, Arena *a, Constants *c)
{
    for (;;) {
        const Expr *s = expr_symbol(p, str_printf(a, "C%zu", ++c->next));
        if (!c->used || !expr_depends(p, c->used, s))
            return s;
    }
}

int ode_sign(Pool *p, Arena *a, const Expr *e, const Expr **positive)
{
    int     sign;
    bool    or_zero;
    Verdict v = expr_sign_everywhere(p, e, &sign, &or_zero);
    if (v.answer == YES && sign)                            /* w^2: 0 is the limit of the other cases */
        return sign;
    Nodes        s = expr_symbols(p, a, e);
    const Expr **to = arena_array(a, const Expr *, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        to[i] = expr_positive(p, s.at[i]);
    const Expr *f = s.n ? expr_subst(p, e, s.at, to, s.n) : NULL;
    v = expr_sign_everywhere(p, f, &sign, &or_zero);
    if (v.answer != YES || !sign || or_zero)
        return 0;
    *positive = sign > 0 ? e : expr_neg(p, e);
    return sign;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static const Expr *reduced(Pool *p, const Expr *e)
{
    const Expr *one = e ? expr_together(p, e) : NULL;
    return one ? expr_simplify(p, one) : NULL;
}

static bool all_free(const Linear *l, const Expr *const *q)
{
    for (uint32_t k = 0; k <= l->m; k++)
        if (!q[k] || expr_depends(l->pool, q[k], l->x))
            return false;
    return true;
}

static bool read_coefficients(Linear *l, const Expr *left, const Expr *y, const Expr **c)
{
    Pool *p = l->pool;
    Jets  j = jets_of(p, l->arena, left, &y, 1);
    for (size_t i = 0; i < j.n; i++)
        l->m = jet_order(j.at[i]) > l->m ? jet_order(j.at[i]) : l->m;
    if (!j.n || l->m > MOST_DEGREE)
        return false;
    const Expr *frozen = jets_frozen(p, left, &j), *rest = frozen;
    for (uint32_t k = 0; k <= l->m; k++)
        c[k] = expr_int(p, 0);
    for (size_t i = 0; i < j.n; i++) {
        const Expr *d = expr_diff(p, frozen, j.symbol[i]), *zero = expr_int(p, 0);
        for (size_t q = 0; q < j.n; q++)
            if (!d || expr_depends(p, d, j.symbol[q]))
                return false;
        c[jet_order(j.at[i])] = d;
        rest = rest ? expr_subst(p, rest, &j.symbol[i], &zero, 1) : NULL;
    }
    l->right = rest ? expr_neg(p, expr_div(p, rest, c[l->m])) : NULL;
    return l->right != NULL;
}

static bool read_linear(Linear *l, const Expr *left, const Expr *y)
{
    Pool        *p = l->pool;
    const Expr **c = arena_array(l->arena, const Expr *, MOST_DEGREE + 1), **q = arena_array(l->arena, const Expr *, MOST_DEGREE + 1);
    if (!read_coefficients(l, left, y, c))
        return false;
    l->q = q;
    l->t = l->x;
    for (uint32_t k = 0; k <= l->m; k++)
        q[k] = reduced(p, expr_div(p, c[k], c[l->m]));
    if (all_free(l, q))
        return true;
    for (uint32_t k = 0; k <= l->m; k++)
        q[k] = q[k] ? reduced(p, expr_mul(p, q[k], expr_powi(p, l->x, (slong)(l->m - k)))) : NULL;
    l->euler = true;
    l->t = expr_call1(p, FN_log, l->x);
    l->right = expr_mul(p, l->right, expr_powi(p, l->x, (slong)l->m));
    return all_free(l, q);
}

/* ---- the general solution of the equation without right side ------------------------------------------------------------ */

/* The sum of q[k] z^k, for Euler's equation of q[k] z (z-1) ... (z-k+1). */
static const Expr *characteristic(const Linear *l, const Expr *z)
{
    Pool       *p = l->pool;
    const Expr *sum = expr_int(p, 0), *power = expr_int(p, 1);
    for (uint32_t k = 0; k <= l->m; k++) {
        sum = expr_add(p, sum, expr_mul(p, l->q[k], power));
        power = expr_mul(p, power, l->euler ? expr_sub(p, z, expr_int(p, (slong)k)) : z);
    }
    return expr_expand(p, sum);
}

typedef VEC(const Expr *) Basis;

/* t^j exp(a t) cos(b t), and with sin, for a root a + i*b of this multiplicity (b NULL: real). */
static void add_root(Linear *l, Basis *out, const Expr *a, const Expr *b, slong multiplicity)
{
    Pool       *p = l->pool;
    const Expr *growth = l->euler ? expr_pow(p, l->x, a) : expr_call1(p, FN_exp, expr_mul(p, a, l->t));
    for (slong j = 0; j < multiplicity; j++) {
        const Expr *f = expr_mul(p, expr_powi(p, l->t, j), growth), *angle = b ? expr_mul(p, b, l->t) : NULL;
        vec_push(l->arena, out, b ? expr_mul(p, f, expr_call1(p, FN_cos, angle)) : f);
        if (b)
            vec_push(l->arena, out, expr_mul(p, f, expr_call1(p, FN_sin, angle)));
    }
}

static const Expr *root_of(Linear *l, const Expr *e, slong n)
{
    Pool         *p = l->pool;
    Nodes         s = expr_symbols(p, l->arena, e);
    const Expr  **to = arena_array(l->arena, const Expr *, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        to[i] = expr_positive(p, s.at[i]);
    const Expr *u = reduced(p, expr_subst(p, e, s.at, to, s.n));
    return expr_subst(p, expr_simplify(p, expr_pow(p, u, expr_ratio(p, 1, n))), to, s.at, s.n);
}

/* c[2] z^2 + c[1] z + c[0] */
static void quadratic_roots(Linear *l, Basis *out, const Expr *const *c, slong multiplicity)
{
    Pool       *p = l->pool;
    const Expr *half = expr_ratio(p, 1, 2), *centre = reduced(p, expr_mul(p, expr_neg(p, half), expr_div(p, c[1], c[2])));
    const Expr *square = reduced(p, expr_sub(p, expr_powi(p, centre, 2), expr_div(p, c[0], c[2])));
    int         sign = square ? ode_sign(p, l->arena, square, &l->positive) : 0;
    if (!square)
        return;
    if (sign < 0) {
        add_root(l, out, centre, root_of(l, expr_neg(p, square), 2), multiplicity);
        return;
    }
    if (!sign)
        l->positive = square;
    const Expr *root = root_of(l, square, 2);
    add_root(l, out, expr_sub(p, centre, root), NULL, multiplicity);
    add_root(l, out, expr_add(p, centre, root), NULL, multiplicity);
}

/* c[d] z^d + c[0]: the d roots on a circle. */
static bool binomial_roots(Linear *l, Basis *out, const Expr *const *c, slong d, slong multiplicity)
{
    Pool       *p = l->pool;
    const Expr *ratio = reduced(p, expr_div(p, c[0], c[d])), *pi = expr_constant(p, CONSTANT_PI);
    int         sign = ratio ? ode_sign(p, l->arena, ratio, &l->positive) : 0;
    for (slong k = 1; k < d; k++)
        if (!expr_is_zero(c[k]))
            return false;
    if (!sign)
        return false;
    const Expr *size = root_of(l, sign > 0 ? ratio : expr_neg(p, ratio), d);
    for (slong k = 0; 2*k + (sign > 0) <= d; k++) {
        slong       turn = 2*k + (sign > 0);                /* the angle is turn*pi/d */
        const Expr *angle = expr_mul(p, expr_ratio(p, turn, d), pi);
        const Expr *a = expr_mul(p, size, expr_call1(p, FN_cos, angle)), *b = expr_mul(p, size, expr_call1(p, FN_sin, angle));
        add_root(l, out, a, turn == 0 || turn == d ? NULL : b, multiplicity);
    }
    return true;
}

/* c[4] z^4 + c[2] z^2 + c[0] with real z^2 */
static bool biquadratic_roots(Linear *l, Basis *out, const Expr *const *c, slong multiplicity)
{
    Pool       *p = l->pool;
    const Expr *w = expr_fresh(p, l->x), *zero = expr_int(p, 0);
    if (!expr_is_zero(c[1]) || !expr_is_zero(c[3]))
        return false;
    const Expr *f = expr_add(p, c[0], expr_add(p, expr_mul(p, c[2], w), expr_mul(p, c[4], expr_powi(p, w, 2))));
    Roots       r = expr_solve(p, l->arena, f, w);
    for (size_t i = 0; i < r.n; i++)
        if (r.found != YES || !(r.at[i]->flags & EXPR_REAL))
            return false;
    for (size_t i = 0; i < r.n; i++) {
        const Expr *square[3] = { expr_neg(p, r.at[i]), zero, expr_int(p, 1) };
        quadratic_roots(l, out, square, multiplicity);
    }
    return r.n == 2;
}

static bool homogeneous(Linear *l, Basis *out)
{
    Pool       *p = l->pool;
    const Expr *z = expr_fresh(p, l->x), *f = expr_factor(p, characteristic(l, z)), **c;
    for (uint32_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        slong       multiplicity = 1;
        if (g->kind == EXPR_POW && expr_fits_slong(g->arg[1], &multiplicity))
            g = g->arg[0];
        slong d = expr_depends(p, g, z) ? expr_coefficients(p, l->arena, g, z, MOST_DEGREE, &c) : 0;
        if (d == 1)
            add_root(l, out, reduced(p, expr_neg(p, expr_div(p, c[0], c[1]))), NULL, multiplicity);
        else if (d == 2)
            quadratic_roots(l, out, c, multiplicity);
        else if (d != 0 && (d < 0 || !(binomial_roots(l, out, c, d, multiplicity) || (d == 4 && biquadratic_roots(l, out, c, multiplicity)))))
            return false;
    }
    return out->n == l->m;
}

/* ---- a particular solution -------------------------------------------------------------------------------------------------- */

static const Expr *apply(const Linear *l, const Expr *e)
{
    Pool       *p = l->pool;
    const Expr *sum = expr_int(p, 0);
    for (uint32_t k = 0; k <= l->m; k++) {
        sum = expr_add(p, sum, expr_mul(p, l->q[k], l->euler ? expr_mul(p, expr_powi(p, l->x, (slong)k), e) : e));
        e = expr_diff(p, e, l->x);
    }
    return sum;
}

/* term = coefficient*rest, where the coefficient is free of x. */
static const Expr *split(const Linear *l, const Expr *term, const Expr **rest)
{
    Pool       *p = l->pool;
    const Expr *c = expr_int(p, 1);
    *rest = c;
    for (uint32_t i = 0; i < (term->kind == EXPR_MUL ? term->arity : 1); i++) {
        const Expr *u = term->kind == EXPR_MUL ? term->arg[i] : term;
        if (expr_depends(p, u, l->x))
            *rest = expr_mul(p, *rest, u);
        else
            c = expr_mul(p, c, u);
    }
    return c;
}

static size_t terms_of(const Expr *e) { return expr_is_zero(e) ? 0 : e->kind == EXPR_ADD ? e->arity : 1; }

static const Expr *term_of(const Expr *e, size_t i) { return e->kind == EXPR_ADD ? e->arg[i] : e; }

/* The functions that the terms of e produce by differentiation; false if they do not close. */
static bool span_of(const Linear *l, const Expr *e, Basis *out)
{
    Pool *p = l->pool;
    for (size_t next = 0; e; next++) {
        for (size_t i = 0; i < terms_of(e); i++) {
            const Expr *rest;
            bool        known = false;
            split(l, term_of(e, i), &rest);
            for (size_t k = 0; k < out->n; k++)
                known = known || out->at[k] == rest;
            if (!known)
                vec_push(l->arena, out, rest);
        }
        if (out->n > MOST_SPAN)
            return false;
        if (next == out->n)
            return true;
        const Expr *d = expr_diff(p, out->at[next], l->x);
        e = expr_expand(p, l->euler ? expr_mul(p, l->x, d) : d);
    }
    return false;
}

/* Coefficients of the span times t^s that give the right side; NULL: there are none. */
static const Expr *with_coefficients(const Linear *l, const Basis *span, slong s)
{
    Pool        *p = l->pool;
    const Expr **a = arena_array(l->arena, const Expr *, span->n), **value = arena_array(l->arena, const Expr *, span->n);
    const Expr  *ansatz = expr_int(p, 0), *assumed;
    const char  *why;
    Basis        rests = { 0 }, sums = { 0 };
    for (size_t i = 0; i < span->n; i++) {
        a[i] = expr_fresh(p, l->x);
        ansatz = expr_add(p, ansatz, expr_mul(p, a[i], expr_mul(p, expr_powi(p, l->t, s), span->at[i])));
    }
    const Expr *e = expr_expand(p, expr_sub(p, apply(l, ansatz), l->right));
    for (size_t i = 0; e && i < terms_of(e); i++) {
        const Expr *rest, *c = split(l, term_of(e, i), &rest);
        size_t      k = 0;
        while (k < rests.n && rests.at[k] != rest)
            k++;
        if (k == rests.n) {
            vec_push(l->arena, &rests, rest);
            vec_push(l->arena, &sums, c);
        } else {
            sums.at[k] = expr_add(p, sums.at[k], c);
        }
    }
    if (!e || expr_solve_linear(p, l->arena, sums.at, sums.n, a, span->n, value, &assumed, &why) != YES)
        return NULL;
    return expr_subst(p, ansatz, a, value, span->n);
}

static const Expr *particular(const Linear *l)
{
    const Expr *right = expr_expand(l->pool, l->right), *found = NULL;
    Basis       span = { 0 };
    if (!right || expr_is_zero(right))
        return right;
    if (!span_of(l, right, &span))
        return NULL;
    for (uint32_t s = 0; s <= l->m && !found; s++)
        found = with_coefficients(l, &span, (slong)s);
    return found;
}

/* y^(m) = r */
static bool is_pure(const Linear *l)
{
    for (uint32_t k = 0; k < l->m; k++)
        if (!expr_is_zero(l->q[k]))
            return false;
    return true;
}

/* Of y^(m) = r: the span of x^m*r under x*d/dx (powers, logarithms), or m integrals of r by the table. */
static const Expr *repeated_integral(const Linear *l)
{
    Linear e = *l;
    e.euler = true;
    e.t = expr_call1(l->pool, FN_log, l->x);
    e.right = expr_mul(l->pool, l->right, expr_powi(l->pool, l->x, (slong)l->m));
    const Expr *found = particular(&e), *r = l->right;
    for (uint32_t k = 0; !found && k < l->m && r; k++)
        r = ode_antiderivative(l->pool, l->arena, r, l->x);
    return found ? found : r;
}

Solution ode_linear(Pool *p, Arena *a, const Expr *left, const Expr *y, Constants *c)
{
    Linear   l = { .pool = p, .arena = a, .x = y->arg[0] };
    Basis    basis = { 0 };
    Solution s = { 0 };
    if (read_linear(&l, left, y) && homogeneous(&l, &basis)) {
        s.value = particular(&l);
        if (!s.value && is_pure(&l))
            s.value = repeated_integral(&l);
        for (size_t i = 0; i < basis.n && s.value; i++)
            s.value = expr_add(p, s.value, expr_mul(p, ode_constant(p, a, c), basis.at[i]));
        s.positive = l.positive;
    }
    pool_clear_error(p);
    return s;
}
