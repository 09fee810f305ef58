/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the command solve share. */
#ifndef SYMBOLIC_SOLVE_SOLVE_INT_H
#define SYMBOLIC_SOLVE_SOLVE_INT_H

#include "base/builtin.h"
#include "base/vec.h"
#include "symbolic/expr/expr.h"

typedef struct Problem {
    Call        *c;
    size_t       n, unknowns;
    const Expr **equation, **e;     /* as given; e: left side minus right side */
    const Expr **x;
    const Expr **low, **high;       /* of the range of each unknown; NULL: the whole line */
} Problem;

typedef VEC(const Expr *) Places;

/* Are low and high numbers, or oo, in this order? */
bool  range_is_fine(Call *c, const Expr *low, const Expr *high);
/* All real solutions of e = 0 in a range (NULL, NULL: the whole line), ascending, each a number: false with *why if some may be missing. */
bool  places_of(Call *c, const Expr *e, const Expr *x, const Expr *low, const Expr *high, Places *out, const char **why);

Value solve_in_range(Problem *s);                   /* solve_range.c: one equation */
Value solve_inequalities(Problem *s);               /* solve_inequality.c: relations of one unknown */
bool  solve_by_substitution(Problem *s, Value *out);    /* solve_substitution.c: an unknown that occurs linearly goes first */
Value named_solution(Problem *s, const Expr *const *at);

#endif
