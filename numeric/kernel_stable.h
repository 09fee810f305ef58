/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ball kernels of the functions that exist for the sake of accuracy; kernel.c puts them into their rows. */
#ifndef NUMERIC_KERNEL_STABLE_H
#define NUMERIC_KERNEL_STABLE_H

#include "numeric/function.h"

void real_fma(arb_t r, arb_srcptr u, slong n, slong prec);
void real_sinpi(arb_t r, arb_srcptr u, slong n, slong prec);
void real_cospi(arb_t r, arb_srcptr u, slong n, slong prec);
void real_tanpi(arb_t r, arb_srcptr u, slong n, slong prec);
void real_cosm1(arb_t r, arb_srcptr u, slong n, slong prec);
void real_powm1(arb_t r, arb_srcptr u, slong n, slong prec);
void real_compound(arb_t r, arb_srcptr u, slong n, slong prec);
void real_log1mexp(arb_t r, arb_srcptr u, slong n, slong prec);
void real_log_sigmoid(arb_t r, arb_srcptr u, slong n, slong prec);
void real_logaddexp(arb_t r, arb_srcptr u, slong n, slong prec);
void real_logcosh(arb_t r, arb_srcptr u, slong n, slong prec);
void real_xlogy(arb_t r, arb_srcptr u, slong n, slong prec);
void real_xlog1py(arb_t r, arb_srcptr u, slong n, slong prec);
void real_erfcx(arb_t r, arb_srcptr u, slong n, slong prec);

bool outside_powm1(arb_srcptr u);
bool outside_xlogy(arb_srcptr u);
bool outside_xlog1py(arb_srcptr u);
bool outside_negative(arb_srcptr u);        /* surely positive */

#endif
