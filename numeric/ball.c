/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal digits of balls and rationals, correctly rounded or not printed at all. The number is scaled by a power of ten so
 * that the digits wanted stand before the point; both ends of the ball must round to the same integer. The decimal exponent
 * is a big integer: exp(exp(100)) has one of 38 digits. */
#include "numeric/ball.h"

#include <math.h>

enum { PLAIN_BELOW = 21, PLAIN_ABOVE = -7 };

/* digits: n decimal digits; the value is 0.d1d2d3... * 10^(exponent + 1), that is d1.d2d3... * 10^exponent. Zeros behind the
 * digits are written only if they are known (exact): 262537412640768744 to 17 digits is 2.6253741264076874e17. */
static Str decimal_layout(Arena *a, bool negative, Str digits, const fmpz_t exponent, bool exact)
{
    Buf   b = buf_new(a);
    slong n = (slong)digits.n, limit = exact && n < PLAIN_BELOW ? PLAIN_BELOW : n;
    if (negative)
        buf_add_c(&b, '-');
    if (fmpz_cmp_si(exponent, PLAIN_ABOVE) < 0 || fmpz_cmp_si(exponent, limit) >= 0) {
        buf_add(&b, str_slice(digits, 0, 1));
        if (n > 1) {
            buf_add_c(&b, '.');
            buf_add(&b, str_slice(digits, 1, digits.n));
        }
        char *e = fmpz_get_str(NULL, 10, exponent);
        buf_printf(&b, "e%s", e);
        flint_free(e);
        return buf_str(&b);
    }
    slong e = fmpz_get_si(exponent);
    if (e < 0) {
        buf_add_s(&b, "0.");
        for (slong k = -1; k > e; k--)
            buf_add_c(&b, '0');
        buf_add(&b, digits);
    } else {
        for (slong k = 0; k <= e; k++)
            buf_add_c(&b, k < n ? digits.s[k] : '0');
        if (e + 1 < n) {
            buf_add_c(&b, '.');
            buf_add(&b, str_slice(digits, (size_t)e + 1, digits.n));
        }
    }
    return buf_str(&b);
}

/* floor(log10 |x|) up to one, for a ball that excludes zero. */
static void decimal_exponent(fmpz_t e, const arb_t x)
{
    arb_t t, ten;
    arb_init(t);
    arb_init(ten);
    slong prec = 64 + (slong)fmpz_bits(ARF_EXPREF(arb_midref(x)));
    arb_set_round(t, x, prec);
    arb_abs(t, t);
    arb_log(t, t, prec);
    arb_const_log10(ten, prec);
    arb_div(t, t, ten, prec);
    arf_get_fmpz(e, arb_midref(t), ARF_RND_FLOOR);
    arb_clear(t);
    arb_clear(ten);
}

/* round(|x| * 10^k) if the ball decides it. */
static bool scaled_integer(fmpz_t out, const arb_t x, const fmpz_t k, slong prec)
{
    arb_t y, ten;
    arb_init(y);
    arb_init(ten);
    arb_abs(y, x);
    arb_set_ui(ten, 10);
    if (fmpz_sgn(k) < 0) {
        fmpz_t up;
        fmpz_init(up);
        fmpz_neg(up, k);
        arb_pow_fmpz(ten, ten, up, prec);
        arb_div(y, y, ten, prec);
        fmpz_clear(up);
    } else {
        arb_pow_fmpz(ten, ten, k, prec);
        arb_mul(y, y, ten, prec);
    }
    arb_set_d(ten, 0.5);
    arb_add(y, y, ten, prec + 2);
    arb_floor(y, y, prec + 2);
    bool unique = arb_get_unique_fmpz(out, y);
    arb_clear(y);
    arb_clear(ten);
    return unique;
}

static Str digits_text(Arena *a, const fmpz_t n)
{
    char *t = fmpz_get_str(NULL, 10, n);
    Str   s = str_copy(a, str_of(t));
    flint_free(t);
    return s;
}

