/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a number format brings a run to rest. */
#ifndef SYMBOLIC_OPTIMIZE_STALL_H
#define SYMBOLIC_OPTIMIZE_STALL_H

#include "symbolic/optimize/minimize.h"

/* One sentence with the numbers; empty: it is not the format. */
Str solution_stall(const Problem *q, const Solution *s);

#endif
