/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots of integer polynomials by number. Real roots are isolated and ordered by Arb, the others are put in order exactly by
 * Calcium: by falling real part, then by the size of the imaginary part, the one above the real line first. The row root_of
 * holds the number and the coefficients as arguments; a negative number marks a root that is not real. */
#include "numeric/root_of.h"

#if __FLINT_RELEASE >= 30000
#include <flint/arb_fmpz_poly.h>
#else
#include <arb_fmpz_poly.h>
#endif

/* All numbers of the polynomial are whole and exact? Then f and its root's number. */
static bool read_polynomial(fmpz_poly_t f, slong *k, arb_srcptr u, slong n)
{
    fmpz_t c;
    bool   fine = n >= 3 && n <= ROOT_OF_DEGREE + 2;
    fmpz_init(c);
    for (slong i = 0; i < n && fine; i++) {
        fine = arb_is_exact(u + i) && arb_get_unique_fmpz(c, u + i);
        if (fine && i == 0)
            fine = fmpz_fits_si(c) && (*k = fmpz_get_si(c), true);
        else if (fine)
            fmpz_poly_set_coeff_fmpz(f, i - 1, c);
    }
    fmpz_clear(c);
    return fine && fmpz_poly_degree(f) >= 1 && fmpz_poly_is_squarefree(f);
}

static void real_root(arb_t r, const fmpz_poly_t f, slong k, slong prec)
{
    slong   degree = fmpz_poly_degree(f);
    acb_ptr root = _acb_vec_init(degree);
    arb_fmpz_poly_complex_roots(root, f, 0, prec);
    arb_set_round(r, acb_realref(root + k - 1), prec);
    _acb_vec_clear(root, degree);
}

void real_root_of(arb_t r, arb_srcptr u, slong n, slong prec)
{
    fmpz_poly_t f;
    slong       k;
    fmpz_poly_init(f);
    arb_indeterminate(r);
    if (read_polynomial(f, &k, u, n) && k >= 1 && k <= fmpz_poly_num_real_roots(f))
        real_root(r, f, k, prec);
    fmpz_poly_clear(f);
}

/* The real roots come first in Calcium's order, but falling. */
static bool take_root(qqbar_t r, const fmpz_poly_t f, slong k, int flags)
{
    slong degree = fmpz_poly_degree(f), real = degree >= 1 ? fmpz_poly_num_real_roots(f) : 0;
    if (k < 1 || k > degree || degree > ROOT_OF_DEGREE)
        return false;
    qqbar_ptr root = _qqbar_vec_init(degree);
    qqbar_roots_fmpz_poly(root, f, flags);
    qqbar_swap(r, root + (k <= real ? real - k : k - 1));
    _qqbar_vec_clear(root, degree);
    return true;
}

bool root_of_exact(qqbar_t r, const fmpz_poly_t f, slong k)
{
    return take_root(r, f, k, 0);
}

void root_of_enclose(acb_t r, const fmpz_poly_t f, slong k, slong prec)
{
    qqbar_t root;
    acb_zero(r);
    if (k <= fmpz_poly_num_real_roots(f)) {
        real_root(acb_realref(r), f, k, prec);
        return;
    }
    qqbar_init(root);
    take_root(root, f, k, 0);
    qqbar_get_acb(r, root, prec);
    qqbar_clear(root);
}

slong root_of_number(const qqbar_t r)
{
    const fmpz_poly_struct *f = QQBAR_POLY(r);
    slong     degree = fmpz_poly_degree(f), real = fmpz_poly_num_real_roots(f), at = 0;
    qqbar_ptr root = _qqbar_vec_init(degree);
    qqbar_roots_fmpz_poly(root, f, QQBAR_ROOTS_IRREDUCIBLE);
    while (at < degree - 1 && !qqbar_equal(root + at, r))
        at++;
    _qqbar_vec_clear(root, degree);
    return at < real ? real - at : at + 1;
}

void complex_root_of(acb_t r, acb_srcptr u, slong n, slong prec)
{
    fmpz_poly_t f;
    slong       k;
    qqbar_t     root;
    arb_ptr     v = _arb_vec_init(n);
    bool        real = true;
    fmpz_poly_init(f);
    qqbar_init(root);
    acb_indeterminate(r);
    for (slong i = 0; i < n; i++) {
        arb_set(v + i, acb_realref(u + i));
        real = real && acb_is_real(u + i);
    }
    if (real && read_polynomial(f, &k, v, n) && k < 0 && take_root(root, f, -k, 0))
        qqbar_get_acb(r, root, prec);
    qqbar_clear(root);
    fmpz_poly_clear(f);
    _arb_vec_clear(v, n);
}

bool outside_root_of(arb_srcptr u) { return arb_is_negative(u); }
