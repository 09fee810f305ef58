/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: references, look-up, exact values, and tables made of rows of others.
 *
 * Why the doubles determine short decimals: with |m| <= 10^15 and s <= 22 the double x nearest to m/10^s and the product
 * x*10^s carry two relative errors of at most 2^-53, together less than 1/4 in m; so rounding gives back m. */
#include "numeric/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EXPONENT = 100000, MOST_DIGITS = 4000, NAMES_SHOWN = 8 };

static const double MOST_MANTISSA = 1e15;

/* ---- references ------------------------------------------------------------------------------------------------------- */

static void release(void *object)
{
    Data *d = object;
    if (--d->references == 0)
        arena_delete(d->memory);
}

void data_own(Arena *a, const Data *d)
{
    ((Data *)d)->references++;          /* the count is no part of the value */
    arena_on_release(a, release, (Data *)d);
}

Data *data_new(Arena *a, size_t columns)
{
    Arena *memory = arena_new();
    Data  *d = arena_alloc(memory, sizeof *d);
    *d = (Data){ .memory = memory, .columns = columns, .column = arena_array(memory, Column, columns) };
    data_own(a, d);
    return d;
}

/* Columns begin with lines of the cache, and side by side in its sets: blocks of many columns are read at a time. */
double *data_values(Data *d, size_t k, size_t rows)
{
    enum { LINE = 64, STEP = 512, PAGE = 4096 };
    size_t aside = rows * sizeof(double) < PAGE ? 0 : k * STEP % PAGE;
    char  *x = arena_alloc(d->memory, rows * sizeof(double) + LINE + aside);
    return (double *)(x + (LINE - (uintptr_t)x % LINE) % LINE + aside);
}

/* ---- exact values ------------------------------------------------------------------------------------------------------ */

static double power_of_ten(int n)
{
    static const double power[DATA_MOST_SCALE + 1] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    return power[n];
}

bool column_decimal(Column *c, size_t rows, int scale)
{
    double largest = 0;
    c->missing = 0;
    for (size_t i = 0; i < rows; i++) {
        c->missing += isnan(c->value[i]);
        largest = fmax(largest, fabs(c->value[i]));     /* fmax passes over NaN */
    }
    if (scale > DATA_MOST_SCALE || !(largest * power_of_ten(scale) <= MOST_MANTISSA))
        return false;
    c->exactness = EXACT_DECIMAL;
    c->scale = scale;
    return true;
}

static bool digits_exact(Str s, fmpz_t z)
{
    char text[MOST_DIGITS + 1];
    if (s.n == 0 || s.n > MOST_DIGITS)
        return false;
    memcpy(text, s.s, s.n);
    text[s.n] = 0;
    return fmpz_set_str(z, text, 10) == 0;
}

static bool fraction_exact(Str s, size_t slash, fmpq_t q)
{
    bool fine = digits_exact(str_slice(s, 0, slash), fmpq_numref(q)) && digits_exact(str_slice(s, slash + 1, s.n), fmpq_denref(q))
             && !fmpz_is_zero(fmpq_denref(q));
    if (fine)
        fmpq_canonicalise(q);
    else
        fmpq_zero(q);
    return fine;
}

static void scale_by_ten(fmpq_t q, long exponent)
{
    fmpz_t ten;
    fmpz_init(ten);
    fmpz_set_ui(ten, 10);
    fmpz_pow_ui(ten, ten, (ulong)labs(exponent));
    if (exponent < 0)
        fmpq_div_fmpz(q, q, ten);
    else
        fmpq_mul_fmpz(q, q, ten);
    fmpz_clear(ten);
}

bool decimal_exact(Str s, fmpq_t q)
{
    size_t point = s.n, end = 0, n = 0;
    char   digits[MOST_DIGITS];
    long   exponent = 0;
    bool   fraction = false;
    for (size_t i = 0; i < s.n; i++)
        if (s.s[i] == '/')
            return fraction_exact(s, i, q);
    if (s.n > sizeof digits)
        return false;
    for (; end < s.n && (s.s[end] | 32) != 'e'; end++) {
        if (s.s[end] == '.' && !fraction) {
            point = end;
            fraction = true;
        } else if (end || s.s[end] != '+') {
            digits[n++] = s.s[end];
        }
    }
    if (end < s.n) {
        char *stop, tail[32];
        Str   power = str_slice(s, end + 1, s.n);
        if (power.n == 0 || power.n >= sizeof tail)
            return false;
        memcpy(tail, power.s, power.n);
        tail[power.n] = 0;
        exponent = strtol(tail, &stop, 10);
        if (*stop || labs(exponent) > MOST_EXPONENT)
            return false;
    }
    fmpz_one(fmpq_denref(q));
    if (!digits_exact((Str){ digits, n }, fmpq_numref(q)))
        return false;
    scale_by_ten(q, exponent - (fraction ? (long)(end - point - 1) : 0));
    return true;
}

