/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strategies of simplify. None of them decides anything: simplify.c keeps a candidate only if it is shorter and no ball tells
 * it from the input. Rules that need a sign ask proof_of_sign, so log(a) + log(b) joins only where a and b are positive. */
#include "symbolic/algebra/strategies.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/algebra/radicals.h"
#include "symbolic/algebra/rational.h"
#include "symbolic/algebra/rewrite.h"
#include "symbolic/algebra/trig.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/memo.h"

#include <math.h>

/* ---- what occurs ------------------------------------------------------------------------------------------------------ */

static unsigned call_feature(FnId fn)
{
    switch ((int)fn) {
    case FN_sin: case FN_cos: case FN_tan: case FN_cot: case FN_sec: case FN_csc:
    case FN_sinh: case FN_cosh: case FN_tanh: case FN_coth: case FN_sech: case FN_csch:
        return HAS_WAVE;
    case FN_exp: case FN_expm1: case FN_sigmoid:
        return HAS_EXP;
    case FN_log: case FN_log2: case FN_log10: case FN_log1p: case FN_softplus: case FN_lgamma:
        return HAS_LOG;
    case FN_cbrt: case FN_nthroot: case FN_hypot:
        return HAS_ROOT;
    case FN_abs: case FN_sign: case FN_max: case FN_min: case FN_relu:
        return HAS_SIZE;
    case FN_factorial: case FN_binomial:
        return HAS_SPECIAL | HAS_FACTORIAL;
    case FN_asin: case FN_acos: case FN_atan: case FN_acot: case FN_asec: case FN_acsc: case FN_asinh: case FN_acosh: case FN_atanh:
        return HAS_INVERSE;
    default:
        return HAS_SPECIAL;
    }
}

bool call_is_special(FnId fn) { return call_feature(fn) & HAS_SPECIAL; }

/* About how many terms e has when everything is multiplied out and angles are taken apart, from those of its arguments. */
static double terms_of(const Expr *e, const Memo *terms)
{
    double all = e->kind == EXPR_ADD ? 0 : 1;
    slong  n;
    for (uint32_t i = 0; i < e->arity && (e->kind == EXPR_ADD || e->kind == EXPR_MUL); i++) {
        double t = *(double *)memo_get(terms, e->arg[i]);
        all = e->kind == EXPR_ADD ? all + t : all * t;
    }
    if (e->kind == EXPR_POW && expr_fits_slong(e->arg[1], &n)) {
        double m = *(double *)memo_get(terms, e->arg[0]), k = fabs((double)n);
        all = m <= 1 ? 1 : exp(fmin(600, lgamma(k + m) - lgamma(k + 1) - lgamma(m)));
    } else if (e->kind == EXPR_CALL && call_feature(e->fn->id) == HAS_WAVE) {
        all = e->arg[0]->kind == EXPR_ADD ? exp2(fmin(60, e->arg[0]->arity)) : 2;
    }
    return fmin(all, 1e300);
}

Features expr_features(Pool *p, Arena *a, const Expr *e)
{
    Nodes    nodes = expr_nodes(p, a, &e, 1);
    Memo     terms = memo_new(a);
    Features f = { .nodes = nodes.n };
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *u = nodes.at[i];
        double     *t = arena_alloc(a, sizeof *t);
        *t = terms_of(u, &terms);
        memo_put(&terms, u, t);
        f.terms = fmax(f.terms, *t);
        if (u->kind == EXPR_ADD)
            f.has |= HAS_SUM;
        else if (u->kind == EXPR_POW)
            f.has |= expr_is_integer(u->arg[1]) ? HAS_POWER : expr_is_number(u->arg[1]) ? HAS_ROOT : HAS_EXP;
        else if (u->kind == EXPR_CALL)
            f.has |= call_feature(u->fn->id);
        else if (u->kind == EXPR_PIECEWISE)
            f.has |= HAS_CONDITION;
    }
    return f;
}

/* ---- normal forms ------------------------------------------------------------------------------------------------------- */

static const Expr *zero_if_proved(Pool *p, const Expr *e)
{
    bool sum = e->kind == EXPR_ADD && !e->shape && !(e->flags & EXPR_HAS_TENSOR);
    return sum && expr_zero_test(p, e).answer == YES ? expr_int(p, 0) : NULL;
}

