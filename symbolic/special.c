/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact values of functions and the rewritings that always hold: sin(pi/6), log(8), gamma(5/2), exp(log(x)), sin(-x).
 * One rule per function in a table indexed by the function's id; a rule returns NULL where it has nothing to say. */
#include "symbolic/expr_int.h"
#include "symbolic/evaluate.h"

#include <flint/arith.h>
#include <flint/fmpz_factor.h>

typedef const Expr *(*Rule)(Pool *p, const Expr *const *u, size_t n);

enum { FACTORIAL_LIMIT = 100000, FLOOR_BITS = 1 << 14 };

bool expr_leads_negative(const Expr *e)
{
    if (expr_is_number(e))
        return expr_number_sign(e) < 0;
    if (e->kind == EXPR_MUL)
        return expr_is_number(e->arg[0]) && expr_number_sign(e->arg[0]) < 0;
    if (e->kind == EXPR_ADD && e->arity <= 32)          /* longer sums are not negated term by term */
        return expr_leads_negative(e->arg[expr_is_number(e->arg[0]) ? 1 : 0]);
    return false;
}

static const Expr *half(Pool *p, const Expr *e)     { return expr_mul(p, expr_ratio(p, 1, 2), e); }
static const Expr *root(Pool *p, slong n)           { return expr_pow(p, expr_int(p, n), expr_ratio(p, 1, 2)); }
static const Expr *pi_times(Pool *p, slong n, slong d) { return expr_mul(p, expr_ratio(p, n, d), expr_constant(p, CONSTANT_PI)); }

/* ---- circular functions at rational multiples of pi ---------------------------------------------------------------- */

/* e = q*pi for a rational q? */
static bool pi_multiple(const Expr *e, fmpq_t q)
{
    fmpq_zero(q);
    if (expr_is_zero(e))
        return true;
    if (expr_is_constant(e, CONSTANT_PI)) {
        fmpq_one(q);
        return true;
    }
    bool is = e->kind == EXPR_MUL && e->arity == 2 && expr_is_number(e->arg[0]) && expr_is_constant(e->arg[1], CONSTANT_PI);
    if (is)
        fmpq_set(q, expr_number(e->arg[0]));
    return is;
}

/* sin(k*pi/60) for the k in 0..30 whose value needs square roots of rationals only, one level deep. */
static const Expr *sine_table(Pool *p, ulong k)
{
    switch (k) {
    case 0:  return expr_int(p, 0);
    case 5:  return expr_mul(p, expr_ratio(p, 1, 4), expr_sub(p, root(p, 6), root(p, 2)));
    case 6:  return expr_mul(p, expr_ratio(p, 1, 4), expr_sub(p, root(p, 5), expr_int(p, 1)));
    case 10: return expr_ratio(p, 1, 2);
    case 15: return half(p, root(p, 2));
    case 18: return expr_mul(p, expr_ratio(p, 1, 4), expr_add(p, root(p, 5), expr_int(p, 1)));
    case 20: return half(p, root(p, 3));
    case 25: return expr_mul(p, expr_ratio(p, 1, 4), expr_add(p, root(p, 6), root(p, 2)));
    case 30: return expr_int(p, 1);
    default: return NULL;
    }
}

/* sin(q*pi), 0 <= q: by the table, else reduced to an angle in (0, pi/2); NULL if it is there already. */
static const Expr *sine_of_pi(Pool *p, const fmpq_t q)
{
    fmpq_t      r, one;
    fmpz_t      whole;
    const Expr *e = NULL;
    fmpq_init(r);
    fmpq_init(one);
    fmpz_init(whole);
    fmpq_one(one);
    fmpz_fdiv_q(whole, fmpq_numref(q), fmpq_denref(q));
    fmpq_sub_fmpz(r, q, whole);                               /* sin(pi*(r + whole)) = (-1)^whole * sin(pi*r) */
    bool negative = fmpz_is_odd(whole), moved = !fmpz_is_zero(whole);
    fmpq_sub(one, one, r);
    if (fmpq_cmp(one, r) < 0) {                               /* sin(pi*r) = sin(pi*(1 - r)) */
        fmpq_set(r, one);
        moved = true;
    }
    if (fmpz_cmp_si(fmpq_denref(r), 60) <= 0 && 60 % fmpz_get_si(fmpq_denref(r)) == 0)
        e = sine_table(p, (ulong)(fmpz_get_si(fmpq_numref(r)) * (60 / fmpz_get_si(fmpq_denref(r)))));
    if (!e && moved)
        e = expr_call1(p, FN_sin, expr_mul(p, expr_fmpq(p, r), expr_constant(p, CONSTANT_PI)));
    if (e && negative)
        e = expr_neg(p, e);
    fmpz_clear(whole);
    fmpq_clear(one);
    fmpq_clear(r);
    return e;
}

