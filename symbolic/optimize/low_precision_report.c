/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run in low precision lost: slopes that its format of gradients does not hold, updates that its weights absorb, steps that were
 * skipped, numbers of the rule that round away; the course of the loss scale, and how the exponents of the slopes lie in the format. */
#include "symbolic/optimize/low_precision.h"

#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"

#include <math.h>

enum { FEW_DIGITS = 2, SCALE_DIGITS = 8, NEXT_DIGITS = 3 };

static Str shown(const Problem *q, double x, size_t digits)
{
    return expr_text(q->c->arena, q->c->pool, double_expr(q->c->pool, q->c->arena, x, digits));
}

static Str name_of(const Problem *q, const Format *f)
{
    return format_name(f, q->c->arena);
}

Str low_precision_text(const Problem *q, const LowPrecision *p)
{
    Buf b = buf_new(q->c->arena);
    buf_add(&b, name_of(q, p->weights));
    if (!format_same(p->master, p->weights))
        buf_printf(&b, ", master %.*s", STR_ARGS(name_of(q, p->master)));
    if (!format_same(p->gradients, p->weights))
        buf_printf(&b, ", gradients %.*s", STR_ARGS(name_of(q, p->gradients)));
    if (!format_same(p->accumulators, p->master))
        buf_printf(&b, ", accumulators %.*s", STR_ARGS(name_of(q, p->accumulators)));
    return buf_str(&b);
}

/* ---- fields ---------------------------------------------------------------------------------------------------------------------- */

static Value count(const Problem *q, size_t n)
{
    return value_expr(expr_int(q->c->pool, (slong)n));
}

static Value number(const Problem *q, double x)
{
    return value_expr(double_expr(q->c->pool, q->c->arena, x, SCALE_DIGITS));
}

/* The weights as the passes saw them, in the form of the point. */
static Value weights_of(const Problem *q, const Solution *s)
{
    const LowPrecision *p = s->low;
    Solution seen = *s;
    seen.format = p->weights;
    seen.m.x = format_lanes(p->weights, q->c->arena, q->n);
    lanes_convert(p->weights, seen.m.x, p->arithmetic, s->m.x, q->n, NULL);
    return solution_point(q, &seen);
}

static void add_course(const Problem *q, const LowPrecision *p, Report *r)
{
    Table *t = report_table(r, "scales", "step loss_scale because");
    Str    grown = str_printf(q->c->arena, "%zu good step%s", p->scale.interval, p->scale.interval == 1 ? "" : "s");
    for (size_t i = 0; i < p->course.n; i++) {
        const ScaleChange *c = &p->course.at[i];
        Value cell[] = { count(q, c->step), number(q, c->scale), value_text(i == 0 ? STR("start") : c->overflow ? STR("overflow: skipped") : grown) };
        table_row(r, t, cell);
    }
}

static void add_line(Figure *f, Arena *a, Str name, double at)
{
    PlotSeries *line = figure_add(f, SERIES_VERTICAL, name, 1);
    double     *x = arena_array(a, double, 1);
    *x = at;
    line->x = x;
}

/* Bars over the binary exponents of the true slopes times the scale; lines where the format of gradients begins and ends. */
static Figure *histogram(const Problem *q, const LowPrecision *p)
{
    Arena        *a = q->c->arena;
    const Format *f = p->gradients;
    const size_t *n = p->counts.exponent;
    size_t        first = 0, last = EXPONENT_BINS - 1;
    Figure       *h = figure_new(a);
    while (first < last && !n[first])
        first++;
    while (last > first && !n[last])
        last--;
    size_t      bars = last - first + 1;
    PlotSeries *s = figure_add(h, SERIES_BARS, (Str){ 0 }, bars);
    double     *low = arena_array(a, double, bars), *high = arena_array(a, double, bars), *y = arena_array(a, double, bars);
    for (size_t i = 0; i < bars; i++) {
        low[i] = (double)(first + i) + EXPONENT_LEAST;
        high[i] = low[i] + 1;
        y[i] = (double)n[first + i];
    }
    s->x = low;
    s->x2 = high;
    s->y = y;
    range_include(&h->x_low, &h->x_high, low, bars, false);
    range_include(&h->x_low, &h->x_high, high, bars, false);
    double edge[] = { (double)(f->emin - f->precision + 1), (double)f->emin, (double)f->emax + 1 };
    if (f->family == FAMILY_SMALL && f->emin > -100) {
        range_include(&h->x_low, &h->x_high, edge, 3, false);
        add_line(h, a, STR("smallest subnormal"), edge[0]);
        add_line(h, a, STR("smallest normal"), edge[1]);
        add_line(h, a, STR("overflow"), edge[2]);
    }
    range_include(&h->y_low, &h->y_high, y, bars, false);
    range_include(&h->y_low, &h->y_high, (double[]){ 0 }, 1, false);
    range_settle(&h->y_low, &h->y_high, false, 0.05);
    h->title = str_printf(a, "exponents of slopes%s, range of %.*s", p->scale.used ? " times the loss scale" : "", STR_ARGS(name_of(q, f)));
    h->x_label = STR("exponent of 2");
    h->y_label = STR("slopes");
    h->whole_x = true;
    return h;
}

