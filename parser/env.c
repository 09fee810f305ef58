/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session: making it, running one statement as a transaction, and the names it knows.
 *
 * A statement works in a pool and an arena of its own and assigns to pending maps; only when it has succeeded are its
 * values copied into the session. A failed statement leaves nothing behind. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "numeric/data.h"
#include "parser/settings.h"
#include "parser/words.h"
#include "symbolic/optimize/method.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_OUT = 100000 };

/* ---- making a session --------------------------------------------------------------------------------------------------- */

/* How the rows of symbolic/ are read: u, v, w, s are bound to the arguments and the text is evaluated. */
static const Expr *read_rule(void *context, Pool *p, const char *text, const Expr *const *arg, size_t n, bool as_typed)
{
    static const char *const names[] = { "u", "v", "w", "s" };
    Env *env = context;
    Ast *t = map_get(&env->rules, str_of(text));
    if (!t) {
        Source *source = arena_alloc(env->session_arena, sizeof *source);
        Diag    diag = diag_new(env->session_arena);
        *source = (Source){ STR("a row"), str_copy(env->session_arena, str_of(text)) };
        t = parse_expression(env->session_arena, &diag, source);
        if (!t)
            return pool_fail(p, "the row \"%s\" cannot be read: %.*s", text, STR_ARGS(diag.message));
        map_put(&env->rules, str_of(text), t);
    }
    const Scope *scope = NULL;
    Pool        *line = env->line;
    bool         typed = env->typed;
    env->line = p;
    const struct Format *format = env->format;
    env->typed = as_typed;
    env->format = NULL;
    for (size_t i = 0; i < n; i++)
        scope = scope_bind(env, scope, BIND_VALUE, str_of(names[i]), value_expr(arg[i]), NULL);
    Source none = { 0 };
    Diag   outer = env->diag;
    env->diag = diag_new(env->line_arena);
    Eval  ev = { env, scope_bind(env, scope, BIND_VALUE, STR(""), value_none(), NULL), &none };
    Value v = eval_expr(&ev, t);
    Str   why = env->diag.message;
    env->diag = outer;
    env->line = line;
    env->typed = typed;
    env->format = format;
    return v.kind == VALUE_EXPR ? v.expr : pool_fail(p, "%.*s", STR_ARGS(why.n ? why : STR("a row gave no expression")));
}

static size_t stack_room(void)
{
    struct rlimit limit;
    size_t        room = 8u << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        room = limit.rlim_cur;
    return room - room / 4;
}

static const Expr *fact_of(void *context, Str name, bool *integer)
{
    const Env  *env = context;
    const char *property = map_get(&env->declared, name);
    *integer = property && str_is(STR("integer"), property);
    return map_get(&env->assumptions, name);
}

Env *env_new(const Builtin *const *tables)
{
    arena_keep_memory();
    Arena *a = arena_new();
    Env   *env = arena_alloc(a, sizeof *env);
    *env = (Env){ .session_arena = a, .line_arena = arena_new(), .session = pool_new(NULL), .settings = settings_default(), .tables = tables,
                  .ans = value_none(), .stack_base = (const char *)&a, .stack_room = stack_room() };
    Map *maps[] = { &env->values, &env->functions, &env->assumptions, &env->declared, &env->builtins, &env->signatures, &env->rules };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        *maps[i] = map_new(a);
    env->pending_values = env->pending_functions = map_new(env->line_arena);
    pool_set_reader(env->session, read_rule, env);
    pool_set_facts(env->session, fact_of, env);
    pool_set_work(env->session, &env->work);
    env->line = pool_new(env->session);
    return env;
}

void env_delete(Env *env)
{
    pool_delete(env->line);
    pool_delete(env->session);
    arena_delete(env->line_arena);
    arena_delete(env->session_arena);
}

void env_on_print(Env *env, void (*print)(void *context, Str text), void *context)
{
    env->print = print;
    env->print_context = context;
}

void env_on_export(Env *env, Str (*export)(void *context, Str path, bool *failed), void *context)
{
    env->export = export;
    env->export_context = context;
}

Settings *env_settings(Env *env) { return &env->settings; }
Pool     *env_pool(Env *env)     { return env->line; }
Arena    *env_line(Env *env)     { return env->line_arena; }

