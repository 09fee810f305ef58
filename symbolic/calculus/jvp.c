/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jvp, vjp, hvp: the derivative along a direction (what a forward sweep computes), the gradient of a weighted sum of outputs (one reverse
 * sweep), and the derivative of the gradient along a direction (forward over reverse). Exact; without a point the result is in the variables. */
#include "symbolic/calculus/jvp.h"

#include "symbolic/calculus/diff.h"
#include "symbolic/matrix/matrix_int.h"

static const Expr *entry(const Expr *f, size_t i) { return f->kind == EXPR_TENSOR ? f->arg[i] : f; }
static size_t      entries(const Expr *f)         { return f->kind == EXPR_TENSOR ? f->arity : 1; }

static const Expr *dot(Pool *p, const Expr *const *u, const Expr *const *v, size_t n)
{
    const Expr **term = arena_array(pool_arena(p), const Expr *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!(term[i] = expr_mul(p, u[i], v[i])))
            return NULL;
    return expr_sum(p, term, n);
}

static bool any_tensors(const Expr *const *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (expr_is_tensor(x[i]))
            return true;
    return false;
}

const Expr *expr_jvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n)
{
    size_t       rows = entries(f);
    const Expr **g = arena_array(pool_arena(p), const Expr *, n + 1), **out = arena_array(pool_arena(p), const Expr *, rows);
    if (any_tensors(x, n) || (expr_is_tensor(f) && f->kind != EXPR_TENSOR))
        return expr_tangents(p, &f, 1, x, direction, n, out) ? out[0] : NULL;
    for (size_t i = 0; i < rows; i++)
        if (!expr_gradient(p, entry(f, i), x, n, g) || !(out[i] = dot(p, g, direction, n)))
            return NULL;
    return f->kind == EXPR_TENSOR ? expr_tensor(p, expr_rows(f), expr_cols(f), out) : out[0];
}

bool expr_vjp(Pool *p, const Expr *f, const Expr *const *weight, const Expr *const *x, size_t n, const Expr **out)
{
    const Expr *const *y = f->kind == EXPR_TENSOR ? f->arg : &f;
    const Expr *sum = expr_is_tensor(f) && f->kind != EXPR_TENSOR ? expr_dot(p, weight[0], f) : dot(p, y, weight, entries(f));
    return sum && expr_gradient(p, sum, x, n, out);
}

/* Forward over reverse: the tangent of the gradient. */
bool expr_hvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n, const Expr **out)
{
    const Expr **g = arena_array(pool_arena(p), const Expr *, n + 1);
    return expr_gradient(p, f, x, n, g) && expr_tangents(p, g, n, x, direction, n, out);
}

/* ---- commands ----------------------------------------------------------------------------------------------------------- */

/* How many numbers make up e; 0: its size is a name. */
static size_t size_of(const Expr *e)
{
    slong rows = 1, cols = 1;
    bool  known = !e->shape || (expr_fits_slong(e->shape->rows, &rows) && expr_fits_slong(e->shape->cols, &cols));
    return known ? (size_t)(rows * cols) : 0;
}

static bool fits(Pool *p, const Expr *part, const Expr *x)
{
    if (!expr_is_tensor(x))
        return expr_is_scalar(part);
    return expr_is_tensor(part) && shape_rows(p, part) == shape_rows(p, x) && shape_cols(p, part) == shape_cols(p, x);
}

static const Expr *part_of(Pool *p, const Expr *all, size_t at, const Expr *x)
{
    return expr_is_tensor(x) ? expr_tensor(p, expr_rows(x), expr_cols(x), all->arg + at) : entry(all, at);
}

static Str shape_text(Call *c, const Expr *e)
{
    return expr_is_tensor(e) ? str_printf(c->arena, "%s x %s", expr_text(c->arena, c->pool, shape_rows(c->pool, e)).s, expr_text(c->arena, c->pool, shape_cols(c->pool, e)).s)
                             : STR("number");
}

static const Expr **listed_parts(Call *c, int i, const List *list, const Expr *const *x, size_t n, const char *what, const char *each)
{
    const Expr **out = arena_array(c->arena, const Expr *, n + 1);
    if (list->n != n)
        return call_fail(c, i, "the %s has %zu parts, but there %s %zu %s%s", what, list->n, n == 1 ? "is" : "are", n, each, n == 1 ? "" : "s"), NULL;
    for (size_t k = 0; k < n; k++) {
        out[k] = list->item[k].kind == VALUE_EXPR ? expr_canonical(c->pool, list->item[k].expr) : NULL;
        if (!out[k] || !fits(c->pool, out[k], x[k]))
            return call_fail(c, i, "part %zu of the %s is not of the shape of the %s: %.*s", k + 1, what, each, STR_ARGS(shape_text(c, x[k]))), NULL;
    }
    return out;
}

