/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Algebraic constants by few square roots: sqrt(5 + 2*sqrt(6)) = sqrt(2) + sqrt(3). */
#ifndef SYMBOLIC_ALGEBRA_RADICALS_H
#define SYMBOLIC_ALGEBRA_RADICALS_H

#include "symbolic/expr/expr.h"

/* The constant e as a sum of square roots of rationals (or a rational number); NULL: it is none, or too large to tell. */
const Expr *expr_radicals(Pool *p, const Expr *e);

#endif
