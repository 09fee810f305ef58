/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Update rules (GRAMMAR 6). A rule is a list of assignments; a name that is read before it is assigned is a state. Each assignment is
 * evaluated as typed, with the names it reads bound to what they stand for so far, so that the rule becomes one expression for x and one for
 * each state. What is no arithmetic on a coordinate (gradients elsewhere, matrix products) becomes a part with a result of its own. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/suggest.h"

static const char *const given_names[] = { "x", "g", "t", "count", "rows", "columns" };

/* ---- calls in rules ------------------------------------------------------------------------------------------------------------------ */

typedef struct RuleCall {
    const char *name;
    size_t      args;
    UpdateKind  kind;
    bool        by_block, matrices;
} RuleCall;

static const RuleCall rule_calls[] = {
    { "grad", 1, UPDATE_GRADIENT, false, false },       { "loss", 1, UPDATE_VALUE, false, false },
    { "hvp", 2, UPDATE_PRODUCT, false, false },         { "hessian_diagonal", 1, UPDATE_DIAGONAL, false, false },
    { "global_norm", 1, UPDATE_NORM, false, false },    { "norm", 1, UPDATE_DOT, true, false },
    { "dot", 2, UPDATE_DOT, true, false },              { "matmul", 2, UPDATE_MATMUL, true, true },
    { "transpose", 1, UPDATE_TRANSPOSE, true, true },   { "inverse_root", 2, UPDATE_ROOT, true, true },
    { "identity", 1, UPDATE_IDENTITY, true, true },     { "ones", 2, UPDATE_ONES, true, true },
    { "zeros", 2, UPDATE_ZEROS, true, true },
};

static const RuleCall *rule_call_named(Str name)
{
    for (size_t i = 0; i < sizeof rule_calls / sizeof *rule_calls; i++)
        if (str_is(name, rule_calls[i].name))
            return &rule_calls[i];
    return NULL;
}

/* "rows, 1" */
static Str rule_size_arguments(Arena *a, RuleSize s)
{
    Str text = str_of(rule_size_text(s));
    size_t x = 0;
    while (text.s[x] != ' ')
        x++;
    return str_printf(a, "%.*s, %.*s", (int)x, text.s, (int)(text.n - x - 3), text.s + x + 3);
}

/* The part with this request: the one that is there already, or a new one. */
static const Expr *ask(const Eval *ev, Rule *rule, RulePart part, const char *name)
{
    Pool *p = ev->env->line;
    for (size_t i = 0; i < rule->parts; i++) {
        const RulePart *old = &rule->part[i];
        if (old->kind == part.kind && old->arg[0] == part.arg[0] && old->arg[1] == part.arg[1] && old->number == part.number && rule_size_equal(old->size, part.size))
            return old->result;
    }
    if (rule->parts == rule->parts_room) {
        RulePart *more = arena_array(ev->env->line_arena, RulePart, rule->parts_room = 2 * rule->parts_room + 4);
        for (size_t i = 0; i < rule->parts; i++)
            more[i] = rule->part[i];
        rule->part = more;
    }
    Str symbol = str_printf(ev->env->line_arena, "%s %zu", name, rule->parts + 1);
    part.result = rule_symbol(p, symbol, part.size);
    rule->part[rule->parts++] = part;
    return part.result;
}

static bool read_length(const Eval *ev, const Ast *t, RuleLength *out)
{
    bool one = t->kind == AST_NUMBER && str_is(t->text, "1"), rows = t->kind == AST_NAME && str_is(t->text, "rows");
    if (!one && !rows && !(t->kind == AST_NAME && str_is(t->text, "columns")))
        return eval_fail(ev, t, "a length in a rule is 1, rows or columns"), false;
    *out = one ? LENGTH_ONE : rows ? LENGTH_ROWS : LENGTH_COLUMNS;
    return true;
}

