/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taylor models about 0: x^v*(c_0 + c_1 x + ... + c_(n-1) x^(n-1) + x^n*rho(x)) with |rho(x)| <= bound for 0 < |x| <= r. They prove
 * remainders, also of quotients whose poles cancel. */
#ifndef SYMBOLIC_LIMITS_TAYLOR_MODEL_H
#define SYMBOLIC_LIMITS_TAYLOR_MODEL_H

#include "symbolic/expr/operations.h"

typedef struct TaylorModel {
    slong   valuation;
    slong   n;                      /* coefficients */
    arb_ptr c;
    arb_t   bound;                  /* not negative */
} TaylorModel;

/* The model of the result of o, a function of one variable, with n coefficients on |x| <= r; clear it. False: a function without a model, a
 * singularity inside, or a leading coefficient that could not be told from 0. */
bool taylor_model(const Operations *o, const arb_t r, slong n, slong prec, TaylorModel *out);
void taylor_model_clear(TaylorModel *m);

#endif
