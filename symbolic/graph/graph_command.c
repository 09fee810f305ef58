/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command graph: the graph of an expression as typed at a point, as a table, a tree, a description for Graphviz, or step by step
 * (trace). Tables name operations v1, v2, ... in the order of the forward sweep, inputs stand last (in forward mode first), with the symbolic
 * derivative beside the number that the sweep found: the two are computed independently. */
#include "symbolic/graph/graph.h"

#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/calculus/jvp.h"
#include "symbolic/expr/show.h"
#include "symbolic/graph/gradcheck.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/share.h"

#include <string.h>

enum { MOST_ROWS = 60, MOST_FORMULA = 60, MOST_COUNTED = 3000, MOST_CHECKED = 40, MOST_EXACT = 300 };

typedef enum GraphView { VIEW_TABLE, VIEW_FULL, VIEW_TREE, VIEW_DOT, VIEW_SVG } GraphView;

typedef struct Display {
    Call         *c;
    Graph        *g;
    bool          forward;
    GraphView     view;
    const Expr  **weight, **direction;
    const Expr   *value;            /* of f, or the vector of its entries */
    const Expr  **derivative;       /* symbolic, of the weighted sum of outputs; NULL: no rule */
    const Expr  **gradient;         /* the same at the point; NULL: it has no value there */
    Report       *r;
} Display;

static const Expr *entry(const Expr *f, size_t i) { return f->kind == EXPR_TENSOR ? f->arg[i] : f; }
static size_t      entries(const Expr *f)         { return f->kind == EXPR_TENSOR ? f->arity : 1; }

static Value cell(Str s) { return value_text(s); }

/* ---- what is asked for --------------------------------------------------------------------------------------------------- */

/* The word of argument i in the list; -1 after a failure. */
static int choice(Call *c, int i, const char *const *word, size_t n, const char *what)
{
    Buf all = buf_new(c->arena);
    if (!call_has(c, (size_t)i))
        return 0;
    for (size_t k = 0; k < n; k++) {
        if (str_is(c->arg[i].text, word[k]))
            return (int)k;
        buf_printf(&all, "%s%s", k ? ", " : "", word[k]);
    }
    call_fail(c, i, "unknown %s %.*s", what, STR_ARGS(c->arg[i].text));
    diag_hint(c->diag, "%.*s", STR_ARGS(buf_str(&all)));
    return -1;
}

