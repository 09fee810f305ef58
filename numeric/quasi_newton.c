/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BFGS with the inverse of the Hessian as a matrix, and L-BFGS with the last pairs (s, y) of steps and changes of the gradient.
 * [Nocedal, Wright 2006, ch. 6, 7; Liu, Nocedal 1989]
 *
 * A pair counts if s.y is positive beyond rounding, relative to |s| |y|: an absolute bound would fail on badly scaled problems. */
#include "numeric/methods.h"

#include "numeric/vector.h"

#include <math.h>

typedef struct Pairs {              /* L-BFGS: a ring */
    size_t room, n, next;
    void  *s, *y, *r, *alpha;       /* r = 1/s.y */
} Pairs;

typedef struct Quasi {
    LineSearch search;
    void      *h;                   /* BFGS: the inverse Hessian; NULL: pairs */
    Pairs      pairs;
    bool       scale, started, fresh;       /* fresh: h is the unit matrix */
    void      *d, *g, *s, *y, *hy;
    void      *sy, *u, *v;
} Quasi;

static void set_unit(const Format *f, void *h, size_t n)
{
    for (size_t i = 0; i < n * n; i++)
        format_set_double(f, format_at(f, h, i), i % (n + 1) == 0, NULL);
}

static void forget(Quasi *m, const Objective *o)
{
    if (m->h)
        set_unit(o->format, m->h, o->n);
    m->pairs.n = m->pairs.next = 0;
    m->fresh = true;
}

/* s, y and s.y from the last step. Is the curvature along it positive? */
static bool measure(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    vector_op(f, TAPE_SUB, m->s, many(o->x), many(m->search.start), many(o->x), o->n);
    vector_op(f, TAPE_SUB, m->y, many(o->g), many(m->g), many(o->g), o->n);
    vector_dot(f, m->sy, m->s, m->y, o->n);
    return vector_sign(f, m->sy) > 0
           && vector_log2(f, m->sy) > vector_norm_log2(f, m->s, o->n) + vector_norm_log2(f, m->y, o->n) - (double)f->precision + 2;
}

/* ---- BFGS -------------------------------------------------------------------------------------------------------------------- */

/* H + (1 + y.Hy/s.y) s s^T/s.y - (Hy s^T + s (Hy)^T)/s.y */
static void update_matrix(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    size_t        n = o->n;
    if (m->fresh && m->scale) {
        vector_dot(f, m->u, m->y, m->y, n);
        vector_scalar(f, TAPE_DIV, m->u, m->sy, m->u);
        for (size_t i = 0; i < n; i++)
            format_copy(f, format_at(f, m->h, i * (n + 1)), m->u, 1);
    }
    m->fresh = false;
    for (size_t i = 0; i < n; i++)
        vector_dot(f, format_at(f, m->hy, i), format_at(f, m->h, i * n), m->y, n);
    vector_dot(f, m->u, m->y, m->hy, n);
    vector_scalar(f, TAPE_DIV, m->u, m->u, m->sy);
    format_set_double(f, m->v, 1, NULL);
    vector_scalar(f, TAPE_ADD, m->u, m->u, m->v);
    vector_scalar(f, TAPE_DIV, m->u, m->u, m->sy);                       /* (1 + y.Hy/s.y)/s.y */
    vector_op(f, TAPE_DIV, m->hy, many(m->hy), one(m->sy), many(m->hy), n);
    for (size_t i = 0; i < n; i++) {
        void *row = format_at(f, m->h, i * n), *s = format_at(f, m->s, i);
        vector_scalar(f, TAPE_MUL, m->v, m->u, s);
        vector_add_scaled(f, row, m->v, m->s, row, n);
        vector_op(f, TAPE_MULSUB, row, one(format_at(f, m->hy, i)), many(m->s), many(row), n);
        vector_op(f, TAPE_MULSUB, row, one(s), many(m->hy), many(row), n);
    }
}

static void direct_matrix(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    for (size_t i = 0; i < o->n; i++)
        vector_dot(f, format_at(f, m->d, i), format_at(f, m->h, i * o->n), o->g, o->n);
    vector_negate(f, m->d, m->d, o->n);
}

/* ---- L-BFGS ------------------------------------------------------------------------------------------------------------------- */

static void remember_pair(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    Pairs        *p = &m->pairs;
    format_copy(f, format_at(f, p->s, p->next * o->n), m->s, o->n);
    format_copy(f, format_at(f, p->y, p->next * o->n), m->y, o->n);
    format_set_double(f, m->v, 1, NULL);
    vector_scalar(f, TAPE_DIV, format_at(f, p->r, p->next), m->v, m->sy);
    p->next = (p->next + 1) % p->room;
    p->n += p->n < p->room;
}

