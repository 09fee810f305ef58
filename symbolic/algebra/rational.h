/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rational normal forms, shared by poly, simplify and solve. */
#ifndef SYMBOLIC_ALGEBRA_RATIONAL_H
#define SYMBOLIC_ALGEBRA_RATIONAL_H

#include "symbolic/algebra/kernels.h"

/* The fraction over kernels modulo their relations (sin^2 + cos^2 = 1, roots, i). NULL: a budget ended, or no scalar. */
const Expr *expr_normal_form(Pool *p, const Expr *e);
const Expr *expr_sine_form(Pool *p, const Expr *e);         /* the same with cos^2 = 1 - sin^2 */
/* Of two polynomials with integer coefficients; NULL if they are none, or a budget ended. */
const Expr *expr_poly_gcd(Pool *p, const Expr *a, const Expr *b);
/* apart.c: partial fractions of q in x, whose coefficients hold other kernels; NULL: none, or too large. */
const Expr *expr_apart_parameters(Kernels *k, const fmpz_mpoly_q_struct *q, const Expr *x);

#endif
