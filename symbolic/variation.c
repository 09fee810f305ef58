/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Euler-Lagrange equation by jet calculus: y, y', y'', ... count as independent variables for the partial
 * derivatives of L, and the total derivative d/dx follows x, y, y', ... by the chain rule.
 *
 *     sum over k of (-1)^k (d/dx)^k (dL/dy^(k)) = 0
 *
 * One unknown function of one variable, derivatives of any order. [Gelfand, Fomin: Calculus of Variations, 1963, 11] */
#include "symbolic/variation.h"

#include "symbolic/diff.h"
#include "symbolic/poly.h"
#include "symbolic/zero.h"

static const Expr *jet(Pool *p, const Expr *y, uint32_t order)
{
    return expr_unknown(p, y->unknown.name, &order, y->arg, 1);
}

/* The highest derivative of y that occurs in e; -1 if none does, -2 if y has other arguments somewhere. */
static int highest_order(Pool *p, const Expr *e, const Expr *y)
{
    Arena *scratch = arena_new();
    Nodes  nodes = expr_nodes(p, scratch, &e, 1);
    int    highest = -1;
    for (size_t i = 0; i < nodes.n && highest > -2; i++) {
        const Expr *u = nodes.at[i];
        if (u->kind != EXPR_UNKNOWN || !str_eq(u->unknown.name, y->unknown.name))
            continue;
        if (u->arity != 1 || u->arg[0] != y->arg[0])
            highest = -2;
        else if ((int)u->unknown.order[0] > highest)
            highest = (int)u->unknown.order[0];
    }
    arena_delete(scratch);
    return highest;
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
        if (!seen && expr_depends(p, rest, lead)) {
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

const Expr *expr_euler_lagrange(Pool *p, const Expr *lagrangian, const Expr *y)
{
    int order = highest_order(p, lagrangian, y);
    if (order == -2)
        return pool_fail(p, "the unknown function has other arguments in the Lagrangian");
    if (order == -1)
        return pool_fail(p, "the unknown function does not occur in the Lagrangian");
    const Expr *x = y->arg[0], *sum = expr_int(p, 0);
    for (int k = 0; sum && k <= order; k++) {
        const Expr *term = expr_diff_n(p, expr_diff(p, lagrangian, jet(p, y, (uint32_t)k)), x, k);
        sum = k % 2 ? expr_sub(p, sum, term) : expr_add(p, sum, term);
    }
    if (!sum)
        return NULL;
    /* Fractions and roots stand in common factors of a nonzero denominator: the numerator says the same. */
    const Expr *expanded = expr_expand(p, sum), *top = NULL, *bottom = NULL;
    const Expr *joined = expanded ? expr_together(p, expanded) : NULL;
    if (!joined)
        return NULL;
    expr_fraction(p, joined, &top, &bottom);
    top = top ? expr_expand(p, top) : NULL;
    int highest = top ? highest_order(p, top, y) : -1;
    return highest < 0 ? top : normalized(p, top, jet(p, y, (uint32_t)highest));
}

static Value euler_lagrange_call(Call *c)
{
    const Expr *y = c->arg[1].expr;
    if (y->kind != EXPR_UNKNOWN || y->arity != 1 || y->arg[0]->kind != EXPR_SYMBOL)
        return call_fail(c, 1, "the unknown must be a function of one variable, as in y(x)");
    const Expr *equation = expr_euler_lagrange(c->pool, c->arg[0].expr, y);
    return value_expr(equation ? expr_relation(c->pool, REL_EQ, equation, expr_int(c->pool, 0)) : NULL);
}

const Builtin variation_builtins[] = {
    { .sig = "euler_lagrange(L: lagrangian, y: unknown) -> relation",
      .help = "The differential equation of the functions y(x) that make the integral of L(x, y, y', ...) stationary.",
      .example = { { "euler_lagrange(y'^2/2 - y^2/2, y(x))", "y'' + y = 0" },
                   { "euler_lagrange(y''^2, y(x))", "y'''' = 0" } },
      .lesson = 12, .see = "diff", .words = "variation calculus of variations extremal action lagrangian", .call = euler_lagrange_call },
    { 0 }
};