/* The two loops: d = -H g with H = (s.y/y.y) I, updated by the pairs. */
static void direct_pairs(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    Pairs        *p = &m->pairs;
    size_t        n = o->n, last = (p->next + p->room - 1) % p->room;
    vector_negate(f, m->d, o->g, n);
    for (size_t i = 0; i < p->n; i++) {
        size_t k = (p->next + p->room - 1 - i) % p->room;
        void  *alpha = format_at(f, p->alpha, k);
        vector_dot(f, alpha, format_at(f, p->s, k * n), m->d, n);
        vector_scalar(f, TAPE_MUL, alpha, alpha, format_at(f, p->r, k));
        vector_op(f, TAPE_MULSUB, m->d, one(alpha), many(format_at(f, p->y, k * n)), many(m->d), n);
    }
    if (p->n) {
        const void *y = format_at(f, p->y, last * n);
        vector_dot(f, m->u, y, y, n);
        vector_scalar(f, TAPE_MUL, m->u, m->u, format_at(f, p->r, last));
        vector_op(f, TAPE_DIV, m->d, many(m->d), one(m->u), many(m->d), n);
    }
    for (size_t i = p->n; i-- > 0;) {
        size_t k = (p->next + p->room - 1 - i) % p->room;
        vector_dot(f, m->u, format_at(f, p->y, k * n), m->d, n);
        vector_scalar(f, TAPE_MUL, m->u, m->u, format_at(f, p->r, k));
        vector_scalar(f, TAPE_SUB, m->u, format_at(f, p->alpha, k), m->u);
        vector_add_scaled(f, m->d, m->u, format_at(f, p->s, k * n), m->d, n);
    }
}

/* ---- steps -------------------------------------------------------------------------------------------------------------------- */

static void direct(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    m->h ? direct_matrix(m, o) : direct_pairs(m, o);
    vector_dot(f, m->u, m->d, o->g, o->n);
    if (vector_sign(f, m->u) < 0 && vector_not_finite(f, m->d, o->n) == o->n)
        return;
    forget(m, o);
    vector_negate(f, m->d, o->g, o->n);
}

/* The first direction is a gradient, whose length says nothing about the distance. Without a search it is divided by the sum of its
 * absolute values, if that is above 1, as torch does. */
static double first_trial(Quasi *m, const Objective *o)
{
    const Format *f = o->format;
    if (!m->fresh || (m->search.kind == SEARCH_ARMIJO && !m->scale))
        return 1;
    if (m->search.kind != SEARCH_NONE)
        return fmin(1, 1 / vector_norm(f, o->g, o->n));
    format_set_double(f, m->u, 0, NULL);
    for (size_t i = 0; i < o->n; i++) {
        const void *g = format_at(f, o->g, i);
        vector_scalar(f, vector_sign(f, g) < 0 ? TAPE_SUB : TAPE_ADD, m->u, m->u, g);
    }
    if (format_get_double(f, m->u) > 1)
        vector_op(f, TAPE_DIV, m->d, many(m->d), one(m->u), many(m->d), o->n);
    return 1;
}

static StepResult quasi_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Quasi        *m = state;
    const Format *f = o->format;
    if (m->started && measure(m, o)) {
        m->h ? update_matrix(m, o) : remember_pair(m, o);
        m->fresh = false;
    }
    direct(m, o);
    format_copy(f, m->g, o->g, o->n);
    StepResult result = line_search_run(&m->search, o, m->d, first_trial(m, o));
    if (result == STEP_NO_DESCENT && !m->fresh) {
        forget(m, o);
        o->evaluated = false;
        vector_negate(f, m->d, m->g, o->n);
        result = line_search_run(&m->search, o, m->d, first_trial(m, o));
    }
    m->started = true;
    return result;
}

static const void *quasi_rate(const void *state, const Format *f)
{
    (void)f;
    return line_search_rate(&((const Quasi *)state)->search);
}

static Quasi *quasi(Arena *a, const Objective *o, int search)
{
    const Format *f = o->format;
    Quasi        *m = arena_alloc(a, sizeof *m);
    *m = (Quasi){ .search = line_search_new(a, o, (SearchKind)search, 1e-4, 0.9), .fresh = true, .d = format_lanes(f, a, o->n), .g = format_lanes(f, a, o->n),
                  .s = format_lanes(f, a, o->n), .y = format_lanes(f, a, o->n), .sy = format_lanes(f, a, 1), .u = format_lanes(f, a, 1), .v = format_lanes(f, a, 1) };
    return m;
}

Stepper bfgs_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    Quasi *m = quasi(a, o, (int)option->number[0]);
    m->scale = option->number[1] != 0;
    m->h = format_lanes(o->format, a, o->n * o->n);
    m->hy = format_lanes(o->format, a, o->n);
    set_unit(o->format, m->h, o->n);
    return (Stepper){ .step = quasi_step, .rate = quasi_rate, .state = m, .descends = true };
}

Stepper lbfgs_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    Quasi        *m = quasi(a, o, (int)option->number[1]);
    size_t        room = (size_t)option->number[0];
    m->scale = true;
    m->pairs = (Pairs){ .room = room, .s = format_lanes(f, a, room * o->n), .y = format_lanes(f, a, room * o->n), .r = format_lanes(f, a, room),
                        .alpha = format_lanes(f, a, room) };
    return (Stepper){ .step = quasi_step, .rate = quasi_rate, .state = m, .descends = true };
}
