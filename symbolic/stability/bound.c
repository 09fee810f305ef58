/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bound: how large the rounding error can be, proved, beside one that occurs. error_plot: the error along a range. */
#include "symbolic/stability/laboratory.h"

#include "base/report.h"
#include "numeric/ordinal.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/stability/contract.h"
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
    const Expr *e = expr_contracted(c->pool, expr_typed_form(c->pool, c->arg[0].expr), f);
    if (!e || !operations_of(c->pool, a, e, box.variable, box.n, &o)) {
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

enum { PLOT_POINTS = 400, BANDS = 10 };

typedef struct Track {
    const Format     *f;
    const Operations *o;
    const Box        *box;
    fmpz_t            from, to;     /* ordinals of the ends */
    void             *value, *x, *worst_x;
    double            worst;        /* bits; negative: no point yet */
    struct { double sum, worst; size_t n; } band[BANDS];
} Track;

/* x = number k of n along the ordinals. */
static void place(Track *t, ulong k, ulong n)
{
    fmpz_t step;
    fmpz_init(step);
    fmpz_sub(step, t->to, t->from);
    fmpz_mul_ui(step, step, k);
    fmpz_fdiv_q_ui(step, step, n);
    fmpz_add(step, step, t->from);
    format_set_ordinal(t->f, t->x, step);
    fmpz_clear(step);
}

/* Four digits of x, whatever its size. */
static const Expr *plotted(Call *c, const Track *t, const void *x)
{
    enum { DIGITS = 4, ACCURACY = 40 };
    Ball  ball = { .digits = DIGITS };
    mag_t error;
    acb_init(ball.value);
    mag_init(error);
    format_get_arb(t->f, x, acb_realref(ball.value));
    arb_get_mag(error, acb_realref(ball.value));
    mag_mul_2exp_si(error, error, -ACCURACY);
    arb_add_error_mag(acb_realref(ball.value), error);
    const Expr *e = mag_is_zero(error) ? expr_int(c->pool, 0) : expr_ball(c->pool, &ball);
    mag_clear(error);
    acb_clear(ball.value);
    return e;
}

static Str end_text(Track *t, Arena *a, ulong k)
{
    enum { DIGITS = 3 };
    arb_t  v;
    Str    text;
    size_t decided;
    place(t, k, BANDS);
    arb_init(v);
    format_get_arb(t->f, t->x, v);
    bool fine = !arb_is_zero(v) && ball_decimal_best(a, v, DIGITS, &text, &decided);
    arb_clear(v);
    return fine ? text : STR("0");
}

static void follow(Call *c, Track *t, Report *r, Table *points)
{
    fmpz_t numbers;
    fmpz_init(numbers);
    fmpz_sub(numbers, t->to, t->from);
    ulong steps = fmpz_cmp_ui(numbers, PLOT_POINTS) < 0 ? fmpz_get_ui(numbers) : PLOT_POINTS;      /* a short format has few: each once */
    fmpz_clear(numbers);
    for (ulong k = 0; k <= steps; k++) {
        place(t, k, steps ? steps : 1);
        double bits = point_bits(t->o, t->o, t->f, t->value, t->x);
        size_t band = k*BANDS/(steps + 1);
        if (bits < 0)
            continue;
        t->band[band].worst = fmax(t->band[band].worst, bits);
        t->band[band].sum += bits;
        t->band[band].n++;
        if (bits > t->worst) {
            t->worst = bits;
            format_copy(t->f, t->worst_x, t->x, 1);
        }
        table_row(r, points, (Value[]){ value_expr(plotted(c, t, t->x)), value_expr(laboratory_number(c->pool, bits)) });
    }
}

static Str digits(Arena *a, double x) { return str_printf(a, "%.2f", x); }

static void add_bands(Track *t, Report *r)
{
    Table *table = report_table(r, "errors", "from to mean worst");
    Arena *a = r->arena;
    for (size_t b = 0; b < BANDS; b++) {
        if (!t->band[b].n)
            continue;
        table_row(r, table, (Value[]){ value_text(end_text(t, a, b)), value_text(end_text(t, a, b + 1)),
                                       value_text(digits(a, t->band[b].sum/(double)t->band[b].n)), value_text(digits(a, t->band[b].worst)) });
    }
}

/* What the climb finds beyond the points of the plot. */
static void climb_from(Call *c, Track *t)
{
    enum { SAMPLES = 64, SLOW_SAMPLES = 16 };
    Samples s = samples_new(c->arena, t->box, t->f, t->o, t->f->family == FAMILY_MPFR ? SLOW_SAMPLES : SAMPLES, 14);
    Arena  *scratch = arena_new();
    double  climbed = s.points ? samples_worst(&s, t->box, t->o, t->o, scratch, t->x) : -1;
    arena_delete(scratch);
    if (climbed > t->worst) {
        t->worst = climbed;
        format_copy(t->f, t->worst_x, t->x, 1);
    }
}

static Value plot_track(Call *c, Track *t)
{
    Arena  *a = c->arena;
    Report *r = report_new(a, "error_plot");
    follow(c, t, r, report_table(r, "points", "x bits"));
    if (t->worst < 0)
        return call_fail(c, 1, "the expression has no real value in the range");
    climb_from(c, t);
    add_bands(t, r);
    Str at = t->f->family == FAMILY_DOUBLE ? str_printf(a, "%.17g", *(double *)t->worst_x) : format_shortest(t->f, a, t->worst_x);
    report_value(r, "worst", value_expr(laboratory_number(c->pool, t->worst)));
    report_value(r, "at", value_text(at));
    report_value(r, "format", value_text(format_name(t->f, a)));
    report_plot(r, "line", "bits of error", "points");
    r->summary = str_printf(a, "worst error found: %.1f bits at %.*s = %.*s", t->worst, STR_ARGS(expr_plain_name(t->box->variable[0])), STR_ARGS(at));
    return value_report(r);
}

static Value error_plot_call(Call *c)
{
    enum { MOST_PRECISION = 1000 };
    Box           box;
    Operations    o;
    Arena        *a = c->arena;
    const Format *f = laboratory_format(c, 2, MOST_PRECISION, false);
    if (c->arg[0].kind != VALUE_EXPR || !expr_is_scalar(c->arg[0].expr) || expr_is_truth(c->arg[0].expr))
        return call_fail(c, 0, "error_plot takes an expression with numbers as values");
    if (!f || !laboratory_box(c, 1, SIZE_MAX, &box))
        return value_failed();
    if (box.n != 1)
        return call_fail(c, 1, "error_plot runs along one variable");
    const Expr *e = expr_contracted(c->pool, expr_typed_form(c->pool, c->arg[0].expr), f);
    if (!e || !operations_of(c->pool, a, e, box.variable, box.n, &o)) {
        Str why = pool_error(c->pool);
        return call_fail(c, 0, "%.*s", STR_ARGS(why));
    }
    Track t = { .f = f, .o = &o, .box = &box, .worst = -1, .value = format_lanes(f, a, o.n), .x = format_lanes(f, a, 1), .worst_x = format_lanes(f, a, 1) };
    fmpz_init(t.from);
    fmpz_init(t.to);
    Value v = box_ordinals(&box, f, 0, t.from, t.to) ? plot_track(c, &t) : call_fail(c, 1, "no number of %.*s lies in the range", STR_ARGS(format_name(f, a)));
    fmpz_clear(t.from);
    fmpz_clear(t.to);
    return v;
}

extern const Builtin bound_builtins[];
const Builtin bound_builtins[] = {
    { .sig = "bound(f: expr, range: over...; format: format?) -> report",
      .help = "A proved bound of the rounding error of f over the ranges, operation by operation as typed, and an error that occurs.",
      .example = { { "bound(x + y, x = 1..2, y = 1..2).bound < 2^(-50)", "true" },
                   { "bound(x^2 + 1, x = 0..1).bound < 2^(-51)", "true" } },
      .lesson = 14, .see = "why stabilize error_plot using", .words = "certified rounding error bound gappa fptaylor", .formed = true, .call = bound_call },
    { .sig = "error_plot(f: expr, range: over...; format: format?) -> report",
      .help = "Bits of error of f along a range in fp64 or the format named, over all magnitudes, with the worst point that a climb finds.",
      .example = { { "error_plot(exp(x) - 1, x = 1e-10..1).worst > 30", "true" },
                   { "error_plot(x + 1, x = 1..2).worst < 2", "true" },
                   { "error_plot(exp(x) - 1, x = 0.001..1, format: bf16).worst > 6", "true" } },
      .lesson = 14, .see = "why stabilize bound", .words = "errplot accuracy plot worst point", .formed = true, .call = error_plot_call },
    { 0 }
};
