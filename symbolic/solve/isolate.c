/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zeros by solve.c where it gives all of them, else by bisection over balls: an interval is dropped when the ball of g
 * excludes zero, and settled when that of g' does, for then g is monotone there and its signs at the ends tell; the zero is
 * refined by the interval Newton operator [Moore, Kearfott, Cloud 2009, ch. 8]. What stays open below a width of 2^-40 of
 * the range is looked at for an exact zero r or r*pi with a small denominator, of a multiplicity that a derivative
 * without zero nearby proves; the rest is reported as doubtful places, never dropped. */
#include "symbolic/solve/isolate.h"

#include "base/interrupt.h"
#include "base/sort.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/rational.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/solve.h"

#include <math.h>

enum { MOST_INTERVALS = 20000, DEPTH = 40, MOST_DENOMINATOR = 24, MOST_MULTIPLICITY = 6, MOST_DEGREE = 500, REFINEMENTS = 60 };

typedef struct Interval { arb_t ball; int depth; } Interval;
typedef struct Gap { double low, high; } Gap;

typedef struct Search {
    Pool       *pool;
    Arena      *arena;
    const Expr *g, *dg, *x;
    slong       bits;
    size_t      digits;
    VEC(Zero)   zero;
    VEC(Gap)    gap;
} Search;

static bool value_at(Pool *p, const Expr *e, const Expr *x, const arb_t at, slong bits, arb_t out)
{
    acb_t in, value;
    acb_init(in);
    acb_init(value);
    acb_set_arb(in, at);
    bool fine = expr_enclose(p, e, &x, in, 1, bits, value, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(value)) && arb_is_finite(acb_realref(value));
    arb_set(out, acb_realref(value));
    fine = fine && (arb_is_zero(acb_imagref(value)) || !(e->flags & EXPR_HAS_I));
    acb_clear(value);
    acb_clear(in);
    return fine;
}

bool expr_real_ball(Pool *p, const Expr *e, const Expr *x, const Expr *at, slong bits, arb_t out)
{
    arb_t place;
    acb_t value;
    arb_init(place);
    acb_init(value);
    bool fine = e && expr_enclose(p, at ? at : e, NULL, NULL, 0, bits, value, NULL) == EVAL_OK && arb_contains_zero(acb_imagref(value));
    arb_set(place, acb_realref(value));
    if (fine && at)
        fine = value_at(p, e, x, place, bits, out);
    else
        arb_set(out, place);
    acb_clear(value);
    arb_clear(place);
    return fine;
}

static double middle(const arb_t ball) { return arf_get_d(arb_midref(ball), ARF_RND_NEAR); }

static const Expr *ball_expr(Search *s, const arb_t x)
{
    Ball ball = { .digits = (slong)s->digits };
    acb_init(ball.value);
    acb_set_arb(ball.value, x);
    const Expr *e = expr_ball(s->pool, &ball);
    acb_clear(ball.value);
    return e;
}

/* A number r or r*pi with a small denominator inside the ball where e is surely zero; NULL if there is none. */
static const Expr *exact_zero(Search *s, const arb_t ball, double width)
{
    Pool       *p = s->pool;
    double      near = middle(ball);
    const Expr *unit[] = { expr_int(p, 1), expr_constant(p, CONSTANT_PI) };
    for (int u = 0; u < 2; u++)
        for (slong q = 1; q <= MOST_DENOMINATOR; q++) {
            double n = near / (u ? M_PI : 1) * (double)q;
            if (!(fabs(n) < 1e9) || fabs(n - round(n)) > (double)q * (width + 1e-12 * (1 + fabs(near))))
                continue;
            const Expr *r = expr_mul(p, expr_ratio(p, (slong)round(n), q), unit[u]), *value = r ? expr_subst(p, s->g, &s->x, &r, 1) : NULL;
            arb_t       place;
            arb_init(place);
            bool inside = value && expr_real_ball(p, r, NULL, NULL, s->bits, place) && arb_overlaps(place, ball);
            arb_clear(place);
            pool_clear_error(p);
            if (inside && expr_zero_test(p, value).answer == YES)
                return r;
        }
    return NULL;
}