static void add_histogram(const Problem *q, const LowPrecision *p, Report *r)
{
    Report *picture = report_new(q->c->arena, "histogram");
    if (!p->counts.slopes)
        return;
    report_figure(picture, histogram(q, p));
    report_value(r, "histogram", value_report(picture));
}

void low_precision_report(const Problem *q, const Solution *s, Report *r)
{
    Arena              *a = q->c->arena;
    const LowPrecision *p = s->low;
    const LowCounts    *n = &p->counts;
    static const char *const role[] = { "weights", "master", "gradients", "accumulators" };
    const Format       *format[] = { p->weights, p->master, p->gradients, p->accumulators };
    Str                 name[4];
    Value               item[4];
    for (size_t i = 0; i < 4; i++) {
        name[i] = str_of(role[i]);
        item[i] = value_format(format[i]);
    }
    report_value(r, "roles", value_record(a, name, item, 4));
    report_value(r, "weights", weights_of(q, s));
    report_value(r, "slopes", count(q, n->slopes));
    report_value(r, "flushed", count(q, n->zero));
    report_value(r, "subnormal", count(q, n->subnormal));
    report_value(r, "updates", count(q, n->updates));
    report_value(r, "absorbed", count(q, n->absorbed));
    report_value(r, "skipped", count(q, n->skipped));
    report_value(r, "loss_scale", number(q, p->scale.value));
    if (p->asked)
        add_histogram(q, p, r);
}

void low_precision_course(const Problem *q, const Solution *s, Report *r)
{
    if (s->low->scale.dynamic)
        add_course(q, s->low, r);
    if (!s->low->asked)
        add_histogram(q, s->low, r);
}

/* ---- sentences --------------------------------------------------------------------------------------------------------------------- */

/* Does 1 - h stand in the rule; is something divided by a sum in which h guards against 0? */
static void uses_of(const Problem *q, const Rule *r, const Expr *h, bool *complement, bool *guard)
{
    Pool *p = q->c->pool;
    Nodes nodes = expr_nodes(p, q->c->arena, r->update, r->states + 1);
    *complement = *guard = false;
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        *complement = *complement || (e->kind == EXPR_SUB && expr_is_int(e->arg[0], 1) && e->arg[1] == h);
        *guard = *guard || (e->kind == EXPR_DIV && e->arg[1]->kind == EXPR_ADD && expr_depends(p, e->arg[1], h));
    }
}

/* "eps = 1e-8 is 0 in fp16", and what follows. */
static Str lost_number(const Problem *q, const Solution *s)
{
    Arena        *a = q->c->arena;
    const Format *f = s->format;
    size_t        i;
    double        x;
    bool          complement, guard;
    Str           lost = solution_lost_number(q, s, &i, &x);
    if (!lost.n)
        return lost;
    const Rule *r = s->method->rule;
    Str         name = r->hyper[i], wide = str_printf(a, "format: (weights = %.*s, master = fp32)", STR_ARGS(name_of(q, s->low ? s->low->weights : f)));
    uses_of(q, r, r->hyper_symbol[i], &complement, &guard);
    if (x == 1 && complement) {
        void *lane = format_lanes(f, a, 1), *next = format_lanes(f, a, 1);
        format_set_double(f, lane, 1, NULL);
        format_neighbour(f, next, lane, false);
        Str below = shown(q, format_get_double(f, next), NEXT_DIGITS);
        return str_printf(a, "%.*s: 1 - %.*s is 0, so nothing new enters the mean, and a correction 1 - %.*s^t divides by 0; hint: %.*s, or %.*s: %.*s, the number below 1", STR_ARGS(lost), STR_ARGS(name),
                          STR_ARGS(name), STR_ARGS(wide), STR_ARGS(name), STR_ARGS(below));
    }
    if (x == 0 && guard && f->emin < f->emax) {
        Str least = shown(q, ldexp(1, (int)(f->emin - f->precision + 1)), FEW_DIGITS), enough = shown(q, pow(10, ceil((double)f->emin * 0.30102999566398120)), 1);
        return str_printf(a, "%.*s, whose smallest number is %.*s: nothing keeps the divisor from 0 where the squares of slopes vanish; hint: %.*s, or %.*s: %.*s", STR_ARGS(lost), STR_ARGS(least),
                          STR_ARGS(wide), STR_ARGS(name), STR_ARGS(enough));
    }
    return lost;
}

