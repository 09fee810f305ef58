/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lazy series in a small quantity w: sum of c * w^e with increasing real exponents e, each term made when it is asked for.
 *
 * Nothing is ever started again: where leading terms cancel, the same stream goes on to the next. A coefficient counts as
 * zero or not by the zero test; after some cancellations the whole remainder is tested, so an identity ends its stream.
 * exp, log and powers are solved from their differential equations, in which a coefficient needs only earlier ones
 * (g = exp(h): e g[e] = sum of i h[i] g[e-i]). [Gruntz 1996, ch. 5; Knuth, TAOCP 2, 4.7] */
#include "symbolic/limits/germ.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"

enum { FIRST_DOUBT = 8, SECOND_DOUBT = 60, MOST_ZEROS = 400, MOST_POWERS = 2000 };

/* ---- exponents and coefficients ------------------------------------------------------------------------------------------ */

int exponent_sign(Engine *g, const Expr *e)
{
    int sign = 0;
    if (expr_is_number(e))
        return expr_number_sign(e);
    constant_sign(g, e, &sign);
    return sign;
}

int exponent_cmp(Engine *g, const Expr *a, const Expr *b)
{
    if (a == b)
        return 0;
    if (expr_is_number(a) && expr_is_number(b))
        return fmpq_cmp(expr_number(a), expr_number(b));
    return exponent_sign(g, expr_sub(g->pool, a, b));
}

static bool is_known_nonzero(const Expr *c)
{
    return c->kind == EXPR_SYMBOL || c->kind == EXPR_CONSTANT || (c->kind == EXPR_POW && is_known_nonzero(c->arg[0]));
}

Truth coefficient_zero(Engine *g, const Expr **c)
{
    if (*c && ((*c)->kind == EXPR_ADD || (*c)->kind == EXPR_MUL || (*c)->kind == EXPR_POW))
        *c = expr_expand(g->pool, *c);
    if (!*c || ((*c)->flags & EXPR_HAS_INFINITE)) {
        const char *why = *c ? "a coefficient is not finite" : str_copy(g->arena, pool_error(g->pool)).s;
        pool_clear_error(g->pool);
        trouble(g, *c ? NO_SERIES : UNSURE, why[0] ? why : "a coefficient is not defined");
        return UNKNOWN;
    }
    if (expr_is_number(*c))
        return expr_is_zero(*c) ? YES : NO;
    if (is_known_nonzero(*c))
        return NO;
    Truth *known = memo_get(&g->zeros, *c);
    if (!known) {
        known = arena_alloc(g->arena, sizeof *known);
        *known = expr_zero_test(g->pool, plain_tails(g, *c)).answer;
        pool_clear_error(g->pool);
        memo_put(&g->zeros, *c, known);
    }
    if (*known == UNKNOWN)
        trouble(g, UNSURE, "a coefficient could not be tested for zero");
    return *known;
}

/* ---- pulling terms ---------------------------------------------------------------------------------------------------------- */

static Stream *stream_new(Engine *g, Pull (*next)(Stream *, Term *), void *state)
{
    Stream *s = arena_alloc(g->arena, sizeof *s);
    *s = (Stream){ .g = g, .next = next, .state = state };
    return s;
}

static void append(Stream *s, Term t)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 4;
        Term  *wide = arena_array(s->g->arena, Term, room);
        for (size_t i = 0; i < s->n; i++)
            wide[i] = s->term[i];
        s->term = wide;
        s->room = room;
    }
    s->term[s->n++] = t;
}

/* Is what a stream expands equal to the terms it has? */
static bool is_exhausted(const Stream *s)
{
    Pool *p = s->g->pool;
    if (!s->of || !s->at)
        return false;
    const Expr *rest = s->of, *log_w = s->at->slow && s->at->log_w ? expr_call1(p, FN_log, s->at->w) : NULL;
    for (size_t i = 0; i < s->n; i++) {
        const Expr *c = s->term[i].c, *minus = log_w ? expr_neg(p, log_w) : NULL;
        if (minus && s->at->log_w == expr_neg(p, s->at->slow))
            c = expr_subst(p, c, &s->at->slow, &minus, 1);
        rest = expr_sub(p, rest, expr_mul(p, c, expr_pow(p, s->at->w, s->term[i].e)));
    }
    bool zero = rest && expr_zero_test(p, plain_tails(s->g, rest)).answer == YES;
    pool_clear_error(p);
    return zero;
}

