/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver: evaluate, record, decide, step. Mini-batches run through a permutation of the rows that is drawn anew for each epoch;
 * the last batch of an epoch may be short. A value that grows a millionfold over ten steps, or a point that does not change in
 * STILL_STEPS steps, ends the run before its time. */
#include "numeric/minimize.h"

#include "base/interrupt.h"
#include "numeric/low_precision.h"
#include "numeric/progress.h"
#include "numeric/vector.h"

#include <math.h>
#include <string.h>

enum { RISING_STEPS = 10, STILL_STEPS = 50, IDLE_STEPS = 10, SLOW_STEPS = 8, FIRST_ROWS = 64 };
static const double diverged_factor = 1e6, unbounded_factor = 1e20, slow_fall = 1e-6;

typedef struct Run {
    Arena                 *arena;
    Objective             *o;
    const Stepper         *stepper;
    const MinimizeOptions *options;
    Minimum               *m;
    uint32_t              *row;         /* the permutation; NULL: no mini-batches */
    Rng                    random;
    size_t                 at;          /* rows of this epoch that are done */
    double                 before;      /* the value one step earlier */
    size_t                 rising, still, idle;
    double                 least_value, least_gradient;     /* of methods that promise descent */
    double                 recent[SLOW_STEPS];              /* values of the last steps, of an impatient run */
    void                  *previous;    /* the point one step earlier; NULL: not compared */
    void                  *reached, *reached_value;     /* the last point whose value is known, and that value */
    size_t                 reached_step;
    bool                   has_reached;
    void                  *full;        /* the value over all rows */
    void                  *value;       /* of methods that look at values alone */
    const void            *gradient_value;      /* where the gradient's machine leaves its value */
    bool                   done;
} Run;

/* ---- the gradient ----------------------------------------------------------------------------------------------------------- */

static void measure_gradient(Run *r)
{
    const Objective *o = r->o;
    r->m->gradient_norm = r->m->gradient_log2 = NAN;
    if (r->stepper->values && !r->done)
        return;
    r->m->gradient_norm = vector_norm(o->format, o->g, o->n);
}

/* Asked for where it is needed: a step may take less time than a logarithm. */
static double gradient_log2(Run *r)
{
    Minimum *m = r->m;
    if (isnan(m->gradient_log2) && !isnan(m->gradient_norm))
        m->gradient_log2 = m->gradient_norm > 1e-290 ? log2(m->gradient_norm) : vector_norm_log2(r->o->format, r->o->g, r->o->n);
    return m->gradient_log2;
}

static bool is_flat(Run *r)
{
    const MinimizeOptions *options = r->options;
    bool ordinary = r->m->gradient_norm > 1e-290 && (options->tol > 1e-290 || options->tol == 0);
    return ordinary ? r->m->gradient_norm <= options->tol : gradient_log2(r) <= options->tol_log2;
}

/* ---- trace ----------------------------------------------------------------------------------------------------------------- */

/* Most runs are short: memory for all rows that may come would cost more than the steps. */
static void grow(Trace *t, Arena *a, const Format *f, size_t capacity)
{
    Trace old = *t;
    t->capacity = capacity;
    t->step = arena_array(a, size_t, capacity);
    t->gradient_norm = arena_array(a, double, capacity);
    t->gradient_log2 = arena_array(a, double, capacity);
    t->has_rate = arena_array(a, bool, capacity);
    t->lanes = format_lanes(f, a, capacity * t->width);
    t->number = arena_array(a, double, capacity * t->watched);
    if (!old.rows)
        return;
    memcpy(t->step, old.step, old.rows * sizeof *t->step);
    memcpy(t->gradient_norm, old.gradient_norm, old.rows * sizeof *t->gradient_norm);
    memcpy(t->gradient_log2, old.gradient_log2, old.rows * sizeof *t->gradient_log2);
    memcpy(t->has_rate, old.has_rate, old.rows * sizeof *t->has_rate);
    memcpy(t->number, old.number, old.rows * t->watched * sizeof *t->number);
    format_copy(f, t->lanes, old.lanes, old.rows * t->width);
}

