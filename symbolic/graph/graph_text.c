/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of a computational graph: numbers as a table shows them, a tree from the result down, and a description for
 * Graphviz. Trees print a shared node once and refer to it afterwards, so their size is that of the graph. */
#include "symbolic/graph/graph.h"

#include "base/vec.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"

#include <math.h>
#include <stdlib.h>

enum { SHORT_EXACT = 9, DECIMALS = 6, MOST_COLUMNS = 60, MOST_ENTRIES = 6, ENTRIES_COLUMNS = 28, MOST_DEPTH = 40, MOST_WRITTEN = 200 };

static Str shown(const Graph *g, const Expr *e)
{
    Buf b = buf_new(g->arena);
    expr_show(&b, g->pool, e, (ShowStyle){ g->unicode, DECIMALS + 1 });
    return buf_str(&b);
}

static Str cut(const Graph *g, Str s)
{
    size_t n = MOST_COLUMNS - 3;
    if (utf8_columns(s) <= MOST_COLUMNS)
        return s;
    while (n && (unsigned char)s.s[n] >> 6 == 2)
        n--;
    return str_printf(g->arena, "%.*s...", (int)n, s.s);
}

/* Written out, a shared graph may be far longer than it is: is e at most `most` nodes then? */
static bool is_short(const Graph *g, const Expr *e, size_t most)
{
    Mark    mark = arena_mark(g->arena);
    Nodes   nodes = expr_nodes(g->pool, g->arena, &e, 1);
    size_t *size = nodes.n <= most ? arena_array(g->arena, size_t, nodes.n) : NULL;
    Memo    place = memo_new(g->arena);
    bool    fits = size != NULL;
    for (size_t k = 0; k < nodes.n && fits; k++) {
        size[k] = 1;
        for (uint32_t i = 0; i < nodes.at[k]->arity && fits; i++) {
            size[k] += *(const size_t *)memo_get(&place, nodes.at[k]->arg[i]);
            fits = size[k] <= most;
        }
        memo_put(&place, nodes.at[k], &size[k]);
    }
    arena_release(g->arena, mark);
    return fits;
}

Str graph_label_text(const Graph *g, const Expr *e)
{
    return !e->arity || is_short(g, e, MOST_WRITTEN) ? cut(g, shown(g, e)) : STR("...");
}

/* Six places behind the point, at least six digits in all. */
static Str decimals(const Graph *g, const Expr *e)
{
    Decimal d = expr_decimal(g->pool, g->arena, e, DECIMALS);
    double  x = d.status == EVAL_OK && d.text.n ? fabs(strtod(str_copy(g->arena, d.text).s, NULL)) : 0;
    if (x >= 1)
        d = expr_decimal(g->pool, g->arena, e, x < 1e6 ? DECIMALS + 1 + (size_t)log10(x) : DECIMALS + 1);
    pool_clear_error(g->pool);
    return d.status != EVAL_OK ? shown(g, e) : d.zero_not_proved ? STR("0") : d.text;
}

static Str in_format(const Graph *g, const Expr *e)
{
    void *lane = format_lanes(g->format, g->arena, 1);
    format_set_fmpq(g->format, lane, expr_number(e), NULL);
    return format_shortest(g->format, g->arena, lane);
}

/* A ball around 0 has no digit: its radius is all that is known. */
static Str unknown_text(const Graph *g, const Expr *e)
{
    mag_t most;
    mag_init(most);
    acb_get_mag(most, e->ball->value);
    double bits = mag_is_zero(most) ? -INFINITY : fmpz_get_d(MAG_EXPREF(most));
    mag_clear(most);
    return isinf(bits) ? STR("0") : str_printf(g->arena, "below 1e%.0f", ceil(bits * 0.30103));
}

Str graph_shape_text(const Graph *g, const Expr *e)
{
    if (!expr_is_tensor(e) || !e->shape)
        return (Str){ 0 };
    return str_printf(g->arena, "%.*s x %.*s", STR_ARGS(graph_label_text(g, e->shape->rows)), STR_ARGS(graph_label_text(g, e->shape->cols)));
}

/* The entries if they are few and short, else the norm. */
static Str tensor_text(const Graph *g, const Expr *e)
{
    Pool        *p = g->pool;
    size_t       cols = expr_cols(e), n = e->arity;
    const Expr **square = arena_array(g->arena, const Expr *, n);
    Buf          b = buf_new(g->arena);
    for (size_t k = 0; k < n && n <= MOST_ENTRIES; k++) {
        buf_add_s(&b, k == 0 ? "[" : k % cols == 0 && cols > 1 ? "; " : ", ");
        buf_add(&b, graph_value_text(g, e->arg[k]));
    }
    if (n <= MOST_ENTRIES && b.n < ENTRIES_COLUMNS) {
        buf_add_s(&b, expr_rows(e) == 1 && cols > 1 ? "]^T" : "]");
        return buf_str(&b);
    }
    for (size_t k = 0; k < n; k++)
        square[k] = expr_powi(p, e->arg[k], 2);
    const Expr *norm = expr_call1(p, FN_sqrt, expr_sum(p, square, n));
    pool_clear_error(p);
    return str_printf(g->arena, "norm %.*s", STR_ARGS(norm ? graph_value_text(g, norm) : STR("nan")));
}

