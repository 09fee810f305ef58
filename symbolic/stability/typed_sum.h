/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and inner products as typed operations: the order and the corrections of each method. */
#ifndef SYMBOLIC_STABILITY_TYPED_SUM_H
#define SYMBOLIC_STABILITY_TYPED_SUM_H

#include "symbolic/expr/expr.h"

#define SUM_METHODS "naive, reverse, pairwise, kahan, neumaier, exact"

#define DOT_METHODS SUM_METHODS ", fma, dot2"

bool        sum_method_known(Str method);
bool        dot_method_known(Str method);
const Expr *typed_sum(Pool *p, Str method, const Expr *const *term, size_t n);     /* n > 0 */
/* The inner product. The methods of sums add rounded products; fma adds each product with one rounding; dot2 also adds up the errors of all
 * products and sums, as if it had twice the digits. */
const Expr *typed_dot_by(Pool *p, Str method, const Expr *const *u, const Expr *const *v, size_t n);
/* The variance (of the whole population) in one pass: mean and squares of deviations are updated number by number [Welford 1962]. */
const Expr *typed_welford(Pool *p, const Expr *const *x, size_t n);

#endif
