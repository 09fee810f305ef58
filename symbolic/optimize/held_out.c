/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The objective over a second table is the same expression with the columns of the other table in place of its own.
 *
 * A loss is that of a classification if it is the negative logarithm of the probability of a label: then exp(-loss), summed over the labels that
 * a column holds, is the same number in every row, whatever the parameters are. That is tried at the start and at two other points; nothing else passes, no
 * regression on a column of zeros and ones, say. The label that the model predicts is the one with the least loss; accuracy is the share of
 * rows where it is the row's own, and labels that are level share. */
#include "symbolic/optimize/held_out.h"

#include "base/rng.h"
#include "numeric/data.h"
#include "symbolic/data/table.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { MOST_LABELS = 20, MOST_TRIED_ROWS = 200, TRIED_POINTS = 3 };

const char *const measure_names[MEASURES] = { [MEASURE_TEST] = "test_value", [MEASURE_ACCURACY] = "accuracy", [MEASURE_TEST_ACCURACY] = "test_accuracy" };

/* ---- labels ------------------------------------------------------------------------------------------------------------------- */

/* The distinct values of a column, if they are few whole numbers; 0: they are not. */
static size_t distinct_values(const Column *c, size_t rows, double value[MOST_LABELS])
{
    size_t n = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t k = 0;
        while (k < n && value[k] != c->value[i])
            k++;
        if (k < n)
            continue;
        if (n == MOST_LABELS || c->value[i] != floor(c->value[i]))
            return 0;
        value[n++] = c->value[i];
    }
    return n;
}

/* The loss of one row: the objective itself where it varies over the rows, or what is summed in it. NULL: there are several sums. */
static const Expr *row_loss(const Problem *q)
{
    if (q->f->shape && q->f->shape->axis)
        return q->f;
    Nodes       nodes = expr_nodes(q->c->pool, q->c->arena, &q->f, 1);
    const Expr *sum = NULL;
    for (size_t i = 0; i < nodes.n; i++)
        if (nodes.at[i]->kind == EXPR_OVER) {
            if (sum)
                return NULL;
            sum = nodes.at[i]->arg[1];
        }
    return sum;
}

/* The losses under each label, over the rows of a table. */
static bool losses_of(const Problem *q, const Expr *loss, const Expr *column, const Expr *axis, const double *value, size_t n, Labels *out)
{
    Call          *c = q->c;
    Arena         *a = c->arena;
    const Data    *d = axis->axis.data;
    const Expr   **output = arena_array(a, const Expr *, n);
    Format        *fp64 = arena_alloc(a, sizeof *fp64);
    Program        program;
    size_t         inputs;
    CompileInput  *in = problem_inputs(q, false, &inputs);
    for (size_t k = 0; k < n; k++) {
        const Expr *number = expr_int(c->pool, (slong)value[k]);
        output[k] = expr_subst(c->pool, loss, &column, &number, 1);
        if (!output[k] || !output[k]->shape || output[k]->shape->axis != axis)
            return false;
    }
    if (!format_named(STR("fp64"), fp64) || !expr_compile(c->pool, a, in, inputs, output, n, &program))
        return false;
    *out = (Labels){ .n = n, .rows = d->rows, .machine = program_machine(a, &program, inputs, fp64), .loss = arena_array(a, double *, n),
                     .label = d->column[column->column.index].value, .value = value };
    for (size_t k = 0; k < n; k++) {
        out->loss[k] = arena_array(a, double, d->rows);
        machine_output_column(out->machine, k, 0, out->loss[k]);
    }
    return true;
}

/* Is exp(-loss), summed over the labels, the same in all rows? *first: the sum. */
static bool sums_agree(const Labels *l, double *first)
{
    size_t rows = l->rows < MOST_TRIED_ROWS ? l->rows : MOST_TRIED_ROWS;
    if (!machine_run(l->machine, l->rows))
        return false;
    for (size_t i = 0; i < rows; i++) {
        double sum = 0;
        for (size_t k = 0; k < l->n; k++)
            sum += exp(-l->loss[k][i]);
        *first = i ? *first : sum;
        if (!(fabs(sum - *first) <= 1e-9 * *first))
            return false;
    }
    return rows > 0;
}

/* *sum: at the start. 1 where the objective is a likelihood and nothing else. */
static bool is_likelihood(const Problem *q, const Labels *l, double *sum)
{
    Format  fp64;
    double  there;
    double *start = format_named(STR("fp64"), &fp64) ? expr_run(q->c->pool, q->c->arena, q->start, q->n, &fp64, 1) : NULL, *x = machine_input(l->machine, 0);
    Rng     random = rng_stream(1, STR("labels"));
    for (int point = 0; start && point < TRIED_POINTS; point++) {
        for (size_t i = 0; i < q->n; i++)
            x[i] = start[i] + (point ? 2 * rng_unit(&random) - 1 : 0);
        if (!sums_agree(l, point ? &there : sum))
            return false;
    }
    return start != NULL;
}