bool ball_decimal(Arena *a, const arb_t x, size_t n, Str *out)
{
    if (arb_is_zero(x)) {
        *out = STR("0");
        return true;
    }
    if (n == 0 || !arb_is_finite(x) || arb_contains_zero(x))
        return false;
    if ((double)arb_rel_accuracy_bits(x) < 3.32 * ((double)n - 1))
        return false;
    fmpz_t e, k, digits;
    fmpz_init(e);
    fmpz_init(k);
    fmpz_init(digits);
    decimal_exponent(e, x);
    slong prec = (slong)(3.3220 * (double)n) + 64;
    if (prec < arb_bits(x) + 64)                       /* close to a tie the far digits decide */
        prec = arb_bits(x) + 64;
    bool decided = false;
    for (int attempt = 0; attempt < 3; attempt++) {
        fmpz_set_ui(k, n - 1);
        fmpz_sub(k, k, e);
        decided = scaled_integer(digits, x, k, prec);
        if (!decided)
            break;
        slong length = (slong)fmpz_sizeinbase(digits, 10);
        if (length >= (slong)n - 1 && length <= (slong)n + 1) {      /* fmpz_sizeinbase may be one too large */
            Str t = digits_text(a, digits);
            if (t.n == n) {
                *out = decimal_layout(a, arf_sgn(arb_midref(x)) < 0, t, e, false);
                break;
            }
            length = (slong)t.n;
        }
        decided = false;
        fmpz_add_si(e, e, length > (slong)n ? 1 : -1);
    }
    fmpz_clear(e);
    fmpz_clear(k);
    fmpz_clear(digits);
    return decided;
}

bool ball_decimal_best(Arena *a, const arb_t x, size_t n, Str *out, size_t *decided)
{
    double bits = (double)arb_rel_accuracy_bits(x);
    if (arb_is_zero(x))
        return *decided = n, ball_decimal(a, x, n, out);
    slong most = bits > 3.33 * (double)n + 4 ? (slong)n : (slong)(bits * 0.30103) + 1;
    for (slong k = most < (slong)n ? most : (slong)n; k > 0; k--)       /* fewer, too, where the ball holds a tie: 1.0625 to 4 digits */
        if (ball_decimal(a, x, (size_t)k, out)) {
            *decided = (size_t)k;
            return true;
        }
    *decided = 0;
    return false;
}

/* The decimal exponent of num/den up to one. */
static void rational_exponent(fmpz_t e, const fmpz_t num, const fmpz_t den)
{
    slong num_exp, den_exp;
    double m = fmpz_get_d_2exp(&num_exp, num), d = fmpz_get_d_2exp(&den_exp, den);
    double log10 = (double)(num_exp - den_exp) * 0.30102999566398120 + log(fabs(m) / d) * 0.43429448190325183;
    fmpz_set_d(e, floor(log10));
}

static Str without_zeros(Str digits)
{
    while (digits.n > 1 && digits.s[digits.n - 1] == '0')
        digits.n--;
    return digits;
}

Str rational_decimal(Arena *a, const fmpz_t num, const fmpz_t den, size_t n, bool *exact)
{
    *exact = true;
    if (fmpz_is_zero(num))
        return STR("0");
    fmpz_t e, scale, q, r, d;
    fmpz_init(e);
    fmpz_init(scale);
    fmpz_init(q);
    fmpz_init(r);
    fmpz_init(d);
    rational_exponent(e, num, den);
    Str digits = { 0 };
    for (int attempt = 0; attempt < 3; attempt++) {
        slong k = (slong)n - 1 - fmpz_get_si(e);
        fmpz_set_ui(scale, 10);
        fmpz_pow_ui(scale, scale, (ulong)(k < 0 ? -k : k));
        fmpz_abs(q, num);
        fmpz_set(d, den);
        k < 0 ? fmpz_mul(d, d, scale) : fmpz_mul(q, q, scale);
        fmpz_fdiv_qr(q, r, q, d);
        *exact = fmpz_is_zero(r);
        fmpz_mul_2exp(r, r, 1);
        if (fmpz_cmp(r, d) >= 0)
            fmpz_add_ui(q, q, 1);
        digits = digits_text(a, q);
        if (digits.n == n)
            break;
        fmpz_add_si(e, e, digits.n > n ? 1 : -1);
    }
    Str text = decimal_layout(a, fmpz_sgn(num) < 0, *exact ? without_zeros(digits) : digits, e, *exact);
    fmpz_clear(e);
    fmpz_clear(scale);
    fmpz_clear(q);
    fmpz_clear(r);
    fmpz_clear(d);
    return text;
}
