/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimizers and schedules by name (GRAMMAR 6): the user's own definitions and the rows of symbolic/, read by the same parser and lowered
 * the same way; their numbers, which must lie in their ranges. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/form.h"
#include "parser/suggest.h"
#include "symbolic/tape/run.h"

#include <string.h>

const RuleText *find_rule_text(Str name)
{
    for (const RuleText *row = rule_texts; row->name; row++)
        if (str_is(name, row->name))
            return row;
    return NULL;
}

Value define_optimizer(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    if (ev->scope)
        return eval_fail(ev, t, "an optimizer is defined outside of functions");
    if (fn_find(t->text) || env_builtin(env, t->text))
        return eval_fail(ev, t, "%.*s is built in and cannot be redefined", STR_ARGS(t->text));
    const Method *m = read_optimizer(ev, t, NULL);
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
    const Method *m = t && t->kind == AST_OPTIMIZER ? read_optimizer(&ev, t, row) : NULL;
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

/* ---- options --------------------------------------------------------------------------------------------------------------------------- */

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

static bool word_among(const char *words, Str name)
{
    for (const char *word = words; *word; word += strcspn(word, " "), word += *word == ' ')
        if (str_eq(name, (Str){ word, strcspn(word, " ") }))
            return true;
    return false;
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

/* adam(dialect: keras): the form of a library. NULL after a failure. */
static const Method *in_dialect(const Eval *ev, const Ast *option, const Method *m)
{
    const Ast      *word = option->child[0];
    const RuleText *row = m->rule ? m->rule->row : NULL;
    Str             name = method_name(m);
    Buf             known = buf_new(ev->env->line_arena);
    if (!row)
        return eval_fail(ev, option, "%.*s has no dialects", STR_ARGS(name)), NULL;
    row = find_rule_text(str_of(row->name));
    if (word->kind == AST_NAME && word_among(row->libraries, word->text))
        return row_method(ev->env, row);
    buf_add_s(&known, row->libraries);
    for (const RuleText *d = dialect_texts; d->name; d++) {
        if (strcmp(d->name, row->name) != 0)
            continue;
        if (word->kind == AST_NAME && str_is(word->text, d->dialect))
            return row_method(ev->env, d);
        buf_printf(&known, "%s%s", known.n ? " " : "", d->dialect);
    }
    if (!known.n)
        return eval_fail(ev, word, "%.*s has one form only", STR_ARGS(name)), NULL;
    eval_fail(ev, word, "%.*s has no such dialect", STR_ARGS(name));
    eval_hint(ev, "dialect: is one of %.*s", STR_ARGS(buf_str(&known)));
    return NULL;
}

/* Is every number in its range? What follows a schedule is looked at nowhere. */
static bool in_range(const Eval *ev, const Ast *call, const Method *m)
{
    Env            *env = ev->env;
    const RuleText *row = m->rule && m->rule->row ? find_rule_text(str_of(m->rule->row->name)) : NULL;
    const Scope    *scope = NULL;
    const char     *text = row ? row->range : "";
    for (size_t i = 0; row && i < m->rule->hypers; i++)
        scope = scope_bind(env, scope, BIND_VALUE, m->rule->hyper[i], value_expr(m->value[i]), NULL);
    while (*text) {
        size_t  n = strcspn(text, ","), at = 0;
        Source *source = arena_alloc(env->line_arena, sizeof *source);
        *source = (Source){ STR("optimizers.def"), (Str){ text, n } };
        Eval    inner = { env, scope, source };
        Diag    outer = env->diag;
        bool    typed = env->typed;
        env->diag = diag_new(env->line_arena);
        env->typed = false;
        Ast    *t = parse_statement(env->line_arena, &env->diag, source, &at, (ParseMode){ false });
        Value   v = t ? eval_expr(&inner, t) : value_failed();
        env->diag = outer;
        env->typed = typed;
        if (v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_FALSE)) {
            Str name = method_name(m);
            return eval_fail(ev, call, "%.*s needs %.*s", STR_ARGS(name), (int)n, text), false;
        }
        text += n + (text[n] == ',');
        text += *text == ' ';
    }
    return true;
}

/* adam(clip_norm: 1): the gradient is cut before the step. clip_slack is added to a norm. */
static bool read_clip(const Eval *ev, const Ast *option, Method *m)
{
    ClipKind    kind = clip_named(option->text);
    const Expr *e = eval_scalar_or_tensor(ev, option->child[0]);
    if (!e)
        return false;
    if (!clip_bound(ev->env->line, ev->env->line_arena, e))
        return eval_fail(ev, option->child[0], "%.*s: is a number from 0", STR_ARGS(option->text)), false;
    if (kind && m->clip && m->clip != kind) {
        eval_fail(ev, option, "a gradient is clipped in one way only");
        return false;
    }
    if (kind) {
        m->clip = kind;
        m->bound = e;
        m->bound_text = value_shown(ev->env, value_expr(e));
    } else {
        m->slack = e;
    }
    return true;
}

/* adam(lr: 0.1, beta1: 0.8): the method with other hyperparameters. */
Value method_with(const Eval *ev, const Ast *call, const Method *m)
{
    Env   *env = ev->env;
    Arena *a = env->line_arena;
    for (size_t i = 1; i < call->n; i++)
        if (call->child[i]->kind == AST_OPTION && str_is(call->child[i]->text, "dialect") && !(m = in_dialect(ev, call->child[i], m)))
            return value_failed();
    m = with_control_flow(ev, call, m);
    size_t n = method_hypers(m);
    Method *made = arena_copy(a, m, sizeof *m);
    const Expr **value = arena_copy(a, m->value, n * sizeof *value);
    Str    *given = arena_copy(a, m->given, n * sizeof *given);
    for (size_t i = 1; i < call->n; i++) {
        const Ast *option = call->child[i];
        if (option->kind == AST_OPTION && str_is(option->text, "dialect"))
            continue;
        long       k = option->kind == AST_OPTION ? method_hyper(m, option->text) : -1;
        if (k < 0 && option->kind == AST_OPTION && m->rule && (clip_named(option->text) || str_is(option->text, "clip_slack"))) {
            if (!read_clip(ev, option, made))
                return value_failed();
            continue;
        }
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
        value[k] = method_rate(env->line, made, value[k], rate.record);
        given[k] = record_get(rate.record, STR("text"))->text;
    }
    made->value = value;
    made->given = given;
    return in_range(ev, call, made) ? value_method(made) : value_failed();
}

/* ---- formats --------------------------------------------------------------------------------------------------------------- */

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

Value eval_roles(const Eval *ev, const Ast *t)
{
    Arena *a = ev->env->line_arena;
    bool   record = t->kind == AST_RECORD;
    if (!record && !form_binds_name(t))
        return eval_named_format(ev, t);
    size_t n = record ? t->n : 1;
    Str   *name = arena_array(a, Str, n);
    Value *item = arena_array(a, Value, n);
    for (size_t i = 0; i < n; i++) {
        name[i] = record ? t->child[i]->text : t->child[0]->text;
        item[i] = eval_named_format(ev, record ? t->child[i]->child[0] : t->child[1]);
        if (item[i].kind == VALUE_FAILED)
            return item[i];
    }
    return value_record(a, name, item, n);
}

/* ---- choices ----------------------------------------------------------------------------------------------------------------- */

/* A word that means nothing else, or a call of one with options only, is left to the command. */
Value eval_choice(const Eval *ev, const Ast *t)
{
    Arena     *a = ev->env->line_arena;
    const Ast *word = t->kind == AST_CALL ? t->child[0] : t;
    bool       call = t->kind == AST_CALL;
    Value      v;
    if (word->kind != AST_NAME || scope_find(ev->scope, word->text) || session_value(ev->env, word->text, &v) || name_is_constant(word->text))
        return eval_expr(ev, t);
    for (size_t i = 1; call && i < t->n; i++)
        if (t->child[i]->kind != AST_OPTION)
            return eval_expr(ev, t);
    if (!call)
        return value_text(word->text);
    Str   *name = arena_array(a, Str, t->n);
    Value *item = arena_array(a, Value, t->n);
    name[0] = STR("word");
    item[0] = value_text(word->text);
    for (size_t i = 1; i < t->n; i++) {
        name[i] = t->child[i]->text;
        item[i] = eval_expr(ev, t->child[i]->child[0]);
        if (item[i].kind == VALUE_FAILED)
            return item[i];
    }
    return value_record(a, name, item, t->n);
}
