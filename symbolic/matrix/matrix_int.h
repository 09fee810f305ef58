/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files on vectors and matrices share. */
#ifndef SYMBOLIC_MATRIX_MATRIX_INT_H
#define SYMBOLIC_MATRIX_MATRIX_INT_H

#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"

const Expr *shape_rows(Pool *p, const Expr *e);
const Expr *shape_cols(Pool *p, const Expr *e);
/* rows x cols, varying along the axis of the arguments; *fine is false (pool_error) if they have two. */
const Shape *shape_along(Pool *p, const Expr *rows, const Expr *cols, const Expr *const *arg, size_t n, bool *fine);
/* Fails with both shapes. */
const Expr *shapes_misfit(Pool *p, const char *what, const Expr *a, const Expr *b);

/* The node as it is. */
const Expr *matrix_node(Pool *p, MatrixOp op, const Expr *rows, const Expr *cols, const Expr *a);

/* tensor.c: literals */
const Expr *tensor_literal_product(Pool *p, const Expr *a, const Expr *b);
const Expr *tensor_literal_transpose(Pool *p, const Expr *a);
/* Each entry of a literal times c. */
const Expr *tensor_literal_scale(Pool *p, const Expr *c, const Expr *t);
/* product.c: the canonical product of scalars and tensors of one shape, entry by entry. */
const Expr *product_entrywise(Pool *p, const Expr *const *factor, size_t n);
/* matrix_entry.c: base^exponent entry by entry. */
const Expr *entry_power(Pool *p, const Expr *base, const Expr *exponent);

#endif
