/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of built-ins (GRAMMAR 5.3, 6): arguments are matched to the signature by their form, variables are bound before
 * anything is evaluated, and the result of an open form gets the value that its variable has outside. */
#include "parser/env_int.h"

#include "base/report.h"
#include "base/vec.h"
#include "parser/form.h"
#include "parser/suggest.h"
#include "parser/token.h"
#include "symbolic/columns.h"

/* One argument or the default of a parameter, with the parameter it belongs to. */
typedef struct Match { const Param *param; size_t index; const Ast *ast; const Data *table; } Match;

typedef struct Bound {          /* a variable that this call binds */
    Str         name;
    const Expr *symbol;
    bool        open;
    bool        noted;          /* its value comes from the session: the result says so */
    Value       outside;        /* what the name means outside; kind NONE: the variable itself */
} Bound;

typedef struct Matching {
    const Eval      *ev;
    const Ast       *call;
    const Builtin   *builtin;
    const Signature *sig;
    VEC(Match)       match;
    VEC(Bound)       bound;
    const Scope     *scope;     /* with the variables */
    Value            start;     /* what from: gives */
    const Expr      *axis;      /* of the table whose rows the call runs over; NULL: none */
    Call             c;
} Matching;

const Signature *env_signature(Env *env, const Builtin *b)
{
    Str        name = builtin_name(b);
    Signature *s = map_get(&env->signatures, name);
    if (!s) {
        s = arena_alloc(env->session_arena, sizeof *s);
        *s = sig_parse(env->session_arena, b->sig);
        map_put(&env->signatures, name, s);
    }
    return s;
}

static Str text_of(const Eval *ev, const Ast *t)
{
    return str_slice(ev->source->text, t->span.start, t->span.end);
}

void refuse_option(const Eval *ev, const Ast *t, Str function, Str name, const Str *options, size_t n)
{
    const Ast *given = t->kind == AST_OPTION ? t : NULL;        /* else the call that holds it */
    for (size_t i = 1; !given && i < t->n; i++)
        if (t->child[i]->kind == AST_OPTION && str_eq(t->child[i]->text, name))
            given = t->child[i];
    Str near = suggest_nearest(name, options, n);
    Buf all = buf_new(ev->env->line_arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&all, "%s%.*s:", i ? ", " : "", STR_ARGS(options[i]));
    eval_fail(ev, given ? given : t, "%.*s has no option %.*s", STR_ARGS(function), STR_ARGS(name));
    if (near.n && given)
        eval_hint(ev, "%.*s: %.*s", STR_ARGS(near), STR_ARGS(text_of(ev, given->child[0])));
    else
        eval_hint(ev, n ? "its options are %.*s" : "it has no options%.*s", STR_ARGS(buf_str(&all)));
}

/* The first name in the argument that may be a variable; x if there is none. */
static Str likely_variable(const Ast *t)
{
    if (t->kind == AST_NAME && name_is_variable(t->text) && !name_is_constant(t->text))
        return t->text;
    for (size_t i = t->kind == AST_CALL ? 1 : 0; i < t->n; i++) {
        Str name = likely_variable(t->child[i]);
        if (name.n)
            return name;
    }
    return (Str){ 0 };
}

/* The only argument was given: the user's own expression with what is missing behind it. */
static bool hint_second(const Matching *m, Str name, ParamType second)
{
    const Ast  *e = m->call->child[1];
    Str         text = text_of(m->ev, e), x = likely_variable(e);
    const char *rest = second == PARAM_ARROW ? " -> 0" : second == PARAM_POINT ? " = 0" : "";
    if (second != PARAM_ARROW && second != PARAM_POINT && second != PARAM_CLOSEDVAR)
        return false;
    bool equation = m->sig->param[0].type != PARAM_RELATION || form_is_equation(e);
    eval_hint(m->ev, "%.*s(%.*s%s, %.*s%s)", STR_ARGS(name), STR_ARGS(text), equation ? "" : " = 0", STR_ARGS(x.n ? x : STR("x")), rest);
    return true;
}