/* ---- names ---------------------------------------------------------------------------------------------------------------- */

Str builtin_name(const Builtin *b)
{
    return (Str){ b->sig, strcspn(b->sig, "(") };
}

static void fill_builtins(Env *env)
{
    if (env->builtins.n)
        return;
    for (size_t i = 0; env->tables[i]; i++)
        for (const Builtin *b = env->tables[i]; b->sig; b++)
            map_put(&env->builtins, builtin_name(b), (void *)b);
}

const Builtin *env_builtin(Env *env, Str name)
{
    fill_builtins(env);
    return map_get(&env->builtins, name);
}

size_t env_builtins(Env *env, const Builtin *const **rows)
{
    fill_builtins(env);
    const Builtin **all = arena_array(env->line_arena, const Builtin *, env->builtins.n);
    for (size_t i = 0; i < env->builtins.n; i++)
        all[i] = env->builtins.entry[i].value;
    *rows = all;
    return env->builtins.n;
}

size_t env_names(Env *env, Arena *a, Name **names)
{
    VEC(Name) list = { 0 };
    fill_builtins(env);
    for (size_t i = 0; i < env->values.n; i++)
        if (env->values.entry[i].value)
            vec_push(a, &list, (Name){ NAME_VARIABLE, env->values.entry[i].key });
    for (size_t i = 0; i < env->declared.n; i++)
        if (env->declared.entry[i].value)
            vec_push(a, &list, (Name){ NAME_VARIABLE, env->declared.entry[i].key });
    for (size_t i = 0; i < env->functions.n; i++)
        if (env->functions.entry[i].value)
            vec_push(a, &list, (Name){ NAME_FUNCTION, env->functions.entry[i].key });
    for (size_t i = 0; i < FN_COUNT; i++)
        vec_push(a, &list, (Name){ NAME_MATH, str_of(fn_rows[i].name) });
    for (size_t i = 0; i < env->builtins.n; i++)
        vec_push(a, &list, (Name){ NAME_BUILTIN, env->builtins.entry[i].key });
    for (const SettingRow *row = setting_rows; row->name; row++)
        vec_push(a, &list, (Name){ NAME_SETTING, str_of(row->name) });
    for (const WordRow *row = word_rows; row->name; row++)
        if (row->complete)
            vec_push(a, &list, (Name){ NAME_WORD, str_of(row->name) });
    *names = list.at;
    return list.n;
}

/* ---- copies that live in the session ------------------------------------------------------------------------------------ */

Value value_keep(Env *env, Value v)
{
    Arena *a = env->session_arena;
    v.note = (Str){ 0 };
    switch (v.kind) {
    case VALUE_EXPR:     return value_expr(expr_promote(env->line, v.expr));
    case VALUE_TEXT:     return value_text(str_copy(a, v.text));
    case VALUE_FUNCTION: return (Value){ .kind = VALUE_FUNCTION, .function = function_keep(env, v.function) };
    case VALUE_RANGE:
        return value_range(a, expr_promote(env->line, v.range->low), expr_promote(env->line, v.range->high),
                           v.range->step ? expr_promote(env->line, v.range->step) : NULL);
    case VALUE_LIST: {
        Value *item = arena_array(a, Value, v.list->n);
        for (size_t i = 0; i < v.list->n; i++)
            item[i] = value_keep(env, v.list->item[i]);
        return value_list(a, item, v.list->n);
    }
    case VALUE_RECORD: {
        Str   *name = arena_array(a, Str, v.record->n);
        Value *item = arena_array(a, Value, v.record->n);
        for (size_t i = 0; i < v.record->n; i++) {
            name[i] = str_copy(a, v.record->name[i]);
            item[i] = value_keep(env, v.record->item[i]);
        }
        return value_record(a, name, item, v.record->n);
    }
    case VALUE_REPORT: {
        if (v.report->derived)                              /* the steps were for reading */
            return value_keep(env, v.report->main);
        Report *r = report_new(a, str_copy(a, v.report->command).s);
        r->main = value_keep(env, v.report->main);
        r->summary = str_copy(a, v.report->summary);
        for (size_t i = 0; i < v.report->n; i++) {
            const Field *f = &v.report->field[i];
            if (f->kind == FIELD_VALUE) {
                report_value(r, str_copy(a, f->name).s, value_keep(env, f->value));
            } else if (f->kind == FIELD_TABLE) {
                Buf columns = buf_new(a);
                for (size_t k = 0; k < f->table->columns; k++)
                    buf_printf(&columns, "%.*s ", STR_ARGS(f->table->column[k]));
                Table *t = report_table(r, str_copy(a, f->name).s, buf_str(&columns).s);
                Value *cell = arena_array(a, Value, f->table->columns);
                for (size_t row = 0; row < f->table->rows; row++) {
                    for (size_t k = 0; k < f->table->columns; k++)
                        cell[k] = value_keep(env, f->table->cell[row * f->table->columns + k]);
                    table_row(r, t, cell);
                }
            } else if (f->kind == FIELD_FIGURE) {
                report_figure(r, figure_copy(a, f->figure));
            } else if (f->kind == FIELD_PLOT && f->plot.columns.n) {
                report_plot(r, str_copy(a, f->plot.kind).s, str_copy(a, f->plot.title).s, str_copy(a, f->plot.table).s);
                r->field[r->n - 1].plot.columns = str_copy(a, f->plot.columns);
            }
        }
        return value_report(r);
    }
    case VALUE_DATA:
        data_own(a, v.data);
        return v;
    case VALUE_METHOD: return value_method(method_keep(env->line, a, v.method));
    case VALUE_FORMAT: {
        Format *f = arena_copy(a, v.format, sizeof *f);
        f->name = str_copy(a, f->name);
        f->sums.name = str_copy(a, f->sums.name);
        return value_format(f);
    }
    case VALUE_NONE: case VALUE_FAILED:
        return v;
    }
    return v;
}

