/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounding one number into a format: range, subnormals, overflow rule, five directions.
 *
 * SMALL: the double is scaled so that the last place of the format is 1, and rounded to an integer, which is exact in doubles.
 * MPFR: the operation has rounded to p bits with unbounded exponents and reports the direction of its error; mpfr_check_range and
 * then mpfr_subnormalize use that, so nothing is rounded twice. The order matters, and MPFR's exponents are those of 0.1xxx:
 * one larger than IEEE's. The exponent range is state of the thread and is put back after each use. */
#include "numeric/format_int.h"
#include "numeric/function_round.h"

#include <math.h>
#include <string.h>

/* ---- doubles ---------------------------------------------------------------------------------------------------------------- */

static double two_to(slong e)                                /* -1022 <= e <= 1023 */
{
    uint64_t bits = (uint64_t)(e + 1023) << 52;
    double   x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static slong exponent_of(double x)                           /* of a finite x; subnormal doubles give -1023 */
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (slong)(bits >> 52 & 0x7ff) - 1023;
}

/* The value of a magnitude beyond the largest number. */
static double overflow_value(const Format *f, bool negative)
{
    bool   inward = f->rounding == ROUND_ZERO || f->rounding == (negative ? ROUND_UP : ROUND_DOWN);
    double v = inward || f->overflow == OVERFLOW_SATURATE ? f->largest : f->overflow == OVERFLOW_NAN ? NAN : INFINITY;
    return negative ? -v : v;
}

static double rounded_integer(Rounding rounding, double s, Rng *random)
{
    switch (rounding) {
    case ROUND_NEAREST: return rint(s);
    case ROUND_UP:      return ceil(s);
    case ROUND_DOWN:    return floor(s);
    case ROUND_ZERO:    return trunc(s);
    case ROUND_STOCHASTIC: {
        double t = trunc(s), cut = fabs(s - t);
        return cut != 0 && rng_unit(random) < cut ? t + copysign(1, s) : t;
    }
    }
    return s;
}

double small_round(const Format *f, double x, Rng *random)
{
    if (x == 0 || x != x)
        return x;
    if (isinf(x))
        return f->overflow == OVERFLOW_INFINITE ? x : f->overflow == OVERFLOW_NAN ? NAN : copysign(f->largest, x);
    slong e = exponent_of(x), q = (e < f->emin ? f->emin : e) - f->precision + 1;
    double r = rounded_integer(f->rounding, x * two_to(-q), random);
    if (fabs(r) * two_to(q) > f->largest)
        return overflow_value(f, x < 0);
    return copysign(r * two_to(q), x);
}

