/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vector calculus as commands: gradient, jacobian, hessian, directional derivative, divergence, curl, laplacian, tangent.
 *
 * Variables are those named, else the parameters of a function, else the free names in order of first use. A vector is an
 * n x 1 tensor. All rest on the sweep and the forward rules of diff.c. */
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/show.h"
#include "symbolic/matrix/matrix.h"

typedef struct Variables {
    size_t       n;
    const Expr **at;
} Variables;

/* One variable, or the entries of a declared vector. */
static bool add_variable(Call *c, int i, Variables *v, const Expr *e)
{
    if (e->kind == EXPR_TENSOR) {
        for (uint32_t k = 0; k < e->arity; k++)
            if (!add_variable(c, i, v, e->arg[k]))
                return false;
        return true;
    }
    if (e->kind != EXPR_SYMBOL)
        return call_fail(c, i, "a variable is needed here"), false;
    v->at[v->n++] = e;
    return true;
}

static size_t entries(const Expr *vector)
{
    return expr_rows(vector) * expr_cols(vector);
}

/* The variables that argument i names, else the default ones. None left: a failure is recorded. */
static Variables variables(Call *c, int i)
{
    Variables v = { 0 };
    size_t    room = 0;
    if (!call_has(c, (size_t)i)) {
        if (!c->nvars)
            call_fail(c, 0, "there is no variable here");
        return (Variables){ c->nvars, c->vars };
    }
    size_t       n = c->arg[i].kind == VALUE_LIST ? c->arg[i].list->n : 1;
    const Value *item = c->arg[i].kind == VALUE_LIST ? c->arg[i].list->item : &c->arg[i];
    for (size_t k = 0; k < n; k++)
        room += entries(item[k].expr);
    v.at = arena_array(c->arena, const Expr *, room);
    for (size_t k = 0; k < n; k++)
        if (!add_variable(c, i, &v, item[k].expr))
            return (Variables){ 0 };
    return v;
}

/* Is one of them a vector or matrix with symbolic sizes? */
static bool any_shaped(Variables x)
{
    for (size_t i = 0; i < x.n; i++)
        if (expr_is_tensor(x.at[i]))
            return true;
    return false;
}

/* Entry i of a vector; a scalar is a vector with one entry. */
static const Expr *entry(const Expr *vector, size_t i)
{
    return vector->kind == EXPR_TENSOR ? vector->arg[i] : vector;
}

/* The gradient as an array in the line's arena; NULL after a failure. */
static const Expr **gradient_of(Call *c, const Expr *f, Variables x)
{
    const Expr **g = arena_array(c->arena, const Expr *, x.n);
    return x.n && expr_gradient(c->pool, f, x.at, x.n, g) ? g : NULL;
}

/* The gradient with respect to a matrix has the matrix's shape; to several variables, of which one is a vector, it is a list. */
static Value gradient_call(Call *c)
{
    Variables    x = variables(c, 1);
    const Expr **g = gradient_of(c, c->arg[0].expr, x);
    if (!g)
        return value_failed();
    const Expr *named = call_has(c, 1) && c->arg[1].kind == VALUE_EXPR ? c->arg[1].expr : NULL;
    if (named && named->kind == EXPR_TENSOR)
        return value_expr(expr_tensor(c->pool, expr_rows(named), expr_cols(named), g));
    if (!any_shaped(x))
        return value_expr(expr_tensor(c->pool, x.n, 1, g));
    Value *item = arena_array(c->arena, Value, x.n);
    for (size_t i = 0; i < x.n; i++)
        item[i] = value_expr(g[i]);
    return x.n == 1 ? item[0] : value_list(c->arena, item, x.n);
}

/* Neighbouring entries in a sum over an index, say: the derivative is a matrix of diagonals, for which there is no operation. */
static Value no_matrix_form(Call *c, const Expr *x)
{
    call_fail(c, 0, "no matrix form was found for the derivative by a vector of unknown length");
    if (str_is(c->name, "hessian"))
        diag_hint(c->diag, "vector v(%s); hvp(%.*s, %.*s, v), or vector %.*s(4)", expr_text(c->arena, c->pool, x->shape->rows).s,
                  STR_ARGS(str_slice(c->source->text, c->arg_span[0].start, c->arg_span[0].end)), STR_ARGS(x->name), STR_ARGS(x->name));
    else
        diag_hint(c->diag, "vector %.*s(4)", STR_ARGS(x->name));
    return value_failed();
}

/* M with d = M*v for the derivative d along the fresh vector v. */
static Value derivative_matrix(Call *c, const Expr *f, Variables x)
{
    if (x.n != 1 || !expr_is_one(x.at[0]->shape->cols))
        return call_fail(c, 1, "%.*s needs one vector as its variable", STR_ARGS(c->name));
    const Expr *v = expr_fresh(c->pool, x.at[0]), *d = expr_tangent(c->pool, f, x.at[0], v), *m = matrix_of_linear(c->pool, d, v);
    return m || !d ? value_expr(m) : no_matrix_form(c, x.at[0]);
}

