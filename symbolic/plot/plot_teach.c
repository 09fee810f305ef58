/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that explain: a limit with its bands, Taylor polynomials of several orders, the strips of a Riemann sum, Newton's tangents, a
 * tangent line. They add series to the curve of f. */
#include "symbolic/plot/plot_int.h"

#include "symbolic/calculus/diff.h"
#include "symbolic/limits/epsilon_int.h"
#include "symbolic/limits/limit.h"
#include "symbolic/limits/series.h"

#include <math.h>

enum { MOST_ORDERS = 12, MOST_ORDER = 60, MOST_STRIPS = 2000, MOST_TANGENTS = 20 };

static const char *about(Call *c) { return c->settings->unicode ? "≈" : "~"; }

/* ---- Taylor polynomials ---------------------------------------------------------------------------------------------------------- */

static bool taylor(PlotTask *t, const Expr *f)
{
    Call       *c = t->c;
    Pool       *p = c->pool;
    const List *orders = c->arg[ARG_TAYLOR].list;
    const Expr *x = t->range[0].x, *a = call_has(c, ARG_AROUND) ? c->arg[ARG_AROUND].expr : expr_int(p, 0);
    double      low = t->y_low, high = t->y_high;
    if (orders->n > MOST_ORDERS)
        return call_fail(c, ARG_TAYLOR, "at most %d polynomials fit in a picture", MOST_ORDERS), false;
    for (size_t i = 0; i < orders->n; i++) {
        slong  order = -1;
        Series s;
        Str    why = { 0 };
        const Value *v = &orders->item[i];
        if (v->kind != VALUE_EXPR || !expr_fits_slong(v->expr, &order) || order < 0 || order > MOST_ORDER)
            return call_fail(c, ARG_TAYLOR, "the orders are whole numbers from 0 to %d", MOST_ORDER), false;
        if (expr_series(p, c->arena, f, x, a, order + 1, &s, &why) != SERIES_OK || !s.regular || s.folded || (s.n && expr_number_sign(s.term[0].e) < 0)) {
            call_fail(c, ARG_WHAT, "it has no Taylor polynomial there%s%.*s", why.n ? ": " : "", STR_ARGS(why));
            return false;
        }
        const Expr *sum = expr_int(p, 0);
        for (slong k = 0; k <= order; k++)
            sum = expr_add(p, sum, expr_mul(p, series_coefficient(p, &s, k), expr_powi(p, expr_sub(p, x, a), k)));
        if (!sum)
            return call_fail(c, ARG_WHAT, "its Taylor polynomial could not be made"), false;
        if (!plot_curve(t, sum, str_printf(c->arena, "order %ld", (long)order)))
            return false;
    }
    t->y_low = low;                         /* the function decides what is shown, its polynomials leave the picture */
    t->y_high = high;
    range_settle(&t->y_low, &t->y_high, t->f->log_y, 0.25);
    return true;
}

/* ---- Riemann sums ------------------------------------------------------------------------------------------------------------------- */

static bool riemann(PlotTask *t, const Expr *f)
{
    static const char *const rules[] = { "left", "right", "middle" };
    Call            *c = t->c;
    Pool            *p = c->pool;
    const PlotRange *r = &t->range[0];
    slong            n = 0;
    size_t           rule = 0;
    while (call_has(c, ARG_RULE) && rule < 3 && !str_is(c->arg[ARG_RULE].text, rules[rule]))
        rule++;
    if (rule == 3) {
        call_fail(c, ARG_RULE, "there is no rule %.*s", STR_ARGS(c->arg[ARG_RULE].text));
        return diag_hint(c->diag, "left, right, middle"), false;
    }
    if (!expr_fits_slong(c->arg[ARG_RIEMANN].expr, &n) || n < 1 || n > MOST_STRIPS)
        return call_fail(c, ARG_RIEMANN, "riemann: how many strips, from 1 to %d", MOST_STRIPS), false;
    double *x = arena_array(c->arena, double, (size_t)n), *x2 = arena_array(c->arena, double, (size_t)n), *y = arena_array(c->arena, double, (size_t)n), sum = 0;
    for (slong k = 0; k < n; k++) {
        const Expr *s = expr_ratio(p, rule == 2 ? 2 * k + 1 : rule ? 2 * k + 2 : 2 * k, 2 * n);
        const Expr *at = expr_add(p, r->low, expr_mul(p, s, expr_sub(p, r->high, r->low)));
        x[k] = r->from + (r->to - r->from) * k / n;
        x2[k] = r->from + (r->to - r->from) * (k + 1) / n;
        y[k] = plot_at(t, f, at);
        sum += y[k] * (x2[k] - x[k]);
    }
    PlotSeries *s = figure_add(t->f, SERIES_BARS, str_printf(c->arena, "%s sum", rules[rule]), (size_t)n);
    s->x = x;
    s->x2 = x2;
    s->y = y;
    range_include(&t->y_low, &t->y_high, y, (size_t)n, false);
    range_include(&t->y_low, &t->y_high, &(double){ 0 }, 1, false);
    t->f->note = isfinite(sum) ? str_printf(c->arena, "%s sum of %ld strip%s %s %.8g", rules[rule], (long)n, n == 1 ? "" : "s", about(c), sum)
                               : STR("the sum has no value: f has none at one of the points");
    return true;
}

