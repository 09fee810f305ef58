/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one derivative engine, on the graph: forward rules for textbook derivatives, one reverse sweep for gradients. */
#ifndef SYMBOLIC_CALCULUS_DIFF_H
#define SYMBOLIC_CALCULUS_DIFF_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

/* d e / d x, entry by entry for a tensor. x is a symbol (or, for the calculus of variations, an application of an
 * unknown function or a derivative of one: everything else then counts as independent of it). NULL with pool_error() set if a rule is missing. */
const Expr *expr_diff(Pool *p, const Expr *e, const Expr *x);
/* The derivative of e when x, a symbol that may be a vector or matrix, moves by `direction` of its shape; and of n expressions when all
 * x[i] move at once. */
const Expr *expr_tangent(Pool *p, const Expr *e, const Expr *x, const Expr *direction);
bool        expr_tangents(Pool *p, const Expr *const *e, size_t n, const Expr *const *x, const Expr *const *direction, size_t nx, const Expr **out);
/* The same by the operations of e as it was typed; every rule that is applied is told: the node, and its derivative. */
typedef struct Recorder Recorder;
struct Recorder { void (*rule)(Recorder *r, const Expr *e, const Expr *derivative); };
const Expr *expr_diff_told(Pool *p, const Expr *e, const Expr *x, Recorder *told);
const Expr *expr_diff_n(Pool *p, const Expr *e, const Expr *x, slong n);
/* high_order.c: the same for large n, by Taylor arithmetic. NULL without a failure where a function has no recurrence there. */
const Expr *expr_diff_high(Pool *p, const Expr *e, const Expr *x, slong n);
/* One reverse sweep: out[i] = d e / d x[i] for a scalar e, of the shape of x[i], which may be a vector or matrix. False with pool_error() set if a rule is missing. */
bool        expr_gradient(Pool *p, const Expr *e, const Expr *const *x, size_t n, const Expr **out);
const Expr *expr_hessian(Pool *p, const Expr *e, const Expr *const *x, size_t n);   /* n x n tensor */

/* The partial derivative of a node that is no sum or product with respect to its i-th argument, the others fixed.
 * Where min and max are reached by several arguments, and at the joints of a piecewise expression, the first counts. */
const Expr *expr_partial(Pool *p, const Expr *e, size_t i);

bool        expr_has_kinks(Pool *p, Arena *a, const Expr *f);       /* abs, floor, piecewise, ...: rules may give a derivative where there is none */
/* Is f differentiable at x = a? By the limits of the difference quotient, *left and *right (NULL: none, or not decided). */
Truth       expr_slopes(Pool *p, Arena *arena, const Expr *f, const Expr *x, const Expr *a, const Expr **left, const Expr **right);

/* f at x = a, a real number or an expression in parameters, of the branch that counts there; NULL if it has no such value. */
const Expr *expr_value_at(Pool *p, Arena *arena, const Expr *f, const Expr *x, const Expr *a);

/* value[i] on the part where u[i] is the max (or min) of u[0..n-1], as a piecewise expression. */
const Expr *expr_where_extreme(Pool *p, FnId fn, const Expr *const *u, const Expr *const *value, size_t n);

/* Is argument i of e the condition of a piecewise expression, which is never differentiated? */
bool        expr_is_condition(const Expr *e, size_t i);

extern const Builtin diff_builtins[];              /* diff */
extern const Builtin vector_calculus_builtins[];   /* gradient, jacobian, hessian, directional, ... */

#endif
