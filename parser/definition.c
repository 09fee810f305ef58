/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a statement makes a name mean: values, entries of vectors, functions, declared variables, assumptions, and forgetting
 * them. Inside a function's block names are local; elsewhere they belong to the session. */
#include "parser/env_int.h"

#include "parser/suggest.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"

#include <string.h>

/* ---- assignment -------------------------------------------------------------------------------------------------------------- */

void session_assign(Env *env, Str name, Value v)
{
    Value *stored = arena_alloc(env->line_arena, sizeof *stored);
    *stored = v;
    map_put(&env->pending_values, name, stored);
}

static Scope *local_of(const Eval *ev, Str name)
{
    const Scope *b = scope_find(ev->scope, name);
    return b && (b->kind == BIND_LOCAL || b->kind == BIND_VALUE) ? (Scope *)b : NULL;
}

/* ---- what is assumed ------------------------------------------------------------------------------------------------------------ */

static Truth is_integer(Env *env, const Expr *e)
{
    if (expr_is_number(e))
        return expr_is_integer(e) ? YES : NO;
    return expr_is_numeric(e) ? expr_decide(env->line, expr_relation(env->line, REL_EQ, expr_call1(env->line, FN_floor, e), e)).answer : UNKNOWN;
}

static Truth is_real(Env *env, const Expr *e)
{
    return expr_is_number(e) ? YES : expr_is_numeric(e) ? expr_decide(env->line, expr_relation(env->line, REL_EQ, expr_call1(env->line, FN_im, e), expr_int(env->line, 0))).answer : UNKNOWN;
}

static Truth is_positive(Env *env, const Expr *e)
{
    return expr_is_numeric(e) ? expr_decide(env->line, expr_relation(env->line, REL_GT, e, expr_int(env->line, 0))).answer : UNKNOWN;
}

static Truth is_symmetric(Env *env, const Expr *e)
{
    if (!expr_is_tensor(e))
        return expr_is_numeric(e) ? YES : UNKNOWN;
    return expr_transpose(env->line, e) == e ? YES : expr_is_numeric(e) ? NO : UNKNOWN;
}

typedef struct Property {
    const char *name;
    Truth     (*holds)(Env *env, const Expr *e);
} Property;

/* The empty name: a variable without property (assume price). */
static const Property properties[] = {
    { "", NULL }, { "integer", is_integer }, { "real", is_real }, { "positive", is_positive }, { "symmetric", is_symmetric },
};

static const Property *find_property(Str name)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (str_is(name, properties[i].name))
            return &properties[i];
    return NULL;
}

/* Does the value contradict the fact or the property of the name? */
static bool contradicts(Env *env, Str name, const Expr *value, const Expr *fact, const Property *property)
{
    const Expr *symbol = expr_symbol(env->line, name);
    const Expr *claim = fact ? expr_subst(env->line, fact, &symbol, &value, 1) : NULL;
    bool        broken = (claim && expr_decide(env->line, claim).answer == NO) || (property && property->holds && property->holds(env, value) == NO);
    pool_clear_error(env->line);
    return broken;
}

static bool breaks_assumption(const Eval *ev, const Ast *t, Value v)
{
    Env            *env = ev->env;
    const Expr     *fact = map_get(&env->assumptions, t->text);
    const char     *word = map_get(&env->declared, t->text);
    const Property *property = word ? find_property(str_of(word)) : NULL;
    if (v.kind != VALUE_EXPR || !contradicts(env, t->text, v.expr, fact, property))
        return false;
    if (fact && contradicts(env, t->text, v.expr, fact, NULL))
        eval_fail(ev, t, "%.*s is assumed to satisfy %.*s", STR_ARGS(t->text), STR_ARGS(value_shown(env, value_expr(fact))));
    else
        eval_fail(ev, t, "%.*s is assumed to be %s", STR_ARGS(t->text), property->name);
    eval_hint(ev, "clear %.*s", STR_ARGS(t->text));
    return true;
}

