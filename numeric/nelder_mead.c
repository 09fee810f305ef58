/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nelder and Mead's simplex of n + 1 points: the worst is reflected, expanded or contracted, or all shrink towards the best. It looks at values
 * alone, so kinks and jumps do not matter; there is no promise that it ends in a minimum. With the coefficients of Gao and Han, which depend
 * on n, it works beyond a few variables. [Nelder, Mead 1965; Gao, Han 2012] */
#include "numeric/methods.h"

#include "numeric/vector.h"

#include <math.h>

typedef struct Simplex {
    size_t n;
    double expand, contract, shrink;
    void  *point, *value;           /* n + 1 points, one behind the other, and their values */
    size_t *order;                  /* from the best to the worst */
    void  *center, *trial, *trial_value, *other, *other_value, *scalar;
    bool   started;
} Simplex;

static void *point(const Simplex *m, const Format *f, size_t i) { return format_at(f, m->point, i * m->n); }

/* Is u lower than v? What is no number counts as high. */
static bool lower(Simplex *m, const Format *f, const void *u, const void *v)
{
    double x = format_get_double(f, u), y = format_get_double(f, v);
    if (isnan(x) || isnan(y))
        return !isnan(x);
    if (x != y)
        return x < y;
    vector_scalar(f, TAPE_SUB, m->scalar, u, v);
    return vector_sign(f, m->scalar) < 0;
}

static void sort(Simplex *m, const Format *f)
{
    for (size_t i = 1; i <= m->n; i++)
        for (size_t k = i; k > 0 && lower(m, f, format_at(f, m->value, m->order[k]), format_at(f, m->value, m->order[k - 1])); k--) {
            size_t t = m->order[k];
            m->order[k] = m->order[k - 1];
            m->order[k - 1] = t;
        }
}

/* x, and x with one coordinate 5 % larger, or 0.00025 if it is 0. */
static bool start(Simplex *m, Objective *o)
{
    const Format *f = o->format;
    for (size_t i = 0; i <= m->n; i++) {
        void *p = point(m, f, i);
        format_copy(f, p, o->x, m->n);
        if (i > 0) {
            void *x = format_at(f, p, i - 1);
            format_set_double(f, m->scalar, 1.05, NULL);
            if (vector_sign(f, x) == 0)
                format_set_double(f, x, 0.00025, NULL);
            else
                vector_scalar(f, TAPE_MUL, x, x, m->scalar);
        }
        m->order[i] = i;
        if (!objective_value(o, p, format_at(f, m->value, i)))
            return false;
    }
    sort(m, f);
    m->started = true;
    return true;
}

/* center + t*(worst - center) and its value */
static bool probe(Simplex *m, Objective *o, double t, void *x, void *value)
{
    const Format *f = o->format;
    const void   *worst = point(m, f, m->order[m->n]);
    format_set_double(f, m->scalar, t, NULL);
    vector_op(f, TAPE_SUB, x, many(worst), many(m->center), many(m->center), m->n);
    vector_add_scaled(f, x, m->scalar, x, m->center, m->n);
    return objective_value(o, x, value);
}

static void set_center(Simplex *m, const Format *f)
{
    format_copy(f, m->center, point(m, f, m->order[0]), m->n);
    for (size_t i = 1; i < m->n; i++)
        vector_op(f, TAPE_ADD, m->center, many(m->center), many(point(m, f, m->order[i])), many(m->center), m->n);
    format_set_double(f, m->scalar, (double)m->n, NULL);
    vector_op(f, TAPE_DIV, m->center, many(m->center), one(m->scalar), many(m->center), m->n);
}

static void replace_worst(Simplex *m, const Format *f, const void *x, const void *value)
{
    size_t k = m->order[m->n];
    format_copy(f, point(m, f, k), x, m->n);
    format_copy(f, format_at(f, m->value, k), value, 1);
}

