/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits from germs: one side, both sides, cases of parameters, reasons for what does not exist.
 *
 * From one side the expansion at x = a + t decides; where that meets growth or oscillation, x = a + 1/u with u -> oo is
 * given to growth.c. A value that contains free angles is a range: if it is no single value, the function oscillates.
 * If the sign of a parameter decides, each sign is looked at on its own and the values make a piecewise expression. What is
 * found is compared with balls near the point; values that contradict it make it uncertain, never an answer. */
#include "symbolic/limits/limit.h"

#include "base/report.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/limits/phase.h"

enum { MOST_SPLITS = 3, SLOW_LEVELS = 3 };

typedef struct Question {
    Pool       *pool;
    Arena      *arena;
    const Expr *f, *x, *to;
    int         side;
    double      seconds;
    Report     *steps;
    Case        given[MOST_CASES];  /* what is assumed about parameters */
    size_t      cases;
} Question;

typedef struct Finding {            /* a limit, and what was learned on the way */
    Limit       limit;
    bool        symmetric;          /* a Laurent expansion: the other side has the same one */
    int         parity;             /* of the leading exponent, if it is symmetric: 1 odd */
    const Expr *split;              /* the sign of this would decide */
    const Expr *nonzero[MOST_CASES];
    size_t      nonzeros;
} Finding;

static Limit undecided(const char *why) { return (Limit){ .answer = LIMIT_UNDECIDED, .why = str_of(why ? why : "") }; }

static Limit found(const Expr *value)
{
    return value ? (Limit){ .answer = LIMIT_FOUND, .value = value } : undecided("the value could not be written down");
}

static const Expr *infinity(Pool *p, int sign)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return sign < 0 ? expr_neg(p, oo) : oo;
}

static bool is_infinite(Pool *p, const Expr *e) { return e == infinity(p, 1) || e == infinity(p, -1); }

static bool same(Pool *p, const Expr *a, const Expr *b)
{
    bool infinite = is_infinite(p, a) || is_infinite(p, b) || (a->flags & EXPR_HAS_INFINITE) || (b->flags & EXPR_HAS_INFINITE);
    return a == b || (!infinite && expr_zero_test(p, expr_sub(p, a, b)).answer == YES);
}

/* ---- from a germ ---------------------------------------------------------------------------------------------------------------------- */

static Limit oscillating(LimitFailure failure, const Expr *low, const Expr *high)
{
    return (Limit){ .answer = LIMIT_NONE, .failure = failure, .low = low, .high = high };
}

static bool independent(const Engine *g)
{
    for (size_t i = 0; i < g->phases; i++)
        if (g->phase[i].dependent)
            return false;
    return true;
}

static Limit from_germ(Engine *g, const Germ *germ)
{
    const Expr *low, *high;
    int         sign;
    if (germ->trouble)
        return undecided(germ->why);
    if (germ->order > 0)
        return found(expr_int(g->pool, 0));
    if (germ->order < 0) {
        bool known = germ_sign(g, germ, &sign) && sign;
        const char *why = g->why;
        g->trouble = CLEAR;
        if (known)
            return found(infinity(g->pool, sign));
        return g->sign_changes && independent(g) ? oscillating(FAILS_UNBOUNDED, NULL, NULL) : undecided(why ? why : "the sign of the leading term is not known");
    }
    if (!has_phase(g, germ->value))
        return found(plain_tails(g, germ->value));
    Truth one = phase_range(g, germ->value, &low, &high);
    if (one == YES)
        return found(low);
    return one == NO ? oscillating(FAILS_OSCILLATES, low, high) : undecided("its oscillations depend on each other");
}