static const Expr *filled(const Eval *ev, const Ast *t, const RuleCall *c)
{
    RulePart part = { .kind = c->kind };
    if (!read_length(ev, t->child[1], &part.size.rows) || !read_length(ev, t->child[t->n - 1], &part.size.cols))
        return NULL;
    if (rule_size_is_one(part.size))
        return eval_fail(ev, t, "this is one number"), NULL;
    return ask(ev, ev->env->in_rule, part, c->name);
}

static const Expr *rooted(const Eval *ev, const Ast *t, RulePart part)
{
    slong k;
    part.args = 1;
    part.number = part.arg[1];
    part.arg[1] = NULL;
    part.size = part.arg_size[0];
    if (part.size.rows != part.size.cols)
        return eval_fail(ev, t->child[1], "a root needs a square matrix, this is %s", rule_size_text(part.size)), NULL;
    if (!expr_fits_slong(expr_canonical(ev->env->line, part.number), &k) || k < 1 || k > 64)
        return eval_fail(ev, t->child[2], "inverse_root(a, k) is a^(-1/k): k is a whole number from 1 to 64"), NULL;
    part.number = expr_int(ev->env->line, k);
    return ask(ev, ev->env->in_rule, part, "inverse_root");
}

/* A sum over a block: on the tape itself where all lanes are those of x. */
static const Expr *summed(const Eval *ev, const Ast *t, RulePart part, bool norm)
{
    Pool       *p = ev->env->line;
    Rule       *rule = ev->env->in_rule;
    const Expr *sum;
    part.args = 2;
    if (norm) {
        part.arg[1] = part.arg[0];
        part.arg_size[1] = part.arg_size[0];
    }
    if (rule->matrices && !rule_size_is_one(part.arg_size[0])) {
        if (!rule_size_equal(part.arg_size[0], part.arg_size[1]))
            return eval_fail(ev, t, "dot of %s and %s", rule_size_text(part.arg_size[0]), rule_size_text(part.arg_size[1])), NULL;
        part.size = (RuleSize){ LENGTH_ONE, LENGTH_ONE };
        sum = ask(ev, rule, part, "dot");
    } else {
        sum = rule_sum(p, typed_node(p, EXPR_MUL, part.arg, 2));
    }
    return norm ? typed_call(p, &fn_rows[FN_sqrt], &sum, 1) : sum;
}

static const Expr *multiplied(const Eval *ev, const Ast *t, RulePart part)
{
    RuleSize a = part.arg_size[0], b = part.arg_size[1];
    if (a.cols != b.rows)
        return eval_fail(ev, t, "matmul of %s and %s: the inner lengths differ", rule_size_text(a), rule_size_text(b)), NULL;
    part.size = (RuleSize){ a.rows, b.cols };
    return ask(ev, ev->env->in_rule, part, "matmul");
}

/* What concerns all parameters: its arguments are as large as x. */
static const Expr *elsewhere(const Eval *ev, const Ast *t, RulePart part, const RuleCall *c)
{
    for (size_t i = 0; i < part.args; i++)
        if (!rule_size_equal(part.arg_size[i], rule_size_of_x))
            return eval_fail(ev, t->child[i + 1], "%s needs something as large as x", c->name), NULL;
    if (c->kind == UPDATE_GRADIENT && part.arg[0] == ev->env->in_rule->x)
        return ev->env->in_rule->g;
    part.size = c->kind == UPDATE_VALUE || c->kind == UPDATE_NORM ? (RuleSize){ LENGTH_ONE, LENGTH_ONE } : rule_size_of_x;
    return ask(ev, ev->env->in_rule, part, c->name);
}

