/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical sums: a rational number plus terms coefficient*rest with distinct rests, sorted by the content of the rests.
 *
 * A sum of more than ABSORB_LIMIT terms is absorbed by an outer one only if something combines: without that limit, building
 * x = x + h*sin(x) ten thousand times costs quadratic time. Terms are lists of node pointers as long as the sum is under
 * construction; a term that combines with no other stays the node it was. */
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"

#include "base/sort.h"
#include "base/vec.h"

/* coefficient*rest; whole is that product as a node, NULL until there is one. Coefficients stay nodes: most terms pass through a
 * sum as they are, and only those of equal rests are added up. */
typedef struct Term { const Expr *rest, *coefficient, *whole; } Term;

struct Terms { size_t n; uint16_t flags; Term at[]; };

struct Sum {
    Pool    *pool;
    Arena   *arena;
    Mark     mark;
    uint16_t flags;                 /* of all terms */
    bool     failed;
    VEC(Term) list;
};

/* Adds factor*e (NULL: e): numbers, single terms, and the terms of small sums. */
static void add_term(Sum *s, const Expr *e, const Expr *factor)
{
    const Expr *rest, *c = expr_split_coefficient(s->pool, e, &rest), *q = factor ? expr_mul(s->pool, factor, c) : c;
    s->failed = s->failed || !q;
    if (!s->failed && rest->kind == EXPR_ADD && pool_absorbs(s->pool, rest))
        for (uint32_t i = 0; i < rest->arity; i++)
            add_term(s, rest->arg[i], expr_is_one(q) ? NULL : q);
    else if (!s->failed)
        vec_push(s->arena, &s->list, (Term){ rest, q, factor ? NULL : e });
}

static int by_rest(const void *a, const void *b)
{
    return expr_cmp(((const Term *)a)->rest, ((const Term *)b)->rest);
}

static bool shares_term(Pool *p, const Memo *rests, const Expr *sum)
{
    const Expr *rest;
    for (uint32_t i = 0; i < sum->arity; i++) {
        expr_split_coefficient(p, sum->arg[i], &rest);
        if (memo_get(rests, rest))
            return true;
    }
    return false;
}

/* Large sums stayed whole so far: those that share a term with the others are taken apart now. */
static bool absorb_large(Sum *s)
{
    size_t n = s->list.n;
    bool   absorbed = false;
    Memo   rests = { 0 };
    for (size_t k = 0; k < n; k++) {
        Term big = s->list.at[k];
        if (big.rest->kind != EXPR_ADD)
            continue;
        if (!rests.room) {
            rests = memo_new(s->arena);
            for (size_t i = 0; i < n; i++)
                memo_put(&rests, s->list.at[i].rest, s->list.at[i].rest);
        }
        if (!shares_term(s->pool, &rests, big.rest))
            continue;
        s->list.at[k] = (Term){ big.rest, expr_int(s->pool, 0), NULL };
        for (uint32_t i = 0; i < big.rest->arity; i++)
            add_term(s, big.rest->arg[i], big.coefficient);
        absorbed = true;
    }
    return absorbed;
}

/* The n terms, which have the same rest, as one. */
static bool add_coefficients(Pool *p, Term *term, size_t n)
{
    fmpq_t sum;
    fmpq_init(sum);
    for (size_t i = 0; i < n; i++)
        rational_add(sum, sum, expr_number(term[i].coefficient));
    *term = (Term){ term->rest, expr_fmpq(p, sum), NULL };
    fmpq_clear(sum);
    return term->coefficient;
}

static void merge_terms(Sum *s)
{
    Term  *at = s->list.at;
    size_t n = 0;
    sort_array(at, s->list.n, sizeof *at, by_rest);
    for (size_t i = 0, end; i < s->list.n && !s->failed; i = end) {
        for (end = i + 1; end < s->list.n && at[end].rest == at[i].rest; end++)
            continue;
        s->failed = end > i + 1 && !add_coefficients(s->pool, &at[i], end - i);
        at[n++] = at[i];
    }
    s->list.n = n;
}

/* The term as a node. */
static const Expr *scaled(Pool *p, const Term *term)
{
    const Expr *c = term->coefficient, *rest = term->rest;
    if (term->whole)
        return term->whole;
    if (expr_is_one(rest))
        return c;
    if (expr_is_one(c) || rest->kind == EXPR_ORDER)
        return rest;
    if (rest->flags & EXPR_HAS_I && !expr_is_zero(c))      /* 2*((1 + i)*x) is (2 + 2i)*x */
        return expr_product(p, ARGS(c, rest), 2);
    if (rest->kind != EXPR_MUL)
        return expr_node(p, EXPR_MUL, rest->shape, ARGS(c, rest), 2);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **arg = arena_array(pool_scratch(p), const Expr *, rest->arity + 1);
    arg[0] = c;
    memcpy(arg + 1, rest->arg, rest->arity * sizeof *arg);
    const Expr *e = expr_node(p, EXPR_MUL, rest->shape, arg, rest->arity + 1);
    arena_release(pool_scratch(p), mark);
    product_keep_rest(p, e, rest);
    return e;
}

/* Do both oo and -oo occur? Asked before terms are collected, which would give 0*oo. */
static bool has_both_infinities(const Sum *s)
{
    int signs = 0;
    for (size_t i = 0; i < s->list.n; i++)
        if (expr_is_constant(s->list.at[i].rest, CONSTANT_OO))
            signs |= expr_number_sign(s->list.at[i].coefficient) > 0 ? 1 : 2;
    return signs == 3;
}

