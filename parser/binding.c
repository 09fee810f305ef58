/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables that a call binds: those of diff and its kin (open), of limits, ranges and starts (closed), unknown functions, and the
 * columns of a table. Bound before the other arguments are evaluated. */
#include "parser/call_int.h"

#include "parser/form.h"
#include "parser/suggest.h"
#include "parser/token.h"
#include "symbolic/data/columns.h"
#include "symbolic/matrix/matrix.h"

bool already_bound(const Matching *m, Str name)
{
    for (size_t i = 0; i < m->bound.n; i++)
        if (str_eq(m->bound.at[i].name, name))
            return true;
    return false;
}

void push_bound(Matching *m, Bound b, bool hide)
{
    vec_push(m->c.arena, &m->bound, b);
    if (hide)
        m->scope = scope_bind(m->ev->env, m->scope, BIND_VARIABLE, b.name, value_none(), b.symbol);
}

/* Commands with a parameter of type site take vectors and matrices as a whole. */
static bool looks_at_point(const Matching *m)
{
    for (size_t i = 0; i < m->sig->n; i++)
        if (m->sig->param[i].type == PARAM_SITE)
            return true;
    return false;
}

const Expr *open_variable(const Matching *m, Str name, Value outside)
{
    Pool *p = m->ev->env->line;
    if (outside.kind == VALUE_EXPR && outside.expr->kind == EXPR_TENSOR && outside.expr->shape && looks_at_point(m))
        return expr_symbol_shaped(p, name, outside.expr->shape);
    if (outside.kind == VALUE_EXPR && outside.expr->kind == EXPR_TENSOR)
        return expr_entries(p, name, expr_rows(outside.expr), expr_cols(outside.expr));
    return scope_new_variable(m->ev, name);
}

/* An open variable: a parameter that stands for a variable means that one; a parameter with a value gets it afterwards. */
static bool bind_open(Matching *m, const Ast *name, bool number)
{
    const Scope *b = scope_find(m->ev->scope, name->text);
    Value        v = value_none();
    if (b && b->kind == BIND_VARIABLE) {
        push_bound(m, (Bound){ name->text, b->symbol, false, false, v }, false);
        return true;
    }
    if (b && b->kind == BIND_UNKNOWN)
        return eval_fail(m->ev, name, "%.*s is an unknown function here", STR_ARGS(name->text)), false;
    if (b)
        v = b->kind == BIND_STORED ? value_complete(m->ev, b->value) : b->value;
    if (b && v.kind == VALUE_EXPR && v.expr->kind == EXPR_SYMBOL) {
        push_bound(m, (Bound){ name->text, v.expr, false, false, value_none() }, false);
        return true;
    }
    if (!b && name_is_constant(name->text))
        return eval_fail(m->ev, name, "%.*s is a constant, not a variable", STR_ARGS(name->text)), false;
    const Expr *shaped = b || number ? NULL : declared_variable(m->ev, name->text);
    if (shaped) {
        push_bound(m, (Bound){ name->text, shaped, false, false, value_none() }, false);
        return true;
    }
    bool session = !b && session_value(m->ev->env, name->text, &v);
    if (session)
        v = value_complete(m->ev, v);
    if (number && v.kind == VALUE_EXPR && expr_is_tensor(v.expr)) {             /* the result would be in that name */
        eval_fail(m->ev, name, "%.*s is a vector or matrix, and stands for a number here", STR_ARGS(name->text));
        eval_hint(m->ev, "clear %.*s", STR_ARGS(name->text));
        return false;
    }
    const Expr *symbol = v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR ? open_variable(m, name->text, v)
                       : b ? expr_fresh(m->ev->env->line, expr_symbol(m->ev->env->line, name->text)) : scope_new_variable(m->ev, name->text);
    if (v.kind == VALUE_NONE && symbol->kind == EXPR_SYMBOL && expr_is_scalar(symbol) && symbol != expr_symbol(m->ev->env->line, name->text))
        v = value_expr(expr_symbol(m->ev->env->line, name->text));          /* renamed back afterwards */
    push_bound(m, (Bound){ name->text, symbol, true, session, v }, true);
    return true;
}

