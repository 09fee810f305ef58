/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A simplex collapses in a narrow ridge of a kink, and quasi-Newton methods stall there. Rounded off, abs(u) is sqrt(u^2 + e^2) and max(a, b) is
 * (a + b + sqrt((a - b)^2 + e^2))/2: smooth, and off by e at most. Newton's method in a trust region follows the minimum as e falls; from where it
 * leads to, the simplex goes on with the objective itself. What is piecewise in another way is left alone. */
#include "symbolic/optimize/chosen_int.h"

#include "symbolic/expr/walk.h"

#include <math.h>
#include <string.h>

enum { ROUNDED_STEPS = 100 };
static const int decades[] = { 0, 2, 4, 6, 8 };

/* sqrt(u^2 + e^2) */
static const Expr *rounded(Pool *p, const Expr *u, const Expr *e)
{
    const Expr *two = expr_int(p, 2);
    return u ? expr_call1(p, FN_sqrt, expr_add(p, expr_pow(p, u, two), expr_pow(p, e, two))) : NULL;
}

/* (a + b + sign*|a - b|)/2 */
static const Expr *larger(Pool *p, const Expr *a, const Expr *b, int sign, const Expr *e)
{
    const Expr *distance = rounded(p, expr_sub(p, a, b), e);
    return distance ? expr_div(p, expr_add(p, expr_add(p, a, b), expr_mul(p, expr_int(p, sign), distance)), expr_int(p, 2)) : NULL;
}

/* The context is e. */
static const Expr *rounded_node(void *context, Pool *p, Arena *a, const Expr *node, const Expr *const *arg)
{
    (void)a;
    const Expr *e = context;
    if (!node->arity)
        return node;
    FnId id = node->kind == EXPR_CALL ? node->fn->id : FN_COUNT;
    if (id == FN_abs)
        return rounded(p, arg[0], e);
    if (id == FN_relu)
        return larger(p, arg[0], expr_int(p, 0), 1, e);
    if (id != FN_max && id != FN_min)
        return node->kind == EXPR_PIECEWISE ? NULL : expr_remake(p, node, arg);
    const Expr *value = arg[0];
    for (uint32_t i = 1; i < node->arity && value; i++)
        value = larger(p, value, arg[i], id == FN_max ? 1 : -1, e);
    return value;
}

static const Expr *rounded_off(Pool *p, const Expr *f, const Expr *e)
{
    return expr_walk(p, f, rounded_node, (void *)(uintptr_t)e);
}

/* From x, in place. False: the objective cannot be rounded off, or the run did not end well. */
static bool descend_rounded(Chosen *w, const Expr *e, double *x)
{
    const Problem  *q = w->q;
    Call           *c = q->c;
    const Expr     *f = rounded_off(c->pool, q->entries, e);
    size_t          n;
    CompileInput   *in = problem_inputs(q, true, &n);
    ObjectiveCode   code;
    Objective       o;
    Stepper         stepper;
    MinimizeOptions options = w->s->options;
    const Method   *method = method_of_row(c->pool, c->arena, method_row(STR("trust_region")));
    options.steps = ROUNDED_STEPS;
    options.trace = 4;
    options.watch.n = 0;
    if (!f || !objective_code(c->pool, c->arena, f, in, n, &code) || !objective_bind(&code, w->s->format, OBJECTIVE_VALUE | OBJECTIVE_HESSIAN, &o))
        return false;
    memcpy(o.x, x, q->n * sizeof *x);
    if (!method_stepper(c->pool, c->arena, method, &o, &stepper))
        return false;
    Minimum m = minimize_run(c->arena, &o, &stepper, &options);
    for (size_t i = 0; i < q->n; i++)
        if (!isfinite(((double *)m.x)[i]))
            return false;
    memcpy(x, m.x, q->n * sizeof *x);
    return m.ending != ENDED_UNBOUNDED && m.ending != ENDED_NOT_FINITE && m.ending != ENDED_STOPPED;
}

bool chosen_smooth(Chosen *w)
{
    const Problem *q = w->q;
    Pool          *p = q->c->pool;
    Solution      *s = w->s;
    if (!w->small || q->axis || q->n > MOST_AROUND_VARIABLES || s->format->family != FAMILY_DOUBLE || !chosen_settled(&s->m))
        return true;
    double *x = arena_copy(q->c->arena, s->m.x, q->n * sizeof *x), value;
    for (size_t k = 0; k < sizeof decades / sizeof *decades; k++) {
        const Expr *e = expr_pow(p, expr_int(p, 10), expr_int(p, -decades[k]));
        if (!descend_rounded(w, e, x)) {
            pool_clear_error(p);
            return true;
        }
    }
    if (!objective_value(&s->o, x, &value))
        return false;
    if (!(value < s->m.last_value - 1e-9 * (1 + fabs(s->m.last_value))))
        return true;
    memcpy(s->m.x, x, q->n * sizeof *x);
    s->m.last_value = value;
    *(double *)s->m.value = value;
    s->m.gradient_norm = NAN;
    solution_note(s, STR("a lower point was found with the kinks rounded off, less and less"));
    return chosen_go_on_with(w, "nelder_mead");
}
