/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solving one polynomial equation and linear systems exactly. */
#ifndef SYMBOLIC_SOLVE_SOLVE_H
#define SYMBOLIC_SOLVE_SOLVE_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef struct Roots {
    Truth        found;             /* YES: at[0..n-1] is all of them but the unlisted; NO: none exists; UNKNOWN: why tells what was missing */
    bool         every;             /* found, and each value is a solution; n is 0 */
    size_t       n, unlisted;       /* unlisted: complex roots of a high degree that were not asked for */
    const Expr **at;                /* real numbers ascending, then the others; each once */
    const Expr  *assumed_nonzero;   /* a symbolic leading coefficient, or NULL */
    const char  *why;
} Roots;

/* The solutions of e = 0 for x, complex ones included. Memory in a. */
Roots expr_solve(Pool *p, Arena *a, const Expr *e, const Expr *x);
/* The same without those of factors of high degree that are not real. */
Roots expr_solve_real(Pool *p, Arena *a, const Expr *e, const Expr *x);
/* Solves the linear system equation[i] = 0 for x[0..n-1]. NO: contradictory; UNKNOWN: not linear, or not unique.
 * *assumed_nonzero: what symbolic pivots must not be zero, or NULL. */
Truth expr_solve_linear(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                        const Expr **out, const Expr **assumed_nonzero, const char **why);
/* The same, where out[i] = x[i] for the *free unknowns that may take any value, and the others depend on them. */
Truth expr_solve_linear_all(Pool *p, Arena *a, const Expr *const *equation, size_t m, const Expr *const *x, size_t n,
                            const Expr **out, size_t *free, const Expr **assumed_nonzero, const char **why);

#endif