/* The call with a free letter for a variable that is taken; what its range or arrow looks up outside keeps the name. */
static Str renamed_call(Matching *m, const Ast *name)
{
    static const char *const letters[] = { "t", "s", "u", "k", "w", "z" };
    const Ast *call = m->call;
    Source     source = { .text = str_slice(m->ev->source->text, 0, call->span.end) };
    Span       outside = { 0 };
    size_t     letter = 0, done = call->span.start;
    for (size_t i = 0; i < m->match.n; i++) {
        const Ast *t = m->match.at[i].ast;
        if (t->n == 2 && (t->kind == AST_ARROW || t->kind == AST_RELATION) && t->span.start <= name->span.start && name->span.end <= t->span.end)
            outside = t->child[1]->span;
    }
    Lexer lex = { .arena = m->c.arena, .source = &source, .at = call->span.start };
    for (Token w; letter < 5 && (w = lex_token(&lex)).kind != TOKEN_END && w.kind != TOKEN_BAD;)
        if (token_is_word(&w, letters[letter])) {
            letter++;
            lex.at = call->span.start;
        }
    Buf b = buf_new(m->c.arena);
    lex.at = call->span.start;
    for (Token w; (w = lex_token(&lex)).kind != TOKEN_END && w.kind != TOKEN_BAD;) {
        bool inside = w.kind == TOKEN_NAME && str_eq(w.text, name->text) && !(outside.start <= w.span.start && w.span.end <= outside.end);
        buf_add(&b, str_slice(source.text, done, inside ? w.span.start : w.span.end));
        if (inside)
            buf_add_s(&b, letters[letter]);
        done = w.span.end;
    }
    return buf_str(&b);
}

/* A closed variable does not occur in the result; it never hides a parameter or another bound name. */
static bool bind_closed(Matching *m, const Ast *name, bool number)
{
    const Scope *b = scope_find(m->ev->scope, name->text);
    if (b && b->kind == BIND_VALUE && b->value.kind == VALUE_EXPR && b->value.expr->kind == EXPR_SYMBOL) {
        push_bound(m, (Bound){ name->text, b->value.expr, false, false, value_none() }, false);
        return true;
    }
    if (b || already_bound(m, name->text)) {
        eval_fail(m->ev, name, "%.*s is taken", STR_ARGS(name->text));
        eval_hint(m->ev, "%.*s", STR_ARGS(renamed_call(m, name)));
        return false;
    }
    if (name_is_constant(name->text) && !str_is(name->text, "i"))
        return eval_fail(m->ev, name, "%.*s is a constant, not a variable", STR_ARGS(name->text)), false;
    const Expr *x = scope_new_variable(m->ev, name->text);
    x = number && expr_is_tensor(x) ? expr_symbol(m->ev->env->line, name->text) : x;
    push_bound(m, (Bound){ name->text, x, false, false, value_none() }, true);
    return true;
}

/* number: the variable of a limit or a range, which hides a vector of that name. */
static bool bind_names(Matching *m, const Ast *t, bool open, bool number)
{
    if (t->kind == AST_NAME)
        return (open ? bind_open : bind_closed)(m, t, number);
    for (size_t i = 0; i < t->n; i++)
        if (!(open ? bind_open : bind_closed)(m, t->child[i], number))
            return false;
    return true;
}

const Expr *bound_symbol(const Matching *m, Str name)
{
    for (size_t i = m->bound.n; i-- > 0;)
        if (str_eq(m->bound.at[i].name, name))
            return m->bound.at[i].symbol;
    return NULL;
}

