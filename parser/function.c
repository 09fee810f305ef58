/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions: user definitions, anonymous functions with what they capture, derivative functions f', unknown functions.
 * Arguments are evaluated once, left to right, before the call; parameters are finished values. */
#include "parser/env_int.h"

#include "base/vec.h"
#include "parser/suggest.h"
#include "symbolic/calculus/derivation.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/matrix/matrix.h"

/* ---- calls ------------------------------------------------------------------------------------------------------------ */

static const Scope *bind_arguments(const Eval *ev, const Function *f, const Value *arg, size_t n, const Record *options)
{
    const Scope *scope = f->captured;
    for (size_t i = 0; i < f->n; i++) {
        Value v = value_none();
        if (i < n) {
            v = arg[i];
        } else if (f->fallback[i]) {
            const Value *given = options ? record_get(options, f->param[i]) : NULL;
            Eval         outer = { ev->env, NULL, f->source };
            v = given ? *given : eval_expr(&outer, f->fallback[i]);
        }
        scope = scope_bind(ev->env, scope, BIND_VALUE, f->param[i], v, NULL);
    }
    if (scope == f->captured)                             /* a function without parameters still hides the caller's locals */
        scope = scope_bind(ev->env, scope, BIND_VALUE, STR(""), value_none(), NULL);
    ((Scope *)scope)->frame = true;
    return scope;
}

/* Is it an option of f? If not, fails with the nearest one as a hint. */
static bool option_known(const Eval *ev, const Ast *t, const Function *f, Str name)
{
    Str   *options = arena_array(ev->env->line_arena, Str, f->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->fallback[i])
            options[n++] = f->param[i];
    for (size_t i = 0; i < n; i++)
        if (str_eq(options[i], name))
            return true;
    refuse_option(ev, t, f->name, name, options, n);
    return false;
}

static size_t positional(const Function *f)
{
    size_t n = 0;
    while (n < f->n && !f->fallback[n])
        n++;
    return n;
}

static Value call_user(const Eval *ev, const Ast *t, const Function *f, const Value *arg, size_t n, const Record *options)
{
    size_t wanted = positional(f);
    if (n != wanted)
        return eval_fail(ev, t, "%.*s takes %zu argument%s, found %zu", STR_ARGS(f->name.n ? f->name : STR("the function")), wanted,
                         wanted == 1 ? "" : "s", n);
    for (size_t i = 0; options && i < options->n; i++)
        if (!option_known(ev, t, f, options->name[i]))
            return value_failed();
    Env *env = ev->env;
    env->depth++;
    Eval  body = { env, bind_arguments(ev, f, arg, n, options), f->source };
    Value v = !eval_enter(ev, t) ? value_failed()
            : f->body->kind == AST_BLOCK ? run_function_block(&body, f->body) : eval_expr(&body, f->body);
    env->depth--;
    v.note = (Str){ 0 };
    return v;
}

static bool scalars_of(const Eval *ev, const Ast *t, const Value *arg, size_t n, const Expr **out)
{
    for (size_t i = 0; i < n; i++) {
        if (arg[i].kind != VALUE_EXPR)
            return eval_fail(ev, t, "expected a number or an expression here"), false;
        out[i] = arg[i].expr;
    }
    return true;
}

static Value call_math(const Eval *ev, const Ast *t, const FnRow *fn, const Value *arg, size_t n)
{
    Env *env = ev->env;
    if (n == 1 && arg[0].kind == VALUE_LIST && fn->max_args < 0 && arg[0].list->n)
        return call_math(ev, t, fn, arg[0].list->item, arg[0].list->n);
    const Expr **e = arena_array(env->line_arena, const Expr *, n);
    if (!scalars_of(ev, t, arg, n, e))
        return value_failed();
    if (n == 1 && fn->max_args < 0 && e[0]->kind == EXPR_TENSOR && !env->typed)       /* max([1, 2, 3]) */
        return value_checked(ev, t, expr_call(env->line, fn, e[0]->arg, e[0]->arity));
    if (env->typed && n >= (size_t)fn->min_args && (fn->max_args < 0 || n <= (size_t)fn->max_args))
        return value_checked(ev, t, typed_function(env, fn, e, n));
    if (n >= (size_t)fn->min_args && (fn->max_args < 0 || n <= (size_t)fn->max_args))
        return value_checked(ev, t, expr_call(env->line, fn, e, n));
    eval_fail(ev, t, "%s takes %d argument%s, found %zu", fn->name, fn->min_args, fn->min_args == 1 ? "" : "s", n);
    return value_failed();
}

