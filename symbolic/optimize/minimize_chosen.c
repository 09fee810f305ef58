/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize without a method. The form of the objective chooses: sums of squares go to Levenberg-Marquardt, few variables to a trust region with
 * the exact Hessian, many to L-BFGS, kinks to BFGS. What then follows is the same for all:
 *
 * 1. A saddle or a maximum is left along the most negative curvature.
 * 2. With few variables, other starts around are tried; a lower minimum is taken, and the report says so.
 * 3. Newton at twice the precision gives the point all digits of the format.
 * 4. Short rational numbers, multiples of pi and algebraic numbers near it are put into the gradient; if it is exactly zero, they are the answer.
 * 5. The Hessian in ball arithmetic says what kind of point it is, where it can. */
#include "symbolic/optimize/chosen_int.h"

#include "numeric/eigen.h"
#include "numeric/methods.h"
#include "numeric/polish.h"
#include "numeric/vector.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/memo.h"
#include "symbolic/optimize/exact_point.h"
#include "symbolic/optimize/unbounded.h"
#include "symbolic/tape/residuals.h"
#include "symbolic/tape/run.h"

#include <stdlib.h>

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif
#include <math.h>
#include <string.h>

enum { CHOSEN_STEPS = 1000, MOST_ROWS_VARIABLES = 20, MOST_ESCAPES = 5, MOST_POLISHED_ROWS = 2000, BALL_BITS = 192, LONGEST_VALUE = 40,
       LONGEST_SIMPLIFIED = 200, MOST_RESTARTS = 6 };
static const char rough_point[] = "the value is lowest where the objective is not smooth: no gradient proves it";
static const char kink_there[] = "the objective has a kink there: slopes and curvature prove nothing";
static const double far_away = 50;      /* in sizes of the start */

/* ---- which method -------------------------------------------------------------------------------------------------------------- */

/* Steps: the slope is 0 wherever there is one, so it says nothing. */
static bool has_jumps(Pool *p, Arena *a, const Expr *f)
{
    Nodes nodes = expr_nodes(p, a, &f, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        FnId id = nodes.at[i]->kind == EXPR_CALL ? nodes.at[i]->fn->id : FN_COUNT;
        if (id == FN_floor || id == FN_ceil || id == FN_round || id == FN_mod || id == FN_sign)
            return true;
    }
    return false;
}

static const char *choice(Chosen *w)
{
    const Problem *q = w->q;
    Residuals      r;
    w->kinks = expr_has_kinks(q->c->pool, q->c->arena, w->code.f);
    w->jumps = has_jumps(q->c->pool, q->c->arena, w->code.f);
    if (w->jumps && q->n <= MOST_AROUND_VARIABLES) {
        w->s->why = "the objective jumps: slopes say nothing about it";
        return "nelder_mead";
    }
    if (!w->small) {
        w->s->why = "many variables: no matrix is kept";
        return "lbfgs";
    }
    if (w->kinks) {
        w->s->why = "the objective has kinks, where second derivatives mislead";
        return "bfgs";
    }
    if (residuals_find(q->c->pool, q->c->arena, w->code.f, &r)) {
        w->s->why = "a sum of squares";
        return "lm";
    }
    w->s->why = "few variables: the Hessian is cheap";
    return "trust_region";
}

bool problem_is_small(const Problem *q)
{
    return q->n <= (q->axis ? MOST_ROWS_VARIABLES : MOST_NEWTON_VARIABLES);
}

/* ---- runs ---------------------------------------------------------------------------------------------------------------------- */

static unsigned parts_of(const MethodRow *row)
{
    return OBJECTIVE_VALUE | (row->needs & NEEDS_HESSIAN ? OBJECTIVE_HESSIAN : 0u) | (row->needs & NEEDS_PRODUCT ? OBJECTIVE_PRODUCT : 0u)
           | (row->needs & NEEDS_RESIDUALS ? OBJECTIVE_RESIDUALS : 0u);
}

