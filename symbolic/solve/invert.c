/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations with functions. The numerator is factored; a factor that holds x in one function only is a polynomial in that
 * function, whose roots are inverted one by one by a table of inverse functions (sin gives two families with a whole number).
 * Absolute values, signs and extremes are taken branch by branch. Factors with several functions go to the files for circular
 * functions, exponentials and logarithms, radicals. Every candidate is put back: all parts must be real and the whole 0; a family
 * with a whole number is tried at several, and the poles are solved for the exceptions. */
#include "symbolic/solve/invert_int.h"

#include "base/interrupt.h"
#include "base/rng.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/solve.h"

enum { MOST_DEPTH = 12, MOST_FOUND = 400, SAMPLE_BITS = 256, MOST_EXCEPTIONS = 20 };

bool invert_fail(Inverter *s, const char *why)
{
    if (!s->why)
        s->why = why;
    return false;
}

void found_add(Inverter *s, Found *out, const Expr *e)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->at[i] == e)
            return;
    if (e)
        vec_push(s->arena, out, e);
}

Truth invert_require(Inverter *s, Relop op, const Expr *a, const Expr *b)
{
    const Expr *r = expr_relation(s->pool, op, a, b);
    Truth       t = r ? expr_decide(s->pool, r).answer : UNKNOWN;
    if (t != UNKNOWN || !r)
        return t;
    if (expr_is_numeric(r)) {
        invert_fail(s, "the sign of a number was not decided");
        return UNKNOWN;
    }
    if (expr_depends(s->pool, r, s->whole)) {
        invert_fail(s, "a family of solutions is real for some whole numbers only");
        return UNKNOWN;
    }
    for (size_t i = 0; i < s->condition.n; i++)
        if (s->condition.at[i] == r)
            return YES;
    vec_push(s->arena, &s->condition, r);
    return YES;
}

void invert_split(Inverter *s, const Expr *e, const Expr *x, const Expr **with, const Expr **without)
{
    e = expr_expand(s->pool, e);
    *with = *without = expr_int(s->pool, 0);
    for (uint32_t i = 0; e && i < (e->kind == EXPR_ADD ? e->arity : 1); i++) {
        const Expr *term = e->kind == EXPR_ADD ? e->arg[i] : e, **sum = expr_depends(s->pool, term, x) ? with : without;
        *sum = expr_add(s->pool, *sum, term);
    }
}

bool invert_ratio(Inverter *s, const Expr *a, const Expr *b, fmpq_t out)
{
    const Expr *r = expr_together(s->pool, expr_div(s->pool, a, b));
    if (!r || !expr_is_number(r))
        return false;
    fmpq_set(out, expr_number(r));
    return true;
}

/* inside = y, directly where inside is linear: a quotient in y is no equation to be multiplied out. */
static bool invert_inside(Inverter *s, const Expr *inside, const Expr *y, const Expr *x, Found *out)
{
    Pool        *p = s->pool;
    const Expr **c;
    if (expr_coefficients(p, s->arena, inside, x, 1, &c) != 1)
        return invert_zero(s, expr_sub(p, inside, y), x, out);
    Truth fine = invert_require(s, REL_NE, c[1], expr_int(p, 0));
    if (fine == YES)
        found_add(s, out, expr_is_one(c[1]) && expr_is_zero(c[0]) ? y : expr_expand(p, expr_div(p, expr_sub(p, y, c[0]), c[1])));
    return fine == YES || invert_fail(s, "a coefficient was not decided to be zero");
}

bool invert_each(Inverter *s, const Found *y, const Expr *inside, const Expr *x, Found *out)
{
    for (size_t i = 0; i < y->n; i++)
        if (!invert_inside(s, inside, y->at[i], x, out))
            return false;
    return true;
}

/* ---- the functions of a factor ------------------------------------------------------------------------------------------ */

