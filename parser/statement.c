/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements: definitions, assignments, control, assertions, settings, files. Inside a function's block names are local;
 * elsewhere they belong to the session. */
#include "parser/env_int.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "numeric/format.h"
#include "numeric/progress.h"
#include "parser/settings.h"
#include "parser/suggest.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"

#include <math.h>
#include <stdio.h>

enum { MOST_INCLUDES = 20, MOST_FILE_BYTES = 64 << 20 };

/* ---- control -------------------------------------------------------------------------------------------------------------------------- */

static Truth condition(const Eval *ev, const Ast *t)
{
    Value v = eval_statement(ev, t);
    if (v.kind == VALUE_FAILED)
        return UNKNOWN;
    Truth answer = v.kind == VALUE_EXPR ? truth_of(v.expr) : UNKNOWN;
    if (answer == UNKNOWN)
        eval_fail(ev, t, "could not decide %.*s", STR_ARGS(value_shown(ev->env, v)));
    return answer;
}

Flow run_block(Eval *ev, const Ast *block, Value *result)
{
    for (size_t i = 0; i < block->n; i++) {
        bool show;
        Flow flow = run_statement(ev, block->child[i], result, &show);
        if (flow != FLOW_ON)
            return flow;
    }
    return FLOW_ON;
}

typedef struct Items { const Expr *now, *high, *step; const List *list; const Expr *tensor; size_t k; } Items;

static bool items_of(const Eval *ev, const Ast *t, Value v, Items *it)
{
    Pool *p = ev->env->line;
    *it = (Items){ 0 };
    if (v.kind == VALUE_RANGE) {
        it->now = v.range->low;
        it->high = v.range->high;
        it->step = v.range->step ? v.range->step : expr_int(p, 1);
        if (expr_is_zero(it->step))
            return eval_fail(ev, t, "the step of a range is not 0"), false;
        bool fine = expr_is_number(it->now) && expr_is_number(it->high) && expr_is_number(it->step);
        return fine || (eval_fail(ev, t, "the ends of this range are not numbers"), false);
    }
    it->list = v.kind == VALUE_LIST ? v.list : NULL;
    it->tensor = v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR ? v.expr : NULL;
    return it->list || it->tensor || (eval_fail(ev, t, "for runs over a range, a list or a vector"), false);
}

static bool next_item(const Eval *ev, Items *it, Value *out)
{
    Pool *p = ev->env->line;
    if (it->list)
        return it->k < it->list->n && (*out = it->list->item[it->k++], true);
    if (it->tensor) {
        size_t cols = expr_cols(it->tensor), rows = expr_rows(it->tensor), n = cols == 1 || rows == 1 ? it->tensor->arity : rows;
        if (it->k == n)
            return false;
        *out = n == it->tensor->arity ? value_expr(it->tensor->arg[it->k]) : value_expr(expr_tensor(p, cols, 1, it->tensor->arg + it->k * cols));
        it->k++;
        return true;
    }
    int order = fmpq_cmp(expr_number(it->now), expr_number(it->high));
    if (order * expr_number_sign(it->step) > 0)
        return false;
    *out = value_expr(it->now);
    return (it->now = expr_add(p, it->now, it->step)) != NULL;
}

static Flow run_for(Eval *ev, const Ast *t, Value *result)
{
    Items it;
    Value v = eval_expr(ev, t->child[0]), item;
    if (v.kind == VALUE_FAILED || !items_of(ev, t->child[0], v, &it))
        return FLOW_FAILED;
    Scope *variable = (Scope *)scope_bind(ev->env, ev->scope, BIND_VALUE, t->text, value_none(), NULL);
    Eval   inner = { ev->env, variable, ev->source };
    for (size_t round = 1; next_item(ev, &it, &item); round++) {
        progress_set(round, NAN);
        variable->value = item;
        Flow flow = eval_enter(ev, t) ? run_block(&inner, t->child[1], result) : FLOW_FAILED;
        if (flow == FLOW_BREAK)
            break;
        if (flow == FLOW_FAILED)
            return flow;
    }
    return FLOW_ON;
}