/* The value at all symbols 1, or 1/2, if the zero test proves that e is that everywhere: atan(u) + atan(1/u) = pi/2 for u > 0. */
static const Expr *constant_if_proved(Pool *p, const Expr *e)
{
    Arena       *a = arena_new();
    Nodes        s = expr_symbols(p, a, e);
    const Expr **value = arena_array(a, const Expr *, s.n + 1), *found = NULL;
    for (slong d = 1; d <= 2 && s.n && !found; d++) {
        for (size_t i = 0; i < s.n; i++)
            value[i] = expr_ratio(p, 1, expr_is_whole_symbol(s.at[i]) ? 1 : d);
        const Expr *c = expr_subst(p, e, s.at, value, s.n);
        if (!c)
            pool_clear_error(p);
        if (c && !(c->flags & (EXPR_HAS_INFINITE | EXPR_HAS_BALL)) && expr_zero_test(p, expr_sub(p, e, c)).answer == YES)
            found = c;
    }
    arena_delete(a);
    return found;
}

static const Expr *factored_normal_form(Pool *p, const Expr *e)
{
    const Expr *n = expr_normal_form(p, e);
    return n ? expr_factor(p, n) : NULL;
}

static const Expr *factored_sine_form(Pool *p, const Expr *e)
{
    const Expr *n = expr_sine_form(p, e);
    return n ? expr_factor(p, n) : NULL;
}

/* ---- circular and hyperbolic functions ------------------------------------------------------------------------------------ */

static const Expr *normal_waves(Pool *p, const Expr *e)
{
    const Expr *n = expr_normal_form(p, e);
    return n ? expr_trig_reduce(p, n) : NULL;
}

static const Expr *expanded_waves(Pool *p, const Expr *e)
{
    const Expr *x = expr_trig_expand(p, e);
    return x ? factored_normal_form(p, x) : NULL;
}

static const Expr *expanded_sines(Pool *p, const Expr *e)
{
    const Expr *x = expr_trig_expand(p, e);
    return x ? factored_sine_form(p, x) : NULL;
}

static const Expr *base_of(const Expr *f) { return f->kind == EXPR_POW && expr_is_integer(f->arg[1]) ? f->arg[0] : f; }

static slong exponent_of(const Expr *f)
{
    slong n = 1;
    return f->kind != EXPR_POW ? 1 : expr_fits_slong(f->arg[1], &n) ? n : 0;
}

/* sin(u)^n*cos(u)^-m has tan(u)^min(n, m) as a factor, and cos^n*sin^-m its inverse. */
static const Expr *tangent_of_product(Pool *p, const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        for (uint32_t j = 0; j < e->arity; j++) {
            const Expr *s = base_of(e->arg[i]), *c = base_of(e->arg[j]);
            slong       n = exponent_of(e->arg[i]), m = exponent_of(e->arg[j]);
            bool        circular = expr_is_call(s, FN_sin) && expr_is_call(c, FN_cos);
            if ((!circular && !(expr_is_call(s, FN_sinh) && expr_is_call(c, FN_cosh))) || s->arg[0] != c->arg[0] || n * m >= 0)
                continue;
            slong       k = n > 0 ? (n < -m ? n : -m) : -(-n < m ? -n : m);
            const Expr *tangent = expr_call1(p, circular ? FN_tan : FN_tanh, s->arg[0]);
            const Expr *rest = expr_mul(p, e, expr_mul(p, expr_powi(p, s, -k), expr_powi(p, c, k)));
            return expr_mul(p, rest, expr_powi(p, tangent, k));
        }
    return e;
}

static const Expr *with_tangents(Pool *p, const Expr *e) { return expr_map_nodes(p, e, EXPR_MUL, tangent_of_product); }

static const Expr *normal_tangents(Pool *p, const Expr *e)
{
    const Expr *n = expr_normal_form(p, e);
    return n ? with_tangents(p, n) : NULL;
}

/* ---- exponentials ----------------------------------------------------------------------------------------------------------- */

static const Expr *written_by(Pool *p, const Expr *e, Str by)
{
    const Expr *r = expr_rewrite(p, e, rewrite_find(by));
    return r ? expr_expand(p, r) : NULL;
}

