/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical products: a rational coefficient times powers of distinct bases, sorted by content. Exponents of equal bases are added,
 * radicals with equal exponents are multiplied, numbers a + b*i with rational parts are one factor. A product of more than
 * ABSORB_LIMIT factors is absorbed by an outer one only if something combines, as in sum.c. */
#include "symbolic/expr/gaussian.h"
#include "symbolic/matrix/matrix_int.h"

#include "base/sort.h"
#include "base/vec.h"

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

static Power power_of(Pool *p, const Expr *e)
{
    if (e->kind == EXPR_POW)
        return (Power){ e->arg[0], e->arg[1], e };
    if (expr_is_call(e, FN_exp))
        return (Power){ expr_constant(p, CONSTANT_E), e->arg[0], e };
    return (Power){ e, expr_int(p, 1), e };
}

static bool push_gaussian(Factors *f, const Expr *e)
{
    Gaussian g;
    if (e->arity != 2 || !(e->flags & EXPR_HAS_I))
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
    if (expr_is_number(e) && fmpq_is_one(f->coefficient))
        fmpq_set(f->coefficient, expr_number(e));
    else if (expr_is_number(e))
        rational_mul(f->coefficient, f->coefficient, expr_number(e));
    else if (e->kind == EXPR_ADD && push_gaussian(f, e))
        return;
    else if (expr_is_constant(e, CONSTANT_I))
        f->i_power++;
    else if (e->kind == EXPR_MUL && pool_absorbs(p, e))
        for (uint32_t i = 0; i < e->arity; i++)
            push_factor(p, f, e->arg[i]);
    else
        vec_push(f->arena, &f->list, power_of(p, e));
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

/* Adds the exponents of equal bases; says whether there were any. A short list is searched for the base, which is a comparison
 * of pointers; a long one is sorted, so that equal bases are neighbours. */
static bool merge_bases(Pool *p, Factors *f)
{
    Power *at = f->list.at;
    size_t n = 0;
    bool   merged = false, sorted = f->list.n > ABSORB_LIMIT;
    if (sorted)
        sort_array(at, f->list.n, sizeof *at, by_base);
    for (size_t i = 0; i < f->list.n && !f->failed; i++) {
        size_t k = sorted && n ? n - 1 : 0;
        while (k < n && (at[k].base != at[i].base || expr_is_tensor(at[k].exponent) != expr_is_tensor(at[i].exponent)))
            k++;
        at[k] = k == n ? at[i] : (Power){ at[k].base, expr_add(p, at[k].exponent, at[i].exponent), NULL };
        merged = merged || k < n;
        n += k == n;
        f->failed = !at[k].exponent;
    }
    f->list.n = n;
    return merged;
}

/* Multiplies the bases of radicals with equal exponents; says whether there were any. */
static bool merge_radicals(Pool *p, Factors *f)
{
    Power *at = f->list.at;
    size_t n = 0, radicals = 0;
    bool   merged = false;
    for (size_t i = 0; i < f->list.n; i++)
        radicals += radical(&at[i]);
    if (radicals < 2)
        return false;
    sort_array(at, f->list.n, sizeof *at, by_radical);
    for (size_t i = 0; i < f->list.n && !f->failed; i++) {
        Power *last = n ? &at[n - 1] : NULL;
        bool   join = last && radical(last) && radical(&at[i]) && last->exponent == at[i].exponent;
        if (join)
            *last = (Power){ expr_mul(p, last->base, at[i].base), last->exponent, NULL };
        else
            at[n++] = at[i];
        merged = merged || join;
        f->failed = !at[n - 1].base;
    }
    f->list.n = n;
    return merged;
}

/* Powers that were joined get their canonical form. What is no power of that base any more (sqrt(2)*sqrt(2), sqrt(8)) is pushed
 * anew. *again: bases that are new in the list, so that more may combine. */
static bool rebuild_powers(Pool *p, Factors *f, bool *again)
{
    for (size_t i = 0; i < f->list.n;) {
        Power joined = f->list.at[i];
        if (joined.whole) {
            i++;
            continue;
        }
        const Expr *e = entry_power(p, joined.base, joined.exponent);
        if (!e)
            return false;
        Power now = power_of(p, e);
        if (now.base == joined.base && e != joined.base) {
            f->list.at[i++] = now;
            continue;
        }
        *again = *again || !(expr_is_number(e) || now.base == joined.base);
        f->list.at[i] = f->list.at[--f->list.n];
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
    if (n - first == 2 && expr_is_int(arg[first], -1) && arg[first + 1]->kind == EXPR_ADD && pool_absorbs(p, arg[first + 1]))
        return negated_sum(p, arg[first + 1]);
    const Shape *shape = NULL;
    return shape_common(p, arg + first, n - first, &shape) ? expr_node(p, EXPR_MUL, shape, arg + first, n - first) : NULL;
}

static bool collect_factors(Pool *p, Factors *f, const Expr *const *factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        push_factor(p, f, factor[i]);
    for (int round = 0; round < 8; round++) {
        bool merged = merge_bases(p, f);
        merged = (!f->failed && merge_radicals(p, f)) || merged;
        bool absorbed = !f->failed && absorb_large_products(p, f), again = absorbed;
        if (f->failed || !(merged || absorbed))
            break;
        f->failed = !rebuild_powers(p, f, &again);
        if (!again)
            break;
    }
    return !f->failed;
}

/* With room for some powers on the caller's stack: hardly a product has more. */
static Factors factors_new(Pool *p, Power *local, size_t room)
{
    Factors f = { .arena = pool_scratch(p), .list = { .at = local, .room = room } };
    fmpq_init(f.coefficient);
    fmpq_one(f.coefficient);
    gaussian_init(&f.gaussian);
    return f;
}

static void factors_clear(Factors *f)
{
    fmpq_clear(f->coefficient);
    gaussian_clear(&f->gaussian);
}

const Expr *product_entrywise(Pool *p, const Expr *const *factor, size_t n)
{
    uint16_t flags;
    if (any_null(factor, n, &flags))
        return NULL;
    Mark        mark = arena_mark(pool_scratch(p));
    Power       local[ABSORB_LIMIT];
    Factors     f = factors_new(p, local, ABSORB_LIMIT);
    const Expr *e = collect_factors(p, &f, factor, n) ? product_of_factors(p, &f) : NULL;
    factors_clear(&f);
    arena_release(pool_scratch(p), mark);
    return fold_ball(p, e);
}

const Expr *expr_product(Pool *p, const Expr *const *factor, size_t n)
{
    uint16_t flags;
    if (any_null(factor, n, &flags))
        return NULL;
    for (size_t i = 0; i < n && flags & EXPR_HAS_TENSOR; i++)
        if (factor[i]->flags & EXPR_HAS_TENSOR && (factor[i]->kind == EXPR_RELATION || factor[i]->kind == EXPR_PIECEWISE))
            return pool_fail(p, "a condition or an equation with a vector has no product");
    return any_tensor(factor, n, flags) ? tensor_product(p, factor, n) : product_entrywise(p, factor, n);
}

bool product_split(Pool *p, const Expr *const *factor, size_t n, const Expr **coefficient, const Expr **rest)
{
    Mark    mark = arena_mark(pool_scratch(p));
    Power   local[ABSORB_LIMIT];
    Factors f = factors_new(p, local, ABSORB_LIMIT);
    bool    fine = collect_factors(p, &f, factor, n);
    *coefficient = fine ? expr_fmpq(p, f.coefficient) : NULL;
    fmpq_one(f.coefficient);
    *rest = fine ? product_of_factors(p, &f) : NULL;
    factors_clear(&f);
    arena_release(pool_scratch(p), mark);
    return *coefficient && *rest;
}