/* The call as it should have been, when its arguments stand in the order of other programs: f, x, a or f, x, a, b. */
static void hint_call(Matching *m)
{
    const Ast *t = m->call;
    Str        name = builtin_name(m->builtin);
    ParamType  second = m->sig->n > 1 ? m->sig->param[1].type : PARAM_VALUE;
    if (t->n == 2 && t->child[1]->kind != AST_OPTION && hint_second(m, name, second))
        return;
    if (second == PARAM_ARROW && t->n == 4 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s -> %.*s)", STR_ARGS(name), STR_ARGS(text_of(m->ev, t->child[1])), STR_ARGS(text_of(m->ev, t->child[2])), STR_ARGS(text_of(m->ev, t->child[3])));
    else if (t->n == 5 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s = %.*s..%.*s)", STR_ARGS(name), STR_ARGS(text_of(m->ev, t->child[1])), STR_ARGS(text_of(m->ev, t->child[2])),
                  STR_ARGS(text_of(m->ev, t->child[3])), STR_ARGS(text_of(m->ev, t->child[4])));
    else if (second == PARAM_POINT && t->n >= 4 && t->child[2]->kind == AST_NAME)
        eval_hint(m->ev, "%.*s(%.*s, %.*s = %.*s)", STR_ARGS(name), STR_ARGS(text_of(m->ev, t->child[1])), STR_ARGS(text_of(m->ev, t->child[2])), STR_ARGS(text_of(m->ev, t->child[3])));
    else
        eval_hint(m->ev, "%s", m->builtin->example[0].in ? m->builtin->example[0].in : m->builtin->sig);
}

/* ---- matching ---------------------------------------------------------------------------------------------------------------- */

static bool match_option(Matching *m, const Ast *t)
{
    VEC(Str) names = { 0 };
    for (size_t i = 0; i < m->sig->n; i++) {
        const Param *p = &m->sig->param[i];
        if (p->option && str_eq(p->name, t->text)) {
            vec_push(m->c.arena, &m->match, (Match){ p, i, t->child[0], NULL });
            return true;
        }
        if (p->option)
            vec_push(m->c.arena, &names, p->name);
    }
    refuse_option(m->ev, t, m->c.name, t->text, names.at, names.n);
    return false;
}

/* sum(1/k, k, 1, 10) */
static bool range_in_pieces(const Matching *m)
{
    return m->call->n == 5 && m->call->child[2]->kind == AST_NAME && m->sig->n > 1 && m->sig->param[1].type == PARAM_OVER;
}

static bool refuse_argument(Matching *m, const Ast *t, const Param *p)
{
    if (range_in_pieces(m)) {
        eval_fail(m->ev, t, "%.*s takes its range as one argument", STR_ARGS(m->c.name));
    } else if (p) {
        Str found = text_of(m->ev, t);
        if (p->type == PARAM_ARROW || p->type == PARAM_OVER || p->type == PARAM_POINT || p->type == PARAM_UNKNOWN)
            eval_fail(m->ev, t, "%.*s needs %s", STR_ARGS(m->c.name), form_text(p->type));
        else
            eval_fail(m->ev, t, "%.*s needs %s here, found %.*s", STR_ARGS(m->c.name), form_text(p->type), STR_ARGS(str_slice(found, 0, 40)));
    } else {
        eval_fail(m->ev, t, "%.*s takes no further argument", STR_ARGS(m->c.name));
    }
    hint_call(m);
    return false;
}

/* Are the positional arguments from the i-th on just those that the required parameters from the next-th on still need?
 * Then a repeating parameter takes no more: solve(x + y = 3, x - y = 1, (x, y)). */
static bool reserved(const Matching *m, size_t next, size_t i)
{
    size_t needed = 0, left = 0;
    for (size_t k = next; k < m->sig->n; k++)
        needed += !m->sig->param[k].optional && !m->sig->param[k].option;
    for (size_t k = i; k < m->call->n; k++)
        left += m->call->child[k]->kind != AST_OPTION;
    return needed && left <= needed;
}

static const Ast *first_variable(const Ast *t)
{
    const Ast *found = t->kind == AST_NAME && name_is_variable(t->text) && !name_is_constant(t->text) ? t : NULL;
    for (size_t i = 0; i < t->n && !found; i++)
        found = first_variable(t->child[i]);
    return found;
}

/* solve(x^2 - 4), solve(x^2 == 4, x): expressions and tests where equations are wanted. A name or a call may hold one. */
static bool no_equation(Matching *m, const Ast *t)
{
    bool test = t->kind == AST_RELATION && t->n == 2 && t->ops[0] == OP_EQ;
    bool term = t->kind == AST_NUMBER || t->kind == AST_BINARY || t->kind == AST_SUM || t->kind == AST_PRODUCT || t->kind == AST_SIGN || t->kind == AST_BESIDE;
    if (!test && !term)
        return false;
    const Ast *variable = m->call->n > 2 ? m->call->child[m->call->n - 1] : first_variable(t);
    Str x = variable ? text_of(m->ev, variable) : STR("x"), name = builtin_name(m->builtin);
    eval_fail(m->ev, t, "%.*s takes equations", STR_ARGS(name));
    if (test)
        eval_hint(m->ev, "%.*s(%.*s = %.*s, %.*s)", STR_ARGS(name), STR_ARGS(text_of(m->ev, t->child[0])), STR_ARGS(text_of(m->ev, t->child[1])), STR_ARGS(x));
    else
        eval_hint(m->ev, "%.*s(%.*s = 0, %.*s)", STR_ARGS(name), STR_ARGS(text_of(m->ev, t)), STR_ARGS(x));
    return true;
}