/* exp(i*u) = cos(u) + i*sin(u) for real u */
static const Expr *euler_of_call(Pool *p, const Expr *e)
{
    const Expr *i = expr_constant(p, CONSTANT_I);
    if (!expr_is_call(e, FN_exp) || !(e->arg[0]->flags & EXPR_HAS_I))
        return e;
    const Expr *u = expr_expand(p, expr_mul(p, e->arg[0], expr_neg(p, i)));
    if (!u || !(u->flags & EXPR_REAL))
        return e;
    return expr_add(p, expr_call1(p, FN_cos, u), expr_mul(p, i, expr_call1(p, FN_sin, u)));
}

static const Expr *by_euler(Pool *p, const Expr *e)
{
    const Expr *r = expr_map_nodes(p, e, EXPR_CALL, euler_of_call);
    return r ? expr_factor(p, r) : NULL;
}

static const Expr *by_hyperbolic(Pool *p, const Expr *e)
{
    const Expr *r = expr_rewrite(p, e, rewrite_find(STR("cosh")));
    return r ? factored_normal_form(p, r) : NULL;
}

static const Expr *by_exponentials(Pool *p, const Expr *e) { return written_by(p, e, STR("exp")); }

/* tan(u/2) for sin(u) and cos(u): (1 - cos(x))/sin(x) = tan(x/2) */
static const Expr *by_half_tangents(Pool *p, const Expr *e)
{
    const Expr *r = expr_rewrite(p, e, rewrite_find(STR("tan")));
    return r ? expr_factor(p, r) : NULL;
}

/* exp, cos and sin of whole multiples of pi, and powers of -1. */
static const Expr *whole_turn(Pool *p, const Expr *e)
{
    bool        power = e->kind == EXPR_POW && expr_is_int(e->arg[0], -1);
    const Expr *u = power ? e->arg[1] : e->kind == EXPR_CALL ? e->arg[0] : NULL, *rest, *c = u ? expr_split_coefficient(p, u, &rest) : NULL;
    const Expr *n = rest;
    if (!c || !expr_is_integer(c) || !(power || expr_is_call(e, FN_sin) || expr_is_call(e, FN_cos) || expr_is_call(e, FN_tan)))
        return e;
    if (!power)
        n = expr_div(p, rest, expr_constant(p, CONSTANT_PI));
    const Expr *const *f = n && n->kind == EXPR_MUL ? n->arg : &n;
    for (uint32_t i = 0; n && i < (n->kind == EXPR_MUL ? n->arity : 1); i++)
        if (!expr_is_whole_symbol(f[i]))
            return e;
    if (!n || expr_is_number(n))
        return e;
    if (expr_is_call(e, FN_sin) || expr_is_call(e, FN_tan))
        return expr_int(p, 0);
    return fmpz_is_even(fmpq_numref(expr_number(c))) ? expr_int(p, 1) : expr_pow(p, expr_int(p, -1), n);
}

static const Expr *with_whole_turns(Pool *p, const Expr *e)
{
    e = expr_map_nodes(p, e, EXPR_CALL, whole_turn);
    return e ? expr_map_nodes(p, e, EXPR_POW, whole_turn) : NULL;
}

/* ---- gamma and its kin ------------------------------------------------------------------------------------------------------ */

static const Expr *by_gamma(Pool *p, const Expr *e)
{
    const Expr *g = expr_rewrite(p, e, rewrite_find(STR("gamma"))), *r = g ? expr_split_signs(p, g) : NULL;
    return r ? expr_factor(p, r) : NULL;
}

/* u*factorial(u - 1) = factorial(u) */
static const Expr *absorbed_factor(Pool *p, const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *next = expr_is_call(e->arg[i], FN_factorial) ? expr_add(p, e->arg[i]->arg[0], expr_int(p, 1)) : NULL;
        for (uint32_t j = 0; next && j < e->arity; j++)
            if (e->arg[j] == next)
                return expr_mul(p, expr_div(p, e, expr_mul(p, e->arg[i], next)), expr_call1(p, FN_factorial, next));
    }
    return e;
}

