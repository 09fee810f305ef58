/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits by the leading term of the series, cross-checked with balls. */
#ifndef SYMBOLIC_LIMIT_H
#define SYMBOLIC_LIMIT_H

#include "base/builtin.h"
#include "symbolic/expr.h"

typedef enum LimitAnswer { LIMIT_FOUND, LIMIT_NONE, LIMIT_UNDECIDED } LimitAnswer;

typedef struct Limit {
    LimitAnswer answer;
    const Expr *value;              /* FOUND: an expression, oo or -oo */
    const Expr *left, *right;       /* NONE: the one-sided limits */
    Str         why;                /* UNDECIDED */
} Limit;

/* side -1: from below, 1: from above, 0: both (at oo and -oo the side is ignored). */
Limit expr_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side);

extern const Builtin limit_builtins[];

#endif
