/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All real solutions of one equation in a range: those of the closed form that lie in it, families written out, else the zeros of
 * the numerator, isolated and certified by balls (isolate.c); where the denominator is 0 too there is a pole, no solution. */
#include "symbolic/solve/solve_int.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/invert.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/solve/solve.h"

enum { MOST_PLACES = 20000, BITS = 256 };

bool range_is_fine(Call *c, const Expr *low, const Expr *high)
{
    Truth t = low && high ? expr_decide(c->pool, expr_relation(c->pool, REL_LT, low, high)).answer : YES;
    if (t != YES)
        call_fail(c, 1, "the range needs two numbers, the lower one first");
    return t == YES;
}

/* Is low <= e <= high? at: a ball around e. */
static Truth inside(Call *c, const Expr *e, const arb_t at, const Expr *low, const Expr *high)
{
    Pool *p = c->pool;
    if (!low)
        return YES;
    arb_t end;
    bool  above, below, out = false;
    arb_init(end);
    above = !(low->flags & EXPR_HAS_INFINITE) && expr_real_ball(p, low, NULL, NULL, BITS, end) && !(out = arb_lt(at, end)) && arb_gt(at, end);
    below = !out && !(high->flags & EXPR_HAS_INFINITE) && expr_real_ball(p, high, NULL, NULL, BITS, end) && !(out = arb_gt(at, end)) && arb_lt(at, end);
    arb_clear(end);
    pool_clear_error(p);
    if (out || (above && below))
        return out ? NO : YES;
    Truth a = expr_decide(p, expr_relation(p, REL_LE, low, e)).answer, b = a == YES ? expr_decide(p, expr_relation(p, REL_LE, e, high)).answer : a;
    return b;
}

/* The members of offset + period*n in the range. */
static bool write_out(Call *c, const Inverse *r, const Expr *e, const Expr *low, const Expr *high, Places *out)
{
    Pool        *p = c->pool;
    const Expr **k;
    slong        first, last;
    if (!low || (low->flags | high->flags) & EXPR_HAS_INFINITE || expr_coefficients(p, c->arena, e, r->whole, 1, &k) != 1)
        return false;
    int sign;
    if (expr_sign(p, k[1], &sign).answer != YES || sign == 0)
        return false;
    const Expr *from = expr_call1(p, FN_ceil, expr_div(p, expr_sub(p, sign > 0 ? low : high, k[0]), k[1]));
    const Expr *to = expr_call1(p, FN_floor, expr_div(p, expr_sub(p, sign > 0 ? high : low, k[0]), k[1]));
    if (!from || !to || !expr_fits_slong(from, &first) || !expr_fits_slong(to, &last) || last - first > MOST_PLACES)
        return false;
    for (slong n = first; n <= last; n++) {
        bool        exception = false;
        const Expr *at = expr_int(p, n);
        for (size_t i = 0; i < r->exceptions; i++)
            exception = exception || r->exception[i] == n;
        if (!exception)
            vec_push(c->arena, out, expr_subst(p, e, &r->whole, &at, 1));
    }
    return true;
}

/* From the closed forms; false if there are none, or it stays open which of them lie in the range. */
static bool closed_places(Call *c, const Expr *e, const Expr *x, const Expr *low, const Expr *high, Places *out)
{
    Pool   *p = c->pool;
    Roots   roots = expr_solve_real(p, c->arena, e, x);
    Inverse r = { .found = roots.found, .every = roots.every, .n = roots.n, .at = roots.at, .conditions = roots.assumed_nonzero != NULL };
    pool_clear_error(p);
    if (r.found == UNKNOWN)
        r = expr_solve_inverting(p, c->arena, e, x);
    if (r.found == UNKNOWN || r.every || r.conditions)
        return false;
    for (size_t i = 0; i < r.n; i++) {
        if (r.whole && expr_depends(p, r.at[i], r.whole)) {
            if (!write_out(c, &r, r.at[i], low, high, out))
                return false;
            continue;
        }
        acb_t z;
        acb_init(z);
        bool fine = expr_is_numeric(r.at[i]) && expr_enclose(p, r.at[i], NULL, NULL, 0, BITS, z, NULL) == EVAL_OK;
        Truth t = fine && arb_contains_zero(acb_imagref(z)) ? inside(c, r.at[i], acb_realref(z), low, high) : NO;
        acb_clear(z);
        if (!fine || t == UNKNOWN)
            return false;
        if (t == YES)
            vec_push(c->arena, out, r.at[i]);
    }
    return true;
}

