/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One fraction in lowest terms, factors over the rationals, partial fractions, and the proof that an expression is zero:
 * all on fractions of FLINT polynomials over kernels (kernels.h). */
#include "symbolic/algebra/kernels.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/rational.h"

#include <flint/fmpq_poly.h>
#include <flint/fmpz_mpoly_factor.h>
#include <flint/fmpz_poly.h>
#include <flint/fmpz_poly_factor.h>

/* Applies rule to a scalar, to both sides of a relation, to every entry of a tensor. */
static const Expr *each_entry(Pool *p, const Expr *e, const Expr *x, const Expr *(*rule)(Pool *, const Expr *, const Expr *))
{
    if (e && (e->flags & EXPR_AS_TYPED))
        e = expr_canonical(p, e);
    if (!e || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER)))
        return e;
    if (e->kind != EXPR_TENSOR && e->kind != EXPR_RELATION)
        return e->shape ? e : rule(p, e, x);
    Arena       *a = arena_new();
    const Expr **arg = arena_array(a, const Expr *, e->arity);
    for (size_t i = 0; i < e->arity; i++)
        arg[i] = rule(p, e->arg[i], x);
    const Expr *r = expr_remake(p, e, arg);
    arena_delete(a);
    return r;
}

static const Expr *together_rule(Pool *p, const Expr *e, const Expr *unused)
{
    (void)unused;
    Kernels     k;
    const Expr *r = e;
    kernels_init(&k, p, &e, 1, KERNELS_FRACTION, NULL);
    if (!k.failed)
        kernels_reduce(&k, kernels_value(&k, e));
    if (!k.failed) {
        const fmpz_mpoly_q_struct *q = kernels_value(&k, e);
        r = expr_div(p, kernels_poly(&k, fmpz_mpoly_q_numref(q)), kernels_poly(&k, fmpz_mpoly_q_denref(q)));
    }
    kernels_clear(&k);
    return r;
}

const Expr *expr_together(Pool *p, const Expr *e)
{
    return each_entry(p, e, NULL, together_rule);
}

static const Expr *form_in(Pool *p, const Expr *e, KernelMode mode)
{
    Kernels     k;
    const Expr *r = NULL;
    if (!e || e->shape || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_TENSOR | EXPR_HAS_BALL)))
        return NULL;
    kernels_init(&k, p, &e, 1, mode, NULL);
    if (!k.failed)
        kernels_reduce(&k, kernels_value(&k, e));
    if (!k.failed)
        r = kernels_fraction(&k, kernels_value(&k, e));
    kernels_clear(&k);
    return r;
}

const Expr *expr_normal_form(Pool *p, const Expr *e) { return form_in(p, e, KERNELS_PROOF); }
const Expr *expr_sine_form(Pool *p, const Expr *e)   { return form_in(p, e, KERNELS_SINE); }

bool expr_normal_is_zero(Pool *p, const Expr *e)
{
    if (e && (e->flags & EXPR_AS_TYPED))
        e = expr_canonical(p, e);
    if (!e || expr_is_zero(e))
        return e != NULL;
    if (e->shape || (e->flags & (EXPR_HAS_INFINITE | EXPR_HAS_ORDER | EXPR_HAS_TENSOR | EXPR_HAS_BALL)))
        return false;
    Kernels k;
    kernels_init(&k, p, &e, 1, KERNELS_PROOF, NULL);
    if (!k.failed)
        kernels_reduce(&k, kernels_value(&k, e));
    bool zero = !k.failed && fmpz_mpoly_q_is_zero(kernels_value(&k, e), k.ctx);
    kernels_clear(&k);
    return zero;
}

/* ---- factors ------------------------------------------------------------------------------------------------------- */

enum { FACTOR_TERMS = 20000, FACTOR_DEGREE = 2000 };

