/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph of an expression as typed and the two sweeps of the chain rule over it, number by number.
 *
 * Nodes are numbered in the order in which the expression is evaluated: operands from the left, then the operation. All numbers go
 * through calc(): exactly while they are short, as balls of FIRST_DIGITS digits beyond that (of more, if the sweeps lose them), or operation by operation in a
 * number format. What has no exact value (1/0, a partial derivative of sqrt at 0) is worked out by the rules of fp64, so infinities
 * and nan arise where they do in a program, and the first one is reported with its node.
 * The sweeps multiply and add numbers; the symbolic gradient of sweep.c does not depend on them. [Griewank, Walther 2008, ch. 3] */
#include "symbolic/graph/graph_int.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/run.h"

enum { MOST_NODES = 100000, FIRST_DIGITS = 40, LAST_DIGITS = 2560, SHARP_BITS = 34, SHORT_SIZE = 40, SHORT_BITS = 160 };

typedef struct Builder {
    Graph *g;
    Memo   node;                    /* expression -> GraphNode, of inputs and operations */
    Memo   label, value;            /* expression -> itself over labels, and its value */
    Str    prefix;                  /* of labels: v, unless an input is called so */
    VEC(GraphNode *) nodes;
} Builder;

/* ---- numbers ---------------------------------------------------------------------------------------------------------- */

static bool is_nan(const Expr *e)  { return expr_is_constant(e, CONSTANT_UNDEFINED); }
static bool is_wild(const Expr *e) { return e->flags & EXPR_HAS_INFINITE && expr_is_numeric(e); }

static bool has_nan(const Expr *e)
{
    bool nan = is_nan(e);
    for (uint32_t k = 0; e->kind == EXPR_TENSOR && k < e->arity && !nan; k++)
        nan = is_nan(e->arg[k]);
    return nan;
}

static const Expr *undefined(Pool *p) { return expr_constant(p, CONSTANT_UNDEFINED); }

/* A long exact number becomes a ball: sweeps over it stay cheap. */
static const Expr *settled(const Graph *g, const Expr *e)
{
    Pool *p = g->pool;
    bool fits = e->kind == EXPR_NUMBER ? fmpz_bits(fmpq_numref(&e->number)) + fmpz_bits(fmpq_denref(&e->number)) <= SHORT_BITS
                                       : !expr_is_numeric(e) || expr_size(p, e) <= SHORT_SIZE;
    if (fits || e->kind == EXPR_BALL || !expr_is_scalar(e) || is_wild(e))
        return e;
    const Expr *ball = expr_approximate(p, e, g->digits);
    pool_clear_error(p);
    return ball ? ball : e;
}

/* A value as the operand of a typed operation: -oo is a product, which a tape could not read. */
static const Expr *operand(Pool *p, const Expr *value)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return value->kind == EXPR_MUL && value->flags & EXPR_HAS_INFINITE && value == expr_neg(p, oo) ? typed_node(p, EXPR_NEG, &oo, 1) : value;
}

const Expr *graph_operand(Pool *p, const Expr *value) { return operand(p, value); }

