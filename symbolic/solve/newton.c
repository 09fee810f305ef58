/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's method for roots of an equation or a system, at any precision, with the right digits of every iterate.
 *
 * Iterates are numbers of the working precision; values and derivatives are balls. The last iterate m is certified by the interval
 * Newton operator: with a box X around m, if N = m - J(X)^-1 F(m) lies inside X, then X holds exactly one root, and N
 * encloses it [Krawczyk 1969; Rump 1983]. A root where the derivative vanishes is found, slowly, and not certified. */
#include "symbolic/solve/newton.h"

#include "base/interrupt.h"
#include "base/report.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"

#include <string.h>

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST_VARIABLES = 50, GUARD_DIGITS = 10, SHOWN_DIGITS = 18, MOST_DIGITS = 1000000, RUNAWAY_BITS = 2000 };

typedef struct Newton {
    Call        *c;
    size_t       n;
    const Expr **var, **f, **jacobian;      /* jacobian: n x n, row by row */
    size_t       digits;                    /* asked for */
    slong        bits;
    arb_mat_t    x;                         /* the iterate, a column */
    acb_ptr      value;                     /* of the variables, for expr_enclose */
    arb_mat_t   *iterate;                   /* all of them, for the right digits afterwards */
    size_t       iterates;
} Newton;

/* ---- the problem ---------------------------------------------------------------------------------------------------------- */

static const Expr *residual(Pool *p, const Expr *e)
{
    return e->kind == EXPR_RELATION ? expr_sub(p, e->arg[0], e->arg[1]) : e;
}

/* The equations: an expression (= 0), an equation, or a vector or list of these. */
static bool read_equations(Newton *s, Value v)
{
    Call  *c = s->c;
    size_t n = v.kind == VALUE_LIST ? v.list->n : v.expr->kind == EXPR_TENSOR ? v.expr->arity : 1;
    s->f = arena_array(c->arena, const Expr *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Expr *e = v.kind != VALUE_LIST ? (n == 1 && v.expr->kind != EXPR_TENSOR ? v.expr : v.expr->arg[i])
                      : v.list->item[i].kind == VALUE_EXPR ? v.list->item[i].expr : NULL;
        if (!e || (e->kind == EXPR_RELATION && e->relop != REL_EQ) || !expr_is_scalar(e))
            return call_fail(c, 0, "newton needs an expression, an equation, or a list of them"), false;
        s->f[i] = residual(c->pool, e);
    }
    if (n != s->n)
        return call_fail(c, 0, "%zu equation%s for %zu unknown%s", n, n == 1 ? "" : "s", s->n, s->n == 1 ? "" : "s"), false;
    return true;
}

static bool differentiate(Newton *s)
{
    s->jacobian = arena_array(s->c->arena, const Expr *, s->n * s->n);
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++)
            if (!(s->jacobian[i * s->n + j] = expr_diff(s->c->pool, s->f[i], s->var[j])))
                return false;
    return true;
}

/* The start: a number, a vector in the order of the variables, or a record by their names. */
static bool read_start(Newton *s, Value from)
{
    Call *c = s->c;
    for (size_t i = 0; i < s->n; i++) {
        const Value *entry = from.kind == VALUE_RECORD ? record_get(from.record, s->var[i]->name) : NULL;
        const Expr  *e = entry && entry->kind == VALUE_EXPR ? entry->expr
                       : from.kind != VALUE_EXPR ? NULL
                       : from.expr->kind == EXPR_TENSOR ? (from.expr->arity == s->n ? from.expr->arg[i] : NULL)
                       : from.expr->kind == EXPR_RELATION ? (from.expr->arg[0] == s->var[i] ? from.expr->arg[1] : NULL)
                       : s->n == 1 ? from.expr : NULL;
        if (!e || expr_enclose(c->pool, e, NULL, NULL, 0, s->bits, &s->value[i], NULL) != EVAL_OK || !acb_is_real(&s->value[i]))
            return call_fail(c, 1, "from: needs a real number for each of the %zu variable%s", s->n, s->n == 1 ? "" : "s"), false;
        arb_get_mid_arb(arb_mat_entry(s->x, (slong)i, 0), acb_realref(&s->value[i]));
    }
    return true;
}

/* ---- the iteration ---------------------------------------------------------------------------------------------------------- */

