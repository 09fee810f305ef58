/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of built-ins (GRAMMAR 5.3, 6): arguments become what the signature says, and the result of an open form gets the value that its
 * variable has outside. */
#include "parser/call_int.h"

#include "base/report.h"
#include "parser/form.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/stops.h"
#include "symbolic/matrix/matrix.h"

/* ---- conversion ------------------------------------------------------------------------------------------------------------------- */

static Value symbol_list(Matching *m, const Ast *t)
{
    if (t->kind == AST_NAME)
        return value_expr(bound_symbol(m, t->text));
    Value *item = arena_array(m->c.arena, Value, t->n);
    for (size_t i = 0; i < t->n; i++)
        item[i] = value_expr(bound_symbol(m, t->child[i]->text));
    return value_list(m->c.arena, item, t->n);
}

static Value arrow_value(Matching *m, const Ast *t)
{
    static const char *const names[] = { "var", "to", "side" };
    Value to = eval_expr(m->ev, t->child[1]);
    if (to.kind == VALUE_FAILED)
        return to;
    Value item[3] = { symbol_list(m, t->child[0]), to, value_expr(expr_int(m->ev->env->line, t->op)) };
    return small_record(m, 3, names, item);
}

/* Bounds may use the variables of the ranges to the right, never their own. */
static Value over_value(Matching *m, size_t k)
{
    static const char *const names[] = { "var", "low", "high", "step" };
    const Ast   *t = m->match.at[k].ast, *range = t->child[1];
    const Scope *scope = m->ev->scope;
    for (size_t i = m->match.n; i-- > k + 1;)
        if (m->match.at[i].param->type == PARAM_OVER && m->match.at[i].ast->child[0]->kind == AST_NAME) {
            Str name = m->match.at[i].ast->child[0]->text;
            scope = scope_bind(m->ev->env, scope, BIND_VARIABLE, name, value_none(), bound_symbol(m, name));
        }
    Eval  outer = { m->ev->env, scope, m->ev->source };
    Value item[4] = { symbol_list(m, t->child[0]), value_none(), value_none(), value_none() };
    for (size_t i = 0; i < range->n; i++)
        if ((item[i + 1] = value_expr(eval_scalar_or_tensor(&outer, range->child[i]))).kind == VALUE_FAILED)
            return item[i + 1];
    return small_record(m, 4, names, item);
}

static Value point_value(Matching *m, const Ast *t)
{
    Value       var = symbol_list(m, t->child[0]);
    const Expr *to = eval_scalar_or_tensor(m->ev, t->child[1]);
    if (!to)
        return value_failed();
    if (var.kind == VALUE_EXPR)
        return value_expr(expr_relation(m->ev->env->line, REL_EQ, var.expr, to));
    static const char *const names[] = { "var", "to" };
    Value item[2] = { var, value_expr(to) };
    return small_record(m, 2, names, item);
}

static void set_vars(Matching *m, const Expr **vars, size_t n)
{
    m->c.vars = vars;
    m->c.nvars = n;
}

/* gradient(x^2*y) at x = 1, y = 2: the names of the point are variables of the command, which get their values afterwards. */
static void bind_point(Matching *m)
{
    for (const Scope *b = m->ev->scope; b && !b->frame; b = b->outer)
        if (b->at && !already_bound(m, b->name))
            push_bound(m, (Bound){ b->name, open_variable(m, b->name, b->value), true, false, b->value }, true);
}

/* Those of the names that the text of t holds come first, in its order: which names the session met before does not matter. */
static void order_by_text(const Ast *t, Nodes *names, size_t *done)
{
    for (size_t i = *done; t->kind == AST_NAME && i < names->n; i++)
        if (str_eq(names->at[i]->name, t->text)) {
            const Expr *found = names->at[i];
            memmove(names->at + *done + 1, names->at + *done, (i - *done)*sizeof *names->at);
            names->at[(*done)++] = found;
            break;
        }
    for (size_t i = 0; i < t->n && *done < names->n; i++)
        order_by_text(t->child[i], names, done);
}

/* n is the length of x(n), not a variable beside it. */
static void drop_lengths(Nodes *names)
{
    size_t n = 0;
    for (size_t i = 0; i < names->n; i++) {
        bool length = false;
        for (size_t k = 0; k < names->n; k++)
            length = length || (names->at[k]->shape && (names->at[k]->shape->rows == names->at[i] || names->at[k]->shape->cols == names->at[i]));
        if (!length)
            names->at[n++] = names->at[i];
    }
    names->n = n;
}

