/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions to rational functions over kernels and back, in two passes over the region: the first collects generators
 * and common denominators of exponents, the second computes the values, arguments first. Sizes are estimated before each
 * product and power, so that (x + y + z)^1000 is refused and not computed. Every relation used is true where both sides are
 * defined, so a value that reduces to 0 proves that the expression is 0; the ring may have zero divisors, so the converse fails. */
#include "base/interrupt.h"
#include "base/vec.h"
#include "symbolic/algebra/kernels.h"

#include <flint/ulong_extras.h>
#include <math.h>
#include <stdlib.h>

/* (Some releases of FLINT lack this.) */
static void fraction_set(fmpz_mpoly_q_t q, const fmpz_mpoly_t a, const fmpz_mpoly_ctx_t ctx)
{
    fmpz_mpoly_set(fmpz_mpoly_q_numref(q), a, ctx);
    fmpz_mpoly_one(fmpz_mpoly_q_denref(q), ctx);
}

enum { TERM_LIMIT = 200000, EXPONENT_LIMIT = 100000, DENOMINATOR_LIMIT = 60, COMMON_LIMIT = 5040, WORK_LIMIT = 2000000 };
static const double bit_limit = 1 << 29;       /* of all coefficients of one polynomial */

/* ---- generators -------------------------------------------------------------------------------------------------- */

static bool proving(const Kernels *k) { return k->mode == KERNELS_PROOF || k->mode == KERNELS_SINE; }

static bool plain_scalar(const Expr *e)
{
    return !e->shape && !(e->flags & EXPR_HAS_TENSOR);
}

static bool small_power(const Expr *e)
{
    slong n;
    return e->kind == EXPR_POW && expr_fits_slong(e->arg[1], &n) && labs(n) <= EXPONENT_LIMIT;
}

bool kernels_inside(const Expr *e, KernelMode mode)
{
    if (!plain_scalar(e))
        return false;
    return e->kind == EXPR_NUMBER || e->kind == EXPR_ADD || e->kind == EXPR_MUL
        || (small_power(e) && (mode != KERNELS_EXPAND || expr_number_sign(e->arg[1]) > 0));
}

static size_t generator_of(Kernels *k, GeneratorKind kind, const Expr *key, const Expr *base, const Expr *rest)
{
    uintptr_t found = (uintptr_t)memo_get(&k->index, key);
    if (found) {                    /* x beside x^(1/2), e beside exp(1/3): both are powers of one generator */
        Generator *g = &k->generator[found - 1];
        if (g->kind == GENERATOR_PLAIN && kind != GENERATOR_PLAIN)
            *g = (Generator){ .kind = kind, .key = key, .base = base, .rest = rest, .den = g->den };
        return found - 1;
    }
    if (k->n == k->room)
        k->generator = vec_grow(k->arena, k->generator, k->n, &k->room, sizeof *k->generator);
    k->generator[k->n] = (Generator){ .kind = kind, .key = key, .base = base, .rest = rest, .den = 1 };
    memo_put(&k->index, key, (void *)(uintptr_t)++k->n);
    return k->n - 1;
}

/* First pass (out NULL): notes the denominator of c. Second pass: multiplies out by key^c. */
static void put_power(Kernels *k, size_t at, const fmpq_t c, fmpz_mpoly_q_struct *out)
{
    Generator *g = &k->generator[at];
    slong      den = fmpz_get_si(fmpq_denref(c));
    if (!out) {
        g->den *= den / (slong)n_gcd((ulong)g->den, (ulong)den);
        k->failed |= g->den > COMMON_LIMIT;
        return;
    }
    slong        n = fmpz_get_si(fmpq_numref(c)) * (g->den / den);
    fmpz_mpoly_t power;
    fmpz_mpoly_init(power, k->ctx);
    fmpz_mpoly_gen(power, (slong)at, k->ctx);
    fmpz_mpoly_pow_ui(power, power, (ulong)labs(n), k->ctx);
    fmpz_mpoly_q_t q;
    fmpz_mpoly_q_init(q, k->ctx);
    fraction_set(q, power, k->ctx);
    if (n < 0)
        fmpz_mpoly_q_inv(q, q, k->ctx);
    fmpz_mpoly_q_mul(out, out, q, k->ctx);
    fmpz_mpoly_q_clear(q, k->ctx);
    fmpz_mpoly_clear(power, k->ctx);
}

