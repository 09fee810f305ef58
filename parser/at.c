/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr at x = 2, y = 1: the names get these values while the expression is evaluated, so a variable of diff stays one and
 * is put in afterwards. A bare point belongs to the variables of the function or command on its left, in their order. */
#include "parser/env_int.h"

static void bind_entry(Env *env, const Scope **scope, Str name, Value v)
{
    Scope *b = (Scope *)scope_bind(env, *scope, BIND_VALUE, name, v, NULL);
    b->at = true;
    *scope = b;
}

/* The length n of a declared x(n) is that of the vector that x is at. */
static void bind_lengths(const Eval *ev, const Scope **scope, Str name, Value v)
{
    const Expr *x = v.kind == VALUE_EXPR && v.expr->shape ? declared_variable(ev, name) : NULL;
    Value       known;
    for (int side = 0; x && x->kind == EXPR_SYMBOL && side < 2; side++) {
        const Expr *length = side ? x->shape->cols : x->shape->rows, *is = side ? v.expr->shape->cols : v.expr->shape->rows;
        if (length->kind == EXPR_SYMBOL && !scope_find(*scope, length->name) && !session_value(ev->env, length->name, &known))
            *scope = scope_bind(ev->env, *scope, BIND_VALUE, length->name, value_expr(is), NULL);      /* no variable of a command */
    }
}

static void bind_record(const Eval *ev, const Scope **scope, const Record *r)
{
    for (size_t i = 0; i < r->n; i++)
        bind_entry(ev->env, scope, r->name[i], r->item[i]);
    for (size_t i = 0; i < r->n; i++)
        bind_lengths(ev, scope, r->name[i], r->item[i]);
}

/* The coordinates of a point: a vector, or a single number. */
static size_t coordinates(const Expr *point, const Expr *const **out)
{
    if (point->kind == EXPR_TENSOR) {
        *out = point->arg;
        return point->arity;
    }
    return 1;
}

/* f at (1, 2) for a function f is f(1, 2). */
static Value at_function(const Eval *ev, const Ast *t, const Function *f, const Expr *point)
{
    const Expr *const *x = &point;
    size_t             n = coordinates(point, &x);
    Value             *arg = arena_array(ev->env->line_arena, Value, n);
    for (size_t i = 0; i < n; i++)
        arg[i] = value_expr(x[i]);
    return call_function(ev, t, f, arg, n, NULL);
}

static Value at_point(const Eval *ev, const Ast *t, const Expr *point)
{
    Env *env = ev->env;
    Report *steps = env->steps;
    env->nvars = 0;
    env->steps = NULL;                                        /* it is evaluated once more below */
    Value v = eval_expr(ev, t->child[0]);
    env->steps = steps;
    if (v.kind == VALUE_FUNCTION)
        return at_function(ev, t, v.function, point);
    if (v.kind == VALUE_FAILED)
        return v;
    const Expr **vars = env->vars;
    size_t       nvars = env->nvars;
    if (!nvars && v.kind == VALUE_EXPR) {
        Nodes names = expr_symbols(env->line, env->line_arena, v.expr);
        vars = names.at;
        nvars = names.n <= 1 ? names.n : 0;
    }
    const Expr *const *x = &point;
    size_t             n = coordinates(point, &x);
    if (!nvars) {
        eval_fail(ev, t->child[1], "the point needs names: the order of the variables is not known");
        eval_hint(ev, "at x = 1, y = 2");
        return value_failed();
    }
    if (n != nvars)
        return eval_fail(ev, t->child[1], "the point has %zu coordinate%s, the variables are %zu", n, n == 1 ? "" : "s", nvars);
    const Scope *scope = ev->scope;
    for (size_t i = 0; i < n; i++)
        bind_entry(env, &scope, vars[i]->name, value_expr(x[i]));
    Eval inner = { env, scope, ev->source };
    Value first = v, second = eval_expr(&inner, t->child[0]);
    if (second.kind == VALUE_EXPR && first.kind == VALUE_EXPR)
        return value_checked(ev, t, expr_subst(env->line, second.expr, vars, x, n));
    return second;
}

Value eval_at(const Eval *ev, const Ast *t)
{
    Env         *env = ev->env;
    const Scope *scope = ev->scope;
    if (t->child[1]->kind == AST_ENTRY) {
        for (size_t i = 1; i < t->n; i++) {
            Value v = eval_expr(ev, t->child[i]->child[0]);
            if (v.kind == VALUE_FAILED)
                return v;
            bind_entry(env, &scope, t->child[i]->text, v);
        }
        for (size_t i = 1; i < t->n; i++)
            bind_lengths(ev, &scope, t->child[i]->text, scope_find(scope, t->child[i]->text)->value);
    } else {
        Value point = eval_expr(ev, t->child[1]);
        if (point.kind == VALUE_EXPR && point.expr->kind == EXPR_RELATION && point.expr->relop == REL_EQ && point.expr->arg[0]->kind == EXPR_SYMBOL) {
            bind_entry(env, &scope, point.expr->arg[0]->name, value_expr(point.expr->arg[1]));
            bind_lengths(ev, &scope, point.expr->arg[0]->name, value_expr(point.expr->arg[1]));
        } else if (point.kind == VALUE_RECORD) {
            bind_record(ev, &scope, point.record);
        } else if (point.kind == VALUE_EXPR) {
            return at_point(ev, t, point.expr);
        } else {
            return point.kind == VALUE_FAILED ? point : eval_fail(ev, t->child[1], "this is no point");
        }
    }
    Eval  inner = { env, scope, ev->source };
    Value v = eval_expr(&inner, t->child[0]);
    if (v.kind == VALUE_FUNCTION) {                           /* f at x = 2: by the names of its parameters */
        const Expr **vars, *e;
        size_t       n;
        if (!(e = function_body(ev, t, v.function, &vars, &n)))
            return value_failed();
        return value_here(&inner, t, value_expr(e));
    }
    return v;
}
