/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differential equations with a closed solution. */
#ifndef SYMBOLIC_VARIATION_ODE_H
#define SYMBOLIC_VARIATION_ODE_H

#include "symbolic/expr/expr.h"

typedef struct Solution {
    const Expr *value;              /* y in terms of x and constants C1, C2, ...; NULL: none found */
    const Expr *positive;           /* what was taken as positive, or NULL */
} Solution;

/* The constants of integration: symbols C1, C2, ... that are not among the symbols of `used`. */
typedef struct Constants { const Expr *used; size_t next; } Constants;
const Expr *ode_constant(Pool *p, Arena *a, Constants *c);

/* left = 0 for the unknown y(x), whose derivatives are nodes: linear with constant coefficients or those of Cauchy and Euler,
 * a right side of polynomials, exponentials, sines (or powers and logarithms). Not verified. */
Solution    ode_linear(Pool *p, Arena *a, const Expr *left, const Expr *y, Constants *c);

/* Candidates for y(x) with the first integral quantity(x, y, y') = const, the shortest first; to be verified. Returns how many. */
size_t      ode_from_integral(Pool *p, Arena *a, const Expr *quantity, const Expr *y, Constants *names, const Expr **out, size_t most);

/* The same as a cycloid: x(s) and y(s), both NULL if this form of the constant gives none. False: there are no more forms. */
bool        ode_cycloid(Pool *p, Arena *a, const Expr *quantity, const Expr *y, Constants *names, size_t form, const Expr *s, const Expr **x_of, const Expr **y_of);

/* An antiderivative by a small table: sums of polynomial, rational, exponential and a few circular functions; NULL: not found. */
const Expr *ode_antiderivative(Pool *p, Arena *a, const Expr *f, const Expr *x);

/* The sign of a real expression: proved, or with all letters positive (then *positive is set to e or -e); 0: not known. */
int         ode_sign(Pool *p, Arena *a, const Expr *e, const Expr **positive);

#endif