bool rule_call(const Eval *ev, const Ast *t, Value *out)
{
    const RuleCall *c = rule_call_named(t->child[0]->text);
    const Expr     *e = NULL;
    if (!c)
        return false;
    *out = value_failed();
    if (t->n != c->args + 1) {
        eval_fail(ev, t, "%s takes %zu argument%s in a rule", c->name, c->args, c->args == 1 ? "" : "s");
        return true;
    }
    RulePart part = { .kind = c->kind, .args = c->args };
    bool     fills = c->kind == UPDATE_IDENTITY || c->kind == UPDATE_ONES || c->kind == UPDATE_ZEROS;
    for (size_t i = 0; i < c->args && !fills; i++) {
        if (!(part.arg[i] = eval_scalar_or_tensor(ev, t->child[i + 1])))
            return true;
        part.arg_size[i] = rule_size(part.arg[i]);
    }
    switch (c->kind) {
    case UPDATE_IDENTITY: case UPDATE_ONES: case UPDATE_ZEROS:
        e = filled(ev, t, c);
        break;
    case UPDATE_DOT:    e = summed(ev, t, part, c->args == 1); break;
    case UPDATE_MATMUL: e = multiplied(ev, t, part); break;
    case UPDATE_ROOT:   e = rooted(ev, t, part); break;
    case UPDATE_TRANSPOSE:
        part.size = (RuleSize){ part.arg_size[0].cols, part.arg_size[0].rows };
        e = ask(ev, ev->env->in_rule, part, c->name);
        break;
    case UPDATE_GRADIENT: case UPDATE_VALUE: case UPDATE_PRODUCT: case UPDATE_DIAGONAL: case UPDATE_NORM:
        e = elsewhere(ev, t, part, c);
        break;
    }
    *out = e ? value_checked(ev, t, e) : value_failed();
    return true;
}

/* ---- reading a rule -------------------------------------------------------------------------------------------------------------- */

typedef struct Reading {
    const Eval *ev;
    const Ast  *t;                  /* AST_OPTIMIZER */
    VEC(const Ast *) line;          /* its statements, loops written out */
    Rule       *rule;
    bool        scalar;             /* a schedule: x is one number, and f is given */
    VEC(Str)    state, assigned;
    VEC(const Ast *) start;         /* per state: its start; NULL: 0 */
    Scope      *x;                  /* the binding of x; others are found by name */
    const Scope *scope;
} Reading;

static bool among(const Str *name, size_t n, Str s)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(name[i], s))
            return true;
    return false;
}

static bool is_given(const Reading *r, Str s)
{
    for (size_t i = 0; i < sizeof given_names / sizeof *given_names; i++)
        if (str_is(s, given_names[i]))
            return true;
    return (r->scalar && str_is(s, "f")) || among(r->rule->hyper, r->rule->hypers, s);
}

static bool is_assigned_somewhere(const Reading *r, Str s)
{
    for (size_t i = 0; i < r->line.n; i++)
        if ((r->line.at[i]->kind == AST_ASSIGN || r->line.at[i]->kind == AST_STATE) && str_eq(r->line.at[i]->text, s))
            return true;
    return false;
}

static bool refuse_unassigned(const Reading *r, const Ast *t)
{
    VEC(Str) names = { 0 };
    Arena *a = r->ev->env->line_arena;
    for (size_t i = 0; i < sizeof given_names / sizeof *given_names; i++)
        vec_push(a, &names, str_of(given_names[i]));
    for (size_t i = 0; i < r->rule->hypers; i++)
        vec_push(a, &names, r->rule->hyper[i]);
    for (size_t i = 0; i < r->line.n; i++)
        if (r->line.at[i]->text.n)
            vec_push(a, &names, r->line.at[i]->text);
    Str near = suggest_nearest(t->text, names.at, names.n);
    eval_fail(r->ev, t, "%.*s is never assigned in this rule", STR_ARGS(t->text));
    if (near.n)
        eval_hint(r->ev, "%.*s", STR_ARGS(near));
    else
        eval_hint(r->ev, "%.*s: 0.1 as an option of %.*s", STR_ARGS(t->text), STR_ARGS(r->rule->name));
    return false;
}

static bool sees_block(Str name)
{
    return str_is(name, "count") || str_is(name, "rows") || str_is(name, "columns");
}

static void look_at_call(Rule *rule, Str name)
{
    const RuleCall *c = rule_call_named(name);
    rule->by_block = rule->by_block || (c && c->by_block);
    rule->matrices = rule->matrices || (c && c->matrices);
}

