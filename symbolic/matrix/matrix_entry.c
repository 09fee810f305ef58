/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations entry by entry: `.+ .- .* ./ .^`, and scalar expressions lifted to vectors and matrices. */
#include "symbolic/matrix/matrix_int.h"

static bool any_symbolic(const Expr *const *arg, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (expr_is_tensor(arg[i]) && arg[i]->kind != EXPR_TENSOR)
            return true;
    return false;
}

/* The shape of the tensors among the arguments, which must be one; *like is the first of them. False: they differ. */
static bool one_shape(Pool *p, const Expr *const *arg, size_t n, const Expr **like)
{
    *like = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_tensor(arg[i]))
            continue;
        if (*like && (shape_rows(p, *like) != shape_rows(p, arg[i]) || shape_cols(p, *like) != shape_cols(p, arg[i])))
            return shapes_misfit(p, "entry by entry", *like, arg[i]) != NULL;
        *like = *like ? *like : arg[i];
    }
    return true;
}

typedef const Expr *(*Binary)(Pool *, const Expr *, const Expr *);

static const Expr *literal_entries(Pool *p, Binary op, const Expr *a, const Expr *b, const Expr *like)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, like->arity);
    for (uint32_t k = 0; k < like->arity; k++)
        entry[k] = op(p, a->kind == EXPR_TENSOR ? a->arg[k] : a, b->kind == EXPR_TENSOR ? b->arg[k] : b);
    const Expr *e = expr_tensor(p, expr_rows(like), expr_cols(like), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_hadamard(Pool *p, const Expr *const *factor, size_t n)
{
    uint16_t    flags;
    const Expr *like;
    if (any_null(factor, n, &flags))
        return NULL;
    if (!(flags & EXPR_HAS_TENSOR))
        return expr_product(p, factor, n);
    if (!one_shape(p, factor, n, &like))
        return NULL;
    if (!like)
        return product_entrywise(p, factor, n);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **list = arena_array(pool_scratch(p), const Expr *, n + 1), *literal = NULL;
    size_t       m = 0;
    bool         zero = false;
    for (size_t i = 0; i < n; i++) {
        zero = zero || expr_is_zero(factor[i]) || expr_is_zero_tensor(factor[i]);
        if (factor[i]->kind == EXPR_TENSOR)
            literal = literal ? literal_entries(p, expr_mul, literal, factor[i], literal) : factor[i];
        else
            list[m++] = expr_is_matrix_op(factor[i], MATRIX_FILL) ? factor[i]->arg[0] : factor[i];
    }
    const Expr *e;
    if (zero) {
        e = expr_fill(p, expr_int(p, 0), like->shape);
        e = like->shape ? e : expr_tensor(p, 1, 1, ARGS(expr_int(p, 0)));
    } else if (literal && !any_symbolic(list, m)) {
        e = tensor_literal_scale(p, product_entrywise(p, list, m), literal);
    } else {
        if (literal)
            list[m++] = literal;
        e = product_entrywise(p, list, m);
        if (e && !expr_is_tensor(e))
            e = expr_fill(p, e, like->shape);
    }
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *entry_power(Pool *p, const Expr *a, const Expr *b)
{
    const Expr *like;
    if (!a || !b)
        return NULL;
    if (!expr_is_tensor(a) && !expr_is_tensor(b))
        return expr_pow(p, a, b);
    if (!one_shape(p, ARGS(a, b), 2, &like))
        return NULL;
    if (!any_symbolic(ARGS(a, b), 2))
        return literal_entries(p, expr_pow, a, b, like);
    if (expr_is_one(b))
        return a;
    if (expr_is_zero(b))
        return expr_fill(p, expr_int(p, 1), a->shape);
    if (expr_is_constant(a, CONSTANT_E))
        return expr_call1(p, FN_exp, b);
    if (expr_is_matrix_op(a, MATRIX_FILL) && !expr_is_tensor(b))
        return expr_fill(p, expr_pow(p, a->arg[0], b), a->shape);
    if (a->kind == EXPR_POW && expr_is_integer(b))
        return entry_power(p, a->arg[0], expr_entrywise(p, ENTRY_MUL, a->arg[1], b));
    if (a->kind == EXPR_MUL && expr_is_integer(b)) {
        const Expr **part = arena_array(pool_arena(p), const Expr *, a->arity);
        for (uint32_t i = 0; i < a->arity; i++)
            part[i] = entry_power(p, a->arg[i], b);
        return expr_hadamard(p, part, a->arity);
    }
    return expr_node(p, EXPR_POW, like->shape, ARGS(a, b), 2);
}

const Expr *expr_entrywise(Pool *p, EntryOp op, const Expr *a, const Expr *b)
{
    static const Binary scalar[] = { expr_add, expr_sub, expr_mul, expr_div, expr_pow };
    const Expr *like;
    if (!a || !b || !one_shape(p, ARGS(a, b), 2, &like))
        return NULL;
    if (!like)
        return scalar[op](p, a, b);
    if (!any_symbolic(ARGS(a, b), 2))
        return literal_entries(p, scalar[op], a, b, like);
    switch (op) {
    case ENTRY_ADD: case ENTRY_SUB:
        a = expr_is_tensor(a) ? a : expr_fill(p, a, like->shape);
        b = expr_is_tensor(b) ? b : expr_fill(p, b, like->shape);
        return scalar[op](p, a, b);
    case ENTRY_MUL: return expr_hadamard(p, ARGS(a, b), 2);
    case ENTRY_DIV: return expr_is_zero(b) ? pool_fail(p, "division by zero") : expr_hadamard(p, ARGS(a, entry_power(p, b, expr_int(p, -1))), 2);
    case ENTRY_POW: return entry_power(p, a, b);
    }
    return NULL;
}

/* ---- lifting ---------------------------------------------------------------------------------------------------------- */

static const Expr *lift_sum(Pool *p, const Expr *const *arg, size_t n)
{
    const Expr *like;
    if (!one_shape(p, arg, n, &like))
        return NULL;
    const Expr **term = arena_copy(pool_arena(p), arg, n * sizeof *term);
    for (size_t i = 0; i < n && like; i++)
        if (!expr_is_tensor(term[i]))
            term[i] = expr_fill(p, term[i], like->shape);
    return expr_sum(p, term, n);
}

static const Expr *lift_node(Pool *p, const Expr *e, const Expr *const *arg)
{
    if (e->kind == EXPR_ADD)
        return lift_sum(p, arg, e->arity);
    if (e->kind == EXPR_MUL)
        return expr_hadamard(p, arg, e->arity);
    if (e->kind == EXPR_POW)
        return entry_power(p, arg[0], arg[1]);
    if (e->kind == EXPR_CALL)
        return expr_call(p, e->fn, arg, e->arity);
    bool condition = e->kind == EXPR_PIECEWISE || expr_is_truth(e);
    return pool_fail(p, "%s does not act entry by entry on a vector of unknown length", condition ? "a condition" : "a sum or product of vectors");
}

const Expr *expr_lift(Pool *p, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n)
{
    if (!e)
        return NULL;
    Arena       *scratch = arena_new();
    Nodes        nodes = expr_nodes(p, scratch, &e, 1);
    const Expr **image = arena_array(scratch, const Expr *, (size_t)e->id + 1);
    bool         fine = true;
    for (size_t k = 0; k < nodes.n && fine; k++) {
        const Expr  *node = nodes.at[k];
        const Expr **arg = arena_array(scratch, const Expr *, node->arity + 1);
        bool         changed = false;
        image[node->id] = node;
        for (size_t i = 0; i < n; i++)
            if (node == from[i])
                image[node->id] = to[i];
        for (uint32_t i = 0; i < node->arity; i++) {
            arg[i] = image[node->arg[i]->id];
            changed = changed || arg[i] != node->arg[i];
        }
        if (changed && image[node->id] == node)
            fine = (image[node->id] = lift_node(p, node, arg)) != NULL;
    }
    const Expr *result = fine ? image[e->id] : NULL;
    arena_delete(scratch);
    return result;
}
