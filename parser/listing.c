/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user has defined, as lines that can be typed back: show vars, show functions, show assumptions, show f. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/settings.h"
#include "parser/suggest.h"
#include "symbolic/matrix/matrix.h"

static void new_line(Buf *b)
{
    if (b->n)
        buf_add_c(b, '\n');
}

/* A text has its quotes, an equation its brackets, and an approximation is one when it is typed back. */
static void add_typed(Buf *b, Env *env, Value v)
{
    Str text = env_value_text(env, v, false);
    if (v.kind == VALUE_TEXT) {
        Str quoted = env_value_text(env, value_list(env->line_arena, &v, 1), false);
        buf_add(b, str_slice(quoted, 1, quoted.n - 1));
    } else if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_RELATION) {
        buf_printf(b, "(%.*s)", STR_ARGS(text));
    } else if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_BALL) {
        buf_printf(b, "N(%.*s, %ld)", STR_ARGS(text), (long)v.expr->ball->digits);
    } else {
        buf_add(b, text);
    }
}

/* Is it what a declaration of `name` made: its symbol, or the literal of its entries? */
static bool is_declared_as(Env *env, const Expr *e, Str name)
{
    return e->kind == EXPR_SYMBOL ? str_eq(e->name, name) : e->kind == EXPR_TENSOR && e == expr_entries(env->line, name, expr_rows(e), expr_cols(e));
}

/* vector x(n), matrix A(2, 3), matrix S(n, n); assume S symmetric */
static bool add_declaration(Buf *b, Env *env, Str name, Value v)
{
    const Expr *e = v.kind == VALUE_EXPR && expr_is_tensor(v.expr) && v.expr->shape ? v.expr : NULL;
    bool        plain = e && is_declared_as(env, e, name), symmetric = e && !plain && is_declared_as(env, e, expr_symmetric(env->line, expr_symbol(env->line, name))->name);
    if (!plain && !symmetric)
        return false;
    bool vector = expr_is_one(e->shape->cols);
    buf_printf(b, "%s %.*s(", vector ? "vector" : "matrix", STR_ARGS(name));
    value_print(b, env, value_expr(e->shape->rows), false);
    if (!vector) {
        buf_add_s(b, ", ");
        value_print(b, env, value_expr(e->shape->cols), false);
    }
    buf_add_c(b, ')');
    if (symmetric)
        buf_printf(b, "; assume %.*s symmetric", STR_ARGS(name));
    return true;
}

static void add_value(Buf *b, Env *env, Str name, Value v)
{
    new_line(b);
    if (v.kind == VALUE_METHOD && v.method->rule && !v.method->rule->row && str_eq(v.method->rule->name, name)) {
        buf_add(b, v.method->rule->text);
        return;
    }
    if (add_declaration(b, env, name, v))
        return;
    buf_printf(b, "%.*s = ", STR_ARGS(name));
    add_typed(b, env, v);
}

static void add_function(Buf *b, Env *env, const Function *f)
{
    new_line(b);
    if (f->kind == FUNCTION_UNKNOWN) {
        buf_printf(b, "function %.*s(", STR_ARGS(f->name));
        for (size_t i = 0; i < f->n; i++)
            buf_printf(b, "%s%.*s", i ? ", " : "", STR_ARGS(f->param[i]));
        buf_add_c(b, ')');
        return;
    }
    value_print(b, env, (Value){ .kind = VALUE_FUNCTION, .function = f }, false);
}

static const Function *defined_function(Env *env, Str name)
{
    const Function *f = map_get(&env->pending_functions, name);
    f = f ? f : map_get(&env->functions, name);
    return f && (f->body || f->kind != FUNCTION_USER) ? f : NULL;
}

/* A relation, or the bare name that was declared. */
static bool add_assumption(Buf *b, Env *env, Str name)
{
    const Expr *fact = map_get(&env->assumptions, name);
    const char *property = map_get(&env->declared, name);
    if (!property)
        return false;
    new_line(b);
    buf_add_s(b, "assume ");
    buf_add(b, fact ? env_value_text(env, value_expr(fact), false) : name);
    if (*property && !str_is(str_of(property), "positive"))
        buf_printf(b, "%s%.*s %s", fact ? ", " : "", fact ? (int)name.n : 0, name.s, property);
    return true;
}