/* Without the rational content, which is put into *content; NULL if a budget refuses. */
static const Expr *factored_poly(Kernels *k, const fmpz_mpoly_t a, const Expr **content)
{
    Pool *p = k->pool;
    for (size_t i = 0; i < k->n; i++)
        if (fmpz_mpoly_degree_si(a, (slong)i, k->ctx) > FACTOR_DEGREE)
            return NULL;
    fmpz_mpoly_factor_t f;
    fmpz_mpoly_factor_init(f, k->ctx);
    const Expr *r = NULL;
    if (fmpz_mpoly_length(a, k->ctx) <= FACTOR_TERMS && fmpz_mpoly_factor(f, a, k->ctx)) {
        const Expr **part = arena_array(k->arena, const Expr *, (size_t)f->num + 1);
        for (slong i = 0; i < f->num; i++)
            part[i] = expr_powi(p, kernels_poly(k, &f->poly[i]), fmpz_get_si(&f->exp[i]));
        r = expr_product(p, part, (size_t)f->num);
        *content = expr_fmpz(p, f->constant);
    }
    fmpz_mpoly_factor_clear(f, k->ctx);
    return r;
}

static const Expr *factor_rule(Pool *p, const Expr *e, const Expr *unused)
{
    (void)unused;
    Kernels     k;
    const Expr *r = e, *top, *bottom, *c = NULL, *d = NULL;
    kernels_init(&k, p, &e, 1, KERNELS_FRACTION, NULL);
    if (!k.failed)
        kernels_reduce(&k, kernels_value(&k, e));
    if (!k.failed && fmpz_mpoly_q_is_zero(kernels_value(&k, e), k.ctx))
        r = expr_int(p, 0);
    else if (!k.failed) {
        top = factored_poly(&k, fmpz_mpoly_q_numref(kernels_value(&k, e)), &c);
        bottom = top ? factored_poly(&k, fmpz_mpoly_q_denref(kernels_value(&k, e)), &d) : NULL;
        if (bottom)
            r = expr_mul(p, expr_div(p, c, d), expr_div(p, top, bottom));
    }
    kernels_clear(&k);
    return r;
}

const Expr *expr_factor(Pool *p, const Expr *e)
{
    return each_entry(p, e, NULL, factor_rule);
}

/* ---- partial fractions --------------------------------------------------------------------------------------------- */

static const Expr *poly_expr(Pool *p, const fmpq_poly_t a, const Expr *x)
{
    const Expr *r = expr_int(p, 0);
    fmpq_t      c;
    fmpq_init(c);
    for (slong i = 0; i < fmpq_poly_length(a); i++) {
        fmpq_poly_get_coeff_fmpq(c, a, i);
        r = expr_add(p, r, expr_mul(p, expr_fmpq(p, c), expr_powi(p, x, i)));
    }
    fmpq_clear(c);
    return r;
}

static void read_poly(Kernels *k, fmpq_poly_t out, const fmpz_mpoly_t a)
{
    fmpz_t c;
    fmpz_init(c);
    fmpq_poly_zero(out);
    for (slong i = 0; i < fmpz_mpoly_length(a, k->ctx); i++) {
        ulong power;
        fmpz_mpoly_get_term_exp_ui(&power, a, i, k->ctx);
        fmpz_mpoly_get_term_coeff_fmpz(c, a, i, k->ctx);
        fmpq_poly_set_coeff_fmpz(out, (slong)power, c);
    }
    fmpz_clear(c);
}

/* The part of top/bottom whose denominators are powers of f, where f^m exactly divides bottom: top/(bottom/f^m) modulo
 * f^m, written in powers of f. */
