/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minima(f, x = a..b, y = c..d): Newton's method from many starts in a box, Halton's points; end points that lie together are one, and each says
 * from what share of the starts it was reached and of what kind it is. What no start leads to is not found: nothing is proved here.
 * basins(f, x = a..b, y = c..d): the same from a grid of starts, as a picture: each start has the shade of the point where its run ends. */
#include "symbolic/optimize/box.h"

#include "base/interrupt.h"

#include <math.h>

enum { ARG_F, ARG_RANGE, ARG_STARTS, ARG_METHOD = 2, ARG_STEPS, ARG_GRID, ARG_TO, ARG_TITLE };
enum { DEFAULT_STARTS = 64, MOST_STARTS = 10000, POINT_DIGITS = 8, SHARE_DIGITS = 3, NEWTON_STEPS = 300, RULE_STEPS = 2000, DEFAULT_GRID = 41, MOST_GRID = 200, MOST_BASINS = 64 };
static const unsigned primes[MOST_BOX_VARIABLES] = { 2, 3, 5, 7, 11, 13, 17, 19 };

typedef struct Basin {              /* an end point and the starts that led there */
    double     *x, value;
    size_t      starts, number;     /* number: in the order they were found, from 1 */
    const char *kind;
    Solution    s;
} Basin;

typedef struct Search {
    Call   *c;
    Problem q;
    double *low, *high;
    Basin  *basin;
    size_t  basins, room, lost;     /* lost: starts from which nothing was found */
    bool      ready;                /* o holds the tapes of the first run, for all others */
    Objective o;
} Search;

/* The digits of k in a base, behind the point. */
static double halton(size_t k, unsigned base)
{
    double x = 0, unit = 1;
    for (; k; k /= base) {
        unit /= base;
        x += unit * (double)(k % base);
    }
    return x;
}

static const char *kind_at(const Search *s, const Solution *found)
{
    Call        *c = s->c;
    const Expr **at = arena_array(c->arena, const Expr *, s->q.n);
    double      *value = arena_array(c->arena, double, s->q.n);
    bool         constant;
    for (size_t i = 0; i < s->q.n; i++)
        at[i] = solution_number(&s->q, found, format_at(found->format, found->m.x, i), 0);
    if (!problem_curvature(&s->q, at, value, &constant))
        return "unknown";
    double size = fabs(value[0]) + fabs(value[s->q.n - 1]), least = value[0], most = value[s->q.n - 1];
    return least > 1e-7 * size ? "minimum" : most < -1e-7 * size ? "maximum" : least < -1e-7 * size && most > 1e-7 * size ? "saddle" : "flat";
}

/* The lower one first; of two that are as low, up to rounding, the one on the left. */
static bool comes_before(const Basin *a, const Basin *b)
{
    bool level = fabs(a->value - b->value) <= 1e-10 * (1 + fabs(a->value));
    return level ? a->x[0] < b->x[0] : a->value < b->value;
}

/* The number of the end point; 0: there are too many. */
static size_t add_end(Search *s, const Solution *found)
{
    const double *x = found->m.x;
    for (size_t k = 0; k < s->basins; k++) {
        bool same = true;
        for (size_t i = 0; i < s->q.n && same; i++)
            same = fabs(s->basin[k].x[i] - x[i]) <= 1e-4 * (s->high[i] - s->low[i]);
        if (same) {
            s->basin[k].starts++;
            return s->basin[k].number;
        }
    }
    if (s->basins == s->room)
        return 0;
    Basin p = { .number = s->basins + 1, .x = arena_copy(s->c->arena, x, s->q.n * sizeof *x), .value = *(const double *)found->m.value, .starts = 1, .kind = kind_at(s, found), .s = *found };
    size_t at = s->basins++;
    for (; at > 0 && comes_before(&p, &s->basin[at - 1]); at--)
        s->basin[at] = s->basin[at - 1];
    s->basin[at] = p;
    return p.number;
}

/* Only what lies in the box counts. *number: of the end point; 0: none. False after call_fail. */
static bool run_from(Search *s, const double *start, const Method *method, size_t steps, const Format *fp64, size_t *number)
{
    Solution found = { .format = fp64, .method = method, .options = { .steps = steps, .tol = 1e-9, .tol_log2 = -30, .trace = 4, .seed = 1 } };
    *number = 0;
    for (size_t i = 0; i < s->q.n && !s->ready; i++)
        s->q.start[i] = double_expr(s->c->pool, s->c->arena, start[i], 0);
    if (!found.method || !(s->ready ? problem_solve_again(&s->q, &s->o, start, &found) : problem_solve(&s->q, &found, 1)))
        return false;
    s->ready = true;
    s->o = found.o;
    bool inside = found.m.gradient_norm < 1e-6;
    for (size_t i = 0; i < s->q.n; i++) {
        double x = ((const double *)found.m.x)[i];
        inside = inside && x >= s->low[i] && x <= s->high[i];
    }
    *number = inside ? add_end(s, &found) : 0;
    s->lost += *number == 0;
    return true;
}