/* The largest parts of f that hold x and are no sums, products or whole powers; x itself may be one. */
static void find_leaves(Inverter *s, const Expr *f, const Expr *x, Found *leaf)
{
    if (!expr_depends(s->pool, f, x))
        return;
    if (f->kind == EXPR_ADD || f->kind == EXPR_MUL || (f->kind == EXPR_POW && expr_is_integer(f->arg[1]))) {
        for (uint32_t i = 0; i < (f->kind == EXPR_POW ? 1 : f->arity); i++)
            find_leaves(s, f->arg[i], x, leaf);
        return;
    }
    found_add(s, leaf, f);
}

static bool all_leaves(const Found *leaf, bool (*is)(const Expr *))
{
    for (size_t i = 0; i < leaf->n; i++)
        if (!is(leaf->at[i]))
            return false;
    return leaf->n > 0;
}

static bool is_branching(const Expr *e)
{
    return expr_is_call(e, FN_abs) || expr_is_call(e, FN_max) || expr_is_call(e, FN_min) || expr_is_call(e, FN_sign) || expr_is_call(e, FN_relu)
        || e->kind == EXPR_PIECEWISE;
}

/* The expressions that a branching part equals, one in each of its regions. */
static size_t branches(Inverter *s, const Expr *e, const Expr **out, size_t room)
{
    Pool  *p = s->pool;
    size_t n = 0;
    if (expr_is_call(e, FN_abs)) {
        out[n++] = e->arg[0];
        out[n++] = expr_neg(p, e->arg[0]);
    } else if (expr_is_call(e, FN_relu)) {
        out[n++] = e->arg[0];
        out[n++] = expr_int(p, 0);
    } else if (expr_is_call(e, FN_sign)) {
        for (slong k = -1; k <= 1; k++)
            out[n++] = expr_int(p, k);
    } else if (e->kind == EXPR_PIECEWISE) {
        for (uint32_t i = 1; i < e->arity && n < room; i += 2)
            out[n++] = e->arg[i];
        if (n < room)
            out[n++] = e->arg[e->arity - 1];
    } else {
        for (uint32_t i = 0; i < e->arity && n < room; i++)
            out[n++] = e->arg[i];
    }
    return n;
}

/* Which branch a solution lies in must not depend on letters: conditions are collected for all branches together. */
static bool invert_branches(Inverter *s, const Expr *f, const Expr *leaf, const Expr *x, Found *out)
{
    const Expr *value[16];
    Nodes       names = expr_symbols(s->pool, s->arena, f);
    for (size_t i = 0; i < names.n; i++)
        if (names.at[i] != x && names.at[i] != s->whole)
            return invert_fail(s, "its cases depend on the values of letters");
    size_t      n = branches(s, leaf, value, 16);
    for (size_t i = 0; i < n; i++)
        if (!invert_zero(s, expr_subst(s->pool, f, &leaf, &value[i], 1), x, out))
            return false;
    return n < 16;
}

static bool invert_polynomial(Inverter *s, const Expr *f, const Expr *x, Found *out)
{
    Roots r = expr_solve_real(s->pool, s->arena, f, x);
    pool_clear_error(s->pool);
    if (r.found == UNKNOWN || r.every)
        return invert_fail(s, r.every ? "an interval of values solves it" : r.why);
    for (size_t i = 0; i < r.n; i++) {
        acb_t z;
        acb_init(z);
        bool complex = expr_is_numeric(r.at[i]) && expr_enclose(s->pool, r.at[i], NULL, NULL, 0, SAMPLE_BITS, z, NULL) == EVAL_OK && !arb_contains_zero(acb_imagref(z));
        acb_clear(z);
        if (!complex)
            found_add(s, out, r.at[i]);
    }
    if (r.assumed_nonzero)
        invert_require(s, REL_NE, r.assumed_nonzero, expr_int(s->pool, 0));
    return true;
}

/* f is a polynomial in one function of x. */
static bool invert_single(Inverter *s, const Expr *f, const Expr *leaf, const Expr *x, Found *out)
{
    const Expr *t = expr_fresh(s->pool, expr_symbol(s->pool, STR("t")));
    Found       value = { 0 };
    if (!invert_polynomial(s, expr_subst(s->pool, f, &leaf, &t, 1), t, &value))
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (!invert_equal(s, leaf, value.at[i], x, out))
            return false;
    return true;
}

