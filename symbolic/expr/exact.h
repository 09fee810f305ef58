/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Constants as exact numbers of Calcium: algebraic numbers, pi, exponentials, logarithms, and what is made of them. */
#ifndef SYMBOLIC_EXPR_EXACT_H
#define SYMBOLIC_EXPR_EXACT_H

#include "symbolic/expr/expr.h"

/* Is this constant zero? UNKNOWN if it is not made of such numbers, or the limits on the work are reached. */
Truth exact_is_zero(Pool *p, const Expr *e);

#endif
