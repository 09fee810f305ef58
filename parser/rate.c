/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates (GRAMMAR 6): a number, an expression in t, or a schedule of schedules.def, whose rate may be left to the method. A schedule that
 * remembers is a rule whose x is the rate. */
#include "parser/env_int.h"

/* ---- rates ------------------------------------------------------------------------------------------------------------------------------ */

/* A schedule as a function whose body sees t. The name of a form of a library holds a blank. */
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
    if (t->kind == AST_OPTION && str_is(t->text, "dialect"))
        return true;
    for (size_t i = t->kind == AST_CALL; i < t->n; i++)
        if (!only_literals(t->child[i]))
            return false;
    return true;
}

static Str dialect_name(Arena *a, const ScheduleText *row)
{
    return str_printf(a, "%s %s", row->name, row->dialect);
}

static const Scope *rate_scope(const Eval *ev, const Expr *t)
{
    Env         *env = ev->env;
    const Scope *bound_t = scope_bind(env, NULL, BIND_VARIABLE, STR("t"), value_none(), t);
    const Scope *scope = scope_bind(env, ev->scope, BIND_VARIABLE, STR("t"), value_none(), t);
    scope = scope_bind(env, scope, BIND_VARIABLE, rate_base(env->line)->name, value_none(), rate_base(env->line));
    for (const ScheduleText *row = schedule_texts; row->name; row++)
        scope = scope_bind(env, scope, BIND_VALUE, row->dialect ? dialect_name(env->line_arena, row) : str_of(row->name),
                           (Value){ .kind = VALUE_FUNCTION, .function = schedule_function(env, row, bound_t) }, NULL);
    return scope;
}

static bool is_schedule(Str name)
{
    for (const ScheduleText *row = schedule_texts; row->name; row++)
        if (str_is(name, row->name))
            return true;
    return false;
}

/* The schedule of this name in a dialect; refused if it has no such form. A library without a form of its own has the usual one. */
static bool read_dialect(const Eval *ev, const Ast *option, Str *name)
{
    static const char *const libraries[] = { "torch", "optax", "keras" };
    const Ast *word = option->child[0];
    for (const ScheduleText *row = schedule_texts; row->name; row++)
        if (row->dialect && str_is(*name, row->name) && word->kind == AST_NAME && str_is(word->text, row->dialect)) {
            *name = dialect_name(ev->env->line_arena, row);
            return true;
        }
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (word->kind == AST_NAME && str_is(word->text, libraries[i]))
            return true;
    eval_fail(ev, word, "dialect: is one of torch, optax, keras");
    return false;
}

/* The same tree, in which a schedule without a rate gets the method's own, and dialect: is part of the name. NULL after a failure. */
static const Ast *complete_schedules(const Eval *ev, const Ast *t)
{
    Arena      *a = ev->env->line_arena;
    Ast        *copy = arena_copy(a, t, sizeof *t);
    bool        schedule = t->kind == AST_CALL && t->child[0]->kind == AST_NAME && is_schedule(t->child[0]->text);
    const Ast **child = arena_array(a, const Ast *, t->n + 2);
    size_t      n = 0;
    if (t->kind == AST_NAME && is_schedule(t->text) && !schedule)
        return t;
    for (size_t i = 0; i < t->n; i++) {
        const Ast *c = t->child[i];
        if (schedule && i == 0) {
            Ast *name = arena_copy(a, c, sizeof *c), *base = arena_copy(a, c, sizeof *c);
            for (size_t k = 1; k < t->n; k++)
                if (t->child[k]->kind == AST_OPTION && str_is(t->child[k]->text, "dialect") && !read_dialect(ev, t->child[k], &name->text))
                    return NULL;
            base->text = rate_base(ev->env->line)->name;
            child[n++] = name;
            if (t->n == 1 || t->child[1]->kind == AST_OPTION)
                child[n++] = base;
        } else if (!(schedule && c->kind == AST_OPTION && str_is(c->text, "dialect"))) {
            if (!(child[n++] = complete_schedules(ev, c)))
                return NULL;
        }
    }
    copy->child = (Ast **)child;
    copy->n = n;
    return copy;
}

static Value rate_record(Env *env, const Expr *e, const Expr *t, Str text, const Rule *memory)
{
    static const char *const names[] = { "value", "t", "text", "memory" };
    Method *m = arena_alloc(env->line_arena, sizeof *m);
    m->rule = memory;
    Value item[4] = { value_expr(e), value_expr(t), value_text(text), memory ? value_method(m) : value_none() };
    Str  *name = arena_array(env->line_arena, Str, 4);
    for (size_t i = 0; i < 4; i++)
        name[i] = str_of(names[i]);
    return value_record(env->line_arena, name, item, 4);
}