static Value call_unknown(const Eval *ev, const Ast *t, const Function *f, const Value *arg, size_t n, uint32_t order)
{
    const Expr **e = arena_array(ev->env->line_arena, const Expr *, n);
    uint32_t    *orders = arena_array(ev->env->line_arena, uint32_t, n);
    if (n != f->n)
        return eval_fail(ev, t, "%.*s takes %zu argument%s, found %zu", STR_ARGS(f->name), f->n, f->n == 1 ? "" : "s", n);
    if (!scalars_of(ev, t, arg, n, e))
        return value_failed();
    if (n)
        orders[0] = order;
    return value_checked(ev, t, expr_unknown(ev->env->line, f->name, orders, e, n));
}

const Expr *function_body(const Eval *ev, const Ast *t, const Function *f, const Expr ***vars, size_t *n)
{
    Env    *env = ev->env;
    size_t  m = f->kind == FUNCTION_USER ? positional(f) : f->kind == FUNCTION_DERIVATIVE ? 1 : f->n;
    Value  *arg = arena_array(env->line_arena, Value, m);
    *vars = arena_array(env->line_arena, const Expr *, m);
    *n = m;
    for (size_t i = 0; i < m; i++) {
        static const char *const usual[] = { "x", "y", "z" };
        Str name = f->kind == FUNCTION_USER ? f->param[i] : i < 3 ? str_of(usual[i]) : str_printf(env->line_arena, "x%zu", i + 1);
        const Scope *b = scope_find(ev->scope, name);          /* a vector at a point as a whole */
        bool         whole = b && b->kind == BIND_VARIABLE && (b->symbol->kind == EXPR_TENSOR || !expr_is_scalar(b->symbol));
        arg[i] = value_expr((*vars)[i] = whole ? b->symbol : scope_new_variable(ev, name));
    }
    Value v = call_function(ev, t, f, arg, m, NULL);
    if (v.kind == VALUE_EXPR)
        return v.expr;
    if (v.kind != VALUE_FAILED)
        eval_fail(ev, t, "the function does not return an expression");
    return NULL;
}

static Value call_derivative(const Eval *ev, const Ast *t, const Function *f, const Value *arg, size_t n)
{
    if (f->base->kind == FUNCTION_UNKNOWN)
        return call_unknown(ev, t, f->base, arg, n, f->order);
    bool typed = ev->env->typed;                          /* the derivative of a form is taken exactly */
    ev->env->typed = ev->env->steps != NULL;
    const Expr **vars, *e = function_body(ev, t, f->base, &vars, &n);
    ev->env->typed = typed;
    if (!e)
        return value_failed();
    if (n != 1) {
        eval_fail(ev, t, "a prime needs a function of one variable; %.*s has %zu", STR_ARGS(f->base->name), n);
        eval_hint(ev, "diff(%.*s, x)", STR_ARGS(f->base->name));
        return value_failed();
    }
    if (arg[0].kind != VALUE_EXPR)
        return eval_fail(ev, t, "expected a number or an expression here");
    const Expr *d = ev->env->steps ? e : expr_diff_n(ev->env->line, e, vars[0], f->order);
    for (uint32_t k = 0; d && ev->env->steps && k < f->order; k++)
        d = diff_derivation(ev->env->line, ev->env->steps, d, vars[0]);
    return value_checked(ev, t, d ? expr_subst(ev->env->line, d, vars, &arg[0].expr, 1) : NULL);
}

Value call_function(const Eval *ev, const Ast *t, const Function *f, const Value *arg, size_t n, const Record *options)
{
    if (options && f->kind != FUNCTION_USER)
        return eval_fail(ev, t, "%.*s has no options", STR_ARGS(f->name));
    switch (f->kind) {
    case FUNCTION_USER:       return call_user(ev, t, f, arg, n, options);
    case FUNCTION_MATH:       return call_math(ev, t, f->fn, arg, n);
    case FUNCTION_UNKNOWN:    return call_unknown(ev, t, f, arg, n, 0);
    case FUNCTION_DERIVATIVE: return n == 1 ? call_derivative(ev, t, f, arg, n)
                                            : eval_fail(ev, t, "a derivative function takes one argument, found %zu", n);
    }
    return value_failed();
}

