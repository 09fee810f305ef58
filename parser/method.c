/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimizers and schedules by name (GRAMMAR 6): the user's own definitions and the rows of symbolic/, read by the same parser and lowered
 * the same way. A rule is a list of assignments; a name that is read before it is assigned is a state. Each assignment is evaluated as typed,
 * with the names it reads bound to what they stand for so far, so that the rule becomes one expression for x and one for each state. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/suggest.h"
#include "symbolic/run.h"

#include <string.h>

static const char *const given_names[] = { "x", "g", "t", "count" };

const RuleText *find_rule_text(Str name)
{
    for (const RuleText *row = rule_texts; row->name; row++)
        if (str_is(name, row->name))
            return row;
    return NULL;
}

/* ---- reading a rule -------------------------------------------------------------------------------------------------------------- */

typedef struct Reading {
    const Eval *ev;
    const Ast  *t;                  /* AST_OPTIMIZER */
    const Ast  *block;
    Rule       *rule;
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
    return among(r->rule->hyper, r->rule->hypers, s);
}

static bool is_assigned_somewhere(const Reading *r, Str s)
{
    for (size_t i = 0; i < r->block->n; i++)
        if ((r->block->child[i]->kind == AST_ASSIGN || r->block->child[i]->kind == AST_STATE) && str_eq(r->block->child[i]->text, s))
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
    for (size_t i = 0; i < r->block->n; i++)
        if (r->block->child[i]->text.n)
            vec_push(a, &names, r->block->child[i]->text);
    Str near = suggest_nearest(t->text, names.at, names.n);
    eval_fail(r->ev, t, "%.*s is never assigned in this rule", STR_ARGS(t->text));
    if (near.n)
        eval_hint(r->ev, "%.*s", STR_ARGS(near));
    else
        eval_hint(r->ev, "%.*s: 0.1 as an option of %.*s", STR_ARGS(t->text), STR_ARGS(r->rule->name));
    return false;
}

static bool refuse_call(const Reading *r, const Ast *t)
{
    static const char *const later[] = { "grad", "loss", "hvp", "matmul", "transpose" };
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (str_is(t->text, later[i]))
            return eval_fail(r->ev, t, "%s is not known in rules yet: they see x, g and t", later[i]), false;
    return true;
}

/* The names that an expression reads: known, or states from now on. */
static bool read_names(Reading *r, const Ast *t)
{
    Arena *a = r->ev->env->line_arena;
    if (t->kind == AST_NAME) {
        if (name_is_constant(t->text) || is_given(r, t->text) || among(r->state.at, r->state.n, t->text) || among(r->assigned.at, r->assigned.n, t->text))
            return true;
        if (!is_assigned_somewhere(r, t->text))
            return refuse_unassigned(r, t);
        vec_push(a, &r->state, t->text);
        vec_push(a, &r->start, (const Ast *)NULL);
        return true;
    }
    if (t->kind == AST_CALL && t->child[0]->kind == AST_NAME && !refuse_call(r, t->child[0]))
        return false;
    for (size_t i = t->kind == AST_CALL && t->child[0]->kind == AST_NAME; i < t->n; i++)
        if (!read_names(r, t->child[i]))
            return false;
    return true;
}

