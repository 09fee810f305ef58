/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical constructors of sums and products, and the plain ones.
 *
 * A sum is a rational number plus terms coefficient*rest with distinct rests; a product is a rational coefficient times
 * powers of distinct bases. Both are sorted by content. A sum or product of more than 32 operands is absorbed by an outer one
 * only if something combines: without that limit, building x = x + h*sin(x) ten thousand times costs quadratic time. */
#include "symbolic/expr_int.h"
#include "symbolic/gaussian.h"

#include "base/sort.h"
#include "base/vec.h"

enum { ABSORB_LIMIT = 32 };

/* ---- sums ------------------------------------------------------------------------------------------------------ */

typedef struct Term { const Expr *rest; fmpq_t coefficient; } Term;

typedef struct Terms { Arena *arena; VEC(Term) list; } Terms;

static void push_term(Terms *t, const Expr *rest, const fmpq_t coefficient)
{
    Term *term;
    vec_push(t->arena, &t->list, (Term){ .rest = rest });
    term = &t->list.at[t->list.n - 1];
    fmpq_init(term->coefficient);
    fmpq_set(term->coefficient, coefficient);
}

/* Adds factor*e to the list: numbers, single terms, and the terms of small sums. */
static bool split_term(Pool *p, Terms *t, const Expr *e, const fmpq_t factor)
{
    const Expr *rest, *c = expr_split_coefficient(p, e, &rest);
    if (!c)
        return false;
    fmpq_t q;
    fmpq_init(q);
    if (expr_is_one(c))
        fmpq_set(q, factor);
    else
        fmpq_mul(q, factor, expr_number(c));
    bool fine = true;
    if (rest->kind == EXPR_ADD && rest->arity <= ABSORB_LIMIT) {
        for (uint32_t i = 0; i < rest->arity && fine; i++)
            fine = split_term(p, t, rest->arg[i], q);
    } else {
        push_term(t, rest, q);
    }
    fmpq_clear(q);
    return fine;
}

static int by_rest(const void *a, const void *b)
{
    return expr_cmp(((const Term *)a)->rest, ((const Term *)b)->rest);
}

static bool in_terms(const Terms *t, const Expr *rest)
{
    Term key = { .rest = rest };
    return t->list.n && bsearch(&key, t->list.at, t->list.n, sizeof key, by_rest);
}

/* Large sums stayed whole so far: those that share a term with the others are taken apart now. */
static bool absorb_large(Pool *p, Terms *t)
{
    size_t n = t->list.n;
    bool   absorbed = false;
    for (size_t k = 0; k < n; k++) {
        const Expr *big = t->list.at[k].rest;
        if (big->kind != EXPR_ADD)
            continue;
        bool combines = false;
        for (uint32_t i = 0; i < big->arity && !combines; i++) {
            const Expr *rest;
            expr_split_coefficient(p, big->arg[i], &rest);
            combines = in_terms(t, rest);
        }
        if (!combines)
            continue;
        fmpq_t q;
        fmpq_init(q);
        fmpq_set(q, t->list.at[k].coefficient);
        fmpq_zero(t->list.at[k].coefficient);
        for (uint32_t i = 0; i < big->arity; i++)
            split_term(p, t, big->arg[i], q);
        fmpq_clear(q);
        absorbed = true;
    }
    return absorbed;
}

static void merge_terms(Terms *t)
{
    sort_array(t->list.at, t->list.n, sizeof *t->list.at, by_rest);
    size_t n = 0;
    for (size_t i = 0; i < t->list.n; i++) {
        Term *term = &t->list.at[i];
        if (n && t->list.at[n - 1].rest == term->rest) {
            fmpq_add(t->list.at[n - 1].coefficient, t->list.at[n - 1].coefficient, term->coefficient);
            fmpq_clear(term->coefficient);
        } else {
            t->list.at[n++] = *term;
        }
    }
    t->list.n = n;
}

