/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training in low precision, one evaluation and one step at a time.
 *
 * Dynamic scaling is PyTorch's: a slope that is not finite skips the step and multiplies the scale by backoff; after `interval` good steps
 * in a row it is multiplied by growth. The compensated update is Kahan's sum over the steps [Kahan 1965; Zamirai et al. 2021]; stochastic
 * rounding goes up with the probability of what is cut off, so that a step far below an ulp counts on average [Gupta et al. 2015]. */
#include "numeric/low_precision.h"

#include "numeric/vector.h"

#include <math.h>
#include <string.h>

enum { MOST_CHANGES = 4096 };
static const double least_scale = 0x1p-40;      /* there a gradient that is not finite is no matter of the scale */

/* ---- formats --------------------------------------------------------------------------------------------------------------------- */

static bool bounded(const Format *f) { return f->emin < f->emax; }

static bool holds(const Format *f, const Format *other)
{
    return f->precision >= other->precision && (!bounded(f) || (bounded(other) && f->emin <= other->emin && f->emax >= other->emax && f->largest >= other->largest));
}

bool format_same(const Format *a, const Format *b)
{
    return a->family == b->family && a->precision == b->precision && a->emin == b->emin && a->emax == b->emax && a->rounding == b->rounding && a->overflow == b->overflow
        && a->correct == b->correct && a->largest == b->largest && a->sums.precision == b->sums.precision && a->sums.emin == b->sums.emin
        && a->sums.emax == b->sums.emax;
}

Format format_join(const Format *a, const Format *b)
{
    static const char *const wider[] = { "fp32", "fp64" };
    if (holds(a, b))
        return *a;
    if (holds(b, a))
        return *b;
    for (size_t i = 0; i < sizeof wider / sizeof *wider; i++) {
        Format f;
        if (format_named(str_of(wider[i]), &f) && holds(&f, a) && holds(&f, b))
            return format_with(f, ROUND_NEAREST, false, a->correct && b->correct);
    }
    return format_mpfr(a->precision > b->precision ? a->precision : b->precision);
}

static bool in_doubles(const Format *f)
{
    return f->family == FAMILY_DOUBLE || f->family == FAMILY_SMALL;
}

void lanes_convert(const Format *to, void *d, const Format *from, const void *s, size_t n, Rng *random)
{
    if (in_doubles(from)) {
        for (size_t i = 0; i < n; i++)
            format_set_double(to, format_at(to, d, i), ((const double *)s)[i], random);
        return;
    }
    arb_t x;
    arb_init(x);
    for (size_t i = 0; i < n; i++) {
        void *lane = format_at(to, d, i);
        format_get_arb(from, format_at(from, s, i), x);
        if (arf_is_special(arb_midref(x)) || arf_is_nan(arb_midref(x)))
            format_set_double(to, lane, format_get_double(from, format_at(from, s, i)), NULL);
        else
            format_set_arb(to, lane, x, random);
    }
    arb_clear(x);
}

/* ---- evaluations ------------------------------------------------------------------------------------------------------------------- */

static void spread(const LowPrecision *p, void *rows, const void *number)
{
    for (size_t i = 0; rows && i < p->passes->rows; i++)
        format_copy(p->weights, format_at(p->weights, rows, i), number, 1);
}

/* The scale as the passes read it; it is what the format makes of it. */
static void set_seed(LowPrecision *p)
{
    const Format   *f = p->weights;
    const LossSeed *s = &p->seed;
    size_t          rows = p->passes->batch, power = 1;
    if (!s->number || (p->seeded == p->scale.value && p->seeded_rows == rows))
        return;
    while (2 * power <= rows)
        power *= 2;
    format_set_double(f, s->number, p->scale.value, NULL);
    double held = format_get_double(f, s->number);
    p->scale.value = held > 0 && isfinite(held) ? held : p->scale.value;
    format_set_double(f, s->early, p->scale.value / (double)power, NULL);
    format_set_double(f, s->count, (double)rows / (double)power, NULL);
    spread(p, s->rows, s->number);
    spread(p, s->early_rows, s->early);
    p->seeded = p->scale.value;
    p->seeded_rows = rows;
}

