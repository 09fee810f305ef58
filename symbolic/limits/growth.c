/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gruntz's algorithm: the leading term of an expression in its most rapidly varying part.
 *
 * First the variable itself is tried, w = 1/x, with log(x) as a slower variable: that decides everything without
 * exponentials of what tends to infinity. If there are such, the fastest class of them is found by the limits of g1/g2 for exp(g1),
 * exp(g2); the class is written as powers of one w = exp(-|g|) -> 0 times slower functions; the exponent of the leading
 * term in w decides, or else its coefficient, a slower function, is asked in turn. Everything is remembered by node.
 * [Gruntz 1996, ch. 3] */
#include "symbolic/limits/germ.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"

#include <time.h>

enum { MOST_DEPTH = 40, MOST_EXPONENTIALS = 32 };

/* ---- the engine ------------------------------------------------------------------------------------------------------------------ */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

Engine *engine_new(Pool *p, Arena *a, const Expr *like, double seconds)
{
    Engine *g = arena_alloc(a, sizeof *g);
    *g = (Engine){ .pool = p, .arena = a, .deadline = now() + seconds, .germs = memo_new(a), .zeros = memo_new(a), .prepared = memo_new(a),
                    .bounded = memo_new(a) };
    for (int k = 0; k < MOST_LEVELS; k++)
        g->level[k] = NULL;
    g->level[0] = expr_positive(p, like);
    return g;
}

bool trouble(Engine *g, Trouble t, const char *why)
{
    if (!g->trouble) {
        g->trouble = t;
        g->why = why;
    }
    return false;
}

bool engine_stopped(Engine *g)
{
    if (should_stop() || now() > g->deadline) {
        g->trouble = UNSURE;
        g->why = should_stop() ? "interrupted" : "the time for one limit is over";
        return true;
    }
    return false;
}

