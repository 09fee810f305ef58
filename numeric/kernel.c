/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ball kernels of the function rows. Most are Arb's own functions under a common signature; the rest states its
 * formula. Arguments of absurd size are refused (not finite) before Arb would spend memory on them. */
#include "numeric/function.h"
#include "numeric/kernel_stable.h"
#include "numeric/root_of.h"

#if __FLINT_RELEASE >= 30000
#include <flint/acb_hypgeom.h>
#include <flint/acb_poly.h>
#include <flint/arb_hypgeom.h>
#else
#include <acb_hypgeom.h>
#include <acb_poly.h>
#include <arb_hypgeom.h>
#endif

enum { MAX_ANGLE_BITS = 10000000, MAX_EXP_BITS = 4096, MAX_GAMMA_BITS = 100000, MAX_ORDER_BITS = 20 };

/* |u| < 2^bits for sure? */
static bool below_bits(const arb_t u, slong bits)
{
    return arf_cmpabs_2exp_si(arb_midref(u), bits) < 0 && mag_cmp_2exp_si(arb_radref(u), bits) < 0;
}

static bool complex_below_bits(const acb_t u, slong bits)
{
    return below_bits(acb_realref(u), bits) && below_bits(acb_imagref(u), bits);
}

/* ---- one argument, straight from Arb ------------------------------------------------------------------------------- */

#define REAL(name, bits, call)                                                     \
    static void real_##name(arb_t r, arb_srcptr u, slong n, slong prec)            \
    {                                                                              \
        (void)n;                                                                   \
        if (below_bits(u, bits))                                                   \
            call;                                                                  \
        else                                                                       \
            arb_indeterminate(r);                                                  \
    }
#define COMPLEX(name, bits, call)                                                  \
    static void complex_##name(acb_t r, acb_srcptr u, slong n, slong prec)         \
    {                                                                              \
        (void)n;                                                                   \
        if (complex_below_bits(u, bits))                                           \
            call;                                                                  \
        else                                                                       \
            acb_indeterminate(r);                                                  \
    }
#define BOTH(name, bits, arb_function, acb_function)                               \
    REAL(name, bits, arb_function(r, u, prec))                                     \
    COMPLEX(name, bits, acb_function(r, u, prec))

enum { ANY_BITS = WORD_MAX / 4 };

BOTH(exp,   MAX_EXP_BITS, arb_exp, acb_exp)
BOTH(expm1, MAX_EXP_BITS, arb_expm1, acb_expm1)
BOTH(log,   ANY_BITS, arb_log, acb_log)
BOTH(log1p, ANY_BITS, arb_log1p, acb_log1p)
BOTH(sqrt,  ANY_BITS, arb_sqrt, acb_sqrt)
BOTH(sin,   MAX_ANGLE_BITS, arb_sin, acb_sin)
BOTH(cos,   MAX_ANGLE_BITS, arb_cos, acb_cos)
BOTH(tan,   MAX_ANGLE_BITS, arb_tan, acb_tan)
BOTH(cot,   MAX_ANGLE_BITS, arb_cot, acb_cot)
BOTH(sec,   MAX_ANGLE_BITS, arb_sec, acb_sec)
BOTH(csc,   MAX_ANGLE_BITS, arb_csc, acb_csc)
BOTH(asin,  ANY_BITS, arb_asin, acb_asin)
BOTH(acos,  ANY_BITS, arb_acos, acb_acos)
BOTH(atan,  ANY_BITS, arb_atan, acb_atan)
BOTH(sinh,  MAX_EXP_BITS, arb_sinh, acb_sinh)
BOTH(cosh,  MAX_EXP_BITS, arb_cosh, acb_cosh)
BOTH(tanh,  MAX_EXP_BITS, arb_tanh, acb_tanh)
BOTH(coth,  MAX_EXP_BITS, arb_coth, acb_coth)
BOTH(sech,  MAX_EXP_BITS, arb_sech, acb_sech)
BOTH(csch,  MAX_EXP_BITS, arb_csch, acb_csch)
BOTH(asinh, ANY_BITS, arb_asinh, acb_asinh)
BOTH(acosh, ANY_BITS, arb_acosh, acb_acosh)
BOTH(atanh, ANY_BITS, arb_atanh, acb_atanh)
BOTH(erf,   MAX_EXP_BITS, arb_hypgeom_erf, acb_hypgeom_erf)
BOTH(erfc,  MAX_EXP_BITS, arb_hypgeom_erfc, acb_hypgeom_erfc)
BOTH(erfi,  MAX_EXP_BITS, arb_hypgeom_erfi, acb_hypgeom_erfi)
BOTH(ei,    MAX_EXP_BITS, arb_hypgeom_ei, acb_hypgeom_ei)
BOTH(si,    MAX_EXP_BITS, arb_hypgeom_si, acb_hypgeom_si)
BOTH(shi,   MAX_EXP_BITS, arb_hypgeom_shi, acb_hypgeom_shi)
BOTH(gamma, MAX_GAMMA_BITS, arb_gamma, acb_gamma)
BOTH(digamma, MAX_GAMMA_BITS, arb_digamma, acb_digamma)
REAL(cbrt,  ANY_BITS, (arb_is_negative(u) ? (arb_neg(r, u), arb_root_ui(r, r, 3, prec), arb_neg(r, r))
                                          : arb_root_ui(r, u, 3, prec)))
