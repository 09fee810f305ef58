/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures as data: points lie on their curves, gaps are where the function jumps or ends and nowhere else, ranges show what is worth showing. */
#include "tests/session.h"

#include "base/report.h"

#include <criterion/criterion.h>
#include <math.h>

typedef struct Drawn { Env *env; Source source; const Figure *f; Outcome o; } Drawn;

static Drawn draw(const char *text)
{
    Drawn d = { .env = env_new(builtin_tables) };
    d.o = run_text(d.env, &d.source, str_of(text));
    d.f = d.o.kind == RUN_DONE && d.o.value.kind == VALUE_REPORT ? report_picture(d.o.value.report) : NULL;
    return d;
}

static const PlotSeries *first(const Drawn *d, const char *text)
{
    cr_assert(d->f && d->f->n, "%s: no figure%s%s", text, d->o.diag ? ": " : "", d->o.diag ? d->o.diag->message.s : "");
    return &d->f->series[0];
}

static double recip(double x) { return 1 / x; }
static double steep(double x) { return atan(1e9 * x); }
static double cosine_quotient(double x) { return x == 0 ? 0.5 : 2 * pow(sin(x / 2), 2) / (x * x); }

Test(plot, points_lie_on_the_curve)
{
    static const struct { const char *text; double (*f)(double); } rows[] = {
        { "plot(sin(x), x = 0..2pi)", sin }, { "plot(exp(x), x = -3..3)", exp }, { "plot(tan(x), x = -5..5)", tan }, { "plot(1/x)", recip },
        { "plot(sqrt(x), x = -1..4)", sqrt }, { "plot(atan(10^9*x))", steep }, { "plot(floor(x), x = -3..3)", floor },
        { "plot((1 - cos(x))/x^2, x = -1/10^7..1/10^7)", cosine_quotient }, { "plot(log(x), x = 1/100..100, log: x)", log }, { "f(x) = x^3\nplot(f', x = 0..1)", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Drawn             d = draw(rows[i].text);
        const PlotSeries *s = first(&d, rows[i].text);
        size_t            values = 0;
        for (size_t k = 0; k < s->n; k++) {
            double x = s->x[k], y = rows[i].f ? rows[i].f(x) : 3 * x * x;
            values += isfinite(s->y[k]);
            if (isfinite(s->y[k]) && fabs(y) < 1e6)
                cr_expect(fabs(s->y[k] - y) <= 1e-6 * (1 + fabs(y) * fabs(y)), "%s at %.17g: %.17g, not %.17g", rows[i].text, x, s->y[k], y);
            if (k)
                cr_expect(s->x[k] >= s->x[k - 1], "%s: x goes back at %.17g", rows[i].text, x);
        }
        cr_expect(values > 100, "%s: %zu values", rows[i].text, values);
        env_delete(d.env);
    }
}

static size_t gaps(const PlotSeries *s)
{
    size_t n = 0;
    for (size_t k = 1; k + 1 < s->n; k++)
        n += isnan(s->y[k]) && isfinite(s->y[k - 1]);
    return n;
}

Test(plot, gaps_are_where_the_function_breaks)
{
    static const struct { const char *text; size_t gaps; } rows[] = {
        { "plot(sin(x), x = 0..20)", 0 }, { "plot(1/x)", 1 }, { "plot(tan(x), x = -5..5)", 4 }, { "plot(floor(x), x = -5/2..5/2)", 5 }, { "plot(atan(10^9*x))", 0 },
        { "plot(abs(x))", 0 }, { "plot(x^(1/3), x = 0..1)", 0 }, { "plot(sqrt(x^2 - 1), x = -3..3)", 1 }, { "plot(sin(x)/x)", 1 },
        { "plot(if x < 0 then -1 else 1)", 1 }, { "plot(if x < 0 then x else x^2)", 0 }, { "plot(max(x, 10^6*x))", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Drawn             d = draw(rows[i].text);
        const PlotSeries *s = first(&d, rows[i].text);
        cr_expect(gaps(s) == rows[i].gaps, "%s: %zu gaps, not %zu", rows[i].text, gaps(s), rows[i].gaps);
        env_delete(d.env);
    }
}

/* A hole is as narrow as a double: nothing of it is seen. */
Test(plot, a_removable_hole_is_narrow)
{
    Drawn             d = draw("plot(sin(x)/x)");
    const PlotSeries *s = first(&d, "sin(x)/x");
    for (size_t k = 1; k + 1 < s->n; k++)
        if (isnan(s->y[k]))
            cr_expect(s->x[k + 1] - s->x[k - 1] < 1e-7, "%g", s->x[k + 1] - s->x[k - 1]);
    env_delete(d.env);
}

Test(plot, ranges_show_what_is_worth_showing)
{
    static const struct { const char *text; double least_low, low, high, most_high; } rows[] = {
        { "plot(sin(x), x = 0..2pi)", -1.2, -1, 1, 1.2 }, { "plot(1/x)", -20, -1, 1, 20 }, { "plot(tan(x), x = -5..5)", -20, -2, 2, 20 }, { "plot(1/x^2)", -1, 0.04, 0.5, 50 },
        { "plot(exp(x), x = 0..20)", -1e8, 1, exp(20), 6e8 }, { "plot(5)", 0, 4.9, 5.1, 10 }, { "plot(0)", -2, -0.1, 0.1, 2 },
        { "plot(10^300*x, x = 0..1)", -1e299, 0, 1e300, 2e300 }, { "plot(10^-300*x, x = 0..1)", -1e-301, 0, 1e-300, 2e-300 }, { "plot(x^2, y: -3..4)", -3, -3, 4, 4 },
        { "plot(exp(x^3), x = 0..100)", -INFINITY, 1, 1, INFINITY },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Drawn d = draw(rows[i].text);
        first(&d, rows[i].text);
        double low = d.f->y_low, high = d.f->y_high;
        cr_expect(low >= rows[i].least_low && low <= rows[i].low && high >= rows[i].high && high <= rows[i].most_high && isfinite(low) && isfinite(high), "%s: %g to %g",
                  rows[i].text, low, high);
        env_delete(d.env);
    }
}

static double circle(double x, double y) { return x * x + y * y - 1; }
static double hyperbola(double x, double y) { return x * y - 1; }
static double saddle(double x, double y) { return x * x - y * y; }

Test(plot, level_sets_lie_where_they_should)
{
    static const struct { const char *text; double (*f)(double, double); bool empty; } rows[] = {
        { "plot(x^2 + y^2 = 1, x = -2..2, y = -2..2)", circle, false }, { "plot(x*y = 1, x = -3..3, y = -3..3)", hyperbola, false },
        { "plot(x^2 = y^2, x = -1..1, y = -1..1)", saddle, false },
        { "plot(1/(x - 1/7) = 0, x = -1..1, y = -1..1)", circle, true }, { "plot(x^2 + y^2 = -1, x = -1..1, y = -1..1)", circle, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Drawn             d = draw(rows[i].text);
        const PlotSeries *s = first(&d, rows[i].text);
        size_t            points = 0;
        for (size_t k = 0; k < s->n; k++) {
            points += isfinite(s->x[k]);
            if (isfinite(s->x[k]))
                cr_expect(fabs(rows[i].f(s->x[k], s->y[k])) < 1e-9, "%s at %g, %g", rows[i].text, s->x[k], s->y[k]);
        }
        cr_expect(rows[i].empty ? points == 0 : points > 100, "%s: %zu points", rows[i].text, points);
        env_delete(d.env);
    }
    Drawn d = draw("plot(x + 2y, x = 0..1, y = 0..1, levels: [1/2, 1])");
    cr_assert(d.f && d.f->n == 2);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < d.f->series[i].n; k++)
            if (isfinite(d.f->series[i].x[k]))
                cr_expect(fabs(d.f->series[i].x[k] + 2 * d.f->series[i].y[k] - d.f->series[i].level) < 1e-9);
    env_delete(d.env);
}

Test(plot, pictures_of_concepts)
{
    Drawn d = draw("plot(x^2, x = 0..1, riemann: 4, rule: right)");
    double sum = 0;
    cr_assert(d.f && d.f->n == 2 && d.f->series[1].kind == SERIES_BARS && d.f->series[1].n == 4);
    for (size_t k = 0; k < 4; k++)
        sum += d.f->series[1].y[k] * (d.f->series[1].x2[k] - d.f->series[1].x[k]);
    cr_expect(fabs(sum - 15.0 / 32) < 1e-12);
    env_delete(d.env);
    d = draw("plot(exp(x), x = -1..1, taylor: [0, 2])");
    cr_assert(d.f && d.f->n == 3);
    for (size_t k = 0; k < d.f->series[2].n; k++)
        cr_expect(fabs(d.f->series[2].y[k] - (1 + d.f->series[2].x[k] + d.f->series[2].x[k] * d.f->series[2].x[k] / 2)) < 1e-12);
    env_delete(d.env);
    d = draw("plot(x^2 - 2, x = 0..3, newton: 2, steps: 2)");
    cr_assert(d.f && d.f->n >= 3 && d.f->series[1].n == 5);
    cr_expect(fabs(d.f->series[1].x[2] - 1.5) < 1e-12 && fabs(d.f->series[1].x[4] - 17.0 / 12) < 1e-12);
    env_delete(d.env);
    d = draw("plot(3x + 1, x -> 2, eps: 1/100)");
    cr_assert(d.f);
    bool delta = false;
    for (size_t i = 0; i < d.f->n; i++)
        delta = delta || (d.f->series[i].kind == SERIES_VERTICAL && fabs(d.f->series[i].x[1] - 2 - 1.0 / 300) < 1e-12);
    cr_expect(delta);
    env_delete(d.env);
}

Test(plot, figures_are_kept_and_reports_drawn)
{
    static const char *const rows[] = {
        "p = plot(x^2);\np", "r = minimize((x - 3)^2, from: 0, method: gd(lr: 0.1), steps: 20);\nplot(r)", "plot(finite_difference(sin(x), x = 1))",
        "c = compare(x^2, from: 1, methods: [gd(lr: 0.1), gd(lr: 0.2)], steps: 5);\nplot(c)", "plot(newton(cos(x) = x, from: 1))", "plot([1, 4, 9])", "plot([1, 2, 3], [1, 4, 9])",
        "plot([1, 2; 3, 4])", "plot(generate(moons, n: 50))", "p = plot(sin(x));\nplot(p)", "plot(bisect(x^2 = 2, x = 0..2))",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Drawn d = draw(rows[i]);
        first(&d, rows[i]);
        env_delete(d.env);
    }
    Drawn d = draw("plot(compare(x^2, from: 1, methods: [gd(lr: 0.1), gd(lr: 0.2)], steps: 5))");
    cr_expect(d.f && d.f->n == 2, "one line for each run");
    env_delete(d.env);
    d = draw("histogram([1, 2, 2, 3, 5], bins: 4)");
    cr_assert(d.f && d.f->series[0].n == 4);
    cr_expect(d.f->series[0].y[0] == 1 && d.f->series[0].y[1] == 2 && d.f->series[0].y[2] == 1 && d.f->series[0].y[3] == 1);
    env_delete(d.env);
}
