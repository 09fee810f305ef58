/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a name means (GRAMMAR 5.1 and 5.2): look-up from the innermost binding outwards, completion of stored values, and
 * refusal of names that look like no variable. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/suggest.h"
#include "symbolic/matrix/matrix.h"

#include <stdlib.h>
#include <string.h>

#include <string.h>

const Scope *scope_bind(Env *env, const Scope *outer, BindingKind kind, Str name, Value value, const Expr *symbol)
{
    Scope *s = arena_alloc(env->line_arena, sizeof *s);
    *s = (Scope){ .outer = outer, .name = name, .kind = kind, .value = value, .symbol = symbol };
    return s;
}

const Scope *scope_find(const Scope *s, Str name)
{
    while (s && !str_eq(s->name, name))
        s = s->outer;
    return s;
}

bool session_value(Env *env, Str name, Value *out)
{
    const Value *v = map_get(&env->pending_values, name);
    if (!v)
        v = map_get(&env->values, name);
    if (!v || v->kind == VALUE_NONE)
        return false;
    *out = *v;
    return true;
}

const Function *find_function(const Eval *ev, Str name)
{
    Env            *env = ev->env;
    const Function *f = map_get(&env->pending_functions, name);
    if (!f)
        f = map_get(&env->functions, name);
    if (f)
        return f->param || f->kind != FUNCTION_USER || f->body ? f : NULL;
    const FnRow *fn = fn_find(name);
    if (!fn || env_builtin(env, name))         /* root_of: the command reads the arguments of the row */
        return NULL;
    Function *math = arena_alloc(env->line_arena, sizeof *math);
    *math = (Function){ .kind = FUNCTION_MATH, .name = name, .fn = fn, .n = (size_t)fn->min_args };
    return math;
}

/* ---- completion ---------------------------------------------------------------------------------------------------- */

/* x[2] of a declared vector: the entry of what x means here. */
static bool meaning_of_entry(const Eval *ev, const Expr *s, Value *out)
{
    const char *bracket = memchr(s->name.s, '[', s->name.n);
    Str         name = str_slice(s->name, 0, bracket ? (size_t)(bracket - s->name.s) : 0);
    const Scope *b = bracket ? scope_find(ev->scope, name) : NULL;
    if (!bracket || !(b ? (*out = b->value, true) : session_value(ev->env, name, out)) || out->kind != VALUE_EXPR || out->expr->kind != EXPR_TENSOR)
        return false;
    const Expr *v = out->expr;
    char       *end;
    size_t      i = strtoul(bracket + 1, &end, 10), j = *end == ',' ? strtoul(end + 1, NULL, 10) : 1, cols = expr_cols(v);
    bool        vector = *end != ',';
    size_t      k = vector ? i : (i - 1)*cols + j;
    if (i < 1 || j < 1 || j > cols || k > v->arity || v->arg[k - 1] == s)
        return false;
    *out = value_expr(v->arg[k - 1]);
    return true;
}

/* The unknown function u before the line of a name like u_xt, and what follows it; NULL if there is none. */
static const Expr *unknown_before_line(const Eval *ev, Str name, Str *suffix)
{
    for (size_t cut = 1; cut + 1 < name.n; cut++) {
        const Scope *b = name.s[cut] == '_' ? scope_find(ev->scope, str_slice(name, 0, cut)) : NULL;
        *suffix = str_slice(name, cut + 1, name.n);
        if (b && b->kind == BIND_UNKNOWN)
            return b->symbol;
    }
    return NULL;
}

/* u_x and u_xt of an unknown function u(x, t); of names that begin alike the longest counts. */
static const Expr *partial_derivative(const Eval *ev, Str name)
{
    Str         suffix;
    const Expr *u = unknown_before_line(ev, name, &suffix);
    if (!u)
        return NULL;
    uint32_t *order = arena_array(ev->env->line_arena, uint32_t, u->arity);
    while (suffix.n) {
        const Str *best = NULL;
        uint32_t   k = 0;
        for (uint32_t i = 0; i < u->arity; i++)
            if (str_starts(suffix, u->arg[i]->name) && (!best || u->arg[i]->name.n > best->n)) {
                best = &u->arg[i]->name;
                k = i;
            }
        if (!best)
            return NULL;
        order[k]++;
        suffix = str_slice(suffix, best->n, suffix.n);
    }
    return expr_unknown(ev->env->line, u->unknown.name, order, u->arg, u->arity);
}