bool chosen_run(Chosen *w, const MinimizeOptions *options, Minimum *out)
{
    Call   *c = w->q->c;
    Stepper stepper;
    if (!method_stepper(c->pool, c->arena, w->s->method, &w->s->o, &stepper))
        return false;
    *out = minimize_run(c->arena, &w->s->o, &stepper, options);
    return true;
}

bool chosen_settled(const Minimum *m)
{
    return m->ending == ENDED_CONVERGED || m->ending == ENDED_STUCK || m->ending == ENDED_NO_DESCENT || m->ending == ENDED_SMALL;
}

/* One trace behind the other: the second run began where the first ended. */
static Trace joined(Arena *a, const Format *f, const Trace *t, const Trace *u, size_t steps)
{
    Trace all = *t;
    if (t->width != u->width || t->watched != u->watched || u->rows < 2)
        return u->rows < 2 ? *t : *u;
    all.rows = all.capacity = t->rows + u->rows - 1;
    all.stride = t->stride > u->stride ? t->stride : u->stride;
    all.step = arena_array(a, size_t, all.rows);
    all.gradient_norm = arena_array(a, double, all.rows);
    all.gradient_log2 = arena_array(a, double, all.rows);
    all.has_rate = arena_array(a, bool, all.rows);
    all.number = arena_array(a, double, all.rows * all.watched);
    all.lanes = format_lanes(f, a, all.rows * all.width);
    for (size_t i = 0; i < all.rows; i++) {
        const Trace *from = i < t->rows ? t : u;
        size_t       k = i < t->rows ? i : i - t->rows + 1;
        all.step[i] = from->step[k] + (from == u ? steps : 0);
        all.gradient_norm[i] = from->gradient_norm[k];
        all.gradient_log2[i] = from->gradient_log2[k];
        all.has_rate[i] = from->has_rate[k];
        memcpy(all.number + i * all.watched, from->number + k * all.watched, all.watched * sizeof *all.number);
        format_copy(f, format_at(f, all.lanes, i * all.width), format_at(f, from->lanes, k * all.width), all.width);
    }
    return all;
}

/* Goes on from the point reached by another method. */
bool chosen_go_on_with(Chosen *w, const char *name)
{
    Call         *c = w->q->c;
    Solution     *s = w->s;
    const Method *before = s->method;
    Objective     old = s->o;
    Minimum       m;
    s->method = method_of_row(c->pool, c->arena, method_row(str_of(name)));
    if (!objective_bind(&w->code, s->format, parts_of(s->method->row), &s->o))
        return false;
    format_copy(s->format, s->o.x, s->m.x, w->q->n);
    s->o.values = old.values, s->o.gradients = old.gradients, s->o.hessians = old.hessians;
    MinimizeOptions options = s->options;
    if (s->method->row->make == nelder_mead_stepper)
        options.steps = CHOSEN_STEPS * (1 + w->q->n);
    if (!chosen_run(w, &options, &m))
        return false;
    if (!(m.last_value <= s->m.last_value) || (m.steps == 0 && chosen_settled(&s->m))) {
        s->method = before;
        old.values = s->o.values, old.gradients = s->o.gradients, old.hessians = s->o.hessians;
        s->o = old;
        return true;
    }
    if (m.steps && before->row != s->method->row) {
        Str one = s->chain.n ? s->chain : method_name(before), two = method_name(s->method);
        s->chain = str_printf(c->arena, "%.*s, %.*s", STR_ARGS(one), STR_ARGS(two));
    }
    m.trace = joined(c->arena, s->format, &s->m.trace, &m.trace, s->m.steps);
    m.first_value = s->m.first_value;
    m.steps += s->m.steps;
    s->m = m;
    return true;
}

static bool objective_in(Chosen *w, const Format *f, Objective *out)
{
    return objective_bind(&w->code, f, OBJECTIVE_HESSIAN, out);
}

/* ---- curvature ------------------------------------------------------------------------------------------------------------------ */

static bool is_fp64(const Solution *s)
{
    return s->format->family == FAMILY_DOUBLE;
}

