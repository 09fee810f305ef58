/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact complex numbers a + b*i with rational parts, in sums and products of the graph. */
#ifndef SYMBOLIC_EXPR_GAUSSIAN_H
#define SYMBOLIC_EXPR_GAUSSIAN_H

#include "symbolic/expr/expr_int.h"

typedef struct Gaussian { fmpq_t re, im; } Gaussian;

void        gaussian_init(Gaussian *g);                              /* 1 */
void        gaussian_clear(Gaussian *g);
bool        gaussian_of(const Expr *e, Gaussian *g);                 /* is e a sum a + b*i? */
void        gaussian_mul(Gaussian *a, const Gaussian *b);            /* a = a*b */
const Expr *gaussian_expr(Pool *p, const Gaussian *g);
const Expr *gaussian_power(Pool *p, const Expr *base, const Expr *exponent);   /* NULL: not such a number, or too large */

#endif
