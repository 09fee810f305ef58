/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Size, sign, rounding and extremes of exact arguments, and the parts of complex numbers. The sign of an irrational constant is
 * decided by balls, and by the zero test where they all contain zero; what neither decides stays as it is. */
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/special_int.h"

enum { FLOOR_BITS = 1 << 14 };


/* ---- signs --------------------------------------------------------------------------------------------------------- */

static bool decided_sign(Pool *p, const Expr *u, int *sign)
{
    if (expr_is_number(u)) {
        *sign = expr_number_sign(u);
        return true;
    }
    return expr_is_numeric(u) && !(u->flags & (EXPR_HAS_BALL | EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_AS_TYPED)) && !u->shape
        && expr_sign(p, u, sign).answer == YES;
}

/* u = re + i*im, both surely real? */
static bool complex_parts(Pool *p, const Expr *u, const Expr **re, const Expr **im)
{
    const Expr *const *term = u->kind == EXPR_ADD ? u->arg : &u;
    size_t             n = u->kind == EXPR_ADD ? u->arity : 1;
    *re = *im = expr_int(p, 0);
    for (size_t k = 0; k < n; k++) {
        const Expr *t = term[k]->flags & EXPR_REAL ? NULL : expr_div(p, term[k], expr_constant(p, CONSTANT_I));
        if (term[k]->flags & EXPR_REAL)
            *re = expr_add(p, *re, term[k]);
        else if (t && (t->flags & EXPR_REAL))
            *im = expr_add(p, *im, t);
        else
            return false;
    }
    return *re && *im;
}

static const Expr *length(Pool *p, const Expr *x, const Expr *y)
{
    return expr_pow(p, expr_add(p, expr_powi(p, x, 2), expr_powi(p, y, 2)), expr_ratio(p, 1, 2));
}

const Expr *abs_rule(Pool *p, const Expr *const *u, size_t n)
{
    int         sign;
    const Expr *re, *im, *rest;
    (void)n;
    if (u[0]->flags & EXPR_NONNEGATIVE)
        return u[0];
    if (decided_sign(p, u[0], &sign))
        return sign > 0 ? u[0] : sign < 0 ? expr_neg(p, u[0]) : expr_int(p, 0);
    if ((u[0]->flags & EXPR_HAS_I) && complex_parts(p, u[0], &re, &im))
        return length(p, re, im);
    const Expr *c = expr_split_coefficient(p, u[0], &rest);
    if (!expr_is_one(c) && !expr_is_one(rest))
        return expr_mul(p, expr_call1(p, FN_abs, c), expr_call1(p, FN_abs, rest));
    return expr_leads_negative(u[0]) ? expr_call1(p, FN_abs, expr_neg(p, u[0])) : NULL;
}

const Expr *sign_rule(Pool *p, const Expr *const *u, size_t n)
{
    int         sign;
    const Expr *rest, *c;
    (void)n;
    if (decided_sign(p, u[0], &sign))
        return expr_int(p, sign);
    if (expr_is_call(u[0], FN_exp) && (u[0]->arg[0]->flags & EXPR_REAL))
        return expr_int(p, 1);
    c = expr_split_coefficient(p, u[0], &rest);
    return expr_is_one(c) ? NULL : expr_mul(p, expr_int(p, expr_number_sign(c)), expr_call1(p, FN_sign, rest));
}

/* ---- rounding ------------------------------------------------------------------------------------------------------- */

static const Expr *round_number(Pool *p, const Expr *u, FnId fn)
{
    const fmpq *q = expr_number(u);
    fmpz_t      z, twice;
    fmpz_init(z);
    fmpz_init(twice);
    if (fn == FN_floor) {
        fmpz_fdiv_q(z, fmpq_numref(q), fmpq_denref(q));
    } else if (fn == FN_ceil) {
        fmpz_cdiv_q(z, fmpq_numref(q), fmpq_denref(q));
    } else {                                            /* round: half away from zero */
        fmpz_mul_2exp(z, fmpq_numref(q), 1);
        fmpz_abs(z, z);
        fmpz_add(z, z, fmpq_denref(q));
        fmpz_mul_2exp(twice, fmpq_denref(q), 1);
        fmpz_fdiv_q(z, z, twice);
        if (fmpq_sgn(q) < 0)
            fmpz_neg(z, z);
    }
    const Expr *e = expr_fmpz(p, z);
    fmpz_clear(twice);
    fmpz_clear(z);
    return e;
}

/* floor, ceil, round of a constant: decided by balls, left alone where they cannot decide. */
static const Expr *round_constant(Pool *p, const Expr *u, FnId fn)
{
    acb_t       ball;
    fmpz_t      z;
    const Expr *e = NULL;
    acb_init(ball);
    fmpz_init(z);
    for (slong prec = 128; !e && prec <= FLOOR_BITS; prec *= 4) {
        if (expr_enclose(p, u, NULL, NULL, 0, prec, ball, NULL) != EVAL_OK || !arb_is_zero(acb_imagref(ball))
            || mag_cmp_2exp_si(arb_radref(acb_realref(ball)), -1) > 0)
            continue;
        if (arf_cmpabs_2exp_si(arb_midref(acb_realref(ball)), FLOOR_BITS) > 0)
            break;
        arb_struct *x = acb_realref(ball);
        if (fn == FN_round) {
            arb_t shift;
            arb_init(shift);
            arb_set_d(shift, arf_sgn(arb_midref(x)) < 0 ? -0.5 : 0.5);
            arb_add(x, x, shift, prec);
            arb_clear(shift);
        }
        (fn == FN_ceil || (fn == FN_round && arf_sgn(arb_midref(x)) < 0)) ? arb_ceil(x, x, prec) : arb_floor(x, x, prec);
        if (arb_get_unique_fmpz(z, x))
            e = expr_fmpz(p, z);
    }
    fmpz_clear(z);
    acb_clear(ball);
    return e;
}