/* The eigenvalues of the Hessian at x in doubles, and its eigenvectors row by row. */
static bool curvature(Chosen *w, const void *x, double *value, double *vector)
{
    size_t  n = w->q->n;
    double *h = arena_array(w->q->c->arena, double, n * n);
    Format *fp64 = arena_alloc(w->q->c->arena, sizeof *fp64);
    if (!w->has_second && (!format_named(STR("fp64"), fp64) || !objective_in(w, fp64, &w->second)))
        return false;
    w->has_second = true;
    double *at = arena_array(w->q->c->arena, double, n);
    for (size_t i = 0; i < n; i++)
        at[i] = format_get_double(w->s->format, format_at(w->s->format, x, i));
    if (!objective_hessian(&w->second, at, h))
        return false;
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(h[i]))
            return false;
    eigen_decompose(h, n, value, vector);
    return true;
}

/* From a point with a vanishing gradient to a lower one: x + t*v with t = 1e-4, 2e-4, ... while the value falls, by more than the margin in all. */
static bool step_off(Chosen *w, const double *v, double margin)
{
    Solution     *s = w->s;
    const Format *f = s->format;
    Arena        *a = w->q->c->arena;
    size_t        n = w->q->n;
    void         *d = format_lanes(f, a, n), *t = format_lanes(f, a, 1), *x = format_lanes(f, a, n), *value = format_lanes(f, a, 1);
    double        best = s->m.last_value, size = fmax(1, vector_norm(f, s->m.x, n)), reached = 0;
    for (size_t i = 0; i < n; i++)
        format_set_double(f, format_at(f, d, i), v[i], NULL);
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (double step = 1e-4 * size; step < 100 * size; step *= 2) {
            format_set_double(f, t, sign * step, NULL);
            vector_add_scaled(f, x, t, d, s->m.x, n);
            if (!objective_value(&s->o, x, value))
                return false;
            double lower = format_get_double(f, value);
            if (!(lower < best))
                break;
            best = lower;
            reached = sign * step;
        }
        if (reached > 0)
            break;
    }
    if (reached == 0 || !(best < s->m.last_value - margin))
        return false;
    format_set_double(f, t, reached, NULL);
    vector_add_scaled(f, s->o.x, t, d, s->m.x, n);
    s->o.evaluated = false;
    return true;
}

/* Along negative curvature, or where it is flat: an inflection, perhaps. *saddle: the former. */
static bool leave_point(Chosen *w, const double *value, const double *vector, bool *saddle)
{
    size_t n = w->q->n;
    double size = fmax(fabs(value[0]), fabs(value[n - 1]));
    *saddle = value[0] < -1e-7 * size;
    if (*saddle)
        return step_off(w, vector, 0);
    for (size_t k = 0; k < n && value[k] < 1e-2 * fmax(size, 1); k++)
        if (step_off(w, vector + k * n, 1e-6 * (1 + fabs(w->s->m.last_value))))
            return true;
    return false;
}

static bool leave_saddles(Chosen *w)
{
    size_t  n = w->q->n;
    Arena  *a = w->q->c->arena;
    double *value = arena_array(a, double, n), *vector = arena_array(a, double, n * n);
    for (int i = 0; i < MOST_ESCAPES && chosen_settled(&w->s->m); i++) {
        if (!curvature(w, w->s->m.x, value, vector))
            return true;
        size_t  steps = w->s->m.steps;
        bool    saddle;
        Minimum m;
        if (!leave_point(w, value, vector, &saddle))
            return true;
        if (!chosen_run(w, &w->s->options, &m))
            return false;
        m.steps += steps + 1;
        w->s->m = m;
        solution_note(w->s, saddle ? STR("a saddle point was left along the direction in which the value falls")
                                   : STR("a point of inflection was left along the direction in which the value falls"));
    }
    return true;
}

/* ---- all digits -------------------------------------------------------------------------------------------------------------------- */

