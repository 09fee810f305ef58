/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a format from exact rationals, doubles, balls and constants, and back: each rounded once. A ball is rounded if
 * both its ends round to the same number. Neighbours, the unit in the last place, and the encoding as bits. */
#include <mpfr.h>                   /* first: FLINT 3 declares the conversions behind it only */

#include "numeric/format_int.h"

#include <flint/fmpz.h>
#include <math.h>

/* ---- into the format -------------------------------------------------------------------------------------------------------- */

static int rational_source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd)
{
    const fmpq *q = from;
    return fmpq_get_mpfr(r, q, rnd);
}

static int double_source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd)
{
    return mpfr_set_d(r, *(const double *)from, rnd);
}

static int arf_source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd)
{
    return arf_get_mpfr(r, (arf_srcptr)from, rnd);
}

static int constant_source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd)
{
    switch (*(const FloatConstant *)from) {
    case FLOAT_PI:    return mpfr_const_pi(r, rnd);
    case FLOAT_EULER: return mpfr_const_euler(r, rnd);
    case FLOAT_E:     break;
    }
    Scratch  s;
    mpfr_ptr one = scratch_init(&s, 2);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    int ternary = mpfr_exp(r, one, rnd);
    scratch_clear(&s);
    return ternary;
}

void format_set_fmpq(const Format *f, void *x, const fmpq_t q, Rng *random)
{
    if (f->family == FAMILY_BALL)
        arb_set_fmpq(x, q, f->precision);
    else
        format_set_source(f, x, rational_source, q, random);
}

void format_set_double(const Format *f, void *x, double v, Rng *random)
{
    if (f->family == FAMILY_DOUBLE) {
        *(double *)x = v;
    } else if (f->family == FAMILY_SMALL) {
        *(double *)x = small_round(f, v, random);
    } else if (f->family == FAMILY_BALL) {
        arb_set_d(x, v);
        arb_set_round(x, x, f->precision);
        if (v != v)
            arb_indeterminate(x);
    } else {
        format_set_source(f, x, double_source, &v, random);
    }
}

static bool same_number(const Format *f, const void *x, const void *y)
{
    if (f->family == FAMILY_MPFR)
        return mpfr_equal_p((mpfr_srcptr)x, (mpfr_srcptr)y) && mpfr_signbit((mpfr_srcptr)x) == mpfr_signbit((mpfr_srcptr)y);
    return *(const double *)x == *(const double *)y && signbit(*(const double *)x) == signbit(*(const double *)y);
}

/* Rounds both ends of the ball into x and into a number beside it; true if they are the same. */
static bool ends_agree(const Format *f, void *x, const arb_t v)
{
    arf_t   low, high;
    Scratch s;
    double  d;
    void   *y = f->family == FAMILY_MPFR ? (void *)scratch_init(&s, f->precision) : &d;
    arf_init(low);
    arf_init(high);
    arb_get_interval_arf(low, high, v, f->precision + arb_rel_accuracy_bits(v) + 64);
    format_set_source(f, y, arf_source, low, NULL);
    format_set_source(f, x, arf_source, high, NULL);
    bool same = same_number(f, x, y);
    arf_clear(low);
    arf_clear(high);
    if (f->family == FAMILY_MPFR)
        scratch_clear(&s);
    return same;
}

bool format_set_arb(const Format *f, void *x, const arb_t v, Rng *random)
{
    if (f->family == FAMILY_BALL) {
        arb_set_round(x, v, f->precision);
        return true;
    }
    if (arf_is_nan(arb_midref(v)) || mag_is_inf(arb_radref(v))) {
        format_set_class(f, x, FLOAT_NAN);
        return arf_is_nan(arb_midref(v));
    }
    bool decided = arb_is_exact(v);
    if (!decided && f->rounding == ROUND_STOCHASTIC)
        decided = arb_rel_accuracy_bits(v) > f->precision + STOCHASTIC_BITS / 2;
    else if (!decided && ends_agree(f, x, v))
        return true;
    format_set_source(f, x, arf_source, arb_midref(v), random);
    return decided;
}

void format_set_class(const Format *f, void *x, FloatClass c)
{
    double v = c == FLOAT_NAN ? NAN : c == FLOAT_INFINITE ? INFINITY : c == FLOAT_NEGATIVE_INFINITE ? -INFINITY : 0;
    format_set_double(f, x, v, NULL);
}

void format_set_constant(const Format *f, void *x, FloatConstant c, Rng *random)
{
    if (f->family != FAMILY_BALL) {
        format_set_source(f, x, constant_source, &c, random);
        return;
    }
    switch (c) {
    case FLOAT_PI:    arb_const_pi(x, f->precision); break;
    case FLOAT_E:     arb_const_e(x, f->precision); break;
    case FLOAT_EULER: arb_const_euler(x, f->precision); break;
    }
}

/* ---- out of the format ---------------------------------------------------------------------------------------------------------- */

double format_get_double(const Format *f, const void *x)
{
    switch (f->family) {
    case FAMILY_DOUBLE: case FAMILY_SMALL: return *(const double *)x;
    case FAMILY_MPFR: return mpfr_get_d((mpfr_srcptr)x, MPFR_RNDN);
    case FAMILY_BALL: return arf_get_d(arb_midref((arb_srcptr)x), ARF_RND_NEAR);
    }
    return NAN;
}