REAL(floor, ANY_BITS, arb_floor(r, u, prec))
REAL(ceil,  ANY_BITS, arb_ceil(r, u, prec))
REAL(abs,   ANY_BITS, ((void)prec, arb_abs(r, u)))
REAL(identity, ANY_BITS, ((void)prec, arb_set(r, u)))
REAL(zero,  ANY_BITS, ((void)prec, arb_zero(r)))
COMPLEX(abs, ANY_BITS, (acb_abs(acb_realref(r), u, prec), arb_zero(acb_imagref(r))))
COMPLEX(re, ANY_BITS, ((void)prec, arb_set(acb_realref(r), acb_realref(u)), arb_zero(acb_imagref(r))))
COMPLEX(im, ANY_BITS, ((void)prec, arb_set(acb_realref(r), acb_imagref(u)), arb_zero(acb_imagref(r))))
COMPLEX(conj, ANY_BITS, ((void)prec, acb_conj(r, u)))
COMPLEX(identity, ANY_BITS, ((void)prec, acb_set(r, u)))
COMPLEX(arg, ANY_BITS, (acb_arg(acb_realref(r), u, prec), arb_zero(acb_imagref(r))))
COMPLEX(ci, MAX_EXP_BITS, acb_hypgeom_ci(r, u, prec))
COMPLEX(chi, MAX_EXP_BITS, acb_hypgeom_chi(r, u, prec))
COMPLEX(li, MAX_EXP_BITS, acb_hypgeom_li(r, u, 0, prec))
COMPLEX(lgamma, MAX_GAMMA_BITS, acb_lgamma(r, u, prec))
COMPLEX(zeta, MAX_ORDER_BITS, acb_zeta(r, u, prec))
COMPLEX(lambertw, ANY_BITS, acb_lambertw(r, u, (fmpz[]){ 0 }, 0, prec))

/* ---- real kernels that need a condition ------------------------------------------------------------------------------ */

/* A function that Arb defines for positive arguments only. */
#define POSITIVE(name, bits, call) REAL(name, bits, (arb_is_positive(u) ? (call) : arb_indeterminate(r)))

