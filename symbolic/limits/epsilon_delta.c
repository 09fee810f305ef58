/* SPDX-License-Identifier: GPL-3.0-or-later */
/* epsilon_delta: the largest delta, the distance from the point to the nearest x with |f(x) - L| >= eps.
 *
 * Such an x is a solution of f = L + eps or f = L - eps, found by the solver (in closed form, or certified as a ball) on the whole line or
 * in growing ranges, or a discontinuity (joints.c) beyond which f stays away from L; both sides are searched, the nearer one decides.
 * Only x in the domain of f count.
 * Functions with steps (floor, sign, if) are walked from joint to joint, written without steps in between. */
#include "symbolic/limits/epsilon_int.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/limits/joints.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/solve/solve_int.h"

#include <math.h>
#include <time.h>

enum { BITS = 256, MOST_DOUBLINGS = 12 };

double task_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool open_task(Task *s, const char *why)
{
    if (!s->why.n)
        s->why = str_of(why);
    return false;
}

/* ---- one side ------------------------------------------------------------------------------------------------------------------ */

bool task_number(Task *s, const Expr *e, arb_t out)
{
    bool fine = e && expr_real_ball(s->c->pool, e, NULL, NULL, BITS, out);
    pool_clear_error(s->c->pool);
    return fine;
}

/* The sign of a distance: by balls, which tell it best where it is tiny beside the point, else by proof. */
static bool distance_sign(Task *s, const Expr *d, int *sign)
{
    Pool *p = s->c->pool;
    arb_t v;
    bool  known = d && expr_is_number(d);
    if (known)
        *sign = expr_number_sign(d);
    arb_init(v);
    for (slong bits = BITS; d && !known && bits <= 32 * BITS; bits *= 2) {
        known = expr_real_ball(p, d, NULL, NULL, bits, v) && !arb_contains_zero(v);
        *sign = arb_is_positive(v) ? 1 : -1;
    }
    arb_clear(v);
    known = known || expr_sign(p, d, sign).answer == YES;
    pool_clear_error(p);
    return known;
}

/* a is nearer than b (b NULL: yes); distances on one side. */
static Truth nearer(Task *s, const Expr *a, const Expr *b)
{
    int sign = 0;
    if (!b)
        return YES;
    return distance_sign(s, expr_sub(s->c->pool, a, b), &sign) ? (sign < 0 ? YES : NO) : UNKNOWN;
}

static const Expr *distance_to(Task *s, const Expr *at, int side)
{
    Pool *p = s->c->pool;
    return side > 0 ? expr_sub(p, at, s->a) : expr_sub(p, s->a, at);
}

/* Is a solution at an unproved distance of about 0 the point itself? Near it the numerators of f = L + eps and f = L - eps have no
 * zero, or one simple zero, at the point: in (exp(x) - 1)/x - 1 - eps the multiplication by x made it. */
static bool must_be_point(Task *s, const Expr *d)
{
    Pool *p = s->c->pool;
    arb_t near, v;
    bool  fine;
    arb_init(near);
    arb_init(v);
    fine = task_number(s, d, v) && mag_cmp_2exp_si(arb_radref(v), -100) < 0 && arb_contains_zero(v) && task_number(s, s->a, near);
    mag_set_ui_2exp_si(arb_radref(near), 1, -60);
    for (int i = -1; i <= 1 && fine; i += 2) {
        const Expr *level = expr_add(p, s->limit, expr_mul(p, expr_int(p, i), s->eps)), *whole = expr_together(p, expr_sub(p, s->f, level)), *num, *den;
        if (!(fine = whole != NULL))
            break;
        expr_fraction(p, whole, &num, &den);
        acb_t in, out;
        acb_init(in);
        acb_init(out);
        acb_set_arb(in, near);
        bool away = expr_enclose(p, num, &s->x, in, 1, BITS, out, NULL) == EVAL_OK && !acb_contains_zero(out);
        if (!away) {
            const Expr *slope = expr_diff(p, num, s->x), *there = expr_subst(p, num, &s->x, &s->a, 1);
            fine = slope && there && expr_zero_test(p, there).answer == YES && expr_enclose(p, slope, &s->x, in, 1, BITS, out, NULL) == EVAL_OK && !acb_contains_zero(out);
        }
        acb_clear(out);
        acb_clear(in);
    }
    pool_clear_error(p);
    arb_clear(v);
    arb_clear(near);
    return fine;
}

