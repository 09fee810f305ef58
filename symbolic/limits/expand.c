/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an expression to the stream of its expansion in w -> 0+, node by node.
 *
 * w is the distance from the point, 1/x at infinity, or the fastest exponential of an expression (growth.c). Coefficients are
 * constants, or functions of one slower variable: log(w) is such a function. exp(u) splits off the constant term of u; if
 * that is k*log(w) + ..., a power of w comes out. Functions are in expand_call.c. */
#include "symbolic/limits/germ.h"

#include "symbolic/algebra/poly.h"

enum { MOST_DEPTH = 1500 };

static const Expr *zero_of(Engine *g) { return expr_int(g->pool, 0); }

/* ---- places ------------------------------------------------------------------------------------------------------------------ */

static Local *local_blank(Engine *g, const Expr *var)
{
    Local *q = arena_alloc(g->arena, sizeof *q);
    *q = (Local){ .g = g, .var = var, .memo = memo_new(g->arena) };
    return q;
}

/* x = point + side*w, or x = side/w. Logarithms of w are -slow. */
Local *local_new(Engine *g, const Expr *var, const Expr *point, int side)
{
    Pool       *p = g->pool;
    Local      *q = local_blank(g, var);
    const Expr *sign = expr_int(p, side < 0 ? -1 : 1);
    q->slow = level_after(g, var);
    q->log_w = q->slow ? expr_neg(p, q->slow) : NULL;
    if (point) {
        Stream *moving = stream_term(g, sign, expr_int(p, 1));
        q->image = stream_add(g, stream_term(g, point, expr_int(p, 0)), moving);
        q->w = expr_mul(p, sign, expr_sub(p, var, point));
    } else {
        q->image = stream_term(g, sign, expr_int(p, -1));
        q->w = expr_mul(p, sign, expr_powi(p, var, -1));
    }
    return q;
}

/* w itself is the variable. */
Local *local_fast(Engine *g, const Expr *w, const Expr *log_w, const Expr *slow)
{
    Local *q = local_blank(g, w);
    q->image = stream_term(g, expr_int(g->pool, 1), expr_int(g->pool, 1));
    q->w = w;
    q->log_w = log_w;
    q->slow = slow;
    return q;
}

static bool coefficient_sign(Local *q, const Expr *c, int *sign)
{
    if (q->slow && expr_depends(q->g->pool, c, q->slow))
        return sign_at_infinity(q->g, c, q->slow, sign);
    return constant_sign(q->g, c, sign);
}

/* Is e a whole number, or one divided by an odd number, so that (-1)^e is 1? */
static bool is_even(const Expr *e)
{
    slong n;
    return expr_fits_slong(e, &n) && n % 2 == 0;
}

bool local_sign(Local *q, Stream *s, int *sign)
{
    *sign = 0;
    if (!stream_has(s, 0))
        return !q->g->trouble && s;
    q->folded = q->folded || !is_even(s->term[0].e);
    return coefficient_sign(q, s->term[0].c, sign);
}

/* ---- powers, exp, log ------------------------------------------------------------------------------------------------------------ */

/* Coefficients with parameters that were divided by: where they vanish, the answer may be another one. */
static void note_nonzero(Engine *g, const Expr *c)
{
    const Expr *rest;
    expr_split_coefficient(g->pool, c, &rest);
    for (size_t i = 0; i < g->nonzeros; i++)
        if (g->nonzero[i] == rest)
            return;
    if (g->nonzeros < MOST_CASES)
        g->nonzero[g->nonzeros++] = rest;
}

/* s / (c w^e) - 1 */
static Stream *unit_rest(Engine *g, Stream *s, Term lead)
{
    return stream_scale(g, stream_rest(g, s, 1), expr_powi(g->pool, lead.c, -1), expr_neg(g->pool, lead.e));
}

/* The leading term of what is divided by or logged; it must not vanish with an oscillation. */
static bool leading(Local *q, Stream *s, Term *lead, const char *why)
{
    int sign;
    if (!stream_has(s, 0))
        return q->g->trouble || !s ? false : trouble(q->g, NO_SERIES, why);
    *lead = s->term[0];
    if (has_phase(q->g, lead->c) && !(coefficient_sign(q, lead->c, &sign) && sign))
        return trouble(q->g, UNSURE, "what is divided by oscillates through 0");
    if (!expr_is_numeric(lead->c) && !(q->slow && expr_depends(q->g->pool, lead->c, q->slow)))
        note_nonzero(q->g, lead->c);
    return true;
}

