/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a format, counted from zero: the distance of two numbers in steps from one to the next. */
#ifndef NUMERIC_ORDINAL_H
#define NUMERIC_ORDINAL_H

#include "numeric/format.h"

/* How many steps x lies above zero (below: negative); infinities are one step beyond the largest number. x is not NaN, the format is no ball.
 * Without bounds of the exponent there are no first numbers: the count begins at 2^-1022 as in fp64. */
void   format_get_ordinal(const Format *f, const void *x, fmpz_t n);
/* The number that lies n steps above zero; beyond the last one what the format makes of it. */
void   format_set_ordinal(const Format *f, void *x, const fmpz_t n);
/* The steps between a and b, neither of them NaN. */
double format_steps(const Format *f, const void *a, const void *b);
/* The largest error in bits that a format can tell: its width, or its precision where nothing bounds the exponents. */
double format_most_bits(const Format *f);

/* The same for fp64. */
double  ordinal_to_double(int64_t n);
int64_t double_to_ordinal(double x);

#endif
