/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of angles: circular and hyperbolic functions of sums and multiples as polynomials in functions of single angles, and back,
 * products and powers as sums of functions of combined angles.
 *
 * Expanding multiplies c + i*s over the terms of the argument (c + j*s with j^2 = 1 for hyperbolic functions). A multiple n of one
 * angle gives Chebyshev polynomials; tan starts with 1 + i*tan, cot with cot + i. Reducing multiplies the factors of a term one
 * after the other, each a wave of the sum so far, and collects waves of equal angles: cos(x)^n ends with n/2 of them. Both hold
 * wherever both sides are defined. A term with more than 2,000 waves, or a multiple above 200, stays as it is. */
#include "symbolic/algebra/trig.h"

#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/expr/expr_int.h"

#include <flint/fmpz_poly.h>
#include <stdlib.h>

enum { MOST_MULTIPLE = 200, MOST_WAVES = 2000, MOST_POWER = 400 };

static const Expr *num(Pool *p, slong n) { return expr_int(p, n); }

/* ---- expanding ------------------------------------------------------------------------------------------------------ */

typedef struct Pair { const Expr *c, *s; } Pair;        /* c + unit*s */

/* (a.c + unit*a.s)*(b.c + unit*b.s), where unit^2 is sign */
static Pair pair_mul(Pool *p, Pair a, Pair b, int sign)
{
    const Expr *ss = expr_mul(p, a.s, b.s), *cc = expr_mul(p, a.c, b.c);
    return (Pair){ sign < 0 ? expr_sub(p, cc, ss) : expr_add(p, cc, ss), expr_add(p, expr_mul(p, a.s, b.c), expr_mul(p, a.c, b.s)) };
}

static const Expr *poly_at(Pool *p, const fmpz_poly_t a, const Expr *x)
{
    const Expr *sum = num(p, 0);
    fmpz_t      c;
    fmpz_init(c);
    for (slong i = 0; i < fmpz_poly_length(a); i++) {
        fmpz_poly_get_coeff_fmpz(c, a, i);
        sum = expr_add(p, sum, expr_mul(p, expr_fmpz(p, c), expr_powi(p, x, i)));
    }
    fmpz_clear(c);
    return sum;
}

/* i^n*T_n(x/i)-like change of signs for hyperbolic sines: all coefficients of one parity positive. */
static void absolute(fmpz_poly_t a)
{
    for (slong i = 0; i < fmpz_poly_length(a); i++)
        fmpz_abs(a->coeffs + i, a->coeffs + i);
}

/* cos(n*u) = T_n(cos(u)); sin(n*u) is +-T_n(sin(u)) for odd n and sin(u)*U_(n-1)(cos(u)) for even n; the same with |T_n| for sinh. */
static Pair multiple_angle(Pool *p, Pair one, slong n, int sign)
{
    fmpz_poly_t t;
    fmpz_poly_init(t);
    fmpz_poly_chebyshev_t(t, (ulong)n);
    Pair r = { .c = poly_at(p, t, one.c) };
    if (n % 2) {
        if (sign > 0)
            absolute(t);
        else if (n % 4 == 3)
            fmpz_poly_neg(t, t);
        r.s = poly_at(p, t, one.s);
    } else {
        fmpz_poly_chebyshev_u(t, (ulong)n - 1);
        r.s = expr_mul(p, one.s, poly_at(p, t, one.c));
    }
    fmpz_poly_clear(t);
    return r;
}

static Pair pair_power(Pool *p, Pair a, slong n, int sign)
{
    Pair r = { num(p, 1), num(p, 0) };
    for (slong i = 0; i < n; i++) {
        r = pair_mul(p, r, a, sign);
        r = (Pair){ expr_expand(p, r.c), expr_expand(p, r.s) };
        if (!r.c || !r.s)
            break;
    }
    return r;
}

typedef enum Shown { SHOWN_WAVES, SHOWN_TANGENT, SHOWN_COTANGENT } Shown;