/* ---- what a call names -------------------------------------------------------------------------------------------------- */

static Value not_a_function(const Eval *ev, const Ast *t)
{
    const Ast *name = t->child[0];
    Str        inner = str_slice(ev->source->text, t->n > 1 ? t->child[1]->span.start : name->span.end,
                                 t->n > 1 ? t->child[t->n - 1]->span.end : name->span.end);
    const Scope *bound = scope_find(ev->scope, name->text);
    Value        v = bound ? bound->value : value_none();
    bool         stored = !bound && session_value(ev->env, name->text, &v);
    eval_fail(ev, name, stored ? "%.*s is a value, not a function" : "%.*s is not a function", STR_ARGS(name->text));
    if (stored && v.kind == VALUE_EXPR && t->n == 2) {
        Nodes names = expr_symbols(ev->env->line, ev->env->line_arena, v.expr);
        if (names.n == 1) {
            eval_hint(ev, "%.*s at %.*s = %.*s", STR_ARGS(name->text), STR_ARGS(names.at[0]->name), STR_ARGS(inner));
            return value_failed();
        }
    }
    bool entries = v.kind == VALUE_LIST || (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR);
    eval_hint(ev, entries ? "%.*s[%.*s]" : "%.*s*(%.*s)", STR_ARGS(name->text), STR_ARGS(inner));
    return value_failed();
}

static bool arguments(const Eval *ev, const Ast *t, Value **arg, size_t *n, const Record **options)
{
    Arena *a = ev->env->line_arena;
    Str   *name = arena_array(a, Str, t->n);
    Value *item = arena_array(a, Value, t->n);
    size_t m = 0;
    *arg = arena_array(a, Value, t->n);
    *n = 0;
    for (size_t i = 1; i < t->n; i++) {
        bool  option = t->child[i]->kind == AST_OPTION;
        Value v = eval_expr(ev, option ? t->child[i]->child[0] : t->child[i]);
        if (v.kind == VALUE_FAILED)
            return false;
        if (v.kind == VALUE_REPORT && v.report->main.kind != VALUE_NONE)
            v = v.report->main;
        if (option) {
            name[m] = t->child[i]->text;
            item[m++] = v;
        } else {
            (*arg)[(*n)++] = v;
        }
    }
    *options = m ? value_record(a, name, item, m).record : NULL;
    return true;
}

static Value call_with_arguments(const Eval *ev, const Ast *t, const Function *f)
{
    Value        *arg;
    size_t        n;
    const Record *options;
    return arguments(ev, t, &arg, &n, &options) ? call_function(ev, t, f, arg, n, options) : value_failed();
}

/* y(x) and y'(x) inside a Lagrangian are y and y'; y(0) or y(2x) would be something else. */
static Value unknown_here(const Eval *ev, const Ast *t, const Expr *u)
{
    bool same = t->n == u->arity + 1;
    for (uint32_t i = 0; same && i < u->arity; i++) {
        Value v = eval_expr(ev, t->child[i + 1]);
        if (v.kind == VALUE_FAILED)
            return v;
        same = v.kind == VALUE_EXPR && v.expr == u->arg[i];
    }
    if (same)
        return value_expr(u);
    Buf b = buf_new(ev->env->line_arena);
    for (uint32_t i = 0; i < u->arity; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARGS(u->arg[i]->name));
    eval_fail(ev, t, "the unknown function has other arguments here");
    Span f = t->child[0]->span;
    eval_hint(ev, "%.*s(%.*s)", STR_ARGS(str_slice(ev->source->text, f.start, f.end)), STR_ARGS(buf_str(&b)));
    return value_failed();
}

