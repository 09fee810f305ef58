/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of the stability laboratory share: their arguments and numbers. */
#ifndef SYMBOLIC_STABILITY_LABORATORY_H
#define SYMBOLIC_STABILITY_LABORATORY_H

#include "base/builtin.h"
#include "symbolic/stability/samples.h"

/* The ranges x = a..b of argument `ranges` and the relations of argument `relations` (SIZE_MAX: it has none). False after a failure. */
bool        laboratory_box(Call *c, size_t ranges, size_t relations, Box *box);
/* The format of argument i, fp64 without one: no ball, not stochastic, at most `most` bits (0: any). `correct`: functions are rounded correctly, where fp64
 * would take those of the C library. NULL after a failure. */
const Format *laboratory_format(Call *c, size_t i, slong most, bool correct);
/* A measured number with four digits. */
const Expr *laboratory_number(Pool *p, double x);

#endif