/* ---- tangents ---------------------------------------------------------------------------------------------------------------------- */

static bool newton(PlotTask *t, const Expr *f)
{
    Call       *c = t->c;
    const Expr *x = t->range[0].x, *slope = expr_diff(c->pool, f, x);
    slong       steps = 3;
    if (!slope)
        return call_fail(c, ARG_WHAT, "it has no derivative to follow"), false;
    if (call_has(c, ARG_STEPS) && (!expr_fits_slong(c->arg[ARG_STEPS].expr, &steps) || steps < 1 || steps > MOST_TANGENTS))
        return call_fail(c, ARG_STEPS, "steps: from 1 to %d", MOST_TANGENTS), false;
    const Expr *names[] = { x }, *both[] = { f, slope };
    Sampler    *s = sampler_new(c, ARG_WHAT, names, 1, both, 2, true);
    double      at = sample_number(c->pool, c->arg[ARG_NEWTON].expr), path_x[2 * MOST_TANGENTS + 2], path_y[2 * MOST_TANGENTS + 2], *out[] = { &path_y[0], &path_y[1] };
    size_t      n = 0;
    if (!s)
        return false;
    if (!isfinite(at))
        return call_fail(c, ARG_NEWTON, "newton: is the number where the tangents begin"), false;
    double first = at;
    path_x[n] = at;
    path_y[n++] = 0;
    for (slong k = 0; k < steps; k++) {
        double y, d;
        out[0] = &y;
        out[1] = &d;
        if (!sampler_run(s, (const double *[]){ &at }, 1, out))
            return call_fail(c, -1, "interrupted"), false;
        if (!isfinite(y) || !isfinite(d) || d == 0)
            break;
        path_x[n] = at;
        path_y[n++] = y;
        at -= y / d;
        path_x[n] = at;
        path_y[n++] = 0;
    }
    plot_points(t, SERIES_CURVE, STR("tangents"), n, path_x, path_y);
    size_t like = t->f->n;
    plot_points(t, SERIES_SCATTER, (Str){ 0 }, n, path_x, path_y);
    t->f->series[t->f->n - 1].like = like;
    plot_points(t, SERIES_HORIZONTAL, (Str){ 0 }, 1, NULL, &(double){ 0 });
    t->f->note = str_printf(c->arena, "from %.6g: %s %.10g after %zu tangent%s", first, about(c), at, n / 2, n / 2 == 1 ? "" : "s");
    return true;
}

static bool tangent(PlotTask *t, const Expr *f)
{
    Call       *c = t->c;
    Pool       *p = c->pool;
    const Expr *x = t->range[0].x, *a = c->arg[ARG_TANGENT].expr, *d = expr_diff(p, f, x), *slope = d ? expr_subst(p, d, &x, &a, 1) : NULL;
    double      at = sample_number(p, a), y = plot_at(t, f, a), low = t->y_low, high = t->y_high;
    if (!slope || !isfinite(at) || !isfinite(y) || !isfinite(sample_number(p, slope)))
        return call_fail(c, ARG_TANGENT, "it has no tangent there"), false;
    const Expr *line = expr_add(p, expr_subst(p, f, &x, &a, 1), expr_mul(p, slope, expr_sub(p, x, a)));
    if (!line || !plot_curve(t, line, str_printf(c->arena, "tangent at %.6g", at)))
        return false;
    t->y_low = low;
    t->y_high = high;
    range_settle(&t->y_low, &t->y_high, t->f->log_y, 0.1);
    plot_points(t, SERIES_SCATTER, (Str){ 0 }, 1, &at, &y);
    t->f->series[t->f->n - 1].like = t->f->n - 1;
    return true;
}

bool plot_pictures(PlotTask *t, const Expr *f)
{
    static const struct { int arg; bool (*add)(PlotTask *t, const Expr *f); } picture[] = {
        { ARG_TAYLOR, taylor }, { ARG_RIEMANN, riemann }, { ARG_NEWTON, newton }, { ARG_TANGENT, tangent }
    };
    for (size_t i = 0; i < sizeof picture / sizeof *picture; i++) {
        if (!call_has(t->c, (size_t)picture[i].arg))
            continue;
        if (!expr_is_scalar(f))
            return call_fail(t->c, picture[i].arg, "this picture needs a function with numbers as values"), false;
        if (!picture[i].add(t, f))
            return false;
    }
    return true;
}

/* ---- limits ------------------------------------------------------------------------------------------------------------------------ */

/* What is shown around the point. */
static void around(PlotTask *t, const Expr *a, double at, double delta)
{
    Pool  *p = t->c->pool;
    double half = delta > 0 ? 2.5 * delta : fmax(1, fabs(at) / 4);
    bool   up = at > 0;
    t->range[0].from = isfinite(at) ? at - half : up ? 1 : -50;
    t->range[0].to = isfinite(at) ? at + half : up ? 50 : -1;
    t->range[0].low = isfinite(at) ? a : expr_int(p, (slong)t->range[0].from);
    t->range[0].high = isfinite(at) ? a : expr_int(p, (slong)t->range[0].to);
}