/* The x of y(x): a differential equation cannot be had at x = 3. */
static bool bind_argument(Matching *m, const Ast *x, const Ast *function)
{
    const Scope *b = scope_find(m->ev->scope, x->text);
    Value        v;
    if (bound_symbol(m, x->text))
        return true;
    if (x->kind != AST_NAME || name_is_constant(x->text)) {
        eval_fail(m->ev, x, "the arguments of an unknown function are variables");
        return eval_hint(m->ev, "%.*s(%s)", STR_ARGS(function->text), str_is(function->text, "x") ? "t" : "x"), false;
    }
    bool taken = b && (b->kind != BIND_VALUE || b->value.kind != VALUE_EXPR || b->value.expr->kind != EXPR_SYMBOL);
    if (!taken && b) {
        push_bound(m, (Bound){ x->text, b->value.expr, false, false, value_none() }, false);
        return true;
    }
    if (taken || session_value(m->ev->env, x->text, &v)) {
        eval_fail(m->ev, x, taken ? "%.*s is taken" : "%.*s has a value: an unknown function needs a free variable", STR_ARGS(x->text));
        return eval_hint(m->ev, "%.*s", STR_ARGS(renamed_call(m, x))), false;
    }
    push_bound(m, (Bound){ x->text, scope_new_variable(m->ev, x->text), false, false, value_none() }, true);
    return true;
}

/* y(x), or a list of such: binds x, and y as the unknown function of it. */
static bool bind_unknown(Matching *m, const Ast *t)
{
    Env         *env = m->ev->env;
    const Expr **arg = arena_array(env->line_arena, const Expr *, t->n);
    if (t->kind != AST_CALL) {
        for (size_t i = 0; i < t->n; i++)
            if (!bind_unknown(m, t->child[i]))
                return false;
        return true;
    }
    const Scope *before = scope_find(m->scope, t->child[0]->text);
    if (before && before->kind == BIND_UNKNOWN)
        return eval_fail(m->ev, t, "%.*s is an unknown function already", STR_ARGS(t->child[0]->text)), false;
    if (before || name_is_constant(t->child[0]->text))
        return eval_fail(m->ev, t, "%.*s is %s, not an unknown function", STR_ARGS(t->child[0]->text), before ? "taken" : "a constant"), false;
    for (size_t i = 1; i < t->n; i++) {
        const Scope *b = scope_find(m->scope, t->child[i]->text);
        if (str_eq(t->child[i]->text, t->child[0]->text) || (b && b->kind == BIND_UNKNOWN))
            return eval_fail(m->ev, t->child[i], "%.*s is a function and a variable", STR_ARGS(t->child[i]->text)), false;
        if (!bind_argument(m, t->child[i], t->child[0]))
            return false;
        arg[i - 1] = bound_symbol(m, t->child[i]->text);
        for (size_t k = 0; k + 1 < i; k++)
            if (arg[k] == arg[i - 1])
                return eval_fail(m->ev, t->child[i], "%.*s stands here twice", STR_ARGS(t->child[i]->text)), false;
    }
    if (t->n == 1)
        return eval_fail(m->ev, t, "an unknown function needs its variable: %.*s(x)", STR_ARGS(t->child[0]->text)), false;
    Str         name = str_printf(env->line_arena, "%.*s%c", STR_ARGS(t->child[0]->text), UNKNOWN_BARE);
    const Expr *y = expr_unknown(env->line, name, arena_array(env->line_arena, uint32_t, t->n), arg, t->n - 1);
    m->scope = scope_bind(env, m->scope, BIND_UNKNOWN, t->child[0]->text, value_none(), y);
    return true;
}

Value data_argument(Matching *m, const Match *match)
{
    Str         why;
    Value       v = eval_expr(m->ev, match->ast);
    if (v.kind == VALUE_REPORT && v.report->main.kind == VALUE_DATA)
        v = v.report->main;
    if (v.kind == VALUE_FAILED)
        return v;
    const Data *d = data_of(m->c.arena, v, &why);
    if (d)
        return value_data(d);
    Str found = value_shown(m->ev->env, v);
    if (v.kind == VALUE_RECORD)
        return eval_fail(m->ev, match->ast, "%.*s", STR_ARGS(why));
    return eval_fail(m->ev, match->ast, "%.*s needs a table of data here, found %.*s", STR_ARGS(m->c.name), STR_ARGS(str_slice(found, 0, 60)));
}

