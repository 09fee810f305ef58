/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Implicit differentiation: dy/dx from equations between x and y. Differentiating F(x, y) = 0 along the curve gives a linear
 * system for the derivatives of the unknowns, F_x + F_y*y' = 0; higher orders follow by the total derivative,
 * D = d/dx + y'*d/dy. Refused where F_y vanishes identically; where it vanishes at points, so does the denominator. */
#include "symbolic/calculus/derivation.h"

#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/solve/solve.h"

enum { MOST_UNKNOWNS = 12, MOST_ORDER = 12 };

typedef struct Implicit {
    Call        *c;
    size_t       n;
    const Expr  *F[MOST_UNKNOWNS], *y[MOST_UNKNOWNS], *slope[MOST_UNKNOWNS], *left[MOST_UNKNOWNS], *right[MOST_UNKNOWNS], *x;
} Implicit;

/* Adds the equations of a value: one, or a list or vector of them. */
static bool add_equations(Implicit *s, Value v)
{
    size_t n = v.kind == VALUE_LIST ? v.list->n : v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR ? v.expr->arity : 1;
    for (size_t i = 0; i < n; i++) {
        Value item = v.kind == VALUE_LIST ? v.list->item[i] : v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR ? value_expr(v.expr->arg[i]) : v;
        if (item.kind == VALUE_LIST) {
            if (!add_equations(s, item))
                return false;
            continue;
        }
        const Expr *e = item.kind == VALUE_EXPR ? item.expr : NULL;
        if (!e || e->kind != EXPR_RELATION || e->relop != REL_EQ || s->n == MOST_UNKNOWNS) {
            call_fail(s->c, 0, s->n == MOST_UNKNOWNS ? "there are too many equations" : "implicit_diff takes an equation");
            diag_hint(s->c->diag, "implicit_diff(x^2 + y^2 = 25, y, x)");
            return false;
        }
        s->left[s->n] = e->arg[0];
        s->right[s->n] = e->arg[1];
        s->F[s->n++] = expr_sub(s->c->pool, e->arg[0], e->arg[1]);
    }
    return true;
}

static bool read_problem(Implicit *s)
{
    Call       *c = s->c;
    const Value y = c->arg[1], x = c->arg[2];
    size_t      n = y.kind == VALUE_LIST ? y.list->n : 1;
    if (!add_equations(s, c->arg[0]))
        return false;
    if (x.kind != VALUE_EXPR || x.expr->kind != EXPR_SYMBOL)
        return call_fail(c, 2, "implicit_diff needs the variable of the derivative here"), false;
    if (n != s->n)
        return call_fail(c, 1, "%zu equation%s determine%s %zu unknown%s, not %zu", s->n, s->n == 1 ? "" : "s", s->n == 1 ? "s" : "", s->n, s->n == 1 ? "" : "s", n), false;
    s->x = x.expr;
    for (size_t i = 0; i < n; i++) {
        Value name = y.kind == VALUE_LIST ? y.list->item[i] : y;
        s->y[i] = name.kind == VALUE_EXPR && name.expr->kind == EXPR_SYMBOL ? name.expr : NULL;
        if (!s->y[i] || s->y[i] == s->x)
            return call_fail(c, 1, "implicit_diff needs the unknowns here, others than the variable"), false;
    }
    return true;
}

/* y' as it is written: a name with a prime, no function of anything. */
static const Expr *primed(Pool *p, const Expr *y, const Expr *x, uint32_t order)
{
    char tail[] = { UNKNOWN_BARE, 0 };
    Str  name = str_printf(pool_arena(p), "%.*s%s", STR_ARGS(y->name), tail);
    return expr_unknown(p, name, &order, &x, 1);
}

/* g_x + sum of g_y*y', with to[i] for the derivative of unknown i. */
static const Expr *total(const Implicit *s, const Expr *g, const Expr *const *to)
{
    Pool       *p = s->c->pool;
    const Expr *sum = expr_diff(p, g, s->x);
    for (size_t i = 0; i < s->n; i++)
        sum = expr_add(p, sum, expr_mul(p, expr_diff(p, g, s->y[i]), to[i]));
    return sum;
}

