/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Training in low precision: the passes through the objective, the gradient, the weights that are updated and the states of the rule each in
 * a format of their own; loss scaling; stochastic and compensated updates; counts of what the formats lost.
 *
 * The objective that the driver and the rule see lies in the format of the arithmetic, which holds master weights and accumulators alike. At
 * each evaluation its point is rounded to the weights, value and gradient run there with the loss multiplied by the scale, the slopes are
 * rounded to the format of gradients, divided by the scale and handed over [Micikevicius et al. 2018]. */
#ifndef NUMERIC_LOW_PRECISION_H
#define NUMERIC_LOW_PRECISION_H

#include "base/vec.h"
#include "numeric/minimize.h"

enum { EXPONENT_BINS = 320, EXPONENT_LEAST = -160 };       /* bin k: exponent EXPONENT_LEAST + k; the outer ones take what lies beyond */

typedef struct LossScale {
    bool   used, dynamic;
    double value;
    double growth, backoff;         /* dynamic: multiplied by growth after `interval` good steps, by backoff after an overflow */
    size_t interval;
} LossScale;

/* Where the passes read the scale: as numbers and as columns of as many lanes as there are rows. In a mean over rows the scale of a row is
 * divided by a power of two below their number first, and the sum by what is left of that number, so that it is no larger than the mean.
 * NULL: not there. */
typedef struct LossSeed {
    void *number, *rows;            /* the scale */
    void *early, *early_rows;       /* divided by the power of two */
    void *count;                    /* the number of rows divided by it */
} LossSeed;

typedef struct ScaleChange { size_t step; double scale; bool overflow; } ScaleChange;

typedef struct LowCounts {
    size_t steps, skipped;
    size_t slopes;                          /* entries of gradients that were evaluated and are truly not 0 */
    size_t zero, subnormal, infinite;       /* of these: what the format of gradients made of them */
    size_t unscaled_zero;                   /* of these: kept by the scale, but 0 once it was divided out */
    size_t updates, absorbed;               /* entries that a step should have changed; that it left as they were */
    double last, last_norm;                 /* the largest true slope of the last evaluation, and the norm of all */
    size_t exponent[EXPONENT_BINS];         /* of the true slopes times the scale */
} LowCounts;

typedef struct LowState { void *at; size_t n; } LowState;

struct LowPrecision {
    const Format *weights, *gradients, *master, *accumulators, *arithmetic;
    LossScale     scale;
    bool          asked;                    /* it was asked for; false: one format, whose losses are counted */
    bool          stochastic, kahan;        /* how the step is added to the weights */
    Objective    *passes;                   /* in the format of the weights; its slopes are multiplied by the seed */
    Objective    *truth;                    /* the same in fp64; NULL: the weights are as precise */
    LossSeed      seed;
    void         *step;                     /* what the rule adds to x, if it can be told apart; NULL: not known */
    bool          waits;                    /* the rule is piecewise: a step of 0 is nothing unusual */
    size_t        states;
    LowState     *state;                    /* of the rule */
    LowCounts     counts;
    VEC(ScaleChange) course;
    /* its own */
    Arena        *arena;
    Format        random_format;            /* of the master weights, rounding stochastically */
    Rng           random;
    double        seeded;                   /* the scale that the seed holds, and for how many rows */
    size_t        seeded_rows;
    size_t        good;                     /* steps since the last overflow or growth */
    bool          overflow;                 /* a slope of this step is not finite */
    void         *slope, *lanes[4], *compensation, *before;
};

/* The smaller format that holds the numbers of both; fp32, fp64 or more bits if neither does. */
Format    format_join(const Format *a, const Format *b);
bool      format_same(const Format *a, const Format *b);
void      lanes_convert(const Format *to, void *d, const Format *from, const void *s, size_t n, Rng *random);

/* Formats, scale, flags, passes and truth are set; the rest follows. The objective for the driver, with a point of zeros. */
Objective low_precision_objective(LowPrecision *p, Arena *a, uint64_t seed);
/* The rule behind it: skips steps, adds what it wrote to p->step where the update is stochastic or compensated, rounds and counts. */
Stepper   low_precision_stepper(LowPrecision *p, Stepper inner);
static inline bool low_precision_adds(const LowPrecision *p) { return p->stochastic || p->kahan; }
static inline bool low_precision_skips(const LowPrecision *p) { return p->overflow && p->scale.dynamic; }

/* For objective.c. */
bool      low_precision_gradient(LowPrecision *p, Objective *o);
bool      low_precision_value(LowPrecision *p, Objective *o, const void *x, void *f);
bool      low_precision_product(LowPrecision *p, Objective *o, const void *x, const void *v, void *hv);
/* For the driver: is a gradient that is not finite no end, because its step is skipped? May a point that stays the same still move? */
bool      low_precision_forgives(const LowPrecision *p);

#endif
