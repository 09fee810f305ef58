/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Norms of vectors and matrices by their kind. */
#ifndef SYMBOLIC_MATRIX_NORMS_H
#define SYMBOLIC_MATRIX_NORMS_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

/* The norm of argument 0, a literal, of the kind in argument 1: of a vector 1, 2, oo or another p >= 1; of a matrix 1 (largest column
 * sum), oo (largest row sum), 2 (largest singular value), "fro", "nuclear". NULL after a failure. */
const Expr *norm_of_kind(Call *c, const Expr *m);

#endif