bool stream_has(Stream *s, size_t i)
{
    while (s && s->n <= i && !s->ended) {
        Term t = { 0 };
        if (s->g->trouble || engine_stopped(s->g))
            return false;
        if (s->pulling)
            return trouble(s->g, UNSURE, "a series refers to itself");
        s->pulling = true;
        Pull pull = s->next(s, &t);
        s->pulling = false;
        s->ended = pull == PULL_END;
        if (s->g->trouble || pull == PULL_FAIL)
            return false;
        Truth zero = pull == PULL_END ? UNKNOWN : coefficient_zero(s->g, &t.c);
        if (zero == NO) {
            append(s, t);
            s->zeros = 0;
        } else if (zero == YES) {
            s->zeros++;
            if (s->zeros == FIRST_DOUBT || s->zeros == SECOND_DOUBT)
                s->ended = is_exhausted(s);
            if (s->zeros > MOST_ZEROS)
                return trouble(s->g, UNSURE, "too many leading terms cancel");
        }
    }
    return s && s->n > i;
}

/* ---- simple streams ------------------------------------------------------------------------------------------------------- */

static Pull nothing(Stream *s, Term *t)
{
    (void)s, (void)t;
    return PULL_END;
}

Stream *stream_zero(Engine *g)
{
    return stream_new(g, nothing, NULL);
}

Stream *stream_term(Engine *g, const Expr *c, const Expr *e)
{
    Stream *s = stream_zero(g);
    Truth   zero = coefficient_zero(g, &c);
    if (zero == UNKNOWN)
        return NULL;
    if (zero == NO)
        append(s, (Term){ e, c });
    s->ended = true;
    return s;
}

typedef struct Sum {
    size_t   n, *at;
    Stream **of;
} Sum;

static Pull sum_next(Stream *s, Term *t)
{
    Sum         *sum = s->state;
    const Expr  *e = NULL, **part = arena_array(s->g->arena, const Expr *, sum->n);
    size_t       parts = 0;
    for (size_t i = 0; i < sum->n; i++)
        if (stream_has(sum->of[i], sum->at[i])) {
            const Expr *mine = sum->of[i]->term[sum->at[i]].e;
            e = !e || exponent_cmp(s->g, mine, e) < 0 ? mine : e;
        }
    if (s->g->trouble)
        return PULL_FAIL;
    if (!e)
        return PULL_END;
    for (size_t i = 0; i < sum->n; i++)
        if (sum->of[i]->n > sum->at[i] && exponent_cmp(s->g, sum->of[i]->term[sum->at[i]].e, e) == 0)
            part[parts++] = sum->of[i]->term[sum->at[i]++].c;
    *t = (Term){ e, expr_sum(s->g->pool, part, parts) };
    return s->g->trouble ? PULL_FAIL : PULL_TERM;
}

Stream *stream_sum(Engine *g, Stream *const *of, size_t n)
{
    Sum *sum = arena_alloc(g->arena, sizeof *sum);
    for (size_t i = 0; i < n; i++)
        if (!of[i])
            return NULL;
    *sum = (Sum){ n, arena_array(g->arena, size_t, n), arena_copy(g->arena, of, n * sizeof *of) };
    return stream_new(g, sum_next, sum);
}

Stream *stream_add(Engine *g, Stream *a, Stream *b)
{
    return stream_sum(g, (Stream *[]){ a, b }, 2);
}

typedef struct Each {                /* term by term */
    Stream     *of;
    size_t      at, last;
    const Expr *c, *shift;
    const char *why;
} Each;

static Stream *each_new(Engine *g, Pull (*next)(Stream *, Term *), Each map)
{
    Each *state = arena_alloc(g->arena, sizeof *state);
    *state = map;
    return map.of ? stream_new(g, next, state) : NULL;
}

static Pull each_source(Stream *s, Term *t)
{
    Each *m = s->state;
    if (!stream_has(m->of, m->at))
        return s->g->trouble ? PULL_FAIL : PULL_END;
    *t = m->of->term[m->at++];
    return PULL_TERM;
}