/* A name that has a value cannot be assumed about: refused, with the value. */
static bool has_value(const Eval *ev, const Ast *t, Str name)
{
    Value v;
    if (!session_value(ev->env, name, &v))
        return false;
    eval_fail(ev, t, "%.*s has the value %.*s; an assumption is about a variable without value", STR_ARGS(name), STR_ARGS(value_shown(ev->env, v)));
    eval_hint(ev, "clear %.*s", STR_ARGS(name));
    return true;
}

static void remember(Env *env, Str name, const Expr *fact, const Property *property)
{
    env_save_facts(env);
    if (property->holds || !map_get(&env->declared, name))
        map_put(&env->declared, name, (void *)property->name);
    if (!fact)
        return;
    const Expr *old = map_get(&env->assumptions, name), *kept = expr_promote(env->line, fact);
    const Expr *both = old && old != kept ? expr_logic(env->session, EXPR_AND, (const Expr *const[]){ old, kept }, 2) : kept;
    map_put(&env->assumptions, name, (void *)both);
}

/* S symmetric, for a declared matrix: its value is symmetric from now on. False after a failure, or with *done false if S is none. */
static bool assume_symmetric(const Eval *ev, const Ast *fact, Str name, bool *done)
{
    Pool       *p = ev->env->line;
    const Expr *x = declared_variable(ev, name);
    *done = x != NULL;
    if (!x || !x->shape)            /* a matrix of one entry is symmetric */
        return true;
    if (x->shape->rows != x->shape->cols) {
        eval_fail(ev, fact, "%.*s is %s x %s, and only a square matrix is symmetric", STR_ARGS(name), expr_text(ev->env->line_arena, p, x->shape->rows).s,
                  expr_text(ev->env->line_arena, p, x->shape->cols).s);
        return false;
    }
    const Expr *symbol = expr_symmetric(p, x->kind == EXPR_SYMBOL ? x : expr_symbol(p, name));
    session_assign(ev->env, name, value_expr(x->kind == EXPR_SYMBOL ? symbol : expr_entries(p, symbol->name, expr_rows(x), expr_cols(x))));
    return true;
}

/* n integer; a bare name is a variable without property. */
static bool assume_property(const Eval *ev, const Ast *fact)
{
    bool            bare = fact->kind == AST_NAME;
    const Ast      *name = bare ? fact : fact->child[0];
    const Property *property = find_property(bare ? STR("") : fact->text);
    if (!property) {
        eval_fail(ev, fact, "%.*s is no property", STR_ARGS(fact->text));
        eval_hint(ev, "assume %.*s integer", STR_ARGS(name->text));
        return false;
    }
    bool done = false, fine = property->holds != is_symmetric || assume_symmetric(ev, fact, name->text, &done);
    if (!fine || done)
        return fine;
    if (has_value(ev, fact, name->text))
        return false;
    const Expr *zero = expr_int(ev->env->line, 0), *x = expr_symbol(ev->env->line, name->text);
    remember(ev->env, name->text, property->holds == is_positive ? expr_relation(ev->env->line, REL_GT, x, zero) : NULL, property);
    return true;
}

static bool assume_relation(const Eval *ev, const Ast *fact)
{
    Env *env = ev->env;
    for (size_t k = 0; k < fact->n; k++)                       /* names that the relation makes variables */
        if (fact->child[k]->kind == AST_NAME && !name_is_constant(fact->child[k]->text)) {
            if (has_value(ev, fact, fact->child[k]->text))
                return false;
            remember(env, fact->child[k]->text, NULL, &properties[0]);
        }
    const Expr *e = eval_scalar_or_tensor(ev, fact);
    if (!e)
        return false;
    Nodes names = expr_symbols(env->line, env->line_arena, e);
    if (names.n == 0)
        return eval_fail(ev, fact, "an assumption is about a variable without value"), false;
    for (size_t k = 0; k < names.n; k++)
        remember(env, names.at[k]->name, e, &properties[0]);
    return true;
}

