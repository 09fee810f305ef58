/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objectives: three tapes from one graph (the value; value and gradient by one reverse sweep; the lower triangle of the Hessian), bound to
 * the columns of the table they run over. */
#include "symbolic/objective.h"

#include "numeric/data.h"
#include "symbolic/diff.h"
#include "symbolic/matrix.h"
#include "symbolic/residuals.h"
#include "symbolic/share.h"
#include "symbolic/table.h"


static const Expr *axis_of(const Expr *e)
{
    return e->shape ? e->shape->axis : NULL;
}

static bool columns_complete(Pool *p, const Program *program)
{
    for (size_t k = 0; k < program->n_columns; k++) {
        const Column *c = &program->axis->axis.data->column[program->column[k]];
        if (c->missing)
            return pool_fail(p, "the column %.*s has %zu missing value%s", STR_ARGS(c->name), c->missing, c->missing == 1 ? "" : "s") != NULL;
    }
    return true;
}

static bool machine_of(Pool *p, Arena *a, const CompileInput *in, size_t n, const Expr *const *output, size_t outputs, const Format *f, Machine **out,
                       const Expr **axis)
{
    Program *program = arena_alloc(a, sizeof *program);
    if (!expr_compile(p, a, in, n, output, outputs, program) || !columns_complete(p, program))
        return false;
    *out = program_machine(a, program, n, f);
    if (program->axis)
        *axis = program->axis;
    return true;
}

static const Expr **triangle(Pool *p, Arena *a, const Expr *f, const Expr *const *x, size_t n)
{
    const Expr  *h = expr_hessian(p, f, x, n);
    const Expr **entry = arena_array(a, const Expr *, n * (n + 1) / 2);
    for (size_t i = 0, k = 0; h && i < n; i++)
        for (size_t j = 0; j <= i; j++)
            entry[k++] = n == 1 && h->kind != EXPR_TENSOR ? h : h->arg[i * n + j];
    return h ? entry : NULL;
}

/* H*v by one forward walk over the gradient: inputs x, v; outputs in the shapes of x. */
static bool product_machine(Pool *p, Arena *a, const CompileInput *x, size_t n, const Expr *const *gradient, const Format *f, Machine **out, const Expr **axis)
{
    CompileInput *in = arena_array(a, CompileInput, 2 * n);
    const Expr  **symbol = arena_array(a, const Expr *, n), **along = arena_array(a, const Expr *, n), **product = arena_array(a, const Expr *, n);
    for (size_t i = 0; i < n; i++) {
        in[i] = in[n + i] = x[i];
        symbol[i] = x[i].symbol;
        in[n + i].symbol = along[i] = expr_fresh(p, x[i].symbol);
    }
    bool was = pool_set_nested(p, true), fine = expr_tangents(p, gradient, n, symbol, along, n, product);
    pool_set_nested(p, was);
    if (!fine)
        return false;
    return machine_of(p, a, in, 2 * n, product, n, f, out, axis);
}

static bool residual_machine(Pool *p, Arena *a, const CompileInput *x, size_t n, const Expr *const *symbol, const Expr *f, const Format *format, Machine **out,
                             size_t *residuals, const Expr **axis)
{
    Residuals r;
    size_t    outputs;
    if (!residuals_find(p, a, f, &r))
        return pool_fail(p, "it is not written as a sum of squares") != NULL;
    const Expr **output = residuals_outputs(p, a, &r, symbol, n, &outputs);
    *residuals = r.rows ? 0 : r.n;
    return output && expr_share(p, output, outputs) && machine_of(p, a, x, n, output, outputs, format, out, axis);
}

bool objective_make(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out)
{
    const Expr **symbol = arena_array(a, const Expr *, n), **output = arena_array(a, const Expr *, n + 1), **second = NULL, *axis = NULL;
    Machine     *value, *gradient, *curvature = NULL, *product = NULL, *residual = NULL;
    bool         hessian = extras & OBJECTIVE_HESSIAN;
    size_t       parameters = 0, residuals = 0;
    for (size_t i = 0; i < n; i++) {
        symbol[i] = x[i].symbol;
        parameters += expr_is_tensor(x[i].symbol) ? (size_t)x[i].rows * x[i].cols : 1;
    }
    pool_clear_error(p);
    f = expr_canonical(p, f);
    if (f && axis_of(f))
        f = axis_mean(p, axis_of(f), f);
    if (!f || !expr_gradient(p, f, symbol, n, output + 1) || (hessian && !(second = triangle(p, a, f, symbol, n))))
        return false;
    output[0] = f;
    if (!expr_share(p, output, n + 1))
        return false;
    if (extras & OBJECTIVE_PRODUCT && !product_machine(p, a, x, n, output + 1, format, &product, &axis))
        return false;
    if (extras & OBJECTIVE_RESIDUALS && !residual_machine(p, a, x, n, symbol, f, format, &residual, &residuals, &axis))
        return false;
    if (!machine_of(p, a, x, n, output, 1, format, &value, &axis) || !machine_of(p, a, x, n, output, n + 1, format, &gradient, &axis)
        || (hessian && !machine_of(p, a, x, n, second, n * (n + 1) / 2, format, &curvature, &axis)))
        return false;
    *out = objective_new(format, parameters, axis ? axis_rows(axis) : 0, value, gradient, curvature, product);
    out->residual = residual;
    out->residuals = residuals;
    return true;
}

/* ---- numbers ------------------------------------------------------------------------------------------------------------------ */

static size_t digits_in(Str decimal)
{
    size_t n = 0, zeros = 0;
    for (size_t i = 0; i < decimal.n && (decimal.s[i] | 32) != 'e'; i++) {
        char c = decimal.s[i];
        if (c < '0' || c > '9' || (n == 0 && c == '0'))
            continue;
        zeros = c == '0' ? zeros + 1 : 0;
        n++;
    }
    return n > zeros ? n - zeros : 1;
}

const Expr *float_expr(Pool *p, Arena *a, const Format *f, const void *lane, size_t digits)
{
    fmpq_t     q;
    Ball       ball;
    fmpq_init(q);
    FloatClass kind = format_get_fmpq(f, lane, q);
    bool       zero = fmpq_is_zero(q);
    fmpq_clear(q);
    if (kind == FLOAT_NAN)
        return expr_constant(p, CONSTANT_UNDEFINED);
    if (kind != FLOAT_FINITE)
        return kind == FLOAT_INFINITE ? expr_constant(p, CONSTANT_OO) : expr_neg(p, expr_constant(p, CONSTANT_OO));
    if (zero)
        return expr_int(p, 0);
    size_t shortest = digits_in(format_shortest(f, a, lane));
    ball.digits = (slong)(digits && digits < shortest ? digits : shortest);
    acb_init(ball.value);
    format_get_arb(f, lane, acb_realref(ball.value));
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return e;
}

const Expr *double_expr(Pool *p, Arena *a, double x, size_t digits)
{
    Format fp64;
    if (!format_named(STR("fp64"), &fp64))
        return NULL;
    return float_expr(p, a, &fp64, &x, digits);
}
