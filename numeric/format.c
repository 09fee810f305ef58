/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The named formats, formats by parameters, and which family computes in them.
 *
 * IEEE 754-2019 (fp16 fp32 fp64 fp128), OCP 8-bit formats rev. 1.0 (fp8_e4m3 without infinities: its last binade ends at 448;
 * fp8_e5m2 is IEEE-like), OCP microscaling v1.0 (fp6, fp4: finite numbers only), tf32 and bf16 (8 exponent bits), x87 (explicit
 * leading bit). A small format needs 2p + 2 <= 53 bits, and exponents so small that no product, quotient or residual of two
 * of its numbers leaves the range of a double. */
#include "numeric/format_int.h"
#include "numeric/tape.h"

#include <math.h>
#include <string.h>

enum { SMALL_BITS = 25, SMALL_EXPONENT = 500, MAX_BITS = 10000000, MAX_EXPONENT = 1 << 29 };

typedef struct Row {
    const char *name;
    slong       precision, emin, emax;
    int         bits;
    Overflow    overflow;
    bool        has_nan;
    double      largest;            /* 0: the last binade is complete */
} Row;

/* ROW(name, precision, emin, emax, bits of the encoding, overflow, has nan, largest) */
#define FORMATS(ROW)                                                   \
    ROW("fp64",     53,  -1022,  1023,  64,  INFINITE, true,  0)       \
    ROW("fp32",     24,  -126,   127,   32,  INFINITE, true,  0)       \
    ROW("tf32",     11,  -126,   127,   19,  INFINITE, true,  0)       \
    ROW("fp16",     11,  -14,    15,    16,  INFINITE, true,  0)       \
    ROW("bf16",     8,   -126,   127,   16,  INFINITE, true,  0)       \
    ROW("fp8_e4m3", 4,   -6,     8,     8,   NAN,      true,  448)     \
    ROW("fp8_e5m2", 3,   -14,    15,    8,   INFINITE, true,  0)       \
    ROW("fp6_e3m2", 3,   -2,     4,     6,   SATURATE, false, 0)       \
    ROW("fp6_e2m3", 4,   0,      2,     6,   SATURATE, false, 0)       \
    ROW("fp4_e2m1", 2,   0,      2,     4,   SATURATE, false, 0)       \
    ROW("x87",      64,  -16382, 16383, 80,  INFINITE, true,  0)       \
    ROW("fp128",    113, -16382, 16383, 128, INFINITE, true,  0)

#define AS_ROW(name, p, emin, emax, bits, overflow, has_nan, largest) { name, p, emin, emax, bits, OVERFLOW_##overflow, has_nan, largest },
#define AS_NAME(name, ...) name,
static const Row rows[] = { FORMATS(AS_ROW) };
static const char *const names[] = { FORMATS(AS_NAME) "ball" };
enum { ROWS = sizeof rows / sizeof rows[0], BALL_BITS = 128 };

/* ---- families ----------------------------------------------------------------------------------------------------------------- */

static bool is_fp64(const Format *f)
{
    return f->precision == 53 && f->emin == -1022 && f->emax == 1023;
}

static void choose_family(Format *f)
{
    if (f->family == FAMILY_BALL) {
        f->lane = sizeof(arb_struct);
        f->kernels = &ball_kernels;
    } else if (is_fp64(f) && f->rounding == ROUND_NEAREST && f->overflow == OVERFLOW_INFINITE) {
        f->family = FAMILY_DOUBLE;
        f->lane = sizeof(double);
        f->kernels = f->contract ? &contracted_double_kernels : double_kernels();
    } else if (format_is_bounded(f) && f->precision <= SMALL_BITS && f->emax <= SMALL_EXPONENT
               && f->emin - f->precision + 1 >= -SMALL_EXPONENT) {
        f->family = FAMILY_SMALL;
        f->lane = sizeof(double);
        f->kernels = &small_kernels;
    } else {
        f->family = FAMILY_MPFR;
        f->lane = sizeof(__mpfr_struct) + mpfr_custom_get_size(f->precision);
        f->kernels = &mpfr_kernels;
    }
}

static Format format_of(Row r)
{
    Format f = { .name = str_of(r.name), .precision = r.precision, .emin = r.emin, .emax = r.emax, .bits = r.bits,
                 .overflow = r.overflow, .has_nan = r.has_nan, .largest = r.largest };
    if (f.largest == 0 && format_is_bounded(&f) && f.precision <= 53 && f.emax <= 1023)
        f.largest = ldexp(2 - ldexp(1, 1 - (int)f.precision), (int)f.emax);
    choose_family(&f);
    return f;
}

bool format_named(Str name, Format *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_is(name, rows[i].name)) {
            *out = format_of(rows[i]);
            return true;
        }
    if (!str_is(name, "ball"))
        return false;
    *out = format_ball(BALL_BITS);
    return true;
}

size_t format_names(const char *const **out)
{
    *out = names;
    return ROWS + 1;
}

bool format_float(slong precision, slong emin, slong emax, Format *out)
{
    if (precision < 2 || precision > MAX_BITS || emin >= emax || emin < -MAX_EXPONENT || emax > MAX_EXPONENT)
        return false;
    int field = 0;                                           /* bits of the exponent, if emax = 2^(field - 1) - 1 and emin = 1 - emax */
    for (int w = 2; w <= 30; w++)
        if (emax == (1L << (w - 1)) - 1 && emin == 1 - emax)
            field = w;
    *out = format_of((Row){ NULL, precision, emin, emax, field && precision <= 1024 ? (int)(field + precision) : 0,
                            OVERFLOW_INFINITE, true, 0 });
    return true;
}