bool env_definition(Env *env, Str name, Buf *b)
{
    size_t          before = b->n;
    Value           v;
    const Function *f = defined_function(env, name);
    if (session_value(env, name, &v))
        add_value(b, env, name, v);
    if (f)
        add_function(b, env, f);
    add_assumption(b, env, name);
    return b->n > before;
}

static void show_settings(Buf *b, Env *env)
{
    for (const SettingRow *row = setting_rows; row->name; row++) {
        Str set = str_printf(env->line_arena, "set %s %.*s", row->name, STR_ARGS(row->get(&env->settings, env->line_arena)));
        new_line(b);
        buf_printf(b, "%-18.*s # %s (%s)", STR_ARGS(set), row->help, row->values);
    }
}

static void show_vars(Buf *b, Env *env)
{
    Value v;
    for (size_t k = 0; k < env->values.n; k++)
        if (session_value(env, env->values.entry[k].key, &v))
            add_value(b, env, env->values.entry[k].key, v);
}

static void show_functions(Buf *b, Env *env)
{
    for (size_t k = 0; k < env->functions.n; k++) {
        const Function *f = defined_function(env, env->functions.entry[k].key);
        if (f)
            add_function(b, env, f);
    }
}

static void show_assumptions(Buf *b, Env *env)
{
    for (size_t k = 0; k < env->declared.n; k++)
        add_assumption(b, env, env->declared.entry[k].key);
}

static void show_history(Buf *b, Env *env)
{
    journal_list(b, env, 0);
}

/* What `show NAME` lists by itself; a user's own definition of such a name comes first. */
static const struct { const char *name; void (*show)(Buf *b, Env *env); const char *none; } listings[] = {
    { "vars", show_vars, "# no values" },
    { "functions", show_functions, "# no functions" },
    { "assumptions", show_assumptions, "# no assumptions: variables are real" },
    { "settings", show_settings, "" },
    { "history", show_history, "# no statements yet" },
};
enum { LISTINGS = sizeof listings / sizeof *listings };

const char *env_listing(size_t i)
{
    return i < LISTINGS ? listings[i].name : NULL;
}

static bool show_listing(Buf *b, Env *env, Str name)
{
    for (size_t i = 0; i < LISTINGS; i++)
        if (str_is(name, listings[i].name)) {
            size_t before = b->n;
            listings[i].show(b, env);
            if (b->n == before) {
                new_line(b);
                buf_add_s(b, listings[i].none);
            }
            return true;
        }
    return false;
}

static Value refuse_show(const Eval *ev, const Ast *t)
{
    Env     *env = ev->env;
    Name    *names;
    size_t   n = env_names(env, env->line_arena, &names);
    VEC(Str) known = { 0 };
    if (fn_find(t->text) || env_builtin(env, t->text)) {
        eval_fail(ev, t, "%.*s is built in", STR_ARGS(t->text));
        eval_hint(ev, "?%.*s", STR_ARGS(t->text));
        return value_failed();
    }
    for (size_t i = 0; i < LISTINGS; i++)
        vec_push(env->line_arena, &known, str_of(listings[i].name));
    for (size_t i = 0; i < n; i++)
        if (names[i].kind == NAME_VARIABLE || names[i].kind == NAME_FUNCTION)
            vec_push(env->line_arena, &known, names[i].text);
    Str near = suggest_nearest(t->text, known.at, known.n);
    eval_fail(ev, t, "%.*s is not defined", STR_ARGS(t->text));
    eval_hint(ev, "show %.*s", STR_ARGS(near.n ? near : STR("vars")));
    return value_failed();
}

Value session_show(const Eval *ev, const Ast *t)
{
    Buf b = buf_new(ev->env->line_arena);
    if (t->op)
        journal_list(&b, ev->env, (size_t)t->op);
    for (size_t i = 0; !t->op && i < t->n; i++)
        if (!env_definition(ev->env, t->child[i]->text, &b) && !show_listing(&b, ev->env, t->child[i]->text))
            return refuse_show(ev, t->child[i]);
    return value_text(buf_str(&b));
}