static const Expr *sine_shifted(Pool *p, const Expr *u, slong num, slong den)     /* sin(u + num/den*pi) if u = q*pi, exact */
{
    fmpq_t q, shift;
    fmpq_init(q);
    fmpq_init(shift);
    const Expr *e = NULL;
    if (pi_multiple(u, q)) {
        fmpq_set_si(shift, num, (ulong)den);
        fmpq_add(q, q, shift);
        e = sine_of_pi(p, q);
    }
    fmpq_clear(shift);
    fmpq_clear(q);
    return e;
}

static const Expr *sin_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_asin))
        return u[0]->arg[0];
    if (expr_is_call(u[0], FN_acos))
        return expr_pow(p, expr_sub(p, expr_int(p, 1), expr_powi(p, u[0]->arg[0], 2)), expr_ratio(p, 1, 2));
    return sine_shifted(p, u[0], 0, 1);
}

/* cos(q*pi) = sin(q*pi + pi/2); a result that is still a sine is not exact and goes back to a cosine of a small angle. */
static const Expr *cos_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_acos))
        return u[0]->arg[0];
    if (expr_is_call(u[0], FN_asin))
        return expr_pow(p, expr_sub(p, expr_int(p, 1), expr_powi(p, u[0]->arg[0], 2)), expr_ratio(p, 1, 2));
    fmpq_t q, two;
    fmpz_t turns;
    fmpq_init(q);
    fmpq_init(two);
    fmpz_init(turns);
    const Expr *e = sine_shifted(p, u[0], 1, 2);
    const Expr *rest = NULL;
    if (e)
        expr_split_coefficient(p, e, &rest);
    if (rest && expr_is_call(rest, FN_sin)) {
        e = NULL;
        pi_multiple(u[0], q);
        fmpq_abs(q, q);
        fmpz_tdiv_q(turns, fmpq_numref(q), fmpq_denref(q));   /* cos(pi*(r + k)) = (-1)^k*cos(pi*r) */
        bool negative = fmpz_is_odd(turns);
        fmpq_sub_fmpz(q, q, turns);
        fmpq_set_si(two, 1, 2);
        if (fmpq_cmp(q, two) > 0) {                           /* cos(pi*r) = -cos(pi*(1 - r)) */
            fmpq_set_si(two, 1, 1);
            fmpq_sub(q, two, q);
            negative = !negative;
        }
        const Expr *small = expr_mul(p, expr_fmpq(p, q), expr_constant(p, CONSTANT_PI));
        if (small != u[0]) {
            e = expr_call1(p, FN_cos, small);
            e = negative ? expr_neg(p, e) : e;
        }
    }
    fmpz_clear(turns);
    fmpq_clear(two);
    fmpq_clear(q);
    return e;
}

static const Expr *tan_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_atan))
        return u[0]->arg[0];
    fmpq_t q;
    fmpq_init(q);
    bool pi = pi_multiple(u[0], q);
    bool table = pi && fmpz_cmp_si(fmpq_denref(q), 60) <= 0 && 12 % fmpz_get_si(fmpq_denref(q)) == 0;
    ulong k = table ? fmpz_fdiv_ui(fmpq_numref(q), 12 * fmpz_get_ui(fmpq_denref(q))) * (12 / fmpz_get_ui(fmpq_denref(q))) % 12 : 0;
    fmpq_clear(q);
    if (!table)
        return NULL;
    const Expr *two = expr_int(p, 2);
    switch (k) {
    case 0:  return expr_int(p, 0);
    case 1:  return expr_sub(p, two, root(p, 3));
    case 2:  return expr_mul(p, expr_ratio(p, 1, 3), root(p, 3));
    case 3:  return expr_int(p, 1);
    case 4:  return root(p, 3);
    case 5:  return expr_add(p, two, root(p, 3));
    case 6:  return pool_fail(p, "tan has a pole here");
    default: return expr_neg(p, expr_call1(p, FN_tan, pi_times(p, 12 - (slong)k, 12)));
    }
}

