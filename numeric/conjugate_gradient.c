/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nonlinear conjugate gradients: d = -g + beta*d with beta of Fletcher and Reeves, of Polak and Ribiere (not below 0), or of Hager and
 * Zhang (with their lower bound). A direction that does not lead down, or (Powell) a gradient far from orthogonal to the one before,
 * starts again from -g. [Nocedal, Wright 2006, sec. 5.2; Hager, Zhang 2005] */
#include "numeric/methods.h"

#include "numeric/vector.h"

#include <math.h>

enum { HAGER_ZHANG, POLAK_RIBIERE, FLETCHER_REEVES };

typedef struct Conjugate {
    LineSearch search;
    int        form;
    bool       restart, started;
    void      *d, *g, *y;           /* direction, gradient one step earlier, change */
    void      *beta, *u, *v;
    double     last_slope;
    size_t     since;               /* steps since the last start from -g */
} Conjugate;

static void restart(Conjugate *m, const Objective *o)
{
    vector_negate(o->format, m->d, o->g, o->n);
    m->since = 0;
}

/* beta = (y - 2 d |y|^2/(d.y)).g/(d.y), at least -1/(|d| min(0.01, |g before|)) */
static void hager_zhang(Conjugate *m, const Objective *o)
{
    const Format *f = o->format;
    vector_dot(f, m->u, m->d, m->y, o->n);
    vector_dot(f, m->v, m->y, m->y, o->n);
    vector_dot(f, m->beta, m->d, o->g, o->n);
    vector_scalar(f, TAPE_MUL, m->beta, m->beta, m->v);
    vector_scalar(f, TAPE_DIV, m->beta, m->beta, m->u);
    vector_scalar(f, TAPE_ADD, m->beta, m->beta, m->beta);
    vector_dot(f, m->v, m->y, o->g, o->n);
    vector_scalar(f, TAPE_SUB, m->beta, m->v, m->beta);
    vector_scalar(f, TAPE_DIV, m->beta, m->beta, m->u);
    double least = -1 / (vector_norm(f, m->d, o->n) * fmin(0.01, vector_norm(f, m->g, o->n)));
    if (isfinite(least) && format_get_double(f, m->beta) < least)
        format_set_double(f, m->beta, least, NULL);
}

static void set_beta(Conjugate *m, const Objective *o)
{
    const Format *f = o->format;
    vector_op(f, TAPE_SUB, m->y, many(o->g), many(m->g), many(o->g), o->n);
    if (m->form == HAGER_ZHANG) {
        hager_zhang(m, o);
        return;
    }
    vector_dot(f, m->u, o->g, m->form == FLETCHER_REEVES ? o->g : m->y, o->n);
    vector_dot(f, m->v, m->g, m->g, o->n);
    vector_scalar(f, TAPE_DIV, m->beta, m->u, m->v);
    if (m->form == POLAK_RIBIERE && vector_sign(f, m->beta) < 0)
        format_set_double(f, m->beta, 0, NULL);
}

static bool far_from_orthogonal(Conjugate *m, const Objective *o)
{
    const Format *f = o->format;
    vector_dot(f, m->u, o->g, m->g, o->n);
    vector_dot(f, m->v, o->g, o->g, o->n);
    return fabs(vector_ratio(f, m->u, m->v)) > 0.1;
}

static void direct(Conjugate *m, Objective *o)
{
    const Format *f = o->format;
    if (!m->started || (m->restart && (m->since >= o->n || (m->form != HAGER_ZHANG && far_from_orthogonal(m, o))))) {
        restart(m, o);
        return;
    }
    set_beta(m, o);
    vector_op(f, TAPE_MUL, m->d, one(m->beta), many(m->d), many(m->d), o->n);
    vector_op(f, TAPE_SUB, m->d, many(m->d), many(o->g), many(m->d), o->n);
    vector_dot(f, m->u, m->d, o->g, o->n);
    if (vector_sign(f, m->u) >= 0 || vector_not_finite(f, m->d, o->n) < o->n)
        restart(m, o);
}

static StepResult cg_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Conjugate    *m = state;
    const Format *f = o->format;
    direct(m, o);
    vector_dot(f, m->u, m->d, o->g, o->n);
    double slope = vector_log2(f, m->u), norm = vector_norm(f, m->d, o->n), first = fmin(1, 1 / norm);
    if (m->started)
        first = format_get_double(f, m->search.step) * exp2(fmin(fmax(m->last_slope - slope, -10), 10));
    m->last_slope = slope;
    format_copy(f, m->g, o->g, o->n);
    StepResult result = line_search_run(&m->search, o, m->d, first > 0 && isfinite(first) ? first : 1);
    if (result == STEP_NO_DESCENT && m->since > 0) {
        restart(m, o);
        result = line_search_run(&m->search, o, m->d, fmin(1, 1 / norm));
    }
    m->since++;
    m->started = true;
    return result;
}

static const void *cg_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const Conjugate *)state)->search);
}

Stepper cg_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    Conjugate    *m = arena_alloc(a, sizeof *m);
    *m = (Conjugate){ .search = line_search_new(a, o, (SearchKind)(int)option->number[1], 1e-4, 0.1), .form = (int)option->number[0], .restart = option->number[2] != 0,
                      .d = format_lanes(f, a, o->n), .g = format_lanes(f, a, o->n), .y = format_lanes(f, a, o->n), .beta = format_lanes(f, a, 1),
                      .u = format_lanes(f, a, 1), .v = format_lanes(f, a, 1) };
    return (Stepper){ .step = cg_step, .rate = cg_rate, .state = m };
}
