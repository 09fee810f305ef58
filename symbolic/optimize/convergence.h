/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the trace of a run says about its speed. */
#ifndef SYMBOLIC_OPTIMIZE_CONVERGENCE_H
#define SYMBOLIC_OPTIMIZE_CONVERGENCE_H

#include "numeric/minimize.h"

typedef struct Convergence {
    const char *kind;               /* linear, sublinear, superlinear, quadratic, none, stands still; unknown: too few steps */
    double      factor, order;      /* of the last steps: what the gradient is multiplied by; 0: unknown */
} Convergence;

Convergence trace_convergence(const Trace *t);

#endif