static void convert(const Format *to, void *x, const Format *from, const void *y, size_t n)
{
    arb_t v;
    arb_init(v);
    for (size_t i = 0; i < n; i++) {
        format_get_arb(from, format_at(from, y, i), v);
        format_set_arb(to, format_at(to, x, i), v, NULL);
    }
    arb_clear(v);
}

static Truth decided(Pool *p, const Expr *condition)
{
    return expr_is_constant(condition, CONSTANT_TRUE) ? YES : expr_is_constant(condition, CONSTANT_FALSE) ? NO : condition->kind == EXPR_RELATION ? expr_decide(p, condition).answer : UNKNOWN;
}

/* An expression in numbers whose pieces are chosen by their conditions; one that cannot be decided stays. */
static const Expr *pieces_chosen(Pool *p, Arena *a, const Expr *e)
{
    Nodes       nodes = expr_nodes(p, a, &e, 1);
    Memo        image = memo_new(a);
    const Expr *made = e;
    for (size_t k = 0; made && k < nodes.n; k++) {
        const Expr  *node = nodes.at[k];
        const Expr **arg = arena_array(a, const Expr *, node->arity + 1);
        uint32_t     i = 0;
        for (uint32_t j = 0; j < node->arity; j++)
            arg[j] = memo_get(&image, node->arg[j]);
        if (node->kind == EXPR_PIECEWISE)
            while (i + 1 < node->arity && decided(p, arg[i]) == NO)
                i += 2;
        bool chosen = node->kind == EXPR_PIECEWISE && (i + 1 == node->arity || decided(p, arg[i]) == YES);
        made = chosen ? arg[i + 1 == node->arity ? i : i + 1] : node->arity ? expr_remake(p, node, arg) : node;
        memo_put(&image, node, made);
    }
    return made;
}

/* The value, the slopes and the kind at the exact point. */
static bool take_exact(Chosen *w, const Expr **at)
{
    const Problem *q = w->q;
    Pool          *p = q->c->pool;
    const Expr    *v = expr_subst(p, q->entries, q->var, at, q->n);
    v = v && w->kinks ? pieces_chosen(p, q->c->arena, v) : v;
    const Expr    *simple = v && expr_cost(p, v) < LONGEST_SIMPLIFIED ? expr_simplify(p, v) : NULL;
    v = simple ? simple : v;
    pool_clear_error(p);
    if (!v || !expr_is_numeric(v) || v->flags & EXPR_HAS_INFINITE)
        return false;
    if (expr_cost(p, v) > LONGEST_VALUE) {
        const Expr *ball = expr_approximate(p, v, q->c->settings->digits);
        pool_clear_error(p);
        v = ball ? ball : v;
    }
    void *lane = expr_run(p, q->c->arena, &v, 1, w->s->format, 1), *x = lane ? expr_run(p, q->c->arena, at, q->n, w->s->format, 1) : NULL;
    if (!x)
        return false;
    double f = format_get_double(w->s->format, lane);
    if (!(f <= w->s->m.last_value + 1e-6 * (1 + fabs(w->s->m.last_value))))
        return false;
    w->s->exact = at;
    w->s->exact_value = v;
    w->s->m.x = x;
    w->s->m.value = lane;
    w->s->m.last_value = f;
    w->s->m.gradient_norm = 0;
    w->s->m.gradient_log2 = -INFINITY;
    w->s->m.ending = ENDED_CONVERGED;
    return true;
}

static bool recognise(Chosen *w, const Format *high, const void *x, slong bits)
{
    const Problem *q = w->q;
    Arena         *a = q->c->arena;
    const Expr   **at = arena_array(a, const Expr *, q->n), **gradient = arena_array(a, const Expr *, q->n);
    if (q->axis || !expr_gradient(q->c->pool, w->code.f, w->code.symbol, q->n, gradient))
        return false;
    return exact_stationary(q->c->pool, gradient, q->var, q->n, high, x, bits, at) && take_exact(w, at);
}

