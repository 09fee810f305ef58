/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simultaneous substitution: one pass over the reachable nodes, arguments first. What contains none of the replaced
 * nodes keeps its identity. */
#include "symbolic/expr_int.h"

const Expr *expr_subst(Pool *p, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n)
{
    if (!e)
        return NULL;
    uint32_t low = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        if (!to[i])
            return NULL;
        low = from[i]->id < low ? from[i]->id : low;
    }
    if (e->id < low)
        return e;
    Mark         mark = arena_mark(pool_scratch(p));
    Arena       *scratch = pool_scratch(p);
    Nodes        nodes = expr_nodes(p, scratch, &e, 1);
    const Expr **image = arena_array(scratch, const Expr *, (size_t)e->id + 1);
    bool         fine = true;
    for (size_t k = 0; k < nodes.n && fine; k++) {
        const Expr *node = nodes.at[k];
        image[node->id] = node;
        bool changed = false, replaced = false;
        for (size_t i = 0; i < n && !replaced; i++)
            if (node == from[i]) {
                image[node->id] = to[i];
                replaced = true;
            }
        for (uint32_t i = 0; i < node->arity && !replaced && !changed; i++)
            changed = image[node->arg[i]->id] != node->arg[i];
        if (!changed)
            continue;
        Mark         inner = arena_mark(scratch);
        const Expr **arg = arena_array(scratch, const Expr *, node->arity);
        for (uint32_t i = 0; i < node->arity; i++)
            arg[i] = image[node->arg[i]->id];
        fine = (image[node->id] = node->flags & EXPR_AS_TYPED ? typed_remake(p, node, arg) : expr_remake(p, node, arg)) != NULL;
        arena_release(scratch, inner);
    }
    const Expr *result = fine ? image[e->id] : NULL;
    arena_release(scratch, mark);
    return result;
}