/* The function that stands for a single-letter or other name in front of a bracket. */
static Value call_name(const Eval *ev, const Ast *t)
{
    Value        reduced;
    if (ev->env->in_rule && rule_call(ev, t, &reduced))
        return reduced;
    const Ast   *name = t->child[0];
    const Scope *b = scope_find(ev->scope, name->text);
    Value        v;
    if (b && b->kind == BIND_UNKNOWN)
        return unknown_here(ev, t, b->symbol);
    if (b && (b->value.kind == VALUE_FUNCTION))
        return call_with_arguments(ev, t, b->value.function);
    const Function *f = find_function(ev, name->text);
    if (f && !(b && f->kind != FUNCTION_MATH))
        return call_with_arguments(ev, t, f);
    const Builtin *builtin = env_builtin(ev->env, name->text);
    if (builtin)
        return call_builtin(ev, t, builtin);
    if (!b && session_value(ev->env, name->text, &v) && v.kind == VALUE_FUNCTION)
        return call_with_arguments(ev, t, v.function);
    if (f)
        return call_with_arguments(ev, t, f);
    const Method *method = !b ? find_method(ev, name->text) : b->value.kind == VALUE_METHOD ? b->value.method : NULL;
    if (method)
        return method_with(ev, t, method);
    if (b || session_value(ev->env, name->text, &v) || name_is_variable(name->text) || map_get(&ev->env->declared, name->text))
        return not_a_function(ev, t);
    return unknown_name(ev, name, t);
}

Value eval_call(const Eval *ev, const Ast *t)
{
    if (t->child[0]->kind == AST_NAME)
        return call_name(ev, t);
    Value callee = eval_expr(ev, t->child[0]);
    if (callee.kind == VALUE_FUNCTION)
        return call_with_arguments(ev, t, callee.function);
    if (t->child[0]->kind == AST_PRIME && callee.kind == VALUE_EXPR && callee.expr->kind == EXPR_UNKNOWN)
        return unknown_here(ev, t, callee.expr);
    return callee.kind == VALUE_FAILED ? callee : eval_fail(ev, t->child[0], "this is not a function");
}

/* ---- anonymous functions and primes ----------------------------------------------------------------------------------------- */

Value eval_lambda(const Eval *ev, const Ast *t)
{
    Arena    *a = ev->env->line_arena;
    Function *f = arena_alloc(a, sizeof *f);
    Str      *param = arena_array(a, Str, t->n);
    for (size_t i = 0; i + 1 < t->n; i++)
        param[i] = t->child[i]->text;
    *f = (Function){ .kind = FUNCTION_USER, .n = t->n - 1, .param = param, .fallback = arena_array(a, const Ast *, t->n),
                     .body = t->child[t->n - 1], .source = ev->source, .captured = ev->scope };
    return (Value){ .kind = VALUE_FUNCTION, .function = f };
}

static Value derivative_function(const Eval *ev, const Function *f, int order)
{
    Function *d = arena_alloc(ev->env->line_arena, sizeof *d);
    *d = (Function){ .kind = FUNCTION_DERIVATIVE, .name = f->name, .n = 1, .base = f, .order = (uint32_t)order };
    if (f->kind == FUNCTION_DERIVATIVE) {
        d->base = f->base;
        d->order += f->order;
    }
    return (Value){ .kind = VALUE_FUNCTION, .function = d };
}

/* y' of a name that is no function here: 1, or the derivative of a function that nobody declared? */
static Value prime_of_variable(const Eval *ev, const Ast *t)
{
    Str          y = t->child[0]->text;
    const Scope *s = ev->scope;
    while (s && s->kind != BIND_UNKNOWN)
        s = s->outer;
    if (!s) {
        eval_fail(ev, t, "%.*s is a variable, not a function", STR_ARGS(y));
        const char *x = str_is(y, "x") ? "t" : "x";
        eval_hint(ev, "function %.*s(%s), and then %.*s(%s)", STR_ARGS(y), x, STR_ARGS(str_slice(ev->source->text, t->span.start, t->span.end)), x);
        return value_failed();
    }
    bool variable = scope_find(ev->scope, y) != NULL;
    eval_fail(ev, t, variable ? "%.*s is the variable, not an unknown function" : "%.*s is not among the unknown functions", STR_ARGS(y));
    if (!variable)
        eval_hint(ev, "%.*s(%.*s) as one more argument", STR_ARGS(y), STR_ARGS(s->symbol->arg[0]->name));
    return value_failed();
}

