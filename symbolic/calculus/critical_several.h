/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Critical points of functions of several variables. */
#ifndef SYMBOLIC_CALCULUS_CRITICAL_SEVERAL_H
#define SYMBOLIC_CALCULUS_CRITICAL_SEVERAL_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

/* low[i] NULL: no range. */
Value critical_several(Call *c, const Expr *f, const Expr *const *x, size_t n, const Expr *const *low, const Expr *const *high);

#endif
