/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run of a minimizer says: one line, a table, warnings with what to do about them. The statements about rates compare with the
 * curvature: on a quadratic with curvatures mu to L, gd converges below the rate 2/L and is fastest at 2/(L + mu). */
#include "symbolic/optimize/minimize.h"

#include "numeric/ball.h"
#include "numeric/vector.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/optimize/certificate.h"
#include "symbolic/optimize/diagnose.h"
#include "symbolic/optimize/held_out.h"
#include "symbolic/optimize/linear_rule.h"
#include "symbolic/optimize/low_precision.h"
#include "symbolic/optimize/moments.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { TRACE_DIGITS = 6, NORM_DIGITS = 3, BISECTIONS = 40 };

static Str shown(const Problem *q, const Expr *e)
{
    Buf b = buf_new(q->c->arena);
    expr_show(&b, q->c->pool, e, (ShowStyle){ q->c->settings->unicode, q->c->settings->digits });
    return buf_str(&b);
}

static Str shown_double(const Problem *q, double x, size_t digits)
{
    return shown(q, double_expr(q->c->pool, q->c->arena, x, digits));
}

/* "x = 1, y = 2"; long points lose their end. */
static Str point_text(const Problem *q, const Solution *s, size_t digits)
{
    Buf b = buf_new(q->c->arena);
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++) {
        Str number = shown(q, solution_coordinate(q, s, i, digits));
        buf_printf(&b, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(q->var[i]->name), STR_ARGS(number));
    }
    if (q->n > MOST_SHOWN_VARIABLES)
        buf_printf(&b, ", ... (%zu variables)", q->n);
    return buf_str(&b);
}

static Str format_of(const Problem *q, const Solution *s)
{
    return s->low ? low_precision_text(q, s->low) : format_name(s->format, q->c->arena);
}

/* A norm may be smaller than any double. NaN: it is not known. */
Value minimize_norm(const Problem *q, double norm, double logarithm, size_t digits)
{
    Call *c = q->c;
    if (isnan(norm))
        return value_text((Str){ 0 });
    if (norm > 0 || !isfinite(logarithm))
        return value_expr(double_expr(c->pool, c->arena, norm, digits));
    Ball ball = { .digits = NORM_DIGITS };
    acb_init(ball.value);
    arb_set_d(acb_realref(ball.value), exp2(logarithm - floor(logarithm)));
    arb_mul_2exp_si(acb_realref(ball.value), acb_realref(ball.value), (slong)floor(logarithm));
    const Expr *e = expr_ball(c->pool, &ball);
    acb_clear(ball.value);
    return value_expr(e);
}

static Str steps_text(const Problem *q, const Solution *s)
{
    Str name = s->chain.n ? s->chain : method_name(s->method);
    Buf b = buf_new(q->c->arena);
    buf_printf(&b, "%zu step%s of %.*s", s->m.steps, s->m.steps == 1 ? "" : "s", STR_ARGS(name));
    Str format = format_of(q, s);
    if (!str_is(format, "fp64"))
        buf_printf(&b, " in %.*s", STR_ARGS(format));
    return buf_str(&b);
}

/* ---- what went wrong, and what helps ------------------------------------------------------------------------------------------- */

typedef struct Warnings { Report *report; size_t n; Value text[12]; } Warnings;

static void warn(Warnings *w, Str text)
{
    report_note(w->report, "%.*s", STR_ARGS(text));
    if (w->n < sizeof w->text / sizeof *w->text)
        w->text[w->n++] = value_text(text);
}

/* A text of optimizers.def at u = L, v = mu, w = the momentum; negative: there is none. */
static double row_number(const Problem *q, const Method *m, const char *text, double largest, double least)
{
    Call *c = q->c;
    long  beta = method_hyper(m, STR("beta"));
    const Expr *arg[3] = { double_expr(c->pool, c->arena, largest, 0), double_expr(c->pool, c->arena, least, 0),
                           beta >= 0 ? m->value[beta] : expr_int(c->pool, 0) };
    const Expr *e = text && text[0] ? pool_read(c->pool, text, arg, 3) : NULL;
    acb_t       ball;
    double      x = -1;
    if (!e || !expr_is_numeric(e))
        return x;
    acb_init(ball);
    if (expr_enclose(c->pool, e, NULL, NULL, 0, 64, ball, NULL) == EVAL_OK)
        x = arf_get_d(arb_midref(acb_realref(ball)), ARF_RND_NEAR);
    acb_clear(ball);
    return x;
}

