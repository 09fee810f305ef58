/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steepest descent with a line search, the rates of Barzilai and Borwein, and descent along one coordinate after the other.
 * [Cauchy 1847; Armijo 1966; Barzilai, Borwein 1988; Raydan 1997]
 *
 * The two rates of Barzilai and Borwein are s.s/s.y and s.y/y.y with the last step s and the change y of the gradient. The value may rise for a
 * while: with `memory` a step is halved only if it ends above the largest of so many values. */
#include "numeric/methods.h"

#include "numeric/vector.h"

#include <math.h>

enum { BY_ARMIJO, BY_WOLFE, BY_EXACT, BY_BB1, BY_BB2 };

typedef struct Descent {
    LineSearch search;
    int        kind;
    double     first;               /* the first trial */
    bool       doubling;            /* the first trial is twice the last step */
    bool       started;
    double     last_slope;          /* log2 of |g.d| one step earlier */
    void      *d, *g, *s, *y;       /* direction; gradient one step earlier; the step and the change of the gradient */
    void      *ss, *sy, *recent;    /* values of the last steps */
    size_t     memory, values;      /* how many are kept; 0: every rate is taken */
    void      *lr;
} Descent;

/* s.s/s.y or s.y/y.y; where the curvature is not positive, the last rate again. */
static void set_rate(Descent *m, Objective *o)
{
    const Format *f = o->format;
    vector_op(f, TAPE_SUB, m->s, many(o->x), many(m->search.start), many(o->x), o->n);
    vector_op(f, TAPE_SUB, m->y, many(o->g), many(m->g), many(o->g), o->n);
    vector_dot(f, m->sy, m->s, m->y, o->n);
    if (vector_sign(f, m->sy) <= 0)
        return;
    if (m->kind == BY_BB1)
        vector_dot(f, m->ss, m->s, m->s, o->n);
    else
        vector_dot(f, m->ss, m->y, m->y, o->n);
    vector_scalar(f, TAPE_DIV, m->lr, m->kind == BY_BB1 ? m->ss : m->sy, m->kind == BY_BB1 ? m->sy : m->ss);
}

static const void *highest_of_recent(Descent *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = m->values < m->memory ? m->values : m->memory, best = 0;
    for (size_t i = 1; i < n; i++) {
        vector_scalar(f, TAPE_SUB, m->sy, format_at(f, m->recent, i), format_at(f, m->recent, best));
        best = vector_sign(f, m->sy) > 0 ? i : best;
    }
    return format_at(f, m->recent, best);
}

/* The rate itself is a lane: in 200 bits it has 200 bits. */
static StepResult step_by_rate(Descent *m, Objective *o)
{
    const Format *f = o->format;
    if (m->started)
        set_rate(m, o);
    if (m->memory)
        format_copy(f, format_at(f, m->recent, m->values++ % m->memory), o->f, 1);
    vector_negate(f, m->d, o->g, o->n);
    vector_op(f, TAPE_MUL, m->d, one(m->lr), many(m->d), many(m->d), o->n);
    format_copy(f, m->g, o->g, o->n);
    StepResult result = line_search_below(&m->search, o, m->d, 1, m->memory ? highest_of_recent(m, o) : NULL);
    vector_scalar(f, TAPE_MUL, m->lr, m->search.step, m->lr);
    return result;
}

static StepResult descent_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Descent      *m = state;
    const Format *f = o->format;
    StepResult    result;
    if (m->kind >= BY_BB1) {
        result = step_by_rate(m, o);
    } else {
        vector_negate(f, m->d, o->g, o->n);
        double first = m->first, slope = 2 * vector_norm_log2(f, o->g, o->n);
        if (m->started && m->doubling)
            first = 2 * format_get_double(f, m->search.step);
        else if (m->started && m->kind != BY_ARMIJO)
            first = format_get_double(f, m->search.step) * exp2(fmin(fmax(m->last_slope - slope, -3), 3));
        m->last_slope = slope;
        result = line_search_run(&m->search, o, m->d, first);
    }
    m->started = true;
    return result;
}

