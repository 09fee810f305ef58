/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The definition of the derivative: first_principles shows the quotient, its simplification and the limit; differentiable
 * decides with the one-sided limits of the quotient whether there is a derivative at a point. What the limits cannot decide
 * is said to be undecided. The limits are those of limit.c, with their own check; the derivative is checked once more. */
#include "symbolic/calculus/derivation.h"

#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/limit.h"

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

/* The variable of a command that takes one: as given, or the only one that occurs. */
static const Expr *variable_of(Call *c, size_t i)
{
    if (call_has(c, i) && c->arg[i].kind == VALUE_EXPR && c->arg[i].expr->kind == EXPR_SYMBOL)
        return c->arg[i].expr;
    if (!call_has(c, i) && c->nvars == 1)
        return c->vars[0];
    call_fail(c, call_has(c, i) ? (int)i : 0, "%.*s needs one variable", STR_ARGS(c->name));
    diag_hint(c->diag, "%.*s(x^2, x)", STR_ARGS(c->name));
    return NULL;
}

/* ---- first_principles -------------------------------------------------------------------------------------------------- */

/* A name for the increment that does not occur in f. */
static const Expr *increment(Pool *p, const Expr *f, const Expr *x)
{
    static const char *const names[] = { "h", "dx", "k", "delta" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Expr *h = expr_symbol(p, str_of(names[i]));
        if (h != x && !expr_depends(p, f, h))
            return h;
    }
    return expr_fresh(p, expr_symbol(p, STR("h")));
}

static const Expr *typed2(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    const Expr *arg[] = { a, b };
    return typed_node(p, kind, arg, 2);
}

static Str check_note(Call *c, const Expr *f, const Expr *df, const Expr *x)
{
    Points *pts = points_new(c->pool, c->arena, f, df, x);
    size_t  at = 0;
    Truth   t = points_check_derivative(pts, f, df, &at);
    points_delete(pts);
    if (t == NO)
        pool_fail(c->pool, "the check by difference quotients contradicts this limit");
    return t == YES ? str_printf(c->arena, "checked at %zu point%s", at, at == 1 ? "" : "s") : STR("not checked");
}

static Value first_principles_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *x = variable_of(c, 1);
    if (!x || !f)
        return value_failed();
    if (!expr_is_scalar(f) || f->kind == EXPR_RELATION)
        return call_fail(c, 0, "first_principles takes one function");
    f = expr_canonical(p, f);
    const Expr *h = increment(p, f, x), *moved = expr_add(p, x, h), *there = expr_subst(p, f, &x, &moved, 1);
    const Expr *quotient = typed2(p, EXPR_DIV, typed2(p, EXPR_SUB, there, f), h), *plain = expr_canonical(p, quotient);
    const Expr *simple = plain ? expr_simplify(p, plain) : NULL, *derivative = expr_diff(p, f, x);
    if (!simple || !derivative)
        return value_failed();
    Report *r = report_new(c->arena, "first_principles");
    report_step(r, "quotient", expr_pending(p, f), quotient, str_printf(c->arena, "as %.*s tends to 0", STR_ARGS(h->name)));
    if (simple != plain || !expr_depends(p, simple, h))
        report_step(r, "simplified", NULL, simple, (Str){ 0 });
    const Expr *zero = expr_int(p, 0);
    Limit       l = expr_limit(p, c->arena, simple, h, zero, 0);
    if (l.answer == LIMIT_UNDECIDED)
        l = expr_limit(p, c->arena, plain, h, zero, 0);
    pool_clear_error(p);
    if (l.answer == LIMIT_UNDECIDED)
        return call_fail(c, -1, "could not decide the limit of the quotient, because %.*s", STR_ARGS(l.why));
    if (l.answer == LIMIT_NONE)
        return call_fail(c, -1, "the quotient has no limit: %.*s", STR_ARGS(limit_reason(p, c->arena, &l, c->settings)));
    Verdict same = expr_zero_test(p, expr_sub(p, l.value, derivative));
    if (same.answer == NO)
        return call_fail(c, -1, "the limit of the quotient and diff disagree: %.*s", STR_ARGS(shown(c, l.value)));
    const Expr *value = expr_cost(p, derivative) <= expr_cost(p, l.value) && same.answer == YES ? derivative : l.value;
    report_step(r, "limit", NULL, l.value, str_printf(c->arena, "%.*s -> 0", STR_ARGS(h->name)));
    report_step(r, "=", NULL, value, check_note(c, f, value, x));
    if (pool_error(p).n)
        return value_failed();
    r->main = value_expr(value);
    r->derived = true;
    return value_report(r);
}