/* Keeps the nearest of the places that lie on this side, the point itself left out. */
static bool keep_nearest(Task *s, const Places *places, int side, Reach *r)
{
    for (size_t i = 0; i < places->n; i++) {
        const Expr *d = distance_to(s, places->at[i], side);
        int         sign = 0;
        if (!distance_sign(s, d, &sign)) {
            if (must_be_point(s, d))
                continue;
            return open_task(s, "a solution may be the point itself");
        }
        if (sign <= 0)
            continue;
        Truth t = nearer(s, d, r->distance);
        if (t == UNKNOWN && d->flags & EXPR_HAS_BALL)
            continue;               /* the same place, known less well */
        if (t != NO) {
            r->at = places->at[i];
            r->distance = d;
        }
    }
    return true;
}

static const Expr *moved(Task *s, int side, double by)
{
    fmpq_t q;
    arf_t  v;
    fmpz_t m, e;
    fmpq_init(q);
    arf_init(v);
    fmpz_init(m);
    fmpz_init(e);
    arf_set_d(v, side * by);
    arf_get_fmpz_2exp(m, e, v);
    fmpz_set(fmpq_numref(q), m);
    if (fmpz_sgn(e) >= 0)
        fmpz_mul_2exp(fmpq_numref(q), m, fmpz_get_ui(e));
    else
        fmpz_mul_2exp(fmpq_denref(q), fmpq_denref(q), (ulong)-fmpz_get_si(e));
    const Expr *at = expr_add(s->c->pool, s->a, expr_fmpq(s->c->pool, q));
    fmpz_clear(e);
    fmpz_clear(m);
    arf_clear(v);
    fmpq_clear(q);
    return at;
}

/* The solutions of both equations between two places; *all: none is missing. */
static void solutions(Task *s, const Expr *f, const Expr *low, const Expr *high, Places *out, bool *all)
{
    Pool       *p = s->c->pool;
    const Expr *g = expr_sub(p, f, s->limit), *u[] = { expr_sub(p, g, s->eps), expr_add(p, g, s->eps) };
    const char *why = "";
    *all = true;
    for (int i = 0; i < 2; i++) {
        if (!places_of(s->c, u[i], s->x, low, high, out, &why))
            *all = false;
        pool_clear_error(p);
    }
}

/* Is |f - L| < eps for all x up to this distance? Sines and cosines that have no ball there are anything in -1..1. */
static bool safe_up_to(Task *s, int side, double reach)
{
    Pool        *p = s->c->pool;
    const Expr  *gap = expr_sub(p, s->f, s->limit), *far = moved(s, side, reach), **symbol;
    Nodes        nodes = expr_nodes(p, s->c->arena, &gap, 1);
    acb_ptr      value = _acb_vec_init((slong)nodes.n + 1);
    acb_t        out;
    arb_t        a, b, eps;
    size_t       n = 1;
    acb_init(out);
    arb_init(a);
    arb_init(b);
    arb_init(eps);
    symbol = arena_array(s->c->arena, const Expr *, nodes.n + 1);
    symbol[0] = s->x;
    bool fine = task_number(s, s->a, a) && task_number(s, far, b) && task_number(s, s->eps, eps);
    arb_union(acb_realref(value), a, b, BITS);
    for (size_t i = 0; fine && i < nodes.n; i++) {
        const Expr *e = nodes.at[i];
        if ((!expr_is_call(e, FN_sin) && !expr_is_call(e, FN_cos)) || expr_enclose(p, e, symbol, value, n, BITS, out, NULL) == EVAL_OK)
            continue;
        const Expr *wave = expr_fresh(p, s->x);
        gap = expr_subst(p, gap, &e, &wave, 1);
        symbol[n] = wave;
        mag_one(arb_radref(acb_realref(value + n++)));
    }
    fine = fine && gap && expr_enclose(p, gap, symbol, value, n, BITS, out, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(out));
    arb_abs(acb_realref(out), acb_realref(out));
    fine = fine && arb_lt(acb_realref(out), eps);
    pool_clear_error(p);
    arb_clear(eps);
    arb_clear(b);
    arb_clear(a);
    acb_clear(out);
    _acb_vec_clear(value, (slong)nodes.n + 1);
    return fine;
}