Str graph_value_text(const Graph *g, const Expr *e)
{
    if (e->kind == EXPR_TENSOR && expr_is_numeric(e))
        return tensor_text(g, e);
    bool plain = e->kind == EXPR_NUMBER;
    if (e->flags & EXPR_HAS_INFINITE && expr_is_numeric(e))
        return expr_is_constant(e, CONSTANT_UNDEFINED) ? STR("nan") : shown(g, e);
    if (plain && g->format && g->format->precision <= 24)
        return in_format(g, e);
    if (!expr_is_numeric(e) || !expr_is_scalar(e))
        return graph_label_text(g, e);
    if (e->kind == EXPR_BALL && acb_contains_zero(e->ball->value))
        return unknown_text(g, e);
    Str exact = plain ? shown(g, e) : (Str){ 0 };
    return plain && exact.n <= SHORT_EXACT ? exact : decimals(g, e);
}

/* ---- tree ------------------------------------------------------------------------------------------------------------- */

typedef struct Tree {
    const Graph *g;
    Buf         *out;
    bool        *done;                      /* by the position of a node in the graph */
    bool         last[MOST_DEPTH + 1];      /* is the ancestor at this depth the last of its siblings? */
} Tree;

static void tree_node(Tree *t, const GraphNode *node, size_t depth)
{
    const Graph *g = t->g;
    for (size_t k = 1; k < depth; k++)
        buf_add_s(t->out, t->last[k] ? "   " : g->unicode ? "│  " : "|  ");
    if (depth)
        buf_add_s(t->out, t->last[depth] ? g->unicode ? "└─ " : "`- " : g->unicode ? "├─ " : "|- ");
    Str label = graph_label_text(g, node->label), value = graph_value_text(g, node->value);
    buf_add(t->out, label);
    if (!node->input)
        buf_printf(t->out, " = %.*s", STR_ARGS(graph_label_text(g, node->operation)));
    if (!str_eq(label, value))
        buf_printf(t->out, " = %.*s", STR_ARGS(value));
    bool above = !node->input && t->done[node->index], deep = depth == MOST_DEPTH && node->n && !above;
    if (node->adjoint)
        buf_printf(t->out, "   adjoint %.*s", STR_ARGS(graph_value_text(g, node->adjoint)));
    if (node->tangent)
        buf_printf(t->out, "   tangent %.*s", STR_ARGS(graph_value_text(g, node->tangent)));
    buf_add_s(t->out, above && node->n ? "   (see above)\n" : deep ? "   ...\n" : "\n");
    if (node->input || above || deep)
        return;
    t->done[node->index] = true;
    for (size_t i = 0; i < node->n; i++) {
        t->last[depth + 1] = i + 1 == node->n;
        tree_node(t, node->edge[i].to, depth + 1);
    }
}

Str graph_tree(const Graph *g)
{
    Buf  b = buf_new(g->arena);
    Tree t = { .g = g, .out = &b, .done = arena_array(g->arena, bool, g->n + 1) };
    for (size_t i = 0; i < g->n_outputs; i++) {
        if (g->output[i])
            tree_node(&t, g->output[i], 0);
        else
            buf_printf(&b, "%.*s\n", STR_ARGS(graph_value_text(g, g->output_value[i])));
    }
    Str s = buf_str(&b);
    return str_slice(s, 0, s.n - 1);
}

/* ---- DOT --------------------------------------------------------------------------------------------------------------- */

static void dot_node(Buf *b, const Graph *g, const GraphNode *node, size_t k)
{
    Str label = graph_label_text(g, node->label), value = graph_value_text(g, node->value);
    buf_printf(b, "  n%zu [label=\"%.*s", k, STR_ARGS(label));
    if (!node->input)
        buf_printf(b, " = %.*s", STR_ARGS(graph_label_text(g, node->operation)));
    if (!str_eq(label, value))
        buf_printf(b, "\\n%.*s", STR_ARGS(value));
    if (node->adjoint)
        buf_printf(b, "\\nadjoint %.*s", STR_ARGS(graph_value_text(g, node->adjoint)));
    if (node->tangent)
        buf_printf(b, "\\ntangent %.*s", STR_ARGS(graph_value_text(g, node->tangent)));
    buf_printf(b, "\"%s];\n", node->input ? ", shape=ellipse" : node->uses > 1 ? ", peripheries=2" : "");
}

Str graph_dot(const Graph *g)
{
    Buf b = buf_new(g->arena);
    buf_add_s(&b, "digraph {\n  rankdir=LR;\n  node [shape=box];\n");
    for (size_t k = 0; k < g->n; k++)
        dot_node(&b, g, g->node[k], k);
    for (size_t k = 0; k < g->n; k++)
        for (size_t i = 0; i < g->node[k]->n; i++) {
            const GraphEdge *edge = &g->node[k]->edge[i];
            Str              partial = edge->partial ? graph_value_text(g, edge->partial) : (Str){ 0 };
            buf_printf(&b, "  n%zu -> n%zu [label=\"%.*s\"];\n", edge->to->index, k, STR_ARGS(partial));
        }
    buf_add_s(&b, "}");
    return buf_str(&b);
}
