/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loss scaling helps only if the scale is there before anything underflows. A slope is linear in the adjoint it started from, so the scale
 * may be multiplied into any one factor of each of its terms: in a sum over rows into the first factor that varies, before the rows are added;
 * elsewhere into the first factor that is no number. In a mean a power of two near the number of rows is divided out before they are added, as
 * the backward pass of a mean does. No other operation changes, nor their order: with a power of two every number on the way is
 * multiplied exactly, so what is divided by it again is the plain slope to the last bit, unless something left the range. */
#include "symbolic/tape/loss_scale.h"

#include "symbolic/data/table.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix.h"

typedef struct Factor { const Expr *number, *row; } Factor;         /* outside of sums over rows, and inside */

typedef struct Scaling {
    Pool       *pool;
    Arena      *arena;
    Factor      late, early;        /* the scale; the scale divided by a power of two near the number of rows */
    const Expr *count;              /* that number divided by the same power */
    Memo        has_sum;            /* node -> itself, if a sum over rows stands in it */
} Scaling;

static bool has_sum(const Scaling *s, const Expr *e)
{
    return memo_get(&s->has_sum, e) != NULL;
}

static bool varies(const Expr *e)
{
    return e->shape && e->shape->axis;
}

static const Expr *times(const Scaling *s, const Factor *f, const Expr *e, bool in_rows)
{
    const Expr  *by = in_rows ? f->row : f->number, *factor[] = { by, e };
    const Shape *shape = e->shape;
    if (varies(by) && !varies(e))
        shape = e->shape ? shape_new(s->pool, e->shape->rows, e->shape->cols, by->shape->axis) : by->shape;
    return expr_node(s->pool, EXPR_MUL, shape, factor, 2);
}

static const Expr *scaled(const Scaling *s, const Factor *by, const Expr *e, bool in_rows);

static const Expr *with_argument(const Scaling *s, const Expr *e, size_t i, const Expr *argument)
{
    const Expr **arg = arena_array(s->arena, const Expr *, e->arity);
    if (!argument)
        return NULL;
    for (size_t k = 0; k < e->arity; k++)
        arg[k] = k == i ? argument : e->arg[k];
    Expr head = *e;
    head.flags = e->flags & EXPR_AS_TYPED;
    return expr_intern(s->pool, &head, arg, e->arity);
}

static bool is_divisor(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0;
}

/* The factor that takes the scale: one with a sum over rows in it, one that varies, one that is no number. */
static size_t first_factor(const Scaling *s, const Expr *e, bool in_rows)
{
    size_t best = e->arity;
    for (size_t i = 0; i < e->arity; i++) {
        const Expr *f = e->arg[i];
        if (is_divisor(f) || expr_is_number(f))
            continue;
        if (in_rows ? varies(f) : has_sum(s, f))
            return i;
        best = best == e->arity && !in_rows ? i : best;
    }
    return best;
}

/* 1/rows within a product as 1/(rows/power); NULL: it is not there. */
static const Expr *early_count(const Scaling *s, const Expr *e)
{
    if (is_divisor(e) && e->arg[0]->kind == EXPR_COUNT)
        return with_argument(s, e, 0, s->count);
    for (size_t i = 0; e->kind == EXPR_MUL && i < e->arity; i++) {
        const Expr *factor = early_count(s, e->arg[i]);
        if (factor)
            return with_argument(s, e, i, factor);
    }
    return NULL;
}

static const Expr *scaled_product(const Scaling *s, const Factor *by, const Expr *e, bool in_rows)
{
    size_t i = first_factor(s, e, in_rows);
    if (i == e->arity)
        return times(s, by, e, in_rows);
    const Expr *f = e->arg[i], *mean = NULL;
    for (size_t k = 0; k < e->arity && !mean && has_sum(s, f) && by == &s->late; k++)
        if (k != i && (mean = early_count(s, e->arg[k])))
            e = with_argument(s, e, k, mean);
    by = mean ? &s->early : by;
    bool inner = has_sum(s, f) || f->kind == EXPR_MUL || f->kind == EXPR_MATMUL;
    return with_argument(s, e, i, inner ? scaled(s, by, f, in_rows) : times(s, by, f, in_rows));
}