static Flow run_while(Eval *ev, const Ast *t, Value *result)
{
    for (size_t round = 1;; round++) {
        progress_set(round, NAN);
        Truth go = condition(ev, t->child[0]);
        if (ev->env->diag.failed)
            return FLOW_FAILED;
        if (go != YES)
            return FLOW_ON;
        Flow flow = eval_enter(ev, t) ? run_block(ev, t->child[1], result) : FLOW_FAILED;
        if (flow == FLOW_BREAK)
            return FLOW_ON;
        if (flow == FLOW_FAILED)
            return flow;
    }
}

/* using fp16 { }: the expressions of its statements run in the format; a name keeps the exact value of what it was given. */
static Flow run_using(Eval *ev, const Ast *t, Value *result)
{
    Env          *env = ev->env;
    const Format *outer = env->block_format;
    Format       *f = arena_alloc(env->line_arena, sizeof *f);
    if (!eval_format(ev, t->child[0], f))
        return FLOW_FAILED;
    env->block_format = f;
    Flow flow = run_block(ev, t->child[1], result);
    env->block_format = outer;
    return flow;
}

static Flow run_if(Eval *ev, const Ast *t, Value *result)
{
    Truth yes = condition(ev, t->child[0]);
    if (ev->env->diag.failed)
        return FLOW_FAILED;
    if (yes == YES)
        return run_block(ev, t->child[1], result);
    if (t->n < 3)
        return FLOW_ON;
    return t->child[2]->kind == AST_IF ? run_if(ev, t->child[2], result) : run_block(ev, t->child[2], result);
}

/* The names that a function's block assigns are local to it. */
static const Scope *bind_locals(const Eval *ev, const Scope *scope, const Ast *t)
{
    if ((t->kind == AST_ASSIGN || t->kind == AST_ASSIGN_INDEX) && !(scope_find(scope, t->text) && scope_find(scope, t->text)->kind == BIND_LOCAL)) {
        const Scope *b = scope;
        while (b && !str_eq(b->name, t->text) && !b->frame)
            b = b->outer;
        if (!b || !str_eq(b->name, t->text))
            scope = scope_bind(ev->env, scope, BIND_LOCAL, t->text, value_none(), NULL);
    }
    for (size_t i = 0; i < t->n; i++)
        if (t->child[i]->kind != AST_LAMBDA)
            scope = bind_locals(ev, scope, t->child[i]);
    return scope;
}

Value run_function_block(const Eval *ev, const Ast *block)
{
    Eval  inner = { ev->env, bind_locals(ev, ev->scope, block), ev->source };
    Value result = value_none();
    Flow  flow = run_block(&inner, block, &result);
    if (flow == FLOW_BREAK || flow == FLOW_NEXT)
        return eval_fail(ev, block, "break and next stand inside a loop");
    return flow == FLOW_FAILED ? value_failed() : result;
}

/* ---- assert -------------------------------------------------------------------------------------------------------------------------------- */

static bool assert_failed(const Eval *ev, const Ast *t, const char *what, Value a, Value b)
{
    Env *env = ev->env;
    eval_fail(ev, t, "the assertion %s: %.*s  and  %.*s", what, STR_ARGS(value_shown(env, a)), STR_ARGS(value_shown(env, b)));
    return false;
}

/* |a - b| <= tolerance, entry by entry. */
static bool assert_within(const Eval *ev, const Ast *t, const Ast *test, const Expr *tolerance)
{
    Env        *env = ev->env;
    const Expr *a = eval_scalar_or_tensor(ev, test->child[0]), *b = a ? eval_scalar_or_tensor(ev, test->child[1]) : NULL;
    if (!b)
        return false;
    const Expr *d = expr_call1(env->line, FN_abs, expr_sub(env->line, a, b));
    if (!d)
        return value_checked(ev, t, NULL).kind != VALUE_FAILED;
    size_t n = d->kind == EXPR_TENSOR ? d->arity : 1;
    for (size_t i = 0; i < n; i++) {
        const Expr *one = d->kind == EXPR_TENSOR ? d->arg[i] : d;
        Verdict     v = expr_decide(env->line, expr_relation(env->line, REL_LE, one, tolerance));
        if (v.answer != YES)
            return assert_failed(ev, t, v.answer == NO ? "failed" : "could not be decided", value_expr(a), value_expr(b));
    }
    return true;
}

