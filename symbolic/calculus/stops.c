/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop_gradient(u) has the value of u and the derivative 0, so its derivative is not the slope of its values. Commands that find limits,
 * roots, extrema, pictures of a function use derivatives as a means; they take the function of values. What is asked for derivatives (diff,
 * gradient, hvp, graph, minimize) keeps it, and so do simplifications, because a derivative may be taken of what they leave. */
#include "symbolic/calculus/stops.h"

#include "symbolic/expr/memo.h"

static bool any_stop(Nodes nodes)
{
    for (size_t i = 0; i < nodes.n; i++)
        if (expr_is_call(nodes.at[i], FN_stop_gradient))
            return true;
    return false;
}

const Expr *expr_without_stops(Pool *p, const Expr *e)
{
    if (!e)
        return NULL;
    Arena      *a = arena_new();
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    Memo        done = memo_new(a);
    const Expr *r = e;
    bool        any = any_stop(nodes);
    for (size_t i = 0; any && i < nodes.n && r; i++) {
        const Expr  *node = nodes.at[i];
        const Expr **u = arena_array(a, const Expr *, node->arity + 1);
        bool         leaf = node->arity == 0 || node->kind == EXPR_UNKNOWN, changed = false;
        for (uint32_t k = 0; !leaf && k < node->arity; k++) {
            u[k] = memo_get(&done, node->arg[k]);
            changed = changed || u[k] != node->arg[k];
        }
        r = expr_is_call(node, FN_stop_gradient) ? u[0] : changed ? expr_remake(p, node, u) : node;
        memo_put(&done, node, r);
    }
    arena_delete(a);
    return r;
}
