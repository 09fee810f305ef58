/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trust regions: the quadratic model g.p + p.Hp/2 is minimized where |p| <= radius. The radius shrinks to a quarter of the step where the value
 * falls by less than a quarter of what the model says, and doubles where it falls by more than three quarters with the step on the edge.
 * [Conn, Gould, Toint 2000; Nocedal, Wright 2006, ch. 4]
 *
 * Inside the region the step is Newton's, in the format. On its edge it need not be precise: there the exact model is solved in
 * doubles by the eigenvalues of H (so the hard case of More and Sorensen needs no care), or by a dogleg, or by conjugate gradients
 * up to the edge (Steihaug). */
#include "numeric/methods.h"

#include "base/interrupt.h"
#include "numeric/eigen.h"
#include "numeric/factor.h"

#include <math.h>

enum { EXACT_MODEL, DOGLEG, STEIHAUG, MOST_TRIES = 200 };

typedef struct Trust {
    int     model;
    double  radius;
    Arena  *scratch;
    void   *h, *l, *p, *newton, *inner, *hp, *start, *value, *base, *predicted, *u, *v;
    double *matrix, *gradient, *eigenvalue, *eigenvector, *coefficient;    /* in doubles, divided by 2^scale */
    bool    decomposed, positive;
    void   *rate;
} Trust;

/* ---- models -------------------------------------------------------------------------------------------------------------------- */

/* Newton's step, if H is positive definite. */
static bool newton_inside(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    Mark          mark = arena_mark(m->scratch);
    format_copy(f, m->l, m->h, o->n * o->n);
    bool positive = factor_cholesky(f, m->scratch, m->l, o->n) == o->n;
    arena_release(m->scratch, mark);
    if (!positive)
        return false;
    vector_negate(f, m->newton, o->g, o->n);
    factor_cholesky_solve(f, m->l, m->newton, o->n);
    return vector_not_finite(f, m->newton, o->n) == o->n;
}

/* The eigenvalues of H and g in their basis. Both are divided by the size of H, which moves no minimum. */
static bool decompose(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    double        size = vector_norm_log2(f, m->h, n * n);
    if (m->decomposed)
        return true;
    if (!isfinite(size))
        size = 0;
    double scale = fabs(size) < 1000 ? exp2(-size) : 1;
    for (size_t i = 0; i < n * n; i++)
        m->matrix[i] = scale * format_get_double(f, format_at(f, m->h, i));
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(m->matrix[i]))
            return false;
    eigen_decompose(m->matrix, n, m->eigenvalue, m->eigenvector);
    for (size_t k = 0; k < n; k++) {
        m->gradient[k] = 0;
        for (size_t i = 0; i < n; i++)
            m->gradient[k] += scale * m->eigenvector[k * n + i] * format_get_double(f, format_at(f, o->g, i));
    }
    m->decomposed = true;
    return true;
}

static double length_at(const Trust *m, size_t n, double lambda)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        double x = m->gradient[k] / (m->eigenvalue[k] + lambda);
        sum += m->gradient[k] == 0 ? 0 : x * x;
    }
    return sqrt(sum);
}

/* lambda >= max(0, -least eigenvalue) with |p(lambda)| = radius, by bisection of its logarithm: |p| falls. */
static double multiplier(const Trust *m, size_t n)
{
    double floor = fmax(0, -m->eigenvalue[0]), low = 0, high = 1, norm = 0;
    for (size_t k = 0; k < n; k++)
        norm = hypot(norm, m->gradient[k]);
    high = norm / m->radius + fabs(m->eigenvalue[0]) + 1e-300;
    low = 1e-16 * (high + floor);
    if (length_at(m, n, floor + low) < m->radius)
        return floor + low;                                             /* the hard case */
    for (int i = 0; i < 100 && high > low * (1 + 1e-12); i++) {
        double middle = sqrt(low) * sqrt(high);
        *(length_at(m, n, floor + middle) > m->radius ? &low : &high) = middle;
    }
    return floor + high;
}

