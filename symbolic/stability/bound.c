/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bound: how large the rounding error can be, proved, beside one that occurs. error_plot: the error along a range. */
#include "symbolic/stability/laboratory.h"

#include "base/report.h"
#include "symbolic/expr/show.h"
#include "symbolic/stability/rounding_bound.h"

#include <math.h>
#include <stdlib.h>

static const Format *format_argument(Call *c, size_t i)
{
    Format *f = arena_alloc(c->arena, sizeof *f);
    if (call_has(c, i))
        *f = *c->arg[i].format;
    else
        format_named(STR("fp64"), f);
    *f = format_with(*f, ROUND_NEAREST, false, true);
    return f;
}

static Str point_text(Arena *a, const Box *box, const double *x)
{
    Buf b = buf_new(a);
    for (size_t i = 0; i < box->n; i++)
        buf_printf(&b, "%s%.*s = %.17g", i ? ", " : "", STR_ARGS(expr_plain_name(box->variable[i])), x[i]);
    return buf_str(&b);
}

/* x rounded up to four digits: a bound stays one. */
static Str upward(Arena *a, double x)
{
    for (double y = x;; y = nextafter(y * (1 + 1e-5), INFINITY)) {
        Str text = str_printf(a, "%.3e", y);
        if (strtod(text.s, NULL) >= x)
            return text;
    }
}

static Value bound_call(Call *c)
{
    Box        box;
    Operations o;
    Arena     *a = c->arena;
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "bound takes an expression with numbers as values");
    const Format *f = format_argument(c, 2);
    if (f->family == FAMILY_BALL || f->precision > 113)
        return call_fail(c, 2, "bound is for formats of at most 113 bits");
    if (!laboratory_box(c, 1, SIZE_MAX, &box))
        return value_failed();
    if (!operations_of(c->pool, a, c->arg[0].expr, box.variable, box.n, &o)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    operations_add_partials(c->pool, a, &o);
    RoundingBound b = rounding_bound(a, &o, &box, f);
    if (!isfinite(b.bound))
        return call_fail(c, 0, "no finite bound: the expression may divide by zero, overflow or leave its domain somewhere in the range");
    Report *r = report_new(a, "bound");
    double  size = fmax(fabs(b.low), fabs(b.high)), ulp = isfinite(size) && size > 0 ? ldexp(1, ilogb(size) - (int)f->precision + 1) : NAN;
    fmpq_t  q;
    arf_t   v;
    fmpq_init(q);
    arf_init(v);
    arf_set_d(v, b.bound);
    arf_get_fmpq(q, v);
    r->main = value_expr(expr_fmpq(c->pool, q));
    report_value(r, "bound", r->main);
    arf_set_d(v, b.found);
    arf_get_fmpq(q, v);
    report_value(r, "found", value_expr(expr_fmpq(c->pool, q)));
    fmpq_clear(q);
    arf_clear(v);
    report_value(r, "ulps", value_text(str_printf(a, "%.3g", b.bound/ulp)));
    report_value(r, "at", value_text(point_text(a, &box, b.at)));
    report_value(r, "boxes", value_expr(expr_int(c->pool, (slong)b.boxes)));
    r->summary = str_printf(a, "the error is at most %.*s (%.3g ulps of the largest value %.4g), for certain; %.3e occurs at %.*s", STR_ARGS(upward(a, b.bound)),
                            b.bound/ulp, size, b.found, STR_ARGS(point_text(a, &box, b.at)));
    return value_report(r);
}