const Expr *graph_settled(const Graph *g, const Expr *e)
{
    if (e->kind != EXPR_TENSOR)
        return settled(g, e);
    const Expr **entry = arena_array(g->arena, const Expr *, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        entry[k] = settled(g, e->arg[k]);
    return expr_tensor(g->pool, expr_rows(e), expr_cols(e), entry);
}

/* Of an operation on vectors and matrices: exactly, else entry by entry. */
static const Expr *calc_tensor(const Graph *g, const Expr *typed)
{
    const Expr *value = g->format ? NULL : expr_canonical(g->pool, typed);
    pool_clear_error(g->pool);
    if (!value)
        value = graph_by_entries(g, typed, NULL, NULL, 0);
    return value ? graph_settled(g, value) : undefined(g->pool);
}

/* The value of a typed expression whose leaves are values. */
static const Expr *calc(const Graph *g, const Expr *typed)
{
    Pool *p = g->pool;
    if (typed && typed->flags & EXPR_HAS_TENSOR)
        return calc_tensor(g, typed);
    if (!g->format) {
        const Expr *exact = typed ? expr_canonical(p, typed) : NULL;
        pool_clear_error(p);
        if (exact)
            return settled(g, exact);
    }
    Format fp64;
    format_named(STR("fp64"), &fp64);
    void *lane = typed && expr_is_numeric(typed) ? expr_run(p, g->arena, &typed, 1, g->format ? g->format : &fp64, 0) : NULL;
    pool_clear_error(p);
    return lane ? expr_of_lane(p, g->format ? g->format : &fp64, lane) : undefined(p);
}

const Expr *graph_number(const Graph *g, const Expr *typed)
{
    return calc(g, typed);
}

static const Expr *calc2(const Graph *g, ExprKind kind, const Expr *a, const Expr *b)
{
    if (is_nan(a) || is_nan(b))
        return undefined(g->pool);
    return calc(g, typed_node(g->pool, kind, ARGS(operand(g->pool, a), operand(g->pool, b)), 2));
}

/* What an edge hands on: the product with its partial derivative, or what its rule makes of the adjoint or tangent. */
static const Expr *handed(const Graph *g, const GraphNode *by, const GraphEdge *edge, const Expr *with)
{
    const Expr *a = edge->partial, *b = with;
    if (edge->carried)
        return graph_handed(g, by, edge, with);
    return expr_is_one(a) ? b : expr_is_one(b) ? a : calc2(g, EXPR_MUL, a, b);
}

/* e with its nodes replaced by what the memo holds for them, as typed. NULL: a nan among them. */
static const Expr *over_values(Builder *b, const Expr *e, const Memo *value)
{
    Pool *p = b->g->pool;
    Nodes nodes = expr_nodes(p, b->g->arena, &e, 1);
    Memo  image = memo_new(b->g->arena);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *node = nodes.at[k], *made = memo_get(value, node);
        if (made && is_nan(made))
            return NULL;
        made = made ? operand(p, made) : node;
        if (made == node && node->arity) {
            const Expr **arg = arena_array(b->g->arena, const Expr *, node->arity);
            for (uint32_t i = 0; i < node->arity; i++)
                arg[i] = memo_get(&image, node->arg[i]);
            made = expr_is_numeric(node) ? node : typed_remake(p, node, arg);
        }
        memo_put(&image, node, made);
    }
    return memo_get(&image, e);
}

/* The branch that counts: index of its value among the arguments; arity: a condition is open. */
static size_t branch_of(const Builder *b, const Expr *e)
{
    for (size_t i = 0; i + 1 < e->arity; i += 2) {
        Pool       *p = b->g->pool;
        const Expr *here = expr_canonical(p, memo_get(&b->value, e->arg[i]));
        Truth       t = here ? expr_decide(p, here).answer : NO;
        pool_clear_error(p);
        if (t == UNKNOWN)
            return e->arity;
        if (t == YES)
            return i + 1;
    }
    return e->arity - 1;
}

/* ---- faults and kinks --------------------------------------------------------------------------------------------------- */