static const Expr *by_factorial(Pool *p, const Expr *e)
{
    const Expr *g = by_gamma(p, e), *r = g ? expr_rewrite(p, g, rewrite_find(STR("factorial"))) : NULL;
    return r ? expr_map_nodes(p, r, EXPR_MUL, absorbed_factor) : NULL;
}

static const Expr *split_expanded(Pool *p, const Expr *e)
{
    const Expr *r = expr_split_signs(p, e);
    return r ? expr_expand(p, r) : NULL;
}

/* ---- logarithms --------------------------------------------------------------------------------------------------------------- */

static bool is_positive(Pool *p, const Expr *u) { return expr_is_number(u) ? expr_number_sign(u) > 0 : proof_of_sign(p, u) > 0; }

/* c*log(u) + d*log(v) = log(u^c*v^d) for positive u, v and small whole c, d, or all halves. */
static const Expr *joined_logarithms(Pool *p, const Expr *e)
{
    const Expr *inside = expr_int(p, 1), *rest = expr_int(p, 0);
    int         joined = 0;
    for (uint32_t i = 0; i < e->arity; i++) {
        const Expr *log, *c = expr_split_coefficient(p, e->arg[i], &log);
        slong       n;
        bool        joins = expr_is_call(log, FN_log) && expr_fits_slong(c, &n) && n >= -8 && n <= 8 && is_positive(p, log->arg[0]);
        if (joins)
            inside = expr_mul(p, inside, expr_powi(p, log->arg[0], n));
        else
            rest = expr_add(p, rest, e->arg[i]);
        joined += joins;
    }
    return joined > 1 ? expr_add(p, rest, expr_call1(p, FN_log, expr_together(p, inside))) : e;
}

static const Expr *with_joined_logarithms(Pool *p, const Expr *e) { return expr_map_nodes(p, e, EXPR_ADD, joined_logarithms); }

static const Expr *split_and_joined(Pool *p, const Expr *e)
{
    const Expr *r = expr_split_signs(p, e);
    return r ? with_joined_logarithms(p, r) : NULL;
}

/* ---- sizes and signs ------------------------------------------------------------------------------------------------------------ */

/* Two factors abs(u)^n, sign(u)^m or u^k of a product (or one of them alone, g = NULL) as others: abs(u)^2 = u^2, abs(u)*sign(u) = u,
 * sign(u)^3 = sign(u). NULL: nothing to do. */
static const Expr *joined_sizes(Pool *p, const Expr *f, const Expr *g)
{
    const Expr *a = base_of(f), *b = g ? base_of(g) : NULL, *u = a->kind == EXPR_CALL ? a->arg[0] : NULL;
    slong       n = exponent_of(f), m = g ? exponent_of(g) : 0;
    if (!u || !(u->flags & EXPR_REAL) || n == 0)
        return NULL;
    if (!g && expr_is_call(a, FN_abs))
        return n % 2 == 0 ? expr_powi(p, u, n) : n > 1 ? expr_mul(p, a, expr_powi(p, u, n - 1)) : NULL;
    if (!g && expr_is_call(a, FN_sign))
        return n > 2 ? expr_powi(p, a, n % 2 ? 1 : 2) : n < 0 ? expr_powi(p, a, n % 2 ? 1 : 2) : NULL;
    if (!g || !expr_is_call(a, FN_abs))
        return NULL;
    if (n > 0 && expr_is_call(b, FN_sign) && b->arg[0] == u && m > 0)
        return expr_mul(p, expr_mul(p, expr_powi(p, a, n - 1), expr_powi(p, b, m - 1)), u);
    return NULL;
}

/* abs(u)/u = u/abs(u) = sign(u) */
static const Expr *sign_of_product(Pool *p, const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        for (uint32_t j = 0; j < e->arity; j++) {
            const Expr *a = base_of(e->arg[i]), *b = base_of(e->arg[j]);
            slong       n = exponent_of(e->arg[i]), m = exponent_of(e->arg[j]);
            if (!expr_is_call(a, FN_abs) || a->arg[0] != b || !(b->flags & EXPR_REAL) || n * m >= 0)
                continue;
            const Expr *rest = expr_mul(p, e, expr_mul(p, expr_powi(p, a, n > 0 ? -1 : 1), expr_powi(p, b, m > 0 ? -1 : 1)));
            return expr_mul(p, rest, expr_call1(p, FN_sign, b));
        }
    return e;
}