/* The slopes over a ball around x with this radius, relative to |x| + least. NULL: they cannot be had. */
static const arb_struct *slopes_around(Chosen *w, const void *x, const Format *from, double radius, double least)
{
    size_t    n = w->q->n;
    Format   *ball = arena_alloc(w->q->c->arena, sizeof *ball);
    Objective o;
    *ball = format_ball(BALL_BITS);
    if (!objective_bind(&w->code, ball, 0, &o))
        return false;
    convert(ball, o.x, from, x, n);
    for (size_t i = 0; i < n; i++) {
        arb_struct *b = format_at(ball, o.x, i);
        mag_set_d(arb_radref(b), radius * (least + fabs(arf_get_d(arb_midref(b), ARF_RND_NEAR))));
    }
    return objective_gradient(&o) ? o.g : NULL;
}

/* Kinks are no trouble where the slopes around x, further than rounding goes, are as good as constant. */
static bool is_smooth_around(Chosen *w, const void *x, const Format *from)
{
    const arb_struct *g = slopes_around(w, x, from, 1e-12, 1);
    for (size_t i = 0; i < w->q->n && g; i++)
        if (!(mag_get_d(arb_radref(g + i)) < 1e-3))
            return false;
    return g != NULL;
}

/* A point where f is not smooth has no gradient to test; the value must be lower at the exact point than wherever the method came to,
 * or the point of the method is on a kink itself. */
static bool recognise_kink(Chosen *w)
{
    const Problem *q = w->q;
    const Expr   **at = arena_array(q->c->arena, const Expr *, q->n);
    Minimum        before = w->s->m;
    if (q->axis || !short_rationals(q->c->pool, q->n, w->s->format, w->s->m.x, 20, at) || !take_exact(w, at))
        return false;
    double value = w->s->m.last_value;
    bool   as_low = value <= before.last_value + 1e-14 * (1 + fabs(before.last_value)), steep = before.gradient_norm > 1e-3 * (1 + fabs(value));
    if (value < before.last_value || (as_low && steep) || (as_low && w->kinks && !is_smooth_around(w, w->s->m.x, w->s->format))) {
        solution_note(w->s, str_of(rough_point));
        w->s->m.gradient_norm = NAN;
        return true;
    }
    w->s->exact = NULL;
    w->s->m = before;
    return false;
}

/* Is the Hessian over a ball around x surely positive definite, is -H? */
static const char *certified_kind(Chosen *w, const void *x, const Format *from)
{
    size_t      n = w->q->n;
    Format     *ball = arena_alloc(w->q->c->arena, sizeof *ball);
    Objective   o;
    arb_mat_t   h, l;
    const char *kind = NULL;
    *ball = format_ball(BALL_BITS);
    if (!objective_in(w, ball, &o))
        return NULL;
    void *at = format_lanes(ball, w->q->c->arena, n), *lanes = format_lanes(ball, w->q->c->arena, n * n);
    convert(ball, at, from, x, n);
    for (size_t i = 0; i < n; i++) {
        arb_struct *b = format_at(ball, at, i);
        double      size = fabs(arf_get_d(arb_midref(b), ARF_RND_NEAR));
        mag_set_d(arb_radref(b), 1e-15 * (size > 0 ? size : 1e-5));
    }
    if (!objective_hessian(&o, at, lanes))
        return NULL;
    arb_mat_init(h, (slong)n, (slong)n);
    arb_mat_init(l, (slong)n, (slong)n);
    for (size_t i = 0; i < n * n; i++)
        arb_set(arb_mat_entry(h, (slong)(i / n), (slong)(i % n)), format_at(ball, lanes, i));
    if (arb_mat_cho(l, h, BALL_BITS))
        kind = "minimum";
    arb_mat_neg(h, h);
    if (!kind && arb_mat_cho(l, h, BALL_BITS))
        kind = "maximum";
    arb_mat_clear(l);
    arb_mat_clear(h);
    return kind;
}