static void put_plain(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    fmpq_t one;
    fmpq_init(one);
    fmpq_one(one);
    put_power(k, generator_of(k, GENERATOR_PLAIN, e, NULL, NULL), one, out);
    fmpq_clear(one);
}

static bool small_ratio(const fmpq *c)
{
    return fmpz_cmpabs(fmpq_numref(c), fmpq_denref(c)) <= 0 ? fmpz_cmp_si(fmpq_denref(c), DENOMINATOR_LIMIT) <= 0
        : fmpz_cmp_si(fmpq_denref(c), DENOMINATOR_LIMIT) <= 0 && fmpz_bits(fmpq_numref(c)) <= 14;
}

/* base^(c*rest), or exp(c*rest) if base is NULL. */
static bool put_scaled(Kernels *k, const Expr *base, const Expr *exponent, fmpz_mpoly_q_struct *out)
{
    const Expr *rest, *c = expr_split_coefficient(k->pool, exponent, &rest);
    const Expr *key = base ? expr_pow(k->pool, base, rest) : expr_call1(k->pool, FN_exp, rest);
    if (!key || !c || !small_ratio(expr_number(c)))
        return false;
    put_power(k, generator_of(k, base ? GENERATOR_POWER : GENERATOR_EXP, key, base, rest), expr_number(c), out);
    return true;
}

/* base^exponent or exp(exponent): the terms of the exponent are factors, b^(n + 1) = b^n*b and exp(x + y) = exp(x)*exp(y). */
static void put_exponential(Kernels *k, const Expr *e, const Expr *base, const Expr *exponent, fmpz_mpoly_q_struct *out)
{
    bool split = exponent->kind == EXPR_ADD && k->mode != KERNELS_EXPAND, ok = true;
    for (size_t i = 0; split && i < exponent->arity; i++) {
        const Expr *rest, *c = expr_split_coefficient(k->pool, exponent->arg[i], &rest);
        ok &= c && small_ratio(expr_number(c));
    }
    if (!split || !ok) {
        if (!put_scaled(k, base, exponent, out))
            put_plain(k, e, out);
        return;
    }
    for (size_t i = 0; i < exponent->arity; i++)
        put_scaled(k, base, exponent->arg[i], out);
}

/* base^c for a rational c that is no integer. A positive integer is split into primes, so that 6^(1/2) is no new kernel. */
static void put_root(Kernels *k, const Expr *base, const Expr *c, fmpz_mpoly_q_struct *out)
{
    slong       value;
    const Expr *one = expr_int(k->pool, 1);
    n_factor_t  f;
    n_factor_init(&f);
    if (k->mode != KERNELS_EXPAND && expr_fits_slong(base, &value) && value > 1)
        n_factor(&f, (ulong)value, 1);
    fmpq_t power;
    fmpq_init(power);
    for (int i = 0; i < f.num; i++) {
        const Expr *prime = expr_int(k->pool, (slong)f.p[i]);
        fmpq_mul_si(power, expr_number(c), (slong)f.exp[i]);
        put_power(k, generator_of(k, GENERATOR_POWER, prime, prime, one), power, out);
    }
    if (f.num == 0)
        put_power(k, generator_of(k, GENERATOR_POWER, base, base, one), expr_number(c), out);
    fmpq_clear(power);
}

/* m*u, term by term. */
static const Expr *multiple(Pool *p, slong m, const Expr *u)
{
    const Expr *sum = expr_int(p, 0), *factor = expr_int(p, m);
    if (u->kind != EXPR_ADD)
        return expr_mul(p, factor, u);
    for (uint32_t i = 0; i < u->arity; i++)
        sum = expr_add(p, sum, expr_mul(p, factor, u->arg[i]));
    return sum;
}