/* The largest delta for eps:, at the given limit; 0: none was asked for, negative: failed. INFINITY: every delta will do. */
static double largest(PlotTask *t, const Expr *f, const Expr *a, int side, const Limit *l)
{
    Call *c = t->c;
    if (!call_has(c, ARG_EPS))
        return 0;
    Task s = { .c = c, .f = f, .x = t->range[0].x, .a = a, .limit = l->value, .eps = c->arg[ARG_EPS].expr, .side = side ? side : l->domain, .cap = INFINITY,
               .deadline = task_clock() + SEARCH_SECONDS };
    double eps = sample_number(c->pool, s.eps);
    if (!(eps > 0 && isfinite(eps)) || l->answer != LIMIT_FOUND || l->value->flags & EXPR_HAS_INFINITE || a->flags & EXPR_HAS_INFINITE)
        return call_fail(c, ARG_EPS, "eps: is a positive number, for a finite limit at a finite point"), -1;
    Reach r = largest_delta(&s);
    pool_clear_error(c->pool);
    if (r.known != YES)
        return call_fail(c, ARG_EPS, "could not decide how large delta may be, because %.*s", STR_ARGS(s.why)), -1;
    return r.distance ? sample_number(c->pool, r.distance) : INFINITY;
}

static void bands(PlotTask *t, double at, double limit, double delta)
{
    Call       *c = t->c;
    double      eps = sample_number(c->pool, c->arg[ARG_EPS].expr), *x = arena_array(c->arena, double, 2), *low = arena_array(c->arena, double, 2), *high = arena_array(c->arena, double, 2);
    for (int i = 0; i < 2; i++) {
        x[i] = i ? t->range[0].to : t->range[0].from;
        low[i] = limit - eps;
        high[i] = limit + eps;
    }
    PlotSeries *s = figure_add(t->f, SERIES_BAND, str_printf(c->arena, "within eps = %.6g", eps), 2);
    s->x = x;
    s->y = low;
    s->y2 = high;
    range_include(&t->y_low, &t->y_high, (double[]){ limit - 2 * eps, limit + 2 * eps }, 2, false);
    if (isfinite(delta))
        plot_points(t, SERIES_VERTICAL, str_printf(c->arena, "within delta"), 2, (double[]){ at - delta, at + delta }, NULL);
    t->f->note = isfinite(delta) ? str_printf(c->arena, "eps = %.6g: delta %s %.8g is the largest", eps, about(c), delta) : STR("every delta will do");
}

bool plot_limit(PlotTask *t, const Expr *f)
{
    Call         *c = t->c;
    const Record *arrow = c->arg[ARG_ARROW].record;
    const Value  *var = record_get(arrow, STR("var")), *to = record_get(arrow, STR("to")), *direction = record_get(arrow, STR("side"));
    slong         side = 0;
    if (var->kind != VALUE_EXPR || !expr_is_scalar(var->expr) || to->kind != VALUE_EXPR || !expr_is_scalar(f))
        return call_fail(c, ARG_ARROW, "the picture of a limit shows a function of one variable"), false;
    const Expr *a = to->expr;
    double      at = expr_is_constant(expr_neg(c->pool, a), CONSTANT_OO) ? -INFINITY : sample_number(c->pool, a);
    if (isnan(at))
        return call_fail(c, ARG_ARROW, "a plot needs a number there"), false;
    if (direction && direction->kind == VALUE_EXPR)
        expr_fits_slong(direction->expr, &side);
    t->ranges = 1;
    t->range[0].x = var->expr;
    Limit l = expr_limit(c->pool, c->arena, f, var->expr, a, (int)side);
    pool_clear_error(c->pool);
    double delta = largest(t, f, a, (int)side, &l), value = l.answer == LIMIT_FOUND ? sample_number(c->pool, l.value) : NAN;
    if (delta < 0)
        return false;
    around(t, a, at, isfinite(delta) ? delta : 0);
    if (!plot_curve(t, f, plot_text(c, f)))
        return false;
    Str text = l.answer == LIMIT_FOUND ? plot_text(c, l.value) : l.answer == LIMIT_NONE ? limit_reason(c->pool, c->arena, &l, c->settings) : l.why;
    t->f->note = str_printf(c->arena, "%s%.*s", l.answer == LIMIT_FOUND ? "limit " : l.answer == LIMIT_NONE ? "no limit: " : "the limit could not be decided: ", STR_ARGS(text));
    if (isfinite(value)) {
        plot_points(t, SERIES_HORIZONTAL, str_printf(c->arena, "limit %.*s", STR_ARGS(text)), 1, NULL, &value);
        if (isfinite(at))
            plot_points(t, SERIES_SCATTER, (Str){ 0 }, 1, &at, &value);
    }
    if (delta > 0)
        bands(t, at, value, delta);
    t->f->x_low = t->range[0].from;
    t->f->x_high = t->range[0].to;
    t->f->x_label = expr_plain_name(var->expr);
    return true;
}
