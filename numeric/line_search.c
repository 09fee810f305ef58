/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods with a line search, in any format. The search is Armijo's: from the first step on, halved until the value falls by at least
 * c1 = 1e-4 of what the slope promises. [Nocedal, Wright: Numerical Optimization, 2006, ch. 3] Where the promise is below the rounding
 * of the value, a step that raises it by no more than that rounding is taken: there only the gradient still tells. */
#include "numeric/line_search.h"

#include "numeric/vector.h"

#include <math.h>

enum { MOST_HALVINGS = 100 };

typedef struct Search {
    void  *h, *d, *b;               /* Hessian, direction, right side */
    void  *trial, *value, *scalar, *step;
    bool   newton;
    bool   started;
} Search;

static Operand one(const void *x)  { return (Operand){ x, true }; }
static Operand many(const void *x) { return (Operand){ x, false }; }

/* d = -H^-1 g, or -g where that leads up or H is singular. */
static bool direction(Search *s, Objective *o)
{
    const Format *f = o->format;
    bool          usable = false;
    if (s->newton) {
        if (!objective_hessian(o, o->x, s->h))
            return false;
        vector_op(f, TAPE_NEG, s->b, many(o->g), many(o->g), many(o->g), o->n);
        usable = vector_solve(f, s->h, s->b, s->d, o->n) && vector_not_finite(f, s->d, o->n) == o->n;
        if (usable) {
            vector_dot(f, s->scalar, o->g, s->d, o->n);
            usable = format_get_double(f, s->scalar) < 0;
        }
    }
    if (!usable) {
        vector_op(f, TAPE_NEG, s->d, many(o->g), many(o->g), many(o->g), o->n);
        vector_dot(f, s->scalar, o->g, s->d, o->n);
    }
    return true;
}

/* Is the trial value low enough? Differences are taken in the format, then read as doubles. */
static bool low_enough(Search *s, const Objective *o, double slope, double step)
{
    const Format *f = o->format;
    double        size = fabs(format_get_double(f, o->f)), noise = 8 * ldexp(size, (int)(1 - f->precision));
    vector_op(f, TAPE_SUB, s->value, one(s->value), one(o->f), one(o->f), 1);
    double change = format_get_double(f, s->value), promised = 1e-4 * step * slope;
    return change <= promised || (-slope * step < noise && change <= noise);
}

static StepResult search_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Search       *s = state;
    const Format *f = o->format;
    if (!direction(s, o))
        return STEP_STOPPED;
    double slope = format_get_double(f, s->scalar), step = 1;
    if (!s->newton && s->started)
        step = 2 * format_get_double(f, s->step);
    s->started = true;
    for (int i = 0; i < MOST_HALVINGS; i++, step /= 2) {
        format_set_double(f, s->step, step, NULL);
        vector_op(f, TAPE_MULADD, s->trial, one(s->step), many(s->d), many(o->x), o->n);
        if (!objective_value(o, s->trial, s->value))
            return STEP_STOPPED;
        if (low_enough(s, o, slope, step)) {
            format_copy(f, o->x, s->trial, o->n);
            return STEP_MOVED;
        }
    }
    return STEP_NO_DESCENT;
}

static const void *search_rate(const void *state, const Format *f)
{
    (void)f;
    return ((const Search *)state)->step;
}

static Stepper stepper(Arena *a, const Objective *o, bool newton)
{
    const Format *f = o->format;
    Search       *s = arena_alloc(a, sizeof *s);
    *s = (Search){ .h = newton ? format_lanes(f, a, o->n * o->n) : NULL, .d = format_lanes(f, a, o->n), .b = format_lanes(f, a, o->n),
                   .trial = format_lanes(f, a, o->n), .value = format_lanes(f, a, 1), .scalar = format_lanes(f, a, 1), .step = format_lanes(f, a, 1),
                   .newton = newton };
    return (Stepper){ search_step, search_rate, s };
}

Stepper newton_stepper(Arena *a, const Objective *o, const double *option)  { (void)option; return stepper(a, o, true); }
Stepper descent_stepper(Arena *a, const Objective *o, const double *option) { (void)option; return stepper(a, o, false); }