/* Along the sequences where the angles have fixed values: two different limits prove that there is none. */
static Limit by_sequences(Engine *g, const Expr *e, const Expr *u, Limit l)
{
    static const slong quarter[] = { 1, 3, 0, 2 };
    Pool       *p = g->pool;
    const Expr *first = NULL;
    size_t      phases = g->phases;
    if (!phases || !independent(g))
        return l;
    for (int k = 0; k < 4; k++) {
        const Expr *from[MOST_PHASES], *to[MOST_PHASES];
        for (size_t i = 0; i < phases; i++) {
            from[i] = g->phase[i].theta;
            to[i] = g->phase[i].step ? expr_ratio(p, quarter[k], 4) : expr_mul(p, expr_ratio(p, quarter[k], 2), expr_constant(p, CONSTANT_PI));
        }
        const Expr *fixed = expr_subst(p, e, from, to, phases);
        pool_clear_error(p);
        g->trouble = CLEAR;
        if (!fixed)
            continue;
        Limit along = from_germ(g, germ_of(g, fixed, u));
        if (along.answer != LIMIT_FOUND)
            continue;
        if (first && first != along.value && (is_infinite(p, first) || is_infinite(p, along.value) || expr_zero_test(p, expr_sub(p, first, along.value)).answer == NO))
            return oscillating(FAILS_SEQUENCES, first, along.value);
        first = first ? first : along.value;
    }
    return l;
}

/* x = image(u) with u -> oo */
static const Expr *image_at_infinity(const Question *q, const Expr *u)
{
    Pool *p = q->pool;
    if (is_infinite(p, q->to))
        return q->to == infinity(p, 1) ? u : expr_neg(p, u);
    return expr_add(p, q->to, expr_mul(p, expr_int(p, q->side), expr_powi(p, u, -1)));
}

/* ---- steps -------------------------------------------------------------------------------------------------------------------------------- */

static void step(const Question *q, const char *rule, const Expr *before, const Expr *after, const char *note)
{
    if (q->steps && (before || after))
        report_step(q->steps, rule, before, after, note ? str_of(note) : (Str){ 0 });
}

/* ---- one side -------------------------------------------------------------------------------------------------------------------------------- */

static Engine *engine_for(const Question *q)
{
    const Expr *like = is_infinite(q->pool, q->to) ? q->x : expr_symbol(q->pool, STR("u"));
    Engine     *g = engine_new(q->pool, q->arena, like, q->seconds);
    g->steps = q->steps;
    g->cases = q->cases;
    for (size_t i = 0; i < q->cases; i++)
        g->given[i] = q->given[i];
    return g;
}

static size_t levels_used(const Engine *g)
{
    size_t n = 0;
    while (n < MOST_LEVELS && g->level[n])
        n++;
    return n - 1;
}

/* A variable that takes whole values only sees other values of an oscillation. */
static Limit for_whole_numbers(const Question *q, Limit l)
{
    bool whole = false;
    pool_fact(q->pool, q->x, &whole);
    return whole && l.answer == LIMIT_NONE ? undecided("for whole numbers the oscillation may be another one") : l;
}

static Limit checked(const Question *q, const Engine *g, Limit l)
{
    bool dependable = levels_used(g) < SLOW_LEVELS;         /* else values near the point tell nothing yet */
    if (l.answer != LIMIT_FOUND || q->cases || !dependable || !expr_depends(q->pool, q->f, q->x))
        return l;
    if (limit_confirmed(q->pool, q->arena, q->f, l.value, q->x, q->to, q->side) != NO)
        return l;
    return undecided("it is uncertain: values near the point do not confirm what the expansion gives");
}

