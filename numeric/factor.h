/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations of matrices of lanes in any format, and what they solve. Each operation is rounded on its own.
 * "By rows" means that the lanes of a row stand one behind the other, "by columns" those of a column. */
#ifndef NUMERIC_FACTOR_H
#define NUMERIC_FACTOR_H

#include "numeric/vector.h"

/* P*A = L*U with partial pivoting: a (m x n by rows) becomes U, and below its diagonal L. Row i of the result was row[i]. */
void   factor_lu(const Format *f, Arena *a, void *at, size_t m, size_t n, size_t *row);
/* A = L*L^T of a symmetric a (n x n by rows): L in the lower triangle. Returns n, or the first k whose pivot is not positive. */
size_t factor_cholesky(const Format *f, Arena *a, void *at, size_t n);
/* b becomes the solution of L*L^T*x = b, for the L of factor_cholesky. */
void   factor_cholesky_solve(const Format *f, const void *at, void *b, size_t n);
/* A = Q*R by Householder reflections: at (m x n by columns) becomes R in its upper triangle, its diagonal not negative;
 * q (m x min(m, n) by columns) becomes Q. */
void   factor_qr(const Format *f, Arena *a, void *at, void *q, size_t m, size_t n);
/* A = U*S*V^T for m >= n by one-sided Jacobi rotations: u (m x n by columns) holds A and becomes U, v (n x n by columns) becomes V,
 * s the n singular values, falling. False: the rotations did not converge, or met numbers that are not finite. */
bool   factor_svd(const Format *f, Arena *a, void *u, void *s, void *v, size_t m, size_t n);
/* P*A*P^T = L*D*L^T of a symmetric a (n x n by rows, both triangles): below its diagonal a becomes L, its diagonal that of D. Row i of
 * the result was row[i]. pair[k]: rows k and k + 1 of D are a 2 x 2 block; its entry (k + 1, k) stands in a, where that of L is 0. */
void   factor_ldl(const Format *f, Arena *a, void *at, size_t n, size_t *row, bool *pair);
/* A = V*diag(value)*V^T of a symmetric a (n x n by rows, destroyed): values ascending, v by columns. False as for factor_svd. */
bool   factor_eigen(const Format *f, Arena *a, void *at, void *value, void *v, size_t n);

/* A*x = b by what factor_lu left of a square A. False: a pivot is 0. */
bool   factor_solve_lu(const Format *f, const void *lu, const size_t *row, const void *b, void *x, size_t n);
/* The least squares solution by what factor_qr left of A (m x n, m >= n): r in its columns of m lanes. False: a pivot is 0. */
bool   factor_solve_qr(const Format *f, const void *q, const void *r, const void *b, void *x, size_t m, size_t n);
/* The shortest least squares solution of A = U*S*V^T, u m x rank and v n x rank by columns, from the first `rank` singular values. */
void   factor_solve_svd(const Format *f, Arena *a, const void *u, const void *s, const void *v, size_t rank, const void *b, void *x, size_t m, size_t n);
/* How many of the min(m, n) singular values stand out of the rounding errors of an m x n matrix. */
size_t factor_rank(const Format *f, const void *s, size_t m, size_t n);

#endif
