/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reduced row echelon form of a matrix with its entries written out, and what the commands on such matrices share. */
#ifndef SYMBOLIC_MATRIX_ECHELON_H
#define SYMBOLIC_MATRIX_ECHELON_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef struct Echelon {
    size_t        rows, cols, rank;
    const Expr  **at;               /* row by row */
    const size_t *pivot;            /* the column of the leading 1 of each row below rank */
    Nodes         nonzero;          /* polynomials in letters that were taken as nonzero: pivots that are not zero everywhere */
} Echelon;

/* Pivots are looked for in the first `limit` columns. False (pool_error) if an entry could not be proved zero or nonzero. */
bool        matrix_echelon(Pool *p, Arena *a, const Expr *m, size_t limit, Echelon *out);
/* The null space of a matrix from its echelon form, one basis vector per column; NULL: only the zero vector. */
const Expr *echelon_null_space(Pool *p, Arena *a, const Echelon *e);
/* "if a != 0 and a - 1 != 0"; empty if nothing was taken as nonzero. */
Str         echelon_note(Call *c, const Echelon *e);
/* The factors in letters of e that are not of one sign everywhere, each once; and "if a != 0 and b != 0" of such a list. */
Nodes       nonzero_factors(Pool *p, Arena *a, const Expr *e);
Str         nonzero_note(Call *c, Nodes nonzero);

/* An entry in the form that elimination keeps: sums of square roots, or one fraction. */
const Expr *entry_tidy(Pool *p, const Expr *e);
/* Is it zero wherever it is defined? */
Truth       entry_is_zero(Pool *p, const Expr *e);
/* Is the product of the literals u and v proved to be the given literal? NULL: zero. */
bool        matrix_product_is(Pool *p, Arena *a, const Expr *u, const Expr *v, const Expr *product);
/* Argument i as a matrix with finite entries written out; fails and gives NULL otherwise. */
const Expr *matrix_argument(Call *c, int i);
const Expr *square_argument(Call *c, int i);
/* The n columns of a literal from column j on. */
const Expr *matrix_columns(Pool *p, Arena *a, const Expr *m, size_t j, size_t n);
Str         expr_shown(Call *c, const Expr *e);

#endif
