/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions as typed: subtraction, division, negation and the order of operands stay, nothing is folded. Rounding and
 * teaching depend on the form; expr_canonical() forgets it. */
#include "symbolic/expr_int.h"

const Expr *typed_node(Pool *p, ExprKind kind, const Expr *const *arg, size_t n)
{
    const Shape *shape = NULL;
    Expr         head = { .kind = (uint16_t)kind, .flags = EXPR_AS_TYPED };
    for (size_t i = 0; i < n; i++)
        if (!arg[i])
            return NULL;
    if (!shape_common(p, arg, n, &shape))
        return NULL;
    head.shape = shape;
    return expr_intern(p, &head, arg, n);
}

const Expr *typed_call(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n)
{
    const Shape *shape = NULL;
    for (size_t i = 0; i < n; i++)
        if (!arg[i])
            return NULL;
    if (!shape_common(p, arg, n, &shape))
        return NULL;
    Expr head = { .kind = EXPR_CALL, .flags = EXPR_AS_TYPED, .fn = fn, .shape = shape };
    return expr_intern(p, &head, arg, n);
}

const Expr *typed_number(Pool *p, const fmpq_t q)
{
    return expr_fmpq(p, q);
}

const Expr *expr_canonical(Pool *p, const Expr *e)
{
    if (!e || !(e->flags & EXPR_AS_TYPED))
        return e;
    Arena       *scratch = pool_scratch(p);
    Mark         mark = arena_mark(scratch);
    Nodes        nodes = expr_nodes(p, scratch, &e, 1);
    const Expr **image = arena_array(scratch, const Expr *, (size_t)e->id + 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *node = nodes.at[k];
        image[node->id] = node;
        if (!(node->flags & EXPR_AS_TYPED))
            continue;
        Mark         inner = arena_mark(scratch);
        const Expr **arg = arena_array(scratch, const Expr *, node->arity);
        for (uint32_t i = 0; i < node->arity; i++)
            arg[i] = image[node->arg[i]->id];
        image[node->id] = expr_remake(p, node, arg);
        arena_release(scratch, inner);
        if (!image[node->id])
            break;
    }
    const Expr *result = image[e->id];
    arena_release(scratch, mark);
    return result;
}

const Expr *typed_remake(Pool *p, const Expr *e, const Expr *const *arg)
{
    if (e->kind == EXPR_TENSOR)
        return expr_tensor(p, expr_rows(e), expr_cols(e), arg);
    Expr head = *e;
    head.flags = EXPR_AS_TYPED;
    return expr_intern(p, &head, arg, e->arity);
}