static bool match_arguments(Matching *m)
{
    const Ast *t = m->call;
    size_t     next = 0, params = 0;
    bool       used = false;                                  /* has the repeating parameter taken one? */
    while (params < m->sig->n && !m->sig->param[params].option)
        params++;
    for (size_t i = 1; i < t->n; i++) {
        if (t->child[i]->kind == AST_OPTION) {
            if (!match_option(m, t->child[i]))
                return false;
            continue;
        }
        while (next < params && (m->sig->param[next].optional || used)
               && (!form_fits(m->ev, t->child[i], &m->sig->param[next]) || (used && reserved(m, next + 1, i)))) {
            next++;
            used = false;
        }
        if (next == params || !form_fits(m->ev, t->child[i], &m->sig->param[next]))
            return refuse_argument(m, t->child[i], next < params ? &m->sig->param[next] : NULL);
        if (m->sig->param[next].type == PARAM_RELATION && no_equation(m, t->child[i]))
            return false;
        vec_push(m->c.arena, &m->match, (Match){ &m->sig->param[next], next, t->child[i], NULL });
        used = m->sig->param[next].repeats;
        next += !used;
    }
    next += used;
    for (; next < params; next++)
        if (!m->sig->param[next].optional) {
            Ast whole = *t;
            eval_fail(m->ev, &whole, "%.*s needs %s", STR_ARGS(m->c.name), form_text(m->sig->param[next].type));
            hint_call(m);
            return false;
        }
    return true;
}

/* ---- variables ----------------------------------------------------------------------------------------------------------------- */

static bool already_bound(const Matching *m, Str name)
{
    for (size_t i = 0; i < m->bound.n; i++)
        if (str_eq(m->bound.at[i].name, name))
            return true;
    return false;
}

static void push_bound(Matching *m, Bound b, bool hide)
{
    vec_push(m->c.arena, &m->bound, b);
    if (hide)
        m->scope = scope_bind(m->ev->env, m->scope, BIND_VARIABLE, b.name, value_none(), b.symbol);
}

/* An open variable: a parameter that stands for a variable means that one; a parameter with a value gets it afterwards. */
static bool bind_open(Matching *m, const Ast *name)
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
    bool session = !b && session_value(m->ev->env, name->text, &v);
    if (session)
        v = value_complete(m->ev, v);
    const Expr *symbol = b ? expr_fresh(m->ev->env->line, expr_symbol(m->ev->env->line, name->text)) : scope_new_variable(m->ev, name->text);
    if (v.kind == VALUE_NONE && symbol != expr_symbol(m->ev->env->line, name->text))
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
        if (t->n == 2 && t->span.start <= name->span.start && name->span.end <= t->span.end)
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
static bool bind_closed(Matching *m, const Ast *name)
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
    push_bound(m, (Bound){ name->text, scope_new_variable(m->ev, name->text), false, false, value_none() }, true);
    return true;
}

static bool bind_names(Matching *m, const Ast *t, bool open)
{
    if (t->kind == AST_NAME)
        return (open ? bind_open : bind_closed)(m, t);
    for (size_t i = 0; i < t->n; i++)
        if (!(open ? bind_open : bind_closed)(m, t->child[i]))
            return false;
    return true;
}

static const Expr *bound_symbol(const Matching *m, Str name)
{
    for (size_t i = m->bound.n; i-- > 0;)
        if (str_eq(m->bound.at[i].name, name))
            return m->bound.at[i].symbol;
    return NULL;
}

