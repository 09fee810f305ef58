/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linearize, quadratic, reversion, mean_value, and Taylor polynomials of several variables.
 *
 * Several variables: x = a + t*h makes f a function of t, whose Taylor coefficients are the homogeneous parts in h; a
 * coefficient that is no polynomial in h means that f has no such expansion. Reversion: exactly by FLINT where the coefficients are rational,
 * else by Lagrange's formula n*b[n] = [w^(n-1)] (w/f(w))^n. */
#include "symbolic/limits/approximate.h"

#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/joints.h"
#include "symbolic/limits/series.h"
#include "symbolic/solve/solve_int.h"

#include <flint/fmpq_poly.h>

enum { MOST_VARIABLES = 8, MOST_ORDER = 40, MOST_SEVERAL_ORDER = 20 };

typedef struct Centre {             /* x[i] = a[i] */
    size_t       n;
    const Expr **x, **a;
} Centre;

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

/* Of the argument `x = a` or `(x, y) = (a, b)`. */
static bool read_centre(Call *c, Centre *s)
{
    const Value *v = &c->arg[1], *var = v->kind == VALUE_RECORD ? record_get(v->record, STR("var")) : NULL;
    const Expr  *to = var ? record_get(v->record, STR("to"))->expr : v->expr->arg[1];
    s->n = var ? var->list->n : 1;
    s->x = arena_array(c->arena, const Expr *, s->n);
    s->a = arena_array(c->arena, const Expr *, s->n);
    if (s->n > MOST_VARIABLES || (var ? to->kind != EXPR_TENSOR || to->arity != s->n : !expr_is_scalar(to)))
        return call_fail(c, 1, "the centre needs %zu coordinate%s", s->n, s->n == 1 ? "" : "s"), false;
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = var ? var->list->item[i].expr : v->expr->arg[0];
        s->a[i] = var ? to->arg[i] : to;
        if (s->x[i]->kind != EXPR_SYMBOL || !expr_is_scalar(s->x[i]) || s->a[i]->flags & EXPR_HAS_INFINITE)
            return call_fail(c, 1, "the centre is a finite point of numbers"), false;
    }
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->n; k++)
            if (expr_depends(c->pool, s->a[i], s->x[k]))
                return call_fail(c, 1, "the point must not contain the variable itself"), false;
    return true;
}

/* The homogeneous parts of f at the centre up to a degree, in x - a; NULL after a failure. */
static const Expr **parts_of(Call *c, const Expr *f, const Centre *s, slong order)
{
    Pool        *p = c->pool;
    const Expr  *t = expr_fresh(p, s->x[0]), **h = arena_array(c->arena, const Expr *, s->n), **moved = arena_array(c->arena, const Expr *, s->n);
    const Expr **gap = arena_array(c->arena, const Expr *, s->n), **part = arena_array(c->arena, const Expr *, (size_t)order + 1), **k;
    Series       series;
    Str          why;
    for (size_t i = 0; i < s->n; i++) {
        h[i] = expr_fresh(p, s->x[i]);
        moved[i] = expr_add(p, s->a[i], expr_mul(p, t, h[i]));
        gap[i] = expr_sub(p, s->x[i], s->a[i]);
    }
    const Expr *line = expr_subst(p, f, s->x, moved, s->n);
    if (!line)
        return NULL;
    SeriesStatus status = expr_series(p, c->arena, line, t, expr_int(p, 0), order + 1, &series, &why);
    if (status == SERIES_UNDECIDED)
        return call_fail(c, 0, "could not find the series: %.*s", STR_ARGS(why)), NULL;
    bool fine = status == SERIES_OK && series.regular && !(series.n && expr_number_sign(series.term[0].e) < 0);
    for (slong d = 0; fine && d <= order; d++) {
        const Expr *e = expr_expand(p, series_coefficient(p, &series, d));
        for (size_t i = 0; e && fine && i < s->n; i++)
            fine = !expr_depends(p, e, h[i]) || expr_coefficients(p, c->arena, e, h[i], d, &k) >= 0;
        part[d] = e ? expr_subst(p, e, h, gap, s->n) : NULL;
        fine = fine && part[d];
    }
    if (!fine) {
        pool_clear_error(p);
        call_fail(c, 1, "there is no Taylor polynomial at this point: the function is not smooth there");
        return NULL;
    }
    return part;
}

