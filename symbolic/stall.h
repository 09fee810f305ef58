/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a number format brings a run to rest. */
#ifndef SYMBOLIC_STALL_H
#define SYMBOLIC_STALL_H

#include "symbolic/minimize.h"

/* One sentence with the numbers; empty: it is not the format. */
Str solution_stall(const Problem *q, const Solution *s);

#endif
