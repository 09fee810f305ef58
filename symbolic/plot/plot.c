/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: reads the call, finds the ranges, samples functions of one variable, and hands the rest to plot_plane.c, plot_teach.c and
 * plot_data.c. The result is a report with a figure; drawing is repl's. A vector in one variable is a parametric curve; several
 * curves are several arguments. */
#include "symbolic/plot/plot_int.h"

#include "symbolic/calculus/diff.h"
#include "symbolic/expr/show.h"

#include <math.h>
#include <string.h>

static const double RANGE = 5;          /* of a variable without one */

Str plot_text(Call *c, const Expr *e)
{
    enum { MOST = 60 };
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = 6 });
    Str s = buf_str(&b);
    size_t end = s.n < MOST ? s.n : MOST;
    while (end < s.n && (unsigned char)s.s[end] >> 6 == 2)
        end--;
    return end < s.n ? str_printf(c->arena, "%.*s...", (int)end, s.s) : s;
}

void plot_points(PlotTask *t, SeriesKind kind, Str name, size_t n, const double *x, const double *y)
{
    PlotSeries *s = figure_add(t->f, kind, name, n);
    s->x = x ? arena_copy(t->c->arena, x, n * sizeof *x) : NULL;
    s->y = y ? arena_copy(t->c->arena, y, n * sizeof *y) : NULL;
    range_include(&t->y_low, &t->y_high, y, n, t->f->log_y);
}

double plot_at(PlotTask *t, const Expr *f, const Expr *at)
{
    const Expr *x = t->range[0].x;
    double      y = sample_number(t->c->pool, expr_subst(t->c->pool, f, &x, &at, 1));
    pool_clear_error(t->c->pool);
    return y;
}

static bool add_curve(PlotTask *t, const CurveTask *task, Str name)
{
    Curve curve;
    if (!curve_sample(t->c, ARG_WHAT, task, &curve))
        return false;
    PlotSeries *s = figure_add(t->f, SERIES_CURVE, name, curve.n);
    s->x = curve.x;
    s->y = curve.y;
    range_include(&t->y_low, &t->y_high, (double[]){ curve.low, curve.high }, 2, t->f->log_y);
    return true;
}