static bool invert_factor(Inverter *s, const Expr *f, const Expr *x, Found *out)
{
    Found leaf = { 0 };
    find_leaves(s, f, x, &leaf);
    if (leaf.n == 1 && leaf.at[0] == x)
        return invert_polynomial(s, f, x, out);
    for (size_t i = 0; i < leaf.n; i++)
        if (is_branching(leaf.at[i]))
            return invert_branches(s, f, leaf.at[i], x, out);
    if (leaf.n == 1)
        return invert_single(s, f, leaf.at[0], x, out);
    if (all_leaves(&leaf, is_circular))
        return invert_circular(s, f, &leaf, x, out);
    for (size_t i = 0; i < leaf.n; i++)
        if (is_radical(leaf.at[i]))
            return invert_radicals(s, f, &leaf, x, out);
    bool exponentials = true, logarithms = true;
    for (size_t i = 0; i < leaf.n; i++) {
        bool hyperbolic = expr_is_call(leaf.at[i], FN_sinh) || expr_is_call(leaf.at[i], FN_cosh) || expr_is_call(leaf.at[i], FN_tanh)
                       || expr_is_call(leaf.at[i], FN_expm1) || expr_is_call(leaf.at[i], FN_sigmoid);
        exponentials = exponentials && (hyperbolic || is_exponential(leaf.at[i], s->pool, x));
        logarithms = logarithms && (leaf.at[i] == x || is_logarithm(leaf.at[i]));
    }
    if (exponentials)
        return invert_exponentials(s, f, &leaf, x, out);
    if (logarithms)
        return invert_logarithms(s, f, &leaf, x, out);
    if (leaf.n == 2 && (leaf.at[0] == x || leaf.at[1] == x) && is_exponential(leaf.at[leaf.at[0] == x], s->pool, x))
        return invert_lambert(s, f, leaf.at[leaf.at[0] == x], x, out);
    return invert_fail(s, "no way is known to invert its functions together");
}

bool invert_zero(Inverter *s, const Expr *e, const Expr *x, Found *out)
{
    Pool       *p = s->pool;
    const Expr *num, *den, *whole = e ? expr_together(p, e) : NULL;
    if (!whole || s->depth >= MOST_DEPTH || out->n > MOST_FOUND || should_stop()) {
        pool_clear_error(p);
        return invert_fail(s, should_stop() ? "it was stopped" : "it is too complicated");
    }
    expr_fraction(p, whole, &num, &den);
    if (!expr_depends(p, num, x)) {
        Truth zero = expr_zero_test(p, num).answer;
        s->every = s->every || zero == YES;
        if (zero == NO && !expr_is_numeric(num))
            return invert_require(s, REL_EQ, num, expr_int(p, 0)) == YES;
        return zero == NO || invert_fail(s, zero == YES ? "an interval of values solves it" : "a number was not decided to be zero");
    }
    const Expr *f = expr_factor(p, num);
    bool        fine = f != NULL;
    s->depth++;
    for (uint32_t i = 0; fine && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        if (g->kind == EXPR_POW && expr_is_integer(g->arg[1]) && expr_number_sign(g->arg[1]) > 0)
            g = g->arg[0];
        if (expr_depends(p, g, x))
            fine = invert_factor(s, g, x, out);
    }
    s->depth--;
    return fine;
}

/* ---- inverse functions ------------------------------------------------------------------------------------------------------- */

static const Expr *pi_over(Pool *p, slong n, slong d) { return expr_mul(p, expr_ratio(p, n, d), expr_constant(p, CONSTANT_PI)); }

/* offset + period*n */
static const Expr *family(Inverter *s, const Expr *offset, const Expr *period)
{
    s->uses_whole = true;
    return expr_add(s->pool, offset, expr_mul(s->pool, period, s->whole));
}