/* n^u is the product of p^(m*u) over the prime powers p^m of n: 6^x = 2^x*3^x, 4^x = 2^(2x). False if n is no composite integer. */
static bool put_integer_base(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    slong      value;
    n_factor_t f;
    n_factor_init(&f);
    if (!proving(k) || !expr_fits_slong(e->arg[0], &value) || value < 4)
        return false;
    n_factor(&f, (ulong)value, 1);
    if (f.num == 1 && f.exp[0] == 1)
        return false;
    for (int i = 0; i < f.num; i++) {
        const Expr *prime = expr_int(k->pool, (slong)f.p[i]), *u = multiple(k->pool, (slong)f.exp[i], e->arg[1]);
        put_exponential(k, expr_pow(k->pool, prime, u), prime, u, out);
    }
    return true;
}

/* tan(u) = sin(u)/cos(u) and its relatives. */
static bool put_quotient(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    bool hyperbolic = expr_is_call(e, FN_tanh);
    if (!proving(k) || (!hyperbolic && !expr_is_call(e, FN_tan)))
        return false;
    const Expr *s = expr_call1(k->pool, hyperbolic ? FN_sinh : FN_sin, e->arg[0]);
    const Expr *c = expr_call1(k->pool, hyperbolic ? FN_cosh : FN_cos, e->arg[0]);
    if (!expr_is_call(s, hyperbolic ? FN_sinh : FN_sin) || !expr_is_call(c, hyperbolic ? FN_cosh : FN_cos))
        return false;
    fmpq_t minus;
    fmpq_init(minus);
    fmpq_set_si(minus, -1, 1);
    put_plain(k, s, out);
    put_power(k, generator_of(k, GENERATOR_PLAIN, c, NULL, NULL), minus, out);
    fmpq_clear(minus);
    return true;
}

/* (x^y)^(1/2) is not x^(y/2): such a root shares nothing. */
static bool shares_root(const Expr *e)
{
    return e->kind == EXPR_POW && expr_is_number(e->arg[1]) && small_ratio(expr_number(e->arg[1]))
        && e->arg[0]->kind != EXPR_POW && !expr_is_call(e->arg[0], FN_exp);
}

static void put_kernel(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    bool scalar = plain_scalar(e);
    if (scalar && expr_is_call(e, FN_exp))
        put_exponential(k, e, NULL, e->arg[0], out);
    else if (scalar && shares_root(e))
        put_root(k, e->arg[0], e->arg[1], out);
    else if (scalar && e->kind == EXPR_POW && !expr_is_number(e->arg[1])) {
        if (!put_integer_base(k, e, out))
            put_exponential(k, e, e->arg[0], e->arg[1], out);
    } else if (!put_quotient(k, e, out))
        put_plain(k, e, out);
}

/* ---- first pass -------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    uint32_t u = (*(const Expr *const *)a)->id, v = (*(const Expr *const *)b)->id;
    return (u > v) - (u < v);
}

/* i*pi*n for a whole symbol n: its exponential is 1 or -1. */
static bool is_parity(const Expr *e)
{
    bool i = false, pi = false, whole = e->kind == EXPR_MUL && e->arity == 3;
    for (uint32_t k = 0; k < e->arity; k++) {
        i |= expr_is_constant(e->arg[k], CONSTANT_I);
        pi |= expr_is_constant(e->arg[k], CONSTANT_PI);
        whole &= e->arg[k]->kind == EXPR_CONSTANT || expr_is_whole_symbol(e->arg[k]);
    }
    return i && pi && whole;
}

