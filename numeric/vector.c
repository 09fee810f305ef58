/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors of lanes: each operation is one instruction on banks that are made for it. */
#include "numeric/vector.h"

#include <math.h>

void vector_op(const Format *f, TapeOp op, void *d, Operand a, Operand b, Operand c, size_t n)
{
    void       *bank[] = { d, (void *)a.at, (void *)b.at, (void *)c.at };
    Instruction i = { .op = (uint16_t)op, .rows = 1, .lanes = (uint32_t)n, .d = { 0, 0, 1, 0 }, .a = { 0, 0, !a.spread, 1 }, .b = { 0, 0, !b.spread, 2 },
                      .c = { 0, 0, !c.spread, 3 } };
    f->kernels->run(f, &i, &(Banks){ bank, NULL, false }, n);
}

void vector_dot(const Format *f, void *d, const void *a, const void *b, size_t n)
{
    void       *bank[] = { d, (void *)a, (void *)b };
    Instruction i = { .op = TAPE_ROW_DOT, .rows = (uint32_t)n, .lanes = 1, .d = { 0, 0, 0, 0 }, .a = { 0, 1, 0, 1 }, .b = { 0, 1, 0, 2 }, .c = { 0, 1, 0, 1 } };
    f->kernels->run(f, &i, &(Banks){ bank, NULL, false }, 1);
}

double vector_norm(const Format *f, const void *a, size_t n)
{
    double largest = 0, sum = 0;
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL) {
        for (size_t i = 0; i < n; i++)
            sum += ((const double *)a)[i] * ((const double *)a)[i];
        if (sum > 1e-280 && sum < 1e280)            /* no square was lost */
            return sqrt(sum);
        sum = 0;
    }
    for (size_t i = 0; i < n; i++) {
        double x = fabs(format_get_double(f, format_at(f, a, i)));
        if (!(x <= largest))
            largest = x;
        if (isnan(x))
            return x;
    }
    if (largest == 0 || isinf(largest))
        return largest;
    for (size_t i = 0; i < n; i++) {
        double x = format_get_double(f, format_at(f, a, i)) / largest;
        sum += x * x;
    }
    return largest * sqrt(sum);
}

double vector_log2(const Format *f, const void *lane)
{
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL)
        return log2(fabs(format_get_double(f, lane)));
    arb_t  x;
    arf_t  m;
    fmpz_t e;
    arb_init(x);
    arf_init(m);
    fmpz_init(e);
    format_get_arb(f, lane, x);
    double l = NAN;
    if (arf_is_finite(arb_midref(x))) {
        arf_frexp(m, e, arb_midref(x));
        l = log2(fabs(arf_get_d(m, ARF_RND_NEAR))) + fmpz_get_d(e);
    } else if (arf_is_inf(arb_midref(x))) {
        l = INFINITY;
    }
    fmpz_clear(e);
    arf_clear(m);
    arb_clear(x);
    return l;
}

int vector_sign(const Format *f, const void *lane)
{
    double x = format_get_double(f, lane);
    if (x != 0 || f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL)
        return (x > 0) - (x < 0);
    arb_t y;
    arb_init(y);
    format_get_arb(f, lane, y);
    int sign = arf_sgn(arb_midref(y));
    arb_clear(y);
    return sign;
}

double vector_norm_log2(const Format *f, const void *a, size_t n)
{
    double norm = vector_norm(f, a, n), most = -INFINITY, sum = 0;
    if ((norm > 1e-290 && norm < 1e290) || isnan(norm) || f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL)
        return log2(norm);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, vector_log2(f, format_at(f, a, i)));
    if (!isfinite(most))
        return most;
    for (size_t i = 0; i < n; i++)
        sum += exp2(2 * (vector_log2(f, format_at(f, a, i)) - most));
    return most + log2(sum) / 2;
}

void vector_add_scaled(const Format *f, void *d, const void *s, const void *x, const void *y, size_t n)
{
    vector_op(f, TAPE_MULADD, d, one(s), many(x), many(y), n);
}

void vector_negate(const Format *f, void *d, const void *x, size_t n)
{
    vector_op(f, TAPE_NEG, d, many(x), many(x), many(x), n);
}

void vector_scalar(const Format *f, TapeOp op, void *d, const void *a, const void *b)
{
    vector_op(f, op, d, one(a), one(b), one(a), 1);
}

double vector_ratio(const Format *f, const void *a, const void *b)
{
    double x = format_get_double(f, a), y = format_get_double(f, b);
    if (f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL || (fabs(x) > 1e-250 && fabs(x) < 1e250 && fabs(y) > 1e-50 && fabs(y) < 1e50))
        return x / y;
    return vector_sign(f, a) * vector_sign(f, b) * exp2(vector_log2(f, a) - vector_log2(f, b));
}

size_t vector_not_finite(const Format *f, const void *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = format_get_double(f, format_at(f, a, i));
        if (isnan(x) || (isinf(x) && (f->family != FAMILY_MPFR || f->emin < f->emax)))
            return i;
    }
    return n;
}

/* ---- linear systems ------------------------------------------------------------------------------------------------------ */

static void swap_lanes(const Format *f, void *a, void *b, void *free, size_t n)
{
    format_copy(f, free, a, n);
    format_copy(f, a, b, n);
    format_copy(f, b, free, n);
}

static size_t pivot_row(const Format *f, const void *h, size_t k, size_t n)
{
    size_t best = k;
    double largest = -1;
    for (size_t i = k; i < n; i++) {
        double x = fabs(format_get_double(f, format_at(f, h, i * n + k)));
        if (x > largest) {
            largest = x;
            best = i;
        }
    }
    return largest > 0 && isfinite(largest) ? best : n;
}

bool vector_solve(const Format *f, void *h, void *b, void *d, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t p = pivot_row(f, h, k, n);
        if (p == n)
            return false;
        if (p != k) {
            swap_lanes(f, format_at(f, h, k * n), format_at(f, h, p * n), d, n);
            swap_lanes(f, format_at(f, b, k), format_at(f, b, p), d, 1);
        }
        for (size_t i = k + 1; i < n; i++) {
            void *l = format_at(f, h, i * n + k);
            vector_op(f, TAPE_DIV, l, one(l), one(format_at(f, h, k * n + k)), one(l), 1);
            if (k + 1 < n) {
                void *row = format_at(f, h, i * n + k + 1);
                vector_op(f, TAPE_MULSUB, row, one(l), many(format_at(f, h, k * n + k + 1)), many(row), n - k - 1);
            }
            void *right = format_at(f, b, i);
            vector_op(f, TAPE_MULSUB, right, one(l), one(format_at(f, b, k)), one(right), 1);
        }
    }
    for (size_t k = n; k-- > 0;) {
        void *x = format_at(f, d, k);
        format_copy(f, x, format_at(f, b, k), 1);
        for (size_t j = k + 1; j < n; j++)
            vector_op(f, TAPE_MULSUB, x, one(format_at(f, h, k * n + j)), one(format_at(f, d, j)), one(x), 1);
        vector_op(f, TAPE_DIV, x, one(x), one(format_at(f, h, k * n + k)), one(x), 1);
    }
    return true;
}