/* by_number: the first column is the rank that a picture shows. */
static Report *points_report(Search *s, const char *command, size_t done, bool by_number)
{
    Call   *c = s->c;
    Report *r = report_new(c->arena, command);
    Buf     columns = buf_new(c->arena);
    size_t  n = s->q.n;
    buf_add_s(&columns, by_number ? "point value" : "value");
    for (size_t i = 0; i < n; i++)
        buf_printf(&columns, " %.*s", STR_ARGS(column_title(&s->q, i)));
    buf_add_s(&columns, " share kind");
    Table *t = report_table(r, "points", buf_str(&columns).s);
    Value *all = arena_array(c->arena, Value, n + 4), *cell = all + by_number;
    for (size_t k = 0; k < s->basins; k++) {
        const Basin *p = &s->basin[k];
        all[0] = value_expr(expr_int(c->pool, (slong)k + 1));
        cell[0] = value_expr(double_expr(c->pool, c->arena, p->value, POINT_DIGITS));
        for (size_t i = 0; i < n; i++)
            cell[i + 1] = value_expr(double_expr(c->pool, c->arena, fabs(p->x[i]) < 1e-12 * (s->high[i] - s->low[i]) ? 0 : p->x[i], POINT_DIGITS));
        cell[n + 1] = value_expr(double_expr(c->pool, c->arena, (double)p->starts / (double)done, SHARE_DIGITS));
        cell[n + 2] = value_text(str_of(p->kind));
        table_row(r, t, all);
    }
    r->summary = str_printf(c->arena, "%zu point%s from %zu starts; not proved to be all", s->basins, s->basins == 1 ? "" : "s", done);
    if (s->lost)
        report_note(r, "from %zu starts nothing was found in the box", s->lost);
    return r;
}

static Value minima_call(Call *c)
{
    Search  s = { .c = c };
    Region  region;
    Format *fp64 = arena_alloc(c->arena, sizeof *fp64);
    slong   starts = DEFAULT_STARTS;
    size_t  done = 0;
    if (call_has(c, ARG_STARTS) && (!expr_fits_slong(c->arg[ARG_STARTS].expr, &starts) || starts < 1 || starts > MOST_STARTS))
        return call_fail(c, ARG_STARTS, "starts: is a whole number from 1 to %d", MOST_STARTS);
    if (!region_read(c, ARG_F, ARG_RANGE, "minima(f, x = -2..2, y = -2..2)", &region) || !format_named(STR("fp64"), fp64))
        return value_failed();
    s.q = region.q;
    s.low = region.low;
    s.high = region.high;
    s.room = (size_t)starts;
    s.basin = arena_array(c->arena, Basin, s.room + 1);
    const Method *newton = c->method(c, STR("newton"));
    size_t        number;
    double       *start = arena_array(c->arena, double, s.q.n);
    for (; done < (size_t)starts && !should_stop(); done++) {
        for (size_t i = 0; i < s.q.n; i++)
            start[i] = s.low[i] + (s.high[i] - s.low[i]) * halton(done + 1, primes[i]);
        if (!run_from(&s, start, newton, NEWTON_STEPS, fp64, &number))
            return value_failed();
    }
    return value_report(points_report(&s, "minima", done, false));
}

/* ---- basins ------------------------------------------------------------------------------------------------------------------------ */

/* z: the ranks of the end points, row by row; NaN: none. */
static Figure *picture(const Search *s, size_t side, const size_t *number)
{
    Arena      *a = s->c->arena;
    Figure     *f = figure_new(a);
    PlotSeries *heat = figure_add(f, SERIES_HEAT, (Str){ 0 }, 0);
    double     *x = arena_array(a, double, side), *y = arena_array(a, double, side), *z = arena_array(a, double, side * side);
    size_t      rank[MOST_BASINS + 1] = { 0 };
    for (size_t k = 0; k < s->basins; k++)
        rank[s->basin[k].number] = k + 1;
    for (size_t i = 0; i < side; i++) {
        x[i] = s->low[0] + (s->high[0] - s->low[0]) * ((double)i + 0.5) / (double)side;
        y[i] = s->low[1] + (s->high[1] - s->low[1]) * ((double)i + 0.5) / (double)side;
    }
    for (size_t k = 0; k < side * side; k++)
        z[k] = number[k] ? (double)rank[number[k]] : NAN;
    *heat = (PlotSeries){ .kind = SERIES_HEAT, .columns = side, .rows = side, .x = x, .y = y, .z = z };
    f->x_low = s->low[0];
    f->x_high = s->high[0];
    f->y_low = s->low[1];
    f->y_high = s->high[1];
    f->x_label = column_title(&s->q, 0);
    f->y_label = column_title(&s->q, 1);
    return f;
}