/* The nearest solution on one side, in ranges that grow until one is found. */
static bool crossing(Task *s, int side, Reach *r)
{
    Places whole = { 0 };
    bool   all;
    solutions(s, s->f, NULL, NULL, &whole, &all);
    if (all)
        return keep_nearest(s, &whole, side, r);
    double from = 0.5, to = 1;
    while (from > 1e-9 && !safe_up_to(s, side, from))
        from /= 2;
    from = from > 1e-9 ? from : 0;
    for (int k = 0; k < MOST_DOUBLINGS && task_clock() < s->deadline && !should_stop(); k++) {
        Places      found = { 0 };
        const Expr *near = moved(s, side, from), *far = moved(s, side, to);
        solutions(s, s->f, side > 0 ? near : far, side > 0 ? far : near, &found, &all);
        if (!keep_nearest(s, &found, side, r))
            return false;
        if (all && r->distance)
            return true;
        if (all && to >= s->cap)
            return true;
        if (all) {
            from = to;
            to *= 2;
            continue;
        }
        arb_t d;                    /* incomplete: up to a little beyond the nearest one found, or not so far */
        arb_init(d);
        bool   fine = r->distance && task_number(s, r->distance, d);
        double next = fine ? arf_get_d(arb_midref(d), ARF_RND_NEAR) * 1.001 : from + (to - from) / 4;
        arb_clear(d);
        r->distance = r->at = NULL;
        to = next < to ? next : from + (to - from) / 2;
    }
    return open_task(s, "the solutions of |f - L| = eps were not all found");
}

/* |e - L| against eps: 1 above, 0 equal, -1 below. */
static bool against_eps(Task *s, const Expr *e, int *sign)
{
    Pool       *p = s->c->pool;
    const Expr *gap = expr_sub(p, expr_call1(p, FN_abs, expr_sub(p, e, s->limit)), s->eps);
    bool        fine = expr_sign(p, gap, sign).answer == YES;
    pool_clear_error(p);
    return fine;
}

/* Do x at the discontinuity, or just behind it, violate the bound? */
static Truth violates(Task *s, const Break *b, int side)
{
    int         i = side > 0, sign;
    const Expr *l = b->limit[i];
    if (b->kind == BREAK_OPEN || (b->value && !against_eps(s, b->value, &sign)))
        return UNKNOWN;
    if (b->value && sign >= 0)
        return YES;
    if (b->outside[i])
        return NO;
    if (!l)
        return UNKNOWN;
    if (l->flags & EXPR_HAS_INFINITE)
        return YES;
    return !against_eps(s, l, &sign) || sign == 0 ? UNKNOWN : sign > 0 ? YES : NO;
}