/* y(x): binds x, and y as the unknown function of it. */
static bool bind_unknown(Matching *m, const Ast *t)
{
    Env         *env = m->ev->env;
    const Expr **arg = arena_array(env->line_arena, const Expr *, t->n);
    for (size_t i = 1; i < t->n; i++) {
        if (t->child[i]->kind != AST_NAME)
            return eval_fail(m->ev, t->child[i], "the arguments of an unknown function are variables"), false;
        if (!bound_symbol(m, t->child[i]->text))
            push_bound(m, (Bound){ t->child[i]->text, expr_symbol(env->line, t->child[i]->text), false, false, value_none() }, true);
        arg[i - 1] = bound_symbol(m, t->child[i]->text);
    }
    Str         name = str_printf(env->line_arena, "%.*s%c", STR_ARGS(t->child[0]->text), UNKNOWN_BARE);
    const Expr *y = expr_unknown(env->line, name, arena_array(env->line_arena, uint32_t, t->n), arg, t->n - 1);
    m->scope = scope_bind(env, m->scope, BIND_UNKNOWN, t->child[0]->text, value_none(), y);
    return true;
}

static Value data_argument(Matching *m, const Match *match)
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
        return bind_open(m, t);
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
static Value with_columns(Matching *m, Value v)
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

static Value small_record(Matching *m, size_t n, const char *const *name, const Value *item)
{
    Str *names = arena_array(m->c.arena, Str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = str_of(name[i]);
    return value_record(m->c.arena, names, item, n);
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
            if (to[i].kind == VALUE_FAILED || (!already_bound(m, entry->text) && !bind_closed(m, entry)))
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
        if (!already_bound(m, entry->text) && !bind_closed(m, entry))
            return false;
    }
    m->start = small_record(m, 2, (const char *const[]){ "names", "to" },
                            (Value[]){ value_list(m->c.arena, name, v.record->n), value_list(m->c.arena, v.record->item, v.record->n) });
    return true;
}

static bool bind_variables(Matching *m)
{
    m->scope = m->ev->scope;
    for (size_t i = 0; i < m->match.n; i++)
        if (m->match.at[i].param->type == PARAM_DATA && !bind_columns(m, &m->match.at[i]))
            return false;
    for (size_t i = 0; i < m->match.n; i++) {
        const Ast *t = m->match.at[i].ast;
        bool       fine = true;
        switch (m->match.at[i].param->type) {
        case PARAM_VAR:       fine = bind_names(m, t, true); break;
        case PARAM_CLOSEDVAR: fine = bind_names(m, t, false); break;
        case PARAM_POINT:     fine = bind_names(m, t->child[0], true); break;
        case PARAM_ARROW: case PARAM_OVER:
            fine = bind_names(m, t->child[0], false);
            break;
        case PARAM_UNKNOWN:   fine = bind_unknown(m, t); break;
        case PARAM_AGAIN:     fine = t->kind != AST_NAME || bind_again(m, t); break;
        case PARAM_DATA:      break;                         /* bound before the others */
        case PARAM_START:     fine = bind_start(m, t); break;
        case PARAM_COLUMNS:   fine = bind_rows(m, &m->match.at[i]); break;
        case PARAM_EXPR: case PARAM_SCALAR: case PARAM_INT: case PARAM_TEXT: case PARAM_VALUE: case PARAM_LIST: case PARAM_RELATION:
        case PARAM_RANGE: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_WORD: case PARAM_TABLE: case PARAM_METHOD: case PARAM_METHODS:
        case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS:
            break;
        }
        if (!fine)
            return false;
    }
    return !m->axis || !column_is_variable(m, m->call);
}

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
            push_bound(m, (Bound){ b->name, scope_new_variable(m->ev, b->name), true, false, b->value }, true);
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

/* A function as objective: its parameters are the variables; each is open and hides a value of the session. */
static Value objective_argument(Matching *m, const Ast *t)
{
    bind_point(m);
    const Eval *inner = &(Eval){ m->ev->env, m->scope, m->ev->source };
    Value       v = eval_expr(inner, t);
    if (v.kind == VALUE_REPORT && v.report->main.kind == VALUE_EXPR)
        v = v.report->main;
    if (v.kind == VALUE_EXPR) {
        Nodes  names = expr_symbols(inner->env->line, m->c.arena, v.expr);
        size_t done = 0;
        order_by_text(t, &names, &done);
        set_vars(m, names.at, names.n);
        return v;
    }
    if (v.kind != VALUE_FUNCTION)
        return v.kind == VALUE_FAILED ? v : eval_fail(inner, t, "expected an expression or a function");
    const Expr **vars, *e;
    size_t       n;
    if (!(e = function_body(inner, t, v.function, &vars, &n)))
        return value_failed();
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
    case PARAM_EXPR: case PARAM_OBJECTIVE: case PARAM_LAGRANGIAN: case PARAM_RELATION:
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
    case PARAM_VALUE: case PARAM_VAR: case PARAM_CLOSEDVAR: case PARAM_POINT: case PARAM_ARROW: case PARAM_OVER: case PARAM_UNKNOWN: case PARAM_DATA:
    case PARAM_WORD: case PARAM_TABLE: case PARAM_COLUMNS:
    case PARAM_START: case PARAM_METHOD: case PARAM_METHODS: case PARAM_RATE: case PARAM_FORMAT: case PARAM_FORMATS:
        break;
    case PARAM_AGAIN: fine = v.kind == VALUE_EXPR && (expr_is_integer(v.expr) || v.expr->kind == EXPR_SYMBOL); break;
    }
    if (fine || v.kind == VALUE_FAILED)
        return v;
    Str found = value_shown(m->ev->env, v);
    eval_fail(m->ev, match->ast, "%.*s needs %s here, found %.*s", STR_ARGS(m->c.name), form_text(p->type), STR_ARGS(str_slice(found, 0, 60)));
    return value_failed();
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