/* Which k has f(k*pi/60) = u for the sines of the table? -1 if none. */
static slong find_sine(Pool *p, const Expr *u)
{
    for (ulong k = 0; k <= 30; k++) {
        const Expr *s = sine_table(p, k);
        if (s && s == u)
            return (slong)k;
    }
    return -1;
}

static const Expr *asin_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k = find_sine(p, u[0]);
    return k >= 0 ? pi_times(p, k, 60) : NULL;
}

static const Expr *acos_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_leads_negative(u[0]) && find_sine(p, expr_neg(p, u[0])) >= 0)
        return pi_times(p, 30 + find_sine(p, expr_neg(p, u[0])), 60);
    slong k = find_sine(p, u[0]);
    return k >= 0 ? pi_times(p, 30 - k, 60) : NULL;
}

static const Expr *atan_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_constant(u[0], CONSTANT_OO))
        return pi_times(p, 1, 2);
    if (!expr_is_numeric(u[0]) || expr_leads_negative(u[0]))
        return NULL;
    for (slong k = 0; k < 6; k++)
        if (expr_call1(p, FN_tan, pi_times(p, k, 12)) == u[0])
            return pi_times(p, k, 12);
    return NULL;
}

/* ---- exponential, logarithm, roots --------------------------------------------------------------------------------- */

static bool real_looking(const Expr *e) { return !(e->flags & EXPR_HAS_I); }

/* exp(q*i*pi) for q a multiple of 1/2, 1/3, 1/4 or 1/6. */
static const Expr *exp_of_angle(Pool *p, const Expr *u)
{
    if (!(u->flags & EXPR_HAS_I) || u->kind != EXPR_MUL)
        return NULL;
    const Expr *angle = expr_div(p, u, expr_constant(p, CONSTANT_I));
    fmpq_t      q;
    fmpq_init(q);
    bool table = angle && pi_multiple(angle, q) && fmpz_cmp_si(fmpq_denref(q), 6) <= 0 && 12 % fmpz_get_si(fmpq_denref(q)) == 0;
    fmpq_clear(q);
    if (!table)
        return NULL;
    return expr_add(p, expr_call1(p, FN_cos, angle), expr_mul(p, expr_constant(p, CONSTANT_I), expr_call1(p, FN_sin, angle)));
}

/* exp(c*log(u) + v) = u^c * exp(v) for a number c. */
static const Expr *exp_of_logs(Pool *p, const Expr *u)
{
    const Expr *const *term = u->kind == EXPR_ADD ? u->arg : &u;
    size_t             n = u->kind == EXPR_ADD ? u->arity : 1;
    for (size_t i = 0; i < n; i++) {
        const Expr *rest, *c = expr_split_coefficient(p, term[i], &rest);
        if (!expr_is_call(rest, FN_log))
            continue;
        const Expr *power = expr_pow(p, rest->arg[0], c);
        return n == 1 ? power : expr_mul(p, power, expr_call1(p, FN_exp, expr_sub(p, u, term[i])));
    }
    return NULL;
}

static const Expr *exp_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[0]))
        return expr_int(p, 1);
    if (expr_is_one(u[0]))
        return expr_constant(p, CONSTANT_E);
    if (expr_is_constant(u[0], CONSTANT_OO))
        return u[0];
    if ((u[0]->flags & EXPR_HAS_INFINITE) && expr_leads_negative(u[0]))
        return expr_int(p, 0);
    const Expr *e = exp_of_angle(p, u[0]);
    return e ? e : exp_of_logs(p, u[0]);
}

