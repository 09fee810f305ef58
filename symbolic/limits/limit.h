/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of one variable: the value, or why there is none. */
#ifndef SYMBOLIC_LIMITS_LIMIT_H
#define SYMBOLIC_LIMITS_LIMIT_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef enum LimitAnswer { LIMIT_FOUND, LIMIT_NONE, LIMIT_UNDECIDED } LimitAnswer;

typedef enum LimitFailure {         /* why there is no limit */
    FAILS_SIDES,                    /* left and right differ: both are set */
    FAILS_OSCILLATES,               /* it oscillates: between low and high, the least and greatest limits of sequences, if these are set */
    FAILS_UNBOUNDED,                /* it oscillates without bound */
    FAILS_SEQUENCES,                /* along different sequences it tends to low and to high; between them or beyond, others may exist */
    FAILS_UNDEFINED                 /* it is not real beside the point on the sides that were asked for */
} LimitFailure;

typedef struct Limit {
    LimitAnswer  answer;
    const Expr  *value;             /* FOUND: an expression (piecewise if it depends on signs of parameters), oo or -oo */
    int          domain;            /* FOUND, two-sided: 1, -1 if the function is real only to the right, to the left of the point; else 0 */
    LimitFailure failure;           /* NONE */
    const Expr  *left, *right;      /* NONE, two-sided: the one-sided limits where they exist, else NULL */
    const Expr  *low, *high;        /* NONE, OSCILLATES and SEQUENCES; a side's, where both sides have none */
    const Expr  *given;             /* NONE: only where this holds (a relation between parameters), or NULL */
    Str          why;               /* UNDECIDED: the reason */
} Limit;

enum { LIMIT_SECONDS = 2 };         /* the default budget */

/* side -1: from below, 1: from above, 0: both (at oo and -oo the side is ignored). */
Limit expr_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side);
/* The same within so many seconds; rules that were used are recorded in steps, if it is not NULL. */
Limit expr_limit_within(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side, double seconds, Report *steps);
/* The answer in words: "oscillates between -1 and 1". Of NONE only. */
Str   limit_reason(Pool *p, Arena *a, const Limit *l, const Settings *settings);

/* limit_check.c: do values near the point confirm the limit? YES, NO, UNKNOWN: none could be evaluated. */
Truth limit_confirmed(Pool *p, Arena *a, const Expr *f, const Expr *limit, const Expr *x, const Expr *to, int side);
/* Is f real beside the point? NO: proved not to be at some place near it. */
Truth limit_is_real(Pool *p, Arena *a, const Expr *f, const Expr *x, const Expr *to, int side);

extern const Builtin limit_builtins[];

#endif
