/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Algebraic numbers as expressions: radicals where they are short, else root_of(x^5 - x - 1, 1). */
#ifndef SYMBOLIC_ALGEBRA_ALGEBRAIC_H
#define SYMBOLIC_ALGEBRA_ALGEBRAIC_H

#include "numeric/root_of.h"
#include "symbolic/expr/expr.h"

/* Root number k of an irreducible polynomial: real ones ascending, then the others (root_of.h). */
const Expr *expr_root(Pool *p, const fmpz_poly_t irreducible, slong k);
const Expr *expr_algebraic(Pool *p, const qqbar_t x);
/* The number that a call of the row root_of stands for; false if its arguments are no polynomial. */
bool        expr_root_exact(const Expr *e, qqbar_t out);
/* Its ball with this many digits. */
const Expr *expr_root_ball(Pool *p, const Expr *e, size_t digits);
/* c[0] + c[1]*x + ... with rational coefficients as a primitive polynomial; false if one is no number. */
bool        expr_integer_poly(const Expr *const *c, slong degree, fmpz_poly_t out);

#endif
