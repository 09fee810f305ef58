/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and means over the rows of a table. A value without free names is worked out at once: exactly, row by row, where it is rational
 * in the columns, else on balls whose precision doubles until the digits are certain. */
#include "symbolic/data/table.h"

#include "base/interrupt.h"
#include "numeric/data.h"
#include "numeric/lanes.h"
#include "symbolic/data/text_columns.h"
#include "symbolic/expr/walk.h"
#include "symbolic/matrix/matrix.h"

enum { MOST_EXACT_ROWS = 20000, FIRST_BITS = 128, MOST_BITS = 1 << 14 };

size_t axis_rows(const Expr *axis)
{
    return axis->axis.data->rows;
}

const Expr *axis_of_mean(Pool *p, const Expr *e)
{
    if (e->shape && e->shape->axis)
        return e->shape->axis;
    Arena      *a = arena_new();
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    const Expr *axis = NULL;
    for (size_t k = 0; k < nodes.n && !axis; k++)
        axis = nodes.at[k]->kind == EXPR_COUNT ? nodes.at[k]->arg[0] : NULL;
    arena_delete(a);
    return axis;
}

Machine *program_machine(Arena *a, const Program *program, size_t inputs, const Format *f)
{
    Machine *m = machine_new(a, program->tape, f);
    for (size_t k = 0; k < program->n_columns; k++) {
        const Data *d = program->axis->axis.data;
        machine_column(m, inputs + k, 0, column_lanes(a, &d->column[program->column[k]], d->rows, f));
    }
    return m;
}

const Expr *axis_sum(Pool *p, const Expr *axis, const Expr *e)
{
    return expr_over(p, axis, e);
}

const Expr *axis_mean(Pool *p, const Expr *axis, const Expr *e)
{
    return e && (!e->shape || !e->shape->axis) ? e : expr_div(p, expr_over(p, axis, e), expr_count(p, axis));
}

static bool same_labels(const Column *a, const Column *b)
{
    bool same = a->text == b->text && a->n_labels == b->n_labels;
    for (size_t i = 0; same && a->text && i < a->n_labels; i++)
        same = str_eq(a->label[i], b->label[i]);
    return same;
}

static const Expr *exchange_column(Pool *p, const Expr *e, const Expr *other)
{
    const Data   *d = other->axis.data;
    const Column *from = &e->arg[0]->axis.data->column[e->column.index], *to = data_column(d, from->name);
    if (to && same_labels(from, to))
        return expr_column(p, other, (size_t)(to - d->column));
    pool_fail(p, to ? "the labels of %.*s are others" : "there is no column %.*s", STR_ARGS(from->name));
    return NULL;
}

typedef struct Exchange { const Expr *axis, *other; } Exchange;

static const Expr *exchanged(void *context, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    const Exchange *x = context;
    (void)a;
    if (node == x->axis)
        return x->other;
    if (!args_differ(node, arg))
        return node;
    return node->kind == EXPR_COLUMN ? exchange_column(p, node, x->other) : node->kind == EXPR_COUNT ? expr_count(p, x->other)
         : node->kind == EXPR_OVER ? expr_over(p, x->other, arg[1]) : expr_remake(p, node, arg);
}

const Expr *axis_exchange(Pool *p, const Expr *e, const Expr *axis, const Expr *other)
{
    return expr_walk(p, e, exchanged, &(Exchange){ axis, other });
}

/* ---- values ------------------------------------------------------------------------------------------------------------------- */

static bool rational_node(const Expr *e)
{
    slong n;
    return e->kind == EXPR_NUMBER || e->kind == EXPR_ADD || e->kind == EXPR_MUL || e->kind == EXPR_AXIS || e->kind == EXPR_COLUMN
        || e->kind == EXPR_COUNT || e->kind == EXPR_OVER || (e->kind == EXPR_POW && expr_fits_slong(e->arg[1], &n) && n > -50 && n < 50);
}

/* The sum over the rows of one OVER node whose operand is rational in columns; inner sums have their numbers already. */
static const Expr *exact_sum(Pool *p, const Expr *axis, const Expr *e)
{
    const Data  *d = axis->axis.data;
    Arena       *a = arena_new();
    const Expr **from = arena_array(a, const Expr *, d->columns), **to = arena_array(a, const Expr *, d->columns), *total = NULL;
    size_t       n = 0, *index = arena_array(a, size_t, d->columns);
    for (size_t k = 0; k < d->columns; k++) {
        const Expr *column = expr_column(p, axis, k);
        if (expr_depends(p, e, column)) {
            index[n] = k;
            from[n++] = column;
        }
    }
    fmpq_t q, sum;
    fmpq_init(q);
    fmpq_init(sum);
    bool fine = true;
    for (size_t i = 0; i < d->rows && fine; i++) {
        for (size_t k = 0; k < n && fine; k++) {
            fine = column_exact(&d->column[index[k]], i, q);
            to[k] = expr_fmpq(p, q);
        }
        const Expr *value = fine ? expr_subst(p, e, from, to, n) : NULL;
        fine = value && expr_is_number(value) && !should_stop();
        if (fine)
            fmpq_add(sum, sum, expr_number(value));
    }
    if (fine)
        total = expr_fmpq(p, sum);
    fmpq_clear(q);
    fmpq_clear(sum);
    arena_delete(a);
    return total;
}