static bool within(Inverter *s, const Expr *t, slong low, slong high, Truth *inside)
{
    Truth a = invert_require(s, REL_GE, t, expr_int(s->pool, low)), b = a == YES ? invert_require(s, REL_LE, t, expr_int(s->pool, high)) : a;
    *inside = b;
    return b != UNKNOWN;
}

static bool invert_sine(Inverter *s, const Expr *t, bool cosine, Found *y)
{
    Pool       *p = s->pool;
    const Expr *turn = pi_over(p, 2, 1);
    Truth       inside;
    if (!within(s, t, -1, 1, &inside))
        return false;
    if (inside == NO)
        return true;
    if (expr_is_zero(t)) {
        found_add(s, y, family(s, cosine ? pi_over(p, 1, 2) : expr_int(p, 0), pi_over(p, 1, 1)));
    } else if (expr_is_int(t, 1) || expr_is_int(t, -1)) {
        bool one = expr_is_int(t, 1);
        found_add(s, y, family(s, cosine ? (one ? expr_int(p, 0) : pi_over(p, 1, 1)) : pi_over(p, one ? 1 : -1, 2), turn));
    } else {
        const Expr *a = expr_call1(p, cosine ? FN_acos : FN_asin, t);
        found_add(s, y, family(s, a, turn));
        found_add(s, y, family(s, cosine ? expr_neg(p, a) : expr_sub(p, pi_over(p, 1, 1), a), turn));
    }
    return true;
}

/* y with g(y) = t for a function of the table; false: not in it, or not decided. */
static bool inverse_values(Inverter *s, const FnRow *fn, const Expr *t, Found *y)
{
    Pool       *p = s->pool;
    const Expr *one = expr_int(p, 1), *zero = expr_int(p, 0), *v = NULL;
    Truth       fine = YES;
    switch ((int)fn->id) {
    case FN_sin: return invert_sine(s, t, false, y);
    case FN_cos: return invert_sine(s, t, true, y);
    case FN_sec: case FN_csc:
        if ((fine = invert_require(s, REL_NE, t, zero)) == YES)
            return invert_sine(s, expr_div(p, one, t), fn->id == FN_sec, y);
        return fine == NO;
    case FN_tan:
        found_add(s, y, family(s, expr_call1(p, FN_atan, t), pi_over(p, 1, 1)));
        return true;
    case FN_cot:
        found_add(s, y, family(s, expr_is_zero(t) ? pi_over(p, 1, 2) : expr_call1(p, FN_atan, expr_div(p, one, t)), pi_over(p, 1, 1)));
        return true;
    case FN_exp:   if ((fine = invert_require(s, REL_GT, t, zero)) == YES) v = expr_call1(p, FN_log, t); break;
    case FN_expm1: if ((fine = invert_require(s, REL_GT, t, expr_int(p, -1))) == YES) v = expr_call1(p, FN_log, expr_add(p, t, one)); break;
    case FN_log:   v = expr_call1(p, FN_exp, t); break;
    case FN_log2:  v = expr_pow(p, expr_int(p, 2), t); break;
    case FN_log10: v = expr_pow(p, expr_int(p, 10), t); break;
    case FN_log1p: v = expr_sub(p, expr_call1(p, FN_exp, t), one); break;
    case FN_asin:  if ((fine = invert_require(s, REL_LE, expr_call1(p, FN_abs, t), pi_over(p, 1, 2))) == YES) v = expr_call1(p, FN_sin, t); break;
    case FN_atan:  if ((fine = invert_require(s, REL_LT, expr_call1(p, FN_abs, t), pi_over(p, 1, 2))) == YES) v = expr_call1(p, FN_tan, t); break;
    case FN_acos:
        if ((fine = invert_require(s, REL_GE, t, zero)) == YES && (fine = invert_require(s, REL_LE, t, pi_over(p, 1, 1))) == YES)
            v = expr_call1(p, FN_cos, t);
        break;
    case FN_sinh:  v = expr_call1(p, FN_asinh, t); break;
    case FN_asinh: v = expr_call1(p, FN_sinh, t); break;
    case FN_atanh: v = expr_call1(p, FN_tanh, t); break;
    case FN_tanh:  if ((fine = invert_require(s, REL_LT, expr_call1(p, FN_abs, t), one)) == YES) v = expr_call1(p, FN_atanh, t); break;
    case FN_acosh: if ((fine = invert_require(s, REL_GE, t, zero)) == YES) v = expr_call1(p, FN_cosh, t); break;
    case FN_cosh:
        if ((fine = invert_require(s, REL_GE, t, one)) == YES) {
            v = expr_call1(p, FN_acosh, t);
            found_add(s, y, expr_neg(p, v));
        }
        break;
    case FN_cbrt:     v = expr_powi(p, t, 3); break;
    case FN_lambertw: if ((fine = invert_require(s, REL_GE, t, expr_int(p, -1))) == YES) v = expr_mul(p, t, expr_call1(p, FN_exp, t)); break;
    case FN_sigmoid:
        if ((fine = invert_require(s, REL_GT, t, zero)) == YES && (fine = invert_require(s, REL_LT, t, one)) == YES)
            v = expr_call1(p, FN_log, expr_div(p, t, expr_sub(p, one, t)));
        break;
    case FN_softplus:
        if ((fine = invert_require(s, REL_GT, t, zero)) == YES)
            v = expr_call1(p, FN_log, expr_sub(p, expr_call1(p, FN_exp, t), one));
        break;
    default:
        return invert_fail(s, "a function has no inverse here");
    }
    found_add(s, y, v);
    return fine == NO || (fine == YES && v);
}