/* diff(f, x, n): if n has a whole value, the name has two readings. */
static bool bind_again(Matching *m, const Ast *t)
{
    const Scope *b = scope_find(m->ev->scope, t->text);
    Value        v = value_none();
    if (b && (b->kind == BIND_VALUE || b->kind == BIND_STORED || b->kind == BIND_LOCAL))
        v = b->value;
    else if (!b)
        session_value(m->ev->env, t->text, &v);
    if (v.kind != VALUE_EXPR || !expr_is_integer(v.expr))
        return bind_open(m, t, false);
    Str value = value_shown(m->ev->env, v);
    eval_fail(m->ev, t, "two readings: the variable %.*s or its value %.*s", STR_ARGS(t->text), STR_ARGS(value));
    eval_hint(m->ev, "%.*s, or clear %.*s first", STR_ARGS(value), STR_ARGS(t->text));
    return false;
}

/* over: d. The columns are values in all other arguments, and in the functions that they call. */
static bool bind_columns(Matching *m, const Match *match)
{
    Env       *env = m->ev->env;
    const Ast *t = match->ast;
    Value      v = data_argument(m, match);
    if (v.kind == VALUE_FAILED)
        return false;
    Str name = t->kind == AST_NAME ? t->text : STR("data");
    m->axis = expr_axis(env->line, name, v.data);
    for (size_t k = 0; k < v.data->columns; k++)
        m->scope = scope_bind(env, m->scope, BIND_VALUE, v.data->column[k].name, value_expr(expr_column(env->line, m->axis, k)), NULL);
    return true;
}

static bool column_is_variable(Matching *m, const Ast *t)
{
    const Data *d = m->axis->axis.data;
    for (size_t k = 0; k < d->columns; k++)
        if (bound_symbol(m, d->column[k].name))
            return eval_fail(m->ev, t, "%.*s is a variable and a column of %.*s", STR_ARGS(d->column[k].name), STR_ARGS(m->axis->axis.name)), true;
    return false;
}

/* Free names in a function's body that are columns. */
Value with_columns(Matching *m, Value v)
{
    if (!m->axis || v.kind != VALUE_EXPR)
        return v;
    Pool        *p = m->ev->env->line;
    const Data  *d = m->axis->axis.data;
    const Expr **from = arena_array(m->c.arena, const Expr *, d->columns), **to = arena_array(m->c.arena, const Expr *, d->columns);
    for (size_t k = 0; k < d->columns; k++) {
        from[k] = expr_symbol(p, d->column[k].name);
        to[k] = expr_column(p, m->axis, k);
    }
    return value_checked(m->ev, m->call, expr_subst(p, v.expr, from, to, d->columns));
}

/* A table of data: evaluated before all other arguments, in which its columns are variables. A text column's binding holds the
 * table, so that a comparison with a label can look it up. */
static bool bind_rows(Matching *m, Match *match)
{
    Value v = data_argument(m, match);
    if (v.kind == VALUE_FAILED)
        return false;
    match->table = v.data;
    m->c.columns = arena_array(m->c.arena, const Expr *, v.data->columns);
    for (size_t k = 0; k < v.data->columns; k++) {
        const Column *c = &v.data->column[k];
        Str           name = str_copy(m->c.arena, c->name);
        if (m->match.n > 1 && (scope_find(m->ev->scope, name) || already_bound(m, name))) {
            eval_fail(m->ev, match->ast, "%.*s is taken, and a column of the table", STR_ARGS(name));
            return false;
        }
        m->c.columns[k] = scope_new_variable(m->ev, name);
        push_bound(m, (Bound){ name, m->c.columns[k], false, false, value_none() }, false);
        m->scope = scope_bind(m->ev->env, m->scope, BIND_VARIABLE, name, c->text ? v : value_none(), m->c.columns[k]);
    }
    return true;
}

