/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products with derivatives that never build the whole matrix: Jacobian times vector, vector times Jacobian, Hessian times vector. */
#ifndef SYMBOLIC_CALCULUS_JVP_H
#define SYMBOLIC_CALCULUS_JVP_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

/* f a number, or a literal of some, or a vector or matrix as a whole; x[i] may be one, then so are direction[i] and out[i]; a weight for
 * each entry of a literal, one of its shape for a whole. NULL or false with pool_error(). */
const Expr *expr_jvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n);
bool        expr_vjp(Pool *p, const Expr *f, const Expr *const *weight, const Expr *const *x, size_t n, const Expr **out);
bool        expr_hvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n, const Expr **out);

/* Argument i of a command split into one part for each of x, of its shape: a list of such, a vector of all entries, or that of the only one.
 * what: of such parts, each: what x is. NULL after a failure. */
const Expr **call_parts(Call *c, int i, const Expr *const *x, size_t n, const char *what, const char *each);

#endif
