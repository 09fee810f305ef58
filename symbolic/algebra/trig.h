/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Circular and hyperbolic functions of sums of angles, and products of them. */
#ifndef SYMBOLIC_ALGEBRA_TRIG_H
#define SYMBOLIC_ALGEBRA_TRIG_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

const Expr *expr_trig_expand(Pool *p, const Expr *e);      /* sin(x + y), cos(3*x), ... by functions of x and y */
const Expr *expr_trig_reduce(Pool *p, const Expr *e);      /* sin(x)^2, sin(x)*cos(y), ... as sums of single functions */

extern const Builtin trig_builtins[];

#endif