static void add_zero(Search *s, const Expr *at, bool exact, double place)
{
    for (size_t i = 0; i < s->zero.n; i++)
        if (s->zero.at[i].at == at || fabs(s->zero.at[i].place - place) <= 1e-13 * (1 + fabs(place)))
            return;                 /* found from two intervals that overlap by their rounding */
    vec_push(s->arena, &s->zero, (Zero){ at, exact, place });
}

static void add_gap(Search *s, const arb_t ball)
{
    double m = middle(ball), r = mag_get_d(arb_radref(ball));
    for (size_t i = 0; i < s->gap.n; i++) {
        Gap *g = &s->gap.at[i];
        if (m - r <= g->high + r && m + r >= g->low - r) {
            g->low = fmin(g->low, m - r);
            g->high = fmax(g->high, m + r);
            return;
        }
    }
    vec_push(s->arena, &s->gap, (Gap){ m - r, m + r });
}

/* -1, 0, 1; 0: not decided. */
static int sign_at(Search *s, const arf_t x)
{
    arb_t at, value;
    int   sign = 0;
    arb_init(at);
    arb_init(value);
    arb_set_arf(at, x);
    if (value_at(s->pool, s->g, s->x, at, s->bits, value))
        sign = arb_is_positive(value) ? 1 : arb_is_negative(value) ? -1 : 0;
    arb_clear(value);
    arb_clear(at);
    return sign;
}

/* g is monotone on the interval and changes its sign: shrinks it around the zero. */
static void refine(Search *s, arb_t x)
{
    arb_t m, g, d;
    arb_init(m);
    arb_init(g);
    arb_init(d);
    for (int k = 0; k < REFINEMENTS && arb_rel_accuracy_bits(x) < s->bits - 20; k++) {
        arb_get_mid_arb(m, x);
        if (!value_at(s->pool, s->g, s->x, m, s->bits, g) || !value_at(s->pool, s->dg, s->x, x, s->bits, d) || arb_contains_zero(d))
            break;
        arb_div(g, g, d, s->bits);
        arb_sub(g, m, g, s->bits);
        if (!arb_intersection(g, g, x, s->bits) || mag_cmp(arb_radref(g), arb_radref(x)) >= 0)
            break;
        arb_set(x, g);
    }
    arb_clear(d);
    arb_clear(g);
    arb_clear(m);
}

typedef enum Fate { EMPTY, SETTLED, OPEN } Fate;

static Fate settle(Search *s, arb_t x)
{
    arb_t value;
    arf_t low, high;
    Fate  fate = OPEN;
    arb_init(value);
    arf_init(low);
    arf_init(high);
    if (value_at(s->pool, s->g, s->x, x, s->bits, value) && !arb_contains_zero(value)) {
        fate = EMPTY;
    } else if (value_at(s->pool, s->dg, s->x, x, s->bits, value) && !arb_contains_zero(value)) {
        arb_get_interval_arf(low, high, x, s->bits);
        int before = sign_at(s, low), after = sign_at(s, high);
        if (before * after > 0) {
            fate = EMPTY;
        } else if (before * after < 0) {
            refine(s, x);
            const Expr *exact = exact_zero(s, x, 0);
            add_zero(s, exact ? exact : ball_expr(s, x), exact != NULL, middle(x));
            fate = SETTLED;
        }
    }
    arf_clear(high);
    arf_clear(low);
    arb_clear(value);
    return fate;
}

/* The two parts of an interval, cut off the middle, where zeros like to be. */
static void cut(const arb_t x, arb_t left, arb_t right, slong bits)
{
    arf_t low, high, at;
    arf_init(low);
    arf_init(high);
    arf_init(at);
    arb_get_interval_arf(low, high, x, bits);
    arf_sub(at, high, low, 20, ARF_RND_NEAR);
    arf_mul_ui(at, at, 499, 20, ARF_RND_NEAR);
    arf_mul_2exp_si(at, at, -10);
    arf_add(at, at, low, bits, ARF_RND_NEAR);
    arb_set_interval_arf(left, low, at, bits);
    arb_set_interval_arf(right, at, high, bits);
    arf_clear(at);
    arf_clear(high);
    arf_clear(low);
}

