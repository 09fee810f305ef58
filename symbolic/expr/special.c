/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact values of functions and the rewritings that always hold: sin(pi/6), log(8), gamma(5/2), exp(log(x)), sin(-x).
 * One rule per function in a table indexed by the function's id; a rule returns NULL where it has nothing to say. Signs and
 * rounding are in special_sign.c, gamma and its kin in special_gamma.c, values at single points in special_at.c. */
#include "symbolic/expr/special_int.h"

#include <flint/fmpz_factor.h>

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

/* 1/sqrt(1 + u^2) */
static const Expr *cos_of_atan(Pool *p, const Expr *u)
{
    return expr_pow(p, expr_add(p, expr_int(p, 1), expr_powi(p, u, 2)), expr_ratio(p, -1, 2));
}

/* sqrt(1 - u^2) */
static const Expr *cos_of_asin(Pool *p, const Expr *u)
{
    return expr_pow(p, expr_sub(p, expr_int(p, 1), expr_powi(p, u, 2)), expr_ratio(p, 1, 2));
}

static bool real_call(const Expr *e, FnId fn)
{
    return expr_is_call(e, fn) && (e->arg[0]->flags & EXPR_REAL);
}

static const Expr *sin_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_asin))
        return u[0]->arg[0];
    if (expr_is_call(u[0], FN_acos))
        return cos_of_asin(p, u[0]->arg[0]);
    if (real_call(u[0], FN_atan))
        return expr_mul(p, u[0]->arg[0], cos_of_atan(p, u[0]->arg[0]));
    return sine_shifted(p, u[0], 0, 1);
}

/* cos(q*pi) = sin(q*pi + pi/2); a result that is still a sine is not exact and goes back to a cosine of a small angle. */
static const Expr *cos_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_acos))
        return u[0]->arg[0];
    if (expr_is_call(u[0], FN_asin))
        return cos_of_asin(p, u[0]->arg[0]);
    if (real_call(u[0], FN_atan))
        return cos_of_atan(p, u[0]->arg[0]);
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
    if (expr_is_call(u[0], FN_asin))
        return expr_div(p, u[0]->arg[0], cos_of_asin(p, u[0]->arg[0]));
    if (expr_is_call(u[0], FN_acos))
        return expr_div(p, cos_of_asin(p, u[0]->arg[0]), u[0]->arg[0]);
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

/* 1/sin(k*pi/60) for the same k > 0. */
static const Expr *cosecant_table(Pool *p, slong k)
{
    switch (k) {
    case 5:  return expr_add(p, root(p, 6), root(p, 2));
    case 6:  return expr_add(p, root(p, 5), expr_int(p, 1));
    case 18: return expr_sub(p, root(p, 5), expr_int(p, 1));
    case 25: return expr_sub(p, root(p, 6), root(p, 2));
    default: return expr_powi(p, sine_table(p, (ulong)k), -1);
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

/* 1/s for a sine or cosine s of the table. */
static const Expr *inverse_sine(Pool *p, const Expr *s, const char *name)
{
    if (!s || expr_is_zero(s))
        return s ? pool_fail(p, "%s has a pole here", name) : NULL;
    slong k = find_sine(p, s);
    if (k > 0)
        return cosecant_table(p, k);
    k = find_sine(p, expr_neg(p, s));
    return k > 0 ? expr_neg(p, cosecant_table(p, k)) : NULL;
}

static const Expr *csc_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return inverse_sine(p, sine_shifted(p, u[0], 0, 1), "csc");
}

static const Expr *sec_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return inverse_sine(p, sine_shifted(p, u[0], 1, 2), "sec");
}

/* cot(u) = tan(pi/2 - u) where that is exact. */
static const Expr *cot_rule(Pool *p, const Expr *const *u, size_t n)
{
    fmpq_t q;
    (void)n;
    fmpq_init(q);
    bool pi = pi_multiple(u[0], q), pole = pi && fmpz_is_one(fmpq_denref(q));
    fmpq_clear(q);
    if (pole)
        return pool_fail(p, "cot has a pole here");
    const Expr *v = pi ? expr_sub(p, pi_times(p, 1, 2), u[0]) : NULL, *t = v ? tan_rule(p, &v, 1) : NULL;
    return t;
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
    if (!expr_is_numeric(u[0]) || (u[0]->flags & EXPR_HAS_INFINITE))
        return NULL;
    const Expr *minus = expr_neg(p, u[0]);
    for (slong k = 0; k < 6; k++) {
        const Expr *t = expr_call1(p, FN_tan, pi_times(p, k, 12));
        if (t == u[0] || t == minus)
            return pi_times(p, t == u[0] ? k : -k, 12);
    }
    return NULL;
}

/* ---- exponential, logarithm, roots --------------------------------------------------------------------------------- */

