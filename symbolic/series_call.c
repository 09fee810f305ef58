/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of functions applied to a series.
 *
 * Four ways, tried in this order: a row of the table below (quotients of exp, sin, cos; absolute value, steps and
 * branches, which the sign of a leading term decides); at a pole of the argument, a finite value such as atan(oo) that
 * is approached smoothly; where the derivative rule is elementary, f(a) = f(a0) + integral of f'(a) a'; else the Taylor
 * coefficients of f at a0 by repeated derivatives, composed by Horner. */
#include "symbolic/diff.h"
#include "symbolic/evaluate.h"
#include "symbolic/series_int.h"
#include "symbolic/zero.h"

typedef Local (*CallRule)(Expansion *x, const Expr *e, const Local *arg);

static const char two_signs[] = "the sign differs on the two sides, or could not be decided";

/* Is c certainly a finite number, or an expression in parameters? */
static bool is_finite(Expansion *x, const Expr *c)
{
    if (!c || (c->flags & EXPR_HAS_INFINITE)) {
        pool_clear_error(x->pool);
        return false;
    }
    if (!expr_is_numeric(c))
        return true;
    acb_t z;
    acb_init(z);
    EvalStatus status = expr_enclose(x->pool, c, NULL, NULL, 0, 128, z, NULL);
    acb_clear(z);
    return status == EVAL_OK;
}

/* ---- quotients of exp, sin and cos --------------------------------------------------------------------------------- */

static Local quotient(Expansion *x, Local a, Local b)
{
    if (a.status || b.status)
        return a.status ? a : b;
    b = local_inverse(x, b);
    return b.status ? b : local_mul(x, a, b);
}

static Local exp_rule(Expansion *x, const Expr *e, const Local *arg)
{
    (void)e;
    return local_exp(x, arg[0]);
}

static Local log_rule(Expansion *x, const Expr *e, const Local *arg)
{
    (void)e;
    return local_log(x, arg[0]);
}

static Local sin_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local s, c;
    local_sin_cos(x, arg[0], e->fn->id == FN_sinh || e->fn->id == FN_csch, &s, &c);
    return s;
}

static Local cos_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local s, c;
    local_sin_cos(x, arg[0], e->fn->id == FN_cosh || e->fn->id == FN_sech, &s, &c);
    return c;
}

/* The value of e with a0 for its only argument; NULL if a0 is 0, does not exist, or the value is not finite. */
static const Expr *value_beside_zero(Expansion *x, const Expr *e, Local a)
{
    const Expr *a0 = !a.status && a.low >= 0 ? local_at(a, 0) : NULL, *value = a0 ? expr_call(x->pool, e->fn, &a0, 1) : NULL;
    return value && is_finite(x, value) ? value : NULL;
}

static Local tan_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local       s, c;
    const Expr *y0 = value_beside_zero(x, e, arg[0]);
    if (y0)
        return local_riccati(x, arg[0], y0, 1);
    local_sin_cos(x, arg[0], false, &s, &c);
    return quotient(x, s, c);
}

static Local cot_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local s, c;
    local_sin_cos(x, arg[0], e->fn->id == FN_coth, &s, &c);
    return quotient(x, c, s);
}

static Local sec_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local c = cos_rule(x, e, arg);
    return c.status ? c : local_inverse(x, c);
}

static Local csc_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local s = sin_rule(x, e, arg);
    return s.status ? s : local_inverse(x, s);
}

