/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact values of factorials, binomial coefficients, gamma and its kin, zeta, Lambert W and Bessel functions at integers, half
 * integers and zero. Poles fail with a message. [DLMF 5.4, 5.15, 25.6] */
#include "symbolic/expr/special_int.h"

#include "symbolic/algebra/zero.h"

#include <flint/arith.h>
#include <stdlib.h>

enum { FACTORIAL_LIMIT = 100000, LOG_LIMIT = 20, HARMONIC_LIMIT = 200 };

static const Expr *root(Pool *p, slong n)              { return expr_pow(p, expr_int(p, n), expr_ratio(p, 1, 2)); }
static bool        is_half(const Expr *e)              { return expr_is_number(e) && fmpz_equal_si(fmpq_denref(expr_number(e)), 2); }


const Expr *factorial_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_is_integer(u[0]))
        return is_half(u[0]) ? expr_call1(p, FN_gamma, expr_add(p, u[0], expr_int(p, 1))) : NULL;
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

const Expr *binomial_rule(Pool *p, const Expr *const *u, size_t n)
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
const Expr *gamma_rule(Pool *p, const Expr *const *u, size_t n)
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

const Expr *lgamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    if (!expr_fits_slong(u[0], &k))
        return is_half(u[0]) && expr_number_sign(u[0]) > 0 ? expr_call1(p, FN_log, gamma_rule(p, u, 1)) : NULL;
    if (k <= 0)
        return pool_fail(p, "lgamma has a pole at %ld", k);
    return k <= LOG_LIMIT ? expr_call1(p, FN_log, expr_call1(p, FN_factorial, expr_int(p, k - 1))) : NULL;
}

/* digamma(n) = H(n - 1) - euler, digamma(n + 1/2) = 2*(1 + 1/3 + ... + 1/(2n - 1)) - euler - 2*log(2), and the reflection of it. */
const Expr *digamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong       k;
    const Expr *e = expr_neg(p, expr_constant(p, CONSTANT_EULER)), *two = expr_int(p, 2);
    if (is_half(u[0]) && expr_fits_slong(expr_mul(p, two, u[0]), &k) && labs(k) <= HARMONIC_LIMIT) {
        for (slong i = 1; i < labs(k - 1); i += 2)
            e = expr_add(p, e, expr_ratio(p, 2, i));
        return expr_sub(p, e, expr_mul(p, two, expr_call1(p, FN_log, two)));
    }
    if (!expr_fits_slong(u[0], &k) || k > HARMONIC_LIMIT)
        return NULL;
    if (k <= 0)
        return pool_fail(p, "digamma has a pole at %ld", k);
    for (slong i = 1; i < k; i++)
        e = expr_add(p, e, expr_ratio(p, 1, i));
    return e;
}

/* The m-th derivative of digamma at 1 is (-1)^(m+1)*m!*zeta(m + 1), at 1/2 that times 2^(m+1) - 1; each step to the right adds
 * (-1)^m*m!/x^(m+1). */
const Expr *polygamma_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong m, k;
    if (expr_is_zero(u[0]))
        return expr_call1(p, FN_digamma, u[1]);
    if (!expr_fits_slong(u[0], &m) || m < 0 || !expr_is_number(u[1]))
        return NULL;
    if (expr_is_integer(u[1]) && expr_number_sign(u[1]) <= 0)
        return pool_fail(p, "polygamma has a pole at a non-positive integer");
    bool half = is_half(u[1]);
    if (m > 30 || !(half || expr_is_integer(u[1])) || !expr_fits_slong(expr_mul(p, expr_int(p, 2), u[1]), &k) || k < 0 || k > 40)
        return NULL;
    const Expr *factorial = expr_call1(p, FN_factorial, expr_int(p, m)), *e = expr_call1(p, FN_zeta, expr_int(p, m + 1));
    if (half)
        e = expr_mul(p, e, expr_sub(p, expr_powi(p, expr_int(p, 2), m + 1), expr_int(p, 1)));
    for (slong i = half ? 1 : 2; i < k; i += 2)
        e = expr_sub(p, e, expr_powi(p, expr_ratio(p, i, 2), -m - 1));
    return expr_mul(p, expr_mul(p, expr_int(p, m % 2 ? 1 : -1), factorial), e);
}

