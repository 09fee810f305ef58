/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sweeps over a graph cost: they are written down as a program with one statement per value, adjoint and tangent, over the
 * names of what is known already, and the arguments of its operations are counted, those of equal operations once. So the costs are linear in
 * the graph, as those of a program that runs the sweeps; derivatives as formulas may be longer, because products in them are flat. */
#include "symbolic/graph/graph.h"

#include "base/vec.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/share.h"

typedef struct Statement {
    const Expr *name, *e;
    bool        needed;
} Statement;

typedef struct Costs {
    const Graph *g;
    Pool        *pool;
    const Expr **adjoint;           /* of a node: a name, or a number; NULL: none */
    VEC(Statement *) list;
    Memo         of;                /* name -> its Statement */
    Memo         tangent;           /* name -> how fast it moves along the direction; absent: not at all */
} Costs;

/* What is no operation needs no statement. */
static const Expr *named(Costs *c, const Expr *e, const Expr *name)
{
    if (!e->arity && !name)
        return e;
    Statement *s = arena_alloc(c->g->arena, sizeof *s);
    *s = (Statement){ .name = name ? name : expr_fresh(c->pool, expr_symbol_shaped(c->pool, STR("a"), e->shape)), .e = e };
    vec_push(c->g->arena, &c->list, s);
    memo_put(&c->of, s->name, s);
    return s->name;
}

static const Expr *contribution(Costs *c, GraphUse use)
{
    const Expr *adjoint = c->adjoint[use.by->index];
    if (!use.edge->carried)
        return expr_mul(c->pool, adjoint, use.edge->rule);
    return expr_subst(c->pool, use.edge->rule, &use.edge->carried, &adjoint, 1);
}

/* The adjoint of a node from those of its users. */
static bool add_adjoint(Costs *c, const GraphNode *node)
{
    const Graph *g = c->g;
    const Expr **part = arena_array(g->arena, const Expr *, node->uses + 1);
    size_t       n = 0;
    for (size_t i = 0; i < g->n_outputs && !n && node->depends; i++)
        if (g->output[i] == node)
            part[n++] = expr_fill(c->pool, expr_int(c->pool, 1), graph_stand_in(c->pool, node->label)->shape);
    for (size_t i = 0; i < node->uses && node->depends; i++)
        if (c->adjoint[node->use[i].by->index] && node->use[i].edge->partial && !(part[n++] = contribution(c, node->use[i])))
            return false;
    const Expr *sum = n ? expr_sum(c->pool, part, n) : NULL;
    if (sum)
        c->adjoint[node->index] = named(c, sum, NULL);
    return !n || sum;
}

/* How fast the statement moves along the direction. */
static bool add_tangent(Costs *c, const Statement *s)
{
    Arena       *a = c->g->arena;
    Nodes        names = expr_symbols(c->pool, a, s->e);
    const Expr **x = arena_array(a, const Expr *, names.n + 1), **direction = arena_array(a, const Expr *, names.n + 1), *d;
    size_t       n = 0;
    for (size_t i = 0; i < names.n; i++)
        if ((direction[n] = memo_get(&c->tangent, names.at[i])))
            x[n++] = names.at[i];
    if (!n)
        return true;
    if (!expr_tangents(c->pool, &s->e, 1, x, direction, n, &d))
        return false;
    if (!expr_is_zero(d) && !expr_is_zero_tensor(d))
        memo_put(&c->tangent, s->name, named(c, d, NULL));
    return true;
}

static void need(Costs *c, const Expr *name)
{
    Statement *s = name ? memo_get(&c->of, name) : NULL;
    if (s)
        s->needed = true;
}

/* The arguments of all operations that what is needed rests on. */
static size_t counted(Costs *c)
{
    Arena *a = c->g->arena;
    VEC(const Expr *) root = { 0 };
    for (size_t k = c->list.n; k-- > 0;) {
        if (!c->list.at[k]->needed)
            continue;
        Nodes names = expr_symbols(c->pool, a, c->list.at[k]->e);
        for (size_t i = 0; i < names.n; i++)
            need(c, names.at[i]);
        vec_push(a, &root, c->list.at[k]->e);
    }
    return expr_cost_of_run(c->pool, a, root.at, root.n);
}

static bool add_values(Costs *c)
{
    const Graph *g = c->g;
    for (size_t k = g->n_inputs; k < g->n; k++) {
        const GraphNode *node = g->node[k];
        if (!node->plain || node->e->kind == EXPR_TENSOR)
            return false;
        need(c, named(c, node->plain, graph_stand_in(c->pool, node->label)));
    }
    return true;
}

static bool add_adjoints(Costs *c)
{
    for (size_t k = c->g->n; k-- > 0;)
        if (!add_adjoint(c, c->g->node[k]))
            return false;
    for (size_t k = 0; k < c->g->n_inputs; k++)
        need(c, c->adjoint[k]);
    return true;
}

static bool add_tangents(Costs *c)
{
    const Graph *g = c->g;
    size_t       statements = c->list.n;
    for (size_t k = 0; k < g->n_inputs; k++) {
        const Expr *x = graph_stand_in(c->pool, g->node[k]->label);
        memo_put(&c->tangent, x, expr_fresh(c->pool, x));
    }
    for (size_t k = 0; k < statements; k++)
        if (!add_tangent(c, c->list.at[k]))
            return false;
    for (size_t k = 0; k < g->n_inputs; k++)
        need(c, c->adjoint[k] ? memo_get(&c->tangent, c->adjoint[k]) : NULL);
    return true;
}

bool graph_costs(const Graph *g, size_t count[3])
{
    Costs c = { .g = g, .pool = g->pool, .adjoint = arena_array(g->arena, const Expr *, g->n + 1), .of = memo_new(g->arena), .tangent = memo_new(g->arena) };
    bool  fine = add_values(&c);
    count[0] = fine ? counted(&c) : 0;
    fine = fine && add_adjoints(&c);
    count[1] = fine ? counted(&c) : 0;
    fine = fine && add_tangents(&c);
    count[2] = fine ? counted(&c) : 0;
    pool_clear_error(g->pool);
    return fine;
}
