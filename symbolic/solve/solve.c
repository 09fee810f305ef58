/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One polynomial equation, exactly. The numerator of the fraction in lowest terms is factored over the rationals. Linear and
 * quadratic factors are solved for any coefficients, a polynomial in x^2 by that in x; factors of higher degree need rational
 * coefficients and give algebraic numbers (algebraic.c). Every solution is substituted back. */
#include "symbolic/solve/solve.h"

#include "base/interrupt.h"
#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/expr/evaluate.h"

enum { DEGREE_LIMIT = 2000, LISTED_DEGREE = 12 };

/* Fails only on proof: balls that differ. */
static bool satisfies(Pool *p, const Expr *e, const Expr *x, const Expr *root)
{
    const Expr *at = expr_subst(p, e, &x, &root, 1);
    if (!at) {
        pool_clear_error(p);
        return false;               /* a pole */
    }
    return expr_agrees(p, at, expr_int(p, 0));
}

static Roots unsolved(const char *why)
{
    return (Roots){ .found = UNKNOWN, .why = why };
}

/* ---- roots of one factor --------------------------------------------------------------------------------------------- */

typedef struct Factor {             /* what the roots of one factor are found from */
    Pool *pool;
    Arena *arena;
    bool   real_only;
    Roots *r;
} Factor;

static void add_root(Factor *s, const Expr *root)
{
    Roots *r = s->r;
    for (size_t i = 0; i < r->n; i++)
        if (r->at[i] == root)
            return;
    r->at[r->n++] = root;
}

/* c[0] + c[1]*x + c[2]*x^2, exactly as the schoolbook has it; returns the number of roots. */
static size_t quadratic(Pool *p, const Expr *const *c, const Expr **out)
{
    const Expr *four = expr_mul(p, expr_int(p, 4), expr_mul(p, c[2], c[0]));
    const Expr *inner = expr_factor(p, expr_sub(p, expr_powi(p, c[1], 2), four));
    const Expr *root = expr_pow(p, inner, expr_ratio(p, 1, 2)), *twice = expr_mul(p, expr_int(p, 2), c[2]);
    const Expr *centre = expr_div(p, expr_neg(p, c[1]), twice), *half = expr_div(p, root, twice);
    out[0] = expr_sub(p, centre, half);
    out[1] = expr_add(p, centre, half);
    return inner && expr_is_zero(inner) ? 1 : 2;
}

/* Rational coefficients, irreducible; false if the degree is beyond algebraic numbers. */
static bool add_algebraic(Factor *s, const fmpz_poly_t f)
{
    slong degree = fmpz_poly_degree(f);
    if (degree > ROOT_OF_DEGREE)
        return false;
    slong real = fmpz_poly_num_real_roots(f), listed = s->real_only || degree > LISTED_DEGREE ? real : degree;
    s->r->unlisted += (size_t)(degree - listed);
    for (slong k = 1; k <= listed && !should_stop(); k++) {
        const Expr *root = expr_root(s->pool, f, k);
        if (!root)
            return false;
        if (k > real && real > 0 && expr_is_call(root, FN_root_of))
            s->r->unlisted++;
        else
            add_root(s, root);
    }
    return true;
}

/* Coefficients of a polynomial in x^2 as one in y = x^2. */
static bool halve(Arena *a, const Expr *const *c, slong degree, const Expr ***half)
{
    *half = arena_array(a, const Expr *, (size_t)degree / 2 + 1);
    for (slong i = 0; i <= degree; i++)
        if (i % 2 && !expr_is_zero(c[i]))
            return false;
        else if (i % 2 == 0)
            (*half)[i / 2] = c[i];
    return degree % 2 == 0;
}

static void assume_nonzero(Factor *s, const Expr *leading)
{
    const Expr *old = s->r->assumed_nonzero;
    if (!expr_is_numeric(leading))
        s->r->assumed_nonzero = old ? expr_mul(s->pool, old, leading) : leading;
}