static bool whole_from(Call *c, size_t i, const char *name, slong most, size_t *out)
{
    slong k;
    if (!call_has(c, i))
        return true;
    if (!expr_fits_slong(c->arg[i].expr, &k) || k < 2 || k > most)
        return call_fail(c, (int)i, "%s: is a whole number from 2 to %ld", name, (long)most), false;
    *out = (size_t)k;
    return true;
}

static Value basins_call(Call *c)
{
    Search        s = { .c = c, .room = MOST_BASINS };
    Region        region;
    Format       *fp64 = arena_alloc(c->arena, sizeof *fp64);
    const Method *method = call_has(c, ARG_METHOD) ? c->arg[ARG_METHOD].method : c->method(c, STR("trust_region"));
    size_t        side = DEFAULT_GRID, done = 0, steps = method && method->rule ? RULE_STEPS : NEWTON_STEPS;
    if (!region_read(c, ARG_F, ARG_RANGE, "basins(f, x = -2..2, y = -2..2)", &region) || !whole_from(c, ARG_STEPS, "steps", 1000000, &steps)
        || !whole_from(c, ARG_GRID, "grid", MOST_GRID, &side) || !method || !format_named(STR("fp64"), fp64))
        return value_failed();
    if (region.q.n != 2)
        return call_fail(c, ARG_RANGE, "a picture of basins has two ranges");
    if (method->row && method->row->needs & NEEDS_BATCHES)
        return call_fail(c, ARG_METHOD, "%s works on batches of rows", method->row->name);
    s.q = region.q;
    s.low = region.low;
    s.high = region.high;
    s.basin = arena_array(c->arena, Basin, s.room + 1);
    size_t *number = arena_array(c->arena, size_t, side * side);
    for (; done < side * side && !should_stop(); done++) {
        double start[2] = { s.low[0] + (s.high[0] - s.low[0]) * ((double)(done % side) + 0.5) / (double)side,
                            s.low[1] + (s.high[1] - s.low[1]) * ((double)(done / side) + 0.5) / (double)side };
        if (!run_from(&s, start, method, steps, fp64, &number[done]))
            return value_failed();
    }
    if (call_has(c, ARG_TO) && !c->arg[ARG_TO].text.n)
        return call_fail(c, ARG_TO, "to: is the name of a file, in quotes");
    Report *r = points_report(&s, "basins", done, true);
    Figure *f = picture(&s, side, number);
    f->title = str_printf(c->arena, "where %.*s ends", STR_ARGS(method_text(c->arena, method)));
    if (call_has(c, ARG_TO))
        f->to = c->arg[ARG_TO].text;
    if (call_has(c, ARG_TITLE))
        f->title = c->arg[ARG_TITLE].text;
    report_figure(r, f);
    return value_report(r);
}

const Builtin minima_builtins[] = {
    { .sig = "minima(f: objective, range: over?...; starts: int) -> report",
      .help = "Local minima in a box: Newton's method from many starts, with the share of the starts that lead to each.",
      .example = { { "minima((x^2 - 1)^2, x = -2..2).points[1].kind", "minimum" },
                   { "minima((x - 1)^2, x = -5..5).points[1].x", "1" } },
      .lesson = 6, .see = "minimize critical_points", .words = "global multistart local", .by_value = true, .call = minima_call },
    { .sig = "basins(f: objective, range: over?...; method: method, steps: int, grid: int, to: text, title: text) -> report",
      .help = "Draws which end point a method reaches from each start of a grid in a box, with the shares of the starts.",
      .example = { { "basins((x^2 - 1)^2 + y^2, x = -2..2, y = -2..2, grid: 4).points[2].share", "0.5" },
                   { "basins(x^2 + y^2, x = -1..1, y = -1..1, grid: 4).points[1].share", "1" } },
      .lesson = 6, .see = "minima minimize plot", .words = "attraction start fractal newton picture multistart", .by_value = true, .call = basins_call },
    { 0 }
};