Value small_record(Matching *m, size_t n, const char *const *name, const Value *item)
{
    Str *names = arena_array(m->c.arena, Str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = str_of(name[i]);
    return value_record(m->c.arena, names, item, n);
}

/* A name that starts from a vector or matrix is a variable of these sizes. */
static bool bind_start_name(Matching *m, const Ast *name, Value start)
{
    Pool *p = m->ev->env->line;
    if (already_bound(m, name->text))
        return true;
    if (start.kind != VALUE_EXPR || start.expr->kind != EXPR_TENSOR)
        return bind_closed(m, name, false);
    const Expr *x = start.expr->arity == 1 ? expr_entries(p, name->text, 1, 1) : expr_symbol_shaped(p, name->text, start.expr->shape);
    push_bound(m, (Bound){ name->text, x, false, false, value_none() }, true);
    return true;
}

/* from: (x = 1, y = 2), or a record of such values: its names are variables. */
static bool bind_start(Matching *m, const Ast *t)
{
    Env *env = m->ev->env;
    m->start = value_none();
    if (t->kind == AST_RECORD || form_binds_name(t)) {
        size_t n = t->kind == AST_RECORD ? t->n : 1;
        Value *name = arena_array(m->c.arena, Value, n), *to = arena_array(m->c.arena, Value, n);
        for (size_t i = 0; i < n; i++) {
            const Ast *entry = t->kind == AST_RECORD ? t->child[i] : t->child[0];
            name[i] = value_text(entry->text);
            to[i] = eval_expr(m->ev, t->kind == AST_RECORD ? entry->child[0] : t->child[1]);
            if (to[i].kind == VALUE_FAILED || !bind_start_name(m, entry, to[i]))
                return false;
        }
        m->start = small_record(m, 2, (const char *const[]){ "names", "to" }, (Value[]){ value_list(m->c.arena, name, n), value_list(m->c.arena, to, n) });
        return true;
    }
    Value v = eval_expr(m->ev, t);
    if (v.kind == VALUE_REPORT && report_field(v.report, STR("x")))
        v = report_field(v.report, STR("x"))->value;
    m->start = v;
    if (v.kind != VALUE_RECORD)
        return v.kind != VALUE_FAILED;
    Value *name = arena_array(m->c.arena, Value, v.record->n);
    for (size_t i = 0; i < v.record->n; i++) {
        Ast *entry = arena_copy(env->line_arena, t, sizeof *t);
        entry->text = v.record->name[i];
        name[i] = value_text(entry->text);
        if (!bind_start_name(m, entry, v.record->item[i]))
            return false;
    }
    m->start = small_record(m, 2, (const char *const[]){ "names", "to" },
                            (Value[]){ value_list(m->c.arena, name, v.record->n), value_list(m->c.arena, v.record->item, v.record->n) });
    return true;
}

/* root_of(x^5 - x - 1, 1): the only name in the text is a variable, whatever it means outside. */
static const Ast *only_name(const Ast *t, bool *several)
{
    const Ast *found = t->kind == AST_NAME && name_is_variable(t->text) && !name_is_constant(t->text) ? t : NULL;
    for (size_t i = t->kind == AST_CALL ? 1 : 0; i < t->n; i++) {
        const Ast *name = only_name(t->child[i], several);
        *several = *several || (found && name && !str_eq(found->text, name->text));
        found = found ? found : name;
    }
    return found;
}

static bool bind_polynomial(Matching *m, const Ast *t)
{
    bool         several = false;
    const Ast   *name = only_name(t, &several);
    const Scope *b = name ? scope_find(m->ev->scope, name->text) : NULL;
    if (!name || several || t->kind == AST_NAME || b)
        return true;
    return bind_closed(m, name, false);
}

/* A value in a signature's place of a point is exact, whatever the form of the other arguments. */
Value site_value(Matching *m, const Ast *t)
{
    Env  *env = m->ev->env;
    bool  typed = env->typed;
    env->typed = false;
    Value v = eval_expr(m->ev, t);
    env->typed = typed;
    return v;
}

/* A name that stands for a vector or matrix as a whole, of the shape of its value. */
static const Expr *whole_variable(Matching *m, const Expr *symbol, const Expr *value)
{
    return value->shape ? expr_symbol_shaped(m->ev->env->line, symbol->name, value->shape) : expr_entries(m->ev->env->line, symbol->name, 1, 1);
}

/* x = 2, or (x = 2, y = 3): variables of the call that have these values outside. A bare point waits until the variables are known. */
static bool bind_site(Matching *m, const Ast *t)
{
    bool one = form_is_equation(t) && t->child[0]->kind == AST_NAME;
    for (size_t i = 0; i < (t->kind == AST_RECORD ? t->n : one); i++) {
        const Ast *name = one ? t->child[0] : t->child[i];
        if (already_bound(m, name->text))
            return eval_fail(m->ev, name, "%.*s is given twice", STR_ARGS(name->text)), false;
        Value v = site_value(m, one ? t->child[1] : name->child[0]);
        if (v.kind == VALUE_FAILED || (v.kind != VALUE_EXPR && (eval_fail(m->ev, name, "%.*s needs a number", STR_ARGS(name->text)), true)) || !bind_closed(m, name, false))
            return false;
        Bound *b = &m->bound.at[m->bound.n - 1];
        if (v.expr->kind == EXPR_TENSOR && b->symbol->kind == EXPR_SYMBOL && expr_is_scalar(b->symbol)) {
            b->symbol = whole_variable(m, b->symbol, v.expr);
            m->scope = scope_bind(m->ev->env, m->scope, BIND_VARIABLE, name->text, value_none(), b->symbol);
        }
        b->open = true;
        b->outside = v;
    }
    return true;
}

bool bind_variables(Matching *m)
{
    m->scope = m->ev->scope;
    for (size_t i = 0; i < m->match.n; i++)
        if (m->match.at[i].param->type == PARAM_DATA && !bind_columns(m, &m->match.at[i]))
            return false;
    for (size_t i = 0; i < m->match.n; i++) {
        const Ast *t = m->match.at[i].ast;
        bool       fine = true;
        switch (m->match.at[i].param->type) {
        case PARAM_VAR:       fine = bind_names(m, t, true, false); break;
        case PARAM_CLOSEDVAR: fine = bind_names(m, t, false, false); break;
        case PARAM_POINT:     fine = bind_names(m, t->child[0], true, true); break;
        case PARAM_ARROW: case PARAM_OVER:
            fine = bind_names(m, t->child[0], false, true);
            break;
        case PARAM_TARGET:    fine = bind_names(m, form_names_only(t) ? t : t->child[0], false, true); break;
        case PARAM_POLYNOMIAL: fine = bind_polynomial(m, t); break;
        case PARAM_UNKNOWN:   fine = bind_unknown(m, t); break;
        case PARAM_AGAIN:     fine = t->kind != AST_NAME || bind_again(m, t); break;
        case PARAM_DATA:      break;                         /* bound before the others */
        case PARAM_START:     fine = bind_start(m, t); break;
        case PARAM_SITE:      fine = bind_site(m, t); break;
        case PARAM_COLUMNS:   fine = bind_rows(m, &m->match.at[i]); break;
        case PARAM_EXPR: case PARAM_SCALAR: case PARAM_INT: case PARAM_TEXT: case PARAM_VALUE: case PARAM_LIST: case PARAM_RELATION:
        case PARAM_RANGE: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_WORD: case PARAM_TABLE: case PARAM_METHOD: case PARAM_METHODS:
        case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS: case PARAM_ROLES: case PARAM_CHOICE:
            break;
        }
        if (!fine)
            return false;
    }
    return !m->axis || !column_is_variable(m, m->call);
}