void format_get_mpfr(const Format *f, mpfr_ptr r, const void *x)
{
    if (f->family == FAMILY_MPFR)
        mpfr_set(r, (mpfr_srcptr)x, MPFR_RNDN);
    else
        mpfr_set_d(r, *(const double *)x, MPFR_RNDN);
}

void format_get_arb(const Format *f, const void *x, arb_t v)
{
    switch (f->family) {
    case FAMILY_DOUBLE: case FAMILY_SMALL:
        arb_set_d(v, *(const double *)x);
        break;
    case FAMILY_MPFR:
        arf_set_mpfr(arb_midref(v), (mpfr_srcptr)x);
        mag_zero(arb_radref(v));
        break;
    case FAMILY_BALL:
        arb_set(v, x);
        break;
    }
    if (arf_is_nan(arb_midref(v)))
        arb_indeterminate(v);
}

FloatClass format_get_fmpq(const Format *f, const void *x, fmpq_t q)
{
    arb_t v;
    arb_init(v);
    format_get_arb(f, x, v);
    arf_srcptr m = arb_midref(v);
    FloatClass c = arf_is_nan(m) ? FLOAT_NAN : arf_is_pos_inf(m) ? FLOAT_INFINITE : arf_is_neg_inf(m) ? FLOAT_NEGATIVE_INFINITE : FLOAT_FINITE;
    if (c == FLOAT_FINITE)
        arf_get_fmpq(q, m);
    arb_clear(v);
    return c;
}

/* ---- neighbours --------------------------------------------------------------------------------------------------------------------- */

/* The exponent of the last place of a finite x. */
static slong last_place(const Format *f, mpfr_srcptr x)
{
    slong q = mpfr_zero_p(x) ? f->emin - f->precision + 1 : mpfr_get_exp(x) - f->precision;
    return format_is_bounded(f) && q < f->emin - f->precision + 1 ? f->emin - f->precision + 1 : q;
}

bool format_parts(const Format *f, const void *x, fmpz_t m, slong *q)
{
    Scratch  s;
    mpfr_ptr t = scratch_init(&s, f->precision);
    mpz_t    z;
    format_get_mpfr(f, t, x);
    *q = last_place(f, t);
    mpz_init(z);
    bool negative = mpfr_signbit(t);
    mpfr_mul_2si(t, t, -*q, MPFR_RNDN);
    mpfr_get_z(z, t, MPFR_RNDN);
    fmpz_set_mpz(m, z);
    fmpz_abs(m, m);
    mpz_clear(z);
    scratch_clear(&s);
    return negative;
}

bool format_ulp(const Format *f, const void *x, fmpq_t ulp)
{
    Scratch s;
    if (f->family == FAMILY_BALL)
        return false;
    mpfr_ptr t = scratch_init(&s, f->precision);
    format_get_mpfr(f, t, x);
    bool has = mpfr_number_p(t) && (format_is_bounded(f) || !mpfr_zero_p(t));
    if (has) {
        slong q = last_place(f, t);
        fmpq_set_si(ulp, 1, 1);
        q < 0 ? fmpq_div_2exp(ulp, ulp, (ulong)-q) : fmpq_mul_2exp(ulp, ulp, (ulong)q);
    }
    scratch_clear(&s);
    return has;
}

/* One step away from zero or toward it; exact with one bit more than the format has. */
static void step(const Format *f, mpfr_ptr t, bool up)
{
    bool  zero = mpfr_zero_p(t), inward = !zero && (mpfr_signbit(t) != 0) == up;
    slong q = last_place(f, t);
    if (inward && mpfr_min_prec(t) == 1 && (!format_is_bounded(f) || mpfr_get_exp(t) - 1 > f->emin))
        q--;                                                 /* below a power of two the numbers are twice as dense */
    Scratch  s;
    mpfr_ptr u = scratch_init(&s, 2);
    bool     was_negative = mpfr_signbit(t) != 0;
    mpfr_set_si_2exp(u, up ? 1 : -1, q, MPFR_RNDN);
    mpfr_add(t, t, u, MPFR_RNDN);
    if (mpfr_zero_p(t))
        mpfr_setsign(t, t, was_negative, MPFR_RNDN);
    scratch_clear(&s);
}

void format_neighbour(const Format *f, void *to, const void *x, bool up)
{
    Scratch s;
    if (f->family == FAMILY_BALL) {
        arb_set(to, x);
        return;
    }
    mpfr_ptr t = scratch_init(&s, f->precision + 2);
    format_get_mpfr(f, t, x);
    if (!mpfr_number_p(t)) {
        format_copy(f, to, x, 1);
        scratch_clear(&s);
        return;
    }
    if (mpfr_zero_p(t) && !format_is_bounded(f))
        up ? mpfr_nextabove(t) : mpfr_nextbelow(t);
    else
        step(f, t, up);
    bool beyond = format_is_bounded(f) && mpfr_number_p(t)
                  && (f->largest != 0 ? mpfr_cmp_d(t, f->largest) > 0 || mpfr_cmp_d(t, -f->largest) < 0 : mpfr_get_exp(t) > f->emax + 1);
    if (f->family == FAMILY_MPFR)
        mpfr_set(to, t, MPFR_RNDN);
    else
        *(double *)to = mpfr_get_d(t, MPFR_RNDN);
    if (beyond) {
        double end = f->overflow == OVERFLOW_INFINITE ? (up ? INFINITY : -INFINITY) : NAN;
        f->family == FAMILY_MPFR ? (void)mpfr_set_d(to, end, MPFR_RNDN) : (void)(*(double *)to = end);
    }
    scratch_clear(&s);
}