Stream *local_power(Local *q, Stream *s, const Expr *r)
{
    Engine *g = q->g;
    Term    lead;
    slong   n;
    bool    whole = expr_is_integer(r);
    if (!s)
        return NULL;
    if (expr_fits_slong(r, &n) && n > 0 && n <= 12 && stream_has(s, 0) && has_phase(g, s->term[0].c)) {
        Stream *product = s;            /* nothing is divided by, so the leading term may vanish */
        for (slong i = 1; i < n && product; i++)
            product = stream_mul(g, product, s);
        return product;
    }
    if (!stream_has(s, 0) && !g->trouble && expr_is_number(r) && expr_number_sign(r) > 0)
        return stream_zero(g);
    if (!leading(q, s, &lead, "a division by what is zero"))
        return NULL;
    if (!whole && exponent_sign(g, lead.e)) {
        q->one_sided = true;
        if (is_even(lead.e) && !(expr_is_number(r) && is_even(expr_mul(g->pool, r, lead.e))))
            q->folded = true;
    }
    const Expr *c = expr_pow(g->pool, lead.c, r), *e = expr_mul(g->pool, lead.e, r);
    return stream_scale(g, stream_unit_power(g, unit_rest(g, s, lead), r), c, e);
}

Stream *local_inverse(Local *q, Stream *s)
{
    return local_power(q, s, expr_int(q->g->pool, -1));
}

Stream *local_log(Local *q, Stream *s)
{
    Engine *g = q->g;
    Pool   *p = g->pool;
    Term    lead;
    if (!s || !leading(q, s, &lead, "a logarithm of what is zero"))
        return NULL;
    const Expr *constant = expr_call1(p, FN_log, lead.c);
    if (!expr_is_zero(lead.e)) {
        if (!q->log_w) {
            trouble(g, NO_SERIES, "a logarithm of a zero or pole");
            return NULL;
        }
        q->one_sided = true;
        q->folded = q->folded || is_even(lead.e);
        constant = expr_add(p, constant, expr_mul(p, lead.e, q->log_w));
    }
    return stream_add(g, stream_term(g, constant, zero_of(g)), stream_unit_log(g, unit_rest(g, s, lead)));
}

bool local_split(Local *q, Stream *s, const Expr **c, Stream **h)
{
    Engine *g = q->g;
    *c = zero_of(g);
    *h = s;
    if (!stream_has(s, 0))
        return s && !g->trouble;
    int sign = exponent_sign(g, s->term[0].e);
    if (g->trouble)
        return false;
    if (sign < 0)
        return trouble(g, GROWS, "a function of what tends to infinity");
    if (sign == 0) {
        *c = s->term[0].c;
        *h = stream_rest(g, s, 1);
    }
    return true;
}

/* exp of a constant term: c = k*log(1/w) + slower gives w^-k. */
static bool exp_constant(Local *q, const Expr *c, const Expr **factor, const Expr **shift)
{
    Engine *g = q->g;
    Pool   *p = g->pool;
    *shift = zero_of(g);
    *factor = expr_call1(p, FN_exp, c);
    if (!q->slow || q->log_w != expr_neg(p, q->slow) || !expr_depends(p, c, q->slow))
        return true;
    const Germ *pace = germ_of(g, expr_div(p, c, q->slow), q->slow);
    if (pace->trouble)
        return trouble(g, pace->trouble, pace->why);
    if (pace->order < 0)
        return trouble(g, GROWS, "growth between powers and exponentials");
    if (pace->order == 0) {
        if (has_phase(g, pace->value))
            return trouble(g, UNSURE, "an oscillating exponent");
        *shift = expr_neg(p, pace->value);
        *factor = expr_call1(p, FN_exp, expr_expand(p, expr_sub(p, c, expr_mul(p, pace->value, q->slow))));
    }
    return true;
}

Stream *local_exp(Local *q, Stream *s)
{
    const Expr *c, *factor, *shift;
    Stream     *h;
    int         sign;
    if (q->flat && stream_has(s, 0) && exponent_sign(q->g, s->term[0].e) < 0 && local_sign(q, s, &sign) && sign < 0)
        return stream_zero(q->g);
    if (!s || !local_split(q, s, &c, &h) || !exp_constant(q, c, &factor, &shift))
        return NULL;
    return stream_scale(q->g, stream_unit_exp(q->g, h), factor, shift);
}

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

static Truth relation_holds(Local *q, const Expr *relation)
{
    int         sign;
    const Expr *d = expr_sub(q->g->pool, relation->arg[0], relation->arg[1]);
    Stream     *s = stream_of(q, d);
    if (!s || !local_sign(q, s, &sign))
        return UNKNOWN;
    switch (relation->relop) {
    case REL_EQ: return sign == 0 ? YES : NO;
    case REL_NE: return sign != 0 ? YES : NO;
    case REL_LT: return sign < 0 ? YES : NO;
    case REL_LE: return sign <= 0 ? YES : NO;
    case REL_GT: return sign > 0 ? YES : NO;
    case REL_GE: return sign >= 0 ? YES : NO;
    }
    return UNKNOWN;
}

