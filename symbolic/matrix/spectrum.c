/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eigenvalues. Of a rational matrix the characteristic polynomial is factored over the rationals; roots of factors of degree up to
 * EXACT_DEGREE are exact (algebraic.c), others are isolated by Arb. With letters or other constants the polynomial comes from
 * the traces of powers [Faddeev, LeVerrier] and its factors go to the solver of equations; a matrix of numbers that it does not solve
 * is enclosed by balls (eigen_ball.c). Triangular matrices show their eigenvalues. */
#include "symbolic/matrix/spectrum.h"

#include "base/interrupt.h"
#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/matrix/echelon.h"
#include "symbolic/matrix/exact_matrix.h"
#include "symbolic/solve/solve.h"

#include <stdlib.h>

#include <flint/fmpq_poly.h>
#include <flint/fmpz_poly_factor.h>
#if __FLINT_RELEASE >= 30000
#include <flint/arb_fmpz_poly.h>
#else
#include <arb_fmpz_poly.h>
#endif

enum { MOST_SYMBOLIC = 8, MOST_CONSTANT = 4, MOST_RATIONAL = 150, ORDER_BITS = 256 };

/* ---- characteristic polynomials ---------------------------------------------------------------------------------------------- */

static void rational_charpoly(const Expr *m, fmpq_poly_t f)
{
    fmpq_mat_t q;
    tensor_get_fmpq_mat(q, m);
    fmpq_mat_charpoly(f, q);
    fmpq_mat_clear(q);
}

/* next = A*M, entries kept tidy. */
static bool multiply(Pool *p, Arena *a, const Expr *m, const Expr **right, const Expr **next, size_t n)
{
    const Expr **term = arena_array(a, const Expr *, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k < n; k++)
                term[k] = expr_mul(p, m->arg[i * n + k], right[k * n + j]);
            if (!(next[i * n + j] = entry_tidy(p, expr_sum(p, term, n))))
                return false;
        }
    return !should_stop() || (pool_fail(p, "interrupted"), false);
}

bool matrix_charpoly(Pool *p, Arena *a, const Expr *m, const Expr **c)
{
    size_t n = expr_rows(m);
    if (tensor_is_rational(m)) {
        fmpq_poly_t f;
        fmpq_t      q;
        fmpq_poly_init(f);
        fmpq_init(q);
        rational_charpoly(m, f);
        for (size_t i = 0; i <= n; i++) {
            fmpq_poly_get_coeff_fmpq(q, f, (slong)i);
            c[i] = expr_fmpq(p, q);
        }
        fmpq_clear(q);
        fmpq_poly_clear(f);
        return true;
    }
    if (n > MOST_SYMBOLIC)
        return pool_fail(p, "a matrix with entries that are not rational may have %d rows here", (int)MOST_SYMBOLIC), false;
    const Expr **power = arena_array(a, const Expr *, n * n), **next = arena_array(a, const Expr *, n * n);
    for (size_t i = 0; i < n * n; i++)
        power[i] = expr_int(p, i % (n + 1) == 0);
    c[n] = expr_int(p, 1);
    for (size_t k = 1; k <= n; k++) {
        if (!multiply(p, a, m, power, next, n))
            return false;
        const Expr *trace = expr_int(p, 0);
        for (size_t i = 0; i < n; i++)
            trace = expr_add(p, trace, next[i * n + i]);
        c[n - k] = entry_tidy(p, expr_div(p, trace, expr_int(p, -(slong)k)));
        for (size_t i = 0; i < n; i++)
            next[i * n + i] = entry_tidy(p, expr_add(p, next[i * n + i], c[n - k]));
        const Expr **swap = power;
        power = next;
        next = swap;
    }
    for (size_t i = 0; i <= n; i++)
        if (!c[i])
            return false;
    return true;
}

/* ---- order ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Placed { Eigenvalue value; acb_t ball; } Placed;

/* Real ones ascending, then by falling real part, the smaller imaginary part first, above the real line before below. Parts that
 * ORDER_BITS bits do not tell apart count as equal. */
