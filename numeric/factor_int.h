/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single lanes and rows of lanes, for the algorithms on matrices. */
#ifndef NUMERIC_FACTOR_INT_H
#define NUMERIC_FACTOR_INT_H

#include "numeric/factor.h"

#include <math.h>

static inline double number(const Format *f, const void *lane) { return format_get_double(f, lane); }

/* d = op(u, v) for single lanes. */
static inline void scalar(const Format *f, TapeOp op, void *d, const void *u, const void *v) { vector_op(f, op, d, one(u), one(v), one(u), 1); }

/* y = y - s*x */
static inline void subtract(const Format *f, void *y, const void *s, const void *x, size_t n)
{
    if (n)
        vector_op(f, TAPE_MULSUB, y, one(s), many(x), many(y), n);
}

static inline void swap_lanes(const Format *f, void *u, void *v, void *spare, size_t n)
{
    format_copy(f, spare, u, n);
    format_copy(f, u, v, n);
    format_copy(f, v, spare, n);
}

/* Roundoff of the format as a double, 0 < u. */
static inline double roundoff(const Format *f) { return ldexp(1, (int)(f->precision < 1000 ? -f->precision : -1000)); }

static inline void set_identity(const Format *f, void *at, size_t n)
{
    for (size_t i = 0; i < n * n; i++)
        format_set_double(f, format_at(f, at, i), i % (n + 1) == 0, NULL);
}

#endif