Truth local_holds(Local *q, const Expr *condition)
{
    if (condition->kind == EXPR_RELATION)
        return relation_holds(q, condition);
    if (condition->kind == EXPR_NOT) {
        Truth t = local_holds(q, condition->arg[0]);
        return t == UNKNOWN ? UNKNOWN : t == YES ? NO : YES;
    }
    if (condition->kind != EXPR_AND && condition->kind != EXPR_OR)
        return UNKNOWN;
    Truth decisive = condition->kind == EXPR_OR ? YES : NO;
    for (size_t i = 0; i < condition->arity; i++) {
        Truth t = local_holds(q, condition->arg[i]);
        if (t != (decisive == YES ? NO : YES))
            return t;
    }
    return decisive == YES ? NO : YES;
}

static Stream *branch(Local *q, const Expr *e)
{
    for (size_t i = 0; i + 1 < e->arity; i += 2) {
        Truth t = local_holds(q, e->arg[i]);
        if (t == UNKNOWN) {
            trouble(q->g, UNSURE, "a condition was not decided");
            return NULL;
        }
        if (t == YES)
            return stream_of(q, e->arg[i + 1]);
    }
    return stream_of(q, e->arg[e->arity - 1]);
}

/* ---- the walk -------------------------------------------------------------------------------------------------------------------------- */

static Stream *sum_of(Local *q, const Expr *e)
{
    Stream **part = arena_array(q->g->arena, Stream *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        if (!(part[i] = stream_of(q, e->arg[i])))
            return NULL;
    return stream_sum(q->g, part, e->arity);
}

static Stream *product_of(Local *q, const Expr *e)
{
    const Expr *c = expr_int(q->g->pool, 1);
    Stream     *r = NULL;
    for (size_t i = 0; i < e->arity; i++) {
        Stream *s = stream_of(q, e->arg[i]);
        if (s && !expr_depends(q->g->pool, e->arg[i], q->var)) {
            c = expr_mul(q->g->pool, c, e->arg[i]);
            continue;
        }
        r = r ? stream_mul(q->g, r, s) : s;
        if (!r)
            return NULL;
    }
    return stream_scale(q->g, r, c, NULL);
}

static Stream *power_of(Local *q, const Expr *e)
{
    const Expr *base = e->arg[0], *r = e->arg[1];
    Pool       *p = q->g->pool;
    if (!expr_depends(p, r, q->var))
        return local_power(q, stream_of(q, base), r);
    Stream *l = expr_depends(p, base, q->var) || has_phase(q->g, base) ? local_log(q, stream_of(q, base)) : stream_term(q->g, expr_call1(p, FN_log, base), zero_of(q->g));
    Stream *v = l ? stream_of(q, r) : NULL;
    return v ? local_exp(q, stream_mul(q->g, v, l)) : NULL;
}

static Stream *node_stream(Local *q, const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_ADD:       return sum_of(q, e);
    case EXPR_MUL:       return product_of(q, e);
    case EXPR_POW:       return power_of(q, e);
    case EXPR_CALL:      return stream_of_call(q, e);
    case EXPR_UNKNOWN:   return stream_of_tail(q, e);
    case EXPR_PIECEWISE: return branch(q, e);
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_RELATION: case EXPR_AND: case EXPR_OR:
    case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
    case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        break;
    }
    trouble(q->g, NO_SERIES, "there is no series of what stands there");
    return NULL;
}

Stream *stream_of(Local *q, const Expr *e)
{
    Engine *g = q->g;
    if (!e)
        trouble(g, UNSURE, "a coefficient is not defined");
    if (g->trouble || engine_stopped(g))
        return NULL;
    if (e == q->var)
        return q->image;
    Stream *s = memo_get(&q->memo, e);
    if (s)
        return s;
    if (!expr_depends(g->pool, e, q->var)) {
        s = !has_phase(g, e) || phase_bounded(g, e) ? stream_term(g, e, zero_of(g)) : NULL;
    } else if (q->depth < MOST_DEPTH) {
        q->depth++;
        s = node_stream(q, e);
        q->depth--;
    } else {
        trouble(g, UNSURE, "the expression is nested too deeply");
    }
    if (s && !s->of && s != q->image) {
        s->of = e;
        s->at = q;
    }
    if (s)
        memo_put(&q->memo, e, s);
    return s;
}
