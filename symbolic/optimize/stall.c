/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a run comes to rest in a number format although it is not at the minimum: the gradient is zero to the format, or a step is below half
 * the distance of the numbers around the point and is rounded away. The step of a rule without memory is worked out exactly; of
 * others only what was seen is said: the point no longer changes. */
#include "symbolic/optimize/stall.h"

#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { TRUE_BITS = 200, STALL_DIGITS = 2 };

static Str number_text(const Problem *q, double x)
{
    return expr_text(q->c->arena, q->c->pool, double_expr(q->c->pool, q->c->arena, x, STALL_DIGITS));
}

/* What a step of a rule without memory adds to coordinate i, before rounding; NaN: not known. */
static double exact_step(const Problem *q, const Solution *s, size_t i)
{
    Call         *c = q->c;
    const Method *m = s->method;
    const Rule   *r = m->rule;
    if (!r || r->states || r->parts || r->by_block || m->memory || m->clip || s->options.batch)
        return NAN;
    const Expr *x = expr_of_lane(c->pool, s->format, format_at(s->format, s->m.x, i)), *g = expr_of_lane(c->pool, s->format, format_at(s->format, s->o.g, i));
    const Expr *t = expr_int(c->pool, (slong)s->m.steps), *before = expr_int(c->pool, (slong)s->m.steps - 1);
    const Expr *e = expr_subst(c->pool, r->update[0], &r->x, &x, 1);
    e = expr_subst(c->pool, e, &r->g, &g, 1);
    e = expr_subst(c->pool, e, &r->t, &t, 1);
    for (size_t k = 0; k < r->hypers; k++) {
        const Expr *value = m->t ? expr_subst(c->pool, m->value[k], &m->t, &before, 1) : m->value[k];
        e = expr_subst(c->pool, e, &r->hyper_symbol[k], &value, 1);
    }
    e = expr_sub(c->pool, e, x);
    acb_t  ball;
    double step = NAN;
    acb_init(ball);
    if (e && expr_is_numeric(e) && expr_enclose(c->pool, e, NULL, NULL, 0, TRUE_BITS, ball, NULL) == EVAL_OK)
        step = arf_get_d(arb_midref(acb_realref(ball)), ARF_RND_NEAR);
    acb_clear(ball);
    pool_clear_error(c->pool);
    return step;
}

/* From x to the next number of the format in the direction of the step. */
static double distance(const Problem *q, const Solution *s, size_t i, bool up)
{
    const Format *f = s->format;
    const void   *x = format_at(f, s->m.x, i);
    void         *next = format_lanes(f, q->c->arena, 1);
    format_neighbour(f, next, x, up);
    return fabs(format_get_double(f, next) - format_get_double(f, x));
}

static size_t steepest(const Solution *s, size_t n)
{
    size_t best = 0;
    double most = -1;
    for (size_t i = 0; i < n; i++) {
        double g = fabs(format_get_double(s->format, format_at(s->format, s->o.g, i)));
        if (g > most) {
            most = g;
            best = i;
        }
    }
    return best;
}

/* The point stayed the same, bit by bit, though its gradient is not 0. */
static Str absorbed(const Problem *q, const Solution *s)
{
    Call         *c = q->c;
    const Format *f = s->format;
    size_t        i = steepest(s, q->n);
    double        step = exact_step(q, s, i), x = format_get_double(f, format_at(f, s->m.x, i)), g = format_get_double(f, format_at(f, s->o.g, i));
    double        room = distance(q, s, i, isnan(step) ? g < 0 : step > 0);
    Str           name = format_name(f, c->arena), of = method_name(s->method), at = number_text(q, x), gap = number_text(q, room), by = number_text(q, fabs(step));
    if (g == 0 || !isfinite(room))
        return (Str){ 0 };
    if (fabs(step) > 0 && fabs(step) <= room / 2)
        return str_printf(c->arena, "%.*s stalls: a step of %.*s is %.*s, at most half of %.*s, the distance to the next number at %.*s = %.*s: it is absorbed", STR_ARGS(name),
                          STR_ARGS(of), STR_ARGS(by), STR_ARGS(gap), STR_ARGS(q->var[i]->name), STR_ARGS(at));
    return str_printf(c->arena, "%.*s stalls: the steps of %.*s no longer change %.*s = %.*s, where the next number is %.*s away: they are absorbed", STR_ARGS(name),
                      STR_ARGS(of), STR_ARGS(q->var[i]->name), STR_ARGS(at), STR_ARGS(gap));
}

/* The norm of the gradient at the end point, worked out with many bits; NaN: not available. */
static double true_norm(const Problem *q, const Solution *s)
{
    Call        *c = q->c;
    Format      *many = arena_alloc(c->arena, sizeof *many);
    const Expr **at = arena_array(c->arena, const Expr *, q->n);
    Objective    o;
    double       sum = 0;
    *many = format_mpfr(TRUE_BITS);
    for (size_t i = 0; i < q->n; i++)
        at[i] = expr_of_lane(c->pool, s->format, format_at(s->format, s->m.x, i));
    void *x = expr_run(c->pool, c->arena, at, q->n, many, 1);
    if (x && problem_objective(q, many, false, 0, &o)) {
        format_copy(many, o.x, x, q->n);
        if (objective_gradient(&o)) {
            for (size_t i = 0; i < q->n; i++)
                sum = hypot(sum, format_get_double(many, format_at(many, o.g, i)));
            return sum;
        }
    }
    pool_clear_error(c->pool);
    return NAN;
}

Str solution_stall(const Problem *q, const Solution *s)
{
    Call *c = q->c;
    Str   name = format_name(s->format, c->arena);
    if (s->format->precision >= TRUE_BITS || s->exact || s->options.batch)
        return (Str){ 0 };
    if (s->m.ending == ENDED_STUCK && s->method->rule && s->m.gradient_norm > 0)
        return absorbed(q, s);
    if (s->m.ending != ENDED_CONVERGED || (s->m.gradient_norm > 0 && s->format->precision > 24))
        return (Str){ 0 };
    double norm = true_norm(q, s);
    Str    shown = number_text(q, norm), tol = number_text(q, s->options.tol);
    if (!(norm > 0) || s->format->precision > 24)
        return (Str){ 0 };
    if (s->m.gradient_norm == 0)
        return str_printf(c->arena, "%.*s: the gradient is 0 to the format, though its norm at this point is %.*s", STR_ARGS(name), STR_ARGS(shown));
    if (s->options.tol_log2 == (double)(-s->format->precision / 2))
        return str_printf(c->arena, "%.*s: %.*s ends at a gradient norm below %.*s, half the digits of the format", STR_ARGS(name), STR_ARGS(method_name(s->method)), STR_ARGS(tol));
    return (Str){ 0 };
}
