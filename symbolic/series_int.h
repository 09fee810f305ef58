/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Truncated series, shared by series*.c and limit.c: sum of c[i] * t^(low + i) for i < n, plus O(t^(low + n)).
 *
 * The O is meant literally: |remainder| <= C |t|^(low + n) near t = 0. So a bounded function without a series, such as
 * sin(1/t), is the series without terms O(t^0), and exp(-1/t) for t > 0 is O(t^FLAT): squeezing needs no extra rules.
 *
 * From one side, t > 0, a coefficient may contain the symbol log_t, which stands for log(t): anything that t^(any positive
 * power) beats. Then log(x) and x^x have expansions as well. */
#ifndef SYMBOLIC_SERIES_INT_H
#define SYMBOLIC_SERIES_INT_H

#include "symbolic/memo.h"
#include "symbolic/series.h"

enum { FLAT = 1 << 24 };            /* an exponent that stands for "beyond every power" */

typedef enum LocalStatus {
    LOCAL_OK,
    LOCAL_NONE,                     /* there is no expansion of this kind; why tells the reason */
    LOCAL_UNDECIDED,                /* a coefficient could not be tested, or a budget ended */
    LOCAL_MORE,                     /* everything known cancelled: more terms may help */
    LOCAL_ROOT                      /* t^(1/root) occurs: expand in that */
} LocalStatus;

typedef struct Local {              /* the expansion of one node */
    LocalStatus  status;
    const char  *why;
    slong        root;              /* LOCAL_ROOT */
    bool         constant;          /* free of the variable */
    slong        low;
    size_t       n;
    const Expr **c;
} Local;

typedef struct Expansion {
    Pool       *pool;
    Arena      *arena;
    const Expr *x;
    const Expr *point;              /* finite centre, or NULL: infinity */
    int         side;               /* 0: x = point + t; 1, -1: t > 0 and x = point + side*t^root, or side*t^-root at infinity */
    slong       root;
    size_t      terms;              /* kept in each series */
    const Expr *log_t;              /* NULL: logarithms of t are refused, unless log_value tells them */
    const Expr *log_value;          /* log(t) in terms of outer, or NULL */
    const Expr *outer;              /* a variable -> oo that coefficients may contain, or NULL */
    bool      (*outer_sign)(Pool *p, Arena *a, const Expr *c, const Expr *outer, int depth, int *sign);
    int         depth;              /* nesting of expansions in log_t */
    bool        complex;            /* i occurs: sin and cos need not be bounded */
    Memo        memo;               /* node -> Local */
} Expansion;

Expansion expansion_new(Pool *p, Arena *a, const Expr *x, const Expr *point, int side, slong root, size_t terms);
Local     expansion_of(Expansion *x, const Expr *e);                /* walks the graph of e */

/* The expansion of e, restarted with more terms or in a root of t as long as that is what is missing, until the terms
 * below t^order are known; or, if leading is asked for, until the first nonzero term is known, or that e = O(t). */
Local     expansion_until(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, int side, int depth,
                          slong order, bool leading, Expansion *used);
Local     expansion_restarted(Expansion *x, const Expr *e, slong order, bool leading);

/* ---- arithmetic (series_arith.c) ---- */

Local local_fail(LocalStatus status, const char *why);
Local local_constant(Expansion *x, const Expr *c);
Local local_bound(slong exponent);                                   /* O(t^exponent) */
Local local_sum(Expansion *x, const Local *term, size_t n);
Local local_scale(Expansion *x, const Expr *c, Local a);
Local local_sub(Expansion *x, Local a, Local b);
Local local_mul(Expansion *x, Local a, Local b);
Local local_inverse(Expansion *x, Local a);
Local local_power(Expansion *x, Local a, const Expr *r);             /* r free of x */
Local local_exp(Expansion *x, Local a);
Local local_log(Expansion *x, Local a);
void  local_sin_cos(Expansion *x, Local a, bool hyperbolic, Local *sine, Local *cosine);
Local local_riccati(Expansion *x, Local a, const Expr *y0, int sign);    /* tan, tanh where a0 is not 0 */
Local local_derivative(Expansion *x, Local a);                       /* in t */
Local local_integral(Expansion *x, Local a, const Expr *constant);
Local local_strip(Expansion *x, Local a);        /* without leading zeros: c[0] is proved not to be zero, or n is 0 */
/* The sign of a stripped series just beside the point: from both sides it must be the same. False: not known. */
bool  local_sign(Expansion *x, Local a, int *sign);
/* The sign of a coefficient as t -> 0+ (it may contain log_t). */
bool  coefficient_sign(Expansion *x, const Expr *c, int *sign);
const Expr *local_at(Local a, slong exponent);   /* a coefficient below the known end; NULL: it is zero */
slong local_end(Local a);

/* ---- functions (series_call.c) ---- */

Local local_call(Expansion *x, const Expr *e, const Local *arg);
Local local_branches(Expansion *x, const Expr *e);                   /* EXPR_PIECEWISE */

#endif