Value taylor_several(Call *c)
{
    Centre s;
    slong  order = 0;
    Pool  *p = c->pool;
    if (!expr_fits_slong(c->arg[2].expr, &order) || order < 0 || order > MOST_SEVERAL_ORDER)
        return call_fail(c, 2, "the order must be a whole number from 0 to %d", MOST_SEVERAL_ORDER);
    if (!read_centre(c, &s))
        return value_failed();
    const Expr **part = parts_of(c, c->arg[0].expr, &s, order), *sum = expr_int(p, 0), *square = expr_int(p, 0);
    if (!part)
        return value_failed();
    for (slong d = 0; d <= order; d++)
        sum = expr_add(p, sum, part[d]);
    for (size_t i = 0; i < s.n; i++)
        square = expr_add(p, square, expr_powi(p, expr_sub(p, s.x[i], s.a[i]), 2));
    return value_expr(expr_add(p, sum, expr_order(p, expr_pow(p, square, expr_ratio(p, order + 1, 2)))));
}

/* f(a) + f'(a)*(x - a) + ... up to degree 1 or 2, by derivatives. */
static Value expansion(Call *c, int degree)
{
    Centre      s;
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *left, *right;
    if (!read_centre(c, &s))
        return value_failed();
    if (expr_has_kinks(p, c->arena, f)) {
        Truth smooth = s.n == 1 && degree == 1 ? expr_slopes(p, c->arena, f, s.x[0], s.a[0], &left, &right) : UNKNOWN;
        if (smooth != YES)
            return call_fail(c, 1, smooth == NO ? "the function has no derivative there" : "could not decide whether the function is smooth there");
    }
    const Expr **gap = arena_array(c->arena, const Expr *, s.n), *sum = expr_subst(p, f, s.x, s.a, s.n);
    for (size_t i = 0; i < s.n; i++)
        gap[i] = expr_sub(p, s.x[i], s.a[i]);
    for (size_t i = 0; i < s.n; i++) {
        const Expr *d = expr_diff(p, f, s.x[i]);
        sum = expr_add(p, sum, expr_mul(p, expr_subst(p, d, s.x, s.a, s.n), gap[i]));
        for (size_t k = 0; degree == 2 && k < s.n; k++) {
            const Expr *e = expr_subst(p, expr_diff(p, d, s.x[k]), s.x, s.a, s.n);
            sum = expr_add(p, sum, expr_mul(p, expr_mul(p, expr_ratio(p, 1, 2), e), expr_mul(p, gap[i], gap[k])));
        }
    }
    if (sum && sum->flags & EXPR_HAS_INFINITE)
        return call_fail(c, 1, "the function has no such derivatives there");
    return value_expr(sum);
}

static Value linearize_call(Call *c) { return expansion(c, 1); }
static Value quadratic_call(Call *c) { return expansion(c, 2); }

/* ---- reversion --------------------------------------------------------------------------------------------------------------------- */

/* The centre of a series x + 2x^2 + O((x - a)^3), read off its order term, which is taken away. */
static bool read_series(Call *c, const Expr **f, const Expr **x, const Expr **a, slong *order)
{
    Pool       *p = c->pool;
    const Expr *e = *f, *sum = expr_int(p, 0), *rest = NULL;
    Nodes       free = expr_symbols(p, c->arena, e);
    for (uint32_t i = 0; e->kind == EXPR_ADD && i < e->arity; i++)
        if (e->arg[i]->kind == EXPR_ORDER)
            rest = e->arg[i]->arg[0];
        else
            sum = expr_add(p, sum, e->arg[i]);
    if (!rest || free.n != 1)
        return false;
    const Expr *base = rest->kind == EXPR_POW ? rest->arg[0] : rest;
    slong       n = 1;
    if (rest->kind == EXPR_POW && !expr_fits_slong(rest->arg[1], &n))
        return false;
    *f = sum;
    *x = free.at[0];
    *a = expr_sub(p, free.at[0], base);
    *order = n - 1;
    return *a && !expr_depends(p, *a, *x);
}

