/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear systems, inverses, determinants and least squares in a number format. */
#ifndef SYMBOLIC_MATRIX_FORMAT_SOLVE_H
#define SYMBOLIC_MATRIX_FORMAT_SOLVE_H

#include "base/builtin.h"
#include "numeric/format.h"
#include "symbolic/expr/expr.h"

/* The matrix is argument 0 of the call, b argument 1; square where there is a unique answer. */
Value format_solve(Call *c, const Expr *m, const Expr *b, const Format *f);
Value format_inverse(Call *c, const Expr *m, const Format *f);
Value format_det(Call *c, const Expr *m, const Format *f);
Value format_lstsq(Call *c, const Expr *m, const Expr *b, const Format *f);
Value format_pinv(Call *c, const Expr *m, const Format *f);

#endif