/* Where no text says it, a linear rule is tried with rates around 2/L. */
double method_largest_rate(const Problem *q, const Method *m, double L, double mu)
{
    const RuleText *row = m->rule ? m->rule->row : NULL;
    if (!(L > 0))
        return -1;
    if (row && row->limit[0])
        return row_number(q, m, row->limit, L, mu);
    double low = 1e-3 / L, high = 1e3 / L;
    if (!(rule_factor(q->c->pool, q->c->arena, m, L, low) < 1) || !(rule_factor(q->c->pool, q->c->arena, m, L, high) > 1))
        return -1;
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = sqrt(low * high);
        *(rule_factor(q->c->pool, q->c->arena, m, L, middle) < 1 ? &low : &high) = middle;
    }
    return low;
}

/* The rate against the curvature: what it should have been. *factor: what an error is multiplied by in the worst direction of a quadratic; 0: unknown. */
static Str rate_hint(const Problem *q, const Solution *s, double *factor)
{
    Call            *c = q->c;
    const RuleText  *row = s->method->rule ? s->method->rule->row : NULL;
    double          *value = arena_array(c->arena, double, q->n);
    bool             constant;
    long             lr = method_hyper(s->method, STR("lr"));
    *factor = 0;
    if (lr < 0)
        return (Str){ 0 };
    if (!problem_curvature(q, q->start, value, &constant) || !(value[q->n - 1] > 0))
        return STR("hint: a smaller rate lr");
    double L = value[q->n - 1], mu = value[0], limit = method_largest_rate(q, s->method, L, mu), best = mu > 0 && row ? row_number(q, s->method, row->best, L, mu) : -1;
    if (!(limit > 0))
        return STR("hint: a smaller rate lr");
    double rate = -1;
    if (expr_is_numeric(s->method->value[lr])) {
        acb_t ball;
        acb_init(ball);
        if (expr_enclose(c->pool, s->method->value[lr], NULL, NULL, 0, 64, ball, NULL) == EVAL_OK)
            rate = arf_get_d(arb_midref(acb_realref(ball)), ARF_RND_NEAR);
        acb_clear(ball);
    }
    if (row && row->best[0] && constant && rate > 0)
        *factor = fabs(1 - rate * L);
    Str limit_text = shown_double(q, limit, 4), best_text = best > 0 ? shown_double(q, best, 4) : (Str){ 0 }, L_text = shown_double(q, L, 4);
    if (!constant)
        return str_printf(c->arena, "hint: the largest curvature at the start is L = %.*s: lr below %.*s would be stable there", STR_ARGS(L_text), STR_ARGS(limit_text));
    if (!row || !row->best[0])
        return str_printf(c->arena, "hint: L = %.*s: lr below %.*s converges", STR_ARGS(L_text), STR_ARGS(limit_text));
    return best > 0 ? str_printf(c->arena, "hint: lr below 2/L = %.*s converges; 2/(L + mu) = %.*s is best", STR_ARGS(limit_text), STR_ARGS(best_text))
                    : str_printf(c->arena, "hint: lr below 2/L = %.*s converges", STR_ARGS(limit_text));
}

static bool diverges(const Solution *s)
{
    return s->m.ending == ENDED_DIVERGED || (s->m.ending == ENDED_STEPS && s->m.rising && s->m.last_value > s->m.first_value);
}

Str solution_not_finite(const Problem *q, const Solution *s)
{
    size_t      k = s->m.bad_coordinate;
    const void *lane = k < q->n ? format_at(s->format, s->o.g, k) : s->o.f;
    bool        nan = isnan(format_get_double(s->format, lane));
    Str         what = k < q->n ? str_printf(q->c->arena, "the slope along %.*s", STR_ARGS(q->var[k]->name)) : STR("the value");
    Str         when = s->m.bad_step ? str_printf(q->c->arena, "after step %zu", s->m.bad_step) : STR("at the start");
    return str_printf(q->c->arena, "%.*s is %s %.*s", STR_ARGS(what), nan ? "no number" : "infinite", STR_ARGS(when));
}

