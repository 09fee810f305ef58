/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an update rule adds to x, apart from x. */
#ifndef SYMBOLIC_OPTIMIZE_RULE_STEP_H
#define SYMBOLIC_OPTIMIZE_RULE_STEP_H

#include "symbolic/optimize/method.h"

/* u where the rule says x = x + u, with all of its operations in their order; NULL: it says something else. */
const Expr *rule_step(Pool *p, const Rule *r);
/* Does it decide by conditions? Then a step of 0 is nothing unusual. */
bool        rule_step_decides(Pool *p, Arena *a, const Expr *step);

#endif