static bool find_states(Reading *r)
{
    Arena *a = r->ev->env->line_arena;
    bool   moves = false;
    for (size_t i = 0; i < r->block->n; i++) {
        const Ast *s = r->block->child[i];
        if (s->kind == AST_EMPTY)
            continue;
        if (s->kind != AST_ASSIGN && s->kind != AST_STATE) {
            eval_fail(r->ev, s, "a rule is a list of assignments");
            eval_hint(r->ev, "m = beta*m + g; x = x - lr*m");
            return false;
        }
        if (among(r->rule->hyper, r->rule->hypers, s->text) || str_is(s->text, "t") || str_is(s->text, "count") || name_is_constant(s->text))
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
    bool  typed = env->typed, in_rule = env->in_rule;
    const Format *format = env->format;
    env->typed = env->in_rule = true;
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
    rule->x = rule_symbol(env->line, STR("x"));
    rule->g = rule_symbol(env->line, STR("g"));
    rule->t = expr_symbol(env->line, STR("t"));
    bind(r, STR("x"), rule->x);
    bind(r, STR("g"), rule->g);
    bind(r, STR("t"), rule->t);
    bind(r, STR("count"), rule_sum(env->line, expr_int(env->line, 1)));
    for (size_t i = 0; i < rule->hypers; i++)
        bind(r, rule->hyper[i], rule->hyper_symbol[i] = expr_symbol(env->line, rule->hyper[i]));
}

static bool lower_states(Reading *r)
{
    Env   *env = r->ev->env;
    Rule  *rule = r->rule;
    rule->states = r->state.n;
    rule->state = r->state.at;
    rule->state_symbol = arena_array(env->line_arena, const Expr *, rule->states + 1);
    rule->start = arena_array(env->line_arena, const Expr *, rule->states + 1);
    for (size_t k = 0; k < rule->states; k++) {
        if (!(rule->start[k] = r->start.at[k] ? lowered(r, r->start.at[k]) : expr_int(env->line, 0)))
            return false;
        bind(r, rule->state[k], rule->state_symbol[k] = rule_symbol(env->line, rule->state[k]));
    }
    return true;
}

static bool lower(Reading *r)
{
    Env  *env = r->ev->env;
    Rule *rule = r->rule;
    bind_given(r);
    if (!lower_states(r))
        return false;
    for (size_t i = 0; i < r->block->n; i++) {
        const Ast *s = r->block->child[i];
        if (s->kind != AST_ASSIGN)
            continue;
        const Expr *e = lowered(r, s->child[0]);
        if (!e)
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
static const Method *read_rule(const Eval *ev, const Ast *t, const RuleText *row)
{
    Arena  *a = ev->env->line_arena;
    Rule   *rule = arena_alloc(a, sizeof *rule);
    Reading r = { .ev = ev, .t = t, .block = t->child[t->n - 1], .rule = rule };
    *rule = (Rule){ .name = t->text, .text = str_slice(ev->source->text, t->span.start, t->span.end), .row = row };
    bool typed = ev->env->typed;
    ev->env->typed = false;
    bool fine = read_hypers(&r);
    ev->env->typed = typed;
    return fine && find_states(&r) && lower(&r) ? method_of_rule(a, rule) : NULL;
}

Value define_optimizer(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    if (ev->scope)
        return eval_fail(ev, t, "an optimizer is defined outside of functions");
    if (fn_find(t->text) || env_builtin(env, t->text))
        return eval_fail(ev, t, "%.*s is built in and cannot be redefined", STR_ARGS(t->text));
    const Method *m = read_rule(ev, t, NULL);
    if (m)
        session_assign(env, t->text, value_method(m));
    return value_method(m);
}

/* ---- methods by name ------------------------------------------------------------------------------------------------------------------ */

/* A row of optimizers.def. It is read anew where it is used: a line makes no nodes in the session's pool. */
static const Method *row_method(Env *env, const RuleText *row)
{
    Source *source = arena_alloc(env->line_arena, sizeof *source);
    size_t  at = 0;
    *source = (Source){ STR("optimizers.def"), str_of(row->text) };
    Eval   ev = { env, NULL, source };
    Diag   outer = env->diag;
    env->diag = diag_new(env->line_arena);
    Ast   *t = parse_statement(env->line_arena, &env->diag, source, &at, (ParseMode){ false });
    const Method *m = t && t->kind == AST_OPTIMIZER ? read_rule(&ev, t, row) : NULL;
    Str   why = env->diag.message;
    env->diag = outer;
    if (!m)
        pool_fail(env->line, "the row %s cannot be read: %.*s", row->name, STR_ARGS(why));
    return m;
}

const Method *find_method(const Eval *ev, Str name)
{
    Value v;
    const Scope *b = scope_find(ev->scope, name);
    if (b && b->value.kind == VALUE_METHOD)
        return b->value.method;
    if (session_value(ev->env, name, &v) && v.kind == VALUE_METHOD)
        return v.method;
    const RuleText *row = find_rule_text(name);
    if (row)
        return row_method(ev->env, row);
    const MethodRow *in_c = method_row(name);
    return in_c ? method_of_row(ev->env->line, ev->env->line_arena, in_c) : NULL;
}

static Value unknown_method(const Eval *ev, const Ast *t)
{
    VEC(Str) names = { 0 };
    Env *env = ev->env;
    for (size_t i = 0; i < env->values.n; i++)
        if (env->values.entry[i].value && ((Value *)env->values.entry[i].value)->kind == VALUE_METHOD)
            vec_push(env->line_arena, &names, env->values.entry[i].key);
    for (const RuleText *row = rule_texts; row->name; row++)
        vec_push(env->line_arena, &names, str_of(row->name));
    for (const MethodRow *row = method_rows; row->name; row++)
        vec_push(env->line_arena, &names, str_of(row->name));
    Str near = suggest_nearest(t->text, names.at, names.n);
    eval_fail(ev, t, "unknown method %.*s", STR_ARGS(t->text));
    eval_hint(ev, "%.*s", STR_ARGS(near.n ? near : STR("gd, momentum, nesterov, adagrad, rmsprop, adam, adamw, newton")));
    return value_failed();
}

Value eval_method(const Eval *ev, const Ast *t)
{
    const Ast *name = t->kind == AST_CALL ? t->child[0] : t;
    if (name->kind == AST_NAME) {
        const Method *m = find_method(ev, name->text);
        if (m)
            return t->kind == AST_CALL ? method_with(ev, t, m) : value_method(m);
        if (pool_error(ev->env->line).n)
            return value_checked(ev, t, NULL);
        Value v;
        if (t->kind == AST_CALL || !(scope_find(ev->scope, name->text) || session_value(ev->env, name->text, &v)))
            return unknown_method(ev, name);
    }
    Value v = eval_expr(ev, t);
    if (v.kind == VALUE_METHOD || v.kind == VALUE_FAILED)
        return v;
    eval_fail(ev, t, "this is no method: %.*s", STR_ARGS(value_shown(ev->env, v)));
    eval_hint(ev, "method: adam(lr: 0.01)");
    return value_failed();
}

/* ---- rates ------------------------------------------------------------------------------------------------------------------------------ */

/* A schedule as a function whose body sees t. */
static const Function *schedule_function(Env *env, const ScheduleText *row, const Scope *t_bound)
{
    Arena  *a = env->line_arena;
    Source *source = arena_alloc(a, sizeof *source);
    size_t  at = 0;
    *source = (Source){ STR("schedules.def"), str_of(row->text) };
    Ast *t = parse_statement(a, &env->diag, source, &at, (ParseMode){ false });
    if (!t || t->kind != AST_DEFINE)
        return NULL;
    size_t     n = (size_t)t->op;
    Str       *param = arena_array(a, Str, n + 1);
    const Ast **fallback = arena_array(a, const Ast *, n + 1);
    for (size_t i = 0; i < n; i++) {
        param[i] = t->child[i]->text;
        fallback[i] = t->child[i]->n ? t->child[i]->child[0] : NULL;
    }
    Function *f = arena_alloc(a, sizeof *f);
    *f = (Function){ .kind = FUNCTION_USER, .name = t->text, .n = n, .param = param, .fallback = fallback, .body = t->child[n], .source = source,
                     .captured = t_bound };
    return f;
}

/* Is it written with literals, schedules and t alone? Then its text says what it is. */
static bool only_literals(const Ast *t)
{
    if (t->kind == AST_NAME)
        return str_is(t->text, "t") || name_is_constant(t->text);
    for (size_t i = t->kind == AST_CALL; i < t->n; i++)
        if (!only_literals(t->child[i]))
            return false;
    return true;
}

static const Scope *rate_scope(const Eval *ev, const Expr *t)
{
    Env         *env = ev->env;
    const Scope *bound_t = scope_bind(env, NULL, BIND_VARIABLE, STR("t"), value_none(), t);
    const Scope *scope = scope_bind(env, ev->scope, BIND_VARIABLE, STR("t"), value_none(), t);
    for (const ScheduleText *row = schedule_texts; row->name; row++)
        scope = scope_bind(env, scope, BIND_VALUE, str_of(row->name),
                           (Value){ .kind = VALUE_FUNCTION, .function = schedule_function(env, row, bound_t) }, NULL);
    return scope;
}

Value eval_rate(const Eval *ev, const Ast *ast)
{
    static const char *const names[] = { "value", "t", "text" };
    Env        *env = ev->env;
    const Expr *t = expr_symbol(env->line, STR("t"));
    Eval        inner = { env, only_literals(ast) && ast->kind != AST_CALL && ast->kind != AST_NAME ? scope_bind(env, ev->scope, BIND_VARIABLE, STR("t"), value_none(), t)
                                                                                 : rate_scope(ev, t), ev->source };
    bool typed = env->typed;
    env->typed = false;
    const Expr *e = eval_scalar_or_tensor(&inner, ast);
    env->typed = typed;
    if (!e)
        return value_failed();
    Nodes free = expr_symbols(env->line, env->line_arena, e);
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != t) {
            eval_fail(ev, ast, "%.*s has no value: this is a number or an expression in t = 0, 1, ...", STR_ARGS(free.at[i]->name));
            eval_hint(ev, "0.1/(1 + t), or cosine(0.1, steps: 100)");
            return value_failed();
        }
    if (!expr_is_scalar(e) || e->kind == EXPR_RELATION || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I)))
        return eval_fail(ev, ast, "this is a number or an expression in t = 0, 1, ...");
    Str   text = only_literals(ast) ? str_slice(ev->source->text, ast->span.start, ast->span.end) : value_shown(env, value_expr(e));
    Value item[3] = { value_expr(e), value_expr(t), value_text(text) };
    Str  *name = arena_array(env->line_arena, Str, 3);
    for (size_t i = 0; i < 3; i++)
        name[i] = str_of(names[i]);
    return value_record(env->line_arena, name, item, 3);
}