/* The relation of a generator, once its denominator is known. */
static void relate(Kernels *k, Generator *g)
{
    Pool *p = k->pool;
    g->root = 0;
    g->relation = NULL;
    if (g->den > 1) {               /* a base that is a kernel is a power of this generator already */
        if (g->kind != GENERATOR_POWER || !expr_is_one(g->rest) || !kernels_inside(g->base, k->mode))
            return;
        g->root = g->den;
        g->relation = g->base;
    } else if (proving(k) && g->kind == GENERATOR_EXP && is_parity(g->rest)) {
        g->root = 2;
        g->relation = expr_int(p, 1);
    } else if (expr_is_constant(g->key, CONSTANT_I)) {
        g->root = 2;
        g->relation = expr_int(p, -1);
    } else if (k->mode == KERNELS_PROOF && expr_is_call(g->key, FN_sin)) {
        const Expr *c = expr_call1(p, FN_cos, g->key->arg[0]);
        g->root = 2;
        g->relation = expr_sub(p, expr_int(p, 1), expr_powi(p, c, 2));
    } else if (k->mode == KERNELS_PROOF && expr_is_call(g->key, FN_sinh)) {
        const Expr *c = expr_call1(p, FN_cosh, g->key->arg[0]);
        g->root = 2;
        g->relation = expr_sub(p, expr_powi(p, c, 2), expr_int(p, 1));
    } else if (k->mode == KERNELS_SINE && (expr_is_call(g->key, FN_cos) || expr_is_call(g->key, FN_cosh))) {
        bool        circular = expr_is_call(g->key, FN_cos);
        const Expr *s = expr_powi(p, expr_call1(p, circular ? FN_sin : FN_sinh, g->key->arg[0]), 2);
        g->root = 2;
        g->relation = circular ? expr_sub(p, expr_int(p, 1), s) : expr_add(p, expr_int(p, 1), s);
    }
}

typedef VEC(const Expr *) ExprVec;

static void visit(Kernels *k, ExprVec *stack, ExprVec *region, Memo *seen)
{
    while (stack->n && !k->failed) {
        const Expr *e = stack->at[--stack->n];
        if (memo_get(seen, e))
            continue;
        memo_put(seen, e, e);
        vec_push(k->arena, region, e);
        if (!kernels_inside(e, k->mode))
            put_kernel(k, e, NULL);
        else if (e->kind != EXPR_NUMBER)
            for (size_t i = e->kind == EXPR_POW ? 1 : e->arity; i-- > 0;)       /* the first argument is visited next */
                vec_push(k->arena, stack, e->arg[i]);
    }
}

/* Relations bring new nodes (the base of a root, cos beside sin), and those perhaps new generators. */
static void collect(Kernels *k, const Expr *const *root, size_t n)
{
    ExprVec stack = { 0 }, region = { 0 };
    Memo    seen = memo_new(k->arena);
    for (size_t i = 0; i < n; i++)
        vec_push(k->arena, &stack, root[i]);
    visit(k, &stack, &region, &seen);
    for (bool grown = k->mode != KERNELS_EXPAND; grown && !k->failed;) {
        grown = false;
        for (size_t i = 0; i < k->n; i++) {
            Generator *g = &k->generator[i];
            relate(k, g);
            if (g->relation && !memo_get(&seen, g->relation)) {
                vec_push(k->arena, &stack, g->relation);
                grown = true;
            }
        }
        visit(k, &stack, &region, &seen);
    }
    k->failed |= (double)k->n * (double)region.n > WORK_LIMIT;      /* a monomial is as long as there are generators */
    if (region.n)
        qsort(region.at, region.n, sizeof *region.at, by_id);
    k->node = region.at;
    k->nodes = region.n;
}

/* ---- second pass ------------------------------------------------------------------------------------------------- */

static double box_terms(Kernels *k, const fmpz_mpoly_t a, const fmpz_mpoly_t b, double n)
{
    double terms = 1;
    for (size_t i = 0; i < k->n; i++) {
        fmpz_t d;
        fmpz_init(d);
        fmpz_mpoly_degree_fmpz(d, a, (slong)i, k->ctx);
        double degree = n * fmax(0, fmpz_get_d(d));
        fmpz_mpoly_degree_fmpz(d, b, (slong)i, k->ctx);
        terms *= degree + fmax(0, fmpz_get_d(d)) + 1;
        fmpz_clear(d);
    }
    return terms;
}

static double coefficient_bits(const fmpz_mpoly_t a)
{
    return (double)labs(_fmpz_vec_max_bits(a->coeffs, a->length)) + 1;
}

