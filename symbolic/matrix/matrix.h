/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors and matrices whose sizes are symbols: products, transposes, reductions.
 *
 * A vector is n x 1. What is typed with `*` is the matrix product (EXPR_MATMUL); an EXPR_MUL, EXPR_POW or EXPR_CALL with a shape
 * acts entry by entry, and its scalar arguments are spread. A sum never spreads: a number that was added to every entry is a
 * fill. Where all sizes are numbers, expressions are literals (EXPR_TENSOR) and every entry is computed.
 *
 * Canonical products: numbers stand in front; a product that ends in a vector is nested from the right, one that begins with a row
 * from the left, u*v^T*w is (v^T*w)*u; transposes stand at the factors. */
#ifndef SYMBOLIC_MATRIX_MATRIX_H
#define SYMBOLIC_MATRIX_MATRIX_H

#include "symbolic/expr/expr.h"

typedef enum MatrixOp {             /* arguments: one tensor, unless said otherwise */
    MATRIX_TRANSPOSE,
    MATRIX_INVERSE,
    MATRIX_TRACE,
    MATRIX_DET,
    MATRIX_LOG_DET,                 /* log of the determinant */
    MATRIX_TOTAL,                   /* sum of all entries */
    MATRIX_LOGSUMEXP,               /* log of the sum of exp of all entries */
    MATRIX_DIAG,                    /* the square matrix with this vector as its diagonal */
    MATRIX_DIAGONAL,                /* the diagonal of a matrix, as a vector */
    MATRIX_FILL,                    /* a number in every entry; the sizes are those of the shape */
    MATRIX_IDENTITY,                /* its size */
    MATRIX_SLICE,                   /* x, first, last: the entries first..last of a vector; one entry is a number */
    MATRIX_EMBED,                   /* v, first, n: n zeros with the vector v from place first on; the adjoint of SLICE */
    MATRIX_INDICES                  /* first, last: the vector first, first + 1, ..., last */
} MatrixOp;

static inline bool expr_is_matrix_op(const Expr *e, MatrixOp op) { return e->kind == EXPR_MATRIX && e->matrix_op == (int)op; }
bool        expr_is_tensor(const Expr *e);                          /* a literal, or not 1 x 1 */
bool        expr_is_zero_tensor(const Expr *e);                     /* all entries are the number 0 */

const Expr *expr_matmul(Pool *p, const Expr *a, const Expr *b);     /* a number scales */
const Expr *expr_matrix_op(Pool *p, MatrixOp op, const Expr *a);    /* of one tensor: TRANSPOSE to DIAGONAL */
const Expr *expr_transpose(Pool *p, const Expr *a);                 /* a number is its own transpose */
const Expr *expr_fill(Pool *p, const Expr *c, const Shape *shape);  /* c in every entry; NULL: c */
const Expr *expr_identity(Pool *p, const Expr *n);
const Expr *expr_dot(Pool *p, const Expr *u, const Expr *v);        /* the sum of the products of entries of two of one shape */
const Expr *expr_softmax(Pool *p, const Expr *u);
const Expr *expr_slice(Pool *p, const Expr *x, const Expr *first, const Expr *last);       /* x[first..last] */
const Expr *expr_embed(Pool *p, const Expr *v, const Expr *first, const Expr *n);
const Expr *expr_indices(Pool *p, const Expr *first, const Expr *last);
/* sum(f, k = low..high) where f has entries x[k + c]: the total of f on slices. */
const Expr *expr_index_sum(Pool *p, const Expr *f, const Expr *k, const Expr *low, const Expr *high);
bool        expr_has_entry(Pool *p, const Expr *f, const Expr *k);                         /* an entry whose index depends on k */
static inline bool expr_is_entry(const Expr *e) { return expr_is_matrix_op(e, MATRIX_SLICE) && e->arg[1] == e->arg[2]; }     /* x[k] */

/* Entry by entry, scalars are spread: .+ .- .* ./ .^ */
typedef enum EntryOp { ENTRY_ADD, ENTRY_SUB, ENTRY_MUL, ENTRY_DIV, ENTRY_POW } EntryOp;
const Expr *expr_entrywise(Pool *p, EntryOp op, const Expr *a, const Expr *b);
const Expr *expr_hadamard(Pool *p, const Expr *const *factor, size_t n);
/* A scalar expression with `to` for the symbol `from`, where `to` may be a tensor: computed entry by entry. */
const Expr *expr_lift(Pool *p, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n);

/* Splits c*T into its scalar factors that do not vary over data (1 if there are none) and the rest. */
const Expr *expr_split_scalars(Pool *p, const Expr *e, const Expr **rest);
/* The factors of a matrix product as typed from left to right; at most ABSORB_LIMIT of them are taken apart. */
size_t      expr_matrix_factors(const Expr *e, const Expr **out, size_t room);

/* ---- calculus (matrix_diff.c) ---- */

/* Of a MATMUL or MATRIX node: what argument i gets of the adjoint (a number or a tensor of the node's shape). */
const Expr *matrix_adjoint(Pool *p, const Expr *e, size_t i, const Expr *adjoint);
/* Of any node with a tensor's shape, a MATMUL or a MATRIX: the derivative from those of the arguments, where the number 0 is the zero of
 * every shape. */
const Expr *matrix_tangent(Pool *p, const Expr *e, const Expr *const *tangent);
/* The matrix M with e = M*v, for a vector e that is linear in the vector v; NULL (pool_error) if no such form is found. */
const Expr *matrix_of_linear(Pool *p, const Expr *e, const Expr *v);

#endif
