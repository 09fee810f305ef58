/* SPDX-License-Identifier: GPL-3.0-or-later */
/* smoothness: the least and the largest curvature at a point, or proved bounds of them over a box, and what they mean for rates. rates: what theory predicts near a minimum for
 * gradient descent, heavy ball and Nesterov's method, beside what runs in 200 bits measure. With condition k = L/mu the factors are
 * (k - 1)/(k + 1) for the rate 2/(L + mu), 1 - 1/k for 1/L, (sqrt(k) - 1)/(sqrt(k) + 1) for heavy ball and 1 - 1/sqrt(k) for Nesterov.
 * [Polyak 1964; Nesterov 2004, sec. 2.1-2.2] */
#include "symbolic/optimize/certificate.h"
#include "symbolic/optimize/curvature_box.h"
#include "symbolic/optimize/minimize.h"

#include "base/interrupt.h"

#include <math.h>

enum { ARG_F, ARG_VARIABLES, ARG_FROM, SMOOTH_FROM = 3, SMOOTH_RANGE = 2 };
enum { RATE_DIGITS = 4, BOUND_DIGITS = 5, MEASURED_BITS = 200, MOST_MEASURED_STEPS = 20000, TRACE_ROOM = 20002 };

static const Expr *shown_number(Call *c, double x)
{
    return double_expr(c->pool, c->arena, x, RATE_DIGITS);
}

/* Curvatures at a point: false after call_fail. */
static bool curvatures(const Problem *q, const Expr *const *at, double *L, double *mu, bool *constant)
{
    double *value = arena_array(q->c->arena, double, q->n);
    if (!problem_curvature(q, at, value, constant)) {
        call_fail(q->c, ARG_F, "the second derivatives are not available there");
        return false;
    }
    *mu = value[0];
    *L = value[q->n - 1];
    return true;
}

/* A bound that is proved, with few digits of the scale, rounded outwards. */
static const Expr *bound(Call *c, double x, double scale, bool up)
{
    double size = isfinite(scale) ? fmax(fabs(x), scale) : fabs(x), unit = pow(10, floor(log10(size)) - BOUND_DIGITS + 1);
    if (!isfinite(x))
        return up ? expr_constant(c->pool, CONSTANT_OO) : expr_neg(c->pool, expr_constant(c->pool, CONSTANT_OO));
    double shown = up ? ceil(x / unit) * unit : floor(x / unit) * unit;
    bool   valid = up ? shown >= x : shown <= x, whole = floor(x) == x;         /* unit is rounded itself */
    return double_expr(c->pool, c->arena, whole || !valid ? x : shown, whole || !valid ? 0 : BOUND_DIGITS);
}

static Value smoothness_over(Call *c)
{
    Region       b;
    CurvatureBox k;
    if (call_has(c, SMOOTH_FROM))
        return call_fail(c, SMOOTH_FROM, "the curvature is that over the box: no start is needed");
    if (!region_read(c, ARG_F, SMOOTH_RANGE, "smoothness(f, x = -2..2, y = -2..2)", &b))
        return value_failed();
    if (problem_is_rough(&b.q))
        return call_fail(c, ARG_F, "it has kinks or jumps, where there is no curvature");
    if (!curvature_box(&b, &k)) {
        pool_clear_error(c->pool);
        return call_fail(c, ARG_F, "the second derivatives are not available");
    }
    double  L = fmax(k.largest[1], -k.least[0]), scale = fmax(fabs(k.largest[0]), fabs(k.least[1]));
    Report *r = report_new(c->arena, "smoothness");
    Table  *t = report_table(r, "curvature", "curvature at_least at_most");
    table_row(r, t, (const Value[]){ value_text(STR("largest, L")), value_expr(bound(c, k.largest[0], scale, false)), value_expr(bound(c, k.largest[1], scale, true)) });
    table_row(r, t, (const Value[]){ value_text(STR("least, mu")), value_expr(bound(c, k.least[0], scale, false)), value_expr(bound(c, k.least[1], scale, true)) });
    report_value(r, "L", value_expr(bound(c, k.largest[1], scale, true)));
    report_value(r, "mu", value_expr(bound(c, k.least[0], scale, false)));
    report_value(r, "lipschitz", value_expr(bound(c, L, scale, true)));
    r->tabled = true;
    report_note(r, "proved: no second derivative in the box is outside of these bounds");
    if (isfinite(L) && L > 0)
        report_note(r, "gradient descent is stable there for lr below 2/L = %.4g%s", floor(2 / L * 1e8) / 1e8, k.least[0] > 0 ? "; the value is strongly convex" : "");
    if (!isfinite(L))
        report_note(r, "a second derivative is not bounded there, or its bound was not found");
    else if (k.least[1] < 0)
        report_note(r, "the value curves down somewhere in the box: it is not convex");
    return value_report(r);
}

