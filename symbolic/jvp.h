/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products with derivatives that never build the whole matrix: Jacobian times vector, vector times Jacobian, Hessian times vector. */
#ifndef SYMBOLIC_JVP_H
#define SYMBOLIC_JVP_H

#include "symbolic/expr.h"

/* f scalar or vector; arrays of n entries (weights: one per entry of f). NULL or false with pool_error(). */
const Expr *expr_jvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n);
bool        expr_vjp(Pool *p, const Expr *f, const Expr *const *weight, const Expr *const *x, size_t n, const Expr **out);
bool        expr_hvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n, const Expr **out);

/* The arguments of all operations that the n roots are made of: what one evaluation costs. */
size_t      expr_cost_of_run(Pool *p, Arena *scratch, const Expr *const *root, size_t n);

#endif
