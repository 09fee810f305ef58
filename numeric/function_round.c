/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Correct rounding of the function rows. What MPFR does well it does here. For the rest a ball is computed with more and more bits
 * until all its points round to the same number [Ziv 1991]. A result that is a number of the format or a tie (binomial(10, 3),
 * zeta(-2)) never decides; after eight times the bits of result and arguments the one such number in the ball is the result. */
#include <mpfr.h>                   /* first: FLINT 3 declares the conversions behind it only */

#include "numeric/function_round.h"

#include "base/interrupt.h"

#include <math.h>

typedef int Unary(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
typedef int Binary(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

static int sign_of(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd)
{
    return mpfr_nan_p(x) || mpfr_zero_p(x) ? mpfr_set(r, x, rnd) : mpfr_set_si(r, mpfr_sgn(x), rnd);
}

static int relu_of(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd)
{
    return mpfr_nan_p(x) || mpfr_sgn(x) > 0 ? mpfr_set(r, x, rnd) : mpfr_set_zero(r, 1), 0;
}

static int imaginary_of(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd)
{
    (void)x, (void)rnd;
    mpfr_set_zero(r, 1);
    return 0;
}

static int argument_of(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd)
{
    if (!mpfr_nan_p(x) && mpfr_sgn(x) < 0)
        return mpfr_const_pi(r, rnd);
    mpfr_nan_p(x) || mpfr_zero_p(x) ? mpfr_set_nan(r) : mpfr_set_zero(r, 1);
    return 0;
}

static int identity(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd) { return mpfr_set(r, x, rnd); }
static int absolute(mpfr_ptr r, mpfr_srcptr x, mpfr_rnd_t rnd) { return mpfr_abs(r, x, rnd); }

static int minimum(mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y, mpfr_rnd_t rnd)
{
    return mpfr_set(r, mpfr_nan_p(x) || mpfr_less_p(x, y) ? x : y, rnd);
}

static int maximum(mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y, mpfr_rnd_t rnd)
{
    return mpfr_set(r, mpfr_nan_p(x) || mpfr_greater_p(x, y) ? x : y, rnd);
}

/* x - y*floor(x/y): the remainder of truncated division is exact in the bits of the arguments; then the sign of y. */
static int modulo(mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y, mpfr_rnd_t rnd)
{
    mpfr_prec_t bits = mpfr_get_prec(x) > mpfr_get_prec(y) ? mpfr_get_prec(x) : mpfr_get_prec(y);
    mpfr_t      t;
    mpfr_init2(t, bits);
    mpfr_fmod(t, x, y, MPFR_RNDN);
    bool other_sign = mpfr_regular_p(t) && mpfr_signbit(t) != mpfr_signbit(y);
    int  ternary = other_sign ? mpfr_add(r, t, y, rnd) : mpfr_set(r, t, rnd);
    mpfr_clear(t);
    return ternary;
}

static int nth_root(mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr k, mpfr_rnd_t rnd)
{
    if (mpfr_integer_p(k) && mpfr_sgn(k) > 0 && mpfr_fits_ulong_p(k, MPFR_RNDN))
        return mpfr_rootn_ui(r, x, mpfr_get_ui(k, MPFR_RNDN), rnd);
    mpfr_set_nan(r);
    return 0;
}

static Unary *const unary[FN_COUNT] = {
    [FN_exp] = mpfr_exp, [FN_log] = mpfr_log, [FN_log2] = mpfr_log2, [FN_log10] = mpfr_log10, [FN_log1p] = mpfr_log1p,
    [FN_expm1] = mpfr_expm1, [FN_sqrt] = mpfr_sqrt, [FN_cbrt] = mpfr_cbrt, [FN_abs] = absolute, [FN_sign] = sign_of,
    [FN_floor] = mpfr_rint_floor, [FN_ceil] = mpfr_rint_ceil, [FN_round] = mpfr_rint_round, [FN_re] = identity, [FN_stop_gradient] = identity, [FN_im] = imaginary_of,
    [FN_conj] = identity, [FN_arg] = argument_of, [FN_sin] = mpfr_sin, [FN_cos] = mpfr_cos, [FN_tan] = mpfr_tan, [FN_cot] = mpfr_cot,
    [FN_sec] = mpfr_sec, [FN_csc] = mpfr_csc, [FN_asin] = mpfr_asin, [FN_acos] = mpfr_acos, [FN_atan] = mpfr_atan,
    [FN_sinh] = mpfr_sinh, [FN_cosh] = mpfr_cosh, [FN_tanh] = mpfr_tanh, [FN_coth] = mpfr_coth, [FN_sech] = mpfr_sech,
    [FN_csch] = mpfr_csch, [FN_asinh] = mpfr_asinh, [FN_acosh] = mpfr_acosh, [FN_atanh] = mpfr_atanh, [FN_erf] = mpfr_erf,
    [FN_erfc] = mpfr_erfc, [FN_ei] = mpfr_eint, [FN_relu] = relu_of,
};

static Binary *const binary[FN_COUNT] = {
    [FN_nthroot] = nth_root, [FN_min] = minimum, [FN_max] = maximum, [FN_mod] = modulo, [FN_atan2] = mpfr_atan2, [FN_hypot] = mpfr_hypot,
};

/* MPFR knows the poles and the far ends of these; in between Arb is faster. */
static Unary *const far_away[FN_COUNT] = {
    [FN_gamma] = mpfr_gamma, [FN_lgamma] = mpfr_lngamma, [FN_digamma] = mpfr_digamma, [FN_zeta] = mpfr_zeta,
};

/* Values where the ball kernels have none. */
enum Limit { NONE, ZERO, ONE, HALF_PI, INFINITE };           /* negative: the negative value */
static const struct Ends { signed char at_zero, at_infinity, at_minus_infinity; } ends[FN_COUNT] = {
    [FN_acot]     = { HALF_PI, ZERO, ZERO },
    [FN_asec]     = { NONE, HALF_PI, HALF_PI },
    [FN_acsc]     = { NONE, ZERO, ZERO },
    [FN_acoth]    = { NONE, ZERO, ZERO },
    [FN_asech]    = { INFINITE, NONE, NONE },
    [FN_acsch]    = { INFINITE, ZERO, ZERO },
    [FN_erfi]     = { ZERO, INFINITE, -INFINITE },
    [FN_si]       = { ZERO, HALF_PI, -HALF_PI },
    [FN_ci]       = { -INFINITE, ZERO, NONE },
    [FN_shi]      = { ZERO, INFINITE, -INFINITE },
    [FN_chi]      = { -INFINITE, INFINITE, NONE },
    [FN_li]       = { ZERO, INFINITE, NONE },
    [FN_factorial] = { ONE, INFINITE, NONE },
    [FN_lambertw] = { ZERO, INFINITE, NONE },
    [FN_sigmoid]  = { NONE, ONE, ZERO },
    [FN_softplus] = { NONE, INFINITE, ZERO },
    [FN_log1mexp] = { -INFINITE, NONE, ZERO },
    [FN_log_sigmoid] = { NONE, ZERO, -INFINITE },
    [FN_logcosh]  = { ZERO, INFINITE, INFINITE },
    [FN_erfcx]    = { NONE, ZERO, INFINITE },
    [FN_besselj]  = { NONE, ZERO, NONE },
    [FN_bessely]  = { -INFINITE, ZERO, NONE },
    [FN_besseli]  = { NONE, INFINITE, NONE },
    [FN_besselk]  = { INFINITE, ZERO, NONE },
};

static int set_limit(mpfr_ptr r, int limit, bool negative, mpfr_rnd_t rnd)
{
    int ternary = 0;
    if (limit < 0)
        limit = -limit, negative = true;
    switch ((enum Limit)limit) {
    case NONE:     mpfr_set_nan(r); break;
    case ZERO:     mpfr_set_zero(r, 1); break;
    case ONE:      mpfr_set_ui(r, 1, MPFR_RNDN); break;
    case INFINITE: mpfr_set_inf(r, 1); break;
    case HALF_PI:
        ternary = mpfr_const_pi(r, !negative ? rnd : rnd == MPFR_RNDU ? MPFR_RNDD : rnd == MPFR_RNDD ? MPFR_RNDU : rnd);
        mpfr_div_2ui(r, r, 1, MPFR_RNDN);
        break;
    }
    if (negative)
        mpfr_neg(r, r, MPFR_RNDN);
    return negative ? -ternary : ternary;
}

/* The limit at 0 and at the infinities, where the ball kernels have no value. The sign of 0 tells the side of an odd function.
 * Of two arguments x is the last one. */
static bool at_an_end(mpfr_ptr r, const FnRow *fn, mpfr_srcptr x, mpfr_rnd_t rnd, int *ternary)
{
    struct Ends e = ends[fn->id];
    if (mpfr_regular_p(x) && fn->id == FN_li && mpfr_cmp_ui(x, 1) == 0) {
        *ternary = set_limit(r, -INFINITE, false, rnd);
        return true;
    }
    if (mpfr_regular_p(x))
        return false;
    int limit = mpfr_zero_p(x) ? e.at_zero : mpfr_signbit(x) ? e.at_minus_infinity : e.at_infinity;
    bool odd = fn->parity == PARITY_ODD && mpfr_signbit(x);
    if (mpfr_zero_p(x) && limit == NONE)
        return false;
    *ternary = set_limit(r, limit, odd && limit > 0, rnd);
    return true;
}

/* Does the ball round one way? Then r and the ternary value are set. */
static bool decided(mpfr_ptr r, const arb_t v, mpfr_rnd_t rnd, int *ternary)
{
    if (!arb_is_finite(v) || !arb_can_round_mpfr(v, mpfr_get_prec(r), rnd))
        return false;
    *ternary = arf_get_mpfr(r, arb_midref(v), rnd);
    return true;
}

/* The number or tie next to the middle of the ball, if the ball holds it. */
static bool exact_in_ball(mpfr_ptr r, const arb_t v, mpfr_rnd_t rnd, int *ternary)
{
    arf_t m;
    arf_init(m);
    arf_set_round(m, arb_midref(v), mpfr_get_prec(r) + 1, ARF_RND_NEAR);
    bool holds = arb_is_finite(v) && arb_contains_arf(v, m);
    if (arb_contains_zero(v) && arb_is_finite(v))
        arf_zero(m), holds = true;
    if (holds)
        *ternary = arf_get_mpfr(r, m, rnd);
    arf_clear(m);
    return holds;
}

static slong exponent_bits(const mpfr_srcptr *u, slong n)
{
    slong most = 0;
    for (slong i = 0; i < n; i++)
        if (mpfr_regular_p(u[i])) {
            slong e = mpfr_get_exp(u[i]);
            most = e > most ? e : -e > most ? -e : most;
        }
    return most;
}

static int by_balls(mpfr_ptr r, const FnRow *fn, const mpfr_srcptr *u, slong n, mpfr_rnd_t rnd)
{
    enum { FEW_BITS = 64, MANY_BITS = 100000 };
    arb_ptr x = _arb_vec_init(n);
    arb_t   v;
    int     ternary = 0;
    arb_init(v);
    slong bits = mpfr_get_prec(r), far = exponent_bits(u, n);
    for (slong i = 0; i < n; i++) {
        arf_set_mpfr(arb_midref(x + i), u[i]);
        bits = (slong)mpfr_get_prec(u[i]) > bits ? (slong)mpfr_get_prec(u[i]) : bits;
    }
    slong limit = 8 * (bits + FEW_BITS) + 4 * (far < MANY_BITS ? far : MANY_BITS);
    bool  done = fn->outside && fn->outside(x), finite = false;
    if (done)
        mpfr_set_nan(r);
    for (slong prec = mpfr_get_prec(r) + FEW_BITS / 2; !done && prec < 2 * limit && !should_stop(); prec *= 2) {
        fn->real(v, x, n, prec);
        finite = finite || arb_is_finite(v);
        done = decided(r, v, rnd, &ternary) || (prec > 4 * FEW_BITS && !finite);
        if (done && !finite)
            mpfr_set_nan(r);
    }
    if (!done && (should_stop() || !exact_in_ball(r, v, rnd, &ternary)))
        mpfr_set_nan(r);
    arb_clear(v);
    _arb_vec_clear(x, n);
    return ternary;
}

/* sigmoid(x) = 1 - e and softplus(x) = x + e with e < 2^-(bits + 60) relative: rounds as a number just beside. */
static bool beside(mpfr_ptr r, const FnRow *fn, mpfr_srcptr x, mpfr_rnd_t rnd, int *ternary)
{
    mpfr_prec_t bits = mpfr_get_prec(r) > mpfr_get_prec(x) ? mpfr_get_prec(r) : mpfr_get_prec(x);
    if ((fn->id != FN_sigmoid && fn->id != FN_softplus) || mpfr_cmp_si(x, bits + 100) < 0)
        return false;
    mpfr_t t;
    mpfr_init2(t, bits + 80);
    fn->id == FN_sigmoid ? mpfr_set_ui(t, 1, MPFR_RNDN) : mpfr_set(t, x, MPFR_RNDN);
    fn->id == FN_sigmoid ? mpfr_nextbelow(t) : mpfr_nextabove(t);
    *ternary = mpfr_set(r, t, rnd);
    mpfr_clear(t);
    return true;
}

/* Numbers of ordinary size, where Arb is at its best. */
static bool moderate(mpfr_srcptr x)
{
    return mpfr_regular_p(x) && mpfr_get_exp(x) > -40 && mpfr_get_exp(x) < 14;
}

int fn_round(mpfr_ptr r, const FnRow *fn, const mpfr_srcptr *u, slong n, mpfr_rnd_t rnd)
{
    enum { MAX_ANGLE_EXPONENT = 10000000 };
    int  ternary = 0;
    bool nan = n == 0;
    for (slong i = 0; i < n; i++)
        nan = nan || mpfr_nan_p(u[i]);
    if (nan) {
        mpfr_set_nan(r);
    } else if (n == 1 && unary[fn->id]) {
        if (mpfr_regular_p(u[0]) && mpfr_get_exp(u[0]) > MAX_ANGLE_EXPONENT && fn->id >= FN_sin && fn->id <= FN_csc)
            mpfr_set_nan(r);
        else
            ternary = unary[fn->id](r, u[0], rnd);
    } else if (n == 2 && binary[fn->id]) {
        ternary = binary[fn->id](r, u[0], u[1], rnd);
    } else if (fn->id == FN_fma && n == 3) {
        ternary = mpfr_fma(r, u[0], u[1], u[2], rnd);
    } else if (n == 1 && far_away[fn->id] && !(moderate(u[0]) && (mpfr_sgn(u[0]) > 0 || !mpfr_integer_p(u[0])))) {
        if (fn->id == FN_lgamma && mpfr_sgn(u[0]) < 0)
            mpfr_set_nan(r);
        else
            ternary = far_away[fn->id](r, u[0], rnd);
    } else if (!at_an_end(r, fn, u[n - 1], rnd, &ternary) && !beside(r, fn, u[0], rnd, &ternary)) {
        ternary = by_balls(r, fn, u, n, rnd);
    }
    return ternary;
}
