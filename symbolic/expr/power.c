/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical powers. Only rewritings that hold for all real (and principal complex) values:
 * (a^b)^n = a^(b*n) for integer n, (a*b)^n = a^n*b^n for integer n, (c*a)^r = c^r*a^r for a positive number c,
 * (a^d)^r = a^(d*r) for -1 < d <= 1 or a >= 0 and real d, exp(u)^r = exp(r*u) for real u and r.
 * Rational powers of rationals become an integer part times radicals of distinct primes' products: 12^(1/2) = 2*3^(1/2).
 * An integer power whose result would pass 2^22 bits stays a power: its digits come from balls. */
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/gaussian.h"

#include <flint/fmpz_factor.h>
#include <flint/ulong_extras.h>

enum { POWER_BITS = 1 << 22, TRIAL_PRIMES = 200 };

/* ---- numbers to integer powers ----------------------------------------------------------------------------------- */

static bool power_fits(const fmpq *q, slong n)
{
    ulong bits = fmpz_bits(fmpq_numref(q)) > fmpz_bits(fmpq_denref(q)) ? fmpz_bits(fmpq_numref(q))
                                                                       : fmpz_bits(fmpq_denref(q));
    ulong m = n < 0 ? -(ulong)n : (ulong)n;
    return bits <= 1 || (m < POWER_BITS && (bits - 1) * m < POWER_BITS);
}

static const Expr *number_powi(Pool *p, const Expr *base, const Expr *exponent)
{
    const fmpq *q = expr_number(base);
    slong       n;
    if (!expr_fits_slong(exponent, &n) || !power_fits(q, n)) {
        bool unit = fmpz_is_pm1(fmpq_numref(q)) && fmpz_is_one(fmpq_denref(q));
        if (unit)
            return expr_int(p, fmpz_is_one(fmpq_numref(q)) || fmpz_is_even(fmpq_numref(expr_number(exponent))) ? 1 : -1);
        return expr_node(p, EXPR_POW, NULL, ARGS(base, exponent), 2);
    }
    fmpq_t r;
    fmpq_init(r);
    fmpq_pow_si(r, q, n);
    const Expr *e = expr_fmpq(p, r);
    fmpq_clear(r);
    return e;
}

/* ---- radicals ---------------------------------------------------------------------------------------------------- */

/* Multiplies by prime^(num/den), 0 < num: the integer part goes to the coefficient, the rest becomes a factor. */
typedef struct Radicals {
    Pool   *pool;
    fmpz_t  coefficient;
    size_t  n;
    struct { slong num, den; fmpz_t base; } part[64];
} Radicals;

static void put_radical(Radicals *r, const fmpz_t base, slong num, slong den)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->part[i].num == num && r->part[i].den == den) {
            fmpz_mul(r->part[i].base, r->part[i].base, base);
            return;
        }
    fmpz_init_set(r->part[r->n].base, base);
    r->part[r->n].num = num;
    r->part[r->n++].den = den;
}

static void put_prime_power(Radicals *r, const fmpz_t prime, slong power, slong num, slong den)
{
    slong  total = power * num;
    fmpz_t whole;
    fmpz_init(whole);
    fmpz_pow_ui(whole, prime, (ulong)(total / den));
    fmpz_mul(r->coefficient, r->coefficient, whole);
    fmpz_clear(whole);
    slong rest = total % den;
    if (rest) {
        slong g = (slong)n_gcd((ulong)rest, (ulong)den);
        put_radical(r, prime, rest / g, den / g);
    }
}

/* n^(num/den) for n > 0 and 0 < num < den. Small primes are split off; what remains is searched for a perfect power. */
static void put_integer(Radicals *r, const fmpz_t n, slong num, slong den)
{
    if (fmpz_is_one(n))
        return;
    fmpz_factor_t factor;
    fmpz_t        rest, root;
    fmpz_factor_init(factor);
    fmpz_init(rest);
    fmpz_init(root);
    fmpz_factor_trial(factor, n, TRIAL_PRIMES);
    for (slong i = 0; i < factor->num && r->n < 60; i++) {
        fmpz_set(rest, factor->p + i);
        int power = fmpz_is_perfect_power(root, rest);
        if (power > 1)
            put_prime_power(r, root, (slong)factor->exp[i] * power, num, den);
        else
            put_prime_power(r, rest, (slong)factor->exp[i], num, den);
    }
    fmpz_clear(root);
    fmpz_clear(rest);
    fmpz_factor_clear(factor);
}

