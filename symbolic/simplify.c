/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simplifying by choice: the insides of functions first, then at each region the cheapest of expanded, factored, one
 * fraction, and the normal form modulo sin^2 + cos^2 = 1 and roots. A candidate that differs from the input by balls at a
 * random point is dropped. Nothing here assumes a sign: log(x^2) and acos(cos(x)) stay. */
#include "symbolic/simplify.h"
#include "symbolic/evaluate.h"
#include "symbolic/kernels.h"
#include "symbolic/poly.h"
#include "symbolic/proof.h"
#include "symbolic/rational.h"
#include "symbolic/zero.h"
#include "base/rng.h"

enum { POINTS = 4, POINT_BITS = 192 };

/* ---- cost ---------------------------------------------------------------------------------------------------------- */

static size_t own_cost(const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:
        return 1 + (fmpz_bits(fmpq_numref(expr_number(e))) + fmpz_bits(fmpq_denref(expr_number(e)))) / 4
            + 2 * !expr_is_integer(e) + (expr_number_sign(e) < 0);
    case EXPR_SYMBOL:
        return e->name.n < 3 ? e->name.n : 3;
    case EXPR_ADD: case EXPR_MUL:
        return 2 * (e->arity - 1);
    case EXPR_CALL:
        return 4;
    case EXPR_BALL: case EXPR_CONSTANT: case EXPR_POW: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_RELATION:
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        return 2;
    }
    return 2;
}

size_t expr_cost(Pool *p, const Expr *e)
{
    Arena *a = arena_new();
    Nodes  nodes = expr_nodes(p, a, &e, 1);
    Memo   cost = memo_new(a);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr *u = nodes.at[i];
        size_t      sum = own_cost(u);
        for (size_t j = 0; u->kind != EXPR_SYMBOL && u->kind != EXPR_NUMBER && j < u->arity; j++) {
            sum += (size_t)(uintptr_t)memo_get(&cost, u->arg[j]);
            sum = sum > SIZE_MAX / 4 ? SIZE_MAX / 4 : sum;       /* shared nodes count as often as they print */
        }
        memo_put(&cost, u, (void *)(uintptr_t)sum);
    }
    size_t total = (size_t)(uintptr_t)memo_get(&cost, e);
    arena_delete(a);
    return total;
}

/* ---- the check ------------------------------------------------------------------------------------------------------ */

bool expr_agrees(Pool *p, const Expr *a, const Expr *b)
{
    Arena *scratch = arena_new();
    Nodes  s = expr_symbols(p, scratch, expr_sub(p, a, b));
    if (!s.n)
        s = expr_symbols(p, scratch, a);
    Rng    rng = rng_stream(1, STR("simplify"));
    bool   same = true;
    acb_ptr at = _acb_vec_init((slong)s.n + 2), u = at + s.n, v = u + 1;
    for (size_t i = 0; same && i < POINTS; i++) {
        for (size_t j = 0; j < s.n; j++) {
            acb_set_si(at + j, (slong)rng_below(&rng, 4000) - (i % 2 ? 0 : 2000));
            acb_div_si(at + j, at + j, 1009, POINT_BITS);
            if (expr_is_positive_symbol(s.at[j]))
                arb_abs(acb_realref(at + j), acb_realref(at + j));
            if (expr_is_whole_symbol(s.at[j]))
                arb_floor(acb_realref(at + j), acb_realref(at + j), POINT_BITS);
        }
        same = expr_enclose(p, a, s.at, at, s.n, POINT_BITS, u, NULL) != EVAL_OK
            || expr_enclose(p, b, s.at, at, s.n, POINT_BITS, v, NULL) != EVAL_OK || acb_overlaps(u, v);
    }
    _acb_vec_clear(at, (slong)s.n + 2);
    arena_delete(scratch);
    return same;
}

/* ---- strategies ----------------------------------------------------------------------------------------------------- */

static const Expr *factored_normal_form(Pool *p, const Expr *e)
{
    const Expr *n = expr_normal_form(p, e);
    return n ? expr_factor(p, n) : NULL;
}

static const Expr *zero_if_proved(Pool *p, const Expr *e)
{
    bool sum = e->kind == EXPR_ADD && !e->shape && !(e->flags & EXPR_HAS_TENSOR);
    return sum && expr_zero_test(p, e).answer == YES ? expr_int(p, 0) : NULL;
}

static const Expr *(*const strategy[])(Pool *, const Expr *) = {
    zero_if_proved, expr_split_signs, expr_expand, expr_together, expr_factor, expr_normal_form, factored_normal_form
};

static const Expr *cheapest(Pool *p, const Expr *e)
{
    const Expr *best = e;
    size_t      least = expr_cost(p, e);
    for (size_t i = 0; i < sizeof strategy / sizeof *strategy; i++) {
        const Expr *candidate = strategy[i](p, e);
        if (!candidate) {
            pool_clear_error(p);
            continue;
        }
        size_t cost = candidate == best ? least : expr_cost(p, candidate);
        if (cost < least && expr_agrees(p, e, candidate)) {
            best = candidate;
            least = cost;
        }
    }
    return best;
}

const Expr *expr_simplify(Pool *p, const Expr *e)
{
    if (e && (e->flags & EXPR_AS_TYPED))
        e = expr_canonical(p, e);
    if (!e || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER)))
        return e;
    Arena *a = arena_new();
    Nodes  nodes = expr_nodes(p, a, &e, 1);
    Memo   done = memo_new(a);
    for (size_t i = 0; i < nodes.n; i++) {
        const Expr  *u = nodes.at[i], *r = u;
        const Expr **arg = arena_array(a, const Expr *, u->arity + 1);
        bool         leaf = u->arity == 0 || u->kind == EXPR_UNKNOWN;
        bool         inner = kernels_inside(u, KERNELS_FRACTION);
        for (size_t j = 0; !leaf && j < u->arity; j++) {
            const Expr *v = memo_get(&done, u->arg[j]);
            arg[j] = !inner && kernels_inside(v, KERNELS_FRACTION) ? cheapest(p, v) : v;
        }
        if (!leaf)
            r = expr_remake(p, u, arg);
        if (!r) {
            pool_clear_error(p);
            r = u;
        }
        memo_put(&done, u, r);
    }
    const Expr *r = memo_get(&done, e);
    if (kernels_inside(r, KERNELS_FRACTION) || (!r->shape && r->arity))
        r = cheapest(p, r);
    arena_delete(a);
    return r == e || expr_cost(p, r) < expr_cost(p, e) ? r : e;
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
      .example = { { "simplify(sin(x)^2 + cos(x)^2)", "1" }, { "simplify((x^2 - 1)/(x - 1))", "x + 1" },
                   { "simplify(sqrt(x^2))", "abs(x)" }, { "assume x > 0; simplify(log(x^2) - 2*log(x))", "0" } },
      .see = "expand factor together", .words = "reduce shorten", .call = simplify_call },
    { 0 }
};
