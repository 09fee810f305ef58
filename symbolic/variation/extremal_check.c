/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a given curve an extremal? Its derivatives are put into the equations, without denominators, and the zero test decides. Where a
 * denominator vanishes along the whole curve, the Lagrangian has no value there and the answer is no. Multipliers that
 * the curve leaves open occur linearly: they are solved for and put in; one of an integral has to come out constant. What is no
 * identity for all real letters may be one for positive ones (roots, logarithms); this is said. */
#include "symbolic/variation/variation_int.h"

#include "base/rng.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"

enum { POINTS = 200, POINT_BITS = 128 };

/* d^n/dx[q]^n of a function along the curve: (d/ds)/(dx/ds) where both are given by s. */
static const Expr *derivative_along(const Variation *v, const Curve *c, const Expr *f, uint32_t q, uint32_t n)
{
    if (!c->parameter)
        return jet_total(v->pool, f, v->x[q], n);
    for (uint32_t i = 0; i < n; i++)
        f = expr_div(v->pool, expr_diff(v->pool, f, c->parameter), expr_diff(v->pool, c->abscissa, c->parameter));
    return f;
}

/* e with the functions and their derivatives replaced by those of the curve; NULL: a pole. */
static const Expr *along(const Variation *v, const Expr *e, const Curve *c)
{
    Jets         j = jets_of(v->pool, v->arena, e, v->y, v->n);
    size_t       room = j.n + v->constants + 1, n = 0;
    const Expr **to = arena_array(v->arena, const Expr *, room), **from = arena_array(v->arena, const Expr *, room);
    for (size_t k = 0; k < j.n; k++)
        for (size_t i = 0; i < v->n; i++) {
            if (!c->y[i] || !jet_is_of(j.at[k], v->y[i]))
                continue;
            const Expr *d = c->y[i];
            for (uint32_t q = 0; q < v->nx; q++)
                d = derivative_along(v, c, d, q, j.at[k]->unknown.order[q]);
            if (!d)
                return NULL;
            from[n] = j.at[k];
            to[n++] = d;
        }
    for (size_t i = 0; i < v->constants && c->constant; i++)
        if (c->constant[i]) {
            from[n] = v->constant[i];
            to[n++] = c->constant[i];
        }
    if (c->parameter) {
        from[n] = v->x[0];
        to[n++] = c->abscissa;
    }
    return expr_subst(v->pool, e, from, to, n);
}

/* A root of Q = a*c^2 + b (a > 0) or a*c + b with a number a: Q > 0 is had by c = sqrt((q - b)/a) or (q - b)/a with a positive symbol q. */
typedef struct Positive { const Expr *radicand, *letter, *value, *symbol; } Positive;

static bool read_positive(const Variation *v, const Expr *u, Positive *out)
{
    Pool        *p = v->pool;
    const Expr **c;
    if (u->kind != EXPR_POW || !expr_is_number(u->arg[1]) || expr_is_integer(u->arg[1]) || !expr_depends(p, u, v->x[0]))
        return false;
    out->radicand = expr_expand(p, u->arg[0]);
    out->symbol = expr_positive(p, v->x[0]);
    Nodes s = expr_symbols(p, v->arena, out->radicand);
    for (size_t i = 0; i < s.n; i++) {
        slong       d = s.at[i] == v->x[0] ? 0 : expr_coefficients(p, v->arena, out->radicand, s.at[i], 2, &c);
        bool        fits = d == 1 || (d == 2 && expr_is_zero(c[1]) && expr_is_number(c[2]) && expr_number_sign(c[2]) > 0);
        const Expr *power = fits ? expr_div(p, expr_sub(p, out->symbol, c[0]), c[d]) : NULL;
        out->letter = s.at[i];
        out->value = power ? expr_pow(p, power, expr_ratio(p, 1, d)) : NULL;
        if (out->value && (d == 2 || expr_is_number(c[1])))
            return true;
    }
    return false;
}

