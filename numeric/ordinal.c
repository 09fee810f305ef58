/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordinals. The subnormal numbers m*2^(emin - p + 1) come first, m = 0, 1, ..., then binade after binade with 2^(p - 1) numbers each, so a number
 * m*2^q is number m + (q - emin + p - 1)*2^(p - 1). In fp64 that is the bit pattern; the small formats fit into 64 bits as well. */
#include "numeric/format_int.h"
#include "numeric/ordinal.h"

#include <math.h>
#include <string.h>

enum { FIRST_EXPONENT = -1022, LAST_EXPONENT = 1 << 20 };        /* of a format without bounds */

int64_t double_to_ordinal(double x)
{
    int64_t i;
    memcpy(&i, &x, sizeof i);
    return i < 0 ? INT64_MIN - i : i;
}

double ordinal_to_double(int64_t n)
{
    double  x;
    int64_t i = n < 0 ? INT64_MIN - n : n;
    memcpy(&x, &i, sizeof x);
    return x;
}

/* The exponent of the last place of the smallest numbers. */
static slong first_place(const Format *f)
{
    return (format_is_bounded(f) ? f->emin : FIRST_EXPONENT) - f->precision + 1;
}

static int64_t small_ordinal(const Format *f, double x)
{
    int    e;
    slong  first = first_place(f);
    double m = frexp(fabs(x), &e);                          /* in [1/2, 1) */
    if (isinf(x))
        return (x > 0 ? 1 : -1) * (small_ordinal(f, f->largest) + 1);
    slong   q = e - f->precision > first && x != 0 ? e - f->precision : first;
    int64_t n = (int64_t)ldexp(m, (int)(e - q)) + ((int64_t)(q - first) << (f->precision - 1));
    return x < 0 ? -n : n;
}

/* The number behind the last one. */
static void infinite_ordinal(const Format *f, fmpz_t n)
{
    slong last = format_is_bounded(f) ? f->emax : LAST_EXPONENT;
    fmpz_set_si(n, last + 1 - f->precision + 1 - first_place(f) + 1);
    fmpz_mul_2exp(n, n, (ulong)f->precision - 1);
}

void format_get_ordinal(const Format *f, const void *x, fmpz_t n)
{
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL) {
        double d = *(const double *)x;
        fmpz_set_si(n, f->family == FAMILY_DOUBLE ? double_to_ordinal(d) : small_ordinal(f, d));
        return;
    }
    mpfr_srcptr t = x;
    slong       q, first = first_place(f);
    fmpz_t      below;
    if (!mpfr_number_p(t)) {
        infinite_ordinal(f, n);
        if (mpfr_signbit(t))
            fmpz_neg(n, n);
        return;
    }
    if (mpfr_zero_p(t)) {
        fmpz_zero(n);
        return;
    }
    bool negative = format_parts(f, x, n, &q);
    fmpz_init(below);
    if (q < first) {
        fmpz_fdiv_q_2exp(n, n, (ulong)(first - q));
    } else {
        fmpz_set_si(below, q - first);
        fmpz_mul_2exp(below, below, (ulong)f->precision - 1);
        fmpz_add(n, n, below);
    }
    if (negative)
        fmpz_neg(n, n);
    fmpz_clear(below);
}

void format_set_ordinal(const Format *f, void *x, const fmpz_t n)
{
    fmpz_t m, k;
    arb_t  v;
    if (f->family == FAMILY_DOUBLE) {
        *(double *)x = ordinal_to_double(fmpz_get_si(n));
        return;
    }
    fmpz_init(m);
    fmpz_init(k);
    arb_init(v);
    fmpz_abs(m, n);
    slong q = first_place(f);
    if (fmpz_bits(m) > (flint_bitcnt_t)f->precision) {
        fmpz_fdiv_q_2exp(k, m, (ulong)f->precision - 1);
        fmpz_sub_ui(k, k, 1);
        q += fmpz_get_si(k);
        fmpz_mul_2exp(k, k, (ulong)f->precision - 1);
        fmpz_sub(m, m, k);
    }
    arb_set_fmpz(v, m);
    arb_mul_2exp_si(v, v, q);
    if (fmpz_sgn(n) < 0)
        arb_neg(v, v);
    format_set_arb(f, x, v, NULL);
    arb_clear(v);
    fmpz_clear(k);
    fmpz_clear(m);
}

double format_steps(const Format *f, const void *a, const void *b)
{
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL) {
        double  x = *(const double *)a, y = *(const double *)b;
        int64_t m = f->family == FAMILY_DOUBLE ? double_to_ordinal(x) : small_ordinal(f, x);
        int64_t n = f->family == FAMILY_DOUBLE ? double_to_ordinal(y) : small_ordinal(f, y);
        return (double)(m > n ? (uint64_t)m - (uint64_t)n : (uint64_t)n - (uint64_t)m);
    }
    fmpz_t m, n;
    fmpz_init(m);
    fmpz_init(n);
    format_get_ordinal(f, a, m);
    format_get_ordinal(f, b, n);
    fmpz_sub(m, m, n);
    double d = fabs(fmpz_get_d(m));
    fmpz_clear(m);
    fmpz_clear(n);
    return d;
}

double format_most_bits(const Format *f)
{
    if (f->bits)
        return f->bits;
    return (double)f->precision + (format_is_bounded(f) ? ceil(log2((double)(f->emax - f->emin + 2))) : 0);
}
