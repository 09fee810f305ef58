/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functional equations that lead special functions back to few arguments: gamma(x + n), gamma(1 - x) and gamma(m*x) to gamma of one
 * argument and its fractions, Bessel functions to two neighbouring orders, and of these the second kind of the higher order to
 * the others by the Wronskian. [DLMF 5.5, 5.15, 10.5, 10.6, 10.16, 10.28, 10.29, 25.4] */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof_int.h"
#include "symbolic/algebra/rational.h"

#include <stdlib.h>

enum { SHIFT_LIMIT = 30, UNIT_LIMIT = 6 };

static const Expr *num(Form *f, slong n) { return expr_int(f->pool, n); }
static const Expr *pi(Form *f) { return expr_constant(f->pool, CONSTANT_PI); }
static const Expr *plus(Form *f, const Expr *u, slong n) { return expr_add(f->pool, u, num(f, n)); }

/* ---- arguments ---------------------------------------------------------------------------------------------------------- */

/* u = base + whole, base = rest + fraction, 0 <= fraction < 1, and no number in rest. */
typedef struct Offset { const Expr *base, *rest, *fraction; slong whole; } Offset;

static bool offset_of(Form *f, const Expr *u, Offset *o)
{
    Pool       *p = f->pool;
    const Expr *e = expr_expand(p, u), *c = num(f, 0);
    if (!e)
        return false;
    for (uint32_t i = 0; e->kind == EXPR_ADD && i < e->arity; i++)
        if (expr_is_number(e->arg[i]))
            c = e->arg[i];
    if (expr_is_number(e))
        c = e;
    const Expr *whole = expr_call1(p, FN_floor, c);
    o->rest = expr_sub(p, e, c);
    o->fraction = expr_sub(p, c, whole);
    o->base = expr_add(p, o->rest, o->fraction);
    return o->base && expr_fits_slong(whole, &o->whole) && labs(o->whole) <= SHIFT_LIMIT;
}

/* The greatest common divisor of the coefficients of the terms of e, which is not 0. */
static void content(Pool *p, const Expr *e, fmpq_t out)
{
    const Expr *const *term = e->kind == EXPR_ADD ? e->arg : &e;
    size_t             n = e->kind == EXPR_ADD ? e->arity : 1;
    fmpq_zero(out);
    for (size_t i = 0; i < n; i++) {
        const Expr *rest;
        fmpq_gcd(out, out, expr_number(expr_split_coefficient(p, term[i], &rest)));
    }
}

static bool of_gamma(const Expr *e)
{
    return expr_is_call(e, FN_gamma) || expr_is_call(e, FN_digamma) || expr_is_call(e, FN_polygamma);
}

/* The common denominator of the contents of the arguments of gamma, digamma, polygamma. */
slong special_unit(Form *f, Nodes nodes)
{
    slong  unit = 1;
    fmpq_t c;
    fmpq_init(c);
    for (size_t i = 0; i < nodes.n; i++) {
        Offset o;
        if (!of_gamma(nodes.at[i]) || !offset_of(f, nodes.at[i]->arg[nodes.at[i]->arity - 1], &o) || expr_is_zero(o.rest))
            continue;
        content(f->pool, o.rest, c);
        slong d = fmpz_fits_si(fmpq_denref(c)) ? fmpz_get_si(fmpq_denref(c)) : UNIT_LIMIT + 1;
        if (d > 1 && d <= UNIT_LIMIT && unit % d)
            unit = unit * d <= UNIT_LIMIT ? unit * d : unit;
    }
    fmpq_clear(c);
    return unit;
}

/* How many units of its terms is rest? 1 if not a whole number up to UNIT_LIMIT. */
static slong multiple_of(Form *f, const Expr *rest)
{
    fmpq_t c;
    fmpq_init(c);
    content(f->pool, rest, c);
    fmpq_mul_si(c, c, f->unit);
    slong m = fmpz_is_one(fmpq_denref(c)) && fmpz_cmp_si(fmpq_numref(c), UNIT_LIMIT) <= 0 ? fmpz_get_si(fmpq_numref(c)) : 1;
    fmpq_clear(c);
    return m;
}

/* ---- gamma ---------------------------------------------------------------------------------------------------------------- */

