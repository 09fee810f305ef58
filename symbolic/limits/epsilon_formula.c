/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest delta as a formula in eps: the solutions of f = L + eps and f = L - eps that tend to the point are compared for eps -> 0+
 * by limits, and the nearest is the formula for small eps. Where x occurs once, f is inverted along the branch through
 * the point; else the solver is asked. The formula must give the certified delta at two small numbers, else it is not
 * printed: that no solution is missing rests on this check. */
#include "symbolic/limits/epsilon_int.h"

#include "base/vec.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/limit.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/solve.h"

#include <math.h>

enum { MOST_BRANCHES = 32, MOST_POWERS = 4 };

typedef struct Branch { const Expr *at, *distance; int side; } Branch;

typedef struct Branches { size_t n; Branch at[MOST_BRANCHES]; } Branches;

/* Does the branch tend to the point, and from which side? */
static bool add_branch(Task *s, Branches *b, const Expr *at)
{
    Pool       *p = s->c->pool;
    const Expr *zero = expr_int(p, 0), *gap = expr_sub(p, at, s->a), *small = expr_ratio(p, 1, 1000000);
    Limit       l = expr_limit(p, s->c->arena, gap, s->eps, zero, 1);
    pool_clear_error(p);
    if (l.answer == LIMIT_NONE)
        return true;
    if (l.answer == LIMIT_UNDECIDED)
        return open_task(s, "a solution was not followed to eps = 0");
    if (l.value->flags & EXPR_HAS_INFINITE || expr_zero_test(p, l.value).answer == NO)
        return true;
    arb_t v;
    arb_init(v);
    bool fine = task_number(s, expr_subst(p, gap, &s->eps, &small, 1), v);
    int  side = arb_is_positive(v) ? 1 : arb_is_negative(v) ? -1 : 0;
    arb_clear(v);
    if (!fine)
        return true;
    if (!side || b->n == MOST_BRANCHES)
        return open_task(s, "a solution was not followed to eps = 0");
    if (!s->side || s->side == side)
        b->at[b->n++] = (Branch){ at, side > 0 ? gap : expr_neg(p, gap), side };
    return true;
}

/* ---- the inverse near the point ------------------------------------------------------------------------------------------------- */

typedef VEC(const Expr *) Inverses;

/* The number that e is at x = a, or at eps = 0. */
static double number_at(Task *s, const Expr *e, const Expr *symbol, const Expr *at)
{
    arb_t  v;
    double d = NAN;
    arb_init(v);
    if (task_number(s, expr_subst(s->c->pool, e, &symbol, &at, 1), v))
        d = arf_get_d(arb_midref(v), ARF_RND_NEAR);
    arb_clear(v);
    return d;
}

static bool invert(Task *s, const Expr *e, const Expr *y, Inverses *out);

/* u^n = y: the real roots; which of them lie near the point is found later. */
static bool invert_power(Task *s, const Expr *e, const Expr *y, Inverses *out)
{
    Pool       *p = s->c->pool;
    const Expr *u = e->arg[0], *small = expr_ratio(p, 1, 1000000), *n = e->arg[1];
    slong       whole;
    if (expr_depends(p, n, s->x))
        return !expr_depends(p, u, s->x) && invert(s, n, expr_div(p, expr_call1(p, FN_log, y), expr_call1(p, FN_log, u)), out);
    bool        odd = expr_fits_slong(n, &whole) && whole % 2, negative = number_at(s, y, s->eps, small) < 0;
    const Expr *root = expr_pow(p, negative ? expr_neg(p, y) : y, expr_powi(p, n, -1));
    if (negative)
        return !odd || invert(s, u, expr_neg(p, root), out);
    return invert(s, u, root, out) && (odd || !expr_is_integer(n) || invert(s, u, expr_neg(p, root), out));
}

/* principal + period*k, and mirror - principal + period*k, where k makes it nearest to u at the point. */
static bool invert_circular(Task *s, const Expr *u, const Expr *principal, const Expr *mirror, slong turns, Inverses *out)
{
    Pool       *p = s->c->pool;
    const Expr *period = expr_mul(p, expr_int(p, turns), expr_constant(p, CONSTANT_PI)), *zero = expr_int(p, 0);
    double      here = number_at(s, u, s->x, s->a);
    for (int i = 0; i < (mirror ? 2 : 1); i++) {
        const Expr *v = i ? expr_sub(p, mirror, principal) : principal;
        double      k = round((here - number_at(s, v, s->eps, zero)) / ((double)turns * M_PI));
        if (!(fabs(k) < 1e6))
            return false;
        if (!invert(s, u, expr_add(p, v, expr_mul(p, expr_int(p, (slong)k), period)), out))
            return false;
    }
    return true;
}