/* What kind of point is x? simple: Newton's steps shrank as they do where the Hessian is regular, so a ball around x holds the point. */
static void classify(Chosen *w, const void *x, const Format *f, bool simple)
{
    size_t  n = w->q->n;
    Arena  *a = w->q->c->arena;
    double *value = arena_array(a, double, n), *vector = arena_array(a, double, n * n);
    if (w->kinks && !is_smooth_around(w, x, f)) {
        solution_note(w->s, str_of(kink_there));
        w->s->m.gradient_norm = NAN;
        return;
    }
    w->s->kind = simple ? certified_kind(w, x, f) : NULL;
    if (w->s->kind || !curvature(w, w->s->m.x, value, vector))
        return;
    double size = fmax(fabs(value[0]), fabs(value[n - 1]));
    if (value[0] < -1e-7 * size && size > 1e-20)
        w->s->kind = value[n - 1] > 1e-7 * size ? "saddle" : "maximum";
    else
        w->s->kind = "degenerate";
}

static bool give_all_digits(Chosen *w)
{
    const Problem *q = w->q;
    Solution      *s = w->s;
    Arena         *a = q->c->arena;
    size_t         n = q->n;
    Format        *high = arena_alloc(a, sizeof *high);
    Objective      o;
    if (!w->small || (q->axis && s->o.rows > MOST_POLISHED_ROWS) || !chosen_settled(&s->m))
        return true;
    *high = format_mpfr(2 * s->format->precision + 64);
    if (!objective_in(w, high, &o)) {
        pool_clear_error(q->c->pool);
        return true;
    }
    convert(high, o.x, s->format, s->m.x, n);
    Polished p = polish(a, &o, s->format->precision);
    if (!objective_gradient(&o))
        return true;
    double value = format_get_double(high, o.f);
    bool   flat = vector_norm(high, o.g, n) <= 1e-6 * (1 + fabs(value));       /* Newton's steps shrink, too, at the end of a root */
    if (p.done && flat && value <= s->m.last_value + 1e-7 * (1 + fabs(s->m.last_value))) {
        if (!recognise(w, high, o.x, p.singular ? s->format->precision / 2 : 3 * s->format->precision / 2)) {
            convert(s->format, s->m.x, high, o.x, n);
            convert(s->format, s->m.value, high, o.f, 1);
            format_copy(s->format, s->o.x, s->m.x, n);
            s->o.evaluated = false;
            if (objective_gradient(&s->o)) {
                s->m.gradient_norm = vector_norm(s->format, s->o.g, n);
                s->m.gradient_log2 = vector_norm_log2(s->format, s->o.g, n);
            }
            s->m.last_value = value;
            s->m.ending = ENDED_CONVERGED;
        }
        s->polished = true;
        classify(w, s->exact ? s->m.x : o.x, s->exact ? s->format : high, s->exact || !p.singular);
    } else if (recognise(w, s->format, s->m.x, 30) || recognise_kink(w)) {
        if (isfinite(s->m.gradient_norm))
            classify(w, s->m.x, s->format, s->exact != NULL);
        s->m.ending = ENDED_CONVERGED;
    } else if (s->m.ending == ENDED_CONVERGED && !p.done && isfinite(vector_norm(high, o.g, n))) {
        solution_note(s, STR("Newton's steps from here do not shrink: the least value may lie at infinity, or the minimum is flat"));
    }
    pool_clear_error(q->c->pool);
    return true;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------------- */

static bool begin(Chosen *w, unsigned threads)
{
    const Problem *q = w->q;
    Solution      *s = w->s;
    Call          *c = q->c;
    size_t         n;
    CompileInput  *in = problem_inputs(q, w->small, &n);
    if (!objective_code(c->pool, c->arena, w->small ? q->entries : q->f, in, n, &w->code))
        return false;
    s->method = method_of_row(c->pool, c->arena, method_row(str_of(choice(w))));
    void *start = expr_run(c->pool, c->arena, q->start, q->n, s->format, s->options.seed);
    if (!start || !objective_bind(&w->code, s->format, parts_of(s->method->row), &s->o))
        return false;
    format_copy(s->format, s->o.x, start, q->n);
    objective_threads(&s->o, threads);
    return true;
}

/* Can nothing be gained any more? On a quadratic model with this gradient and a positive definite Hessian, by less than rounding. */
static bool at_minimum(Chosen *w)
{
    size_t   n = w->q->n;
    Minimum *m = &w->s->m;
    double  *value = arena_array(w->q->c->arena, double, n), *vector = arena_array(w->q->c->arena, double, n * n), gain = 0;
    if (m->ending == ENDED_CONVERGED || (chosen_settled(m) && m->gradient_norm < 1e-5 * (1 + fabs(m->last_value))))
        return true;
    if (!chosen_settled(m) || !w->small || w->kinks || !is_fp64(w->s) || !curvature(w, m->x, value, vector) || !(value[0] > 0))
        return false;
    memcpy(w->s->o.x, m->x, n * sizeof(double));
    w->s->o.evaluated = false;
    if (!objective_gradient(&w->s->o))
        return false;
    for (size_t k = 0; k < n; k++) {
        double along = 0;
        for (size_t i = 0; i < n; i++)
            along += vector[k * n + i] * ((const double *)w->s->o.g)[i];
        gain += along * along / value[k];
    }
    return gain < 1e-12 * fabs(m->last_value);
}

/* A simplex that has collapsed on a kink goes on as a new one; the last one finds nothing lower. */
static bool restart(Chosen *w)
{
    for (int i = 0; i < MOST_RESTARTS && chosen_settled(&w->s->m) && w->s->method->row->make == nelder_mead_stepper; i++) {
        double before = w->s->m.last_value;
        if (!chosen_go_on_with(w, "nelder_mead"))
            return false;
        if (!(w->s->m.last_value < before - 1e-13 * fabs(before)))
            break;
    }
    return true;
}

/* A method that ends without a minimum is followed by the next one. */
static bool descend(Chosen *w)
{
    static const char *const next[] = { "trust_region", "bfgs", "nelder_mead" };
    Solution       *s = w->s;
    MinimizeOptions first = s->options;
    bool            given = w->steps_given;
    first.impatient = s->method->row->needs & NEEDS_RESIDUALS && !given;       /* linear where residuals stay large */
    if (!chosen_run(w, &first, &s->m))
        return false;
    if (s->m.ending == ENDED_NOT_FINITE && s->m.bad_step == 0)
        return true;
    for (size_t i = w->small && !w->kinks ? 0 : w->small ? 2 : 3; i < sizeof next / sizeof *next && !given; i++) {
        if (s->m.ending == ENDED_STOPPED || s->m.ending == ENDED_UNBOUNDED || (i == 2 && w->q->n > MOST_AROUND_VARIABLES) || at_minimum(w))
            break;
        if (!chosen_go_on_with(w, next[i]))
            return false;
    }
    return given || (restart(w) && (!w->kinks || w->jumps || chosen_smooth(w)));
}

/* A long first step may end on a plain far away, where nothing decides: the start has other neighbours. */
static bool is_lost(Chosen *w, const double *start)
{
    size_t  n = w->q->n;
    double *value = arena_array(w->q->c->arena, double, n), *vector = arena_array(w->q->c->arena, double, n * n), size = 1, moved = 0;
    for (size_t i = 0; i < n; i++) {
        size = fmax(size, fabs(start[i]));
        moved = fmax(moved, fabs(((const double *)w->s->m.x)[i] - start[i]));
    }
    return moved > far_away * size && (!curvature(w, w->s->m.x, value, vector) || value[0] < 1e-12 * value[n - 1]);
}

static bool start_again(Chosen *w)
{
    static const char *const cautious[] = { "trust_region", "bfgs" };
    const Problem *q = w->q;
    Solution      *s = w->s;
    const double  *start = is_fp64(s) && w->small && !w->steps_given && chosen_settled(&s->m) && q->n <= MOST_AROUND_VARIABLES
                         ? expr_run(q->c->pool, q->c->arena, q->start, q->n, s->format, 1) : NULL;
    if (!start || !is_lost(w, start))
        return true;
    for (size_t i = 0; i < sizeof cautious / sizeof *cautious; i++) {
        const Method *before = s->method;
        Objective     old = s->o;
        Minimum       m;
        s->method = method_of_row(q->c->pool, q->c->arena, method_row(str_of(cautious[i])));
        if (!objective_bind(&w->code, s->format, parts_of(s->method->row), &s->o))
            return false;
        memcpy(s->o.x, start, q->n * sizeof *start);
        s->o.values = old.values, s->o.gradients = old.gradients, s->o.hessians = old.hessians;
        if (!chosen_run(w, &s->options, &m))
            return false;
        if (chosen_settled(&m) && m.last_value < s->m.last_value - 1e-7 * fabs(s->m.last_value)) {
            solution_note(s, str_printf(q->c->arena, "%.*s went far away, to a value of %.6g: begun again from the start", STR_ARGS(method_name(before)), s->m.last_value));
            s->chain = (Str){ 0 };
            s->m = m;
        } else {
            s->method = before;
            s->o = old;
        }
    }
    return true;
}

static bool is_constant(const Chosen *w)
{
    for (size_t i = 0; i < w->code.n; i++)
        if (!expr_is_zero(w->code.output[1 + i]))
            return false;
    return true;
}

static void forget_note(Solution *s, const char *text)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->notes; i++)
        if (!str_is(s->note[i], text))
            s->note[kept++] = s->note[i];
    s->notes = kept;
}

