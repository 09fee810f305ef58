/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a format as text: the bits of the encoding, the hexadecimal float, the shortest decimal that reads back. */
#include "numeric/format_int.h"

#include <flint/fmpz.h>
#include <math.h>

static bool is_nan(const Format *f, const void *x)
{
    return f->family == FAMILY_BALL ? arf_is_nan(arb_midref((arb_srcptr)x)) : isnan(format_get_double(f, x));
}

static bool is_infinite(const Format *f, const void *x)
{
    return f->family == FAMILY_MPFR ? mpfr_inf_p((mpfr_srcptr)x) : f->family != FAMILY_BALL && isinf(*(const double *)x);
}

static bool is_negative(const Format *f, const void *x)
{
    return f->family == FAMILY_MPFR ? mpfr_signbit((mpfr_srcptr)x) : signbit(*(const double *)x);
}

/* ---- encoding ------------------------------------------------------------------------------------------------------------------- */

/* Do finite numbers share the last exponent field with nan, as in fp8_e4m3? */
static bool shares_last_field(const Format *f)
{
    return f->largest != 0 && f->largest < ldexp(2 - ldexp(1, 1 - (int)f->precision), (int)f->emax);
}

/* sign | exponent | fraction. The x87 stores the leading bit as well, so its fraction has p bits. */
static Str encoded(const Format *f, Arena *a, bool negative, ulong exponent, const fmpz_t fraction)
{
    bool   explicit_bit = f->bits == 80;
    fmpz_t code;
    fmpz_init_set_ui(code, exponent);
    fmpz_mul_2exp(code, code, (ulong)f->precision - 1 + explicit_bit);
    fmpz_add(code, code, fraction);
    if (negative)
        fmpz_setbit(code, (ulong)f->bits - 1);
    char *text = fmpz_get_str(NULL, 16, code);
    Str   digits = str_of(text);
    Buf   b = buf_new(a);
    buf_add_s(&b, "0x");
    for (size_t i = digits.n; i < ((size_t)f->bits + 3) / 4; i++)
        buf_add_c(&b, '0');
    buf_add(&b, digits);
    flint_free(text);
    fmpz_clear(code);
    return buf_str(&b);
}

Str format_encoding(const Format *f, Arena *a, const void *x)
{
    if (!f->bits || (is_nan(f, x) && !f->has_nan))
        return (Str){ 0 };
    ulong  field = (ulong)f->bits - (ulong)f->precision - (f->bits == 80), special = (1UL << field) - 1;
    bool   explicit_bit = f->bits == 80;
    fmpz_t m;
    Str    text;
    fmpz_init(m);
    if (is_nan(f, x)) {
        fmpz_setbit(m, (ulong)f->precision - 2);             /* quiet */
        if (shares_last_field(f))
            fmpz_set_ui(m, (1UL << (f->precision - 1)) - 1);
        if (explicit_bit)
            fmpz_setbit(m, (ulong)f->precision - 1);
        text = encoded(f, a, false, special, m);
    } else if (is_infinite(f, x)) {
        if (explicit_bit)
            fmpz_setbit(m, (ulong)f->precision - 1);
        text = encoded(f, a, is_negative(f, x), special, m);
    } else {
        slong q;
        bool  negative = format_parts(f, x, m, &q);
        bool  normal = (slong)fmpz_bits(m) == f->precision;
        if (normal && !explicit_bit)
            fmpz_clrbit(m, (ulong)f->precision - 1);
        text = encoded(f, a, negative, normal ? (ulong)(q + f->precision - f->emin) : 0, m);
    }
    fmpz_clear(m);
    return text;
}

/* ---- hexadecimal ------------------------------------------------------------------------------------------------------------------ */

