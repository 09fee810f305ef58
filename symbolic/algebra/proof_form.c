/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions by few functions of few arguments, so that what is left is as good as algebraically independent: exponentials
 * of single terms, logarithms and roots of single factors, |factor| and its sign. Two strengths. The real form splits products
 * under logarithms, roots and absolute values as far as the signs of the factors are known, and notes the factors whose sign
 * it missed. The exponential form also writes circular and hyperbolic functions and exp(i*asin(u)) and its kin by exponentials
 * and roots; it holds for principal values. Every step is true wherever both sides are defined. */
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof_int.h"
#include "symbolic/algebra/rational.h"

#include <flint/ulong_extras.h>

static const Expr *one(Form *f) { return expr_int(f->pool, 1); }
static const Expr *square(Form *f, const Expr *u) { return expr_powi(f->pool, u, 2); }
static const Expr *root(Form *f, const Expr *u) { return form_power(f, u, expr_ratio(f->pool, 1, 2)); }
static const Expr *times_i(Form *f, const Expr *u) { return expr_mul(f->pool, expr_constant(f->pool, CONSTANT_I), u); }

void form_unsure(Form *f, const Expr *factor)
{
    for (size_t i = 0; i < f->unsure.n; i++)
        if (f->unsure.at[i] == factor)
            return;
    vec_push(f->arena, &f->unsure, factor);
}

/* ---- factors of known sign -------------------------------------------------------------------------------------------- */

typedef struct Factor { const Expr *base; const Expr *power; } Factor;     /* power: a number */
typedef VEC(Factor) Factors;

/* u = coefficient * product of base^power. */
static const Expr *factors_of(Form *f, const Expr *u, Factors *out)
{
    Pool       *p = f->pool;
    const Expr *c = one(f), *e = u->kind == EXPR_SYMBOL || u->kind == EXPR_NUMBER ? u : expr_factor(p, u);
    if (!e)
        return NULL;
    const Expr *const *arg = e->kind == EXPR_MUL ? e->arg : &e;
    size_t             n = e->kind == EXPR_MUL ? e->arity : 1;
    for (size_t i = 0; i < n; i++) {
        if (expr_is_number(arg[i]))
            c = expr_mul(p, c, arg[i]);
        else if (arg[i]->kind == EXPR_POW && expr_is_number(arg[i]->arg[1]))
            vec_push(f->arena, out, (Factor){ arg[i]->arg[0], arg[i]->arg[1] });
        else
            vec_push(f->arena, out, (Factor){ arg[i], one(f) });
    }
    return c;
}

static bool is_odd(const Expr *n) { return fmpz_is_odd(fmpq_numref(expr_number(n))); }

typedef enum Known { POSITIVE, NEGATIVE, EVEN, ODD, OPAQUE } Known;

/* What is known of base^power: a positive base; a negative one; any real base under an even or odd power; nothing. */
static Known known(Form *f, const Factor *x)
{
    int s = proof_of_sign(f->pool, x->base);
    if (s > 0 || x->base->flags & EXPR_NONNEGATIVE)
        return POSITIVE;
    if (!expr_is_integer(x->power) || !(x->base->flags & EXPR_REAL))
        return OPAQUE;
    return s < 0 ? NEGATIVE : is_odd(x->power) ? ODD : EVEN;
}

static const Expr *abs_of(Form *f, const Expr *u)
{
    form_unsure(f, u);
    return expr_call1(f->pool, FN_abs, u);
}

