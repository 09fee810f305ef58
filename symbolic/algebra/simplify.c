/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simplifying by choice: at every sum, product and power, insides first, the cheapest form that the strategies reach
 * (strategies.c), again until nothing gets shorter. A sum is also taken apart into groups of terms that share functions.
 *
 * A candidate is kept only if it is shorter and balls agree with it at random points where both have values; at the end the
 * whole result is compared with the input by the zero test. Nothing here assumes a sign: log(x^2) and acos(cos(x)) stay.
 *
 * The work is linear in the size of the graph: functions of deep arguments are seen as functions of a new symbol, each
 * strategy has a largest size, and beyond a budget of nodes the rest is only remade. */
#include "base/interrupt.h"
#include "base/rng.h"
#include "base/vec.h"
#include "symbolic/algebra/kernels.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/strategies.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/evaluate.h"

#include <math.h>

enum { POINTS = 6, TRIES = 18, POINT_BITS = 192, DEEP = 10, ROUNDS = 4, WALKS = 3, EFFORT = 30000, FINAL_SIZE = 300, MOST_TERMS = 400, LEAST_NODES = 1500, NODES_PER_NODE = 30 };

/* ---- cost ---------------------------------------------------------------------------------------------------------- */

static size_t own_cost(const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:
        return 1 + (fmpz_bits(fmpq_numref(expr_number(e))) + fmpz_bits(fmpq_denref(expr_number(e)))) / 4
            + 2 * !expr_is_integer(e) + (expr_number_sign(e) < 0);
    case EXPR_SYMBOL:
        return e->name.n < 3 ? e->name.n : 3;
    case EXPR_MUL:                  /* -x is one sign longer than x */
        return 2 * (e->arity - 1) - (expr_is_int(e->arg[0], -1) ? 2 : 0);
    case EXPR_ADD:
        return 2 * (e->arity - 1);
    case EXPR_CALL:
        return call_is_special(e->fn->id) ? 6 : 4;
    case EXPR_POW:                  /* nested radicals are hard to read */
        return e->arg[0]->kind == EXPR_ADD && expr_is_numeric(e->arg[0]) && !expr_is_integer(e->arg[1]) ? 6 : 2;
    case EXPR_BALL: case EXPR_CONSTANT: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_RELATION:
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        return 2;
    }
    return 2;
}

/* Of a node: its cost (shared nodes count as often as they print), and 1 + the greatest height of its arguments. */
typedef struct Measure { size_t cost, height; } Measure;

static void measure_node(Arena *a, Memo *known, const Expr *e)
{
    Measure *m = arena_alloc(a, sizeof *m);
    bool     leaf = e->kind == EXPR_SYMBOL || e->kind == EXPR_NUMBER;
    *m = (Measure){ own_cost(e), 0 };
    for (uint32_t i = 0; !leaf && i < e->arity; i++) {
        const Measure *inner = memo_get(known, e->arg[i]);
        m->cost = m->cost + inner->cost > SIZE_MAX / 4 ? SIZE_MAX / 4 : m->cost + inner->cost;
        m->height = inner->height > m->height ? inner->height : m->height;
    }
    m->height++;
    memo_put(known, e, m);
}

/* Of e; of the nodes below it only those that are not known are visited. */
static const Measure *measure(Arena *a, Memo *known, const Expr *e)
{
    VEC(const Expr *) stack = { 0 };
    vec_push(a, &stack, e);
    while (stack.n) {
        const Expr *u = stack.at[stack.n - 1];
        size_t      before = stack.n;
        for (uint32_t i = 0; !memo_get(known, u) && i < u->arity; i++)
            if (!memo_get(known, u->arg[i]))
                vec_push(a, &stack, u->arg[i]);
        if (stack.n > before)
            continue;
        if (!memo_get(known, u))
            measure_node(a, known, u);
        stack.n--;
    }
    return memo_get(known, e);
}

size_t expr_cost(Pool *p, const Expr *e)
{
    (void)p;
    Arena *a = arena_new();
    Memo   known = memo_new(a);
    size_t cost = measure(a, &known, e)->cost;
    arena_delete(a);
    return cost;
}

/* ---- the check ------------------------------------------------------------------------------------------------------ */

/* Moderate rationals of both signs, and in -1..1, where inverse functions live; small whole numbers where only those are meant. */
static void random_point(Rng *r, acb_ptr at, Nodes s, int k)
{
    for (size_t j = 0; j < s.n; j++) {
        acb_set_si(at + j, (slong)rng_below(r, 4000) - (k % 2 ? 0 : 2000));
        acb_div_si(at + j, at + j, k % 3 == 2 ? 4001 : 1009, POINT_BITS);
        if (expr_is_positive_symbol(s.at[j]))
            arb_abs(acb_realref(at + j), acb_realref(at + j));
        if (expr_is_whole_symbol(s.at[j]))
            acb_set_si(at + j, (slong)rng_below(r, 13) - (k % 2 ? 0 : 6));
    }
}