static bool solve_slopes(Implicit *s, Report *r)
{
    Pool       *p = s->c->pool;
    const Expr *unknown[MOST_UNKNOWNS], *shown[MOST_UNKNOWNS], *equation[MOST_UNKNOWNS], *assumed = NULL;
    const char *why = "the equations do not determine it";
    for (size_t i = 0; i < s->n; i++) {
        unknown[i] = expr_fresh(p, expr_symbol(p, str_printf(s->c->arena, "slope%zu", i)));
        shown[i] = primed(p, s->y[i], s->x, 1);
    }
    for (size_t i = 0; i < s->n; i++) {
        equation[i] = total(s, s->F[i], unknown);
        if (!equation[i])
            return false;
        if (r)
            report_step(r, "total derivative", NULL, expr_relation(p, REL_EQ, total(s, s->F[i], shown), expr_int(p, 0)), (Str){ 0 });
    }
    if (s->n == 1) {                /* F_x + F_y*y' = 0 in general functions */
        const Expr *fx = expr_diff(p, s->F[0], s->x), *fy = expr_diff(p, s->F[0], s->y[0]);
        if (!fx || !fy)
            return false;
        if (expr_zero_test(p, fy).answer == YES)
            return call_fail(s->c, 0, "the equation does not determine %.*s: its derivative in %.*s is 0", STR_ARGS(s->y[0]->name), STR_ARGS(s->y[0]->name)), false;
        const Expr *plain = expr_neg(p, expr_div(p, fx, fy)), *simple = expr_simplify(p, plain);
        s->slope[0] = simple ? simple : plain;
        if (!simple)
            pool_clear_error(p);
    } else if (expr_solve_linear(p, s->c->arena, equation, s->n, unknown, s->n, s->slope, &assumed, &why) != YES) {
        return call_fail(s->c, 0, "could not solve for the derivatives, because %s", why), false;
    }
    for (size_t i = 0; i < s->n; i++)   /* put back */
        if (s->slope[0] && expr_zero_test(p, total(s, s->F[i], s->slope)).answer == NO)
            return pool_fail(p, "the derivatives do not satisfy the differentiated equations") != NULL;
    for (size_t i = 0; r && i < s->n; i++)
        report_step(r, "solved", shown[i], s->slope[i], STR("put back: no point contradicts"));
    return s->slope[0] != NULL;
}

/* d with the left side of equation k, if it stands in d, replaced by the number on the right. */
static const Expr *shortened(const Implicit *s, const Expr *d, size_t k)
{
    Pool       *p = s->c->pool;
    const Expr *left = s->left[k], *right = s->right[k];
    if (!expr_is_numeric(right) || expr_is_numeric(left))
        return d;
    const Expr *e = expr_subst(p, d, &left, &right, 1);
    return e && expr_cost(p, e) < expr_cost(p, d) ? e : d;
}

static Value implicit_diff_call(Call *c)
{
    Implicit s = { .c = c };
    slong    order;
    if (!expr_fits_slong(c->arg[3].expr, &order) || order < 1 || order > MOST_ORDER)
        return call_fail(c, 3, "order: needs a whole number from 1 to %d", MOST_ORDER);
    if (!read_problem(&s) || !solve_slopes(&s, c->steps))
        return value_failed();
    Str   *name = arena_array(c->arena, Str, s.n);
    Value *item = arena_array(c->arena, Value, s.n);
    for (size_t i = 0; i < s.n; i++) {
        const Expr *d = s.slope[i];
        for (slong k = 1; d && k < order; k++) {
            const Expr *next = total(&s, d, s.slope), *simple = next ? expr_simplify(c->pool, next) : NULL;
            d = simple ? simple : next;
            if (c->steps && d)
                report_step(c->steps, "derivative again", primed(c->pool, s.y[i], s.x, (uint32_t)k + 1), d, STR("with y' put in"));
        }
        for (size_t k = 0; d && k < s.n; k++)
            d = shortened(&s, d, k);
        if (!d)
            return value_failed();
        name[i] = expr_plain_name(s.y[i]);
        item[i] = value_expr(d);
    }
    if (c->steps && s.n == 1)
        report_step(c->steps, "=", NULL, item[0].expr, (Str){ 0 });
    return s.n == 1 ? item[0] : value_record(c->arena, name, item, s.n);
}

const Builtin implicit_builtins[] = {
    { .sig = "implicit_diff(equations: relation..., y: var, x: var; order: int = 1) -> expr",
      .help = "The derivative of y in x where an equation determines y; several equations determine several unknowns.",
      .example = { { "implicit_diff(x^2 + y^2 = 25, y, x)", "-x/y" },
                   { "implicit_diff(x^2 + y^2 = 25, y, x) at x = 3, y = 4", "-3/4" } },
      .lesson = 2, .see = "diff solve", .words = "implicit curve slope dy/dx", .call = implicit_diff_call },
    { 0 }
};
