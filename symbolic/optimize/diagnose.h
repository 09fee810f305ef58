/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a trace shows: how a run converges, or why it does not. */
#ifndef SYMBOLIC_OPTIMIZE_DIAGNOSE_H
#define SYMBOLIC_OPTIMIZE_DIAGNOSE_H

#include "symbolic/optimize/convergence.h"
#include "symbolic/optimize/minimize.h"

enum { MOST_DIAGNOSES = 4 };

/* One sentence and, where something helps, a hint for each thing that the trace shows for certain. How many. */
size_t solution_diagnose(const Problem *q, const Solution *s, const Convergence *speed, Str text[MOST_DIAGNOSES]);

#endif