static Value argument_value(Matching *m, size_t k)
{
    const Match *match = &m->match.at[k];
    Eval         inner = { m->ev->env, m->scope, m->ev->source };
    switch (match->param->type) {
    case PARAM_VAR: case PARAM_CLOSEDVAR:
        return symbol_list(m, match->ast);
    case PARAM_ARROW:   return arrow_value(m, match->ast);
    case PARAM_OVER:    return over_value(m, k);
    case PARAM_DATA:    return value_expr(m->axis);
    case PARAM_START:   return m->start;
    case PARAM_METHOD:  return eval_method(m->ev, match->ast);
    case PARAM_METHODS: return each_item(m, match, eval_method);
    case PARAM_RATE:    return eval_rate(m->ev, match->ast);
    case PARAM_FORMAT:  return eval_named_format(m->ev, match->ast);
    case PARAM_FORMATS: return each_item(m, match, eval_named_format);
    case PARAM_POINT:   return point_value(m, match->ast);
    case PARAM_UNKNOWN: {
        const Scope *b = scope_find(m->scope, match->ast->child[0]->text);
        return value_expr(b->symbol);
    }
    case PARAM_OBJECTIVE:
        return with_columns(m, objective_argument(m, match->ast));
    case PARAM_WORD:    return value_text(match->ast->text);
    case PARAM_TABLE:   return data_argument(m, match);
    case PARAM_COLUMNS: return value_data(match->table);
    case PARAM_EXPR: case PARAM_SCALAR: case PARAM_INT: case PARAM_TEXT: case PARAM_VALUE: case PARAM_LIST: case PARAM_RELATION: case PARAM_RANGE:
    case PARAM_LAGRANGIAN: case PARAM_AGAIN:
        return with_columns(m, checked_kind(m, match, eval_expr(&inner, match->ast)));
    }
    return value_failed();
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
        if (m->c.arg[i].kind == VALUE_NONE && m->sig->param[i].fallback.n) {
            const Expr *e = pool_read(m->c.pool, str_copy(m->ev->env->session_arena, m->sig->param[i].fallback).s, NULL, 0);
            m->c.arg[i] = value_expr(e);
        }
    return true;
}

/* ---- the result --------------------------------------------------------------------------------------------------------------------- */

static const Expr *subst_bound(Matching *m, const Expr *e)
{
    for (size_t i = 0; i < m->bound.n && e; i++) {
        const Bound *b = &m->bound.at[i];
        if (b->open && b->outside.kind == VALUE_EXPR && expr_depends(m->c.pool, e, b->symbol))
            e = expr_subst(m->c.pool, e, &b->symbol, &b->outside.expr, 1);
    }
    return e;
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

Env *call_env(Call *c)
{
    Matching *m = c->env;
    return m->ev->env;
}

Value call_builtin(const Eval *ev, const Ast *t, const Builtin *b)
{
    Env     *env = ev->env;
    Matching m = { .ev = ev, .call = t, .builtin = b, .sig = env_signature(env, b) };
    m.c = (Call){ .pool = env->line, .arena = env->line_arena, .diag = &env->diag, .settings = &env->settings, .source = ev->source,
                  .span = t->span, .name = builtin_name(b), .apply = apply_from_builtin, .method = method_from_builtin, .trace = env->trace, .env = &m };
    bool typed = env->typed;
    env->typed = m.c.typed = typed && b->typed;
    Value v = match_arguments(&m) && bind_variables(&m) && convert_arguments(&m) ? value_none() : value_failed();
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
