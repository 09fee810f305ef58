/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on vectors and matrices in a computational graph: the values of typed operations over literals, entry by entry where the
 * exact constructors have none (1/0, a number format), and how an operation hands an adjoint down to an operand or a tangent up from
 * it, as a formula: W^T*adjoint, adjoint .* (1 - v2 .^ 2). The formula is what expr_gradient or expr_tangent makes of the one operation. */
#include "symbolic/graph/graph_int.h"

#include "symbolic/calculus/diff.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"

#include <stdlib.h>

/* ---- sizes -------------------------------------------------------------------------------------------------------------- */

/* What the name of a size stands for; NULL: it is none. */
static const Expr *size_value(Pool *p, const Expr *size)
{
    bool digits = size->kind == EXPR_SYMBOL && size->name.n && size->name.s[0] >= '0' && size->name.s[0] <= '9';
    return digits ? expr_int(p, strtol(str_copy(pool_arena(p), size->name).s, NULL, 10)) : NULL;
}

/* A size that is a number, as a name: then formulas have ones(2) in them, not a literal of two entries. */
static const Expr *named_size(Pool *p, const Expr *size)
{
    return expr_is_number(size) && !expr_is_one(size) ? expr_symbol(p, expr_text(pool_arena(p), p, size)) : size;
}

static const Shape *named_shape(Pool *p, const Shape *s)
{
    return s ? shape_new(p, named_size(p, s->rows), named_size(p, s->cols), NULL) : NULL;
}

static const Shape *known_shape(Pool *p, const Shape *s)
{
    const Expr *rows = size_value(p, s->rows), *cols = size_value(p, s->cols);
    return shape_new(p, rows ? rows : s->rows, cols ? cols : s->cols, NULL);
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

static const Expr *entry_of(const Expr *e, size_t k)
{
    return e->kind == EXPR_TENSOR ? e->arg[k] : e;
}

/* One number of a typed operation that acts entry by entry: its k-th. */
static const Expr *entry_value(const Graph *g, const Expr *e, const Expr *const *arg, size_t k)
{
    Pool        *p = g->pool;
    const Expr **at = arena_array(g->arena, const Expr *, e->arity), *value = NULL;
    for (uint32_t i = 0; i < e->arity; i++) {
        at[i] = entry_of(arg[i], k);
        if (expr_is_constant(at[i], CONSTANT_UNDEFINED))
            return at[i];
    }
    if (e->kind == EXPR_CALL)
        return graph_number(g, typed_call(p, e->fn, at, e->arity));
    if (e->arity == 1)
        return graph_number(g, typed_node(p, (ExprKind)e->kind, at, 1));
    for (uint32_t i = 1; i < e->arity; i++)
        value = graph_number(g, typed_node(p, (ExprKind)e->kind, (const Expr *const[]){ graph_operand(p, value ? value : at[0]), graph_operand(p, at[i]) }, 2));
    return value;
}

static const Expr *combined(const Graph *g, ExprKind kind, const Expr *a, const Expr *b)
{
    Pool *p = g->pool;
    if (expr_is_constant(a, CONSTANT_UNDEFINED) || expr_is_constant(b, CONSTANT_UNDEFINED))
        return expr_constant(p, CONSTANT_UNDEFINED);
    return graph_number(g, typed_node(p, kind, (const Expr *const[]){ graph_operand(p, a), graph_operand(p, b) }, 2));
}

static const Expr *product_value(const Graph *g, const Expr *a, const Expr *b)
{
    size_t       m = expr_rows(a), n = expr_cols(b), inner = expr_cols(a);
    const Expr **entry = arena_array(g->arena, const Expr *, m * n);
    for (size_t i = 0; i < m * n; i++)
        for (size_t l = 0; l < inner; l++) {
            const Expr *term = combined(g, EXPR_MUL, entry_of(a, i / n * inner + l), entry_of(b, l * n + i % n));
            entry[i] = l ? combined(g, EXPR_ADD, entry[i], term) : term;
        }
    return m * n == 1 ? entry[0] : expr_tensor(g->pool, m, n, entry);
}

/* What only moves entries, and sums of them; NULL for the rest. */
static const Expr *matrix_value(const Graph *g, const Expr *e, const Expr *const *arg)
{
    const Expr *a = arg[0], *sum = NULL;
    size_t      n = e->matrix_op != MATRIX_TOTAL && e->matrix_op != MATRIX_TRACE ? 0 : a->kind == EXPR_TENSOR ? a->arity : 1;
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE: case MATRIX_DIAG: case MATRIX_DIAGONAL:
        return expr_matrix_op(g->pool, (MatrixOp)e->matrix_op, a);
    case MATRIX_FILL:
        return expr_fill(g->pool, a, known_shape(g->pool, e->shape));
    case MATRIX_TOTAL: case MATRIX_TRACE:
        for (size_t k = 0; k < n; k += e->matrix_op == MATRIX_TRACE ? expr_cols(a) + 1 : 1)
            sum = sum ? combined(g, EXPR_ADD, sum, entry_of(a, k)) : entry_of(a, k);
        return sum;
    case MATRIX_SLICE: case MATRIX_EMBED: case MATRIX_INDICES:
        return expr_remake(g->pool, e, arg);
    case MATRIX_INVERSE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_LOGSUMEXP: case MATRIX_IDENTITY:
        break;
    }
    return NULL;
}