/* Encloses the expressions where the variables have the values of the column x. */
static bool enclose(Newton *s, const Expr *const *e, size_t rows, size_t cols, const arb_mat_t x, arb_mat_t out)
{
    acb_t ball;
    bool  fine = true;
    acb_init(ball);
    for (size_t i = 0; i < s->n; i++)
        acb_set_arb(&s->value[i], arb_mat_entry(x, (slong)i, 0));
    for (size_t k = 0; k < rows * cols && fine; k++) {
        fine = expr_enclose(s->c->pool, e[k], s->var, s->value, s->n, s->bits, ball, NULL) == EVAL_OK && acb_is_real(ball);
        arb_set(arb_mat_entry(out, (slong)(k / cols), (slong)(k % cols)), acb_realref(ball));
    }
    acb_clear(ball);
    return fine;
}

typedef enum StepResult { STEP_DONE, STEP_UNDEFINED, STEP_SINGULAR } StepResult;

/* d = J(at)^-1 F(x). */
static StepResult newton_step(Newton *s, const arb_mat_t x, const arb_mat_t at, arb_mat_t d)
{
    arb_mat_t  f, jacobian;
    StepResult result = STEP_UNDEFINED;
    arb_mat_init(f, (slong)s->n, 1);
    arb_mat_init(jacobian, (slong)s->n, (slong)s->n);
    if (enclose(s, s->f, s->n, 1, x, f) && enclose(s, s->jacobian, s->n, s->n, at, jacobian))
        result = arb_mat_solve(d, jacobian, f, s->bits) ? STEP_DONE : STEP_SINGULAR;
    arb_mat_clear(jacobian);
    arb_mat_clear(f);
    return result;
}

static void remember(Newton *s)
{
    arb_mat_init(s->iterate[s->iterates], (slong)s->n, 1);
    arb_mat_set(s->iterate[s->iterates++], s->x);
}

/* Is every |d_i| below 10^-digits times max(|x_i|, 10^-digits)? */
static bool is_small(const Newton *s, const arb_mat_t d, size_t digits)
{
    bool  small = true;
    arb_t bound;
    arb_init(bound);
    for (slong i = 0; i < (slong)s->n && small; i++) {
        arb_abs(bound, arb_mat_entry(s->x, i, 0));
        arb_mul_2exp_si(bound, bound, -(slong)((double)digits * 3.3219280948873626));
        arf_t top;
        arf_init(top);
        arb_get_abs_ubound_arf(top, arb_mat_entry(d, i, 0), 64);
        small = arf_cmp(top, arb_midref(bound)) <= 0 || arf_cmpabs_2exp_si(top, -2 * (slong)((double)digits * 3.3219280948873626)) < 0;
        arf_clear(top);
    }
    arb_clear(bound);
    return small;
}

static bool runs_away(const Newton *s)
{
    for (slong i = 0; i < (slong)s->n; i++)
        if (arf_cmpabs_2exp_si(arb_midref(arb_mat_entry(s->x, i, 0)), RUNAWAY_BITS) > 0)
            return true;
    return false;
}

/* Iterates until the steps are small; the reason for stopping. */
static const char *iterate(Newton *s, size_t steps)
{
    const char *reason = "steps used up";
    arb_mat_t   d;
    arb_mat_init(d, (slong)s->n, 1);
    remember(s);
    for (size_t k = 0; k < steps; k++) {
        if (should_stop()) {
            reason = "interrupted";
            break;
        }
        StepResult step = newton_step(s, s->x, s->x, d);
        if (step != STEP_DONE) {
            reason = step == STEP_SINGULAR ? "the derivative vanishes" : "the function is not defined there";
            break;
        }
        arb_mat_sub(s->x, s->x, d, s->bits);
        for (slong i = 0; i < (slong)s->n; i++)
            arb_get_mid_arb(arb_mat_entry(s->x, i, 0), arb_mat_entry(s->x, i, 0));
        remember(s);
        if (runs_away(s)) {
            reason = "the iterates run away";
            break;
        }
        if (is_small(s, d, s->digits + GUARD_DIGITS / 2)) {
            reason = "converged";
            break;
        }
    }
    arb_mat_clear(d);
    return reason;
}

/* ---- the certificate --------------------------------------------------------------------------------------------------------- */