static const Expr *each_argument(const Scaling *s, const Factor *by, const Expr *e, bool in_rows)
{
    const Expr **arg = arena_array(s->arena, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        if (!(arg[i] = scaled(s, by, e->arg[i], in_rows)))
            return NULL;
    Expr head = *e;
    head.flags = e->flags & EXPR_AS_TYPED;
    return expr_intern(s->pool, &head, arg, e->arity);
}

/* Linear in its first argument. */
static bool is_rearrangement(const Expr *e)
{
    return expr_is_matrix_op(e, MATRIX_TRANSPOSE) || expr_is_matrix_op(e, MATRIX_SLICE) || expr_is_matrix_op(e, MATRIX_EMBED);
}

static const Expr *scaled(const Scaling *s, const Factor *by, const Expr *e, bool in_rows)
{
    if (expr_is_zero(e) || expr_is_zero_tensor(e))
        return e;
    if (e->kind == EXPR_MUL && !(e->flags & EXPR_AS_TYPED))
        return scaled_product(s, by, e, in_rows);
    if (e->kind == EXPR_TENSOR || (e->kind == EXPR_ADD && !in_rows))        /* in rows the order of a sum depends on which terms vary */
        return each_argument(s, by, e, in_rows);
    if (e->kind == EXPR_OVER && !in_rows && varies(e->arg[1]))
        return with_argument(s, e, 1, scaled(s, by, e->arg[1], true));
    if (e->kind == EXPR_MATMUL) {
        size_t i = in_rows ? !varies(e->arg[0]) : !has_sum(s, e->arg[0]) && has_sum(s, e->arg[1]);
        return with_argument(s, e, i, scaled(s, by, e->arg[i], in_rows && varies(e->arg[i])));
    }
    if (is_rearrangement(e) && (has_sum(s, e) || in_rows))
        return with_argument(s, e, 0, scaled(s, by, e->arg[0], in_rows));
    return times(s, by, e, in_rows);
}

static Factor factor_named(Pool *p, const char *number, const char *row, const Expr *axis)
{
    const Expr *one = expr_int(p, 1);
    return (Factor){ expr_symbol(p, str_of(number)), axis ? expr_symbol_shaped(p, str_of(row), shape_new(p, one, one, axis)) : NULL };
}

/* The slopes of c with the scale in them. *s knows its symbols afterwards. */
static bool scale_slopes(ObjectiveCode *c, Scaling *s, const Expr **output)
{
    Nodes       nodes = expr_nodes(c->pool, s->arena, c->output + 1, c->n);
    const Expr *axis = NULL;
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        bool        any = e->kind == EXPR_OVER;
        for (size_t i = 0; i < e->arity && !any; i++)
            any = has_sum(s, e->arg[i]);
        if (any)
            memo_put(&s->has_sum, e, e);
        axis = e->kind == EXPR_OVER ? e->arg[0] : axis;
    }
    s->late = factor_named(c->pool, "loss scale", "loss scale of a row", axis);
    s->early = factor_named(c->pool, "loss scale of a mean", "loss scale of a row of a mean", axis);
    s->count = expr_symbol(c->pool, STR("rows left"));
    bool fine = true;
    for (size_t i = 0; i < c->n && fine; i++)
        fine = (output[i] = scaled(s, &s->late, c->output[1 + i], false)) != NULL;
    return fine;
}

static void *rows_of(Arena *a, Machine *m, size_t input, const Expr *row, const Format *f)
{
    void *lanes = row ? format_lanes(f, a, axis_rows(row->shape->axis)) : NULL;
    if (row)
        machine_column(m, input, 0, lanes);
    return lanes;
}

bool objective_make_scaled(Pool *p, Arena *a, const Expr *f, const CompileInput *x, size_t n, const Format *format, unsigned extras, Objective *out, LossSeed *seed)
{
    enum { NUMBERS = 3, COLUMNS = 2 };
    ObjectiveCode *c = arena_alloc(a, sizeof *c);
    Scaling        s = { .pool = p, .arena = a, .has_sum = memo_new(a) };
    const Expr   **output = arena_array(a, const Expr *, n + 1);
    CompileInput  *in = arena_array(a, CompileInput, n + NUMBERS + COLUMNS);
    if (!objective_code(p, a, f, x, n, c) || !scale_slopes(c, &s, output + 1))
        return false;
    output[0] = c->output[0];
    for (size_t i = 0; i < n; i++)
        in[i] = x[i];
    in[n].symbol = s.late.number;
    in[n + 1].symbol = s.early.number;
    in[n + 2].symbol = s.count;
    in[n + 3] = (CompileInput){ .symbol = s.late.row, .column = true };
    in[n + 4] = (CompileInput){ .symbol = s.early.row, .column = true };
    if (!objective_compile_gradient(c, in, n + NUMBERS + (s.late.row ? COLUMNS : 0), output) || !objective_bind(c, format, extras | OBJECTIVE_VALUE, out))
        return false;
    *seed = (LossSeed){ .number = machine_input(out->gradient, n), .early = machine_input(out->gradient, n + 1), .count = machine_input(out->gradient, n + 2),
                        .rows = rows_of(a, out->gradient, n + 3, s.late.row, format), .early_rows = rows_of(a, out->gradient, n + 4, s.early.row, format) };
    return true;
}
