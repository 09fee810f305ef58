/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a run of a minimizer found no minimum: does the value fall without end, or towards a value that it does not reach? */
#ifndef SYMBOLIC_OPTIMIZE_UNBOUNDED_H
#define SYMBOLIC_OPTIMIZE_UNBOUNDED_H

#include "symbolic/optimize/minimize.h"

/* Looks along the way of the run, by limits; *s says what was found. */
void solution_unbounded(const Problem *q, Solution *s);

#endif