/* (positive * rest)^r = positive^r * rest^r for principal values; rest holds what has no known sign. */
const Expr *form_power(Form *f, const Expr *base, const Expr *r)
{
    Pool   *p = f->pool;
    Factors x = { 0 };
    if (!base || expr_is_integer(r) || expr_is_number(base))
        return expr_pow(p, base, r);
    const Expr *normal = base->kind == EXPR_SYMBOL ? base : expr_normal_form(p, base);
    const Expr *c = factors_of(f, normal ? normal : base, &x), *rest = one(f);
    if (!c || expr_is_zero(c))
        return expr_pow(p, base, r);
    bool        minus = expr_number_sign(c) < 0;
    const Expr *out = expr_pow(p, minus ? expr_neg(p, c) : c, r);
    for (size_t i = 0; i < x.n && out; i++) {
        const Expr *b = x.at[i].base, *n = x.at[i].power, *nr = expr_mul(p, n, r);
        switch (known(f, &x.at[i])) {
        case POSITIVE: out = expr_mul(p, out, expr_pow(p, b, nr)); break;
        case NEGATIVE: out = expr_mul(p, out, expr_pow(p, expr_neg(p, b), nr)); minus ^= is_odd(n); break;
        case EVEN:     out = expr_mul(p, out, expr_pow(p, abs_of(f, b), nr)); break;
        case ODD:
            rest = expr_mul(p, rest, b);
            form_unsure(f, b);
            if (!expr_is_one(n))
                out = expr_mul(p, out, expr_pow(p, abs_of(f, b), expr_mul(p, expr_sub(p, n, one(f)), r)));
            break;
        case OPAQUE:   rest = expr_mul(p, rest, expr_pow(p, b, n)); break;
        }
    }
    const Expr *under = minus ? expr_neg(p, rest) : rest, *whole = expr_mul(p, out, expr_pow(p, under, r));
    if (f->keep && whole && whole->kind == EXPR_POW && base->flags & EXPR_NONNEGATIVE && !(whole->arg[0]->flags & EXPR_NONNEGATIVE))
        return expr_pow(p, base, r);
    return whole;
}

static const Expr *log_of_integer(Form *f, const fmpz_t n)
{
    Pool       *p = f->pool;
    n_factor_t  m;
    const Expr *sum = expr_int(p, 0);
    if (!fmpz_fits_si(n) || fmpz_bits(n) > 40)
        return expr_call1(p, FN_log, expr_fmpz(p, n));
    n_factor_init(&m);
    n_factor(&m, fmpz_get_ui(n), 1);
    for (int i = 0; i < m.num; i++)
        sum = expr_add(p, sum, expr_mul(p, expr_int(p, (slong)m.exp[i]), expr_call1(p, FN_log, expr_int(p, (slong)m.p[i]))));
    return sum;
}

static const Expr *log_of_positive(Form *f, const Expr *u)
{
    Pool *p = f->pool;
    if (expr_is_number(u))
        return expr_sub(p, log_of_integer(f, fmpq_numref(expr_number(u))), log_of_integer(f, fmpq_denref(expr_number(u))));
    if (expr_is_call(u, FN_exp) && u->arg[0]->flags & EXPR_REAL)
        return u->arg[0];
    if (expr_is_call(u, FN_gamma) && proof_of_sign(p, u->arg[0]) > 0)
        return expr_call1(p, FN_lgamma, u->arg[0]);
    if (u->kind == EXPR_POW && u->arg[0]->flags & EXPR_NONNEGATIVE && u->arg[1]->flags & EXPR_REAL)
        return expr_mul(p, u->arg[1], log_of_positive(f, u->arg[0]));
    return expr_call1(p, FN_log, u);
}