static Flow run_assert(const Eval *ev, const Ast *t)
{
    Env       *env = ev->env;
    const Ast *test = t->child[0];
    bool       pair = test->kind == AST_RELATION && test->n == 2;
    if (t->n == 2) {
        const Expr *tolerance = eval_scalar_or_tensor(ev, t->child[1]);
        if (!pair || test->ops[0] != OP_EQ) {
            eval_fail(ev, test, "within needs ==");
            eval_hint(ev, "assert a == b within 1e-12");
            return FLOW_FAILED;
        }
        return tolerance && assert_within(ev, t, test, tolerance) ? FLOW_ON : FLOW_FAILED;
    }
    Value v = eval_expr(ev, test);
    if (v.kind == VALUE_FAILED)
        return FLOW_FAILED;
    if (v.kind == VALUE_REPORT && v.report->main.kind == VALUE_EXPR)
        v = v.report->main;
    if (v.kind == VALUE_EXPR && truth_of(v.expr) == YES)
        return FLOW_ON;
    if (v.kind != VALUE_EXPR || (truth_of(v.expr) == UNKNOWN && v.expr->kind != EXPR_RELATION && v.expr->kind != EXPR_AND && v.expr->kind != EXPR_OR && v.expr->kind != EXPR_NOT)) {
        eval_fail(ev, test, "assert needs a condition, found %.*s", STR_ARGS(value_shown(env, v)));
        return FLOW_FAILED;
    }
    const char *what = truth_of(v.expr) == NO ? "failed" : expr_is_numeric(v.expr) ? "could not be decided" : "does not hold for all values of its variables";
    if (pair)
        assert_failed(ev, t, what, eval_expr(ev, test->child[0]), eval_expr(ev, test->child[1]));
    else
        eval_fail(ev, t, "the assertion %s: %.*s", what, STR_ARGS(str_slice(ev->source->text, test->span.start, test->span.end)));
    return FLOW_FAILED;
}

/* ---- settings, files ----------------------------------------------------------------------------------------------------------------- */

static Flow run_set(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    Str  value = t->child[0]->kind == AST_STRING ? value_shown(env, eval_expr(ev, t->child[0])) : t->child[0]->text;
    VEC(Str) names = { 0 };
    for (const SettingRow *row = setting_rows; row->name; row++) {
        vec_push(env->line_arena, &names, str_of(row->name));
        if (!str_is(t->text, row->name))
            continue;
        if (row->set(&env->settings, value))
            return FLOW_ON;
        eval_fail(ev, t->child[0], "%s cannot be %.*s", row->name, STR_ARGS(value));
        eval_hint(ev, "%s is %s", row->name, row->values);
        return FLOW_FAILED;
    }
    Str near = suggest_nearest(t->text, names.at, names.n);
    eval_fail(ev, t, "there is no setting %.*s", STR_ARGS(t->text));
    if (near.n)
        eval_hint(ev, "set %.*s %.*s", STR_ARGS(near), STR_ARGS(value));
    else
        eval_hint(ev, "show settings");
    return FLOW_FAILED;
}

static bool read_file(Arena *a, const char *path, Str *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    Buf    b = buf_new(a);
    char   chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && b.n < MOST_FILE_BYTES)
        buf_add(&b, (Str){ chunk, n });
    bool fine = !ferror(f) && b.n < MOST_FILE_BYTES;
    fclose(f);
    *out = buf_str(&b);
    return fine;
}

/* The name relative to the folder of the including file. */
Str beside_source(Arena *a, const Source *source, Str name)
{
    size_t cut = source->name.n;
    while (cut > 0 && source->name.s[cut - 1] != '/')
        cut--;
    if (cut == 0 || (name.n && name.s[0] == '/'))
        return str_copy(a, name);
    return str_printf(a, "%.*s%.*s", (int)cut, source->name.s, STR_ARGS(name));
}

