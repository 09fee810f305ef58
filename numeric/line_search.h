/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damped Newton: the exact Hessian, a line search that halves the step, the slope itself where Newton's direction leads up. */
#ifndef NUMERIC_LINE_SEARCH_H
#define NUMERIC_LINE_SEARCH_H

#include "numeric/minimize.h"

/* The objective has a Hessian. Memory in the arena. */
Stepper newton_stepper(Arena *a, const Objective *o, const double *option);
/* Steepest descent with the same line search; the first trial is twice the step that was last accepted. */
Stepper descent_stepper(Arena *a, const Objective *o, const double *option);

#endif