/* u[1] in the text makes u the literal of its entries; where u stands for a vector as a whole it has none. */
static bool unfold_entries(Matching *m, const Expr *e)
{
    Nodes names = expr_symbols(m->ev->env->line, m->c.arena, e);
    bool  found = false;
    for (size_t i = 0; i < m->bound.n; i++) {
        Bound *b = &m->bound.at[i];
        bool   used = false;
        slong  rows, cols;
        if (b->symbol->kind != EXPR_SYMBOL || expr_is_scalar(b->symbol) || !expr_fits_slong(b->symbol->shape->rows, &rows) || !expr_fits_slong(b->symbol->shape->cols, &cols))
            continue;
        Str entry = str_printf(m->c.arena, "%.*s[", STR_ARGS(b->name));
        for (size_t k = 0; k < names.n; k++)
            used = used || str_starts(names.at[k]->name, entry);
        if (!used)
            continue;
        b->symbol = expr_entries(m->ev->env->line, b->name, (size_t)rows, (size_t)cols);
        m->scope = scope_bind(m->ev->env, m->scope, BIND_VARIABLE, b->name, value_none(), b->symbol);
        found = true;
    }
    return found;
}

static void unfold_variables(Matching *m, const Expr ***vars, size_t *n)
{
    VEC(const Expr *) all = { 0 };
    for (size_t i = 0; i < *n; i++)
        for (uint32_t k = 0; k < ((*vars)[i]->kind == EXPR_TENSOR ? (*vars)[i]->arity : 1); k++)
            vec_push(m->c.arena, &all, (*vars)[i]->kind == EXPR_TENSOR ? (*vars)[i]->arg[k] : (*vars)[i]);
    *vars = all.at;
    *n = all.n;
}

/* A function as objective: its parameters are the variables; each is open and hides a value of the session. */
static Value objective_argument(Matching *m, const Ast *t)
{
    bind_point(m);
    Eval        here = { m->ev->env, m->scope, m->ev->source };
    const Eval *inner = &here;
    Value       v = eval_expr(inner, t);
    if (v.kind == VALUE_EXPR && unfold_entries(m, v.expr)) {
        here.scope = m->scope;
        v = eval_expr(inner, t);
    }
    if (v.kind == VALUE_REPORT && v.report->main.kind == VALUE_EXPR)
        v = v.report->main;
    if (v.kind == VALUE_EXPR) {
        Nodes  names = expr_symbols(inner->env->line, m->c.arena, v.expr);
        size_t done = 0;
        order_by_text(t, &names, &done);
        drop_lengths(&names);
        set_vars(m, names.at, names.n);
        return v;
    }
    if (v.kind != VALUE_FUNCTION)
        return v.kind == VALUE_FAILED ? v : eval_fail(inner, t, "expected an expression or a function");
    const Expr **vars, *e;
    size_t       n;
    if (!(e = function_body(inner, t, v.function, &vars, &n)))
        return value_failed();
    if (unfold_entries(m, e)) {
        here.scope = m->scope;
        if (!(e = function_body(inner, t, v.function, &vars, &n)))
            return value_failed();
        unfold_variables(m, &vars, &n);
    }
    for (size_t i = 0; i < n; i++) {
        Value outside;
        const Scope *b = scope_find(m->ev->scope, vars[i]->name);
        bool  session = !b && session_value(m->ev->env, vars[i]->name, &outside);
        push_bound(m, (Bound){ vars[i]->name, vars[i], true, session, session ? value_complete(m->ev, outside) : b && b->at ? b->value : value_none() }, false);
    }
    set_vars(m, vars, n);
    m->c.function = true;
    return value_expr(e);
}

