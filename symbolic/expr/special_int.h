/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of exact values share: one rule per function, which returns NULL where it has nothing to say. */
#ifndef SYMBOLIC_EXPR_SPECIAL_INT_H
#define SYMBOLIC_EXPR_SPECIAL_INT_H

#include "symbolic/expr/expr_int.h"

static inline const Expr *pi_times(Pool *p, slong n, slong d) { return expr_mul(p, expr_ratio(p, n, d), expr_constant(p, CONSTANT_PI)); }

typedef const Expr *(*Rule)(Pool *p, const Expr *const *u, size_t n);

/* special_sign.c: size, sign, rounding, extremes, parts of complex numbers */
const Expr *abs_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *sign_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *floor_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *ceil_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *round_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *mod_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *max_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *min_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *relu_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *hypot_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *re_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *im_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *conj_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *arg_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *atan2_rule(Pool *p, const Expr *const *u, size_t n);

/* special_gamma.c: factorials, gamma and its kin, zeta, Lambert W, Bessel functions */
const Expr *factorial_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *binomial_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *gamma_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *lgamma_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *digamma_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *polygamma_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *beta_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *zeta_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *zetaderiv_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *lambertw_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *lambertwm1_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *bessel_regular_rule(Pool *p, const Expr *const *u, size_t n);
const Expr *bessel_singular_rule(Pool *p, const Expr *const *u, size_t n);

/* algebraic.c: root_of(number, coefficients) by the minimal polynomial */
const Expr *root_of_rule(Pool *p, const Expr *const *u, size_t n);

/* special_at.c: values at 0, 1, -1, oo and -oo from a table; a failure where the function is not defined. */
const Expr *value_at_point(Pool *p, const FnRow *fn, const Expr *u);

#endif
