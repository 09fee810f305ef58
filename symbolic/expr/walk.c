/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk itself: expr_nodes() lists arguments before what holds them, and a memo keeps what each became. */
#include "symbolic/expr/walk.h"

#include "symbolic/expr/memo.h"

bool args_differ(const Expr *node, const Expr *const *arg)
{
    for (uint32_t i = 0; i < node->arity; i++)
        if (arg[i] != node->arg[i])
            return true;
    return false;
}

const Expr *expr_walk(Pool *p, const Expr *e, NodeMaker make, void *context)
{
    if (!e)
        return NULL;
    Arena      *a = arena_new();
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    Memo        done = memo_new(a);
    const Expr *made = e;
    for (size_t k = 0; k < nodes.n && made; k++) {
        const Expr  *node = nodes.at[k];
        const Expr **arg = arena_array(a, const Expr *, node->arity + 1);
        for (uint32_t i = 0; i < node->arity; i++)
            arg[i] = memo_get(&done, node->arg[i]);
        made = make(context, p, a, node, arg);
        memo_put(&done, node, made);
    }
    arena_delete(a);
    return made;
}
