/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's method for roots: newton(f, from: a, digits: n). */
#ifndef SYMBOLIC_SOLVE_NEWTON_H
#define SYMBOLIC_SOLVE_NEWTON_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

extern const Builtin newton_builtins[];

#endif
