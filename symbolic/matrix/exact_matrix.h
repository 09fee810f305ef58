/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices with entries written out, exactly; and the way to FLINT and back. */
#ifndef SYMBOLIC_MATRIX_EXACT_MATRIX_H
#define SYMBOLIC_MATRIX_EXACT_MATRIX_H

#include "symbolic/expr/expr.h"

#include <flint/fmpq_mat.h>

bool        tensor_is_rational(const Expr *a);                      /* a literal of exact rationals? */
void        tensor_get_fmpq_mat(fmpq_mat_t m, const Expr *a);       /* of such a literal; initializes m */
const Expr *tensor_of_fmpq_mat(Pool *p, const fmpq_mat_t m);

/* NULL (pool_error) if the matrix is not square or singular, or a pivot could not be decided. */
const Expr *tensor_literal_det(Pool *p, const Expr *a);
const Expr *tensor_literal_inverse(Pool *p, const Expr *a);

#endif