static Value smoothness_call(Call *c)
{
    Problem q;
    double  L, mu;
    bool    constant;
    if (call_has(c, SMOOTH_RANGE) && (c->arg[SMOOTH_RANGE].kind != VALUE_LIST || c->arg[SMOOTH_RANGE].list->n))
        return smoothness_over(c);
    if (!problem_read(c, ARG_F, ARG_VARIABLES, SMOOTH_FROM, false, &q) || !curvatures(&q, q.start, &L, &mu, &constant))
        return value_failed();
    Report *r = report_new(c->arena, "smoothness");
    Table  *t = report_table(r, "curvature", "L mu condition stable_below best_rate");
    const Expr *none = expr_constant(c->pool, CONSTANT_UNDEFINED);
    Value cell[5] = { value_expr(shown_number(c, L)), value_expr(shown_number(c, mu)), value_expr(mu > 0 ? shown_number(c, L / mu) : none),
                      value_expr(L > 0 ? shown_number(c, 2 / L) : none), value_expr(mu > 0 ? shown_number(c, 2 / (L + mu)) : none) };
    table_row(r, t, cell);
    report_value(r, "L", value_expr(double_expr(c->pool, c->arena, L, 0)));
    report_value(r, "mu", value_expr(double_expr(c->pool, c->arena, mu, 0)));
    r->tabled = true;
    if (constant)
        report_note(r, "the curvature is the same everywhere");
    else
        report_note(r, "the curvature at this point; elsewhere it is another");
    if (mu < 0)
        report_note(r, "the value curves down in some direction: gradient descent leaves this region");
    return value_report(r);
}

/* ---- rates --------------------------------------------------------------------------------------------------------------------- */

typedef struct Plan { const char *method, *title; double lr, beta, predicted; } Plan;

static void plans_of(double L, double mu, Plan plan[4])
{
    double k = L / mu, s = sqrt(k), h = sqrt(L) + sqrt(mu);
    plan[0] = (Plan){ "gd", "gd, lr = 2/(L + mu)", 2 / (L + mu), -1, (k - 1) / (k + 1) };
    plan[1] = (Plan){ "gd", "gd, lr = 1/L", 1 / L, -1, 1 - 1 / k };
    plan[2] = (Plan){ "heavy_ball", "heavy ball", 4 / (h * h), (s - 1) * (s - 1) / ((s + 1) * (s + 1)), (s - 1) / (s + 1) };
    plan[3] = (Plan){ "nesterov_constant", "nesterov", 1 / L, (s - 1) / (s + 1), 1 - 1 / s };
}

static const Method *method_of_plan(Call *c, const Plan *plan)
{
    const Method *m = c->method(c, str_of(plan->method));
    if (!m)
        return NULL;
    Method      *made = arena_copy(c->arena, m, sizeof *m);
    const Expr **value = arena_copy(c->arena, m->value, method_hypers(m) * sizeof *value);
    long         lr = method_hyper(m, STR("lr")), beta = method_hyper(m, STR("beta"));
    value[lr] = double_expr(c->pool, c->arena, plan->lr, 0);
    if (beta >= 0)
        value[beta] = double_expr(c->pool, c->arena, plan->beta, 0);
    made->value = value;
    return made;
}

