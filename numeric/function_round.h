/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The correctly rounded value of a function row at exact arguments, to any precision and in any direction. */
#ifndef NUMERIC_FUNCTION_ROUND_H
#define NUMERIC_FUNCTION_ROUND_H

#include "numeric/function.h"

#include <mpfr.h>

/* r = fn(u[0], ..., u[n-1]) rounded in direction rnd; returns the ternary value as MPFR does. Outside the real domain: nan; at a pole
 * the infinity if both sides agree. Infinite arguments give the limit. r must not be one of the u. */
int fn_round(mpfr_ptr r, const FnRow *fn, const mpfr_srcptr *u, slong n, mpfr_rnd_t rnd);

#endif