/* The zero test with positive letters, and where the roots are real. */
static bool zero_for_positive(const Variation *v, const Expr *e)
{
    Pool        *p = v->pool;
    Nodes        s = expr_symbols(p, v->arena, e), nodes = expr_nodes(p, v->arena, &e, 1);
    const Expr **to = arena_array(v->arena, const Expr *, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        to[i] = expr_positive(p, s.at[i]);
    if (s.n && jet_zero_test(p, expr_subst(p, e, s.at, to, s.n)).answer == YES)
        return true;
    for (size_t i = 0; i < nodes.n; i++) {
        Positive q;
        if (read_positive(v, nodes.at[i], &q) && jet_zero_test(p, expr_subst(p, e, &q.letter, &q.value, 1)).answer == YES)
            return true;
        pool_clear_error(p);
    }
    return false;
}

/* Symbols for the multipliers that the curve leaves open, in copies of it. */
typedef struct Open { size_t n; const Expr **symbol; bool *constant; const Expr **value; } Open;

static Open open_multipliers(const Variation *v, const Curve *curve, const Expr **with)
{
    size_t most = v->n + v->constants + 1;
    Open   o = { 0, arena_array(v->arena, const Expr *, most), arena_array(v->arena, bool, most), arena_array(v->arena, const Expr *, most) };
    for (size_t i = 0; i < v->constants; i++) {
        bool named = curve->constant && curve->constant[i];                         /* the user's own curve may hold lambda */
        for (size_t k = 0; k < v->n; k++)
            named = named || (curve->y[k] && expr_depends(v->pool, curve->y[k], v->constant[i]));
        o.constant[o.n] = true;
        if (!named)
            o.symbol[o.n++] = v->constant[i];
    }
    for (size_t i = 0; i < v->n; i++) {
        with[i] = curve->y[i];
        if (with[i])
            continue;
        const Expr *s = expr_symbol(v->pool, str_slice(v->y[i]->unknown.name, 0, v->y[i]->unknown.name.n - 1));
        o.constant[o.n] = false;
        with[i] = o.symbol[o.n++] = s;
    }
    return o;
}

/* Does an equation hold a derivative of an open multiplier? Then it is no linear equation in it. */
static bool derivative_is_open(const Variation *v, const Curve *curve)
{
    for (size_t i = 0; i < v->n; i++) {
        Jets j = jets_of(v->pool, v->arena, v->left[i], v->y, v->n);
        for (size_t k = 0; k < j.n; k++)
            for (size_t q = 0; q < v->n; q++)
                if (!curve->y[q] && jet_is_of(j.at[k], v->y[q]) && jet_order(j.at[k]))
                    return true;
    }
    return false;
}

static const Expr *simplified_for_positive(const Variation *v, const Expr *e)
{
    Pool        *p = v->pool;
    Nodes        s = expr_symbols(p, v->arena, e);
    const Expr **to = arena_array(v->arena, const Expr *, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        to[i] = expr_positive(p, s.at[i]);
    const Expr *r = expr_simplify(p, expr_subst(p, e, s.at, to, s.n));
    return r ? expr_subst(p, r, to, s.at, s.n) : NULL;
}

/* Simplified where letters and roots are positive, if that is shorter: sqrt(R^2) is R. The test of the equations says whether it matters. */
static const Expr *shortest(const Variation *v, const Expr *e)
{
    Pool       *p = v->pool;
    const Expr *best = expr_simplify(p, e), *next = best ? simplified_for_positive(v, best) : NULL;
    if (!next)
        return best;
    best = expr_cost(p, next) < expr_cost(p, best) ? next : best;
    Nodes nodes = expr_nodes(p, v->arena, &best, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        Positive q;
        if (!read_positive(v, nodes.at[i], &q))
            continue;
        const Expr *by = expr_simplify(p, expr_subst(p, best, &q.letter, &q.value, 1)), *back = by ? expr_subst(p, by, &q.symbol, &q.radicand, 1) : NULL;
        next = back ? simplified_for_positive(v, back) : NULL;
        if (next && expr_cost(p, next) < expr_cost(p, best))
            return next;
    }
    return best;
}

/* Elimination: each multiplier from the first equation where its coefficient is surely not zero, put into all the others.
 * A multiplier without any coefficient is free, so 0. False: undecided. */
static bool eliminate(const Variation *v, Open *o, const Expr **at, size_t n)
{
    Pool *p = v->pool;
    for (size_t j = 0; j < o->n; j++) {
        size_t      k = 0;
        const Expr *slope = NULL;
        Verdict     z = { YES, "" };
        for (; k < n && z.answer != NO; k++) {
            slope = expr_diff(p, at[k], o->symbol[j]);
            z = jet_zero_test(p, slope);
            if (z.answer == UNKNOWN)
                return false;
        }
        const Expr *zero = expr_int(p, 0), *rest = z.answer == NO ? expr_subst(p, at[k - 1], &o->symbol[j], &zero, 1) : zero;
        const Expr *value = z.answer == NO ? expr_neg(p, expr_div(p, rest, slope)) : zero;
        o->value[j] = value = value ? shortest(v, value) : NULL;
        if (!value)
            return false;
        for (size_t i = 0; i < n; i++)
            if (!(at[i] = expr_subst(p, at[i], &o->symbol[j], &value, 1)))
                return false;
        for (size_t i = 0; i < j; i++)
            o->value[i] = expr_subst(p, o->value[i], &o->symbol[j], &value, 1);
    }
    return true;
}

/* Does a multiplier of an integral vary? */
static Truth varies(const Variation *v, const Curve *curve, const Expr *value)
{
    Truth answer = NO;
    for (size_t k = 0; k < v->nx && answer == NO; k++) {
        const Expr *slope = expr_diff(v->pool, value, curve->parameter ? curve->parameter : v->x[k]);
        Truth       zero = jet_zero_test(v->pool, slope).answer;
        answer = zero == YES || (slope && zero_for_positive(v, slope)) ? NO : zero == NO ? YES : UNKNOWN;
    }
    return answer;
}

/* Solves for the open multipliers and puts them into at[]; false: *c says why not. */
static bool find_multipliers(const Variation *v, const Curve *curve, Open *o, const Expr **at, size_t n, Checked *c)
{
    if (!eliminate(v, o, at, n))
        return *c = (Checked){ .answer = UNKNOWN, .why = "the multiplier was not found" }, false;
    for (size_t i = 0; i < o->n; i++) {
        Truth changes = o->constant[i] ? varies(v, curve, o->value[i]) : NO;
        if (changes != NO)
            return *c = (Checked){ .answer = changes == YES ? NO : UNKNOWN, .why = "its multiplier would not be constant" }, false;
    }
    c->multiplier = o->value;
    c->multipliers = o->n;
    c->name = o->symbol;
    return true;
}

/* A ball that excludes zero refutes only where the curve is real: is there such a point among random ones? */
static bool refuted(const Variation *v, const Curve *curve, const Expr *residual)
{
    Rng         r = rng_stream(0, STR("extremal check"));
    size_t      n = 0, room = v->n + 2;
    const Expr *root = residual, **must = arena_array(v->arena, const Expr *, room);
    for (size_t i = 0; i < v->given; i++)
        must[n++] = curve->y[i];
    if (curve->parameter)
        must[n++] = curve->abscissa;
    for (size_t i = 0; i < n; i++)
        root = expr_add(v->pool, root, expr_mul(v->pool, expr_fresh(v->pool, v->x[0]), must[i]));
    Jets    j = jets_all(v->pool, v->arena, root);
    Nodes   s = expr_symbols(v->pool, v->arena, jets_frozen(v->pool, root, &j));
    acb_ptr at = _acb_vec_init((slong)s.n);
    acb_t   z;
    bool    found = false;
    acb_init(z);
    for (int k = 0; k < POINTS && !found; k++) {
        for (size_t i = 0; i < s.n; i++) {                  /* of all sizes from 1/64 to 16, more often positive */
            acb_set_si(at + i, (slong)(1 + rng_below(&r, 64)) * (k % 3 && rng_below(&r, 2) ? -1 : 1));
            acb_mul_2exp_si(at + i, at + i, -(slong)rng_below(&r, 7));
        }
        found = expr_enclose(v->pool, jets_frozen(v->pool, residual, &j), s.at, at, s.n, POINT_BITS, z, NULL) == EVAL_OK && !acb_contains_zero(z) && acb_is_real(z);
        for (size_t i = 0; i < n && found; i++)
            found = expr_enclose(v->pool, jets_frozen(v->pool, must[i], &j), s.at, at, s.n, POINT_BITS, z, NULL) == EVAL_OK && acb_is_real(z);
    }
    acb_clear(z);
    _acb_vec_clear(at, (slong)s.n);
    return found;
}

/* Is there a denominator that is zero along the whole curve? */
static bool is_undefined(const Variation *v, const Curve *with)
{
    for (size_t i = 0; i < v->n; i++) {
        const Expr *below = NULL;
        jet_numerator(v->pool, v->raw[i], &below);
        const Expr *b = below ? along(v, below, with) : NULL;
        if (below && (!b || jet_zero_test(v->pool, b).answer == YES))
            return true;
    }
    return !along(v, v->lagrangian, with);
}

Checked variation_check(const Variation *v, const Curve *curve)
{
    Checked      c = { .answer = YES, .why = "" };
    const Expr **at = arena_array(v->arena, const Expr *, v->n);
    Curve        with = { arena_array(v->arena, const Expr *, v->n), curve->parameter, curve->abscissa, curve->constant };
    Open         o = open_multipliers(v, curve, with.y);
    if (is_undefined(v, &with)) {
        pool_clear_error(v->pool);
        return (Checked){ .answer = NO, .why = "the Lagrangian has no value along it" };
    }
    if (derivative_is_open(v, curve))
        return (Checked){ .answer = UNKNOWN, .why = "the multiplier is not given, and its derivative occurs" };
    for (size_t i = 0; i < v->n; i++)
        if (!(at[i] = along(v, v->left[i], &with))) {
            pool_clear_error(v->pool);
            return (Checked){ .answer = UNKNOWN, .why = "its derivatives could not be put in" };
        }
    if (o.n && !find_multipliers(v, curve, &o, at, v->n, &c))
        return c;
    for (size_t i = 0; i < v->n; i++) {
        Verdict z = jet_zero_test(v->pool, at[i]);
        bool    positive = z.answer != YES && zero_for_positive(v, at[i]);
        if (z.answer == YES || positive) {
            c.positive |= positive;
            c.why = c.positive ? "where letters and roots are positive" : expr_is_zero(at[i]) ? "all terms cancel" : z.why;
            continue;
        }
        bool no = z.answer == NO && refuted(v, &with, at[i]);
        c.answer = no ? NO : UNKNOWN;
        c.why = z.answer == NO ? "no real point of the curve was found" : z.why;
        c.equation = i;
        c.residual = no ? jet_simplified(v->pool, at[i]) : NULL;
        if (no)
            return c;
    }
    return c;
}
