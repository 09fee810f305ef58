/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs of limits of several variables: by continuity, by a bounded factor, by a division that comes out, or in weighted polar
 * coordinates x = r^a*cos(theta), y = r^b*sin(theta): there theta is a free angle (phase.c), nothing is divided by that
 * vanishes for some theta, so the expansion in r is uniform. Factors such as sin(u), u -> 0, may be replaced by u before. */
#include "symbolic/limits/limit_several_int.h"

#include "base/interrupt.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/limits/phase.h"

/* Is the function of this node continuous where its arguments have these values? */
static bool continuous_node(Pool *p, const Expr *e, const Expr *const *arg)
{
    int sign;
    switch ((ExprKind)e->kind) {
    case EXPR_ADD: case EXPR_MUL: case EXPR_NUMBER: case EXPR_CONSTANT: case EXPR_SYMBOL:
        return true;
    case EXPR_POW:
        if (expr_is_integer(e->arg[1]) && expr_number_sign(e->arg[1]) >= 0)
            return true;
        return expr_sign(p, arg[0], &sign).answer == YES &&
               (sign > 0 || (sign < 0 && expr_is_integer(e->arg[1])) || (sign == 0 && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) > 0));
    case EXPR_CALL:
        switch ((int)e->fn->id) {
        case FN_exp: case FN_sin: case FN_cos: case FN_sinh: case FN_cosh: case FN_tanh: case FN_atan: case FN_asinh: case FN_abs: case FN_erf:
        case FN_max: case FN_min: case FN_si: case FN_sigmoid: case FN_softplus: case FN_relu: case FN_hypot: case FN_cbrt: case FN_erfc:
            return true;
        case FN_log:
            return expr_sign(p, arg[0], &sign).answer == YES && sign > 0;
        case FN_tan: case FN_asin: case FN_acos: case FN_atanh:
            return expr_sign(p, pool_read(p, "1 - u^2", arg, 1), &sign).answer == YES && sign > 0;
        }
        return false;
    case EXPR_BALL: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR:
    case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB:
    case EXPR_DIV: case EXPR_NEG:
        break;
    }
    return false;
}

/* The value of e at the origin, if e is continuous there; else NULL. */
const Expr *several_continuous(const Several *s, const Expr *e)
{
    Pool       *p = s->pool;
    Nodes       nodes = expr_nodes(p, s->arena, &e, 1);
    Memo        value = memo_new(s->arena);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr  *v = nodes.at[i], *to = v;
        const Expr **arg = arena_array(s->arena, const Expr *, v->arity + 1);
        for (size_t k = 0; k < s->n; k++)
            to = v == s->x[k] ? expr_int(p, 0) : to;
        for (size_t k = 0; k < v->arity; k++)
            arg[k] = memo_get(&value, v->arg[k]);
        bool fine = continuous_node(p, v, arg);
        to = fine && v->arity ? expr_remake(p, v, arg) : to;
        pool_clear_error(p);
        if (!fine || !to || (to->flags & EXPR_HAS_INFINITE))
            return NULL;
        memo_put(&value, v, to);
    }
    return memo_get(&value, e);
}

static bool is_bounded(const Expr *e)
{
    if (e->kind != EXPR_CALL)
        return false;
    switch ((int)e->fn->id) {
    case FN_sin: case FN_cos: case FN_atan: case FN_tanh: case FN_sign: case FN_erf: case FN_sigmoid: case FN_acot: case FN_sech:
        return true;
    default:
        return false;
    }
}