static Pull scale_next(Stream *s, Term *t)
{
    Each *m = s->state;
    Pull pull = each_source(s, t);
    if (pull == PULL_TERM)
        *t = (Term){ m->shift ? expr_add(s->g->pool, t->e, m->shift) : t->e, expr_mul(s->g->pool, m->c, t->c) };
    return pull;
}

Stream *stream_scale(Engine *g, Stream *s, const Expr *c, const Expr *shift)
{
    if (expr_is_one(c) && (!shift || expr_is_zero(shift)))
        return s;
    return each_new(g, scale_next, (Each){ .of = s, .c = c, .shift = shift });
}

Stream *stream_rest(Engine *g, Stream *s, size_t from)
{
    return from ? each_new(g, each_source, (Each){ .of = s, .at = from }) : s;
}

static Pull delta_next(Stream *s, Term *t)
{
    Pull pull = each_source(s, t);
    t->c = pull == PULL_TERM ? expr_mul(s->g->pool, t->e, t->c) : NULL;
    return pull;
}

Stream *stream_delta(Engine *g, Stream *s)
{
    return each_new(g, delta_next, (Each){ .of = s });
}

static Pull integral_next(Stream *s, Term *t)
{
    Pull pull = each_source(s, t);
    if (pull != PULL_TERM)
        return pull;
    if (expr_is_zero(t->e)) {
        trouble(s->g, NO_SERIES, "the function is not finite there");
        return PULL_FAIL;
    }
    t->c = expr_div(s->g->pool, t->c, t->e);
    return PULL_TERM;
}

Stream *stream_integral(Engine *g, Stream *s)
{
    return each_new(g, integral_next, (Each){ .of = s });
}

static Pull until_next(Stream *s, Term *t)
{
    Each *m = s->state;
    if (m->at < m->last)
        return each_source(s, t);
    trouble(s->g, UNSURE, m->why);
    return PULL_FAIL;
}

Stream *stream_until(Engine *g, Stream *s, size_t n, const char *why)
{
    return each_new(g, until_next, (Each){ .of = s, .last = n, .why = why });
}

static Pull below_next(Stream *s, Term *t)
{
    Each *m = s->state;
    Pull pull = each_source(s, t);
    if (pull == PULL_END || (pull == PULL_TERM && exponent_cmp(s->g, t->e, m->shift) >= 0)) {
        trouble(s->g, UNSURE, m->why);
        return PULL_FAIL;
    }
    return pull;
}

Stream *stream_below(Engine *g, Stream *s, const Expr *e, const char *why)
{
    return each_new(g, below_next, (Each){ .of = s, .shift = e, .why = why });
}

/* ---- products and differential equations --------------------------------------------------------------------------------------- */

/* The pairs (i, j) of terms of a and b in the order of their exponents' sum. b may be the stream that is being made: then its
 * later terms come with later sums. */
typedef struct Pairs {
    Stream *a, *b;
    bool    self;                   /* b is being made */
    size_t *at, n, room;            /* at[i]: the next j of row i; rows below n are open */
} Pairs;

typedef enum Equation { PRODUCT, EXP, LOG, POWER } Equation;

typedef struct Relaxed {
    Pairs       pairs;
    Equation    equation;
    const Expr *r;
    size_t      h;                  /* LOG: the next term of h itself */
} Relaxed;

static bool pairs_term(Pairs *p, size_t i)
{
    return p->self ? i < p->b->n : stream_has(p->b, i);
}

static void open_row(Engine *g, Pairs *p)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 8, *wide = arena_array(g->arena, size_t, room);
        for (size_t i = 0; i < p->n; i++)
            wide[i] = p->at[i];
        p->at = wide;
        p->room = room;
    }
    p->at[p->n++] = 0;
}

/* The least sum of exponents among the next pairs; NULL: none, or trouble. */
static const Expr *pairs_least(Engine *g, Pairs *p)
{
    const Expr *least = NULL;
    for (size_t i = 0; !g->trouble; i++) {
        bool fresh = i == p->n;
        if (fresh && (!stream_has(p->a, i) || !pairs_term(p, 0)))
            break;
        if (!fresh && !pairs_term(p, p->at[i]))
            continue;
        const Expr *e = expr_add(g->pool, p->a->term[i].e, p->b->term[fresh ? 0 : p->at[i]].e);
        if (fresh && least && exponent_cmp(g, e, least) > 0)
            break;
        if (fresh)
            open_row(g, p);
        if (!least || exponent_cmp(g, e, least) < 0)
            least = e;
    }
    return g->trouble ? NULL : least;
}