static Value checked_kind(Matching *m, const Match *match, Value v)
{
    const Param *p = match->param;
    if (v.kind == VALUE_REPORT && p->type != PARAM_VALUE && v.report->main.kind != VALUE_NONE)
        v = v.report->main;
    bool fine = true;
    switch (p->type) {
    case PARAM_RELATION:
        for (size_t i = 0; v.kind == VALUE_LIST && p->repeats && fine && i < v.list->n; i++)
            fine = v.list->item[i].kind == VALUE_EXPR;
        fine = fine && (v.kind == VALUE_EXPR || (v.kind == VALUE_LIST && p->repeats && v.list->n > 0));
        break;
    case PARAM_EXPR: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_POLYNOMIAL:
        fine = v.kind == VALUE_EXPR;
        break;
    case PARAM_SCALAR: fine = v.kind == VALUE_EXPR && expr_is_scalar(v.expr); break;
    case PARAM_INT:    fine = v.kind == VALUE_EXPR && expr_is_integer(v.expr); break;
    case PARAM_TEXT:   fine = v.kind == VALUE_TEXT; break;
    case PARAM_RANGE:  fine = v.kind == VALUE_RANGE; break;
    case PARAM_LIST:
        if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR) {
            Value *item = arena_array(m->c.arena, Value, v.expr->arity);
            for (uint32_t i = 0; i < v.expr->arity; i++)
                item[i] = value_expr(v.expr->arg[i]);
            return value_list(m->c.arena, item, v.expr->arity);
        }
        if (v.kind == VALUE_EXPR)
            return value_list(m->c.arena, &v, 1);
        fine = v.kind == VALUE_LIST;
        break;
    case PARAM_VALUE: case PARAM_VAR: case PARAM_CLOSEDVAR: case PARAM_TARGET: case PARAM_POINT: case PARAM_ARROW: case PARAM_OVER: case PARAM_UNKNOWN: case PARAM_DATA:
    case PARAM_WORD: case PARAM_TABLE: case PARAM_COLUMNS:
    case PARAM_START: case PARAM_SITE: case PARAM_METHOD: case PARAM_METHODS: case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS:
    case PARAM_ROLES: case PARAM_CHOICE:
        break;
    case PARAM_AGAIN: fine = v.kind == VALUE_EXPR && (expr_is_integer(v.expr) || v.expr->kind == EXPR_SYMBOL); break;
    }
    if (fine || v.kind == VALUE_FAILED)
        return v;
    Str found = value_shown(m->ev->env, v);
    eval_fail(m->ev, match->ast, "%.*s needs %s here, found %.*s", STR_ARGS(m->c.name), form_text(p->type), STR_ARGS(str_slice(found, 0, 60)));
    if (p->type == PARAM_LAGRANGIAN && v.kind == VALUE_FUNCTION && v.function->n == 3)
        eval_hint(m->ev, "its value: %.*s(x, y, y')", STR_ARGS(v.function->name));
    return value_failed();
}

/* ---- where a command looks --------------------------------------------------------------------------------------------------------- */

static Bound *bound_of(Matching *m, const Expr *symbol)
{
    for (size_t i = 0; i < m->bound.n; i++)
        if (m->bound.at[i].symbol == symbol)
            return &m->bound.at[i];
    push_bound(m, (Bound){ symbol->name, symbol, true, false, value_none() }, false);
    return &m->bound.at[m->bound.n - 1];
}

static void put_coordinate(Matching *m, const Expr *variable, Value v)
{
    Bound *b = bound_of(m, variable);
    b->open = true;
    b->noted = false;
    b->outside = v;
}

/* hvp(f, x, v): where the point is some of the variables, these are the ones that count, and the others are constants. */
static bool choose_variables(Matching *m, const Expr *point)
{
    const Expr *const *x = point->kind == EXPR_TENSOR ? point->arg : &point;
    size_t             n = point->kind == EXPR_TENSOR ? point->arity : 1;
    const Expr       **vars = arena_copy(m->c.arena, x, n * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < m->c.nvars; k++)
            known = known || m->c.vars[k] == x[i];
        if (!known)
            return false;
    }
    set_vars(m, vars, n);
    return m->chosen = true;
}

/* The same where they have values outside: hvp(f, x, v) at x = [1, 0]. A function's own parameters in full are a point. */
static bool choose_by_name(Matching *m, const Ast *t)
{
    bool         many = t->kind == AST_TUPLE || t->kind == AST_LIST;
    size_t       n = many ? t->n : 1;
    const Expr **vars = arena_array(m->c.arena, const Expr *, n + 1);
    if (m->c.function && n == m->c.nvars)
        return false;
    for (size_t i = 0; i < n; i++) {
        const Ast *name = many ? t->child[i] : t;
        for (size_t k = 0; k < m->c.nvars && name->kind == AST_NAME; k++)
            if (str_eq(m->c.vars[k]->name, name->text))
                vars[i] = m->c.vars[k];
        if (!vars[i])
            return false;
    }
    set_vars(m, vars, n);
    return m->chosen = n > 0;
}