static bool surely_real(const Expr *e) { return e->flags & EXPR_REAL; }

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
    const Expr *rest, *c = expr_split_coefficient(p, u[0], &rest);
    if (expr_is_constant(rest, CONSTANT_I)) {                     /* log(c*i) = log|c| + sign(c)*i*pi/2 */
        int s = expr_number_sign(c);
        return expr_add(p, expr_call1(p, FN_log, s < 0 ? expr_neg(p, c) : c), expr_mul(p, rest, pi_times(p, s, 2)));
    }
    if (expr_is_call(u[0], FN_exp) && surely_real(u[0]->arg[0]))
        return u[0]->arg[0];
    for (uint32_t i = 0; u[0]->kind == EXPR_MUL && i < u[0]->arity; i++)    /* log(c*exp(v)) = v + log(c) for real v */
        if (expr_is_call(u[0]->arg[i], FN_exp) && surely_real(u[0]->arg[i]->arg[0]))
            return expr_add(p, u[0]->arg[i]->arg[0], expr_call1(p, FN_log, expr_div(p, u[0], u[0]->arg[i])));
    if (u[0]->kind == EXPR_POW && (u[0]->arg[0]->flags & EXPR_NONNEGATIVE) && surely_real(u[0]->arg[1]))
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

/* ---- hyperbolic functions and inverses ------------------------------------------------------------------------------ */

/* sqrt(u - 1)*sqrt(u + 1) */
static const Expr *sinh_of_acosh(Pool *p, const Expr *u)
{
    const Expr *one = expr_int(p, 1), *h = expr_ratio(p, 1, 2);
    return expr_mul(p, expr_pow(p, expr_sub(p, u, one), h), expr_pow(p, expr_add(p, u, one), h));
}

/* sqrt(1 + u^2) */
static const Expr *cosh_of_asinh(Pool *p, const Expr *u)
{
    return expr_pow(p, expr_add(p, expr_int(p, 1), expr_powi(p, u, 2)), expr_ratio(p, 1, 2));
}

static const Expr *sinh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_call(u[0], FN_acosh))
        return sinh_of_acosh(p, u[0]->arg[0]);
    return expr_is_zero(u[0]) ? u[0] : expr_is_call(u[0], FN_asinh) ? u[0]->arg[0] : NULL;
}

static const Expr *tanh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (real_call(u[0], FN_asinh))
        return expr_div(p, u[0]->arg[0], cosh_of_asinh(p, u[0]->arg[0]));
    return expr_is_zero(u[0]) ? u[0] : expr_is_call(u[0], FN_atanh) ? u[0]->arg[0] : NULL;
}

static const Expr *cosh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (real_call(u[0], FN_asinh))
        return cosh_of_asinh(p, u[0]->arg[0]);
    return expr_is_zero(u[0]) ? expr_int(p, 1) : expr_is_call(u[0], FN_acosh) ? u[0]->arg[0] : NULL;
}

/* acosh(cosh(u)) = abs(u) and atanh(tanh(u)) = u for real u. */
static const Expr *acosh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return real_call(u[0], FN_cosh) ? expr_call1(p, FN_abs, u[0]->arg[0]) : expr_is_one(u[0]) ? expr_int(p, 0) : NULL;
}

static const Expr *atanh_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)p;
    (void)n;
    return real_call(u[0], FN_tanh) ? u[0]->arg[0] : expr_is_zero(u[0]) ? u[0] : NULL;
}

/* acot(u) = atan(1/u) and its kin, where that is an exact value. */
static const Expr *reciprocal(Pool *p, const Expr *u, FnId inner)
{
    const Expr *rest, *e = expr_is_numeric(u) && !(u->flags & EXPR_HAS_INFINITE) ? expr_call1(p, inner, expr_powi(p, u, -1)) : NULL;
    if (!e)
        return NULL;
    expr_split_coefficient(p, e, &rest);
    return expr_is_call(rest, inner) ? NULL : e;
}

static const Expr *acot_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return reciprocal(p, u[0], FN_atan); }
static const Expr *asec_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return reciprocal(p, u[0], FN_acos); }
static const Expr *acsc_rule(Pool *p, const Expr *const *u, size_t n)  { (void)n; return reciprocal(p, u[0], FN_asin); }

/* What keeps its digits in floating point means the plain formula; at numbers it is that, so that exact values are found. */
static const Expr *defined(Pool *p, const char *text, const Expr *const *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!expr_is_numeric(u[i]) || u[i]->flags & (EXPR_HAS_INFINITE | EXPR_HAS_BALL))
            return NULL;
    return pool_read(p, text, u, n);
}

