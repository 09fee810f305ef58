/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command epsilon_delta: reads the question, finds the limit, and says what the largest delta is. */
#include "symbolic/limits/epsilon_int.h"

#include "base/report.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/limit.h"

#include <math.h>

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

const Expr *tidy(Pool *p, const Expr *e)
{
    const Expr *simple = e && !(e->flags & EXPR_HAS_BALL) ? expr_simplify(p, e) : e;
    pool_clear_error(p);
    return simple && expr_cost(p, simple) < expr_cost(p, e) ? simple : e;
}

static Str bracketed(Call *c, const Expr *e)
{
    Str t = shown(c, e);
    return e->kind == EXPR_ADD || e->kind == EXPR_PIECEWISE ? str_printf(c->arena, "(%.*s)", STR_ARGS(t)) : t;
}

/* "(3x + 1) - 7" */
static Str gap_text(Task *s)
{
    Pool *p = s->c->pool;
    Str   f = bracketed(s->c, s->f);
    if (expr_is_zero(s->limit))
        return shown(s->c, s->f);
    bool negative = expr_is_number(s->limit) && expr_number_sign(s->limit) < 0;
    return str_printf(s->c->arena, "%.*s %s %.*s", STR_ARGS(f), negative ? "+" : "-", STR_ARGS(bracketed(s->c, negative ? expr_neg(p, s->limit) : s->limit)));
}

static Str near_text(Task *s, Str delta)
{
    Pool       *p = s->c->pool;
    const Expr *d = s->side < 0 ? expr_sub(p, s->a, s->x) : expr_sub(p, s->x, s->a);
    const char *bar = s->side ? "" : "|";
    return str_printf(s->c->arena, "0 < %s%.*s%s < %.*s", bar, STR_ARGS(shown(s->c, d)), bar, STR_ARGS(delta));
}

static Value finish(Task *s, const Expr *delta, const Expr *at, Str checked)
{
    Call   *c = s->c;
    Pool   *p = c->pool;
    Report *r = report_new(c->arena, "epsilon_delta");
    Str     text = delta ? shown(c, delta) : STR("oo"), e = shown(c, s->eps);
    bool    ball = delta && delta->flags & EXPR_HAS_BALL, plain = delta && (expr_is_number(delta) || !expr_is_numeric(delta));
    Str     bound = str_printf(c->arena, "|%.*s| < %.*s", STR_ARGS(gap_text(s)), STR_ARGS(e));
    r->main = value_expr(delta ? delta : expr_constant(p, CONSTANT_OO));
    report_value(r, "delta", r->main);
    report_value(r, "limit", value_expr(s->limit));
    report_value(r, "closed_form", value_expr(expr_truth(p, !ball)));
    if (at)
        report_value(r, "nearest", value_expr(at));
    if (delta) {
        static const Str names[] = { { "x_low", 5 }, { "x_high", 6 }, { "y_low", 5 }, { "y_high", 6 } };
        Value band[] = { value_expr(s->side > 0 ? s->a : expr_sub(p, s->a, delta)), value_expr(s->side < 0 ? s->a : expr_add(p, s->a, delta)),
                         value_expr(expr_sub(p, s->limit, s->eps)), value_expr(expr_add(p, s->limit, s->eps)) };
        report_value(r, "band", value_record(c->arena, names, band, 4));
    }
    if (!delta) {
        r->summary = str_printf(c->arena, "every delta will do:  %.*s  wherever the function is defined", STR_ARGS(bound));
        return value_report(r);
    }
    const Expr *decimal = plain || ball ? NULL : expr_approximate(p, delta, c->settings->digits);
    const char *about = c->settings->unicode ? "≈" : "~";
    pool_clear_error(p);
    r->summary = str_printf(c->arena, "delta %s %.*s%s%.*s:  %.*s  implies  %.*s", ball ? about : "=", STR_ARGS(text), decimal ? str_printf(c->arena, "  %s ", about).s : "",
                            STR_ARGS(decimal ? shown(c, decimal) : STR("")), STR_ARGS(near_text(s, plain ? text : STR("delta"))), STR_ARGS(bound));
    if (ball)
        report_note(r, "certified: no closed form was found");
    if (s->edge)
        report_note(r, "only x where the function is defined count");
    if (checked.n)
        report_note(r, "for small %.*s; compared with certified values at %.*s", STR_ARGS(e), STR_ARGS(checked));
    return value_report(r);
}