/* The names that an expression reads: known, or states from now on. */
static bool read_names(Reading *r, const Ast *t)
{
    Arena *a = r->ev->env->line_arena;
    if (t->kind == AST_NAME) {
        r->rule->by_block = r->rule->by_block || sees_block(t->text);
        if (name_is_constant(t->text) || is_given(r, t->text) || among(r->state.at, r->state.n, t->text) || among(r->assigned.at, r->assigned.n, t->text))
            return true;
        if (!is_assigned_somewhere(r, t->text))
            return refuse_unassigned(r, t);
        vec_push(a, &r->state, t->text);
        vec_push(a, &r->start, (const Ast *)NULL);
        return true;
    }
    if (t->kind == AST_CALL && t->child[0]->kind == AST_NAME)
        look_at_call(r->rule, t->child[0]->text);
    for (size_t i = t->kind == AST_CALL && t->child[0]->kind == AST_NAME; i < t->n; i++)
        if (!read_names(r, t->child[i]))
            return false;
    return true;
}

static bool write_out(Reading *r, const Ast *block);

/* for k in 1..5 { ... } is written five times. */
static bool write_out_loop(Reading *r, const Ast *loop)
{
    const Ast  *over = loop->child[0];
    const Expr *low = over->kind == AST_RANGE && over->n == 2 ? eval_scalar_or_tensor(r->ev, over->child[0]) : NULL;
    const Expr *high = low ? eval_scalar_or_tensor(r->ev, over->child[1]) : NULL;
    slong       first, last;
    if (!high || !expr_fits_slong(low, &first) || !expr_fits_slong(high, &last) || last - first > 100) {
        eval_fail(r->ev, over, "a loop in a rule runs over two whole numbers, at most 100 times");
        eval_hint(r->ev, "for k in 1..5 { }");
        return false;
    }
    for (slong k = first; k <= last; k++)
        if (!write_out(r, loop->child[1]))
            return false;
    return true;
}

static bool write_out(Reading *r, const Ast *block)
{
    for (size_t i = 0; i < block->n; i++)
        if (block->child[i]->kind == AST_FOR) {
            if (!write_out_loop(r, block->child[i]))
                return false;
        } else if (block->child[i]->kind != AST_EMPTY) {
            vec_push(r->ev->env->line_arena, &r->line, block->child[i]);
        }
    return true;
}

static bool find_states(Reading *r)
{
    Arena *a = r->ev->env->line_arena;
    bool   moves = false;
    for (size_t i = 0; i < r->line.n; i++) {
        const Ast *s = r->line.at[i];
        if (s->kind != AST_ASSIGN && s->kind != AST_STATE) {
            eval_fail(r->ev, s, "a rule is a list of assignments");
            eval_hint(r->ev, "m = beta*m + g; x = x - lr*m");
            return false;
        }
        if (among(r->rule->hyper, r->rule->hypers, s->text) || str_is(s->text, "t") || sees_block(s->text) || name_is_constant(s->text))
            return eval_fail(r->ev, s, "%.*s is given, a rule cannot change it", STR_ARGS(s->text)), false;
        if (s->kind == AST_STATE && (is_given(r, s->text) || among(r->state.at, r->state.n, s->text)))
            return eval_fail(r->ev, s, "%.*s is known already", STR_ARGS(s->text)), false;
        if (!read_names(r, s->child[0]))
            return false;
        if (s->kind == AST_STATE) {
            vec_push(a, &r->state, s->text);
            vec_push(a, &r->start, s->child[0]);
        } else {
            vec_push(a, &r->assigned, s->text);
            moves = moves || str_is(s->text, "x");
        }
    }
    if (moves)
        return true;
    eval_fail(r->ev, r->t, "the rule leaves x alone");
    eval_hint(r->ev, "x = x - lr*g");
    return false;
}

/* ---- lowering ---------------------------------------------------------------------------------------------------------------------- */