static const Expr *part_of_factor(Pool *p, const fmpq_poly_t top, const fmpq_poly_t bottom, const fmpq_poly_t f, slong m,
                                  const Expr *x)
{
    const Expr *r = expr_int(p, 0), *base = poly_expr(p, f, x);
    fmpq_poly_t power, rest, s, t, g;
    fmpq_poly_init(power);
    fmpq_poly_init(rest);
    fmpq_poly_init(s);
    fmpq_poly_init(t);
    fmpq_poly_init(g);
    fmpq_poly_pow(power, f, (ulong)m);
    fmpq_poly_div(rest, bottom, power);
    fmpq_poly_xgcd(g, s, t, rest, power);                   /* s*rest = 1 mod f^m */
    fmpq_poly_mul(s, s, top);
    fmpq_poly_rem(s, s, power);
    for (slong j = m; j > 0; j--) {
        fmpq_poly_divrem(t, g, s, f);
        r = expr_add(p, r, expr_div(p, poly_expr(p, g, x), expr_powi(p, base, j)));
        fmpq_poly_swap(s, t);
    }
    fmpq_poly_clear(g);
    fmpq_poly_clear(t);
    fmpq_poly_clear(s);
    fmpq_poly_clear(rest);
    fmpq_poly_clear(power);
    return r;
}

static const Expr *split_fraction(Pool *p, const fmpq_poly_t top, const fmpq_poly_t bottom, const Expr *x)
{
    fmpq_poly_t        f;
    fmpz_poly_t        den;
    fmpz_poly_factor_t factor;
    fmpq_poly_init(f);
    fmpz_poly_init(den);
    fmpz_poly_factor_init(factor);
    fmpq_poly_div(f, top, bottom);
    const Expr *r = poly_expr(p, f, x);
    fmpq_poly_get_numerator(den, bottom);
    fmpz_poly_factor(factor, den);
    for (slong i = 0; i < factor->num; i++) {
        fmpq_poly_set_fmpz_poly(f, factor->p + i);
        r = expr_add(p, r, part_of_factor(p, top, bottom, f, factor->exp[i], x));
    }
    fmpz_poly_factor_clear(factor);
    fmpz_poly_clear(den);
    fmpq_poly_clear(f);
    return r;
}

static const Expr *apart_rule(Pool *p, const Expr *e, const Expr *x)
{
    Kernels     k;
    const Expr *r = e;
    kernels_init(&k, p, &e, 1, KERNELS_FRACTION, NULL);
    const fmpz_mpoly_q_struct *q = k.failed ? NULL : kernels_value(&k, e);
    if (q && k.n == 1 && kernels_find(&k, x) == 0 && fmpz_mpoly_degree_si(fmpz_mpoly_q_denref(q), 0, k.ctx) <= FACTOR_DEGREE
        && fmpz_mpoly_degree_si(fmpz_mpoly_q_numref(q), 0, k.ctx) <= FACTOR_DEGREE) {
        fmpq_poly_t top, bottom;
        fmpq_poly_init(top);
        fmpq_poly_init(bottom);
        read_poly(&k, top, fmpz_mpoly_q_numref(q));
        read_poly(&k, bottom, fmpz_mpoly_q_denref(q));
        r = split_fraction(p, top, bottom, x);
        fmpq_poly_clear(bottom);
        fmpq_poly_clear(top);
    } else if (q) {
        const Expr *parts = expr_apart_parameters(&k, q, x);
        r = parts ? parts : e;
    }
    kernels_clear(&k);
    return r;
}

const Expr *expr_apart(Pool *p, const Expr *e, const Expr *x)
{
    return each_entry(p, e, x, apart_rule);
}

const Expr *expr_poly_gcd(Pool *p, const Expr *a, const Expr *b)
{
    Kernels      k;
    const Expr  *root[2] = { a, b }, *r = NULL;
    fmpz_mpoly_t g;
    kernels_init(&k, p, root, 2, KERNELS_FRACTION, NULL);
    if (!k.failed) {
        const fmpz_mpoly_q_struct *u = kernels_value(&k, a), *v = kernels_value(&k, b);
        fmpz_mpoly_init(g, k.ctx);
        bool whole = fmpz_mpoly_is_one(fmpz_mpoly_q_denref(u), k.ctx) && fmpz_mpoly_is_one(fmpz_mpoly_q_denref(v), k.ctx);
        if (whole && fmpz_mpoly_gcd(g, fmpz_mpoly_q_numref(u), fmpz_mpoly_q_numref(v), k.ctx))
            r = kernels_poly(&k, g);
        fmpz_mpoly_clear(g, k.ctx);
    }
    kernels_clear(&k);
    return r;
}