static bool is_entrywise(const Expr *e)
{
    return e->kind == EXPR_ADD || e->kind == EXPR_SUB || e->kind == EXPR_NEG || e->kind == EXPR_MUL || e->kind == EXPR_DIV || e->kind == EXPR_POW || e->kind == EXPR_CALL;
}

static const Expr *operation_value(const Graph *g, const Expr *e, const Expr *const *arg)
{
    const Expr *like = NULL;
    bool        literals = true;
    for (uint32_t i = 0; i < e->arity; i++) {
        if (!arg[i])
            return NULL;
        literals = literals && (arg[i]->kind == EXPR_TENSOR || expr_is_scalar(arg[i]));
        like = arg[i]->kind == EXPR_TENSOR ? arg[i] : like;
    }
    if (!literals)
        return NULL;
    if (e->kind == EXPR_MATMUL)
        return product_value(g, arg[0], arg[1]);
    if (e->kind == EXPR_MATRIX)
        return matrix_value(g, e, arg);
    if (e->kind == EXPR_TENSOR)
        return expr_tensor(g->pool, expr_rows(e), expr_cols(e), arg);
    if (!is_entrywise(e))
        return NULL;
    if (!like)
        return entry_value(g, e, arg, 0);
    const Expr **entry = arena_array(g->arena, const Expr *, like->arity);
    for (size_t k = 0; k < like->arity; k++)
        if (!(entry[k] = entry_value(g, e, arg, k)))
            return NULL;
    return expr_tensor(g->pool, expr_rows(like), expr_cols(like), entry);
}

const Expr *graph_by_entries(const Graph *g, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n)
{
    Nodes nodes = expr_nodes(g->pool, g->arena, &e, 1);
    Memo  image = memo_new(g->arena);
    for (size_t i = 0; i < n; i++)
        memo_put(&image, from[i], to[i]);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *node = nodes.at[k], *value = memo_get(&image, node);
        if (!value && node->arity) {
            const Expr **arg = arena_array(g->arena, const Expr *, node->arity);
            for (uint32_t i = 0; i < node->arity; i++)
                arg[i] = memo_get(&image, node->arg[i]);
            value = operation_value(g, node, arg);
            pool_clear_error(g->pool);
        }
        if (!value && node->arity)
            return NULL;
        memo_put(&image, node, (value ? value : node));
    }
    return memo_get(&image, e);
}

/* ---- what an operation hands on ------------------------------------------------------------------------------------------ */

/* A symbol in place of a number, vector or matrix. */
static const Expr *stand_in(Pool *p, const Expr *e, Str name)
{
    return expr_symbol_shaped(p, name, expr_is_tensor(e) ? named_shape(p, e->shape) : NULL);
}

const Expr *graph_remade(Pool *p, const Expr *e, const Expr *const *arg)
{
    if (expr_is_matrix_op(e, MATRIX_SLICE) && e->shape)
        return expr_slice(p, arg[0], arg[1], expr_add(p, arg[1], expr_sub(p, named_size(p, e->shape->rows), expr_int(p, 1))));
    if (expr_is_matrix_op(e, MATRIX_EMBED))
        return expr_embed(p, arg[0], arg[1], named_size(p, arg[2]));
    return expr_is_matrix_op(e, MATRIX_FILL) ? expr_fill(p, arg[0], named_shape(p, e->shape)) : expr_remake(p, e, arg);
}

const Expr *graph_stand_in(Pool *p, const Expr *label)
{
    return label->kind == EXPR_SYMBOL ? stand_in(p, label, label->name) : stand_in(p, label, expr_text(pool_arena(p), p, label));
}

/* The derivative of the operation over distinct symbols (W*W has two edges), as a formula in the symbol that is carried. */
static const Expr *formula_of(const Graph *g, const Expr *plain, const Expr *hold, const Expr *carried)
{
    Pool       *p = g->pool;
    const Expr *d = NULL;
    if (!plain || g->forward)
        return plain ? expr_tangent(p, plain, hold, carried) : NULL;
    return expr_gradient(p, expr_is_tensor(plain) ? expr_dot(p, carried, plain) : expr_mul(p, carried, plain), &hold, 1, &d) ? d : NULL;
}

