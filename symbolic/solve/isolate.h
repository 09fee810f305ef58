/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All zeros of a function of one variable: exactly where it can be solved, else isolated in a range and certified. */
#ifndef SYMBOLIC_SOLVE_ISOLATE_H
#define SYMBOLIC_SOLVE_ISOLATE_H

#include "numeric/ball.h"
#include "symbolic/expr/expr.h"

typedef struct Zero {
    const Expr *at;                 /* exact, or a ball that holds exactly one zero */
    bool        exact;
    double      place;              /* near it: for sorting and messages */
} Zero;

typedef struct Zeros {
    Truth   found;                  /* YES: at[] is all of them; UNKNOWN: why, and doubt[] where more may be */
    size_t  n, doubts;
    Zero   *at;                     /* ascending */
    double *doubt;
    const char *why;
} Zeros;

/* The real zeros of g in x from low to high; an end may be infinite, or NULL, which is the same. */
Zeros expr_zeros(Pool *p, Arena *a, const Expr *g, const Expr *x, const Expr *low, const Expr *high, size_t digits);
/* The real value of a constant, or of e at a place; false if it has none. */
bool  expr_real_ball(Pool *p, const Expr *e, const Expr *x, const Expr *at, slong bits, arb_t out);

#endif
