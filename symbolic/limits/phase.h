/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The range of a function of free angles. */
#ifndef SYMBOLIC_LIMITS_PHASE_H
#define SYMBOLIC_LIMITS_PHASE_H

#include "symbolic/calculus/diff.h"
#include "symbolic/limits/germ.h"

/* Is c one value for all angles? YES: *low = *high. NO: it oscillates, between *low and *high where these are known, else NULL.
 * UNKNOWN: the angles depend on each other, so not all values need occur. */
Truth phase_range(Engine *g, const Expr *c, const Expr **low, const Expr **high);

#endif