Value eval_prime(const Eval *ev, const Ast *t)
{
    Env         *env = ev->env;
    const Ast   *operand = t->child[0];
    const Scope *b = operand->kind == AST_NAME ? scope_find(ev->scope, operand->text) : NULL;
    if (b && b->kind == BIND_UNKNOWN) {
        uint32_t order[1] = { (uint32_t)t->op };
        return b->symbol->arity == 1 ? value_checked(ev, t, expr_unknown(env->line, b->symbol->unknown.name, order, b->symbol->arg, 1))
                                     : eval_fail(ev, t, "a prime needs a function of one variable");
    }
    if (operand->kind == AST_NAME && !b) {
        const Function *f = find_function(ev, operand->text);
        if (f)
            return derivative_function(ev, f, t->op);
    }
    Value v = eval_expr(ev, operand);
    if (v.kind == VALUE_FUNCTION)
        return derivative_function(ev, v.function, t->op);
    if (v.kind != VALUE_EXPR)
        return v.kind == VALUE_FAILED ? v : eval_fail(ev, t, "a prime needs a function or an expression");
    if (expr_is_tensor(v.expr)) {
        eval_fail(ev, t, "a prime is a derivative, not a transpose");
        eval_hint(ev, "%.*s^T", STR_ARGS(str_slice(ev->source->text, operand->span.start, operand->span.end)));
        return value_failed();
    }
    if (operand->kind == AST_NAME && v.expr->kind == EXPR_SYMBOL)
        return prime_of_variable(ev, t);
    Nodes names = expr_symbols(env->line, env->line_arena, v.expr);
    if (names.n != 1) {
        eval_fail(ev, t, "a prime needs exactly one free variable, found %zu", names.n);
        eval_hint(ev, "diff(f, x)");
        return value_failed();
    }
    return value_checked(ev, t, expr_diff_n(env->line, v.expr, names.at[0], t->op));
}

/* ---- keeping functions -------------------------------------------------------------------------------------------------- */

Ast *ast_copy(Arena *a, const Ast *t)
{
    Ast *copy = arena_copy(a, t, sizeof *t);
    copy->text = t->text.n ? str_copy(a, t->text) : t->text;
    copy->ops = t->ops ? arena_copy(a, t->ops, t->n) : NULL;
    copy->child = arena_array(a, Ast *, t->n);
    for (size_t i = 0; i < t->n; i++)
        copy->child[i] = ast_copy(a, t->child[i]);
    return copy;
}

static const Scope *scope_keep(Env *env, const Scope *s)
{
    if (!s)
        return NULL;
    Scope *copy = arena_alloc(env->session_arena, sizeof *copy);
    *copy = *s;
    copy->outer = scope_keep(env, s->outer);
    copy->name = str_copy(env->session_arena, s->name);
    if (copy->kind == BIND_VALUE || copy->kind == BIND_LOCAL)
        copy->kind = BIND_STORED;
    copy->value = value_keep(env, s->value);
    copy->symbol = s->symbol ? expr_promote(env->line, s->symbol) : NULL;
    return copy;
}

static const Source *source_keep(Env *env, const Source *s)
{
    Source *copy = arena_alloc(env->session_arena, sizeof *copy);
    *copy = (Source){ str_copy(env->session_arena, s->name), str_copy(env->session_arena, s->text) };
    return copy;
}

const Function *function_keep(Env *env, const Function *f)
{
    Arena    *a = env->session_arena;
    Function *copy = arena_copy(a, f, sizeof *f);
    copy->name = str_copy(a, f->name);
    copy->base = f->base ? function_keep(env, f->base) : NULL;
    if (f->kind != FUNCTION_USER && f->kind != FUNCTION_UNKNOWN)
        return copy;
    Str *param = arena_array(a, Str, f->n + 1);
    for (size_t i = 0; i < f->n; i++)
        param[i] = str_copy(a, f->param[i]);
    copy->param = param;
    if (f->kind == FUNCTION_UNKNOWN)
        return copy;
    const Ast **fallback = arena_array(a, const Ast *, f->n + 1);
    for (size_t i = 0; i < f->n; i++)
        fallback[i] = f->fallback[i] ? ast_copy(a, f->fallback[i]) : NULL;
    copy->fallback = fallback;
    copy->body = ast_copy(a, f->body);
    copy->source = source_keep(env, f->source);
    copy->captured = scope_keep(env, f->captured);
    return copy;
}