static bool invert_call(Task *s, const Expr *e, const Expr *y, Inverses *out)
{
    static const struct { FnId fn, inverse; bool even; } table[] = {
        { FN_exp, FN_log, false }, { FN_log, FN_exp, false }, { FN_atan, FN_tan, false }, { FN_asin, FN_sin, false }, { FN_acos, FN_cos, false },
        { FN_sinh, FN_asinh, false }, { FN_tanh, FN_atanh, false }, { FN_asinh, FN_sinh, false }, { FN_atanh, FN_tanh, false }, { FN_acosh, FN_cosh, false },
        { FN_cosh, FN_acosh, true },
    };
    Pool       *p = s->c->pool;
    const Expr *u = e->arg[0];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (e->fn->id == table[i].fn) {
            const Expr *v = expr_call1(p, table[i].inverse, y);
            return invert(s, u, v, out) && (!table[i].even || invert(s, u, expr_neg(p, v), out));
        }
    switch ((int)e->fn->id) {
    case FN_sqrt: return invert(s, u, expr_powi(p, y, 2), out);
    case FN_cbrt: return invert(s, u, expr_powi(p, y, 3), out);
    case FN_abs:  return invert(s, u, y, out) && invert(s, u, expr_neg(p, y), out);
    case FN_sin:  return invert_circular(s, u, expr_call1(p, FN_asin, y), expr_constant(p, CONSTANT_PI), 2, out);
    case FN_cos:  return invert_circular(s, u, expr_call1(p, FN_acos, y), expr_int(p, 0), 2, out);
    case FN_tan:  return invert_circular(s, u, expr_call1(p, FN_atan, y), NULL, 1, out);
    default:      return false;
    }
}

/* x from e = y where x occurs once in e; false if that cannot be had. Too many values do no harm. */
static bool invert(Task *s, const Expr *e, const Expr *y, Inverses *out)
{
    Pool       *p = s->c->pool;
    const Expr *inner = NULL, *rest = NULL;
    if (!y)
        return false;
    if (e == s->x) {
        vec_push(s->c->arena, out, y);
        return true;
    }
    if (e->kind == EXPR_CALL)
        return e->arity == 1 && invert_call(s, e, y, out);
    if (e->kind == EXPR_POW)
        return invert_power(s, e, y, out);
    if (e->kind != EXPR_ADD && e->kind != EXPR_MUL)
        return false;
    for (uint32_t i = 0; i < e->arity; i++) {
        bool depends = expr_depends(p, e->arg[i], s->x);
        if (depends && inner)
            return false;
        if (depends)
            inner = e->arg[i];
        else
            rest = !rest ? e->arg[i] : e->kind == EXPR_ADD ? expr_add(p, rest, e->arg[i]) : expr_mul(p, rest, e->arg[i]);
    }
    return inner && rest && invert(s, inner, e->kind == EXPR_ADD ? expr_sub(p, y, rest) : expr_div(p, y, rest), out);
}

/* The solutions of f = y that tend to the point with eps. */
static bool branches_of(Task *s, const Expr *y, Branches *b)
{
    Pool       *p = s->c->pool;
    const Expr *u = expr_sub(p, s->f, y);
    Inverses    near = { 0 };
    if (invert(s, s->f, y, &near)) {
        pool_clear_error(p);
        for (size_t i = 0; i < near.n; i++)
            if (near.at[i] && !add_branch(s, b, near.at[i]))
                return false;
        return true;
    }
    pool_clear_error(p);
    Roots   r = expr_solve_real(p, s->c->arena, u, s->x);
    Inverse v = { .found = r.found, .n = r.n, .at = r.at };
    pool_clear_error(p);
    if (r.found == UNKNOWN || r.every)
        v = expr_solve_inverting(p, s->c->arena, u, s->x);
    pool_clear_error(p);
    if (v.found == UNKNOWN || v.every)
        return open_task(s, "f = L + eps has no closed solution");
    for (size_t i = 0; i < v.n; i++)
        for (slong n = -4; n <= 4; n++) {
            const Expr *k = expr_int(p, n);
            bool        family = v.whole && expr_depends(p, v.at[i], v.whole);
            if ((n && !family) || (v.at[i]->flags & EXPR_HAS_I))
                continue;
            if (!add_branch(s, b, family ? expr_subst(p, v.at[i], &v.whole, &k, 1) : v.at[i]))
                return false;
        }
    return true;
}

