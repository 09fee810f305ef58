/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objectives: tapes from one graph (the value; value and gradient by one reverse sweep; the lower triangle of the Hessian; its product with a
 * vector; residuals and their slopes), made when they are asked for and bound to the columns of the table they run over. */
#include "symbolic/tape/objective.h"

#include "numeric/data.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/data/table.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/log_sums.h"
#include "symbolic/tape/residuals.h"
#include "symbolic/tape/share.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>


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

static bool compile_part(ObjectiveCode *c, ObjectivePart part, const CompileInput *in, size_t n, const Expr *const *output, size_t outputs)
{
    Program *program = &c->program[part];
    if (!expr_compile(c->pool, c->arena, in, n, output, outputs, program) || !columns_complete(c->pool, program))
        return false;
    c->inputs[part] = n;
    if (program->axis)
        c->axis = program->axis;
    return c->made[part] = true;
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
static bool compile_product(ObjectiveCode *c)
{
    Pool               *p = c->pool;
    Arena              *a = c->arena;
    const CompileInput *x = c->x;
    size_t              n = c->n;
    const Expr *const  *gradient = c->output + 1;
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
    return compile_part(c, PART_PRODUCT, in, 2 * n, product, n);
}

static bool compile_residuals(ObjectiveCode *c)
{
    Residuals r;
    size_t    outputs;
    if (!residuals_find(c->pool, c->arena, c->f, &r))
        return pool_fail(c->pool, "it is not written as a sum of squares") != NULL;
    const Expr **output = residuals_outputs(c->pool, c->arena, &r, c->symbol, c->n, &outputs);
    c->residuals = r.rows ? 0 : r.n;
    return output && compile_part(c, PART_RESIDUALS, c->x, c->n, output, outputs);
}

/* Where many entries of the Hessian are not 0, its entries as formulas of their own repeat much. */
static bool suits_lanes(const ObjectiveCode *c)
{
    enum { LEAST_VARIABLES = 6, LEAST_COST = 400 };
    Arena *scratch = arena_new();
    size_t pairs = 0;
    bool   suits = c->n >= LEAST_VARIABLES && c->n == c->parameters && !axis_of_mean(c->pool, c->f) && expr_cost_of_run(c->pool, scratch, c->output, c->n + 1) > LEAST_COST;
    for (size_t i = 0; suits && i < c->n; i++)
        pairs += expr_symbols(c->pool, scratch, c->output[1 + i]).n;
    arena_delete(scratch);
    return suits && 2 * pairs > c->n * c->n;
}

/* H*v as in compile_product, but v varies over lanes: with the unit vectors there, one run gives all columns of H, and what does not depend on v is
 * worked out once. */
static bool compile_by_lanes(ObjectiveCode *c)
{
    Pool         *p = c->pool;
    Arena        *a = c->arena;
    size_t        n = c->n;
    const Expr   *axis = expr_axis(p, STR("directions"), NULL), *one = expr_int(p, 1);
    CompileInput *in = arena_array(a, CompileInput, 2 * n);
    const Expr  **along = arena_array(a, const Expr *, n), **product = arena_array(a, const Expr *, n);
    for (size_t i = 0; i < n; i++) {
        along[i] = expr_symbol_shaped(p, str_printf(a, "%.*s along", STR_ARGS(c->symbol[i]->name)), shape_new(p, one, one, axis));
        in[i] = c->x[i];
        in[n + i] = (CompileInput){ .symbol = along[i], .column = true };
    }
    bool was = pool_set_nested(p, true), fine = expr_tangents(p, c->output + 1, n, c->symbol, along, n, product);
    pool_set_nested(p, was);
    c->inputs[PART_HESSIAN] = 2 * n;
    return c->by_lanes = fine && expr_compile(p, a, in, 2 * n, product, n, &c->program[PART_HESSIAN]);
}

/* The unit vectors as columns, and places for the rows of the Hessian; a row that is 0 throughout is no output of lanes. */
static Machine *lanes_machine(ObjectiveCode *c, const Format *f, void **rows)
{
    const Tape *t = c->program[PART_HESSIAN].tape;
    size_t      n = c->n;
    Machine    *m = machine_new(c->arena, t, f);
    void       *unit = format_lanes(f, c->arena, n * n);
    *rows = format_lanes(f, c->arena, n * n);
    for (size_t i = 0; i < n * n; i++) {
        format_set_double(f, format_at(f, unit, i), i % (n + 1) == 0, NULL);
        format_set_double(f, format_at(f, *rows, i), 0, NULL);
    }
    for (size_t i = 0; i < n; i++) {
        machine_column(m, n + i, 0, format_at(f, unit, i * n));
        if (t->output[i].column)
            machine_output_column(m, i, 0, format_at(f, *rows, i * n));
    }
    return m;
}

static bool compile_hessian(ObjectiveCode *c)
{
    if (suits_lanes(c) && compile_by_lanes(c))
        return c->made[PART_HESSIAN] = true;
    pool_clear_error(c->pool);
    const Expr **second = triangle(c->pool, c->arena, c->f, c->symbol, c->n);
    return second && compile_part(c, PART_HESSIAN, c->x, c->n, second, c->n * (c->n + 1) / 2);
}

static bool part_made(ObjectiveCode *c, ObjectivePart part)
{
    if (c->made[part])
        return true;
    switch (part) {
    case PART_VALUE:     return compile_part(c, part, c->x, c->n, c->output, 1);
    case PART_GRADIENT:  return compile_part(c, part, c->x, c->n, c->output, c->n + 1);
    case PART_HESSIAN:   return compile_hessian(c);
    case PART_PRODUCT:   return compile_product(c);
    case PART_RESIDUALS: return compile_residuals(c);
    }
    return false;
}

bool objective_code(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, ObjectiveCode *out)
{
    ObjectiveCode c = { .pool = p, .arena = a, .x = x, .n = n, .symbol = arena_array(a, const Expr *, n), .output = arena_array(a, const Expr *, n + 1) };
    for (size_t i = 0; i < n; i++) {
        c.symbol[i] = x[i].symbol;
        c.parameters += expr_is_tensor(x[i].symbol) ? (size_t)x[i].rows * x[i].cols : 1;
    }
    pool_clear_error(p);
    f = expr_canonical(p, f);
    if (f && axis_of(f))
        f = axis_mean(p, axis_of(f), f);
    c.f = c.output[0] = f;
    if (!f || !expr_log_sums(p, c.output, 1) || !expr_gradient(p, c.output[0], c.symbol, n, c.output + 1))
        return false;
    *out = c;
    return expr_share(p, c.output, n + 1);
}

bool objective_compile_gradient(ObjectiveCode *c, const CompileInput *in, size_t inputs, const Expr *const *output)
{
    return compile_part(c, PART_GRADIENT, in, inputs, output, c->n + 1);
}

bool objective_bind(ObjectiveCode *c, const Format *f, unsigned parts, Objective *out)
{
    Machine *m[OBJECTIVE_PARTS] = { NULL };
    void    *rows = NULL;
    for (unsigned k = 0; k < OBJECTIVE_PARTS; k++)
        if ((parts | 1u << PART_GRADIENT) >> k & 1) {
            if (!part_made(c, (ObjectivePart)k))
                return false;
            m[k] = k == PART_HESSIAN && c->by_lanes ? lanes_machine(c, f, &rows) : program_machine(c->arena, &c->program[k], c->inputs[k], f);
        }
    *out = objective_new(f, c->parameters, c->axis ? axis_rows(c->axis) : 0, m[PART_VALUE], m[PART_GRADIENT], m[PART_HESSIAN], m[PART_PRODUCT]);
    out->hessian_rows = rows;
    out->residual = m[PART_RESIDUALS];
    out->residuals = c->residuals;
    return true;
}

bool objective_make(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out)
{
    ObjectiveCode *c = arena_alloc(a, sizeof *c);
    return objective_code(p, a, f, x, n, c) && objective_bind(c, format, extras | OBJECTIVE_VALUE, out);
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

/* Do so many digits not read back as the same double? Then the shortest decimal that does is longer, and need not be found. */
static bool needs_more_digits(const Format *f, const void *lane, size_t digits)
{
    char   text[64];
    double x = format_get_double(f, lane);
    if (f->family != FAMILY_DOUBLE || digits == 0 || digits > 15)
        return false;
    snprintf(text, sizeof text, "%.*e", (int)digits - 1, x);
    return strtod(text, NULL) != x;
}

/* 30 is 30, not 3e1: so many digits stand before the point of a number below 10^6. */
static size_t whole_digits(const Format *f, const void *lane)
{
    double x = fabs(format_get_double(f, lane));
    size_t n = 0;
    for (; x >= 1 && x < 1e6; x /= 10)
        n++;
    return n;
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
    size_t shortest = needs_more_digits(f, lane, digits) ? digits : digits_in(format_shortest(f, a, lane)), whole = whole_digits(f, lane);
    shortest = shortest < whole ? whole : shortest;
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