bool plot_curve(PlotTask *t, const Expr *y, Str name)
{
    const PlotRange *r = &t->range[0];
    CurveTask task = { r->x, y, r->x, r->from, r->to, t->f->log_x, t->f->log_y };
    return add_curve(t, &task, name);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

static bool read_log(Call *c, int i, Figure *f)
{
    if (i < 0 || !call_has(c, (size_t)i))
        return true;
    Str word = c->arg[i].text;
    f->log_x = str_is(word, "x") || str_is(word, "xy");
    f->log_y = str_is(word, "y") || str_is(word, "xy");
    if (f->log_x || f->log_y)
        return true;
    call_fail(c, i, "log: names the logarithmic axes");
    return diag_hint(c->diag, "log: x, log: y, log: xy"), false;
}

bool plot_begin(Call *c, PlotTask *t, int to, int title)
{
    *t = (PlotTask){ .c = c, .f = figure_new(c->arena), .y_low = NAN, .y_high = NAN };
    if (title >= 0 && call_has(c, (size_t)title))
        t->f->title = c->arg[title].text;
    if (to >= 0 && call_has(c, (size_t)to))
        t->f->to = c->arg[to].text;
    if (to >= 0 && call_has(c, (size_t)to) && !t->f->to.n)
        return call_fail(c, to, "to: is the name of a file"), false;
    return true;
}

static bool range_numbers(Call *c, int i, PlotRange *r)
{
    r->from = sample_number(c->pool, r->low);
    r->to = sample_number(c->pool, r->high);
    if (!isfinite(r->from) || !isfinite(r->to))
        return call_fail(c, i, "a plot needs a range from one number to another"), false;
    if (!(r->from < r->to))
        return call_fail(c, i, "the range is empty: its ends are %.6g and %.6g", r->from, r->to), false;
    if (!(r->to - r->from > 1e-9 * fmax(fabs(r->from), fabs(r->to)) && isfinite(r->to - r->from))) {
        call_fail(c, i, r->to - r->from < 1 ? "the range is too narrow for the numbers on its axis" : "the range is too large");
        return diag_hint(c->diag, "a new variable: f at x = 1 + t, t = -1e-12..1e-12"), false;
    }
    return true;
}

static bool read_ranges(PlotTask *t)
{
    Call       *c = t->c;
    const List *over = c->arg[ARG_OVER].kind == VALUE_LIST ? c->arg[ARG_OVER].list : NULL;
    t->ranges = over ? over->n : 0;
    t->given = over != NULL;
    if (t->ranges > 2)
        return call_fail(c, ARG_OVER, "plot takes one or two ranges"), false;
    for (size_t i = 0; i < t->ranges; i++) {
        const Record *r = over->item[i].record;
        const Value  *var = record_get(r, STR("var"));
        if (var->kind != VALUE_EXPR || !expr_is_scalar(var->expr))
            return call_fail(c, ARG_OVER, "each variable needs a range of its own: x = 0..1, y = 0..1"), false;
        t->range[i] = (PlotRange){ .x = var->expr, .low = record_get(r, STR("low"))->expr, .high = record_get(r, STR("high"))->expr };
        if (!range_numbers(c, ARG_OVER, &t->range[i]))
            return false;
    }
    if (call_has(c, ARG_Y)) {
        PlotRange y = { .low = c->arg[ARG_Y].range->low, .high = c->arg[ARG_Y].range->high };
        if (!range_numbers(c, ARG_Y, &y))
            return false;
        t->f->y_low = y.from;
        t->f->y_high = y.to;
        t->fixed_y = true;
    }
    return true;
}

static bool no_range(PlotTask *t, const Expr *names[], size_t n)
{
    Call *c = t->c;
    Buf   b = buf_new(c->arena);
    for (size_t i = 0; i < n && i < 3; i++) {
        Str name = expr_plain_name(names[i]);
        buf_printf(&b, "%s%.*s = 0..1", i ? ", " : "", STR_ARGS(name));
    }
    call_fail(c, -1, n > 2 ? "there are more than two names without a value" : "plot needs a range");
    diag_hint(c->diag, "%.*s", STR_ARGS(buf_str(&b)));
    return false;
}

/* The names without value become the variables. */
static bool default_ranges(PlotTask *t, const Expr *const *e, size_t n)
{
    Call       *c = t->c;
    const Expr *names[3];
    size_t      found = 0;
    for (size_t i = 0; i < n; i++) {
        Nodes free = expr_symbols(c->pool, c->arena, e[i]);
        for (size_t k = 0; k < free.n; k++) {
            bool old = false;
            for (size_t j = 0; j < found; j++)
                old = old || names[j] == free.at[k];
            if (!old && found < 3)
                names[found++] = free.at[k];
        }
    }
    if (found > 2)
        return no_range(t, names, found);
    if (found == 0)
        names[found++] = expr_symbol(c->pool, STR("x"));
    if (found == 2 && str_cmp(expr_plain_name(names[0]), expr_plain_name(names[1])) > 0) {
        const Expr *first = names[0];
        names[0] = names[1];
        names[1] = first;
    }
    t->ranges = found;
    for (size_t i = 0; i < found; i++)
        t->range[i] = (PlotRange){ names[i], expr_int(c->pool, (slong)-RANGE), expr_int(c->pool, (slong)RANGE), -RANGE, RANGE };
    if (t->f->log_x) {
        t->range[0].low = expr_ratio(c->pool, 1, 100);
        t->range[0].high = expr_int(c->pool, 100);
        t->range[0].from = 0.01;
        t->range[0].to = 100;
    }
    return true;
}

/* An expression, a function applied to the variables, the main value of a report; lists are taken apart. */
static bool add_expression(PlotTask *t, const Value *v, const Expr **e, size_t *n, size_t room)
{
    Call *c = t->c;
    if (v->kind == VALUE_LIST) {
        for (size_t i = 0; i < v->list->n; i++)
            if (!add_expression(t, &v->list->item[i], e, n, room))
                return false;
        return true;
    }
    if (*n == room)
        return call_fail(c, ARG_WHAT, "too many curves for one picture"), false;
    if (v->kind == VALUE_FUNCTION) {
        const Record *arrow = call_has(c, ARG_ARROW) ? c->arg[ARG_ARROW].record : NULL;
        const Value  *var = arrow ? record_get(arrow, STR("var")) : NULL;
        Value         x[2] = { var && var->kind == VALUE_EXPR ? *var : value_expr(expr_symbol(c->pool, STR("x"))) };
        for (size_t i = 0; i < t->ranges; i++)
            x[i] = value_expr(t->range[i].x);
        Value y = c->apply(c, v->function, x, t->ranges ? t->ranges : 1);
        return y.kind != VALUE_FAILED && add_expression(t, &y, e, n, room);
    }
    if (v->kind == VALUE_REPORT && v->report->main.kind == VALUE_EXPR)
        return add_expression(t, &v->report->main, e, n, room);
    if (v->kind != VALUE_EXPR)
        return call_fail(c, ARG_WHAT, "plot takes functions, equations, data and reports with something to draw"), false;
    e[(*n)++] = v->expr->flags & EXPR_AS_TYPED ? expr_canonical(c->pool, v->expr) : v->expr;
    return true;
}

/* ---- curves ---------------------------------------------------------------------------------------------------------------------- */

static bool parametric(PlotTask *t, const Expr *v)
{
    Call *c = t->c;
    if (v->arity != 2) {
        call_fail(c, ARG_WHAT, "a vector with two entries is a curve in the plane, this one has %u", (unsigned)v->arity);
        return diag_hint(c->diag, "several curves are several arguments: plot(sin(x), cos(x), x = 0..6)"), false;
    }
    const PlotRange *r = &t->range[0];
    CurveTask task = { v->arg[0], v->arg[1], r->x, r->from, r->to, t->f->log_x, t->f->log_y };
    if (!add_curve(t, &task, plot_text(c, v)))
        return false;
    PlotSeries *s = &t->f->series[t->f->n - 1];
    range_include(&t->f->x_low, &t->f->x_high, s->x, s->n, t->f->log_x);
    range_include(&t->y_low, &t->y_high, s->y, s->n, t->f->log_y);
    return true;
}

static bool curves(PlotTask *t, const Expr *const *e, size_t n)
{
    Call  *c = t->c;
    size_t vectors = 0;
    if (t->f->log_x && t->range[0].from <= 0) {
        call_fail(c, ARG_LOG, "a logarithmic axis begins above 0");
        return diag_hint(c->diag, "%.*s = 0.01..100", STR_ARGS(expr_plain_name(t->range[0].x))), false;
    }
    for (size_t i = 0; i < n; i++) {
        if (e[i]->kind == EXPR_TENSOR) {
            vectors++;
            if (!parametric(t, e[i]))
                return false;
        } else if (!plot_curve(t, e[i], plot_text(c, e[i]))) {
            return false;
        }
    }
    if (vectors == n) {
        double w = t->f->x_high - t->f->x_low, h = t->y_high - t->y_low;
        t->f->equal = w > 0 && h > 0 && w / h < 5 && h / w < 5;
        range_settle(&t->f->x_low, &t->f->x_high, t->f->log_x, 0.03);
        if (str_is(expr_plain_name(t->range[0].x), "x"))
            t->f->note = STR("a vector is a parametric curve; several curves are several arguments");
        return true;
    }
    t->f->x_low = t->range[0].from;
    t->f->x_high = t->range[0].to;
    t->f->x_label = expr_plain_name(t->range[0].x);
    return true;
}

Value plot_finish(PlotTask *t, const char *what)
{
    Figure *f = t->f;
    if (!t->fixed_y && isnan(f->y_low)) {
        f->y_low = t->y_low;
        f->y_high = t->y_high;
        range_settle(&f->y_low, &f->y_high, f->log_y, 0.04);
    }
    size_t named = 0;
    for (size_t i = 0; i < f->n; i++)
        named += f->series[i].name.n > 0;
    if (named == 1 && !f->title.n)
        for (size_t i = 0; i < f->n; i++)
            if (f->series[i].name.n)
                f->title = f->series[i].name;
    Report *r = report_new(t->c->arena, what);
    r->summary = f->title.n ? str_printf(t->c->arena, "%s of %.*s", what, STR_ARGS(f->title)) : str_of(what);
    report_figure(r, f);
    return value_report(r);
}

static Value plot_call(Call *c)
{
    enum { MOST = 24 };
    PlotTask    t;
    const List *what = c->arg[ARG_WHAT].list;
    const Expr *e[MOST];
    size_t      n = 0;
    bool        done = false;
    if (!plot_begin(c, &t, ARG_TO, ARG_TITLE) || !read_log(c, ARG_LOG, t.f) || !read_ranges(&t))
        return value_failed();
    if (!t.given && !call_has(c, ARG_ARROW) && !plot_value(&t, what->item, what->n, &done))
        return value_failed();
    if (done)
        return plot_finish(&t, "plot");
    for (size_t i = 0; i < what->n; i++)
        if (!add_expression(&t, &what->item[i], e, &n, MOST))
            return value_failed();
    if (!n)
        return call_fail(c, ARG_WHAT, "there is nothing to draw");
    if (call_has(c, ARG_ARROW))
        return n == 1 && !t.given ? plot_limit(&t, e[0]) ? plot_finish(&t, "plot") : value_failed()
                                  : call_fail(c, ARG_ARROW, "the picture of a limit shows one function, around the point");
    if (!t.ranges && !default_ranges(&t, e, n))
        return value_failed();
    bool plane = t.ranges == 2, fine = plane ? plot_over_plane(&t, e, n) : curves(&t, e, n);
    if (plane) {
        t.f->x_low = t.range[0].from;
        t.f->x_high = t.range[0].to;
        t.f->x_label = expr_plain_name(t.range[0].x);
    }
    return fine && (plane || plot_pictures(&t, e[0])) ? plot_finish(&t, "plot") : value_failed();
}

extern const Builtin plot_builtins[];
const Builtin plot_builtins[] = {
    { .sig = "plot(f: value..., x: over?..., limit: arrow?; to: text, title: text, log: word, y: range, view: word, levels: value, path: value, taylor: list, around: scalar, "
             "riemann: int, rule: word, newton: scalar, tangent: scalar, steps: int, eps: scalar) -> report",
      .help = "Draws functions, curves, equations and level sets over two ranges, data, and what a report tells; log: x, y, xy; view: contours, heat, surface; "
              "to: a file (svg, png, pdf, gp, dat). Pictures of taylor: [1, 3], riemann: 8, newton: start, tangent: point, x -> a with eps: 1/10.",
      .example = { { "plot(sin(x), x = 0..2pi)", "plot of sin(x)" }, { "plot(x^2 + y^2 = 1, x = -2..2, y = -2..2)", "plot of x^2 + y^2 = 1" } },
      .see = "histogram scatter bars heatmap", .words = "draw graph curve picture chart figure contour surface vector field parametric implicit", .by_value = true, .call = plot_call },
    { 0 }
};