static Value jacobian_call(Call *c)
{
    const Expr  *f = c->arg[0].expr;
    Variables    x = variables(c, 1);
    if (any_shaped(x))
        return derivative_matrix(c, f, x);
    if (expr_is_tensor(f) && f->kind != EXPR_TENSOR)
        return call_fail(c, 1, "jacobian needs a vector as its variable here");
    size_t       rows = entries(f);
    const Expr **all = arena_array(c->arena, const Expr *, rows * x.n);
    for (size_t i = 0; i < rows; i++) {
        const Expr **g = gradient_of(c, entry(f, i), x);
        if (!g)
            return value_failed();
        for (size_t k = 0; k < x.n; k++)
            all[i * x.n + k] = g[k];
    }
    return value_expr(expr_tensor(c->pool, rows, x.n, all));
}

static Value hessian_call(Call *c)
{
    Variables x = variables(c, 1);
    if (any_shaped(x)) {
        const Expr **g = x.n == 1 ? gradient_of(c, c->arg[0].expr, x) : NULL;
        return g || x.n != 1 ? derivative_matrix(c, g ? g[0] : NULL, x) : value_failed();
    }
    return x.n ? value_expr(expr_hessian(c->pool, c->arg[0].expr, x.at, x.n)) : value_failed();
}

/* The same in a vector or matrix of symbolic size. */
static Value directional_whole(Call *c, const Expr *x, const Expr *v)
{
    Pool       *p = c->pool;
    const Expr *g;
    if (!v->shape || v->shape->rows != x->shape->rows || v->shape->cols != x->shape->cols)
        return call_fail(c, 1, "the direction is not of the shape of %.*s", STR_ARGS(x->name));
    if (!expr_gradient(p, c->arg[0].expr, &x, 1, &g))
        return value_failed();
    return value_expr(expr_div(p, expr_dot(p, g, v), expr_call1(p, FN_sqrt, expr_dot(p, v, v))));
}

/* gradient . v / |v| */
static Value directional_call(Call *c)
{
    Pool        *p = c->pool;
    const Expr  *v = c->arg[1].expr;
    Variables    x = variables(c, 2);
    if (x.n == 1 && expr_is_tensor(x.at[0]) && x.at[0]->kind != EXPR_TENSOR)
        return directional_whole(c, x.at[0], v);
    const Expr **g = gradient_of(c, c->arg[0].expr, x);
    if (!g)
        return value_failed();
    if (entries(v) != x.n)
        return call_fail(c, 1, "the direction has %zu entries, but there are %zu variables", entries(v), x.n);
    const Expr *dot = expr_int(p, 0), *square = expr_int(p, 0);
    for (size_t i = 0; i < x.n; i++) {
        dot = expr_add(p, dot, expr_mul(p, g[i], entry(v, i)));
        square = expr_add(p, square, expr_powi(p, entry(v, i), 2));
    }
    if (square && expr_is_zero(square))
        return call_fail(c, 1, "the zero vector is no direction");
    return value_expr(expr_div(p, dot, expr_call1(p, FN_sqrt, square)));
}

static Value laplacian_call(Call *c)
{
    Variables    x = variables(c, 1);
    const Expr **term = arena_array(c->arena, const Expr *, x.n + 1);
    for (size_t i = 0; i < x.n; i++)
        term[i] = expr_diff_n(c->pool, c->arg[0].expr, x.at[i], 2);
    return x.n ? value_expr(expr_sum(c->pool, term, x.n)) : value_failed();
}

static Value divergence_call(Call *c)
{
    const Expr *f = c->arg[0].expr;
    Variables   x = variables(c, 1);
    if (!x.n)
        return value_failed();
    if (entries(f) != x.n)
        return call_fail(c, 0, "the field has %zu entries, but there are %zu variables", entries(f), x.n);
    const Expr **term = arena_array(c->arena, const Expr *, x.n);
    for (size_t i = 0; i < x.n; i++)
        term[i] = expr_diff(c->pool, entry(f, i), x.at[i]);
    return value_expr(expr_sum(c->pool, term, x.n));
}

/* In the plane the scalar dQ/dx - dP/dy, in space the vector. */
static Value curl_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *out[3];
    Variables   x = variables(c, 1);
    if (!x.n)
        return value_failed();
    if (entries(f) != x.n || (x.n != 2 && x.n != 3))
        return call_fail(c, 0, "curl needs 2 or 3 entries and as many variables");
    if (x.n == 2)
        return value_expr(expr_sub(p, expr_diff(p, entry(f, 1), x.at[0]), expr_diff(p, entry(f, 0), x.at[1])));
    for (size_t i = 0; i < 3; i++) {
        size_t j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = expr_sub(p, expr_diff(p, entry(f, k), x.at[j]), expr_diff(p, entry(f, j), x.at[k]));
    }
    return value_expr(expr_tensor(p, 3, 1, out));
}