static Trace trace_new(Arena *a, const Format *f, const MinimizeOptions *options, size_t n, const Stepper *s)
{
    size_t room = options->steps + 2 < options->trace ? options->steps + 2 : options->trace;
    Trace  t = { .room = room < 4 ? 4 : room, .stride = 1, .parameters = options->trace_x < n ? options->trace_x : n, .watched = options->watch.n };
    t.width = 2 + t.parameters + (s->shown ? s->shown_lanes : 0);
    grow(&t, a, f, t.room < FIRST_ROWS ? t.room : FIRST_ROWS);
    return t;
}

static void thin_out(Trace *t, const Format *f)
{
    size_t kept = 0;
    t->stride *= 2;
    for (size_t i = 0; i < t->rows; i++) {
        if (t->step[i] % t->stride)
            continue;
        t->step[kept] = t->step[i];
        t->gradient_norm[kept] = t->gradient_norm[i];
        t->gradient_log2[kept] = t->gradient_log2[i];
        t->has_rate[kept] = t->has_rate[i];
        memmove(t->number + kept * t->watched, t->number + i * t->watched, t->watched * sizeof *t->number);
        if (kept != i)
            format_copy(f, format_at(f, t->lanes, kept * t->width), format_at(f, t->lanes, i * t->width), t->width);
        kept++;
    }
    t->rows = kept;
}

/* Keeps the state after `step` steps; `always`: the last one, whatever the stride. */
static void record(Run *r, size_t step, const void *value, bool always)
{
    Trace        *t = &r->m->trace;
    const Format *f = r->o->format;
    size_t        number = r->row ? r->m->epochs : step;
    if ((number % t->stride && !always) || (t->rows && t->step[t->rows - 1] == step))
        return;
    if (t->rows + 1 >= t->room && !always)
        thin_out(t, f);
    if (number % t->stride && !always)
        return;
    if (t->rows == t->capacity)
        grow(t, r->arena, f, t->capacity * 2 < t->room ? t->capacity * 2 : t->room);
    const void *rate = step ? r->stepper->rate(r->stepper->state, f) : NULL;
    char       *lanes = format_at(f, t->lanes, t->rows * t->width);
    format_copy(f, lanes, value, 1);
    if ((t->has_rate[t->rows] = rate != NULL))
        format_copy(f, format_at(f, lanes, 1), rate, 1);
    format_copy(f, format_at(f, lanes, 2), r->o->x, t->parameters);
    if (r->stepper->shown)
        format_copy(f, format_at(f, lanes, 2 + t->parameters), r->stepper->shown, r->stepper->shown_lanes);
    double *beside = t->number + t->rows * t->watched;
    for (size_t i = 0; i < t->watched; i++)
        beside[i] = NAN;
    if (t->watched)
        r->options->watch.measure(r->options->watch.state, r->o, beside);
    t->gradient_norm[t->rows] = r->m->gradient_norm;
    t->gradient_log2[t->rows] = gradient_log2(r);
    t->step[t->rows++] = step;
}

/* ---- mini-batches ---------------------------------------------------------------------------------------------------------- */

static void shuffle(Run *r)
{
    for (size_t i = r->o->rows; r->options->shuffle && i > 1; i--) {
        size_t   k = (size_t)rng_below(&r->random, i);
        uint32_t row = r->row[k];
        r->row[k] = r->row[i - 1];
        r->row[i - 1] = row;
    }
    r->at = 0;
}

static void next_batch(Run *r)
{
    if (r->at == r->o->rows)
        shuffle(r);
    size_t left = r->o->rows - r->at, n = r->options->batch < left ? r->options->batch : left;
    objective_batch(r->o, r->row + r->at, n);
    r->at += n;
}

/* ---- deciding -------------------------------------------------------------------------------------------------------------- */

