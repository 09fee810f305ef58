/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The equations of Euler and Lagrange by jet calculus: for each unknown function u of the variables x[0], x[1], ...
 *
 *     sum over the derivatives u_J in L of (-1)^|J| D_J (dL/du_J) = 0,
 *
 * where the derivative in u_J takes all other derivatives as independent and D_J is total. A constraint on an integral adds lambda*g
 * with a constant multiplier, one that holds at every point adds lambda(t)*g with an unknown function; the equation of that multiplier
 * is the constraint itself. Fractions stand in common factors of a nonzero denominator, so the numerator is printed.
 * [Gelfand, Fomin: Calculus of Variations, 1963, 11, 12, 35] */
#include "symbolic/variation/variation.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/variation/variation_int.h"

enum { LONG_EQUATION = 1000, LARGE_EQUATION = 20000 };     /* by expr_cost, roughly the printed length */

/* ---- equations --------------------------------------------------------------------------------------------------- */

static const Expr *variational_derivative(Variation *v, const Jets *j, const Expr *const *partial, const Expr *y)
{
    const Expr *sum = expr_int(v->pool, 0);
    for (size_t k = 0; k < j->n && sum; k++) {
        if (!jet_is_of(j->at[k], y))
            continue;
        const Expr *term = partial[k];
        for (uint32_t i = 0; i < y->arity; i++)
            term = jet_total(v->pool, term, y->arg[i], j->at[k]->unknown.order[i]);
        sum = jet_order(j->at[k]) % 2 ? expr_sub(v->pool, sum, term) : expr_add(v->pool, sum, term);
    }
    return sum;
}

/* Without a common irrational factor, as sqrt(2*g) leaves it. */
static const Expr *without_irrational(Pool *p, const Expr *e)
{
    const Expr *term = e->kind == EXPR_ADD ? e->arg[0] : e, *c = expr_int(p, 1);
    for (uint32_t i = 0; term->kind == EXPR_MUL && i < term->arity; i++)
        if (expr_is_numeric(term->arg[i]) && !expr_is_number(term->arg[i]))
            c = expr_mul(p, c, term->arg[i]);
    const Expr *other = expr_is_one(c) ? e : expr_expand(p, expr_div(p, e, c));
    return other && expr_cost(p, other) < expr_cost(p, e) ? other : e;
}

/* Divides by the rational content of a sum's terms, with the sign that makes the coefficient of `lead` positive. */
static const Expr *normalized(Pool *p, const Expr *e, const Expr *lead)
{
    fmpq_t content;
    fmpq_init(content);
    size_t n = e->kind == EXPR_ADD ? e->arity : 1;
    bool   negative = false, seen = false;
    for (size_t i = 0; i < n; i++) {
        const Expr *rest, *term = e->kind == EXPR_ADD ? e->arg[i] : e;
        const Expr *c = expr_split_coefficient(p, term, &rest);
        fmpq_gcd(content, content, expr_number(c));
        if (!seen && lead && expr_depends(p, rest, lead)) {
            seen = true;
            negative = expr_number_sign(c) < 0;
        }
    }
    if (negative)
        fmpq_neg(content, content);
    if (!fmpq_is_zero(content)) {
        fmpq_inv(content, content);
        e = expr_expand(p, expr_mul(p, expr_fmpq(p, content), e));
    }
    fmpq_clear(content);
    return e;
}

/* Is there something for without_powers? Only then is it worth while to factor. */
static bool has_powers(const Variation *v, const Expr *e)
{
    Nodes nodes = expr_nodes(v->pool, v->arena, &e, 1);
    for (size_t i = 0; i < nodes.n; i++)
        if (expr_is_call(nodes.at[i], FN_exp) || (nodes.at[i]->kind == EXPR_POW && !expr_is_number(nodes.at[i]->arg[1])))
            return true;
    return false;
}

/* Without the factors exp(u) and u^p of symbolic p, which vanish nowhere or only where L is not smooth. */
static const Expr *without_powers(Pool *p, const Expr *e)
{
    const Expr *f = expr_factor(p, e);
    if (!f || f->kind != EXPR_MUL)
        return e;
    const Expr *rest = f;
    for (uint32_t i = 0; i < f->arity && rest; i++)
        if (expr_is_call(f->arg[i], FN_exp) || (f->arg[i]->kind == EXPR_POW && !expr_is_number(f->arg[i]->arg[1])))
            rest = expr_div(p, rest, f->arg[i]);
    return rest == f ? e : expr_expand(p, rest);
}

/* The numerator of one fraction, unless writing it out makes the equation much longer. */
static const Expr *shorter_side(const Variation *v, const Expr *raw)
{
    Pool  *p = v->pool;
    size_t least = expr_cost(p, raw);
    if (least > LARGE_EQUATION)
        return raw;
    const Expr *top = jet_numerator(p, raw, NULL);
    if (top && has_powers(v, top) && expr_cost(p, top) < LARGE_EQUATION)
        top = without_powers(p, top);
    size_t cost = top ? expr_cost(p, top) : 0;
    if (cost > LONG_EQUATION && least < cost/2)
        return raw;
    return top ? without_irrational(p, top) : NULL;
}

/* The derivative whose coefficient is made positive: one of the highest, of y if y occurs; in the time t where there is a choice. */
static const Expr *leading_jet(const Variation *v, const Expr *e, const Expr *y)
{
    Jets        j = jets_of(v->pool, v->arena, e, v->y, v->n);
    const Expr *best = NULL;
    long        rank = -1;
    for (size_t k = 0; k < j.n; k++) {
        const Expr *u = j.at[k];
        uint32_t    last = u->unknown.order[u->arity - 1];
        bool        time = str_is(u->arg[u->arity - 1]->name, "t") && last == jet_order(u);
        long        r = 4L*jet_order(u) + 2*jet_is_of(u, y) + time;
        if (r > rank) {
            rank = r;
            best = u;
        }
    }
    return best;
}

bool variation_equations(Variation *v)
{
    Pool        *p = v->pool;
    Jets         j = jets_of(p, v->arena, v->lagrangian, v->y, v->n);
    const Expr **partial = arena_array(v->arena, const Expr *, j.n + 1);
    v->raw = arena_array(v->arena, const Expr *, v->n);
    v->left = arena_array(v->arena, const Expr *, v->n);
    if (j.n && !jets_gradient(p, v->lagrangian, &j, partial))
        return false;
    for (size_t i = 0; i < v->n; i++) {
        v->raw[i] = variational_derivative(v, &j, partial, v->y[i]);
        const Expr *top = v->raw[i] ? shorter_side(v, v->raw[i]) : NULL;
        if (!top)
            return false;
        if (!expr_is_zero(top) && expr_has_kinks(p, v->arena, top) && jet_zero_test(p, top).answer == YES)
            top = expr_int(p, 0);
        v->large |= expr_cost(p, top) > LARGE_EQUATION;
        v->left[i] = v->large ? top : normalized(p, top, leading_jet(v, top, v->y[i]));
        if (!v->left[i])
            return false;
    }
    return true;
}

const Expr *expr_euler_lagrange(Pool *p, const Expr *lagrangian, const Expr *y)
{
    Variation v = { .pool = p, .arena = arena_new(), .n = 1, .given = 1, .y = &y, .nx = y->arity, .x = y->arg, .lagrangian = lagrangian };
    v.pointwise = expr_int(p, 0);
    const Expr *left = variation_equations(&v) ? v.left[0] : NULL;
    arena_delete(v.arena);
    return left;
}
