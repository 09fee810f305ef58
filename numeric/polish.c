/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newton without a search: near a minimum the right bits double. The Hessian gets a diagonal of half the precision's unit, so that flat
 * directions, along which nothing decides, stay where they are. Where the Hessian is singular at the minimum, steps shrink by a constant
 * ratio r, because f grows like the power 1 + 1/(1 - r) of the distance there: 1/(1 - r) times the step then ends near the minimum. [Kelley, Suresh 1983] */
#include "numeric/polish.h"

#include "numeric/vector.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STEPS = 200, MOST_GROWING = 3, SLACK = 6 };

typedef struct Polish {
    const Format *f;
    size_t        n;
    void         *h, *b, *d, *start, *lane;
    double        before[2];        /* log2 |d| of the last steps */
} Polish;

static bool newton_direction(Polish *s, Objective *o)
{
    const Format *f = s->f;
    if (!objective_gradient(o) || !objective_hessian(o, o->x, s->h))
        return false;
    double size = vector_norm_log2(f, s->h, s->n * s->n);
    if (!isfinite(size) || vector_not_finite(f, o->g, s->n) < s->n)
        return false;
    format_set_double(f, s->lane, 1, NULL);
    fmpq_t shift;
    fmpq_init(shift);
    fmpz_one(fmpq_numref(shift));
    slong e = (slong)floor(size) - f->precision / 2;
    fmpz_mul_2exp(e >= 0 ? fmpq_numref(shift) : fmpq_denref(shift), e >= 0 ? fmpq_numref(shift) : fmpq_denref(shift), (ulong)labs(e));
    format_set_fmpq(f, s->lane, shift, NULL);
    fmpq_clear(shift);
    for (size_t i = 0; i < s->n; i++)
        vector_scalar(f, TAPE_ADD, format_at(f, s->h, i * (s->n + 1)), format_at(f, s->h, i * (s->n + 1)), s->lane);
    vector_negate(f, s->b, o->g, s->n);
    return vector_solve(f, s->h, s->b, s->d, s->n) && vector_not_finite(f, s->d, s->n) == s->n;
}

/* Is the step below the last bit of every coordinate? One that is 0 beside the others counts against all of them; where
 * the Hessian is singular its diagonal limits how near one can come. */
static bool small(const Polish *s, const Objective *o, slong bits, bool singular)
{
    double all = fmax(vector_norm_log2(s->f, o->x, s->n), 0), part = singular ? 0.7 : 1.5;
    for (size_t i = 0; i < s->n; i++) {
        double d = vector_log2(s->f, format_at(s->f, s->d, i)), x = vector_log2(s->f, format_at(s->f, o->x, i));
        if (d > x - (double)bits - SLACK && d > all - part * (double)bits)
            return false;
    }
    return true;
}

/* What is left of a coordinate after a step that was larger, and far below all others, is the rounding of a 0. */
static void clear_rounding(const Polish *s, Objective *o, slong bits)
{
    double all = fmax(vector_norm_log2(s->f, o->x, s->n), 0);
    for (size_t i = 0; i < s->n; i++) {
        double d = vector_log2(s->f, format_at(s->f, s->d, i)), x = vector_log2(s->f, format_at(s->f, o->x, i));
        if (x < d && x < all - 1.5 * (double)bits)
            format_set_double(s->f, format_at(s->f, o->x, i), 0, NULL);
    }
}

/* Do steps shrink by a constant ratio? Then how many steps are left, in one. */
static double multiple(const Polish *s, double length)
{
    double r = length - s->before[0], before = s->before[0] - s->before[1];
    if (!isfinite(r) || !isfinite(before) || fabs(r - before) > 0.05 || r > -0.05 || r < -1.2)
        return 1;
    return 1 / (1 - exp2(r));
}

Polished polish(Arena *a, Objective *o, slong bits)
{
    const Format *f = o->format;
    size_t        n = o->n, growing = 0;
    Polish        s = { .f = f, .n = n, .h = format_lanes(f, a, n * n), .b = format_lanes(f, a, n), .d = format_lanes(f, a, n), .start = format_lanes(f, a, n),
                        .lane = format_lanes(f, a, 1), .before = { INFINITY, INFINITY } };
    Polished      p = { 0 };
    format_copy(f, s.start, o->x, n);
    while (p.steps < MOST_STEPS && growing < MOST_GROWING && newton_direction(&s, o)) {
        double length = vector_norm_log2(f, s.d, n), m = multiple(&s, length);
        bool   end = small(&s, o, bits, p.singular || m > 1);
        p.singular = p.singular || m > 1;
        format_set_double(f, s.lane, m, NULL);
        vector_add_scaled(f, o->x, s.lane, s.d, o->x, n);
        p.steps++;
        if (end) {
            clear_rounding(&s, o, bits);
            p.done = true;
            return p;
        }
        growing += length > s.before[0] + 0.5;
        s.before[1] = m > 1 ? INFINITY : s.before[0];
        s.before[0] = m > 1 ? INFINITY : length;
    }
    format_copy(f, o->x, s.start, n);
    return p;
}