const Expr **call_parts(Call *c, int i, const Expr *const *x, size_t n, const char *what, const char *each)
{
    const Expr **out = arena_array(c->arena, const Expr *, n + 1), *v;
    size_t       total = 0;
    bool         known = true;
    if (c->arg[i].kind == VALUE_LIST)
        return listed_parts(c, i, c->arg[i].list, x, n, what, each);
    if (c->arg[i].kind != VALUE_EXPR || !(v = expr_canonical(c->pool, c->arg[i].expr)))
        return call_fail(c, i, "the %s is a vector, or a list with one part for each %s", what, each), NULL;
    for (size_t k = 0; k < n; k++) {
        known = known && size_of(x[k]);
        total += size_of(x[k]);
    }
    if (n == 1 && fits(c->pool, v, x[0])) {
        out[0] = v;
        return out;
    }
    if (n == 1 && expr_is_tensor(x[0]))
        return call_fail(c, i, "the %s is %.*s, the %s %.*s", what, STR_ARGS(shape_text(c, v)), each, STR_ARGS(shape_text(c, x[0]))), NULL;
    if (!known || (expr_is_tensor(v) && v->kind != EXPR_TENSOR))
        return call_fail(c, i, "the %s is a list with one part for each of the %zu %ss", what, n, each), NULL;
    if (entries(v) != total)
        return call_fail(c, i, "the %s has %zu entr%s, but there %s %zu %s%s", what, entries(v), entries(v) == 1 ? "y" : "ies", total == 1 ? "is" : "are", total,
                         total == n ? each : "number", total == 1 ? "" : "s"), NULL;
    for (size_t k = 0, at = 0; k < n; at += size_of(x[k++]))
        if (!(out[k] = part_of(c->pool, v, at, x[k])))
            return NULL;
    return out;
}

/* A vector of numbers; with vectors and matrices among them a list, or the only one. */
static Value by_variable(Call *c, const Expr *const *out)
{
    if (!any_tensors(c->vars, c->nvars))
        return value_expr(expr_tensor(c->pool, c->nvars, 1, out));
    Value *item = arena_array(c->arena, Value, c->nvars);
    for (size_t k = 0; k < c->nvars; k++)
        item[k] = value_expr(out[k]);
    return c->nvars == 1 ? item[0] : value_list(c->arena, item, c->nvars);
}

static bool usable(Call *c)
{
    if (!c->nvars)
        call_fail(c, 0, "there is no variable here");
    return c->nvars > 0;
}

static Value jvp_call(Call *c)
{
    const Expr **v = usable(c) ? call_parts(c, 2, c->vars, c->nvars, "direction", "variable") : NULL;
    return v ? value_expr(expr_jvp(c->pool, c->arg[0].expr, c->vars, v, c->nvars)) : value_failed();
}

static Value vjp_call(Call *c)
{
    const Expr  *f = c->arg[0].expr, **out = arena_array(c->arena, const Expr *, c->nvars + 1);
    const Expr **w = usable(c) ? call_parts(c, 2, f->kind == EXPR_TENSOR ? f->arg : &f, entries(f), "vector of weights", "output") : NULL;
    return w && expr_vjp(c->pool, f, w, c->vars, c->nvars, out) ? by_variable(c, out) : value_failed();
}

static Value hvp_call(Call *c)
{
    const Expr **out = arena_array(c->arena, const Expr *, c->nvars + 1), **v = usable(c) ? call_parts(c, 2, c->vars, c->nvars, "direction", "variable") : NULL;
    if (v && expr_is_tensor(c->arg[0].expr))
        return call_fail(c, 0, "hvp needs a function with one value");
    return v && expr_hvp(c->pool, c->arg[0].expr, c->vars, v, c->nvars, out) ? by_variable(c, out) : value_failed();
}

const Builtin jvp_builtins[] = {
    { .sig = "jvp(f: objective, at: site?..., direction: value) -> value",
      .help = "Jacobian times a direction: how f changes along it, what one forward sweep computes.",
      .example = { { "jvp([x*y, x + y], x = 2, y = 3, (1, 0))", "[3, 1]" }, { "jvp(x^2*y, (a, b))", "b*x^2 + 2a*x*y" } },
      .lesson = 4, .see = "vjp hvp graph directional", .words = "forward mode tangent directional derivative automatic differentiation", .call = jvp_call },
    { .sig = "vjp(f: objective, at: site?..., weights: value) -> value",
      .help = "Weights times Jacobian: the gradient of the weighted sum of the outputs, what one reverse sweep computes.",
      .example = { { "vjp([x*y, x + y], x = 2, y = 3, (1, 10))", "[13, 12]" },
                   { "f(x, y) = [x^2, x*y]; vjp(f, (3, 4), (1, 1))", "[10, 3]" } },
      .lesson = 4, .see = "jvp hvp graph jacobian", .words = "reverse mode adjoint pullback backpropagation cotangent", .call = vjp_call },
    { .sig = "hvp(f: objective, at: site?..., direction: value) -> value",
      .help = "Hessian times a direction, without the Hessian.",
      .example = { { "hvp(x^2*y, x = 2, y = 3, (1, 0))", "[6, 4]" },
                   { "f(x, y) = x^2 + x*y; hvp(f, (1, 1), (0, 1))", "[1, 0]" } },
      .lesson = 4, .see = "hessian jvp vjp", .words = "second order curvature along direction", .call = hvp_call },
    { 0 }
};
