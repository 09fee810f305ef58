/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop_gradient where it means nothing. */
#ifndef SYMBOLIC_CALCULUS_STOPS_H
#define SYMBOLIC_CALCULUS_STOPS_H

#include "symbolic/expr/expr.h"

/* e with u for each stop_gradient(u); NULL: pool_error(). */
const Expr *expr_without_stops(Pool *p, const Expr *e);

#endif
