/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One equation with functions in it, by inverting them: all real solutions, also infinitely many with a whole number. */
#ifndef SYMBOLIC_SOLVE_INVERT_H
#define SYMBOLIC_SOLVE_INVERT_H

#include "base/value.h"
#include "symbolic/expr/expr.h"

typedef struct Inverse {
    Truth        found;             /* YES: at[] is all of them; NO: none; UNKNOWN: why */
    bool         interval;          /* UNKNOWN, and solutions fill intervals */
    bool         partly;            /* of the whole numbers, only those for which the solution is real */
    bool         every;             /* each value for which the equation is defined is a solution */
    size_t       n, conditions, exceptions;
    const Expr **at;                /* real numbers ascending, then those with letters or the whole number */
    const Expr  *whole;             /* the symbol that stands for any whole number, if it occurs; else NULL */
    slong       *exception;         /* but these whole numbers */
    const Expr **condition;         /* relations that letters must satisfy */
    const char  *why;
} Inverse;

/* The real x with e = 0. Memory in a. */
Inverse expr_solve_inverting(Pool *p, Arena *a, const Expr *e, const Expr *x);

#endif