/* ---- schedules that remember ------------------------------------------------------------------------------------------------------------------------- */

static const MemoryText *memory_text(const Ast *ast)
{
    const Ast *name = ast->kind == AST_CALL ? ast->child[0] : ast;
    for (const MemoryText *row = memory_texts; row->name; row++)
        if (name->kind == AST_NAME && str_is(name->text, row->name))
            return row;
    return NULL;
}

/* The number of an option, or of the rate, which comes first. */
static bool memory_number(const Eval *ev, const Ast *t, const Expr **out)
{
    const Expr *e = eval_scalar_or_tensor(ev, t);
    if (!e)
        return false;
    if (!expr_is_numeric(e) || !expr_is_scalar(e))
        return eval_fail(ev, t, "this is no number"), false;
    *out = e;
    return true;
}

static Value memory_rate(const Eval *ev, const Ast *ast, const MemoryText *row)
{
    Env        *env = ev->env;
    const Rule *r = read_memory(ev, row);
    if (!r)
        return value_failed();
    const Expr **value = arena_copy(env->line_arena, r->fallback, r->hypers * sizeof *value), *t = r->t;
    value[0] = rate_base(env->line);
    for (size_t i = 1; ast->kind == AST_CALL && i < ast->n; i++) {
        const Ast *c = ast->child[i];
        size_t     k = 0;
        while (c->kind == AST_OPTION && k < r->hypers && !str_eq(c->text, r->hyper[k]))
            k++;
        if (k == r->hypers || (c->kind != AST_OPTION && i > 1))
            return eval_fail(ev, c, "%s has no such option", row->name);
        if (!memory_number(ev, c->kind == AST_OPTION ? c->child[0] : c, &value[k]))
            return value_failed();
    }
    Rule *made = arena_copy(env->line_arena, r, sizeof *r);
    const Expr **update = arena_array(env->line_arena, const Expr *, r->states + 1), **start = arena_array(env->line_arena, const Expr *, r->states + 1);
    for (size_t k = 0; k <= r->states; k++) {
        update[k] = expr_subst(env->line, r->update[k], r->hyper_symbol, value, r->hypers);
        start[k] = k < r->states ? expr_subst(env->line, r->start[k], r->hyper_symbol, value, r->hypers) : NULL;
        if (!update[k] || (k < r->states && !start[k]))
            return value_checked(ev, ast, NULL);
    }
    made->update = update;
    made->start = start;
    made->start_of_x = value[0];
    return rate_record(env, r->x, t, str_slice(ev->source->text, ast->span.start, ast->span.end), made);
}

/* ---- rates --------------------------------------------------------------------------------------------------------------------------------------- */

Value eval_rate(const Eval *ev, const Ast *ast)
{
    Env        *env = ev->env;
    const MemoryText *remembers = memory_text(ast);
    if (remembers)
        return memory_rate(ev, ast, remembers);
    const Ast  *whole = complete_schedules(ev, ast);
    if (!whole)
        return value_failed();
    const Expr *t = expr_symbol(env->line, STR("t"));
    Eval        inner = { env, only_literals(ast) && ast->kind != AST_CALL && ast->kind != AST_NAME ? scope_bind(env, ev->scope, BIND_VARIABLE, STR("t"), value_none(), t)
                                                                                 : rate_scope(ev, t), ev->source };
    bool typed = env->typed;
    env->typed = false;
    const Expr *e = eval_scalar_or_tensor(&inner, whole);
    env->typed = typed;
    if (!e) {
        Diag *d = &env->diag;
        if (d->source != ev->source && !d->interrupted) {       /* inside the text of a schedule: its numbers are to blame */
            d->source = ev->source;
            d->span = ast->span;
            d->message = str_printf(env->line_arena, "no schedule with these numbers: %.*s", STR_ARGS(d->message));
        }
        return value_failed();
    }
    Nodes free = expr_symbols(env->line, env->line_arena, e);
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != t && free.at[i] != rate_base(env->line)) {
            eval_fail(ev, ast, "%.*s has no value: this is a number or an expression in t = 0, 1, ...", STR_ARGS(free.at[i]->name));
            eval_hint(ev, "0.1/(1 + t), or cosine(0.1, T: 100)");
            return value_failed();
        }
    if (!expr_is_scalar(e) || e->kind == EXPR_RELATION || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I)))
        return eval_fail(ev, ast, "this is a number or an expression in t = 0, 1, ...");
    Str   text = only_literals(ast) ? str_slice(ev->source->text, ast->span.start, ast->span.end) : value_shown(env, value_expr(e));
    return rate_record(env, e, t, text, NULL);
}
