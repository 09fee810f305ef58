/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a function of one variable may fail to be continuous, and what it does at such a place. */
#ifndef SYMBOLIC_LIMITS_JOINTS_H
#define SYMBOLIC_LIMITS_JOINTS_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"
#include "symbolic/limits/limit.h"

typedef struct Joint {              /* a function whose zeros are such places */
    const Expr *zero_of;
    bool        divisor;            /* where it is zero, f has no value */
} Joint;

typedef struct Joints { size_t n; Joint *at; const char *why; } Joints;     /* why: what is not understood; NULL: nothing */

/* Of f, which may be as typed: then a common factor of numerator and denominator counts. */
Joints      expr_joints(Pool *p, Arena *a, const Expr *f, const Expr *x);
/* Does a part that counts at x = at divide by zero there? */
bool        divides_by_zero(Pool *p, Arena *a, const Expr *f, const Expr *x, const Expr *at);

typedef enum BreakKind { BREAK_NONE, BREAK_REMOVABLE, BREAK_JUMP, BREAK_INFINITE, BREAK_ESSENTIAL, BREAK_UNDEFINED, BREAK_OPEN } BreakKind;

typedef struct Break {              /* f at one place */
    BreakKind   kind;               /* NONE: continuous; UNDEFINED: not real on either side; OPEN: not decided, why */
    const Expr *at, *value;         /* value NULL: there is none */
    const Expr *limit[2];           /* from the left and right, oo or -oo too; NULL: none */
    Str         reason[2];          /* why there is no limit */
    bool        outside[2];         /* not defined on this side */
    double      place;
    Str         why;
} Break;

typedef struct Breaks {
    size_t n;
    Break *at;                      /* ascending; the places where f is continuous after all are among them */
    Str    why;                     /* not empty: some may be missing */
} Breaks;

Break       break_at(Call *c, const Expr *f, const Expr *x, const Expr *at);
/* All places in a finite range, ends included, where f may not be continuous. */
Breaks      breaks_in(Call *c, const Expr *f, const Expr *x, const Expr *low, const Expr *high);
const char *break_name(BreakKind kind);
/* Is f real at a point, by balls? UNKNOWN: not decided. */
Truth       real_at(Pool *p, const Expr *f, const Expr *x, double at);

#endif
