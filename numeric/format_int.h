/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the formats share: how one exact or rounded-to-odd number becomes a number of a format.
 *
 * A number "rounded to odd" is the exact result cut to more bits than wanted, its last bit set if anything was cut off. With two
 * bits to spare every later rounding gives what the exact result would have given [Boldo, Melquiond 2008]. */
#ifndef NUMERIC_FORMAT_INT_H
#define NUMERIC_FORMAT_INT_H

#include "numeric/format.h"

#include <mpfr.h>

/* Has the format a largest and a smallest exponent? */
static inline bool format_is_bounded(const Format *f) { return f->emin < f->emax; }

/* ---- SMALL: doubles ------------------------------------------------------------------------------------------------------ */

/* x is exact or rounded to odd; the result is a number of the format. NaN stays NaN even in formats without one. */
double small_round(const Format *f, double x, Rng *random);
/* x (53 bits, rounded toward zero, with its ternary value) as a double rounded to odd; clamped to 2^-1000 .. 2^1000. */
double odd_double(mpfr_srcptr x, int ternary);

/* ---- MPFR ------------------------------------------------------------------------------------------------------------------ */

/* A number of any precision for use inside a function; up to 2,048 bits it needs no memory. */
enum { SCRATCH_LIMBS = 32 };
typedef struct Scratch {
    __mpfr_struct x;
    mp_limb_t     limbs[SCRATCH_LIMBS];
} Scratch;

mpfr_ptr scratch_init(Scratch *s, slong precision);
void     scratch_clear(Scratch *s);

/* The rounding of the operation itself; a stochastic result is first computed toward zero to STOCHASTIC_BITS more bits. */
enum { STOCHASTIC_BITS = 64 };
mpfr_rnd_t format_mpfr_rounding(const Format *f);
/* Brings x, rounded by format_mpfr_rounding() with that ternary value, into the range of the format: subnormals, overflow rule. */
void       mpfr_finish_range(const Format *f, mpfr_ptr x, int ternary);
static inline void mpfr_finish(const Format *f, mpfr_ptr x, int ternary)
{
    if (mpfr_regular_p(x) && (!format_is_bounded(f) || (mpfr_get_exp(x) > f->emin && mpfr_get_exp(x) <= f->emax + 1)))
        return;
    mpfr_finish_range(f, x, ternary);
}
/* x = wide rounded up in magnitude with the probability of the fraction cut off. wide is destroyed. */
void       mpfr_finish_stochastic(const Format *f, mpfr_ptr x, mpfr_ptr wide, Rng *random);

/* ---- any family ------------------------------------------------------------------------------------------------------------ */

/* An exact real number that rounds itself: r becomes it in direction rnd, the ternary value comes back. */
typedef int Source(mpfr_ptr r, const void *from, mpfr_rnd_t rnd);
/* x = the number, correctly rounded. Not for balls. */
void format_set_source(const Format *f, void *x, Source *source, const void *from, Rng *random);
/* x as an MPFR number of f->precision bits (53 for SMALL); not for balls. */
void format_get_mpfr(const Format *f, mpfr_ptr r, const void *x);
/* |x| = m*2^q for a finite x, q the exponent of its last place; not for balls. Returns whether x is negative (-0 included). */
bool format_parts(const Format *f, const void *x, fmpz_t m, slong *q);

#endif