/* YES: they agree at all points where both have values, and there is one; NO: balls prove them different at a point. */
static Truth same_value(Pool *p, const Expr *a, const Expr *b)
{
    Arena *scratch = arena_new();
    const Expr *both = expr_relation(p, REL_EQ, a, b);          /* (the difference may have lost some) */
    Nodes   s = expr_symbols(p, scratch, both ? both : a);
    Rng     rng = rng_stream(1, STR("simplify"));
    int     agreed = 0;
    bool    same = true;
    acb_ptr at = _acb_vec_init((slong)s.n + 2), u = at + s.n, v = u + 1;
    for (int i = 0; same && i < TRIES && agreed < (s.n ? POINTS : 1); i++) {
        random_point(&rng, at, s, i);
        if (expr_enclose(p, a, s.at, at, s.n, POINT_BITS, u, NULL) != EVAL_OK || expr_enclose(p, b, s.at, at, s.n, POINT_BITS, v, NULL) != EVAL_OK)
            continue;
        same = acb_overlaps(u, v);
        agreed += same;
    }
    _acb_vec_clear(at, (slong)s.n + 2);
    arena_delete(scratch);
    return !same ? NO : agreed ? YES : UNKNOWN;
}

bool expr_agrees(Pool *p, const Expr *a, const Expr *b)
{
    return same_value(p, a, b) != NO;
}

/* ---- functions of deep arguments as functions of symbols ---------------------------------------------------------------- */

typedef struct Work {
    Pool  *pool;
    Arena *arena;
    Memo   known;                   /* node -> Measure */
    unsigned given;                 /* features that count besides those of an expression itself */
    size_t effort;                  /* nodes that strategies may still look at */
} Work;

static size_t height_of(Work *w, const Expr *e) { return measure(w->arena, &w->known, e)->height; }
static size_t cost_of(Work *w, const Expr *e)   { return measure(w->arena, &w->known, e)->cost; }

typedef struct Hidden { size_t n, room; const Expr **symbol, **value; Memo shown; } Hidden;

static const Expr *hide(Work *w, Hidden *h, const Expr *e)
{
    if (h->n == h->room) {
        size_t old = h->room;
        h->room = old ? 2 * old : 16;
        const Expr **s = arena_array(w->arena, const Expr *, h->room), **v = arena_array(w->arena, const Expr *, h->room);
        for (size_t i = 0; i < h->n; i++) {
            s[i] = h->symbol[i];
            v[i] = h->value[i];
        }
        h->symbol = s;
        h->value = v;
    }
    h->value[h->n] = e;
    h->symbol[h->n] = expr_fresh(w->pool, expr_symbol(w->pool, STR("t")));
    return h->symbol[h->n++];
}

/* e with unknown functions, and arguments of functions that lie deep and are real, replaced by symbols. */
static const Expr *shallow(Work *w, Hidden *h, const Expr *e, int depth)
{
    const Expr *known = memo_get(&h->shown, e), *r = e;
    if (known || !w->effort)
        return known ? known : e;
    w->effort--;
    if (e->kind == EXPR_UNKNOWN || (depth > 2 && height_of(w, e) > DEEP && e->flags & EXPR_REAL && !e->shape)) {
        r = hide(w, h, e);
    } else if (e->arity) {
        const Expr **arg = arena_array(w->arena, const Expr *, e->arity);
        bool         same = true;
        for (uint32_t i = 0; i < e->arity; i++) {
            bool inside = e->kind == EXPR_ADD || e->kind == EXPR_MUL;
            arg[i] = shallow(w, h, e->arg[i], inside ? depth : depth + 1);
            same &= arg[i] == e->arg[i];
        }
        r = same ? e : expr_remake(w->pool, e, arg);
        r = r ? r : e;
    }
    memo_put(&h->shown, e, r);
    return r;
}

/* ---- choosing ---------------------------------------------------------------------------------------------------------- */

static const Expr *cheapest(Work *w, const Expr *e, bool *shorter)
{
    Pool       *p = w->pool;
    const Expr *best = e;
    size_t      least = cost_of(w, e);
    Features    f = expr_features(p, w->arena, e);
    size_t      work = f.nodes + (size_t)fmin(f.terms, MOST_TERMS);
    for (const Strategy *s = strategies; s->run && w->effort && !should_stop(); s++) {
        if ((s->needs && !(s->needs & (f.has | w->given))) || f.nodes > s->most || (f.terms > MOST_TERMS && f.terms > (double)f.nodes))
            continue;
        w->effort -= work < w->effort ? work : w->effort;
        size_t      limit = pool_set_budget(p, pool_size(p) + LEAST_NODES + NODES_PER_NODE * f.nodes);     /* expansions may explode */
        const Expr *candidate = s->run(p, e);
        pool_set_budget(p, limit);
        if (!candidate) {
            pool_clear_error(p);
            continue;
        }
        size_t cost = cost_of(w, candidate);
        if (cost < least && same_value(p, e, candidate) == YES) {
            best = candidate;
            least = cost;
        }
    }
    *shorter = best != e;
    return best;
}

