/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A start where the objective has no value, or no slopes: which operation is to blame, and which point near it would do. Points are tried in the
 * order in which one would try them by hand: whole numbers near the start, then numbers between. */
#include "symbolic/optimize/minimize.h"

#include "symbolic/expr/show.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { MOST_NODES = 2000, LONGEST_FAULT = 40 };

static bool is_finite(const Format *f, const void *lane)
{
    return isfinite(format_get_double(f, lane));
}

Str solution_fault(const Problem *q, const Solution *s)
{
    Call        *c = q->c;
    Nodes        nodes = expr_nodes(c->pool, c->arena, &q->entries, 1);
    const Expr **value = arena_array(c->arena, const Expr *, nodes.n), **part = arena_array(c->arena, const Expr *, nodes.n);
    size_t       n = 0;
    Format       fp64;
    if (s->m.bad_coordinate < q->n || q->axis || nodes.n > MOST_NODES || !format_named(STR("fp64"), &fp64))
        return s->m.bad_coordinate < q->n ? STR("it is not smooth there") : (Str){ 0 };
    for (size_t k = 0; k < nodes.n; k++)
        if (nodes.at[k]->arity && nodes.at[k]->kind != EXPR_TENSOR && expr_is_scalar(nodes.at[k])) {
            part[n] = nodes.at[k];
            value[n++] = expr_subst(c->pool, nodes.at[k], q->var, q->start, q->n);
        }
    pool_clear_error(c->pool);
    for (size_t k = 0; k < n; k++) {
        const double *lane = !value[k] || value[k]->flags & EXPR_HAS_INFINITE ? NULL : expr_run(c->pool, c->arena, &value[k], 1, &fp64, 1);
        pool_clear_error(c->pool);
        if (lane && is_finite(&fp64, lane))
            continue;
        Str text = expr_text(c->arena, c->pool, part[k]);
        return text.n > LONGEST_FAULT ? (Str){ 0 } : str_printf(c->arena, "%.*s", STR_ARGS(text));
    }
    return (Str){ 0 };
}

static bool will_do(const Problem *q, Solution *s, const double *x)
{
    const Format *f = s->format;
    for (size_t i = 0; i < q->n; i++)
        format_set_double(f, format_at(f, s->o.x, i), x[i], NULL);
    s->o.evaluated = false;
    if (!objective_gradient(&s->o) || !is_finite(f, s->o.f))
        return false;
    for (size_t i = 0; i < q->n; i++)
        if (!is_finite(f, format_at(f, s->o.g, i)))
            return false;
    return true;
}

Str solution_other_start(const Problem *q, Solution *s)
{
    static const double moves[] = { 1, -1, 0.5, -0.5, 2, -2, 3, -3, 5, -5, 10, -10, 0.1, -0.1, 100, -100 };
    Call   *c = q->c;
    Format  fp64;
    double *start = format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, q->start, q->n, &fp64, 1) : NULL, *x = arena_array(c->arena, double, q->n);
    for (size_t k = 0; start && k < sizeof moves / sizeof *moves; k++) {
        for (size_t i = 0; i < q->n; i++)
            x[i] = start[i] + moves[k];
        if (!will_do(q, s, x))
            continue;
        Buf b = buf_new(c->arena);
        for (size_t i = 0; i < q->n; i++) {
            Str number = expr_text(c->arena, c->pool, double_expr(c->pool, c->arena, x[i], 6));
            buf_printf(&b, "%s%.*s = %.*s", i ? ", " : "(", STR_ARGS(q->var[i]->name), STR_ARGS(number));
        }
        buf_add_c(&b, ')');
        return q->blocks == q->n ? buf_str(&b) : (Str){ 0 };
    }
    return (Str){ 0 };
}