/* base^exponent = t */
static bool invert_power(Inverter *s, const Expr *g, const Expr *t, const Expr *x, Found *out)
{
    Pool       *p = s->pool;
    const Expr *base = g->arg[0], *exponent = g->arg[1], *zero = expr_int(p, 0);
    bool        inside_base = expr_depends(p, base, x), inside_exponent = expr_depends(p, exponent, x);
    bool        root = !inside_exponent && expr_is_number(exponent);
    Truth       fine = invert_require(s, root && expr_number_sign(exponent) > 0 ? REL_GE : REL_GT, t, zero);
    if (fine != YES)
        return fine == NO;
    if (!inside_exponent)
        return invert_inside(s, base, expr_pow(p, t, expr_div(p, expr_int(p, 1), exponent)), x, out);
    if (inside_base)
        return invert_zero(s, expr_sub(p, expr_mul(p, exponent, expr_call1(p, FN_log, base)), expr_call1(p, FN_log, t)), x, out);
    if ((fine = invert_require(s, REL_GT, base, zero)) != YES || (fine = invert_require(s, REL_NE, base, expr_int(p, 1))) != YES)
        return invert_fail(s, "the base of a power is not positive");
    return invert_inside(s, exponent, expr_div(p, expr_call1(p, FN_log, t), expr_call1(p, FN_log, base)), x, out);
}

bool invert_equal(Inverter *s, const Expr *g, const Expr *t, const Expr *x, Found *out)
{
    Found y = { 0 };
    slong degree;
    if (!t)
        return invert_fail(s, "a value is not defined");
    if (g == x) {
        found_add(s, out, t);
        return true;
    }
    if (g->kind == EXPR_POW)
        return invert_power(s, g, t, x, out);
    if (expr_is_call(g, FN_nthroot) && expr_fits_slong(g->arg[1], &degree) && degree > 0) {
        Truth fine = degree % 2 ? YES : invert_require(s, REL_GE, t, expr_int(s->pool, 0));
        return fine == YES ? invert_inside(s, g->arg[0], expr_powi(s->pool, t, degree), x, out) : fine == NO;
    }
    if (g->kind != EXPR_CALL || g->arity != 1)
        return invert_fail(s, "a function has no inverse here");
    return inverse_values(s, g->fn, t, &y) && invert_each(s, &y, g->arg[0], x, out);
}

