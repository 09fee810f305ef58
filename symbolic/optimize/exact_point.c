/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simplest fraction in the interval around a number is the number itself if its numerator and denominator have together much fewer bits
 * than the interval is narrow; otherwise some fraction is there by chance. The same for x/pi, and for polynomials with x as root. What is
 * found is put into the gradient, so a wrong guess costs time but is never believed. */
#include "symbolic/optimize/exact_point.h"

#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"

#include <flint/fmpz.h>
#include <math.h>
#if __FLINT_RELEASE >= 30000
#include <flint/qqbar.h>
#else
#include <calcium/qqbar.h>
#endif

enum { MOST_DEGREE = 2, LONGEST_GRADIENT = 4000, LONGEST_NUMBER = 24 };

/* The simplest fraction within 2^-bits*scale of x. False: no simpler than chance. */
static bool simplest(const arf_t x, double scale_log2, slong bits, fmpq_t out)
{
    fmpq_t low, high, eps;
    slong  e = (slong)scale_log2 - bits;
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(eps);
    fmpz_one(fmpq_numref(eps));
    fmpz_mul_2exp(e >= 0 ? fmpq_numref(eps) : fmpq_denref(eps), e >= 0 ? fmpq_numref(eps) : fmpq_denref(eps), (ulong)(e >= 0 ? e : -e));
    arf_get_fmpq(out, x);
    fmpq_sub(low, out, eps);
    fmpq_add(high, out, eps);
    fmpq_simplest_between(out, low, high);
    bool fine = fmpz_is_zero(fmpq_numref(out)) || (slong)(fmpz_bits(fmpq_numref(out)) + fmpz_bits(fmpq_denref(out))) < bits / 2;
    fmpq_clear(eps);
    fmpq_clear(high);
    fmpq_clear(low);
    return fine;
}

static const Expr *rational_near(Pool *p, const arb_t x, double scale, slong bits)
{
    fmpq_t      q;
    const Expr *e = NULL;
    fmpq_init(q);
    if (simplest(arb_midref(x), scale, bits, q))
        e = expr_fmpq(p, q);
    fmpq_clear(q);
    return e;
}

static const Expr *multiple_of_pi(Pool *p, const arb_t x, double scale, slong bits)
{
    arb_t y;
    arb_init(y);
    arb_const_pi(y, bits + 64);
    arb_div(y, x, y, bits + 64);
    const Expr *e = rational_near(p, y, scale - 2, bits / 2 + 20);
    arb_clear(y);
    return e && !expr_is_zero(e) ? expr_mul(p, e, expr_constant(p, CONSTANT_PI)) : NULL;
}

static const Expr *algebraic_near(Pool *p, const arb_t x, double scale, slong bits)
{
    qqbar_t     q;
    acb_t       z;
    const Expr *e = NULL;
    qqbar_init(q);
    acb_init(z);
    acb_set_arb(z, x);
    mag_set_ui_2exp_si(arb_radref(acb_realref(z)), 1, (slong)scale - bits);
    if (qqbar_guess(q, z, MOST_DEGREE, bits / (2 * MOST_DEGREE), 0, bits))
        e = expr_algebraic(p, q);
    if (e && expr_cost(p, e) > LONGEST_NUMBER)
        e = NULL;
    acb_clear(z);
    qqbar_clear(q);
    return e;
}

static double scale_of(const Format *f, const void *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double v = format_get_double(f, format_at(f, x, i));
        most = v > most ? v : -v > most ? -v : most;
    }
    return most > 1 ? log2(most) : 0;
}

bool short_rationals(Pool *p, size_t n, const Format *f, const void *x, slong bits, const Expr **at)
{
    arb_t v;
    bool  fine = true;
    arb_init(v);
    for (size_t i = 0; i < n && fine; i++) {
        format_get_arb(f, format_at(f, x, i), v);
        fine = arb_is_finite(v) && (at[i] = rational_near(p, v, 0, bits));
    }
    arb_clear(v);
    return fine;
}

bool exact_numbers(Pool *p, size_t n, const Format *f, const void *x, slong bits, const Expr **at)
{
    double scale = scale_of(f, x, n);
    arb_t  v;
    bool   fine = true;
    arb_init(v);
    for (size_t i = 0; i < n && fine; i++) {
        format_get_arb(f, format_at(f, x, i), v);
        at[i] = rational_near(p, v, scale, bits);
        if (!at[i])
            at[i] = multiple_of_pi(p, v, scale, bits);
        if (!at[i])
            at[i] = algebraic_near(p, v, scale, bits);
        fine = at[i] != NULL;
    }
    arb_clear(v);
    return fine;
}

bool exact_stationary(Pool *p, const Expr *const *gradient, const Expr *const *var, size_t n, const Format *f, const void *x, slong bits, const Expr **at)
{
    bool fine = exact_numbers(p, n, f, x, bits, at);
    for (size_t i = 0; i < n && fine; i++) {
        const Expr *slope = expr_cost(p, gradient[i]) < LONGEST_GRADIENT ? expr_subst(p, gradient[i], var, at, n) : NULL;
        fine = slope && !(slope->flags & EXPR_HAS_INFINITE) && (expr_is_zero(slope) || expr_zero_test(p, slope).answer == YES);
    }
    pool_clear_error(p);
    return fine;
}
