/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots of polynomials with whole coefficients by number: the real ones ascending, then the others in pairs. */
#ifndef NUMERIC_ROOT_OF_H
#define NUMERIC_ROOT_OF_H

#include "numeric/ball.h"

#include <flint/fmpz_poly.h>
#include <stdbool.h>
#if __FLINT_RELEASE >= 30000
#include <flint/qqbar.h>
#else
#include <calcium/qqbar.h>
#endif

enum { ROOT_OF_DEGREE = 200 };

/* Number k (from 1) of the roots of a polynomial without square factors, exactly; false if there is none. */
bool  root_of_exact(qqbar_t r, const fmpz_poly_t f, slong k);
/* The same as a ball; k is from 1 to the degree. */
void  root_of_enclose(acb_t r, const fmpz_poly_t f, slong k, slong prec);
/* The number of r among the roots of its minimal polynomial. */
slong root_of_number(const qqbar_t r);

/* Kernels of the row root_of: u[0] is the number, u[1], u[2], ... are the coefficients from the constant one on. */
void real_root_of(arb_t r, arb_srcptr u, slong n, slong prec);
void complex_root_of(acb_t r, acb_srcptr u, slong n, slong prec);
bool outside_root_of(arb_srcptr u);

#endif
