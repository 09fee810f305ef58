/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slopes of a loss that is multiplied by a scale, as a backward pass works them out: the scale comes in first, not last. */
#ifndef SYMBOLIC_TAPE_LOSS_SCALE_H
#define SYMBOLIC_TAPE_LOSS_SCALE_H

#include "numeric/low_precision.h"
#include "symbolic/tape/objective.h"

/* objective_make() with value and gradient, whose slopes (not its value) are multiplied by the seed: lanes of the format, to be filled. */
bool objective_make_scaled(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out, LossSeed *seed);

#endif