static bool product_fits(Kernels *k, const fmpz_mpoly_t a, const fmpz_mpoly_t b)
{
    double terms = (double)a->length * (double)b->length, bits = coefficient_bits(a) + coefficient_bits(b);
    if (terms > TERM_LIMIT || terms * bits > bit_limit)         /* (degrees cost time where there are many generators) */
        terms = fmin(terms, box_terms(k, a, b, 1));
    return terms <= TERM_LIMIT && terms * bits <= bit_limit;
}

static bool power_fits(Kernels *k, const fmpz_mpoly_t a, double n)
{
    double       m = (double)a->length;
    double       choose = m <= 1 ? 0 : lgamma(n + m) - lgamma(n + 1) - lgamma(m);     /* log of the number of monomials */
    double       terms = choose > 30 ? INFINITY : exp(choose);
    fmpz_mpoly_t one;
    fmpz_mpoly_init(one, k->ctx);
    fmpz_mpoly_one(one, k->ctx);
    if (terms > TERM_LIMIT || terms * n * (coefficient_bits(a) + log2(m + 1)) > bit_limit)
        terms = fmin(terms, box_terms(k, a, one, n));
    fmpz_mpoly_clear(one, k->ctx);
    return terms <= TERM_LIMIT && terms * n * (coefficient_bits(a) + log2(m + 1)) <= bit_limit;
}

static void combine(Kernels *k, bool sum, fmpz_mpoly_q_struct *a, const fmpz_mpoly_q_struct *b)
{
    const fmpz_mpoly_struct *an = fmpz_mpoly_q_numref(a), *ad = fmpz_mpoly_q_denref(a);
    const fmpz_mpoly_struct *bn = fmpz_mpoly_q_numref(b), *bd = fmpz_mpoly_q_denref(b);
    bool fits = sum ? product_fits(k, an, bd) && product_fits(k, bn, ad) : product_fits(k, an, bn);
    if (k->failed || !fits || !product_fits(k, ad, bd) || should_stop())
        k->failed = true;
    else if (sum)
        fmpz_mpoly_q_add(a, a, b, k->ctx);
    else
        fmpz_mpoly_q_mul(a, a, b, k->ctx);
}

/* Sum or product of the arguments, by halves: long sums stay near-linear. */
static void fold(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    fmpz_mpoly_q_struct *part = arena_array(k->arena, fmpz_mpoly_q_struct, e->arity);
    for (size_t i = 0; i < e->arity; i++) {
        fmpz_mpoly_q_init(&part[i], k->ctx);
        fmpz_mpoly_q_set(&part[i], kernels_value(k, e->arg[i]), k->ctx);
    }
    for (size_t step = 1; step < e->arity; step *= 2)
        for (size_t i = 0; i + step < e->arity; i += 2 * step)
            combine(k, e->kind == EXPR_ADD, &part[i], &part[i + step]);
    fmpz_mpoly_q_swap(out, &part[0], k->ctx);
    for (size_t i = 0; i < e->arity; i++)
        fmpz_mpoly_q_clear(&part[i], k->ctx);
}

static void power_of(Kernels *k, fmpz_mpoly_q_struct *out, const fmpz_mpoly_q_struct *base, slong n)
{
    ulong m = (ulong)labs(n);
    k->failed |= !power_fits(k, fmpz_mpoly_q_numref(base), (double)m) || !power_fits(k, fmpz_mpoly_q_denref(base), (double)m);
    k->failed |= n < 0 && fmpz_mpoly_q_is_zero(base, k->ctx);
    if (k->failed)
        return;
    fmpz_mpoly_pow_ui(fmpz_mpoly_q_numref(out), fmpz_mpoly_q_numref(base), m, k->ctx);
    fmpz_mpoly_pow_ui(fmpz_mpoly_q_denref(out), fmpz_mpoly_q_denref(base), m, k->ctx);
    if (n < 0)
        fmpz_mpoly_q_inv(out, out, k->ctx);
}