static bool bisect(Search *s, const arb_t whole)
{
    VEC(Interval *) stack = { 0 };
    size_t          count = 0;
    Interval       *first = arena_alloc(s->arena, sizeof *first);
    arb_init(first->ball);
    arb_set(first->ball, whole);
    first->depth = 0;
    vec_push(s->arena, &stack, first);
    while (stack.n) {
        Interval *i = stack.at[--stack.n];
        bool      over = ++count > MOST_INTERVALS || should_stop();
        if (over || settle(s, i->ball) == OPEN) {
            if (over || i->depth >= DEPTH) {
                add_gap(s, i->ball);
            } else {
                Interval *right = arena_alloc(s->arena, sizeof *right);
                arb_init(right->ball);
                right->depth = ++i->depth;
                arb_t left;
                arb_init(left);
                cut(i->ball, left, right->ball, s->bits);
                arb_swap(i->ball, left);
                arb_clear(left);
                vec_push(s->arena, &stack, right);
                vec_push(s->arena, &stack, i);
                continue;
            }
        }
        arb_clear(i->ball);
    }
    return count <= MOST_INTERVALS;
}

/* Is the exact zero the only one in the ball? Yes if it has multiplicity m and the m-th derivative has no zero there. */
static bool only_zero(Search *s, const Expr *zero, const arb_t ball)
{
    const Expr *d = s->g;
    arb_t       value;
    bool        only = false;
    arb_init(value);
    for (int m = 1; m <= MOST_MULTIPLICITY && !only; m++) {
        d = expr_diff(s->pool, d, s->x);
        const Expr *at = d ? expr_subst(s->pool, d, &s->x, &zero, 1) : NULL;
        if (!at)
            break;
        only = value_at(s->pool, d, s->x, ball, s->bits, value) && !arb_contains_zero(value);
        if (!only && expr_zero_test(s->pool, at).answer != YES)
            break;
    }
    pool_clear_error(s->pool);
    arb_clear(value);
    return only;
}

