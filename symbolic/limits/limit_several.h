/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of several variables: a proof, two paths that disagree, or neither. */
#ifndef SYMBOLIC_LIMITS_LIMIT_SEVERAL_H
#define SYMBOLIC_LIMITS_LIMIT_SEVERAL_H

#include "symbolic/limits/limit.h"

typedef struct PathLimit {
    Str         path;               /* "y = x^2", "y = x, x > 0" */
    const Expr *value;              /* NULL: there is none along it; reason */
    Str         reason;
} PathLimit;

typedef struct SeveralLimit {
    LimitAnswer answer;
    const Expr *value;              /* FOUND; UNDECIDED: on which all paths agree, or NULL */
    const char *proof;              /* FOUND: how it was proved */
    PathLimit   witness[2];         /* NONE: two paths with different limits, or one without */
    size_t      witnesses;
    Str         why;                /* UNDECIDED */
} SeveralLimit;

SeveralLimit expr_limit_several(Pool *p, Arena *a, const Expr *e, const Expr *const *x, const Expr *const *to, size_t n,
                                double seconds, const Settings *settings);

#endif