/* Numbers of an option, or one vector or matrix for each of x that is one; ones if it is absent. NULL after a failure. */
static const Expr **numbers(Call *c, int i, const Expr *const *x, size_t n, const char *what)
{
    const Expr **out = arena_array(c->arena, const Expr *, n + 1);
    if (call_has(c, (size_t)i))
        return call_parts(c, i, x, n, i == 3 ? "direction" : "vector of weights", what);
    for (size_t k = 0; k < n; k++)
        if (!(out[k] = expr_fill(c->pool, expr_int(c->pool, 1), expr_is_tensor(x[k]) ? x[k]->shape : NULL)))
            return NULL;
    return out;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

static Str partials_text(const Graph *g, const GraphNode *node)
{
    Buf b = buf_new(g->arena);
    for (size_t i = 0; i < node->n; i++) {
        const GraphEdge *edge = &node->edge[i];
        if (edge->partial)
            buf_printf(&b, "%s%s %.*s: %.*s", b.n ? ", " : "", !edge->carried ? "by" : g->forward ? "from" : "to", STR_ARGS(graph_label_text(g, edge->to->label)),
                       STR_ARGS(graph_value_text(g, edge->partial)));
    }
    return buf_str(&b);
}

static Str count_text(Arena *a, size_t n) { return n ? str_printf(a, "%zu", n) : (Str){ 0 }; }

/* Behind the row of an input the symbolic derivative, behind that of an operation what is special about it. */
static Str remark(const Display *d, const GraphNode *node)
{
    const Graph *g = d->g;
    if (node->input && !d->forward && d->derivative) {
        Str formula = graph_label_text(g, d->derivative[node->index]);
        bool news = !str_eq(formula, graph_value_text(g, node->adjoint));
        return !node->uses && !expr_depends(g->pool, g->root, node->e) ? STR("(does not occur)")
             : news && utf8_columns(formula) < MOST_FORMULA && !str_is(formula, "...") ? str_printf(g->arena, "(= %.*s)", STR_ARGS(formula)) : (Str){ 0 };
    }
    if (node->input)
        return (Str){ 0 };
    Buf b = buf_new(g->arena);
    for (size_t i = 0; g->n_outputs > 1 && i < g->n_outputs; i++)
        if (g->output[i] == node)
            buf_printf(&b, "%soutput %zu", b.n ? ", " : "(", i + 1);
    if (node->uses > 1)
        buf_printf(&b, "%sused %zu times", b.n ? ", " : "(", node->uses);
    buf_add_s(&b, b.n ? ")" : "");
    return buf_str(&b);
}

static void add_row(const Display *d, Table *t, const GraphNode *node)
{
    const Graph *g = d->g;
    const Expr  *swept = d->forward ? node->tangent : node->adjoint;
    Value        row[8] = { cell(graph_label_text(g, node->label)), cell(node->input ? (Str){ 0 } : graph_label_text(g, node->operation)) };
    size_t       n = 2;
    if (g->tensors)
        row[n++] = cell(graph_shape_text(g, node->label));
    row[n++] = cell(graph_value_text(g, node->value));
    if (d->view == VIEW_FULL)
        row[n++] = cell(partials_text(g, node));
    row[n++] = cell(swept ? graph_value_text(g, swept) : node->depends ? STR("0") : (Str){ 0 });
    if (d->view == VIEW_FULL) {
        row[n++] = cell(count_text(g->arena, d->forward ? node->order : node->back));
        row[n++] = cell(count_text(g->arena, node->uses));
    }
    row[n - 1].note = remark(d, node);
    table_row(d->r, t, row);
}

static void add_table(const Display *d)
{
    bool    full = d->view == VIEW_FULL;
    Str     columns = str_printf(d->g->arena, "node operation%s value%s %s%s", d->g->tensors ? " shape" : "", full ? " partials" : "",
                                 d->forward ? "tangent" : "adjoint", full ? " sweep uses" : "");
    Table  *t = report_table(d->r, "nodes", columns.s);
    size_t  n = d->g->n, inputs = d->g->n_inputs;
    for (size_t k = 0; k < n; k++)
        add_row(d, t, d->g->node[d->forward ? k : (k + inputs) % n]);
    d->r->traced = t->rows <= MOST_ROWS;
}

/* ---- step by step ------------------------------------------------------------------------------------------------------------- */

static void add_step(const Display *d, Table *t, const char *sweep, size_t number, const GraphNode *node, Str how, const Expr *result)
{
    Arena *a = d->g->arena;
    Value  row[4] = { cell(number ? str_printf(a, "%s %zu", sweep, number) : str_of(sweep)), cell(graph_label_text(d->g, node->label)), cell(how),
                      cell(graph_value_text(d->g, result)) };
    table_row(d->r, t, row);
}

/* The operation with numbers in it: x*y = 2*3. */
static Str numbers_text(const Display *d, const GraphNode *node)
{
    const Graph *g = d->g;
    Str          operation = graph_label_text(g, node->operation);
    const Expr **from = arena_array(g->arena, const Expr *, node->n + 1), **to = arena_array(g->arena, const Expr *, node->n + 1);
    for (size_t i = 0; i < node->n; i++) {
        from[i] = node->edge[i].to->label;
        to[i] = expr_symbol_shaped(g->pool, graph_value_text(g, node->edge[i].to->value), from[i]->shape);
        Str text = to[i]->name;
        if (str_starts(text, STR("norm ")))
            return operation;
        bool group = text.n && text.s[0] != '[' && (text.s[0] == '-' || !expr_is_integer(node->edge[i].to->value)) && node->e->kind != EXPR_CALL;
        for (size_t k = 0; group && node->edge[i].to->value->kind != EXPR_SYMBOL && k < text.n; k++)
            if ((k == 0 && text.s[k] == '-') || text.s[k] == '/' || text.s[k] == ' ') {
                to[i] = expr_symbol(g->pool, str_printf(g->arena, "(%.*s)", STR_ARGS(text)));
                break;
            }
    }
    const Expr *with = expr_subst(g->pool, node->operation, from, to, node->n);
    pool_clear_error(g->pool);
    Str numbers = with && node->e->flags & EXPR_AS_TYPED ? graph_label_text(g, with) : (Str){ 0 };
    return numbers.n && !str_eq(numbers, operation) ? str_printf(g->arena, "%.*s = %.*s", STR_ARGS(operation), STR_ARGS(numbers)) : operation;
}

static Str factor_text(const Graph *g, const Expr *e)
{
    Str  s = graph_value_text(g, e);
    bool group = s.n && s.s[0] == '-';
    for (size_t k = 0; k < s.n; k++)
        group = group || s.s[k] == ' ';
    return group ? str_printf(g->arena, "(%.*s)", STR_ARGS(s)) : s;
}

/* Where an adjoint comes from: "from v3: 1*1, from v2: 1*3". */
static Str adjoint_text(const Display *d, const GraphNode *node)
{
    const Graph *g = d->g;
    Buf          b = buf_new(g->arena);
    for (size_t i = 0; i < g->n_outputs; i++)
        if (g->output[i] == node)
            buf_printf(&b, "%s%.*s", b.n ? " + " : g->n_outputs > 1 ? "weight " : "seed ", STR_ARGS(factor_text(g, d->weight[i])));
    for (size_t i = 0; i < node->uses; i++) {
        GraphUse u = node->use[i];
        if (u.by->adjoint && u.edge->carried)
            buf_printf(&b, "%sfrom %.*s: %.*s", b.n ? " + " : "", STR_ARGS(graph_label_text(g, u.by->label)), STR_ARGS(graph_label_text(g, u.edge->rule)));
        else if (u.by->adjoint && u.edge->partial)
            buf_printf(&b, "%sfrom %.*s: %.*s*%.*s", b.n ? " + " : "", STR_ARGS(graph_label_text(g, u.by->label)), STR_ARGS(factor_text(g, u.by->adjoint)),
                       STR_ARGS(factor_text(g, u.edge->partial)));
    }
    return b.n ? buf_str(&b) : STR("no user");
}

static Str tangent_text(const Display *d, const GraphNode *node)
{
    const Graph *g = d->g;
    Buf          b = buf_new(g->arena);
    if (node->input)
        return STR("direction");
    for (size_t i = 0; i < node->n; i++)
        if (node->edge[i].carried)
            buf_printf(&b, "%sfrom %.*s: %.*s", b.n ? " + " : "", STR_ARGS(graph_label_text(g, node->edge[i].to->label)), STR_ARGS(graph_label_text(g, node->edge[i].rule)));
        else if (node->edge[i].partial)
            buf_printf(&b, "%sfrom %.*s: %.*s*%.*s", b.n ? " + " : "", STR_ARGS(graph_label_text(g, node->edge[i].to->label)),
                       STR_ARGS(factor_text(g, node->edge[i].partial)), STR_ARGS(factor_text(g, node->edge[i].to->tangent)));
    return b.n ? buf_str(&b) : STR("constant");
}

static void add_trace(const Display *d)
{
    Graph  *g = d->g;
    Table  *t = report_table(d->r, "trace", "step node computation result");
    for (size_t k = 0; k < g->n_inputs; k++)
        add_step(d, t, d->forward ? "input" : "input", 0, g->node[k], (Str){ 0 }, g->node[k]->value);
    for (size_t k = g->n_inputs; k < g->n; k++)
        add_step(d, t, "forward", g->node[k]->order, g->node[k], numbers_text(d, g->node[k]), g->node[k]->value);
    for (size_t k = 0; d->forward && k < g->n; k++)
        if (g->node[k]->tangent)
            add_step(d, t, "tangent", g->node[k]->order, g->node[k], tangent_text(d, g->node[k]), g->node[k]->tangent);
    for (size_t k = g->n; !d->forward && k-- > g->n_inputs;)
        if (g->node[k]->adjoint)
            add_step(d, t, "backward", g->node[k]->order, g->node[k], adjoint_text(d, g->node[k]), g->node[k]->adjoint);
    for (size_t k = 0; !d->forward && k < g->n_inputs; k++)
        add_step(d, t, "gradient", 0, g->node[k], adjoint_text(d, g->node[k]), g->node[k]->adjoint);
    d->r->traced = true;
}

/* ---- costs, checks, notes ----------------------------------------------------------------------------------------------------- */

/* Arguments of operations of f, of f with its gradient, of f with gradient and Hessian times a direction. */
static void add_cost(const Display *d)
{
    Call        *c = d->c;
    Pool        *p = c->pool;
    size_t       count[3] = { 0 };
    const Graph *g = d->g;
    if (g->n > MOST_COUNTED || !d->derivative)
        return;
    Graph request = { .pool = p, .arena = c->arena };
    if (d->forward)                                           /* its rules are those of adjoints */
        g = graph_swept(&request, g->root, c->vars, (const Expr *const *)c->at, c->nvars, d->weight, NULL);
    bool fine = g && graph_costs(g, count);
    pool_clear_error(p);
    if (!fine || !count[0])
        return;
    static const char *const name[] = { "f", "gradient", "hvp" };
    Value item[3];
    Str   names[3];
    for (size_t k = 0; k < 3; k++) {
        names[k] = str_of(name[k]);
        item[k] = value_expr(expr_int(p, (slong)count[k]));
    }
    report_value(d->r, "cost", value_record(c->arena, names, item, count[2] ? 3 : 2));
    if (d->view != VIEW_FULL && !c->trace)
        return;
    Buf b = buf_new(c->arena);
    buf_printf(&b, "cost in arguments of operations: f %zu, with gradient %zu (%.1f times)", count[0], count[1], (double)count[1] / (double)count[0]);
    if (count[2])
        buf_printf(&b, ", with Hessian-vector product %zu (%.1f times)", count[2], (double)count[2] / (double)count[0]);
    report_note(d->r, "%.*s", STR_ARGS(buf_str(&b)));
}

/* The adjoints that the sweep found against central differences in fp64. */
static void add_check(const Display *d)
{
    Call   *c = d->c;
    Format  fp64;
    double  worst = 0;
    size_t  at = 0, open = 0, wrong = 0;
    const Expr **adjoint = arena_array(c->arena, const Expr *, c->nvars + 1);
    bool    wanted = (d->view == VIEW_FULL || c->trace) && !d->forward && d->g->n_outputs == 1 && !d->g->format && c->nvars && expr_is_scalar(d->g->root);
    for (size_t i = 0; i < c->nvars; i++) {
        adjoint[i] = d->g->node[i]->adjoint;
        wanted = wanted && expr_is_numeric(d->g->node[i]->value) && expr_is_numeric(adjoint[i]);
    }
    Scalars s = wanted ? scalars_of(c->pool, c->arena, entry(d->g->root, 0), c->vars, (const Expr *const *)c->at, c->nvars) : (Scalars){ 0 };
    adjoint = s.f ? entry_list(c->arena, (const Expr *const *)adjoint, c->nvars) : NULL;
    if (!s.f || s.n > MOST_CHECKED)
        return;
    format_named(STR("fp64"), &fp64);
    for (size_t i = 0; i < s.n; i++) {
        GradCheck check = gradcheck(c->pool, c->arena, s.f, (const Expr *const *)s.x, (const Expr *const *)s.at, s.n, i, adjoint[i], &fp64, 1e-15);
        open += check.agrees == UNKNOWN;
        wrong += check.agrees == NO;
        if (check.error > worst) {
            worst = check.error;
            at = i;
        }
    }
    Str error = gradcheck_error_text(c->arena, worst), name = s.x[at]->name;
    if (wrong || open)
        report_note(d->r, "check: central differences do not confirm %zu of %zu adjoints", wrong + open, s.n);
    else
        report_note(d->r, "check: central differences in fp64 agree, largest relative error %.*s (%.*s)", STR_ARGS(error), STR_ARGS(name));
}

/* The sweep ended in an infinity or nan where the derivative has a value. */
static void note_formulas(const Display *d)
{
    const Graph *g = d->g;
    bool kink = g->notes->n > 0;                                /* the formula of one branch is no derivative there */
    for (size_t i = 0; d->gradient && !kink && !d->forward && i < g->n_inputs; i++) {
        const Expr *here = d->gradient[i];
        if (expr_is_numeric(here) && !(here->flags & EXPR_HAS_INFINITE) && g->node[i]->adjoint->flags & EXPR_HAS_INFINITE)
            report_note(d->r, "the formula gives %.*s for %.*s", STR_ARGS(graph_value_text(g, here)), STR_ARGS(graph_label_text(g, g->node[i]->label)));
    }
}

static void add_notes(const Display *d)
{
    const Graph *g = d->g;
    Buf          free = buf_new(g->arena);
    size_t       n = 0;
    bool         some = false;
    for (size_t i = 0; i < g->n_inputs; i++) {
        some = some || g->node[i]->known;
        if (!g->node[i]->known)
            buf_printf(&free, "%s%.*s", n++ ? ", " : "", STR_ARGS(graph_label_text(g, g->node[i]->label)));
    }
    if (some && n)
        report_note(d->r, "no value for %.*s: %s", STR_ARGS(buf_str(&free)), n == 1 ? "it stays a name" : "they stay names");
    if (g->n_outputs > 1 && !d->forward && !call_has(d->c, 4))
        report_note(d->r, "adjoints are those of the sum of the %zu outputs; weights: chooses another one", g->n_outputs);
    if (g->infinity.n)
        report_note(d->r, "%.*s", STR_ARGS(g->infinity));
    if (g->nan.n)
        report_note(d->r, "%.*s", STR_ARGS(g->nan));
    note_formulas(d);
    for (size_t i = 0; i < g->notes->n; i++)
        report_note(d->r, "%.*s", STR_ARGS(g->notes->field[i].note));
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------ */

static const Expr *as_vector(Pool *p, const Expr *const *e, size_t n, bool vector)
{
    return vector ? expr_tensor(p, n, 1, e) : e[0];
}

/* Symbolic, and (if the formulas are short) exactly at the point; either may not exist. */
static void add_derivatives(Display *d)
{
    Call        *c = d->c;
    Pool        *p = c->pool;
    size_t       rows = entries(d->g->root);
    const Expr **f = arena_array(c->arena, const Expr *, rows), **g = arena_array(c->arena, const Expr *, c->nvars + 1), **here = arena_array(c->arena, const Expr *, c->nvars + 1);
    const Expr **to = arena_array(c->arena, const Expr *, c->nvars + 1);
    for (size_t i = 0; i < rows; i++)
        if (!(f[i] = expr_canonical(p, entry(d->g->root, i)))) {
            pool_clear_error(p);
            return;
        }
    const Expr *whole = as_vector(p, f, rows, rows > 1);
    if (expr_vjp(p, whole, d->weight, c->vars, c->nvars, g))
        d->derivative = g;
    pool_clear_error(p);
    if (!d->derivative || !c->nvars || expr_cost_of_run(p, c->arena, g, c->nvars) > MOST_EXACT)
        return;
    for (size_t i = 0; i < c->nvars; i++)
        to[i] = c->at[i] ? c->at[i] : c->vars[i];
    bool fine = true;
    for (size_t i = 0; i < c->nvars && fine; i++)
        fine = (here[i] = expr_at(p, g[i], c->vars, to, c->nvars)) != NULL;
    pool_clear_error(p);
    d->gradient = fine ? here : NULL;
}

/* One value for each input: a vector of numbers, a record if one of them is a vector or matrix. */
static Value by_input(const Display *d, const Expr *const *e)
{
    const Graph *g = d->g;
    bool         tensor = false;
    Value       *item = arena_array(g->arena, Value, g->n_inputs);
    Str         *name = arena_array(g->arena, Str, g->n_inputs);
    for (size_t i = 0; i < g->n_inputs; i++) {
        tensor = tensor || expr_is_tensor(g->node[i]->label) || expr_is_tensor(e[i]);
        name[i] = graph_label_text(g, g->node[i]->label);
        item[i] = value_expr(e[i]);
    }
    return tensor ? value_record(g->arena, name, item, g->n_inputs) : value_expr(expr_tensor(g->pool, g->n_inputs, 1, e));
}

static void add_fields(const Display *d)
{
    Pool        *p = d->c->pool;
    Graph       *g = d->g;
    const Expr **swept = arena_array(g->arena, const Expr *, g->n_outputs + g->n_inputs + 1);
    report_value(d->r, "value", value_expr(d->value));
    if (d->gradient)
        report_value(d->r, "gradient", by_input(d, d->gradient));
    if (d->derivative && g->n_inputs && expr_cost_of_run(p, g->arena, d->derivative, g->n_inputs) <= MOST_EXACT)
        report_value(d->r, "formulas", by_input(d, d->derivative));
    if (!d->forward) {
        for (size_t i = 0; i < g->n_inputs; i++)
            swept[i] = g->node[i]->adjoint;
        if (g->n_inputs)
            report_value(d->r, "adjoints", by_input(d, swept));
        return;
    }
    for (size_t i = 0; i < g->n_outputs; i++)
        swept[i] = g->output[i] && g->output[i]->tangent ? g->output[i]->tangent : expr_fill(p, expr_int(p, 0), g->output_value[i]->shape);
    report_value(d->r, "tangent", value_expr(as_vector(p, swept, g->n_outputs, g->n_outputs > 1)));
}

static Value shown(Display *d)
{
    Call  *c = d->c;
    Graph *g = d->g;
    d->r = report_new(c->arena, "graph");
    d->r->main = value_expr(d->value);
    d->r->tabled = true;
    if (d->view == VIEW_SVG) {                                /* drawn by whoever shows the report */
        report_value(d->r, "dot", value_text(graph_dot(g)));
        report_plot(d->r, "dot", call_has(c, 7) ? str_copy(c->arena, c->arg[7].text).s : "", "dot");
        add_fields(d);
        return value_report(d->r);
    }
    if (d->view == VIEW_DOT || d->view == VIEW_TREE) {
        d->r->summary = d->view == VIEW_DOT ? graph_dot(g) : graph_tree(g);
        add_fields(d);
        if (d->view == VIEW_DOT)
            return value_report(d->r);
    } else {
        c->trace ? add_trace(d) : add_table(d);
        if (!g->n)
            d->r->summary = str_printf(c->arena, "%.*s: there is no operation and no variable in it", STR_ARGS(graph_value_text(g, d->value)));
        add_fields(d);
    }
    add_cost(d);
    add_check(d);
    add_notes(d);
    return value_report(d->r);
}

/* A vector x(n) that has a value is one of its length, and so is everything that has n entries. */
static const Expr *with_known_shapes(Call *c, const Expr *f)
{
    const Expr **from = arena_array(c->arena, const Expr *, c->nvars + 1), **to = arena_array(c->arena, const Expr *, c->nvars + 1);
    size_t       n = 0;
    for (size_t i = 0; i < c->nvars; i++) {
        const Expr *x = c->vars[i], *at = c->at[i];
        if (!at || !expr_is_tensor(x) || x->shape == at->shape)
            continue;
        from[n] = x;
        to[n++] = c->vars[i] = expr_symbol_shaped(c->pool, x->name, at->shape);
    }
    for (size_t i = 0, known = n; i < c->nvars && known; i++) {
        const Expr *x = c->vars[i], *rows = x->shape ? x->shape->rows : NULL, *cols = x->shape ? x->shape->cols : NULL;
        for (size_t k = 0; k < known && x->shape && !c->at[i]; k++) {
            rows = rows == from[k]->shape->rows ? to[k]->shape->rows : rows == from[k]->shape->cols ? to[k]->shape->cols : rows;
            cols = cols == from[k]->shape->rows ? to[k]->shape->rows : cols == from[k]->shape->cols ? to[k]->shape->cols : cols;
        }
        if (!x->shape || (rows == x->shape->rows && cols == x->shape->cols))
            continue;
        from[n] = x;
        to[n++] = c->vars[i] = expr_symbol_shaped(c->pool, x->name, shape_new(c->pool, rows, cols, NULL));
    }
    return n ? expr_subst(c->pool, f, from, to, n) : f;
}

static bool runs_in(Call *c, const Graph *g)
{
    for (size_t k = 0; g->format && k < g->n; k++)
        if (!expr_is_numeric(g->node[k]->value)) {
            call_fail(c, 0, "a format needs a number for every name");
            return false;
        }
    return true;
}

static Value graph_call(Call *c)
{
    static const char *const modes[] = { "reverse", "forward" }, *const views[] = { "table", "full", "tree", "dot", "svg" };
    const Expr *f = c->arg[0].expr;
    int         mode = choice(c, 2, modes, 2, "mode"), view = mode < 0 ? -1 : choice(c, 5, views, 5, "view");
    if (view < 0)
        return value_failed();
    if (call_has(c, 7) && (view != VIEW_SVG || !c->arg[7].text.n || memchr(c->arg[7].text.s, 0, c->arg[7].text.n)))
        return call_fail(c, 7, view == VIEW_SVG ? "file: needs the name of a file" : "file: goes with view: svg");
    if (f->kind == EXPR_RELATION || f->kind == EXPR_AND || f->kind == EXPR_OR || f->kind == EXPR_NOT || (f->shape && f->shape->axis))
        return call_fail(c, 0, "graph needs an expression or a vector of expressions");
    Display d = { .c = c, .forward = mode == 1, .view = (GraphView)view };
    if (!(f = with_known_shapes(c, f)))
        return value_failed();
    if (d.forward && c->nvars > 1 && !call_has(c, 3)) {
        call_fail(c, -1, "the forward mode needs a direction: one number for each of the %zu variables", c->nvars);
        diag_hint(c->diag, "direction: [1%s]", c->nvars == 2 ? ", 0" : c->nvars == 3 ? ", 0, 0" : ", 0, ...");
        return value_failed();
    }
    d.weight = numbers(c, 4, f->kind == EXPR_TENSOR ? f->arg : &f, entries(f), "output");
    d.direction = d.weight ? numbers(c, 3, c->vars, c->nvars, "variable") : NULL;
    if (!d.direction)
        return value_failed();
    Graph request = { .pool = c->pool, .arena = c->arena, .format = call_has(c, 6) ? c->arg[6].format : NULL, .unicode = c->settings->unicode };
    d.g = graph_swept(&request, f, c->vars, (const Expr *const *)c->at, c->nvars, d.forward ? NULL : d.weight, d.direction);
    if (!d.g || !runs_in(c, d.g))
        return value_failed();
    d.value = as_vector(c->pool, d.g->output_value, d.g->n_outputs, f->kind == EXPR_TENSOR);
    add_derivatives(&d);
    return d.value ? shown(&d) : value_failed();
}

const Builtin graph_builtins[] = {
    { .sig = "graph(f: objective, at: site?...; mode: word?, direction: value?, weights: value?, view: word?, format: format?, file: text?) -> report",
      .help = "The computational graph of f as typed: values forward, adjoints backward; view: table, full, tree, dot, svg; mode: reverse, forward.",
      .example = { { "graph(x*y + sin(x)) at x = 2, y = 3",
                     "node  operation  value     adjoint\n"
                     "v1    x*y        6         1\n"
                     "v2    sin(x)     0.909297  1\n"
                     "v3    v1 + v2    6.909297  1\n"
                     "x                2         2.583853   (= y + cos(x))\n"
                     "y                3         2          (= x)" },
                   { "graph(x^2*y, x = 2, y = 3).gradient", "[12, 4]" } },
      .lesson = 4, .see = "jvp vjp hvp gradcheck gradient", .words = "computational graph backpropagation autodiff reverse mode chain rule adjoint tape", .formed = true,
      .call = graph_call },
    { 0 }
};