/* r^a*cos(theta), r^b*sin(theta) for two variables; for more, spheres. False: not proved. */
static bool in_polar(const Several *s, const Expr *f, const Expr *a, const Expr *b, const Expr **value)
{
    Pool       *p = s->pool;
    Engine     *g = engine_new(p, s->arena, s->t, s->seconds / 4);
    const Expr *r = expr_positive(p, s->t), *image[MOST_VARIABLES], *zero = expr_int(p, 0), *size = expr_int(p, 1);
    const Expr *weight[MOST_VARIABLES] = { a, b };
    if (s->n - 1 > MOST_PHASES)
        return false;
    for (size_t i = 0; i < s->n; i++) {
        const Expr *direction = size, *w = i < 2 ? weight[i] : a;
        if (i + 1 < s->n) {
            const Expr *theta = expr_fresh(p, expr_symbol(p, STR("theta")));
            g->phase[g->phases++] = (Phase){ .theta = theta, .base = theta, .turns = 1 };
            direction = expr_mul(p, size, expr_call1(p, FN_cos, theta));
            size = expr_mul(p, size, expr_call1(p, FN_sin, theta));
        }
        image[i] = expr_mul(p, direction, expr_pow(p, r, w));
    }
    const Expr *polar = expr_subst(p, f, s->x, image, s->n), *split = polar ? expr_split_signs(p, polar) : NULL;
    polar = split ? split : polar;
    pool_clear_error(p);
    if (!polar)
        return false;
    const Germ *germ = germ_at(g, local_new(g, r, zero, 1), polar);
    const Expr *low, *high, *inverse = expr_powi(p, g->level[0], -1);
    int         sign;
    if (germ->trouble == GROWS)
        germ = germ_of(g, expr_subst(p, polar, &r, &inverse, 1), g->level[0]);
    pool_clear_error(p);
    if (germ->trouble)
        return false;
    if (germ->order > 0)
        *value = zero;
    else if (germ->order == 0 && phase_range(g, germ->value, &low, &high) == YES)
        *value = low;
    else if (germ->order < 0 && germ_sign(g, germ, &sign) && sign)
        *value = expr_mul(p, expr_int(p, sign), expr_constant(p, CONSTANT_OO));
    else
        return false;
    return true;
}

static bool by_polar(const Several *s, const Expr *f, const Expr **value)
{
    const Expr *one = expr_int(s->pool, 1);
    for (size_t k = 0; k < s->slopes && (k == 0 || s->n == 2); k++) {
        slong p = fmpz_get_si(fmpq_numref(expr_number(s->slope[k]))), q = fmpz_get_si(fmpq_denref(expr_number(s->slope[k])));
        if (in_polar(s, f, k ? expr_int(s->pool, q) : one, k ? expr_int(s->pool, p) : one, value))
            return true;
    }
    return false;
}

/* A factor that is a function of one expression u -> 0 by its leading term c*u^k there; the factor itself if it is none. */
static const Expr *equivalent(const Several *s, const Expr *factor)
{
    Pool       *p = s->pool;
    Nodes       nodes = expr_nodes(p, s->arena, &factor, 1);
    const Expr *v = expr_fresh(p, expr_symbol(p, STR("v"))), *zero = expr_int(p, 0);
    for (size_t i = 0; i + 1 < nodes.n; i++) {
        const Expr *node = nodes.at[i], *at = expr_is_numeric(node) ? NULL : several_continuous(s, node);
        if (!at || !expr_is_numeric(at))
            continue;
        const Expr *image = expr_add(p, v, at), *single = expr_subst(p, factor, &node, &image, 1), *u = expr_sub(p, node, at);
        bool        only = single != NULL;
        for (size_t k = 0; k < s->n && only; k++)
            only = !expr_depends(p, single, s->x[k]);
        pool_clear_error(p);
        if (!only)
            continue;
        Engine *g = engine_new(p, s->arena, s->t, s->seconds / 8);
        Local  *q = local_new(g, v, zero, 1);
        Stream *stream = stream_of(q, single);
        pool_clear_error(p);
        if (stream_has(stream, 0) && expr_is_integer(stream->term[0].e) && !q->folded && !q->one_sided)
            return expr_mul(p, stream->term[0].c, expr_pow(p, u, stream->term[0].e));
    }
    return factor;
}