/* The sum or product of base + k over the steps from base to base + n, each to the power: as it enters gamma(base + n). */
static const Expr *steps(Form *f, const Expr *base, slong n, slong power, bool product)
{
    Pool       *p = f->pool;
    const Expr *out = num(f, product ? 1 : 0);
    for (slong k = n > 0 ? 0 : n; k < (n > 0 ? n : 0); k++) {
        const Expr *step = expr_powi(p, plus(f, base, k), power);
        out = product ? expr_mul(p, out, step) : expr_add(p, out, step);
    }
    return n < 0 && !product ? expr_neg(p, out) : n < 0 ? expr_powi(p, out, -1) : out;
}

static const Expr *gamma_form(Form *f, const Expr *u)
{
    Pool  *p = f->pool;
    Offset o;
    if (!offset_of(f, u, &o) || expr_is_zero(o.rest))
        return expr_call1(p, FN_gamma, u);
    if (expr_leads_negative(o.rest)) {
        const Expr *below = expr_mul(p, expr_call1(p, FN_sin, expr_mul(p, pi(f), u)), gamma_form(f, expr_sub(p, num(f, 1), u)));
        return expr_div(p, pi(f), below);
    }
    slong       m = multiple_of(f, o.rest);
    const Expr *w = o.base, *g = expr_call1(p, FN_gamma, w);
    if (m > 1) {                    /* gamma(m*z) = (2*pi)^((1 - m)/2)*m^(m*z - 1/2)*gamma(z)*gamma(z + 1/m)*... */
        g = expr_mul(p, expr_pow(p, expr_mul(p, num(f, 2), pi(f)), expr_ratio(p, 1 - m, 2)),
                     form_exp(f, expr_mul(p, expr_sub(p, w, expr_ratio(p, 1, 2)), form_log(f, num(f, m)))));
        for (slong j = 0; j < m; j++) {
            Offset      part;
            const Expr *z = expr_div(p, plus(f, w, j), num(f, m));
            if (!offset_of(f, z, &part))
                return NULL;
            g = expr_mul(p, g, expr_mul(p, expr_call1(p, FN_gamma, part.base), steps(f, part.base, part.whole, 1, true)));
        }
    }
    return expr_mul(p, g, steps(f, w, o.whole, 1, true));
}

/* polygamma(order, u), order 0: digamma */
static const Expr *polygamma_call(Form *f, slong order, const Expr *u)
{
    return order ? expr_call2(f->pool, FN_polygamma, num(f, order), u) : expr_call1(f->pool, FN_digamma, u);
}

static const Expr *polygamma_shift(Form *f, slong order, const Offset *o)
{
    Pool       *p = f->pool;
    const Expr *factor = num(f, order % 2 ? -1 : 1);
    for (slong k = 2; k <= order; k++)
        factor = expr_mul(p, factor, num(f, k));
    return expr_mul(p, factor, steps(f, o->base, o->whole, -order - 1, false));
}

static const Expr *polygamma_form(Form *f, slong order, const Expr *u)
{
    Pool  *p = f->pool;
    Offset o;
    if (!offset_of(f, u, &o) || expr_is_zero(o.rest) || order < 0 || order > 12)
        return NULL;
    if (expr_leads_negative(o.rest) && order == 0) {
        const Expr *angle = expr_mul(p, pi(f), u), *cot = expr_div(p, expr_call1(p, FN_cos, angle), expr_call1(p, FN_sin, angle));
        return expr_sub(p, polygamma_form(f, 0, expr_sub(p, num(f, 1), u)), expr_mul(p, pi(f), cot));
    }
    slong       m = multiple_of(f, o.rest);
    const Expr *sum = m > 1 ? num(f, 0) : polygamma_call(f, order, o.base);
    for (slong j = 0; j < m && m > 1; j++) {
        Offset part;
        if (!offset_of(f, expr_div(p, plus(f, o.base, j), num(f, m)), &part))
            return NULL;
        sum = expr_add(p, sum, expr_add(p, polygamma_call(f, order, part.base), polygamma_shift(f, order, &part)));
    }
    if (m > 1)
        sum = expr_mul(p, sum, expr_powi(p, num(f, m), -order - 1));
    if (m > 1 && order == 0)
        sum = expr_add(p, sum, form_log(f, num(f, m)));
    return expr_add(p, sum, polygamma_shift(f, order, &o));
}

static const Expr *lgamma_form(Form *f, const Expr *u)
{
    Pool  *p = f->pool;
    Offset o;
    if (!offset_of(f, u, &o) || expr_is_zero(o.rest) || o.whole < 0 || proof_of_sign(p, o.base) <= 0)
        return NULL;
    return expr_add(p, expr_call1(p, FN_lgamma, o.base), form_log(f, steps(f, o.base, o.whole, 1, true)));
}