static void fault(Graph *g, Str *where, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void fault(Graph *g, Str *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(g->arena, format, args);
    va_end(args);
    if (!where->n)
        *where = text;
}

static void check_value(Graph *g, const GraphNode *node, const Expr *over)
{
    bool real = !(node->value->flags & EXPR_HAS_I) || !expr_is_numeric(node->value);
    for (size_t i = 0; i < node->n; i++)
        real = real || node->edge[i].to->value->flags & EXPR_HAS_I;
    if (!real)
        fault(g, &g->nan, "%.*s = %.*s is not real here: a number format gives nan", STR_ARGS(graph_label_text(g, node->label)), STR_ARGS(graph_label_text(g, node->operation)));
    if (!is_wild(node->value))
        return;
    for (size_t i = 0; i < node->n; i++)
        if (is_nan(node->edge[i].to->value) || (is_wild(node->edge[i].to->value) && !is_nan(node->value)))
            return;
    Str label = graph_label_text(g, node->label), operation = graph_label_text(g, node->operation);
    Str numbers = over ? graph_label_text(g, over) : (Str){ 0 };
    fault(g, is_nan(node->value) ? &g->nan : &g->infinity, "%s is born in the forward sweep: %.*s = %.*s%s%.*s", is_nan(node->value) ? "nan" : "an infinity", STR_ARGS(label), STR_ARGS(operation),
          numbers.n && !str_eq(numbers, operation) ? " = " : "", STR_ARGS(str_eq(numbers, operation) ? (Str){ 0 } : numbers));
}

static bool equal_values(Pool *p, const Expr *a, const Expr *b)
{
    if (!expr_is_numeric(a) || !expr_is_numeric(b) || is_wild(a) || is_wild(b))
        return false;
    for (uint32_t k = 0; a->kind == EXPR_TENSOR && k < a->arity; k++)          /* one entry of them */
        if (equal_values(p, a->arg[k], b->kind == EXPR_TENSOR ? b->arg[k] : b))
            return true;
    if (a->kind == EXPR_TENSOR || b->kind == EXPR_TENSOR)
        return false;
    const Expr *difference = expr_sub(p, a, b);
    bool        equal = difference && expr_zero_test(p, difference).answer == YES;
    pool_clear_error(p);
    return equal;
}

/* abs'(0) = 0 and its kin: where the point is a kink, the convention is stated. */
static void note_kink(Builder *b, const GraphNode *node)
{
    static const struct { FnId fn; const char *name, *is; } kinks[] = {
        { FN_abs, "abs", "abs'(0) = 0" }, { FN_relu, "relu", "relu'(0) = 0" }, { FN_sign, "sign", "sign'(0) = 0" },
        { FN_floor, "floor", "slope 0 at its jumps" }, { FN_ceil, "ceil", "slope 0 at its jumps" }, { FN_mod, "mod", "the slope to the right of its jump" },
    };
    const Expr *e = node->e, *zero = expr_int(b->g->pool, 0);
    Str         label = graph_label_text(b->g, node->label);
    if (e->kind != EXPR_CALL)
        return;
    const Expr *u = memo_get(&b->value, e->arg[0]);
    if (e->fn->id == FN_max || e->fn->id == FN_min)
        for (uint32_t i = 1; i < e->arity; i++)
            if (equal_values(b->g->pool, memo_get(&b->value, e->arg[i]), node->value) && equal_values(b->g->pool, u, node->value)) {
                report_note(b->g->notes, "%.*s is at a kink: of equal arguments of %s the first one counts", STR_ARGS(label), e->fn->name);
                return;
            }
    for (size_t i = 0; i < sizeof kinks / sizeof *kinks; i++) {
        bool        jumps = e->fn->id == FN_floor || e->fn->id == FN_ceil, mod = e->fn->id == FN_mod;
        const Expr *edge = !jumps ? zero : node->value;
        if (e->fn->id == kinks[i].fn && equal_values(b->g->pool, mod ? node->value : u, edge))
            report_note(b->g->notes, "%.*s is at a kink: the convention is %s", STR_ARGS(label), kinks[i].is);
    }
}

static void note_joint(Builder *b, const GraphNode *node)
{
    for (size_t i = 0; node->e->kind == EXPR_PIECEWISE && i + 1 < node->e->arity; i += 2) {
        const Expr *c = node->e->arg[i];
        const Expr *left = c->kind == EXPR_RELATION ? memo_get(&b->value, c->arg[0]) : NULL, *right = left ? memo_get(&b->value, c->arg[1]) : NULL;
        if (left && right && equal_values(b->g->pool, left, right))
            report_note(b->g->notes, "%.*s is at the joint of its branches: the one whose condition holds counts", STR_ARGS(graph_label_text(b->g, node->label)));
    }
}

/* ---- partial derivatives ------------------------------------------------------------------------------------------------ */

/* The derivative of the operation in its i-th operand, over labels. The operands are distinct symbols meanwhile, for x*x has two edges. */
static const Expr *rule_of(Builder *b, const Expr *e, size_t i)
{
    Pool        *p = b->g->pool;
    size_t       n = e->arity;
    const Expr **hold = arena_array(b->g->arena, const Expr *, n), **from = arena_array(b->g->arena, const Expr *, n), **to = arena_array(b->g->arena, const Expr *, n);
    size_t       m = 0;
    for (size_t k = 0; k < n; k++) {
        const GraphNode *node = memo_get(&b->node, e->arg[k]);
        hold[k] = memo_get(&b->label, e->arg[k]);
        if (node && !expr_is_condition(e, k)) {
            from[m] = expr_fresh(p, node->label);
            to[m++] = node->label;
            hold[k] = from[m - 1];
        }
    }
    const Expr *plain = expr_remake(p, e, hold), *d = plain ? expr_diff(p, plain, hold[i]) : NULL;
    return d ? expr_subst(p, d, from, to, m) : NULL;
}

static const Expr **images(Builder *b, const Expr *e, const Memo *m)
{
    const Expr **arg = arena_array(b->g->arena, const Expr *, e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        arg[i] = memo_get(m, e->arg[i]);
    return arg;
}

/* e over labels: typed forms keep their form, canonical ones print as such. */
static const Expr *relabelled(Builder *b, const Expr *e)
{
    const Expr **arg = images(b, e, &b->label);
    const Expr  *made = e->flags & EXPR_AS_TYPED ? NULL : expr_remake(b->g->pool, e, arg);
    pool_clear_error(b->g->pool);
    return made && made->kind == e->kind ? made : typed_remake(b->g->pool, e, arg);
}

/* Does the edge from this node to its operand i carry a vector or matrix? */
static bool is_tensor_edge(const Builder *b, const GraphNode *node, const GraphEdge *edge)
{
    bool tensor = expr_is_tensor(node->label) || expr_is_tensor(edge->to->label);
    for (uint32_t i = 0; i < node->e->arity; i++)
        tensor = tensor || expr_is_tensor((const Expr *)memo_get(&b->label, node->e->arg[i]));
    return tensor;
}

static void tensor_partial(Builder *b, const GraphNode *node, size_t i, GraphEdge *edge)
{
    const Expr  *e = node->e, *const *label = images(b, e, &b->label);
    bool        *is_node = arena_array(b->g->arena, bool, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        is_node[k] = memo_get(&b->node, e->arg[k]) != NULL;
    if (!graph_tensor_rule(b->g, node, label, images(b, e, &b->value), is_node, i, edge))
        edge->rule = NULL;
}

static bool partial_of(Builder *b, const GraphNode *node, size_t i, size_t branch, GraphEdge *edge)
{
    Graph      *g = b->g;
    Pool       *p = g->pool;
    const Expr *e = node->e;
    if (is_tensor_edge(b, node, edge))
        tensor_partial(b, node, i, edge);
    else if (e->kind == EXPR_ADD || e->kind == EXPR_SUB || e->kind == EXPR_NEG)
        edge->rule = edge->partial = expr_int(p, e->kind == EXPR_NEG || (e->kind == EXPR_SUB && i) ? -1 : 1);
    else if (e->kind == EXPR_PIECEWISE && branch < e->arity)
        edge->rule = edge->partial = expr_int(p, i == branch);
    else
        edge->rule = rule_of(b, e, i);
    if (!edge->rule) {
        edge->partial = undefined(p);
        edge->carried = NULL;
        fault(g, &g->nan, "the operation %.*s has no derivative by %.*s: %.*s", STR_ARGS(graph_label_text(g, relabelled(b, e))),
              STR_ARGS(graph_label_text(g, edge->to->label)), STR_ARGS(pool_error(p)));
        pool_clear_error(p);
        return true;
    }
    if (edge->partial)
        return true;
    const Expr *typed = over_values(b, edge->rule, &b->value);
    edge->partial = typed ? calc(g, typed) : undefined(p);
    if (edge->partial->flags & EXPR_HAS_SYMBOL || edge->partial->kind != EXPR_PIECEWISE)
        return true;
    edge->partial = expr_at(p, edge->partial, NULL, NULL, 0);       /* max: decided numbers */
    return edge->partial != NULL;
}

/* ---- building ------------------------------------------------------------------------------------------------------------- */

static GraphNode *new_node(Builder *b, const Expr *e, const Expr *label)
{
    GraphNode *node = arena_alloc(b->g->arena, sizeof *node);
    *node = (GraphNode){ .e = e, .label = label, .operation = label, .index = b->nodes.n };
    vec_push(b->g->arena, &b->nodes, node);
    memo_put(&b->node, e, node);
    memo_put(&b->label, e, label);
    b->g->tensors = b->g->tensors || expr_is_tensor(label);
    return node;
}

static bool is_condition(const Expr *e)
{
    return e->kind == EXPR_RELATION || e->kind == EXPR_AND || e->kind == EXPR_OR || e->kind == EXPR_NOT;
}

static bool is_literal(const Expr *e);

static bool are_literals(const Expr *e)
{
    for (uint32_t i = 0; i < e->arity; i++)
        if (!is_literal(e->arg[i]))
            return false;
    return true;
}

/* Numbers, and what merely writes one: -2, 1/3. Parts without operations as typed entered as one exact value. */
static bool is_literal(const Expr *e)
{
    if (e->kind == EXPR_TENSOR)
        return are_literals(e);
    if (!e->arity || !(e->flags & EXPR_AS_TYPED))
        return !e->arity ? e->kind != EXPR_SYMBOL : expr_is_numeric(e);
    return (e->kind == EXPR_NEG && is_literal(e->arg[0]) && !e->arg[0]->arity)
        || (e->kind == EXPR_DIV && expr_is_integer(e->arg[0]) && expr_is_integer(e->arg[1]) && !expr_is_zero(e->arg[1]));
}

static const Expr *literal_value(Builder *b, const Expr *e)
{
    if (!b->g->format || e->kind != EXPR_TENSOR)
        return b->g->format ? calc(b->g, e) : expr_canonical(b->g->pool, e);
    const Expr **entry = arena_array(b->g->arena, const Expr *, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        entry[k] = calc(b->g, e->arg[k]);
    return expr_tensor(b->g->pool, expr_rows(e), expr_cols(e), entry);
}

static const Expr *over_stand_ins(Builder *b, const Expr *e)
{
    Pool        *p = b->g->pool;
    const Expr **arg = images(b, e, &b->label);
    for (uint32_t i = 0; i < e->arity; i++)
        if (expr_is_tensor(arg[i]))
            arg[i] = graph_stand_in(p, arg[i]);
    const Expr *made = graph_remade(p, e, arg);
    pool_clear_error(p);
    return made;
}

static bool add_operation(Builder *b, const Expr *e)
{
    Graph     *g = b->g;
    Pool      *p = g->pool;
    Str        name = str_printf(g->arena, "%.*s%zu", STR_ARGS(b->prefix), b->nodes.n - g->n_inputs + 1);
    GraphNode *node = new_node(b, e, expr_symbol_shaped(p, name, e->shape));
    node->order = b->nodes.n - g->n_inputs;
    node->operation = relabelled(b, e);
    node->plain = over_stand_ins(b, e);
    size_t branch = e->kind == EXPR_PIECEWISE ? branch_of(b, e) : 0;
    const Expr *over = NULL;
    if (e->kind == EXPR_PIECEWISE && branch < e->arity) {
        node->value = memo_get(&b->value, e->arg[branch]);
    } else {
        bool nan = false;
        const Expr **arg = images(b, e, &b->value);
        for (uint32_t i = 0; i < e->arity; i++) {
            nan = nan || is_nan(arg[i]);
            arg[i] = operand(p, arg[i]);
        }
        over = nan ? NULL : typed_remake(p, e, arg);
        node->value = over ? calc(g, over) : undefined(p);
    }
    memo_put(&b->value, e, node->value);
    memo_put(&b->value, node->label, node->value);
    node->edge = arena_array(g->arena, GraphEdge, e->arity);
    for (uint32_t i = 0; i < e->arity; i++) {
        GraphNode *to = expr_is_condition(e, i) ? NULL : memo_get(&b->node, e->arg[i]);
        if (!to)
            continue;
        GraphEdge *edge = &node->edge[node->n++];
        edge->to = to;
        to->uses++;
        node->depends = node->depends || to->depends;
        if (to->depends && !partial_of(b, node, i, branch, edge))
            return false;
    }
    check_value(g, node, over);
    note_kink(b, node);
    note_joint(b, node);
    return true;
}

/* A condition over values; a comparison with nan is false. */
static const Expr *condition_value(Builder *b, const Expr *e)
{
    const Expr **arg = images(b, e, &b->value);
    for (uint32_t i = 0; i < e->arity; i++) {
        if (is_nan(arg[i]))
            return expr_truth(b->g->pool, false);
        arg[i] = operand(b->g->pool, arg[i]);
    }
    return typed_remake(b->g->pool, e, arg);
}

/* Everything that e is made of has been added. */
static bool add(Builder *b, const Expr *e)
{
    Graph *g = b->g;
    if (e->kind == EXPR_SYMBOL) {
        memo_put(&b->label, e, e);
        memo_put(&b->value, e, e);
    } else if (is_literal(e)) {
        memo_put(&b->label, e, e);
        memo_put(&b->value, e, literal_value(b, e));
    } else if (is_condition(e)) {
        memo_put(&b->label, e, relabelled(b, e));
        memo_put(&b->value, e, condition_value(b, e));
    } else {
        return b->nodes.n < MOST_NODES ? add_operation(b, e) : pool_fail(g->pool, "the graph has more than %d operations", MOST_NODES) != NULL;
    }
    return memo_get(&b->value, e) != NULL;
}

static bool is_operation(const Expr *e)
{
    return !(e->shape && e->shape->axis) && e->kind != EXPR_ORDER && e->kind != EXPR_AXIS && e->kind != EXPR_COLUMN
        && e->kind != EXPR_COUNT && e->kind != EXPR_OVER;
}

/* Operands from the left, then the operation; with a stack of its own, for sums are deep. */
static bool walk(Builder *b, const Expr *root)
{
    typedef struct Frame { const Expr *e; uint32_t next; } Frame;
    Arena *a = b->g->arena;
    VEC(Frame) stack = { 0 };
    vec_push(a, &stack, ((Frame){ root, 0 }));
    while (stack.n) {
        Frame *f = &stack.at[stack.n - 1];
        if (memo_get(&b->label, f->e)) {
            stack.n--;
        } else if (!is_operation(f->e)) {
            return pool_fail(b->g->pool, "graph takes operations on numbers, vectors and matrices") != NULL;
        } else if (f->next < f->e->arity && !is_literal(f->e)) {
            const Expr *next = f->e->arg[f->next++];
            vec_push(a, &stack, ((Frame){ next, 0 }));
        } else {
            if (should_stop())
                return pool_fail(b->g->pool, "interrupted") != NULL;
            if (!add(b, f->e))
                return false;
            stack.n--;
        }
    }
    return true;
}

/* v, or a letter that no input begins with. */
static Str free_prefix(const Expr *const *x, size_t n)
{
    static const char *const letters[] = { "v", "w", "u", "n", "op" };
    for (size_t k = 0; k < sizeof letters / sizeof *letters; k++) {
        bool taken = false;
        for (size_t i = 0; i < n; i++)
            taken = taken || (x[i]->name.n > 1 && x[i]->name.s[0] == letters[k][0] && x[i]->name.s[1] >= '0' && x[i]->name.s[1] <= '9');
        if (!taken)
            return str_of(letters[k]);
    }
    return STR("node");
}

static void add_inputs(Builder *b, const Expr *const *x, const Expr *const *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        GraphNode *node = new_node(b, x[i], x[i]);
        node->input = node->depends = true;
        node->known = at && at[i];
        node->value = node->known ? literal_value(b, at[i]) : x[i];
        memo_put(&b->value, x[i], node->value);
    }
    b->g->n_inputs = n;
}

/* Users of each node, the last one first, as the reverse sweep meets them. */
static void list_users(Graph *g)
{
    for (size_t k = 0; k < g->n; k++) {
        g->node[k]->use = arena_array(g->arena, GraphUse, g->node[k]->uses + 1);
        g->node[k]->uses = 0;
    }
    for (size_t k = g->n; k-- > 0;)
        for (size_t i = 0; i < g->node[k]->n; i++) {
            GraphNode *to = g->node[k]->edge[i].to;
            to->use[to->uses++] = (GraphUse){ g->node[k], &g->node[k]->edge[i] };
        }
}

static Graph *built(const Graph *request, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n)
{
    Arena *a = request->arena;
    Graph *g = arena_copy(a, request, sizeof *request);
    g->root = f;
    g->notes = report_new(a, "graph");
    Builder b = { .g = g, .node = memo_new(a), .label = memo_new(a), .value = memo_new(a), .prefix = free_prefix(x, n) };
    add_inputs(&b, x, at, n);
    bool tensor = f->kind == EXPR_TENSOR;
    g->n_outputs = tensor ? f->arity : 1;
    g->output = arena_array(a, GraphNode *, g->n_outputs);
    g->output_value = arena_array(a, const Expr *, g->n_outputs);
    for (size_t i = 0; i < g->n_outputs; i++) {
        const Expr *entry = tensor ? f->arg[i] : f;
        if (!walk(&b, entry))
            return NULL;
        g->output[i] = memo_get(&b.node, entry);
        g->output_value[i] = memo_get(&b.value, entry);
    }
    g->node = b.nodes.at;
    g->n = b.nodes.n;
    list_users(g);
    return g;
}

/* ---- sweeps ------------------------------------------------------------------------------------------------------------------ */

static void check_product(Graph *g, const char *sweep, const GraphNode *by, const GraphEdge *edge, const Expr *with, const Expr *product)
{
    const char *carries = sweep[0] == 'r' ? "adjoint" : "tangent";
    if (is_wild(product) && edge->carried && (!is_wild(with) || (has_nan(product) && !has_nan(with))))
        fault(g, has_nan(product) ? &g->nan : &g->infinity, "%s is born in the %s sweep at %.*s = %.*s: for %.*s, %.*s with the %s %.*s", has_nan(product) ? "nan" : "an infinity", sweep,
              STR_ARGS(graph_label_text(g, by->label)), STR_ARGS(graph_label_text(g, by->operation)), STR_ARGS(graph_label_text(g, edge->to->label)),
              STR_ARGS(graph_label_text(g, edge->rule)), carries, STR_ARGS(graph_value_text(g, with)));
    if (!is_wild(product) || edge->carried || is_nan(with) || is_nan(edge->partial) || (is_wild(with) && !is_nan(product)))
        return;
    fault(g, is_nan(product) ? &g->nan : &g->infinity, "%s is born in the %s sweep at %.*s = %.*s: %s %.*s times the partial derivative %.*s by %.*s", is_nan(product) ? "nan" : "an infinity", sweep,
          STR_ARGS(graph_label_text(g, by->label)), STR_ARGS(graph_label_text(g, by->operation)), carries,
          STR_ARGS(graph_value_text(g, with)), STR_ARGS(graph_value_text(g, edge->partial)), STR_ARGS(graph_label_text(g, edge->to->label)));
}

static bool reverse(Graph *g, const Expr *const *weight)
{
    size_t visited = 0;
    for (size_t k = g->n; k-- > 0;) {
        GraphNode *node = g->node[k];
        if (should_stop())
            return pool_fail(g->pool, "interrupted") != NULL;
        for (size_t i = 0; i < g->n_outputs; i++)
            if (g->output[i] == node && node->depends)
                node->adjoint = node->adjoint ? calc2(g, EXPR_ADD, node->adjoint, weight[i]) : weight[i];
        for (size_t i = 0; node->depends && i < node->uses; i++) {
            GraphUse u = node->use[i];
            if (!u.by->adjoint || !u.edge->partial)
                continue;
            const Expr *part = handed(g, u.by, u.edge, u.by->adjoint);
            check_product(g, "reverse", u.by, u.edge, u.by->adjoint, part);
            node->adjoint = node->adjoint ? calc2(g, EXPR_ADD, node->adjoint, part) : part;
        }
        if (node->adjoint && !node->input)
            node->back = ++visited;
        if (!node->adjoint && node->input)
            node->adjoint = expr_fill(g->pool, expr_int(g->pool, 0), node->label->shape);
    }
    return true;
}

static bool forward(Graph *g, const Expr *const *direction)
{
    for (size_t k = 0; k < g->n; k++) {
        GraphNode *node = g->node[k];
        if (should_stop())
            return pool_fail(g->pool, "interrupted") != NULL;
        if (node->input)
            node->tangent = direction[k];
        for (size_t i = 0; i < node->n; i++) {
            if (!node->edge[i].partial)
                continue;
            const Expr *part = handed(g, node, &node->edge[i], node->edge[i].to->tangent);
            check_product(g, "forward", node, &node->edge[i], node->edge[i].to->tangent, part);
            node->tangent = node->tangent ? calc2(g, EXPR_ADD, node->tangent, part) : part;
        }
    }
    return true;
}

/* ---- enough digits --------------------------------------------------------------------------------------------------------------- */

static bool is_sharp(const Expr *e)
{
    for (uint32_t k = 0; e && e->kind == EXPR_TENSOR && k < e->arity; k++)
        if (!is_sharp(e->arg[k]))
            return false;
    return !e || e->kind != EXPR_BALL || acb_rel_accuracy_bits(e->ball->value) >= SHARP_BITS;
}

Graph *graph_swept(const Graph *request, const Expr *f, const Expr *const *x, const Expr *const *at, size_t n, const Expr *const *weight, const Expr *const *direction)
{
    Graph wanted = *request;
    wanted.forward = !weight;
    for (wanted.digits = FIRST_DIGITS;; wanted.digits *= 4) {
        Graph *g = built(&wanted, f, x, at, n);
        if (!g || !(weight ? reverse(g, weight) : forward(g, direction)))
            return NULL;
        bool sharp = true;
        for (size_t k = 0; k < g->n; k++)
            sharp = sharp && is_sharp(g->node[k]->value) && is_sharp(g->node[k]->adjoint) && is_sharp(g->node[k]->tangent);
        if (sharp || wanted.digits >= LAST_DIGITS)
            return g;
    }
}