static void keep_pending(Env *env)
{
    for (size_t i = 0; i < env->pending_values.n; i++) {
        MapEntry *e = &env->pending_values.entry[i];
        Value    *kept = arena_alloc(env->session_arena, sizeof *kept);
        *kept = value_keep(env, *(Value *)e->value);
        if (kept->kind == VALUE_NONE)
            map_remove(&env->values, e->key);
        else
            map_put(&env->values, e->key, kept);
    }
    for (size_t i = 0; i < env->pending_functions.n; i++) {
        MapEntry       *e = &env->pending_functions.entry[i];
        const Function *f = e->value;
        if (f->kind == FUNCTION_USER && !f->body)
            map_remove(&env->functions, e->key);
        else
            map_put(&env->functions, e->key, (void *)function_keep(env, f));
    }
}

static void keep_result(Env *env, Value v)
{
    if (v.kind == VALUE_NONE || env->n_out >= MOST_OUT)
        return;
    if (env->n_out == env->room_out) {
        env->room_out = env->room_out ? 2 * env->room_out : 64;
        Value *grown = arena_array(env->session_arena, Value, env->room_out);
        if (env->n_out)
            memcpy(grown, env->out, env->n_out * sizeof *grown);
        env->out = grown;
    }
    env->out[env->n_out++] = env->ans = value_keep(env, v);
}

/* ---- taking back ----------------------------------------------------------------------------------------------------------- */

static Map map_copy(Arena *a, const Map *m)
{
    Map copy = map_new(a);
    for (size_t i = 0; i < m->n; i++)
        if (m->entry[i].value)
            map_put(&copy, m->entry[i].key, m->entry[i].value);
    return copy;
}

void env_save_facts(Env *env)
{
    if (env->facts_saved)
        return;
    env->facts_saved = true;
    env->saved_assumptions = env->assumptions;
    env->saved_declared = env->declared;
    env->assumptions = map_copy(env->session_arena, &env->saved_assumptions);
    env->declared = map_copy(env->session_arena, &env->saved_declared);
}

static void take_back(Env *env)
{
    env->settings = env->saved_settings;
    if (!env->facts_saved)
        return;
    env->assumptions = env->saved_assumptions;
    env->declared = env->saved_declared;
}

/* ---- one statement ---------------------------------------------------------------------------------------------------------- */