/* u_z of u(x, y): a parameter of that name, or a slip? Only digits tell. */
static bool refuse_derivative(const Eval *ev, const Ast *t)
{
    Str         suffix;
    const Expr *u = unknown_before_line(ev, t->text, &suffix);
    if (!u || suffix.s[0] <= '9')
        return false;
    Buf b = buf_new(ev->env->line_arena);
    for (uint32_t i = 0; i < u->arity; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARGS(u->arg[i]->name));
    int n = (int)u->unknown.name.n - 1;
    eval_fail(ev, t, "%.*s is no derivative of %.*s(%.*s)", STR_ARGS(t->text), n, u->unknown.name.s, STR_ARGS(buf_str(&b)));
    eval_hint(ev, "%.*s_%.*s is one; a parameter needs another name", n, u->unknown.name.s, STR_ARGS(u->arg[0]->name));
    return true;
}

/* What the free symbol s of a stored value means here; NULL if it has no value. */
static bool meaning_of(const Eval *ev, const Expr *s, Value *out)
{
    Str          name = expr_is_symmetric_symbol(s) ? expr_plain_name(s) : s->name;
    const Scope *b = scope_find(ev->scope, name);
    if (!b && meaning_of_entry(ev, s, out))
        return true;
    if (b && (b->kind == BIND_VARIABLE || b->kind == BIND_UNKNOWN)) {
        *out = value_expr(b->symbol);
        return b->symbol != s;
    }
    if (b) {
        *out = b->kind == BIND_STORED ? value_complete(ev, b->value) : b->value;
        return out->kind == VALUE_EXPR;
    }
    if (session_value(ev->env, name, out))
        return out->kind == VALUE_EXPR && out->expr != s && (*out = value_complete(ev, *out)).kind == VALUE_EXPR;
    const Expr *derivative = partial_derivative(ev, name);
    *out = value_expr(derivative);
    return derivative != NULL;
}

static const Expr *complete_expr(const Eval *ev, const Expr *e)
{
    Env *env = ev->env;
    if (!(e->flags & EXPR_HAS_SYMBOL))
        return e;
    Nodes        names = expr_symbols(env->line, env->line_arena, e);
    const Expr **from = arena_array(env->line_arena, const Expr *, names.n), **to = arena_array(env->line_arena, const Expr *, names.n);
    size_t       n = 0;
    for (size_t i = 0; i < names.n; i++) {
        Value v;
        if (meaning_of(ev, names.at[i], &v)) {
            from[n] = names.at[i];
            to[n++] = v.expr;
        }
    }
    return n ? expr_subst(env->line, e, from, to, n) : e;
}

Value value_complete(const Eval *ev, Value v)
{
    Env *env = ev->env;
    switch (v.kind) {
    case VALUE_EXPR: {
        const Expr *e = complete_expr(ev, v.expr);
        if (e == v.expr)
            return v;
        return value_expr(e);
    }
    case VALUE_LIST: {
        Value *item = arena_array(env->line_arena, Value, v.list->n);
        for (size_t i = 0; i < v.list->n; i++)
            item[i] = value_complete(ev, v.list->item[i]);
        return value_list(env->line_arena, item, v.list->n);
    }
    case VALUE_RECORD: {
        Value *item = arena_array(env->line_arena, Value, v.record->n);
        for (size_t i = 0; i < v.record->n; i++)
            item[i] = value_complete(ev, v.record->item[i]);
        return value_record(env->line_arena, v.record->name, item, v.record->n);
    }
    case VALUE_RANGE:
        return value_range(env->line_arena, complete_expr(ev, v.range->low), complete_expr(ev, v.range->high),
                           v.range->step ? complete_expr(ev, v.range->step) : NULL);
    case VALUE_FAILED: case VALUE_NONE: case VALUE_TEXT: case VALUE_FUNCTION: case VALUE_REPORT: case VALUE_DATA: case VALUE_METHOD: case VALUE_FORMAT:
        return v;
    }
    return v;
}

Value value_here(const Eval *ev, const Ast *t, Value stored)
{
    Value v = value_complete(ev, stored);
    return v.kind == VALUE_FAILED ? value_checked(ev, t, NULL) : v;
}

/* ---- variables of commands ----------------------------------------------------------------------------------------- */