/* f(a) + f'(a)*(x - a) */
static Value tangent_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *x = c->arg[1].expr->arg[0], *a = c->arg[1].expr->arg[1];
    const Expr *left, *right;
    Truth       smooth = expr_has_kinks(p, c->arena, f) && expr_is_scalar(f) ? expr_slopes(p, c->arena, f, x, a, &left, &right) : YES;
    if (smooth != YES) {
        call_fail(c, 1, smooth == NO ? "there is no tangent: the function has no derivative there" : "could not decide whether there is a tangent");
        diag_hint(c->diag, "differentiable(%.*s)", STR_ARGS(str_slice(c->source->text, c->arg_span[0].start, c->arg_span[1].end)));
        return value_failed();
    }
    const Expr *value = expr_subst(p, f, &x, &a, 1), *slope = expr_subst(p, expr_diff(p, f, x), &x, &a, 1);
    const Expr *constant = expr_sub(p, value, expr_mul(p, slope, a));
    return value_expr(expr_add(p, expr_mul(p, slope, x), constant));
}

const Builtin vector_calculus_builtins[] = {
    { .sig = "gradient(f: objective, x: var?) -> expr",
      .help = "The vector of the partial derivatives of f.",
      .example = { { "gradient(x^2*y + sin(y), (x, y))", "[2x*y, x^2 + cos(y)]" },
                   { "f(x, y) = x*y; gradient(f) at (1, 2)", "[2, 1]" } },
      .lesson = 3, .see = "hessian jacobian directional", .words = "grad nabla partial derivatives steepest slope", .call = gradient_call },
    { .sig = "jacobian(F: objective, x: var?) -> expr",
      .help = "The matrix of the partial derivatives of a vector: row i is the gradient of entry i.",
      .example = { { "jacobian([x*y, x + y], (x, y))", "[y, x; 1, 1]" },
                   { "jacobian([r*cos(t), r*sin(t)], (r, t))", "[cos(t), -r*sin(t); sin(t), r*cos(t)]" } },
      .lesson = 3, .see = "gradient hessian", .words = "derivative matrix partial", .call = jacobian_call },
    { .sig = "hessian(f: objective, x: var?) -> expr",
      .help = "The matrix of the second partial derivatives of f.",
      .example = { { "hessian(x^2*y + y^3, (x, y))", "[2y, 2x; 2x, 6y]" },
                   { "f(x, y) = x^2*y; hessian(f) at (1, 3)", "[6, 2; 2, 0]" } },
      .lesson = 3, .see = "gradient", .words = "second derivatives curvature minimum maximum saddle", .call = hessian_call },
    { .sig = "directional(f: objective, v: expr, x: var?) -> expr",
      .help = "The derivative of f along v, which is scaled to length 1.",
      .example = { { "directional(x^2 + y^2, (3, 4), (x, y))", "(6x + 8y)/5" },
                   { "f(x, y) = x^2 + y; directional(f, (0, 2)) at (1, 1)", "1" } },
      .lesson = 3, .see = "gradient", .words = "slope along direction derivative", .call = directional_call },
    { .sig = "laplacian(f: objective, x: var?) -> expr",
      .help = "The sum of the second partial derivatives of f.",
      .example = { { "laplacian(x^2 + y^3, (x, y))", "6y + 2" },
                   { "laplacian(x^2 - y^2, (x, y))", "0" } },
      .lesson = 3, .see = "hessian divergence", .words = "laplace", .call = laplacian_call },
    { .sig = "divergence(F: objective, x: var?) -> expr",
      .help = "The sum of the derivatives of each entry of a field in its own variable.",
      .example = { { "divergence([x*y, y^2], (x, y))", "3y" },
                   { "divergence([-y, x], (x, y))", "0" } },
      .lesson = 3, .see = "curl laplacian", .words = "div", .call = divergence_call },
    { .sig = "curl(F: objective, x: var?) -> expr",
      .help = "The rotation of a field: a number in the plane, a vector in space.",
      .example = { { "curl([-y, x], (x, y))", "2" },
                   { "curl([y*z, x*z, x*y], (x, y, z))", "[0, 0, 0]" } },
      .lesson = 3, .see = "divergence", .words = "rot rotation", .call = curl_call },
    { .sig = "tangent(f: scalar, x: point) -> expr",
      .help = "The tangent of f at x = a, as an expression in x.",
      .example = { { "tangent(x^2, x = 3)", "6x - 9" },
                   { "tangent(exp(x), x = 0)", "x + 1" } },
      .lesson = 2, .see = "diff taylor", .words = "slope line linear approximation touches", .call = tangent_call },
    { 0 }
};