static const Expr *settle(Work *w, const Expr *e)
{
    bool shorter = true;
    for (int i = 0; i < ROUNDS && shorter && e->arity; i++)
        e = cheapest(w, e, &shorter);
    return e;
}

/* The first argument of a function, or base of a root, in a term: what it may share with others. */
static const Expr *shared_part(Pool *p, const Expr *term)
{
    const Expr *const *f = term->kind == EXPR_MUL ? term->arg : &term;
    for (uint32_t i = 0; i < (term->kind == EXPR_MUL ? term->arity : 1); i++) {
        const Expr *b = f[i]->kind == EXPR_POW && expr_is_integer(f[i]->arg[1]) ? f[i]->arg[0] : f[i], *rest;
        if (b->kind == EXPR_CALL || b->kind == EXPR_POW) {
            expr_split_coefficient(p, b->arg[0], &rest);
            return rest;
        }
    }
    return NULL;
}

/* A sum by the groups of its terms that share the argument of a function: each settles on its own. */
static const Expr *group_by_group(Work *w, const Expr *e)
{
    const Expr **part = arena_array(w->arena, const Expr *, e->arity), **group = arena_array(w->arena, const Expr *, e->arity);
    const Expr  *sum = expr_int(w->pool, 0);
    for (uint32_t i = 0; i < e->arity; i++)
        part[i] = shared_part(w->pool, e->arg[i]);
    for (uint32_t i = 0; i < e->arity && sum; i++) {
        size_t n = 0;
        for (uint32_t k = 0; k < i && (n == 0); k++)
            n = part[k] == part[i];
        if (n)                      /* of a group that was taken before */
            continue;
        for (uint32_t k = i; k < e->arity; k++)
            if (part[k] == part[i])
                group[n++] = e->arg[k];
        if (n == e->arity)
            return e;
        const Expr *g = expr_sum(w->pool, group, n);
        sum = expr_add(w->pool, sum, g && part[i] && n > 1 ? settle(w, g) : g);
    }
    return sum ? sum : e;
}

static const Expr *improved(Work *w, const Expr *e)
{
    enum { MOST_GROUPED = 60 };
    if (!w->effort || e->shape || e->arity == 0 || (e->flags & (EXPR_HAS_TENSOR | EXPR_HAS_BALL)))
        return e;
    Hidden      h = { .shown = memo_new(w->arena) };
    const Expr *seen = height_of(w, e) > DEEP || e->flags & EXPR_HAS_SYMBOL ? shallow(w, &h, e, 0) : e;
    if (height_of(w, seen) > 3 * DEEP)          /* complex values, which no real symbol can stand for */
        return e;
    const Expr *r = settle(w, seen);
    if (r == seen && r->kind == EXPR_ADD && r->arity <= MOST_GROUPED) {
        const Expr *g = group_by_group(w, r);
        if (cost_of(w, g) < cost_of(w, r) && same_value(w->pool, r, g) == YES)
            r = settle(w, g);
    }
    r = r != seen && h.n ? expr_subst(w->pool, r, h.symbol, h.value, h.n) : r == seen ? e : r;
    if (!r)
        pool_clear_error(w->pool);
    return r ? r : e;
}

static const Expr *remade(Work *w, const Expr *e, const Memo *done)
{
    if (e->arity == 0 || e->kind == EXPR_UNKNOWN)
        return e;
    const Expr **arg = arena_array(w->arena, const Expr *, e->arity);
    for (size_t j = 0; j < e->arity; j++)
        arg[j] = memo_get(done, e->arg[j]);
    const Expr *r = expr_remake(w->pool, e, arg);
    if (!r)
        pool_clear_error(w->pool);
    return r ? r : e;
}

static const Expr *cheaper(Work *w, const Expr *a, const Expr *b) { return cost_of(w, a) <= cost_of(w, b) ? a : b; }