static const Expr *radicals_product(Radicals *r, const fmpz_t den)
{
    Pool       *p = r->pool;
    const Expr *part[64];
    size_t      n = 0;
    fmpq_t      q;
    fmpq_init(q);
    fmpq_set_fmpz_frac(q, r->coefficient, den);
    part[n++] = expr_fmpq(p, q);
    fmpq_clear(q);
    for (size_t i = 0; i < r->n; i++) {
        const Expr *base = expr_fmpz(p, r->part[i].base);
        part[n++] = expr_node(p, EXPR_POW, NULL, ARGS(base, expr_ratio(p, r->part[i].num, r->part[i].den)), 2);
        fmpz_clear(r->part[i].base);
    }
    return expr_product(p, part, n);
}

/* q^(num/den) for q > 0, 0 < num < den: (a/b)^(num/den) = a^(num/den) * b^((den - num)/den) / b. */
static const Expr *positive_radical(Pool *p, const fmpq *q, slong num, slong den)
{
    Radicals r = { .pool = p };
    fmpz_init_set_si(r.coefficient, 1);
    put_integer(&r, fmpq_numref(q), num, den);
    put_integer(&r, fmpq_denref(q), den - num, den);
    const Expr *e = radicals_product(&r, fmpq_denref(q));
    fmpz_clear(r.coefficient);
    return e;
}

/* (-1)^(num/den) for 0 < num < den. */
static const Expr *minus_one_root(Pool *p, slong num, slong den)
{
    if (2 * num == den)
        return expr_constant(p, CONSTANT_I);
    return expr_node(p, EXPR_POW, NULL, ARGS(expr_int(p, -1), expr_ratio(p, num, den)), 2);
}

static const Expr *number_power(Pool *p, const Expr *base, const Expr *exponent)
{
    if (expr_is_integer(exponent))
        return number_powi(p, base, exponent);
    const fmpq *q = expr_number(base), *r = expr_number(exponent);
    if (!fmpz_fits_si(fmpq_numref(r)) || !fmpz_fits_si(fmpq_denref(r)) || fmpz_cmp_si(fmpq_denref(r), 1000000) > 0)
        return expr_node(p, EXPR_POW, NULL, ARGS(base, exponent), 2);
    slong den = fmpz_get_si(fmpq_denref(r)), num = fmpz_get_si(fmpq_numref(r));
    slong whole = num >= 0 ? num / den : -((-num + den - 1) / den);
    num -= whole * den;
    if (!power_fits(q, whole) || (fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q))) * (ulong)num > POWER_BITS)
        return expr_node(p, EXPR_POW, NULL, ARGS(base, exponent), 2);
    fmpq_t size;
    fmpq_init(size);
    fmpq_abs(size, q);
    const Expr *e = positive_radical(p, size, num, den);
    if (fmpq_sgn(q) < 0)
        e = expr_mul(p, e, minus_one_root(p, num, den));
    fmpq_clear(size);
    return whole ? expr_mul(p, number_powi(p, base, expr_int(p, whole)), e) : e;
}

/* ---- other bases --------------------------------------------------------------------------------------------------- */

static const Expr *infinite_power(Pool *p, const Expr *a, const Expr *b)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    bool        down = b->kind == EXPR_MUL && b->arity == 2 && expr_is_int(b->arg[0], -1) && b->arg[1] == oo;
    if (a == oo && expr_is_number(b)) {
        int s = expr_number_sign(b);
        return s > 0 ? oo : s < 0 ? expr_int(p, 0) : pool_fail(p, "oo^0 is indeterminate");
    }
    if (a->kind == EXPR_MUL && a->arity == 2 && expr_is_int(a->arg[0], -1) && a->arg[1] == oo && expr_is_integer(b)
        && expr_number_sign(b) != 0)
        return expr_mul(p, expr_powi(p, expr_int(p, -1), fmpz_is_even(fmpq_numref(expr_number(b))) ? 2 : 1),
                        infinite_power(p, oo, b));
    if (expr_is_zero(a) && b == oo)
        return a;
    if (!(b == oo || down) || !expr_is_number(a))
        return expr_is_one(a) ? pool_fail(p, "1^oo is indeterminate") : expr_node(p, EXPR_POW, NULL, ARGS(a, b), 2);
    fmpq_t one;
    fmpq_init(one);
    fmpq_one(one);
    int above = fmpq_cmp(expr_number(a), one);
    fmpq_clear(one);
    if (above == 0)
        return pool_fail(p, "1^oo is indeterminate");
    if (above > 0)
        return down ? expr_int(p, 0) : oo;
    if (expr_number_sign(a) > 0)
        return down ? oo : expr_int(p, 0);
    return expr_node(p, EXPR_POW, NULL, ARGS(a, b), 2);
}