static void bind(Reading *r, Str name, const Expr *e)
{
    for (const Scope *s = r->scope; s; s = s->outer)
        if (str_eq(s->name, name)) {
            ((Scope *)s)->value = value_expr(e);
            return;
        }
    r->scope = scope_bind(r->ev->env, r->scope, BIND_VALUE, name, value_expr(e), NULL);
}

static const Expr *bound(const Reading *r, Str name)
{
    return scope_find(r->scope, name)->value.expr;
}

static const Expr *lowered(Reading *r, const Ast *t)
{
    Env  *env = r->ev->env;
    Eval  ev = { env, r->scope, r->ev->source };
    bool  typed = env->typed;
    Rule *in_rule = env->in_rule;
    const Format *format = env->format;
    env->typed = true;
    env->in_rule = r->rule;
    env->format = NULL;
    const Expr *e = eval_scalar_or_tensor(&ev, t);
    env->typed = typed;
    env->in_rule = in_rule;
    env->format = format;
    if (e && !expr_is_scalar(e))
        return eval_fail(&ev, t, "a rule works on one coordinate: this is a vector or matrix"), NULL;
    return e;
}

static void bind_given(Reading *r)
{
    Env  *env = r->ev->env;
    Rule *rule = r->rule;
    RuleSize size = r->scalar ? (RuleSize){ LENGTH_ONE, LENGTH_ONE } : rule_size_of_x;
    rule->x = rule_symbol(env->line, STR("x"), size);
    rule->g = rule_symbol(env->line, r->scalar ? STR("f") : STR("g"), size);
    if (r->scalar)
        bind(r, STR("f"), rule->g);
    rule->rows = expr_symbol(env->line, STR("rows"));
    rule->columns = expr_symbol(env->line, STR("columns"));
    rule->t = expr_symbol(env->line, STR("t"));
    bind(r, STR("x"), rule->x);
    bind(r, STR("g"), rule->g);
    bind(r, STR("t"), rule->t);
    bind(r, STR("rows"), rule->rows);
    bind(r, STR("columns"), rule->columns);
    bind(r, STR("count"), typed_node(env->line, EXPR_MUL, (const Expr *const[]){ rule->rows, rule->columns }, 2));
    for (size_t i = 0; i < rule->hypers; i++)
        bind(r, rule->hyper[i], rule->hyper_symbol[i] = expr_symbol(env->line, rule->hyper[i]));
}

/* x and the states keep their sizes. */
static bool fits(const Reading *r, const Ast *s, const Expr *e)
{
    RuleSize size = rule_size(e), want = size;
    if (str_is(s->text, "x"))
        want = rule_size_of_x;
    for (size_t k = 0; k < r->rule->states; k++)
        if (str_eq(s->text, r->rule->state[k]))
            want = r->rule->state_size[k];
    if (rule_size_is_one(size) || rule_size_equal(size, want))
        return true;
    eval_fail(r->ev, s, "%.*s is %s, this is %s", STR_ARGS(s->text), rule_size_text(want), rule_size_text(size));
    if (!str_is(s->text, "x"))
        eval_hint(r->ev, "state %.*s = zeros(%.*s)", STR_ARGS(s->text), STR_ARGS(rule_size_arguments(r->ev->env->line_arena, size)));
    return false;
}

static bool lower_states(Reading *r)
{
    Env   *env = r->ev->env;
    Rule  *rule = r->rule;
    rule->states = r->state.n;
    rule->state = r->state.at;
    rule->state_symbol = arena_array(env->line_arena, const Expr *, rule->states + 1);
    rule->start = arena_array(env->line_arena, const Expr *, rule->states + 1);
    RuleSize *size = arena_array(env->line_arena, RuleSize, rule->states + 1);
    for (size_t k = 0; k < rule->states; k++) {
        if (!(rule->start[k] = r->start.at[k] ? lowered(r, r->start.at[k]) : expr_int(env->line, 0)))
            return false;
        size[k] = rule_size(rule->start[k]);
        if (rule_size_is_one(size[k]) && !r->scalar)
            size[k] = rule_size_of_x;
        bind(r, rule->state[k], rule->state_symbol[k] = rule_symbol(env->line, rule->state[k], size[k]));
    }
    rule->state_size = size;
    rule->start_parts = rule->parts;
    return true;
}

