/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joints: an expression is continuous but where it divides by zero, where a function in it leaves its domain or jumps, and where a
 * condition changes. Each such place is a zero of some part of the expression; solve_range.c finds them all, certified, and the limits
 * from both sides, with the value, decide what happens there.
 *
 * A place that is known as a ball only has no limits that an exact method could find: there a simple zero of a denominator, with
 * a numerator without zero, is recognized as a pole; the rest stays open. */
#include "symbolic/limits/joints.h"

#include "base/sort.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/solve/solve_int.h"

#include <math.h>

enum { BITS = 256, MOST_EXACT = 100 };

typedef struct Collector {
    Pool       *pool;
    Arena      *arena;
    const Expr *x;
    VEC(Joint)  joint;
} Collector;

/* ---- joints -------------------------------------------------------------------------------------------------------------------- */

static const Expr *plain(Pool *p, const Expr *e) { return e && e->flags & EXPR_AS_TYPED ? expr_canonical(p, e) : e; }

static void add_joint(Collector *s, const Expr *u, bool divisor)
{
    u = plain(s->pool, u);
    if (!u || !expr_depends(s->pool, u, s->x) || proof_of_sign(s->pool, u))
        return;
    for (size_t i = 0; i < s->joint.n; i++)
        if (s->joint.at[i].zero_of == u) {
            s->joint.at[i].divisor |= divisor;
            return;
        }
    vec_push(s->arena, &s->joint, (Joint){ u, divisor });
}

/* Where u is a whole number. */
static void add_whole(Collector *s, const Expr *u)
{
    u = plain(s->pool, u);
    if (u && expr_depends(s->pool, u, s->x))
        add_joint(s, expr_call1(s->pool, FN_sin, expr_mul(s->pool, expr_constant(s->pool, CONSTANT_PI), u)), false);
}

static void add_domain(Collector *s, const Expr *domain)
{
    if (!domain)
        return;
    if (domain->kind == EXPR_RELATION)
        add_joint(s, expr_sub(s->pool, plain(s->pool, domain->arg[0]), plain(s->pool, domain->arg[1])), false);
    else if (domain->kind == EXPR_AND || domain->kind == EXPR_OR || domain->kind == EXPR_NOT)
        for (uint32_t i = 0; i < domain->arity; i++)
            add_domain(s, domain->arg[i]);
}

static void add_call(Collector *s, const Expr *e)
{
    Pool        *p = s->pool;
    const Expr **arg = arena_array(s->arena, const Expr *, e->arity + 1);
    for (uint32_t i = 0; i < e->arity; i++)
        arg[i] = plain(p, e->arg[i]);
    switch ((int)e->fn->id) {
    case FN_floor: case FN_ceil: case FN_gamma: case FN_digamma: case FN_factorial:
        add_whole(s, arg[0]);
        break;
    case FN_binomial: case FN_beta: case FN_polygamma:
        add_whole(s, arg[0]);
        add_whole(s, arg[1]);
        break;
    case FN_round:
        add_whole(s, expr_add(p, arg[0], expr_ratio(p, 1, 2)));
        break;
    case FN_mod:
        add_whole(s, expr_div(p, arg[0], arg[1]));
        add_joint(s, arg[1], true);
        break;
    case FN_sign: case FN_arg: case FN_atan2: case FN_nthroot:
        add_joint(s, arg[0], false);
        if (e->arity > 1)
            add_joint(s, arg[1], false);
        break;
    case FN_besselj: case FN_besseli:
        add_joint(s, arg[1], false);
        break;
    default:
        break;
    }
    if (e->fn->domain[0])
        add_domain(s, pool_read(p, e->fn->domain, arg, e->arity));
}

/* u^v is exp(v*log(u)) unless v is a whole number. */
static void add_power(Collector *s, const Expr *e)
{
    const Expr *v = plain(s->pool, e->arg[1]);
    if (!v || !expr_is_integer(v))
        add_joint(s, e->arg[0], v && expr_is_number(v) && expr_number_sign(v) < 0);
    else if (expr_number_sign(v) < 0)
        add_joint(s, e->arg[0], true);
}