static Flow include(const Eval *ev, const Ast *t, Str name)
{
    Env    *env = ev->env;
    Source *source = arena_alloc(env->line_arena, sizeof *source);
    source->name = beside_source(env->line_arena, ev->source, name);
    if (env->includes >= MOST_INCLUDES || !read_file(env->line_arena, source->name.s, &source->text)) {
        eval_fail(ev, t, env->includes >= MOST_INCLUDES ? "files include each other too deeply" : "cannot read %.*s", STR_ARGS(source->name));
        return FLOW_FAILED;
    }
    Eval   inner = { env, NULL, source };
    size_t at = 0;
    Flow   flow = FLOW_ON;
    env->includes++;
    while (flow == FLOW_ON) {
        Value v = value_none();
        bool  show;
        Ast  *s = parse_statement(env->line_arena, &env->diag, source, &at, (ParseMode){ false });
        if (s && s->kind == AST_EMPTY)
            break;
        flow = s ? run_statement(&inner, s, &v, &show) : FLOW_FAILED;
    }
    env->includes--;
    return flow;
}

static Flow flow_of(Value v)
{
    return v.kind == VALUE_FAILED ? FLOW_FAILED : FLOW_ON;
}

/* The views are above this layer: they write the page. */
static Value export_session(const Eval *ev, const Ast *t, Str name)
{
    Env *env = ev->env;
    bool failed = false;
    if (!env->export)
        return eval_fail(ev, t, "there is no report of this session");
    if (name.n < 6 || !str_is(str_slice(name, name.n - 5, name.n), ".html")) {
        eval_fail(ev, t->child[0], "a report is a page of HTML: its name ends in .html");
        eval_hint(ev, "export \"report.html\"");
        return value_failed();
    }
    Str said = env->export(env->export_context, beside_source(env->line_arena, ev->source, name), &failed);
    return failed ? eval_fail(ev, t->child[0], "%.*s", STR_ARGS(said)) : value_text(said);
}

static Flow run_file(const Eval *ev, const Ast *t, Value *result, bool *show)
{
    Env  *env = ev->env;
    Value name = eval_expr(ev, t->child[0]);
    if (name.kind != VALUE_TEXT)
        return FLOW_FAILED;
    if (env->mode.sandbox) {
        eval_fail(ev, t, "%.*s is forbidden in the sandbox", STR_ARGS(t->text));
        return FLOW_FAILED;
    }
    if (str_is(t->text, "include"))
        return include(ev, t, name.text);
    *show = true;
    *result = str_is(t->text, "save") ? journal_save(ev, t, name.text) : export_session(ev, t, name.text);
    return flow_of(*result);
}

/* ---- the switch -------------------------------------------------------------------------------------------------------------------------------------- */

static Value expression_statement(const Eval *ev, const Ast *t)
{
    Value v = eval_statement(ev, t);
    bool  bare = t->kind == AST_NAME && v.kind == VALUE_EXPR && v.expr->kind == EXPR_SYMBOL && expr_is_scalar(v.expr) && str_eq(v.expr->name, t->text)
             && !map_get(&ev->env->declared, t->text) && !ev->scope;
    if (bare) {
        eval_fail(ev, t, "%.*s has no value", STR_ARGS(t->text));
        eval_hint(ev, "%.*s = 1 gives it one; ?help", STR_ARGS(t->text));
        return value_failed();
    }
    return v;
}

/* Statements that are read but that nothing here runs: the name that would have to be known. */
static Flow unknown_statement(const Eval *ev, const Ast *t)
{
    const Ast *d = t->kind == AST_DISTRIBUTION ? t->child[0]->child[1] : t;
    Str        text = str_slice(ev->source->text, d->span.start, d->span.end);
    if (t->kind == AST_DISTRIBUTION)
        eval_fail(ev, d, "unknown distribution %.*s", STR_ARGS(d->kind == AST_CALL && d->child[0]->kind == AST_NAME ? d->child[0]->text : text));
    else
        eval_fail(ev, d, "this cannot stand here");
    return FLOW_FAILED;
}

/* trace minimize(...): the report with all rows of its tables. */
static Flow run_traced(Eval *ev, const Ast *t, Value *result, bool *show)
{
    Env *env = ev->env;
    bool outer = env->trace;
    env->trace = true;
    Flow flow = run_statement(ev, t->child[0], result, show);
    env->trace = outer;
    bool tables = false;
    for (size_t i = 0; flow == FLOW_ON && result->kind == VALUE_REPORT && i < result->report->n; i++)
        tables = tables || result->report->field[i].kind == FIELD_TABLE;
    if (flow != FLOW_ON)
        return flow;
    if (!tables) {
        eval_fail(ev, t, "there are no iterations to trace here");
        return FLOW_FAILED;
    }
    Report *r = arena_copy(env->line_arena, result->report, sizeof *r);
    r->traced = true;
    result->report = r;
    return flow;
}