/* gamma(a)*gamma(b)/gamma(c) */
static const Expr *gamma_quotient(Form *f, const Expr *a, const Expr *b, const Expr *c)
{
    Pool *p = f->pool;
    return expr_div(p, expr_mul(p, gamma_form(f, a), gamma_form(f, b)), gamma_form(f, c));
}

static const Expr *binomial_form(Form *f, const Expr *u, const Expr *v)
{
    Pool       *p = f->pool;
    const Expr *below = expr_mul(p, gamma_form(f, plus(f, v, 1)), gamma_form(f, plus(f, expr_sub(p, u, v), 1)));
    return expr_div(p, gamma_form(f, plus(f, u, 1)), below);
}

/* zeta(u) = 2^u*pi^(u - 1)*sin(pi*u/2)*gamma(1 - u)*zeta(1 - u), towards the side where u does not lead with a minus. */
static const Expr *zeta_form(Form *f, const Expr *u)
{
    Pool  *p = f->pool;
    Offset o;
    if (!offset_of(f, u, &o) || expr_is_zero(o.rest) || !expr_leads_negative(o.rest))
        return NULL;
    const Expr *other = expr_sub(p, num(f, 1), u);
    const Expr *power = form_exp(f, expr_add(p, expr_mul(p, u, form_log(f, num(f, 2))), expr_mul(p, expr_neg(p, other), form_log(f, pi(f)))));
    const Expr *s = expr_call1(p, FN_sin, expr_mul(p, expr_ratio(p, 1, 2), expr_mul(p, pi(f), u)));
    return expr_mul(p, expr_mul(p, power, s), expr_mul(p, gamma_form(f, other), expr_call1(p, FN_zeta, other)));
}

/* ---- Bessel functions ------------------------------------------------------------------------------------------------------ */

/* Orders -1/2 and 1/2 are elementary. */
static const Expr *half_order(Form *f, FnId fn, bool minus, const Expr *x)
{
    Pool       *p = f->pool;
    const Expr *scale = expr_mul(p, expr_pow(p, expr_div(p, num(f, 2), pi(f)), expr_ratio(p, 1, 2)), expr_pow(p, x, expr_ratio(p, -1, 2)));
    switch ((int)fn) {
    case FN_besselj: return expr_mul(p, scale, expr_call1(p, minus ? FN_cos : FN_sin, x));
    case FN_bessely: return expr_mul(p, scale, minus ? expr_call1(p, FN_sin, x) : expr_neg(p, expr_call1(p, FN_cos, x)));
    case FN_besseli: return expr_mul(p, scale, expr_call1(p, minus ? FN_cosh : FN_sinh, x));
    default:
        return expr_mul(p, expr_mul(p, scale, expr_mul(p, expr_ratio(p, 1, 2), pi(f))), form_exp(f, expr_neg(p, x)));
    }
}

/* The function of order base + 1 of the second kind by the Wronskian: J_v*Y_(v+1) = J_(v+1)*Y_v - 2/(pi*x), I_v*K_(v+1) = 1/x - I_(v+1)*K_v. */
static const Expr *upper_order(Form *f, FnId fn, const Expr *base, const Expr *x)
{
    Pool       *p = f->pool;
    bool        y = fn == FN_bessely;
    FnId        first = y ? FN_besselj : FN_besseli;
    const Expr *next = plus(f, base, 1);
    if (fn != FN_bessely && fn != FN_besselk)
        return expr_call2(p, fn, next, x);
    const Expr *cross = expr_mul(p, expr_call2(p, first, next, x), expr_call2(p, fn, base, x));
    const Expr *inverse = expr_powi(p, x, -1);
    const Expr *above = y ? expr_sub(p, cross, expr_mul(p, expr_div(p, num(f, 2), pi(f)), inverse)) : expr_sub(p, inverse, cross);
    return expr_div(p, above, expr_call2(p, first, base, x));
}