Joints expr_joints(Pool *p, Arena *a, const Expr *f, const Expr *x)
{
    Collector s = { .pool = p, .arena = a, .x = x };
    Nodes     nodes = expr_nodes(p, a, &f, 1);
    Joints    out = { 0 };
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *e = nodes.at[i];
        switch ((ExprKind)e->kind) {
        case EXPR_CALL:     add_call(&s, e); break;
        case EXPR_POW:      add_power(&s, e); break;
        case EXPR_DIV:      add_joint(&s, e->arg[1], true); break;
        case EXPR_RELATION: add_domain(&s, e); break;
        case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_ADD: case EXPR_MUL: case EXPR_PIECEWISE:
        case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_SUB: case EXPR_NEG:
            break;
        case EXPR_UNKNOWN: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN:
        case EXPR_COUNT: case EXPR_OVER:
            out.why = "something that is no function of one number occurs";
            break;
        }
    }
    pool_clear_error(p);
    out.n = s.joint.n;
    out.at = s.joint.at;
    return out;
}

bool divides_by_zero(Pool *p, Arena *a, const Expr *f, const Expr *x, const Expr *at)
{
    Nodes nodes = expr_nodes(p, a, &f, 1);
    bool *needed = arena_array(a, bool, pool_size(p)), zero = false;
    needed[f->id] = true;
    for (size_t i = nodes.n; i-- > 0 && !zero;) {
        const Expr *e = nodes.at[i], *below = NULL;
        if (!needed[e->id])
            continue;
        if (e->kind == EXPR_PIECEWISE) {            /* only the branch that counts */
            uint32_t k = 0;
            Truth    t = NO;
            for (; k + 1 < e->arity && t == NO; k += 2) {
                const Expr *condition = expr_subst(p, plain(p, e->arg[k]), &x, &at, 1);
                t = condition ? expr_decide(p, condition).answer : UNKNOWN;
            }
            needed[e->arg[t == NO ? e->arity - 1 : k - 1]->id] = true;
            continue;
        }
        for (uint32_t k = 0; k < e->arity; k++)
            needed[e->arg[k]->id] = true;
        if (e->kind == EXPR_DIV)
            below = e->arg[1];
        else if (e->kind == EXPR_POW && expr_is_number(e->arg[1]) && expr_number_sign(e->arg[1]) < 0)
            below = e->arg[0];
        below = below && expr_depends(p, below, x) ? expr_subst(p, plain(p, below), &x, &at, 1) : NULL;
        zero = below && expr_zero_test(p, below).answer == YES;
        pool_clear_error(p);
    }
    return zero;
}

/* ---- one place ------------------------------------------------------------------------------------------------------------------- */

const char *break_name(BreakKind kind)
{
    switch (kind) {
    case BREAK_NONE:      return "continuous";
    case BREAK_REMOVABLE: return "removable";
    case BREAK_JUMP:      return "jump";
    case BREAK_INFINITE:  return "infinite";
    case BREAK_ESSENTIAL: return "essential";
    case BREAK_UNDEFINED: return "not defined";
    case BREAK_OPEN:      return "not decided";
    }
    return "";
}

static bool infinite(const Expr *e) { return e && e->flags & EXPR_HAS_INFINITE; }

