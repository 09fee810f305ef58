/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Newton and Levenberg-Marquardt for f = sum of r_i^2: the Hessian is replaced by B = 2 J^T J.
 * [Marquardt 1963; More 1978; Nielsen 1999; Nocedal, Wright 2006, ch. 10]
 *
 * (B + lambda*D) d = -g with D = the largest diagonal of B so far. lambda follows Nielsen's rule, or Marquardt's: a tenth after a step that
 * lowers the value, ten times as much after one that does not. Gauss-Newton solves J d = -r by QR. */
#include "numeric/methods.h"

#include "base/interrupt.h"
#include "numeric/factor.h"

#include <math.h>

enum { NIELSEN, MARQUARDT, MOST_TRIES = 200 };

typedef struct Squares {
    int        damping;
    double     lambda, growth;
    Arena     *scratch;
    LineSearch search;              /* Gauss-Newton */
    void      *b, *l, *scale, *d, *bd, *start, *value, *base, *u, *v;
} Squares;

/* D: a diagonal that never shrinks; where B has a zero it is 1, so that a variable without influence stays. */
static void update_scale(Squares *m, const Objective *o)
{
    const Format *f = o->format;
    for (size_t i = 0; i < o->n; i++) {
        void *d = format_at(f, m->scale, i);
        vector_scalar(f, TAPE_SUB, m->u, format_at(f, m->b, i * (o->n + 1)), d);
        if (vector_sign(f, m->u) > 0)
            format_copy(f, d, format_at(f, m->b, i * (o->n + 1)), 1);
    }
}

/* d = -(B + lambda*D)^-1 g. False: the matrix is not positive definite in this precision. */
static bool solve_damped(Squares *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    Mark          mark = arena_mark(m->scratch);
    format_copy(f, m->l, m->b, n * n);
    format_set_double(f, m->u, m->lambda, NULL);
    for (size_t i = 0; i < n; i++) {
        void *pivot = format_at(f, m->l, i * (n + 1));
        if (vector_sign(f, format_at(f, m->scale, i)) == 0)
            format_set_double(f, pivot, 1, NULL);
        else
            vector_op(f, TAPE_MULADD, pivot, one(m->u), one(format_at(f, m->scale, i)), one(pivot), 1);
    }
    bool positive = factor_cholesky(f, m->scratch, m->l, n) == n;
    arena_release(m->scratch, mark);
    if (!positive)
        return false;
    vector_negate(f, m->d, o->g, n);
    factor_cholesky_solve(f, m->l, m->d, n);
    return vector_not_finite(f, m->d, n) == n;
}

/* The fall of the value over what the model says; 1 where both are below rounding. */
static double agreement(Squares *m, const Objective *o)
{
    const Format *f = o->format;
    for (size_t i = 0; i < o->n; i++)
        vector_dot(f, format_at(f, m->bd, i), format_at(f, m->b, i * o->n), m->d, o->n);
    vector_dot(f, m->u, m->d, m->bd, o->n);
    format_set_double(f, m->v, -0.5, NULL);
    vector_scalar(f, TAPE_MUL, m->u, m->u, m->v);
    vector_dot(f, m->v, o->g, m->d, o->n);
    vector_scalar(f, TAPE_SUB, m->u, m->u, m->v);                        /* -g.d - d.Bd/2 */
    vector_scalar(f, TAPE_SUB, m->v, m->base, m->value);
    if (vector_not_finite(f, m->v, 1) == 0)
        return -1;
    double noise = vector_log2(f, m->base) + 4 - (double)f->precision;
    if (vector_log2(f, m->u) < noise && vector_log2(f, m->v) <= noise)
        return 1;
    double ratio = vector_ratio(f, m->v, m->u);
    return isnan(ratio) ? -1 : ratio;
}

static void adapt(Squares *m, double rho)
{
    if (m->damping == MARQUARDT) {
        m->lambda *= rho > 0 ? 0.1 : 10;
    } else if (rho > 0) {
        double q = 2 * fmin(rho, 1.5) - 1;
        m->lambda *= fmax(1.0 / 3, 1 - q * q * q);
        m->growth = 2;
    } else {
        m->lambda *= m->growth;
        m->growth *= 2;
    }
    m->lambda = fmax(m->lambda, 1e-300);
}