static bool lower(Reading *r)
{
    Env  *env = r->ev->env;
    Rule *rule = r->rule;
    bind_given(r);
    if (!lower_states(r))
        return false;
    for (size_t i = 0; i < r->line.n; i++) {
        const Ast *s = r->line.at[i];
        if (s->kind != AST_ASSIGN)
            continue;
        const Expr *e = lowered(r, s->child[0]);
        if (!e || !fits(r, s, e))
            return false;
        bind(r, s->text, e);
    }
    rule->update = arena_array(env->line_arena, const Expr *, rule->states + 1);
    rule->update[0] = bound(r, STR("x"));
    for (size_t k = 0; k < rule->states; k++)
        rule->update[k + 1] = bound(r, rule->state[k]);
    return true;
}

static bool read_hypers(Reading *r)
{
    Arena *a = r->ev->env->line_arena;
    Rule  *rule = r->rule;
    size_t n = (size_t)r->t->op;
    Str   *name = arena_array(a, Str, n + 1);
    rule->fallback = arena_array(a, const Expr *, n + 1);
    rule->hyper_symbol = arena_array(a, const Expr *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Ast *param = r->t->child[i];
        name[i] = param->text;
        for (size_t k = 0; k < sizeof given_names / sizeof *given_names; k++)
            if (str_is(param->text, given_names[k]))
                return eval_fail(r->ev, param, "%s is given in every rule: another name", given_names[k]), false;
        const Expr *e = eval_scalar_or_tensor(r->ev, param->child[0]);
        if (!e)
            return false;
        if (!expr_is_numeric(e) || !expr_is_scalar(e))
            return eval_fail(r->ev, param->child[0], "the default of %.*s is no number", STR_ARGS(param->text)), false;
        rule->fallback[i] = e;
    }
    rule->hyper = name;
    rule->hypers = n;
    return true;
}

static const Method *method_of_rule(Arena *a, const Rule *rule)
{
    Method *m = arena_alloc(a, sizeof *m);
    *m = (Method){ .rule = rule, .value = rule->fallback, .given = arena_array(a, Str, rule->hypers + 1) };
    return m;
}

/* The definition as a method with its defaults; NULL after a failure. */
static const Method *read_any(const Eval *ev, const Ast *t, const RuleText *row, bool scalar)
{
    Arena  *a = ev->env->line_arena;
    Rule   *rule = arena_alloc(a, sizeof *rule);
    Reading r = { .ev = ev, .t = t, .rule = rule, .scalar = scalar };
    *rule = (Rule){ .name = t->text, .text = str_slice(ev->source->text, t->span.start, t->span.end), .row = row };
    bool typed = ev->env->typed;
    ev->env->typed = false;
    bool fine = read_hypers(&r);
    ev->env->typed = typed;
    return fine && write_out(&r, t->child[t->n - 1]) && find_states(&r) && lower(&r) ? method_of_rule(a, rule) : NULL;
}

const Method *read_optimizer(const Eval *ev, const Ast *t, const RuleText *row)
{
    return read_any(ev, t, row, false);
}

const Rule *read_memory(const Eval *ev, const MemoryText *row)
{
    Env    *env = ev->env;
    Source *source = arena_alloc(env->line_arena, sizeof *source);
    size_t  at = 0;
    *source = (Source){ STR("schedules.def"), str_of(row->text) };
    Eval    inner = { env, NULL, source };
    Ast    *t = parse_statement(env->line_arena, &env->diag, source, &at, (ParseMode){ false });
    const Method *m = t && t->kind == AST_OPTIMIZER ? read_any(&inner, t, NULL, true) : NULL;
    return m ? m->rule : NULL;
}