const Expr *level_after(Engine *g, const Expr *var)
{
    size_t k = 0;
    while (k + 1 < MOST_LEVELS && g->level[k] && g->level[k] != var)
        k++;
    k = k + 1 < MOST_LEVELS && g->level[k] ? k : 0;
    if (k + 1 == MOST_LEVELS)
        return NULL;
    if (!g->level[k + 1])
        g->level[k + 1] = expr_positive(g->pool, g->level[0]);
    return g->level[k + 1];
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------------- */

/* e as the user reads it: with definitions for tails, and logarithms for the slower variables. */
static const Expr *readable(Engine *g, const Expr *e)
{
    Pool       *p = g->pool;
    const Expr *to[MOST_LEVELS];
    size_t      n = 0;
    for (; n < MOST_LEVELS && g->level[n]; n++)
        to[n] = n == 0 ? (g->shown ? g->shown : g->level[0]) : n == 1 && g->small ? expr_neg(p, expr_call1(p, FN_log, g->small))
                                                                                 : expr_call1(p, FN_log, to[n - 1]);
    return expr_subst(p, plain_tails(g, e), g->level, to, n);
}

void engine_step(Engine *g, const char *rule, const Expr *before, const Expr *after, const char *note)
{
    const Expr *left = readable(g, before), *right = readable(g, after);
    if (g->steps && left && right && (left != right || note))
        report_step(g->steps, rule, left == right ? NULL : left, right, note ? str_of(note) : (Str){ 0 });
    pool_clear_error(g->pool);
}

/* The first terms of the stream of e, of which the first decides. */
static void step_of_expansion(Engine *g, const Local *q, const Expr *e, Stream *s, int sign)
{
    Pool       *p = g->pool;
    Trouble     before = g->trouble;
    const Expr *sum = expr_int(p, 0);
    const char *note = sign > 0 ? "tends to 0" : sign < 0 ? "is not bounded" : NULL;
    for (size_t i = 0; i < 2 && stream_has(s, i); i++)
        sum = expr_add(p, sum, expr_mul(p, s->term[i].c, expr_pow(p, q->w, s->term[i].e)));
    if (stream_has(s, 2) && expr_is_number(s->term[2].e) && expr_number_sign(s->term[2].e) > 0)
        sum = expr_add(p, sum, expr_order(p, expr_pow(p, q->w, s->term[2].e)));
    g->trouble = before;
    pool_clear_error(p);
    engine_step(g, "expansion", e, sum, note);
}

static void steps_of_preparation(Engine *g, const Expr *e, const Expr *prepared)
{
    engine_step(g, "by exp and log", e, prepared, NULL);
    for (size_t i = 0; i < g->phases; i++)
        engine_step(g, g->phase[i].step ? "fraction" : "oscillation", g->phase[i].base, g->phase[i].theta,
                    g->phase[i].step ? "modulo 1 it takes all values" : "as an angle it takes all values");
}

/* ---- signs of constants ------------------------------------------------------------------------------------------------------------- */

/* An assumption of the case that is looked at. */
static bool given_sign(const Engine *g, const Expr *c, int *sign)
{
    for (size_t i = 0; i < g->cases; i++)
        if (g->given[i].e == c) {
            *sign = g->given[i].sign;
            return true;
        }
    return false;
}

/* A coefficient with parameters: by what is assumed, else factor by factor. */
static bool parameter_sign(Engine *g, const Expr *c, int *sign)
{
    Pool       *p = g->pool;
    const Expr *rest, *number = expr_split_coefficient(p, c, &rest);
    bool        or_zero;
    int         part;
    if (given_sign(g, c, sign))
        return true;
    if (expr_sign_everywhere(p, c, sign, &or_zero).answer == YES && *sign && !or_zero)
        return true;
    if (rest != c) {
        bool known = constant_sign(g, rest, sign);
        *sign *= expr_number_sign(number);
        return known;
    }
    if (c->kind == EXPR_MUL) {
        *sign = 1;
        for (size_t i = 0; i < c->arity; i++) {
            if (!constant_sign(g, c->arg[i], &part))
                return false;
            *sign *= part;
        }
        return true;
    }
    slong n;
    if (c->kind == EXPR_POW && expr_fits_slong(c->arg[1], &n)) {
        bool known = constant_sign(g, c->arg[0], &part);
        *sign = n % 2 == 0 && part ? 1 : part;
        return known;
    }
    const Expr *factored = c->kind == EXPR_ADD ? expr_factor(p, c) : NULL;
    if (factored && factored->kind != EXPR_ADD)
        return constant_sign(g, factored, sign);
    if (given_sign(g, expr_neg(p, c), sign)) {
        *sign = -*sign;
        return true;
    }
    g->split = g->split ? g->split : c;
    return trouble(g, UNSURE, "the sign of a coefficient depends on the parameters");
}

bool constant_sign(Engine *g, const Expr *c, int *sign)
{
    *sign = 0;
    if (!c)
        return trouble(g, UNSURE, "a coefficient is not defined");
    if (expr_is_number(c)) {
        *sign = expr_number_sign(c);
        return true;
    }
    c = plain_tails(g, c);
    if (has_phase(g, c))
        return phase_sign(g, c, sign);
    if (!expr_is_numeric(c))
        return parameter_sign(g, c, sign);
    Verdict v = expr_sign(g->pool, c, sign);
    if (v.answer == YES)
        return true;
    return trouble(g, UNSURE, v.answer == NO ? "a coefficient is not real" : "the sign of a coefficient was not decided");
}

/* ---- germs ------------------------------------------------------------------------------------------------------------------------------- */

static Germ failed(Engine *g)
{
    Germ r = { .trouble = g->trouble ? g->trouble : UNSURE, .why = g->why ? g->why : "a coefficient is not defined" };
    g->trouble = CLEAR;
    g->why = NULL;
    return r;
}

static const Germ *kept(Engine *g, Germ r)
{
    return arena_copy(g->arena, &r, sizeof r);
}

/* From the leading term of a stream. */
static Germ from_lead(Engine *g, const Local *q, const Expr *e, Stream *s, bool trace)
{
    const Expr *zero = expr_int(g->pool, 0);
    if (!s || (!stream_has(s, 0) && g->trouble))
        return failed(g);
    if (s->n == 0)
        return (Germ){ .order = 1, .value = zero, .lead = zero };
    Term lead = s->term[0];
    int  sign = exponent_sign(g, lead.e);
    bool moving = q->slow && expr_depends(g->pool, lead.c, q->slow);
    if (g->trouble)
        return failed(g);
    if (trace)
        step_of_expansion(g, q, e, s, sign);
    g->trace = trace;
    if (sign == 0 && moving)
        return *germ_of(g, lead.c, q->slow);
    g->trace = false;
    return (Germ){ .order = sign, .value = sign > 0 ? zero : sign == 0 ? lead.c : NULL, .lead = lead.c, .slow = moving ? q->slow : NULL };
}

const Germ *germ_at(Engine *g, Local *q, const Expr *e)
{
    bool trace = g->trace;
    g->trace = false;
    return kept(g, from_lead(g, q, e, stream_of(q, e), trace));
}

bool germ_sign(Engine *g, const Germ *germ, int *sign)
{
    *sign = 0;
    if (germ->trouble)
        return trouble(g, germ->trouble, germ->why);
    return germ->slow ? sign_at_infinity(g, germ->lead, germ->slow, sign) : constant_sign(g, germ->lead, sign);
}

bool sign_at_infinity(Engine *g, const Expr *e, const Expr *var, int *sign)
{
    if (!e || !expr_depends(g->pool, e, var))
        return constant_sign(g, e, sign);
    return germ_sign(g, germ_of(g, e, var), sign);
}

/* ---- exp, log and tails only --------------------------------------------------------------------------------------------------------------- */

/* One node, whose arguments are prepared. */
static const Expr *rewrite_node(Engine *g, const Expr *v, const Expr *var)
{
    Pool *p = g->pool;
    if (v->kind == EXPR_POW && expr_depends(p, v->arg[1], var))
        return expr_call1(p, FN_exp, expr_mul(p, v->arg[1], expr_call1(p, FN_log, v->arg[0])));
    if (v->kind == EXPR_CALL)
        return rewrite_call(g, v, var);
    if (v->kind == EXPR_PIECEWISE) {
        Local *q = local_new(g, var, NULL, 1);
        for (size_t i = 0; i + 1 < v->arity; i += 2) {
            Truth t = local_holds(q, v->arg[i]);
            if (t == UNKNOWN)
                trouble(g, UNSURE, "a condition was not decided");
            if (t != NO)
                return t == YES ? v->arg[i + 1] : NULL;
        }
        return v->arg[v->arity - 1];
    }
    return v;
}

const Expr *prepare(Engine *g, const Expr *e, const Expr *var)
{
    Pool *p = g->pool;
    if (++g->depth > MOST_DEPTH)
        trouble(g, UNSURE, "functions are nested too deeply");
    Nodes nodes = e ? expr_nodes(p, g->arena, &e, 1) : (Nodes){ 0 };
    for (size_t i = 0; i < nodes.n && !g->trouble; i++) {
        const Expr *v = nodes.at[i], *to = v;
        if (!expr_depends(p, v, var) || memo_get(&g->prepared, v))
            continue;
        const Expr **arg = arena_array(g->arena, const Expr *, v->arity + 1);
        bool         changed = false;
        for (size_t k = 0; k < v->arity; k++) {
            const Expr *done = memo_get(&g->prepared, v->arg[k]);
            arg[k] = done ? done : v->arg[k];
            changed = changed || arg[k] != v->arg[k];
        }
        to = changed ? expr_remake(p, v, arg) : v;
        const Expr *rewritten = to && expr_depends(p, to, var) ? rewrite_node(g, to, var) : to;
        if (rewritten && rewritten != to && !engine_stopped(g))
            rewritten = prepare(g, rewritten, var);
        if (!rewritten)
            trouble(g, UNSURE, "a function could not be rewritten at infinity");
        else
            memo_put(&g->prepared, v, rewritten);
    }
    g->depth--;
    pool_clear_error(p);
    if (g->trouble || !e)
        return NULL;
    const Expr *done = memo_get(&g->prepared, e);
    return done ? done : e;
}

/* ---- the fastest exponentials --------------------------------------------------------------------------------------------------------------- */

typedef struct Fastest {
    size_t      n;
    const Expr *node[MOST_EXPONENTIALS];        /* exp(g), all of one class, arguments first */
} Fastest;

/* The limit of a/b as var -> oo: 0, 1 (finite, in *value) or -1; trouble on failure. */
static int ratio(Engine *g, const Expr *a, const Expr *b, const Expr *var, const Expr **value)
{
    const Germ *r = germ_of(g, expr_div(g->pool, a, b), var);
    if (r->trouble) {
        trouble(g, r->trouble, r->why);
        return 0;
    }
    *value = r->value;
    return r->order > 0 ? 0 : r->order == 0 ? 1 : -1;
}

static bool compare(Engine *g, Fastest *f, const Expr *node, const Expr *var)
{
    const Expr *value;
    int         order = f->n ? ratio(g, node->arg[0], f->node[0]->arg[0], var, &value) : -1;
    if (g->trouble)
        return false;
    if (order == 0)
        return true;
    f->n = order < 0 ? 0 : f->n;
    if (f->n == MOST_EXPONENTIALS)
        return trouble(g, UNSURE, "too many exponentials");
    f->node[f->n++] = node;
    return true;
}

static bool fastest(Engine *g, const Expr *e, const Expr *var, Fastest *f)
{
    Pool       *p = g->pool;
    Nodes       nodes = expr_nodes(p, g->arena, &e, 1);
    const Expr *log_x = expr_call1(p, FN_log, var), *value;
    f->n = 0;
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *v = nodes.at[i];
        if (!expr_is_call(v, FN_exp) || !expr_depends(p, v, var))
            continue;
        int order = ratio(g, v->arg[0], log_x, var, &value);
        if (g->trouble || (order < 0 && !compare(g, f, v, var)))
            return false;
    }
    return true;
}

