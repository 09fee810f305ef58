/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop_gradient(u) has the value of u and the derivative 0, so its derivative is not the slope of its values. Commands that find limits,
 * roots, extrema, pictures of a function use derivatives as a means; they take the function of values. What is asked for derivatives (diff,
 * gradient, hvp, graph, minimize) keeps it, and so do simplifications, because a derivative may be taken of what they leave. */
#include "symbolic/calculus/stops.h"

#include "symbolic/expr/walk.h"

static const Expr *without_stop(void *none, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    (void)none;
    (void)a;
    if (expr_is_call(node, FN_stop_gradient))
        return arg[0];
    return node->kind != EXPR_UNKNOWN && args_differ(node, arg) ? expr_remake(p, node, arg) : node;
}

const Expr *expr_without_stops(Pool *p, const Expr *e)
{
    return expr_walk(p, e, without_stop, NULL);
}
