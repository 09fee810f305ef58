/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A derivative against central differences: in a number format, which shows the error that a program would see, and with CHECK_BITS bits, which decides. */
#ifndef SYMBOLIC_GRAPH_GRADCHECK_H
#define SYMBOLIC_GRAPH_GRADCHECK_H

#include "base/builtin.h"
#include "numeric/format.h"
#include "symbolic/expr/expr.h"

typedef struct GradCheck {
    const Expr *difference;         /* the quotient in the format; undefined: it is not finite there */
    const Expr *precise;            /* the quotient with CHECK_BITS bits; NULL: none */
    double      error;              /* of the first against the derivative, relative to the larger of both; 1 if only one is 0 */
    Truth       agrees;             /* derivative and precise quotient; UNKNOWN: no quotient */
} GradCheck;

/* derivative is what d f / d x[i] at x = at is said to be; f as typed, scalar, at: numbers. tol: relative, 0: as exact as the quotient allows. */
GradCheck gradcheck(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, size_t i, const Expr *derivative,
                    const Format *format, double tol);
/* A function of vectors and matrices as one of their entries x[1], x[2], ..., which have the values at[i]; a function of numbers as it is.
 * f is NULL if there is no such form (pool_error is not set). */
typedef struct Scalars { const Expr *f; size_t n; const Expr **x, **at; } Scalars;
Scalars     scalars_of(Pool *p, Arena *a, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n);
/* The entries of n numbers, vectors and matrices, one behind the other. */
const Expr **entry_list(Arena *a, const Expr *const *e, size_t n);

Str       gradcheck_error_text(Arena *a, double error);

#endif