static const Expr *valued(void *none, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    (void)none;
    (void)a;
    if (!rational_node(node) || (node->kind == EXPR_AXIS && axis_rows(node) > MOST_EXACT_ROWS))
        return NULL;
    if (node->kind == EXPR_COUNT)
        return expr_int(p, (slong)axis_rows(node->arg[0]));
    if (node->kind == EXPR_OVER)
        return exact_sum(p, node->arg[0], arg[1]);
    return node->kind == EXPR_COLUMN || !node->arity ? node : expr_remake(p, node, arg);
}

/* Replaces counts and sums by numbers, inside out. NULL without failure if that is not possible. */
static const Expr *exact_value(Pool *p, const Expr *e)
{
    const Expr *value = expr_walk(p, e, valued, NULL);
    pool_clear_error(p);
    return value && expr_is_number(value) ? value : NULL;
}

/* Says why there is no finite value. */
static void no_value(Pool *p, const Expr *e)
{
    Arena *a = arena_new();
    Nodes  nodes = expr_nodes(p, a, &e, 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr   *node = nodes.at[k];
        const Column *c = node->kind == EXPR_COLUMN ? &node->arg[0]->axis.data->column[node->column.index] : NULL;
        if (c && c->missing)
            pool_fail(p, "%zu value%s of the column %.*s %s missing: filter(%.*s, %.*s > -oo) is the table without such rows", c->missing,
                      c->missing == 1 ? "" : "s", STR_ARGS(c->name), c->missing == 1 ? "is" : "are", STR_ARGS(node->arg[0]->axis.name), STR_ARGS(c->name));
    }
    if (!pool_error(p).n)
        pool_fail(p, "the value over the rows is not a finite number");
    arena_delete(a);
}

static const Expr *ball_value(Pool *p, const Expr *e, size_t digits)
{
    Program     program;
    Arena      *a = arena_new();
    const Expr *result = NULL;
    slong       wanted = format_bits_of_digits((slong)digits);
    if (expr_compile(p, a, NULL, 0, &e, 1, &program))
        for (slong bits = wanted + FIRST_BITS; bits < MOST_BITS + wanted && !result; bits *= 2) {
            Format   f = format_ball(bits);
            Machine *m = program_machine(a, &program, 0, &f);
            if (!machine_run(m, program.axis ? axis_rows(program.axis) : 0)) {
                pool_fail(p, "interrupted");
                break;
            }
            const arb_struct *x = machine_output(m, 0);
            if (arb_rel_accuracy_bits(x) > wanted) {
                Ball ball = { .digits = (slong)digits };
                acb_init(ball.value);
                acb_set_arb(ball.value, x);
                result = expr_ball(p, &ball);
                acb_clear(ball.value);
            }
        }
    if (!result && !pool_error(p).n)
        no_value(p, e);
    arena_delete(a);
    return result;
}

const Expr *axis_value(Pool *p, const Expr *e, size_t digits)
{
    if (!e)
        return NULL;
    Arena *a = arena_new();
    size_t names = expr_symbols(p, a, e).n;
    bool   numbers = columns_are_numbers(p, expr_nodes(p, a, &e, 1));
    arena_delete(a);
    if (!numbers)
        return NULL;
    if (names || !(e->flags & EXPR_HAS_SYMBOL))
        return e;
    const Expr *exact = exact_value(p, e);
    return exact ? exact : ball_value(p, e, digits);
}

/* ---- commands ------------------------------------------------------------------------------------------------------------------------ */

static Value mean_call(Call *c)
{
    const Expr *e = c->arg[0].kind == VALUE_EXPR ? c->arg[0].expr : NULL;
    if (!e)
        return call_fail(c, 0, "mean needs an expression and over:, or a vector");
    if (call_has(c, 1))
        return value_expr(axis_value(c->pool, axis_mean(c->pool, c->arg[1].expr, e), c->settings->digits));
    if (e->kind != EXPR_TENSOR && e->shape && e->shape->axis)     /* inside minimize(mean(f), over: d) */
        return value_expr(axis_mean(c->pool, e->shape->axis, e));
    if (e->kind != EXPR_TENSOR && expr_is_tensor(e)) {
        const Expr *n = expr_mul(c->pool, e->shape->rows, e->shape->cols);
        return value_expr(c->typed ? typed_node(c->pool, EXPR_DIV, (const Expr *const[]){ typed_matrix_op(c->pool, MATRIX_TOTAL, e), n }, 2)
                                   : expr_div(c->pool, expr_matrix_op(c->pool, MATRIX_TOTAL, e), n));
    }
    if (e->kind != EXPR_TENSOR)
        return call_fail(c, 0, "mean needs a vector, or over: a table");
    return value_expr(expr_div(c->pool, expr_sum(c->pool, e->arg, e->arity), expr_int(c->pool, e->arity)));
}

const Builtin table_builtins[] = {
    { .sig = "mean(f: value; over: data?) -> expr", .help = "The mean of f over the rows of a table, or of the entries of a vector.",
      .example = { { "mean([1, 2, 6])", "3" },
                   { "mean(x^2, over: (x = [1, 2, 3]))", "14/3" } }, .lesson = 7, .see = "sum load", .whole = true, .call = mean_call },
    { 0 }
};