/* ---- branches near a point ----------------------------------------------------------------------------------------------- */

/* Does the condition hold at x = a (side 0), or just beside it? */
static Truth holds_beside(Pool *p, const Expr *condition, const Expr *x, const Expr *a, int side)
{
    if (condition->kind != EXPR_RELATION)
        return side == 0 ? expr_decide(p, expr_subst(p, condition, &x, &a, 1)).answer : UNKNOWN;
    const Expr *gap = expr_sub(p, condition->arg[0], condition->arg[1]), *here = expr_subst(p, gap, &x, &a, 1);
    const Expr *at = here ? expr_relation(p, condition->relop, here, expr_int(p, 0)) : NULL;
    int         sign = 0;
    pool_clear_error(p);
    if (!at || side == 0 || expr_zero_test(p, here).answer == NO)
        return at ? expr_decide(p, at).answer : UNKNOWN;
    const Expr *rise = expr_diff(p, gap, x), *slope = rise ? expr_subst(p, rise, &x, &a, 1) : NULL;
    pool_clear_error(p);
    if (expr_zero_test(p, here).answer != YES || !slope || expr_sign(p, slope, &sign).answer != YES || sign == 0)
        return UNKNOWN;
    return expr_decide(p, expr_relation(p, condition->relop, expr_int(p, sign * side), expr_int(p, 0))).answer;
}

/* f with its piecewise parts replaced by the branch that counts at x = a, or beside it; as it is where that is not known. */
static const Expr *branch_beside(Pool *p, Arena *arena, const Expr *f, const Expr *x, const Expr *a, int side)
{
    for (bool changed = true; changed && f;) {
        Nodes nodes = expr_nodes(p, arena, &f, 1);
        changed = false;
        for (size_t k = 0; k < nodes.n && !changed; k++) {
            const Expr *e = nodes.at[k], *branch = NULL;
            Truth       t = NO;
            if (e->kind != EXPR_PIECEWISE)
                continue;
            for (uint32_t i = 0; i < e->arity && !branch && t != UNKNOWN; i += 2) {
                t = i + 1 < e->arity ? holds_beside(p, e->arg[i], x, a, side) : YES;
                branch = t == YES ? e->arg[i + 1 < e->arity ? i + 1 : i] : NULL;
            }
            if (branch) {
                f = expr_subst(p, f, &e, &branch, 1);
                changed = true;
            }
        }
    }
    return f;
}

/* ---- differentiable ------------------------------------------------------------------------------------------------------ */

typedef enum SideKind { SIDE_FINITE, SIDE_INFINITE, SIDE_NONE, SIDE_OUTSIDE, SIDE_UNDECIDED } SideKind;

typedef struct Side {
    SideKind    kind;
    const Expr *slope;              /* FINITE: the limit; INFINITE: oo or -oo */
    Str         why;
} Side;

/* Is f real at a few points close to a on this side? */
static bool defined_beside(Pool *p, const Expr *f, const Expr *x, const Expr *a, int side)
{
    bool  fine = false;
    acb_t value;
    acb_init(value);
    for (slong k = 10; k <= 60 && !fine; k += 10) {
        const Expr *point = expr_add(p, a, expr_mul(p, expr_int(p, side), expr_powi(p, expr_int(p, 2), -k)));
        const Expr *there = point ? expr_subst(p, f, &x, &point, 1) : NULL;
        fine = there && (!expr_is_numeric(there) || (expr_enclose(p, there, NULL, NULL, 0, 256, value, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(value))));
    }
    pool_clear_error(p);
    acb_clear(value);
    return fine;
}

/* The limit of (f(x) - value)/(x - a) from one side. */
static Side side_of(Pool *p, Arena *arena, const Expr *f, const Expr *value, const Expr *x, const Expr *a, int side)
{
    f = branch_beside(p, arena, f, x, a, side);
    if (!f || !defined_beside(p, f, x, a, side))
        return (Side){ .kind = SIDE_OUTSIDE };
    const Expr *quotient = expr_div(p, expr_sub(p, f, value), expr_sub(p, x, a)), *simple = quotient ? expr_simplify(p, quotient) : NULL;
    if (!quotient)
        return (Side){ .kind = SIDE_UNDECIDED, .why = STR("the quotient has no form") };
    Limit l = expr_limit(p, arena, quotient, x, a, side);
    if (l.answer == LIMIT_UNDECIDED && simple)
        l = expr_limit(p, arena, simple, x, a, side);
    pool_clear_error(p);
    if (l.answer == LIMIT_UNDECIDED)
        return (Side){ .kind = SIDE_UNDECIDED, .why = l.why };
    if (l.answer == LIMIT_NONE)
        return (Side){ .kind = SIDE_NONE };
    return (Side){ l.value->flags & EXPR_HAS_INFINITE ? SIDE_INFINITE : SIDE_FINITE, l.value, { 0 } };
}