/* The column of the labels. Several columns may pass by symmetry: then the one whose sum is 1, or none. NULL: there is none. */
static const Expr *find_column(const Problem *q, const Expr *loss, Labels *out)
{
    const Data *d = q->axis->axis.data;
    const Expr *found = NULL;
    bool        sure = false, several = false;
    for (size_t k = 0; loss && k < d->columns && !sure; k++) {
        const Expr *column = expr_column(q->c->pool, q->axis, k);
        double     *value = arena_array(q->c->arena, double, MOST_LABELS), sum = 0;
        size_t      n = expr_depends(q->c->pool, loss, column) ? distinct_values(&d->column[k], d->rows, value) : 0;
        Labels      l;
        if (n < 2 || !losses_of(q, loss, column, q->axis, value, n, &l) || !is_likelihood(q, &l, &sum))
            continue;
        sure = fabs(sum - 1) < 1e-9;
        several = found && !sure;
        found = column;
        *out = l;
    }
    return several ? NULL : found;
}

static void find_labels(HeldOut *h, const Expr *test)
{
    const Problem *q = h->q;
    const Expr    *loss = row_loss(q), *column = find_column(q, loss, &h->labels[0]);
    if (!column)
        return;
    h->has[MEASURE_ACCURACY] = true;
    const Expr *other = test ? axis_exchange(q->c->pool, loss, q->axis, test) : NULL, *there = other ? axis_exchange(q->c->pool, column, q->axis, test) : NULL;
    h->has[MEASURE_TEST_ACCURACY] = there && losses_of(q, other, there, test, h->labels[0].value, h->labels[0].n, &h->labels[1]);
}

/* The share of rows whose own label has the least loss. */
static bool accuracy(const Labels *l, const Objective *o, double *share)
{
    double *x = machine_input(l->machine, 0), right = 0;
    for (size_t i = 0; i < o->n; i++)
        x[i] = format_get_double(o->format, format_at(o->format, o->x, i));
    if (!machine_run(l->machine, l->rows))
        return false;
    for (size_t i = 0; i < l->rows; i++) {
        size_t own = l->n, level = 0;
        double least = INFINITY;
        for (size_t k = 0; k < l->n; k++) {
            least = fmin(least, l->loss[k][i]);
            own = l->value[k] == l->label[i] ? k : own;
        }
        for (size_t k = 0; k < l->n; k++)
            level += l->loss[k][i] <= least;
        right += own < l->n && l->loss[own][i] <= least && level ? 1 / (double)level : 0;
    }
    *share = right / (double)l->rows;
    return true;
}

/* ---- the watch ------------------------------------------------------------------------------------------------------------------ */

static bool measure(void *state, const Objective *o, double *number)
{
    HeldOut *h = state;
    if (h->has[MEASURE_TEST]) {
        if (!objective_value(&h->test, o->x, h->value))
            return false;
        number[MEASURE_TEST] = format_get_double(o->format, h->value) * (h->q->maximize ? -1 : 1);
    }
    return (!h->has[MEASURE_ACCURACY] || accuracy(&h->labels[0], o, &number[MEASURE_ACCURACY]))
        && (!h->has[MEASURE_TEST_ACCURACY] || accuracy(&h->labels[1], o, &number[MEASURE_TEST_ACCURACY]));
}

static bool test_objective(HeldOut *h, int option, const Format *f, const Expr **axis)
{
    const Problem *q = h->q;
    Call          *c = q->c;
    size_t         n;
    CompileInput  *in = problem_inputs(q, false, &n);
    const Data    *d = c->arg[option].data;
    if (d->rows == 0)
        return call_fail(c, option, "the table has no rows"), false;
    *axis = expr_axis(c->pool, STR("test"), d);
    pool_clear_error(c->pool);
    const Expr *other = axis_exchange(c->pool, q->f, q->axis, *axis);
    if (!other || !objective_make(c->pool, c->arena, other, in, n, f, 0, &h->test)) {
        call_fail(c, option, "%.*s", STR_ARGS(pool_error(c->pool)));
        pool_clear_error(c->pool);
        return false;
    }
    h->value = format_lanes(f, c->arena, 1);
    return h->has[MEASURE_TEST] = true;
}

bool held_out_read(const Problem *q, int option, const Format *f, MinimizeOptions *options, HeldOut *out)
{
    Call       *c = q->c;
    const Expr *test = NULL;
    *out = (HeldOut){ .q = q };
    if (option >= 0 && call_has(c, (size_t)option)) {
        if (!q->axis) {
            call_fail(c, option, "test: needs a mean over the rows of another table");
            diag_hint(c->diag, "over: d");
            return false;
        }
        if (!test_objective(out, option, f, &test))
            return false;
    }
    if (q->axis && (options->batch || test))
        find_labels(out, test);
    pool_clear_error(c->pool);
    if (out->has[MEASURE_TEST] || out->has[MEASURE_ACCURACY])
        options->watch = (Watch){ MEASURES, measure, out };
    return true;
}