/* Does a symbol of this name occur, a number's or a vector's, or an entry's, x[1]? */
static bool expr_names(Env *env, const Expr *e, Str name)
{
    Nodes symbols = expr_symbols(env->line, env->line_arena, e);
    for (size_t i = 0; i < symbols.n; i++) {
        Str s = expr_plain_name(symbols.at[i]);
        if (str_starts(s, name) && (s.n == name.n || s.s[name.n] == '['))
            return true;
    }
    return false;
}

bool value_holds(Env *env, Value v, Str name)
{
    switch (v.kind) {
    case VALUE_EXPR:  return expr_names(env, v.expr, name);
    case VALUE_RANGE: return expr_names(env, v.range->low, name) || expr_names(env, v.range->high, name);
    case VALUE_LIST:
        for (size_t i = 0; i < v.list->n; i++)
            if (value_holds(env, v.list->item[i], name))
                return true;
        return false;
    case VALUE_RECORD:
        for (size_t i = 0; i < v.record->n; i++)
            if (value_holds(env, v.record->item[i], name))
                return true;
        return false;
    case VALUE_FUNCTION: case VALUE_FAILED: case VALUE_NONE: case VALUE_TEXT: case VALUE_REPORT: case VALUE_DATA: case VALUE_METHOD: case VALUE_FORMAT:
        return false;
    }
    return false;
}

const Expr *declared_variable(const Eval *ev, Str name)
{
    Env  *env = ev->env;
    Value v;
    if (!session_value(env, name, &v) || v.kind != VALUE_EXPR || !expr_is_tensor(v.expr))
        return NULL;
    bool called = v.expr->kind == EXPR_SYMBOL && str_eq(expr_plain_name(v.expr), name);
    if (called)
        v = value_complete(ev, v);                              /* its lengths may have values */
    if (v.kind != VALUE_EXPR || v.expr->kind == EXPR_SYMBOL)
        return v.kind == VALUE_EXPR && called ? v.expr : NULL;
    size_t rows = expr_rows(v.expr), cols = expr_cols(v.expr);
    Str    symmetric = expr_symmetric(env->line, expr_symbol(env->line, name))->name;
    return v.expr == expr_entries(env->line, name, rows, cols) || v.expr == expr_entries(env->line, symmetric, rows, cols) ? v.expr : NULL;
}

const Expr *scope_new_variable(const Eval *ev, Str name)
{
    const Expr *declared_as = declared_variable(ev, name);
    const Expr *symbol = declared_as && declared_as->kind == EXPR_SYMBOL ? declared_as : expr_symbol(ev->env->line, name);
    for (const Scope *s = ev->scope; s; s = s->outer)
        if ((s->kind == BIND_VALUE || s->kind == BIND_LOCAL || s->kind == BIND_STORED) && value_holds(ev->env, s->value, symbol->name))
            return expr_fresh(ev->env->line, symbol);
    return symbol;
}

/* ---- names in expressions -------------------------------------------------------------------------------------------- */


static Value bound_value(const Eval *ev, const Ast *t, const Scope *b)
{
    switch (b->kind) {
    case BIND_VARIABLE: case BIND_UNKNOWN: return value_expr(b->symbol);
    case BIND_VALUE:  return b->value;
    case BIND_STORED: return value_here(ev, t, b->value);
    case BIND_LOCAL:
        if (b->value.kind == VALUE_NONE)
            return eval_fail(ev, t, "%.*s is read before it is assigned", STR_ARGS(t->text));
        return b->value;
    }
    return value_failed();
}

static const struct { const char *name; Constant c; } constants[] = {
    { "pi", CONSTANT_PI }, { "e", CONSTANT_E }, { "euler", CONSTANT_EULER }, { "i", CONSTANT_I }, { "oo", CONSTANT_OO },
    { "nan", CONSTANT_UNDEFINED },
};

static const Constant *find_constant(Str name)
{
    for (size_t k = 0; k < sizeof constants / sizeof *constants; k++)
        if (str_is(name, constants[k].name))
            return &constants[k].c;
    return NULL;
}

bool name_is_constant(Str name)
{
    return find_constant(name) != NULL;
}

static bool declared(Env *env, Str name)
{
    return map_get(&env->declared, name) != NULL;
}

/* The nearest of the names whose kind is in the set (a bit each). */
static Near near_name(Env *env, Str word, unsigned kinds)
{
    Name    *names;
    size_t   n = env_names(env, env->line_arena, &names);
    VEC(Str) candidates = { 0 };
    for (size_t i = 0; i < n; i++)
        if (kinds >> names[i].kind & 1)
            vec_push(env->line_arena, &candidates, names[i].text);
    return suggest_near(word, candidates.at, candidates.n);
}