/* A word among those of an option, or a number in its range. */
static const Expr *row_option(const Eval *ev, const Ast *t, const RowOption *o, Str *given)
{
    Env   *env = ev->env;
    size_t place = 0;
    *given = str_slice(ev->source->text, t->span.start, t->span.end);
    for (const char *word = o->words; word; place++) {
        const char *end = strchr(word, ' ');
        if (t->kind == AST_NAME && str_eq(t->text, (Str){ word, end ? (size_t)(end - word) : strlen(word) }))
            return expr_int(env->line, (slong)place);
        word = end ? end + 1 : NULL;
    }
    if (o->words)
        return eval_fail(ev, t, "%s: is one of %s", o->name, o->words), NULL;
    const Expr *e = eval_scalar_or_tensor(ev, t);
    Format      fp64;
    const double *x = e && expr_is_numeric(e) && expr_is_scalar(e) && format_named(STR("fp64"), &fp64) ? expr_run(env->line, env->line_arena, &e, 1, &fp64, 1) : NULL;
    pool_clear_error(env->line);
    if (!e)
        return NULL;
    if (!x || !(*x >= o->least && *x <= o->most))
        return eval_fail(ev, t, "%s: is a number from %g to %g", o->name, o->least, o->most), NULL;
    if (t->kind != AST_NUMBER)
        *given = value_shown(env, value_expr(e));
    return e;
}