static const Expr *integer_part(Pool *p, const Expr *u, FnId fn)
{
    if (expr_is_number(u))
        return round_number(p, u, fn);
    if (u->flags & EXPR_HAS_INFINITE)
        return u;
    return expr_is_numeric(u) && !(u->flags & EXPR_HAS_BALL) ? round_constant(p, u, fn) : NULL;
}

const Expr *floor_rule(Pool *p, const Expr *const *u, size_t n) { (void)n; return integer_part(p, u[0], FN_floor); }
const Expr *ceil_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return integer_part(p, u[0], FN_ceil); }
const Expr *round_rule(Pool *p, const Expr *const *u, size_t n) { (void)n; return integer_part(p, u[0], FN_round); }

const Expr *mod_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[1]))
        return pool_fail(p, "mod by zero is not defined");
    if (!expr_is_number(u[0]) || !expr_is_number(u[1]))
        return NULL;
    return expr_sub(p, u[0], expr_mul(p, u[1], expr_call1(p, FN_floor, expr_div(p, u[0], u[1]))));
}

/* ---- extremes -------------------------------------------------------------------------------------------------------- */

static bool is_infinite(const Expr *e, int *sign)
{
    *sign = e->kind == EXPR_MUL && e->arity == 2 && expr_is_int(e->arg[0], -1) ? -1 : 1;
    return expr_is_constant(*sign < 0 ? e->arg[1] : e, CONSTANT_OO);
}

/* The sign of a - b for constants; oo is above every real number. */
static bool decided_order(Pool *p, const Expr *a, const Expr *b, int *sign)
{
    int  x, y;
    bool inf_a = is_infinite(a, &x), inf_b = is_infinite(b, &y);
    if (inf_a || inf_b) {
        *sign = inf_a && inf_b ? (x > y) - (x < y) : inf_a ? x : -y;
        return (inf_a || (a->flags & EXPR_REAL)) && (inf_b || (b->flags & EXPR_REAL));
    }
    bool vector = (a->flags | b->flags) & EXPR_HAS_TENSOR;
    return !vector && expr_is_numeric(a) && expr_is_numeric(b) && decided_sign(p, expr_sub(p, a, b), sign);
}

/* Keeps one copy of each argument, and of two that can be compared the extreme one. sign 1: max, -1: min. */
static const Expr *extreme(Pool *p, const Expr *const *u, size_t n, FnId fn, int sign)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **keep = arena_array(pool_scratch(p), const Expr *, n);
    size_t       m = 0;
    for (size_t i = 0; i < n; i++) {
        bool beaten = false;
        for (size_t k = 0; k < m && !beaten; k++) {
            int order = 0;
            beaten = keep[k] == u[i];
            if (beaten || !decided_order(p, u[i], keep[k], &order))
                continue;
            beaten = sign * order <= 0;
            if (!beaten)
                keep[k--] = keep[--m];
        }
        if (!beaten)
            keep[m++] = u[i];
    }
    const Expr *e = m == 1 ? keep[0] : m < n ? expr_call(p, &fn_rows[fn], keep, m) : NULL;
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *max_rule(Pool *p, const Expr *const *u, size_t n) { return extreme(p, u, n, FN_max, 1); }
const Expr *min_rule(Pool *p, const Expr *const *u, size_t n) { return extreme(p, u, n, FN_min, -1); }

const Expr *relu_rule(Pool *p, const Expr *const *u, size_t n)
{
    int sign;
    (void)n;
    if (u[0]->flags & EXPR_NONNEGATIVE)
        return u[0];
    return decided_sign(p, u[0], &sign) ? sign > 0 ? u[0] : expr_int(p, 0) : NULL;
}

/* ---- parts of complex numbers, angles -------------------------------------------------------------------------------- */

const Expr *hypot_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return expr_is_number(u[0]) && expr_is_number(u[1]) ? length(p, u[0], u[1]) : NULL;
}

const Expr *re_rule(Pool *p, const Expr *const *u, size_t n)
{
    const Expr *re, *im;
    (void)n;
    return complex_parts(p, u[0], &re, &im) ? re : NULL;
}

const Expr *im_rule(Pool *p, const Expr *const *u, size_t n)
{
    const Expr *re, *im;
    (void)n;
    return complex_parts(p, u[0], &re, &im) ? im : NULL;
}

const Expr *conj_rule(Pool *p, const Expr *const *u, size_t n)
{
    const Expr *re, *im;
    (void)n;
    return complex_parts(p, u[0], &re, &im) ? expr_sub(p, re, expr_mul(p, expr_constant(p, CONSTANT_I), im)) : NULL;
}

const Expr *arg_rule(Pool *p, const Expr *const *u, size_t n)
{
    const Expr *re, *im;
    (void)n;
    return expr_is_numeric(u[0]) && complex_parts(p, u[0], &re, &im) ? expr_call2(p, FN_atan2, im, re) : NULL;
}

/* atan2(y, x) of constants whose signs are decided. */
const Expr *atan2_rule(Pool *p, const Expr *const *u, size_t n)
{
    int x, y;
    (void)n;
    if (!decided_sign(p, u[0], &y) || !decided_sign(p, u[1], &x))
        return NULL;
    if (x == 0)
        return y == 0 ? pool_fail(p, "atan2(0, 0) is not defined") : pi_times(p, y, 2);
    if (y == 0)
        return pi_times(p, x > 0 ? 0 : 1, 1);
    const Expr *angle = expr_call1(p, FN_atan, expr_div(p, u[0], u[1]));
    return x > 0 ? angle : expr_add(p, angle, pi_times(p, y < 0 ? -1 : 1, 1));
}
