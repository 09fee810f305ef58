/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calculus of variations: the equations of Euler and Lagrange, for several functions of several variables, any order, with constraints. */
#ifndef SYMBOLIC_VARIATION_VARIATION_H
#define SYMBOLIC_VARIATION_VARIATION_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

/* The left side of "= 0" for one function, without rational content and with a positive highest derivative. y is the application y(x)
 * without derivatives; y, y', y'', ... stand in L as nodes of kind EXPR_UNKNOWN. NULL with pool_error() set. */
const Expr *expr_euler_lagrange(Pool *p, const Expr *lagrangian, const Expr *y);

extern const Builtin variation_builtins[];

#endif