/* The slopes in the format of the arithmetic, without the scale: one rounding where doubles hold the quotient. */
static void unscale(const LowPrecision *p, Objective *o)
{
    const Format *from = p->gradients, *to = p->arithmetic;
    void         *g = (void *)o->g;
    if (in_doubles(from)) {
        for (size_t i = 0; i < o->n; i++)
            format_set_double(to, format_at(to, g, i), ((const double *)p->slope)[i] / p->scale.value, NULL);
        return;
    }
    lanes_convert(to, g, from, p->slope, o->n, NULL);
    if (p->scale.value != 1) {
        format_set_double(to, p->lanes[3], p->scale.value, NULL);
        vector_op(to, TAPE_DIV, g, many(g), one(p->lanes[3]), many(g), o->n);
    }
}

static void count_slope(LowPrecision *p, const Objective *o, double truth, size_t i)
{
    LowCounts *c = &p->counts;
    double     scaled = truth * p->scale.value, kept = format_get_double(p->gradients, format_at(p->gradients, p->slope, i));
    p->counts.last = fmax(p->counts.last, fabs(truth));
    p->counts.last_norm = hypot(p->counts.last_norm, truth);
    if (truth == 0 || !isfinite(scaled))
        return;
    int bin = ilogb(scaled) - EXPONENT_LEAST;
    c->slopes++;
    c->exponent[bin < 0 ? 0 : bin >= EXPONENT_BINS ? EXPONENT_BINS - 1 : bin]++;
    if (!isfinite(kept))
        c->infinite++;
    else if (kept == 0 && bounded(p->gradients))
        c->zero++;
    else if (bounded(p->gradients) && fabs(kept) < ldexp(1, (int)p->gradients->emin))
        c->subnormal++;
    if (kept != 0 && isfinite(kept) && vector_sign(p->arithmetic, format_at(p->arithmetic, o->g, i)) == 0)
        c->unscaled_zero++;
}

static bool count_slopes(LowPrecision *p, const Objective *o)
{
    Objective *t = p->truth;
    bool       fine = true;
    if (t) {
        lanes_convert(t->format, t->x, p->weights, p->passes->x, o->n, NULL);
        fine = objective_gradient(t);
    }
    p->counts.last = p->counts.last_norm = 0;
    for (size_t i = 0; i < o->n; i++)
        count_slope(p, o, t ? ((const double *)t->g)[i] : format_get_double(p->weights, format_at(p->weights, p->passes->g, i)) / (p->seed.number ? p->scale.value : 1), i);
    return fine;
}

bool low_precision_gradient(LowPrecision *p, Objective *o)
{
    Objective *w = p->passes;
    set_seed(p);
    lanes_convert(p->weights, w->x, p->arithmetic, o->x, o->n, NULL);
    bool fine = objective_gradient(w);
    lanes_convert(p->gradients, p->slope, p->weights, w->g, o->n, NULL);
    lanes_convert(p->arithmetic, (void *)o->f, p->weights, w->f, 1, NULL);
    p->overflow = p->overflow || vector_not_finite(p->gradients, p->slope, o->n) < o->n;
    unscale(p, o);
    return count_slopes(p, o) && fine;
}

bool low_precision_value(LowPrecision *p, Objective *o, const void *x, void *f)
{
    lanes_convert(p->weights, p->lanes[0], p->arithmetic, x, o->n, NULL);
    bool fine = objective_value(p->passes, p->lanes[0], p->lanes[1]);
    lanes_convert(p->arithmetic, f, p->weights, p->lanes[1], 1, NULL);
    return fine;
}