static Str reason_word(const Solution *s)
{
    switch (s->m.ending) {
    case ENDED_CONVERGED:  return STR("converged");
    case ENDED_STEPS:      return diverges(s) ? STR("diverges") : STR("steps");
    case ENDED_NOT_FINITE: return STR("not finite");
    case ENDED_DIVERGED:   return STR("diverges");
    case ENDED_STUCK: case ENDED_NO_DESCENT: case ENDED_SMALL:
        return STR("precision");
    case ENDED_UNBOUNDED:  return STR("unbounded");
    case ENDED_SINGULAR:   return STR("singular");
    case ENDED_STOPPED:    return STR("interrupted");
    }
    return STR("steps");
}

Str solution_lost_number(const Problem *q, const Solution *s, size_t *hyper, double *became)
{
    Call  *c = q->c;
    for (size_t i = 0; s->method->rule && i < s->method->rule->hypers; i++) {
        const Expr *e = s->method->value[i];
        void       *lane = expr_is_number(e) ? expr_run(c->pool, c->arena, &e, 1, s->format, 1) : NULL;
        double      x = lane ? format_get_double(s->format, lane) : 0.5;
        if ((x != 0 && x != 1) || expr_is_integer(e))
            continue;
        Str name = s->method->rule->hyper[i], is = shown(q, double_expr(c->pool, c->arena, x, 1)), format = format_name(s->format, c->arena);
        if (hyper)
            *hyper = i;
        if (became)
            *became = x;
        acb_t ball;
        acb_init(ball);
        expr_enclose(c->pool, e, NULL, NULL, 0, 64, ball, NULL);
        Str value = shown_double(q, arf_get_d(arb_midref(acb_realref(ball)), ARF_RND_NEAR), SHOWN_DIGITS);
        acb_clear(ball);
        return str_printf(c->arena, "%.*s = %.*s is %.*s in %.*s", STR_ARGS(name), STR_ARGS(value), STR_ARGS(is), STR_ARGS(format));
    }
    return (Str){ 0 };
}

static bool rate_is_zero(const Solution *s)
{
    long lr = s->method->rule ? method_hyper(s->method, STR("lr")) : -1;
    return lr >= 0 && expr_is_zero(s->method->value[lr]) && s->m.steps;
}

static void add_warnings(const Problem *q, const Solution *s, Warnings *w)
{
    Call  *c = q->c;
    bool   constant;
    Str    low[MOST_LOW_WARNINGS];
    size_t lows = low_precision_warnings(q, s, low);
    for (size_t i = 0; i < lows; i++)
        warn(w, low[i]);
    double ignored, *value = arena_array(c->arena, double, q->n);
    if (s->m.ending == ENDED_NOT_FINITE && s->m.bad_step) {
        Str hint = rate_hint(q, s, &ignored);
        if (hint.n && !lows)
            warn(w, hint);
    } else if (rate_is_zero(s)) {
        warn(w, STR("the rate lr is 0: no step moves the point"));
    } else if (s->m.ending == ENDED_STUCK || s->m.ending == ENDED_NO_DESCENT) {
        if (s->m.gradient_norm > s->options.tol)
            warn(w, str_printf(c->arena, "the precision of %.*s is used up: a step no longer changes the %s", STR_ARGS(format_of(q, s)),
                               s->m.ending == ENDED_STUCK ? "point" : "value"));
    } else if (s->m.ending == ENDED_SINGULAR) {
        warn(w, STR("the system for the next step has no solution: newton(form: modified), trust_region or lm go on"));
    } else if (s->m.ending == ENDED_CONVERGED && !s->kind) {
        void        *x = s->m.x;
        const Expr **at = arena_array(c->arena, const Expr *, q->n);
        for (size_t i = 0; i < q->n; i++)
            at[i] = solution_number(q, s, format_at(s->format, x, i), 0);
        if (q->n > MOST_NEWTON_VARIABLES || q->axis || !problem_curvature(q, at, value, &constant))
            return;
        size_t negative = 0;
        for (size_t i = 0; i < q->n; i++)
            negative += value[i] < -1e-6 * (fabs(value[0]) + fabs(value[q->n - 1]));
        if (negative)
            warn(w, negative == q->n ? str_printf(c->arena, "warning: this is no %s: the value %s in every direction from here", q->maximize ? "maximum" : "minimum", q->maximize ? "rises" : "falls")
                                     : str_printf(c->arena, "warning: a saddle point: the value %s along %zu of %zu directions", q->maximize ? "rises" : "falls", negative, q->n));
    }
}

