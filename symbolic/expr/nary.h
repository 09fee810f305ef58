/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed sums and products as lists, for matching and cancelling: a sum is terms c*rest, a product is a number times factors base^exponent.
 * Rebuilding adds from the left, and divides by what has a negative exponent. */
#ifndef SYMBOLIC_EXPR_NARY_H
#define SYMBOLIC_EXPR_NARY_H

#include "base/vec.h"
#include "symbolic/expr/expr.h"

typedef struct Term { const Expr *coefficient, *rest; } Term;       /* rest NULL: a plain number */
typedef struct Factor { const Expr *base, *exponent; } Factor;      /* exponent: a rational number */

typedef struct Terms   { size_t n, room; Term *at; } Terms;
typedef struct Factors { size_t n, room; Factor *at; const Expr *coefficient; } Factors;

Terms       terms_of(Pool *p, Arena *a, const Expr *e);
Factors     factors_of(Pool *p, Arena *a, const Expr *e);
const Expr *terms_join(Pool *p, const Terms *t);
const Expr *factors_join(Pool *p, const Factors *f);

/* Typed nodes without what surely does nothing: 0 + x, 1*x, x/1, -(-x). */
const Expr *plain_add(Pool *p, const Expr *a, const Expr *b);
const Expr *plain_sub(Pool *p, const Expr *a, const Expr *b);
const Expr *plain_mul(Pool *p, const Expr *a, const Expr *b);
const Expr *plain_div(Pool *p, const Expr *a, const Expr *b);
const Expr *plain_neg(Pool *p, const Expr *a);
const Expr *plain_scaled(Pool *p, const Expr *number, const Expr *e);

/* Like terms and factors cancelled, from the inside out; sums that expand to fewer terms are expanded. */
const Expr *expr_tidy(Pool *p, const Expr *e);
bool        expr_same(Pool *p, const Expr *a, const Expr *b);       /* equal after the canonical constructors */

#endif
