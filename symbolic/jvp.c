/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jvp, vjp, hvp: the derivative along a direction (what a forward sweep computes), the gradient of a weighted sum of outputs (one reverse
 * sweep), and the gradient of gradient . v (two reverse sweeps). Exact; without a point the result is in the variables. */
#include "symbolic/jvp.h"

#include "symbolic/diff.h"

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

const Expr *expr_jvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n)
{
    size_t       rows = entries(f);
    const Expr **g = arena_array(pool_arena(p), const Expr *, n + 1), **out = arena_array(pool_arena(p), const Expr *, rows);
    for (size_t i = 0; i < rows; i++)
        if (!expr_gradient(p, entry(f, i), x, n, g) || !(out[i] = dot(p, g, direction, n)))
            return NULL;
    return f->kind == EXPR_TENSOR ? expr_tensor(p, expr_rows(f), expr_cols(f), out) : out[0];
}

bool expr_vjp(Pool *p, const Expr *f, const Expr *const *weight, const Expr *const *x, size_t n, const Expr **out)
{
    const Expr *const *y = f->kind == EXPR_TENSOR ? f->arg : &f;
    const Expr *sum = dot(p, y, weight, entries(f));
    return sum && expr_gradient(p, sum, x, n, out);
}

bool expr_hvp(Pool *p, const Expr *f, const Expr *const *x, const Expr *const *direction, size_t n, const Expr **out)
{
    const Expr **g = arena_array(pool_arena(p), const Expr *, n + 1);
    const Expr  *slope = expr_gradient(p, f, x, n, g) ? dot(p, g, direction, n) : NULL;
    return slope && expr_gradient(p, slope, x, n, out);
}

size_t expr_cost_of_run(Pool *p, Arena *scratch, const Expr *const *root, size_t n)
{
    Nodes  nodes = expr_nodes(p, scratch, root, n);
    size_t cost = 0;
    for (size_t k = 0; k < nodes.n; k++)
        cost += nodes.at[k]->kind == EXPR_TENSOR ? 0 : nodes.at[k]->arity;
    return cost;
}

/* ---- commands ----------------------------------------------------------------------------------------------------------- */

/* Argument i as n numbers, one per variable (or entry of f). NULL after a failure. */
static const Expr **numbers(Call *c, int i, size_t n, const char *what, const char *each)
{
    const Expr  *v = c->arg[i].expr;
    const Expr **out = arena_array(c->arena, const Expr *, n + 1);
    if (entries(v) != n) {
        call_fail(c, i, "the %s has %zu entr%s, but there %s %zu %s%s", what, entries(v), entries(v) == 1 ? "y" : "ies", n == 1 ? "is" : "are", n, each, n == 1 ? "" : "s");
        return NULL;
    }
    for (size_t k = 0; k < n; k++)
        out[k] = entry(v, k);
    return out;
}

static bool usable(Call *c)
{
    if (!c->nvars)
        call_fail(c, 0, "there is no variable here");
    return c->nvars > 0;
}

static Value jvp_call(Call *c)
{
    const Expr **v = usable(c) ? numbers(c, 2, c->nvars, "direction", "variable") : NULL;
    return v ? value_expr(expr_jvp(c->pool, c->arg[0].expr, c->vars, v, c->nvars)) : value_failed();
}

static Value vjp_call(Call *c)
{
    const Expr  *f = c->arg[0].expr, **out = arena_array(c->arena, const Expr *, c->nvars + 1);
    const Expr **w = usable(c) ? numbers(c, 2, entries(f), "vector of weights", "output") : NULL;
    return w && expr_vjp(c->pool, f, w, c->vars, c->nvars, out) ? value_expr(expr_tensor(c->pool, c->nvars, 1, out)) : value_failed();
}

static Value hvp_call(Call *c)
{
    const Expr **out = arena_array(c->arena, const Expr *, c->nvars + 1), **v = usable(c) ? numbers(c, 2, c->nvars, "direction", "variable") : NULL;
    if (v && !expr_is_scalar(c->arg[0].expr))
        return call_fail(c, 0, "hvp needs a function with one value");
    return v && expr_hvp(c->pool, c->arg[0].expr, c->vars, v, c->nvars, out) ? value_expr(expr_tensor(c->pool, c->nvars, 1, out)) : value_failed();
}

const Builtin jvp_builtins[] = {
    { .sig = "jvp(f: objective, at: site?..., direction: expr) -> expr",
      .help = "Jacobian times a direction: how f changes along it, what one forward sweep computes.",
      .example = { { "jvp([x*y, x + y], x = 2, y = 3, (1, 0))", "[3, 1]" }, { "jvp(x^2*y, (a, b))", "x^2*b + 2x*y*a" } },
      .lesson = 4, .see = "vjp hvp graph directional", .words = "forward mode tangent directional derivative automatic differentiation", .call = jvp_call },
    { .sig = "vjp(f: objective, at: site?..., weights: expr) -> expr",
      .help = "Weights times Jacobian: the gradient of the weighted sum of the outputs, what one reverse sweep computes.",
      .example = { { "vjp([x*y, x + y], x = 2, y = 3, (1, 10))", "[13, 12]" } },
      .lesson = 4, .see = "jvp hvp graph jacobian", .words = "reverse mode adjoint pullback backpropagation cotangent", .call = vjp_call },
    { .sig = "hvp(f: objective, at: site?..., direction: expr) -> expr",
      .help = "Hessian times a direction, without the Hessian.",
      .example = { { "hvp(x^2*y, x = 2, y = 3, (1, 0))", "[6, 4]" } },
      .lesson = 4, .see = "hessian jvp vjp", .words = "second order curvature along direction", .call = hvp_call },
    { 0 }
};