static StepResult lm_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Squares      *m = state;
    const Format *f = o->format;
    if (!objective_gauss_newton(o, m->b))
        return STEP_STOPPED;
    update_scale(m, o);
    format_copy(f, m->start, o->x, o->n);
    format_copy(f, m->base, o->f, 1);
    for (int i = 0; i < MOST_TRIES && m->lambda < 1e200 && !should_stop(); i++) {
        double rho = -1;
        if (solve_damped(m, o)) {
            vector_op(f, TAPE_ADD, o->x, many(m->start), many(m->d), many(m->d), o->n);
            if (!objective_value(o, o->x, m->value))
                return STEP_STOPPED;
            rho = agreement(m, o);
        }
        format_set_double(f, m->u, m->lambda, NULL);
        adapt(m, rho > 1e-4 ? rho : -1);
        if (rho > 1e-4)
            return STEP_MOVED;
    }
    format_copy(f, o->x, m->start, o->n);
    return STEP_NO_DESCENT;
}

static const void *no_rate(const void *state, const Format *f)
{
    (void)state;
    (void)f;
    return NULL;
}

static Squares *squares(Arena *a, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    Squares      *m = arena_alloc(a, sizeof *m);
    *m = (Squares){ .scratch = a, .b = format_lanes(f, a, n * n), .l = format_lanes(f, a, n * n), .scale = format_lanes(f, a, n), .d = format_lanes(f, a, n),
                    .bd = format_lanes(f, a, n), .start = format_lanes(f, a, n), .value = format_lanes(f, a, 1), .base = format_lanes(f, a, 1),
                    .u = format_lanes(f, a, 1), .v = format_lanes(f, a, 1), .growth = 2 };
    return m;
}

Stepper lm_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    Squares *m = squares(a, o);
    m->damping = (int)option->number[0];
    m->lambda = option->number[1];
    return (Stepper){ .step = lm_step, .rate = no_rate, .state = m, .descends = true };
}

/* ---- Gauss-Newton ---------------------------------------------------------------------------------------------------------------- */

/* R d = -Q^T r, of J = Q R. False: J has not full rank. */
static bool solve_by_qr(Squares *m, Objective *o)
{
    const Format *f = o->format;
    const void   *r, *jacobian;
    size_t        n = o->n, rows = o->residuals;
    if (rows < n || !objective_residuals(o, &r, &jacobian))
        return false;
    Mark   mark = arena_mark(m->scratch);
    void  *at = format_lanes(f, m->scratch, rows * n), *q = format_lanes(f, m->scratch, rows * n);
    double most = 0, least = INFINITY;
    format_copy(f, at, jacobian, rows * n);
    factor_qr(f, m->scratch, at, q, rows, n);
    for (size_t k = n; k-- > 0;) {
        void *x = format_at(f, m->d, k), *pivot = format_at(f, at, k * rows + k);
        vector_dot(f, x, format_at(f, q, k * rows), r, rows);
        vector_scalar(f, TAPE_NEG, x, x, x);
        for (size_t j = k + 1; j < n; j++)
            vector_op(f, TAPE_MULSUB, x, one(format_at(f, at, j * rows + k)), one(format_at(f, m->d, j)), one(x), 1);
        vector_scalar(f, TAPE_DIV, x, x, pivot);
        most = fmax(most, vector_log2(f, pivot) + 2000);
        least = fmin(least, vector_log2(f, pivot) + 2000);
    }
    arena_release(m->scratch, mark);
    return most - least < (double)f->precision - 4 && vector_not_finite(f, m->d, n) == n;
}

/* Of a mean over rows only J^T J is at hand. */
static bool solve_normal(Squares *m, Objective *o)
{
    m->lambda = 0;
    if (!objective_gauss_newton(o, m->b))
        return false;
    update_scale(m, o);
    return solve_damped(m, o);
}

static StepResult gauss_newton_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Squares *m = state;
    bool     fine = o->residuals ? solve_by_qr(m, o) : solve_normal(m, o);
    if (should_stop())
        return STEP_STOPPED;
    return fine ? line_search_run(&m->search, o, m->d, 1) : STEP_SINGULAR;
}

static const void *gauss_newton_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const Squares *)state)->search);
}

Stepper gauss_newton_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    Squares *m = squares(a, o);
    m->search = line_search_new(a, o, (SearchKind)(int)option->number[0], 1e-4, 0.9);
    return (Stepper){ .step = gauss_newton_step, .rate = gauss_newton_rate, .state = m };
}