/* Is distance a at most b for small eps? By the first power of eps in which they differ. */
static Truth not_longer(Task *s, const Expr *a, const Expr *b)
{
    Pool       *p = s->c->pool;
    const Expr *d = expr_sub(p, b, a), *zero = expr_int(p, 0);
    int         sign = 0;
    if (!d || expr_zero_test(p, d).answer == YES)
        return YES;
    for (slong k = 0; k <= MOST_POWERS; k++) {
        Limit l = expr_limit(p, s->c->arena, expr_div(p, d, expr_powi(p, s->eps, k)), s->eps, zero, 1);
        pool_clear_error(p);
        if (l.answer != LIMIT_FOUND)
            return UNKNOWN;
        if (l.value->flags & EXPR_HAS_INFINITE)
            return expr_is_constant(l.value, CONSTANT_OO) ? YES : NO;
        if (expr_sign(p, l.value, &sign).answer != YES)
            return UNKNOWN;
        if (sign)
            return sign > 0 ? YES : NO;
    }
    return UNKNOWN;
}

static const Expr *shortest_branch(Task *s, const Branches *b)
{
    for (size_t i = 0; i < b->n; i++) {
        bool best = true;
        for (size_t k = 0; k < b->n && best; k++)
            best = k == i || not_longer(s, b->at[i].distance, b->at[k].distance) == YES;
        if (best)
            return b->at[i].distance;
    }
    return open_task(s, "the distances on both sides could not be compared"), NULL;
}

/* Does the formula give the certified delta at eps = 1/n? */
static Truth agrees(Task *s, const Expr *delta, slong num, slong den)
{
    Pool       *p = s->c->pool;
    Task        at = *s;
    const Expr *e = expr_ratio(p, num, den), *formula = expr_subst(p, delta, &s->eps, &e, 1);
    at.eps = e;
    at.why = (Str){ 0 };
    at.cap = INFINITY;
    at.deadline = task_clock() + SEARCH_SECONDS / 2.0;
    Reach r = largest_delta(&at);
    arb_t v, w;
    Truth t = UNKNOWN;
    arb_init(v);
    arb_init(w);
    if (r.known == YES && r.distance && task_number(s, r.distance, v))
        t = task_number(s, formula, w) && arb_overlaps(v, w) ? YES : NO;
    else if (r.known == YES)
        t = NO;
    arb_clear(w);
    arb_clear(v);
    return t;
}

const Expr *delta_formula(Task *s, Str *checked)
{
    Pool       *p = s->c->pool;
    const Expr *name = s->eps;
    Branches    b = { 0 };
    s->eps = expr_positive(p, name);
    bool        fine = branches_of(s, expr_add(p, s->limit, s->eps), &b) && branches_of(s, expr_sub(p, s->limit, s->eps), &b);
    const Expr *delta = fine && b.n ? shortest_branch(s, &b) : NULL;
    if (!delta)
        return open_task(s, "no solution tends to the point as eps tends to 0"), NULL;
    delta = tidy(p, delta);
    const struct { slong num, den; } at[] = { { 1, 1000000 }, { 1, 1000 }, { 1, 10 }, { 1, 1 }, { 10, 1 } };
    Buf text = buf_new(s->c->arena);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        Truth t = agrees(s, delta, at[i].num, at[i].den);
        if (i < 2 && t != YES)
            return open_task(s, t == NO ? "the formula and a certified value disagree" : "the formula could not be checked"), NULL;
        if (t != YES)
            break;
        buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARGS(expr_text(s->c->arena, p, expr_ratio(p, at[i].num, at[i].den))));
    }
    *checked = buf_str(&text);
    delta = expr_subst(p, delta, &s->eps, &name, 1);
    s->eps = name;
    return delta;
}
