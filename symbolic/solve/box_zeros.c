/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Branch and prune: a box is dropped when the ball of an equation excludes zero there, or when the interval Newton operator
 * N = m - J(X)^-1 f(m) misses it; N inside a slightly larger X proves exactly one zero [Neumaier 1990, ch. 5]. Other boxes
 * are cut by N, or halved along their widest side, off the middle. Those still open at the end are doubts, never dropped. */
#include "symbolic/solve/box_zeros.h"

#include "base/interrupt.h"
#include "base/vec.h"
#include "numeric/ball.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/isolate.h"

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST_BOXES = 20000, MOST_DEPTH = 60, REFINEMENTS = 40 };

typedef struct Box { arb_mat_t x; int depth; } Box;

typedef struct Search {
    Pool        *pool;
    Arena       *arena;
    size_t       n, digits;
    const Expr *const *f, *const *x, **jacobian;
    slong        bits;
    acb_ptr      value;
    VEC(Box *)   stack, zero, open;
} Search;

static void clear_box(void *p) { arb_mat_clear(((Box *)p)->x); }

static Box *box_new(Search *s, const arb_mat_t x, int depth)
{
    Box *b = arena_alloc(s->arena, sizeof *b);
    arb_mat_init(b->x, (slong)s->n, 1);
    arb_mat_set(b->x, x);
    b->depth = depth;
    arena_on_release(s->arena, clear_box, b);
    return b;
}

/* Encloses the expressions over a box; false if one has no finite real ball. */
static bool enclose(Search *s, const Expr *const *e, size_t rows, size_t cols, const arb_mat_t x, arb_mat_t out)
{
    acb_t z;
    bool  fine = true;
    acb_init(z);
    for (size_t i = 0; i < s->n; i++)
        acb_set_arb(s->value + i, arb_mat_entry(x, (slong)i, 0));
    for (size_t k = 0; k < rows * cols && fine; k++) {
        fine = expr_enclose(s->pool, e[k], s->x, s->value, s->n, s->bits, z, NULL) == EVAL_OK && acb_is_real(z);
        arb_set(arb_mat_entry(out, (slong)(k / cols), (slong)(k % cols)), acb_realref(z));
    }
    acb_clear(z);
    return fine;
}

static bool excluded(Search *s, const arb_mat_t x)
{
    arb_mat_t v;
    bool      out = false;
    arb_mat_init(v, 1, 1);
    for (size_t i = 0; i < s->n && !out; i++)
        out = enclose(s, &s->f[i], 1, 1, x, v) && !arb_contains_zero(arb_mat_entry(v, 0, 0));
    arb_mat_clear(v);
    return out;
}

/* N over x; false if the Jacobian may be singular there. */
static bool newton(Search *s, const arb_mat_t x, arb_mat_t out)
{
    arb_mat_t m, f, j;
    arb_mat_init(m, (slong)s->n, 1);
    arb_mat_init(f, (slong)s->n, 1);
    arb_mat_init(j, (slong)s->n, (slong)s->n);
    arb_mat_get_mid(m, x);
    bool fine = enclose(s, s->f, s->n, 1, m, f) && enclose(s, s->jacobian, s->n, s->n, x, j) && arb_mat_solve(out, j, f, s->bits);
    if (fine)
        arb_mat_sub(out, m, out, s->bits);
    for (size_t i = 0; i < s->n; i++)
        fine = fine && arb_is_finite(arb_mat_entry(out, (slong)i, 0));
    arb_mat_clear(j);
    arb_mat_clear(f);
    arb_mat_clear(m);
    return fine;
}

static void widen(Search *s, const arb_mat_t x, arb_mat_t out)
{
    mag_t r;
    mag_init(r);
    arb_mat_set(out, x);
    for (size_t i = 0; i < s->n; i++) {
        mag_mul_2exp_si(r, arb_radref(arb_mat_entry(x, (slong)i, 0)), -3);
        arb_add_error_mag(arb_mat_entry(out, (slong)i, 0), r);
    }
    mag_clear(r);
}

static void refine(Search *s, arb_mat_t x)
{
    arb_mat_t n;
    arb_mat_init(n, (slong)s->n, 1);
    for (int k = 0; k < REFINEMENTS && newton(s, x, n); k++) {
        bool smaller = false;
        for (size_t i = 0; i < s->n; i++) {
            arb_ptr v = arb_mat_entry(x, (slong)i, 0), w = arb_mat_entry(n, (slong)i, 0);
            smaller = smaller || mag_cmp(arb_radref(w), arb_radref(v)) < 0;
            arb_intersection(v, v, w, s->bits);
        }
        if (!smaller)
            break;
    }
    arb_mat_clear(n);
}

static bool overlap(Search *s, const arb_mat_t a, const arb_mat_t b)
{
    for (size_t i = 0; i < s->n; i++)
        if (!arb_overlaps(arb_mat_entry(a, (slong)i, 0), arb_mat_entry(b, (slong)i, 0)))
            return false;
    return true;
}

static void add_zero(Search *s, const arb_mat_t x)
{
    Box *b = box_new(s, x, 0);
    refine(s, b->x);
    for (size_t i = 0; i < s->zero.n; i++)
        if (overlap(s, s->zero.at[i]->x, b->x))
            return;                 /* the same, from two boxes beside each other */
    vec_push(s->arena, &s->zero, b);
}