/* In two versions: with the parts of a sum as they are, and simplified by themselves; the better one stands where the region ends. */
static const Expr *walk(Work *w, const Expr *e)
{
    Nodes nodes = expr_nodes(w->pool, w->arena, &e, 1);
    Memo  plain = memo_new(w->arena), better = memo_new(w->arena), top = memo_new(w->arena);
    memo_put(&top, e, e);
    for (size_t i = 0; i < nodes.n; i++)
        for (size_t j = 0; !kernels_inside(nodes.at[i], KERNELS_FRACTION) && j < nodes.at[i]->arity; j++)
            memo_put(&top, nodes.at[i]->arg[j], e);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *u = nodes.at[i], *a = remade(w, u, &plain), *b = remade(w, u, &better);
        bool        region = memo_get(&top, u), calls = b->kind == EXPR_CALL || b->kind == EXPR_POW || b->kind == EXPR_PIECEWISE;
        if (region || calls || (w->effort && u->arity && height_of(w, b) <= DEEP && expr_features(w->pool, w->arena, b).has & HAS_FUNCTION))
            b = improved(w, b);
        if (region)
            a = b = cheaper(w, a == b ? a : improved(w, a), b);
        memo_put(&plain, u, region ? b : a);
        memo_put(&better, u, b);
    }
    return memo_get(&better, e);
}

const Expr *expr_simplify(Pool *p, const Expr *e)
{
    if (e && (e->flags & EXPR_AS_TYPED))
        e = expr_canonical(p, e);
    if (!e || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER)))
        return e;
    Work w = { .pool = p, .arena = arena_new(), .effort = EFFORT };
    w.known = memo_new(w.arena);
    w.given = expr_features(p, w.arena, e).has & HAS_SIZE ? GIVEN_SIZE : 0;
    const Expr *r = walk(&w, e), *before = e;
    for (int i = 1; i < WALKS && r != before && w.effort; i++) {        /* what became a part of the result may get shorter by itself */
        before = r;
        r = walk(&w, r);
    }
    size_t      size = r == e ? 0 : expr_size(p, e);
    arena_delete(w.arena);
    if (r == e || expr_cost(p, r) >= expr_cost(p, e))
        return e;
    bool scalar = !e->shape && e->kind != EXPR_RELATION && !(e->flags & EXPR_HAS_TENSOR);
    bool wrong = scalar && size <= FINAL_SIZE && expr_zero_test(p, expr_sub(p, e, r)).answer == NO;
    return wrong ? e : r;
}

/* ---- assumptions ----------------------------------------------------------------------------------------------------- */

/* Back from the symbols of the piece: x = c + t or c - t is solved for t. NULL if some x is no such value. */
static const Expr *from_piece(Pool *p, Arena *a, const Piece *piece, const Expr *e)
{
    for (size_t i = piece->n; i-- > 0 && e;) {
        const Expr **c, *t = NULL, *x = piece->from[i];
        Nodes        s = expr_symbols(p, a, piece->to[i]);
        for (size_t k = 0; k < s.n; k++)                    /* the symbol that was new in this step is the youngest */
            t = !t || s.at[k]->id > t->id ? s.at[k] : t;
        if (!t || expr_coefficients(p, a, piece->to[i], t, 1, &c) != 1 || !(expr_is_one(c[1]) || expr_is_int(c[1], -1)))
            return NULL;
        const Expr *value = expr_mul(p, c[1], expr_sub(p, x, c[0]));
        e = expr_subst(p, e, &t, &value, 1);
    }
    return e;
}

const Expr *expr_simplify_assumed(Pool *p, const Expr *e)
{
    Piece       piece[PIECES];
    bool        complete;
    const Expr *plain = expr_simplify(p, e);
    if (!plain || plain->kind == EXPR_TENSOR || plain->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_TENSOR))
        return plain;
    Arena      *a = arena_new();
    size_t      n = assumed_pieces(p, plain, piece, &complete);
    const Expr *r = n == 1 && piece[0].n ? from_piece(p, a, &piece[0], expr_simplify(p, piece[0].e)) : NULL;
    r = r ? expr_simplify(p, r) : NULL;
    pool_clear_error(p);
    arena_delete(a);
    return r && expr_cost(p, r) < expr_cost(p, plain) ? r : plain;
}

static Value simplify_call(Call *c)
{
    return value_expr(expr_simplify_assumed(c->pool, c->arg[0].expr));
}

const Builtin simplify_builtins[] = {
    { .sig = "simplify(e: expr) -> expr", .help = "The shortest equal form found; the input itself if nothing is shorter.",
      .example = { { "simplify(sin(x)^2 + cos(x)^2)", "1" }, { "simplify(sqrt(5 + 2*sqrt(6)))", "sqrt(2) + sqrt(3)" },
                   { "simplify((x^2 - 1)/(x - 1) - abs(x)^2/x)", "1" }, { "assume x > 0; simplify(log(x^2) - 2*log(x))", "0" } },
      .see = "expand factor together trig_reduce rewrite", .words = "reduce shorten denest radsimp trigsimp", .call = simplify_call },
    { 0 }
};