/* Adds the roots of c[0] + c[1]*x + ...; false if its degree is beyond us. */
static bool factor_roots(Factor *s, const Expr *const *c, slong degree)
{
    Pool        *p = s->pool;
    const Expr  *root[2], **half, *square[2];
    fmpz_poly_t  f;
    fmpz_poly_init(f);
    bool rational = degree > 2 && expr_integer_poly(c, degree, f), fine = rational && add_algebraic(s, f);
    fmpz_poly_clear(f);
    if (rational || degree == 0)
        return fine || degree == 0;
    assume_nonzero(s, c[degree]);
    if (degree > 2 && !(degree == 4 && halve(s->arena, c, degree, &half)))
        return false;
    size_t n = 1;
    if (degree == 1)
        root[0] = expr_div(p, expr_neg(p, c[0]), c[1]);
    else
        n = quadratic(p, degree == 4 ? half : c, degree == 4 ? square : root);
    for (size_t i = 0; i < n; i++) {
        const Expr *y = degree == 4 ? expr_pow(p, square[i], expr_ratio(p, 1, 2)) : root[i];
        if (!y)
            return false;
        if (degree == 4)
            add_root(s, expr_neg(p, y));
        add_root(s, y);
    }
    return true;
}

/* ---- order --------------------------------------------------------------------------------------------------------------- */

/* Roots of one polynomial by number, which are in order already? */
static bool of_one_polynomial(const Roots *r)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!expr_is_call(r->at[i], FN_root_of) || r->at[i]->arity != r->at[0]->arity)
            return false;
        for (uint32_t k = 1; k < r->at[0]->arity; k++)
            if (r->at[i]->arg[k] != r->at[0]->arg[k])
                return false;
    }
    return true;
}

/* Real numbers ascending, then the rest as it was found. */
static void order_roots(Pool *p, Arena *a, Roots *r)
{
    if (of_one_polynomial(r))
        return;
    acb_ptr z = _acb_vec_init((slong)r->n + 1);
    bool   *real = arena_array(a, bool, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        real[i] = expr_is_numeric(r->at[i]) && expr_enclose(p, r->at[i], NULL, NULL, 0, 128, z + i, NULL) == EVAL_OK && acb_is_real(z + i);
        for (size_t k = i; k > 0 && real[k]; k--) {
            if (real[k - 1] && !arb_lt(acb_realref(z + k), acb_realref(z + k - 1)))
                break;
            const Expr *e = r->at[k];
            r->at[k] = r->at[k - 1];
            r->at[k - 1] = e;
            acb_swap(z + k, z + k - 1);
            bool swap = real[k];
            real[k] = real[k - 1];
            real[k - 1] = swap;
        }
    }
    _acb_vec_clear(z, (slong)r->n + 1);
}

static Roots solve_polynomial(Pool *p, Arena *a, const Expr *e, const Expr *x, bool real_only)
{
    const Expr *num, *den, *whole = expr_together(p, e), **c;
    if (!whole)
        return unsolved("the equation has no value");
    expr_fraction(p, whole, &num, &den);
    if (expr_normal_is_zero(p, num))
        return (Roots){ .found = YES, .every = true };
    if (!expr_depends(p, num, x))
        return num->kind == EXPR_NUMBER ? (Roots){ .found = NO } : unsolved("the unknown does not occur");
    slong degree = expr_coefficients(p, a, num, x, DEGREE_LIMIT, &c);
    if (degree < 0)
        return unsolved("it is no polynomial equation in the unknown");
    const Expr *f = expr_factor(p, num);
    Roots       r = { .found = YES, .at = arena_array(a, const Expr *, (size_t)degree * 2 + 2) };
    Factor      s = { p, a, real_only, &r };
    for (size_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        slong       n;
        if (g->kind == EXPR_POW && expr_fits_slong(g->arg[1], &n) && n > 0)
            g = g->arg[0];
        if (!expr_depends(p, g, x))
            continue;
        if ((degree = expr_coefficients(p, a, g, x, DEGREE_LIMIT, &c)) < 0 || !factor_roots(&s, c, degree))
            return unsolved("a factor of degree above 2 has no rational coefficients, or its degree is too high");
        if (should_stop())
            return unsolved("it was stopped");
    }
    size_t kept = 0;
    for (size_t i = 0; i < r.n; i++)
        if (expr_is_call(r.at[i], FN_root_of) || satisfies(p, e, x, r.at[i]))   /* the former by construction */
            r.at[kept++] = r.at[i];
    r.n = kept;
    r.found = kept || r.unlisted ? YES : NO;
    order_roots(p, a, &r);
    return r;
}

Roots expr_solve(Pool *p, Arena *a, const Expr *e, const Expr *x)      { return solve_polynomial(p, a, e, x, false); }
Roots expr_solve_real(Pool *p, Arena *a, const Expr *e, const Expr *x) { return solve_polynomial(p, a, e, x, true); }