/* A point without names belongs to the variables in their order, one that is a record to those of its names. */
static Value bare_site(Matching *m, const Ast *t)
{
    if (t->kind == AST_RECORD || (form_is_equation(t) && t->child[0]->kind == AST_NAME))
        return value_none();
    if (choose_by_name(m, t))
        return value_none();
    Value v = site_value(m, t);
    if (v.kind == VALUE_REPORT)
        v = report_field(v.report, STR("x")) ? report_field(v.report, STR("x"))->value : v.report->main;
    if (v.kind == VALUE_RECORD) {
        for (size_t k = 0; k < m->c.nvars; k++) {
            const Value *to = record_get(v.record, m->c.vars[k]->name);
            if (to)
                put_coordinate(m, m->c.vars[k], *to);
        }
        return value_none();
    }
    if (v.kind != VALUE_EXPR)
        return v.kind == VALUE_FAILED ? v : eval_fail(m->ev, t, "this is no point");
    bool   tensor = v.expr->kind == EXPR_TENSOR;
    size_t n = tensor ? v.expr->arity : 1;
    if (n != m->c.nvars && choose_variables(m, v.expr))
        return value_none();
    if (m->c.nvars == 1 && expr_is_tensor(m->c.vars[0]) && expr_is_tensor(v.expr)) {
        put_coordinate(m, m->c.vars[0], v);
        return value_none();
    }
    if (n != m->c.nvars)
        return eval_fail(m->ev, t, "the point has %zu coordinate%s, the variables are %zu", n, n == 1 ? "" : "s", m->c.nvars);
    for (size_t k = 0; k < n; k++)
        put_coordinate(m, m->c.vars[k], value_expr(tensor ? v.expr->arg[k] : v.expr));
    return value_none();
}

/* A declared vector is bound as a whole: its entries have those of its value. */
static const Expr *coordinate(const Matching *m, const Expr *variable)
{
    for (size_t i = 0; i < m->bound.n; i++) {
        const Bound *b = &m->bound.at[i];
        if (!b->open || b->outside.kind != VALUE_EXPR)
            continue;
        if (b->symbol == variable)
            return b->outside.expr;
        for (uint32_t k = 0; b->symbol->kind == EXPR_TENSOR && b->symbol->shape == b->outside.expr->shape && k < b->symbol->arity; k++)
            if (b->symbol->arg[k] == variable)
                return b->outside.expr->arg[k];
    }
    return NULL;
}

/* Names that the point has values for and that are no variables of the command are constants. */
static void set_constants(Matching *m)
{
    for (size_t i = 0; i < m->sig->n; i++) {
        if (m->sig->param[i].type != PARAM_OBJECTIVE || m->c.arg[i].kind != VALUE_EXPR)
            continue;
        for (size_t b = 0; b < m->bound.n; b++) {
            const Expr *symbol = m->bound.at[b].symbol, *value = m->bound.at[b].outside.kind == VALUE_EXPR ? m->bound.at[b].outside.expr : NULL;
            slong       n;
            bool        sized = expr_is_scalar(symbol) || (expr_fits_slong(symbol->shape->rows, &n) && expr_fits_slong(symbol->shape->cols, &n));
            bool        variable = !m->bound.at[b].open || !value || symbol->kind != EXPR_SYMBOL || !sized;
            for (size_t k = 0; k < m->c.nvars && !variable; k++)
                variable = m->c.vars[k] == symbol;
            if (!variable)
                m->c.arg[i].expr = expr_subst(m->c.pool, m->c.arg[i].expr, &symbol, &value, 1);
        }
    }
}

