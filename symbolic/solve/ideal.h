/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Systems of polynomials with rational coefficients: their Groebner basis, the dimension of the set of common zeros, and, if it
 * is finite, all of them by one number T: T is a root of a polynomial, each coordinate a polynomial in T. */
#ifndef SYMBOLIC_SOLVE_IDEAL_H
#define SYMBOLIC_SOLVE_IDEAL_H

#include "base/value.h"

#include <flint/flint.h>
#include <flint/fmpq_poly.h>
#include <flint/fmpz_mpoly.h>
#if __FLINT_RELEASE < 30000
#include <calcium/utils_flint.h>
#endif

typedef struct Ideal {
    slong               n;          /* variables */
    fmpz_mpoly_ctx_t    ctx;        /* graded reverse lexicographic */
    fmpz_mpoly_vec_t    given, basis;
} Ideal;

typedef struct Zeroset {
    fmpq_poly_t         minimal;    /* without square factors: one root for each common zero, complex ones included */
    slong               n;
    fmpq_poly_struct   *x;          /* x[i] at T is coordinate i */
} Zeroset;

void  ideal_init(Ideal *s, slong variables);
void  ideal_clear(Ideal *s);
/* The reduced basis; false with *why if a limit of size ended. */
bool  ideal_complete(Ideal *s, const char **why);
/* Of the complex zeros: -1 no zero, 0 finitely many. */
slong ideal_dimension(const Ideal *s);
/* All zeros of an ideal of dimension 0, checked by putting them into the given polynomials; false with *why. */
bool  ideal_zeros(const Ideal *s, Zeroset *out, const char **why);
void  zeroset_clear(Zeroset *z);

#endif