static const void *descent_rate(const void *state, const Format *f)
{
    (void)f;
    const Descent *m = state;
    return m->kind >= BY_BB1 ? m->lr : line_search_rate(&m->search);
}

static Stepper descent(Arena *a, const Objective *o, int kind, double first, bool doubling, size_t memory)
{
    const Format *f = o->format;
    Descent      *m = arena_alloc(a, sizeof *m);
    SearchKind    search = kind == BY_WOLFE ? SEARCH_WOLFE : kind == BY_EXACT ? SEARCH_EXACT : kind == BY_ARMIJO || memory ? SEARCH_ARMIJO : SEARCH_NONE;
    *m = (Descent){ .search = line_search_new(a, o, search, 1e-4, 0.5), .kind = kind, .first = first, .doubling = doubling, .d = format_lanes(f, a, o->n) };
    if (kind >= BY_BB1) {
        m->g = format_lanes(f, a, o->n);
        m->s = format_lanes(f, a, o->n);
        m->y = format_lanes(f, a, o->n);
        m->ss = format_lanes(f, a, 1);
        m->sy = format_lanes(f, a, 1);
        m->recent = format_lanes(f, a, memory);
        m->memory = memory;
        m->lr = format_lanes(f, a, 1);
    }
    return (Stepper){ .step = descent_step, .rate = descent_rate, .state = m };
}

Stepper descent_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    int     kind = (int)option->number[0];
    Stepper s = descent(a, o, kind, option->number[1], false, (size_t)option->number[2]);
    if (kind >= BY_BB1)
        format_copy(o->format, ((Descent *)s.state)->lr, format_at(o->format, option->lane, 1), 1);
    return s;
}

Stepper backtracking_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    (void)option;
    return descent(a, o, BY_ARMIJO, 1, true, 0);
}

/* ---- one coordinate after the other ------------------------------------------------------------------------------------------- */

typedef struct Coordinate {
    LineSearch search;
    void      *d, *zero;
    double    *width;               /* of the last step along each coordinate */
    size_t     resting;             /* coordinates in a row that could not move */
} Coordinate;

static StepResult coordinate_step(void *state, Objective *o, size_t k)
{
    Coordinate   *m = state;
    const Format *f = o->format;
    size_t        i = (k - 1) % o->n;
    for (size_t j = 0; j < o->n; j++)
        format_copy(f, format_at(f, m->d, j), m->zero, 1);
    const void *slope = format_at(f, o->g, i);
    int         sign = vector_sign(f, slope);
    if (sign != 0) {
        format_set_double(f, format_at(f, m->d, i), -sign, NULL);
        StepResult result = line_search_run(&m->search, o, m->d, m->width[i]);
        double     width = format_get_double(f, m->search.step);
        if (result == STEP_STOPPED)
            return result;
        if (result == STEP_MOVED && width > 0 && isfinite(width))
            m->width[i] = width;
        m->resting = result == STEP_MOVED ? 0 : m->resting + 1;
    } else {
        m->resting++;
    }
    return m->resting > o->n ? STEP_NO_DESCENT : STEP_MOVED;
}

static const void *coordinate_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const Coordinate *)state)->search);
}

Stepper coordinate_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    (void)option;
    Coordinate *m = arena_alloc(a, sizeof *m);
    *m = (Coordinate){ .search = line_search_new(a, o, SEARCH_EXACT, 1e-4, 0.1), .d = format_lanes(o->format, a, o->n), .zero = format_lanes(o->format, a, 1),
                       .width = arena_array(a, double, o->n) };
    for (size_t i = 0; i < o->n; i++)
        m->width[i] = 1;
    return (Stepper){ .step = coordinate_step, .rate = coordinate_rate, .state = m };
}
