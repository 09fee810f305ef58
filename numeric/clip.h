/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gradients cut before a step: each entry to a bound, or a whole gradient to a norm, of each block or of all parameters. The norm is taken
 * without overflow or underflow on the way: (1e200, 1e200) is cut to length 1, not to nothing. */
#ifndef NUMERIC_CLIP_H
#define NUMERIC_CLIP_H

#include "numeric/minimize.h"

typedef enum ClipKind { CLIP_NOTHING, CLIP_VALUE, CLIP_NORM, CLIP_GLOBAL_NORM } ClipKind;

/* The method behind the cut. bound and slack (added to a norm; PyTorch has 1e-6) are lanes of the objective's format. */
Stepper clip_stepper(Arena *a, ClipKind kind, const Objective *o, const void *bound, const void *slack, Stepper inner);

#endif