static const Expr *bessel_form(Form *f, FnId fn, const Expr *order, const Expr *x)
{
    Pool  *p = f->pool;
    Offset o;
    if (!offset_of(f, order, &o))
        return NULL;
    bool  regular = fn == FN_besselj || fn == FN_besseli;
    if (expr_is_zero(o.base) && regular && expr_leads_negative(x)) {
        const Expr *even = bessel_form(f, fn, order, expr_neg(p, x));
        return o.whole % 2 ? expr_neg(p, even) : even;
    }
    bool        half = expr_is_number(o.base) && o.base == expr_ratio(p, 1, 2);
    slong       at = half ? -1 : 0;                                  /* low has order base + at */
    const Expr *low = half ? half_order(f, fn, true, x) : expr_call2(p, fn, o.base, x);
    const Expr *high = half ? half_order(f, fn, false, x) : upper_order(f, fn, o.base, x);
    slong       same = fn == FN_besselj || fn == FN_bessely ? -1 : 1, sign = fn == FN_besseli ? -1 : 1;
    /* C_(v+1) = sign*(2v/x)*C_v + same*C_(v-1) */
    while (low && high && o.whole != at && o.whole != at + 1) {
        bool        up = o.whole > at + 1;
        const Expr *v = plus(f, o.base, up ? at + 1 : at);
        const Expr *slope = expr_mul(p, num(f, 2 * sign), expr_div(p, v, x));
        const Expr *next = up ? expr_add(p, expr_mul(p, slope, high), expr_mul(p, num(f, same), low))
                              : expr_mul(p, num(f, same), expr_sub(p, high, expr_mul(p, slope, low)));
        if (up)
            low = high, high = next;
        else
            high = low, low = next;
        at += up ? 1 : -1;
    }
    return o.whole == at ? low : high;
}

/* ---- the rest --------------------------------------------------------------------------------------------------------------- */

static const Expr *floor_form(Form *f, const Expr *u)
{
    Offset o;
    if (!offset_of(f, u, &o) || expr_is_zero(o.rest))
        return NULL;
    return expr_add(f->pool, expr_call1(f->pool, FN_floor, o.base), num(f, o.whole));
}

/* The angle of (x, y): atan(y/x) on the right, and half a turn more or less on the left. */
static const Expr *angle_form(Form *f, const Expr *y, const Expr *x)
{
    Pool       *p = f->pool;
    int         right = proof_of_sign(p, x), above = proof_of_sign(p, y);
    const Expr *slope = expr_call1(p, FN_atan, expr_div(p, y, x));
    if (right > 0)
        return slope;
    if (right < 0 && above)
        return expr_add(p, slope, expr_mul(p, num(f, above), pi(f)));
    f->jumps = true;
    form_unsure(f, right ? y : x);
    return NULL;
}

const Expr *form_special(Form *f, FnId fn, const Expr *const *u, size_t n)
{
    Pool *p = f->pool;
    slong order;
    (void)n;
    switch ((int)fn) {
    case FN_gamma:     return gamma_form(f, u[0]);
    case FN_factorial: return gamma_form(f, plus(f, u[0], 1));
    case FN_lgamma:    return lgamma_form(f, u[0]);
    case FN_digamma:   return polygamma_form(f, 0, u[0]);
    case FN_polygamma: return expr_fits_slong(u[0], &order) ? polygamma_form(f, order, u[1]) : NULL;
    case FN_beta:      return gamma_quotient(f, u[0], u[1], expr_add(p, u[0], u[1]));
    case FN_binomial:  return binomial_form(f, u[0], u[1]);
    case FN_zeta:      return zeta_form(f, u[0]);
    case FN_besselj: case FN_bessely: case FN_besseli: case FN_besselk:
        return bessel_form(f, fn, u[0], u[1]);
    case FN_erfc:      return expr_sub(p, num(f, 1), expr_call1(p, FN_erf, u[0]));
    case FN_chi:       return proof_of_sign(p, u[0]) > 0 ? expr_sub(p, expr_call1(p, FN_ei, u[0]), expr_call1(p, FN_shi, u[0])) : NULL;
    case FN_li:        return proof_of_sign(p, u[0]) > 0 ? expr_call1(p, FN_ei, form_log(f, u[0])) : NULL;
    case FN_floor:     return floor_form(f, u[0]);
    case FN_ceil: {
        const Expr *minus = expr_neg(p, u[0]), *low = floor_form(f, minus);
        return expr_neg(p, low ? low : expr_call1(p, FN_floor, minus));
    }
    case FN_mod: {
        const Expr *ratio = expr_div(p, u[0], u[1]), *low = ratio ? floor_form(f, ratio) : NULL;
        return expr_sub(p, u[0], expr_mul(p, u[1], low ? low : expr_call1(p, FN_floor, ratio)));
    }
    case FN_atan2:     return angle_form(f, u[0], u[1]);
    default:           return NULL;
    }
}
