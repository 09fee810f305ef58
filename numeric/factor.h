/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations of matrices of lanes in any format: LU, Cholesky, QR, singular values. Each operation is rounded on its own.
 * "By rows" means that the lanes of a row stand one behind the other, "by columns" those of a column. */
#ifndef NUMERIC_FACTOR_H
#define NUMERIC_FACTOR_H

#include "numeric/vector.h"

/* P*A = L*U with partial pivoting: a (m x n by rows) becomes U, and below its diagonal L. Row i of the result was row[i]. */
void   factor_lu(const Format *f, Arena *a, void *at, size_t m, size_t n, size_t *row);
/* A = L*L^T of a symmetric a (n x n by rows): L in the lower triangle. Returns n, or the first k whose pivot is not positive. */
size_t factor_cholesky(const Format *f, Arena *a, void *at, size_t n);
/* A = Q*R by Householder reflections: at (m x n by columns) becomes R in its upper triangle, its diagonal not negative;
 * q (m x min(m, n) by columns) becomes Q. */
void   factor_qr(const Format *f, Arena *a, void *at, void *q, size_t m, size_t n);
/* A = U*S*V^T for m >= n by one-sided Jacobi rotations: u (m x n by columns) holds A and becomes U, v (n x n by columns) becomes V,
 * s the n singular values, falling. False: the rotations did not converge, or met numbers that are not finite. */
bool   factor_svd(const Format *f, Arena *a, void *u, void *s, void *v, size_t m, size_t n);

#endif
