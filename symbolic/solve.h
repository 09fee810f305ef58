/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solving equations exactly: polynomials that factor into linear and quadratic parts, and linear systems. */
#ifndef SYMBOLIC_SOLVE_H
#define SYMBOLIC_SOLVE_H

#include "base/builtin.h"
#include "symbolic/expr.h"

typedef struct Roots {
    Truth        found;             /* YES: at[0..n-1] is all of them; NO: none exists; UNKNOWN: why tells what was missing */
    size_t       n;
    const Expr **at;                /* in ascending order where that is known; each once */
    const Expr  *assumed_nonzero;   /* a symbolic leading coefficient, or NULL */
    const char  *why;
} Roots;

/* The solutions of e = 0 for x, complex ones included. Memory in a. */
Roots expr_solve(Pool *p, Arena *a, const Expr *e, const Expr *x);
/* Solves the linear system equation[i] = 0 for x[0..n-1]. NO: contradictory; UNKNOWN: not linear, or not unique.
 * *assumed_nonzero: what symbolic pivots must not be zero, or NULL. */
Truth expr_solve_linear(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                        const Expr **out, const Expr **assumed_nonzero, const char **why);

extern const Builtin solve_builtins[];

#endif
