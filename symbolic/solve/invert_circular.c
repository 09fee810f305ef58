/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations in circular functions of multiples of one angle. With c = cos and s = sin of the greatest common part of the angles,
 * everything is a polynomial A(c) + s*B(c). It is solved in c or s alone where that is possible, factor by factor, as
 * a*s + b*c + d by amplitude and phase, and else by u = tan(angle/2), which leaves the angle pi to be looked at. */
#include "symbolic/solve/invert_int.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"

enum { MOST_MULTIPLE = 12, MOST_LEAVES = 16, MOST_DEGREE = 60 };

bool is_circular(const Expr *e)
{
    return expr_is_call(e, FN_sin) || expr_is_call(e, FN_cos) || expr_is_call(e, FN_tan) || expr_is_call(e, FN_cot) || expr_is_call(e, FN_sec)
        || expr_is_call(e, FN_csc);
}

typedef struct Circle { Inverter *s; const Expr *c, *sine; } Circle;

/* cos(k*angle) and sin(k*angle) by addition. */
static void multiple(const Circle *o, slong k, const Expr **cosine, const Expr **sine)
{
    Pool *p = o->s->pool;
    *cosine = expr_int(p, 1);
    *sine = expr_int(p, 0);
    for (slong i = 0; i < (k < 0 ? -k : k); i++) {
        const Expr *c = expr_sub(p, expr_mul(p, *cosine, o->c), expr_mul(p, *sine, o->sine));
        *sine = expr_expand(p, expr_add(p, expr_mul(p, *sine, o->c), expr_mul(p, *cosine, o->sine)));
        *cosine = expr_expand(p, c);
    }
    if (k < 0)
        *sine = expr_neg(p, *sine);
}

/* A circular function of k*angle + shift in c and s. */
static const Expr *in_circle(const Circle *o, const Expr *leaf, slong k, const Expr *shift)
{
    Pool       *p = o->s->pool;
    const Expr *c, *s, *cs = expr_call1(p, FN_cos, shift), *ss = expr_call1(p, FN_sin, shift), *one = expr_int(p, 1);
    multiple(o, k, &c, &s);
    const Expr *cosine = expr_sub(p, expr_mul(p, c, cs), expr_mul(p, s, ss)), *sine = expr_add(p, expr_mul(p, s, cs), expr_mul(p, c, ss));
    switch ((int)leaf->fn->id) {
    case FN_sin: return sine;
    case FN_cos: return cosine;
    case FN_tan: return expr_div(p, sine, cosine);
    case FN_cot: return expr_div(p, cosine, sine);
    case FN_sec: return expr_div(p, one, cosine);
    default:     return expr_div(p, one, sine);
    }
}

/* f with v^2 replaced by 1 - w^2: *a + v*(*b), free of v. */
static bool reduce(Circle *o, const Expr *f, const Expr *v, const Expr *w, const Expr **a, const Expr **b)
{
    Pool        *p = o->s->pool;
    const Expr **c, *square = expr_sub(p, expr_int(p, 1), expr_powi(p, w, 2));
    slong        degree = expr_coefficients(p, o->s->arena, f, v, MOST_DEGREE, &c);
    *a = *b = expr_int(p, 0);
    for (slong i = 0; i <= degree; i++) {
        const Expr **sum = i % 2 ? b : a;
        *sum = expr_add(p, *sum, expr_mul(p, c[i], expr_powi(p, square, i / 2)));
    }
    *a = expr_expand(p, *a);
    *b = expr_expand(p, *b);
    return degree >= 0 && *a && *b;
}

static bool solve_circle(Circle *o, const Expr *f, Found *angle, int depth);

/* f holds one of c and s only. */
static bool one_function(Circle *o, const Expr *f, bool cosine, Found *angle)
{
    Inverter   *s = o->s;
    Found       value = { 0 };
    const Expr *v = cosine ? o->c : o->sine, *t = expr_fresh(s->pool, v);
    if (!invert_zero(s, f, v, &value))
        return false;
    const Expr *g = expr_call1(s->pool, cosine ? FN_cos : FN_sin, t);
    for (size_t i = 0; i < value.n; i++)
        if (!invert_equal(s, g, value.at[i], t, angle))
            return false;
    return true;
}

/* a*s + b*c + d: sqrt(a^2 + b^2)*cos(angle - phase) = -d. */
static bool amplitude(Circle *o, const Expr *a, const Expr *b, const Expr *d, Found *angle)
{
    Inverter   *s = o->s;
    Pool       *p = s->pool;
    const Expr *t = expr_fresh(p, o->c);
    if (expr_is_zero(d))
        return invert_equal(s, expr_call1(p, FN_tan, t), expr_neg(p, expr_div(p, b, a)), t, angle);
    const Expr *size = expr_pow(p, expr_add(p, expr_powi(p, a, 2), expr_powi(p, b, 2)), expr_ratio(p, 1, 2));
    const Expr *phase = expr_call2(p, FN_atan2, a, b), *g = expr_call1(p, FN_cos, expr_sub(p, t, phase));
    return invert_equal(s, g, expr_neg(p, expr_div(p, d, size)), t, angle);
}