static int in_order(const void *a, const void *b)
{
    const Placed *u = a, *v = b;
    if (u->value.real != v->value.real)
        return u->value.real ? -1 : 1;
    arb_srcptr x = acb_realref(u->ball), y = acb_realref(v->ball);
    if (u->value.real)
        return arf_cmp(arb_midref(x), arb_midref(y));
    if (!arb_overlaps(x, y))
        return arf_cmp(arb_midref(y), arb_midref(x));
    arb_t s, t;
    arb_init(s);
    arb_init(t);
    arb_abs(s, acb_imagref(u->ball));
    arb_abs(t, acb_imagref(v->ball));
    int order = arb_overlaps(s, t) ? arf_cmp(arb_midref(acb_imagref(v->ball)), arb_midref(acb_imagref(u->ball))) : arf_cmp(arb_midref(s), arb_midref(t));
    arb_clear(t);
    arb_clear(s);
    return order;
}

/* Sorts what can be enclosed; expressions in letters keep their order. */
static void put_in_order(Pool *p, Arena *a, Spectrum *s)
{
    Placed *at = arena_array(a, Placed, s->n);
    bool    fine = true;
    for (size_t i = 0; i < s->n; i++) {
        at[i].value = s->value[i];
        acb_init(at[i].ball);
        fine = expr_enclose(p, s->value[i].at, NULL, NULL, 0, ORDER_BITS, at[i].ball, NULL) == EVAL_OK && fine;
        at[i].value.real = at[i].value.real || acb_is_real(at[i].ball);
    }
    if (fine)
        qsort(at, s->n, sizeof *at, in_order);
    for (size_t i = 0; i < s->n; i++) {
        s->value[i] = at[i].value;
        acb_clear(at[i].ball);
    }
}

/* ---- rational matrices ------------------------------------------------------------------------------------------------------------ */

/* All roots of an irreducible factor, each `times` times. */
static bool add_roots(Pool *p, Spectrum *s, const fmpz_poly_t f, size_t times, size_t digits)
{
    slong   degree = fmpz_poly_degree(f), real = fmpz_poly_num_real_roots(f);
    acb_ptr root = _acb_vec_init(degree);
    bool    fine = true;
    if (degree > EXACT_DEGREE)
        arb_fmpz_poly_complex_roots(root, f, 0, (slong)(3.33 * (double)digits) + 32);
    for (slong k = 1; k <= degree && fine; k++) {
        Eigenvalue *v = &s->value[s->n];
        v->at = degree > EXACT_DEGREE ? spectrum_ball(p, root + k - 1, digits) : expr_root(p, f, k);
        v->times = times;
        v->real = k <= real;
        if ((fine = v->at && !should_stop())) {
            v->minimal = flint_malloc(sizeof *v->minimal);
            fmpz_poly_init(v->minimal);
            fmpz_poly_set(v->minimal, f);
            s->n++;
        }
    }
    s->exact = s->exact && degree <= EXACT_DEGREE;
    _acb_vec_clear(root, degree);
    return fine;
}

static bool rational_spectrum(Pool *p, const Expr *m, size_t digits, Spectrum *s)
{
    fmpq_poly_t        c;
    fmpz_poly_t        f;
    fmpz_poly_factor_t factors;
    bool               fine = true;
    fmpq_poly_init(c);
    fmpz_poly_init(f);
    fmpz_poly_factor_init(factors);
    rational_charpoly(m, c);
    fmpq_poly_get_numerator(f, c);
    fmpz_poly_factor(factors, f);
    for (slong i = 0; i < factors->num && fine; i++)
        fine = add_roots(p, s, factors->p + i, (size_t)factors->exp[i], digits);
    fmpz_poly_factor_clear(factors);
    fmpz_poly_clear(f);
    fmpq_poly_clear(c);
    return fine || (pool_fail(p, "interrupted"), false);
}

void spectrum_clear(Spectrum *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->value[i].minimal) {
            fmpz_poly_clear(s->value[i].minimal);
            flint_free(s->value[i].minimal);
        }
    s->n = 0;
}

/* ---- letters and other constants ---------------------------------------------------------------------------------------------------- */

static bool is_triangular(const Expr *m)
{
    size_t n = expr_rows(m);
    bool   upper = true, lower = true;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            upper = upper && (i <= j || expr_is_zero(m->arg[i * n + j]));
            lower = lower && (i >= j || expr_is_zero(m->arg[i * n + j]));
        }
    return upper || lower;
}