static const Expr *log_of_number(Pool *p, const Expr *u)
{
    const fmpq *q = expr_number(u);
    if (fmpq_sgn(q) == 0)
        return pool_fail(p, "log(0) is not defined");
    if (fmpq_sgn(q) < 0)
        return expr_add(p, expr_call1(p, FN_log, expr_neg(p, u)), expr_mul(p, expr_constant(p, CONSTANT_I), pi_times(p, 1, 1)));
    if (fmpz_is_one(fmpq_numref(q)))
        return expr_is_one(u) ? expr_int(p, 0) : expr_neg(p, expr_call1(p, FN_log, expr_powi(p, u, -1)));
    if (!expr_is_integer(u))
        return NULL;
    fmpz_t base;
    fmpz_init(base);
    int k = fmpz_is_perfect_power(base, fmpq_numref(q));
    const Expr *e = k > 1 ? expr_mul(p, expr_int(p, k), expr_call1(p, FN_log, expr_fmpz(p, base))) : NULL;
    fmpz_clear(base);
    return e;
}

static const Expr *log_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_number(u[0]))
        return log_of_number(p, u[0]);
    if (expr_is_constant(u[0], CONSTANT_E))
        return expr_int(p, 1);
    if (expr_is_constant(u[0], CONSTANT_OO))
        return u[0];
    if (expr_is_constant(u[0], CONSTANT_I))
        return expr_mul(p, u[0], pi_times(p, 1, 2));
    if (expr_is_call(u[0], FN_exp) && real_looking(u[0]))
        return u[0]->arg[0];
    if (u[0]->kind == EXPR_POW && expr_is_number(u[0]->arg[0]) && expr_number_sign(u[0]->arg[0]) > 0 && real_looking(u[0]->arg[1]))
        return expr_mul(p, u[0]->arg[1], expr_call1(p, FN_log, u[0]->arg[0]));
    return NULL;
}

static const Expr *sqrt_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return expr_pow(p, u[0], expr_ratio(p, 1, 2));
}

static bool surely_positive(const Expr *e)
{
    return (expr_is_number(e) && expr_number_sign(e) > 0) || expr_is_constant(e, CONSTANT_PI) || expr_is_constant(e, CONSTANT_E);
}

static const Expr *cbrt_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[0]) || surely_positive(u[0]))
        return expr_pow(p, u[0], expr_ratio(p, 1, 3));
    if (expr_is_number(u[0]))
        return expr_neg(p, expr_pow(p, expr_neg(p, u[0]), expr_ratio(p, 1, 3)));
    return NULL;
}

static const Expr *nthroot_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_fits_slong(u[1], &k))
        return NULL;
    if (k <= 0)
        return pool_fail(p, "nthroot needs a positive index");
    const Expr *r = expr_ratio(p, 1, k);
    if (k % 2 == 0 || expr_is_zero(u[0]) || surely_positive(u[0]))
        return expr_pow(p, u[0], r);
    return expr_is_number(u[0]) ? expr_neg(p, expr_pow(p, expr_neg(p, u[0]), r)) : NULL;
}

/* log2, log10 of exact powers. */
static const Expr *log_base(Pool *p, const Expr *u, slong base)
{
    if (!expr_is_number(u) || expr_number_sign(u) <= 0)
        return NULL;
    bool        inverse = fmpz_is_one(fmpq_numref(expr_number(u)));
    const fmpz *n = inverse ? fmpq_denref(expr_number(u)) : fmpq_numref(expr_number(u));
    if (!inverse && !expr_is_integer(u))
        return NULL;
    fmpz_t rest, b;
    fmpz_init(rest);
    fmpz_init_set_si(b, base);
    slong       k = fmpz_remove(rest, n, b);
    const Expr *e = fmpz_is_one(rest) ? expr_int(p, inverse ? -k : k) : NULL;
    fmpz_clear(b);
    fmpz_clear(rest);
    return e;
}

static const Expr *log2_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return log_base(p, u[0], 2); }
static const Expr *log10_rule(Pool *p, const Expr *const *u, size_t n) { (void)n; return log_base(p, u[0], 10); }

static const Expr *sinh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    (void)p;
    if (expr_is_zero(u[0]) || expr_is_constant(u[0], CONSTANT_OO))
        return u[0];
    return expr_is_call(u[0], FN_asinh) ? u[0]->arg[0] : NULL;
}

static const Expr *tanh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_constant(u[0], CONSTANT_OO))
        return expr_int(p, 1);
    return expr_is_zero(u[0]) ? u[0] : expr_is_call(u[0], FN_atanh) ? u[0]->arg[0] : NULL;
}

static const Expr *cosh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_constant(u[0], CONSTANT_OO))
        return u[0];
    return expr_is_zero(u[0]) ? expr_int(p, 1) : expr_is_call(u[0], FN_acosh) ? u[0]->arg[0] : NULL;
}

