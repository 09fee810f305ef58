/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Number formats as values: fp64, bf16, fp8_e4m3, float(p, emin, emax), `200 bits`, ball. A tape runs in any of them through
 * the kernels of its family; no algorithm is written twice for two precisions.
 *
 * A number of a format lies in a lane of `lane` bytes. Families:
 *   DOUBLE  fp64, to nearest: the machine's own arithmetic.
 *   SMALL   a double whose value belongs to the format; after each operation it is rounded again. That is exact for
 *           + - * / sqrt while 2p + 2 <= 53 [Figueroa 1995]; elementary functions: see Format.correct.
 *   MPFR    an __mpfr_struct followed by its limbs (custom interface: nothing to clear, the precision never changes). Formats with
 *           exponents beyond a double or more than 25 bits, and fp64 in a rounding other than nearest. With emin < emax the range
 *           is that of the format, subnormals included; emin = emax = 0: unbounded, as `200 bits`.
 *   BALL    an arb_struct: enclosures with `precision` bits.
 * Exponents are those of IEEE 754: the largest normal number is below 2^(emax + 1), the smallest normal one is 2^emin. */
#ifndef NUMERIC_FORMAT_H
#define NUMERIC_FORMAT_H

#include "base/rng.h"
#include "numeric/function.h"

#include <flint/fmpq.h>
#include <stdbool.h>

typedef enum FormatFamily { FAMILY_DOUBLE, FAMILY_SMALL, FAMILY_MPFR, FAMILY_BALL } FormatFamily;

typedef enum Rounding {         /* NEAREST: ties to even. STOCHASTIC: up with the probability of the discarded fraction */
    ROUND_NEAREST, ROUND_UP, ROUND_DOWN, ROUND_ZERO, ROUND_STOCHASTIC
} Rounding;

typedef enum Overflow {         /* what a finite result beyond the largest number becomes, rounding permitting */
    OVERFLOW_INFINITE,          /* IEEE 754 */
    OVERFLOW_NAN,               /* fp8_e4m3: no infinities */
    OVERFLOW_SATURATE           /* the largest number; infinities too. fp6 and fp4: always */
} Overflow;

typedef struct Kernels Kernels; /* numeric/tape.h */

typedef struct Accumulators {   /* numbers of another format in which sums, dot products and products of matrices add up */
    Str      name;
    slong    precision, emin, emax;         /* precision 0: none, they add up in the format itself */
    double   largest;
    Overflow overflow;
} Accumulators;

typedef struct Format {
    Str            name;        /* "bf16"; empty without a row, see format_name() */
    FormatFamily   family;
    Rounding       rounding;
    Overflow       overflow;
    bool           has_nan;     /* false: fp6, fp4 have no encoding of one; 0/0 in a lane still is nan */
    bool           contract;    /* a*b + c is rounded once: MULADD and MULSUB are fused, and so are typed sums of products */
    bool           correct;     /* elementary functions are rounded correctly (reports); false: fast, within 1 ulp of a double */
    slong          precision;   /* bits of the significand, the leading one included */
    slong          emin, emax;
    double         largest;     /* SMALL and DOUBLE: the largest finite number (fp8_e4m3 lacks a part of its last binade) */
    int            bits;        /* of the encoding; 0: none */
    size_t         lane;        /* bytes per number */
    Accumulators   sums;        /* SMALL only */
    const Kernels *kernels;
} Format;

/* ---- formats ------------------------------------------------------------------------------------------------------------- */