/* log(positive * rest) = log(positive) + log(rest). */
const Expr *form_log(Form *f, const Expr *u)
{
    Pool   *p = f->pool;
    Factors x = { 0 };
    if (!u)
        return NULL;
    const Expr *normal = expr_normal_form(p, u);
    const Expr *c = factors_of(f, normal ? normal : u, &x), *rest = one(f);
    if (!c || expr_is_zero(c))
        return expr_call1(p, FN_log, u);
    bool        minus = expr_number_sign(c) < 0;
    const Expr *sum = log_of_positive(f, minus ? expr_neg(p, c) : c);
    for (size_t i = 0; i < x.n && sum; i++) {
        const Expr *b = x.at[i].base, *n = x.at[i].power;
        switch (known(f, &x.at[i])) {
        case POSITIVE: sum = expr_add(p, sum, expr_mul(p, n, log_of_positive(f, b))); break;
        case NEGATIVE: sum = expr_add(p, sum, expr_mul(p, n, log_of_positive(f, expr_neg(p, b)))); minus ^= is_odd(n); break;
        case EVEN:     sum = expr_add(p, sum, expr_mul(p, n, log_of_positive(f, abs_of(f, b)))); break;
        case ODD:
            rest = expr_mul(p, rest, b);
            form_unsure(f, b);
            if (!expr_is_one(n))
                sum = expr_add(p, sum, expr_mul(p, expr_sub(p, n, one(f)), log_of_positive(f, abs_of(f, b))));
            break;
        case OPAQUE:   rest = expr_mul(p, rest, expr_pow(p, b, n)); break;
        }
    }
    const Expr *under = minus ? expr_neg(p, rest) : rest;
    return expr_is_one(under) ? sum : expr_add(p, sum, expr_call1(p, FN_log, under));
}

/* ---- absolute value and sign: of each factor -------------------------------------------------------------------------- */

const Expr *form_abs(Form *f, const Expr *u, bool sign)
{
    Pool   *p = f->pool;
    Factors x = { 0 };
    if (!(u->flags & EXPR_REAL))
        return expr_call1(p, sign ? FN_sign : FN_abs, u);
    const Expr *normal = expr_normal_form(p, u), *c = factors_of(f, normal ? normal : u, &x);
    const Expr *out = c ? expr_call1(p, sign ? FN_sign : FN_abs, c) : NULL;
    for (size_t i = 0; i < x.n && out; i++) {
        const Expr *b = x.at[i].base, *n = x.at[i].power;
        int         s = proof_of_sign(p, b);
        if (sign && expr_is_integer(n)) {
            const Expr *part = s ? expr_int(p, s) : expr_call1(p, FN_sign, b);
            f->jumps |= !s;
            if (!s)
                form_unsure(f, b);
            out = expr_mul(p, out, expr_powi(p, part, is_odd(n) ? 1 : 2));
        } else if (sign) {
            return expr_call1(p, FN_sign, u);
        } else if (s || b->flags & EXPR_NONNEGATIVE || (expr_is_integer(n) && !is_odd(n))) {
            out = expr_mul(p, out, expr_pow(p, s < 0 ? expr_neg(p, b) : b, n));
        } else {
            out = expr_mul(p, out, expr_pow(p, abs_of(f, b), n));
        }
    }
    return out;
}

static const Expr *form_max(Form *f, const Expr *const *u, size_t n, int sign)
{
    Pool       *p = f->pool;
    const Expr *m = u[0];
    for (size_t i = 1; i < n && m; i++) {
        const Expr *gap = form_abs(f, expr_sub(p, m, u[i]), false);
        m = expr_mul(p, expr_ratio(p, 1, 2), expr_add(p, expr_add(p, m, u[i]), expr_mul(p, expr_int(p, sign), gap)));
    }
    return m;
}

/* ---- exponentials ------------------------------------------------------------------------------------------------------- */