POSITIVE(ci, MAX_EXP_BITS, arb_hypgeom_ci(r, u, prec))
POSITIVE(chi, MAX_EXP_BITS, arb_hypgeom_chi(r, u, prec))
POSITIVE(li, MAX_EXP_BITS, arb_hypgeom_li(r, u, 0, prec))
POSITIVE(lgamma, MAX_GAMMA_BITS, arb_lgamma(r, u, prec))
REAL(zeta, MAX_ORDER_BITS, arb_zeta(r, u, prec))
REAL(lambertw, ANY_BITS, arb_lambertw(r, u, 0, prec))
REAL(lambertwm1, ANY_BITS, (arb_is_negative(u) ? arb_lambertw(r, u, 1, prec) : arb_indeterminate(r)))

static void real_log_base(arb_t r, arb_srcptr u, ulong base, slong prec)
{
    if (arb_is_positive(u)) {
        arb_log_base_ui(r, u, base, prec);
        if (!arb_is_finite(r))
            arb_indeterminate(r);
    } else {
        arb_indeterminate(r);
    }
}

static void real_log2(arb_t r, arb_srcptr u, slong n, slong prec)  { (void)n; real_log_base(r, u, 2, prec); }
static void real_log10(arb_t r, arb_srcptr u, slong n, slong prec) { (void)n; real_log_base(r, u, 10, prec); }

static void complex_log_base(acb_t r, acb_srcptr u, ulong base, slong prec)
{
    arb_t b;
    arb_init(b);
    arb_log_ui(b, base, prec);
    acb_log(r, u, prec);
    acb_div_arb(r, r, b, prec);
    arb_clear(b);
}

static void complex_log2(acb_t r, acb_srcptr u, slong n, slong prec)  { (void)n; complex_log_base(r, u, 2, prec); }
static void complex_log10(acb_t r, acb_srcptr u, slong n, slong prec) { (void)n; complex_log_base(r, u, 10, prec); }

/* The v-th root: of a negative number only for odd v. */
static void real_nthroot(arb_t r, arb_srcptr u, slong n, slong prec)
{
    fmpz_t k;
    fmpz_init(k);
    (void)n;
    bool whole = arb_get_unique_fmpz(k, u + 1) && arb_is_exact(u + 1) && arb_is_int(u + 1) && fmpz_sgn(k) > 0 && fmpz_fits_si(k);
    if (!whole || (arb_is_negative(u) && fmpz_is_even(k))) {
        arb_indeterminate(r);
    } else if (arb_is_negative(u)) {
        arb_neg(r, u);
        arb_root_ui(r, r, fmpz_get_ui(k), prec);
        arb_neg(r, r);
    } else {
        arb_root_ui(r, u, fmpz_get_ui(k), prec);
    }
    fmpz_clear(k);
}

static void real_sign(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n, (void)prec;
    if (arb_is_zero(u) || arb_is_positive(u) || arb_is_negative(u))
        arb_set_si(r, arb_is_zero(u) ? 0 : arb_is_positive(u) ? 1 : -1);
    else
        arb_indeterminate(r);
}

static void real_round(arb_t r, arb_srcptr u, slong n, slong prec)      /* halves away from zero */
{
    arb_t half;
    (void)n;
    arb_init(half);
    arb_set_d(half, 0.5);
    if (arb_is_nonnegative(u)) {
        arb_add(r, u, half, ARF_PREC_EXACT);
        arb_floor(r, r, prec);
    } else if (arb_is_negative(u)) {
        arb_sub(r, u, half, ARF_PREC_EXACT);
        arb_ceil(r, r, prec);
    } else {
        arb_indeterminate(r);
    }
    arb_clear(half);
}

static void real_min(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_set(r, u);
    for (slong i = 1; i < n; i++)
        arb_min(r, r, u + i, prec);
}

static void real_max(arb_t r, arb_srcptr u, slong n, slong prec)
{
    arb_set(r, u);
    for (slong i = 1; i < n; i++)
        arb_max(r, r, u + i, prec);
}