static const Expr *zero_at_zero(Pool *p, const Expr *const *u, size_t n)
{
    (void)p, (void)n;
    return expr_is_zero(u[0]) ? u[0] : NULL;
}

static const Expr *one_at_zero(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return expr_is_zero(u[0]) ? expr_int(p, 1) : NULL;
}

static const Expr *zero_at_one(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return expr_is_one(u[0]) ? expr_int(p, 0) : NULL;
}

/* ---- sign, rounding, extremes ---------------------------------------------------------------------------------------- */

static const Expr *abs_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_number(u[0]))
        return expr_number_sign(u[0]) < 0 ? expr_neg(p, u[0]) : u[0];
    if (expr_is_constant(u[0], CONSTANT_I))
        return expr_int(p, 1);
    if (surely_positive(u[0]) || expr_is_constant(u[0], CONSTANT_OO) || expr_is_constant(u[0], CONSTANT_EULER)
        || expr_is_call(u[0], FN_abs) || (expr_is_call(u[0], FN_exp) && real_looking(u[0])))
        return u[0];
    if (u[0]->kind == EXPR_POW && real_looking(u[0])
        && ((expr_is_number(u[0]->arg[0]) && expr_number_sign(u[0]->arg[0]) > 0)
            || (expr_is_integer(u[0]->arg[1]) && fmpz_is_even(fmpq_numref(expr_number(u[0]->arg[1]))))))
        return u[0];
    const Expr *rest, *c = expr_split_coefficient(p, u[0], &rest);
    if (!expr_is_one(c) && !expr_is_one(rest))
        return expr_mul(p, expr_call1(p, FN_abs, c), expr_call1(p, FN_abs, rest));
    return expr_leads_negative(u[0]) ? expr_call1(p, FN_abs, expr_neg(p, u[0])) : NULL;
}

static const Expr *sign_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_number(u[0]))
        return expr_int(p, expr_number_sign(u[0]));
    if (surely_positive(u[0]) || expr_is_constant(u[0], CONSTANT_OO) || (expr_is_call(u[0], FN_exp) && real_looking(u[0])))
        return expr_int(p, 1);
    const Expr *rest, *c = expr_split_coefficient(p, u[0], &rest);
    return expr_is_one(c) ? NULL : expr_mul(p, expr_int(p, expr_number_sign(c)), expr_call1(p, FN_sign, rest));
}

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

static const Expr *floor_rule(Pool *p, const Expr *const *u, size_t n) { (void)n; return integer_part(p, u[0], FN_floor); }
static const Expr *ceil_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return integer_part(p, u[0], FN_ceil); }
static const Expr *round_rule(Pool *p, const Expr *const *u, size_t n) { (void)n; return integer_part(p, u[0], FN_round); }

static const Expr *mod_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[1]))
        return pool_fail(p, "mod by zero is not defined");
    if (!expr_is_number(u[0]) || !expr_is_number(u[1]))
        return NULL;
    return expr_sub(p, u[0], expr_mul(p, u[1], expr_call1(p, FN_floor, expr_div(p, u[0], u[1]))));
}

/* Keeps one copy of each argument and the extreme one of the numbers. sign 1: max, -1: min. */
static const Expr *extreme(Pool *p, const Expr *const *u, size_t n, FnId fn, int sign)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **keep = arena_array(pool_scratch(p), const Expr *, n);
    const Expr  *best = NULL;
    size_t       m = 0;
    for (size_t i = 0; i < n; i++) {
        if (expr_is_number(u[i])) {
            if (!best || sign * fmpq_cmp(expr_number(u[i]), expr_number(best)) > 0)
                best = u[i];
            continue;
        }
        bool known = false;
        for (size_t k = 0; k < m && !known; k++)
            known = keep[k] == u[i];
        if (!known)
            keep[m++] = u[i];
    }
    if (best)
        keep[m++] = best;
    const Expr *e = m == 1 ? keep[0] : m < n ? expr_call(p, &fn_rows[fn], keep, m) : NULL;
    arena_release(pool_scratch(p), mark);
    return e;
}