/* B(x, n) = (n - 1)!/(x*(x + 1)*...*(x + n - 1)) for a small positive integer n, and half integers by gamma. */
const Expr *beta_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    slong k;
    for (int i = 0; i < 2; i++) {
        const Expr *x = u[1 - i];
        if (!expr_is_number(x) || !expr_fits_slong(u[i], &k) || k < 1 || k > HARMONIC_LIMIT)
            continue;
        const Expr *e = expr_call1(p, FN_factorial, expr_int(p, k - 1));
        for (slong j = 0; j < k; j++)
            e = expr_div(p, e, expr_add(p, x, expr_int(p, j)));
        return e;
    }
    bool exact = (is_half(u[0]) || expr_is_integer(u[0])) && (is_half(u[1]) || expr_is_integer(u[1]))
              && expr_number_sign(u[0]) > 0 && expr_number_sign(u[1]) > 0;
    return exact ? expr_div(p, expr_mul(p, gamma_rule(p, u, 1), gamma_rule(p, u + 1, 1)), gamma_rule(p, ARGS(expr_add(p, u[0], u[1])), 1))
                 : NULL;
}

/* zeta(-n) = -B(n+1)/(n+1), zeta(2n) = |B(2n)|*(2*pi)^(2n)/(2*(2n)!). */
const Expr *zeta_rule(Pool *p, const Expr *const *u, size_t n)
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

/* Is a real constant u = v*exp(v) for v = -m*log(c), that is -m*log(c)/c^m, on this branch (1: v >= -1, -1: v <= -1)? */
static bool is_on_branch(Pool *p, const Expr *u, const Expr *v, int branch)
{
    const Expr *product = expr_mul(p, v, expr_call1(p, FN_exp, v));
    int         side;
    return product && (product == u || expr_zero_test(p, expr_sub(p, product, u)).answer == YES)
        && expr_sign(p, expr_add(p, v, expr_int(p, 1)), &side).answer == YES && side*branch >= 0;
}

static const Expr *lambert_of_log(Pool *p, const Expr *u, int branch)
{
    enum { MOST_MULTIPLE = 8 };
    for (uint32_t i = 0; u->kind == EXPR_MUL && expr_is_numeric(u) && i < u->arity; i++) {
        const Expr *l = u->arg[i];
        for (slong m = 1; expr_is_call(l, FN_log) && m <= (expr_is_number(l->arg[0]) ? MOST_MULTIPLE : 1); m++)
            if (is_on_branch(p, u, expr_mul(p, expr_int(p, -m), l), branch))
                return expr_mul(p, expr_int(p, -m), l);
    }
    return NULL;
}

const Expr *lambertw_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[0]))
        return u[0];
    if (expr_is_constant(u[0], CONSTANT_E))
        return expr_int(p, 1);
    for (uint32_t i = 0; u[0]->kind == EXPR_MUL && i < u[0]->arity; i++) {         /* W(r*exp(r)) = r for r >= -1 */
        const Expr *r = expr_is_call(u[0]->arg[i], FN_exp) ? u[0]->arg[i]->arg[0] : u[0]->arg[i];
        r = expr_is_constant(r, CONSTANT_E) ? expr_int(p, 1) : r;
        if (expr_is_number(r) && expr_number_sign(expr_add(p, r, expr_int(p, 1))) >= 0 && expr_mul(p, r, expr_call1(p, FN_exp, r)) == u[0])
            return r;
    }
    return lambert_of_log(p, u[0], 1);
}

const Expr *lambertwm1_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    return lambert_of_log(p, u[0], -1);
}

/* zeta'(0) = -log(2*pi)/2 */
const Expr *zetaderiv_rule(Pool *p, const Expr *const *u, size_t n)
{
    (void)n;
    if (expr_is_zero(u[0]))
        return expr_call1(p, FN_zeta, u[1]);
    if (expr_is_number(u[0]) && expr_is_one(u[1]))
        return pool_fail(p, "zeta has a pole at 1");
    return expr_is_one(u[0]) && expr_is_zero(u[1]) ? expr_mul(p, expr_ratio(p, -1, 2), expr_call1(p, FN_log, pi_times(p, 2, 1))) : NULL;
}

const Expr *bessel_regular_rule(Pool *p, const Expr *const *u, size_t n)    /* J and I at 0 */
{
    (void)n;
    if (!expr_is_zero(u[1]) || !expr_is_number(u[0]))
        return NULL;
    if (expr_is_zero(u[0]))
        return expr_int(p, 1);
    if (expr_number_sign(u[0]) > 0 || expr_is_integer(u[0]))
        return expr_int(p, 0);
    return pool_fail(p, "a Bessel function of negative order has a pole at 0");
}

const Expr *bessel_singular_rule(Pool *p, const Expr *const *u, size_t n)   /* Y and K at 0 */
{
    (void)n;
    return expr_is_zero(u[1]) && expr_is_number(u[0]) ? pool_fail(p, "this Bessel function has a pole at 0") : NULL;
}