static const Expr *fma_rule(Pool *p, const Expr *const *u, size_t n)   { (void)n; return expr_add(p, expr_mul(p, u[0], u[1]), u[2]); }
static const Expr *sinpi_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "sin(pi*u)", u, n); }
static const Expr *cospi_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "cos(pi*u)", u, n); }
static const Expr *tanpi_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "tan(pi*u)", u, n); }
static const Expr *cosm1_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "cos(u) - 1", u, n); }
static const Expr *powm1_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "u^v - 1", u, n); }
static const Expr *compound_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "(1 + u)^v", u, n); }
static const Expr *logcosh_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "log(cosh(u))", u, n); }
static const Expr *logaddexp_rule(Pool *p, const Expr *const *u, size_t n) { return defined(p, "log(exp(u) + exp(v))", u, n); }
static const Expr *xlogy_rule(Pool *p, const Expr *const *u, size_t n)
{
    return expr_is_zero(u[0]) ? u[0] : defined(p, "u*log(v)", u, n);
}
static const Expr *xlog1py_rule(Pool *p, const Expr *const *u, size_t n)
{
    return expr_is_zero(u[0]) ? u[0] : defined(p, "u*log(1 + v)", u, n);
}

/* Without variables there is nothing to stop; stopping twice is stopping. */
static const Expr *stop_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)p, (void)n;
    return expr_is_numeric(u[0]) || expr_is_call(u[0], FN_stop_gradient) ? u[0] : NULL;
}

static const Rule rules[FN_COUNT] = {
    [FN_fma] = fma_rule,     [FN_sinpi] = sinpi_rule,   [FN_cospi] = cospi_rule,   [FN_tanpi] = tanpi_rule,
    [FN_cosm1] = cosm1_rule, [FN_powm1] = powm1_rule,   [FN_compound] = compound_rule, [FN_logcosh] = logcosh_rule,
    [FN_logaddexp] = logaddexp_rule, [FN_xlogy] = xlogy_rule, [FN_xlog1py] = xlog1py_rule,
    [FN_sin] = sin_rule,     [FN_cos] = cos_rule,       [FN_tan] = tan_rule,
    [FN_cot] = cot_rule,     [FN_sec] = sec_rule,       [FN_csc] = csc_rule,
    [FN_asin] = asin_rule,   [FN_acos] = acos_rule,     [FN_atan] = atan_rule,     [FN_atan2] = atan2_rule,
    [FN_acot] = acot_rule,   [FN_asec] = asec_rule,     [FN_acsc] = acsc_rule,
    [FN_exp] = exp_rule,     [FN_log] = log_rule,       [FN_log2] = log2_rule,     [FN_log10] = log10_rule,
    [FN_sqrt] = sqrt_rule,   [FN_cbrt] = cbrt_rule,     [FN_nthroot] = nthroot_rule,
    [FN_sinh] = sinh_rule,   [FN_cosh] = cosh_rule,     [FN_tanh] = tanh_rule,
    [FN_acosh] = acosh_rule, [FN_atanh] = atanh_rule,
    [FN_abs] = abs_rule,     [FN_sign] = sign_rule,     [FN_mod] = mod_rule,       [FN_relu] = relu_rule,
    [FN_floor] = floor_rule, [FN_ceil] = ceil_rule,     [FN_round] = round_rule,
    [FN_min] = min_rule,     [FN_max] = max_rule,       [FN_hypot] = hypot_rule,
    [FN_re] = re_rule,       [FN_im] = im_rule,         [FN_conj] = conj_rule,     [FN_arg] = arg_rule,
    [FN_factorial] = factorial_rule, [FN_binomial] = binomial_rule,
    [FN_gamma] = gamma_rule, [FN_lgamma] = lgamma_rule, [FN_digamma] = digamma_rule, [FN_polygamma] = polygamma_rule,
    [FN_beta] = beta_rule,   [FN_zeta] = zeta_rule,     [FN_zetaderiv] = zetaderiv_rule, [FN_lambertw] = lambertw_rule, [FN_lambertwm1] = lambertwm1_rule,
    [FN_root_of] = root_of_rule,
    [FN_stop_gradient] = stop_rule,
    [FN_besselj] = bessel_regular_rule,  [FN_besseli] = bessel_regular_rule,
    [FN_bessely] = bessel_singular_rule, [FN_besselk] = bessel_singular_rule,
};

const Expr *call_rules(Pool *p, const FnRow *fn, const Expr *const *u, size_t n)
{
    size_t      failures = pool_failures(p);
    const Expr *e = n == 1 ? value_at_point(p, fn, u[0]) : NULL;
    if (!e && pool_failures(p) == failures && rules[fn->id])
        e = rules[fn->id](p, u, n);
    if (e || pool_failures(p) != failures || n != 1 || fn->parity == PARITY_NONE || !expr_leads_negative(u[0]))
        return e;
    const Expr *v = expr_neg(p, u[0]);
    const Expr *f = expr_call(p, fn, &v, 1);
    return fn->parity == PARITY_ODD ? expr_neg(p, f) : f;
}