/* A simple zero of the denominator in a ball, where the numerator has none. */
static bool pole_in_ball(Call *c, const Expr *f, const Expr *x, Break *b)
{
    Pool       *p = c->pool;
    const Expr *num, *den, *whole = expr_together(p, f);
    arb_t       n, d, s;
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    const Expr *slope = expr_diff(p, den, x);
    arb_init(n);
    arb_init(d);
    arb_init(s);
    bool fine = slope && expr_real_ball(p, num, x, b->at, BITS, n) && !arb_contains_zero(n) && expr_real_ball(p, den, x, b->at, BITS, d) && arb_contains_zero(d)
             && expr_real_ball(p, slope, x, b->at, BITS, s) && !arb_contains_zero(s);
    bool rising = arb_is_positive(n) == arb_is_positive(s);
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    if (fine) {
        b->kind = BREAK_INFINITE;
        b->limit[0] = rising ? expr_neg(p, oo) : oo;
        b->limit[1] = rising ? oo : expr_neg(p, oo);
    }
    arb_clear(s);
    arb_clear(d);
    arb_clear(n);
    return fine;
}

static void side_of(Call *c, const Expr *f, const Expr *x, Break *b, int i)
{
    Limit l = expr_limit(c->pool, c->arena, f, x, b->at, 2 * i - 1);
    pool_clear_error(c->pool);
    if (l.answer == LIMIT_FOUND)
        b->limit[i] = l.value;
    else if (l.answer == LIMIT_NONE && l.failure == FAILS_UNDEFINED)
        b->outside[i] = true;
    else if (l.answer == LIMIT_NONE)
        b->reason[i] = limit_reason(c->pool, c->arena, &l, c->settings);
    else if (!b->why.n)
        b->why = str_printf(c->arena, "the limit from the %s was not decided, because %.*s", i ? "right" : "left", STR_ARGS(l.why));
}

static BreakKind kind_of(Call *c, Break *b)
{
    const Expr *l = b->limit[0], *r = b->limit[1], *one = l ? l : r;
    if (b->why.n)
        return BREAK_OPEN;
    if (b->outside[0] && b->outside[1])
        return BREAK_UNDEFINED;
    if (b->reason[0].n || b->reason[1].n)
        return BREAK_ESSENTIAL;
    if (infinite(l) || infinite(r))
        return BREAK_INFINITE;
    Truth same = l && r ? expr_zero_test(c->pool, expr_sub(c->pool, l, r)).answer : YES;
    if (same == NO)
        return BREAK_JUMP;
    Truth there = same == YES && b->value ? expr_zero_test(c->pool, expr_sub(c->pool, one, b->value)).answer : NO;
    pool_clear_error(c->pool);
    if (same == YES && there != UNKNOWN)
        return there == YES ? BREAK_NONE : BREAK_REMOVABLE;
    b->why = STR("it stayed open whether the limits and the value are equal");
    return BREAK_OPEN;
}

Break break_at(Call *c, const Expr *f, const Expr *x, const Expr *at)
{
    Break       b = { .at = at };
    const Expr *g = plain(c->pool, f);
    arb_t       ball;
    arb_init(ball);
    if (expr_real_ball(c->pool, at, NULL, NULL, BITS, ball))
        b.place = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    arb_clear(ball);
    pool_clear_error(c->pool);
    if (at->flags & EXPR_HAS_BALL) {
        b.kind = BREAK_OPEN;
        if (!pole_in_ball(c, g, x, &b))
            b.why = STR("the place is known to some digits only");
        pool_clear_error(c->pool);
        return b;
    }
    b.value = divides_by_zero(c->pool, c->arena, f, x, at) ? NULL : expr_value_at(c->pool, c->arena, g, x, at);
    side_of(c, g, x, &b, 0);
    side_of(c, g, x, &b, 1);
    b.kind = kind_of(c, &b);
    if (b.kind == BREAK_OPEN && !b.value && pole_in_ball(c, g, x, &b))
        b.outside[0] = b.outside[1] = false;
    pool_clear_error(c->pool);
    return b;
}

/* ---- a range --------------------------------------------------------------------------------------------------------------------- */

Truth real_at(Pool *p, const Expr *f, const Expr *x, double at)
{
    acb_t in, out;
    acb_init(in);
    acb_init(out);
    acb_set_d(in, at);
    EvalStatus s = expr_enclose(p, f, &x, in, 1, BITS, out, NULL);
    Truth      t = s == EVAL_UNDEFINED ? NO : s != EVAL_OK ? UNKNOWN : !arb_contains_zero(acb_imagref(out)) ? NO : YES;
    acb_clear(out);
    acb_clear(in);
    return t;
}