static const Expr *scaled(Pool *p, const fmpq_t q, const Expr *rest)
{
    const Expr *c = expr_fmpq(p, q);
    if (!c || expr_is_one(rest))
        return c;
    if (fmpq_is_one(q) || rest->kind == EXPR_ORDER)
        return rest;
    if (rest->flags & EXPR_HAS_I && !fmpq_is_zero(q))      /* 2*((1 + i)*x) is (2 + 2i)*x */
        return expr_product(p, ARGS(c, rest), 2);
    if (rest->kind != EXPR_MUL)
        return expr_node(p, EXPR_MUL, rest->shape, ARGS(c, rest), 2);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **arg = arena_array(pool_scratch(p), const Expr *, rest->arity + 1);
    arg[0] = c;
    for (uint32_t i = 0; i < rest->arity; i++)
        arg[i + 1] = rest->arg[i];
    const Expr *e = expr_node(p, EXPR_MUL, rest->shape, arg, rest->arity + 1);
    arena_release(pool_scratch(p), mark);
    return e;
}

/* Do both oo and -oo occur? Asked before terms are collected, which would give 0*oo. */
static bool has_both_infinities(const Terms *t)
{
    int signs = 0;
    for (size_t i = 0; i < t->list.n; i++)
        if (expr_is_constant(t->list.at[i].rest, CONSTANT_OO))
            signs |= fmpq_sgn(t->list.at[i].coefficient) > 0 ? 1 : 2;
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

static const Expr *sum_of_terms(Pool *p, Terms *t)
{
    const Expr **arg = arena_array(t->arena, const Expr *, t->list.n + 1);
    size_t       n = 0;
    uint16_t     flags = 0;
    for (size_t i = 0; i < t->list.n; i++) {
        Term *term = &t->list.at[i];
        if (fmpq_is_zero(term->coefficient) && !(term->rest->flags & EXPR_HAS_INFINITE))
            continue;
        if (!(arg[n] = scaled(p, term->coefficient, term->rest)))
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

static bool any_null(const Expr *const *arg, size_t n, uint16_t *flags)
{
    *flags = 0;
    for (size_t i = 0; i < n; i++) {
        if (!arg[i])
            return true;
        *flags |= arg[i]->flags;
    }
    return false;
}

const Expr *expr_sum(Pool *p, const Expr *const *term, size_t n)
{
    uint16_t flags;
    if (any_null(term, n, &flags))
        return NULL;
    if (flags & EXPR_HAS_TENSOR)
        return tensor_sum(p, term, n);
    Mark   mark = arena_mark(pool_scratch(p));
    Terms  t = { .arena = pool_scratch(p), .list = { .at = arena_array(pool_scratch(p), Term, n), .room = n } };
    fmpq_t one;
    fmpq_init(one);
    fmpq_one(one);
    bool fine = true;
    for (size_t i = 0; i < n && fine; i++)
        fine = split_term(p, &t, term[i], one);
    fmpq_clear(one);
    if (fine && flags & EXPR_HAS_INFINITE && has_both_infinities(&t))
        fine = pool_fail(p, "oo - oo is indeterminate") != NULL;
    merge_terms(&t);
    if (fine && absorb_large(p, &t))
        merge_terms(&t);
    const Expr *e = fine ? sum_of_terms(p, &t) : NULL;
    for (size_t i = 0; i < t.list.n; i++)
        fmpq_clear(t.list.at[i].coefficient);
    arena_release(pool_scratch(p), mark);
    return fold_ball(p, e);
}

/* ---- products -------------------------------------------------------------------------------------------------- */

typedef struct Power { const Expr *base, *exponent, *whole; } Power;     /* whole: base^exponent as a node, NULL once merged */

typedef struct Factors {
    Arena *arena;
    fmpq_t coefficient;
    slong  i_power;                /* exponent of the imaginary unit */
    Gaussian gaussian;             /* product of the factors a + b*i */
    bool   complex;                /* there was one */
    bool   failed;
    VEC(Power) list;
} Factors;

static void push_factor(Pool *p, Factors *f, const Expr *e);

static void push_power(Pool *p, Factors *f, const Expr *e)
{
    const Expr *one = expr_int(p, 1);
    Power       power = { e, one, e };
    if (e->kind == EXPR_POW)
        power = (Power){ e->arg[0], e->arg[1], e };
    else if (expr_is_call(e, FN_exp))
        power = (Power){ expr_constant(p, CONSTANT_E), e->arg[0], e };
    vec_push(f->arena, &f->list, power);
}

static bool push_gaussian(Factors *f, const Expr *e)
{
    Gaussian g;
    if (e->kind != EXPR_ADD || e->arity != 2 || !(e->flags & EXPR_HAS_I))
        return false;
    gaussian_init(&g);
    bool is = gaussian_of(e, &g);
    if (is) {
        gaussian_mul(&f->gaussian, &g);
        f->complex = true;
    }
    gaussian_clear(&g);
    return is;
}

static void push_factor(Pool *p, Factors *f, const Expr *e)
{
    if (push_gaussian(f, e))
        return;
    if (expr_is_number(e))
        fmpq_mul(f->coefficient, f->coefficient, expr_number(e));
    else if (expr_is_constant(e, CONSTANT_I))
        f->i_power++;
    else if (e->kind == EXPR_MUL && e->arity <= ABSORB_LIMIT)
        for (uint32_t i = 0; i < e->arity; i++)
            push_factor(p, f, e->arg[i]);
    else
        push_power(p, f, e);
}

static bool radical(const Power *a)
{
    return expr_is_number(a->base) && expr_is_number(a->exponent) && expr_number_sign(a->base) > 0;
}

static int by_base(const void *va, const void *vb)
{
    const Power *a = va, *b = vb;
    int          c = expr_cmp(a->base, b->base);
    return c ? c : expr_cmp(a->exponent, b->exponent);
}

/* Radicals first, those with equal exponents side by side: sqrt(2)*sqrt(3) is sqrt(6). */
static int by_radical(const void *va, const void *vb)
{
    const Power *a = va, *b = vb;
    bool         ra = radical(a), rb = radical(b);
    if (ra != rb)
        return ra ? -1 : 1;
    int c = ra ? expr_cmp(a->exponent, b->exponent) : 0;
    return c ? c : by_base(a, b);
}

static bool absorb_large_products(Pool *p, Factors *f)
{
    bool absorbed = false;
    for (size_t k = 0; k < f->list.n; k++) {
        const Expr *big = f->list.at[k].base;
        if (big->kind != EXPR_MUL || !expr_is_one(f->list.at[k].exponent))
            continue;
        bool combines = expr_is_number(big->arg[0]);
        for (uint32_t i = 0; i < big->arity && !combines; i++) {
            const Expr *b = big->arg[i]->kind == EXPR_POW ? big->arg[i]->arg[0] : big->arg[i];
            for (size_t j = 0; j < f->list.n && !combines; j++)
                combines = j != k && f->list.at[j].base == b;
        }
        if (!combines)
            continue;
        f->list.at[k] = f->list.at[--f->list.n];
        for (uint32_t i = 0; i < big->arity; i++)
            push_factor(p, f, big->arg[i]);
        absorbed = true;
        k--;
    }
    return absorbed;
}

/* Joins neighbours of the sorted list; says whether any were joined. */
static bool merge_powers(Pool *p, Factors *f, int (*order)(const void *, const void *), bool radicals)
{
    size_t n = 0, joinable = 0;
    bool   merged = false;
    for (size_t i = 0; i < f->list.n; i++)
        joinable += !radicals || radical(&f->list.at[i]);
    if (joinable < 2)
        return false;
    sort_array(f->list.at, f->list.n, sizeof *f->list.at, order);
    for (size_t i = 0; i < f->list.n; i++) {
        Power *now = &f->list.at[i], *last = n ? &f->list.at[n - 1] : NULL;
        if (last && radicals && radical(last) && radical(now) && last->exponent == now->exponent) {
            *last = (Power){ expr_mul(p, last->base, now->base), last->exponent, NULL };
            merged = true;
        } else if (last && !radicals && last->base == now->base) {
            *last = (Power){ last->base, expr_add(p, last->exponent, now->exponent), NULL };
            merged = true;
        } else {
            f->list.at[n++] = *now;
        }
        f->failed = f->failed || !f->list.at[n - 1].base || !f->list.at[n - 1].exponent;
        if (f->failed)
            return false;
    }
    f->list.n = n;
    return merged;
}

/* Powers that were joined get their canonical form, which may bring numbers and further factors. *again: bases that are new
 * in the list, so that more may combine. */
static bool rebuild_powers(Pool *p, Factors *f, bool *again)
{
    size_t n = f->list.n;
    Power *old = arena_copy(f->arena, f->list.at, n * sizeof *old);
    f->list.n = 0;
    for (size_t i = 0; i < n; i++) {
        if (old[i].whole) {
            vec_push(f->arena, &f->list, old[i]);
            continue;
        }
        const Expr *e = old[i].base && old[i].exponent ? expr_pow(p, old[i].base, old[i].exponent) : NULL;
        if (!e)
            return false;
        const Expr *base = e->kind == EXPR_POW ? e->arg[0] : expr_is_call(e, FN_exp) ? expr_constant(p, CONSTANT_E) : e;
        *again = *again || !(expr_is_number(e) || base == old[i].base);
        push_factor(p, f, e);
    }
    return true;
}

static int by_content(const void *a, const void *b)
{
    return expr_cmp(*(const Expr *const *)a, *(const Expr *const *)b);
}

/* A factor oo swallows positive numbers; 0*oo has no value. */
static const Expr *infinite_product(Pool *p, const Expr *const *arg, size_t n)
{
    bool infinite = false;
    int  sign = 1;
    for (size_t i = 0; i < n; i++) {
        if (expr_is_constant(arg[i], CONSTANT_UNDEFINED))
            return arg[i];
        if (expr_is_constant(arg[i], CONSTANT_OO))
            infinite = true;
        else if (expr_is_number(arg[i]))
            sign = expr_number_sign(arg[i]);
        else if (!expr_is_constant(arg[i], CONSTANT_PI) && !expr_is_constant(arg[i], CONSTANT_E)
                 && !(arg[i]->kind == EXPR_POW && expr_is_number(arg[i]->arg[0]) && expr_number_sign(arg[i]->arg[0]) > 0))
            return expr_node(p, EXPR_MUL, NULL, arg, n);
    }
    if (!infinite)
        return expr_node(p, EXPR_MUL, NULL, arg, n);
    if (sign == 0)
        return pool_fail(p, "0*oo is indeterminate");
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return sign > 0 ? oo : expr_node(p, EXPR_MUL, NULL, ARGS(expr_int(p, -1), oo), 2);
}

/* -(a + b) is -a - b; other numbers stay in front of a sum. */
static const Expr *negated_sum(Pool *p, const Expr *sum)
{
    const Expr *term[ABSORB_LIMIT];
    for (uint32_t i = 0; i < sum->arity; i++)
        term[i] = expr_neg(p, sum->arg[i]);
    return expr_sum(p, term, sum->arity);
}

/* Folds the coefficient and the powers of i into the factor a + b*i; a product that is b*i again leaves the unit alone. */
static void settle_gaussian(Factors *f, slong *i)
{
    Gaussian unit;
    gaussian_init(&unit);
    fmpq_set_si(unit.re, *i == 0 ? 1 : *i == 2 ? -1 : 0, 1);
    fmpq_set_si(unit.im, *i == 1 ? 1 : *i == 3 ? -1 : 0, 1);
    fmpq_mul(unit.re, unit.re, f->coefficient);
    fmpq_mul(unit.im, unit.im, f->coefficient);
    gaussian_mul(&f->gaussian, &unit);
    bool real = fmpq_is_zero(f->gaussian.im), imaginary = fmpq_is_zero(f->gaussian.re);
    *i = imaginary && !real;
    fmpq_one(f->coefficient);
    if (real || imaginary)
        fmpq_set(f->coefficient, real ? f->gaussian.re : f->gaussian.im);
    f->complex = !real && !imaginary;
    gaussian_clear(&unit);
}

static const Expr *product_of_factors(Pool *p, Factors *f)
{
    const Expr **arg = arena_array(f->arena, const Expr *, f->list.n + 3);
    size_t       n = 1;
    uint16_t     flags = 0;
    slong        i = ((f->i_power % 4) + 4) % 4;
    if (f->complex)
        settle_gaussian(f, &i);
    if (i >= 2)
        fmpq_neg(f->coefficient, f->coefficient);
    for (size_t k = 0; k < f->list.n; k++)
        flags |= (arg[n++] = f->list.at[k].whole)->flags;
    if (i % 2)
        flags |= (arg[n++] = expr_constant(p, CONSTANT_I))->flags;
    if (f->complex)
        flags |= (arg[n++] = gaussian_expr(p, &f->gaussian))->flags;
    if (fmpq_is_zero(f->coefficient) && !(flags & EXPR_HAS_INFINITE))
        return expr_int(p, 0);
    sort_array(arg + 1, n - 1, sizeof *arg, by_content);
    if (!(arg[0] = expr_fmpq(p, f->coefficient)))
        return NULL;
    size_t first = expr_is_one(arg[0]) ? 1 : 0;
    if (n - first == 0)
        return expr_int(p, 1);
    if (n - first == 1)
        return arg[first];
    if (flags & EXPR_HAS_INFINITE)
        return infinite_product(p, arg + first, n - first);
    if (n - first == 2 && expr_is_number(arg[first]) && arg[first + 1]->kind == EXPR_ORDER)
        return arg[first + 1];
    if (n - first == 2 && expr_is_int(arg[first], -1) && arg[first + 1]->kind == EXPR_ADD && arg[first + 1]->arity <= ABSORB_LIMIT)
        return negated_sum(p, arg[first + 1]);
    const Shape *shape = NULL;
    return shape_common(p, arg + first, n - first, &shape) ? expr_node(p, EXPR_MUL, shape, arg + first, n - first) : NULL;
}

const Expr *expr_product(Pool *p, const Expr *const *factor, size_t n)
{
    uint16_t flags;
    if (any_null(factor, n, &flags))
        return NULL;
    if (flags & EXPR_HAS_TENSOR)
        return tensor_product(p, factor, n);
    Mark    mark = arena_mark(pool_scratch(p));
    Factors f = { .arena = pool_scratch(p) };
    fmpq_init(f.coefficient);
    fmpq_one(f.coefficient);
    gaussian_init(&f.gaussian);
    for (size_t i = 0; i < n; i++)
        push_factor(p, &f, factor[i]);
    bool fine = true;
    for (int round = 0; fine && round < 8; round++) {
        bool merged = merge_powers(p, &f, by_base, false);
        merged = (!f.failed && merge_powers(p, &f, by_radical, true)) || merged;
        bool absorbed = !f.failed && absorb_large_products(p, &f);
        merged = absorbed || merged;
        if (!merged || f.failed)
            break;
        bool again = absorbed;
        fine = rebuild_powers(p, &f, &again);
        if (!again)
            break;
    }
    const Expr *e = fine && !f.failed ? product_of_factors(p, &f) : NULL;
    fmpq_clear(f.coefficient);
    gaussian_clear(&f.gaussian);
    arena_release(pool_scratch(p), mark);
    return fold_ball(p, e);
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
    *rest = e->arity == 2 ? e->arg[1] : expr_node(p, EXPR_MUL, e->shape, e->arg + 1, e->arity - 1);
    return *rest ? e->arg[0] : NULL;
}

/* ---- the rest of arithmetic ------------------------------------------------------------------------------------ */

const Expr *expr_add(Pool *p, const Expr *a, const Expr *b) { return expr_sum(p, ARGS(a, b), 2); }
const Expr *expr_mul(Pool *p, const Expr *a, const Expr *b) { return expr_product(p, ARGS(a, b), 2); }
const Expr *expr_neg(Pool *p, const Expr *a)                { return expr_product(p, ARGS(expr_int(p, -1), a), 2); }
const Expr *expr_sub(Pool *p, const Expr *a, const Expr *b) { return expr_add(p, a, expr_neg(p, b)); }
const Expr *expr_powi(Pool *p, const Expr *a, slong n)      { return expr_pow(p, a, expr_int(p, n)); }

const Expr *expr_div(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    if (expr_is_zero(b))
        return expr_is_zero(a) ? pool_fail(p, "0/0 is indeterminate") : pool_fail(p, "division by zero");
    return expr_mul(p, a, expr_powi(p, b, -1));
}

const Expr *expr_pow(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    if ((a->flags | b->flags) & EXPR_HAS_TENSOR)
        return tensor_power(p, a, b);
    return fold_ball(p, power_rules(p, a, b));
}

const Expr *expr_call(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n)
{
    uint16_t     flags;
    const Shape *shape = NULL;
    if (any_null(arg, n, &flags))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (arg[i]->kind == EXPR_TENSOR && n == 1) {
            Mark         mark = arena_mark(pool_scratch(p));
            const Expr **entry = arena_array(pool_scratch(p), const Expr *, arg[0]->arity);
            for (uint32_t k = 0; k < arg[0]->arity; k++)
                entry[k] = expr_call(p, fn, &arg[0]->arg[k], 1);
            const Expr *e = expr_tensor(p, expr_rows(arg[0]), expr_cols(arg[0]), entry);
            arena_release(pool_scratch(p), mark);
            return e;
        }
    if (!shape_common(p, arg, n, &shape))
        return NULL;
    size_t      failures = pool_failures(p);
    const Expr *e = call_rules(p, fn, arg, n);
    if (e || pool_failures(p) != failures)
        return e;
    Expr head = { .kind = EXPR_CALL, .fn = fn, .shape = shape };
    return fold_ball(p, expr_intern(p, &head, arg, n));
}

const Expr *expr_call1(Pool *p, FnId fn, const Expr *u)
{
    return expr_call(p, &fn_rows[fn], &u, 1);
}

const Expr *expr_call2(Pool *p, FnId fn, const Expr *u, const Expr *v)
{
    return expr_call(p, &fn_rows[fn], ARGS(u, v), 2);
}

const Expr *expr_unknown(Pool *p, Str name, const uint32_t *order, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    Expr     head = { .kind = EXPR_UNKNOWN, .arity = (uint32_t)n, .unknown = { name, order } };
    return any_null(arg, n, &flags) ? NULL : expr_intern(p, &head, arg, n);
}

/* ---- conditions, tensors, order terms ----------------------------------------------------------------------------- */

const Expr *expr_relation(Pool *p, Relop op, const Expr *a, const Expr *b)
{
    Expr head = { .kind = EXPR_RELATION, .relop = op };
    return a && b ? expr_intern(p, &head, ARGS(a, b), 2) : NULL;
}

static bool is_truth(const Expr *e)
{
    return expr_is_constant(e, CONSTANT_TRUE) || expr_is_constant(e, CONSTANT_FALSE);
}

const Expr *expr_logic(Pool *p, ExprKind kind, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    if (any_null(arg, n, &flags))
        return NULL;
    if (kind == EXPR_NOT)
        return is_truth(arg[0]) ? expr_truth(p, expr_is_constant(arg[0], CONSTANT_FALSE))
             : arg[0]->kind == EXPR_NOT ? arg[0]->arg[0] : expr_node(p, kind, NULL, arg, n);
    Constant     absorbing = kind == EXPR_AND ? CONSTANT_FALSE : CONSTANT_TRUE;
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **open = arena_array(pool_scratch(p), const Expr *, n);
    size_t       m = 0;
    bool         absorbed = false;
    for (size_t i = 0; i < n; i++) {
        absorbed = absorbed || expr_is_constant(arg[i], absorbing);
        if (!is_truth(arg[i]))
            open[m++] = arg[i];
    }
    const Expr *e = absorbed ? expr_constant(p, absorbing)
                  : m == 0 ? expr_truth(p, kind == EXPR_AND) : m == 1 ? open[0] : expr_node(p, kind, NULL, open, m);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_piecewise(Pool *p, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    if (any_null(arg, n, &flags))
        return NULL;
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **open = arena_array(pool_scratch(p), const Expr *, n);
    size_t       m = 0;
    const Expr  *otherwise = arg[n - 1];
    for (size_t i = 0; i + 1 < n; i += 2) {
        if (expr_is_constant(arg[i], CONSTANT_TRUE)) {
            otherwise = arg[i + 1];
            break;
        }
        if (!expr_is_constant(arg[i], CONSTANT_FALSE)) {
            open[m++] = arg[i];
            open[m++] = arg[i + 1];
        }
    }
    while (m >= 2 && open[m - 1] == otherwise)
        m -= 2;
    open[m] = otherwise;
    const Expr *e = m == 0 ? otherwise : expr_node(p, EXPR_PIECEWISE, otherwise->shape, open, m + 1);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_tensor(Pool *p, size_t rows, size_t cols, const Expr *const *entry)
{
    uint16_t flags;
    if (any_null(entry, rows * cols, &flags))
        return NULL;
    if (flags & EXPR_HAS_TENSOR)
        return pool_fail(p, "an entry of a matrix is itself a vector or matrix");
    const Shape *shape = shape_new(p, expr_int(p, (slong)rows), expr_int(p, (slong)cols), NULL);
    return expr_node(p, EXPR_TENSOR, shape, entry, rows * cols);
}

const Expr *expr_order(Pool *p, const Expr *term)
{
    if (!term)
        return NULL;
    const Expr *rest;
    expr_split_coefficient(p, term, &rest);
    return expr_node(p, EXPR_ORDER, NULL, &rest, 1);
}

/* Factors that do not vary along the axis leave the sum. */
const Expr *expr_over(Pool *p, const Expr *axis, const Expr *e)
{
    if (!e)
        return NULL;
    if (!e->shape || e->shape->axis != axis)
        return expr_mul(p, expr_count(p, axis), e);
    Mark         mark = arena_mark(pool_scratch(p));
    size_t       n = e->kind == EXPR_MUL ? e->arity : 0, outside = 0, inside = 0;
    const Expr **out = arena_array(pool_scratch(p), const Expr *, n + 1), **in = arena_array(pool_scratch(p), const Expr *, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool varies = e->arg[i]->shape && e->arg[i]->shape->axis == axis;
        if (varies)
            in[inside++] = e->arg[i];
        else
            out[outside++] = e->arg[i];
    }
    const Expr *rest = outside ? expr_product(p, in, inside) : e, *sum = rest ? expr_node(p, EXPR_OVER, NULL, ARGS(axis, rest), 2) : NULL;
    if (outside && sum)
        sum = expr_mul(p, expr_product(p, out, outside), sum);
    arena_release(pool_scratch(p), mark);
    return sum;
}

const Expr *expr_remake(Pool *p, const Expr *e, const Expr *const *arg)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL:
        return e;
    case EXPR_ADD:       return expr_sum(p, arg, e->arity);
    case EXPR_MUL:       return expr_product(p, arg, e->arity);
    case EXPR_POW:       return expr_pow(p, arg[0], arg[1]);
    case EXPR_CALL:      return expr_call(p, e->fn, arg, e->arity);
    case EXPR_UNKNOWN:   return expr_unknown(p, e->unknown.name, e->unknown.order, arg, e->arity);
    case EXPR_PIECEWISE: return expr_piecewise(p, arg, e->arity);
    case EXPR_RELATION:  return expr_relation(p, e->relop, arg[0], arg[1]);
    case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return expr_logic(p, (ExprKind)e->kind, arg, e->arity);
    case EXPR_TENSOR:    return expr_tensor(p, expr_rows(e), expr_cols(e), arg);
    case EXPR_ORDER:     return expr_order(p, arg[0]);
    case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT:
        return e;
    case EXPR_OVER:      return expr_over(p, arg[0], arg[1]);
    case EXPR_SUB:       return expr_sub(p, arg[0], arg[1]);
    case EXPR_DIV:       return expr_div(p, arg[0], arg[1]);
    case EXPR_NEG:       return expr_neg(p, arg[0]);
    }
    return NULL;
}