enum { MOST_HINT = 200 };

static bool is_word_of(Str word, const char *words)
{
    for (size_t n; words && *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (str_eq(word, (Str){ words, n }))
            return true;
    }
    return false;
}

/* Our name for what other programs call so. */
static Str foreign_name(Env *env, Str word)
{
    const Builtin *const *rows;
    size_t                n = env_builtins(env, &rows);
    Str                   name = suggest_foreign(word);
    for (size_t i = 0; !name.n && i < n; i++)
        if (is_word_of(word, rows[i]->words))
            name = builtin_name(rows[i]);
    return name;
}

static void hint_function(const Eval *ev, const Ast *t, const Ast *call)
{
    Env *env = ev->env;
    Str  foreign = foreign_name(env, t->text), product = suggest_product(env->line_arena, t->text, true);
    Str  rest = str_slice(ev->source->text, t->span.end, call->span.end);
    Near near = near_name(env, t->text, 1u << NAME_FUNCTION | 1u << NAME_BUILTIN | 1u << NAME_MATH);
    Str  name = near.name.n && (!product.n || near.cost < EDIT_COST) ? near.name : product;
    if (foreign.n && near.cost >= EDIT_COST)
        name = foreign;
    if (name.n)
        eval_hint(ev, "%.*s%.*s", STR_ARGS(name), STR_ARGS(rest.n <= MOST_HINT ? rest : (Str){ 0 }));
    else
        eval_hint(ev, "f(x) = x^2 defines a function f; ??%.*s searches the help", STR_ARGS(t->text));
}

static void hint_value(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    Str  foreign = suggest_foreign(t->text), product = suggest_product(env->line_arena, t->text, false);
    Near own = near_name(env, t->text, 1u << NAME_VARIABLE);
    Str  name = foreign.n && name_is_constant(foreign) ? foreign
              : own.name.n && (!product.n || own.cost < EDIT_COST) ? own.name : product;
    if (!name.n)
        name = near_name(env, t->text, 1u << NAME_FUNCTION | 1u << NAME_MATH | 1u << NAME_BUILTIN).name;
    if (name.n)
        eval_hint(ev, "%.*s", STR_ARGS(name));
    else
        eval_hint(ev, "assume %.*s makes it a variable; %.*s = 1 gives it a value", STR_ARGS(t->text), STR_ARGS(t->text));
}

Value unknown_name(const Eval *ev, const Ast *t, const Ast *call)
{
    eval_fail(ev, t, "unknown %s %.*s", call ? "function" : "name", STR_ARGS(t->text));
    if (call)
        hint_function(ev, t, call);
    else
        hint_value(ev, t);
    return value_failed();
}

Value eval_name(const Eval *ev, const Ast *t)
{
    Env         *env = ev->env;
    const Scope *b = scope_find(ev->scope, t->text);
    const Expr  *e;
    Value        v;
    if (b)
        return bound_value(ev, t, b);
    if (find_constant(t->text))
        return value_expr(expr_constant(env->line, *find_constant(t->text)));
    if (str_is(t->text, "ans"))
        return env->ans.kind == VALUE_NONE ? eval_fail(ev, t, "there is no result yet") : value_here(ev, t, env->ans);
    if (session_value(env, t->text, &v))
        return value_here(ev, t, v);
    if (declared(env, t->text))
        return value_expr(expr_symbol(env->line, t->text));
    const Function *f = find_function(ev, t->text);
    if (f && !(f->kind == FUNCTION_MATH && name_is_variable(t->text) && t->text.n == 1))
        return (Value){ .kind = VALUE_FUNCTION, .function = f };
    if ((e = partial_derivative(ev, t->text)))
        return value_expr(e);
    const Builtin *command = env_builtin(env, t->text);
    if (command) {
        eval_fail(ev, t, "%.*s is a command: it needs brackets", STR_ARGS(t->text));
        eval_hint(ev, "%s", command->example[0].in ? command->example[0].in : command->sig);
        return value_failed();
    }
    if (refuse_derivative(ev, t))
        return value_failed();
    if (name_is_variable(t->text))
        return value_expr(expr_symbol(env->line, t->text));
    const Method *m = find_method(ev, t->text);
    return m ? value_method(m) : unknown_name(ev, t, NULL);
}