static void real_mod(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    arb_t q;
    arb_init(q);
    arb_div(q, u, u + 1, prec);
    arb_floor(q, q, prec);
    arb_mul(q, q, u + 1, prec);
    arb_sub(r, u, q, prec);
    arb_clear(q);
}

static void real_arg(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    if (arb_is_positive(u))
        arb_zero(r);
    else if (arb_is_negative(u))
        arb_const_pi(r, prec);
    else
        arb_indeterminate(r);
}

static void real_atan2(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    if (arb_is_zero(u) && arb_is_zero(u + 1))
        arb_indeterminate(r);
    else
        arb_atan2(r, u, u + 1, prec);
}

static void real_hypot(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n;
    arb_hypot(r, u, u + 1, prec);
}

/* ---- reciprocal inverses: f(1/u) -------------------------------------------------------------------------------------- */

#define RECIPROCAL(name, inner)                                                    \
    static void real_##name(arb_t r, arb_srcptr u, slong n, slong prec)            \
    {                                                                              \
        arb_t v;                                                                   \
        arb_init(v);                                                               \
        arb_inv(v, u, prec + 10);                                                  \
        real_##inner(r, v, n, prec);                                               \
        arb_clear(v);                                                              \
    }                                                                              \
    static void complex_##name(acb_t r, acb_srcptr u, slong n, slong prec)         \
    {                                                                              \
        acb_t v;                                                                   \
        acb_init(v);                                                               \
        acb_inv(v, u, prec + 10);                                                  \
        complex_##inner(r, v, n, prec);                                            \
        acb_clear(v);                                                              \
    }

RECIPROCAL(acot, atan)
RECIPROCAL(asec, acos)
RECIPROCAL(acsc, asin)
RECIPROCAL(acoth, atanh)
RECIPROCAL(asech, acosh)
RECIPROCAL(acsch, asinh)

/* ---- gamma and its kin ---------------------------------------------------------------------------------------------------- */

REAL(factorial, MAX_GAMMA_BITS, (arb_add_ui(r, u, 1, prec + 10), arb_gamma(r, r, prec)))
COMPLEX(factorial, MAX_GAMMA_BITS, (acb_add_ui(r, u, 1, prec + 10), acb_gamma(r, r, prec)))

static void complex_polygamma(acb_t r, acb_srcptr u, slong n, slong prec)
{
    (void)n;
    if (complex_below_bits(u, MAX_ORDER_BITS))
        acb_polygamma(r, u, u + 1, prec);
    else
        acb_indeterminate(r);
}

/* B(u, v) = gamma(u)*gamma(v)/gamma(u + v), the last as a reciprocal gamma function. */
static void complex_beta(acb_t r, acb_srcptr u, slong n, slong prec)
{
    acb_t a, b;
    (void)n;
    acb_init(a);
    acb_init(b);
    acb_add(a, u, u + 1, prec + 10);
    acb_rgamma(a, a, prec + 10);
    acb_gamma(b, u, prec + 10);
    acb_mul(a, a, b, prec + 10);
    acb_gamma(b, u + 1, prec + 10);
    acb_mul(r, a, b, prec);
    acb_clear(a);
    acb_clear(b);
}

/* C(u, v) = gamma(u + 1)/(gamma(v + 1)*gamma(u - v + 1)). */
static void complex_binomial(acb_t r, acb_srcptr u, slong n, slong prec)
{
    acb_t a, b;
    (void)n;
    acb_init(a);
    acb_init(b);
    acb_add_ui(a, u, 1, prec + 10);
    acb_gamma(a, a, prec + 10);
    acb_add_ui(b, u + 1, 1, prec + 10);
    acb_rgamma(b, b, prec + 10);
    acb_mul(a, a, b, prec + 10);
    acb_sub(b, u, u + 1, prec + 10);
    acb_add_ui(b, b, 1, prec + 10);
    acb_rgamma(b, b, prec + 10);
    acb_mul(r, a, b, prec);
    acb_clear(a);
    acb_clear(b);
}