/* Every exp(g) of the class becomes exp(g - c*log(w)) * w^c with c = lim g/log(w); inner nodes first, because an exponent
 * may contain others of the class. */
static const Expr *in_powers_of(Engine *g, const Expr *e, const Fastest *f, const Expr *var, const Expr *w, const Expr *log_w)
{
    Pool       *p = g->pool;
    const Expr *image[MOST_EXPONENTIALS];
    for (size_t i = 0; i < f->n; i++) {
        const Expr *exponent = f->node[i]->arg[0], *c = NULL;
        if (ratio(g, exponent, log_w, var, &c) != 1) {
            trouble(g, UNSURE, "an exponential could not be rewritten");
            return NULL;
        }
        if (has_phase(g, c)) {
            trouble(g, UNSURE, "an oscillating rate of growth");
            return NULL;
        }
        exponent = expr_subst(p, exponent, f->node, image, i);
        const Expr *rest = expr_expand(p, expr_sub(p, exponent, expr_mul(p, c, log_w)));
        image[i] = expr_mul(p, expr_call1(p, FN_exp, rest), expr_pow(p, w, c));
    }
    return expr_subst(p, e, f->node, image, f->n);
}

static Germ by_fastest(Engine *g, const Expr *e, const Fastest *f, const Expr *var, bool trace)
{
    Pool       *p = g->pool;
    int         sign;
    const Expr *exponent = f->node[0]->arg[0], *w = expr_positive(p, expr_symbol(p, STR("w")));
    if (!sign_at_infinity(g, exponent, var, &sign))
        return failed(g);
    const Expr *log_w = sign > 0 ? expr_neg(p, exponent) : exponent;
    const Expr *powers = in_powers_of(g, e, f, var, w, log_w);
    if (!powers)
        return failed(g);
    if (trace) {
        engine_step(g, "fastest", w, expr_call1(p, FN_exp, log_w), "it tends to 0 faster than the rest changes");
        engine_step(g, "in powers of w", e, powers, NULL);
    }
    Local *q = local_fast(g, w, log_w, var);
    Germ   r = from_lead(g, q, powers, stream_of(q, powers), trace);
    if (r.trouble == GROWS)
        r.trouble = UNSURE;
    return r;
}

