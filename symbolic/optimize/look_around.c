/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After the first minimum: random points around it, and points on the axes through it a little further away, where separable functions have their
 * other valleys. From the lowest of them a few short descents go down; what they find counts if it is lower and not beyond the probes. Drawn by the
 * seed of the session, so the same line finds the same minimum. */
#include "symbolic/optimize/chosen_int.h"

#include "symbolic/optimize/certificate.h"
#include "symbolic/tape/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROBES = 96, SEARCHES = 4, SEARCH_STEPS = 60, ROUNDS = 4, ON_AXIS = 4 };
#define FURTHEST 1.6                    /* on the axes, in widths */

typedef struct Probe { double value; double x[MOST_AROUND_VARIABLES]; } Probe;

static int by_value(const void *a, const void *b)
{
    double x = ((const Probe *)a)->value, y = ((const Probe *)b)->value;
    return isnan(x) ? !isnan(y) : isnan(y) || x < y ? -1 : x > y;
}

/* How far to look in each direction: as far as the first minimum is from the start, and 2 more. */
static double width(const double *first, const double *start, size_t i)
{
    return 2 + fabs(first[i] - start[i]);
}

static bool scatter(Chosen *w, const double *first, const double *start, Rng *random, Probe *probe, size_t probes)
{
    static const double on_axis[ON_AXIS] = { -FURTHEST, -FURTHEST / 2, FURTHEST / 2, FURTHEST };
    Solution     *s = w->s;
    size_t        n = w->q->n;
    const double *x = s->m.x;
    for (size_t k = 0; k < probes; k++) {
        size_t axis = k < PROBES ? n : (k - PROBES) / ON_AXIS;
        for (size_t i = 0; i < n; i++) {
            double u = axis == i ? on_axis[k % ON_AXIS] : axis < n ? 0 : (2 * rng_unit(random) - 1) * (k % 2 ? 1 : 0.5);
            probe[k].x[i] = x[i] + width(first, start, i) * u;
        }
        if (!objective_value(&s->o, probe[k].x, &probe[k].value))
            return false;
    }
    qsort(probe, probes, sizeof *probe, by_value);
    return true;
}

static bool apart(const Probe *a, const Probe *b, size_t n)
{
    double d = 0;
    for (size_t i = 0; i < n; i++)
        d = fmax(d, fabs(a->x[i] - b->x[i]));
    return d > 0.3;
}

/* Not beyond where the probes are: a function that falls without end has lower minima further and further away. */
static bool is_around(const Minimum *m, const double *x, const double *first, const double *start, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(((const double *)m->x)[i] - x[i]) > FURTHEST * width(first, start, i))
            return false;
    return true;
}

/* The lowest minimum that a few descents from the best of the probes reach. Nothing lower: *best stays. */
static bool search_around(Chosen *w, Probe *probe, size_t probes, const double *first, const double *start, Minimum *best)
{
    Solution       *s = w->s;
    size_t          n = w->q->n, tried = 0;
    Probe          *taken[SEARCHES];
    MinimizeOptions few = s->options;
    few.steps = SEARCH_STEPS;
    few.trace = 4;
    for (size_t k = 0; k < probes && tried < SEARCHES; k++) {
        bool fresh = isfinite(probe[k].value);
        for (size_t i = 0; i < tried && fresh; i++)
            fresh = apart(&probe[k], taken[i], n);
        if (!fresh)
            continue;
        Minimum m;
        taken[tried++] = &probe[k];
        memcpy(s->o.x, probe[k].x, n * sizeof(double));
        s->o.evaluated = false;
        if (!chosen_run(w, &few, &m))
            return false;
        bool pole = m.gradient_norm > 1e6 * (1 + fabs(m.last_value));
        if (chosen_settled(&m) && !pole && is_around(&m, s->m.x, first, start, n) && m.last_value < best->last_value - 1e-7 * (1 + fabs(best->last_value))
            && certificate_holds(w->q, s->certificate, m.x))
            *best = m;
    }
    return true;
}

bool chosen_look_around(Chosen *w)
{
    Solution *s = w->s;
    size_t    n = w->q->n;
    Arena    *a = w->q->c->arena;
    double   *start = arena_array(a, double, n), *first_x = s->m.x, first = s->m.last_value;
    if (n > MOST_AROUND_VARIABLES || s->format->family != FAMILY_DOUBLE || w->q->axis || !chosen_settled(&s->m) || (s->m.last_value < 1e-12 && w->code.f->flags & EXPR_NONNEGATIVE))
        return true;
    void *lanes = expr_run(w->q->c->pool, a, w->q->start, n, s->format, 1);
    if (!lanes)
        return false;
    memcpy(start, lanes, n * sizeof *start);
    Rng random = rng_stream(s->options.seed, STR("starts"));
    for (int round = 0; round < ROUNDS; round++) {
        size_t  probes = PROBES + ON_AXIS * n;
        Probe  *probe = arena_array(a, Probe, probes);
        Minimum best = s->m;
        if (!scatter(w, first_x, start, &random, probe, probes))
            return true;
        if (!search_around(w, probe, probes, first_x, start, &best))
            return false;
        if (best.x == s->m.x)
            break;
        best.steps += s->m.steps;
        best.trace = s->m.trace;
        s->m = best;
    }
    if (s->m.last_value < first)
        solution_note(s, str_printf(a, "another start around led to a lower minimum than the one below the given start, where the value is %.6g",
                                    w->q->maximize ? -first : first));
    return true;
}