static Value no_such_option(const Eval *ev, const Ast *option, const Method *m)
{
    VEC(Str) names = { 0 };
    Str      own = method_name(m), text = str_slice(ev->source->text, option->span.start, option->span.end);
    for (size_t i = 0; i < method_hypers(m); i++)
        vec_push(ev->env->line_arena, &names, method_hyper_name(m, i));
    if (option->kind != AST_OPTION) {
        eval_fail(ev, option, "the numbers of a method have names");
        if (names.n)
            eval_hint(ev, "%.*s(%.*s: %.*s)", STR_ARGS(own), STR_ARGS(names.at[0]), STR_ARGS(text));
        return value_failed();
    }
    Str near = suggest_nearest(option->text, names.at, names.n);
    eval_fail(ev, option, "%.*s has no option %.*s", STR_ARGS(own), STR_ARGS(option->text));
    if (near.n)
        eval_hint(ev, "%.*s: %.*s", STR_ARGS(near), STR_ARGS(str_slice(ev->source->text, option->child[0]->span.start, option->child[0]->span.end)));
    return value_failed();
}

/* gd(search: armijo): the row of that name has the option that the rule lacks. */
static const Method *with_control_flow(const Eval *ev, const Ast *call, const Method *m)
{
    const MethodRow *row = m->rule && m->rule->row ? method_row(m->rule->name) : NULL;
    const Method    *other = row ? method_of_row(ev->env->line, ev->env->line_arena, row) : m;
    for (size_t i = 1; row && i < call->n; i++)
        if (call->child[i]->kind == AST_OPTION && method_hyper(m, call->child[i]->text) < 0 && method_hyper(other, call->child[i]->text) >= 0)
            return other;
    return m;
}