/* The Taylor coefficients of zeta at s. FLINT 3.1 knows those of arguments to the left of 0 to 16 digits only, whatever the
 * precision, as it goes by the functional equation; the Euler-Maclaurin sum serves there, and loses bits further left. */
static void zeta_series(acb_ptr z, const acb_t s, slong n, slong prec)
{
    enum { LEFTMOST = -30, BITS_LOST = 8 };
    double  left = arf_get_d(arb_midref(acb_realref(s)), ARF_RND_NEAR);
    acb_t   one;
    acb_init(one);
    acb_one(one);
    if (left < 0 && left > LEFTMOST) {
        _acb_poly_zeta_cpx_series(z, s, one, 0, n, prec + 20 + (slong)(-left * BITS_LOST));
    } else {
        acb_poly_t x, y;
        acb_poly_init(x);
        acb_poly_init(y);
        acb_poly_set_coeff_acb(x, 0, s);
        acb_poly_set_coeff_si(x, 1, 1);
        acb_poly_zeta_series(y, x, one, 0, n, prec + 20);
        for (slong i = 0; i < n; i++)
            acb_poly_get_coeff_acb(z + i, y, i);
        acb_poly_clear(x);
        acb_poly_clear(y);
    }
    acb_clear(one);
}

/* The k-th derivative of zeta at s: k! times a coefficient of its Taylor series. */
static void complex_zetaderiv(acb_t r, acb_srcptr u, slong n, slong prec)
{
    fmpz_t k;
    (void)n;
    fmpz_init(k);
    arb_srcptr first = acb_realref(u);
    bool whole = acb_is_int(u) && arb_get_unique_fmpz(k, first) && fmpz_sgn(k) >= 0 && fmpz_cmp_si(k, 1000) <= 0;
    if (whole && complex_below_bits(u + 1, MAX_ORDER_BITS)) {
        slong   order = fmpz_get_si(k);
        acb_ptr z = _acb_vec_init(order + 1);
        zeta_series(z, u + 1, order + 1, prec);
        fmpz_fac_ui(k, (ulong)order);
        acb_mul_fmpz(r, z + order, k, prec);
        _acb_vec_clear(z, order + 1);
    } else {
        acb_indeterminate(r);
    }
    fmpz_clear(k);
}

/* A real kernel from a complex one that is real on the reals. */
static void real_part_of(ComplexKernel f, arb_t r, arb_srcptr u, slong n, slong prec)
{
    acb_ptr v = _acb_vec_init(n);
    acb_t   z;
    acb_init(z);
    for (slong i = 0; i < n; i++)
        acb_set_arb(v + i, u + i);
    f(z, v, n, prec);
    if (acb_is_finite(z))
        arb_set(r, acb_realref(z));
    else
        arb_indeterminate(r);
    acb_clear(z);
    _acb_vec_clear(v, n);
}

static void real_polygamma(arb_t r, arb_srcptr u, slong n, slong prec) { real_part_of(complex_polygamma, r, u, n, prec); }
static void real_beta(arb_t r, arb_srcptr u, slong n, slong prec)      { real_part_of(complex_beta, r, u, n, prec); }
static void real_binomial(arb_t r, arb_srcptr u, slong n, slong prec)  { real_part_of(complex_binomial, r, u, n, prec); }
static void real_zetaderiv(arb_t r, arb_srcptr u, slong n, slong prec) { real_part_of(complex_zetaderiv, r, u, n, prec); }

/* ---- Bessel functions --------------------------------------------------------------------------------------------------- */