/* Discontinuities nearer than the solution that was found. */
static bool breaks_before(Task *s, int side, Reach *r)
{
    const Expr *low = NULL, *high = NULL;
    Joints      j = expr_joints(s->c->pool, s->c->arena, s->f, s->x);
    if (!j.n && !j.why)
        return true;
    if (!r->at && isfinite(s->cap)) {
        const Expr *far = moved(s, side, s->cap);
        low = side > 0 ? s->a : far;
        high = side > 0 ? far : s->a;
    } else if (r->at) {
        arb_t d;
        arb_init(d);
        bool   fine = task_number(s, r->distance, d);
        double to = arf_get_d(arb_midref(d), ARF_RND_NEAR);
        arb_clear(d);
        if (!fine)
            return open_task(s, "a solution has no value");
        const Expr *far = r->at->flags & EXPR_HAS_BALL ? moved(s, side, to * (1 + 1e-9)) : r->at;
        low = side > 0 ? s->a : far;
        high = side > 0 ? far : s->a;
    }
    Breaks b = breaks_in(s->c, s->f, s->x, low, high);
    if (b.why.n) {
        s->why = s->why.n ? s->why : b.why;
        return false;
    }
    for (size_t k = 0; k < b.n; k++) {
        const Break *q = &b.at[side > 0 ? k : b.n - 1 - k];
        const Expr  *d = distance_to(s, q->at, side);
        int          sign = 0;
        if (q->kind == BREAK_NONE && !q->outside[0] && !q->outside[1])
            continue;
        if (!distance_sign(s, d, &sign))
            return open_task(s, "a discontinuity may be the point itself");
        if (sign <= 0 || nearer(s, d, r->distance) == NO)
            continue;
        s->edge = s->edge || q->outside[0] || q->outside[1];
        Truth t = violates(s, q, side);
        if (t == UNKNOWN)
            return open_task(s, "the function was not understood at a discontinuity");
        if (t == YES) {
            *r = (Reach){ YES, q->at, d };
            return true;
        }
    }
    return true;
}

/* ---- functions with steps: piece by piece ------------------------------------------------------------------------------------- */

static bool steps(const Expr *e)
{
    FnId id = e->kind == EXPR_CALL ? e->fn->id : FN_COUNT;
    return e->kind == EXPR_PIECEWISE || id == FN_floor || id == FN_ceil || id == FN_round || id == FN_sign || id == FN_mod;
}

static bool has_steps(Task *s)
{
    Nodes nodes = expr_nodes(s->c->pool, s->c->arena, &s->f, 1);
    for (size_t i = 0; i < nodes.n; i++)
        if (steps(nodes.at[i]) && expr_depends(s->c->pool, nodes.at[i], s->x))
            return true;
    return false;
}

/* The whole number that e has at x = at; NULL if it is not known. */
static const Expr *whole_at(Task *s, const Expr *e, const Expr *at)
{
    arb_t       v;
    fmpz_t      n;
    const Expr *out = NULL;
    arb_init(v);
    fmpz_init(n);
    if (task_number(s, expr_subst(s->c->pool, e, &s->x, &at, 1), v) && arb_get_unique_fmpz(n, v))
        out = expr_fmpz(s->c->pool, n);
    fmpz_clear(n);
    arb_clear(v);
    return out;
}

/* What stands for a node with steps around x = at, where it has none. */
static const Expr *smooth_form(Task *s, const Expr *e, const Expr *at)
{
    Pool *p = s->c->pool;
    if (e->kind == EXPR_PIECEWISE) {
        for (uint32_t i = 0; i + 1 < e->arity; i += 2) {
            const Expr *condition = expr_subst(p, e->arg[i], &s->x, &at, 1);
            Truth       t = condition ? expr_decide(p, condition).answer : UNKNOWN;
            if (t != NO)
                return t == YES ? e->arg[i + 1] : NULL;
        }
        return e->arg[e->arity - 1];
    }
    if (!expr_is_call(e, FN_mod))
        return whole_at(s, e, at);
    const Expr *turns = whole_at(s, expr_call1(p, FN_floor, expr_div(p, e->arg[0], e->arg[1])), at);
    return turns ? expr_sub(p, e->arg[0], expr_mul(p, e->arg[1], turns)) : NULL;
}

