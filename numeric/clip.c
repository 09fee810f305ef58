/* SPDX-License-Identifier: GPL-3.0-or-later */
/* g = g*min(1, c/(norm(g) + slack)), or each entry into -c..c; then the method's step. [Pascanu, Mikolov, Bengio 2013] */
#include "numeric/clip.h"

#include "numeric/update.h"
#include "numeric/vector.h"

#include <math.h>

typedef struct Clip {
    ClipKind    kind;
    const void *bound, *slack;
    void       *norm, *free;
    Stepper     inner;
} Clip;


static void cut_entries(const Clip *c, const Format *f, void *g, size_t n)
{
    double bound = format_get_double(f, c->bound);
    for (size_t i = 0; i < n; i++) {
        void  *lane = format_at(f, g, i);
        double x = format_get_double(f, lane);
        if (!(fabs(x) > bound))
            continue;
        format_copy(f, lane, c->bound, 1);
        if (x < 0)
            vector_op(f, TAPE_NEG, lane, one(lane), one(lane), one(lane), 1);
    }
}

/* g/(norm + slack) first, then times the bound: the quotient of the two may be too small for a number. */
static void cut_norm(const Clip *c, const Format *f, void *g, size_t n)
{
    update_norm(f, c->norm, g, n, c->free);
    vector_op(f, TAPE_ADD, c->norm, one(c->norm), one(c->slack), one(c->norm), 1);
    if (!(format_get_double(f, c->norm) > format_get_double(f, c->bound)) || isinf(format_get_double(f, c->norm)))
        return;
    vector_op(f, TAPE_DIV, g, many(g), one(c->norm), many(g), n);
    vector_op(f, TAPE_MUL, g, many(g), one(c->bound), many(g), n);
}

static StepResult step(void *state, Objective *o, size_t k)
{
    Clip *c = state;
    void *g = (void *)o->g;
    if (c->kind == CLIP_VALUE)
        cut_entries(c, o->format, g, o->n);
    else if (c->kind == CLIP_GLOBAL_NORM || o->blocks <= 1)
        cut_norm(c, o->format, g, o->n);
    else
        for (size_t b = 0; b < o->blocks; b++)
            cut_norm(c, o->format, format_at(o->format, g, o->block[b].first), o->block[b].rows * o->block[b].cols);
    return c->inner.step(c->inner.state, o, k);
}

static const void *rate(const void *state, const Format *f)
{
    const Clip *c = state;
    return c->inner.rate(c->inner.state, f);
}

Stepper clip_stepper(Arena *a, ClipKind kind, const Objective *o, const void *bound, const void *slack, Stepper inner)
{
    Clip *c = arena_alloc(a, sizeof *c);
    *c = (Clip){ kind, bound, slack, format_lanes(o->format, a, 1), format_lanes(o->format, a, o->n), inner };
    return (Stepper){ .step = step, .rate = rate, .state = c, .memories = inner.memories, .memory = inner.memory };
}