static bool end(Run *r, Ending why)
{
    r->m->ending = why;
    return true;
}

static bool not_finite(Run *r, size_t step, double value)
{
    const Objective *o = r->o;
    bool   fine = isfinite(value) || (o->format->family == FAMILY_MPFR && o->format->emin == 0 && !isnan(value));
    size_t k = fine && !r->stepper->values ? vector_not_finite(o->format, o->g, o->n) : o->n;
    r->m->bad_step = step;
    r->m->bad_coordinate = k;
    if (o->low && low_precision_forgives(o->low) && (fine || r->row))
        return false;
    return !fine || k < o->n;
}

/* Has the point stayed the same, bit by bit? */
static bool stuck(Run *r)
{
    size_t bytes = r->o->n * r->o->format->lane;
    if (!r->previous || (r->o->low && low_precision_adds(r->o->low)))     /* chance, or what is compensated, may move it later */
        return false;
    r->still = memcmp(r->previous, r->o->x, bytes) ? 0 : r->still + 1;
    memcpy(r->previous, r->o->x, bytes);
    return r->still >= STILL_STEPS;
}

/* A method that promises descent, and neither value nor gradient fall any more: what is left is rounding. */
static bool idle(Run *r, double value)
{
    bool lower = !(value >= r->least_value - 1e-15 * fabs(r->least_value)), flatter = !(gradient_log2(r) >= r->least_gradient - 0.1);
    r->least_value = lower ? value : r->least_value;
    r->least_gradient = flatter ? r->m->gradient_log2 : r->least_gradient;
    r->idle = lower || flatter ? 0 : r->idle + 1;
    return r->idle >= IDLE_STEPS;
}

static bool slow(Run *r, size_t step, double value)
{
    double *before = &r->recent[step % SLOW_STEPS], then = *before;
    *before = value;
    return r->options->impatient && step >= SLOW_STEPS && then - value < slow_fall * fabs(value);
}

static bool is_over(Run *r, size_t step)
{
    Minimum *m = r->m;
    double   value = format_get_double(r->o->format, r->o->f);
    measure_gradient(r);
    if (step == 0)
        m->first_value = value;
    m->last_value = value;
    r->rising = step && value > r->before ? r->rising + 1 : 0;
    m->rising = r->rising >= (step < RISING_STEPS ? step : RISING_STEPS) && step > 1;
    r->before = value;
    if (not_finite(r, step, value))
        return end(r, value == -INFINITY && step && !r->row ? ENDED_UNBOUNDED : ENDED_NOT_FINITE);
    if (r->row)
        return false;
    if (is_flat(r))
        return end(r, ENDED_CONVERGED);
    if (value < -unbounded_factor * (1 + fabs(m->first_value)))
        return end(r, ENDED_UNBOUNDED);
    if (r->rising >= RISING_STEPS && value > diverged_factor * (1 + fabs(m->first_value)))
        return end(r, ENDED_DIVERGED);
    return (stuck(r) || (r->stepper->descends && idle(r, value)) || slow(r, step, value)) && end(r, ENDED_STUCK);
}

/* ---- running --------------------------------------------------------------------------------------------------------------- */

/* At the end of an epoch the value over all rows is recorded. */
static bool end_epoch(Run *r, size_t step)
{
    objective_batch(r->o, NULL, 0);
    bool fine = objective_value(r->o, r->o->x, r->full);
    if (step)
        r->m->epochs++;
    record(r, step, r->full, false);
    return fine;
}

static bool evaluate(Run *r)
{
    return r->stepper->values ? objective_value(r->o, r->o->x, r->value) : objective_gradient(r->o);
}

static void remember(Run *r, size_t step)
{
    format_copy(r->o->format, r->reached, r->o->x, r->o->n);
    format_copy(r->o->format, r->reached_value, r->o->f, 1);
    r->reached_step = step;
    r->has_reached = true;
}