/* f as it is around x = at, written without steps; NULL if that is not known. */
static const Expr *piece_at(Task *s, const Expr *at)
{
    Pool       *p = s->c->pool;
    const Expr *f = s->f;
    for (bool again = true; again && f;) {
        Nodes nodes = expr_nodes(p, s->c->arena, &f, 1);
        again = false;
        for (size_t i = 0; i < nodes.n && !again; i++) {
            const Expr *e = nodes.at[i];
            if (!steps(e) || !expr_depends(p, e, s->x))
                continue;
            const Expr *smooth = smooth_form(s, e, at);
            if (!smooth)
                return NULL;
            f = expr_subst(p, f, &e, &smooth, 1);
            again = true;
        }
    }
    return f;
}

/* The first solution between two neighbouring joints, which are left out; far NULL: there is none beyond. */
static bool crossing_in_piece(Task *s, const Expr *near, const Expr *far, int side, Reach *r)
{
    Pool       *p = s->c->pool;
    Places      found = { 0 }, inside = { 0 };
    bool        all;
    const Expr *one = expr_int(p, side), *middle = far ? expr_div(p, expr_add(p, near, far), expr_int(p, 2)) : expr_add(p, near, one);
    const Expr *f = piece_at(s, middle), *end[] = { near, far };
    if (!f)
        return open_task(s, "the function was not understood between two discontinuities");
    if (!expr_depends(p, f, s->x)) {        /* a whole piece is within eps of L, or is not */
        int sign;
        if (!against_eps(s, f, &sign))
            return open_task(s, "a value was not compared with eps");
        if (sign >= 0)
            *r = (Reach){ YES, near, distance_to(s, near, side) };
        return true;
    }
    solutions(s, f, !far ? NULL : side > 0 ? near : far, !far ? NULL : side > 0 ? far : near, &found, &all);
    for (size_t i = 0; i < found.n; i++) {
        int  sign = 1;
        bool ends = !far && expr_sign(p, side > 0 ? expr_sub(p, found.at[i], near) : expr_sub(p, near, found.at[i]), &sign).answer == YES && sign < 0;
        for (int k = 0; k < (far ? 2 : 1); k++)
            ends = ends || expr_zero_test(p, expr_sub(p, found.at[i], end[k])).answer == YES;
        if (!ends)
            vec_push(s->c->arena, &inside, found.at[i]);
    }
    return all ? keep_nearest(s, &inside, side, r) : open_task(s, "the solutions of |f - L| = eps were not all found");
}

/* Over the joints between near and far, outwards (far NULL: over all there are): true if the side is settled. */
static bool walk(Task *s, const Expr *near, const Expr *far, int side, Reach *r)
{
    Pool  *p = s->c->pool;
    Breaks b = breaks_in(s->c, s->f, s->x, !far ? NULL : side > 0 ? near : far, !far ? NULL : side > 0 ? far : near);
    if (b.why.n)
        return s->why = b.why, false;
    for (size_t k = 0; k <= b.n; k++) {
        const Break *q = k < b.n ? &b.at[side > 0 ? k : b.n - 1 - k] : NULL;
        const Expr  *next = q ? q->at : far, *gap = next ? distance_to(s, next, side) : NULL;
        int          sign = 1;
        if (next && expr_sign(p, side > 0 ? expr_sub(p, next, near) : expr_sub(p, near, next), &sign).answer != YES)
            return open_task(s, "two discontinuities were not told apart");
        if (sign > 0 && (!crossing_in_piece(s, near, next, side, r) || r->distance))
            return r->distance != NULL;
        near = sign > 0 ? next : near;
        if (!q || expr_sign(p, gap, &sign).answer != YES || sign <= 0)
            continue;
        Truth t = violates(s, q, side);
        if (t == UNKNOWN && (q->kind == BREAK_OPEN || !q->limit[side > 0]))
            return open_task(s, "the function was not understood at a discontinuity");
        if (t == YES)
            return *r = (Reach){ YES, next, gap }, true;
        if (q->outside[side > 0])
            return s->edge = true;
    }
    return far == NULL;
}