/* The values of the variables, and behind them names of the point that do not occur. */
static bool set_site(Matching *m)
{
    Arena       *a = m->c.arena;
    size_t       n = m->c.nvars;
    const Expr **vars = arena_array(a, const Expr *, n + m->bound.n);
    for (size_t k = 0; k < n; k++)
        vars[k] = m->c.vars[k];
    for (size_t i = 0; i < m->bound.n && !m->chosen; i++) {
        const Expr *symbol = m->bound.at[i].symbol;
        bool        known = symbol->kind == EXPR_TENSOR || !coordinate(m, symbol);
        for (size_t k = 0; k < n; k++)
            known = known || vars[k] == symbol;
        if (!known)
            vars[n++] = symbol;
    }
    m->c.at = arena_array(a, const Expr *, n);
    for (size_t k = 0; k < n; k++) {
        m->c.at[k] = coordinate(m, vars[k]);
        if (m->c.at[k] && expr_is_scalar(vars[k]) && !expr_is_scalar(m->c.at[k]))
            return eval_fail(m->ev, m->call, "%.*s stands for a number here", STR_ARGS(vars[k]->name)), false;
        if (m->c.at[k] && !expr_is_scalar(vars[k]) && !expr_is_tensor(m->c.at[k]))
            return eval_fail(m->ev, m->call, "%.*s stands for a vector or matrix here", STR_ARGS(vars[k]->name)), false;
    }
    set_vars(m, vars, n);
    return true;
}

/* A list of methods or formats; one alone is a list of one. */
static Value each_item(Matching *m, const Match *match, Value (*eval)(const Eval *, const Ast *))
{
    const Ast *t = match->ast;
    bool       many = t->kind == AST_LIST || t->kind == AST_TUPLE;
    size_t     n = many ? t->n : 1;
    Value     *item = arena_array(m->c.arena, Value, n + 1);
    for (size_t i = 0; i < n; i++)
        if ((item[i] = eval(m->ev, many ? t->child[i] : t)).kind == VALUE_FAILED)
            return item[i];
    return n ? value_list(m->c.arena, item, n) : eval_fail(m->ev, t, "%.*s needs %s here", STR_ARGS(m->c.name), form_text(match->param->type));
}

static Value unknown_value(Matching *m, const Ast *t)
{
    if (t->kind == AST_CALL)
        return value_expr(scope_find(m->scope, t->child[0]->text)->symbol);
    Value *item = arena_array(m->c.arena, Value, t->n);
    for (size_t i = 0; i < t->n; i++)
        item[i] = unknown_value(m, t->child[i]);
    return value_list(m->c.arena, item, t->n);
}

/* load(points.csv) lacks quotes. */
static Value text_argument(Matching *m, const Match *match)
{
    Eval       inner = { m->ev->env, m->scope, m->ev->source };
    const Ast *t = match->ast;
    Value      v = checked_kind(m, match, eval_expr(&inner, t));
    if (v.kind != VALUE_FAILED || (t->kind != AST_NAME && t->kind != AST_FIELD))
        return v;
    m->ev->env->diag.hint = (Str){ 0 };                       /* quotes are missing, not a name */
    eval_hint(m->ev, "\"%.*s\"", STR_ARGS(str_slice(m->ev->source->text, t->span.start, t->span.end)));
    return v;
}

static Value argument_value(Matching *m, size_t k)
{
    const Match *match = &m->match.at[k];
    Eval         inner = { m->ev->env, m->scope, m->ev->source };
    switch (match->param->type) {
    case PARAM_VAR: case PARAM_CLOSEDVAR:
        return symbol_list(m, match->ast);
    case PARAM_TARGET:  return form_names_only(match->ast) ? symbol_list(m, match->ast) : over_value(m, k);
    case PARAM_ARROW:   return arrow_value(m, match->ast);
    case PARAM_OVER:    return over_value(m, k);
    case PARAM_DATA:    return value_expr(m->axis);
    case PARAM_START:   return m->start;
    case PARAM_SITE:    return bare_site(m, match->ast);
    case PARAM_METHOD:  return eval_method(m->ev, match->ast);
    case PARAM_METHODS: return each_item(m, match, eval_method);
    case PARAM_RATE:    return eval_rate(m->ev, match->ast);
    case PARAM_FORMAT:  return eval_named_format(m->ev, match->ast);
    case PARAM_FORMATS: return each_item(m, match, eval_roles);
    case PARAM_ROLES:   return eval_roles(m->ev, match->ast);
    case PARAM_CHOICE:  return eval_choice(m->ev, match->ast);
    case PARAM_POINT:   return point_value(m, match->ast);
    case PARAM_UNKNOWN: return unknown_value(m, match->ast);
    case PARAM_OBJECTIVE:
        return with_columns(m, objective_argument(m, match->ast));
    case PARAM_WORD:    return value_text(match->ast->text);
    case PARAM_TABLE:   return data_argument(m, match);
    case PARAM_COLUMNS: return value_data(match->table);
    case PARAM_TEXT:    return text_argument(m, match);
    case PARAM_EXPR: case PARAM_SCALAR: case PARAM_INT: case PARAM_VALUE: case PARAM_LIST: case PARAM_RELATION: case PARAM_RANGE:
    case PARAM_LAGRANGIAN: case PARAM_POLYNOMIAL: case PARAM_AGAIN:
        return with_columns(m, checked_kind(m, match, eval_expr(&inner, match->ast)));
    }
    return value_failed();
}