/* Doubtful places that hold one exact zero are settled after all. */
static void settle_gaps(Search *s, Zeros *out)
{
    out->doubt = arena_array(s->arena, double, s->gap.n + 1);
    for (size_t i = 0; i < s->gap.n; i++) {
        Gap    g = s->gap.at[i];
        double width = g.high - g.low + 1e-300, m = (g.high + g.low) / 2;
        arb_t  ball;
        arb_init(ball);
        arb_set_d(ball, m);
        mag_set_d(arb_radref(ball), width);
        const Expr *zero = exact_zero(s, ball, width);
        if (zero && only_zero(s, zero, ball))
            add_zero(s, zero, true, expr_real_ball(s->pool, zero, NULL, NULL, s->bits, ball) ? middle(ball) : m);
        else
            out->doubt[out->doubts++] = m;
        arb_clear(ball);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = ((const Zero *)a)->place, y = ((const Zero *)b)->place;
    return (x > y) - (x < y);
}

/* g without factors that are never zero. */
static const Expr *zero_part(Pool *p, const Expr *g)
{
    const Expr *f = expr_factor(p, g), *rest = expr_int(p, 1);
    if (!f) {
        pool_clear_error(p);
        return g;
    }
    for (uint32_t i = 0; i < (f->kind == EXPR_MUL ? f->arity : 1); i++) {
        const Expr *u = f->kind == EXPR_MUL ? f->arg[i] : f, *base = u->kind == EXPR_POW ? u->arg[0] : u;
        bool        never = expr_is_call(base, FN_exp) || expr_is_call(base, FN_cosh) || (u->kind == EXPR_POW && expr_is_number(base) && expr_number_sign(base) > 0);
        rest = never ? rest : expr_mul(p, rest, u);
    }
    return rest ? rest : g;
}

/* For a polynomial with rational coefficients: a range that holds all its zeros, by Cauchy's bound, and in s->g one with the
 * same zeros, all simple. */
static bool bounded(Search *s, arb_t low, arb_t high)
{
    Pool        *p = s->pool;
    const Expr  *num, *den, **c, *whole = expr_together(p, s->g);
    fmpq_t       bound, ratio;
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    const Expr *slope = expr_diff(p, num, s->x), *common = slope ? expr_poly_gcd(p, num, slope) : NULL, *simple = common ? expr_together(p, expr_div(p, num, common)) : NULL;
    slong       degree = simple ? expr_coefficients(p, s->arena, simple, s->x, MOST_DEGREE, &c) : -1;
    pool_clear_error(p);
    if (degree < 1 || !expr_is_number(den))
        return false;
    for (slong i = 0; i <= degree; i++)
        if (!expr_is_number(c[i]))
            return false;
    fmpq_init(bound);
    fmpq_init(ratio);
    for (slong i = 0; i < degree; i++) {
        fmpq_div(ratio, expr_number(c[i]), expr_number(c[degree]));
        fmpq_abs(ratio, ratio);
        if (fmpq_cmp(ratio, bound) > 0)
            fmpq_set(bound, ratio);
    }
    fmpq_add_si(bound, bound, 2);
    arb_set_fmpq(high, bound, s->bits);
    arb_neg(low, high);
    fmpq_clear(ratio);
    fmpq_clear(bound);
    s->g = simple;
    s->dg = expr_diff(p, simple, s->x);
    return s->dg != NULL;
}

/* All solutions of an equation in functions, if no letter or whole number occurs in them. */
static Roots by_inverting(Search *s, const Expr *e)
{
    Inverse r = expr_solve_inverting(s->pool, s->arena, e, s->x);
    if (r.found == UNKNOWN || r.every || r.conditions || r.whole)
        return (Roots){ .found = UNKNOWN, .why = "no closed form of its solutions was found" };
    return (Roots){ .found = r.found, .n = r.n, .at = r.at };
}

/* All solutions that solve gives, if they are real numbers; false if it gives none or parameters occur. */
static bool solved(Search *s, Zeros *out, const arb_t low, const arb_t high)
{
    const Expr *part = zero_part(s->pool, s->g);
    Roots r = expr_is_numeric(part) && expr_zero_test(s->pool, part).answer == NO ? (Roots){ .found = NO } : expr_solve_real(s->pool, s->arena, part, s->x);
    if (r.found == UNKNOWN)
        r = by_inverting(s, part);
    arb_t at;
    acb_t z;
    bool  fine = r.found != UNKNOWN && !r.every;
    pool_clear_error(s->pool);
    arb_init(at);
    acb_init(z);
    for (size_t i = 0; fine && i < r.n; i++) {
        fine = expr_is_numeric(r.at[i]) && expr_enclose(s->pool, r.at[i], NULL, NULL, 0, s->bits, z, NULL) == EVAL_OK;
        if (!fine || !arb_contains_zero(acb_imagref(z)))
            continue;
        if (!arb_is_zero(acb_imagref(z)))                  /* real or not? */
            fine = expr_zero_test(s->pool, expr_call1(s->pool, FN_im, r.at[i])).answer == YES;
        if (fine && !arb_lt(acb_realref(z), low) && !arb_gt(acb_realref(z), high))
            add_zero(s, r.at[i], true, middle(acb_realref(z)));
    }
    acb_clear(z);
    arb_clear(at);
    if (!fine) {
        s->zero.n = 0;
        out->why = r.found == UNKNOWN ? r.why : "a solution was not decided to be real";
    }
    return fine;
}

/* The ends of the range are looked at exactly; then the interior by bisection. */
static void search(Search *s, Zeros *out, const Expr *const *end, const arb_t low, const arb_t high)
{
    arb_t whole;
    arf_t a, b;
    arb_init(whole);
    arf_init(a);
    arf_init(b);
    arb_get_lbound_arf(a, low, s->bits);
    arb_get_ubound_arf(b, high, s->bits);
    arb_set_interval_arf(whole, a, b, s->bits);
    bool enough = bisect(s, whole);
    for (int i = 0; i < 2; i++) {                           /* a zero at an end shows as a gap, or as a ball around the end */
        const Expr *value = end[i] ? expr_subst(s->pool, s->g, &s->x, &end[i], 1) : NULL;
        pool_clear_error(s->pool);
        if (!value || expr_zero_test(s->pool, value).answer != YES)
            continue;
        double place = middle(i ? high : low);
        size_t kept = 0;
        for (size_t k = 0; k < s->zero.n; k++)
            if (fabs(s->zero.at[k].place - place) > 1e-11 * (1 + fabs(place)))
                s->zero.at[kept++] = s->zero.at[k];
        s->zero.n = kept;
        kept = 0;
        for (size_t k = 0; k < s->gap.n; k++) {
            Gap   g = s->gap.at[k];
            arb_t ball;
            arb_init(ball);
            arb_set_d(ball, place);
            mag_set_d(arb_radref(ball), 2 * (g.high - g.low) + 1e-15);
            if (place < g.low - 1e-12 || place > g.high + 1e-12 || !only_zero(s, end[i], ball))
                s->gap.at[kept++] = g;
            arb_clear(ball);
        }
        s->gap.n = kept;
        add_zero(s, end[i], true, place);
    }
    settle_gaps(s, out);
    out->found = enough && !out->doubts ? YES : UNKNOWN;
    out->why = enough ? "zeros of higher order, or places without a value, were not decided" : "too many intervals stayed open";
    arf_clear(b);
    arf_clear(a);
    arb_clear(whole);
}

/* An end of the range as a ball; an end that is NULL or infinite is that, and becomes NULL. */
static bool read_end(Search *s, const Expr **end, arb_t ball, bool lower)
{
    if (*end && !((*end)->flags & EXPR_HAS_INFINITE))
        return expr_real_ball(s->pool, *end, NULL, NULL, s->bits, ball);
    *end = NULL;
    lower ? arb_neg_inf(ball) : arb_pos_inf(ball);
    return true;
}

/* The search on a range with an infinite end: where zeros can be at all. */
static void search_within_bounds(Search *s, Zeros *out, const Expr **end, arb_t low, arb_t high)
{
    arb_t least, most;
    arb_init(least);
    arb_init(most);
    if (bounded(s, least, most)) {
        arb_max(low, low, least, s->bits);
        arb_min(high, high, most, s->bits);
        if (arb_gt(low, high))
            out->found = YES;
        else
            search(s, out, end, low, high);
    }
    arb_clear(most);
    arb_clear(least);
}

Zeros expr_zeros(Pool *p, Arena *a, const Expr *g, const Expr *x, const Expr *low, const Expr *high, size_t digits)
{
    Search s = { .pool = p, .arena = a, .g = g, .x = x, .dg = expr_diff(p, g, x), .bits = (slong)((double)digits * 3.33) + 64, .digits = digits };
    Zeros  out = { .found = UNKNOWN, .why = "the function has no derivative" };
    const Expr *end[] = { low, high };
    arb_t  l, h;
    arb_init(l);
    arb_init(h);
    bool fine = s.dg && read_end(&s, &end[0], l, true) && read_end(&s, &end[1], h, false);
    pool_clear_error(p);
    if (fine && solved(&s, &out, l, h))
        out.found = YES;
    else if (fine && end[0] && end[1])
        search(&s, &out, end, l, h);
    else if (fine)
        search_within_bounds(&s, &out, end, l, h);
    arb_clear(h);
    arb_clear(l);
    out.n = s.zero.n;
    out.at = s.zero.at;
    if (out.n > 1)
        sort_array(out.at, out.n, sizeof *out.at, ascending);
    return out;
}
