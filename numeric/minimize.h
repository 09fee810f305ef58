/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The driver of all iterative minimizers. A method is one step; stopping rules, mini-batches, counts and the trace live here, once.
 *
 * The point lies in o->x. The driver evaluates value and gradient there, decides whether to stop, and lets the method move it. */
#ifndef NUMERIC_MINIMIZE_H
#define NUMERIC_MINIMIZE_H

#include "numeric/objective.h"

typedef enum StepResult {
    STEP_MOVED,
    STEP_NO_DESCENT,            /* nothing lower was found */
    STEP_SINGULAR,              /* the system for the direction has no solution */
    STEP_SMALL,                 /* what the method looks at has shrunk to the size of rounding */
    STEP_STOPPED                /* should_stop() */
} StepResult;

typedef struct Stepper {
    StepResult (*step)(void *state, Objective *o, size_t k);       /* o->f and o->g hold value and gradient at o->x */
    const void *(*rate)(const void *state, const Format *f);       /* the rate of the last step, a lane; NULL: none */
    void        *state;
    bool         values;            /* it looks at values alone: no gradient is asked for before the end */
    bool         descends;          /* every step lowers the value, up to rounding */
    size_t       memories;          /* what it keeps for each parameter: so many times n lanes */
    const void *const *memory;
    const void  *shown;             /* inspect_stepper: lanes that each row of the trace gets a copy of; NULL: none */
    size_t       shown_lanes;
} Stepper;

/* The same method, which shows what its last step used and did: n lanes of the gradient, n of the move, then its memories. */
Stepper inspect_stepper(Arena *a, const Objective *o, Stepper inner);

typedef struct MethodOptions {      /* the numbers of a method, as doubles and as lanes of the format */
    const double *number;
    const void   *lane;
} MethodOptions;

typedef enum Ending {
    ENDED_CONVERGED,        /* gradient norm <= tol */
    ENDED_STEPS,            /* the steps asked for are done */
    ENDED_NOT_FINITE,       /* the value or a slope is infinite or NaN: bad_step, bad_coordinate */
    ENDED_DIVERGED,         /* the value grows without end */
    ENDED_UNBOUNDED,        /* the value falls without end */
    ENDED_STUCK,            /* the point no longer changes: the precision is used up */
    ENDED_NO_DESCENT,       /* a line search found nothing lower: the same */
    ENDED_SINGULAR,         /* the system for the direction has no solution */
    ENDED_SMALL,            /* the simplex has shrunk to a point */
    ENDED_STOPPED           /* should_stop() */
} Ending;

/* Numbers beside the objective, for each row of the trace: the value over other data. */
typedef struct Watch {
    size_t n;
    bool (*measure)(void *state, const Objective *o, double *number);      /* at o->x; false: should_stop() */
    void  *state;
} Watch;

typedef struct MinimizeOptions {
    size_t   steps;
    double   tol, tol_log2;         /* on the gradient norm, and its binary logarithm; not with mini-batches */
    size_t   batch;                 /* rows per step; 0: all */
    bool     shuffle;               /* the rows of an epoch, by the seed; false: in their order */
    uint64_t seed;
    size_t   trace;                 /* rows to keep at most, at least 4: beyond that every second, fourth, ... step */
    size_t   trace_x;               /* parameters to keep in them */
    Watch    watch;
    bool     impatient;             /* ends as stuck when the value falls by less than a millionth in SLOW_STEPS steps: another method goes on */
} MinimizeOptions;

/* Row i: after step[i] steps. Lanes: value, rate of the last step, the first parameters. With mini-batches the value is that of all
 * rows at the end of an epoch; the gradient is that of the batch. */
typedef struct Trace {
    size_t  rows, room, capacity, stride, width, parameters, watched;
    size_t *step;
    double *gradient_norm, *gradient_log2;      /* NaN: not known; the binary logarithm, where a double would be 0 */
    bool   *has_rate;
    void   *lanes;                  /* width per row: value, rate, parameters, and what the method shows */
    double *number;                 /* watched per row */
} Trace;

typedef struct Minimum {
    Ending  ending;
    size_t  steps, epochs;
    double  gradient_norm, gradient_log2, first_value, last_value;
    bool    rising;                 /* the value rose in each of the last steps */
    size_t  bad_step, bad_coordinate;      /* coordinate n: the value itself */
    void   *x, *value;              /* n lanes and one, in the arena */
    Trace   trace;
} Minimum;

/* From o->x. Numbers of the result are lanes of o->format in the arena. */
Minimum minimize_run(Arena *a, Objective *o, const Stepper *s, const MinimizeOptions *options);

#endif
