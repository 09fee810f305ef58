/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits at infinity by comparing rates of growth (Gruntz), for exp-log functions. */
#ifndef SYMBOLIC_GROWTH_H
#define SYMBOLIC_GROWTH_H

#include "symbolic/limit.h"

/* The limit by the leading term of the series in t, or of its coefficient in log(t), only; not cross-checked. */
Limit series_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side, int depth);

/* The limit of e as x -> oo; not cross-checked. depth counts nested calls. */
Limit growth_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, int depth);

#endif