/* The line of the last statement goes; what it printed and returned was valid until now. */
static void begin_line(Env *env)
{
    arena_release(env->line_arena, (Mark){ 0 });
    env->line = pool_renew(env->line);
    env->pending_values = map_new(env->line_arena);
    env->pending_functions = map_new(env->line_arena);
    env->diag = diag_new(env->line_arena);
    env->facts_saved = false;
    env->saved_settings = env->settings;
    env->depth = 0;
    env->shown.over = false;
    env->shown.expr = NULL;
    env->typed = env->decimals = false;
    env->format = env->block_format = NULL;
    env->nvars = 0;
    env->work = (TapeWork){ 0 };
}

static Outcome failed_outcome(Env *env, Str input)
{
    take_back(env);
    return (Outcome){ .kind = env->diag.unfinished ? RUN_UNFINISHED : RUN_FAILED, .input = input, .diag = &env->diag, .seconds = -1 };
}

/* Does somebody write 0.5 or 1e-3, or call N? */
static bool asks_for_decimals(const Ast *t)
{
    if (t->kind == AST_NUMBER)
        return t->text.n < 2 || t->text.s[1] != 'x' ? memchr(t->text.s, '.', t->text.n) || memchr(t->text.s, 'e', t->text.n) : false;
    if (t->kind == AST_CALL && t->child[0]->kind == AST_NAME && str_is(t->child[0]->text, "N"))
        return true;
    for (size_t i = 0; i < t->n; i++)
        if (t->child[i] && asks_for_decimals(t->child[i]))
            return true;
    return false;
}

static Str statement_text(Str text, size_t start, size_t end)
{
    Str s = str_trim(str_slice(text, start, end));
    while (s.n && (s.s[s.n - 1] == ';'))
        s = str_trim((Str){ s.s, s.n - 1 });
    return s;
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Only expressions and value definitions count as results. */
static bool is_result(const Ast *t)
{
    while (t->kind == AST_PREFIX)
        t = t->child[0];
    return t->kind == AST_ASSIGN || t->kind < AST_EMPTY;
}

static Outcome run_tree(Env *env, const Source *source, const Ast *t, Str input)
{
    Eval   ev = { env, NULL, source };
    Value  v = value_none();
    bool   show = true, timed = env->settings.timing || (t->kind == AST_PREFIX && str_is(t->text, "time"));
    double start = now(CLOCK_MONOTONIC), start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    Flow   flow = run_statement(&ev, t, &v, &show);
    if (flow == FLOW_BREAK || flow == FLOW_NEXT)
        eval_fail(&ev, t, "break and next stand inside a loop");
    if (flow != FLOW_ON || v.kind == VALUE_FAILED)
        return failed_outcome(env, input);
    Str note = v.note;
    v = value_complete(&ev, v);
    if (v.kind == VALUE_FAILED) {
        value_checked(&ev, t, NULL);
        return failed_outcome(env, input);
    }
    v.note = note;
    Outcome done = { .kind = RUN_DONE, .input = input, .value = v, .show = show && !t->hidden, .diag = &env->diag,
                     .seconds = timed ? now(CLOCK_MONOTONIC) - start : -1, .processor = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu, .work = &env->work };
    return done;
}

Outcome env_run(Env *env, const Source *source, size_t *at, RunMode mode)
{
    const char here = 0;
    begin_line(env);
    env->stack_base = &here;
    env->source = source;
    env->mode = mode;
    size_t start = *at;
    Ast   *t = parse_statement(env->line_arena, &env->diag, source, at, (ParseMode){ mode.prompt });
    if (!t)
        return failed_outcome(env, statement_text(source->text, start, *at));
    Str input = statement_text(source->text, t->span.start, t->span.end);
    if (t->kind == AST_EMPTY)
        return (Outcome){ .kind = RUN_END, .seconds = -1 };
    if (t->kind == AST_HELP)
        return (Outcome){ .kind = RUN_HELP, .input = input, .topic = t->text, .search = t->op == 2, .seconds = -1 };
    if (t->kind == AST_QUIT)
        return (Outcome){ .kind = RUN_QUIT, .input = input, .seconds = -1 };
    env->decimals = asks_for_decimals(t);
    size_t  outs = env->n_out;
    Outcome done = run_tree(env, source, t, input);
    if (done.kind == RUN_DONE) {
        keep_pending(env);
        if (is_result(t))
            keep_result(env, done.value);
        journal_add(env, t, input, outs);
        env->shown.over = true;
    }
    return done;
}