/* The factor of a[i]*b[j] in the coefficient of w^e. */
static const Expr *weight(Pool *p, const Relaxed *r, const Expr *e, const Expr *ei, const Expr *ej)
{
    switch (r->equation) {
    case PRODUCT: break;
    case EXP:     return expr_div(p, ei, e);
    case LOG:     return expr_neg(p, expr_div(p, ej, e));
    case POWER:   return expr_div(p, expr_sub(p, expr_mul(p, r->r, ei), ej), e);
    }
    return expr_int(p, 1);
}

/* The sum of all weighted pairs with this sum of exponents. */
static const Expr *pairs_collect(Engine *g, const Relaxed *r, Pairs *p, const Expr *e, const Expr *more)
{
    const Expr **part = arena_array(g->arena, const Expr *, p->n + 2);
    size_t       parts = 0;
    fmpq_t       sum, w;
    fmpq_init(sum);
    fmpq_init(w);
    if (more)
        part[parts++] = more;
    for (size_t i = 0; i < p->n; i++) {
        if (!pairs_term(p, p->at[i]))
            continue;
        Term        a = p->a->term[i], b = p->b->term[p->at[i]];
        if (exponent_cmp(g, expr_add(g->pool, a.e, b.e), e) != 0)
            continue;
        p->at[i]++;
        const Expr *factor = weight(g->pool, r, e, a.e, b.e);
        if (factor && expr_is_number(factor) && expr_is_number(a.c) && expr_is_number(b.c)) {
            fmpq_mul(w, expr_number(a.c), expr_number(b.c));
            if (!expr_is_one(factor))
                fmpq_mul(w, w, expr_number(factor));
            fmpq_add(sum, sum, w);
        } else {
            part[parts++] = expr_product(g->pool, (const Expr *[]){ factor, a.c, b.c }, 3);
        }
    }
    part[parts] = expr_fmpq(g->pool, sum);
    fmpq_clear(w);
    fmpq_clear(sum);
    return expr_sum(g->pool, part, parts + 1);
}

static Pull relaxed_next(Stream *s, Term *t)
{
    Relaxed    *r = s->state;
    Engine     *g = s->g;
    const Expr *e = pairs_least(g, &r->pairs), *more = NULL;
    if (r->equation == LOG && !g->trouble && stream_has(r->pairs.a, r->h)) {
        Term own = r->pairs.a->term[r->h];
        int  order = e ? exponent_cmp(g, own.e, e) : -1;
        e = order < 0 ? own.e : e;
        if (order <= 0) {
            more = own.c;
            r->h++;
        }
    }
    if (g->trouble)
        return PULL_FAIL;
    if (!e)
        return PULL_END;
    *t = (Term){ e, pairs_collect(g, r, &r->pairs, e, more) };
    return g->trouble ? PULL_FAIL : PULL_TERM;
}

static Stream *relaxed_new(Engine *g, Equation equation, Stream *a, Stream *b, const Expr *r)
{
    if (!a)
        return NULL;
    Relaxed *state = arena_alloc(g->arena, sizeof *state);
    Stream  *s = stream_new(g, relaxed_next, state);
    *state = (Relaxed){ .pairs = { .a = a, .b = b ? b : s, .self = !b }, .equation = equation, .r = r };
    if (equation == EXP || equation == POWER)
        append(s, (Term){ expr_int(g->pool, 0), expr_int(g->pool, 1) });
    return s;
}

static Pull product_first(Stream *s, Term *t)
{
    Relaxed *r = s->state;
    if (!stream_has(r->pairs.a, 0) || !stream_has(r->pairs.b, 0))
        return s->g->trouble ? PULL_FAIL : PULL_END;
    Term a = r->pairs.a->term[0], b = r->pairs.b->term[0];
    open_row(s->g, &r->pairs);
    r->pairs.at[0] = 1;
    s->next = relaxed_next;
    *t = (Term){ expr_add(s->g->pool, a.e, b.e), expr_mul(s->g->pool, a.c, b.c) };
    return PULL_TERM;
}

