/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minima(f, x = a..b, y = c..d): Newton's method from many starts in a box, Halton's points; end points that lie together are one, and each says
 * from what share of the starts it was reached and of what kind it is. What no start leads to is not found: nothing is proved here. */
#include "symbolic/box.h"

#include "base/interrupt.h"

#include <math.h>

enum { ARG_F, ARG_RANGE, ARG_STARTS };
enum { DEFAULT_STARTS = 64, MOST_STARTS = 10000, POINT_DIGITS = 8, SHARE_DIGITS = 3 };
static const unsigned primes[MOST_BOX_VARIABLES] = { 2, 3, 5, 7, 11, 13, 17, 19 };

typedef struct Basin {              /* an end point and the starts that led there */
    double     *x, value;
    size_t      starts;
    const char *kind;
    Solution    s;
} Basin;

typedef struct Search {
    Call   *c;
    Problem q;
    double *low, *high;
    Basin  *basin;
    size_t  basins, lost;           /* lost: starts from which nothing was found */
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

static void add_end(Search *s, const Solution *found)
{
    const double *x = found->m.x;
    for (size_t k = 0; k < s->basins; k++) {
        bool same = true;
        for (size_t i = 0; i < s->q.n && same; i++)
            same = fabs(s->basin[k].x[i] - x[i]) <= 1e-4 * (s->high[i] - s->low[i]);
        if (same) {
            s->basin[k].starts++;
            return;
        }
    }
    Basin p = { .x = arena_copy(s->c->arena, x, s->q.n * sizeof *x), .value = *(const double *)found->m.value, .starts = 1, .kind = kind_at(s, found), .s = *found };
    size_t at = s->basins++;
    for (; at > 0 && s->basin[at - 1].value > p.value; at--)
        s->basin[at] = s->basin[at - 1];
    s->basin[at] = p;
}

/* Only what lies in the box counts. */
static bool run_from(Search *s, size_t k, const Format *fp64)
{
    Call    *c = s->c;
    Solution found = { .format = fp64, .method = c->method(c, STR("newton")), .options = { .steps = 300, .tol = 1e-9, .tol_log2 = -30, .trace = 4, .seed = 1 } };
    for (size_t i = 0; i < s->q.n; i++)
        s->q.start[i] = double_expr(c->pool, c->arena, s->low[i] + (s->high[i] - s->low[i]) * halton(k + 1, primes[i]), 0);
    if (!found.method || !problem_solve(&s->q, &found, 1))
        return false;
    bool inside = found.m.gradient_norm < 1e-6;
    for (size_t i = 0; i < s->q.n; i++) {
        double x = ((const double *)found.m.x)[i];
        inside = inside && x >= s->low[i] && x <= s->high[i];
    }
    if (inside)
        add_end(s, &found);
    s->lost += !inside;
    return true;
}

static Value minima_report(Search *s, size_t done)
{
    Call   *c = s->c;
    Report *r = report_new(c->arena, "minima");
    Buf     columns = buf_new(c->arena);
    size_t  n = s->q.n;
    buf_add_s(&columns, "value");
    for (size_t i = 0; i < n; i++)
        buf_printf(&columns, " %.*s", STR_ARGS(column_title(&s->q, i)));
    buf_add_s(&columns, " share kind");
    Table *t = report_table(r, "points", buf_str(&columns).s);
    Value *cell = arena_array(c->arena, Value, n + 3);
    for (size_t k = 0; k < s->basins; k++) {
        const Basin *p = &s->basin[k];
        cell[0] = value_expr(double_expr(c->pool, c->arena, p->value, POINT_DIGITS));
        for (size_t i = 0; i < n; i++)
            cell[i + 1] = value_expr(double_expr(c->pool, c->arena, p->x[i], POINT_DIGITS));
        cell[n + 1] = value_expr(double_expr(c->pool, c->arena, (double)p->starts / (double)done, SHARE_DIGITS));
        cell[n + 2] = value_text(str_of(p->kind));
        table_row(r, t, cell);
    }
    r->summary = str_printf(c->arena, "%zu point%s from %zu starts; not proved to be all", s->basins, s->basins == 1 ? "" : "s", done);
    if (s->lost)
        report_note(r, "from %zu starts nothing was found in the box", s->lost);
    return value_report(r);
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
    s.basin = arena_array(c->arena, Basin, (size_t)starts + 1);
    for (; done < (size_t)starts && !should_stop(); done++)
        if (!run_from(&s, done, fp64))
            return value_failed();
    return minima_report(&s, done);
}

const Builtin minima_builtins[] = {
    { .sig = "minima(f: objective, range: over?...; starts: int) -> report",
      .help = "Local minima in a box: Newton's method from many starts, with the share of the starts that lead to each.",
      .example = { { "minima((x^2 - 1)^2, x = -2..2).points[1].kind", "minimum" } },
      .lesson = 6, .see = "minimize critical_points", .words = "global multistart basins local", .by_value = true, .call = minima_call },
    { 0 }
};
