/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A method seen from outside: around each step the gradient and the point are noted, after it what the method remembers. The driver copies
 * these lanes into its trace. A clipped gradient is shown as it was clipped, in place; one that was worked out elsewhere during the step (sam) is
 * not the one that was noted. */
#include "numeric/minimize.h"

#include "numeric/vector.h"

typedef struct Inspect {
    Stepper inner;
    void   *lanes, *before, *minus_one;
} Inspect;

static StepResult step(void *state, Objective *o, size_t k)
{
    Inspect      *s = state;
    const Format *f = o->format;
    size_t        n = o->n, evaluations = o->gradients;
    void         *move = format_at(f, s->lanes, n);
    format_copy(f, s->lanes, o->g, n);
    format_copy(f, s->before, o->x, n);
    StepResult r = s->inner.step(s->inner.state, o, k);
    if (o->gradients == evaluations)
        format_copy(f, s->lanes, o->g, n);
    vector_add_scaled(f, move, s->minus_one, s->before, o->x, n);
    for (size_t i = 0; i < s->inner.memories; i++)
        format_copy(f, format_at(f, s->lanes, (2 + i) * n), s->inner.memory[i], n);
    return r;
}

static const void *rate(const void *state, const Format *f)
{
    const Inspect *s = state;
    return s->inner.rate(s->inner.state, f);
}

Stepper inspect_stepper(Arena *a, const Objective *o, Stepper inner)
{
    const Format *f = o->format;
    Inspect      *s = arena_alloc(a, sizeof *s);
    Stepper       out = inner;
    out.shown_lanes = (2 + inner.memories) * o->n;
    *s = (Inspect){ inner, format_lanes(f, a, out.shown_lanes), format_lanes(f, a, o->n), format_lanes(f, a, 1) };
    format_set_double(f, s->minus_one, -1, NULL);
    out.step = step;
    out.rate = rate;
    out.state = s;
    out.shown = s->lanes;
    return out;
}