/* ---- error_plot ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct Track { double x, y; } Track;

static Str digits(Arena *a, double x) { return str_printf(a, "%.2f", x); }

static Value error_plot_call(Call *c)
{
    enum { POINTS = 400, BANDS = 10 };
    Box        box;
    Operations o;
    Arena     *a = c->arena;
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "error_plot takes an expression with numbers as values");
    if (!laboratory_box(c, 1, SIZE_MAX, &box))
        return value_failed();
    if (box.n != 1)
        return call_fail(c, 1, "error_plot runs along one variable");
    if (!operations_of(c->pool, a, c->arg[0].expr, box.variable, box.n, &o)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    Report *r = report_new(a, "error_plot");
    Table  *points = report_table(r, "points", "x bits");
    double  worst[BANDS] = { 0 }, sum[BANDS] = { 0 }, from = (double)double_to_ordinal(box.low[0]), to = (double)double_to_ordinal(box.high[0]);
    size_t  count[BANDS] = { 0 }, any = 0;
    double *value = arena_array(a, double, o.n), top = -1, at = 0;
    for (size_t k = 0; k <= POINTS; k++) {
        double x = ordinal_to_double((int64_t)(from + (to - from)*(double)k/POINTS)), truth;
        x = x < box.low[0] ? box.low[0] : x > box.high[0] ? box.high[0] : x;
        if (!true_double(&o, &x, &truth))
            continue;
        operations_doubles(&o, &x, 1, value);
        double bits = double_bits(value[o.n - 1], truth);
        size_t band = k*BANDS/(POINTS + 1);
        worst[band] = fmax(worst[band], bits);
        sum[band] += bits;
        count[band]++;
        any++;
        if (bits > top) {
            top = bits;
            at = x;
        }
        table_row(r, points, (Value[]){ value_expr(laboratory_number(c->pool, x)), value_expr(laboratory_number(c->pool, bits)) });
    }
    if (!any)
        return call_fail(c, 1, "the expression has no real value in the range");
    Samples s = samples_new(a, &box, &o, 64, 14);
    Arena  *scratch = arena_new();
    double  x = at, climbed = s.points ? samples_worst(&s, &box, &o, &o, scratch, &x) : -1;
    arena_delete(scratch);
    if (climbed < top) {
        climbed = top;
        x = at;
    }
    Table *t = report_table(r, "errors", "from to mean worst");
    for (size_t b = 0; b < BANDS; b++) {
        double low = ordinal_to_double((int64_t)(from + (to - from)*(double)b/BANDS)), high = ordinal_to_double((int64_t)(from + (to - from)*(double)(b + 1)/BANDS));
        if (count[b])
            table_row(r, t, (Value[]){ value_text(str_printf(a, "%.3g", low)), value_text(str_printf(a, "%.3g", high)),
                                       value_text(digits(a, sum[b]/(double)count[b])), value_text(digits(a, worst[b])) });
    }
    report_value(r, "worst", value_expr(laboratory_number(c->pool, climbed)));
    report_value(r, "at", value_text(str_printf(a, "%.17g", x)));
    report_plot(r, "line", "bits of error", "points");
    r->summary = str_printf(a, "worst error found: %.1f bits at %.*s = %.17g", climbed, STR_ARGS(expr_plain_name(box.variable[0])), x);
    return value_report(r);
}

extern const Builtin bound_builtins[];
const Builtin bound_builtins[] = {
    { .sig = "bound(f: expr, range: over...; format: format?) -> report",
      .help = "A proved bound of the rounding error of f over the ranges, operation by operation as typed, and an error that occurs.",
      .example = { { "bound(x + y, x = 1..2, y = 1..2).bound < 2^(-50)", "true" },
                   { "bound(x^2 + 1, x = 0..1).bound < 2^(-51)", "true" } },
      .lesson = 14, .see = "why stabilize error_plot using", .words = "certified rounding error bound gappa fptaylor", .formed = true, .call = bound_call },
    { .sig = "error_plot(f: expr, range: over...) -> report",
      .help = "Bits of error of f along a range, over all magnitudes, with the worst point that a climb finds.",
      .example = { { "error_plot(exp(x) - 1, x = 1e-10..1).worst > 30", "true" },
                   { "error_plot(x + 1, x = 1..2).worst < 2", "true" } },
      .lesson = 14, .see = "why stabilize bound", .words = "errplot accuracy plot worst point", .formed = true, .call = error_plot_call },
    { 0 }
};