/* Variables that do not occur: the Hessian is singular because of them, and they stay where they are. */
static void name_idle_variables(Chosen *w)
{
    Buf    b = buf_new(w->q->c->arena);
    size_t n = 0;
    for (size_t i = 0; i < w->code.n; i++)
        if (expr_is_zero(w->code.output[1 + i]))
            buf_printf(&b, "%s%.*s", n++ ? ", " : "", STR_ARGS(w->code.symbol[i]->name));
    Str names = buf_str(&b);
    if (n)
        solution_note(w->s, str_printf(w->q->c->arena, "the objective does not depend on %.*s", STR_ARGS(names)));
}

bool problem_solve_chosen(const Problem *q, Solution *s, unsigned threads, bool steps_given)
{
    Call  *c = q->c;
    Chosen w = { .q = q, .s = s, .small = problem_is_small(q), .steps_given = steps_given };
    bool   high = is_fp64(s) || (s->format->family == FAMILY_MPFR && s->format->emin == s->format->emax && s->format->rounding == ROUND_NEAREST);
    if (!steps_given)
        s->options.steps = CHOSEN_STEPS;
    bool fine = begin(&w, threads) && descend(&w) && start_again(&w);
    if (fine && chosen_settled(&s->m) && w.small && high && !w.jumps)
        fine = (w.kinks || leave_saddles(&w)) && chosen_look_around(&w) && give_all_digits(&w);
    if (fine && w.jumps && chosen_settled(&s->m)) {
        s->kind = NULL;
        solution_note(s, STR("the objective jumps: the lowest value met, and no proof that there is none lower"));
    } else if (fine && is_constant(&w)) {
        s->kind = NULL;
        solution_note(s, STR("the objective does not depend on its variables: every point is as good"));
    } else if (fine && s->exact && expr_is_zero(s->exact_value) && w.code.f->flags & EXPR_NONNEGATIVE) {
        s->lowest = true;
        s->kind = "minimum";
        forget_note(s, rough_point);                            /* this proof needs no slopes */
        forget_note(s, kink_there);
        name_idle_variables(&w);
    } else if (fine && w.small && high && !steps_given) {
        name_idle_variables(&w);
        solution_unbounded(q, s);
    }
    if (fine)
        return true;
    Str why = pool_error(c->pool);
    call_fail(c, 0, "%.*s", STR_ARGS(why.n ? why : STR("this cannot be minimized")));
    pool_clear_error(c->pool);
    return false;
}