/* ---- putting back ------------------------------------------------------------------------------------------------------------ */

/* Is the value, in letters, zero wherever the conditions found so far hold? Tried at points where they do. */
static Truth holds_where(Inverter *s, const Expr *value)
{
    enum { TRIES = 80, ENOUGH = 4 };
    Pool        *p = s->pool;
    Nodes        names = expr_symbols(p, s->arena, value);
    const Expr **at = arena_array(s->arena, const Expr *, names.n);
    Rng          r = rng_stream(1, STR("conditions"));
    int          zeros = 0, others = 0;
    acb_t        z;
    acb_init(z);
    for (int k = 0; k < TRIES && zeros + others < ENOUGH; k++) {
        bool inside = true;
        for (size_t i = 0; i < names.n; i++)
            at[i] = expr_ratio(p, (slong)rng_below(&r, 257) - 128, 32);
        for (size_t i = 0; i < s->condition.n && inside; i++) {
            const Expr *c = expr_subst(p, s->condition.at[i], names.at, at, names.n);
            inside = c && expr_decide(p, c).answer == YES;
        }
        const Expr *number = inside ? expr_subst(p, value, names.at, at, names.n) : NULL;
        if (number && expr_enclose(p, number, NULL, NULL, 0, SAMPLE_BITS, z, NULL) == EVAL_OK)
            *(acb_contains_zero(z) ? &zeros : &others) += 1;
        pool_clear_error(p);
    }
    acb_clear(z);
    if (zeros && others)
        invert_fail(s, "a solution holds for some values of the letters only");
    return others ? zeros ? UNKNOWN : NO : zeros ? YES : UNKNOWN;
}

/* Is e = 0 at x = c, with all its parts real? NO only by proof. */
static Truth holds(Inverter *s, const Expr *e, const Expr *x, const Expr *c)
{
    Pool  *p = s->pool;
    Nodes  nodes = expr_nodes(p, s->arena, &e, 1);
    acb_t  at, z;
    Truth  t = YES;
    acb_init(at);
    acb_init(z);
    if (!expr_is_numeric(c) || expr_enclose(p, c, NULL, NULL, 0, SAMPLE_BITS, at, NULL) != EVAL_OK)
        t = expr_is_numeric(c) ? UNKNOWN : YES;
    else if (!arb_contains_zero(acb_imagref(at)))
        t = NO;
    arb_zero(acb_imagref(at));
    for (size_t i = 0; i < nodes.n && t == YES && expr_is_numeric(c); i++) {
        const Expr *part = nodes.at[i];
        if (!expr_is_scalar(part) || part->kind == EXPR_RELATION || expr_enclose(p, part, &x, at, 1, SAMPLE_BITS, z, NULL) != EVAL_OK)
            continue;
        t = arb_contains_zero(acb_imagref(z)) ? YES : NO;
    }
    if (t == YES) {
        const Expr *value = expr_subst(p, e, &x, &c, 1);
        pool_clear_error(p);
        t = !value || (value->flags & EXPR_HAS_INFINITE) ? NO : expr_zero_test(p, value).answer;
        if (t == NO && value && !(value->flags & EXPR_HAS_INFINITE) && !expr_is_numeric(value))
            t = holds_where(s, value);                          /* not zero everywhere, but perhaps under the conditions */
    }
    acb_clear(z);
    acb_clear(at);
    return t;
}

