/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace: full: what a method used, remembered and did at each step, for each parameter. */
#ifndef SYMBOLIC_OPTIMIZE_MOMENTS_H
#define SYMBOLIC_OPTIMIZE_MOMENTS_H

#include "symbolic/optimize/minimize.h"

/* Adds the table "moments" of a run with in_full. */
void moments_report(const Problem *q, const Solution *s, Report *r);

#endif