static Finding one_side(const Question *q)
{
    Engine     *g = engine_for(q);
    bool        infinite = is_infinite(q->pool, q->to);
    int         side = infinite ? (q->to == infinity(q->pool, 1) ? 1 : -1) : q->side;
    Local      *place = local_new(g, q->x, infinite ? NULL : q->to, side);
    g->shown = expr_powi(q->pool, place->w, -1);
    g->small = infinite ? NULL : place->w;
    g->trace = g->steps;
    const Germ *germ = germ_at(g, place, q->f);
    Stream     *s = germ->trouble ? NULL : stream_of(place, q->f);
    Finding     r = { .symmetric = !infinite && !place->folded && !place->one_sided };
    if (germ->trouble == GROWS) {
        const Expr *u = g->level[0], *image = image_at_infinity(q, u), *e = expr_subst(q->pool, q->f, &q->x, &image, 1);
        r.symmetric = false;
        g->shown = g->small = NULL;
        g->trace = g->steps;
        if (!infinite)
            step(q, "substitution", q->x, image, "u -> oo");
        germ = germ_of(g, e, u);
        r.limit = from_germ(g, germ);
        if (r.limit.answer == LIMIT_UNDECIDED && g->phases) {
            const Expr *prepared = prepare(g, e, u);
            g->trouble = CLEAR;
            r.limit = prepared ? by_sequences(g, prepared, u, r.limit) : r.limit;
        }
    } else {
        slong n;
        r.limit = from_germ(g, germ);
        bool whole = s && s->n && expr_fits_slong(s->term[0].e, &n);
        r.parity = whole && n % 2 != 0;
        r.symmetric = r.symmetric && (whole || (s && !s->n)) && !germ->slow;
    }
    pool_clear_error(q->pool);
    r.split = g->split;
    r.nonzeros = g->nonzeros;
    for (size_t i = 0; i < g->nonzeros; i++)
        r.nonzero[i] = g->nonzero[i];
    r.limit = for_whole_numbers(q, checked(q, g, r.limit));
    if (r.limit.answer == LIMIT_UNDECIDED && g->split)
        r.limit.why = STR("the answer depends on the signs of parameters");
    return r;
}

/* ---- both sides -------------------------------------------------------------------------------------------------------------------------------- */

static Finding undefined_there(void)
{
    return (Finding){ .limit = { .answer = LIMIT_NONE, .failure = FAILS_UNDEFINED } };
}

static Finding on_side(const Question *q, int side)
{
    Question one = *q;
    one.side = side;
    bool real = (q->f->flags & EXPR_HAS_I) || limit_is_real(q->pool, q->arena, q->f, q->x, q->to, side) != NO;
    return real ? one_side(&one) : undefined_there();
}

/* The function is complex on both sides: its limit is that of a complex function, if the sides agree. */
static Limit complex_limit(const Question *q)
{
    Question one = *q;
    one.side = 1;
    Limit right = one_side(&one).limit;
    one.side = -1;
    Limit left = right.answer == LIMIT_FOUND ? one_side(&one).limit : right;
    bool  agree = left.answer == LIMIT_FOUND && right.answer == LIMIT_FOUND && !is_infinite(q->pool, left.value) && same(q->pool, left.value, right.value);
    return agree ? right : undefined_there().limit;
}

static Limit together(const Question *q, Limit left, Limit right)
{
    Pool *p = q->pool;
    bool  no_left = left.answer == LIMIT_NONE && left.failure == FAILS_UNDEFINED, no_right = right.answer == LIMIT_NONE && right.failure == FAILS_UNDEFINED;
    if (no_left && no_right)
        return complex_limit(q);
    if (no_left || no_right) {
        Limit l = no_left ? right : left;
        l.domain = no_left ? 1 : -1;
        return l;
    }
    if (left.answer == LIMIT_NONE || right.answer == LIMIT_NONE) {
        Limit l = right.answer == LIMIT_NONE ? right : left;
        l.left = left.answer == LIMIT_FOUND ? left.value : NULL;
        l.right = right.answer == LIMIT_FOUND ? right.value : NULL;
        return l;
    }
    if (left.answer == LIMIT_UNDECIDED || right.answer == LIMIT_UNDECIDED) {
        Limit one = left.answer == LIMIT_UNDECIDED ? left : right;
        one.why = str_printf(q->arena, "%.*s (from the %s)", STR_ARGS(one.why), left.answer == LIMIT_UNDECIDED ? "left" : "right");
        return one;
    }
    if (same(p, left.value, right.value))
        return right;
    if (!is_infinite(p, left.value) && !is_infinite(p, right.value) && expr_zero_test(p, expr_sub(p, left.value, right.value)).answer != NO)
        return undecided("the limits from the left and from the right could not be compared");
    return (Limit){ .answer = LIMIT_NONE, .failure = FAILS_SIDES, .left = left.value, .right = right.value };
}

