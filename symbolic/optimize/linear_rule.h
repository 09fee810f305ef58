/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What theory says about an update rule on a quadratic. */
#ifndef SYMBOLIC_OPTIMIZE_LINEAR_RULE_H
#define SYMBOLIC_OPTIMIZE_LINEAR_RULE_H

#include "symbolic/optimize/method.h"

/* What an error is multiplied by per step, in the long run, where the gradient is curvature*x: the spectral radius of the rule as a linear map of x and its
 * states. lr: replaces the rate of the method; NaN: its own. NaN: the rule is not linear, or its numbers change with the steps. */
double rule_factor(Pool *p, Arena *a, const Method *m, double curvature, double lr);

#endif