double odd_double(mpfr_srcptr x, int ternary)
{
    enum { CLAMP = 1000 };
    bool tiny = mpfr_zero_p(x) && ternary;
    if (!tiny && !mpfr_regular_p(x))
        return mpfr_get_d(x, MPFR_RNDN);
    double sign = mpfr_signbit(x) ? -1 : 1;
    if (tiny || mpfr_get_exp(x) < -CLAMP)
        return sign * two_to(-CLAMP);
    if (mpfr_get_exp(x) > CLAMP)
        return sign * two_to(CLAMP);
    double   d = mpfr_get_d(x, MPFR_RNDN);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    bits |= ternary != 0;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* ---- MPFR ---------------------------------------------------------------------------------------------------------------------- */

mpfr_ptr scratch_init(Scratch *s, slong precision)
{
    if ((size_t)precision > SCRATCH_LIMBS * 8 * sizeof(mp_limb_t)) {
        mpfr_init2(&s->x, precision);
    } else {
        mpfr_custom_init(s->limbs, precision);
        mpfr_custom_init_set(&s->x, MPFR_ZERO_KIND, 0, precision, s->limbs);
    }
    return &s->x;
}

void scratch_clear(Scratch *s)
{
    if (s->x._mpfr_d != s->limbs)
        mpfr_clear(&s->x);
}

mpfr_rnd_t format_mpfr_rounding(const Format *f)
{
    switch (f->rounding) {
    case ROUND_NEAREST:    return MPFR_RNDN;
    case ROUND_UP:         return MPFR_RNDU;
    case ROUND_DOWN:       return MPFR_RNDD;
    case ROUND_ZERO:
    case ROUND_STOCHASTIC: return MPFR_RNDZ;
    }
    return MPFR_RNDN;
}

void mpfr_finish_range(const Format *f, mpfr_ptr x, int ternary)
{
    if (format_is_bounded(f) && mpfr_regular_p(x)) {
        mpfr_exp_t low = mpfr_get_emin(), high = mpfr_get_emax();
        mpfr_rnd_t rnd = f->rounding == ROUND_STOCHASTIC ? MPFR_RNDN : format_mpfr_rounding(f);
        mpfr_set_emin(f->emin - f->precision + 2);
        mpfr_set_emax(f->emax + 1);
        ternary = mpfr_check_range(x, ternary, rnd);
        mpfr_subnormalize(x, ternary, rnd);
        mpfr_set_emin(low);
        mpfr_set_emax(high);
    }
    if (!mpfr_inf_p(x) || f->overflow == OVERFLOW_INFINITE)
        return;
    if (f->overflow == OVERFLOW_NAN || !format_is_bounded(f)) {
        mpfr_set_nan(x);
        return;
    }
    int negative = mpfr_signbit(x);
    mpfr_set_ui_2exp(x, 1, f->emax + 1, MPFR_RNDN);
    mpfr_nextbelow(x);
    mpfr_setsign(x, x, negative, MPFR_RNDN);
}

void mpfr_finish_stochastic(const Format *f, mpfr_ptr x, mpfr_ptr wide, Rng *random)
{
    if (!mpfr_regular_p(wide)) {
        mpfr_set(x, wide, MPFR_RNDN);
        mpfr_finish(f, x, 0);
        return;
    }
    slong q = mpfr_get_exp(wide) - f->precision;
    if (format_is_bounded(f) && q < f->emin - f->precision + 1)
        q = f->emin - f->precision + 1;
    int     negative = mpfr_signbit(wide);
    Scratch s;
    mpfr_ptr cut = scratch_init(&s, 53);
    mpfr_mul_2si(wide, wide, -q, MPFR_RNDN);
    mpfr_rint_trunc(x, wide, MPFR_RNDZ);                     /* below 2^p: exact */
    mpfr_frac(cut, wide, MPFR_RNDZ);
    double fraction = fabs(mpfr_get_d(cut, MPFR_RNDZ));
    if (fraction != 0 && rng_unit(random) < fraction)
        mpfr_add_si(x, x, negative ? -1 : 1, MPFR_RNDN);
    mpfr_mul_2si(x, x, q, MPFR_RNDN);
    mpfr_setsign(x, x, negative, MPFR_RNDN);
    mpfr_finish(f, x, 0);
    scratch_clear(&s);
}

/* ---- any family ------------------------------------------------------------------------------------------------------------------ */

void format_set_source(const Format *f, void *x, Source *source, const void *from, Rng *random)
{
    Scratch  s;
    mpfr_ptr t;
    switch (f->family) {
    case FAMILY_DOUBLE: {
        t = scratch_init(&s, 53);
        int ternary = source(t, from, MPFR_RNDN);
        mpfr_finish(f, t, ternary);
        *(double *)x = mpfr_get_d(t, MPFR_RNDN);
        break;
    }
    case FAMILY_SMALL: {
        t = scratch_init(&s, 53);
        int ternary = source(t, from, MPFR_RNDZ);
        *(double *)x = small_round(f, odd_double(t, ternary), random);
        break;
    }
    case FAMILY_MPFR:
        if (f->rounding == ROUND_STOCHASTIC) {
            t = scratch_init(&s, f->precision + STOCHASTIC_BITS);
            source(t, from, MPFR_RNDZ);
            mpfr_finish_stochastic(f, x, t, random);
            break;
        }
        mpfr_finish(f, x, source(x, from, format_mpfr_rounding(f)));
        return;
    case FAMILY_BALL:
        return;
    }
    scratch_clear(&s);
}

/* ---- functions and powers --------------------------------------------------------------------------------------------------------- */

typedef struct Call {
    const FnRow *fn;                /* NULL: power */
    mpfr_srcptr  u[3];
    slong        n;
} Call;

static int call_source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd)
{
    const Call *c = from;
    return c->fn ? fn_round(r, c->fn, c->u, c->n, rnd) : mpfr_pow(r, c->u[0], c->u[1], rnd);
}

static void ball_call(const Format *f, arb_ptr x, const FnRow *fn, arb_srcptr u, size_t n)
{
    arb_t v;
    arb_init(v);
    if (fn && fn->outside && fn->outside(u))
        arb_indeterminate(v);
    else if (fn)
        fn->real(v, u, (slong)n, f->precision);
    else
        arb_pow(v, u, u + 1, f->precision);
    arb_swap(x, v);
    arb_clear(v);
}

static void call_or_power(const Format *f, void *x, const FnRow *fn, const void *arg, size_t n, Rng *random)
{
    Scratch s[3];
    Call    c = { .fn = fn, .n = (slong)n };
    if (f->family == FAMILY_BALL) {
        ball_call(f, x, fn, arg, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        mpfr_ptr u = scratch_init(&s[i], f->family == FAMILY_MPFR ? f->precision : 53);
        format_get_mpfr(f, u, format_at(f, arg, i));
        c.u[i] = u;
    }
    format_set_source(f, x, call_source, &c, random);
    for (size_t i = 0; i < n; i++)
        scratch_clear(&s[i]);
}

void format_call(const Format *f, void *x, const FnRow *fn, const void *arg, size_t n, Rng *random)
{
    enum { MOST = 3 };
    bool extreme = fn->max_args < 0;
    if (n <= (extreme ? 2 : MOST) || f->family == FAMILY_BALL) {
        call_or_power(f, x, fn, arg, n, random);
        return;
    }
    /* min and max of many: the first two with the rest, one by one */
    Arena *a = arena_new();
    char  *pair = format_lanes(f, a, 2);
    format_copy(f, pair, arg, 1);
    for (size_t i = 1; i < n; i++) {
        format_copy(f, pair + f->lane, format_at(f, arg, i), 1);
        call_or_power(f, x, fn, pair, 2, random);
        format_copy(f, pair, x, 1);
    }
    arena_delete(a);
}

void format_power(const Format *f, void *x, const void *arg, Rng *random)
{
    call_or_power(f, x, NULL, arg, 2, random);
}
