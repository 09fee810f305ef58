/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Derivations: the rules that lead to an answer, recorded by the engine that computes it, each step checked with balls.
 * A derivative that is still to be taken stands in a step as a node of its own, which prints as (x^2)'. */
#ifndef SYMBOLIC_CALCULUS_DERIVATION_H
#define SYMBOLIC_CALCULUS_DERIVATION_H

#include "base/report.h"
#include "symbolic/expr/expr.h"

/* (e)': the derivative of e, not worked out. e may be as typed. */
const Expr *expr_pending(Pool *p, const Expr *e);
bool        expr_is_pending(const Expr *e);

/* The derivative of e (as typed or canonical) in x; its steps go to r, the last one ("=") is the answer, which is what
 * expr_diff gives. NULL with pool_error() set: no rule, or more steps than anyone reads. */
const Expr *diff_derivation(Pool *p, Report *r, const Expr *e, const Expr *x);

/* ---- checks by balls (check.c) ------------------------------------------------------------------------------------ */

typedef struct Points Points;       /* random rational values of the free symbols, where a function and its derivative have values */

Points *points_new(Pool *p, Arena *a, const Expr *f, const Expr *df, const Expr *x);
void    points_delete(Points *pts);
/* Is df the derivative of f? Compared with difference quotients in balls at the points; *at counts those that decided.
 * NO: proved different at one of them. */
Truth   points_check_derivative(const Points *pts, const Expr *f, const Expr *df, size_t *at);

#endif
