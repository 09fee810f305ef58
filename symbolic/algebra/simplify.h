/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simplify: the cheapest of the forms that the strategies reach. Never longer than the input, never another value. */
#ifndef SYMBOLIC_ALGEBRA_SIMPLIFY_H
#define SYMBOLIC_ALGEBRA_SIMPLIFY_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

const Expr *expr_simplify(Pool *p, const Expr *e);
const Expr *expr_simplify_assumed(Pool *p, const Expr *e);     /* and what is assumed about the symbols is used */
size_t      expr_cost(Pool *p, const Expr *e);          /* what simplify minimizes: roughly the printed length */
/* False if balls prove a and b different at one of a few random points. */
bool        expr_agrees(Pool *p, const Expr *a, const Expr *b);

extern const Builtin simplify_builtins[];

#endif