/* Whole numbers where a pole of e lies on the family c; false if they were not found, or the domain of e is bounded. */
static bool find_exceptions(Inverter *s, const Expr *e, const Expr *x, const Expr *c, Inverse *out)
{
    Pool       *p = s->pool;
    const Expr *num, *den, *whole = expr_together(p, e);
    Found       leaf = { 0 };
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    find_leaves(s, whole, x, &leaf);
    for (size_t i = 0; i < leaf.n; i++)
        if (leaf.at[i] != x && !is_circular(leaf.at[i]) && (leaf.at[i]->kind != EXPR_CALL || leaf.at[i]->fn->domain[0] || leaf.at[i]->arity > 1))
            return false;
    const Expr *f = expr_factor(p, den);
    for (uint32_t i = 0; f && i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *g = f->kind == EXPR_MUL ? f->arg[i] : f;
        Found       inner = { 0 };
        find_leaves(s, g, x, &inner);
        if (inner.n != 1 || inner.at[0] != x)
            continue;                               /* functions of x: periodic, so the samples tell */
        Roots r = expr_solve_real(p, s->arena, expr_subst(p, g, &x, &c, 1), s->whole);
        if (r.found == UNKNOWN || r.every)
            return false;
        for (size_t k = 0; k < r.n; k++) {
            slong n;
            if (expr_fits_slong(r.at[k], &n) && out->exceptions < MOST_EXCEPTIONS)
                out->exception[out->exceptions++] = n;
        }
    }
    return f != NULL;
}

static bool is_exception(const Inverse *out, slong n)
{
    for (size_t i = 0; i < out->exceptions; i++)
        if (out->exception[i] == n)
            return true;
    return false;
}

/* A family at several whole numbers. */
static Truth family_holds(Inverter *s, const Expr *e, const Expr *x, const Expr *c, Inverse *out)
{
    size_t before = out->exceptions, failed = 0, tried = 0, complex = 0;
    acb_t  z;
    acb_init(z);
    if (!find_exceptions(s, e, x, c, out)) {
        acb_clear(z);
        return UNKNOWN;
    }
    for (slong n = -3; n <= 3; n++) {
        const Expr *value = expr_int(s->pool, n), *at = expr_subst(s->pool, c, &s->whole, &value, 1);
        if (is_exception(out, n))
            continue;
        tried++;
        if (at && expr_is_numeric(at) && expr_enclose(s->pool, at, NULL, NULL, 0, SAMPLE_BITS, z, NULL) == EVAL_OK && !arb_contains_zero(acb_imagref(z)))
            complex++;
        else
            failed += !at || (expr_is_numeric(at) && holds(s, e, x, at) == NO);
    }
    acb_clear(z);
    out->partly = out->partly || (complex && complex < tried);
    if (failed + complex == tried) {
        out->exceptions = before;
        return NO;
    }
    return failed ? UNKNOWN : YES;
}

/* ---- families that belong together -------------------------------------------------------------------------------------------- */

static const Expr *period_of(Inverter *s, const Expr *c, const Expr **offset)
{
    const Expr *with;
    invert_split(s, c, s->whole, &with, offset);
    return expr_is_zero(with) ? NULL : expr_div(s->pool, with, s->whole);
}

/* b is a, shifted by half a period, or part of it: *merged is both together. */
static bool merge(Inverter *s, const Expr *a, const Expr *b, const Expr **merged)
{
    const Expr *oa, *ob, *pa = period_of(s, a, &oa), *pb = period_of(s, b, &ob);
    fmpq_t      ratio, shift;
    bool        done = false;
    if (!pa || expr_depends(s->pool, pa, s->whole))
        return false;
    fmpq_init(ratio);
    fmpq_init(shift);
    bool known = (!pb || invert_ratio(s, pb, pa, ratio)) && invert_ratio(s, expr_sub(s->pool, ob, oa), pa, shift);
    if (known && fmpz_is_one(fmpq_denref(shift)) && (!pb || fmpz_is_one(fmpq_denref(ratio)))) {
        *merged = a;
        done = true;
    } else if (known && pb && fmpq_is_one(ratio) && fmpz_equal_ui(fmpq_denref(shift), 2)) {
        *merged = family(s, oa, expr_div(s->pool, pa, expr_int(s->pool, 2)));
        done = true;
    }
    pool_clear_error(s->pool);
    fmpq_clear(shift);
    fmpq_clear(ratio);
    return done;
}