Flow run_assume(const Eval *ev, const Ast *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (!(t->child[i]->kind == AST_RELATION ? assume_relation : assume_property)(ev, t->child[i]))
            return FLOW_FAILED;
    return FLOW_ON;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

Value run_assign(const Eval *ev, const Ast *t)
{
    Env   *env = ev->env;
    Value  v = eval_statement(ev, t->child[0]);
    Scope *local = local_of(ev, t->text);
    if (v.kind == VALUE_FAILED)
        return v;
    if (v.kind == VALUE_NONE)
        return eval_fail(ev, t->child[0], "this has no value to keep");
    if (local) {
        local->value = v;
        return v;
    }
    if (value_holds(env, v, t->text)) {
        eval_fail(ev, t, "%.*s has no value yet", STR_ARGS(t->text));
        eval_hint(ev, "%.*s = 0", STR_ARGS(t->text));
        return value_failed();
    }
    if (breaks_assumption(ev, t, v))
        return value_failed();
    session_assign(env, t->text, v);
    return v;
}

/* The entry that the indices name, counted from 0 row by row. */
static bool place_of_entry(const Eval *ev, const Ast *t, const Expr *tensor, size_t *place)
{
    size_t cols = expr_cols(tensor), rows = expr_rows(tensor), indices = t->n - 1;
    if (indices > 2 || (indices == 1 && cols > 1 && rows > 1))
        return eval_fail(ev, t, cols > 1 && rows > 1 ? "a matrix has two indices" : "a vector has one index"), false;
    *place = 0;
    for (size_t i = 0; i < indices; i++) {
        slong       k;
        const Expr *e = eval_scalar_or_tensor(ev, t->child[i]);
        size_t      bound = indices == 1 ? tensor->arity : i == 0 ? rows : cols;
        if (!e)
            return false;
        if (!expr_fits_slong(e, &k) || k < 1 || (size_t)k > bound)
            return eval_fail(ev, t->child[i], "index %.*s is not in 1..%zu", STR_ARGS(value_shown(ev->env, value_expr(e))), bound), false;
        *place = *place * (i ? cols : 1) + (size_t)k - 1;
    }
    return true;
}

static Value replace_item(const Eval *ev, const Ast *t, const List *list)
{
    slong       k;
    const Expr *e = eval_scalar_or_tensor(ev, t->child[0]);
    Value       v = e ? eval_expr(ev, t->child[t->n - 1]) : value_failed();
    if (v.kind == VALUE_FAILED)
        return v;
    if (t->n != 2 || !expr_fits_slong(e, &k) || k < 1 || (size_t)k > list->n)
        return eval_fail(ev, t->child[0], "index %.*s is not in 1..%zu", STR_ARGS(value_shown(ev->env, value_expr(e))), list->n);
    Value *item = arena_copy(ev->env->line_arena, list->item, list->n * sizeof *item);
    item[k - 1] = v;
    return list_value(ev->env, item, list->n, 0);
}

static Value entry_of_itself(const Eval *ev, const Ast *t)
{
    return eval_fail(ev, t, "an entry of %.*s cannot be in terms of %.*s", STR_ARGS(t->text), STR_ARGS(t->text));
}

/* v[k] = value replaces one entry of a vector, matrix or list. */
Value run_assign_index(const Eval *ev, const Ast *t)
{
    Env   *env = ev->env;
    Scope *local = local_of(ev, t->text);
    Value  old = local ? local->value : value_none(), v;
    if (local && old.kind == VALUE_NONE)
        return eval_fail(ev, t, "%.*s is local to the function and has no value yet", STR_ARGS(t->text));
    if (!local && !session_value(env, t->text, &old))
        return eval_fail(ev, t, "%.*s has no value", STR_ARGS(t->text));
    if (old.kind == VALUE_LIST) {
        v = replace_item(ev, t, old.list);
    } else if (old.kind == VALUE_EXPR && old.expr->kind == EXPR_TENSOR) {
        size_t      place;
        const Expr *entry = place_of_entry(ev, t, old.expr, &place) ? eval_scalar_or_tensor(ev, t->child[t->n - 1]) : NULL;
        if (!entry)
            return value_failed();
        if (entry->kind == EXPR_TENSOR)
            return eval_fail(ev, t->child[t->n - 1], "an entry is a number or an expression, not a vector");
        if (!local && value_holds(env, value_expr(entry), t->text))
            return entry_of_itself(ev, t);
        const Expr **arg = arena_copy(env->line_arena, old.expr->arg, old.expr->arity * sizeof *arg);
        arg[place] = entry;
        v = value_checked(ev, t, expr_tensor(env->line, expr_rows(old.expr), expr_cols(old.expr), arg));
    } else {
        return eval_fail(ev, t, "%.*s is no vector, matrix or list", STR_ARGS(t->text));
    }
    if (v.kind == VALUE_FAILED)
        return v;
    if (!local && v.kind == VALUE_LIST && value_holds(env, v, t->text))
        return entry_of_itself(ev, t);
    if (local)
        local->value = v;
    else
        session_assign(env, t->text, v);
    return v;
}

/* ---- definitions and declarations ------------------------------------------------------------------------------------------------ */

static bool is_built_in(const Eval *ev, const Ast *t, Str name)
{
    if (!fn_find(name) && !env_builtin(ev->env, name))
        return false;
    eval_fail(ev, t, "%.*s is built in and cannot be redefined", STR_ARGS(name));
    if (t->kind == AST_DEFINE && t->child[t->n - 1]->kind != AST_BLOCK && t->op > 0)
        eval_hint(ev, "solve(%.*s, %.*s)", STR_ARGS(str_slice(ev->source->text, t->span.start, t->span.end)), STR_ARGS(t->child[0]->text));
    return true;
}

Flow run_define(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    if (is_built_in(ev, t, t->text))
        return FLOW_FAILED;
    Function    *f = arena_alloc(env->line_arena, sizeof *f);
    size_t       n = (size_t)t->op;
    Str         *param = arena_array(env->line_arena, Str, n + 1);
    const Ast  **fallback = arena_array(env->line_arena, const Ast *, n + 1);
    for (size_t i = 0; i < n; i++) {
        param[i] = t->child[i]->text;
        fallback[i] = t->child[i]->n ? t->child[i]->child[0] : NULL;
    }
    *f = (Function){ .kind = FUNCTION_USER, .name = t->text, .n = n, .param = param, .fallback = fallback, .body = t->child[n],
                     .source = ev->source };
    map_put(&env->pending_functions, t->text, f);
    return FLOW_ON;
}

/* function y(t) */
static bool declare_function(const Eval *ev, const Ast *shape)
{
    Env      *env = ev->env;
    Function *f = arena_alloc(env->line_arena, sizeof *f);
    Str      *param = arena_array(env->line_arena, Str, shape->n);
    for (size_t k = 1; k < shape->n; k++)
        param[k - 1] = str_slice(ev->source->text, shape->child[k]->span.start, shape->child[k]->span.end);
    *f = (Function){ .kind = FUNCTION_UNKNOWN, .name = shape->child[0]->text, .n = shape->n - 1, .param = param };
    if (is_built_in(ev, shape, f->name))
        return false;
    map_put(&env->pending_functions, f->name, f);
    return true;
}

/* A length of a vector or matrix: a whole number, or a name that has no value. */
static const Expr *declared_size(const Eval *ev, const Ast *t)
{
    const Expr *e = eval_scalar_or_tensor(ev, t);
    slong       n;
    if (!e)
        return NULL;
    if (!(expr_fits_slong(e, &n) && n >= 1) && !(e->kind == EXPR_SYMBOL && expr_is_scalar(e)))
        return eval_fail(ev, t, "a size is a whole number or a name, found %.*s", STR_ARGS(value_shown(ev->env, value_expr(e)))), NULL;
    return e;
}

/* vector x(3), matrix A(2, 3): a value whose entries are the variables x[1], x[2], ...; vector x(n): a variable of that shape. */
static bool declare_tensor(const Eval *ev, const Ast *shape, size_t dimensions)
{
    enum { MOST_ENTRIES = 10000 };
    Env        *env = ev->env;
    Str         name = shape->child[0]->text;
    const Expr *size[2] = { expr_int(env->line, 1), expr_int(env->line, 1) };
    slong       m = 1, n = 1;
    if (shape->n - 1 != dimensions)
        return eval_fail(ev, shape, dimensions == 1 ? "a vector has one size" : "a matrix has two sizes"), false;
    for (size_t k = 0; k < dimensions; k++)
        if (!(size[k] = declared_size(ev, shape->child[k + 1])))
            return false;
    if (value_holds(env, value_expr(size[0]), name) || value_holds(env, value_expr(size[1]), name))
        return eval_fail(ev, shape, "%.*s cannot be its own size", STR_ARGS(name)), false;
    const char *property = map_get(&env->declared, name);
    bool numbers = expr_fits_slong(size[0], &m) && expr_fits_slong(size[1], &n);
    if (numbers && m > MOST_ENTRIES / n)
        return eval_fail(ev, shape, "a vector or matrix in letters has up to %d entries", (int)MOST_ENTRIES), false;
    session_assign(env, name, value_expr(numbers ? expr_entries(env->line, name, (size_t)m, (size_t)n)
                                                 : expr_symbol_shaped(env->line, name, shape_new(env->line, size[0], size[1], NULL))));
    bool done;
    return !property || strcmp(property, "symmetric") || assume_symmetric(ev, shape, name, &done);
}

Flow run_declare(const Eval *ev, const Ast *t)
{
    bool function = str_is(t->text, "function");
    for (size_t i = 0; i < t->n; i++)
        if (!(function ? declare_function(ev, t->child[i]) : declare_tensor(ev, t->child[i], str_is(t->text, "matrix") ? 2 : 1)))
            return FLOW_FAILED;
    return FLOW_ON;
}

/* ---- forgetting ---------------------------------------------------------------------------------------------------------------------- */

/* A cleared name is pending as a value of kind NONE and a function without body. */
static void clear_name(Env *env, Str name)
{
    static const Function none = { .kind = FUNCTION_USER };
    Value v;
    if (session_value(env, name, &v))
        session_assign(env, name, value_none());
    if (map_get(&env->functions, name) || map_get(&env->pending_functions, name))
        map_put(&env->pending_functions, name, (void *)&none);
    env_save_facts(env);
    map_remove(&env->assumptions, name);
    map_remove(&env->declared, name);
}

static void clear_all(Env *env)
{
    for (size_t k = 0; k < env->values.n; k++)
        clear_name(env, env->values.entry[k].key);
    for (size_t k = 0; k < env->functions.n; k++)
        clear_name(env, env->functions.entry[k].key);
    for (size_t k = 0; k < env->declared.n; k++)
        clear_name(env, env->declared.entry[k].key);
}

Flow run_clear(const Eval *ev, const Ast *t)
{
    Env *env = ev->env;
    for (size_t i = 0; i < t->n; i++) {
        Value v;
        Str   name = t->child[i]->text;
        bool  known = session_value(env, name, &v) || map_get(&env->functions, name) || map_get(&env->pending_functions, name) || map_get(&env->declared, name);
        if (str_is(name, "all") && !known) {
            clear_all(env);
        } else if (known || name_is_variable(name)) {
            clear_name(env, name);
        } else {
            unknown_name(ev, t->child[i], false);
            return FLOW_FAILED;
        }
    }
    return FLOW_ON;
}
