/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact numbers behind a stationary point that is known to many digits. */
#ifndef SYMBOLIC_OPTIMIZE_EXACT_POINT_H
#define SYMBOLIC_OPTIMIZE_EXACT_POINT_H

#include "numeric/format.h"
#include "symbolic/expr/expr.h"

/* Rational numbers, rational multiples of pi, and quadratic surds near the n lanes x, which are right to so many bits of
 * the largest coordinate. They are guesses until the gradient has been tested: true if it is exactly zero there. at: n entries. */
bool  exact_stationary(Pool *p, const Expr *const *gradient, const Expr *const *var, size_t n, const Format *f, const void *x, slong bits, const Expr **at);

/* The same with coordinates so near to short rational numbers that these are worth a look at the value. False: one is not. */
bool  short_rationals(Pool *p, size_t n, const Format *f, const void *x, slong bits, const Expr **at);

/* The same with all kinds of numbers, for coordinates right to so many bits. */
bool  exact_numbers(Pool *p, size_t n, const Format *f, const void *x, slong bits, const Expr **at);

#endif