static Pair pair_of_angle(Pool *p, const Expr *u, Shown shown, int sign)
{
    bool circular = sign < 0;
    if (shown == SHOWN_TANGENT)
        return (Pair){ num(p, 1), expr_call1(p, circular ? FN_tan : FN_tanh, u) };
    if (shown == SHOWN_COTANGENT)
        return (Pair){ expr_call1(p, circular ? FN_cot : FN_coth, u), num(p, 1) };
    return (Pair){ expr_call1(p, circular ? FN_cos : FN_cosh, u), expr_call1(p, circular ? FN_sin : FN_sinh, u) };
}

/* The pair of one term m*rest/d: a multiple m of the angle rest/d. */
static Pair pair_of_term(Pool *p, const Expr *term, Shown shown, int sign)
{
    const Expr *rest, *c = expr_split_coefficient(p, term, &rest);
    slong       n = 1;
    const Expr *above = c ? expr_fmpz(p, fmpq_numref(expr_number(c))) : NULL;
    if (!above || expr_is_one(rest) || expr_is_constant(rest, CONSTANT_PI) || !expr_fits_slong(above, &n) || labs(n) > MOST_MULTIPLE || n == 0)
        return pair_of_angle(p, term, shown, sign);
    Pair one = pair_of_angle(p, expr_div(p, term, num(p, labs(n))), shown, sign);
    slong m = labs(n);
    return m == 1 ? one : shown == SHOWN_WAVES ? multiple_angle(p, one, m, sign) : pair_power(p, one, m, sign);
}

static Pair pair_of_sum(Pool *p, const Expr *u, Shown shown, int sign)
{
    if (u->kind != EXPR_ADD)
        return pair_of_term(p, u, shown, sign);
    Pair r = pair_of_term(p, u->arg[0], shown, sign);
    for (uint32_t i = 1; i < u->arity && r.c && r.s; i++)
        r = pair_mul(p, r, pair_of_term(p, u->arg[i], shown, sign), sign);
    return r;
}

/* (m*x)/2 counts as a multiple of x/2, a plain x/2 does not move. */
static bool moves(Pool *p, const Expr *u)
{
    const Expr *rest, *c = u->kind == EXPR_ADD ? NULL : expr_split_coefficient(p, u, &rest);
    return u->kind == EXPR_ADD || (c && !expr_is_number(u) && !fmpz_is_pm1(fmpq_numref(expr_number(c))) && !expr_is_constant(rest, CONSTANT_PI));
}

static const Expr *expanded_call(Pool *p, const Expr *e)
{
    const Expr *u = e->arity == 1 && !e->shape ? expr_expand(p, e->arg[0]) : NULL;
    Pair        r;
    if (!u || !moves(p, u))
        return e;
    switch ((int)e->fn->id) {
    case FN_sin:  return pair_of_sum(p, u, SHOWN_WAVES, -1).s;
    case FN_cos:  return pair_of_sum(p, u, SHOWN_WAVES, -1).c;
    case FN_sinh: return pair_of_sum(p, u, SHOWN_WAVES, 1).s;
    case FN_cosh: return pair_of_sum(p, u, SHOWN_WAVES, 1).c;
    case FN_csc:  return expr_powi(p, pair_of_sum(p, u, SHOWN_WAVES, -1).s, -1);
    case FN_sec:  return expr_powi(p, pair_of_sum(p, u, SHOWN_WAVES, -1).c, -1);
    case FN_csch: return expr_powi(p, pair_of_sum(p, u, SHOWN_WAVES, 1).s, -1);
    case FN_sech: return expr_powi(p, pair_of_sum(p, u, SHOWN_WAVES, 1).c, -1);
    case FN_tan:  r = pair_of_sum(p, u, SHOWN_TANGENT, -1); return expr_div(p, r.s, r.c);
    case FN_tanh: r = pair_of_sum(p, u, SHOWN_TANGENT, 1); return expr_div(p, r.s, r.c);
    case FN_cot:  r = pair_of_sum(p, u, SHOWN_COTANGENT, -1); return expr_div(p, r.c, r.s);
    case FN_coth: r = pair_of_sum(p, u, SHOWN_COTANGENT, 1); return expr_div(p, r.c, r.s);
    default:      return e;
    }
}

