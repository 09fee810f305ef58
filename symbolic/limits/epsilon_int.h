/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of epsilon_delta share: epsilon_delta.c finds delta for a number eps, epsilon_formula.c for a name,
 * epsilon_command.c asks and answers. */
#ifndef SYMBOLIC_LIMITS_EPSILON_INT_H
#define SYMBOLIC_LIMITS_EPSILON_INT_H

#include "base/builtin.h"
#include "numeric/ball.h"
#include "symbolic/expr/expr.h"

typedef struct Task {
    Call       *c;
    const Expr *f, *x, *a, *limit, *eps;
    int         side;               /* -1, 1: one-sided; 0: both */
    double      deadline, cap;      /* of the monotonic clock; how far solutions matter */
    bool        edge;               /* the domain ends nearby */
    Str         why;                /* what stayed open */
} Task;

typedef struct Reach {              /* how far one side, or both, are good */
    Truth       known;
    const Expr *at, *distance;      /* NULL: without end */
} Reach;

enum { SEARCH_SECONDS = 2 };

bool        open_task(Task *s, const char *why);    /* records the first reason; false */
bool        task_number(Task *s, const Expr *e, arb_t out);
double      task_clock(void);
Reach       largest_delta(Task *s);                 /* eps is a number */
const Expr *tidy(Pool *p, const Expr *e);
/* The formula for small eps, a name; *checked lists numbers for which it gives the certified delta too. NULL: why. */
const Expr *delta_formula(Task *s, Str *checked);

#endif