/* steps diff(f, x): what the commands of the statement record of their derivations, then the value. */
static Flow run_told(Eval *ev, const Ast *t, Value *result, bool *show)
{
    Env    *env = ev->env;
    Report *outer = env->steps, *r = report_new(env->line_arena, "steps");
    env->steps = r;
    Flow flow = run_statement(ev, t->child[0], result, show);
    env->steps = outer;
    const Steps *steps = report_steps(r);
    if (flow != FLOW_ON || (result->kind == VALUE_REPORT && report_steps(result->report)))
        return flow;
    if (!steps || result->kind == VALUE_NONE) {
        eval_fail(ev, t, "there are no steps for this");
        eval_hint(ev, "steps diff(x^2*sin(x), x)");
        return FLOW_FAILED;
    }
    if (result->kind == VALUE_EXPR && result->expr != steps->step[steps->n - 1].after)
        report_step(r, "=", NULL, result->expr, result->note);
    r->main = *result;
    r->derived = true;
    *result = value_report(r);
    return FLOW_ON;
}

Flow run_statement(Eval *ev, const Ast *t, Value *result, bool *show)
{
    *show = false;
    switch (t->kind) {
    case AST_EMPTY:        return FLOW_ON;
    case AST_ASSIGN:
        *show = true;
        return flow_of(*result = run_assign(ev, t));
    case AST_ASSIGN_INDEX: return flow_of(*result = run_assign_index(ev, t));
    case AST_DEFINE:       return run_define(ev, t);
    case AST_DECLARE:      return run_declare(ev, t);
    case AST_ASSUME:       return run_assume(ev, t);
    case AST_CLEAR:        return run_clear(ev, t);
    case AST_FOR:          return run_for(ev, t, result);
    case AST_WHILE:        return run_while(ev, t, result);
    case AST_IF:           return run_if(ev, t, result);
    case AST_BREAK:        return FLOW_BREAK;
    case AST_NEXT:         return FLOW_NEXT;
    case AST_BLOCK:        return run_block(ev, t, result);
    case AST_ASSERT:       return run_assert(ev, t);
    case AST_FILE:         return run_file(ev, t, result, show);
    case AST_SET:          return run_set(ev, t);
    case AST_SHOW:
        *show = true;
        return flow_of(*result = session_show(ev, t));
    case AST_PREFIX:
        if (str_is(t->text, "time"))
            return run_statement(ev, t->child[0], result, show);
        if (str_is(t->text, "trace"))
            return run_traced(ev, t, result, show);
        return run_told(ev, t, result, show);
    case AST_USING_BLOCK:  return run_using(ev, t, result);
    case AST_OPTIMIZER:    return flow_of(define_optimizer(ev, t));
    case AST_STATE: case AST_DISTRIBUTION: case AST_HELP: case AST_QUIT:
        return unknown_statement(ev, t);
    case AST_NUMBER: case AST_STRING: case AST_TEXT: case AST_NAME: case AST_TRUTH: case AST_BINARY: case AST_SUM: case AST_PRODUCT: case AST_SIGN:
    case AST_BESIDE: case AST_FACTORIAL: case AST_CALL: case AST_FNPOW: case AST_INDEX: case AST_ALL: case AST_FIELD: case AST_PRIME: case AST_TUPLE:
    case AST_RECORD: case AST_ENTRY: case AST_LIST: case AST_RANGE: case AST_RELATION: case AST_AND: case AST_OR: case AST_NOT: case AST_IF_EXPR:
    case AST_LAMBDA: case AST_AT: case AST_USING: case AST_FORMAT: case AST_ARROW: case AST_OPTION: case AST_TILDE: case AST_PARAM: case AST_PROPERTY:
        *show = true;
        return flow_of(*result = expression_statement(ev, t));
    }
    return FLOW_FAILED;
}