/* Does the box of this relative size around the iterate hold exactly one root? Then *root encloses it. */
static bool certified(Newton *s, slong size_bits, arb_mat_t root)
{
    arb_mat_t box, d;
    mag_t     radius;
    arb_mat_init(box, (slong)s->n, 1);
    arb_mat_init(d, (slong)s->n, 1);
    mag_init(radius);
    arb_mat_set(box, s->x);
    for (slong i = 0; i < (slong)s->n; i++) {
        arb_get_mag(radius, arb_mat_entry(s->x, i, 0));
        mag_mul_2exp_si(radius, radius, -size_bits);
        if (mag_is_zero(radius))
            mag_set_ui_2exp_si(radius, 1, -2 * size_bits);
        arb_add_error_mag(arb_mat_entry(box, i, 0), radius);
    }
    bool fine = newton_step(s, s->x, box, d) == STEP_DONE;
    if (fine) {
        arb_mat_sub(root, s->x, d, s->bits);
        for (slong i = 0; i < (slong)s->n; i++)
            fine = fine && arb_contains_interior(arb_mat_entry(box, i, 0), arb_mat_entry(root, i, 0));
    }
    mag_clear(radius);
    arb_mat_clear(d);
    arb_mat_clear(box);
    return fine;
}

static bool certify(Newton *s, arb_mat_t root)
{
    for (double share = 0.9; share > 0.1; share -= 0.2)
        if (certified(s, (slong)((double)s->bits * share), root))
            return true;
    return false;
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------ */

static Value ball_value(Pool *p, const arb_t x, size_t digits)
{
    Ball ball = { .digits = (slong)digits };
    acb_init(ball.value);
    acb_set_arb(ball.value, x);
    const Expr *e = expr_ball(p, &ball);
    acb_clear(ball.value);
    return value_expr(e);
}

/* The right decimal digits of iterate k in its worst coordinate: -log10 of its relative error. */
static double right_digits(const Newton *s, size_t k, const arb_mat_t root)
{
    double worst = (double)s->digits;
    arb_t  error, size;
    arb_init(error);
    arb_init(size);
    for (slong i = 0; i < (slong)s->n; i++) {
        arb_sub(error, arb_mat_entry(s->iterate[k], i, 0), arb_mat_entry(root, i, 0), s->bits);
        arb_abs(error, error);
        arb_abs(size, arb_mat_entry(root, i, 0));
        if (arb_contains_zero(error))
            continue;
        if (!arb_contains_zero(size))
            arb_div(error, error, size, s->bits);
        arb_log(error, error, 64);
        double digits = -arf_get_d(arb_midref(error), ARF_RND_NEAR) / 2.302585092994046;
        worst = digits < worst ? digits : worst;
    }
    arb_clear(size);
    arb_clear(error);
    return worst < 0 ? 0 : worst;
}

static Buf column_names(const Newton *s)
{
    Buf b = buf_new(s->c->arena);
    buf_add_s(&b, "k");
    for (size_t i = 0; i < s->n; i++)
        buf_printf(&b, " %.*s", STR_ARGS(s->var[i]->name));
    buf_add_s(&b, " right_digits");
    return b;
}

static void add_trace(Newton *s, Report *r, const arb_mat_t root, bool sure)
{
    Buf    names = column_names(s);
    Table *t = report_table(r, "trace", buf_str(&names).s);
    report_lines(r, "", "iterates", "trace", sure ? "k right_digits" : buf_str(&names).s);
    Value *cell = arena_array(s->c->arena, Value, s->n + 2);
    for (size_t k = 0; k < s->iterates; k++) {
        cell[0] = value_expr(expr_int(s->c->pool, (slong)k));
        for (size_t i = 0; i < s->n; i++)
            cell[i + 1] = ball_value(s->c->pool, arb_mat_entry(s->iterate[k], (slong)i, 0), s->digits < SHOWN_DIGITS ? s->digits : SHOWN_DIGITS);
        cell[s->n + 1] = sure ? value_expr(expr_int(s->c->pool, (slong)right_digits(s, k, root))) : value_text(STR("?"));
        table_row(r, t, cell);
    }
}

/* The measured order: how the number of right digits grows, over the last step before the precision ends. */
static const char *order_of(const Newton *s, const arb_mat_t root)
{
    for (size_t k = s->iterates; k-- > 2;) {
        double now = right_digits(s, k, root), before = right_digits(s, k - 1, root), first = right_digits(s, k - 2, root);
        if (now >= (double)s->digits || before < 1.5 || first <= 0.5)
            continue;
        return now / before > 2.6 ? "faster than quadratic convergence" : now / before > 1.6 ? "quadratic convergence" : "linear convergence";
    }
    return NULL;
}

static Value report(Newton *s, const char *reason)
{
    Call     *c = s->c;
    Report   *r = report_new(c->arena, "newton");
    arb_mat_t root;
    arb_mat_init(root, (slong)s->n, 1);
    bool         sure = certify(s, root), converged = !strcmp(reason, "converged") || sure;
    const Expr **x = arena_array(c->arena, const Expr *, s->n);
    Buf          text = buf_new(c->arena);
    for (size_t i = 0; i < s->n; i++) {
        x[i] = ball_value(c->pool, arb_mat_entry(sure ? root : s->x, (slong)i, 0), s->digits).expr;
        Str digits;
        size_t decided;
        ball_decimal_best(c->arena, arb_mat_entry(sure ? root : s->x, (slong)i, 0), s->digits, &digits, &decided);
        buf_printf(&text, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(s->var[i]->name), STR_ARGS(digits));
    }
    const char *order = sure ? order_of(s, root) : NULL;
    r->main = s->n == 1 ? value_expr(x[0]) : value_expr(expr_tensor(c->pool, s->n, 1, x));
    r->summary = str_printf(c->arena, "%s%.*s   %zu step%s%s%s, %s", converged ? (c->settings->unicode ? "≈ " : "~ ") : "no root found, at ",
                            STR_ARGS(buf_str(&text)), s->iterates - 1, s->iterates == 2 ? "" : "s", order ? ", " : "", order ? order : "",
                            sure ? "certified: the only root near it" : !converged ? reason : "not certified (a multiple root?)");
    report_value(r, "x", r->main);
    report_value(r, "steps", value_expr(expr_int(c->pool, (slong)s->iterates - 1)));
    report_value(r, "reason", value_text(str_of(reason)));
    report_value(r, "certified", value_expr(expr_truth(c->pool, sure)));
    add_trace(s, r, root, sure);
    arb_mat_clear(root);
    return value_report(r);
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------- */

static bool set_up(Newton *s, Call *c, size_t digits, size_t steps)
{
    *s = (Newton){ .c = c, .n = c->nvars, .var = c->vars, .digits = digits };
    if (s->n == 0 || s->n > MOST_VARIABLES)
        return call_fail(c, 0, s->n ? "newton takes at most %d unknowns" : "newton found no unknown in this", MOST_VARIABLES), false;
    s->bits = (slong)((double)(digits + GUARD_DIGITS) * 3.3219280948873626) * 2;
    arb_mat_init(s->x, (slong)s->n, 1);
    s->value = _acb_vec_init((slong)s->n);
    s->iterate = arena_alloc(c->arena, sizeof *s->iterate * (steps + 2));
    return true;
}

static void tear_down(Newton *s)
{
    for (size_t k = 0; k < s->iterates; k++)
        arb_mat_clear(s->iterate[k]);
    arb_mat_clear(s->x);
    _acb_vec_clear(s->value, (slong)s->n);
}

static Value newton_call(Call *c)
{
    slong  steps = 0, digits = 0;
    Newton s;
    if (!expr_fits_slong(c->arg[2].expr, &steps) || steps < 1 || steps > 100000)
        return call_fail(c, 2, "steps: needs a whole number from 1 to 100000");
    if (call_has(c, 3) && (!expr_fits_slong(c->arg[3].expr, &digits) || digits < 1 || digits > MOST_DIGITS))
        return call_fail(c, 3, "digits: needs a whole number from 1 to %d", MOST_DIGITS);
    if (!call_has(c, 1))
        return call_fail(c, -1, "newton needs a start, from: 1");
    if (!set_up(&s, c, digits ? (size_t)digits : c->settings->digits, (size_t)steps))
        return value_failed();
    Value v = value_failed();
    if (read_equations(&s, c->arg[0]) && differentiate(&s) && read_start(&s, c->arg[1]))
        v = report(&s, iterate(&s, (size_t)steps));
    tear_down(&s);
    return v;
}

const Builtin newton_builtins[] = {
    { .sig = "newton(f: objective; from: value, steps: int = 100, digits: int?) -> report",
      .help = "A root of f, or of a system, by Newton's method from a start; a table of the right digits of each step.",
      .example = { { "newton(x^2 - 2, from: 1).steps", "6" },
                   { "newton(x^2 - 2, from: 1, digits: 30).x", "1.41421356237309504880168872421" } }, .lesson = 5, .see = "solve diff", .by_value = true, .call = newton_call },
    { 0 }
};
