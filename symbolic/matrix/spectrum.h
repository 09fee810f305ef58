/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Characteristic polynomials and eigenvalues of matrices with their entries written out. */
#ifndef SYMBOLIC_MATRIX_SPECTRUM_H
#define SYMBOLIC_MATRIX_SPECTRUM_H

#include "numeric/ball.h"
#include "symbolic/expr/expr.h"

#include <flint/fmpz_poly.h>

enum { EXACT_DEGREE = 6 };          /* roots of irreducible factors of higher degree are balls */

typedef struct Eigenvalue {
    const Expr *at;                 /* exact, or a ball */
    size_t      times;              /* algebraic multiplicity */
    bool        real;               /* proved */
    fmpz_poly_struct *minimal;      /* of a rational matrix: the irreducible polynomial whose root it is; else NULL */
} Eigenvalue;

typedef struct Spectrum {
    size_t      n;
    bool        exact;              /* no balls */
    Eigenvalue *value;              /* each once: real ones ascending, then the others by falling real part */
} Spectrum;

/* c[0..n] with det(x*I - A) = c[0] + c[1]*x + ... + x^n. False with pool_error(). */
bool matrix_charpoly(Pool *p, Arena *a, const Expr *m, const Expr **c);
/* The eigenvalues of the square literal m; balls have `digits` digits. False with pool_error(). To be cleared. */
bool matrix_spectrum(Pool *p, Arena *a, const Expr *m, size_t digits, Spectrum *out);
void spectrum_clear(Spectrum *s);
/* A complex ball as a number known to so many digits. */
const Expr *spectrum_ball(Pool *p, const acb_t z, size_t digits);

/* Eigenvalues, and if vectors is not NULL the eigenvectors as columns, of a matrix of numbers: certified balls. Vectors only if all
 * eigenvalues are simple; the columns have length 1. zeros: how many eigenvalues are proved to be 0. */
bool matrix_enclose_eigen(Pool *p, Arena *a, const Expr *m, size_t digits, size_t zeros, Spectrum *out, const Expr **vectors);

#endif