static Germ by_growth(Engine *g, const Expr *e, const Expr *var, bool trace)
{
    Fastest     f;
    const Expr *asked = e;
    e = prepare(g, e, var);
    if (e && trace)
        steps_of_preparation(g, asked, e);
    if (!e || !fastest(g, e, var, &f))
        return failed(g);
    if (!expr_depends(g->pool, e, var))
        return *germ_of(g, e, var);
    if (f.n)
        return by_fastest(g, e, &f, var, trace);
    Local *q = local_new(g, var, NULL, 1);
    Germ   r = from_lead(g, q, e, stream_of(q, e), trace);
    if (r.trouble == GROWS)
        r.trouble = UNSURE;
    return r;
}

const Germ *germ_of(Engine *g, const Expr *e, const Expr *var)
{
    if (!e || g->trouble) {
        trouble(g, UNSURE, "a quotient is not defined");
        return kept(g, failed(g));
    }
    if (!expr_depends(g->pool, e, var)) {
        const Expr *c = e;
        Truth       zero = coefficient_zero(g, &c);
        if (zero == UNKNOWN)
            return kept(g, failed(g));
        return kept(g, (Germ){ .order = zero == YES, .value = zero == YES ? expr_int(g->pool, 0) : c, .lead = zero == YES ? expr_int(g->pool, 0) : c });
    }
    const Germ *known = memo_get(&g->germs, e);
    if (known)
        return known;
    if (g->depth >= MOST_DEPTH || engine_stopped(g)) {
        trouble(g, UNSURE, "rates of growth are nested too deeply");
        return kept(g, failed(g));
    }
    bool trace = g->trace;
    g->trace = false;
    g->depth++;
    Local *q = local_new(g, var, NULL, 1);
    Germ   r = q->slow ? from_lead(g, q, e, stream_of(q, e), trace) : (Germ){ .trouble = UNSURE, .why = "too many nested logarithms" };
    if (r.trouble == GROWS)
        r = by_growth(g, e, var, trace);
    g->depth--;
    const Germ *germ = kept(g, r);
    memo_put(&g->germs, e, germ);
    return germ;
}
