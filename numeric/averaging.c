/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stochastic steps with less noise. SVRG corrects the gradient of a batch by that of the same batch at a snapshot, taken once an epoch;
 * SAGA by the last gradient of each row, which it keeps; averaging reports the mean of all iterates.
 * [Johnson, Zhang 2013; Defazio, Bach, Lacoste-Julien 2014; Polyak, Juditsky 1992] */
#include "numeric/methods.h"

#include "numeric/vector.h"

typedef struct Averaging {
    void  *lr, *x, *g, *mean, *d, *scalar;      /* x: the snapshot, or the iterate behind a mean */
    void  *table;                               /* SAGA: a gradient per row */
    size_t inner;                               /* SVRG: steps until the next snapshot */
} Averaging;

/* The gradient of the current batch at y, into o->g and out, if it is given; x stays. */
static bool gradient_at(Averaging *m, Objective *o, const void *y, void *out)
{
    const Format *f = o->format;
    format_copy(f, m->d, o->x, o->n);
    format_copy(f, o->x, y, o->n);
    o->evaluated = false;
    bool fine = objective_gradient(o);
    if (out)
        format_copy(f, out, o->g, o->n);
    format_copy(f, o->x, m->d, o->n);
    return fine;
}

static void step_down(Averaging *m, Objective *o, void *x, const void *direction)
{
    vector_op(o->format, TAPE_MULSUB, x, one(m->lr), many(direction), many(x), o->n);
}

static const void *rate(const void *state, const Format *f)
{
    (void)f;
    return ((const Averaging *)state)->lr;
}

static Averaging *averaging(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    Averaging    *m = arena_alloc(a, sizeof *m);
    *m = (Averaging){ .lr = format_lanes(f, a, 1), .x = format_lanes(f, a, o->n), .g = format_lanes(f, a, o->n), .mean = format_lanes(f, a, o->n),
                      .d = format_lanes(f, a, o->n), .scalar = format_lanes(f, a, 1) };
    format_copy(f, m->lr, option->lane, 1);
    return m;
}

/* ---- SVRG ---------------------------------------------------------------------------------------------------------------------- */

static bool take_snapshot(Averaging *m, Objective *o)
{
    const uint32_t *row = o->row;
    size_t          n = o->batch;
    format_copy(o->format, m->x, o->x, o->n);
    objective_batch(o, NULL, 0);
    bool fine = gradient_at(m, o, m->x, m->mean);
    objective_batch(o, row, n);
    m->inner = (o->rows + n - 1) / n;
    return fine;
}

static StepResult svrg_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Averaging    *m = state;
    const Format *f = o->format;
    format_copy(f, m->g, o->g, o->n);
    if (m->inner == 0 && !take_snapshot(m, o))
        return STEP_STOPPED;
    m->inner--;
    vector_op(f, TAPE_ADD, m->g, many(m->g), many(m->mean), many(m->g), o->n);
    if (!gradient_at(m, o, m->x, NULL))
        return STEP_STOPPED;
    vector_op(f, TAPE_SUB, m->g, many(m->g), many(o->g), many(m->g), o->n);
    step_down(m, o, o->x, m->g);
    return STEP_MOVED;
}

Stepper svrg_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    return (Stepper){ .step = svrg_step, .rate = rate, .state = averaging(a, o, option) };
}

/* ---- SAGA ---------------------------------------------------------------------------------------------------------------------- */

/* The direction is the mean over the batch of g_i - T_i, plus the mean of T before it changes. */
static StepResult saga_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Averaging      *m = state;
    const Format   *f = o->format;
    const uint32_t *row = o->row;
    size_t          n = o->batch, d = o->n;
    vector_op(f, TAPE_SUB, m->x, many(m->x), many(m->x), many(m->x), d);
    for (size_t i = 0; i < n; i++) {
        void *kept = format_at(f, m->table, row[i] * d);
        objective_batch(o, row + i, 1);
        if (!objective_gradient(o))
            return STEP_STOPPED;
        vector_op(f, TAPE_SUB, m->g, many(o->g), many(kept), many(o->g), d);
        vector_op(f, TAPE_ADD, m->x, many(m->x), many(m->g), many(m->x), d);
        format_copy(f, kept, o->g, d);
    }
    objective_batch(o, row, n);
    format_set_double(f, m->scalar, (double)n, NULL);
    vector_op(f, TAPE_DIV, m->g, many(m->x), one(m->scalar), many(m->x), d);
    vector_op(f, TAPE_ADD, m->g, many(m->g), many(m->mean), many(m->g), d);
    step_down(m, o, o->x, m->g);
    format_set_double(f, m->scalar, (double)o->rows, NULL);
    vector_op(f, TAPE_DIV, m->x, many(m->x), one(m->scalar), many(m->x), d);
    vector_op(f, TAPE_ADD, m->mean, many(m->mean), many(m->x), many(m->mean), d);
    return STEP_MOVED;
}

Stepper saga_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    Averaging *m = averaging(a, o, option);
    m->table = format_lanes(o->format, a, o->rows * o->n);
    return (Stepper){ .step = saga_step, .rate = rate, .state = m };
}

/* ---- the mean of the iterates ----------------------------------------------------------------------------------------------------- */

static StepResult average_step(void *state, Objective *o, size_t k)
{
    Averaging    *m = state;
    const Format *f = o->format;
    if (k == 1)
        format_copy(f, m->x, o->x, o->n);
    if (!gradient_at(m, o, m->x, m->g))
        return STEP_STOPPED;
    step_down(m, o, m->x, m->g);
    format_set_double(f, m->scalar, (double)k, NULL);
    vector_op(f, TAPE_SUB, m->d, many(m->x), many(o->x), many(m->x), o->n);
    vector_op(f, TAPE_DIV, m->d, many(m->d), one(m->scalar), many(m->d), o->n);
    vector_op(f, TAPE_ADD, o->x, many(o->x), many(m->d), many(o->x), o->n);
    return STEP_MOVED;
}

Stepper average_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    return (Stepper){ .step = average_step, .rate = rate, .state = averaging(a, o, option) };
}