/* The factor per step over the second half of the run, from the norms of the gradient; negative: not measured. */
static double measured(const Problem *q, const Plan *plan)
{
    Call    *c = q->c;
    Format  *f = arena_alloc(c->arena, sizeof *f);
    Solution s = { .format = f, .method = method_of_plan(c, plan) };
    double   steps = plan->predicted > 0 ? ceil(92 / -log(plan->predicted)) : 2;
    *f = format_mpfr(MEASURED_BITS);
    if (!s.method)
        return -1;
    s.options = (MinimizeOptions){ .steps = steps < MOST_MEASURED_STEPS ? (size_t)steps : MOST_MEASURED_STEPS, .tol_log2 = -INFINITY, .trace = TRACE_ROOM, .seed = 1 };
    if (!problem_solve(q, &s, 1))
        return -1;
    const Trace *t = &s.m.trace;
    size_t       last = t->rows ? t->rows - 1 : 0, half = last / 2;
    if (last < 2)
        return s.m.gradient_norm == 0 ? 0 : -1;
    double ratio = t->gradient_norm[last] / t->gradient_norm[half];
    return isfinite(ratio) ? pow(ratio, 1 / (double)(t->step[last] - t->step[half])) : -1;
}

/* The minimum that Newton's method finds from the start. */
static bool find_minimum(const Problem *q, const Expr **at)
{
    Call    *c = q->c;
    Format  *f = arena_alloc(c->arena, sizeof *f);
    Solution s = { .format = f, .method = c->method(c, STR("newton")), .options = { .steps = 500, .tol = 1e-9, .tol_log2 = -30, .trace = 4, .seed = 1 } };
    if (!s.method || !format_named(STR("fp64"), f) || !problem_solve(q, &s, 1))
        return false;
    if (!(s.m.gradient_norm < 1e-5))
        return call_fail(c, ARG_FROM, "no minimum was found from here").kind != VALUE_FAILED;
    for (size_t i = 0; i < q->n; i++)
        at[i] = solution_number(q, &s, format_at(f, s.m.x, i), 0);
    return true;
}

static Value rates_call(Call *c)
{
    Problem      q;
    double       L, mu;
    bool         constant;
    Plan         plan[4];
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, false, &q))
        return value_failed();
    const Expr **at = arena_array(c->arena, const Expr *, q.n);
    if (!find_minimum(&q, at) || !curvatures(&q, at, &L, &mu, &constant))
        return value_failed();
    if (!(mu > 1e-12 * L))
        return call_fail(c, ARG_F, "at the end point the value does not curve up in every direction: there is no linear rate");
    plans_of(L, mu, plan);
    Report *r = report_new(c->arena, "rates");
    Table  *t = report_table(r, "rates", "method lr predicted measured");
    for (size_t i = 0; i < 4 && !should_stop(); i++) {
        double m = measured(&q, &plan[i]);
        table_row(r, t, (const Value[]){ value_text(str_of(plan[i].title)), value_expr(shown_number(c, plan[i].lr)), value_expr(shown_number(c, plan[i].predicted)),
                                         m >= 0 ? value_expr(shown_number(c, m)) : value_text(STR("diverges")) });
    }
    r->summary = str_printf(c->arena, "%s L = %.5g, mu = %.5g, condition %.5g: what an error is multiplied by in a step", constant ? "everywhere" : "at the minimum",
                            L, mu, L / mu);
    return value_report(r);
}

const Builtin rates_builtins[] = {
    { .sig = "smoothness(f: objective, variables: closedvar?, range: over?...; from: start) -> report",
      .help = "The largest and the least curvature at a point, or bounds of them over a box, and the rates below which gradient descent is stable and at which it is best.",
      .example = { { "smoothness(x^2/2 + 25/2*y^2, from: (x = 1, y = 1)).L", "25" }, { "smoothness(x^2 + 3y^2, x = -1..1, y = -1..1).L", "6" } },
      .lesson = 6, .see = "rates minimize hessian", .words = "curvature lipschitz condition step size", .by_value = true, .call = smoothness_call },
    { .sig = "rates(f: objective, variables: closedvar?; from: start) -> report",
      .help = "How fast gradient descent, heavy ball and Nesterov's method converge to the minimum: predicted and measured.",
      .example = { { "rates(x^2, from: (x = 1)).rates[1].predicted", "0" },
                   { "rates(x^2/2 + 5*y^2, from: (x = 1, y = 1)).rates[2].predicted", "0.9" } },
      .lesson = 6, .see = "smoothness minimize compare", .words = "convergence linear condition", .call = rates_call },
    { 0 }
};