Str format_hex(const Format *f, Arena *a, const void *x)
{
    if (is_nan(f, x))
        return STR("nan");
    if (f->family == FAMILY_BALL) {
        Format mid = format_mpfr(arf_bits(arb_midref((arb_srcptr)x)) + 2);
        void  *m = format_lanes(&mid, a, 1);
        format_set_arb(&mid, m, x, NULL);
        return format_hex(&mid, a, m);
    }
    if (is_infinite(f, x))
        return is_negative(f, x) ? STR("-inf") : STR("inf");
    fmpz_t m;
    slong  q;
    Buf    b = buf_new(a);
    fmpz_init(m);
    if (format_parts(f, x, m, &q))
        buf_add_c(&b, '-');
    if (fmpz_is_zero(m)) {
        buf_add_s(&b, "0x0p+0");
    } else {
        ulong zeros = fmpz_val2(m);
        fmpz_fdiv_q_2exp(m, m, zeros);
        ulong fraction = fmpz_bits(m) - 1;
        q += (slong)(zeros + fraction);                      /* the value is 1.xxx * 2^q with so many bits behind the point */
        fmpz_mul_2exp(m, m, (4 - fraction % 4) % 4);
        char *digits = fmpz_get_str(NULL, 16, m);
        buf_printf(&b, digits[1] ? "0x%c.%sp%+ld" : "0x%c%sp%+ld", digits[0], digits + 1, (long)q);
        flint_free(digits);
    }
    fmpz_clear(m);
    return buf_str(&b);
}

/* ---- shortest decimal ---------------------------------------------------------------------------------------------------------------- */

/* Does the text, rounded to nearest, give t? */
static bool reads_back(const Format *f, mpfr_srcptr t, Str text)
{
    Format   nearest = *f;
    Scratch  s;
    mpfr_ptr u = scratch_init(&s, f->precision);
    nearest.rounding = ROUND_NEAREST;
    mpfr_finish(&nearest, u, mpfr_strtofr(u, text.s, NULL, 10, MPFR_RNDN));
    bool same = mpfr_equal_p(u, t);
    scratch_clear(&s);
    return same;
}

/* The least n <= most whose n digits read back; decimals of more than HIGH digits are searched by halving. */
static Str shortest(const Format *f, Arena *a, mpfr_srcptr t, const fmpq_t q, size_t most)
{
    enum { HIGH = 50 };
    bool   exact;
    size_t low = most > HIGH ? HIGH : 1, high = most;
    for (size_t n = 1; n < low; n++) {
        Str text = rational_decimal(a, fmpq_numref(q), fmpq_denref(q), n, &exact);
        if (reads_back(f, t, text))
            return text;
    }
    while (most > HIGH && low < high) {
        size_t n = low + (high - low) / 2;
        if (reads_back(f, t, rational_decimal(a, fmpq_numref(q), fmpq_denref(q), n, &exact)))
            high = n;
        else
            low = n + 1;
    }
    for (size_t n = low; n < most; n++) {
        Str text = rational_decimal(a, fmpq_numref(q), fmpq_denref(q), n, &exact);
        if (reads_back(f, t, text))
            return text;
    }
    return rational_decimal(a, fmpq_numref(q), fmpq_denref(q), most, &exact);
}

static Str ball_text(Arena *a, const arb_t x, slong precision)
{
    size_t decided, n = (size_t)((double)precision * 0.30103) + 1;
    Str    text;
    return ball_decimal_best(a, x, n, &text, &decided) ? text : STR("0");
}

Str format_shortest(const Format *f, Arena *a, const void *x)
{
    enum { HUGE_EXPONENT = 200000 };                         /* from here on no rational is made */
    if (is_nan(f, x))
        return STR("nan");
    if (f->family == FAMILY_BALL)
        return ball_text(a, x, f->precision);
    if (is_infinite(f, x))
        return is_negative(f, x) ? STR("-inf") : STR("inf");
    Scratch  s;
    mpfr_ptr t = scratch_init(&s, f->precision);
    Str      text;
    format_get_mpfr(f, t, x);
    if (mpfr_zero_p(t)) {
        text = mpfr_signbit(t) ? STR("-0") : STR("0");
    } else if (mpfr_get_exp(t) > HUGE_EXPONENT || mpfr_get_exp(t) < -HUGE_EXPONENT) {
        arb_t v;
        arb_init(v);
        format_get_arb(f, x, v);
        text = ball_text(a, v, f->precision);
        arb_clear(v);
    } else {
        fmpq_t q;
        fmpq_init(q);
        format_get_fmpq(f, x, q);
        text = shortest(f, a, t, q, (size_t)((double)f->precision * 0.30103) + 2);
        fmpq_clear(q);
    }
    scratch_clear(&s);
    return text;
}