static Finding two_sided(const Question *q)
{
    Question one = *q;
    one.side = 1;
    Finding first = one_side(&one);
    bool    plain = first.symmetric && first.limit.answer == LIMIT_FOUND;
    if (plain && !(first.parity && is_infinite(q->pool, first.limit.value)) &&
        limit_confirmed(q->pool, q->arena, q->f, first.limit.value, q->x, q->to, -1) != NO)
        return first;
    if (q->steps)
        report_note(q->steps, "the steps are those from the right");
    one.steps = NULL;
    Finding right = on_side(&one, 1), left = on_side(&one, -1), both = right;
    both.limit = together(q, left.limit, right.limit);
    both.split = right.split ? right.split : left.split;
    return both;
}

/* ---- parameters ------------------------------------------------------------------------------------------------------------------------------- */

static Limit by_cases(const Question *q);

/* A symbol in which c is linear, and the value of it that makes c zero. */
static const Expr *root_of(const Question *q, const Expr *c, const Expr **symbol)
{
    Pool *p = q->pool;
    Nodes free = expr_symbols(p, q->arena, c);
    for (size_t i = 0; i < free.n; i++) {
        const Expr **k = NULL;
        if (free.at[i] == q->x || expr_coefficients(p, q->arena, c, free.at[i], 1, &k) != 1 || !expr_is_numeric(k[1]))
            continue;
        *symbol = free.at[i];
        return expr_neg(p, expr_div(p, k[0], k[1]));
    }
    pool_clear_error(p);
    return NULL;
}

/* The same limit where the parameter expression c is 0. */
static Limit where_zero(const Question *q, const Expr *c)
{
    const Expr *symbol, *root = root_of(q, c, &symbol);
    Question    special = *q;
    if (!root)
        return undecided("a special value of a parameter was not looked at");
    special.steps = NULL;
    special.f = expr_subst(q->pool, q->f, &symbol, &root, 1);
    special.to = expr_subst(q->pool, q->to, &symbol, &root, 1);
    if (!special.f || !special.to) {
        pool_clear_error(q->pool);
        return undefined_there().limit;
    }
    return by_cases(&special);
}

/* May c have this sign, as far as is assumed? */
static bool possible(const Question *q, const Expr *c, int sign)
{
    const Expr *zero = expr_int(q->pool, 0);
    Relop       op = sign > 0 ? REL_GT : sign < 0 ? REL_LT : REL_EQ;
    bool        excluded = expr_decide(q->pool, expr_relation(q->pool, op, c, zero)).answer == NO;
    pool_clear_error(q->pool);
    return !excluded;
}

/* One of the cases c > 0, c < 0, c = 0. */
static Limit one_case(const Question *q, const Expr *c, int sign)
{
    if (sign == 0)
        return where_zero(q, c);
    Question assumed = *q;
    if (q->cases == MOST_SPLITS)
        return undecided("the answer depends on the signs of too many parameters");
    assumed.steps = NULL;
    assumed.given[assumed.cases++] = (Case){ c, sign };
    return by_cases(&assumed);
}

/* Every sign of c on its own. Values make a piecewise expression; if there is no limit for c > 0 and for c < 0, the reason is that
 * of the first of them. */
