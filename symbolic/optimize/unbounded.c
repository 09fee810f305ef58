/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A method that is led to infinity, or to the edge of a pole, stops where the numbers of its format end, and its last value says little.
 * The limit of the objective along its way says what the values tend to: -oo proves that there is no least value; a number below all
 * values met, at infinity, is approached and not reached there. The way is a ray with short decimals: downhill from where the run ended, or
 * towards the short rational numbers near its end. No limit, no statement. */
#include "symbolic/optimize/unbounded.h"

#include "symbolic/expr/show.h"
#include "symbolic/limits/limit.h"
#include "symbolic/optimize/exact_point.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { MOST_VARIABLES = 12, POINT_BITS = 40 };
static const double far_away = 1.5, steep = 1e6, seconds = 0.3;

typedef struct Way {
    const Problem *q;
    double        *from, *to;       /* the start and the end of the run */
    const Expr   **point;           /* of each variable, as a function of t */
    const Expr    *t, *target;
    int            side;
} Way;

static const Expr *short_number(Pool *p, double x)
{
    double scale = 1000;
    return fabs(x) < 1e9 ? expr_ratio(p, lround(x * scale), (slong)scale) : NULL;
}

/* From near the end of the run downhill to infinity; coordinates that the slope does not move keep their value. */
static bool ray(Way *w, Solution *s)
{
    Pool  *p = w->q->c->pool;
    double far = 0, most = 0, *slope = arena_array(w->q->c->arena, double, w->q->n);
    for (size_t i = 0; i < w->q->n; i++)
        far = fmax(far, fabs(w->to[i] - w->from[i]) / (1 + fabs(w->from[i])));
    format_copy(s->format, s->o.x, s->m.x, w->q->n);
    s->o.evaluated = false;
    if (!(far > far_away) || !objective_gradient(&s->o))
        return false;
    for (size_t i = 0; i < w->q->n; i++) {
        slope[i] = -format_get_double(s->format, format_at(s->format, s->o.g, i));
        most = fmax(most, fabs(slope[i]));
    }
    if (!(most > 0 && isfinite(most)))
        return false;
    w->target = expr_constant(p, CONSTANT_OO);
    for (size_t i = 0; i < w->q->n; i++) {
        double      share = round(100 * slope[i] / most) / 100;
        const Expr *base = short_number(p, share == 0 ? w->to[i] : fabs(w->to[i]) < 1e6 ? round(w->to[i]) : 0);
        if (!base)
            return false;
        w->point[i] = expr_add(p, w->q->n == 1 ? expr_int(p, 0) : base, expr_mul(p, short_number(p, share), w->t));
    }
    return true;
}

/* To the short rational numbers near the end of the run, where the objective has no value. */
static bool edge(Way *w, const Solution *s)
{
    Pool        *p = w->q->c->pool;
    size_t       n = w->q->n;
    const Expr **near = arena_array(w->q->c->arena, const Expr *, n);
    double      *at = arena_array(w->q->c->arena, double, n), most = 0;
    if (!short_rationals(p, n, s->format, s->m.x, POINT_BITS, near) && !exact_numbers(p, n, s->format, s->m.x, POINT_BITS, near))
        return false;
    Format fp64;
    if (!format_named(STR("fp64"), &fp64))
        return false;
    double *lane = expr_run(p, w->q->c->arena, near, n, &fp64, 1);
    for (size_t i = 0; i < n && lane; i++) {
        at[i] = w->from[i] - lane[i];
        most = fmax(most, fabs(at[i]));
    }
    if (!lane || most == 0)
        return false;
    w->target = expr_int(p, 0);
    w->side = 1;
    for (size_t i = 0; i < n; i++) {
        const Expr *slope = short_number(p, round(at[i] / most * 100) / 100);
        w->point[i] = expr_add(p, near[i], expr_mul(p, slope, w->t));
    }
    return true;
}

static Str shown(const Problem *q, const Expr *e)
{
    Buf b = buf_new(q->c->arena);
    expr_show(&b, q->c->pool, e, (ShowStyle){ q->c->settings->unicode, q->c->settings->digits });
    return buf_str(&b);
}

