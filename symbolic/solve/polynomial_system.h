/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All real solutions of systems of polynomial equations, exactly. */
#ifndef SYMBOLIC_SOLVE_POLYNOMIAL_SYSTEM_H
#define SYMBOLIC_SOLVE_POLYNOMIAL_SYSTEM_H

#include "base/value.h"
#include "symbolic/expr/expr.h"

typedef struct Solutions {
    Truth        found;             /* YES: all real ones; NO: none, not even complex; UNKNOWN: why */
    size_t       n, complex;        /* real solutions, and how many others there are */
    const Expr **at;                /* n rows, one value for each unknown; exact, or a ball that holds it where the degree is high */
    long         dimension;         /* above 0: infinitely many, then found is UNKNOWN */
    size_t       relations;         /* and these polynomials, the Groebner basis, are 0 at all of them */
    const Expr **relation;
    const char  *why;
} Solutions;

/* e[0..m-1] = 0 for x[0..n-1]: quotients, roots and absolute values of polynomials in the unknowns with numbers as coefficients. */
Solutions expr_solve_system(Pool *p, Arena *a, const Expr *const *e, size_t m, const Expr *const *x, size_t n, size_t digits);

#endif