const Expr *expr_trig_expand(Pool *p, const Expr *e)
{
    return expr_map_nodes(p, e, EXPR_CALL, expanded_call);
}

/* ---- reducing ------------------------------------------------------------------------------------------------------- */

typedef struct Wave { const Expr *c, *angle; bool even; } Wave;    /* c*cos(angle) or c*sin(angle), c*cosh, c*sinh; a bare c is even with angle 0 */
typedef VEC(Wave) Waves;

static void put_wave(Pool *p, Arena *a, Waves *w, Wave v)
{
    if (!v.c || !v.angle || (!v.even && expr_is_zero(v.angle)))
        return;
    if (expr_leads_negative(v.angle)) {
        v.angle = expr_neg(p, v.angle);
        v.c = v.even ? v.c : expr_neg(p, v.c);
    }
    for (size_t i = 0; i < w->n; i++)
        if (w->at[i].angle == v.angle && w->at[i].even == v.even) {
            w->at[i].c = expr_add(p, w->at[i].c, v.c);
            return;
        }
    vec_push(a, w, v);
}

/* The product of a sum of waves with one function of u: 2*cos(a)*cos(b) = cos(a - b) + cos(a + b) and its relatives. */
static bool times_wave(Pool *p, Arena *a, Waves *w, const Expr *u, bool even, int sign)
{
    Waves old = *w;
    *w = (Waves){ 0 };
    for (size_t i = 0; i < old.n && w->n <= MOST_WAVES; i++) {
        Wave        v = old.at[i];
        const Expr *half = expr_mul(p, expr_ratio(p, 1, 2), v.c);
        const Expr *plus = expr_expand(p, expr_add(p, v.angle, u)), *minus = expr_expand(p, expr_sub(p, v.angle, u));
        bool        both_odd = !v.even && !even;
        /* sin(a)*cos(b) = (sin(a + b) + sin(a - b))/2, cos(a)*sin(b) = (sin(a + b) - sin(a - b))/2; with the squares of i: */
        const Expr *first = both_odd && sign < 0 ? expr_neg(p, half) : half;
        const Expr *second = (both_odd && sign > 0) || (v.even && !even) ? expr_neg(p, half) : half;
        put_wave(p, a, w, (Wave){ first, plus, v.even == even });
        put_wave(p, a, w, (Wave){ second, minus, v.even == even });
    }
    return w->n <= MOST_WAVES;
}

static const Expr *sum_of_waves(Pool *p, Arena *a, const Waves *w, int sign)
{
    const Expr **term = arena_array(a, const Expr *, w->n + 1);
    for (size_t i = 0; i < w->n; i++) {
        FnId fn = sign < 0 ? w->at[i].even ? FN_cos : FN_sin : w->at[i].even ? FN_cosh : FN_sinh;
        term[i] = expr_mul(p, w->at[i].c, expr_call1(p, fn, w->at[i].angle));
    }
    return expr_sum(p, term, w->n);
}

/* Is f a positive power of sin, cos, sinh or cosh? */
static bool is_wave(const Expr *f, const Expr **u, bool *even, int *sign, slong *n)
{
    const Expr *base = f;
    *n = 1;
    if (f->kind == EXPR_POW && expr_fits_slong(f->arg[1], n))
        base = f->arg[0];
    if (base->kind != EXPR_CALL || base->shape || *n < 1 || *n > MOST_POWER)
        return false;
    FnId id = base->fn->id;
    *even = id == FN_cos || id == FN_cosh;
    *sign = id == FN_sin || id == FN_cos ? -1 : 1;
    *u = base->arg[0];
    return id == FN_sin || id == FN_cos || id == FN_sinh || id == FN_cosh;
}

