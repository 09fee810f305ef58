/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eigenvalues of a small symmetric matrix in doubles, for statements about curvature: L, mu, saddle points. */
#ifndef NUMERIC_EIGEN_H
#define NUMERIC_EIGEN_H

#include <stddef.h>

/* a: n x n, destroyed. value: ascending. NaN entries give NaN. */
void eigen_symmetric(double *a, size_t n, double *value);
/* The same with the eigenvectors: row k of vector belongs to value[k]. */
void eigen_decompose(double *a, size_t n, double *value, double *vector);

#endif