static const Expr *without_poles(Pool *p, Arena *a, const Expr *e)
{
    Nodes        nodes = expr_nodes(p, a, &e, 1);
    const Expr **from = arena_array(a, const Expr *, nodes.n + 1), **to = arena_array(a, const Expr *, nodes.n + 1);
    size_t       n = 0;
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *g = nodes.at[i];
        FnId        id = g->kind == EXPR_CALL ? g->fn->id : FN_COUNT;
        if (id != FN_tan && id != FN_cot && id != FN_sec && id != FN_csc)
            continue;
        const Expr *sine = expr_call1(p, FN_sin, g->arg[0]), *cosine = expr_call1(p, FN_cos, g->arg[0]), *one = expr_int(p, 1);
        from[n] = g;
        to[n++] = id == FN_tan ? expr_div(p, sine, cosine) : id == FN_cot ? expr_div(p, cosine, sine) : expr_div(p, one, id == FN_sec ? cosine : sine);
    }
    return n ? expr_subst(p, e, from, to, n) : e;
}

static void sort_places(Call *c, Places *out)
{
    arb_ptr at = _arb_vec_init((slong)out->n + 1);
    for (size_t i = 0; i < out->n; i++) {
        expr_real_ball(c->pool, out->at[i], NULL, NULL, BITS, at + i);
        for (size_t k = i; k > 0 && arb_lt(at + k, at + k - 1); k--) {
            const Expr *e = out->at[k];
            out->at[k] = out->at[k - 1];
            out->at[k - 1] = e;
            arb_swap(at + k, at + k - 1);
        }
    }
    _arb_vec_clear(at, (slong)out->n + 1);
}

/* Zeros of the numerator that are none of the denominator. */
static Zeros isolated(Call *c, const Expr *e, const Expr *x, const Expr *low, const Expr *high, Places *out)
{
    Pool       *p = c->pool;
    const Expr *num, *den, *whole = expr_together(p, without_poles(p, c->arena, e));
    Zeros       z = { .found = UNKNOWN, .why = "it has no value" };
    if (!whole)
        return z;
    expr_fraction(p, whole, &num, &den);
    z = expr_zeros(p, c->arena, num, x, low, high, c->settings->digits);
    pool_clear_error(p);
    arb_t v;
    arb_init(v);
    for (size_t i = 0; i < z.n; i++) {
        const Expr *at = z.at[i].at, *below = expr_subst(p, den, &x, &at, 1);
        bool        pole = below && !expr_is_numeric(den) && (!expr_real_ball(p, den, x, at, BITS, v) || arb_contains_zero(v));
        if (!pole || (z.at[i].exact && expr_zero_test(p, below).answer == NO))
            vec_push(c->arena, out, at);
        else if (!z.at[i].exact || expr_zero_test(p, below).answer != YES)
            z.found = UNKNOWN;
    }
    arb_clear(v);
    pool_clear_error(p);
    return z;
}

bool places_of(Call *c, const Expr *e, const Expr *x, const Expr *low, const Expr *high, Places *out, const char **why)
{
    size_t before = out->n;
    if (!expr_depends(c->pool, e, x) || closed_places(c, e, x, low, high, out))
        return true;
    out->n = before;
    if (!low || (low->flags | high->flags) & EXPR_HAS_INFINITE) {
        *why = "there are infinitely many places to look at, or no closed form was found";
        return false;
    }
    Zeros z = isolated(c, e, x, low, high, out);
    *why = z.why;
    return z.found == YES;
}

Value solve_in_range(Problem *s)
{
    Call  *c = s->c;
    Places found = { 0 };
    Zeros  z = { .found = YES };
    if (!range_is_fine(c, s->low[0], s->high[0]))
        return value_failed();
    bool closed = closed_places(c, s->e[0], s->x[0], s->low[0], s->high[0], &found);
    if (!closed) {
        found.n = 0;
        if ((s->low[0]->flags | s->high[0]->flags) & EXPR_HAS_INFINITE)
            return call_fail(c, 1, "could not solve, because no closed form was found; a finite range is needed");
        z = isolated(c, s->e[0], s->x[0], s->low[0], s->high[0], &found);
    }
    Str doubt = z.found == YES ? (Str){ 0 }
              : z.doubts ? str_printf(c->arena, "%s, near %.*s = %.6g", z.why, STR_ARGS(s->x[0]->name), z.doubt[0]) : str_of(z.why);
    if (z.found != YES && !found.n)
        return call_fail(c, -1, "could not decide, because %.*s", STR_ARGS(doubt));
    if (!found.n)
        return value_text(STR("no solution in the range"));
    sort_places(c, &found);
    Value *item = arena_array(c->arena, Value, found.n);
    for (size_t i = 0; i < found.n; i++)
        item[i] = value_expr(found.at[i]);
    Value v = value_list(c->arena, item, found.n);
    if (z.found != YES)
        v.note = str_printf(c->arena, "perhaps not all: %.*s", STR_ARGS(doubt));
    else if (!closed)
        v.note = STR("certified: all solutions in the range");
    return v;
}