/* f(a), if it is a real number or an expression in parameters; else NULL. */
const Expr *expr_value_at(Pool *p, Arena *arena, const Expr *f, const Expr *x, const Expr *a)
{
    const Expr *branch = branch_beside(p, arena, f, x, a, 0), *value = branch ? expr_subst(p, branch, &x, &a, 1) : NULL;
    acb_t       ball;
    pool_clear_error(p);
    if (!value || value->flags & EXPR_HAS_INFINITE)
        return NULL;
    acb_init(ball);
    bool real = !expr_is_numeric(value) || (expr_enclose(p, value, NULL, NULL, 0, 256, ball, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(ball)));
    acb_clear(ball);
    return real ? value : NULL;
}

bool expr_has_kinks(Pool *p, Arena *a, const Expr *f)
{
    Nodes nodes = expr_nodes(p, a, &f, 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        FnId        id = e->kind == EXPR_CALL ? e->fn->id : FN_COUNT;
        if (e->kind == EXPR_PIECEWISE || id == FN_abs || id == FN_sign || id == FN_floor || id == FN_ceil || id == FN_round || id == FN_mod
            || id == FN_min || id == FN_max || id == FN_relu)
            return true;
    }
    return false;
}

Truth expr_slopes(Pool *p, Arena *arena, const Expr *f, const Expr *x, const Expr *a, const Expr **left, const Expr **right)
{
    const Expr *value = expr_value_at(p, arena, f, x, a);
    *left = *right = NULL;
    if (!value)
        return NO;
    Side l = side_of(p, arena, f, value, x, a, -1), r = side_of(p, arena, f, value, x, a, 1);
    *left = l.slope;
    *right = r.slope;
    if (l.kind == SIDE_UNDECIDED || r.kind == SIDE_UNDECIDED)
        return UNKNOWN;
    return l.kind == SIDE_FINITE && r.kind == SIDE_FINITE ? expr_zero_test(p, expr_sub(p, l.slope, r.slope)).answer : NO;
}

static Str side_text(Call *c, Side s, const char *where)
{
    switch (s.kind) {
    case SIDE_FINITE: case SIDE_INFINITE:
        return str_printf(c->arena, "%.*s %s", STR_ARGS(shown(c, s.slope)), where);
    case SIDE_NONE:      return str_printf(c->arena, "no limit %s", where);
    case SIDE_OUTSIDE:   return str_printf(c->arena, "not defined %s", where);
    case SIDE_UNDECIDED: return str_printf(c->arena, "undecided %s", where);
    }
    return (Str){ 0 };
}

/* The report of the answer, "yes: the derivative is 6"; main is the truth value, or a text while it is undecided. */
static Value answer(Call *c, Report *r, Truth t, Str why)
{
    r->main = t == UNKNOWN ? value_text(STR("undecided")) : value_expr(expr_truth(c->pool, t == YES));
    r->summary = str_printf(c->arena, "%s: %.*s", t == YES ? "yes" : t == NO ? "no" : "undecided", STR_ARGS(why));
    return value_report(r);
}

/* f jumps or has no value: the reason, or nothing if it is continuous; *t is UNKNOWN if that cannot be told. */
static Str discontinuity(Call *c, const Expr *f, const Expr *x, const Expr *a, const Expr *value, Truth *t)
{
    static const char *const where[] = { "left", "right" };
    *t = NO;
    for (int i = 0; i < 2; i++) {
        const Expr *g = branch_beside(c->pool, c->arena, f, x, a, 2 * i - 1);
        if (!g || !defined_beside(c->pool, g, x, a, 2 * i - 1))
            continue;
        Limit l = expr_limit(c->pool, c->arena, g, x, a, 2 * i - 1);
        pool_clear_error(c->pool);
        if (l.answer == LIMIT_NONE)
            return str_printf(c->arena, "it has no limit from the %s", where[i]);
        if (l.answer == LIMIT_UNDECIDED) {
            *t = UNKNOWN;
            return str_printf(c->arena, "its limit from the %s was not decided, because %.*s", where[i], STR_ARGS(l.why));
        }
        Truth same = l.value->flags & EXPR_HAS_INFINITE ? NO : expr_zero_test(c->pool, expr_sub(c->pool, l.value, value)).answer;
        if (same == NO)
            return str_printf(c->arena, "it jumps: the value is %.*s, the limit from the %s %.*s", STR_ARGS(shown(c, value)), where[i], STR_ARGS(shown(c, l.value)));
    }
    return (Str){ 0 };
}