bool low_precision_product(LowPrecision *p, Objective *o, const void *x, const void *v, void *hv)
{
    lanes_convert(p->weights, p->lanes[0], p->arithmetic, x, o->n, NULL);
    lanes_convert(p->weights, p->lanes[1], p->arithmetic, v, o->n, NULL);
    bool fine = objective_product(p->passes, p->lanes[0], p->lanes[1], p->lanes[2]);
    lanes_convert(p->arithmetic, hv, p->weights, p->lanes[2], o->n, NULL);
    return fine;
}

/* The scale must not vanish in the format of the weights. */
static double floor_of(const LowPrecision *p)
{
    return bounded(p->weights) ? fmax(least_scale, ldexp(1, (int)p->weights->emin)) : least_scale;
}

bool low_precision_forgives(const LowPrecision *p)
{
    return p->scale.dynamic && p->scale.value > floor_of(p);
}

/* ---- steps -------------------------------------------------------------------------------------------------------------------------- */

typedef struct LowStep { LowPrecision *p; Stepper inner; } LowStep;

static void change_scale(LowPrecision *p, size_t k, double factor)
{
    p->scale.value = fmax(p->scale.value * factor, floor_of(p));
    p->good = 0;
    if (p->course.n < MOST_CHANGES)
        vec_push(p->arena, &p->course, (ScaleChange){ k, p->scale.value, factor < 1 });
}

static StepResult skip(LowPrecision *p, size_t k)
{
    p->overflow = false;
    p->counts.skipped++;
    change_scale(p, k, p->scale.backoff);
    return STEP_MOVED;
}

/* y = u - c, s = x + y, c = (s - x) - y, x = s: what s lost of y comes back with the next step. */
static void add_compensated(LowPrecision *p, void *x, size_t n)
{
    const Format *m = p->master;
    void         *y = p->lanes[1], *s = p->lanes[2], *c = p->compensation;
    lanes_convert(m, y, p->arithmetic, p->step, n, NULL);
    vector_op(m, TAPE_SUB, y, many(y), many(c), many(y), n);
    vector_op(m, TAPE_ADD, s, many(x), many(y), many(x), n);
    vector_op(m, TAPE_SUB, c, many(s), many(x), many(s), n);
    vector_op(m, TAPE_SUB, c, many(c), many(y), many(c), n);
    format_copy(m, x, s, n);
}

/* The exact sum, rounded stochastically. */
static void add_stochastically(LowPrecision *p, void *x, size_t n)
{
    const Format *m = &p->random_format;
    void         *y = p->lanes[1], *bank[3];
    if (m->family == FAMILY_SMALL && in_doubles(p->arithmetic))
        y = p->step;
    else
        lanes_convert(m, y, p->arithmetic, p->step, n, &p->random);
    bank[0] = bank[1] = x;
    bank[2] = y;
    Instruction i = { .op = TAPE_ADD, .rows = 1, .lanes = (uint32_t)n, .d = { 0, 0, 1, 0 }, .a = { 0, 0, 1, 1 }, .b = { 0, 0, 1, 2 }, .c = { 0, 0, 1, 1 } };
    m->kernels->run(m, &i, &(Banks){ bank, &p->random, false }, n);
}

static void count_updates(LowPrecision *p, const Objective *o)
{
    const Format *f = p->arithmetic;
    for (size_t i = 0; i < o->n; i++) {
        bool slope = vector_sign(f, format_at(f, o->g, i)) != 0, step = p->step ? vector_sign(f, format_at(f, p->step, i)) != 0 || (slope && !p->waits) : slope;
        if (!step)
            continue;
        p->counts.updates++;
        p->counts.absorbed += memcmp(format_at(f, p->before, i), format_at(f, o->x, i), f->lane) == 0;
    }
}