static const Expr *with_signs(Pool *p, const Expr *e) { return expr_map_nodes(p, e, EXPR_MUL, sign_of_product); }

static const Expr *sizes_of_product(Pool *p, const Expr *e)
{
    for (int turn = 0; turn < 20 && e && (e->kind == EXPR_MUL || e->kind == EXPR_POW); turn++) {
        const Expr *const *f = e->kind == EXPR_MUL ? e->arg : &e, *found = NULL;
        size_t             n = e->kind == EXPR_MUL ? e->arity : 1;
        for (size_t i = 0; i < n && !found; i++) {
            const Expr *one = joined_sizes(p, f[i], NULL);
            found = one ? expr_mul(p, expr_div(p, e, f[i]), one) : NULL;
            for (size_t j = 0; j < n && !found; j++) {
                const Expr *two = i == j ? NULL : joined_sizes(p, f[i], f[j]);
                found = two ? expr_mul(p, expr_div(p, e, expr_mul(p, f[i], f[j])), two) : NULL;
            }
        }
        if (!found)
            break;
        e = found;
    }
    return e;
}

static const Expr *with_sizes(Pool *p, const Expr *e)
{
    e = expr_map_nodes(p, e, EXPR_POW, sizes_of_product);
    return e ? expr_map_nodes(p, e, EXPR_MUL, sizes_of_product) : NULL;
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------------ */

static const Expr *radicals_of_node(Pool *p, const Expr *e)
{
    const Expr *r = e->flags & EXPR_HAS_SYMBOL ? NULL : expr_radicals(p, e);
    return r ? r : e;
}

static const Expr *with_radicals(Pool *p, const Expr *e)
{
    if (expr_is_numeric(e))
        return expr_radicals(p, e);
    e = expr_map_nodes(p, e, EXPR_POW, radicals_of_node);
    e = e ? expr_map_nodes(p, e, EXPR_CALL, radicals_of_node) : NULL;
    return e ? expr_map_nodes(p, e, EXPR_ADD, radicals_of_node) : NULL;
}

const Strategy strategies[] = {
    { HAS_SUM, 400, zero_if_proved },
    { HAS_INVERSE | HAS_SPECIAL | HAS_LOG | HAS_SIZE, 40, constant_if_proved },
    { HAS_ROOT | HAS_LOG | HAS_SIZE | HAS_SPECIAL | HAS_INVERSE | HAS_EXP | HAS_CONDITION, 400, expr_split_signs },
    { HAS_SUM | HAS_EXP | HAS_ROOT, 20000, expr_expand },
    { HAS_SUM | HAS_POWER, 4000, expr_together },
    { HAS_SUM, 4000, expr_factor },
    { HAS_SUM | HAS_WAVE | HAS_EXP | HAS_ROOT | HAS_POWER, 4000, expr_normal_form },
    { HAS_SUM | HAS_WAVE, 2000, factored_normal_form },
    { HAS_WAVE, 1000, expr_sine_form },
    { HAS_WAVE, 1000, factored_sine_form },
    { HAS_WAVE, 400, expr_trig_reduce },
    { HAS_WAVE, 400, normal_waves },
    { HAS_WAVE, 400, expanded_waves },
    { HAS_WAVE, 400, expanded_sines },
    { HAS_WAVE, 400, with_tangents },
    { HAS_WAVE, 400, normal_tangents },
    { HAS_WAVE, 400, by_half_tangents },
    { HAS_WAVE, 400, by_exponentials },
    { HAS_EXP, 400, by_hyperbolic },
    { HAS_EXP, 400, by_euler },
    { HAS_LOG, 400, with_joined_logarithms },
    { HAS_LOG, 400, split_and_joined },
    { HAS_SIZE, 400, with_sizes },
    { GIVEN_SIZE, 400, with_signs },
    { HAS_SPECIAL, 400, by_gamma },
    { HAS_SPECIAL | HAS_SIZE | HAS_LOG, 400, split_expanded },
    { HAS_FACTORIAL, 400, by_factorial },
    { HAS_WAVE | HAS_POWER | HAS_EXP, 400, with_whole_turns },
    { HAS_ROOT | HAS_WAVE, 200, with_radicals },
    { 0, 0, NULL }
};