static Limit split_cases(const Question *q, const Expr *c)
{
    static const int   signs[] = { 1, -1, 0 };
    static const Relop ops[] = { REL_GT, REL_LT, REL_EQ };
    Pool       *p = q->pool;
    const Expr *arg[7], *zero = expr_int(p, 0), *only = NULL;
    Limit       none = { .answer = LIMIT_FOUND };
    size_t      n = 0, found_ones = 0;
    bool        differ = false;
    for (int i = 0; i < 3; i++) {
        if (!possible(q, c, signs[i]))
            continue;
        Limit l = one_case(q, c, signs[i]);
        if (l.answer == LIMIT_UNDECIDED)
            return l;
        const Expr *value = l.answer == LIMIT_FOUND ? l.value : expr_constant(p, CONSTANT_UNDEFINED);
        differ = differ || (only && only != value);
        only = value;
        found_ones += l.answer == LIMIT_FOUND && signs[i];
        arg[n++] = expr_relation(p, ops[i], c, zero);
        arg[n++] = value;
        if (l.answer == LIMIT_NONE && none.answer == LIMIT_FOUND) {
            none = l;
            none.given = arg[n - 2];
        }
    }
    if (n == 0)
        return undecided("no case is possible");
    if (!found_ones && none.answer == LIMIT_NONE)
        return none;
    if (!differ)
        return found(only);
    arg[n - 2] = arg[n - 1];
    step(q, "cases", q->f, expr_piecewise(p, arg, n - 1), "the sign of a parameter decides");
    return found(expr_piecewise(p, arg, n - 1));
}

/* Where a coefficient that was divided by vanishes, the limit may be another one than the value there. */
static Limit with_exceptions(const Question *q, const Finding *r)
{
    Limit l = r->limit;
    Pool *p = q->pool;
    for (size_t i = 0; i < r->nonzeros && l.answer == LIMIT_FOUND && q->cases < MOST_SPLITS; i++) {
        const Expr *symbol, *c = r->nonzero[i], *root = root_of(q, c, &symbol);
        if (!root || !possible(q, c, 0))
            continue;
        const Expr *value = expr_subst(p, l.value, &symbol, &root, 1);
        pool_clear_error(p);
        if (!value || (value->flags & EXPR_HAS_INFINITE && !is_infinite(p, value)))
            continue;               /* the value itself shows that this is excluded */
        Question rest = *q;
        rest.cases = MOST_SPLITS;   /* no further cases within a case */
        Limit special = where_zero(&rest, c);
        if (special.answer == LIMIT_UNDECIDED || (special.answer == LIMIT_FOUND && same(p, special.value, value)))
            continue;
        const Expr *other = special.answer == LIMIT_FOUND ? special.value : expr_constant(p, CONSTANT_UNDEFINED);
        const Expr *arg[] = { expr_relation(p, REL_EQ, c, expr_int(p, 0)), other, l.value };
        l = found(expr_piecewise(p, arg, 3));
    }
    return l;
}

static Limit by_cases(const Question *q)
{
    bool    infinite = is_infinite(q->pool, q->to);
    Finding r = infinite ? one_side(q) : q->side ? on_side(q, q->side) : two_sided(q);
    if (r.limit.answer == LIMIT_UNDECIDED && r.split)
        return split_cases(q, r.split);
    return r.nonzeros && q->cases < MOST_SPLITS ? with_exceptions(q, &r) : r.limit;
}

Limit expr_limit_within(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side, double seconds, Report *steps)
{
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    if (!e || !expr_is_scalar(e) || e->kind == EXPR_RELATION)
        return undecided("a limit needs a scalar expression");
    if (!expr_depends(p, e, x))
        return found(e);
    if (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER))
        return undecided("infinity or an order term stands in the expression");
    Question q = { .pool = p, .arena = a, .f = e, .x = x, .to = to, .side = side, .seconds = seconds, .steps = steps };
    return by_cases(&q);
}

Limit expr_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side)
{
    return expr_limit_within(p, a, e, x, to, side, LIMIT_SECONDS, NULL);
}
