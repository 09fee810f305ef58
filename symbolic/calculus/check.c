/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numeric check of derivatives, independent of every rule of differentiation: the central difference quotient of balls
 * over 2^-100, with 400 bits, against the ball of the derivative, at random rational points where both have values. The
 * quotient is off by f'''/6 * 2^-200, so the two agree to 2^-60 wherever f''' is not beyond 2^120. */
#include "symbolic/calculus/derivation.h"

#include "base/interrupt.h"
#include "base/rng.h"
#include "symbolic/expr/evaluate.h"

enum { POINTS = 8, TRIES = 120, BITS = 400, STEP_BITS = 100, AGREEMENT_BITS = 60 };

struct Points {
    Pool    *pool;
    Nodes    symbols;
    size_t   n, x;                  /* x: which of the symbols moves */
    acb_ptr  at;                    /* n rows, one value for each symbol */
};

/* Numbers of moderate size on both sides of zero (but for symbols that are positive), every third one in -1..1. */
static void random_point(Rng *r, acb_ptr at, Nodes symbols, int k)
{
    for (size_t i = 0; i < symbols.n; i++) {
        slong numerator = 1 + (slong)rng_below(r, 1000);
        bool  negative = rng_below(r, 2) && k % 4 && !expr_is_positive_symbol(symbols.at[i]);
        acb_set_si(at + i, negative ? -numerator : numerator);
        acb_mul_2exp_si(at + i, at + i, k % 3 ? -8 : -10);
    }
}

static bool enclose(const Points *pts, const Expr *e, acb_srcptr at, acb_t out)
{
    return expr_enclose(pts->pool, e, pts->symbols.at, at, pts->symbols.n, BITS, out, NULL) == EVAL_OK;
}

/* (f(x + h) - f(x - h))/(2h) at point k. */
static bool quotient(const Points *pts, const Expr *f, size_t k, acb_t out)
{
    slong   n = (slong)pts->symbols.n;
    acb_ptr at = _acb_vec_init(n + 2), h = at + n, low = h + 1;
    bool    fine = n > 0;
    if (fine) {
        acb_one(h);
        acb_mul_2exp_si(h, h, -STEP_BITS);
        _acb_vec_set(at, pts->at + k * pts->symbols.n, n);
        acb_sub(at + pts->x, at + pts->x, h, BITS);
        fine = enclose(pts, f, at, low);
        acb_mul_2exp_si(h, h, 1);
        acb_add(at + pts->x, at + pts->x, h, BITS);
        fine = fine && enclose(pts, f, at, out);
        acb_sub(out, out, low, BITS);
        acb_div(out, out, h, BITS);
    }
    _acb_vec_clear(at, n + 2);
    return fine;
}

/* |a - b| <= 2^-60 (1 + |b|)? NO only if surely not; UNKNOWN if the balls are too wide to tell. */
static Truth agree(const acb_t a, const acb_t b)
{
    acb_t d;
    arb_t size, bound;
    acb_init(d);
    arb_init(size);
    arb_init(bound);
    acb_sub(d, a, b, BITS);
    acb_abs(size, d, BITS);
    acb_abs(bound, b, BITS);
    arb_add_ui(bound, bound, 1, BITS);
    arb_mul_2exp_si(bound, bound, -AGREEMENT_BITS);
    Truth t = arb_le(size, bound) ? YES : arb_gt(size, bound) ? NO : UNKNOWN;
    arb_clear(bound);
    arb_clear(size);
    acb_clear(d);
    return t;
}

Points *points_new(Pool *p, Arena *a, const Expr *f, const Expr *df, const Expr *x)
{
    Points *pts = arena_alloc(a, sizeof *pts);
    Rng     r = rng_stream(0, STR("derivation"));
    acb_t   value;
    *pts = (Points){ .pool = p, .symbols = expr_symbols(p, a, f) };
    while (pts->x < pts->symbols.n && pts->symbols.at[pts->x] != x)
        pts->x++;
    size_t n = pts->symbols.n;
    pts->at = _acb_vec_init((slong)((POINTS + 1) * n));
    if (pts->x == n)
        return pts;
    acb_init(value);
    for (int k = 0; k < TRIES && pts->n < POINTS && !should_stop(); k++) {
        acb_ptr at = pts->at + pts->n * n;
        random_point(&r, at, pts->symbols, k);
        if (enclose(pts, df, at, value) && quotient(pts, f, pts->n, value))
            pts->n++;
    }
    acb_clear(value);
    return pts;
}

void points_delete(Points *pts)
{
    _acb_vec_clear(pts->at, (slong)((POINTS + 1) * pts->symbols.n));
}

Truth points_check_derivative(const Points *pts, const Expr *f, const Expr *df, size_t *at)
{
    Truth all = YES;
    acb_t q, d;
    acb_init(q);
    acb_init(d);
    *at = 0;
    for (size_t k = 0; k < pts->n && all != NO && !should_stop(); k++) {
        if (!enclose(pts, df, pts->at + k * pts->symbols.n, d) || !quotient(pts, f, k, q))
            continue;
        Truth t = agree(q, d);
        all = t == NO ? NO : all;
        *at += t == YES;
    }
    acb_clear(d);
    acb_clear(q);
    return all == NO ? NO : *at ? YES : UNKNOWN;
}