/* offset + period*n with a positive period, the offset within half a period of 0 if both are numbers. */
static const Expr *tidy(Inverter *s, const Expr *c)
{
    Pool       *p = s->pool;
    const Expr *offset, *period = period_of(s, c, &offset);
    int         sign;
    if (!period || expr_depends(p, period, s->whole))
        return c;
    if (expr_sign(p, period, &sign).answer == YES && sign < 0)
        period = expr_neg(p, period);
    const Expr *turns = expr_call1(p, FN_ceil, expr_sub(p, expr_div(p, offset, period), expr_ratio(p, 1, 2)));
    if (turns && expr_is_integer(turns))
        offset = expr_expand(p, expr_sub(p, offset, expr_mul(p, turns, period)));
    pool_clear_error(p);
    return offset ? family(s, offset, period) : c;
}

static void merge_families(Inverter *s, Found *f)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->n; k++) {
            const Expr *both;
            if (i == k || !merge(s, f->at[i], f->at[k], &both))
                continue;
            f->at[i] = both;
            memmove(f->at + k, f->at + k + 1, (f->n - k - 1) * sizeof *f->at);
            f->n--;
            i = k = (size_t)-1;
            break;
        }
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------- */

/* Numbers ascending before what depends on letters. */
static void order_found(Pool *p, Found *f)
{
    arb_t a, b;
    acb_t z;
    acb_init(z);
    arb_init(a);
    arb_init(b);
    for (size_t i = 1; i < f->n; i++)
        for (size_t k = i; k > 0; k--) {
            const Expr *u = f->at[k - 1], *v = f->at[k];
            if (!expr_is_numeric(v) || (expr_is_numeric(u) && (expr_enclose(p, u, NULL, NULL, 0, 128, z, NULL) != EVAL_OK || (arb_set(a, acb_realref(z)), false)
                || expr_enclose(p, v, NULL, NULL, 0, 128, z, NULL) != EVAL_OK || (arb_set(b, acb_realref(z)), !arb_lt(b, a)))))
                break;
            f->at[k - 1] = v;
            f->at[k] = u;
        }
    arb_clear(b);
    arb_clear(a);
    acb_clear(z);
}

Inverse expr_solve_inverting(Pool *p, Arena *a, const Expr *e, const Expr *x)
{
    Inverter s = { .pool = p, .arena = a, .whole = expr_whole(p, expr_symbol(p, STR("n"))) };
    Inverse  out = { .found = UNKNOWN, .exception = arena_array(a, slong, MOST_EXCEPTIONS) };
    Found    candidate = { 0 }, kept = { 0 };
    if (expr_zero_test(p, e).answer == YES) {
        out.found = YES;
        out.every = true;
        return out;
    }
    if (!invert_zero(&s, e, x, &candidate)) {
        pool_clear_error(p);
        out.why = s.why ? s.why : "no way is known to invert its functions";
        out.interval = s.every;
        return out;
    }
    for (size_t i = 0; i < candidate.n; i++) {
        const Expr *c = candidate.at[i];
        Truth       t = expr_depends(p, c, s.whole) ? family_holds(&s, e, x, c, &out) : holds(&s, e, x, c);
        if (s.why) {
            out.why = s.why;
            return out;
        }
        if (t == UNKNOWN && expr_depends(p, c, s.whole)) {
            out.why = "a family of solutions holds for some whole numbers only";
            return out;
        }
        if (t != NO)
            vec_push(a, &kept, c);
    }
    for (size_t i = 0; i < kept.n; i++)
        kept.at[i] = tidy(&s, kept.at[i]);
    merge_families(&s, &kept);
    for (size_t i = 0; i < kept.n; i++)
        kept.at[i] = tidy(&s, kept.at[i]);
    order_found(p, &kept);
    pool_clear_error(p);
    out.found = kept.n ? YES : NO;
    out.at = kept.at;
    out.n = kept.n;
    for (size_t i = 0; i < kept.n; i++)
        out.whole = expr_depends(p, kept.at[i], s.whole) ? s.whole : out.whole;
    out.condition = s.condition.at;
    out.conditions = s.condition.n;
    return out;
}