/* ", test_value 0.31, accuracy 0.9": at the last point. */
static Str measures_text(const Problem *q, const Solution *s)
{
    const Trace *t = &s->m.trace;
    Buf          b = buf_new(q->c->arena);
    for (size_t i = 0; s->beside && t->rows && i < t->watched; i++)
        if (s->beside->has[i]) {
            Str number = shown_double(q, t->number[(t->rows - 1) * t->watched + i], TRACE_DIGITS);
            buf_printf(&b, ", %s %.*s", measure_names[i], STR_ARGS(number));
        }
    return buf_str(&b);
}

static Str summary(const Problem *q, const Solution *s, Warnings *w)
{
    Call       *c = q->c;
    const char *about = s->exact ? "" : c->settings->unicode ? "≈ " : "~ ";
    Str         steps = steps_text(q, s), norm = isnan(s->m.gradient_norm) ? STR("not known") : shown(q, minimize_norm(q, s->m.gradient_norm, s->m.gradient_log2, NORM_DIGITS).expr);
    double      factor = 0;
    if (s->m.ending == ENDED_NOT_FINITE) {
        Str where = solution_not_finite(q, s);
        return str_printf(c->arena, "stopped: %.*s   %.*s", STR_ARGS(where), STR_ARGS(steps));
    }
    if (s->m.ending == ENDED_UNBOUNDED) {
        Str point = point_text(q, s, SHOWN_DIGITS), value = shown(q, solution_value(q, s, SHOWN_DIGITS));
        return str_printf(c->arena, "unbounded %s: %.*s at %.*s   %.*s", q->maximize ? "above" : "below", STR_ARGS(value), STR_ARGS(point), STR_ARGS(steps));
    }
    if (diverges(s)) {
        Str hint = rate_hint(q, s, &factor), point = point_text(q, s, SHOWN_DIGITS), grown = shown_double(q, factor, SHOWN_DIGITS);
        if (hint.n)
            warn(w, hint);
        return factor > 1 ? str_printf(c->arena, "diverges: |1 - lr*L| = %.*s > 1; %.*s after %zu steps", STR_ARGS(grown), STR_ARGS(point), s->m.steps)
                          : str_printf(c->arena, "diverges: %.*s after %.*s", STR_ARGS(point), STR_ARGS(steps));
    }
    Str value = shown(q, solution_value(q, s, 0)), point = point_text(q, s, 0);
    Str beside = measures_text(q, s);
    return str_printf(c->arena, "%s%s%.*s at %.*s   %.*s, gradient norm %.*s%.*s", s->m.ending == ENDED_STOPPED ? "interrupted: " : "", about, STR_ARGS(value),
                      STR_ARGS(point), STR_ARGS(steps), STR_ARGS(norm), STR_ARGS(beside));
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

static Value count(const Problem *q, size_t n)
{
    return value_expr(expr_int(q->c->pool, (slong)n));
}

/* With more digits than a double has, how many are right after each step is what the run is for. */
static bool shows_digits(const Problem *q, const Solution *s)
{
    return s->format->family == FAMILY_MPFR && s->format->precision > 64 && s->m.ending == ENDED_CONVERGED && s->m.trace.parameters == q->n && s->m.trace.rows > 2;
}

/* How many digits of the largest coordinate a row of the trace shares with the last one, whose own are all taken to be right. */
static size_t right_digits(const Problem *q, const Solution *s, size_t row)
{
    const Trace  *t = &s->m.trace;
    const Format *f = s->format;
    void         *d = format_lanes(f, q->c->arena, q->n), *minus_one = format_lanes(f, q->c->arena, 1), *last = format_at(f, t->lanes, (t->rows - 1) * t->width + 2);
    format_set_double(f, minus_one, -1, NULL);
    vector_add_scaled(f, d, minus_one, last, format_at(f, t->lanes, row * t->width + 2), q->n);
    double size = vector_norm_log2(f, last, q->n), distance = vector_norm_log2(f, d, q->n);
    double digits = ((isfinite(size) ? size : 0) - distance) * 0.30103, most = (double)f->precision * 0.30103;
    return digits > most ? (size_t)most : digits > 0 ? (size_t)digits : 0;
}

static void add_trace(const Problem *q, const Solution *s, Report *r)
{
    Call        *c = q->c;
    const Trace *t = &s->m.trace;
    size_t       x = t->parameters;
    bool         rates = false;
    Buf          columns = buf_new(c->arena);
    for (size_t i = 0; i < t->rows; i++)
        rates = rates || t->has_rate[i];
    buf_add_s(&columns, s->options.batch ? "step value batch_gradient_norm" : "step value gradient_norm");
    buf_add_s(&columns, rates ? s->method->row ? " step_size" : " lr" : "");
    bool digits = shows_digits(q, s);
    buf_add_s(&columns, digits ? " right_digits" : "");
    for (size_t i = 0; i < t->watched; i++)
        buf_printf(&columns, s->beside->has[i] ? " %s" : "", measure_names[i]);
    for (size_t i = 0; i < x; i++)
        buf_printf(&columns, " %.*s", STR_ARGS(column_title(q, i)));
    Table *table = report_table(r, "trace", buf_str(&columns).s);
    Value *cell = arena_array(c->arena, Value, 5 + x + t->watched);
    for (size_t i = 0; i < t->rows; i++) {
        char       *lanes = format_at(s->format, t->lanes, i * t->width);
        const Expr *value = solution_number(q, s, lanes, TRACE_DIGITS);
        size_t      k = 0;
        cell[k++] = value_expr(expr_int(c->pool, (slong)t->step[i]));
        cell[k++] = value_expr(q->maximize ? expr_neg(c->pool, value) : value);
        bool unknown = s->options.batch && t->step[i] == 0;
        cell[k++] = unknown ? value_text((Str){ 0 }) : minimize_norm(q, t->gradient_norm[i], t->gradient_log2[i], NORM_DIGITS);
        if (rates)
            cell[k++] = t->has_rate[i] ? value_expr(solution_number(q, s, format_at(s->format, lanes, 1), TRACE_DIGITS)) : value_text((Str){ 0 });
        if (digits)
            cell[k++] = i + 1 < t->rows ? count(q, right_digits(q, s, i)) : value_text((Str){ 0 });
        for (size_t j = 0; j < t->watched; j++)
            if (s->beside->has[j])
                cell[k++] = value_expr(double_expr(c->pool, c->arena, t->number[i * t->watched + j], TRACE_DIGITS));
        for (size_t j = 0; j < x; j++)
            cell[k++] = value_expr(solution_number(q, s, format_at(s->format, lanes, 2 + j), TRACE_DIGITS));
        table_row(r, table, cell);
    }
    bool positive = t->rows > 1 && s->m.last_value > 0 && s->m.first_value > 0 && !q->maximize;
    double ratio = positive ? s->m.last_value / s->m.first_value : 1;
    bool test = s->beside && s->beside->has[MEASURE_TEST], accuracy = s->beside && s->beside->has[MEASURE_ACCURACY];
    report_lines(r, ratio > 100 || ratio < 0.01 ? "y" : "", test ? "value over the steps, and over the test data" : "value over the steps", "trace", test ? "step value test_value" : "step value");
    if (accuracy)
        report_lines(r, "", "accuracy over the steps", "trace", s->beside->has[MEASURE_TEST_ACCURACY] ? "step accuracy test_accuracy" : "step accuracy");
}

/* The last values of what was measured beside the objective. */
static void add_measures(const Problem *q, const Solution *s, Report *r)
{
    Call         *c = q->c;
    const Trace  *t = &s->m.trace;
    const double *last = t->number + (t->rows - 1) * t->watched;
    for (size_t i = 0; s->beside && t->rows && i < t->watched; i++)
        if (s->beside->has[i])
            report_value(r, measure_names[i], value_expr(double_expr(c->pool, c->arena, last[i], i == MEASURE_TEST ? 0 : TRACE_DIGITS)));
}

/* minimum, maximum, saddle, degenerate: of what the user asked about, where maximize looks at the negative. */
static const char *kind_of(const Problem *q, const Solution *s)
{
    bool minimum = str_is(str_of(s->kind), "minimum"), maximum = str_is(str_of(s->kind), "maximum");
    return minimum && q->maximize ? "maximum" : maximum && q->maximize ? "minimum" : s->kind;
}

/* What is known about the point, and how. */
static const char *kind_text(const Problem *q, const Solution *s)
{
    if (s->lowest)
        return q->maximize ? "a global maximum: the objective is never positive, and exactly 0 there" : "a global minimum: the objective is never negative, and exactly 0 there";
    Str  kind = str_of(kind_of(q, s));
    bool proved = s->exact && s->m.gradient_norm == 0, minimum = str_is(kind, "minimum");
    if (minimum || str_is(kind, "maximum"))
        return minimum ? proved ? "a minimum: the gradient is exactly 0, the Hessian positive definite" : "a minimum: the Hessian is positive definite"
                       : proved ? "a maximum: the gradient is exactly 0, the Hessian negative definite" : "a maximum: the Hessian is negative definite";
    if (str_is(kind, "saddle"))
        return "a saddle point: the Hessian has eigenvalues of both signs";
    return proved ? "the gradient is exactly 0; the Hessian is singular and decides nothing" : "the Hessian is singular there and decides nothing";
}

Value minimize_report(const Problem *q, const Solution *s)
{
    Call    *c = q->c;
    Report  *r = report_new(c->arena, q->maximize ? "maximize" : "minimize");
    Warnings w = { .report = r };
    r->main = value_expr(solution_value(q, s, 0));
    report_value(r, "x", solution_point(q, s));
    report_value(r, "value", r->main);
    report_value(r, "gradient_norm", minimize_norm(q, s->m.gradient_norm, s->m.gradient_log2, 0));
    report_value(r, "steps", count(q, s->m.steps));
    report_value(r, "epochs", count(q, s->m.epochs));
    report_value(r, "evaluations", count(q, s->o.values + s->o.gradients + s->o.hessians));
    report_value(r, "reason", value_text(reason_word(s)));
    report_value(r, "method", value_method(s->method));
    report_value(r, "format", value_format(s->low ? s->low->weights : s->format));
    report_value(r, "seed", count(q, (size_t)s->options.seed));
    Convergence speed = s->options.batch ? (Convergence){ .kind = "unknown" } : trace_convergence(&s->m.trace);
    report_value(r, "convergence", value_text(str_of(speed.kind)));
    report_value(r, "factor", speed.factor > 0 ? value_expr(double_expr(c->pool, c->arena, speed.factor, NORM_DIGITS + 1)) : value_none());
    report_value(r, "order", speed.order > 0 ? value_expr(double_expr(c->pool, c->arena, speed.order, NORM_DIGITS)) : value_none());
    if (s->low)
        low_precision_report(q, s, r);
    add_measures(q, s, r);
    add_trace(q, s, r);
    if (s->low)
        low_precision_course(q, s, r);
    if (s->in_full)
        moments_report(q, s, r);
    r->summary = summary(q, s, &w);
    add_warnings(q, s, &w);
    Str    seen[MOST_DIAGNOSES];
    size_t diagnoses = rate_is_zero(s) ? 0 : solution_diagnose(q, s, &speed, seen);
    for (size_t i = 0; i < diagnoses; i++)
        warn(&w, seen[i]);
    for (size_t i = 0; i < s->notes; i++)
        warn(&w, s->note[i]);
    if (s->kind)
        report_note(r, "%s", kind_text(q, s));
    if (s->kind)
        report_value(r, "kind", value_text(str_of(kind_of(q, s))));
    if (s->certificate)
        certificate_report(q, s->certificate, r);
    if (s->why) {
        Str name = s->chain.n ? s->chain : method_name(s->method);
        report_note(r, "method: %.*s (%s)", STR_ARGS(name), s->why);
    }
    report_value(r, "warnings", value_list(c->arena, w.text, w.n));
    return value_report(r);
}