typedef struct Sentences { Str *text; size_t n; } Sentences;

static void say(Sentences *w, Str text)
{
    if (w->n < MOST_LOW_WARNINGS)
        w->text[w->n++] = text;
}

static void say_flushed(const Problem *q, const Solution *s, Sentences *w)
{
    const LowPrecision *p = s->low;
    const LowCounts    *n = &p->counts;
    Arena              *a = q->c->arena;
    Str                 name = name_of(q, p->gradients);
    if (n->zero + n->subnormal) {
        Str normal = shown(q, ldexp(1, (int)p->gradients->emin), FEW_DIGITS);
        const char *hint = p->scale.dynamic ? "" : p->scale.used ? "; hint: a larger loss_scale, or loss_scale: dynamic" : "; hint: loss_scale: dynamic";
        say(w, str_printf(a, "flushed gradients: in %.*s %zu of %zu slopes became 0 and %zu subnormal, below %.*s%s", STR_ARGS(name), n->zero, n->slopes, n->subnormal, STR_ARGS(normal), hint));
    }
    if (n->unscaled_zero)
        say(w, str_printf(a, "%zu slopes that the scale had saved are 0 in %.*s once it is divided out; hint: format: (weights = %.*s, master = fp32)", n->unscaled_zero,
                          STR_ARGS(name_of(q, p->arithmetic)), STR_ARGS(name_of(q, p->weights))));
    if (s->m.ending == ENDED_CONVERGED && s->m.gradient_norm == 0 && n->last > 0)
        say(w, str_printf(a, "the gradient is 0 to %.*s, though at this point the largest slope is %.*s", STR_ARGS(name), STR_ARGS(shown(q, n->last, FEW_DIGITS))));
}

static void say_absorbed(const Problem *q, const Solution *s, Sentences *w)
{
    const LowPrecision *p = s->low;
    const LowCounts    *n = &p->counts;
    Str                 name = name_of(q, p->master);
    const char *then = p->kahan ? "; the compensation keeps them" : p->stochastic ? "; the others went further than their step: on average the weights are right"
                                                                                  : "; hint: master weights in fp32, rounding: stochastic, or update: kahan";
    if (n->absorbed * 20 >= n->updates && n->absorbed)
        say(w, str_printf(q->c->arena, "absorbed updates: %zu of %zu left their weight as it was, x + step == x in %.*s%s", n->absorbed, n->updates, STR_ARGS(name), then));
}

static void say_skipped(const Problem *q, const Solution *s, Sentences *w)
{
    const LowPrecision *p = s->low;
    Arena              *a = q->c->arena;
    Str                 name = name_of(q, p->gradients), now = shown(q, p->scale.value, SCALE_DIGITS);
    if (p->counts.skipped)
        say(w, str_printf(a, "skipped steps: %zu of %zu, whose gradient overflowed in %.*s; loss scale %.*s at first, %.*s at the end", p->counts.skipped, p->counts.steps, STR_ARGS(name),
                          STR_ARGS(shown(q, p->course.at[0].scale, SCALE_DIGITS)), STR_ARGS(now)));
    if (s->m.ending == ENDED_NOT_FINITE && s->m.bad_coordinate < q->n && s->m.bad_step)
        say(w, p->scale.dynamic ? str_printf(a, "the gradient is not finite even with a loss scale of %.*s: the scale is not at fault", STR_ARGS(now))
                                : str_printf(a, "the gradient leaves the range of %.*s; hint: %s", STR_ARGS(name), p->scale.used ? "loss_scale: dynamic skips such steps" : "gradients in a wider format, or a smaller lr"));
}

size_t low_precision_warnings(const Problem *q, const Solution *s, Str text[MOST_LOW_WARNINGS])
{
    Sentences w = { text, 0 };
    Str       lost = lost_number(q, s);
    if (lost.n)
        say(&w, lost);
    if (s->low) {
        say_skipped(q, s, &w);
        say_flushed(q, s, &w);
        say_absorbed(q, s, &w);
    }
    return w.n;
}
