/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton's method for minima, with the exact Hessian or with products of it and a vector. [Nocedal, Wright 2006, ch. 3, 7]
 *
 * Damped: d = -H^-1 g and Armijo's search; -g where d leads up or H is singular. Pure: d, whatever comes; it goes to saddles and maxima as well.
 * Modified: H + tau*I with the least tau of a geometric sequence that makes it positive definite. By conjugate gradients: the inner
 * iteration ends at |r| <= min(1/2, sqrt|g|) |g|, or where the curvature is not positive. */
#include "numeric/methods.h"

#include "base/interrupt.h"
#include "numeric/factor.h"

#include <math.h>

enum { DAMPED, PURE, MODIFIED, MOST_SHIFTS = 200 };

typedef struct Newton {
    LineSearch search;
    int        form;
    Arena     *scratch;
    void      *h, *l, *d, *b, *scalar;
} Newton;

static bool solve_newton(Newton *m, const Objective *o)
{
    const Format *f = o->format;
    vector_negate(f, m->b, o->g, o->n);
    return vector_solve(f, m->h, m->b, m->d, o->n) && vector_not_finite(f, m->d, o->n) == o->n;
}

/* Cholesky of H + tau*I, with growing tau. */
static bool solve_modified(Newton *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    double        least = INFINITY, size = 0, tau = 0;
    for (size_t i = 0; i < n * n; i++) {
        double x = format_get_double(f, format_at(f, m->h, i));
        size = fmax(size, fabs(x));
        least = i % (n + 1) == 0 ? fmin(least, x) : least;
    }
    if (!isfinite(size))
        return false;
    size = size > 0 ? size : 1;
    if (least <= 0)
        tau = 1e-3 * size - least;
    for (int i = 0; i < MOST_SHIFTS && !should_stop(); i++, tau = fmax(2 * tau, 1e-3 * size)) {
        Mark mark = arena_mark(m->scratch);
        format_copy(f, m->l, m->h, n * n);
        format_set_double(f, m->scalar, tau, NULL);
        for (size_t k = 0; k < n; k++)
            vector_scalar(f, TAPE_ADD, format_at(f, m->l, k * (n + 1)), format_at(f, m->h, k * (n + 1)), m->scalar);
        bool positive = factor_cholesky(f, m->scratch, m->l, n) == n;
        arena_release(m->scratch, mark);
        if (!positive)
            continue;
        vector_negate(f, m->d, o->g, n);
        factor_cholesky_solve(f, m->l, m->d, n);
        return vector_not_finite(f, m->d, n) == n;
    }
    return false;
}

static StepResult newton_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Newton       *m = state;
    const Format *f = o->format;
    if (!objective_hessian(o, o->x, m->h))
        return STEP_STOPPED;
    bool usable = m->form == MODIFIED ? solve_modified(m, o) : solve_newton(m, o);
    if (!usable && m->form == PURE)
        return STEP_SINGULAR;
    if (usable && m->form == DAMPED) {
        vector_dot(f, m->scalar, o->g, m->d, o->n);
        usable = vector_sign(f, m->scalar) < 0;
    }
    if (!usable)
        vector_negate(f, m->d, o->g, o->n);
    if (m->form != PURE)
        return line_search_run(&m->search, o, m->d, 1);
    format_set_double(f, m->search.step, 1, NULL);
    vector_add_scaled(f, o->x, m->search.step, m->d, o->x, o->n);
    return STEP_MOVED;
}

static const void *newton_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const Newton *)state)->search);
}

Stepper newton_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    Newton       *m = arena_alloc(a, sizeof *m);
    *m = (Newton){ .search = line_search_new(a, o, SEARCH_ARMIJO, 1e-4, 0.9), .form = (int)option->number[0], .scratch = a, .h = format_lanes(f, a, o->n * o->n),
                   .d = format_lanes(f, a, o->n), .b = format_lanes(f, a, o->n), .scalar = format_lanes(f, a, 1) };
    if (m->form == MODIFIED)
        m->l = format_lanes(f, a, o->n * o->n);
    return (Stepper){ .step = newton_step, .rate = newton_rate, .state = m };
}

/* ---- by conjugate gradients ---------------------------------------------------------------------------------------------------- */

typedef struct NewtonCg {
    LineSearch search;
    void      *d, *r, *p, *hp;      /* direction, residual H d + g, inner direction, H p */
    void      *rr, *php, *alpha, *beta;
} NewtonCg;

/* d from 0 on: the first direction of negative curvature is taken if there is nothing else. */
static bool solve_by_cg(NewtonCg *m, Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    double        start = vector_norm_log2(f, o->g, n), goal = start + fmin(-1, start / 2);
    format_copy(f, m->r, o->g, n);
    vector_negate(f, m->p, o->g, n);
    vector_dot(f, m->rr, m->r, m->r, n);
    for (size_t i = 0; i < 10 * n + 10; i++) {
        if (!objective_product(o, o->x, m->p, m->hp))
            return false;
        vector_dot(f, m->php, m->p, m->hp, n);
        if (vector_sign(f, m->php) <= 0) {
            if (i == 0)
                format_copy(f, m->d, m->p, n);
            return true;
        }
        vector_scalar(f, TAPE_DIV, m->alpha, m->rr, m->php);
        if (i == 0)
            vector_op(f, TAPE_MUL, m->d, one(m->alpha), many(m->p), many(m->p), n);
        else
            vector_add_scaled(f, m->d, m->alpha, m->p, m->d, n);
        vector_add_scaled(f, m->r, m->alpha, m->hp, m->r, n);
        if (vector_norm_log2(f, m->r, n) <= goal)
            return true;
        vector_dot(f, m->beta, m->r, m->r, n);
        vector_scalar(f, TAPE_DIV, m->alpha, m->beta, m->rr);
        format_copy(f, m->rr, m->beta, 1);
        vector_op(f, TAPE_MUL, m->p, one(m->alpha), many(m->p), many(m->p), n);
        vector_op(f, TAPE_SUB, m->p, many(m->p), many(m->r), many(m->p), n);
    }
    return true;
}

static StepResult newton_cg_step(void *state, Objective *o, size_t k)
{
    (void)k;
    NewtonCg *m = state;
    return solve_by_cg(m, o) ? line_search_run(&m->search, o, m->d, 1) : STEP_STOPPED;
}

static const void *newton_cg_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const NewtonCg *)state)->search);
}

Stepper newton_cg_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    (void)option;
    const Format *f = o->format;
    NewtonCg     *m = arena_alloc(a, sizeof *m);
    *m = (NewtonCg){ .search = line_search_new(a, o, SEARCH_WOLFE, 1e-4, 0.9), .d = format_lanes(f, a, o->n), .r = format_lanes(f, a, o->n),
                     .p = format_lanes(f, a, o->n), .hp = format_lanes(f, a, o->n), .rr = format_lanes(f, a, 1), .php = format_lanes(f, a, 1),
                     .alpha = format_lanes(f, a, 1), .beta = format_lanes(f, a, 1) };
    return (Stepper){ .step = newton_cg_step, .rate = newton_cg_rate, .state = m, .descends = true };
}