static const Expr *reduced_term(Pool *p, Arena *a, const Expr *term)
{
    Waves       circular = { 0 }, hyperbolic = { 0 };
    const Expr *rest = num(p, 1), *u;
    size_t      factors = 0;
    bool        even;
    int         sign;
    slong       n;
    vec_push(a, &circular, (Wave){ num(p, 1), num(p, 0), true });
    vec_push(a, &hyperbolic, (Wave){ num(p, 1), num(p, 0), true });
    for (uint32_t i = 0; i < (term->kind == EXPR_MUL ? term->arity : 1); i++) {
        const Expr *f = term->kind == EXPR_MUL ? term->arg[i] : term;
        if (!is_wave(f, &u, &even, &sign, &n)) {
            rest = expr_mul(p, rest, f);
            continue;
        }
        factors += (size_t)n;
        for (slong k = 0; k < n; k++)
            if (!times_wave(p, a, sign < 0 ? &circular : &hyperbolic, u, even, sign))
                return term;
    }
    if (factors < 2)
        return term;
    const Expr *c = sum_of_waves(p, a, &circular, -1), *h = sum_of_waves(p, a, &hyperbolic, 1);
    return expr_expand_outside(p, expr_mul(p, rest, expr_mul(p, c, h)));
}

static const Expr *reduced_region(Pool *p, const Expr *e)
{
    const Expr *x = expr_expand_outside(p, e);
    if (!x || e->shape)
        return e;
    Arena       *a = arena_new();
    size_t       n = x->kind == EXPR_ADD ? x->arity : 1;
    const Expr **term = arena_array(a, const Expr *, n);
    bool         changed = false;
    for (size_t i = 0; i < n; i++) {
        const Expr *t = x->kind == EXPR_ADD ? x->arg[i] : x;
        term[i] = reduced_term(p, a, t);
        changed |= term[i] != t;
    }
    const Expr *r = changed ? expr_sum(p, term, n) : e;         /* a product without waves keeps its factors */
    arena_delete(a);
    return r;
}

const Expr *expr_trig_reduce(Pool *p, const Expr *e)
{
    return expr_map_regions(p, e, reduced_region);
}

/* ---- the commands --------------------------------------------------------------------------------------------------- */

static Value trig_expand_call(Call *c) { return value_expr(expr_trig_expand(c->pool, c->arg[0].expr)); }
static Value trig_reduce_call(Call *c) { return value_expr(expr_trig_reduce(c->pool, c->arg[0].expr)); }

const Builtin trig_builtins[] = {
    { .sig = "trig_expand(e: expr) -> expr", .help = "Circular and hyperbolic functions of sums and multiples written by those of single angles.",
      .example = { { "trig_expand(sin(x + y))", "cos(x)*sin(y) + sin(x)*cos(y)" }, { "trig_expand(cos(3x))", "4 cos(x)^3 - 3 cos(x)" },
                   { "trig_expand(tan(x + y))", "(tan(x) + tan(y))/(1 - tan(x)*tan(y))" }, { "trig_expand(sinh(2x))", "2 cosh(x)*sinh(x)" } },
      .see = "trig_reduce expand rewrite", .words = "angle addition double angle formulas expand_trig trigexpand texpand", .call = trig_expand_call },
    { .sig = "trig_reduce(e: expr) -> expr", .help = "Products and powers of circular and hyperbolic functions as sums of functions of combined angles.",
      .example = { { "trig_reduce(sin(x)^2)", "1/2 - cos(2x)/2" }, { "trig_reduce(cos(x)^3)", "3 cos(x)/4 + cos(3x)/4" },
                   { "trig_reduce(2*sin(x)*cos(y))", "sin(x + y) + sin(x - y)" } },
      .see = "trig_expand simplify rewrite", .words = "linearise linearize product to sum trigreduce tcollect combine fourier", .call = trig_reduce_call },
    { 0 }
};