/* exp(c*rest) where rest is an inverse function (by i where it is circular): a root of an algebraic function. */
static const Expr *exp_of_inverse(Form *f, const Expr *c, const Expr *rest)
{
    Pool       *p = f->pool;
    const Expr *i = expr_constant(p, CONSTANT_I);
    const Expr *call = rest->kind == EXPR_MUL && rest->arity == 2 ? (rest->arg[0] == i ? rest->arg[1] : rest->arg[0]) : rest;
    bool        circular = call != rest && (rest->arg[0] == i || rest->arg[1] == i);
    if (call->kind != EXPR_CALL || (call != rest && !circular))
        return NULL;
    const Expr *u = call->arg[0], *v = expr_add(p, one(f), square(f, u)), *w = expr_sub(p, one(f), square(f, u));
    switch ((int)call->fn->id) {
    case FN_asin:  return circular ? expr_pow(p, expr_add(p, root(f, w), times_i(f, u)), c) : NULL;
    case FN_acos:  return circular ? expr_pow(p, expr_add(p, u, times_i(f, root(f, w))), c) : NULL;
    case FN_atan:
        if (!circular || !(u->flags & EXPR_REAL))
            return NULL;
        return expr_mul(p, expr_pow(p, expr_add(p, one(f), times_i(f, u)), c), form_power(f, v, expr_mul(p, c, expr_ratio(p, -1, 2))));
    case FN_asinh: return circular || !(u->flags & EXPR_REAL) ? NULL : expr_pow(p, expr_add(p, u, root(f, v)), c);
    case FN_acosh:
        return circular ? NULL : expr_pow(p, expr_add(p, u, expr_mul(p, root(f, expr_sub(p, u, one(f))), root(f, expr_add(p, u, one(f))))), c);
    case FN_atanh: {
        const Expr *half = expr_mul(p, c, expr_ratio(p, 1, 2));
        return circular ? NULL : expr_div(p, form_power(f, expr_add(p, one(f), u), half), form_power(f, expr_sub(p, one(f), u), half));
    }
    case FN_lgamma:
        return !circular && expr_is_integer(c) ? expr_pow(p, expr_call1(p, FN_gamma, u), c) : NULL;
    case FN_lambertw:                                           /* exp(W) = u/W */
        return !circular && expr_is_integer(c) ? expr_pow(p, expr_div(p, u, call), c) : NULL;
    default:       return NULL;
    }
}

/* i*pi*n for a whole n? */
static bool whole_half_turns(const Expr *rest)
{
    bool i = false, pi = false, whole = true;
    for (uint32_t k = 0; rest->kind == EXPR_MUL && k < rest->arity; k++) {
        const Expr *u = rest->arg[k];
        i |= expr_is_constant(u, CONSTANT_I);
        pi |= expr_is_constant(u, CONSTANT_PI);
        whole &= expr_is_whole_symbol(u) || expr_is_constant(u, CONSTANT_I) || expr_is_constant(u, CONSTANT_PI);
    }
    return i && pi && whole;
}

static const Expr *exp_of_term(Form *f, const Expr *t)
{
    Pool       *p = f->pool;
    const Expr *rest, *c = expr_split_coefficient(p, t, &rest);
    if (expr_is_integer(c) && whole_half_turns(rest))
        return is_odd(c) ? expr_call1(p, FN_exp, rest) : one(f);
    if (expr_is_call(rest, FN_log))
        return form_power(f, rest->arg[0], c);
    const Expr *e = f->exponential || expr_is_call(rest, FN_lambertw) || expr_is_call(rest, FN_lgamma) ? exp_of_inverse(f, c, rest) : NULL;
    return e ? e : expr_call1(p, FN_exp, t);
}

/* The exponential of every term of u, expanded: exp((x + y)^2) = exp(x^2)*exp(2*x*y)*exp(y^2). */
const Expr *form_exp(Form *f, const Expr *u)
{
    Pool *p = f->pool;
    if (!u)
        return NULL;
    const Expr *normal = expr_normal_form(p, u), *top, *bottom;
    expr_fraction(p, normal ? normal : u, &top, &bottom);
    top = expr_expand(p, top);
    if (!top || !bottom)
        return NULL;
    const Expr *const *term = top->kind == EXPR_ADD ? top->arg : &top;
    size_t             n = top->kind == EXPR_ADD ? top->arity : 1;
    const Expr        *out = one(f);
    for (size_t i = 0; i < n && out; i++) {
        const Expr *t = expr_div(p, term[i], bottom);
        out = t ? expr_mul(p, out, exp_of_term(f, t)) : NULL;
    }
    return out;
}

/* (e^u + sign*e^-u)/2 */
static const Expr *half_sum(Form *f, const Expr *u, int sign)
{
    Pool       *p = f->pool;
    const Expr *e = form_exp(f, u);
    return expr_mul(p, expr_ratio(p, 1, 2), expr_add(p, e, expr_mul(p, expr_int(p, sign), expr_powi(p, e, -1))));
}