static void evaluate(Kernels *k, const Expr *e, fmpz_mpoly_q_struct *out)
{
    slong n;
    if (e->kind == EXPR_NUMBER)
        fmpz_mpoly_q_set_fmpq(out, expr_number(e), k->ctx);
    else if (!kernels_inside(e, k->mode)) {
        fmpz_mpoly_q_one(out, k->ctx);
        put_kernel(k, e, out);
    } else if (e->kind == EXPR_POW && expr_fits_slong(e->arg[1], &n))
        power_of(k, out, kernels_value(k, e->arg[0]), n);
    else
        fold(k, e, out);
}

void kernels_init(Kernels *k, Pool *p, const Expr *const *root, size_t n, KernelMode mode, const Memo *rebuilt)
{
    *k = (Kernels){ .pool = p, .arena = arena_new(), .mode = mode, .rebuilt = rebuilt };
    k->index = memo_new(k->arena);
    k->value = memo_new(k->arena);
    collect(k, root, n);
    if (k->failed)
        return;
    fmpz_mpoly_ctx_init(k->ctx, (slong)k->n, ORD_LEX);
    k->open = true;
    for (size_t i = 0; i < k->nodes; i++) {
        fmpz_mpoly_q_struct *q = arena_alloc(k->arena, sizeof *q);
        fmpz_mpoly_q_init(q, k->ctx);
        memo_put(&k->value, k->node[i], q);
        if (!k->failed)
            evaluate(k, k->node[i], q);
        k->failed |= should_stop();
    }
}

void kernels_clear(Kernels *k)
{
    for (size_t i = 0; k->open && i < k->nodes; i++) {
        fmpz_mpoly_q_struct *q = memo_get(&k->value, k->node[i]);
        if (q)
            fmpz_mpoly_q_clear(q, k->ctx);
    }
    if (k->open)
        fmpz_mpoly_ctx_clear(k->ctx);
    arena_delete(k->arena);
}

fmpz_mpoly_q_struct *kernels_value(const Kernels *k, const Expr *e)
{
    return memo_get(&k->value, e);
}

slong kernels_find(const Kernels *k, const Expr *key)
{
    uintptr_t found = (uintptr_t)memo_get(&k->index, key);
    return found && k->generator[found - 1].den == 1 ? (slong)found - 1 : -1;
}

/* ---- relations --------------------------------------------------------------------------------------------------- */

/* q = sum of c_j g^j becomes sum of c_j g^(j mod root) relation^(j div root), by Horner's rule. */
static void reduce_part(Kernels *k, fmpz_mpoly_q_t out, const fmpz_mpoly_t a, size_t at)
{
    const Generator    *g = &k->generator[at];
    fmpz_mpoly_univar_t u;
    fmpz_mpoly_univar_init(u, k->ctx);
    fmpz_mpoly_to_univar(u, a, (slong)at, k->ctx);
    fmpz_mpoly_q_t term, factor;
    fmpz_mpoly_q_init(term, k->ctx);
    fmpz_mpoly_q_init(factor, k->ctx);
    fmpz_mpoly_q_zero(out, k->ctx);
    for (slong i = 0; i < fmpz_mpoly_univar_length(u, k->ctx) && !k->failed; i++) {
        slong        j = fmpz_mpoly_univar_get_term_exp_si(u, i, k->ctx);
        fmpz_mpoly_t c;
        fmpz_mpoly_init(c, k->ctx);
        fmpz_mpoly_univar_get_term_coeff(c, u, i, k->ctx);
        fraction_set(term, c, k->ctx);
        power_of(k, factor, kernels_value(k, g->relation), j / g->root);
        combine(k, false, term, factor);
        fmpz_mpoly_gen(c, (slong)at, k->ctx);
        fmpz_mpoly_pow_ui(c, c, (ulong)(j % g->root), k->ctx);
        fraction_set(factor, c, k->ctx);
        combine(k, false, term, factor);
        combine(k, true, out, term);
        fmpz_mpoly_clear(c, k->ctx);
    }
    fmpz_mpoly_q_clear(factor, k->ctx);
    fmpz_mpoly_q_clear(term, k->ctx);
    fmpz_mpoly_univar_clear(u, k->ctx);
}