/* The weights are numbers of the master format, the states of that of the accumulators, wherever they lie. */
static void store(LowPrecision *p, Objective *o)
{
    const Format *f = p->arithmetic;
    if (low_precision_adds(p)) {
        const Format *m = p->stochastic ? &p->random_format : p->master;
        lanes_convert(m, p->lanes[0], f, o->x, o->n, NULL);
        if (p->kahan)
            add_compensated(p, p->lanes[0], o->n);
        else
            add_stochastically(p, p->lanes[0], o->n);
        lanes_convert(f, o->x, m, p->lanes[0], o->n, NULL);
    } else if (!format_same(f, p->master)) {
        lanes_convert(p->master, p->lanes[0], f, o->x, o->n, NULL);
        lanes_convert(f, o->x, p->master, p->lanes[0], o->n, NULL);
    }
    for (size_t k = 0; k < p->states && !format_same(f, p->accumulators); k++)
        for (size_t i = 0; i < p->state[k].n; i++) {
            void *lane = format_at(f, p->state[k].at, i);
            lanes_convert(p->accumulators, p->lanes[3], f, lane, 1, NULL);
            lanes_convert(f, lane, p->accumulators, p->lanes[3], 1, NULL);
        }
}

static StepResult step(void *state, Objective *o, size_t k)
{
    LowStep      *s = state;
    LowPrecision *p = s->p;
    p->counts.steps++;
    if (low_precision_skips(p))
        return skip(p, k);
    format_copy(o->format, p->before, o->x, o->n);
    StepResult result = s->inner.step(s->inner.state, o, k - p->counts.skipped);
    if (result != STEP_MOVED)
        return result;
    if (low_precision_skips(p))
        return skip(p, k);
    store(p, o);
    count_updates(p, o);
    p->overflow = false;
    if (p->scale.dynamic && ++p->good >= p->scale.interval)
        change_scale(p, k, p->scale.growth);
    return STEP_MOVED;
}

static const void *rate(const void *state, const Format *f)
{
    const LowStep *s = state;
    return s->inner.rate(s->inner.state, f);
}

Stepper low_precision_stepper(LowPrecision *p, Stepper inner)
{
    LowStep *s = arena_alloc(p->arena, sizeof *s);
    *s = (LowStep){ p, inner };
    return (Stepper){ .step = step, .rate = rate, .state = s, .memories = inner.memories, .memory = inner.memory };
}

/* ---- the objective ------------------------------------------------------------------------------------------------------------------- */

/* Lanes that hold n numbers of any of the formats in turn. */
static void *lanes_for_all(const LowPrecision *p, Arena *a, size_t n)
{
    const Format *all[] = { p->weights, p->gradients, p->master, p->accumulators, p->arithmetic, &p->random_format }, *largest = all[0];
    for (size_t i = 1; i < sizeof all / sizeof *all; i++)
        if (all[i]->lane > largest->lane)
            largest = all[i];
    return format_lanes(largest, a, n);
}

Objective low_precision_objective(LowPrecision *p, Arena *a, uint64_t seed)
{
    const Objective *w = p->passes;
    const Format    *f = p->arithmetic;
    p->arena = a;
    p->random = rng_stream(seed, STR("rounding"));
    p->random_format = format_with(*p->master, ROUND_STOCHASTIC, p->master->overflow == OVERFLOW_SATURATE, p->master->correct);
    p->slope = format_lanes(p->gradients, a, w->n);
    p->before = format_lanes(f, a, w->n);
    p->compensation = format_lanes(p->master, a, w->n);
    for (size_t i = 0; i < sizeof p->lanes / sizeof *p->lanes; i++)
        p->lanes[i] = lanes_for_all(p, a, w->n);
    p->seeded = 0;
    vec_push(a, &p->course, (ScaleChange){ 0, p->scale.value, false });
    return (Objective){ .format = f, .n = w->n, .rows = w->rows, .blocks = w->blocks, .block = w->block, .x = format_lanes(f, a, w->n), .f = format_lanes(f, a, 1),
                        .g = format_lanes(f, a, w->n), .batch = w->rows, .low = p };
}
