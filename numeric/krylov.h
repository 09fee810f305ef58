/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods that only multiply by a matrix, in any format: conjugate gradients, Lanczos, power iteration. Matrices are n x n by rows;
 * each operation is rounded on its own. */
#ifndef NUMERIC_KRYLOV_H
#define NUMERIC_KRYLOV_H

#include "numeric/vector.h"

typedef enum KrylovEnd { KRYLOV_CONVERGED, KRYLOV_STEPS, KRYLOV_NOT_POSITIVE, KRYLOV_NOT_FINITE, KRYLOV_STOPPED } KrylovEnd;

typedef struct KrylovTrace {        /* one entry per iterate, the first one included; room for steps + 1 */
    size_t  n;
    double *residual;
    void   *value;                  /* lanes: eigenvalue estimates of power iteration */
} KrylovTrace;

/* y = A*x for A m x n by rows. */
void      krylov_multiply(const Format *f, const void *at, const void *x, void *y, size_t m, size_t n);
/* A*x = b for a positive definite A, from x, until |b - A*x| <= tolerance*|b| by the recurrence for the residual. */
KrylovEnd krylov_cg(const Format *f, Arena *a, const void *at, const void *b, void *x, size_t n, size_t steps, double tolerance, KrylovTrace *out);
/* Q^T*A*Q = T tridiagonal for a symmetric A, from the unit vector in the first column of q (n x k by columns): alpha k lanes, beta k lanes,
 * beta[j] between j and j + 1. Returns the number of columns made: fewer than k if the space ends. With `again` every new column is
 * made orthogonal to all others twice. */
size_t    krylov_lanczos(const Format *f, Arena *a, const void *at, void *q, void *alpha, void *beta, size_t n, size_t k, bool again);
/* x becomes A*x/|A*x| until |A*x - r*x| <= tolerance*|r|, where r = x^T*A*x. */
KrylovEnd krylov_power(const Format *f, Arena *a, const void *at, void *x, size_t n, size_t steps, double tolerance, KrylovTrace *out);

#endif