static Value differentiable_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr, *x = c->arg[1].expr->arg[0], *a = c->arg[1].expr->arg[1];
    Report     *r = report_new(c->arena, "differentiable");
    if (!expr_is_scalar(f) || x->kind != EXPR_SYMBOL || !expr_is_scalar(a) || a->flags & EXPR_HAS_INFINITE)
        return call_fail(c, 1, "differentiable takes a function of one variable and a finite point");
    const Expr *value = expr_value_at(p, c->arena, f, x, a);
    Str         place = str_printf(c->arena, "%.*s = %.*s", STR_ARGS(x->name), STR_ARGS(shown(c, a)));
    if (!value)
        return answer(c, r, NO, str_printf(c->arena, "it has no real value at %.*s", STR_ARGS(place)));
    Side        left = side_of(p, c->arena, f, value, x, a, -1), right = side_of(p, c->arena, f, value, x, a, 1);
    Str         both = str_printf(c->arena, "%.*s, %.*s", STR_ARGS(side_text(c, left, "from the left")), STR_ARGS(side_text(c, right, "from the right")));
    if (left.kind == SIDE_FINITE || left.kind == SIDE_INFINITE)
        report_value(r, "left", value_expr(left.slope));
    if (right.kind == SIDE_FINITE || right.kind == SIDE_INFINITE)
        report_value(r, "right", value_expr(right.slope));
    if (left.kind == SIDE_FINITE && right.kind == SIDE_FINITE) {
        Truth same = expr_zero_test(p, expr_sub(p, left.slope, right.slope)).answer;
        if (same == YES)
            return answer(c, r, YES, str_printf(c->arena, "the derivative at %.*s is %.*s", STR_ARGS(place), STR_ARGS(shown(c, left.slope))));
        return answer(c, r, same, str_printf(c->arena, "the slope at %.*s is %.*s", STR_ARGS(place), STR_ARGS(both)));
    }
    Truth t = NO;
    Str   jump = discontinuity(c, f, x, a, value, &t);
    if (jump.n)
        return answer(c, r, t, jump);
    if (left.kind == SIDE_UNDECIDED || right.kind == SIDE_UNDECIDED) {
        Side open = left.kind == SIDE_UNDECIDED ? left : right;
        return answer(c, r, UNKNOWN, str_printf(c->arena, "%.*s, because %.*s", STR_ARGS(both), STR_ARGS(open.why)));
    }
    if (left.kind == SIDE_INFINITE && right.kind == SIDE_INFINITE && left.slope == right.slope)
        return answer(c, r, NO, str_printf(c->arena, "the tangent at %.*s is vertical", STR_ARGS(place)));
    return answer(c, r, NO, str_printf(c->arena, "the slope at %.*s is %.*s", STR_ARGS(place), STR_ARGS(both)));
}

const Builtin difference_quotient_builtins[] = {
    { .sig = "first_principles(f: objective, x: var?) -> report",
      .help = "The derivative by its definition: the difference quotient, its simplification, and the limit.",
      .example = { { "first_principles(x^2, x)", "2x" }, { "first_principles(1/x, x)", "-1/x^2" } },
      .lesson = 2, .see = "diff limit steps", .words = "definition difference quotient limit h", .by_value = true, .call = first_principles_call },
    { .sig = "differentiable(f: scalar, x: point) -> report",
      .help = "Does f have a derivative at a point? With the slopes from the left and from the right.",
      .example = { { "differentiable(abs(x), x = 0).right", "1" }, { "differentiable(x^2, x = 3).left", "6" } },
      .lesson = 2, .see = "diff limit first_principles", .words = "kink corner jump one-sided left right derivative smooth vertical tangent", .by_value = true, .call = differentiable_call },
    { 0 }
};
