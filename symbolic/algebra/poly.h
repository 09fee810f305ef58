/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions to and from FLINT's multivariate polynomials and rational functions over the rationals.
 * What is not polynomial (sin(x), sqrt(2), x^y, ...) becomes a generator of its own: a kernel. */
#ifndef SYMBOLIC_ALGEBRA_POLY_H
#define SYMBOLIC_ALGEBRA_POLY_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

const Expr *expr_expand(Pool *p, const Expr *e);        /* products and integer powers of sums multiplied out, also inside functions' arguments */
const Expr *expr_expand_outside(Pool *p, const Expr *e);        /* the same, not inside functions */
/* e with a rule applied to every node of a kind, or to every largest sum, product or integer power of scalars; insides first. */
typedef const Expr *(*NodeRule)(Pool *p, const Expr *e);
const Expr *expr_map_nodes(Pool *p, const Expr *e, ExprKind kind, NodeRule rule);
const Expr *expr_map_regions(Pool *p, const Expr *e, NodeRule rule);
const Expr *expr_factor(Pool *p, const Expr *e);        /* over the rationals */
const Expr *expr_together(Pool *p, const Expr *e);      /* one fraction in lowest terms */
const Expr *expr_apart(Pool *p, const Expr *e, const Expr *x);     /* partial fractions in x */
/* The terms with the same part in x[0..n-1] (symbols, or functions like sin(x)) put together. */
const Expr *expr_collect(Pool *p, const Expr *e, const Expr *const *x, size_t n);
/* The rational normal form over kernels is zero: a proof that e is zero wherever it is defined. */
bool        expr_normal_is_zero(Pool *p, const Expr *e);
/* Coefficients of e as a polynomial in x, c[0] + c[1]*x + ...; coefficients free of x. -1 if e is none of degree <= limit. */
slong       expr_coefficients(Pool *p, Arena *a, const Expr *e, const Expr *x, slong limit, const Expr ***c);
/* Numerator and denominator of a sum, product, power: e = num/den without cancelling. */
void        expr_fraction(Pool *p, const Expr *e, const Expr **num, const Expr **den);

extern const Builtin poly_builtins[];       /* poly_commands.c: expand, factor, together, apart, collect, ... */

#endif