/* "x = t, y = 1 - t, t -> oo" */
static Str way_text(const Way *w)
{
    Buf b = buf_new(w->q->c->arena);
    for (size_t i = 0; i < w->q->n && i < MOST_SHOWN_VARIABLES; i++) {
        Str point = shown(w->q, w->point[i]);
        buf_printf(&b, "%.*s = %.*s, ", STR_ARGS(w->q->var[i]->name), STR_ARGS(point));
    }
    Str t = shown(w->q, w->t), target = shown(w->q, w->target);
    buf_printf(&b, "%.*s -> %.*s%s", STR_ARGS(t), STR_ARGS(target), w->side ? "+" : "");
    return buf_str(&b);
}

/* What the values tend to along the way; said if it is below all values of the run. */
static void tends_down(Way *w, Solution *s)
{
    const Problem *q = w->q;
    Call          *c = q->c;
    const Expr    *f = expr_subst(c->pool, q->entries, q->var, w->point, q->n);
    Limit          l = { .answer = LIMIT_UNDECIDED };
    if (f)
        l = expr_limit_within(c->pool, c->arena, f, w->t, w->target, w->side, seconds, NULL);
    pool_clear_error(c->pool);
    if (l.answer != LIMIT_FOUND || !expr_is_numeric(l.value))
        return;
    Str         way = way_text(w), limit;
    const Expr *value = q->maximize ? expr_neg(c->pool, l.value) : l.value;
    limit = shown(q, value);
    if (l.value == expr_neg(c->pool, expr_constant(c->pool, CONSTANT_OO))) {
        s->m.ending = ENDED_UNBOUNDED;
        s->notes = 0;
        solution_note(s, str_printf(c->arena, "the value tends to %.*s along %.*s", STR_ARGS(limit), STR_ARGS(way)));
        return;
    }
    Format  fp64;
    double *lane = l.value->flags & EXPR_HAS_INFINITE || !format_named(STR("fp64"), &fp64) ? NULL : expr_run(c->pool, c->arena, &l.value, 1, &fp64, 1);
    pool_clear_error(c->pool);
    if (!lane || !(*lane < s->m.last_value) || w->side)
        return;
    s->notes = 0;
    solution_note(s, str_printf(c->arena, "the value tends to %.*s along %.*s, and is %s on the way: no %s is there", STR_ARGS(limit), STR_ARGS(way),
                                q->maximize ? "lower" : "higher", q->maximize ? "maximum" : "minimum"));
}

/* Below all that was met at the start, and so steep that the next number of the format has another value altogether. */
static bool is_pole(const Way *w, const Solution *s)
{
    double size = 0;
    for (size_t i = 0; i < w->q->n; i++)
        size = fmax(size, fabs(w->to[i]));
    double unit = exp2(1 - (double)s->format->precision);
    return s->m.last_value < -steep * (1 + fabs(s->m.first_value)) && s->m.gradient_norm * size * unit > 0.1 * fabs(s->m.last_value);
}

void solution_unbounded(const Problem *q, Solution *s)
{
    Call *c = q->c;
    Way   w = { .q = q };
    if (q->n > MOST_VARIABLES || q->axis || s->kind || s->exact || s->m.ending == ENDED_UNBOUNDED || s->m.ending == ENDED_STOPPED)
        return;
    Format fp64;
    double *start = format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, q->start, q->n, &fp64, 1) : NULL;
    if (!start)
        return;
    w.from = start;
    w.to = arena_array(c->arena, double, q->n);
    for (size_t i = 0; i < q->n; i++) {
        w.to[i] = format_get_double(s->format, format_at(s->format, s->m.x, i));
        if (!isfinite(w.to[i]))
            return;
    }
    w.point = arena_array(c->arena, const Expr *, q->n);
    w.t = expr_fresh(c->pool, expr_symbol(c->pool, STR("t")));
    bool to_edge = s->m.last_value < 0 ? is_pole(&w, s) : false;
    to_edge = to_edge || s->m.gradient_norm > steep * (1 + fabs(s->m.last_value));
    if (to_edge ? edge(&w, s) : ray(&w, s))
        tends_down(&w, s);
    if (s->m.ending == ENDED_UNBOUNDED || !is_pole(&w, s))
        return;
    s->m.ending = ENDED_UNBOUNDED;
    s->notes = 0;
    solution_note(s, STR("a pole, as far as the format shows: the value at the next number is another one"));
}