#define BESSEL(name, arb_function, acb_function)                                   \
    static void real_##name(arb_t r, arb_srcptr u, slong n, slong prec)            \
    {                                                                              \
        (void)n;                                                                   \
        if (below_bits(u, MAX_ORDER_BITS))                                         \
            arb_function(r, u, u + 1, prec);                                       \
        else                                                                       \
            arb_indeterminate(r);                                                  \
    }                                                                              \
    static void complex_##name(acb_t r, acb_srcptr u, slong n, slong prec)         \
    {                                                                              \
        (void)n;                                                                   \
        if (complex_below_bits(u, MAX_ORDER_BITS))                                 \
            acb_function(r, u, u + 1, prec);                                       \
        else                                                                       \
            acb_indeterminate(r);                                                  \
    }

BESSEL(besselj, arb_hypgeom_bessel_j, acb_hypgeom_bessel_j)
BESSEL(bessely, arb_hypgeom_bessel_y, acb_hypgeom_bessel_y)
BESSEL(besseli, arb_hypgeom_bessel_i, acb_hypgeom_bessel_i)
BESSEL(besselk, arb_hypgeom_bessel_k, acb_hypgeom_bessel_k)

/* ---- activations ---------------------------------------------------------------------------------------------------------- */

static void complex_sigmoid(acb_t r, acb_srcptr u, slong n, slong prec)
{
    acb_t e;
    acb_init(e);
    acb_neg(e, u);
    complex_exp(e, e, n, prec + 10);
    acb_add_ui(e, e, 1, prec + 10);
    acb_inv(r, e, prec);
    acb_clear(e);
}

static void complex_softplus(acb_t r, acb_srcptr u, slong n, slong prec)
{
    acb_t e;
    acb_init(e);
    complex_exp(e, u, n, prec + 10);
    acb_log1p(r, e, prec);
    acb_clear(e);
}

static void real_sigmoid(arb_t r, arb_srcptr u, slong n, slong prec)  { real_part_of(complex_sigmoid, r, u, n, prec); }
static void real_softplus(arb_t r, arb_srcptr u, slong n, slong prec) { real_part_of(complex_softplus, r, u, n, prec); }

static void real_relu(arb_t r, arb_srcptr u, slong n, slong prec)
{
    (void)n, (void)prec;
    arb_nonnegative_part(r, u);
}

/* ---- proofs that real arguments lie outside the domain -------------------------------------------------------------------- */

static bool outside_positive(arb_srcptr u) { return arb_is_negative(u); }

static bool beyond(const arb_t u, slong bound, int sign)      /* sign*u > sign*bound for sure? */
{
    arb_t b;
    arb_init(b);
    arb_set_si(b, bound);
    bool is = sign > 0 ? arb_gt(u, b) : arb_lt(u, b);
    arb_clear(b);
    return is;
}

static bool outside_log1p(arb_srcptr u) { return beyond(u, -1, -1); }
static bool outside_unit(arb_srcptr u)  { return beyond(u, 1, 1) || beyond(u, -1, -1); }
static bool inside_unit(arb_srcptr u)   { return beyond(u, 1, -1) && beyond(u, -1, 1) && !arb_contains_zero(u); }
static bool outside_acosh(arb_srcptr u) { return beyond(u, 1, -1); }
static bool outside_asech(arb_srcptr u) { return beyond(u, 1, 1) || arb_is_negative(u); }

static bool outside_lambertw(arb_srcptr u)                    /* u*e < -1 */
{
    arb_t v;
    arb_init(v);
    arb_const_e(v, 128);
    arb_mul(v, v, u, 128);
    bool is = beyond(v, -1, -1);
    arb_clear(v);
    return is;
}

static bool outside_bessel(arb_srcptr u)       { return arb_is_negative(u + 1); }
static bool outside_bessel_order(arb_srcptr u) { return arb_is_negative(u + 1) && !arb_contains_int(u); }

#define FN(name, least, most, parity, derivative, domain, latex, help, real, complex, outside) \
    { FN_##name, #name, least, most, PARITY_##parity, derivative, domain, latex, help, real, complex, outside },
const FnRow fn_rows[FN_COUNT] = {
#include "numeric/functions.def"
};
#undef FN