bool   format_named(Str name, Format *out);                    /* the rows fp64 fp32 tf32 fp16 bf16 fp8_e4m3 ... ball; nearest */
size_t format_names(const char *const **names);                /* of all rows, for hints and help */
bool   format_float(slong precision, slong emin, slong emax, Format *out);   /* IEEE-like; false: parameters out of range */
Format format_mpfr(slong precision);                           /* unbounded exponents; precision from 2 to 10^7 */
Format format_ball(slong precision);
Format format_with(Format f, Rounding rounding, bool saturate, bool correct);   /* chooses the family anew */
Format format_contracted(Format f);
/* Each product and each addition of a sum is rounded to `sums`, the whole sum once to f. Both are formats of at most 25 bits, or `sums` is
 * fp64; a direction other than nearest is that of both, but stochastic sums add up to nearest. False: not possible. */
bool   format_accumulate(Format *f, const Format *sums);
Format format_accumulators(const Format *f);                   /* the format of partial sums: f itself if it has no other */
Str    format_name(const Format *f, Arena *a);                 /* "bf16", "float(5, -14, 15)", "bf16(accumulate: fp32)", "200 bits" */
Str    format_full_name(const Format *f, Arena *a);            /* "fp8_e4m3.saturating toward zero", as it is typed */
slong  format_bits_of_digits(slong digits);                    /* bits that hold so many decimal digits: `using 50 digits` */

/* ---- numbers ------------------------------------------------------------------------------------------------------------- */

typedef enum FloatClass { FLOAT_FINITE, FLOAT_INFINITE, FLOAT_NEGATIVE_INFINITE, FLOAT_NAN } FloatClass;

typedef enum FloatConstant { FLOAT_PI, FLOAT_E, FLOAT_EULER } FloatConstant;

/* n fresh lanes in the arena, set to zero. Lanes of balls are cleared with the arena. */
void      *format_lanes(const Format *f, Arena *a, size_t n);
static inline void *format_at(const Format *f, const void *lanes, size_t i) { return (char *)lanes + i * f->lane; }

/* Correctly rounded in the format's rounding, range and overflow rule; `random` is used by stochastic rounding only and may be
 * NULL otherwise. A ball that is too wide to round correctly gives false, and x becomes its rounded midpoint. */
void       format_set_fmpq(const Format *f, void *x, const fmpq_t q, Rng *random);
void       format_set_double(const Format *f, void *x, double v, Rng *random);
bool       format_set_arb(const Format *f, void *x, const arb_t v, Rng *random);
void       format_set_class(const Format *f, void *x, FloatClass c);          /* infinities by the overflow rule */
void       format_set_constant(const Format *f, void *x, FloatConstant c, Rng *random);
void       format_copy(const Format *f, void *to, const void *from, size_t n);
double     format_get_double(const Format *f, const void *x);                 /* to nearest; the midpoint of a ball */
FloatClass format_get_fmpq(const Format *f, const void *x, fmpq_t q);         /* exact; of a ball the midpoint */
void       format_get_arb(const Format *f, const void *x, arb_t v);           /* exact; nan is indeterminate */
Str        format_encoding(const Format *f, Arena *a, const void *x);         /* "0x3c00"; empty if the format has none */
Str        format_hex(const Format *f, Arena *a, const void *x);              /* "0x1.8p-3", "-inf", "nan" */
/* The neighbours of a finite x: the next number below and above (at the ends infinities, nan in formats without them), and the
 * distance of numbers there. A ball has none: the copy is x. */
void       format_neighbour(const Format *f, void *to, const void *x, bool up);
bool       format_ulp(const Format *f, const void *x, fmpq_t ulp);            /* false: no such thing (nan, infinite, unbounded zero) */

/* x = fn(arg...) and arg[0]^arg[1], correctly rounded as format_set_arb does it; the n arguments are lanes one behind the other.
 * Outside the real domain: nan, or the infinity of a pole where both sides agree (log(0) is -oo). */
void       format_call(const Format *f, void *x, const FnRow *fn, const void *arg, size_t n, Rng *random);
void       format_power(const Format *f, void *x, const void *arg, Rng *random);

/* One number from decimal places enough to read it back: "0.1", "1.1e-20". */
Str        format_shortest(const Format *f, Arena *a, const void *x);

#endif
