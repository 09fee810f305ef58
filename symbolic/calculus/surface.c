/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A surface at a point: its tangent plane (of any number of variables), and the direction in which it rises most. */
#include "base/builtin.h"
#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"

enum { MOST_VARIABLES = 50 };

typedef struct Point {
    size_t      n;
    const Expr *x[MOST_VARIABLES], *at[MOST_VARIABLES];
    const Expr *value, *slope[MOST_VARIABLES];          /* of f there */
} Point;

/* (x = 1, y = 2), or a bare point for a function. */
static bool read_names(Call *c, const Value *v, Point *q)
{
    const Value *names = v->kind == VALUE_RECORD ? record_get(v->record, STR("names")) : NULL, *to = names ? record_get(v->record, STR("to")) : NULL;
    if (names && to && names->kind == VALUE_LIST && to->kind == VALUE_LIST && names->list->n <= MOST_VARIABLES) {
        for (q->n = 0; q->n < names->list->n; q->n++) {
            Str name = names->list->item[q->n].text;
            q->x[q->n] = NULL;
            for (size_t i = 0; i < c->nvars; i++)
                if (str_eq(expr_plain_name(c->vars[i]), name))
                    q->x[q->n] = c->vars[i];
            if (!q->x[q->n])
                return call_fail(c, 1, "%.*s does not occur in the function", STR_ARGS(name)), false;
            if (to->list->item[q->n].kind != VALUE_EXPR || !expr_is_scalar(q->at[q->n] = to->list->item[q->n].expr))
                return call_fail(c, 1, "%.*s needs a number for %.*s", STR_ARGS(c->name), STR_ARGS(name)), false;
        }
        return true;
    }
    if (v->kind == VALUE_EXPR && c->nvars <= MOST_VARIABLES && (v->expr->kind == EXPR_TENSOR ? v->expr->arity : 1) == c->nvars) {
        for (q->n = 0; q->n < c->nvars; q->n++) {
            q->x[q->n] = c->vars[q->n];
            q->at[q->n] = v->expr->kind == EXPR_TENSOR ? v->expr->arg[q->n] : v->expr;
        }
        return true;
    }
    call_fail(c, 1, "%.*s needs a point", STR_ARGS(c->name));
    diag_hint(c->diag, "%.*s(x^2 + y^2, (x = 1, y = 2))", STR_ARGS(c->name));
    return false;
}

static bool read_point(Call *c, Point *q)
{
    Pool       *p = c->pool;
    const Expr *f = c->arg[0].expr;
    if (!expr_is_scalar(f) || f->kind == EXPR_RELATION)
        return call_fail(c, 0, "%.*s takes a function with numbers as values", STR_ARGS(c->name)), false;
    if (!read_names(c, &c->arg[1], q))
        return false;
    if (expr_has_kinks(p, c->arena, f))
        return call_fail(c, 0, "%.*s takes functions without kinks", STR_ARGS(c->name)), false;
    q->value = expr_subst(p, f, q->x, q->at, q->n);
    for (size_t i = 0; i < q->n; i++)
        q->slope[i] = expr_subst(p, expr_diff(p, f, q->x[i]), q->x, q->at, q->n);
    for (size_t i = 0; i < q->n; i++)
        if (!q->value || !q->slope[i] || (q->value->flags | q->slope[i]->flags) & EXPR_HAS_INFINITE)
            return call_fail(c, 1, "the function has no value or slope there"), false;
    return true;
}

static Value tangent_plane_call(Call *c)
{
    Point q;
    if (!read_point(c, &q))
        return value_failed();
    Pool       *p = c->pool;
    const Expr *sum = q.value;
    for (size_t i = 0; i < q.n; i++)
        sum = expr_add(p, sum, expr_mul(p, q.slope[i], expr_sub(p, q.x[i], q.at[i])));
    return value_expr(expr_expand(p, sum));
}

static Value steepest_call(Call *c)
{
    Point q;
    if (!read_point(c, &q))
        return value_failed();
    Pool       *p = c->pool;
    const Expr *square = expr_int(p, 0), *entry[MOST_VARIABLES];
    for (size_t i = 0; i < q.n; i++)
        square = expr_add(p, square, expr_powi(p, q.slope[i], 2));
    Truth flat = expr_zero_test(p, square).answer;
    if (flat != NO)
        return flat == YES ? value_text(STR("no direction: the gradient is 0 there")) : call_fail(c, 1, "could not decide whether the gradient is 0 there");
    const Expr *rate = expr_pow(p, square, expr_ratio(p, 1, 2));
    for (size_t i = 0; i < q.n; i++)
        entry[i] = expr_div(p, q.slope[i], rate);
    Report *r = report_new(c->arena, "steepest");
    r->main = value_expr(expr_tensor(p, q.n, 1, entry));
    report_value(r, "direction", r->main);
    report_value(r, "rate", value_expr(rate));
    return value_report(r);
}

extern const Builtin surface_builtins[];
const Builtin surface_builtins[] = {
    { .sig = "tangent_plane(f: objective, point: start) -> expr",
      .help = "The tangent plane of f at a point, as an expression in the variables; it equals f there to first order.",
      .example = { { "tangent_plane(x^2 + y^2, (x = 1, y = 2))", "2x + 4y - 5" },
                   { "tangent_plane(exp(x)*y, (x = 0, y = 1))", "x + y" } },
      .lesson = 3, .see = "tangent gradient taylor", .words = "linear approximation surface normal", .call = tangent_plane_call },
    { .sig = "steepest(f: objective, point: start) -> report",
      .help = "The unit vector in which f rises most at a point, and how fast; down is the opposite.",
      .example = { { "steepest(x^2 + y^2, (x = 3, y = 4)).direction", "[3/5, 4/5]" }, { "steepest(x^2 + y^2, (x = 3, y = 4)).rate", "10" } },
      .lesson = 3, .see = "gradient directional", .words = "ascent descent direction slope", .call = steepest_call },
    { 0 }
};