static bool read_limit(Task *s)
{
    Call *c = s->c;
    Limit l = expr_limit(c->pool, c->arena, s->f, s->x, s->a, s->side);
    pool_clear_error(c->pool);
    if (l.answer == LIMIT_UNDECIDED)
        return call_fail(c, -1, "could not decide this limit, because %.*s", STR_ARGS(l.why)), false;
    if (l.answer == LIMIT_NONE) {
        call_fail(c, 0, "the limit does not exist: %.*s", STR_ARGS(limit_reason(c->pool, c->arena, &l, c->settings)));
        if (l.failure == FAILS_SIDES && !s->side)
            diag_hint(c->diag, "one side: %.*s -> %.*s+", STR_ARGS(s->x->name), STR_ARGS(shown(c, s->a)));
        return false;
    }
    if (l.value->flags & EXPR_HAS_INFINITE || !expr_is_numeric(l.value))
        return call_fail(c, 0, "the limit is %.*s, not a number", STR_ARGS(shown(c, l.value))), false;
    s->limit = l.value;
    s->side = s->side ? s->side : l.domain;
    return true;
}

static bool read_task(Task *s)
{
    Call         *c = s->c;
    const Record *arrow = c->arg[1].record;
    const Value  *var = record_get(arrow, STR("var")), *to = record_get(arrow, STR("to")), *side = record_get(arrow, STR("side"));
    slong         direction = 0;
    if (var->kind != VALUE_EXPR || to->kind != VALUE_EXPR || !expr_is_scalar(to->expr) || !expr_is_scalar(var->expr))
        return call_fail(c, 1, "epsilon_delta takes one variable and a point"), false;
    if (to->expr->flags & EXPR_HAS_INFINITE || !expr_is_numeric(to->expr))
        return call_fail(c, 1, "epsilon_delta needs a finite number as the point"), false;
    if (side && side->kind == VALUE_EXPR)
        expr_fits_slong(side->expr, &direction);
    s->f = c->arg[0].expr;
    s->x = var->expr;
    s->a = to->expr;
    if ((s->f->flags | s->a->flags) & EXPR_HAS_I)
        return call_fail(c, s->f->flags & EXPR_HAS_I ? 0 : 1, "epsilon_delta takes real functions and points"), false;
    s->side = (int)direction;
    s->eps = call_has(c, 2) ? c->arg[2].expr : expr_symbol(c->pool, STR("epsilon"));
    Nodes free = expr_symbols(c->pool, c->arena, s->f);
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != s->x)
            return call_fail(c, 0, "epsilon_delta needs a value for %.*s", STR_ARGS(free.at[i]->name)), false;
    int sign = 0;
    if (expr_is_numeric(s->eps)) {
        if (expr_sign(c->pool, s->eps, &sign).answer != YES || sign <= 0 || s->eps->flags & EXPR_HAS_INFINITE) {
            call_fail(c, 2, "eps: is a positive number, found %.*s", STR_ARGS(shown(c, s->eps)));
            diag_hint(c->diag, "eps: 1/100");
            return false;
        }
    } else if (s->eps->kind != EXPR_SYMBOL || s->eps == s->x) {
        return call_fail(c, 2, "eps: is a positive number, or a name for one"), false;
    }
    return read_limit(s);
}

static Value epsilon_delta_call(Call *c)
{
    Task s = { .c = c, .cap = INFINITY, .deadline = task_clock() + SEARCH_SECONDS };
    Str  checked = { 0 };
    if (!read_task(&s))
        return value_failed();
    if (!expr_is_numeric(s.eps)) {
        const Expr *delta = delta_formula(&s, &checked);
        pool_clear_error(c->pool);
        if (!delta) {
            call_fail(c, -1, "could not decide, because %.*s", STR_ARGS(s.why));
            diag_hint(c->diag, "with a number: eps: 1/100");
            return value_failed();
        }
        return finish(&s, delta, NULL, checked);
    }
    Reach r = largest_delta(&s);
    if (r.known != YES)
        return call_fail(c, -1, "could not decide, because %.*s", STR_ARGS(s.why));
    return finish(&s, r.distance ? tidy(c->pool, r.distance) : NULL, r.at, (Str){ 0 });
}

extern const Builtin epsilon_delta_builtins[];
const Builtin epsilon_delta_builtins[] = {
    { .sig = "epsilon_delta(f: scalar, x: arrow; eps: scalar) -> report",
      .help = "The largest delta for an eps: how near x must be to a for f(x) to be within eps of its limit. Exactly where it can be, else certified digits; without eps: a formula in epsilon.",
      .example = { { "epsilon_delta(3x + 1, x -> 2, eps: 1/100)", "delta = 1/300:  0 < |x - 2| < 1/300  implies  |(3x + 1) - 7| < 1/100" },
                   { "epsilon_delta(x^2, x -> 3, eps: 1).delta", "sqrt(10) - 3" },
                   { "epsilon_delta(5 - 4x, x -> -1).delta", "epsilon/4" } },
      .lesson = 1, .see = "limit continuous", .words = "epsilon delta definition limit neighbourhood band tolerance", .by_value = true, .call = epsilon_delta_call },
    { 0 }
};