static bool on_the_edge(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    if (!decompose(m, o))
        return false;
    double lambda = multiplier(m, n), length = 0;
    for (size_t k = 0; k < n; k++) {
        m->coefficient[k] = m->gradient[k] == 0 ? 0 : -m->gradient[k] / (m->eigenvalue[k] + lambda);
        length = hypot(length, m->coefficient[k]);
    }
    if (m->eigenvalue[0] < 0 && length < m->radius) {                     /* to the edge along the direction of most negative curvature */
        double rest = sqrt(fmax(m->radius * m->radius - length * length, 0));
        m->coefficient[0] += m->gradient[0] > 0 ? -rest : rest;
    }
    for (size_t i = 0; i < n; i++) {
        double x = 0;
        for (size_t k = 0; k < n; k++)
            x += m->coefficient[k] * m->eigenvector[k * n + i];
        format_set_double(f, format_at(f, m->p, i), x, NULL);
    }
    return true;
}

static void multiply(const Trust *m, const Objective *o, void *hp, const void *p)
{
    for (size_t i = 0; i < o->n; i++)
        vector_dot(o->format, format_at(o->format, hp, i), format_at(o->format, m->h, i * o->n), p, o->n);
}

/* p + t*q with the largest t for which it stays inside. */
static void to_the_edge(Trust *m, const Objective *o, const void *q)
{
    const Format *f = o->format;
    double        qq = vector_norm(f, q, o->n), pp = vector_norm(f, m->p, o->n);
    vector_dot(f, m->u, m->p, q, o->n);
    double pq = format_get_double(f, m->u) / qq, t = (sqrt(fmax(pq * pq + m->radius * m->radius - pp * pp, 0)) - pq) / qq;
    format_set_double(f, m->u, t, NULL);
    vector_add_scaled(f, m->p, m->u, q, m->p, o->n);
}

/* From -g over the minimum along it towards Newton's step. */
static void dogleg(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    multiply(m, o, m->hp, o->g);
    vector_dot(f, m->v, o->g, m->hp, n);
    vector_dot(f, m->u, o->g, o->g, n);
    double curvature = format_get_double(f, m->v), t = vector_ratio(f, m->u, m->v), norm = vector_norm(f, o->g, n);
    format_set_double(f, m->u, curvature > 0 && t * norm < m->radius ? -t : -m->radius / norm, NULL);
    vector_op(f, TAPE_MUL, m->p, one(m->u), many(o->g), many(o->g), n);
    if (m->positive && curvature > 0 && t * norm < m->radius) {
        vector_op(f, TAPE_SUB, m->hp, many(m->newton), many(m->p), many(m->p), n);
        to_the_edge(m, o, m->hp);
    }
}

/* Conjugate gradients for the model, up to the edge. */
static void steihaug(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    void         *r = m->newton, *d = m->inner;
    double        goal = vector_norm_log2(f, o->g, n) + fmin(-1, vector_norm_log2(f, o->g, n) / 2);
    format_copy(f, r, o->g, n);
    vector_negate(f, d, o->g, n);
    vector_op(f, TAPE_SUB, m->p, many(d), many(d), many(d), n);
    for (size_t i = 0; i < 2 * n + 10; i++) {
        multiply(m, o, m->hp, d);
        vector_dot(f, m->v, d, m->hp, n);
        vector_dot(f, m->u, r, r, n);
        if (vector_sign(f, m->v) <= 0) {
            to_the_edge(m, o, d);
            return;
        }
        format_copy(f, m->base, m->u, 1);
        vector_scalar(f, TAPE_DIV, m->v, m->u, m->v);
        vector_add_scaled(f, m->start, m->v, d, m->p, n);
        if (vector_norm(f, m->start, n) >= m->radius) {
            to_the_edge(m, o, d);
            return;
        }
        format_copy(f, m->p, m->start, n);
        vector_add_scaled(f, r, m->v, m->hp, r, n);
        if (vector_norm_log2(f, r, n) <= goal)
            return;
        vector_dot(f, m->u, r, r, n);
        vector_scalar(f, TAPE_DIV, m->u, m->u, m->base);
        vector_op(f, TAPE_MUL, d, one(m->u), many(d), many(d), n);
        vector_op(f, TAPE_SUB, d, many(d), many(r), many(d), n);
    }
}