static int ascending(const void *a, const void *b)
{
    double x = ((const Break *)a)->place, y = ((const Break *)b)->place;
    return (x > y) - (x < y);
}

/* A place where sin(v) or cos(v) is 0, known as a ball: v is a multiple of pi there, and that equation may have a closed solution. */
static const Expr *exact_place(Call *c, const Expr *joint, const Expr *x, const Expr *low, const Expr *high, const Expr *ball)
{
    Pool       *p = c->pool;
    bool        cosine = expr_is_call(joint, FN_cos);
    Places      places = { 0 };
    const char *why;
    arb_t       turns, at, place;
    fmpz_t      k;
    if (!cosine && !expr_is_call(joint, FN_sin))
        return ball;
    const Expr *w = expr_div(p, joint->arg[0], expr_constant(p, CONSTANT_PI)), *exact = ball;
    w = cosine ? expr_sub(p, w, expr_ratio(p, 1, 2)) : w;
    arb_init(turns);
    arb_init(at);
    arb_init(place);
    fmpz_init(k);
    if (expr_real_ball(p, w, x, ball, BITS, turns) && arb_get_unique_fmpz(k, turns) && expr_real_ball(p, ball, NULL, NULL, BITS, at)
        && places_of(c, expr_sub(p, w, expr_fmpz(p, k)), x, low, high, &places, &why))
        for (size_t i = 0; i < places.n; i++)
            if (!(places.at[i]->flags & EXPR_HAS_BALL) && expr_real_ball(p, places.at[i], NULL, NULL, BITS, place) && arb_overlaps(place, at))
                exact = places.at[i];
    pool_clear_error(p);
    fmpz_clear(k);
    arb_clear(place);
    arb_clear(at);
    arb_clear(turns);
    return exact;
}

Breaks breaks_in(Call *c, const Expr *f, const Expr *x, const Expr *low, const Expr *high)
{
    Joints     joints = expr_joints(c->pool, c->arena, f, x);
    Breaks     out = { 0 };
    VEC(Break) found = { 0 };
    Places     places = { 0 };
    if (joints.why)
        out.why = str_of(joints.why);
    for (size_t i = 0; i < joints.n; i++) {
        const char *why = "";
        size_t      before = places.n;
        if (!places_of(c, joints.at[i].zero_of, x, low, high, &places, &why) && !out.why.n) {
            Buf b = buf_new(c->arena);
            buf_printf(&b, "the zeros of ");
            expr_show(&b, c->pool, joints.at[i].zero_of, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
            buf_printf(&b, " were not all found: %s", why);
            out.why = buf_str(&b);
        }
        for (size_t k = before; low && k < places.n && k < MOST_EXACT; k++)
            if (places.at[k]->flags & EXPR_HAS_BALL)
                places.at[k] = exact_place(c, joints.at[i].zero_of, x, low, high, places.at[k]);
        pool_clear_error(c->pool);
    }
    for (size_t i = 0; i < places.n; i++) {
        bool known = false;
        for (size_t k = 0; k < found.n && !known; k++)
            known = found.at[k].at == places.at[i];
        Break b = known ? (Break){ 0 } : break_at(c, f, x, places.at[i]);
        for (size_t k = 0; k < found.n && !known; k++)
            known = fabs(found.at[k].place - b.place) <= 1e-13 * (1 + fabs(b.place)) && expr_zero_test(c->pool, expr_sub(c->pool, found.at[k].at, b.at)).answer != NO;
        if (!known)
            vec_push(c->arena, &found, b);
    }
    if (found.n > 1)
        sort_array(found.at, found.n, sizeof *found.at, ascending);
    pool_clear_error(c->pool);
    out.n = found.n;
    out.at = found.at;
    return out;
}