/* adam(lr: 0.1, beta1: 0.8): the method with other hyperparameters. */
Value method_with(const Eval *ev, const Ast *call, const Method *m)
{
    Env   *env = ev->env;
    Arena *a = env->line_arena;
    m = with_control_flow(ev, call, m);
    size_t n = method_hypers(m);
    Method *made = arena_copy(a, m, sizeof *m);
    const Expr **value = arena_copy(a, m->value, n * sizeof *value);
    Str    *given = arena_copy(a, m->given, n * sizeof *given);
    for (size_t i = 1; i < call->n; i++) {
        const Ast *option = call->child[i];
        long       k = option->kind == AST_OPTION ? method_hyper(m, option->text) : -1;
        if (k < 0)
            return no_such_option(ev, option, m);
        if (m->row) {
            if (!(value[k] = row_option(ev, option->child[0], &m->row->option[k], &given[k])))
                return value_failed();
            continue;
        }
        Value rate = eval_rate(ev, option->child[0]);
        if (rate.kind == VALUE_FAILED)
            return rate;
        value[k] = record_get(rate.record, STR("value"))->expr;
        given[k] = record_get(rate.record, STR("text"))->text;
        made->t = record_get(rate.record, STR("t"))->expr;
    }
    made->value = value;
    made->given = given;
    return value_method(made);
}

/* ---- formats, sums in rules --------------------------------------------------------------------------------------------------------------- */

Value eval_named_format(const Eval *ev, const Ast *t)
{
    Ast     named = *t;
    Format *f = arena_alloc(ev->env->line_arena, sizeof *f);
    if (t->kind == AST_NAME || (t->kind == AST_CALL && t->child[0]->kind == AST_NAME)) {
        bool call = t->kind == AST_CALL;
        named = (Ast){ .kind = AST_FORMAT, .span = t->span, .text = call ? t->child[0]->text : t->text, .n = call ? t->n - 1 : 0, .child = call ? t->child + 1 : NULL };
    } else if (t->kind != AST_FORMAT) {
        eval_fail(ev, t, "this is no number format");
        eval_hint(ev, "fp64, fp32, fp16, bf16, 200 bits, 50 digits");
        return value_failed();
    }
    return eval_format(ev, &named, f) ? value_format(f) : value_failed();
}

bool rule_call(const Eval *ev, const Ast *t, Value *out)
{
    Pool *p = ev->env->line;
    bool  norm = str_is(t->child[0]->text, "norm"), dot = str_is(t->child[0]->text, "dot");
    if ((!norm || t->n != 2) && (!dot || t->n != 3))
        return false;
    const Expr *a = eval_scalar_or_tensor(ev, t->child[1]), *b = norm || !a ? a : eval_scalar_or_tensor(ev, t->child[2]);
    const Expr *sum = b ? rule_sum(p, typed_node(p, EXPR_MUL, (const Expr *const[]){ a, b }, 2)) : NULL;
    *out = !b ? value_failed() : value_checked(ev, t, norm ? typed_call(p, &fn_rows[FN_sqrt], &sum, 1) : sum);
    return true;
}