static bool propose(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    if (m->model == STEIHAUG) {
        steihaug(m, o);
        return true;
    }
    if (m->positive && vector_norm(f, m->newton, o->n) <= m->radius) {
        format_copy(f, m->p, m->newton, o->n);
        return true;
    }
    if (m->model == DOGLEG) {
        dogleg(m, o);
        return true;
    }
    return on_the_edge(m, o);
}

/* ---- steps -------------------------------------------------------------------------------------------------------------------- */

/* The fall of the value over the fall of the model; 1 where both are below rounding. */
static double agreement(Trust *m, const Objective *o)
{
    const Format *f = o->format;
    multiply(m, o, m->hp, m->p);
    vector_dot(f, m->u, m->p, m->hp, o->n);
    format_set_double(f, m->v, -0.5, NULL);
    vector_scalar(f, TAPE_MUL, m->predicted, m->u, m->v);
    vector_dot(f, m->u, o->g, m->p, o->n);
    vector_scalar(f, TAPE_SUB, m->predicted, m->predicted, m->u);
    vector_scalar(f, TAPE_SUB, m->u, m->base, m->value);
    double noise = vector_log2(f, m->base) + 4 - (double)f->precision;
    if (vector_not_finite(f, m->u, 1) == 0)
        return -1;
    if (vector_log2(f, m->predicted) < noise && vector_log2(f, m->u) <= noise)
        return 1;
    double ratio = vector_ratio(f, m->u, m->predicted);
    return isnan(ratio) ? -1 : ratio;
}

static StepResult trust_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Trust        *m = state;
    const Format *f = o->format;
    if (!objective_hessian(o, o->x, m->h))
        return STEP_STOPPED;
    m->decomposed = false;
    m->positive = m->model != STEIHAUG && newton_inside(m, o);
    for (int i = 0; i < MOST_TRIES && !should_stop(); i++) {
        if (!propose(m, o))
            return STEP_NO_DESCENT;
        format_copy(f, m->start, o->x, o->n);
        format_copy(f, m->base, o->f, 1);
        vector_op(f, TAPE_ADD, o->x, many(m->start), many(m->p), many(m->p), o->n);
        if (!objective_value(o, o->x, m->value))
            return STEP_STOPPED;
        double length = vector_norm(f, m->p, o->n), rho = agreement(m, o);
        bool   edge = length >= 0.99 * m->radius;
        format_set_double(f, m->rate, length, NULL);
        if (rho < 0.25)
            m->radius = length / 4;
        else if (rho > 0.75 && edge)
            m->radius *= 2;
        if (rho > 1e-4)
            return STEP_MOVED;
        format_copy(f, o->x, m->start, o->n);
        if (!(length > 0) || m->radius < 1e-300)
            break;
    }
    return STEP_NO_DESCENT;
}

static const void *trust_rate(const void *state, const Format *f)
{
    (void)f;
    return ((const Trust *)state)->rate;
}

Stepper trust_region_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    size_t        n = o->n;
    Trust        *m = arena_alloc(a, sizeof *m);
    *m = (Trust){ .model = (int)option->number[0], .radius = option->number[1], .scratch = a, .h = format_lanes(f, a, n * n), .l = format_lanes(f, a, n * n),
                  .p = format_lanes(f, a, n), .newton = format_lanes(f, a, n), .hp = format_lanes(f, a, n), .start = format_lanes(f, a, n),
                  .inner = format_lanes(f, a, n), .value = format_lanes(f, a, 1), .base = format_lanes(f, a, 1), .predicted = format_lanes(f, a, 1),
                  .u = format_lanes(f, a, 1), .v = format_lanes(f, a, 1), .rate = format_lanes(f, a, 1), .matrix = arena_array(a, double, n * n),
                  .eigenvector = arena_array(a, double, n * n), .gradient = arena_array(a, double, n), .eigenvalue = arena_array(a, double, n),
                  .coefficient = arena_array(a, double, n) };
    return (Stepper){ .step = trust_step, .rate = trust_rate, .state = m, .descends = true };
}
