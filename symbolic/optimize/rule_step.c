/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The step of a rule: x is taken out of the sum it stands in, x - lr*v gives -(lr*v), and x*(1 - q) gives -(q*x). Nothing is reordered, for
 * short formats would show it. A rule that puts another point into x (fista, lookahead) has no such step. */
#include "symbolic/optimize/rule_step.h"

static bool is_one(const Expr *e)
{
    return expr_is_number(e) && fmpq_is_one(expr_number(e));
}

/* q of 1 - q; NULL: another expression. */
static const Expr *below_one(const Expr *e)
{
    return e->kind == EXPR_SUB && e->arity == 2 && is_one(e->arg[0]) ? e->arg[1] : NULL;
}

static const Expr *negative(Pool *p, const Expr *e)
{
    return typed_node(p, EXPR_NEG, &e, 1);
}

static const Expr *pair(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    const Expr *arg[] = { a, b };
    return typed_node(p, kind, arg, 2);
}

static const Expr *without(Pool *p, const Expr *e, const Expr *x);

/* The sum with term i replaced by rest, or without it where rest is 0. */
static const Expr *sum_without(Pool *p, const Expr *e, size_t i, const Expr *rest)
{
    const Expr **term = arena_array(pool_arena(p), const Expr *, e->arity);
    size_t       n = 0;
    for (size_t k = 0; k < e->arity; k++)
        if (k != i || !expr_is_zero(rest))
            term[n++] = k == i ? rest : e->arg[k];
    return n == 1 ? term[0] : typed_node(p, EXPR_ADD, term, n);
}

/* e - x, where x is one of the terms that e is added up from; NULL: it is not. */
static const Expr *without(Pool *p, const Expr *e, const Expr *x)
{
    if (e == x)
        return expr_int(p, 0);
    if (e->kind == EXPR_SUB && e->arity == 2) {
        const Expr *rest = without(p, e->arg[0], x);
        return !rest ? NULL : expr_is_zero(rest) ? negative(p, e->arg[1]) : pair(p, EXPR_SUB, rest, e->arg[1]);
    }
    for (size_t i = 0; e->kind == EXPR_ADD && i < e->arity; i++) {
        const Expr *rest = without(p, e->arg[i], x);
        if (rest)
            return sum_without(p, e, i, rest);
    }
    for (size_t i = 0; e->kind == EXPR_MUL && e->arity == 2 && i < 2; i++) {
        const Expr *q = below_one(e->arg[1 - i]);
        if (e->arg[i] == x && q)
            return negative(p, pair(p, EXPR_MUL, q, x));
    }
    return NULL;
}

const Expr *rule_step(Pool *p, const Rule *r)
{
    return without(p, r->update[0], r->x);
}

bool rule_step_decides(Pool *p, Arena *a, const Expr *step)
{
    Nodes nodes = expr_nodes(p, a, &step, 1);
    for (size_t k = 0; k < nodes.n; k++)
        if (nodes.at[k]->kind == EXPR_PIECEWISE)
            return true;
    return false;
}