static bool half_angle(Circle *o, const Expr *f, Found *angle)
{
    Inverter   *s = o->s;
    Pool       *p = s->pool;
    const Expr *u = expr_fresh(p, o->c), *square = expr_powi(p, u, 2), *one = expr_int(p, 1), *below = expr_add(p, one, square);
    const Expr *const from[] = { o->c, o->sine };
    const Expr *to[] = { expr_div(p, expr_sub(p, one, square), below), expr_div(p, expr_mul(p, expr_int(p, 2), u), below) };
    const Expr *opposite[] = { expr_int(p, -1), expr_int(p, 0) }, *at = expr_subst(p, f, from, opposite, 2);
    Found       value = { 0 };
    if (!invert_zero(s, expr_subst(p, f, from, to, 2), u, &value))
        return false;
    const Expr *turn = expr_mul(p, expr_mul(p, expr_int(p, 2), expr_constant(p, CONSTANT_PI)), s->whole);
    s->uses_whole = true;
    for (size_t i = 0; i < value.n; i++)
        found_add(s, angle, expr_add(p, expr_mul(p, expr_int(p, 2), expr_call1(p, FN_atan, value.at[i])), turn));
    Truth pole = expr_zero_test(p, at).answer;
    if (pole == YES)
        found_add(s, angle, expr_add(p, expr_constant(p, CONSTANT_PI), turn));
    return pole != UNKNOWN || invert_fail(s, "a number was not decided to be zero");
}

static bool solve_factors(Circle *o, const Expr *f, Found *angle, int depth, bool *done)
{
    Pool       *p = o->s->pool;
    const Expr *g = expr_factor(p, f);
    size_t      n = 0;
    for (uint32_t i = 0; g && g->kind == EXPR_MUL && i < g->arity; i++)
        n += expr_depends(p, g->arg[i], o->c) || expr_depends(p, g->arg[i], o->sine);
    *done = n > 1 || (g && g->kind == EXPR_POW);
    if (!*done)
        return true;
    for (uint32_t i = 0; i < (g->kind == EXPR_MUL ? g->arity : 1); i++) {
        const Expr *h = g->kind == EXPR_MUL ? g->arg[i] : g;
        if (h->kind == EXPR_POW)
            h = h->arg[0];
        if ((expr_depends(p, h, o->c) || expr_depends(p, h, o->sine)) && !solve_circle(o, h, angle, depth + 1))
            return false;
    }
    return true;
}

/* The angles where the polynomial f in c and s vanishes. */
static bool solve_circle(Circle *o, const Expr *f, Found *angle, int depth)
{
    Pool       *p = o->s->pool;
    const Expr *a, *b, *a2, *b2, **in_c;
    bool        done;
    if (depth > 4 || !reduce(o, f, o->sine, o->c, &a, &b) || !reduce(o, f, o->c, o->sine, &a2, &b2))
        return invert_fail(o->s, "its circular functions are too many");
    if (expr_is_zero(a) && expr_is_zero(b))
        return invert_fail(o->s, "an interval of values solves it");
    if (expr_is_zero(b))
        return one_function(o, a, true, angle);
    if (expr_is_zero(b2))
        return one_function(o, a2, false, angle);
    if (expr_is_zero(a))
        return one_function(o, o->sine, false, angle) && one_function(o, b, true, angle);
    if (expr_is_zero(a2))
        return one_function(o, o->c, true, angle) && one_function(o, b2, false, angle);
    const Expr *const form[] = { f, expr_add(p, a, expr_mul(p, o->sine, b)), expr_add(p, a2, expr_mul(p, o->c, b2)) };
    for (int i = 0; i < 3; i++) {
        bool fine = solve_factors(o, form[i], angle, depth, &done);
        if (done || !fine)
            return fine;
    }
    if (!expr_depends(p, b, o->c) && expr_coefficients(p, o->s->arena, a, o->c, 1, &in_c) == 1)
        return amplitude(o, b, in_c[1], in_c[0], angle);
    return half_angle(o, form[1], angle);
}

bool invert_circular(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out)
{
    Pool       *p = s->pool;
    const Expr *with[MOST_LEAVES], *without[MOST_LEAVES], *to[MOST_LEAVES], *num, *den;
    fmpq_t      ratio[MOST_LEAVES], common;
    slong       k = 0;
    bool        fine = leaf->n <= MOST_LEAVES;
    Circle      o = { s, expr_fresh(p, expr_symbol(p, STR("c"))), expr_fresh(p, expr_symbol(p, STR("s"))) };
    fmpq_init(common);
    for (size_t i = 0; i < MOST_LEAVES; i++)
        fmpq_init(ratio[i]);
    for (size_t i = 0; i < leaf->n && fine; i++) {
        invert_split(s, leaf->at[i]->arg[0], x, &with[i], &without[i]);
        fine = invert_ratio(s, with[i], with[0], ratio[i]);
        i ? fmpq_gcd(common, common, ratio[i]) : fmpq_set(common, ratio[i]);
    }
    for (size_t i = 0; i < leaf->n && fine; i++) {
        fmpq_div(ratio[i], ratio[i], common);
        fine = fmpz_cmpabs(fmpq_numref(ratio[i]), (fmpz[]){ MOST_MULTIPLE }) <= 0;
        k = fine ? fmpz_get_si(fmpq_numref(ratio[i])) : 0;
        fine = fine && (to[i] = in_circle(&o, leaf->at[i], k, without[i])) != NULL;
    }
    const Expr *angle = fine ? expr_mul(p, expr_fmpq(p, common), with[0]) : NULL;
    for (size_t i = 0; i < MOST_LEAVES; i++)
        fmpq_clear(ratio[i]);
    fmpq_clear(common);
    if (!fine)
        return invert_fail(s, "the angles of its circular functions have no common part");
    const Expr *g = expr_together(p, expr_subst(p, f, leaf->at, to, leaf->n));
    Found       found = { 0 };
    if (!g)
        return invert_fail(s, "it is too complicated");
    expr_fraction(p, g, &num, &den);
    return solve_circle(&o, num, &found, 0) && invert_each(s, &found, angle, x, out);
}