/* b of the inverse of c[1]*w + c[2]*w^2 + ...; false: failed. */
static bool revert(Call *c, const Expr *const *k, slong order, const Expr **b)
{
    Pool *p = c->pool;
    bool  rational = true, fine = true;
    for (slong i = 1; i <= order; i++)
        rational = rational && expr_is_number(k[i]);
    if (rational) {
        fmpq_poly_t f;
        fmpq_t      q;
        fmpq_poly_init(f);
        fmpq_init(q);
        for (slong i = 1; i <= order; i++)
            fmpq_poly_set_coeff_fmpq(f, i, expr_number(k[i]));
        fmpq_poly_revert_series(f, f, order + 1);
        for (slong i = 1; i <= order; i++) {
            fmpq_poly_get_coeff_fmpq(q, f, i);
            b[i] = expr_fmpq(p, q);
        }
        fmpq_clear(q);
        fmpq_poly_clear(f);
        return true;
    }
    const Expr **u = arena_array(c->arena, const Expr *, (size_t)order + 1), **power = arena_array(c->arena, const Expr *, (size_t)order + 1);
    const Expr **next = arena_array(c->arena, const Expr *, (size_t)order + 1);
    for (slong i = 0; i < order; i++) {             /* u = w/f(w) */
        const Expr *sum = expr_int(p, i == 0);
        for (slong j = 1; j <= i; j++)
            sum = expr_sub(p, sum, expr_mul(p, k[j + 1], u[i - j]));
        power[i] = u[i] = expr_expand(p, expr_div(p, sum, k[1]));
    }
    for (slong n = 1; n <= order && fine; n++) {
        b[n] = expr_div(p, power[n - 1], expr_int(p, n));
        const Expr *simple = b[n] ? expr_simplify(p, b[n]) : NULL;
        b[n] = simple ? simple : b[n];
        fine = b[n] != NULL;
        for (slong i = 0; i < order; i++) {
            next[i] = expr_int(p, 0);
            for (slong j = 0; j <= i; j++)
                next[i] = expr_add(p, next[i], expr_mul(p, power[j], u[i - j]));
            next[i] = expr_expand(p, next[i]);
        }
        for (slong i = 0; i < order; i++)
            power[i] = next[i];
    }
    return fine;
}

static Value reversion_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *x = NULL, *a = NULL;
    slong       order = 6;
    Series      s;
    Str         why;
    if (call_has(c, 2) && (!expr_fits_slong(c->arg[2].expr, &order) || order < 1 || order > MOST_ORDER))
        return call_fail(c, 2, "the order must be a whole number from 1 to %d", MOST_ORDER);
    if (call_has(c, 1) && c->arg[1].kind == VALUE_EXPR) {
        x = c->arg[1].expr->arg[0];
        a = c->arg[1].expr->arg[1];
    } else if (call_has(c, 1) || !read_series(c, &f, &x, &a, &order) || order < 1) {
        call_fail(c, 0, "reversion needs a function of one variable with a point, or a series with its order term");
        diag_hint(c->diag, "reversion(sin(x), x = 0)");
        return value_failed();
    }
    SeriesStatus status = expr_series(p, c->arena, f, x, a, order + 1, &s, &why);
    if (status != SERIES_OK || !s.regular || (s.n && expr_number_sign(s.term[0].e) < 0))
        return call_fail(c, 0, "there is no Taylor series at this point");
    const Expr **k = arena_array(c->arena, const Expr *, (size_t)order + 1), **b = arena_array(c->arena, const Expr *, (size_t)order + 1);
    for (slong i = 0; i <= order; i++)
        k[i] = series_coefficient(p, &s, i);
    if (expr_zero_test(p, k[1]).answer != NO)
        return call_fail(c, 0, "the first derivative is 0 there, or may be: the inverse has no power series");
    if (!revert(c, k, order, b))
        return value_failed();
    const Expr *w = expr_sub(p, x, k[0]), *sum = a;
    for (slong i = 1; i <= order; i++)
        sum = expr_add(p, sum, expr_mul(p, b[i], expr_powi(p, w, i)));
    return value_expr(expr_add(p, sum, expr_order(p, expr_powi(p, w, order + 1))));
}

/* ---- the mean value theorem -------------------------------------------------------------------------------------------------------- */

/* The theorem asks for continuity and a derivative inside; NULL if f has both, else what is missing. */
static const char *hypothesis(Call *c, const Expr *f, const Expr *x, const Expr *low, const Expr *high)
{
    Breaks b = breaks_in(c, f, x, low, high);
    if (expr_has_kinks(c->pool, c->arena, f))
        return "a kink or jump may be in the range";
    if (b.why.n)
        return "discontinuities were not excluded";
    for (size_t i = 0; i < b.n; i++)
        if (b.at[i].kind != BREAK_NONE)
            return "the function is not continuous on the range";
    return NULL;
}

