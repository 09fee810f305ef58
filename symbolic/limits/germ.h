/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Germs: what an expression does as its variable tends to oo, and what the files that find it out share.
 *
 *     stream.c     the lazy series type and its arithmetic
 *     expand.c     from expressions to streams; expand_call.c: the functions at regular points and poles
 *     asymptotic.c rewriting at infinity: exp, log, and slowly varying tails of the special functions
 *     phase.c      oscillation: sin(f) with f -> oo is the sine of a free angle
 *     growth.c     Gruntz's algorithm
 *
 * One Engine serves one limit. The first trouble in it stays, and everything after it fails. */
#ifndef SYMBOLIC_LIMITS_GERM_H
#define SYMBOLIC_LIMITS_GERM_H

#include "base/report.h"
#include "symbolic/expr/memo.h"

typedef enum Trouble {
    CLEAR,
    NO_SERIES,                      /* there is no expansion of this kind */
    GROWS,                          /* an exponential or a special function of what tends to oo: rates must be compared */
    UNSURE                          /* a coefficient or a sign was not decided, or a budget ended */
} Trouble;

enum { MOST_LEVELS = 24, MOST_PHASES = 6, MOST_CASES = 8 };

typedef struct Phase {              /* sin(f), cos(f), floor(f) with f -> oo: f = theta modulo the period, theta free */
    const Expr *theta, *base;       /* a symbol, and what it stands for */
    bool        step;               /* of floor: theta runs through 0..1 */
    slong       turns;              /* theta runs through 0..2*pi*turns */
    bool        dependent;          /* base oscillates itself: not all values need occur */
} Phase;

typedef struct Case { const Expr *e; int sign; } Case;      /* assumed about a parameter */

typedef struct Engine {
    Pool       *pool;
    Arena      *arena;
    Trouble     trouble;
    const char *why;
    double      deadline;           /* seconds of the monotonic clock */
    const Expr *level[MOST_LEVELS]; /* level[k + 1] stands for log(level[k]) */
    Memo        germs, zeros, prepared, bounded;
    Phase       phase[MOST_PHASES];
    size_t      phases;
    bool        sign_changes;       /* a coefficient was found to oscillate between both signs */
    Case        given[MOST_CASES];
    size_t      cases;
    const Expr *split;              /* the sign of this decides: the caller may ask case by case */
    const Expr *nonzero[MOST_CASES];/* coefficients in parameters that were divided by */
    size_t      nonzeros;
    int         depth;
    Report     *steps;              /* where rules are recorded, or NULL */
    bool        trace;              /* the germ that is looked for is the one that was asked for */
    const Expr *shown, *small;      /* how level[0] is shown in steps: 1/(x - a); and x - a at a finite point */
} Engine;

/* ---- the engine ------------------------------------------------------------------------------------------------------ */

Engine     *engine_new(Pool *p, Arena *a, const Expr *like, double seconds);
bool        trouble(Engine *g, Trouble t, const char *why);          /* records the first one; false */
void        engine_step(Engine *g, const char *rule, const Expr *before, const Expr *after, const char *note);
bool        engine_stopped(Engine *g);                               /* records a trouble if the time is over */
/* The sign of a coefficient free of moving variables: numbers, phases, parameters. False: not known (trouble). */
bool        constant_sign(Engine *g, const Expr *c, int *sign);
/* Is the coefficient zero? Tidies it. UNKNOWN leaves trouble. */
Truth       coefficient_zero(Engine *g, const Expr **c);
const Expr *plain_tails(Engine *g, const Expr *e);                   /* asymptotic.c: with the definitions of tails */
bool        has_phase(const Engine *g, const Expr *e);               /* phase.c */
bool        phase_sign(Engine *g, const Expr *c, int *sign);
bool        phase_bounded(Engine *g, const Expr *c);                 /* for all angles? Else trouble */

/* ---- streams ------------------------------------------------------------------------------------------------------------ */

typedef struct Term { const Expr *e, *c; } Term;                     /* c * w^e, e a real constant */
typedef enum Pull { PULL_TERM, PULL_END, PULL_FAIL } Pull;
typedef struct Local Local;

typedef struct Stream Stream;
struct Stream {                     /* terms by increasing exponent, none zero, made when asked for */
    Engine      *g;
    Pull       (*next)(Stream *s, Term *t);                          /* the next one, which may be zero */
    void        *state;
    Term        *term;
    size_t       n, room;
    bool         ended, pulling;
    unsigned     zeros;             /* cancelled since the last term */
    const Expr  *of;                /* what it expands, or NULL */
    const Local *at;
};