static bool shrink(Simplex *m, Objective *o)
{
    const Format *f = o->format;
    const void   *best = point(m, f, m->order[0]);
    format_set_double(f, m->scalar, m->shrink, NULL);
    format_copy(f, m->other_value, m->scalar, 1);
    for (size_t i = 1; i <= m->n; i++) {
        void *p = point(m, f, m->order[i]);
        vector_op(f, TAPE_SUB, p, many(p), many(best), many(p), m->n);
        vector_add_scaled(f, p, m->other_value, p, best, m->n);
        if (!objective_value(o, p, format_at(f, m->value, m->order[i])))
            return false;
    }
    return true;
}

/* Has the simplex shrunk to rounding? Only then its values cannot differ any more. */
static bool is_small(const Simplex *m, const Format *f)
{
    const void *best = point(m, f, m->order[0]);
    for (size_t k = 0; k < m->n; k++) {
        double x = format_get_double(f, format_at(f, best, k)), width = 0;
        for (size_t i = 1; i <= m->n; i++)
            width = fmax(width, fabs(format_get_double(f, format_at(f, point(m, f, m->order[i]), k)) - x));
        if (width > ldexp(fmax(fabs(x), 1e-12), (int)fmax(2 - (double)f->precision, -500)))
            return false;
    }
    return true;
}

static bool iterate(Simplex *m, Objective *o)
{
    const Format *f = o->format;
    size_t        n = m->n;
    void         *best = format_at(f, m->value, m->order[0]), *second = format_at(f, m->value, m->order[n - 1]), *worst = format_at(f, m->value, m->order[n]);
    set_center(m, f);
    if (!probe(m, o, -1, m->trial, m->trial_value))
        return false;
    if (lower(m, f, m->trial_value, best)) {
        if (!probe(m, o, -m->expand, m->other, m->other_value))
            return false;
        bool further = lower(m, f, m->other_value, m->trial_value);
        replace_worst(m, f, further ? m->other : m->trial, further ? m->other_value : m->trial_value);
        return true;
    }
    if (lower(m, f, m->trial_value, second)) {
        replace_worst(m, f, m->trial, m->trial_value);
        return true;
    }
    bool outside = lower(m, f, m->trial_value, worst);
    if (!probe(m, o, outside ? -m->contract : m->contract, m->other, m->other_value))
        return false;
    if (!lower(m, f, outside ? m->trial_value : worst, m->other_value)) {
        replace_worst(m, f, m->other, m->other_value);
        return true;
    }
    return shrink(m, o);
}

static StepResult nelder_mead_step(void *state, Objective *o, size_t k)
{
    (void)k;
    Simplex      *m = state;
    const Format *f = o->format;
    if (!m->started && !start(m, o))
        return STEP_STOPPED;
    if (is_small(m, f))
        return STEP_SMALL;
    if (!iterate(m, o))
        return STEP_STOPPED;
    sort(m, f);
    format_copy(f, o->x, point(m, f, m->order[0]), m->n);
    return STEP_MOVED;
}

static const void *no_rate(const void *state, const Format *f)
{
    (void)state;
    (void)f;
    return NULL;
}

Stepper nelder_mead_stepper(Arena *a, const Objective *o, const MethodOptions *option)
{
    const Format *f = o->format;
    size_t        n = o->n;
    double        d = (double)n;
    bool          adaptive = option->number[0] != 0 && n > 1;
    Simplex      *m = arena_alloc(a, sizeof *m);
    *m = (Simplex){ .n = n, .expand = adaptive ? 1 + 2 / d : 2, .contract = adaptive ? 0.75 - 1 / (2 * d) : 0.5, .shrink = adaptive ? 1 - 1 / d : 0.5,
                    .point = format_lanes(f, a, (n + 1) * n), .value = format_lanes(f, a, n + 1), .order = arena_array(a, size_t, n + 1),
                    .center = format_lanes(f, a, n), .trial = format_lanes(f, a, n), .trial_value = format_lanes(f, a, 1), .other = format_lanes(f, a, n),
                    .other_value = format_lanes(f, a, 1), .scalar = format_lanes(f, a, 1) };
    return (Stepper){ .step = nelder_mead_step, .rate = no_rate, .state = m, .values = true };
}