static const Expr *max_rule(Pool *p, const Expr *const *u, size_t n) { return extreme(p, u, n, FN_max, 1); }
static const Expr *min_rule(Pool *p, const Expr *const *u, size_t n) { return extreme(p, u, n, FN_min, -1); }

/* ---- factorials and special functions ----------------------------------------------------------------------------- */

static const Expr *factorial_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_is_integer(u[0]))
        return NULL;
    if (expr_number_sign(u[0]) < 0)
        return pool_fail(p, "factorial of a negative integer is not defined");
    if (!expr_fits_slong(u[0], &k) || k > FACTORIAL_LIMIT)
        return NULL;
    fmpz_t z;
    fmpz_init(z);
    fmpz_fac_ui(z, (ulong)k);
    const Expr *e = expr_fmpz(p, z);
    fmpz_clear(z);
    return e;
}

static const Expr *binomial_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k, m;
    if (!expr_fits_slong(u[1], &k) || k > FACTORIAL_LIMIT)
        return NULL;
    if (k < 0)
        return expr_int(p, 0);
    if (expr_fits_slong(u[0], &m) && m >= 0) {
        if (k > m)
            return expr_int(p, 0);
        if (m > 64 * FACTORIAL_LIMIT)
            return NULL;
        fmpz_t z;
        fmpz_init(z);
        fmpz_bin_uiui(z, (ulong)m, (ulong)k);
        const Expr *e = expr_fmpz(p, z);
        fmpz_clear(z);
        return e;
    }
    if (k > 64 || (!expr_is_number(u[0]) && k > 8))
        return NULL;
    const Expr *e = expr_int(p, 1);
    for (slong i = 0; i < k; i++)
        e = expr_mul(p, e, expr_mul(p, expr_sub(p, u[0], expr_int(p, i)), expr_ratio(p, 1, i + 1)));
    return e;
}

/* gamma at integers and half integers: gamma(n + 1/2) = (2n)!/(4^n*n!)*sqrt(pi), and the reflection for negative n. */
static const Expr *gamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong twice;
    const Expr *t = expr_is_number(u[0]) ? expr_mul(p, expr_int(p, 2), u[0]) : NULL;
    if (!t || !expr_fits_slong(t, &twice) || twice > 4000 || twice < -4000)
        return expr_is_constant(u[0], CONSTANT_OO) ? u[0] : NULL;
    if (twice % 2 == 0) {
        if (twice <= 0)
            return pool_fail(p, "gamma has a pole at %ld", twice / 2);
        return expr_call1(p, FN_factorial, expr_int(p, twice / 2 - 1));
    }
    const Expr *e = root(p, 1), *sqrt_pi = expr_pow(p, pi_times(p, 1, 1), expr_ratio(p, 1, 2));
    for (slong k = 1; k < twice; k += 2)
        e = expr_mul(p, e, expr_ratio(p, k, 2));
    for (slong k = twice; k < 1; k += 2)
        e = expr_mul(p, e, expr_ratio(p, 2, k));
    return expr_mul(p, e, sqrt_pi);
}

static const Expr *lgamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return expr_is_int(u[0], 1) || expr_is_int(u[0], 2) ? expr_int(p, 0) : NULL;
}

static const Expr *digamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_fits_slong(u[0], &k) || k > 200)
        return NULL;
    if (k <= 0)
        return pool_fail(p, "digamma has a pole at %ld", k);
    const Expr *e = expr_neg(p, expr_constant(p, CONSTANT_EULER));
    for (slong i = 1; i < k; i++)
        e = expr_add(p, e, expr_ratio(p, 1, i));
    return e;
}

/* zeta(-n) = -B(n+1)/(n+1), zeta(2n) = |B(2n)|*(2*pi)^(2n)/(2*(2n)!). */
static const Expr *zeta_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_fits_slong(u[0], &k) || k < -200 || k > 60 || (k > 1 && k % 2))
        return NULL;
    if (k == 1)
        return pool_fail(p, "zeta has a pole at 1");
    if (k == 0)
        return expr_ratio(p, -1, 2);
    fmpq_t b;
    fmpq_init(b);
    arith_bernoulli_number(b, (ulong)(k < 0 ? 1 - k : k));
    const Expr *e = expr_fmpq(p, b);
    fmpq_clear(b);
    if (k < 0)
        return expr_mul(p, e, expr_ratio(p, -1, 1 - k));
    const Expr *factor = expr_div(p, expr_powi(p, pi_times(p, 2, 1), k), expr_mul(p, expr_int(p, 2), expr_call1(p, FN_factorial, expr_int(p, k))));
    return expr_mul(p, expr_call1(p, FN_abs, e), factor);
}