/* The names of sizes among the symbols of a rule have values too. */
static void add_sizes(Pool *p, GraphEdge *edge, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (int side = 0; side < 2 && edge->from[k]->shape; side++) {
            const Expr *size = side ? edge->from[k]->shape->cols : edge->from[k]->shape->rows, *number = size_value(p, size);
            bool        known = !number;
            for (size_t j = n; j < edge->n && !known; j++)
                known = edge->from[j] == size;
            if (known)
                continue;
            edge->from[edge->n] = size;
            edge->value[edge->n++] = number;
        }
}

/* [u, v]: the adjoint of an entry is that entry of the adjoint. */
static bool entry_rule(const Graph *g, const GraphNode *node, size_t i, GraphEdge *edge)
{
    Str name = str_printf(g->arena, g->forward ? "tangent in entry %zu" : "adjoint[%zu]", i + 1);
    edge->entry = i;
    edge->carried = expr_fresh(g->pool, node->label);
    edge->rule = edge->partial = expr_symbol(g->pool, name);
    return true;
}

static const Expr *entry_handed(const Graph *g, const GraphNode *by, const GraphEdge *edge, const Expr *with)
{
    Pool        *p = g->pool;
    size_t       n = by->e->arity;
    const Expr **entry = arena_array(g->arena, const Expr *, n);
    if (!g->forward && with->kind == EXPR_TENSOR)
        return with->arg[edge->entry];
    for (size_t k = 0; k < n; k++)
        entry[k] = k != edge->entry ? expr_int(p, 0) : g->forward ? with : expr_int(p, 1);
    const Expr *unit = expr_tensor(p, expr_rows(by->e), expr_cols(by->e), entry);
    if (g->forward || expr_is_constant(with, CONSTANT_UNDEFINED))
        return g->forward ? unit : with;
    return expr_matrix_op(p, MATRIX_TOTAL, expr_hadamard(p, (const Expr *const[]){ unit, with }, 2));
}

bool graph_tensor_rule(const Graph *g, const GraphNode *node, const Expr *const *label, const Expr *const *value, const bool *is_node, size_t i, GraphEdge *edge)
{
    if (node->e->kind == EXPR_TENSOR)
        return entry_rule(g, node, i, edge);
    Pool        *p = g->pool;
    uint32_t     n = node->e->arity;
    const Expr **shown = arena_array(g->arena, const Expr *, n + 2), *self;
    edge->from = arena_array(g->arena, const Expr *, 3 * (n + 2));
    edge->value = arena_array(g->arena, const Expr *, 3 * (n + 2));
    edge->n = n + 2;
    for (uint32_t k = 0; k < n; k++) {
        bool stands = is_node[k] || label[k]->kind == EXPR_TENSOR;
        shown[k] = stands ? graph_stand_in(p, label[k]) : label[k];
        edge->from[k] = stands ? expr_fresh(p, shown[k]) : shown[k];
        edge->value[k] = value[k];
    }
    const Expr *plain = graph_remade(p, node->e, edge->from);
    edge->from[n] = expr_fresh(p, self = stand_in(p, node->label, node->label->name));
    edge->value[n] = node->value;
    edge->carried = edge->from[n + 1] = expr_fresh(p, stand_in(p, g->forward ? label[i] : node->label, str_of(g->forward ? "tangent" : "adjoint")));
    add_sizes(p, edge, n + 2);
    const Expr *d = formula_of(g, plain, edge->from[i], edge->carried);
    if (d && plain->arity)                                    /* 1 - v2^2 rather than 1 - tanh(v1)^2 */
        d = expr_subst(p, d, &plain, &edge->from[n], 1);
    shown[n] = self;
    shown[n + 1] = edge->carried;
    edge->formula = d;
    edge->rule = edge->partial = d ? expr_subst(p, d, edge->from, shown, n + 2) : NULL;
    return edge->rule != NULL;
}

const Expr *graph_handed(const Graph *g, const GraphNode *by, const GraphEdge *edge, const Expr *with)
{
    if (!edge->formula)
        return entry_handed(g, by, edge, with);
    Pool *p = g->pool;
    bool  known = true, wild = g->format != NULL;
    for (size_t k = 0; k < edge->n; k++)
        if (edge->from[k] == edge->carried)
            edge->value[k] = with;
    for (size_t k = 0; k < edge->n; k++) {
        known = known && !expr_is_constant(edge->value[k], CONSTANT_UNDEFINED);
        wild = wild || edge->value[k]->flags & EXPR_HAS_INFINITE;          /* 0 times it is no 0 */
    }
    const Expr *value = known && !wild ? expr_subst(p, edge->formula, edge->from, edge->value, edge->n) : NULL;
    pool_clear_error(p);
    if (!value && known)
        value = graph_by_entries(g, edge->formula, edge->from, edge->value, edge->n);
    const Shape *shape = g->forward ? by->label->shape : edge->to->label->shape;
    return value ? graph_settled(g, value) : expr_fill(p, expr_constant(p, CONSTANT_UNDEFINED), shape);
}