/* An interrupt may leave a point that a search was trying, or one whose value is half summed: back to what is known. */
static void go_back(Run *r)
{
    if (!r->has_reached)
        return;
    format_copy(r->o->format, r->o->x, r->reached, r->o->n);
    r->m->steps = r->reached_step;
}

static Ending ending_of(StepResult result)
{
    switch (result) {
    case STEP_NO_DESCENT: return ENDED_NO_DESCENT;
    case STEP_SINGULAR:   return ENDED_SINGULAR;
    case STEP_SMALL:      return ENDED_SMALL;
    case STEP_MOVED: case STEP_STOPPED: break;
    }
    return ENDED_STOPPED;
}

static void run(Run *r)
{
    Minimum *m = r->m;
    for (size_t k = 0;; k++) {
        if (r->row && r->at == r->o->rows && !end_epoch(r, k))
            break;
        if (r->row)
            next_batch(r);
        if (!evaluate(r))
            break;
        m->steps = k;
        if (is_over(r, k))
            return;
        if (!r->row)
            record(r, k, r->o->f, false);
        if (k == r->options->steps) {
            end(r, ENDED_STEPS);
            return;
        }
        progress_set(k + 1, r->before);
        remember(r, k);
        StepResult result = r->stepper->step(r->stepper->state, r->o, k + 1);
        if (result != STEP_MOVED && result != STEP_STOPPED) {
            end(r, ending_of(result));
            return;
        }
        if (result == STEP_STOPPED || should_stop())
            break;
    }
    go_back(r);
    end(r, ENDED_STOPPED);
}

/* Value and gradient over all rows at the last point. */
static void finish(Run *r)
{
    Minimum      *m = r->m;
    const Format *f = r->o->format;
    bool          stopped = m->ending == ENDED_STOPPED && r->has_reached;
    r->done = true;
    r->o->f = stopped ? r->row && m->epochs ? r->full : r->reached_value : r->gradient_value;
    if (r->row)
        objective_batch(r->o, NULL, 0);
    if (stopped)
        m->last_value = format_get_double(f, r->o->f);
    else if ((r->row || r->stepper->values) && m->ending != ENDED_NOT_FINITE && objective_gradient(r->o)) {
        measure_gradient(r);
        m->last_value = format_get_double(f, r->o->f);
    }
    gradient_log2(r);
    record(r, m->steps, r->o->f, true);
    const void *value = r->o->f;
    r->o->f = r->gradient_value;
    m->x = format_lanes(f, r->arena, r->o->n);
    m->value = format_lanes(f, r->arena, 1);
    format_copy(f, m->x, r->o->x, r->o->n);
    format_copy(f, m->value, value, 1);
}

Minimum minimize_run(Arena *a, Objective *o, const Stepper *s, const MinimizeOptions *options)
{
    Minimum m = { .ending = ENDED_STOPPED, .trace = trace_new(a, o->format, options, o->n, s) };
    Run     r = { .arena = a, .o = o, .stepper = s, .options = options, .m = &m, .random = rng_stream(options->seed, STR("minibatch")) };
    r.reached = format_lanes(o->format, a, o->n);
    r.reached_value = format_lanes(o->format, a, 1);
    if (options->batch) {
        r.row = arena_array(a, uint32_t, o->rows);
        r.full = format_lanes(o->format, a, 1);
        for (size_t i = 0; i < o->rows; i++)
            r.row[i] = (uint32_t)i;
        r.at = o->rows;
    } else if (o->format->family == FAMILY_DOUBLE || o->format->family == FAMILY_SMALL) {
        r.previous = arena_alloc(a, o->n * o->format->lane);
        memset(r.previous, 0xff, o->n * o->format->lane);       /* no finite point */
    }
    r.gradient_value = o->f;
    r.least_value = r.least_gradient = INFINITY;
    if (s->values)
        o->f = r.value = format_lanes(o->format, a, 1);
    run(&r);
    finish(&r);
    return m;
}