/* tanh(a) = s*(1 - h)/(1 + h), h = exp(-2*s*a), with the sign s = 1 or -1 that makes h small at a pole of a. */
static Local tanh_at_pole(Expansion *x, Local a)
{
    int sign;
    if (!local_sign(x, a, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    Local h = local_scale(x, expr_int(x->pool, -2 * sign), a);
    h = h.status ? h : local_exp(x, h);
    if (h.status)
        return h;
    Local one = local_constant(x, expr_int(x->pool, 1)), r = quotient(x, local_sub(x, one, h), local_sum(x, (Local[]){ one, h }, 2));
    return r.status ? r : local_scale(x, expr_int(x->pool, sign), r);
}

static Local tanh_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local       s, c, a = local_strip(x, arg[0]);
    const Expr *y0 = value_beside_zero(x, e, a);
    if (y0)
        return local_riccati(x, a, y0, -1);
    if (!a.status && a.low < 0 && a.n)
        return tanh_at_pole(x, a);
    local_sin_cos(x, a, true, &s, &c);
    return quotient(x, s, c);
}

static Local sqrt_rule(Expansion *x, const Expr *e, const Local *arg)
{
    (void)e;
    return local_power(x, arg[0], expr_ratio(x->pool, 1, 2));
}

/* The real cube root is odd, so the sign moves outside. */
static Local cbrt_rule(Expansion *x, const Expr *e, const Local *arg)
{
    const Expr *third = expr_ratio(x->pool, 1, 3), *minus = expr_int(x->pool, -1);
    Local       a = local_strip(x, arg[0]);
    int         sign = 1;
    (void)e;
    if (a.status || a.n == 0 || !coefficient_sign(x, a.c[0], &sign) || sign > 0)
        return local_power(x, a, third);
    a = local_scale(x, minus, a);
    a = a.status ? a : local_power(x, a, third);
    return a.status ? a : local_scale(x, minus, a);
}

/* ---- sign, steps, extremes, branches -------------------------------------------------------------------------------- */

static Local abs_rule(Expansion *x, const Expr *e, const Local *arg)
{
    int   sign;
    Local a = local_strip(x, arg[0]);
    (void)e;
    if (!a.status && a.n == 0)
        return a;                       /* |O(t^k)| is O(t^k) */
    if (!local_sign(x, a, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    return local_scale(x, expr_int(x->pool, sign), a);
}

static Local sign_rule(Expansion *x, const Expr *e, const Local *arg)
{
    int   sign;
    Local a = local_strip(x, arg[0]);
    (void)e;
    if (!a.status && a.n == 0)
        return local_fail(LOCAL_MORE, "the argument of sign vanishes as far as it was expanded");
    if (!local_sign(x, a, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    return local_constant(x, expr_int(x->pool, sign));
}

/* floor or ceil: constant beside the point; at a jump the side on which the argument approaches decides. */
static Local step_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Pool *p = x->pool;
    Local a = arg[0];
    if (a.low < 0)
        return local_fail(LOCAL_NONE, "infinitely many steps");
    if (local_end(a) <= 0)
        return local_fail(LOCAL_MORE, "too few terms for a step function");
    const Expr *a0 = local_at(a, 0) ? local_at(a, 0) : expr_int(p, 0), *value = expr_call(p, e->fn, &a0, 1);
    if (!value || !expr_is_integer(value))
        return local_fail(LOCAL_UNDECIDED, "the value of a step function could not be decided");
    if (expr_zero_test(p, expr_sub(p, a0, value)).answer == NO)
        return local_constant(x, value);
    int   sign;
    Local beside = local_sub(x, a, local_constant(x, a0));
    beside = local_strip(x, beside);
    if (!beside.status && beside.n == 0)
        return local_fail(LOCAL_MORE, "the argument of a step function is constant as far as it was expanded");
    if (!local_sign(x, beside, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    int step = e->fn->id == FN_floor ? (sign < 0 ? -1 : 0) : (sign > 0 ? 1 : 0);
    return local_constant(x, expr_add(p, value, expr_int(p, step)));
}

/* round jumps half-way between integers. */
static Local round_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Pool       *p = x->pool;
    Local       a = arg[0];
    const Expr *a0 = local_at(a, 0) ? local_at(a, 0) : expr_int(p, 0), *half = expr_ratio(p, 1, 2);
    if (a.low < 0 || local_end(a) <= 0)
        return local_fail(a.low < 0 ? LOCAL_NONE : LOCAL_MORE, "infinitely many steps");
    const Expr *below = expr_call1(p, FN_floor, a0);
    Truth       jump = expr_zero_test(p, expr_sub(p, expr_sub(p, a0, below), half)).answer;
    if (jump == NO)
        return local_constant(x, expr_call(p, e->fn, &a0, 1));
    int   sign;
    Local beside = local_strip(x, local_sub(x, a, local_constant(x, a0)));
    if (jump == UNKNOWN || !local_sign(x, beside, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    return local_constant(x, expr_add(p, below, expr_int(p, sign > 0)));
}

static Local relu_rule(Expansion *x, const Expr *e, const Local *arg)
{
    int   sign;
    Local a = local_strip(x, arg[0]);
    (void)e;
    if (!a.status && a.n == 0)
        return a;
    if (!local_sign(x, a, &sign))
        return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
    return sign > 0 ? a : local_constant(x, expr_int(x->pool, 0));
}

/* Angles and complex parts may jump where their derivative rules are smooth. */
static Local refused_rule(Expansion *x, const Expr *e, const Local *arg)
{
    (void)x, (void)e, (void)arg;
    return local_fail(LOCAL_UNDECIDED, "an angle or a complex part has no series rule");
}

static Local extreme_rule(Expansion *x, const Expr *e, const Local *arg)
{
    Local best = arg[0];
    for (size_t i = 1; i < e->arity; i++) {
        int   sign;
        Local d = local_strip(x, local_sub(x, arg[i], best));
        if (d.status)
            return d;
        if (d.n == 0) {                 /* equal as far as known: no more is known of the extreme */
            best = local_end(arg[i]) < local_end(best) ? arg[i] : best;
            continue;
        }
        if (!local_sign(x, d, &sign))
            return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
        if ((sign > 0) == (e->fn->id == FN_max))
            best = arg[i];
    }
    return best;
}

/* Is the relation true beside the point? */
static Truth relation_beside(Expansion *x, const Expr *relation)
{
    int         sign;
    const Expr *difference = expr_sub(x->pool, relation->arg[0], relation->arg[1]);
    if (difference && expr_zero_test(x->pool, difference).answer == YES)
        return relation->relop == REL_EQ || relation->relop == REL_LE || relation->relop == REL_GE ? YES : NO;
    Local d = local_strip(x, expansion_of(x, difference));
    if (!local_sign(x, d, &sign))
        return UNKNOWN;
    switch (relation->relop) {
    case REL_EQ: return NO;
    case REL_NE: return YES;
    case REL_LT: case REL_LE: return sign < 0 ? YES : NO;
    case REL_GT: case REL_GE: return sign > 0 ? YES : NO;
    }
    return UNKNOWN;
}

static Truth condition_beside(Expansion *x, const Expr *condition)
{
    if (condition->kind == EXPR_RELATION)
        return relation_beside(x, condition);
    if (condition->kind == EXPR_NOT) {
        Truth t = condition_beside(x, condition->arg[0]);
        return t == UNKNOWN ? UNKNOWN : t == YES ? NO : YES;
    }
    if (condition->kind != EXPR_AND && condition->kind != EXPR_OR)
        return UNKNOWN;
    Truth decisive = condition->kind == EXPR_OR ? YES : NO, result = decisive == YES ? NO : YES;
    for (size_t i = 0; i < condition->arity; i++) {
        Truth t = condition_beside(x, condition->arg[i]);
        if (t == decisive)
            return decisive;
        if (t == UNKNOWN)
            result = UNKNOWN;
    }
    return result;
}

Local local_branches(Expansion *x, const Expr *e)
{
    for (size_t i = 0; i + 1 < e->arity; i += 2) {
        Truth t = condition_beside(x, e->arg[i]);
        if (t == UNKNOWN)
            return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, "a condition could not be decided beside the point");
        if (t == YES)
            return expansion_of(x, e->arg[i + 1]);
    }
    return expansion_of(x, e->arg[e->arity - 1]);
}

/* ---- at a pole of the argument --------------------------------------------------------------------------------------- */

typedef struct AtInfinity {         /* f(-oo), f(oo) as text; flat: approached faster than every power */
    FnId        id;
    const char *low, *high;
    bool        flat;
} AtInfinity;

static const AtInfinity at_infinity[] = {
    { FN_atan, "-pi/2", "pi/2", false },
    { FN_acot, "0", "0", false },
    { FN_asec, "pi/2", "pi/2", false },
    { FN_acsc, "0", "0", false },
    { FN_acoth, "0", "0", false },
    { FN_acsch, "0", "0", false },
    { FN_erf, "-1", "1", true },
    { FN_erfc, "2", "0", true },
    { FN_sigmoid, "0", "1", true },
};

static Local elementary_rule(Expansion *x, const Expr *e, Local a, const Expr *value);

static Local pole_rule(Expansion *x, const Expr *e, Local a)
{
    int sign;
    for (size_t i = 0; i < sizeof at_infinity / sizeof *at_infinity; i++) {
        const AtInfinity *row = &at_infinity[i];
        if (row->id != e->fn->id)
            continue;
        if (!local_sign(x, a, &sign))
            return local_fail(x->side ? LOCAL_UNDECIDED : LOCAL_NONE, two_signs);
        const Expr *value = pool_read(x->pool, sign < 0 ? row->low : row->high, NULL, 0);
        if (!row->flat)
            return elementary_rule(x, e, a, value);
        return value && expr_is_zero(value) ? local_bound(FLAT) : local_constant(x, value);
    }
    return local_fail(LOCAL_NONE, "a function of a pole that has no series");
}

/* ---- regular points ---------------------------------------------------------------------------------------------------- */

/* Are all functions in e among those that local_call expands without calling itself for ever? */
static bool is_elementary(Expansion *x, const Expr *e)
{
    Nodes nodes = expr_nodes(x->pool, x->arena, &e, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *v = nodes.at[i];
        if (memo_get(&x->memo, v) || v->kind != EXPR_CALL)
            continue;
        switch ((int)v->fn->id) {
        case FN_exp: case FN_log: case FN_sin: case FN_cos: case FN_sqrt: case FN_cbrt: case FN_abs: case FN_sign:
        case FN_sinh: case FN_cosh:
            continue;
        default:
            return false;
        }
    }
    return true;
}

/* value + integral of f'(a) a'. */
static Local elementary_rule(Expansion *x, const Expr *e, Local a, const Expr *value)
{
    Local slope = expansion_of(x, expr_partial(x->pool, e, 0)), inner = local_derivative(x, a);
    if (slope.status || inner.status)
        return slope.status ? slope : inner;
    Local product = local_mul(x, slope, inner);
    return product.status ? product : local_integral(x, product, value);
}

/* Horner's rule for the Taylor polynomial of f in its last argument at a0, in h = a - a0 = O(t^k), k >= 1. */
static Local taylor_rule(Expansion *x, const Expr *e, size_t i, const Expr *a0, Local h)
{
    Pool        *p = x->pool;
    size_t       n = h.low > 0 && (slong)x->terms > h.low ? (x->terms + (size_t)h.low - 1) / (size_t)h.low : 1;
    const Expr  *s = expr_fresh(p, expr_symbol(p, STR("s"))), *f = NULL;
    const Expr **arg = arena_copy(x->arena, e->arg, e->arity * sizeof *arg), **c = arena_array(x->arena, const Expr *, n + 1);
    arg[i] = s;
    f = expr_call(p, e->fn, arg, e->arity);
    if (n > 24)
        return local_fail(LOCAL_UNDECIDED, "too many terms of a special function");
    for (size_t k = 0; k < n; k++) {
        c[k] = expr_subst(p, f, &s, &a0, 1);
        if (!is_finite(x, c[k]))
            return local_fail(LOCAL_UNDECIDED, "a function is not known to be smooth there");
        f = k + 1 < n ? expr_diff(p, f, s) : f;
        c[k] = k ? expr_div(p, c[k], expr_call1(p, FN_factorial, expr_int(p, (slong)k))) : c[k];
    }
    Local r = local_constant(x, c[n - 1]);
    for (size_t k = n - 1; k-- > 0 && !r.status;) {
        r = local_mul(x, r, h);
        r = r.status ? r : local_sum(x, (Local[]){ r, local_constant(x, c[k]) }, 2);
    }
    if (r.status)
        return r;
    Local error = local_bound(h.low * (slong)n);         /* the Taylor polynomial ends there */
    return local_sum(x, (Local[]){ r, error }, 2);
}

/* At a0 = -n: gamma(h - n) = gamma(1 + h)/(h (h-1) ... (h-n)), digamma(h - n) = digamma(1 + h) - 1/h - ... - 1/(h-n). */
static Local reflected_rule(Expansion *x, const Expr *e, Local h, slong n)
{
    bool  product = e->fn->id == FN_gamma;
    Local r = taylor_rule(x, e, 0, expr_int(x->pool, 1), h);
    for (slong k = 0; k <= n && !r.status; k++) {
        Local factor = k ? local_sub(x, h, local_constant(x, expr_int(x->pool, k))) : h;
        factor = factor.status ? factor : local_inverse(x, factor);
        if (factor.status)
            return factor;
        r = product ? local_mul(x, r, factor) : local_sub(x, r, factor);
    }
    return r;
}

static Local regular_rule(Expansion *x, const Expr *e, size_t i, Local a)
{
    Pool *p = x->pool;
    if (local_end(a) <= 0)
        return local_fail(LOCAL_MORE, "too few terms for a function");
    const Expr *a0 = local_at(a, 0);
    a0 = a0 ? a0 : expr_int(p, 0);
    if (x->log_t && expr_depends(p, a0, x->log_t))
        return local_fail(LOCAL_NONE, "a function of a logarithm");
    Local h = local_sub(x, a, local_constant(x, a0));
    slong n;
    if (h.status)
        return h;
    if ((e->fn->id == FN_gamma || e->fn->id == FN_digamma) && expr_fits_slong(a0, &n) && n <= 0 && n > -50)
        return reflected_rule(x, e, h, -n);
    const Expr **arg = arena_copy(x->arena, e->arg, e->arity * sizeof *arg);
    arg[i] = a0;
    const Expr *value = expr_call(p, e->fn, arg, e->arity);
    if (!is_finite(x, value))
        return local_fail(LOCAL_NONE, "a function has no finite value there");
    const Expr *slope = expr_partial(p, e, i);
    if (!slope)
        return local_fail(LOCAL_UNDECIDED, "a derivative rule is missing");
    if (e->arity == 1 && is_elementary(x, slope))
        return elementary_rule(x, e, a, value);
    return taylor_rule(x, e, i, a0, h);
}

/* ---- dispatch ------------------------------------------------------------------------------------------------------------ */

static const struct {
    FnId     id;
    CallRule rule;
} rules[] = {
    { FN_exp, exp_rule },   { FN_log, log_rule },     { FN_sin, sin_rule },     { FN_cos, cos_rule },
    { FN_tan, tan_rule },   { FN_cot, cot_rule },     { FN_sec, sec_rule },     { FN_csc, csc_rule },
    { FN_sinh, sin_rule },  { FN_cosh, cos_rule },    { FN_tanh, tanh_rule },   { FN_sqrt, sqrt_rule },
    { FN_sech, sec_rule },  { FN_csch, csc_rule },    { FN_coth, cot_rule },    { FN_cbrt, cbrt_rule },
    { FN_abs, abs_rule },     { FN_sign, sign_rule },   { FN_floor, step_rule },
    { FN_ceil, step_rule }, { FN_min, extreme_rule }, { FN_max, extreme_rule },
    { FN_round, round_rule }, { FN_relu, relu_rule }, { FN_atan2, refused_rule }, { FN_arg, refused_rule },
    { FN_re, refused_rule }, { FN_im, refused_rule }, { FN_conj, refused_rule },
};

Local local_call(Expansion *x, const Expr *e, const Local *arg)
{
    size_t varying = e->arity, count = 0;
    bool   bounded = e->fn->id == FN_sin || e->fn->id == FN_cos;     /* whatever the argument is */
    for (size_t i = 0; i < e->arity; i++) {
        if (arg[i].status && !bounded)
            return arg[i];
        if (!arg[i].constant) {
            varying = i;
            count++;
        }
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].id == e->fn->id)
            return rules[i].rule(x, e, arg);
    if (count != 1)
        return local_fail(LOCAL_UNDECIDED, "a function of several varying arguments");
    Local a = local_strip(x, arg[varying]);
    if (a.status)
        return a;
    return a.low < 0 && a.n ? pole_rule(x, e, a) : regular_rule(x, e, varying, a);
}
