/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run of a minimizer found, as values: numbers, points, curvature. */
#include "symbolic/optimize/minimize.h"

#include "numeric/eigen.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/tape/run.h"

#include <math.h>

const Expr *solution_number(const Problem *q, const Solution *s, const void *lane, size_t digits)
{
    return float_expr(q->c->pool, q->c->arena, s->format, lane, digits);
}

const Expr *solution_value(const Problem *q, const Solution *s, size_t digits)
{
    const Expr *e = s->exact ? s->exact_value : solution_number(q, s, s->m.value, digits);
    return q->maximize ? expr_neg(q->c->pool, e) : e;
}

const Expr *solution_coordinate(const Problem *q, const Solution *s, size_t i, size_t digits)
{
    return s->exact ? s->exact[i] : solution_number(q, s, format_at(s->format, s->m.x, i), digits);
}

void solution_note(Solution *s, Str text)
{
    for (size_t i = 0; i < s->notes; i++)
        if (str_eq(s->note[i], text))
            return;
    if (s->notes < MOST_NOTES)
        s->note[s->notes++] = text;
}

Str column_title(const Problem *q, size_t i)
{
    Buf b = buf_new(q->c->arena);
    for (size_t k = 0; k < q->var[i]->name.n; k++)
        if (q->var[i]->name.s[k] != ' ')
            buf_add_c(&b, q->var[i]->name.s[k]);
    return buf_str(&b);
}

Value solution_point(const Problem *q, const Solution *s)
{
    Call        *c = q->c;
    const Expr **entry = arena_array(c->arena, const Expr *, q->n);
    Value       *item = arena_array(c->arena, Value, q->blocks);
    Str         *name = arena_array(c->arena, Str, q->blocks);
    bool         numbers = true;
    for (size_t i = 0; i < q->n; i++)
        entry[i] = solution_coordinate(q, s, i, 0);
    for (size_t i = 0; i < q->blocks; i++) {
        const Block *b = &q->block[i];
        item[i] = value_expr(b->rows ? expr_tensor(c->pool, b->rows, b->cols, entry + b->first) : entry[b->first]);
        name[i] = b->name;
        numbers = numbers && !b->rows;
    }
    if (q->by_name || (!numbers && q->blocks > 1))
        return value_record(c->arena, name, item, q->blocks);
    return q->blocks == 1 ? item[0] : value_expr(expr_tensor(c->pool, q->n, 1, entry));
}

bool problem_curvature(const Problem *q, const Expr *const *at, double *value, bool *constant)
{
    Call     *c = q->c;
    Format   *fp64 = arena_alloc(c->arena, sizeof *fp64);
    Objective o;
    if (q->n > MOST_NEWTON_VARIABLES || !format_named(STR("fp64"), fp64))
        return false;
    const Expr *h = expr_hessian(c->pool, q->entries, q->var, q->n);
    *constant = h && expr_is_numeric(h) && !(h->shape && h->shape->axis);
    void   *x = h ? expr_run(c->pool, c->arena, at, q->n, fp64, 1) : NULL;
    double *entry = arena_array(c->arena, double, q->n * q->n);
    bool    fine = x && problem_objective(q, fp64, true, OBJECTIVE_HESSIAN, &o) && objective_hessian(&o, x, entry);
    if (fine)
        eigen_symmetric(entry, q->n, value);
    pool_clear_error(c->pool);
    return fine && isfinite(value[0]) && isfinite(value[q->n - 1]);
}