static const Expr *i_power(Pool *p, const Expr *n)
{
    static const int re[4] = { 1, 0, -1, 0 };
    ulong k = fmpz_fdiv_ui(fmpq_numref(expr_number(n)), 4);
    return k % 2 == 0 ? expr_int(p, re[k]) : expr_mul(p, expr_int(p, k == 1 ? 1 : -1), expr_constant(p, CONSTANT_I));
}

static const Expr *product_power(Pool *p, const Expr *a, const Expr *n)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **arg = arena_array(pool_scratch(p), const Expr *, a->arity);
    for (uint32_t i = 0; i < a->arity; i++)
        arg[i] = expr_pow(p, a->arg[i], n);
    const Expr *e = expr_product(p, arg, a->arity);
    arena_release(pool_scratch(p), mark);
    return e;
}

/* (c*a)^r with a positive number c: c^r * a^r. A negative c leaves its sign inside. */
static const Expr *pull_coefficient(Pool *p, const Expr *a, const Expr *r)
{
    const Expr *rest, *c = expr_split_coefficient(p, a, &rest);
    bool        negative = expr_number_sign(c) < 0;
    const Expr *size = negative ? expr_neg(p, c) : c;
    if (expr_is_one(size))
        return NULL;
    return expr_mul(p, expr_pow(p, size, r), expr_pow(p, negative ? expr_neg(p, rest) : rest, r));
}

/* Is (a^d)^r = a^(d*r) for every principal value? */
static bool nested_power_joins(const Expr *a, const Expr *d, const Expr *r)
{
    if (expr_is_integer(r) || ((a->flags & EXPR_NONNEGATIVE) && (d->flags & EXPR_REAL)))
        return true;
    if (!expr_is_number(d))
        return false;
    fmpq_t one;
    fmpq_init(one);
    fmpq_one(one);
    bool inside = fmpq_cmp(expr_number(d), one) < 0;
    fmpq_neg(one, one);
    inside = inside && fmpq_cmp(expr_number(d), one) > 0;
    fmpq_clear(one);
    return inside;
}

const Expr *power_rules(Pool *p, const Expr *a, const Expr *b)
{
    if ((a->flags | b->flags) & EXPR_HAS_INFINITE)
        return infinite_power(p, a, b);
    if (expr_is_zero(b) || expr_is_one(a))
        return expr_int(p, 1);
    if (expr_is_one(b))
        return a;
    if (expr_is_zero(a) && expr_is_number(b))
        return expr_number_sign(b) > 0 ? a : pool_fail(p, "division by zero");
    if (expr_is_number(a) && expr_is_number(b))
        return number_power(p, a, b);
    if (expr_is_constant(a, CONSTANT_E))
        return expr_call1(p, FN_exp, b);
    bool integer = expr_is_integer(b);
    if (expr_is_constant(a, CONSTANT_I) && integer)
        return i_power(p, b);
    const Expr *complex = integer && a->flags & EXPR_HAS_I ? gaussian_power(p, a, b) : NULL;
    if (complex)
        return complex;
    if (expr_is_call(a, FN_exp) && (integer || (a->arg[0]->flags & b->flags & EXPR_REAL)))
        return expr_call1(p, FN_exp, expr_mul(p, a->arg[0], b));
    if (a->kind == EXPR_POW && nested_power_joins(a->arg[0], a->arg[1], b))
        return expr_pow(p, a->arg[0], expr_mul(p, a->arg[1], b));
    if (a->kind == EXPR_MUL && integer)
        return product_power(p, a, b);
    if (a->kind == EXPR_MUL && expr_is_number(b) && expr_is_number(a->arg[0])) {
        const Expr *e = pull_coefficient(p, a, b);
        if (e)
            return e;
    }
    const Shape *shape = NULL;
    return shape_common(p, ARGS(a, b), 2, &shape) ? expr_node(p, EXPR_POW, shape, ARGS(a, b), 2) : NULL;
}
