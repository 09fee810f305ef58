/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each formula keeps its digits where the definition would lose them: cos(u) - 1 is a square, log(cosh(u)) has one form near 0 and one far
 * away. Arguments of absurd size are refused as in kernel.c. [Kahan; Maechler, "Accurately computing log(1 - exp(-|a|))"] */
#include "numeric/kernel_stable.h"

#if __FLINT_RELEASE >= 30000
#include <flint/arb_hypgeom.h>
#else
#include <arb_hypgeom.h>
#endif

enum { GUARD_BITS = 10, MOST_EXPONENT_BITS = 4096 };

static bool moderate(arb_srcptr u)
{
    return arb_is_finite(u) && arf_cmpabs_2exp_si(arb_midref(u), MOST_EXPONENT_BITS) < 0;
}

static bool moderate_or_fail(arb_t r, arb_srcptr u, slong n)
{
    for (slong i = 0; i < n; i++)
        if (!moderate(u + i)) {
            arb_indeterminate(r);
            return false;
        }
    return true;
}

void real_fma(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    arb_t product;
    arb_init(product);
    arb_mul(product, u, u + 1, ARF_PREC_EXACT);         /* so that a cancellation with the third shows the exact rest */
    arb_add(r, product, u + 2, prec);
    arb_clear(product);
}

void real_sinpi(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (moderate_or_fail(r, u, n))
        arb_sin_pi(r, u, prec);
}

void real_cospi(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (moderate_or_fail(r, u, n))
        arb_cos_pi(r, u, prec);
}

void real_tanpi(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (moderate_or_fail(r, u, n))
        arb_tan_pi(r, u, prec);
}

void real_cosm1(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (!moderate_or_fail(r, u, n))
        return;
    arb_mul_2exp_si(r, u, -1);
    arb_sin(r, r, prec + GUARD_BITS);
    arb_sqr(r, r, prec + GUARD_BITS);
    arb_mul_2exp_si(r, r, 1);
    arb_neg(r, r);
}

void real_powm1(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_t t;
    if (!moderate_or_fail(r, u, n))
        return;
    arb_init(t);
    if (arb_is_positive(u)) {
        arb_log(t, u, prec + GUARD_BITS);
        arb_mul(t, t, u + 1, prec + GUARD_BITS);
        if (moderate(t))
            arb_expm1(r, t, prec);
        else
            arb_indeterminate(r);
    } else {
        arb_pow(t, u, u + 1, prec + GUARD_BITS);
        arb_sub_ui(r, t, 1, prec);
    }
    arb_clear(t);
}

void real_compound(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_t t;
    if (!moderate_or_fail(r, u, n))
        return;
    arb_init(t);
    arb_log1p(t, u, prec + GUARD_BITS);
    arb_mul(t, t, u + 1, prec + GUARD_BITS);
    if (moderate(t))
        arb_exp(r, t, prec);
    else
        arb_indeterminate(r);
    arb_clear(t);
}

void real_log1mexp(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (!moderate_or_fail(r, u, n))
        return;
    arb_t t;
    arb_init(t);
    arb_exp(t, u, prec + GUARD_BITS);
    if (arf_cmpabs_2exp_si(arb_midref(t), -1) > 0) {    /* u near 0: 1 - exp(u) cancels */
        arb_expm1(t, u, prec + GUARD_BITS);
        arb_neg(t, t);
        arb_log(r, t, prec);
    } else {
        arb_neg(t, t);
        arb_log1p(r, t, prec);
    }
    arb_clear(t);
}

void real_log_sigmoid(arb_t r, arb_srcptr u, slong n, slong prec)
{
    if (!moderate_or_fail(r, u, n))
        return;
    arb_neg(r, u);
    arb_exp(r, r, prec + GUARD_BITS);
    arb_log1p(r, r, prec);
    arb_neg(r, r);
}

void real_logaddexp(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_t t, top;
    if (!moderate_or_fail(r, u, n))
        return;
    arb_init(t);
    arb_init(top);
    arb_max(top, u, u + 1, prec + GUARD_BITS);
    arb_sub(t, u, u + 1, prec + GUARD_BITS);
    arb_abs(t, t);
    arb_neg(t, t);
    arb_exp(t, t, prec + GUARD_BITS);
    arb_log1p(t, t, prec + GUARD_BITS);
    arb_add(r, top, t, prec);
    arb_clear(t);
    arb_clear(top);
}

void real_logcosh(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_t t, size;
    if (!moderate_or_fail(r, u, n))
        return;
    arb_init(t);
    arb_init(size);
    arb_abs(size, u);
    if (arf_cmpabs_2exp_si(arb_midref(u), 0) < 0) {     /* log1p(2*sinh(u/2)^2) */
        arb_mul_2exp_si(t, size, -1);
        arb_sinh(t, t, prec + GUARD_BITS);
        arb_sqr(t, t, prec + GUARD_BITS);
        arb_mul_2exp_si(t, t, 1);
        arb_log1p(r, t, prec);
    } else {                                            /* |u| + log1p(exp(-2|u|)) - log(2) */
        arb_mul_2exp_si(t, size, 1);
        arb_neg(t, t);
        arb_exp(t, t, prec + GUARD_BITS);
        arb_log1p(t, t, prec + GUARD_BITS);
        arb_add(size, size, t, prec + GUARD_BITS);
        arb_const_log2(t, prec + GUARD_BITS);
        arb_sub(r, size, t, prec);
    }
    arb_clear(t);
    arb_clear(size);
}

static void product_of_log(arb_t r, arb_srcptr u, slong prec, void (*log_of)(arb_t, const arb_t, slong))
{
    arb_t t;
    if (arb_is_zero(u)) {
        arb_zero(r);
        return;
    }
    arb_init(t);
    log_of(t, u + 1, prec + GUARD_BITS);
    arb_mul(r, u, t, prec);
    arb_clear(t);
}

void real_xlogy(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    product_of_log(r, u, prec, arb_log);
}

void real_xlog1py(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    product_of_log(r, u, prec, arb_log1p);
}

void real_erfcx(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_t t, tail;
    if (!moderate_or_fail(r, u, n))
        return;
    arb_init(t);
    arb_init(tail);
    arb_hypgeom_erfc(tail, u, prec + GUARD_BITS);
    arb_sqr(t, u, 2 * prec + 64);
    if (moderate(t))
        arb_exp(t, t, prec + GUARD_BITS);
    else
        arb_indeterminate(t);
    arb_mul(r, t, tail, prec);
    arb_clear(t);
    arb_clear(tail);
}

bool outside_powm1(arb_srcptr u)    { return arb_is_negative(u) && !arb_contains_int(u + 1); }
bool outside_xlogy(arb_srcptr u)    { return arb_is_negative(u + 1); }
bool outside_negative(arb_srcptr u) { return arb_is_positive(u); }

bool outside_xlog1py(arb_srcptr u)
{
    arb_t t;
    arb_init(t);
    arb_add_ui(t, u + 1, 1, 64);
    bool outside = arb_is_negative(t);
    arb_clear(t);
    return outside;
}