static const Expr *with_equivalents(const Several *s, const Expr *f)
{
    Pool       *p = s->pool;
    const Expr *r = expr_int(p, 1);
    for (size_t i = 0; i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *factor = f->kind == EXPR_MUL ? f->arg[i] : f;
        bool        power = factor->kind == EXPR_POW && expr_is_number(factor->arg[1]);
        const Expr *base = equivalent(s, power ? factor->arg[0] : factor);
        r = expr_mul(p, r, power ? expr_pow(p, base, factor->arg[1]) : base);
    }
    pool_clear_error(p);
    return r;
}

/* n/d where d is a coordinate after a linear change and n vanishes with it: the limit is the derivative of n across d = 0. */
static bool by_division(const Several *s, const Expr *f, const Expr **value)
{
    Pool        *p = s->pool;
    const Expr  *num, *den, **c, *v = expr_fresh(p, expr_symbol(p, STR("v")));
    expr_fraction(p, f, &num, &den);
    for (size_t i = 0; den && i < s->n && !expr_is_numeric(den); i++) {
        if (expr_coefficients(p, s->arena, den, s->x[i], 1, &c) != 1 || !expr_is_numeric(c[1]))
            continue;
        const Expr *image = expr_div(p, expr_sub(p, v, c[0]), c[1]), *moved_num = expr_subst(p, num, &s->x[i], &image, 1), *zero = expr_int(p, 0);
        if (!moved_num || !several_zero(p, expr_subst(p, moved_num, &v, &zero, 1)) || !several_zero(p, several_continuous(s, den)))
            continue;
        Several at = *s;
        at.x[i] = v;
        const Expr *slope = expr_diff(p, moved_num, v);
        *value = slope ? several_continuous(&at, slope) : NULL;
        return *value != NULL;
    }
    pool_clear_error(p);
    return false;
}

/* A product with bounded factors, whose rest tends to 0. */
static bool by_squeezing(const Several *s, const Expr *f, const Expr **value)
{
    const Expr *rest = expr_int(s->pool, 1), *inner;
    const char *how;
    bool        bounded = false;
    for (size_t i = 0; f->kind == EXPR_MUL && i < f->arity; i++) {
        const Expr *factor = f->arg[i];
        bool        power = factor->kind == EXPR_POW && expr_is_integer(factor->arg[1]) && expr_number_sign(factor->arg[1]) > 0;
        if (is_bounded(power ? factor->arg[0] : factor))
            bounded = true;
        else
            rest = expr_mul(s->pool, rest, factor);
    }
    if (!bounded || !several_prove(s, rest, &inner, &how) || !expr_is_zero(inner))
        return false;
    *value = inner;
    return true;
}

/* A sum of terms that have finite limits. */
static bool by_terms(const Several *s, const Expr *f, const Expr **value)
{
    const Expr *sum = expr_int(s->pool, 0), *term;
    const char *how;
    for (size_t i = 0; i < f->arity; i++) {
        if (!several_prove(s, f->arg[i], &term, &how) || (term->flags & EXPR_HAS_INFINITE))
            return false;
        sum = expr_add(s->pool, sum, term);
    }
    *value = sum;
    return f->kind == EXPR_ADD;
}

bool several_prove(const Several *s, const Expr *f, const Expr **value, const char **how)
{
    *how = "continuous there";
    if ((*value = several_continuous(s, f)))
        return true;
    *how = "in polar coordinates, uniformly in the angle";
    if (by_polar(s, f, value))
        return true;
    *how = "a bounded factor times what tends to 0";
    if (by_squeezing(s, f, value))
        return true;
    *how = "the numerator vanishes with the denominator";
    if (by_division(s, f, value))
        return true;
    *how = "with equivalent factors";
    const Expr *simpler = with_equivalents(s, f);
    if (simpler && simpler != f && ((*value = several_continuous(s, simpler)) || by_polar(s, simpler, value)))
        return true;
    *how = "term by term";
    return f->kind == EXPR_ADD && !should_stop() && by_terms(s, f, value);
}