/* oo plus finite numbers is oo. */
static const Expr *infinite_sum(Pool *p, const Expr *const *term, size_t n)
{
    bool plus = false, minus = false, finite = true;
    for (size_t i = 0; i < n; i++) {
        const Expr *rest, *c = expr_split_coefficient(p, term[i], &rest);
        if (expr_is_constant(rest, CONSTANT_UNDEFINED))
            return rest;
        if (expr_is_constant(rest, CONSTANT_OO))
            *(expr_number_sign(c) > 0 ? &plus : &minus) = true;
        else
            finite = finite && expr_is_numeric(term[i]) && !(term[i]->flags & EXPR_HAS_INFINITE);
    }
    if ((plus || minus) && finite)
        return plus ? expr_constant(p, CONSTANT_OO) : expr_neg(p, expr_constant(p, CONSTANT_OO));
    return expr_node(p, EXPR_ADD, NULL, term, n);
}

static const Expr *sum_of_terms(Sum *s)
{
    Pool        *p = s->pool;
    const Expr **arg = arena_array(s->arena, const Expr *, s->list.n + 1);
    size_t       n = 0;
    uint16_t     flags = 0;
    for (size_t i = 0; i < s->list.n; i++) {
        Term *term = &s->list.at[i];
        if (expr_is_zero(term->coefficient) && !(term->rest->flags & EXPR_HAS_INFINITE))
            continue;
        if (!(arg[n] = scaled(p, term)))
            return NULL;
        flags |= arg[n++]->flags;
    }
    const Shape *shape = NULL;
    if (n == 0)
        return expr_int(p, 0);
    if (n == 1 && !(flags & EXPR_HAS_INFINITE))
        return arg[0];
    if (flags & EXPR_HAS_INFINITE)
        return infinite_sum(p, arg, n);
    return shape_common(p, arg, n, &shape) ? expr_node(p, EXPR_ADD, shape, arg, n) : NULL;
}

Sum *sum_new(Pool *p)
{
    Mark mark = arena_mark(pool_scratch(p));
    Sum *s = arena_alloc(pool_scratch(p), sizeof *s);
    *s = (Sum){ .pool = p, .arena = pool_scratch(p), .mark = mark };
    s->list.at = arena_array(s->arena, Term, s->list.room = ABSORB_LIMIT);
    return s;
}

void sum_add(Sum *s, const Expr *e)
{
    s->failed = s->failed || !e;
    if (s->failed)
        return;
    s->flags |= e->flags;
    add_term(s, e, NULL);
}

/* A product of ordinary factors enters the sum as its coefficient and the rest; the node of both together is not needed. */
void sum_add_product(Sum *s, const Expr *const *factor, size_t n)
{
    const Expr *coefficient, *rest;
    uint16_t    flags;
    s->failed = s->failed || any_null(factor, n, &flags);
    if (s->failed)
        return;
    if (flags & (EXPR_HAS_I | EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_BALL | EXPR_HAS_TENSOR)) {
        sum_add(s, expr_product(s->pool, factor, n));
        return;
    }
    s->flags |= flags;
    s->failed = !product_split(s->pool, factor, n, &coefficient, &rest);
    if (!s->failed && !expr_is_zero(coefficient))
        add_term(s, rest, expr_is_one(coefficient) ? NULL : coefficient);
}

void sum_add_terms(Sum *s, const Terms *t)
{
    s->failed = s->failed || !t;
    for (size_t i = 0; !s->failed && i < t->n; i++)
        vec_push(s->arena, &s->list, t->at[i]);
    s->flags |= s->failed ? 0 : t->flags;
}

static void collect_terms(Sum *s)
{
    if (!s->failed && s->flags & EXPR_HAS_INFINITE && has_both_infinities(s))
        s->failed = !pool_fail(s->pool, "oo - oo is indeterminate");
    merge_terms(s);
    if (!s->failed && absorb_large(s))
        merge_terms(s);
}

const Terms *sum_terms(Sum *s, Arena *a)
{
    Terms *t = NULL;
    collect_terms(s);
    if (!s->failed) {
        t = arena_alloc(a, sizeof *t + s->list.n * sizeof *t->at);
        t->n = s->list.n;
        t->flags = s->flags;
        memcpy(t->at, s->list.at, t->n * sizeof *t->at);
    }
    arena_release(s->arena, s->mark);
    return t;
}

const Expr *sum_done(Sum *s)
{
    Pool *p = s->pool;
    collect_terms(s);
    const Expr *e = s->failed ? NULL : sum_of_terms(s);
    arena_release(s->arena, s->mark);
    return fold_ball(p, e);
}

const Expr *expr_sum(Pool *p, const Expr *const *term, size_t n)
{
    uint16_t flags;
    if (any_null(term, n, &flags))
        return NULL;
    if (any_tensor(term, n, flags))
        return tensor_sum(p, term, n);
    Sum *s = sum_new(p);
    for (size_t i = 0; i < n; i++)
        sum_add(s, term[i]);
    return sum_done(s);
}

const Expr *expr_split_coefficient(Pool *p, const Expr *e, const Expr **rest)
{
    if (expr_is_number(e)) {
        *rest = expr_int(p, 1);
        return e;
    }
    if (e->kind != EXPR_MUL || !expr_is_number(e->arg[0])) {
        *rest = e;
        return expr_int(p, 1);
    }
    *rest = e->arity == 2 ? e->arg[1] : product_rest(p, e);
    return *rest ? e->arg[0] : NULL;
}