struct Local {                      /* an expansion in w -> 0+ */
    Engine     *g;
    const Expr *var;
    Stream     *image;              /* what stands for var */
    const Expr *w;                  /* w as an expression in var */
    const Expr *log_w;              /* log(w) */
    const Expr *slow;               /* the variable -> oo that coefficients may contain */
    bool        folded;             /* a sign was used that differs on the other side of the point */
    bool        one_sided;          /* so was a logarithm or a root of w */
    bool        flat;               /* exp of what tends to -oo is beyond all powers of w: it counts as 0 */
    int         depth;
    Memo        memo;
};

bool        stream_has(Stream *s, size_t i);                         /* is there a term i? Makes it. */
int         exponent_cmp(Engine *g, const Expr *a, const Expr *b);
int         exponent_sign(Engine *g, const Expr *e);
typedef const Expr *(*Coefficient)(Engine *g, void *context, size_t k);

Stream     *stream_zero(Engine *g);
Stream     *stream_term(Engine *g, const Expr *c, const Expr *e);
Stream     *stream_sum(Engine *g, Stream *const *s, size_t n);
Stream     *stream_add(Engine *g, Stream *a, Stream *b);
Stream     *stream_scale(Engine *g, Stream *s, const Expr *c, const Expr *shift);    /* c * w^shift * s */
Stream     *stream_rest(Engine *g, Stream *s, size_t from);          /* without its first terms */
Stream     *stream_mul(Engine *g, Stream *a, Stream *b);
Stream     *stream_delta(Engine *g, Stream *s);                      /* w d/dw */
Stream     *stream_integral(Engine *g, Stream *s);                   /* the inverse */
Stream     *stream_unit_exp(Engine *g, Stream *h);                   /* exp(h), h small */
Stream     *stream_unit_log(Engine *g, Stream *h);                   /* log(1 + h) */
Stream     *stream_unit_power(Engine *g, Stream *h, const Expr *r);  /* (1 + h)^r */
Stream     *stream_compose(Engine *g, Coefficient c, void *context, Stream *h);      /* sum of c[k] h^k */
Stream     *stream_until(Engine *g, Stream *s, size_t n, const char *why);           /* only its first n terms are known */
Stream     *stream_below(Engine *g, Stream *s, const Expr *e, const char *why);      /* only its terms below w^e are known */

/* ---- expressions to streams ------------------------------------------------------------------------------------------- */

Local      *local_new(Engine *g, const Expr *var, const Expr *point, int side);      /* point NULL: side*oo */
Local      *local_fast(Engine *g, const Expr *w, const Expr *log_w, const Expr *slow);
Stream     *stream_of(Local *q, const Expr *e);                      /* NULL with trouble */
Stream     *stream_of_call(Local *q, const Expr *e);
Stream     *stream_by_derivatives(Local *q, const Expr *e, size_t i, const Expr *c, Stream *h);     /* argument i is c + h */
const Expr *call_form(Pool *p, const Expr *e);                       /* a function that is short for others, or NULL */
bool        local_sign(Local *q, Stream *s, int *sign);              /* beside the point; 0: identically zero */
Stream     *local_inverse(Local *q, Stream *s);
Stream     *local_power(Local *q, Stream *s, const Expr *r);
Stream     *local_exp(Local *q, Stream *s);
Stream     *local_log(Local *q, Stream *s);
/* s = c + h with h small; false with GROWS if s is infinite. */
bool        local_split(Local *q, Stream *s, const Expr **c, Stream **h);
Truth       local_holds(Local *q, const Expr *condition);            /* beside the point */

/* ---- growth -------------------------------------------------------------------------------------------------------------- */

typedef struct Germ {
    Trouble     trouble;
    const char *why;
    int         order;              /* 1: tends to 0, 0: finite and not 0, -1: infinite */
    const Expr *value;              /* of the limit if order >= 0 */
    const Expr *lead, *slow;        /* the sign is that of lead as slow -> oo (NULL: constant) */
} Germ;

const Germ *germ_of(Engine *g, const Expr *e, const Expr *var);      /* as var -> oo; never NULL */
const Germ *germ_at(Engine *g, Local *q, const Expr *e);             /* by the stream at a place */
bool        germ_sign(Engine *g, const Germ *germ, int *sign);
/* The sign for large var; false with trouble. */
bool        sign_at_infinity(Engine *g, const Expr *e, const Expr *var, int *sign);
const Expr *level_after(Engine *g, const Expr *var);                 /* the symbol for log(var) */

/* e with what tends to oo written by exp, log, tails and phases. NULL with trouble. */
const Expr *prepare(Engine *g, const Expr *e, const Expr *var);
const Expr *rewrite_call(Engine *g, const Expr *e, const Expr *var);              /* asymptotic.c: one node; e itself if nothing is to be done */
Stream     *stream_of_tail(Local *q, const Expr *e);
const Expr *rewrite_oscillation(Engine *g, const Expr *e, const Expr *var);       /* phase.c */

#endif
