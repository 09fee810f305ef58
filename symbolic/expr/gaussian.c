/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers a + b*i with rational a and b: their products and integer powers are numbers again, (1 + i)^2 is 2i and
 * (1 + i)/(1 - i) is i. A number with both parts is a sum of two terms in the graph. */
#include "symbolic/expr/gaussian.h"

enum { POWER_LIMIT = 1000, BIT_LIMIT = 1 << 20 };

void gaussian_init(Gaussian *g)
{
    fmpq_init(g->re);
    fmpq_init(g->im);
    fmpq_one(g->re);
}

void gaussian_clear(Gaussian *g)
{
    fmpq_clear(g->re);
    fmpq_clear(g->im);
}

/* b*i or i */
static bool imaginary(const Expr *e, fmpq_t b)
{
    fmpq_one(b);
    if (expr_is_constant(e, CONSTANT_I))
        return true;
    if (e->kind != EXPR_MUL || e->arity != 2 || !expr_is_number(e->arg[0]) || !expr_is_constant(e->arg[1], CONSTANT_I))
        return false;
    fmpq_set(b, expr_number(e->arg[0]));
    return true;
}

bool gaussian_of(const Expr *e, Gaussian *g)
{
    if (e->kind != EXPR_ADD || e->arity != 2 || !expr_is_number(e->arg[0]) || !imaginary(e->arg[1], g->im))
        return false;
    fmpq_set(g->re, expr_number(e->arg[0]));
    return true;
}

void gaussian_mul(Gaussian *a, const Gaussian *b)
{
    fmpq_t re, im;
    fmpq_init(re);
    fmpq_init(im);
    fmpq_mul(re, a->re, b->re);
    fmpq_mul(im, a->im, b->im);
    fmpq_sub(re, re, im);
    fmpq_mul(im, a->re, b->im);
    fmpq_mul(a->im, a->im, b->re);
    fmpq_add(a->im, a->im, im);
    fmpq_set(a->re, re);
    fmpq_clear(re);
    fmpq_clear(im);
}

/* 1/(a + b*i) = (a - b*i)/(a^2 + b^2) */
static void invert(Gaussian *g)
{
    fmpq_t norm, t;
    fmpq_init(norm);
    fmpq_init(t);
    fmpq_mul(norm, g->re, g->re);
    fmpq_mul(t, g->im, g->im);
    fmpq_add(norm, norm, t);
    fmpq_div(g->re, g->re, norm);
    fmpq_div(g->im, g->im, norm);
    fmpq_neg(g->im, g->im);
    fmpq_clear(t);
    fmpq_clear(norm);
}

static size_t bits(const Gaussian *g)
{
    return fmpz_bits(fmpq_numref(g->re)) + fmpz_bits(fmpq_denref(g->re)) + fmpz_bits(fmpq_numref(g->im)) + fmpz_bits(fmpq_denref(g->im));
}

const Expr *gaussian_expr(Pool *p, const Gaussian *g)
{
    const Expr *i = expr_constant(p, CONSTANT_I);
    if (fmpq_is_zero(g->im))
        return expr_fmpq(p, g->re);
    const Expr *b = expr_fmpq(p, g->im), *im = fmpq_is_one(g->im) ? i : expr_node(p, EXPR_MUL, NULL, ARGS(b, i), 2);
    return fmpq_is_zero(g->re) ? im : expr_node(p, EXPR_ADD, NULL, ARGS(expr_fmpq(p, g->re), im), 2);
}

const Expr *gaussian_power(Pool *p, const Expr *base, const Expr *exponent)
{
    Gaussian    g, r;
    slong       n;
    const Expr *e = NULL;
    gaussian_init(&g);
    gaussian_init(&r);
    if (gaussian_of(base, &g) && expr_fits_slong(exponent, &n) && n >= -POWER_LIMIT && n <= POWER_LIMIT
        && bits(&g) * (size_t)(n < 0 ? -n : n) < BIT_LIMIT) {
        if (n < 0)
            invert(&g);
        for (slong k = n < 0 ? -n : n; k; k >>= 1) {
            if (k & 1)
                gaussian_mul(&r, &g);
            gaussian_mul(&g, &g);
        }
        e = gaussian_expr(p, &r);
    }
    gaussian_clear(&r);
    gaussian_clear(&g);
    return e;
}