static size_t widest(Search *s, const arb_mat_t x)
{
    size_t at = 0;
    for (size_t i = 1; i < s->n; i++)
        if (mag_cmp(arb_radref(arb_mat_entry(x, (slong)i, 0)), arb_radref(arb_mat_entry(x, (slong)at, 0))) > 0)
            at = i;
    return at;
}

static void halve(Search *s, Box *b)
{
    size_t k = widest(s, b->x);
    arb_ptr side = arb_mat_entry(b->x, (slong)k, 0);
    arf_t   low, high, at;
    arf_init(low);
    arf_init(high);
    arf_init(at);
    arb_get_interval_arf(low, high, side, s->bits);
    arf_sub(at, high, low, 20, ARF_RND_NEAR);
    arf_mul_ui(at, at, 499, 20, ARF_RND_NEAR);
    arf_mul_2exp_si(at, at, -10);
    arf_add(at, at, low, s->bits, ARF_RND_NEAR);
    Box *right = box_new(s, b->x, b->depth + 1), *left = box_new(s, b->x, b->depth + 1);
    arb_set_interval_arf(arb_mat_entry(left->x, (slong)k, 0), low, at, s->bits);
    arb_set_interval_arf(arb_mat_entry(right->x, (slong)k, 0), at, high, s->bits);
    vec_push(s->arena, &s->stack, right);
    vec_push(s->arena, &s->stack, left);
    arf_clear(at);
    arf_clear(high);
    arf_clear(low);
}

/* One box: dropped, settled, or cut. */
static void treat(Search *s, Box *b)
{
    arb_mat_t wide, n;
    if (excluded(s, b->x))
        return;
    arb_mat_init(wide, (slong)s->n, 1);
    arb_mat_init(n, (slong)s->n, 1);
    widen(s, b->x, wide);
    bool known = newton(s, wide, n), inside = known;
    for (size_t i = 0; i < s->n; i++)
        inside = inside && arb_contains_interior(arb_mat_entry(wide, (slong)i, 0), arb_mat_entry(n, (slong)i, 0));
    if (inside) {
        add_zero(s, n);
    } else if (!known || overlap(s, n, b->x)) {
        if (b->depth >= MOST_DEPTH)
            vec_push(s->arena, &s->open, b);
        else
            halve(s, b);
    }
    arb_mat_clear(n);
    arb_mat_clear(wide);
}

/* Is the zero surely outside the range? */
static bool outside(Search *s, const Box *b, const arb_mat_t range)
{
    return !overlap(s, b->x, range);
}

static void list_zeros(Search *s, const arb_mat_t range, BoxZeros *out)
{
    out->at = arena_array(s->arena, const Expr *, s->zero.n * s->n + 1);
    for (size_t k = 0; k < s->zero.n; k++) {
        if (outside(s, s->zero.at[k], range))
            continue;
        for (size_t i = 0; i < s->n; i++) {
            Ball ball = { .digits = (slong)s->digits };
            acb_init(ball.value);
            acb_set_arb(ball.value, arb_mat_entry(s->zero.at[k]->x, (slong)i, 0));
            out->at[out->n * s->n + i] = expr_ball(s->pool, &ball);
            acb_clear(ball.value);
        }
        out->n++;
    }
    out->doubt = arena_array(s->arena, double, (s->open.n + s->stack.n) * s->n + 1);
    for (int part = 0; part < 2; part++)
        for (size_t k = 0; k < (part ? s->stack.n : s->open.n); k++) {
            for (size_t i = 0; i < s->n; i++)
                out->doubt[out->doubts * s->n + i] = arf_get_d(arb_midref(arb_mat_entry((part ? s->stack.at : s->open.at)[k]->x, (slong)i, 0)), ARF_RND_NEAR);
            out->doubts++;
        }
    out->found = out->doubts ? UNKNOWN : YES;
    out->why = s->stack.n ? "too many boxes stayed open" : "zeros where the Jacobian is singular, or places without a value, were not decided";
}

BoxZeros expr_box_zeros(Pool *p, Arena *a, const Expr *const *f, const Expr *const *x, size_t n, const Expr *const *low, const Expr *const *high, size_t digits)
{
    Search   s = { .pool = p, .arena = a, .n = n, .digits = digits, .f = f, .x = x, .bits = (slong)((double)digits * 3.33) + 64 };
    BoxZeros out = { .found = UNKNOWN, .why = "the range needs finite numbers" };
    arb_mat_t range;
    arb_t     l, h;
    bool      fine = true;
    arb_mat_init(range, (slong)n, 1);
    arb_init(l);
    arb_init(h);
    s.value = _acb_vec_init((slong)n);
    s.jacobian = arena_array(a, const Expr *, n * n);
    for (size_t i = 0; i < n && fine; i++) {
        fine = low[i] && expr_real_ball(p, low[i], NULL, NULL, s.bits, l) && expr_real_ball(p, high[i], NULL, NULL, s.bits, h);
        if (fine)
            arb_union(arb_mat_entry(range, (slong)i, 0), l, h, s.bits);
        for (size_t j = 0; j < n && fine; j++)
            fine = (s.jacobian[i * n + j] = expr_diff(p, f[i], x[j])) != NULL;
    }
    if (fine) {
        vec_push(a, &s.stack, box_new(&s, range, 0));
        for (size_t count = 0; s.stack.n && count < MOST_BOXES && !should_stop(); count++)
            treat(&s, s.stack.at[--s.stack.n]);
        list_zeros(&s, range, &out);
    }
    pool_clear_error(p);
    _acb_vec_clear(s.value, (slong)n);
    arb_clear(h);
    arb_clear(l);
    arb_mat_clear(range);
    return out;
}