Format format_mpfr(slong precision)
{
    slong p = precision < 2 ? 2 : precision > MAX_BITS ? MAX_BITS : precision;
    return format_of((Row){ NULL, p, 0, 0, 0, OVERFLOW_INFINITE, true, 0 });
}

Format format_ball(slong precision)
{
    Format f = { .name = STR("ball"), .family = FAMILY_BALL, .has_nan = true, .correct = true,
                 .precision = precision < 2 ? 2 : precision > MAX_BITS ? MAX_BITS : precision };
    choose_family(&f);
    return f;
}

Format format_with(Format f, Rounding rounding, bool saturate, bool correct)
{
    f.rounding = rounding;
    f.correct = correct || f.family == FAMILY_BALL;
    if (saturate && format_is_bounded(&f))
        f.overflow = OVERFLOW_SATURATE;
    choose_family(&f);
    return f;
}

/* ---- accumulators ----------------------------------------------------------------------------------------------------------------- */

Format format_accumulators(const Format *f)
{
    Format g = *f;
    if (!f->sums.precision)
        return g;
    g.name = f->sums.name;
    g.precision = f->sums.precision;
    g.emin = f->sums.emin;
    g.emax = f->sums.emax;
    g.largest = f->sums.largest;
    g.overflow = f->sums.overflow;
    g.rounding = f->rounding == ROUND_STOCHASTIC ? ROUND_NEAREST : f->rounding;
    g.sums = (Accumulators){ 0 };
    choose_family(&g);
    return g;
}

bool format_accumulate(Format *f, const Format *sums)
{
    Format with = *f;
    with.sums = (Accumulators){ sums->name, sums->precision, sums->emin, sums->emax, sums->largest, sums->overflow };
    Format g = format_accumulators(&with);
    if (f->family != FAMILY_SMALL || !format_is_bounded(sums) || (g.family != FAMILY_SMALL && g.family != FAMILY_DOUBLE))
        return false;
    *f = with;
    return true;
}

Format format_contracted(Format f)
{
    f.contract = true;
    choose_family(&f);
    return f;
}

/* ---- names ------------------------------------------------------------------------------------------------------------------------ */

Str format_name(const Format *f, Arena *a)
{
    if (f->sums.precision) {
        Format one = *f, sums = format_accumulators(f);
        one.sums = (Accumulators){ 0 };
        return str_printf(a, "%.*s(accumulate: %.*s)", STR_ARGS(format_name(&one, a)), STR_ARGS(format_name(&sums, a)));
    }
    if (f->family == FAMILY_BALL)
        return str_printf(a, "ball, %ld bits", (long)f->precision);
    if (f->name.n)
        return f->name;
    if (format_is_bounded(f))
        return str_printf(a, "float(%ld, %ld, %ld)", (long)f->precision, (long)f->emin, (long)f->emax);
    return str_printf(a, "%ld bits", (long)f->precision);
}

Str format_full_name(const Format *f, Arena *a)
{
    static const char *const rounding[] = { "", " up", " down", " toward zero", " stochastic" };
    bool saturates = f->overflow == OVERFLOW_SATURATE && f->has_nan;
    Str  name = format_name(f, a);
    return str_printf(a, "%.*s%s%s%s", STR_ARGS(name), saturates ? ".saturating" : "", f->contract ? ".contracted" : "", rounding[f->rounding]);
}

slong format_bits_of_digits(slong digits)
{
    return digits >= MAX_BITS / 4 ? MAX_BITS : (slong)ceil((double)(digits < 1 ? 1 : digits) * 3.3219280948873626) + 1;
}

/* ---- lanes ---------------------------------------------------------------------------------------------------------------------- */

typedef struct BallLanes {
    arb_ptr x;
    size_t  n;
} BallLanes;

static void clear_balls(void *lanes)
{
    BallLanes *b = lanes;
    for (size_t i = 0; i < b->n; i++)
        arb_clear(b->x + i);
}

void *format_lanes(const Format *f, Arena *a, size_t n)
{
    char *lanes = arena_alloc(a, f->lane * n);
    switch (f->family) {
    case FAMILY_DOUBLE: case FAMILY_SMALL:
        break;
    case FAMILY_MPFR:
        for (size_t i = 0; i < n; i++) {
            mpfr_ptr x = format_at(f, lanes, i);
            mpfr_custom_init(x + 1, f->precision);
            mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, f->precision, x + 1);
        }
        break;
    case FAMILY_BALL: {
        BallLanes *b = arena_alloc(a, sizeof *b);
        *b = (BallLanes){ (arb_ptr)lanes, n };
        for (size_t i = 0; i < n; i++)
            arb_init(b->x + i);
        arena_on_release(a, clear_balls, b);
        break;
    }
    }
    return lanes;
}

void format_copy(const Format *f, void *to, const void *from, size_t n)
{
    switch (f->family) {
    case FAMILY_DOUBLE: case FAMILY_SMALL:
        memmove(to, from, n * sizeof(double));
        break;
    case FAMILY_MPFR:
        for (size_t i = 0; i < n; i++)
            mpfr_set(format_at(f, to, i), (mpfr_srcptr)format_at(f, from, i), MPFR_RNDN);
        break;
    case FAMILY_BALL:
        for (size_t i = 0; i < n; i++)
            arb_set((arb_ptr)to + i, (arb_srcptr)from + i);
        break;
    }
}