static const Expr *lambertw_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[0]))
        return u[0];
    if (expr_is_constant(u[0], CONSTANT_E))
        return expr_int(p, 1);
    const Expr *inverse = expr_neg(p, expr_call1(p, FN_exp, expr_int(p, -1)));
    return u[0] == inverse ? expr_int(p, -1) : NULL;
}

static const Expr *bessel_rule(Pool *p, const Expr *const *u, size_t n)    /* J and I at 0 */
{
    (void)n;
    if (!expr_is_zero(u[1]) || !expr_is_number(u[0]))
        return NULL;
    return expr_is_zero(u[0]) ? expr_int(p, 1) : expr_number_sign(u[0]) > 0 || expr_is_integer(u[0]) ? expr_int(p, 0) : NULL;
}

/* atan2(y, x) of exact arguments on the right half plane and the axes. */
static const Expr *atan2_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (!expr_is_number(u[0]) || !expr_is_number(u[1]))
        return NULL;
    int y = expr_number_sign(u[0]), x = expr_number_sign(u[1]);
    if (x == 0)
        return y == 0 ? pool_fail(p, "atan2(0, 0) is not defined") : pi_times(p, y, 2);
    const Expr *angle = expr_call1(p, FN_atan, expr_div(p, u[0], u[1]));
    return x > 0 ? angle : expr_add(p, angle, pi_times(p, y < 0 ? -1 : 1, 1));
}

static const Rule rules[FN_COUNT] = {
    [FN_sin] = sin_rule,     [FN_cos] = cos_rule,       [FN_tan] = tan_rule,
    [FN_asin] = asin_rule,   [FN_acos] = acos_rule,     [FN_atan] = atan_rule,     [FN_atan2] = atan2_rule,
    [FN_exp] = exp_rule,     [FN_log] = log_rule,       [FN_log2] = log2_rule,     [FN_log10] = log10_rule,
    [FN_sqrt] = sqrt_rule,   [FN_cbrt] = cbrt_rule,     [FN_nthroot] = nthroot_rule,
    [FN_sinh] = sinh_rule,   [FN_cosh] = cosh_rule,     [FN_tanh] = tanh_rule,
    [FN_asinh] = zero_at_zero, [FN_atanh] = zero_at_zero, [FN_acosh] = zero_at_one,
    [FN_sec] = one_at_zero,  [FN_sech] = one_at_zero,   [FN_log1p] = zero_at_zero, [FN_expm1] = zero_at_zero,
    [FN_erf] = zero_at_zero, [FN_erfc] = one_at_zero,   [FN_erfi] = zero_at_zero,
    [FN_si] = zero_at_zero,  [FN_shi] = zero_at_zero,
    [FN_abs] = abs_rule,     [FN_sign] = sign_rule,     [FN_mod] = mod_rule,
    [FN_floor] = floor_rule, [FN_ceil] = ceil_rule,     [FN_round] = round_rule,
    [FN_min] = min_rule,     [FN_max] = max_rule,
    [FN_factorial] = factorial_rule, [FN_binomial] = binomial_rule,
    [FN_gamma] = gamma_rule, [FN_lgamma] = lgamma_rule, [FN_digamma] = digamma_rule, [FN_zeta] = zeta_rule,
    [FN_lambertw] = lambertw_rule, [FN_besselj] = bessel_rule, [FN_besseli] = bessel_rule,
};

const Expr *call_rules(Pool *p, const FnRow *fn, const Expr *const *u, size_t n)
{
    size_t      failures = pool_failures(p);
    const Expr *e = rules[fn->id] ? rules[fn->id](p, u, n) : NULL;
    if (e || pool_failures(p) != failures || n != 1 || fn->parity == PARITY_NONE || !expr_leads_negative(u[0]))
        return e;
    const Expr *v = expr_neg(p, u[0]);
    const Expr *f = expr_call(p, fn, &v, 1);
    return fn->parity == PARITY_ODD ? expr_neg(p, f) : f;
}