static Value mean_value_call(Call *c)
{
    Pool         *p = c->pool;
    const Record *r = c->arg[1].record;
    const Expr   *f = c->arg[0].expr, *x = record_get(r, STR("var"))->expr, *low = record_get(r, STR("low"))->expr, *high = record_get(r, STR("high"))->expr;
    Nodes         free = expr_symbols(p, c->arena, f);
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != x)
            return call_fail(c, 0, "mean_value needs a value for %.*s", STR_ARGS(free.at[i]->name));
    if ((low->flags | high->flags) & EXPR_HAS_INFINITE || expr_decide(p, expr_relation(p, REL_LT, low, high)).answer != YES)
        return call_fail(c, 1, "the range needs two numbers, the lower one first");
    const Expr *from = expr_value_at(p, c->arena, f, x, low), *to = expr_value_at(p, c->arena, f, x, high), *d = expr_diff(p, f, x);
    if (!from || !to || !d)
        return call_fail(c, 0, "the function has no value or no derivative at an end of the range");
    const Expr *slope = expr_div(p, expr_sub(p, to, from), expr_sub(p, high, low)), *gap = expr_sub(p, d, slope);
    const char *missing = hypothesis(c, f, x, low, high), *why = "";
    Report     *report = report_new(c->arena, "mean_value");
    pool_clear_error(p);
    report_value(report, "slope", value_expr(slope));
    if (expr_zero_test(p, gap).answer == YES) {
        report->main = value_text(STR("every point"));
        report->summary = str_printf(c->arena, "every point: the derivative is %.*s everywhere", STR_ARGS(shown(c, slope)));
        return value_report(report);
    }
    Places places = { 0 };
    size_t n = 0;
    bool   all = places_of(c, gap, x, low, high, &places, &why);
    pool_clear_error(p);
    Value *at = arena_array(c->arena, Value, places.n + 1);
    for (size_t i = 0; i < places.n; i++)
        if (expr_decide(p, expr_relation(p, REL_LT, low, places.at[i])).answer == YES && expr_decide(p, expr_relation(p, REL_LT, places.at[i], high)).answer == YES)
            at[n++] = value_expr(places.at[i]);
    if (!n && !all)
        return call_fail(c, -1, "could not decide, because %s", why);
    if (!n)
        return call_fail(c, 0, "there is no such point%s%s", missing ? ": " : "", missing ? missing : "");
    report->main = value_list(c->arena, at, n);
    report_value(report, "points_at", report->main);
    Buf b = buf_new(c->arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(x->name), STR_ARGS(shown(c, at[i].expr)));
    report->summary = str_printf(c->arena, "at %.*s the derivative is the mean slope %.*s", STR_ARGS(buf_str(&b)), STR_ARGS(shown(c, slope)));
    if (!all)
        report_note(report, "perhaps not all: %s", why);
    if (missing)
        report_note(report, "the theorem does not promise them: %s", missing);
    return value_report(report);
}

extern const Builtin approximate_builtins[];
const Builtin approximate_builtins[] = {
    { .sig = "linearize(f: scalar, x: point) -> expr",
      .help = "The best linear approximation of f near a point, of one variable or several.",
      .example = { { "linearize(sqrt(x), x = 4)", "x/4 + 1" }, { "linearize(x^2*y, (x, y) = (1, 2))", "4x + y - 4" } },
      .lesson = 5, .see = "quadratic tangent taylor", .words = "linear approximation first order tangent plane", .by_value = true, .call = linearize_call },
    { .sig = "quadratic(f: scalar, x: point) -> expr",
      .help = "The quadratic approximation of f near a point, of one variable or several.",
      .example = { { "quadratic(exp(x), x = 0)", "x^2/2 + x + 1" }, { "quadratic(cos(x)*exp(y), (x, y) = (0, 0))", "-x^2/2 + y^2/2 + y + 1" } },
      .lesson = 5, .see = "linearize taylor hessian", .words = "second order approximation model newton", .by_value = true, .call = quadratic_call },
    { .sig = "reversion(f: scalar, x: point?; order: int?) -> expr",
      .help = "The series of the inverse function, about the value at the point, in the same variable.",
      .example = { { "reversion(sin(x), x = 0, order: 5)", "x + x^3/6 + 3x^5/40 + O(x^6)" }, { "reversion(x + x^2 + O(x^4))", "x - x^2 + 2x^3 + O(x^4)" } },
      .lesson = 5, .see = "series taylor", .words = "inverse series lagrange inversion serreverse", .by_value = true, .call = reversion_call },
    { .sig = "mean_value(f: scalar, range: over) -> report",
      .help = "Where the derivative equals the mean slope over a range: the points of the mean value theorem.",
      .example = { { "mean_value(x^2, x = 0..4).points_at", "[2]" }, { "mean_value(x^3, x = 0..3).points_at", "[sqrt(3)]" } },
      .lesson = 2, .see = "diff critical_points tangent", .words = "mean value theorem rolle secant slope", .by_value = true, .call = mean_value_call },
    { 0 }
};