static bool walk_pieces(Task *s, int side, Reach *r)
{
    if (walk(s, s->a, NULL, side, r))
        return true;
    s->why = (Str){ 0 };
    double from = 0;
    for (double to = 1; to <= 1 << MOST_DOUBLINGS && task_clock() < s->deadline && !should_stop(); from = to, to *= 2) {
        if (walk(s, moved(s, side, from), moved(s, side, to), side, r) || s->why.n)
            return r->distance || s->edge;
        if (to >= s->cap)
            return true;
    }
    return open_task(s, "no x was found where the bound is violated, and no proof that there is none");
}

static Reach reach(Task *s, int side)
{
    Reach r = { .known = YES };
    if (has_steps(s) ? !walk_pieces(s, side, &r) : !crossing(s, side, &r) || !breaks_before(s, side, &r))
        r.known = UNKNOWN;
    pool_clear_error(s->c->pool);
    return r;
}

/* Does a value at a distance in between, by balls, violate the bound? Then something was missed. */
static bool violated_at(Task *s, double distance, int side)
{
    Pool       *p = s->c->pool;
    const Expr *at = moved(s, side, distance), *gap = expr_sub(p, s->f, s->limit), *there = expr_subst(p, gap, &s->x, &at, 1);
    acb_t       v;
    arb_t       eps;
    acb_init(v);
    arb_init(eps);
    bool fine = there && expr_enclose(p, there, NULL, NULL, 0, BITS, v, NULL) == EVAL_OK && arb_is_zero(acb_imagref(v)) && task_number(s, s->eps, eps);
    arb_abs(acb_realref(v), acb_realref(v));
    fine = fine && arb_gt(acb_realref(v), eps);
    pool_clear_error(p);
    arb_clear(eps);
    acb_clear(v);
    return fine;
}

static bool contradicted(Task *s, const Reach *r)
{
    arb_t  d;
    double end = 1 << 20;
    bool   bad = false;
    arb_init(d);
    if (r->distance && task_number(s, r->distance, d))
        end = arf_get_d(arb_midref(d), ARF_RND_DOWN) * (1 - 1e-9);
    arb_clear(d);
    for (int side = -1; side <= 1; side += 2)
        for (int k = 0; k < 24 && !bad && end > 0 && s->side != -side; k++)
            bad = violated_at(s, k < 12 ? end * (1 - k / 13.0) : end * pow(0.5, 1.7 * (k - 11)), side);
    return bad;
}

/* The nearer of both sides. */
Reach largest_delta(Task *s)
{
    Reach best = { .known = YES }, found[2] = { { .known = YES }, { .known = YES } };
    for (int i = 0; i < 2; i++)
        if (s->side != 1 - 2 * i)
            found[i] = reach(s, 2 * i - 1);
    for (int i = 0; i < 2; i++) {       /* a side that was not settled has to be good as far as the other one only */
        const Expr *other = found[!i].known == YES ? found[!i].distance : NULL;
        arb_t       d;
        arb_init(d);
        if (found[i].known != YES && other && task_number(s, other, d)) {
            s->cap = arf_get_d(arb_midref(d), ARF_RND_NEAR) * (1 + 1e-9);
            s->why = (Str){ 0 };
            found[i] = reach(s, 2 * i - 1);
        }
        arb_clear(d);
    }
    for (int i = 0; i < 2; i++) {
        if (found[i].known != YES)
            return found[i];
        if (found[i].distance && (!best.distance || nearer(s, found[i].distance, best.distance) == YES))
            best = found[i];
    }
    if (contradicted(s, &best)) {
        open_task(s, "a value contradicts the solutions that were found");
        best.known = UNKNOWN;
    }
    return best;
}
