/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extremals in closed form, where that is easy: linear equations (ode_linear.c), one after the other if each holds only its own
 * function; equations of order 0; and one function with a first integral that leaves y' in terms of x or of y alone (ode_integral.c).
 * Of an equation that is a product, the factor with the highest derivative is solved. Every candidate is put into the
 * equations, and what the zero test does not prove is not returned. */
#include "symbolic/variation/variation_int.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/solve/solve.h"
#include "symbolic/variation/ode.h"

enum { CANDIDATES = 16, LARGE = 300 };

/* The factor of left that holds the highest derivative of y. */
static const Expr *main_factor(const Variation *v, const Expr *left, const Expr *y)
{
    const Expr *f = expr_factor(v->pool, left), *best = left;
    long        highest = -1;
    for (uint32_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        if (g->kind == EXPR_POW && expr_is_integer(g->arg[1]) && expr_number_sign(g->arg[1]) > 0)
            g = g->arg[0];
        Jets j = jets_of(v->pool, v->arena, g, &y, 1);
        for (size_t k = 0; k < j.n; k++)
            if ((long)jet_order(j.at[k]) > highest) {
                highest = (long)jet_order(j.at[k]);
                best = g;
            }
    }
    return best;
}

static bool holds_only(const Variation *v, const Expr *e, const Expr *y)
{
    Jets j = jets_of(v->pool, v->arena, e, v->y, v->n);
    for (size_t k = 0; k < j.n; k++)
        if (!jet_is_of(j.at[k], y))
            return false;
    return j.n > 0;
}

/* An equation without derivatives: its only solution. */
static const Expr *solve_order_zero(const Variation *v, const Expr *left, const Expr *y)
{
    Jets        j = jets_of(v->pool, v->arena, left, &y, 1);
    const Expr *frozen = j.n == 1 && jet_order(j.at[0]) == 0 ? jets_frozen(v->pool, left, &j) : NULL;
    Roots       r = frozen ? expr_solve(v->pool, v->arena, frozen, j.symbol[0]) : (Roots){ 0 };
    pool_clear_error(v->pool);
    return frozen && r.found == YES && r.n == 1 ? r.at[0] : NULL;
}

static bool is_verified(const Variation *v, Extremal *out)
{
    Checked c = variation_check(v, &out->curve);
    out->letters = c.positive;
    return c.answer == YES && !c.multipliers;               /* in a general solution the multiplier stays free */
}

static bool solve_separately(const Variation *v, Constants *c, Extremal *out)
{
    for (size_t i = 0; i < v->given; i++) {
        if (!holds_only(v, v->left[i], v->y[i]))
            return false;
        const Expr *f = main_factor(v, v->left[i], v->y[i]), *value = solve_order_zero(v, f, v->y[i]);
        Solution    s = value ? (Solution){ .value = value } : ode_linear(v->pool, v->arena, f, v->y[i], c);
        if (!s.value)
            return false;
        out->curve.y[i] = s.value;
        out->positive = out->positive ? out->positive : s.positive;
    }
    return is_verified(v, out);
}

/* y'^2 = a/y - b is the cycloid x = k*(s - sin(s)) + C2, y = k*sqrt(b)*(1 - cos(s)). */
static bool solve_by_cycloid(const Variation *v, const Expr *first_integral, Extremal *out)
{
    Constants   names = { .used = v->lagrangian };
    const Expr *parameter = expr_symbol(v->pool, expr_depends(v->pool, v->lagrangian, expr_symbol(v->pool, STR("s"))) ? STR("theta") : STR("s"));
    out->curve.parameter = parameter;
    for (size_t form = 0; ode_cycloid(v->pool, v->arena, first_integral, v->y[0], &names, form, parameter, &out->curve.abscissa, &out->curve.y[0]); form++) {
        if (out->curve.abscissa && is_verified(v, out))
            return true;
        names.next = 0;
    }
    out->curve.parameter = NULL;
    return false;
}

bool variation_solve(const Variation *v, const Conserved *first, size_t n, Extremal *out)
{
    Constants c = { .used = v->lagrangian };
    *out = (Extremal){ .curve = { .y = arena_array(v->arena, const Expr *, v->n) } };
    size_t size = 0;
    for (size_t i = 0; i < v->n; i++)
        size += expr_size(v->pool, v->left[i]);
    if (v->nx != 1 || v->n != v->given || size > LARGE)
        return false;
    if (solve_separately(v, &c, out))
        return true;
    *out = (Extremal){ .curve = out->curve };
    for (size_t i = n; i-- > 0 && v->n == 1;) {             /* the momentum, which is simpler, stands last */
        const Expr *candidate[CANDIDATES];
        Constants   names = { .used = v->lagrangian };
        size_t      m = ode_from_integral(v->pool, v->arena, first[i].quantity, v->y[0], &names, candidate, CANDIDATES);
        for (size_t k = 0; k < m && !should_stop(); k++) {
            out->curve.y[0] = candidate[k];
            if (is_verified(v, out))
                return true;
        }
        if (solve_by_cycloid(v, first[i].quantity, out))
            return true;
    }
    return false;
}
