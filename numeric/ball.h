/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balls: complex midpoint-radius numbers (Arb), and their decimal digits.
 * Headers of Arb stand in other folders in FLINT 2.9 + Arb 2.23 and in FLINT 3; this is the one place that knows. */
#ifndef NUMERIC_BALL_H
#define NUMERIC_BALL_H

#include "base/str.h"

#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/acb.h>
#include <flint/arb.h>
#else
#include <acb.h>
#include <arb.h>
#endif

typedef struct Ball {
    acb_t value;
    slong digits;                   /* decimal digits it was asked for */
} Ball;

/* Rounds a real ball correctly to n significant decimal digits if the ball decides them: true, and the text in *out
 * ("-1.2345e-20", "0.00125", "1.5e50"). False if more precision is needed. Exact zero gives "0". n up to 10^8. */
bool ball_decimal(Arena *a, const arb_t x, size_t n, Str *out);
/* As many correct digits as the ball decides, at most n; 0 digits gives false. */
bool ball_decimal_best(Arena *a, const arb_t x, size_t n, Str *out, size_t *decided);
/* The decimal text of an exact rational rounded to n significant digits; *exact tells whether nothing was lost. */
Str  rational_decimal(Arena *a, const fmpz_t num, const fmpz_t den, size_t n, bool *exact);

#endif
