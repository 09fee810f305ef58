/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of squares: what Gauss-Newton and Levenberg-Marquardt need to see in an objective. */
#ifndef SYMBOLIC_TAPE_RESIDUALS_H
#define SYMBOLIC_TAPE_RESIDUALS_H

#include "symbolic/tape/compile.h"

typedef struct Residual {
    const Expr *weight;             /* a positive number; may count rows */
    const Expr *r;
    const Expr *axis;               /* its square is summed over the rows of this table; NULL: it stands alone */
} Residual;

typedef struct Residuals {
    size_t    n;
    Residual *at;
    bool      rows;                 /* one of them is summed over rows */
} Residuals;

/* f as the sum of weight*r^2 and a number. False: it is not written as one. */
bool         residuals_find(Pool *p, Arena *a, const Expr *f, Residuals *out);
/* Outputs of the machine of residuals (numeric/objective.h) for the variables x: r_i and the Jacobian by columns, or (rows) the lower triangle
 * of 2 J^T J. NULL with pool_error(). */
const Expr **residuals_outputs(Pool *p, Arena *a, const Residuals *r, const Expr *const *x, size_t n, size_t *outputs);

#endif
