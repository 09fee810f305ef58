/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an expression and its variables to an Objective of numeric/, and numbers of a format back to expressions. */
#ifndef SYMBOLIC_OBJECTIVE_H
#define SYMBOLIC_OBJECTIVE_H

#include "numeric/objective.h"
#include "symbolic/compile.h"

/* f as a function of x[0..n-1], numbers or vectors and matrices of the sizes given, in the format, which must outlive it: the mean over the
 * rows where f varies along a table. Its parameters are the entries of all x, one behind the other. The Hessian (of numbers
 * only) and the product of the Hessian with a vector are made if asked for. False with pool_error(): a name without value, a missing entry of a column, a derivative without rule. */
enum { OBJECTIVE_HESSIAN = 1, OBJECTIVE_PRODUCT = 2, OBJECTIVE_RESIDUALS = 4 };
bool        objective_make(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out);

/* The number of a lane, exactly, shown with the shortest digits that read back, at most so many (0: all). oo and undefined as they are. */
const Expr *float_expr(Pool *p, Arena *a, const Format *f, const void *lane, size_t digits);
const Expr *double_expr(Pool *p, Arena *a, double x, size_t digits);

#endif