static const Expr *over_i(Form *f, const Expr *u) { return expr_neg(f->pool, times_i(f, u)); }

static const Expr *circular(Form *f, FnId fn, const Expr *u)
{
    Pool       *p = f->pool;
    const Expr *iu = times_i(f, u);
    switch ((int)fn) {
    case FN_sin:  return over_i(f, half_sum(f, iu, -1));
    case FN_cos:  return half_sum(f, iu, 1);
    case FN_tan:  return over_i(f, expr_div(p, half_sum(f, iu, -1), half_sum(f, iu, 1)));
    case FN_sinh: return half_sum(f, u, -1);
    case FN_cosh: return half_sum(f, u, 1);
    case FN_tanh: return expr_div(p, half_sum(f, u, -1), half_sum(f, u, 1));
    default:      return NULL;
    }
}

/* Reciprocal functions and those that are others by definition. */
static const Expr *defined_by(Form *f, FnId fn, const Expr *u)
{
    Pool *p = f->pool;
    switch ((int)fn) {
    case FN_cot:      return expr_div(p, expr_call1(p, FN_cos, u), expr_call1(p, FN_sin, u));
    case FN_tan:      return expr_div(p, expr_call1(p, FN_sin, u), expr_call1(p, FN_cos, u));
    case FN_sec:      return expr_powi(p, expr_call1(p, FN_cos, u), -1);
    case FN_csc:      return expr_powi(p, expr_call1(p, FN_sin, u), -1);
    case FN_coth:     return expr_div(p, expr_call1(p, FN_cosh, u), expr_call1(p, FN_sinh, u));
    case FN_sech:     return expr_powi(p, expr_call1(p, FN_cosh, u), -1);
    case FN_csch:     return expr_powi(p, expr_call1(p, FN_sinh, u), -1);
    case FN_acos:     return expr_sub(p, expr_mul(p, expr_ratio(p, 1, 2), expr_constant(p, CONSTANT_PI)), expr_call1(p, FN_asin, u));
    case FN_acot:     return expr_call1(p, FN_atan, expr_powi(p, u, -1));
    case FN_asec:     return defined_by(f, FN_acos, expr_powi(p, u, -1));
    case FN_acsc:     return expr_call1(p, FN_asin, expr_powi(p, u, -1));
    case FN_acoth:    return expr_call1(p, FN_atanh, expr_powi(p, u, -1));
    case FN_asech:    return expr_call1(p, FN_acosh, expr_powi(p, u, -1));
    case FN_acsch:    return expr_call1(p, FN_asinh, expr_powi(p, u, -1));
    case FN_log2:     return expr_div(p, form_log(f, u), expr_call1(p, FN_log, expr_int(p, 2)));
    case FN_log10:    return expr_div(p, form_log(f, u), form_log(f, expr_int(p, 10)));
    case FN_log1p:    return form_log(f, expr_add(p, one(f), u));
    case FN_expm1:    return expr_sub(p, form_exp(f, u), one(f));
    case FN_sigmoid:  return expr_powi(p, expr_add(p, one(f), form_exp(f, expr_neg(p, u))), -1);
    case FN_softplus: return form_log(f, expr_add(p, one(f), form_exp(f, u)));
    case FN_sqrt:     return root(f, u);
    case FN_cbrt:     return expr_mul(p, form_abs(f, u, true), form_power(f, form_abs(f, u, false), expr_ratio(p, 1, 3)));
    case FN_cosm1:    return expr_sub(p, expr_call1(p, FN_cos, u), one(f));
    case FN_sinpi:    return expr_call1(p, FN_sin, expr_mul(p, expr_constant(p, CONSTANT_PI), u));
    case FN_cospi:    return expr_call1(p, FN_cos, expr_mul(p, expr_constant(p, CONSTANT_PI), u));
    case FN_tanpi:    return defined_by(f, FN_tan, expr_mul(p, expr_constant(p, CONSTANT_PI), u));
    case FN_log1mexp: return form_log(f, expr_sub(p, one(f), form_exp(f, u)));
    case FN_log_sigmoid: return expr_neg(p, form_log(f, expr_add(p, one(f), form_exp(f, expr_neg(p, u)))));
    case FN_logcosh:  return form_log(f, expr_call1(p, FN_cosh, u));
    case FN_erfcx:    return expr_mul(p, form_exp(f, expr_powi(p, u, 2)), expr_call1(p, FN_erfc, u));
    default:          return NULL;
    }
}

