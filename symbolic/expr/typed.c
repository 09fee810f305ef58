/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions as typed: subtraction, division, negation and the order of operands stay, nothing is folded. Rounding and
 * teaching depend on the form; expr_canonical() forgets it. */
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix_int.h"

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

const Expr *typed_matmul(Pool *p, const Expr *a, const Expr *b)
{
    bool fine;
    if (!a || !b)
        return NULL;
    if (shape_cols(p, a) != shape_rows(p, b))
        return shapes_misfit(p, "matrix product", a, b);
    Expr head = { .kind = EXPR_MATMUL, .flags = EXPR_AS_TYPED, .shape = shape_along(p, shape_rows(p, a), shape_cols(p, b), ARGS(a, b), 2, &fine) };
    return fine ? expr_intern(p, &head, ARGS(a, b), 2) : NULL;
}

/* The sizes of the result of op. */
static bool sizes_of(Pool *p, MatrixOp op, const Expr *a, const Expr **rows, const Expr **cols)
{
    *rows = *cols = expr_int(p, 1);
    switch (op) {
    case MATRIX_TRANSPOSE:
        *rows = shape_cols(p, a);
        *cols = shape_rows(p, a);
        break;
    case MATRIX_INVERSE: case MATRIX_TRACE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_DIAGONAL:
        if (shape_rows(p, a) != shape_cols(p, a))
            return pool_fail(p, "this needs a square matrix, found %s x %s", expr_text(pool_arena(p), p, shape_rows(p, a)).s,
                             expr_text(pool_arena(p), p, shape_cols(p, a)).s) != NULL;
        *rows = op == MATRIX_INVERSE || op == MATRIX_DIAGONAL ? shape_rows(p, a) : *rows;
        *cols = op == MATRIX_INVERSE ? *rows : *cols;
        break;
    case MATRIX_DIAG:
        *rows = *cols = shape_rows(p, a);
        break;
    case MATRIX_TOTAL: case MATRIX_LOGSUMEXP: case MATRIX_FILL: case MATRIX_IDENTITY: case MATRIX_SLICE: case MATRIX_EMBED: case MATRIX_INDICES:
        break;
    }
    return true;
}

const Expr *typed_matrix_op(Pool *p, int op, const Expr *a)
{
    const Expr *rows, *cols;
    if (!a || !sizes_of(p, (MatrixOp)op, a, &rows, &cols))
        return NULL;
    bool fine;
    Expr head = { .kind = EXPR_MATRIX, .matrix_op = op, .flags = EXPR_AS_TYPED, .shape = shape_along(p, rows, cols, &a, 1, &fine) };
    return expr_intern(p, &head, &a, 1);
}

const Expr *typed_fill(Pool *p, const Expr *c, const Shape *shape)
{
    if (!c || !shape)
        return c;
    Expr head = { .kind = EXPR_MATRIX, .matrix_op = MATRIX_FILL, .flags = EXPR_AS_TYPED, .shape = shape };
    return expr_intern(p, &head, &c, 1);
}

/* A literal column or row, or the number alone. */
static const Expr *typed_line(Pool *p, const Expr *const *e, size_t n, bool row)
{
    return n == 1 ? e[0] : expr_tensor(p, row ? 1 : n, row ? n : 1, e);
}

const Expr *typed_total(Pool *p, const Expr *const *term, size_t n)
{
    if (pool_whole_sums(p) && n > 1)
        return typed_matrix_op(p, MATRIX_TOTAL, typed_line(p, term, n, false));
    const Expr *sum = term[0];
    for (size_t k = 1; k < n; k++)
        sum = typed_node(p, EXPR_ADD, ARGS(sum, term[k]), 2);
    return sum;
}

const Expr *typed_dot(Pool *p, const Expr *const *u, const Expr *const *v, size_t n)
{
    if (pool_whole_sums(p) && n > 1)
        return typed_matmul(p, typed_line(p, u, n, true), typed_line(p, v, n, false));
    const Expr *sum = NULL;
    for (size_t k = 0; k < n; k++) {
        const Expr *term = typed_node(p, EXPR_MUL, ARGS(u[k], v[k]), 2);
        sum = k ? typed_node(p, EXPR_ADD, ARGS(sum, term), 2) : term;
    }
    return sum;
}

const Expr *expr_canonical(Pool *p, const Expr *e)
{
    if (!e || !(e->flags & EXPR_AS_TYPED))
        return e;
    Arena       *scratch = pool_scratch(p);
    Mark         mark = arena_mark(scratch);
    Nodes        nodes = expr_nodes(p, scratch, &e, 1);
    Memo         image = memo_new(scratch);                   /* of typed nodes; an array over all ids would cost as much as the pool */
    const Expr  *made = NULL;
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *node = nodes.at[k];
        if (!(node->flags & EXPR_AS_TYPED))
            continue;
        Mark         inner = arena_mark(scratch);
        const Expr **arg = arena_array(scratch, const Expr *, node->arity);
        for (uint32_t i = 0; i < node->arity; i++)
            arg[i] = node->arg[i]->flags & EXPR_AS_TYPED ? memo_get(&image, node->arg[i]) : node->arg[i];
        made = expr_remake(p, node, arg);
        arena_release(scratch, inner);
        if (!made)
            break;
        memo_put(&image, node, made);
    }
    const Expr *result = made;
    arena_release(scratch, mark);
    return result;
}

const Expr *typed_remake(Pool *p, const Expr *e, const Expr *const *arg)
{
    if (e->kind == EXPR_TENSOR)
        return expr_tensor(p, expr_rows(e), expr_cols(e), arg);
    for (uint32_t i = 0; i < e->arity; i++)
        if (!arg[i])
            return NULL;
    if (e->kind == EXPR_MATMUL)
        return typed_matmul(p, arg[0], arg[1]);
    if (e->kind == EXPR_MATRIX && e->matrix_op == MATRIX_FILL)
        return typed_fill(p, arg[0], e->shape);
    if (e->kind == EXPR_MATRIX && e->arity > 1)               /* an entry or a part of a vector: nothing is computed */
        return expr_remake(p, e, arg);
    if (e->kind == EXPR_MATRIX && e->matrix_op != MATRIX_IDENTITY)
        return typed_matrix_op(p, e->matrix_op, arg[0]);
    if (e->kind == EXPR_CALL && e->flags & EXPR_HAS_TENSOR)
        return typed_call(p, e->fn, arg, e->arity);
    if (e->flags & EXPR_HAS_TENSOR && (e->kind == EXPR_ADD || e->kind == EXPR_SUB || e->kind == EXPR_MUL || e->kind == EXPR_DIV || e->kind == EXPR_POW || e->kind == EXPR_NEG))
        return typed_node(p, (ExprKind)e->kind, arg, e->arity);
    Expr head = *e;
    head.flags = EXPR_AS_TYPED;
    return expr_intern(p, &head, arg, e->arity);
}