/* Adds a value, or raises the multiplicity of one that is proved equal. */
static bool add_value(Pool *p, Spectrum *s, const Expr *e, size_t times)
{
    for (size_t i = 0; i < s->n; i++) {
        const Expr *d = expr_sub(p, e, s->value[i].at);
        if (d && entry_is_zero(p, d) == YES) {
            s->value[i].times += times;
            return true;
        }
    }
    s->value[s->n++] = (Eigenvalue){ .at = e, .times = times };
    s->exact = s->exact && !(e->flags & EXPR_HAS_BALL);
    return true;
}

/* The roots of one factor of the characteristic polynomial in x. Its leading coefficient divides the denominators of the entries, so it
 * is not zero where the matrix is defined. */
static bool add_factor(Pool *p, Arena *a, Spectrum *s, const Expr *f, const Expr *x, size_t times)
{
    const Expr **c;
    slong        degree = expr_coefficients(p, a, f, x, 2 * MOST_SYMBOLIC, &c);
    if (degree <= 0)
        return degree == 0;
    Roots r = expr_solve(p, a, f, x);
    if (r.found != YES || r.every || r.unlisted || ((slong)r.n != degree && r.n != 1))
        return false;
    for (size_t i = 0; i < r.n; i++) {
        const Expr *e = entry_tidy(p, r.at[i]);
        if (!e || !add_value(p, s, expr_is_numeric(e) ? e : r.at[i], times * (size_t)degree / r.n))
            return false;
    }
    return true;
}

static bool solved_spectrum(Pool *p, Arena *a, const Expr *const *c, size_t n, Spectrum *s)
{
    const Expr  *x = expr_fresh(p, expr_symbol(p, STR("x"))), **term = arena_array(a, const Expr *, n + 1);
    for (size_t i = 0; i <= n; i++)
        term[i] = expr_mul(p, c[i], expr_powi(p, x, (slong)i));
    const Expr *f = expr_factor(p, expr_sum(p, term, n + 1));
    size_t      found = 0;
    for (size_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        slong       times = 1;
        if (g->kind == EXPR_POW && expr_fits_slong(g->arg[1], &times) && times > 0)
            g = g->arg[0];
        else
            times = 1;
        if (expr_depends(p, g, x) && !add_factor(p, a, s, g, x, (size_t)times))
            return false;
    }
    for (size_t i = 0; i < s->n; i++)
        found += s->value[i].times;
    return found == n;
}

static size_t zeros_of(Pool *p, const Expr *const *c, size_t n)
{
    size_t k = 0;
    while (k < n && entry_is_zero(p, c[k]) == YES)
        k++;
    return k;
}

bool matrix_spectrum(Pool *p, Arena *a, const Expr *m, size_t digits, Spectrum *s)
{
    size_t n = expr_rows(m), zeros = 0;
    bool   fine = false, numeric = expr_is_numeric(m), balls = m->flags & EXPR_HAS_BALL;
    *s = (Spectrum){ .exact = true, .value = arena_array(a, Eigenvalue, n) };
    if (n > MOST_RATIONAL)
        return pool_fail(p, "eigenvalues of matrices with %d rows at most", (int)MOST_RATIONAL), false;
    if (tensor_is_rational(m)) {
        if (!rational_spectrum(p, m, digits, s))
            return false;
        put_in_order(p, a, s);
        return true;
    }
    if (is_triangular(m)) {
        for (size_t i = 0; i < n; i++)
            add_value(p, s, m->arg[i * n + i], 1);
        put_in_order(p, a, s);
        return true;
    }
    if (!balls && n <= (numeric ? MOST_CONSTANT : MOST_SYMBOLIC)) {
        const Expr **c = arena_array(a, const Expr *, n + 1);
        if (!matrix_charpoly(p, a, m, c))
            return false;
        zeros = zeros_of(p, c, n);
        fine = solved_spectrum(p, a, c, n, s);
        pool_clear_error(p);
    }
    if (!fine && numeric)
        return matrix_enclose_eigen(p, a, m, digits, zeros, s, NULL);
    if (!fine)
        return pool_fail(p, "no formula was found for the roots of the characteristic polynomial"), false;
    put_in_order(p, a, s);
    return true;
}