bool column_exact(const Column *c, size_t row, fmpq_t q)
{
    double x = c->value[row];
    if (!isfinite(x))
        return false;
    switch (c->exactness) {
    case EXACT_DECIMAL:
        fmpq_set_si(q, (slong)nearbyint(x * power_of_ten(c->scale)), 1);
        scale_by_ten(q, -c->scale);
        return true;
    case EXACT_WRITTEN:
        return decimal_exact(c->written[row], q);
    case EXACT_DOUBLE: {
        int     exponent;
        int64_t mantissa = (int64_t)ldexp(frexp(x, &exponent), 53);
        fmpz_set_si(fmpq_numref(q), mantissa);
        fmpz_one(fmpq_denref(q));
        exponent -= 53;
        if (exponent >= 0)
            fmpq_mul_2exp(q, q, (ulong)exponent);
        else
            fmpq_div_2exp(q, q, (ulong)-exponent);
        return true;
    }
    }
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

const Column *data_column(const Data *d, Str name)
{
    for (size_t i = 0; i < d->columns; i++)
        if (str_eq(d->column[i].name, name))
            return &d->column[i];
    return NULL;
}

double column_code(const Column *c, Str label)
{
    for (size_t i = 0; i < c->n_labels; i++)
        if (str_eq(c->label[i], label))
            return (double)i;
    return -1;
}

Str column_text(const Column *c, Arena *a, size_t row)
{
    double x = c->value[row];
    if (isnan(x))
        return STR("nan");
    if (c->text)
        return c->label[(size_t)x];
    if (c->exactness == EXACT_WRITTEN)
        return c->written[row];
    if (c->exactness == EXACT_DECIMAL) {
        Str s = str_printf(a, "%.*f", c->scale, x);
        if (c->scale)
            while (s.s[s.n - 1] == '0')
                s.n--;
        s.n -= s.s[s.n - 1] == '.';
        return str_is(s, "-0") ? STR("0") : s;
    }
    return str_printf(a, "%.6g", x);
}

Str data_summary(const Data *d, Arena *a)
{
    Buf b = buf_new(a);
    buf_printf(&b, "data with %zu row%s: ", d->rows, d->rows == 1 ? "" : "s");
    for (size_t i = 0; i < d->columns; i++) {
        bool skip = d->columns > NAMES_SHOWN && i >= NAMES_SHOWN - 2 && i + 1 < d->columns;
        if (skip && i > NAMES_SHOWN - 2)
            continue;
        buf_printf(&b, "%s%.*s%s", i ? ", " : "", STR_ARGS(skip ? STR("...") : d->column[i].name), !skip && d->column[i].text ? " (text)" : "");
    }
    return buf_str(&b);
}

/* ---- making --------------------------------------------------------------------------------------------------------------- */

Data *data_take(Arena *a, const Data *d, const uint32_t *row, size_t n)
{
    Data *t = data_new(a, d->columns);
    data_own(t->memory, d);             /* names, labels and written numbers are shared */
    t->rows = n;
    for (size_t k = 0; k < d->columns; k++) {
        const Column *from = &d->column[k];
        double       *value = data_values(t, k, n);
        Str          *written = from->written ? arena_array(t->memory, Str, n) : NULL;
        t->column[k] = *from;
        t->column[k].missing = 0;
        for (size_t i = 0; i < n; i++) {
            value[i] = from->value[row[i]];
            t->column[k].missing += isnan(value[i]);
            if (written)
                written[i] = from->written[row[i]];
        }
        t->column[k].value = value;
        t->column[k].written = written;
    }
    return t;
}

static bool name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Str data_name(Arena *a, Str raw, size_t k)
{
    enum { LONGEST = 200 };
    Buf  b = buf_new(a);
    bool gap = false;
    raw = str_trim(raw);
    for (size_t i = 0; i < raw.n && b.n < LONGEST; i++) {
        if (name_character(raw.s[i])) {
            if (gap && b.n)
                buf_add_c(&b, '_');
            if (!b.n && raw.s[i] == '_')
                continue;
            if (!b.n && raw.s[i] >= '0' && raw.s[i] <= '9')
                buf_add_c(&b, 'x');
            buf_add_c(&b, raw.s[i]);
            gap = false;
        } else {
            gap = true;
        }
    }
    return b.n ? buf_str(&b) : str_printf(a, "x%zu", k + 1);
}