static bool reduce_once(Kernels *k, fmpz_mpoly_q_t q)
{
    bool           changed = false;
    fmpz_mpoly_q_t top, bottom;
    fmpz_mpoly_q_init(top, k->ctx);
    fmpz_mpoly_q_init(bottom, k->ctx);
    for (size_t i = 0; i < k->n && !k->failed; i++) {
        slong root = k->generator[i].root;
        if (!root || (fmpz_mpoly_degree_si(fmpz_mpoly_q_numref(q), (slong)i, k->ctx) < root
                      && fmpz_mpoly_degree_si(fmpz_mpoly_q_denref(q), (slong)i, k->ctx) < root))
            continue;
        reduce_part(k, top, fmpz_mpoly_q_numref(q), i);
        reduce_part(k, bottom, fmpz_mpoly_q_denref(q), i);
        k->failed |= fmpz_mpoly_q_is_zero(bottom, k->ctx);      /* a division by zero in disguise */
        if (k->failed)
            break;
        fmpz_mpoly_q_div(q, top, bottom, k->ctx);
        changed = true;
    }
    fmpz_mpoly_q_clear(bottom, k->ctx);
    fmpz_mpoly_q_clear(top, k->ctx);
    return changed;
}

void kernels_reduce(Kernels *k, fmpz_mpoly_q_t q)
{
    while (!k->failed && reduce_once(k, q))
        ;
}

/* ---- back -------------------------------------------------------------------------------------------------------- */

static const Expr *kernel_shown(Kernels *k, const Expr *e)
{
    const Expr *r = k->rebuilt ? memo_get(k->rebuilt, e) : NULL;
    return r ? r : e;
}

static const Expr *generator_power(Kernels *k, const Generator *g, slong n)
{
    Pool *p = k->pool;
    if (g->kind == GENERATOR_PLAIN)
        return expr_powi(p, kernel_shown(k, g->key), n);
    const Expr *exponent = expr_mul(p, expr_ratio(p, n, g->den), kernel_shown(k, g->rest));
    return g->kind == GENERATOR_EXP ? expr_call1(p, FN_exp, exponent) : expr_pow(p, kernel_shown(k, g->base), exponent);
}

const Expr *kernels_poly(Kernels *k, const fmpz_mpoly_t a)
{
    slong        n = fmpz_mpoly_length(a, k->ctx);
    const Expr **term = arena_array(k->arena, const Expr *, (size_t)n + 1), **factor = arena_array(k->arena, const Expr *, k->n + 1);
    slong       *power = arena_array(k->arena, slong, k->n + 1);
    fmpz_t       c;
    fmpz_init(c);
    for (slong i = 0; i < n; i++) {
        size_t m = 0;
        fmpz_mpoly_get_term_coeff_fmpz(c, a, i, k->ctx);
        fmpz_mpoly_get_term_exp_si(power, a, i, k->ctx);
        factor[m++] = expr_fmpz(k->pool, c);
        for (size_t j = 0; j < k->n; j++)
            if (power[j])
                factor[m++] = generator_power(k, &k->generator[j], power[j]);
        term[i] = expr_product(k->pool, factor, m);
    }
    fmpz_clear(c);
    return expr_sum(k->pool, term, (size_t)n);
}

const Expr *kernels_fraction(Kernels *k, const fmpz_mpoly_q_t q)
{
    const fmpz_mpoly_struct *den = fmpz_mpoly_q_denref(q);
    const Expr              *top, *bottom;
    top = kernels_poly(k, fmpz_mpoly_q_numref(q));
    bottom = kernels_poly(k, den);
    if (!fmpz_mpoly_is_fmpz(den, k->ctx) && (k->mode != KERNELS_EXPAND || fmpz_mpoly_length(den, k->ctx) != 1))
        return expr_div(k->pool, top, bottom);
    /* An integer below, or when expanding one term: divide term by term, x/2 + 1/3 and not (3*x + 2)/6. */
    if (!top || top->kind != EXPR_ADD)
        return expr_div(k->pool, top, bottom);
    const Expr **term = arena_array(k->arena, const Expr *, top->arity);
    for (size_t i = 0; i < top->arity; i++)
        term[i] = expr_div(k->pool, top->arg[i], bottom);
    return expr_sum(k->pool, term, top->arity);
}