/* ---- the walk ----------------------------------------------------------------------------------------------------------- */

static const Expr *form_call(Form *f, const Expr *e, const Expr *const *u)
{
    Pool *p = f->pool;
    FnId  fn = e->fn->id;
    switch ((int)fn) {
    case FN_exp:  return form_exp(f, u[0]);
    case FN_log:  return form_log(f, u[0]);
    case FN_abs:  return form_abs(f, u[0], false);
    case FN_sign: return form_abs(f, u[0], true);
    case FN_max:  return form_max(f, u, e->arity, 1);
    case FN_min:  return form_max(f, u, e->arity, -1);
    case FN_relu: return expr_mul(p, expr_ratio(p, 1, 2), expr_add(p, u[0], form_abs(f, u[0], false)));
    case FN_hypot: return root(f, expr_add(p, square(f, u[0]), square(f, u[1])));
    default: break;
    }
    const Expr *r = f->exponential ? circular(f, fn, u[0]) : NULL;
    r = r ? r : defined_by(f, fn, u[0]);
    r = r ? r : form_special(f, fn, u, e->arity);
    return r ? r : expr_remake(p, e, u);
}

static const Expr *form_pow(Form *f, const Expr *base, const Expr *exponent)
{
    if (expr_is_number(exponent))
        return form_power(f, base, exponent);
    return form_exp(f, expr_mul(f->pool, exponent, form_log(f, base)));
}

/* 1, 0 or -1 where the condition is true, not known, or false. */
static int condition_sign(Form *f, const Expr *c)
{
    if (c->kind != EXPR_RELATION)
        return 0;
    const Expr *d = expr_sub(f->pool, c->arg[0], c->arg[1]);
    const Expr *factored = d ? expr_factor(f->pool, d) : NULL;
    int         s = factored ? proof_of_sign(f->pool, factored) : 0;
    if (!s) {
        if (d && !expr_is_numeric(d) && d->flags & EXPR_REAL) {
            f->jumps = true;
            form_unsure(f, d);
        }
        return 0;
    }
    switch (c->relop) {
    case REL_EQ: return -1;
    case REL_NE: return 1;
    case REL_LT: case REL_LE: return -s;
    case REL_GT: case REL_GE: return s;
    }
    return 0;
}

static const Expr *form_piecewise(Form *f, const Expr *e, const Expr **u)
{
    for (uint32_t i = 0; i + 1 < e->arity; i += 2) {
        int s = condition_sign(f, u[i]);
        if (s)
            u[i] = expr_truth(f->pool, s > 0);
    }
    return expr_piecewise(f->pool, u, e->arity);
}

const Expr *form_of(Form *f, const Expr *e)
{
    Nodes nodes = expr_nodes(f->pool, f->arena, &e, 1);
    Memo  done = memo_new(f->arena);
    f->unit = special_unit(f, nodes);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr  *node = nodes.at[k], *r = node;
        const Expr **u = arena_array(f->arena, const Expr *, node->arity + 1);
        for (uint32_t i = 0; i < node->arity; i++)
            u[i] = memo_get(&done, node->arg[i]);
        if (node->kind == EXPR_POW)
            r = form_pow(f, u[0], u[1]);
        else if (node->kind == EXPR_CALL)
            r = form_call(f, node, u);
        else if (node->kind == EXPR_PIECEWISE)
            r = form_piecewise(f, node, u);
        else if (node->arity && node->kind != EXPR_UNKNOWN)
            r = expr_remake(f->pool, node, u);
        if (!r)
            return NULL;
        memo_put(&done, node, r);
    }
    return memo_get(&done, e);
}