/* Without stop_gradient, which is for derivatives. */
static Value plain_value(Matching *m, Value v)
{
    if (v.kind == VALUE_EXPR)
        v.expr = expr_without_stops(m->c.pool, v.expr);
    if (v.kind != VALUE_LIST)
        return v.kind == VALUE_EXPR && !v.expr ? value_failed() : v;
    List  *list = arena_copy(m->c.arena, v.list, sizeof *list);
    Value *item = arena_array(m->c.arena, Value, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        item[i] = plain_value(m, list->item[i]);
    list->item = item;
    v.list = list;
    return v;
}

/* Values that repeat are gathered into a list in their parameter's place. */
static bool convert_arguments(Matching *m)
{
    Arena *a = m->c.arena;
    m->c.n = m->sig->n;
    m->c.arg = arena_array(a, Value, m->sig->n + 1);
    m->c.arg_span = arena_array(a, Span, m->sig->n + 1);
    for (size_t i = 0; i < m->sig->n; i++)
        m->c.arg[i] = value_none();
    for (size_t k = 0; k < m->match.n; k++) {
        size_t i = m->match.at[k].index;
        Value  v = argument_value(m, k);
        if (v.kind != VALUE_FAILED && m->builtin->by_value)
            v = plain_value(m, v);
        if (v.kind == VALUE_FAILED)
            return false;
        if (m->sig->param[i].repeats) {
            const List *old = m->c.arg[i].kind == VALUE_LIST ? m->c.arg[i].list : &(List){ 0 };
            Value      *item = arena_array(a, Value, old->n + 1);
            for (size_t j = 0; j < old->n; j++)
                item[j] = old->item[j];
            item[old->n] = v;
            v = value_list(a, item, old->n + 1);
        }
        m->c.arg[i] = v;
        m->c.arg_span[i] = m->c.arg_span[i].end ? span_join(m->c.arg_span[i], m->match.at[k].ast->span) : m->match.at[k].ast->span;
    }
    for (size_t i = 0; i < m->sig->n; i++)
        if (m->sig->param[i].type == PARAM_SITE && !set_site(m))
            return false;
    if (m->chosen)
        set_constants(m);
    for (size_t i = 0; i < m->sig->n; i++)                      /* lu(A) using fp32 is lu(A, format: fp32) */
        if (m->c.arg[i].kind == VALUE_NONE && (m->sig->param[i].type == PARAM_FORMAT || m->sig->param[i].type == PARAM_ROLES) && m->format)
            m->c.arg[i] = value_format(m->format);
    for (size_t i = 0; i < m->sig->n; i++)
        if (m->c.arg[i].kind == VALUE_NONE && m->sig->param[i].fallback.n) {
            const Expr *e = pool_read(m->c.pool, str_copy(m->ev->env->session_arena, m->sig->param[i].fallback).s, NULL, 0);
            m->c.arg[i] = value_expr(e);
        }
    return true;
}

/* ---- the result --------------------------------------------------------------------------------------------------------------------- */

static const Expr *subst_bound(Matching *m, const Expr *e)
{
    size_t       n = 0, room = m->bound.n + 1;
    for (size_t i = 0; i < m->bound.n; i++)
        room += m->bound.at[i].symbol->kind == EXPR_TENSOR ? m->bound.at[i].symbol->arity : 0;
    const Expr **from = arena_array(m->c.arena, const Expr *, room), **to = arena_array(m->c.arena, const Expr *, room);
    for (size_t i = 0; i < m->bound.n; i++) {
        const Bound *b = &m->bound.at[i];
        if (!b->open || b->outside.kind != VALUE_EXPR)
            continue;
        bool whole = b->symbol->kind == EXPR_TENSOR && b->symbol->shape == b->outside.expr->shape;
        for (uint32_t k = 0; whole && k < b->symbol->arity; k++) {
            from[n] = b->symbol->arg[k];
            to[n++] = b->outside.expr->arg[k];
        }
        if (!whole && expr_depends(m->c.pool, e, b->symbol)) {
            from[n] = b->symbol;
            to[n++] = b->outside.expr;
        }
    }
    return n ? expr_at(m->c.pool, e, from, to, n) : e;
}

static Value put_in(Matching *m, Value v)
{
    Env *env = m->ev->env;
    if (v.kind == VALUE_LIST) {
        Value *item = arena_array(env->line_arena, Value, v.list->n);
        for (size_t i = 0; i < v.list->n; i++)
            item[i] = put_in(m, v.list->item[i]);
        Value list = value_list(env->line_arena, item, v.list->n);
        list.note = v.note;
        return list;
    }
    if (v.kind == VALUE_RECORD) {
        Value *item = arena_array(env->line_arena, Value, v.record->n);
        for (size_t i = 0; i < v.record->n; i++)
            item[i] = put_in(m, v.record->item[i]);
        Value record = value_record(env->line_arena, v.record->name, item, v.record->n);
        record.note = v.note;
        return record;
    }
    if (v.kind != VALUE_EXPR)
        return v;
    const Expr *e = subst_bound(m, v.expr);
    if (!e)
        return value_checked(m->ev, m->call, NULL);
    Value result = value_expr(e);
    result.note = v.note;
    if (e == v.expr)
        return result;
    Buf note = buf_new(env->line_arena);
    for (size_t i = 0; i < m->bound.n; i++)
        if (m->bound.at[i].open && m->bound.at[i].noted) {
            buf_add_s(&note, note.n ? ", " : "at ");
            buf_printf(&note, "%.*s = ", STR_ARGS(m->bound.at[i].name));
            value_print(&note, env, m->bound.at[i].outside, env->settings.unicode);
        }
    if (note.n)
        result.note = buf_str(&note);
    return result;
}

static Value apply_from_builtin(Call *c, const Function *f, const Value *arg, size_t n)
{
    Matching *m = c->env;
    return call_function(m->ev, m->call, f, arg, n, NULL);
}

static const Method *method_from_builtin(Call *c, Str name)
{
    Matching *m = c->env;
    return find_method(m->ev, name);
}

static bool taken_from_builtin(Call *c, Str name)
{
    Matching *m = c->env;
    Value     v;
    return name_is_constant(name) || scope_find(m->ev->scope, name) || session_value(m->ev->env, name, &v);
}

Env *call_env(Call *c)
{
    Matching *m = c->env;
    return m->ev->env;
}

/* A row that keeps the form of its arguments and also minimizes from a start (compare) does not keep it then. */
static bool has_start(const Ast *call)
{
    for (size_t i = 1; i < call->n; i++)
        if (call->child[i]->kind == AST_OPTION && str_is(call->child[i]->text, "from"))
            return true;
    return false;
}

Value call_builtin(const Eval *ev, const Ast *t, const Builtin *b)
{
    Env     *env = ev->env;
    Matching m = { .ev = ev, .call = t, .builtin = b, .sig = env_signature(env, b) };
    m.c = (Call){ .pool = env->line, .arena = env->line_arena, .diag = &env->diag, .settings = &env->settings, .source = ev->source,
                  .span = t->span, .name = builtin_name(b), .apply = apply_from_builtin, .method = method_from_builtin, .taken = taken_from_builtin, .trace = env->trace, .steps = env->steps, .env = &m };
    bool typed = env->typed;
    bool formed = env->formed;
    m.format = typed ? env->format : NULL;
    m.c.typed = typed && (b->typed || (formed && b->whole));
    bool keeps = b->formed && !has_start(t);
    env->typed = m.c.typed || keeps || (env->steps && b->steps);
    env->formed = env->typed && (formed || keeps);
    Value v = match_arguments(&m) && bind_variables(&m) && convert_arguments(&m) ? value_none() : value_failed();
    env->typed = m.c.typed;
    env->formed = formed;
    if (v.kind == VALUE_NONE) {
        env->vars = m.c.vars;
        env->nvars = m.c.nvars;
        v = b->call(&m.c);
    }
    env->typed = typed;
    if (env->diag.failed)
        return value_failed();
    if (v.kind == VALUE_FAILED) {
        value_checked(ev, t, NULL);
        return v;
    }
    pool_clear_error(env->line);
    return put_in(&m, v);
}
