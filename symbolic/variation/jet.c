/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jets: y, y', y'' or u, u_x, u_xt as independent variables. For partial derivatives and for tests each node of an unknown function is
 * replaced by a symbol of its own ("frozen"), so that an unknown potential V(y) of the user is differentiated in y by the chain rule;
 * the total derivative is the derivative in x of the nodes themselves, which raises their order. [Olver: Applications of Lie Groups
 * to Differential Equations, 1993, 2.3] */
#include "symbolic/variation/variation_int.h"

#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"

static const Expr *frozen_symbol(Pool *p)
{
    return expr_fresh(p, expr_symbol(p, STR("jet")));
}

bool jet_is_of(const Expr *e, const Expr *y)
{
    if (e->kind != EXPR_UNKNOWN || e->arity != y->arity || !str_eq(e->unknown.name, y->unknown.name))
        return false;
    return !memcmp(e->arg, y->arg, e->arity*sizeof *e->arg);
}

Jets jets_of(Pool *p, Arena *a, const Expr *e, const Expr *const *y, size_t n)
{
    Nodes nodes = expr_nodes(p, a, &e, 1);
    Jets  j = { 0, arena_array(a, const Expr *, nodes.n + 1), arena_array(a, const Expr *, nodes.n + 1) };
    for (size_t i = 0; i < nodes.n; i++)
        for (size_t k = 0; k < n; k++)
            if (jet_is_of(nodes.at[i], y[k])) {
                j.symbol[j.n] = frozen_symbol(p);
                j.at[j.n++] = nodes.at[i];
                break;
            }
    return j;
}

const Expr *jets_frozen(Pool *p, const Expr *e, const Jets *j)
{
    return e ? expr_subst(p, e, j->at, j->symbol, j->n) : NULL;
}

const Expr *jets_thawed(Pool *p, const Expr *e, const Jets *j)
{
    return e ? expr_subst(p, e, j->symbol, j->at, j->n) : NULL;
}

bool jets_gradient(Pool *p, const Expr *e, const Jets *j, const Expr **out)
{
    const Expr *frozen = jets_frozen(p, e, j);
    if (!frozen || !expr_gradient(p, frozen, j->symbol, j->n, out))
        return false;
    for (size_t i = 0; i < j->n; i++)
        if (!(out[i] = jets_thawed(p, out[i], j)))
            return false;
    return true;
}

const Expr *jet_explicit(Pool *p, const Expr *e, const Jets *j, const Expr *x)
{
    const Expr *frozen = jets_frozen(p, e, j), *d = frozen ? expr_diff(p, frozen, x) : NULL;
    return jets_thawed(p, d, j);
}

const Expr *jet_node(Pool *p, const Expr *y, const uint32_t *order)
{
    return expr_unknown(p, y->unknown.name, order, y->arg, y->arity);
}

uint32_t jet_order(const Expr *node)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < node->arity; i++)
        n += node->unknown.order[i];
    return n;
}

const Expr *jet_total(Pool *p, const Expr *e, const Expr *x, uint32_t n)
{
    return e ? expr_diff_n(p, e, x, (slong)n) : NULL;
}

Jets jets_all(Pool *p, Arena *a, const Expr *e)
{
    Nodes nodes = expr_nodes(p, a, &e, 1);
    Jets  j = { 0, arena_array(a, const Expr *, nodes.n + 1), arena_array(a, const Expr *, nodes.n + 1) };
    for (size_t i = 0; i < nodes.n; i++)
        if (nodes.at[i]->kind == EXPR_UNKNOWN) {
            j.symbol[j.n] = frozen_symbol(p);
            j.at[j.n++] = nodes.at[i];
        }
    return j;
}

Verdict jet_zero_test(Pool *p, const Expr *e)
{
    if (!e)
        return expr_zero_test(p, e);
    Arena  *a = arena_new();
    Jets    j = jets_all(p, a, e);
    Verdict v = expr_zero_test(p, jets_frozen(p, e, &j));
    arena_delete(a);
    return v;
}

const Expr *jet_simplified(Pool *p, const Expr *e)
{
    if (!e)
        return NULL;
    Arena      *a = arena_new();
    Jets        j = jets_all(p, a, e);
    const Expr *frozen = jets_frozen(p, e, &j), *simple = frozen ? expr_simplify(p, frozen) : NULL;
    const Expr *r = jets_thawed(p, simple ? simple : frozen, &j);
    arena_delete(a);
    return r ? r : e;
}

const Expr *jet_numerator(Pool *p, const Expr *e, const Expr **bottom)
{
    const Expr *top = NULL, *below = NULL, *expanded = e ? expr_expand(p, e) : NULL;
    const Expr *joined = expanded ? expr_together(p, expanded) : NULL;
    if (!joined)
        return NULL;
    expr_fraction(p, joined, &top, &below);
    if (bottom)
        *bottom = below;
    return top ? expr_expand(p, top) : NULL;
}