/* The first term needs only the first terms of both. */
Stream *stream_mul(Engine *g, Stream *a, Stream *b)
{
    Stream *s = a && b ? relaxed_new(g, PRODUCT, a, b, NULL) : NULL;
    if (s)
        s->next = product_first;
    return s;
}

Stream *stream_unit_exp(Engine *g, Stream *h) { return relaxed_new(g, EXP, h, NULL, NULL); }
Stream *stream_unit_log(Engine *g, Stream *h) { return relaxed_new(g, LOG, h, NULL, NULL); }
Stream *stream_unit_power(Engine *g, Stream *h, const Expr *r) { return relaxed_new(g, POWER, h, NULL, r); }

/* ---- composition ------------------------------------------------------------------------------------------------------------------ */

typedef struct Powers {
    Coefficient  coefficient;
    void        *context;
    Stream      *h;
    size_t       n, room, *at;
    Stream     **power;             /* h^k with its coefficient, or NULL where that is zero */
    const Expr **c;
    Stream      *last;              /* h^(n-1) */
} Powers;

static void open_power(Engine *g, Powers *p)
{
    if (p->n == p->room) {
        size_t       room = p->room ? 2 * p->room : 8, *at = arena_array(g->arena, size_t, room);
        Stream     **power = arena_array(g->arena, Stream *, room);
        const Expr **c = arena_array(g->arena, const Expr *, room);
        for (size_t i = 0; i < p->n; i++)
            at[i] = p->at[i], power[i] = p->power[i], c[i] = p->c[i];
        p->at = at, p->power = power, p->c = c, p->room = room;
    }
    p->last = p->n == 0 ? stream_term(g, expr_int(g->pool, 1), expr_int(g->pool, 0)) : p->n == 1 ? p->h : stream_mul(g, p->last, p->h);
    p->c[p->n] = p->coefficient(g, p->context, p->n);
    if (!p->c[p->n])
        coefficient_zero(g, &p->c[p->n]);
    p->power[p->n] = p->c[p->n] && !expr_is_zero(p->c[p->n]) ? p->last : NULL;
    p->n++;
}

static Pull compose_next(Stream *s, Term *t)
{
    Powers     *p = s->state;
    Engine     *g = s->g;
    const Expr *least = NULL, *bound = expr_int(g->pool, 0);
    bool        small = false;
    for (size_t k = 0; !g->trouble && !engine_stopped(g); k++) {
        if (k == p->n) {
            small = small || stream_has(p->h, 0);
            if (k && !small)
                break;
            bound = k ? expr_mul(g->pool, expr_int(g->pool, (slong)k), p->h->term[0].e) : bound;
            if (least && exponent_cmp(g, bound, least) > 0)
                break;
            if (k == MOST_POWERS)
                trouble(g, UNSURE, "too many leading terms cancel");
            open_power(g, p);
        }
        if (g->trouble || !p->power[k] || !stream_has(p->power[k], p->at[k]))
            continue;
        const Expr *e = p->power[k]->term[p->at[k]].e;
        least = !least || exponent_cmp(g, e, least) < 0 ? e : least;
    }
    if (g->trouble || !least)
        return g->trouble ? PULL_FAIL : PULL_END;
    const Expr **part = arena_array(g->arena, const Expr *, p->n);
    size_t       parts = 0;
    for (size_t k = 0; k < p->n; k++)
        if (p->power[k] && p->power[k]->n > p->at[k] && exponent_cmp(g, p->power[k]->term[p->at[k]].e, least) == 0)
            part[parts++] = expr_mul(g->pool, p->c[k], p->power[k]->term[p->at[k]++].c);
    *t = (Term){ least, expr_sum(g->pool, part, parts) };
    return g->trouble ? PULL_FAIL : PULL_TERM;
}

Stream *stream_compose(Engine *g, Coefficient c, void *context, Stream *h)
{
    Powers *p = arena_alloc(g->arena, sizeof *p);
    *p = (Powers){ .coefficient = c, .context = context, .h = h };
    return h ? stream_new(g, compose_next, p) : NULL;
}
